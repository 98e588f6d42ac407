/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Envelopes, unseal side. Push-style like age_open.h: give it the bytes of
 * one envelope; attachments go to a sink as they come; nothing may be
 * believed before envelope_open_end returned OK.
 */
#ifndef MELDLUIK_ENVELOPE_OPEN_H
#define MELDLUIK_ENVELOPE_OPEN_H

#include "meldluik/age_open.h"
#include "meldluik/envelope.h"

/*
 * Called for each piece of attachment ${number} (1..32), in order. May be
 * NULL: attachments are then hashed and checked, not kept.
 */
typedef enum err (*envelope_part_sink)(void *arg, unsigned number,
    const uint8_t *p, size_t len);

struct envelope_open;
enum err envelope_open_new(struct age_identity *const *ids, size_t n,
    envelope_part_sink sink, void *arg, unsigned threads,
    struct envelope_open **out);
enum err envelope_open_write(struct envelope_open *o, const void *p,
    size_t len);

struct envelope_content {
	struct report *report;
	struct buf json;         /* report.json as it stood */
	struct buf signature;    /* report.json.minisig, may be empty */
	uint8_t payload[HASH_LEN]; /* H(report.json): duplicate or conflict */
};
/*
 * Verifies the end of the stream, tar strictness, attachments against
 * report.json (count, size, SHA-256; ERR_CONFLICT), and for a follow-up or
 * withdrawal the signature under the `signer` it names (ERR_SIGNATURE).
 * Whether that signer is known is the caller's question. Content is owned
 * by the caller then; free with envelope_content_free.
 */
enum err envelope_open_end(struct envelope_open *o,
    struct envelope_content *out);
/*
 * Which rule was broken, as one fixed word ("tar-symlink",
 * "attachment-hash"), "" if none: for tests and the decryptor's list of junk.
 * It holds nothing of the message.
 */
const char *envelope_open_fault(const struct envelope_open *o);
void envelope_open_free(struct envelope_open *o);
void envelope_content_free(struct envelope_content *c);

#endif
