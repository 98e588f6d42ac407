/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Four eyes: a request is one JSON document in one encoding; a signature
 * under it is a minisign signature with purpose `approval` by a person of
 * the keyset. It names codes and a reference, never the reporter, so an
 * approver who may read nothing sealed can still judge it. Here requests are
 * made and what was signed is counted; act_sign.c has the signing of others.
 */
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "approval.h"
#include "letters.h"
#include "meldluik/json.h"
#include "meldluik/taxonomy.h"

struct sign_purpose
approval_purpose(const uint8_t org[ORG_LEN], unsigned desk)
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
	struct sign_purpose why = approval_purpose(d->ring->org, d->ring->desk);
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

day_t
act_signed_day(struct desk *d, size_t request)
{
	const struct state *s = d->state;
	struct signer good[SIGNERS_MAX];
	size_t n = act_signers_of(d, request, good);
	const struct approval *first = NULL;
	day_t day = s->request[request].day;

	for (size_t i = 0; i < s->approvals; i++) {
		const struct approval *a = &s->approval[i];
		bool holds = false;
		for (size_t j = 0; j < n && a->request == request; j++) {
			holds |= strcmp(good[j].person, a->person) == 0;
		}
		if (!holds || (first != NULL &&
		    strcmp(first->person, a->person) == 0)) {
			continue;
		}
		day = a->day > day ? a->day : day;
		if (first != NULL) {
			break;
		}
		first = a;
	}
	return day;
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

/* Dutch, as what is signed is: whoever signs works at the organisation */
static const char *
label_of(const struct desk *d, const char *vocabulary, const char *code)
{
	const struct vocabulary *w = taxonomy_find(d->profile, vocabulary);
	int i = w == NULL ? -1 : vocabulary_index(w, code);

	return code[0] == 0 ? "nog geen" : i < 0 ? code :
	    vocabulary_label(w, (size_t)i, NULL, "nl");
}

void
act_summary(const struct desk *d, enum act a, size_t k, const char *detail,
    char out[SUMMARY_MAX])
{
	const struct kase *c = k == NOT_FOUND ? NULL : &d->state->kase[k];
	char day[LETTER_DAY];

	if (c == NULL) {
		snprintf(out, SUMMARY_MAX, "%s: %s", act_code(a), detail);
		return;
	}
	letter_day(c->received, true, day);
	snprintf(out, SUMMARY_MAX, "Melding %s, ontvangen %s. Soort: %s. "
	    "Misstand: %s. Stand: %s. Uitkomst: %s.", c->ref, day,
	    label_of(d, "type", c->type), label_of(d, "wbk", c->wbk),
	    case_state_label(d->profile, c->state, "nl"),
	    label_of(d, "outcome", c->code[KASE_OUTCOME]));
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
		act_summary(d, a, k, detail, text);
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

enum err
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
	struct sign_purpose purp = approval_purpose(d->ring->org, d->ring->desk);
	struct buf doc = buf_new(REQUEST_DOC_MAX),
	    sig = buf_new(SIGN_TEXT_MAX);
	uint8_t record[RECORD_ID], id[HASH_LEN];
	json_t *o;
	enum err e = act_begin(d, why);

	if (e == OK && (e = desk_policy(d)) != OK) {
		e = refuse_err(why, e);
	}
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
act_request_summary(struct desk *d, size_t request, struct buf *out)
{
	struct buf doc = buf_new_secret(REQUEST_DOC_MAX);
	const char *text = NULL;
	json_t *o = NULL;
	enum err e = record_get(d->book, d->state->request[request].record,
	    &doc);

	if (e == OK) {
		e = json_read_type(doc.p, doc.len, REQUEST_DOC_MAX,
		    REQUEST_TYPE, &o);
	}
	if (e == OK) {
		e = json_string_field(o, "summary", 1, SUMMARY_MAX, &text);
	}
	if (e == OK) {
		buf_text(out, text);
		e = out->failed ? ERR_LIMIT : OK;
	}
	json_decref(o);
	buf_free(&doc);
	return e;
}

enum err
act_request_file(struct desk *d, size_t request, struct buf *out,
    struct refusal *why)
{
	struct sign_purpose purp = approval_purpose(d->ring->org, d->ring->desk);
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

enum err
act_ceremony_ask(struct desk *d, const char *detail, const char *summary,
    size_t *request, struct refusal *why)
{
	const struct state *s = d->state;

	for (size_t i = s->requests; i-- > 0;) {
		if (act_request_fits(s, &s->request[i], ACT_KEY_CEREMONY,
		    NOT_FOUND, detail)) {
			*request = i;
			return OK;
		}
	}
	return act_request(d, ACT_KEY_CEREMONY, NOT_FOUND, detail, summary,
	    request, why);
}

enum err
act_signed_record(struct desk *d, json_t *event, size_t request)
{
	enum err e = casebook_begin(d->book);

	if (e != OK) {
		json_decref(event);
		return e;
	}
	e = desk_event(d, event);
	if (e == OK && request != NOT_FOUND) {
		e = act_used_put(d, request);
	}
	return desk_end(d, e);
}
