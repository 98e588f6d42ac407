/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A case on its way to another desk: one ordinary envelope, sealed to that
 * desk's holders for the current week, in an upload file. Its report is the
 * first message as it came (answers, thread, id); its attachments are a
 * signed note of the transfer, every report.json as it stood, our answers
 * as text, and the original files; where those are too many for an envelope,
 * one tar of them. Nothing is left out or changed (Dir 12(3)). Of a case that was handed over, only what came since.
 */
#ifndef DECRYPTOR_PARCEL_H
#define DECRYPTOR_PARCEL_H

#include "content.h"
#include "desk.h"

#define TRANSFER_TYPE "meldluik-transfer"
#define TRANSFER_MAX 65536u
#define TRANSFER_NAME "transfer.note"

/* Writes the parcel of case ${k} for desk ${to} to ${fd}. ${code}: what the
 * other desk reads back when it has it. ERR_LIMIT: larger than an envelope;
 * ERR_UNKNOWN: no keys of that desk for this week */
enum err parcel_write(struct desk *d, size_t k, unsigned to, int fd,
    char code[20]);

/* What a parcel says of where the case was */
struct transfer {
	unsigned from;
	char ref[REF_TEXT], route[CODE_WORD], type[CODE_WORD],
	    origin[CODE_WORD], wbk[CODE_WORD];
	day_t received;
	bool oral;
	bool read; /* this very envelope, before */
	struct moved said;
	char code[20];
};
/* The fields that moved_read reads, into a note or an event */
void moved_write(json_t *o, const struct moved *m);
/*
 * Opens a parcel (in the parsing child) into attachments that are kept and
 * a content. The note is verified: signed by a holder of the desk it names,
 * and it lists exactly the files that came. ${sha256}: of the envelope.
 * ERR_STALE: read before, and its key is gone; ERR_CONFLICT: other files
 * than the note's.
 */
enum err parcel_open(struct desk *d, int fd, struct content **content,
    struct transfer *t, uint8_t sha256[HASH_LEN],
    uint8_t payload[HASH_LEN]);
/* The note beside the files of ${c}: ERR_SIGNATURE, ERR_FOREIGN; ERR_CONFLICT:
 * other files */
enum err transfer_parse(const struct desk *d, const void *p, size_t len,
    const struct content *c, struct transfer *t);

#endif
