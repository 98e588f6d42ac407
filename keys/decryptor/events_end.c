/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Events of where a case goes: retention, hold, destruction, another desk,
 * outside, another machine. Names never change their meaning (events.c).
 */
#include <string.h>

#include "fold_private.h"
#include "meldluik/json.h"

enum err
on_retention(struct state *s, const json_t *o)
{
	struct kase *k;
	size_t i;
	enum err e = event_field_case(s, o, &i);

	if (e != OK) {
		return e;
	}
	k = &s->kase[i];
	e = event_field_word(o, "class", k->retention, sizeof k->retention);
	if (e == OK) {
		e = event_field_day(o, "from", &k->retention_from);
	}
	if (e == OK && json_is_null(json_object_get(o, "destroy_on"))) {
		k->destroy_on = DAY_NEVER;
	} else if (e == OK) {
		e = event_field_day(o, "destroy_on", &k->destroy_on);
	}
	k->moves++; /* who signed for destruction signed for another term */
	return e;
}

enum err
on_hold(struct state *s, const json_t *o)
{
	size_t k;
	enum err e = event_field_case(s, o, &k);

	if (e == OK) {
		s->kase[k].hold = json_is_true(json_object_get(o, "on"));
		e = kept_put(s, o, (struct kept){.with = KEPT_HOLD,
		    .day = DAY_NONE, .on = s->kase[k].hold});
	}
	return e;
}

/* Messages whose files nobody could name any more */
static enum err
unreadable_add(struct kase *c, const json_t *o)
{
	int64_t n = 0;
	enum err e = json_object_get(o, "unreadable") == NULL ? OK :
	    json_int_field(o, "unreadable", 0, INT32_MAX, &n);

	c->unreadable += (unsigned)n;
	return e;
}

/* Said before the key is destroyed; casekeys follow when the casebook is
 * opened again after a crash between the two */
enum err
on_case_destroyed(struct state *s, const json_t *o)
{
	int64_t files = 0;
	size_t k;
	enum err e = event_field_case(s, o, &k);

	if (e == OK && json_object_get(o, "files") != NULL) {
		e = json_int_field(o, "files", 0, INT32_MAX, &files);
	}
	if (e == OK) {
		e = event_field_day(o, "day", &s->kase[k].destroyed_day);
	}
	if (e == OK) {
		e = unreadable_add(&s->kase[k], o);
	}
	if (e == OK) {
		s->kase[k].destroyed = s->kase[k].locked = true;
		s->kase[k].files = (unsigned)files;
	}
	return e;
}

/* All that came for it after its destruction, up to here */
enum err
on_late_destroyed(struct state *s, const json_t *o)
{
	uint8_t id[HASH_LEN];
	size_t k, request;
	day_t day;
	enum err e = event_field_case(s, o, &k);

	if (e != OK || (e = event_field_day(o, "day", &day)) != OK ||
	    (e = json_hex_field(o, "request", id, HASH_LEN)) != OK) {
		return e;
	}
	request = state_request(s, id);
	if (!s->kase[k].destroyed || request == NOT_FOUND) {
		return ERR_FORMAT;
	}
	for (size_t i = 0; i < s->messages; i++) {
		struct message *m = &s->message[i];
		if (m->kase == k && m->late) {
			m->late = false; /* its key goes like the others */
			m->gone = true;
			m->gone_day = day;
			m->gone_request = request;
		}
	}
	return unreadable_add(&s->kase[k], o);
}

enum err
on_resealed(struct state *s, const json_t *o)
{
	int64_t desk;
	size_t k;
	enum err e = event_field_case(s, o, &k);

	if (e == OK) {
		e = json_int_field(o, "to_desk", 1, CODE_DESK_MAX, &desk);
	}
	if (e == OK) {
		e = event_field_word(o, "code", s->kase[k].move_code,
		    sizeof s->kase[k].move_code);
	}
	if (e == OK) {
		s->kase[k].resealed = s->kase[k].locked = true;
		s->kase[k].moved_to = (unsigned)desk;
		s->kase[k].parcelled = s->kase[k].messages;
	}
	return e;
}

