/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Events of the work on a case: steps, triage, answers given, four eyes. The
 * rule of events.c holds here too: no name ever changes its meaning.
 */
#include <string.h>

#include "fold_private.h"
#include "meldluik/json.h"

static void
feedback_counts(struct kase *k, const struct answer_given *a)
{
	bool reached = k->told_decision != DAY_NONE &&
	    k->feedback_by != GIVEN_NO_ROUTE;

	if (k->feedback_posted == DAY_NONE || a->day < k->feedback_posted) {
		k->feedback_posted = a->day;
	}
	if (!a->present || (reached && a->by == GIVEN_NO_ROUTE)) {
		return;
	}
	if (!reached && (a->by != GIVEN_NO_ROUTE ||
	    k->told_decision == DAY_NONE)) {
		k->told_decision = a->day;
		k->feedback_by = a->by;
		k->feedback_reasoned = k->feedback_options = false;
	}
	k->feedback_reasoned = k->feedback_reasoned || a->reasoned;
	k->feedback_options = k->feedback_options || a->options;
}

day_t
answer_day(struct kase *k, day_t said)
{
	if (said >= k->received) {
		return said;
	}
	k->said_early = said;
	return k->received;
}

/* The earliest counts: an import may come after what was done meanwhile */
void
answer_counts(struct kase *k, const struct answer_given *a)
{
	bool reached = k->ack_posted != DAY_NONE &&
	    k->ack_by != GIVEN_NO_ROUTE;

	if (a->kind == REPLY_ACKNOWLEDGEMENT) {
		if (k->ack_posted == DAY_NONE || (!reached && a->by !=
		    GIVEN_NO_ROUTE) || (a->day < k->ack_posted &&
		    (!reached || a->by != GIVEN_NO_ROUTE))) {
			k->ack_posted = a->day;
			k->ack_by = a->by;
		}
	} else if (a->kind == REPLY_FEEDBACK || a->kind == REPLY_CLOSING) {
		feedback_counts(k, a);
	}
}

/* What was told until now is not of the decision that comes */
static void
untold(struct kase *k)
{
	k->told_decision = DAY_NONE;
	k->feedback_by = GIVEN_NOT;
	k->feedback_reasoned = k->feedback_options = false;
}

/* States that are a decision on the report, which the reporter is told */
static bool
decision(enum case_state s)
{
	return s == CASE_DECISION || s == CASE_NOT_ADMISSIBLE ||
	    s == CASE_ABORTED;
}

static void
decided(struct kase *k, day_t day)
{
	k->decided = day;
	if (k->told_decision < day) {
		untold(k);
	}
}

/* Its decision no longer stands, nor what was told of it, nor what a
 * forwarding of it could rest on */
static void
reopened(struct state *s, size_t i, day_t day)
{
	struct kase *k = &s->kase[i];

	grounds_end(s, i, NULL);
	k->closed = k->destroy_on = DAY_NONE;
	k->retention[0] = 0;
	k->reopenings++;
	k->reopened = day;
	k->decided = DAY_NONE;
	untold(k);
}

/* A word of 0 to ${size} - 1 bytes that may be absent */
static enum err
word_or_none(const json_t *o, const char *key, char *out, size_t size)
{
	out[0] = 0;
	return json_object_get(o, key) == NULL ? OK :
	    event_field_word(o, key, out, size);
}

enum err
on_state(struct state *s, const json_t *o)
{
	struct step t = {.request = NOT_FOUND}, *more;
	uint8_t id[HASH_LEN];
	const char *to;
	enum err e = event_field_case(s, o, &t.kase);

	if (e != OK || (e = json_string_field(o, "to", 1, 32, &to)) != OK ||
	    (e = case_state_parse(to, &t.to)) != OK ||
	    (e = event_field_day(o, "day", &t.day)) != OK ||
	    (e = word_or_none(o, "person", t.person, sizeof t.person)) !=
	    OK) {
		return e;
	}
	e = kept_put(s, o, (struct kept){.with = KEPT_STEP, .day = t.day,
	    .to = t.to});
	if (e != OK) {
		return e;
	}
	if (json_object_get(o, "request") != NULL) {
		if ((e = json_hex_field(o, "request", id, HASH_LEN)) != OK) {
			return e;
		}
		t.request = state_request(s, id);
		if (t.request == NOT_FOUND) {
			return ERR_FORMAT;
		}
	}
	more = state_room(s->step, &s->steps_room, s->steps, sizeof *more);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->step = more;
	t.from = s->kase[t.kase].state;
	more[s->steps++] = t;
	s->kase[t.kase].state = t.to;
	s->kase[t.kase].since = t.day;
	s->kase[t.kase].moves++;
	if (t.to == CASE_CLOSED) {
		s->kase[t.kase].closed = t.day;
	} else if (t.to == CASE_ADVICE) {
		/* a later classification that leaves the kind alone says none */
		s->kase[t.kase].kind = REPORT_ADVICE;
		s->kase[t.kase].report_kind[0] = 0;
	} else if (t.to == CASE_REOPENED) {
		reopened(s, t.kase, t.day);
	} else if (decision(t.to)) {
		decided(&s->kase[t.kase], t.day);
	} else if (t.to == CASE_ANSWERED &&
	    s->kase[t.kase].told_decision == DAY_NONE) {
		/* of a program that let earlier feedback count again */
		s->kase[t.kase].told_decision =
		    s->kase[t.kase].feedback_posted;
	}
	return OK;
}

