/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Content of one message as bytes with fixed fields: what the sandboxed
 * child sends and what the casebook keeps. The parent never parses JSON or
 * tar of a reporter; it reads this, bounded, and checks every field again.
 */
#ifndef DECRYPTOR_CONTENT_H
#define DECRYPTOR_CONTENT_H

#include "casebook.h"
#include "meldluik/report.h"

#define CONTENT_FLAT_MAX (REPORT_JSON_MAX * 2u + 65536u)
#define CONTENT_MAX (CONTENT_FLAT_MAX + REPORT_JSON_MAX + 4096u)

/* Where a kept attachment lies: attachments/ID.bin, and its own key */
struct content_file {
	uint8_t id[16];
	uint8_t key[32];
};
struct content {
	struct report *report;
	struct content_file file[REPORT_ATTACHMENTS_MAX];
	unsigned files;       /* 0, or as many as report->attachments */
	struct buf json;      /* report.json as it stood; may be empty */
	struct buf signature; /* of a follow-up or withdrawal */
};

enum err report_flatten(const struct report *r, struct buf *out);
/* ERR_FORMAT unless every field is within the limits of report.h */
enum err report_unflatten(const void *p, size_t len, struct report **out);

/* A whole message for the casebook, and back. Secret memory throughout. */
struct content *content_new(void);
void content_free(struct content *c);
enum err content_write(const struct content *c, struct buf *out);
enum err content_parse(const void *p, size_t len, struct content **out);

/* The text of answer ${key}, or NULL */
const char *content_answer(const struct report *r, const char *key);

#endif
