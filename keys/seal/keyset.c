/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * keyset.json: from struct to text and back, with its invariants
 * (keys/FORMAT.md section 6). Public data; its signature is the trust.
 */
#include <stdlib.h>
#include <string.h>

#include "keyset_private.h"

#define KEYSET_TYPE "meldluik-keyset"

static const uint8_t zeros[HASH_LEN];

bool
keyset_id_ok(const char *s)
{
	size_t n = strlen(s);

	return n >= 1 && n < KEYSET_ID &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_-") == n;
}

static bool
desk_ok(const struct keyset *k, unsigned i)
{
	const struct keyset_desk *d = &k->desk[i];
	const struct keyset_desk *heir = keyset_desk(k, d->successor);
	unsigned holders = keyset_holders(k, d->number);

	if (d->number < 1 || d->number > 63 || !keyset_id_ok(d->id) ||
	    d->names == 0 || (d->successor == 0 &&
	    (holders < 1 || holders > KEYSET_HOLDERS_MAX)) ||
	    d->successor == d->number ||
	    (d->successor != 0 && (heir == NULL ||
	    keyset_desk_barred(d, heir) != NULL))) {
		return false;
	}
	for (unsigned n = 0; n < d->not_abouts; n++) {
		if (!keyset_id_ok(d->not_about[n])) {
			return false;
		}
	}
	for (unsigned n = 0; n < i; n++) {
		if (k->desk[n].number == d->number ||
		    strcmp(k->desk[n].id, d->id) == 0) {
			return false;
		}
	}
	return true;
}

enum err
keyset_check(const struct keyset *k)
{
	if (k->serial < 1 || k->generation < 1 ||
	    k->generation > GENERATION_MAX || k->desks < 1 ||
	    k->organisation[0] == 0 || k->not_after < k->day ||
	    k->not_after > day_add_months(k->day, 13) ||
	    (k->serial == 1) != (memcmp(k->previous, zeros, HASH_LEN) == 0)) {
		return ERR_FORMAT;
	}
	for (unsigned i = 0; i < k->desks; i++) {
		if (!desk_ok(k, i)) {
			return ERR_FORMAT;
		}
	}
	for (unsigned i = 0; i < k->people; i++) {
		if (!keyset_id_ok(k->person[i].id) ||
		    keyset_desk(k, k->person[i].desk) == NULL) {
			return ERR_FORMAT;
		}
		for (unsigned n = 0; n < i; n++) {
			if (strcmp(k->person[n].id, k->person[i].id) == 0) {
				return ERR_FORMAT;
			}
		}
	}
	return OK;
}

static json_t *
desk_json(const struct keyset_desk *d)
{
	json_t *names = json_object(), *not = json_array();

	for (unsigned i = 0; i < d->names; i++) {
		json_object_set_new(names, d->name[i].language,
		    json_string(d->name[i].name));
	}
	for (unsigned i = 0; i < d->not_abouts; i++) {
		json_array_append_new(not, json_string(d->not_about[i]));
	}
	return json_pack("{s:i,s:s,s:o,s:o,s:i}", "number", (int)d->number,
	    "id", d->id, "names", names, "not_about", not, "successor",
	    (int)d->successor);
}

/* What the identity before signs: that this one follows it */
static void
succession_text(const struct keyset *k, struct buf *out)
{
	char hex[2 * ORG_LEN + 1], key[SIGN_KEY_TEXT];

	hex_encode(k->org, ORG_LEN, hex);
	sign_pk_text(&k->identity, key);
	buf_text(out, "meldluik succession\n");
	buf_text(out, hex);
	buf_text(out, "\n");
	buf_text(out, key);
	buf_text(out, "\n");
}

enum err
keyset_succession_sign(struct keyset *k, const uint8_t seed[SIGN_SEED])
{
	struct sign_purpose why = {.purpose = "succession"};
	struct buf text = buf_new(256), sig = buf_new(SIGN_TEXT_MAX - 1);
	enum err e;

	memcpy(why.org, k->org, ORG_LEN);
	succession_text(k, &text);
	e = sign_make(seed, &why, text.p, text.len, &sig);
	if (e == OK && sig.failed) {
		e = ERR_MEMORY;
	}
	if (e == OK) {
		memset(k->before_sig, 0, sizeof k->before_sig);
		memcpy(k->before_sig, sig.p, sig.len);
		sign_pk_of(seed, &k->before);
		k->has_before = true;
	}
	buf_free(&text);
	buf_free(&sig);
	return e;
}

static enum err
succession_read(const json_t *o, struct keyset *k)
{
	static const char *const keys[] = {"identity", "minisig", NULL};
	struct sign_purpose why = {.purpose = "succession"};
	struct buf text = buf_new(256);
	const json_t *s = NULL;
	enum err e;

	if (json_object_get(o, "succession") == NULL) {
		return OK;
	}
	if ((e = json_object_field(o, "succession", &s)) == OK &&
	    (e = json_keys(s, keys)) == OK &&
	    (e = json_key_field(s, "identity", false, NULL, &k->before)) ==
	    OK && (e = json_copy_field(s, "minisig", 1, k->before_sig,
	    SIGN_TEXT_MAX)) == OK) {
		memcpy(why.org, k->org, ORG_LEN);
		succession_text(k, &text);
		e = sign_check(&k->before, &why, text.p, text.len,
		    k->before_sig, strlen(k->before_sig));
		k->has_before = e == OK;
	}
	buf_free(&text);
	return e;
}

