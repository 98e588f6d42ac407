/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Revocation of the identity key (FORMAT.md section 6): the last keyset of
 * its line. It has the highest serial there is and names its own identity
 * among the revoked keys, so it travels as every keyset does and no other
 * one can come after it. Each machine has the newest: `keyset --publish` and
 * `--accept` carry it.
 */
#include <stdlib.h>
#include <string.h>

#include "ceremony.h"
#include "files.h"

#define NOTE "revocation.note"

enum err
revocation_make(struct desk *d, struct buf *note)
{
	struct sign_purpose why = {.purpose = "keyset"};
	struct keyset *k = calloc(1, sizeof *k);
	struct buf doc = buf_new(KEYSET_MAX), sig = buf_new(SIGN_TEXT_MAX);
	const uint8_t *seed;
	enum err e = k == NULL ? ERR_MEMORY : identity_need(d);

	if (e != OK) {
		goto out;
	}
	seed = d->identity != NULL ? d->identity : d->ring->identity;
	memcpy(k->org, d->keyset->org, ORG_LEN);
	strcpy(k->organisation, d->keyset->organisation);
	memcpy(why.org, k->org, ORG_LEN);
	k->serial = KEYSET_SERIAL_LAST;
	memcpy(k->previous, d->keyset->hash, HASH_LEN);
	k->day = d->today;
	k->not_after = day_add_months(d->today, 13);
	sign_pk_of(seed, &k->identity);
	/* Every holder may bring it; short enough for a QR code */
	for (unsigned i = 0; i < d->keyset->desks; i++) {
		const struct keyset_desk *desk = &d->keyset->desk[i];
		struct keyset_desk *to = &k->desk[k->desks++];
		to->number = desk->number;
		to->successor = desk->successor;
		strcpy(to->id, desk->id);
		to->names = 1;
		to->name[0] = desk->name[0];
	}
	for (unsigned i = 0; i < d->keyset->people; i++) {
		if (d->keyset->person[i].role == PERSON_HOLDER) {
			k->person[k->people++] = d->keyset->person[i];
		}
	}
	k->has_gateway = d->keyset->has_gateway;
	k->gateway = d->keyset->gateway;
	k->generation = d->keyset->generation;
	k->revokeds = 1;
	k->revoked[0] = k->identity;
	e = keyset_write(k, &doc);
	if (e == OK) {
		e = sign_make(seed, &why, doc.p, doc.len, &sig);
	}
	if (e == OK) {
		buf_put(note, sig.p, sig.len);
		buf_u8(note, '\n');
		buf_put(note, doc.p, doc.len);
		e = note->failed ? ERR_LIMIT : file_replace(d->public, NOTE,
		    note->p, note->len);
	}
out:
	free(k);
	buf_free(&doc);
	buf_free(&sig);
	return e;
}

enum err
revocation_stored(const struct desk *d, struct buf *note)
{
	return file_read(d->public, NOTE, note);
}

enum err
revocation_split(const struct buf *note, struct buf *doc, struct buf *sig,
    struct keyset **out)
{
	struct bytes s, o;
	enum err e = note_split(note->p, note->len, &s, &o);

	if (e == OK) {
		buf_put(sig, s.p, s.len);
		buf_put(doc, o.p, o.len);
		e = keyset_parse(o.p, o.len, s.p, s.len, NULL, out);
	}
	return e;
}

bool
revocation_ours(const struct desk *d, const struct keyset *k)
{
	const struct keyset_person *p = keyset_person(k, d->ring->person);
	struct sign_pk own;

	sign_pk_of(d->ring->operational, &own);
	return p != NULL && p->role == PERSON_HOLDER &&
	    sign_pk_equal(&p->key, &own);
}

enum err
revocation_take(struct desk *d, const struct buf *note)
{
	struct buf doc = buf_new(KEYSET_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct keyset *k = NULL;
	enum err e = OK;

	if (revocation_split(note, &doc, &sig, &k) == OK &&
	    keyset_withdrawn(k) && memcmp(k->org, d->keyset->org,
	    ORG_LEN) == 0 && sign_pk_equal(&k->identity,
	    &d->keyset->identity) && revocation_ours(d, k)) {
		e = file_replace(d->public, NOTE, note->p, note->len);
	}
	keyset_free(k);
	buf_free(&doc);
	buf_free(&sig);
	return e;
}
