/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Every kind of event the journal may hold, one function each: the only
 * place that says what an event means. A field that is missing or wrong
 * fails the fold; an old journal stays readable, so no name here may ever
 * change its meaning.
 */
#include <string.h>

#include "fold_private.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"
#include "weeks.h"

#define SERIAL_MAX (((int64_t)1 << 53) - 1) /* as json_read */

enum err
event_field_day(const json_t *o, const char *key, day_t *out)
{
	const char *s;
	enum err e = json_string_field(o, key, DAY_TEXT - 1, DAY_TEXT - 1,
	    &s);

	return e == OK ? day_parse(s, out) : e;
}

enum err
event_field_serial(const json_t *o, const char *key, uint64_t *out)
{
	int64_t n;
	enum err e = json_int_field(o, key, 0, SERIAL_MAX, &n);

	if (e == OK) {
		*out = (uint64_t)n;
	}
	return e;
}

static enum err
event_field_week(const json_t *o, const char *key, day_t *out)
{
	const char *week;
	enum err e = json_string_field(o, key, WEEK_TEXT - 1, WEEK_TEXT - 1,
	    &week);

	return e == OK ? week_parse(week, out) : e;
}

enum err
event_field_word(const json_t *o, const char *key, char *out, size_t size)
{
	const char *s;
	enum err e = json_string_field(o, key, 0, size - 1, &s);

	if (e == OK) {
		memcpy(out, s, strlen(s) + 1);
	}
	return e;
}

enum err
event_field_case(const struct state *s, const json_t *o, size_t *out)
{
	const char *ref;
	enum err e = json_string_field(o, "case", 1, REF_TEXT - 1, &ref);

	if (e == OK && (*out = state_case(s, ref)) == NOT_FOUND) {
		e = ERR_FORMAT;
	}
	return e;
}

enum err
event_take_weeks(const json_t *o, const char *key, day_t **list, size_t *count,
    size_t *room)
{
	const json_t *a;
	size_t i;
	json_t *v;
	enum err e = json_array_field(o, key, 4096, &a);

	if (e != OK) {
		return e;
	}
	json_array_foreach ((json_t *)(uintptr_t)a, i, v) {
		day_t week, *more;
		if (!json_is_string(v) ||
		    week_parse(json_string_value(v), &week) != OK) {
			return ERR_FORMAT;
		}
		more = state_room(*list, room, *count, sizeof **list);
		if (more == NULL) {
			return ERR_MEMORY;
		}
		*list = more;
		more[(*count)++] = week;
	}
	return e;
}

static enum err
on_init(struct state *s, const json_t *o)
{
	uint64_t desk = 0, tenure = 0;
	enum err e = event_field_word(o, "person", s->person, sizeof s->person);

	if (e == OK) {
		e = event_field_serial(o, "desk", &desk);
	}
	if (e == OK) {
		e = event_field_serial(o, "tenure", &tenure);
	}
	s->desk = (unsigned)desk;
	s->tenure = tenure;
	s->rehearsal = json_is_true(json_object_get(o, "rehearsal"));
	return e;
}

/* Facts that change nothing in the state but belong in the record */
static enum err
on_fact(struct state *s, const json_t *o)
{
	day_t day;

	(void)s;
	return event_field_day(o, "day", &day);
}

static void
draft_counts(struct kase *k, const struct draft *a)
{
	k->answers++;
	if (a->kind == REPLY_ACKNOWLEDGEMENT && k->ack_drafted == DAY_NONE) {
		k->ack_drafted = a->drafted;
	}
	if (a->kind == REPLY_FEEDBACK || a->kind == REPLY_CLOSING) {
		k->feedback_drafted = a->drafted;
	}
}

static enum err
on_reply(struct state *s, const json_t *o)
{
	struct draft a = {.posted = DAY_NONE, .taken_back = DAY_NONE}, *more;
	const char *kind;
	int64_t parts;
	enum err e = event_field_case(s, o, &a.kase);

	if (e != OK || (e = json_hex_field(o, "reply_id", a.reply_id,
	    16)) != OK || (e = json_string_field(o, "kind", 1, 32,
	    &kind)) != OK || (e = reply_kind_parse(kind, &a.kind)) != OK ||
	    (e = event_field_word(o, "language", a.language,
	    sizeof a.language)) != OK || (e = event_field_day(o, "day",
	    &a.drafted)) != OK || (e = json_int_field(o, "parts", 1,
	    SLOT_LIVE_MAX, &parts)) != OK || (e = json_hex_field(o,
	    "record", a.record, RECORD_ID)) != OK) {
		return e;
	}
	a.parts = (unsigned)parts;
	a.opening = s->kase[a.kase].reopenings;
	a.reasoned = json_is_true(json_object_get(o, "reasoned"));
	a.options = json_is_true(json_object_get(o, "options"));
	a.forwardings = s->forwardings;
	if ((e = event_field_tells(o, &a.tells, &a.tells_any, &a.target)) !=
	    OK) {
		return e;
	}
	more = state_room(s->answer, &s->answers_room, s->answers,
	    sizeof *s->answer);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->answer = more;
	more[s->answers++] = a;
	draft_counts(&s->kase[a.kase], &a);
	return OK;
}

