/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The payload of an age file: STREAM over ChaCha20-Poly1305 in 64 KiB
 * chunks, several of a batch at a time where cores are free.
 */
#ifndef MELDLUIK_AGE_STREAM_H
#define MELDLUIK_AGE_STREAM_H

#include "meldluik/age.h"

struct age_stream;

/* Chunks of one batch for so many threads */
unsigned age_stream_batch(unsigned threads);
enum err age_stream_new(const uint8_t key[32], unsigned threads, bool seal,
    struct age_stream **out);
/*
 * age_stream_run(s, in, chunks, last, final, out): ${chunks} chunks, the
 * last of ${last} bytes (of plaintext when sealing, of sealed bytes when
 * opening), flagged final if ${final}. Sealed chunks are AGE_TAG longer.
 * ERR_CRYPT: at least one does not open; ${out} is wiped then.
 */
enum err age_stream_run(struct age_stream *s, const uint8_t *in,
    unsigned chunks, size_t last, bool final, uint8_t *out);
void age_stream_free(struct age_stream *s);

#endif