static json_t *
keyset_json(const struct keyset *k)
{
	json_t *desks = json_array(), *people = json_array();
	json_t *revoked = json_array(), *o;
	char release[SIGN_KEY_TEXT] = "";

	if (k->has_release) {
		sign_program_pk_text(&k->release, release);
	}
	for (unsigned i = 0; i < k->desks; i++) {
		json_array_append_new(desks, desk_json(&k->desk[i]));
	}
	for (unsigned i = 0; i < k->people; i++) {
		const struct keyset_person *p = &k->person[i];
		json_array_append_new(people, json_pack("{s:s,s:i,s:s,s:o}",
		    "id", p->id, "desk", (int)p->desk, "role",
		    p->role == PERSON_HOLDER ? "holder" : "approver", "key",
		    json_key(&p->key)));
	}
	for (unsigned i = 0; i < k->revokeds; i++) {
		json_array_append_new(revoked, json_key(&k->revoked[i]));
	}
	o = json_pack(
	    "{s:s,s:i,s:o,s:s,s:I,s:o,s:o,s:o,s:o,s:s,s:{s:o,s:I},"
	    "s:{s:s,s:s},s:o,s:o,s:o}", "type", KEYSET_TYPE, "version", 1,
	    "org", json_hex(k->org, ORG_LEN), "organisation",
	    k->organisation, "serial", (json_int_t)k->serial, "previous",
	    json_hex(k->previous, HASH_LEN), "day", json_day(k->day),
	    "not_after", json_day(k->not_after), "identity",
	    json_key(&k->identity), "release",
	    release, "gateway", "key",
	    json_key(k->has_gateway ? &k->gateway : NULL), "generation",
	    (json_int_t)k->generation, "addresses", "onion", k->onion,
	    "https", k->https, "desks", desks, "people", people, "revoked",
	    revoked);
	if (o != NULL && k->has_before) {
		json_object_set_new(o, "succession", json_pack("{s:o,s:s}",
		    "identity", json_key(&k->before), "minisig",
		    k->before_sig));
	}
	return o;
}

enum err
keyset_write(struct keyset *k, struct buf *out)
{
	size_t before = out->len;
	enum err e = keyset_check(k);

	if (e == OK) {
		json_setup();
		e = json_finish(keyset_json(k), KEYSET_MAX, out);
	}
	if (e == OK) {
		hash_bytes(out->p + before, out->len - before, k->hash);
	}
	return e;
}

static enum err
desk_read(const json_t *o, struct keyset_desk *d)
{
	static const char *const keys[] = {"number", "id", "names",
	    "not_about", "successor", NULL};
	const json_t *names = NULL, *not = NULL;
	const char *language;
	json_t *value;
	int64_t number = 0, successor = 0;
	enum err e;

	if ((e = json_keys(o, keys)) != OK ||
	    (e = json_int_field(o, "number", 1, 63, &number)) != OK ||
	    (e = json_int_field(o, "successor", 0, 63, &successor)) != OK ||
	    (e = json_copy_field(o, "id", 1, d->id, KEYSET_ID)) != OK ||
	    (e = json_object_field(o, "names", &names)) != OK ||
	    (e = json_array_field(o, "not_about", KEYSET_ROLES, &not)) !=
	    OK) {
		return e;
	}
	d->number = (unsigned)number;
	d->successor = (unsigned)successor;
	json_t *iterate = (json_t *)(uintptr_t)names; /* read only */
	json_object_foreach(iterate, language, value) {
		struct keyset_name *n = &d->name[d->names];
		if (d->names == KEYSET_LANGUAGES || strlen(language) < 2 ||
		    strlen(language) >= sizeof(n->language)) {
			return ERR_FORMAT;
		}
		memcpy(n->language, language, strlen(language) + 1);
		if ((e = json_copy_field(names, language, 1, n->name,
		    KEYSET_NAME)) != OK) {
			return e;
		}
		d->names++;
	}
	for (size_t i = 0; i < json_array_size(not); i++) {
		const char *s = json_string_value(json_array_get(not, i));
		if (s == NULL || strlen(s) >= KEYSET_ID) {
			return ERR_FORMAT;
		}
		memcpy(d->not_about[d->not_abouts++], s, strlen(s) + 1);
	}
	return OK;
}

static enum err
person_read(const json_t *o, struct keyset_person *p)
{
	static const char *const keys[] = {"id", "desk", "role", "key", NULL};
	const char *role = NULL;
	int64_t desk = 0;
	enum err e;

	if ((e = json_keys(o, keys)) != OK ||
	    (e = json_copy_field(o, "id", 1, p->id, KEYSET_ID)) != OK ||
	    (e = json_int_field(o, "desk", 1, 63, &desk)) != OK ||
	    (e = json_string_field(o, "role", 1, 16, &role)) != OK ||
	    (e = json_key_field(o, "key", false, NULL, &p->key)) != OK) {
		return e;
	}
	p->desk = (unsigned)desk;
	if (strcmp(role, "holder") == 0) {
		p->role = PERSON_HOLDER;
	} else if (strcmp(role, "approver") == 0) {
		p->role = PERSON_APPROVER;
	} else {
		return ERR_FORMAT;
	}
	return OK;
}

