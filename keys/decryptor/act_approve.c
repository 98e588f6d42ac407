/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Four eyes: a request is one JSON document in one encoding; a signature
 * under it is a minisign signature with purpose `approval` by a person of
 * the keyset. It names codes and a reference, never the reporter, so an
 * approver who may read nothing sealed can still judge it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "acts_private.h"
#include "files.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"

#define REQUEST_TYPE "meldluik-approval-request"
#define REQUEST_DOC_MAX 8192u
#define SUMMARY_MAX 4000u
#define FILE_MAX (REQUEST_DOC_MAX + SIGN_TEXT_MAX)

static struct sign_purpose
purpose(const uint8_t org[ORG_LEN], unsigned desk)
{
	struct sign_purpose why = {.purpose = "approval", .desk = desk};

	memcpy(why.org, org, ORG_LEN);
	return why;
}

/* Content of a record that may belong to a case or to none */
static enum err
put(struct desk *d, size_t k, const struct buf *b, uint8_t id[RECORD_ID])
{
	return record_put(d->book, k == NOT_FOUND ? NULL :
	    d->state->kase[k].key, b->p, b->len, id);
}

/* Whether the signature under request ${r} is good, by the key that the
 * keyset gives the person now */
static bool
signature_good(struct desk *d, const struct buf *doc,
    const struct approval *a)
{
	const struct keyset_person *p = keyset_person(d->keyset, a->person);
	struct sign_purpose why = purpose(d->ring->org, d->ring->desk);
	struct buf sig = buf_new(SIGN_TEXT_MAX);
	bool good = p != NULL && !keyset_revoked(d->keyset, &p->key) &&
	    record_get(d->book, a->record, &sig) == OK &&
	    sign_check(&p->key, &why, doc->p, doc->len, sig.p, sig.len) == OK;

	buf_free(&sig);
	return good;
}

size_t
act_signers_of(struct desk *d, size_t request, struct signer out[SIGNERS_MAX])
{
	const struct state *s = d->state;
	const struct request *r = &s->request[request];
	struct buf doc = buf_new_secret(REQUEST_DOC_MAX);
	uint8_t hash[HASH_LEN];
	size_t n = 0;

	if (d->keyset == NULL || record_get(d->book, r->record, &doc) != OK) {
		buf_free(&doc);
		return 0;
	}
	hash_bytes(doc.p, doc.len, hash);
	for (size_t i = 0; i < s->approvals && n < SIGNERS_MAX &&
	    memcmp(hash, r->id, HASH_LEN) == 0; i++) {
		const struct approval *a = &s->approval[i];
		if (a->request == request && (a->paper ||
		    signature_good(d, &doc, a))) {
			out[n++] = (struct signer){a->person,
				r->kase != NOT_FOUND &&
				act_subject(&s->kase[r->kase], a->person)};
		}
	}
	buf_free(&doc);
	return n;
}

bool
act_request_open(const struct state *s, const struct request *r)
{
	return !r->used && (r->kase == NOT_FOUND ||
	    r->act == ACT_FEEDBACK_WITHOUT_ROUTE ||
	    r->moves == s->kase[r->kase].moves);
}

bool
act_request_fits(const struct state *s, const struct request *r, enum act a,
    size_t k, const char *detail)
{
	return r->act == a && r->kase == k && (detail == NULL ||
	    strcmp(r->detail, detail) == 0) && act_request_open(s, r);
}

enum err
act_approved(struct desk *d, enum act a, size_t k, const char *detail,
    size_t *request, struct refusal *why)
{
	const struct state *s = d->state;
	struct refusal none;
	struct rule rule;
	enum err e = desk_policy(d);

	why = why == NULL ? &none : why;
	*request = NOT_FOUND;
	if (e != OK) {
		return refuse_err(why, e);
	}
	foureyes_check(d->profile, a, NULL, 0, &rule);
	for (size_t i = 0; i < s->requests; i++) {
		const struct request *r = &s->request[i];
		struct signer signers[SIGNERS_MAX];
		size_t n;
		if (!act_request_fits(s, r, a, k, detail)) {
			continue;
		}
		n = act_signers_of(d, i, signers);
		if (foureyes_check(d->profile, a, signers, n, &rule) == OK) {
			*request = i;
			return OK;
		}
	}
	return refuse_rule(why, &rule);
}

static void
summary_auto(const struct desk *d, enum act a, size_t k, const char *detail,
    char out[SUMMARY_MAX])
{
	const struct kase *c = k == NOT_FOUND ? NULL : &d->state->kase[k];
	char day[DAY_TEXT];

	if (c == NULL) {
		snprintf(out, SUMMARY_MAX, "%s: %s", act_code(a), detail);
		return;
	}
	day_text(c->received, day);
	snprintf(out, SUMMARY_MAX, "Melding %s, ontvangen %s; soort %s; "
	    "misstand %s; toestand %s; uitkomst %s. Gevraagd: %s (%s).",
	    c->ref, day, c->type[0] == 0 ? "-" : c->type, c->wbk[0] == 0 ?
	    "-" : c->wbk, case_state_code(c->state),
	    c->code[KASE_OUTCOME][0] == 0 ? "-" : c->code[KASE_OUTCOME],
	    act_code(a), detail);
}

