/* SPDX-License-Identifier: EUPL-1.2 */
/* Shared by the writers and parsers of public documents. */
#ifndef MELDLUIK_KEYSET_PRIVATE_H
#define MELDLUIK_KEYSET_PRIVATE_H

#include "meldluik/json.h"
#include "meldluik/keyset.h"

/* The invariants of FORMAT.md section 6; ERR_FORMAT */
enum err keyset_check(const struct keyset *k);
/* 1..32 of [a-z0-9_-] */
bool keyset_id_ok(const char *s);
/* "" or an http(s) address of printable ASCII */
bool keyset_url_ok(const char *s);
/* Field readers on top of json.h */
enum err json_copy_field(const json_t *o, const char *key, size_t min,
    char *out, size_t size);
enum err json_day_field(const json_t *o, const char *key, day_t *out);
enum err json_week_field(const json_t *o, const char *key, day_t *out);
enum err json_key_field(const json_t *o, const char *key, bool may_be_empty,
    bool *has, struct sign_pk *out);
enum err json_addresses_field(const json_t *o, char onion[KEYSET_URL],
    char https[KEYSET_URL]);
/* Values for writing; NULL when out of memory */
json_t *json_hex(const uint8_t *p, size_t len);
json_t *json_day(day_t d);
json_t *json_week(day_t monday);
json_t *json_key(const struct sign_pk *pk); /* NULL pk: "" */
/* Writes and forgets ${o}; ERR_MEMORY if NULL */
enum err json_finish(json_t *o, size_t max, struct buf *out);

#endif
