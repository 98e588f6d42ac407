/* SPDX-License-Identifier: EUPL-1.2 */
/* See the header. A note is believed only under the keyset of today. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "heir.h"
#include "meldluik/json.h"

/* Keyed hash, key = operational seed; in the casebook's row of labels
 * because only this program derives it */
#define LABEL_HEIR "meldluik/v1/holder/heir"

void
heir_seed(const struct keyring *k, uint8_t seed[AGE_HYBRID_SEED])
{
	crypto_generichash(seed, AGE_HYBRID_SEED,
	    (const uint8_t *)LABEL_HEIR, sizeof LABEL_HEIR - 1,
	    k->operational, SIGN_SEED);
}

enum err
holder_note_make(const struct desk *d, const char *purpose, const char *type,
    json_t *o, struct buf *out)
{
	struct sign_purpose why = {.purpose = purpose,
		.desk = d->ring->desk};
	struct buf doc = buf_new(HEIR_MAX);
	enum err e;

	memcpy(why.org, d->ring->org, ORG_LEN);
	json_object_set_new(o, "type", json_string(type));
	json_object_set_new(o, "version", json_integer(1));
	event_hex(o, "org", d->ring->org, ORG_LEN);
	json_object_set_new(o, "desk", json_integer(d->ring->desk));
	e = json_write(o, &doc);
	if (e == OK) {
		e = note_make(d->ring->operational, &why, doc.p, doc.len,
		    out);
	}
	json_decref(o);
	buf_free(&doc);
	return e;
}

enum err
heir_note(struct desk *d, struct buf *out)
{
	char text[AGE_RECIPIENT_TEXT + 1];
	uint8_t seed[AGE_HYBRID_SEED];
	struct age_recipient to;
	json_t *o;
	enum err e;

	heir_seed(d->ring, seed);
	e = age_identity_recipient(seed, &to);
	sodium_memzero(seed, sizeof seed);
	if (e != OK) {
		return e;
	}
	age_recipient_text(&to, text);
	o = json_object();
	json_object_set_new(o, "person", json_string(d->ring->person));
	json_object_set_new(o, "recipient", json_string(text));
	return holder_note_make(d, "heir", HEIR_TYPE, o, out);
}

enum err
holder_note_open(const struct desk *d, const char *purpose, const char *type,
    const void *p, size_t len, const struct keyset_person **who, json_t **out)
{
	uint8_t org[ORG_LEN];
	struct bytes sig, doc;
	json_t *o = NULL;
	int64_t desk = 0;
	enum err e = d->keyset == NULL ? ERR_FOREIGN :
	    note_split(p, len, &sig, &doc);

	if (e == OK) {
		e = keyset_holder_check(d->keyset, d->ring->desk, purpose,
		    doc.p, doc.len, sig.p, sig.len, who);
	}
	if (e == OK) {
		e = json_read_type(doc.p, doc.len, HEIR_MAX, type, &o);
	}
	if (e == OK && (e = json_hex_field(o, "org", org, ORG_LEN)) == OK) {
		e = json_int_field(o, "desk", 1, CODE_DESK_MAX, &desk);
	}
	if (e == OK && (memcmp(org, d->ring->org, ORG_LEN) != 0 ||
	    (unsigned)desk != d->ring->desk)) {
		e = ERR_FOREIGN;
	}
	if (e != OK) {
		json_decref(o);
		return e;
	}
	*out = o;
	return OK;
}

enum err
heir_parse(const struct desk *d, const void *p, size_t len,
    char person[KEYSET_ID], struct age_recipient *out)
{
	const struct keyset_person *who = NULL;
	const char *id = NULL, *text = NULL;
	json_t *o = NULL;
	enum err e = holder_note_open(d, "heir", HEIR_TYPE, p, len, &who, &o);

	if (e == OK) {
		e = json_string_field(o, "person", 1, KEYSET_ID - 1, &id);
	}
	if (e == OK) {
		e = json_string_field(o, "recipient", AGE_RECIPIENT_TEXT,
		    AGE_RECIPIENT_TEXT, &text);
	}
	if (e == OK && strcmp(id, who->id) != 0) {
		e = ERR_FOREIGN;
	}
	if (e == OK) {
		e = age_recipient_parse(text, strlen(text), out);
	}
	if (e == OK) {
		snprintf(person, KEYSET_ID, "%s", who->id);
	}
	json_decref(o);
	return e;
}

enum err
heir_store(struct desk *d, const void *p, size_t len,
    char person[KEYSET_ID])
{
	struct age_recipient to;
	char name[64];
	enum err e = heir_parse(d, p, len, person, &to);

	if (e == OK && strcmp(person, d->ring->person) == 0) {
		e = ERR_CONFLICT;
	}
	if (e == OK) {
		snprintf(name, sizeof name, "heir-%s.note", person);
		e = file_replace(d->public, name, p, len);
	}
	return e;
}

enum err
heir_backup_note(const struct desk *d, const uint8_t hash[HASH_LEN],
    struct buf *out)
{
	json_t *o = json_object();

	event_hex(o, "sha256", hash, HASH_LEN);
	return holder_note_make(d, "deputy", HEIR_BACKUP_TYPE, o, out);
}

enum err
heir_backup_check(const struct desk *d, const void *p, size_t len,
    uint8_t hash[HASH_LEN])
{
	const struct keyset_person *who = NULL;
	json_t *o = NULL;
	enum err e = holder_note_open(d, "deputy", HEIR_BACKUP_TYPE, p, len,
	    &who, &o);

	if (e == OK) {
		e = json_hex_field(o, "sha256", hash, HASH_LEN);
	}
	json_decref(o);
	return e;
}

static bool
note_holds(const struct desk *d, const char *id, struct age_recipient *to)
{
	struct buf note = buf_new(HEIR_MAX);
	char name[64], person[KEYSET_ID];
	bool good;

	snprintf(name, sizeof name, "heir-%s.note", id);
	good = file_read(d->public, name, &note) == OK &&
	    heir_parse(d, note.p, note.len, person, to) == OK &&
	    strcmp(person, id) == 0;
	buf_free(&note);
	return good;
}

void
heirs_load(const struct desk *d, struct heirs *h)
{
	memset(h, 0, sizeof *h);
	for (unsigned i = 0; d->keyset != NULL && i < d->keyset->people &&
	    h->n + h->without < KEYSET_HOLDERS_MAX; i++) {
		const struct keyset_person *p = &d->keyset->person[i];
		if (p->role != PERSON_HOLDER || p->desk != d->ring->desk ||
		    strcmp(p->id, d->ring->person) == 0) {
			continue;
		}
		if (note_holds(d, p->id, &h->to[h->n])) {
			h->who[h->n++] = p->id;
		} else {
			h->lacks[h->without++] = p->id;
		}
	}
}

const char *
heirs_text(const char *const id[], unsigned n, char out[HEIRS_TEXT])
{
	size_t at = 0;

	out[0] = 0;
	for (unsigned i = 0; i < n; i++) {
		at += (size_t)snprintf(out + at, HEIRS_TEXT - at, "%s%s",
		    i == 0 ? "" : ", ", id[i]);
	}
	return out;
}