static enum err
request_write(const struct desk *d, enum act a, size_t k,
    const char *detail, const char *summary, struct buf *out)
{
	char text[SUMMARY_MAX];
	uint8_t nonce[16];
	json_t *o = json_object();
	enum err e;

	if (summary == NULL) {
		summary_auto(d, a, k, detail, text);
		summary = text;
	}
	randombytes_buf(nonce, sizeof nonce);
	json_object_set_new(o, "type", json_string(REQUEST_TYPE));
	json_object_set_new(o, "version", json_integer(1));
	event_hex(o, "org", d->ring->org, ORG_LEN);
	json_object_set_new(o, "desk", json_integer(d->ring->desk));
	json_object_set_new(o, "by", json_string(d->ring->person));
	event_day(o, "day", d->today);
	json_object_set_new(o, "case", json_string(k == NOT_FOUND ? "" :
	    d->state->kase[k].ref));
	json_object_set_new(o, "state", json_string(k == NOT_FOUND ? "" :
	    case_state_code(d->state->kase[k].state)));
	json_object_set_new(o, "act", json_string(act_code(a)));
	json_object_set_new(o, "detail", json_string(detail));
	json_object_set_new(o, "summary", json_string(summary));
	event_hex(o, "nonce", nonce, sizeof nonce);
	e = json_write(o, out);
	json_decref(o);
	return e;
}

static enum err
approval_put(struct desk *d, size_t request, const char *person,
    const struct buf *sig, day_t day)
{
	uint8_t record[RECORD_ID];
	json_t *o;
	enum err e = sig == NULL ? OK : put(d,
	    d->state->request[request].kase, sig, record);

	if (e != OK) {
		return e;
	}
	o = event_new(d, "approval");
	event_hex(o, "request", d->state->request[request].id, HASH_LEN);
	json_object_set_new(o, "person", json_string(person));
	if (sig == NULL) {
		json_object_set_new(o, "paper", json_true());
		json_object_set_new(o, "entered_by",
		    json_string(d->ring->person));
		event_day(o, "day", day);
	} else {
		event_hex(o, "record", record, RECORD_ID);
	}
	return desk_event(d, o);
}

enum err
act_request(struct desk *d, enum act a, size_t k, const char *detail,
    const char *summary, size_t *request, struct refusal *why)
{
	struct sign_purpose purp = purpose(d->ring->org, d->ring->desk);
	struct buf doc = buf_new(REQUEST_DOC_MAX),
	    sig = buf_new(SIGN_TEXT_MAX);
	uint8_t record[RECORD_ID], id[HASH_LEN];
	json_t *o;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	/* Whom the report is about may ask that it goes elsewhere; others sign */
	bool mine = k == NOT_FOUND || !act_subject(&d->state->kase[k],
	    d->ring->person);
	if (k != NOT_FOUND && (mine || a != ACT_RECUSE)) {
		e = act_case(d, k, why);
	}
	if (e == OK && summary != NULL) {
		e = act_text_check(summary, strlen(summary), SUMMARY_MAX,
		    why);
	}
	if (e == OK && (detail[0] == 0 || strlen(detail) >= DETAIL_TEXT)) {
		e = refuse(why, ERR_USAGE, "Zeg wat er precies gevraagd "
		    "wordt.", "Say what exactly is asked.");
	}
	if (e == OK) {
		e = request_write(d, a, k, detail, summary, &doc);
	}
	if (e == OK) {
		hash_bytes(doc.p, doc.len, id);
		e = put(d, k, &doc, record);
	}
	if (e == OK) {
		o = event_new(d, "request");
		event_hex(o, "id", id, HASH_LEN);
		json_object_set_new(o, "act", json_string(act_code(a)));
		json_object_set_new(o, "case", json_string(k == NOT_FOUND ?
		    "" : d->state->kase[k].ref));
		json_object_set_new(o, "detail", json_string(detail));
		event_hex(o, "record", record, RECORD_ID);
		e = desk_event(d, o);
	}
	if (e == OK) {
		*request = d->state->requests - 1;
	}
	if (e == OK && mine) {
		e = sign_make(d->ring->operational, &purp, doc.p, doc.len,
		    &sig);
	}
	if (e == OK && mine) {
		e = approval_put(d, *request, d->ring->person, &sig, 0);
	}
	buf_free(&doc);
	buf_free(&sig);
	return act_end(d, e, why);
}

enum err
act_request_file(struct desk *d, size_t request, struct buf *out,
    struct refusal *why)
{
	struct sign_purpose purp = purpose(d->ring->org, d->ring->desk);
	struct buf doc = buf_new_secret(REQUEST_DOC_MAX);
	enum err e = record_get(d->book, d->state->request[request].record,
	    &doc);

	memset(why, 0, sizeof *why);
	if (e == OK) {
		e = note_make(d->ring->operational, &purp, doc.p, doc.len,
		    out);
	}
	buf_free(&doc);
	return e == OK ? OK : refuse_err(why, e);
}

/* A request file taken apart: who signed it, and the document */
struct carried {
	struct bytes doc, sig;
	json_t *o;
	const char *by, *act, *ref, *detail, *summary;
	uint8_t org[ORG_LEN];
	int64_t desk;
};

static enum err
carried_parse(const void *file, size_t len, struct carried *c)
{
	const char *day, *state;
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
	    "day", 10, 10, &day)) != OK || (e = json_string_field(c->o,
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
	struct sign_purpose purp = purpose(c->org, (unsigned)c->desk);

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

enum err
act_sign(struct desk *d, const void *file, size_t len, struct buf *out,
    struct buf *summary, struct refusal *why)
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
	purp = purpose(c.org, (unsigned)c.desk);
	e = note_make(d->ring->operational, &purp, c.doc.p, c.doc.len, out);
	buf_text(summary, c.summary);
	if (e == OK && summary->failed) {
		e = ERR_MEMORY;
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
	struct sign_purpose purp = purpose(d->ring->org, d->ring->desk);
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
