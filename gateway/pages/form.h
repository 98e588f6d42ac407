/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Forms with files as browsers send them: multipart/form-data (RFC 7578),
 * streaming. Strict and bounded; what is not exactly a form is refused.
 * Nothing is copied but a part's headers and the first byte(s) of what may be
 * a boundary. Small forms without files: meldluik/fields.h.
 *
 * Caveat: everything that passes here is a reporter's plaintext. struct form
 * lives in secret memory.
 */
#ifndef MELDLUIK_GATEWAY_FORM_H
#define MELDLUIK_GATEWAY_FORM_H

#include "meldluik/fields.h"

#define FORM_PARTS_MAX 96u   /* 64 fields and 32 files */
#define FORM_HEADER_MAX 4096u /* header lines of one part */
#define FORM_FILE_NAME 256u  /* file name with NUL, UTF-8 */
#define FORM_TYPE 128u       /* media type with NUL */
#define FORM_BOUNDARY_MAX 70u /* RFC 2046 5.1.1 */

struct form_part {
	char name[FORM_NAME];
	bool is_file;
	char file_name[FORM_FILE_NAME]; /* last component, cut; "" allowed */
	char type[FORM_TYPE];
};

/* Called in order begin, data..., end for each part. An error stops it. */
struct form_events {
	enum err (*begin)(void *arg, const struct form_part *part);
	enum err (*data)(void *arg, const uint8_t *p, size_t len);
	enum err (*end)(void *arg);
};

struct form;

/*
 * form_new(type, e, arg, out): ${type} is the Content-Type of the request.
 * ERR_FORMAT: not multipart/form-data with one good boundary.
 */
enum err form_new(const char *type, const struct form_events *e, void *arg,
    struct form **out);
/* Sticky: after a failure every further call gives the same. ERR_FORMAT,
 * ERR_LIMIT (parts, headers, names), ERR_POLICY (file name not UTF-8), or
 * what an event returned. */
enum err form_feed(struct form *f, const uint8_t *p, size_t len);
/* OK only when the closing boundary came */
enum err form_end(struct form *f);
void form_free(struct form *f); /* wipes; accepts NULL */

#endif
