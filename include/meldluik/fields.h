/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The text fields of one form, for gateway and desk, and forms in
 * application/x-www-form-urlencoded, which are read whole. Strict and
 * bounded: what is not exactly a form is refused.
 *
 * Caveat: what stands in a field is somebody's plaintext, passphrase or code.
 */
#ifndef MELDLUIK_FIELDS_H
#define MELDLUIK_FIELDS_H

#include "meldluik/bytes.h"

#define FORM_NAME 33u /* field name with NUL: [a-z0-9_], 1..32 */

/*
 * The fields of a form that are not files: names are unique, text is UTF-8
 * without NUL, lines end in LF. In secret memory.
 */
#define FIELDS_MAX 256u /* a dossier of many files, chosen one by one */
#define FIELDS_BYTES 131072u

struct fields;

struct fields *fields_new(void); /* room for FIELDS_BYTES */
/* Room for ${bytes} of texts, each with a NUL */
struct fields *fields_new_of(size_t bytes);
void fields_free(struct fields *f);
/* A field begins, grows, ends. ERR_CONFLICT: the name came before;
 * ERR_LIMIT: too many or too long; ERR_POLICY: not UTF-8. */
enum err fields_begin(struct fields *f, const char *name);
enum err fields_grow(struct fields *f, const uint8_t *p, size_t len);
/* Drops a character at the end of the open field that is not there whole */
void fields_trim(struct fields *f);
enum err fields_end(struct fields *f);
/* Its value, "" when absent; NUL-ended */
const char *fields_get(const struct fields *f, const char *name);
size_t fields_len(const struct fields *f, const char *name);
/* Name of the i-th; NULL past the last */
const char *fields_name(const struct fields *f, unsigned i);

/* A whole urlencoded body, at most as long as the room of ${f} */
enum err form_urlencoded(const uint8_t *p, size_t len, struct fields *f);

#endif