/* No bundle carried it, and none will */
static enum err
on_reply_withdrawn(struct state *s, const json_t *o)
{
	uint8_t id[16];
	struct draft *a;
	struct kase *c;
	size_t k, i;
	enum err e = event_field_case(s, o, &k);

	if (e != OK || (e = json_hex_field(o, "reply_id", id, sizeof id)) !=
	    OK) {
		return e;
	}
	i = state_answer(s, k, id, sizeof id);
	if (i == NOT_FOUND || !draft_waits(&s->answer[i]) ||
	    s->answer[i].serial != 0) {
		return ERR_FORMAT;
	}
	a = &s->answer[i];
	if ((e = event_field_day(o, "day", &a->taken_back)) != OK) {
		return e;
	}
	c = &s->kase[k];
	c->answers = 0;
	c->ack_drafted = c->feedback_drafted = DAY_NONE;
	for (i = 0; i < s->answers; i++) {
		if (s->answer[i].kase == k && s->answer[i].taken_back ==
		    DAY_NONE) {
			draft_counts(c, &s->answer[i]);
		}
	}
	return OK;
}

enum err
on_note(struct state *s, const json_t *o)
{
	struct note n, *more;
	enum err e = event_field_case(s, o, &n.kase);

	if (e != OK || (e = event_field_day(o, "day", &n.day)) != OK ||
	    (e = json_hex_field(o, "record", n.record, RECORD_ID)) != OK) {
		return e;
	}
	more = state_room(s->note, &s->notes_room, s->notes, sizeof *s->note);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->note = more;
	more[s->notes++] = n;
	return OK;
}

static enum err
on_classify(struct state *s, const json_t *o)
{
	size_t i;
	enum err e = event_field_case(s, o, &i);
	struct kase *k;

	if (e != OK) {
		return e;
	}
	k = &s->kase[i];
	if ((e = event_field_word(o, "type", k->type, CODE_WORD)) == OK &&
	    (e = event_field_word(o, "origin", k->origin, CODE_WORD)) == OK &&
	    (e = event_field_word(o, "wbk", k->wbk, CODE_WORD)) == OK) {
		e = event_field_word(o, "kind", k->report_kind, CODE_WORD);
	}
	if (e == OK && k->report_kind[0] != 0) {
		k->kind = REPORT_REPORT;
	}
	return e;
}

/* No machine has the keys any more that reporters of that day sealed to; or,
 * after a take-over, this one never had them, but what it has was public */
static enum err
on_keys_lost(struct state *s, const json_t *o)
{
	day_t day, through, since, to;
	enum err e = event_field_day(o, "day", &day);

	if (e != OK) {
		return e;
	}
	through = week_of(day) + 7 * (day_t)WEEKS_PUBLISHED_MAX;
	if (s->lost.any && s->lost.through > through) {
		through = s->lost.through;
	}
	s->from_sheets = s->from_sheets ||
	    json_is_true(json_object_get(o, "sheets"));
	s->lost = (struct lost_keys){.any = true, .through = through,
	    .mades = s->mades, .end = DAY_NONE, .reach = DAY_NONE};
	s->destroyed_before = s->destroyeds;
	if (json_object_get(o, "since") != NULL &&
	    (e = event_field_day(o, "since", &since)) == OK &&
	    (e = event_field_week(o, "keys_to", &to)) == OK) {
		keys_renewed(s, since, to);
	}
	return e;
}

/* Which answers go with an export, and which it says could not */
static enum err
answers_carried(struct state *s, uint64_t serial, const json_t *left)
{
	uint8_t id[16];
	size_t n;
	json_t *v;

	for (size_t i = 0; i < s->answers; i++) {
		struct draft *a = &s->answer[i];
		bool out = false;
		json_array_foreach ((json_t *)(uintptr_t)left, n, v) {
			if (!json_is_string(v) || hex_decode(
			    json_string_value(v), id, sizeof id) != OK ||
			    json_string_length(v) != 2 * sizeof id) {
				return ERR_FORMAT;
			}
			out = out || memcmp(id, a->reply_id, sizeof id) == 0;
		}
		if (out && a->serial != 0) {
			a->without = a->without == 0 ? serial : a->without;
			a->again = 0;
		} else if (!out && a->serial == 0 && a->taken_back ==
		    DAY_NONE) {
			a->serial = serial;
		} else if (!out && a->without != 0 && a->again == 0) {
			a->again = serial;
		}
	}
	return OK;
}

