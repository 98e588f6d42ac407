/* SPDX-License-Identifier: EUPL-1.2 */
/* Keyset and epoch blocks of the organisation in home/public. */
#include <string.h>

#include "ceremony.h"
#include "files.h"
#include "meldluik/json.h"
#include "org.h"
#include "papers.h"
#include "terminal.h"

#define NOTE_MAX (KEYSET_MAX + SIGN_TEXT_MAX + 1u)

/* Keyset and signature stand in one file, a signed note, so that a crash can
 * never leave one without the other. */
enum err
org_load(struct desk *d)
{
	struct buf note = buf_new(NOTE_MAX);
	struct bytes sig, doc;
	struct keyset *k = NULL;
	enum err e = file_read(d->public, "keyset.note", &note);

	if (e == OK) {
		e = note_split(note.p, note.len, &sig, &doc);
	}
	if (e == OK) {
		e = keyset_parse(doc.p, doc.len, sig.p, sig.len, NULL, &k);
	}
	if (e == OK && memcmp(k->org, d->ring->org, ORG_LEN) != 0) {
		e = ERR_FOREIGN;
	}
	if (e == OK) {
		keyset_free(d->keyset);
		d->keyset = k;
		k = NULL; /* transferred */
	}
	keyset_free(k);
	buf_free(&note);
	return e;
}

enum err
org_keyset_files(const struct desk *d, struct buf *doc, struct buf *sig)
{
	struct buf note = buf_new(NOTE_MAX);
	struct bytes s, o;
	enum err e = file_read(d->public, "keyset.note", &note);

	if (e == OK) {
		e = note_split(note.p, note.len, &s, &o);
	}
	if (e == OK) {
		buf_put(sig, s.p, s.len);
		buf_put(doc, o.p, o.len);
		e = sig->failed || doc->failed ? ERR_LIMIT : OK;
	}
	buf_free(&note);
	return e;
}

enum err
org_keyset_store(struct desk *d, const struct buf *doc,
    const struct buf *sig)
{
	struct buf note = buf_new(NOTE_MAX);
	struct keyset *k = NULL;
	/* what cannot be read back takes no place */
	enum err e = keyset_parse(doc->p, doc->len, sig->p, sig->len, NULL,
	    &k);

	keyset_free(k);
	if (e == OK) {
		buf_put(&note, sig->p, sig->len);
		buf_u8(&note, '\n');
		buf_put(&note, doc->p, doc->len);
		e = note.failed ? ERR_LIMIT : file_replace(d->public,
		    "keyset.note", note.p, note.len);
	}
	buf_free(&note);
	return e == OK ? org_load(d) : e;
}

enum err
org_keyset_save(struct desk *d, struct keyset *k)
{
	struct sign_purpose why = {.purpose = "keyset"};
	struct buf doc = buf_new(KEYSET_MAX), sig = buf_new(SIGN_TEXT_MAX);
	const uint8_t *seed;
	enum err e;

	if (d->keyset != NULL && keyset_withdrawn(d->keyset)) {
		say_error("the keyset was withdrawn for good; only `revoke "
		    "--new-identity` makes another");
		e = ERR_CONFLICT;
		goto out;
	}
	if ((e = identity_need(d)) != OK) {
		goto out;
	}
	seed = d->identity != NULL ? d->identity : d->ring->identity;
	memcpy(why.org, k->org, ORG_LEN);
	if (d->keyset != NULL) {
		k->serial = d->keyset->serial + 1;
		memcpy(k->previous, d->keyset->hash, HASH_LEN);
	} else {
		k->serial = 1;
		memset(k->previous, 0, HASH_LEN);
	}
	k->day = d->today;
	sign_pk_of(seed, &k->identity);
	e = keyset_write(k, &doc);
	if (e == OK) {
		e = sign_make(seed, &why, doc.p, doc.len, &sig);
	}
	if (e == OK) {
		e = org_keyset_store(d, &doc, &sig);
	}
	if (e == OK) { /* while the key is here: names all of today */
		struct buf note = buf_new(NOTE_MAX);
		e = revocation_make(d, &note);
		buf_free(&note);
	}
	if (e != OK) {
		say_error("the keyset could not be made: %s", err_text(e));
	}
out:
	buf_free(&doc);
	buf_free(&sig);
	return e;
}