static enum err
lists_read(const json_t *o, struct keyset *k)
{
	const json_t *desks = NULL, *people = NULL, *revoked = NULL;
	enum err e;

	if ((e = json_array_field(o, "desks", KEYSET_DESKS_MAX, &desks)) !=
	    OK ||
	    (e = json_array_field(o, "people", KEYSET_PEOPLE_MAX, &people)) !=
	    OK ||
	    (e = json_array_field(o, "revoked", KEYSET_REVOKED_MAX,
	    &revoked)) != OK) {
		return e;
	}
	for (size_t i = 0; i < json_array_size(desks); i++) {
		e = desk_read(json_array_get(desks, i), &k->desk[k->desks++]);
		if (e != OK) {
			return e;
		}
	}
	for (size_t i = 0; i < json_array_size(people); i++) {
		e = person_read(json_array_get(people, i),
		    &k->person[k->people++]);
		if (e != OK) {
			return e;
		}
	}
	for (size_t i = 0; i < json_array_size(revoked); i++) {
		const char *s = json_string_value(json_array_get(revoked, i));
		if (s == NULL ||
		    sign_pk_parse(s, &k->revoked[k->revokeds++]) != OK) {
			return ERR_FORMAT;
		}
	}
	return OK;
}

static enum err
release_read(const json_t *o, struct keyset *k)
{
	const char *s = NULL;
	enum err e = json_string_field(o, "release", 0, SIGN_KEY_TEXT, &s);

	k->has_release = e == OK && s[0] != 0;
	return k->has_release ? sign_program_pk_parse(s, &k->release) : e;
}

static enum err
keyset_read(const json_t *o, struct keyset *k)
{
	static const char *const keys[] = {"type", "version", "org",
	    "organisation", "serial", "previous", "day", "not_after",
	    "identity", "release", "gateway", "addresses", "desks", "people",
	    "revoked", "succession", NULL};
	static const char *const gateway_keys[] = {"key", "generation", NULL};
	const json_t *gateway = NULL;
	int64_t serial = 0, generation = 0;
	enum err e;

	if ((e = json_keys(o, keys)) != OK ||
	    (e = json_hex_field(o, "org", k->org, ORG_LEN)) != OK ||
	    (e = json_copy_field(o, "organisation", 1, k->organisation,
	    KEYSET_NAME)) != OK ||
	    (e = json_int_field(o, "serial", 1, (int64_t)KEYSET_SERIAL_LAST,
	    &serial)) !=
	    OK ||
	    (e = json_hex_field(o, "previous", k->previous, HASH_LEN)) !=
	    OK ||
	    (e = json_day_field(o, "day", &k->day)) != OK ||
	    (e = json_day_field(o, "not_after", &k->not_after)) != OK ||
	    (e = json_key_field(o, "identity", false, NULL, &k->identity)) !=
	    OK ||
	    (e = release_read(o, k)) != OK ||
	    (e = json_object_field(o, "gateway", &gateway)) != OK ||
	    (e = json_keys(gateway, gateway_keys)) != OK ||
	    (e = json_key_field(gateway, "key", true, &k->has_gateway,
	    &k->gateway)) != OK ||
	    (e = json_int_field(gateway, "generation", 1, GENERATION_MAX,
	    &generation)) != OK ||
	    (e = json_addresses_field(o, k->onion, k->https)) != OK ||
	    (e = lists_read(o, k)) != OK) {
		return e;
	}
	k->serial = (uint64_t)serial;
	k->generation = (uint64_t)generation;
	e = keyset_check(k);
	return e == OK ? succession_read(o, k) : e;
}

enum err
keyset_parse(const void *p, size_t len, const void *sig, size_t siglen,
    const struct sign_pk *identity, struct keyset **out)
{
	struct sign_purpose why = {.purpose = "keyset"};
	struct keyset *k = calloc(1, sizeof(*k));
	json_t *o = NULL;
	enum err e = k == NULL ? ERR_MEMORY
	    : json_read_type(p, len, KEYSET_MAX, KEYSET_TYPE, &o);

	if (e == OK) {
		e = keyset_read(o, k);
	}
	if (e == OK && identity != NULL &&
	    !sign_pk_equal(identity, &k->identity)) {
		e = ERR_SIGNATURE;
	}
	if (e == OK) {
		memcpy(why.org, k->org, ORG_LEN);
		e = sign_check(&k->identity, &why, p, len, sig, siglen);
	}
	if (e == OK) {
		hash_bytes(p, len, k->hash);
		*out = k;
		k = NULL; /* transferred */
	}
	json_decref(o);
	keyset_free(k);
	return e;
}

void
keyset_free(struct keyset *k)
{
	free(k);
}
