/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Envelopes, seal side (keys/FORMAT.md section 3): age file with four hybrid
 * stanzas around a padded tar. envelope_check is the gateway's judgement of
 * bytes it cannot open.
 */
#ifndef MELDLUIK_ENVELOPE_H
#define MELDLUIK_ENVELOPE_H

#include "meldluik/age.h"
#include "meldluik/report.h"

#define ENVELOPE_STANZAS 4u
#define ENVELOPE_HEADER 6298u
#define ENVELOPE_CLASS_MIN 65536u
#define ENVELOPE_CLASS_MAX 2147483648u
#define ENVELOPE_TEXT_SIZE 71866u     /* sealed, without attachment */
#define ENVELOPE_SIZE_MAX 2148014250u /* sealed, largest class */
#define ENVELOPE_WHOLE_MAX 1048576u   /* largest sent in one request */
#define ENVELOPE_PART 1048576u        /* bytes of an upload part */

/* The smallest class that holds ${payload} bytes; 0 if none does */
uint64_t envelope_class(uint64_t payload);
uint64_t envelope_sealed_size(uint64_t class_size);
/* The class of a sealed size, or 0 */
uint64_t envelope_class_of(uint64_t sealed);

/*
 * envelope_header_check(p, len): the first ENVELOPE_HEADER bytes: parses,
 * four right stanzas. ERR_FORMAT, ERR_LIMIT or ERR_POLICY.
 * envelope_size_check(size): ERR_LIMIT unless it is that of a class.
 */
enum err envelope_header_check(const uint8_t *p, size_t len);
enum err envelope_size_check(uint64_t size);

/*
 * Streaming writer. Order: attachments (each by begin/write/end), then
 * finish. The payload is padded to its class.
 */
struct envelope;

/* ${holders}: 1..4; the rest are throw-away; order is shuffled. */
enum err envelope_new(const struct age_recipient *holders, unsigned n,
    age_sink sink, void *arg, unsigned threads, struct envelope **out);
/* An attachment of exactly ${size} bytes */
enum err envelope_attachment(struct envelope *e, uint64_t size);
/* An attachment of unknown size: parts of 1 MiB are cut here */
enum err envelope_attachment_unsized(struct envelope *e);
enum err envelope_write(struct envelope *e, const void *p, size_t len);
/* ERR_CONFLICT if a sized attachment did not get exactly its bytes. Gives
 * its SHA-256 and size for report.json */
enum err envelope_attachment_end(struct envelope *e, uint64_t *size,
    uint8_t sha256[HASH_LEN]);
/*
 * Writes report.json, its signature if ${thread_seed} is not NULL, padding,
 * and ends the file. ERR_LIMIT if a message without attachment would not be
 * the smallest class.
 */
enum err envelope_finish(struct envelope *e, const struct report *r,
    const uint8_t *thread_seed);
/*
 * The same in steps, for a sink that cannot take a class of padding at once:
 * envelope_close writes the report, then envelope_pad up to ${max} zeros a
 * call until ${done}.
 */
enum err envelope_close(struct envelope *e, const struct report *r,
    const uint8_t *thread_seed);
enum err envelope_pad(struct envelope *e, uint64_t max, bool *done);
void envelope_free(struct envelope *e);

/* Sealed size for given attachment sizes, known before sealing */
uint64_t envelope_predict(const uint64_t *sizes, unsigned n);

/* Upload file: tar of upload.json and envelope.age. */
enum err upload_file_head(const uint8_t org[ORG_LEN], const char *epoch,
    uint64_t envelope_size, struct buf *out);
enum err upload_file_tail(uint64_t envelope_size, struct buf *out);
/* Parses the first ${len} bytes; ${used} is where envelope.age begins.
 * ERR_BUSY: more bytes are needed (never over 4096) */
enum err upload_file_parse(const uint8_t *p, size_t len, uint8_t org[ORG_LEN],
    char epoch[9], uint64_t *envelope_size, size_t *used);

#endif
