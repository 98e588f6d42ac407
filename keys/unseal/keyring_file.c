/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * keyring.age: tar of keyring.json and one age identity file a week. jansson
 * wipes what it frees (json_setup); tar bytes pass through secret buffers.
 */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "keyset_private.h"
#include "meldluik/base64.h"
#include "meldluik/keyring.h"
#include "meldluik/secret.h"
#include "tarread.h"
#include "tarwrite.h"

#define KEYRING_TYPE "meldluik-keyring"
#define KEYRING_JSON "keyring.json"
#define KEYRING_JSON_MAX 8192u
#define SECRET_TEXT 45 /* base64 of 32 bytes, with NUL */

static json_t *
secret_json(const uint8_t p[32])
{
	char text[SECRET_TEXT];
	json_t *j;

	sodium_bin2base64(text, sizeof(text), p, 32,
	    sodium_base64_VARIANT_ORIGINAL);
	j = json_string(text);
	secret_wipe(text, sizeof(text));
	return j;
}

static enum err
secret_field(const json_t *o, const char *key, uint8_t out[32])
{
	const char *s = NULL;
	enum err e = json_string_field(o, key, SECRET_TEXT - 1,
	    SECRET_TEXT - 1, &s);

	return e == OK ? base64_exact(s, strlen(s), true, out, 32) : e;
}

static void
put_member(struct buf *tar, const char *name, const void *p, size_t len)
{
	uint8_t header[TAR_BLOCK];

	tar_header(name, len, header);
	buf_put(tar, header, sizeof(header));
	buf_put(tar, p, len);
	buf_zeros(tar, tar_pad(len));
}

static enum err
put_json(const struct keyring *k, struct buf *tar)
{
	struct buf text = buf_new_secret(KEYRING_JSON_MAX);
	json_t *o;
	enum err e;

	json_setup();
	o = json_pack("{s:s,s:i,s:o,s:s,s:i,s:s,s:o,s:o}", "type",
	    KEYRING_TYPE, "version", 1, "org", json_hex(k->org, ORG_LEN),
	    "person", k->person, "desk", (int)k->desk, "role",
	    k->role == PERSON_HOLDER ? "holder" : "approver", "operational",
	    secret_json(k->operational), "casebook",
	    secret_json(k->casebook));
	if (o != NULL && k->has_identity) {
		json_object_set_new(o, "identity", secret_json(k->identity));
	}
	e = json_finish(o, KEYRING_JSON_MAX, &text);
	if (e == OK) {
		put_member(tar, KEYRING_JSON, text.p, text.len);
	}
	buf_free(&text);
	return e;
}

static void
put_week(const struct keyring_week *w, struct buf *tar)
{
	char name[] = "epochs/0000-W00.txt", week[WEEK_TEXT];
	char text[KEYRING_WEEK_KEYS * AGE_IDENTITY_TEXT_MAX];
	size_t n = 0;

	week_text(w->week, week);
	memcpy(name + 7, week, WEEK_TEXT - 1);
	for (unsigned i = 0; i <= w->olders; i++) { /* newest first */
		age_identity_text(i == 0 ? w->seed : w->older[i - 1],
		    text + n);
		n += strlen(text + n);
		text[n++] = '\n'; /* in the place of the NUL */
	}
	put_member(tar, name, text, n);
	secret_wipe(text, sizeof(text));
}

static enum err
seal_sink(void *arg, const uint8_t *p, size_t len)
{
	struct buf *b = arg;

	buf_put(b, p, len);
	return b->failed ? ERR_MEMORY : OK;
}

enum err
keyring_seal(const struct keyring *k, const char *pass, size_t len,
    struct buf *out)
{
	struct buf tar = buf_new_secret(KEYRING_MAX);
	struct age_seal *s = NULL;
	enum err e = put_json(k, &tar);

	for (unsigned i = 0; i < k->weeks; i++) {
		put_week(&k->week[i], &tar);
	}
	buf_zeros(&tar, 2 * TAR_BLOCK);
	if (e == OK && tar.failed) {
		e = ERR_MEMORY;
	}
	if (e == OK &&
	    (e = age_seal_new_scrypt(pass, len, seal_sink, out, &s)) == OK &&
	    (e = age_seal_write(s, tar.p, tar.len)) == OK) {
		e = age_seal_end(s);
	}
	age_seal_free(s);
	buf_free(&tar);
	return e;
}

/* What the tar reader is in the middle of */
struct keyring_read {
	struct keyring *k;
	struct buf member;
	uint64_t size;
	bool json_seen;
	char week[WEEK_TEXT]; /* empty: the member is keyring.json */
};

