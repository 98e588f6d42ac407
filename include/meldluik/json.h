/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Strict JSON documents (keys/FORMAT.md section 1) over jansson. A document
 * that does not follow the rules is ERR_FORMAT, an unknown version
 * ERR_VERSION. Values read from a document are borrowed from it.
 */
#ifndef MELDLUIK_JSON_H
#define MELDLUIK_JSON_H

#include <jansson.h>

#include "meldluik/bytes.h"

/*
 * json_setup(): jansson's memory is wiped when freed, its hash seed drawn.
 * Done at first use; call it before a sandbox closes. Safe to repeat.
 */
void json_setup(void);

/* Parses ${len} <= ${max} bytes; the caller json_decref()s ${out}. */
enum err json_read(const void *p, size_t len, size_t max, json_t **out);
/* The same, and `type` must equal ${type} and `version` 1 */
enum err json_read_type(const void *p, size_t len, size_t max,
    const char *type, json_t **out);
/* Every key of ${o} is in the NULL-ended list (or starts with x_) */
enum err json_keys(const json_t *o, const char *const *allowed);
/* Field access: ERR_FORMAT when absent or of another kind. A list or an object
 * is borrowed from ${o}, and NULL after an error. */
enum err json_string_field(const json_t *o, const char *key, size_t min,
    size_t max, const char **out);
enum err json_int_field(const json_t *o, const char *key, int64_t min,
    int64_t max, int64_t *out);
enum err json_hex_field(const json_t *o, const char *key, uint8_t *out,
    size_t len);
enum err json_array_field(const json_t *o, const char *key, size_t max,
    const json_t **out);
enum err json_object_field(const json_t *o, const char *key,
    const json_t **out);
/* Compact text plus LF, keys in insertion order, appended to ${out} */
enum err json_write(const json_t *o, struct buf *out);

#endif