enum err
on_conflict(struct state *s, const json_t *o)
{
	const json_t *about;
	size_t k, i;
	json_t *v;
	enum err e = event_field_case(s, o, &k);

	if (e == OK) {
		e = json_array_field(o, "about", KASE_SUBJECTS, &about);
	}
	if (e != OK) {
		return e;
	}
	s->kase[k].subjects = 0;
	json_array_foreach ((json_t *)(uintptr_t)about, i, v) {
		const char *id = json_string_value(v);
		if (id == NULL || strlen(id) >= KEYSET_ID) {
			return ERR_FORMAT;
		}
		strcpy(s->kase[k].subject[s->kase[k].subjects++], id);
	}
	s->kase[k].conflict_checked = true;
	return OK;
}

enum err
on_triage(struct state *s, const json_t *o)
{
	const json_t *answers;
	size_t k, i;
	json_t *v;
	enum err e = event_field_case(s, o, &k);

	if (e != OK || (e = json_array_field(o, "answers", TRIAGE_QUESTIONS,
	    &answers)) != OK) {
		return e;
	}
	if (json_array_size(answers) != TRIAGE_QUESTIONS) {
		return ERR_FORMAT;
	}
	json_array_foreach ((json_t *)(uintptr_t)answers, i, v) {
		json_int_t n = json_integer_value(v);
		if (!json_is_integer(v) || n < 0 || n > ANSWER_NO) {
			return ERR_FORMAT;
		}
		s->kase[k].triage[i] = (enum answer)n;
	}
	s->kase[k].triaged = true;
	return event_field_word(o, "wbk", s->kase[k].wbk, CODE_WORD);
}

enum err
on_codes(struct state *s, const json_t *o)
{
	json_t *codes = json_object_get(o, "codes"), *v;
	const char *name;
	size_t k;
	enum err e = event_field_case(s, o, &k);

	if (e != OK || !json_is_object(codes)) {
		return e != OK ? e : ERR_FORMAT;
	}
	json_object_foreach (codes, name, v) {
		int c = case_code_find(name);
		const char *code = json_string_value(v);
		if (c < 0 || code == NULL || strlen(code) >= CODE_CELL) {
			return ERR_FORMAT;
		}
		strcpy(s->kase[k].code[c], code);
	}
	return OK;
}

enum err
on_assign(struct state *s, const json_t *o)
{
	size_t k;
	enum err e = event_field_case(s, o, &k);

	return e == OK ? event_field_word(o, "person", s->kase[k].handler,
	    KEYSET_ID) : e;
}

enum err
on_link(struct state *s, const json_t *o)
{
	struct case_link l, *more;
	const char *other;
	enum err e = event_field_case(s, o, &l.a);

	if (e != OK || (e = json_string_field(o, "other", 1, REF_TEXT - 1,
	    &other)) != OK || (e = event_field_day(o, "day", &l.day)) != OK) {
		return e;
	}
	l.b = state_case(s, other);
	if (l.b == NOT_FOUND) {
		return ERR_FORMAT;
	}
	more = state_room(s->link, &s->links_room, s->links, sizeof *more);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->link = more;
	more[s->links++] = l;
	return OK;
}

/* Given outside the mailbox */
enum err
on_given(struct state *s, const json_t *o)
{
	const char *kind, *by;
	struct telling t = {.drafted = NOT_FOUND};
	struct answer_given a;
	bool tells, opened;
	size_t k;
	enum err e = event_field_case(s, o, &k);

	if (e != OK || (e = json_string_field(o, "kind", 1, 32, &kind)) !=
	    OK || (e = reply_kind_parse(kind, &a.kind)) != OK ||
	    (e = json_string_field(o, "by", 1, 32, &by)) != OK ||
	    (e = event_field_day(o, "on", &a.day)) != OK) {
		return e;
	}
	if ((a.by = given_by_parse(by)) == GIVEN_NOT) {
		return ERR_FORMAT;
	}
	a.day = answer_day(&s->kase[k], a.day);
	a.reasoned = json_is_true(json_object_get(o, "reasoned"));
	a.options = json_is_true(json_object_get(o, "options"));
	opened = s->kase[k].reopenings == 0 || a.day >= s->kase[k].reopened;
	a.present = opened && a.day >= s->kase[k].decided;
	answer_counts(&s->kase[k], &a);
	e = event_field_tells(o, &tells, &t.any, &t.target);
	if (e == OK && tells && opened) {
		t.kase = k;
		t.day = a.day;
		e = telling_counts(s, &t);
	}
	return e != OK ? e : kept_put(s, o, (struct kept){.with = KEPT_GIVEN,
	    .day = a.day, .kind = a.kind, .by = a.by});
}

