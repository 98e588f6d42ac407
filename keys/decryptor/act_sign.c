/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The second signature under a request: on the other's machine from a file
 * that is carried, here with the other's keyring, or on paper.
 */
#include <string.h>

#include "approval.h"
#include "files.h"
#include "meldluik/json.h"

#define FILE_MAX (REQUEST_DOC_MAX + SIGN_TEXT_MAX)

/* A request file taken apart: who signed it, and the document */
struct carried {
	struct bytes doc, sig;
	json_t *o;
	const char *by, *day, *act, *ref, *detail, *summary;
	uint8_t org[ORG_LEN];
	int64_t desk;
};

static enum err
carried_parse(const void *file, size_t len, struct carried *c)
{
	const char *state;
	enum err e = len > FILE_MAX ? ERR_LIMIT :
	    note_split(file, len, &c->sig, &c->doc);

	c->o = NULL;
	if (e != OK || (e = json_read_type(c->doc.p, c->doc.len,
	    REQUEST_DOC_MAX, REQUEST_TYPE, &c->o)) != OK) {
		return e;
	}
	if ((e = json_hex_field(c->o, "org", c->org, ORG_LEN)) != OK ||
	    (e = json_int_field(c->o, "desk", 1, CODE_DESK_MAX,
	    &c->desk)) != OK || (e = json_string_field(c->o, "by", 1,
	    KEYSET_ID - 1, &c->by)) != OK || (e = json_string_field(c->o,
	    "day", 10, 10, &c->day)) != OK || (e = json_string_field(c->o,
	    "case", 0, REF_TEXT - 1, &c->ref)) != OK ||
	    (e = json_string_field(c->o, "state", 0, 32, &state)) != OK ||
	    (e = json_string_field(c->o, "act", 1, 32, &c->act)) != OK ||
	    (e = json_string_field(c->o, "detail", 1, DETAIL_TEXT - 1,
	    &c->detail)) != OK) {
		return e;
	}
	return json_string_field(c->o, "summary", 1, SUMMARY_MAX,
	    &c->summary);
}

/* The person of the keyset whose unrevoked key signed it, or NULL */
static const struct keyset_person *
signed_by(const struct desk *d, const struct carried *c)
{
	struct sign_purpose purp = approval_purpose(c->org, (unsigned)c->desk);

	for (unsigned i = 0; i < d->keyset->people; i++) {
		const struct keyset_person *p = &d->keyset->person[i];
		if (!keyset_revoked(d->keyset, &p->key) &&
		    sign_check(&p->key, &purp, c->doc.p, c->doc.len,
		    c->sig.p, c->sig.len) == OK) {
			return p;
		}
	}
	return NULL;
}

static enum err
refuse_signature(struct refusal *why)
{
	return refuse(why, ERR_SIGNATURE, "Dit verzoek is veranderd, of geen "
	    "persoon uit de sleutelset heeft het getekend.", "This request "
	    "was changed, or nobody of the keyset signed it.");
}

/* ERR_VERSION: an act that this program does not know cannot be told */
static enum err
signing_of(const struct carried *c, struct signing *told)
{
	unsigned a = 0;

	while (a < ACT_COUNT && strcmp(act_code((enum act)a), c->act) != 0) {
		a++;
	}
	if (a == ACT_COUNT) {
		return ERR_VERSION;
	}
	told->act = (enum act)a;
	told->desk = (unsigned)c->desk;
	strcpy(told->ref, c->ref); /* bounded by carried_parse() */
	strcpy(told->detail, c->detail);
	strcpy(told->by, c->by);
	strcpy(told->day, c->day);
	buf_text(&told->summary, c->summary);
	return told->summary.failed ? ERR_MEMORY : OK;
}

enum err
act_sign(struct desk *d, const void *file, size_t len, struct buf *out,
    struct signing *told, struct refusal *why)
{
	const struct keyset_person *me, *by;
	struct sign_purpose purp;
	struct sign_pk pk;
	struct carried c;
	enum err e = carried_parse(file, len, &c);

	memset(why, 0, sizeof *why);
	if (e != OK) {
		e = refuse(why, e, "Dit is geen verzoek om te tekenen.",
		    "This is no request to sign.");
		goto out;
	}
	if (d->keyset == NULL || memcmp(c.org, d->ring->org, ORG_LEN) != 0) {
		e = refuse(why, ERR_FOREIGN, "Dit verzoek is van een andere "
		    "organisatie.", "This request is of another "
		    "organisation.");
		goto out;
	}
	by = signed_by(d, &c);
	if (by == NULL || strcmp(by->id, c.by) != 0) {
		e = refuse_signature(why);
		goto out;
	}
	me = keyset_person(d->keyset, d->ring->person);
	sign_pk_of(d->ring->operational, &pk);
	if (me == NULL || !sign_pk_equal(&me->key, &pk) ||
	    keyset_revoked(d->keyset, &pk)) {
		e = refuse(why, ERR_POLICY, "De sleutelset noemt u niet: u "
		    "kunt niet tekenen.",
		    "The keyset does not name you: you cannot sign.");
		goto out;
	}
	if (by == me) {
		e = refuse(why, ERR_POLICY, "Dit verzoek is van uzelf; een "
		    "ander moet tekenen.",
		    "This request is your own; somebody else must sign.");
		goto out;
	}
	purp = approval_purpose(c.org, (unsigned)c.desk);
	e = signing_of(&c, told);
	if (e == OK) {
		e = note_make(d->ring->operational, &purp, c.doc.p, c.doc.len,
		    out);
	}
	if (e != OK) {
		refuse_err(why, e);
	}
out:
	json_decref(c.o);
	return e;
}

