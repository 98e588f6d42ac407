/* SPDX-License-Identifier: EUPL-1.2 */
/* Gateway card and receipt (keys/FORMAT.md section 8). */
#include <string.h>

#include "keyset_private.h"
#include "meldluik/secret.h"

#define CARD_TYPE "meldluik-card"
#define RECEIPT_TYPE "meldluik-receipt"
#define CARD_MAX 4096u
#define RECEIPT_MAX 1024u

enum err
card_write(const struct card *c, struct buf *out)
{
	json_setup();
	return json_finish(json_pack("{s:s,s:i,s:o,s:I,s:{s:s,s:s}}", "type",
	    CARD_TYPE, "version", 1, "key", json_key(&c->key), "generation",
	    (json_int_t)c->generation, "addresses", "onion", c->onion,
	    "https", c->https), CARD_MAX, out);
}

enum err
card_parse(const void *p, size_t len, struct card *out)
{
	static const char *const keys[] = {"type", "version", "key",
	    "generation", "addresses", NULL};
	struct card c = {.generation = 0};
	int64_t generation = 0;
	json_t *o = NULL;
	enum err e = json_read_type(p, len, CARD_MAX, CARD_TYPE, &o);

	if (e == OK && (e = json_keys(o, keys)) == OK &&
	    (e = json_key_field(o, "key", false, NULL, &c.key)) == OK &&
	    (e = json_int_field(o, "generation", 1, GENERATION_MAX,
	    &generation)) == OK &&
	    (e = json_addresses_field(o, c.onion, c.https)) == OK) {
		c.generation = (uint64_t)generation;
		*out = c;
	}
	json_decref(o);
	return e;
}

enum err
receipt_make(const struct receipt *r, const uint8_t seed[SIGN_SEED],
    struct buf *out)
{
	uint8_t sk[SIGN_SK];
	enum err e;

	sign_sk_of(seed, sk);
	e = receipt_make_sk(r, sk, out);
	secret_wipe(sk, sizeof(sk));
	return e;
}

enum err
receipt_make_sk(const struct receipt *r, const uint8_t sk[SIGN_SK],
    struct buf *out)
{
	struct sign_purpose why = {.purpose = "receipt"};
	struct buf doc = buf_new(RECEIPT_MAX);
	enum err e;

	json_setup();
	memcpy(why.org, r->org, ORG_LEN);
	e = json_finish(json_pack("{s:s,s:i,s:o,s:I,s:o,s:s,s:o}", "type",
	    RECEIPT_TYPE, "version", 1, "org", json_hex(r->org, ORG_LEN),
	    "generation", (json_int_t)r->generation, "envelope",
	    json_hex(r->envelope, HASH_LEN), "epoch", r->epoch, "day",
	    json_day(r->day)), RECEIPT_MAX, &doc);
	if (e == OK) {
		e = note_make_sk(sk, &why, doc.p, doc.len, out);
	}
	buf_free(&doc);
	return e;
}

enum err
receipt_check(const void *note, size_t len, const struct sign_pk *gateway,
    struct receipt *out)
{
	static const char *const keys[] = {"type", "version", "org",
	    "generation", "envelope", "epoch", "day", NULL};
	struct sign_purpose why = {.purpose = "receipt"};
	struct receipt r = {.generation = 0};
	struct bytes sig, doc;
	int64_t generation = 0;
	day_t week;
	json_t *o = NULL;
	enum err e = note_split(note, len, &sig, &doc);

	if (e != OK || (e = json_read_type(doc.p, doc.len, RECEIPT_MAX,
	    RECEIPT_TYPE, &o)) != OK) {
		return e;
	}
	if ((e = json_keys(o, keys)) == OK &&
	    (e = json_hex_field(o, "org", r.org, ORG_LEN)) == OK &&
	    (e = json_int_field(o, "generation", 1, GENERATION_MAX,
	    &generation)) == OK &&
	    (e = json_hex_field(o, "envelope", r.envelope, HASH_LEN)) ==
	    OK &&
	    (e = json_copy_field(o, "epoch", 8, r.epoch, WEEK_TEXT)) == OK &&
	    (e = week_parse(r.epoch, &week)) == OK &&
	    (e = json_day_field(o, "day", &r.day)) == OK) {
		memcpy(why.org, r.org, ORG_LEN);
		r.generation = (uint64_t)generation;
		e = sign_check(gateway, &why, doc.p, doc.len, sig.p, sig.len);
	}
	if (e == OK) {
		*out = r;
	}
	json_decref(o);
	return e;
}
