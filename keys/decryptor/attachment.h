/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Attachments at rest: home/attachments/ID.bin, a secretstream
 * (XChaCha20-Poly1305) of 64 KiB chunks under a key of its own, which stands
 * in the sealed record of its message. The epoch key that opened the
 * envelope may be destroyed; this stays openable, and dies with its case.
 */
#ifndef DECRYPTOR_ATTACHMENT_H
#define DECRYPTOR_ATTACHMENT_H

#include "content.h"

struct attachment_writer;
/* A new file under a name ending in .tmp until attachment_keep */
enum err attachment_begin(int dir, struct attachment_writer **out);
enum err attachment_write(struct attachment_writer *w, const uint8_t *p,
    size_t len);
/* Ends and syncs the file; the caller renames all of a message at once */
enum err attachment_end(struct attachment_writer *w,
    struct content_file *out);
void attachment_free(struct attachment_writer *w);
/* From .tmp to its name; durable when it returns OK */
enum err attachment_keep(int dir, const struct content_file *f);
void attachment_drop(int dir, const struct content_file *f);
/* Streams the plaintext to file ${fd} and hashes it. What was written may
 * only be believed when OK is returned. */
enum err attachment_read(int dir, const struct content_file *f, int fd,
    uint64_t *size, uint8_t sha256[HASH_LEN]);

/* The same into a sink */
enum err attachment_stream(int dir, const struct content_file *f,
    age_sink sink, void *arg, uint64_t *size, uint8_t sha256[HASH_LEN]);

#endif