static enum err
read_json(struct keyring_read *r)
{
	static const char *const keys[] = {"type", "version", "org", "person",
	    "desk", "role", "operational", "casebook", "identity", NULL};
	struct keyring *k = r->k;
	const char *role = NULL;
	int64_t desk = 0;
	json_t *o = NULL;
	enum err e = json_read_type(r->member.p, r->member.len,
	    KEYRING_JSON_MAX, KEYRING_TYPE, &o);

	if (e == OK && (e = json_keys(o, keys)) == OK &&
	    (e = json_hex_field(o, "org", k->org, ORG_LEN)) == OK &&
	    (e = json_copy_field(o, "person", 1, k->person, KEYSET_ID)) ==
	    OK &&
	    (e = json_int_field(o, "desk", 1, 63, &desk)) == OK &&
	    (e = json_string_field(o, "role", 1, 16, &role)) == OK &&
	    (e = secret_field(o, "operational", k->operational)) == OK &&
	    (e = secret_field(o, "casebook", k->casebook)) == OK &&
	    json_object_get(o, "identity") != NULL) {
		k->has_identity = true;
		e = secret_field(o, "identity", k->identity);
	}
	if (e == OK) {
		k->desk = (unsigned)desk;
		k->role = strcmp(role, "holder") == 0 ? PERSON_HOLDER
		    : PERSON_APPROVER;
		e = strcmp(role, "holder") != 0 &&
		    strcmp(role, "approver") != 0 ? ERR_FORMAT : OK;
	}
	json_decref(o);
	r->json_seen = true;
	return e;
}

static enum err
read_week(struct keyring_read *r)
{
	struct keyring *k = r->k;
	const char *line = (const char *)r->member.p,
	    *end = line + r->member.len;
	struct keyring_week *w = &k->week[k->weeks];
	unsigned keys = 0;
	day_t week;
	enum err e = week_parse(r->week, &week);

	if (e != OK || k->weeks == KEYRING_WEEKS_MAX ||
	    (k->weeks > 0 && k->week[k->weeks - 1].week >= week)) {
		return ERR_FORMAT;
	}
	while (e == OK && line < end) {
		const char *lf = memchr(line, '\n', (size_t)(end - line));
		if (lf == NULL || keys == KEYRING_WEEK_KEYS) {
			return ERR_FORMAT;
		}
		e = age_identity_parse(line, (size_t)(lf - line), keys == 0 ?
		    w->seed : w->older[keys - 1]);
		keys += e == OK;
		line = lf + 1;
	}
	if (e == OK && keys > 0) {
		w->week = week;
		w->olders = keys - 1;
		k->weeks++;
	}
	return e == OK && keys == 0 ? ERR_FORMAT : e;
}

static enum err
read_data(void *arg, const uint8_t *p, size_t len)
{
	struct keyring_read *r = arg;

	buf_put(&r->member, p, len);
	if (r->member.failed) {
		return ERR_LIMIT;
	}
	if (r->member.len < r->size) {
		return OK;
	}
	return r->week[0] == 0 ? read_json(r) : read_week(r);
}

static enum err
read_member(void *arg, const char *name, uint64_t size)
{
	struct keyring_read *r = arg;

	buf_clear(&r->member);
	r->size = size;
	memset(r->week, 0, sizeof(r->week));
	if (size == 0 || size > KEYRING_JSON_MAX) {
		return ERR_FORMAT;
	}
	if (strcmp(name, KEYRING_JSON) == 0) {
		return r->json_seen ? ERR_FORMAT : OK;
	}
	if (!r->json_seen || strlen(name) != 19 ||
	    strncmp(name, "epochs/", 7) != 0 ||
	    strcmp(name + 15, ".txt") != 0) {
		return ERR_FORMAT;
	}
	memcpy(r->week, name + 7, WEEK_TEXT - 1);
	return OK;
}

enum err
keyring_open(const void *p, size_t len, const char *pass, size_t passlen,
    struct keyring **out)
{
	static const struct tarread_handler handler = {read_member,
	    read_data};
	struct buf tar = buf_new_secret(KEYRING_MAX);
	struct keyring_read r = {.k = keyring_new(),
	    .member = buf_new_secret(KEYRING_JSON_MAX)};
	struct tarread *t = NULL;
	uint64_t total;
	enum err e = ERR_MEMORY;

	if (r.k == NULL ||
	    (e = age_open_buf_scrypt(pass, passlen, p, len, &tar)) != OK) {
		goto out;
	}
	t = tarread_new(&handler, &r);
	if (t == NULL) {
		e = ERR_MEMORY;
		goto out;
	}
	if ((e = tarread_write(t, tar.p, tar.len)) == OK &&
	    (e = tarread_end(t, &total)) == OK) {
		e = r.json_seen ? OK : ERR_FORMAT;
	}
	if (e == OK) {
		*out = r.k;
		r.k = NULL; /* transferred */
	}
out:
	tarread_free(t);
	buf_free(&r.member);
	buf_free(&tar);
	keyring_free(r.k);
	return e;
}
