/* SPDX-License-Identifier: EUPL-1.2 */
/* For readers of other stanzas (the conformance tests know X25519). */
#ifndef MELDLUIK_AGE_OPEN_PRIVATE_H
#define MELDLUIK_AGE_OPEN_PRIVATE_H

#include "meldluik/age_open.h"

/* Finds the file key of a parsed header, MAC verified */
typedef enum err (*age_unwrapper)(void *arg, const struct age_header *h,
    uint8_t key[AGE_FILE_KEY]);

enum err age_open_new_with(age_unwrapper unwrap, void *unwrap_arg,
    age_plain_sink sink, void *arg, unsigned threads, struct age_open **out);
/* True once the header was accepted: a later failure is the payload's */
bool age_open_in_payload(const struct age_open *o);

/* The vectors are written with work factor 10 */
void age_open_scrypt_least(struct age_open *o, unsigned log_n);

#endif