enum err
on_oral(struct state *s, const json_t *o)
{
	const char *to;
	int n = ORAL_NOT_CONFIRMED;
	size_t k;
	enum err e = event_field_case(s, o, &k);

	if (e != OK || (e = json_string_field(o, "to", 1, 32, &to)) != OK ||
	    (e = json_hex_field(o, "sha256", s->kase[k].oral_sha256,
	    HASH_LEN)) != OK) {
		return e;
	}
	while (n > 0 && strcmp(oral_state_word((enum oral_state)n), to) !=
	    0) {
		n--;
	}
	s->kase[k].oral = true;
	s->kase[k].oral_state = (enum oral_state)n;
	return n == ORAL_NOT_OFFERED ? ERR_FORMAT : kept_put(s, o,
	    (struct kept){.with = KEPT_TALK, .day = DAY_NONE,
	    .talk = (enum oral_state)n});
}

/* An authority leaves the acknowledgement out or takes six months; the reporter
 * asks for a meeting; or that is no longer so. Why is a note of the case. */
enum err
on_term(struct state *s, const json_t *o)
{
	const char *what, *code;
	bool on = json_is_true(json_object_get(o, "on"));
	day_t asked = DAY_NONE;
	size_t k;
	enum err e = event_field_case(s, o, &k);

	if (e != OK || (e = json_string_field(o, "what", 1, 32, &what)) != OK ||
	    (e = json_string_field(o, "code", 0, CODE_WORD - 1, &code)) !=
	    OK) {
		return e;
	}
	if (strcmp(what, "extended") == 0) {
		s->kase[k].extended = on;
	} else if (strcmp(what, "waived") == 0 && (code[0] != 0) == on) {
		strcpy(s->kase[k].ack_waiver, code);
	} else if (strcmp(what, "meeting") == 0) {
		e = on ? event_field_day(o, "asked", &asked) : OK;
		s->kase[k].meeting = asked;
	} else {
		e = ERR_FORMAT;
	}
	if (e != OK) {
		return e;
	}
	return on_note(s, o);
}

static enum err
act_parse(const char *code, enum act *out)
{
	for (int a = 0; a < ACT_COUNT; a++) {
		if (strcmp(act_code((enum act)a), code) == 0) {
			*out = (enum act)a;
			return OK;
		}
	}
	return ERR_FORMAT;
}

enum err
on_request(struct state *s, const json_t *o)
{
	struct request r = {.used = false}, *more;
	const char *act, *ref;
	enum err e = json_hex_field(o, "id", r.id, HASH_LEN);

	if (e != OK || (e = json_string_field(o, "act", 1, 32, &act)) != OK ||
	    (e = act_parse(act, &r.act)) != OK ||
	    (e = json_string_field(o, "case", 0, REF_TEXT - 1, &ref)) != OK ||
	    (e = event_field_word(o, "detail", r.detail,
	    sizeof r.detail)) != OK || (e = event_field_day(o, "day",
	    &r.day)) != OK || (e = json_hex_field(o, "record", r.record,
	    RECORD_ID)) != OK) {
		return e;
	}
	r.kase = ref[0] == 0 ? NOT_FOUND : state_case(s, ref);
	if (ref[0] != 0 && r.kase == NOT_FOUND) {
		return ERR_FORMAT;
	}
	r.moves = ref[0] == 0 ? 0 : s->kase[r.kase].moves;
	more = state_room(s->request, &s->requests_room, s->requests,
	    sizeof *more);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->request = more;
	more[s->requests++] = r;
	return OK;
}

static enum err
request_named(const struct state *s, const json_t *o, size_t *out)
{
	uint8_t id[HASH_LEN];
	enum err e = json_hex_field(o, "request", id, HASH_LEN);

	if (e == OK && (*out = state_request(s, id)) == NOT_FOUND) {
		e = ERR_FORMAT;
	}
	return e;
}

enum err
on_approval(struct state *s, const json_t *o)
{
	struct approval a = {.paper = false}, *more;
	enum err e = request_named(s, o, &a.request);

	if (e != OK || (e = event_field_word(o, "person", a.person,
	    sizeof a.person)) != OK || (e = event_field_day(o, "day",
	    &a.day)) != OK) {
		return e;
	}
	a.paper = json_is_true(json_object_get(o, "paper"));
	if (!a.paper && (e = json_hex_field(o, "record", a.record,
	    RECORD_ID)) != OK) {
		return e;
	}
	more = state_room(s->approval, &s->approvals_room, s->approvals,
	    sizeof *more);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->approval = more;
	more[s->approvals++] = a;
	return OK;
}

/* The act that the request allowed was done: it allows no other */
enum err
on_used(struct state *s, const json_t *o)
{
	size_t r;
	enum err e = request_named(s, o, &r);

	if (e == OK) {
		s->request[r].used = true;
	}
	return e;
}