/* May this person's signature be added? */
static enum err
signer_may(struct desk *d, size_t request, const char *person,
    struct refusal *why)
{
	const struct state *s = d->state;
	const struct request *r = &s->request[request];
	struct rule rule;

	if (r->used) {
		return refuse(why, ERR_STALE, "Dit verzoek is al gebruikt.",
		    "This request was used already.");
	}
	if (r->kase != NOT_FOUND &&
	    act_subject(&s->kase[r->kase], person) &&
	    rule_find(d->profile, "S-SUBJECT", &rule)) {
		return refuse_rule(why, &rule);
	}
	for (size_t i = 0; i < s->approvals; i++) {
		if (s->approval[i].request == request &&
		    strcmp(s->approval[i].person, person) == 0) {
			return refuse(why, ERR_CONFLICT, "Die persoon heeft "
			    "al getekend.", "That person signed already.");
		}
	}
	return OK;
}

enum err
act_take(struct desk *d, const void *file, size_t len, size_t *request,
    struct refusal *why)
{
	const struct keyset_person *by = NULL;
	struct buf sig = buf_new(SIGN_TEXT_MAX);
	uint8_t id[HASH_LEN];
	struct carried c;
	enum err parsed = carried_parse(file, len, &c);
	enum err e = act_begin(d, why);

	if (e != OK) {
		goto out;
	}
	if (parsed != OK) {
		e = refuse(why, parsed, "Dit is geen getekend verzoek.",
		    "This is no signed request.");
	} else if (d->keyset == NULL || (by = signed_by(d, &c)) == NULL) {
		e = refuse_signature(why);
	}
	if (e == OK) {
		hash_bytes(c.doc.p, c.doc.len, id);
		*request = state_request(d->state, id);
		if (*request == NOT_FOUND) {
			e = refuse(why, ERR_UNKNOWN, "Dit verzoek is niet "
			    "van dit meldpunt.",
			    "This request was not made by this desk.");
		}
	}
	if (e == OK) {
		e = signer_may(d, *request, by->id, why);
	}
	if (e == OK) {
		buf_put(&sig, c.sig.p, c.sig.len);
		e = sig.failed ? ERR_FORMAT :
		    approval_put(d, *request, by->id, &sig, 0);
	}
	e = act_end(d, e, why);
out:
	json_decref(c.o);
	buf_free(&sig);
	return e;
}

static enum err
ring_open(const char *path, const char *pass, size_t passlen,
    struct keyring **out, struct refusal *why)
{
	struct buf sealed = buf_new(KEYRING_MAX + 65536u);
	enum err e = file_read_path(path, &sealed);

	if (e != OK) {
		e = refuse(why, e, "De sleutelbos is niet te lezen.",
		    "The keyring file cannot be read.");
	} else if ((e = keyring_open(sealed.p, sealed.len, pass, passlen,
	    out)) == ERR_NO_MATCH) {
		refuse(why, e, "Het wachtwoord is onjuist.",
		    "The passphrase is wrong.");
	} else if (e != OK) {
		refuse_err(why, e);
	}
	buf_free(&sealed);
	return e;
}

enum err
act_sign_here(struct desk *d, size_t request, const char *path,
    const char *pass, size_t passlen, struct refusal *why)
{
	struct sign_purpose purp = approval_purpose(d->ring->org, d->ring->desk);
	struct buf doc = buf_new_secret(REQUEST_DOC_MAX),
	    sig = buf_new(SIGN_TEXT_MAX);
	const struct keyset_person *p;
	struct keyring *ring = NULL;
	struct sign_pk pk;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	e = ring_open(path, pass, passlen, &ring, why);
	if (e == OK) {
		p = d->keyset == NULL ? NULL :
		    keyset_person(d->keyset, ring->person);
		sign_pk_of(ring->operational, &pk);
		if (memcmp(ring->org, d->ring->org, ORG_LEN) != 0 ||
		    p == NULL || !sign_pk_equal(&p->key, &pk) ||
		    keyset_revoked(d->keyset, &pk)) {
			e = refuse(why, ERR_FOREIGN, "De sleutelset noemt "
			    "deze sleutelbos niet.",
			    "The keyset does not name that keyring.");
		}
	}
	if (e == OK) {
		e = signer_may(d, request, ring->person, why);
	}
	if (e == OK) {
		e = record_get(d->book, d->state->request[request].record,
		    &doc);
	}
	if (e == OK) {
		e = sign_make(ring->operational, &purp, doc.p, doc.len, &sig);
	}
	if (e == OK) {
		e = approval_put(d, request, ring->person, &sig, 0);
	}
	keyring_free(ring);
	buf_free(&doc);
	buf_free(&sig);
	return act_end(d, e, why);
}

enum err
act_paper(struct desk *d, size_t request, const char *person, day_t day,
    struct refusal *why)
{
	const struct keyset_person *p = d->keyset == NULL ? NULL :
	    keyset_person(d->keyset, person);
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	if (p == NULL || keyset_revoked(d->keyset, &p->key)) {
		e = refuse(why, ERR_UNKNOWN, "De sleutelset noemt die persoon "
		    "niet.", "The keyset does not name that person.");
	} else if (day > d->today || day < d->state->request[request].day) {
		e = refuse(why, ERR_CONFLICT, "Die dag ligt voor het verzoek "
		    "of in de toekomst.", "That day lies before the request "
		    "or in the future.");
	} else {
		e = signer_may(d, request, person, why);
	}
	if (e == OK) {
		e = approval_put(d, request, person, NULL, day);
	}
	return act_end(d, e, why);
}