enum err
on_handed_over(struct state *s, const json_t *o)
{
	day_t first = DAY_NONE;
	size_t k;
	enum err e = event_field_case(s, o, &k);

	if (e == OK && s->kase[k].destroyed) {
		first = s->kase[k].destroyed_day;
	}
	if (e != OK || (e = on_case_destroyed(s, o)) != OK) {
		return e;
	}
	if (first != DAY_NONE) {
		s->kase[k].destroyed_day = first;
	}
	/* What came late was in this parcel, so its keys go now too */
	for (size_t i = 0; i < s->messages; i++) {
		if (s->message[i].kase == k) {
			s->message[i].late = false;
		}
	}
	return OK;
}

static enum err
day_or_none(const json_t *o, const char *key, day_t *out)
{
	*out = DAY_NONE;
	return json_object_get(o, key) == NULL ? OK :
	    event_field_day(o, key, out);
}

enum err
moved_read(const json_t *o, struct moved *out)
{
	const json_t *withdrawn = json_object_get(o, "withdrawn");
	const char *by;
	enum err e = day_or_none(o, "ack", &out->ack);

	out->extended = json_is_true(json_object_get(o, "extended"));
	out->ack_waiver[0] = 0;
	if (e == OK && json_object_get(o, "ack_waiver") != NULL) {
		e = event_field_word(o, "ack_waiver", out->ack_waiver,
		    CODE_WORD);
	}
	if (e == OK) {
		e = day_or_none(o, "ack_written", &out->ack_written);
	}
	out->ack_by = GIVEN_NOT;
	out->withdrawn = json_is_true(withdrawn);
	if (e == OK && withdrawn != NULL && !json_is_boolean(withdrawn)) {
		e = ERR_FORMAT;
	}
	if (e == OK) {
		e = day_or_none(o, "feedback", &out->feedback);
	}
	if (e == OK && out->ack != DAY_NONE) {
		e = json_string_field(o, "ack_by", 1, CODE_WORD - 1, &by);
		if (e == OK && (out->ack_by = given_by_parse(by)) ==
		    GIVEN_NOT) {
			e = ERR_FORMAT;
		}
	}
	return e;
}

day_t
kase_ack_written(const struct kase *k)
{
	return k->ack_written == DAY_NONE || (k->ack_drafted != DAY_NONE &&
	    k->ack_drafted < k->ack_written) ? k->ack_drafted :
	    k->ack_written;
}

/* Of a later parcel again: the reporter may have withdrawn since. Feedback
 * of the other desk keeps the term; the decision of this one is not told. */
enum err
on_from_desk(struct state *s, const json_t *o)
{
	struct moved m;
	const char *sha256;
	struct kase *c;
	int64_t desk;
	size_t k;
	enum err e = event_field_case(s, o, &k);

	if (e != OK || (e = json_int_field(o, "desk", 1, CODE_DESK_MAX,
	    &desk)) != OK || (e = moved_read(o, &m)) != OK) {
		return e;
	}
	sha256 = json_string_value(json_object_get(o, "sha256"));
	if (sha256 != NULL && (e = body_add(s, sha256)) != OK) {
		return e;
	}
	c = &s->kase[k];
	c->from_desk = (unsigned)desk;
	if (m.ack != DAY_NONE) {
		answer_counts(c, &(struct answer_given){.kind = REPLY_ACKNOWLEDGEMENT,
		    .day = answer_day(c, m.ack), .by = m.ack_by});
	}
	if (m.ack_written != DAY_NONE) {
		c->ack_written = m.ack_written;
	}
	if (m.feedback != DAY_NONE) {
		answer_counts(c, &(struct answer_given){.kind = REPLY_FEEDBACK,
		    .day = answer_day(c, m.feedback)});
	}
	c->extended = c->extended || m.extended;
	if (m.ack_waiver[0] != 0) {
		strcpy(c->ack_waiver, m.ack_waiver);
	}
	if (m.withdrawn && !c->withdrawn) {
		if ((e = event_field_day(o, "day", &c->withdrawn_on)) != OK) {
			return e;
		}
		c->withdrawn = true;
		s->withdrawals++;
	}
	return event_field_word(o, "ref", c->from_ref, REF_TEXT);
}