static enum err
on_export(struct state *s, const json_t *o)
{
	const json_t *left = NULL;
	struct made *more;
	uint64_t serial, slots, confirmed = 0;
	day_t day, reach = DAY_NONE;
	int month, dom;
	enum err e = event_field_serial(o, "serial", &serial);

	if (e != OK || (e = json_hex_field(o, "sha256", s->out_hash,
	    HASH_LEN)) != OK || (e = event_field_serial(o, "slots", &slots)) !=
	    OK || (e = event_field_day(o, "day", &day)) != OK) {
		return e;
	}
	if (json_object_get(o, "keys_to") != NULL &&
	    (e = event_field_week(o, "keys_to", &reach)) != OK) {
		return e;
	}
	if (json_object_get(o, "left_out") != NULL &&
	    (e = json_array_field(o, "left_out", 16384, &left)) != OK) {
		return e;
	}
	if (json_object_get(o, "confirmed") != NULL &&
	    (e = event_field_serial(o, "confirmed", &confirmed)) != OK) {
		return e;
	}
	more = state_room(s->made, &s->mades_room, s->mades, sizeof *s->made);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->made = more;
	more[s->mades].serial = serial;
	more[s->mades].reach = reach;
	more[s->mades].confirmed = confirmed;
	memcpy(more[s->mades++].sha256, s->out_hash, HASH_LEN);
	s->out_serial = serial;
	s->floor_slots = (uint32_t)slots;
	day_split(day, &s->floor_year, &month, &dom);
	return answers_carried(s, serial, left);
}

static enum err
on_backup(struct state *s, const json_t *o)
{
	uint64_t complete;
	enum err e = event_field_serial(o, "complete", &complete);

	if (e == OK && (e = event_field_day(o, "day", &s->last_backup)) == OK &&
	    json_is_true(json_object_get(o, "second_medium")) &&
	    complete > s->backed_up) {
		s->backed_up = complete;
	}
	return e;
}

static enum err
on_confirm(struct state *s, const json_t *o)
{
	return event_field_serial(o, "complete", &s->confirmed_without_backup);
}

static enum err
on_holiday(struct state *s, const json_t *o)
{
	return event_field_day(o, "until", &s->holiday);
}

static enum err
on_destroyed(struct state *s, const json_t *o)
{
	return event_take_weeks(o, "weeks", &s->destroyed, &s->destroyeds,
	    &s->destroyeds_room);
}

/* Rows of the register; with "replaces" those of before count no more */
static enum err
on_register(struct state *s, const json_t *o)
{
	struct register_import in = {.day = DAY_NONE,
	    .entries = s->entries}, *more;
	enum err e = event_field_day(o, "day", &in.day);

	if (e != OK || (e = json_hex_field(o, "sha256", in.sha256,
	    HASH_LEN)) != OK || (e = json_hex_field(o, "record", in.record,
	    RECORD_ID)) != OK) {
		return e;
	}
	if (json_is_true(json_object_get(o, "replaces"))) {
		s->row_imports = 0;
	}
	more = state_room(s->rows, &s->row_imports_room, s->row_imports,
	    sizeof *s->rows);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->rows = more;
	more[s->row_imports++] = in;
	return OK;
}

const struct event_rule event_rules[] = {
	{"init", on_init},
	{"keyset", on_fact},
	{"rotate", on_fact},
	{"identity_on_paper", on_fact},
	{"identity_from_paper", on_fact},
	{"rekey", on_fact},
	{"holiday", on_holiday},
	{"restore", on_keys_lost},
	{"keys_lost", on_keys_lost},
	{"extract", on_fact},
	{"start", on_start},
	{"manifest", on_manifest},
	{"complete", on_complete},
	{"import", on_import},
	{"read", on_read},
	{"body_lost", on_body_lost},
	{"message", on_message},
	{"match", on_match},
	{"begin", on_begin},
	{"duplicate", on_duplicate},
	{"reply", on_reply},
	{"reply_withdrawn", on_reply_withdrawn},
	{"note", on_note},
	{"classify", on_classify},
	{"state", on_state},
	{"conflict", on_conflict},
	{"triage", on_triage},
	{"codes", on_codes},
	{"assign", on_assign},
	{"link", on_link},
	{"given", on_given},
	{"oral", on_oral},
	{"consent", on_consent},
	{"ground", on_ground},
	{"term", on_term},
	{"request", on_request},
	{"approval", on_approval},
	{"used", on_used},
	{"retention", on_retention},
	{"hold", on_hold},
	{"case_destroyed", on_case_destroyed},
	{"late_destroyed", on_late_destroyed},
	{"resealed", on_resealed},
	{"handed_over", on_handed_over},
	{"from_desk", on_from_desk},
	{"forward", on_forward},
	{"forward_plan", on_forward_plan},
	{"extraction", on_extraction},
	{"extraction_removed", on_extraction_removed},
	{"takeover", on_takeover},
	{"entry", on_entry},
	{"entry_gone", on_entry_gone},
	{"register", on_register},
	{"export", on_export},
	{"backup", on_backup},
	{"confirm_without_backup", on_confirm},
	{"week_keys_destroyed", on_destroyed},
};
const size_t event_rules_count = sizeof event_rules / sizeof *event_rules;