enum err
on_extraction(struct state *s, const json_t *o)
{
	struct extraction x = {.removed = false}, *more;
	enum err e = event_field_case(s, o, &x.kase);

	if (e != OK || (e = event_field_day(o, "day", &x.day)) != OK ||
	    (e = json_hex_field(o, "record", x.record, RECORD_ID)) != OK) {
		return e;
	}
	more = state_room(s->extraction, &s->extractions_room,
	    s->extractions, sizeof *more);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->extraction = more;
	more[s->extractions++] = x;
	return OK;
}

enum err
on_extraction_removed(struct state *s, const json_t *o)
{
	uint8_t record[RECORD_ID];
	enum err e = json_hex_field(o, "record", record, RECORD_ID);

	for (size_t i = 0; e == OK && i < s->extractions; i++) {
		if (memcmp(s->extraction[i].record, record, RECORD_ID) == 0) {
			s->extraction[i].removed = true;
			s->extraction[i].found = json_is_true(
			    json_object_get(o, "found"));
			s->extraction[i].unreadable = json_is_true(
			    json_object_get(o, "unreadable"));
		}
	}
	return e;
}

/* ${to} has the desk now; who had it keeps a machine with the casebook */
static enum err
person_next(struct state *s, const char *to)
{
	void *more = state_room(s->former, &s->former_room, s->formers,
	    sizeof *s->former);
	size_t n = 0;

	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->former = more;
	memcpy(s->former[s->formers], s->person, KEYSET_ID);
	s->formers++;
	for (size_t i = 0; i < s->formers; i++) {
		bool again = strcmp(s->former[i], to) == 0;
		for (size_t j = 0; j < n && !again; j++) {
			again = strcmp(s->former[j], s->former[i]) == 0;
		}
		if (!again) {
			memmove(s->former[n++], s->former[i], KEYSET_ID);
		}
	}
	s->formers = n;
	memcpy(s->person, to, KEYSET_ID);
	return OK;
}

/* Another machine of the desk goes on from here */
enum err
on_takeover(struct state *s, const json_t *o)
{
	char person[KEYSET_ID] = "";
	uint64_t tenure = 0;
	enum err e = event_field_serial(o, "tenure", &tenure);

	if (e == OK && tenure <= s->tenure) {
		return ERR_FORMAT;
	}
	if (e == OK) {
		e = event_field_word(o, "person", person, sizeof person);
	}
	if (e == OK) {
		e = person_next(s, person);
	}
	if (e == OK) {
		s->tenure = tenure;
	}
	/* Who takes over has keys of their own; since when, a `keys_lost` says
	 * that follows. Who denies it goes on */
	if (e == OK && json_object_get(o, "denied") == NULL) {
		s->lost.any = false;
		s->destroyed_before = s->destroyeds;
	}
	return e;
}

enum err
on_entry(struct state *s, const json_t *o)
{
	struct entry_row r, *more;
	int64_t year;
	enum err e = event_field_word(o, "what", r.what, sizeof r.what);

	if (e != OK || (e = event_field_word(o, "name", r.name,
	    sizeof r.name)) != OK || (e = json_int_field(o, "year", 1970,
	    2199, &year)) != OK || (e = event_field_day(o, "day", &r.day)) !=
	    OK || (e = json_hex_field(o, "record", r.record, RECORD_ID)) !=
	    OK) {
		return e;
	}
	r.year = (int)year;
	more = state_room(s->entry, &s->entries_room, s->entries,
	    sizeof *more);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->entry = more;
	more[s->entries++] = r;
	return OK;
}

/* Entered by mistake: it counts no more, and stays where it is in the list */
enum err
on_entry_gone(struct state *s, const json_t *o)
{
	uint8_t record[RECORD_ID];
	enum err e = json_hex_field(o, "entry", record, RECORD_ID);

	for (size_t i = 0; e == OK && i < s->entries; i++) {
		if (memcmp(s->entry[i].record, record, RECORD_ID) == 0) {
			s->entry[i].what[0] = 0;
			return OK;
		}
	}
	return e == OK ? ERR_FORMAT : e;
}
