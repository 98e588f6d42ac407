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

#define SERIAL_MAX ((int64_t)1 << 53)

static enum err
field_day(const json_t *o, const char *key, day_t *out)
{
	const char *s;
	enum err e = json_string_field(o, key, DAY_TEXT - 1, DAY_TEXT - 1,
	    &s);

	return e == OK ? day_parse(s, out) : e;
}

static enum err
field_serial(const json_t *o, const char *key, uint64_t *out)
{
	int64_t n;
	enum err e = json_int_field(o, key, 0, SERIAL_MAX, &n);

	if (e == OK) {
		*out = (uint64_t)n;
	}
	return e;
}

static enum err
field_word(const json_t *o, const char *key, char *out, size_t size)
{
	const char *s;
	enum err e = json_string_field(o, key, 0, size - 1, &s);

	if (e == OK) {
		memcpy(out, s, strlen(s) + 1);
	}
	return e;
}

static enum err
field_case(const struct state *s, const json_t *o, size_t *out)
{
	const char *ref;
	enum err e = json_string_field(o, "case", 1, REF_TEXT - 1, &ref);

	if (e == OK && (*out = state_case(s, ref)) == NOT_FOUND) {
		e = ERR_FORMAT;
	}
	return e;
}

static enum err
on_init(struct state *s, const json_t *o)
{
	uint64_t desk = 0, tenure = 0;
	enum err e = field_word(o, "person", s->person, sizeof s->person);

	if (e == OK) {
		e = field_serial(o, "desk", &desk);
	}
	if (e == OK) {
		e = field_serial(o, "tenure", &tenure);
	}
	s->desk = (unsigned)desk;
	s->tenure = tenure;
	return e;
}

/* Facts that change nothing in the state but belong in the record */
static enum err
on_fact(struct state *s, const json_t *o)
{
	day_t day;

	(void)s;
	return field_day(o, "day", &day);
}

static void
replies_posted(struct state *s)
{
	for (size_t i = 0; i < s->answers; i++) {
		struct draft *a = &s->answer[i];
		struct kase *k = &s->kase[a->kase];
		if (a->posted != DAY_NONE || a->serial == 0 ||
		    a->serial > s->applied_serial) {
			continue;
		}
		a->posted = s->applied_day;
		if (a->kind == REPLY_ACKNOWLEDGEMENT &&
		    k->ack_posted == DAY_NONE) {
			k->ack_posted = a->posted;
		} else if ((a->kind == REPLY_FEEDBACK ||
		    a->kind == REPLY_CLOSING) &&
		    k->feedback_posted == DAY_NONE) {
			k->feedback_posted = a->posted;
		}
	}
}

static enum err
take_applied(struct state *s, const json_t *o)
{
	uint64_t tenure = 0, serial = 0;
	const json_t *a;
	uint8_t hash[HASH_LEN];
	day_t day = 0;
	enum err e;

	if (json_object_get(o, "applied") == NULL) {
		return OK;
	}
	e = json_object_field(o, "applied", &a);
	if (e != OK || (e = field_serial(a, "tenure", &tenure)) != OK ||
	    (e = field_serial(a, "serial", &serial)) != OK ||
	    (e = field_day(a, "day", &day)) != OK ||
	    (e = json_hex_field(a, "sha256", hash, HASH_LEN)) != OK) {
		return e;
	}
	if (tenure > s->applied_tenure || (tenure == s->applied_tenure &&
	    serial > s->applied_serial)) {
		s->applied_tenure = tenure;
		s->applied_serial = serial;
		s->applied_day = day;
		memcpy(s->applied_hash, hash, HASH_LEN);
		if (tenure == s->tenure) {
			replies_posted(s);
		}
	}
	return OK;
}

static enum err
take_weeks(const json_t *o, const char *key, day_t **list, size_t *count,
    size_t *room)
{
	const json_t *a;
	size_t i;
	json_t *v;
	enum err e = json_array_field(o, key, 4096, &a);

	json_array_foreach ((json_t *)(uintptr_t)a, i, v) {
		day_t week, *more;
		if (e != OK || !json_is_string(v) ||
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
on_manifest(struct state *s, const json_t *o)
{
	struct manifest m = {.complete = false}, *more;
	enum err e = field_serial(o, "serial", &m.serial);

	if (e != OK || (e = json_hex_field(o, "sha256", m.hash,
	    HASH_LEN)) != OK || (e = field_day(o, "day", &m.day)) != OK ||
	    (e = json_hex_field(o, "record", m.record, RECORD_ID)) != OK ||
	    (e = field_serial(o, "generation", &s->generation)) != OK) {
		return e;
	}
	if (s->manifests > 0 &&
	    m.serial != s->manifest[s->manifests - 1].serial + 1) {
		return ERR_CHAIN;
	}
	more = state_room(s->manifest, &s->manifests_room, s->manifests,
	    sizeof *s->manifest);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->manifest = more;
	more[s->manifests++] = m;
	e = take_weeks(o, "closed", &s->closed, &s->closeds,
	    &s->closeds_room);
	return e == OK ? take_applied(s, o) : e;
}

static enum err
on_complete(struct state *s, const json_t *o)
{
	uint64_t serial;
	enum err e = field_serial(o, "serial", &serial);

	for (size_t i = 0; e == OK && i < s->manifests; i++) {
		if (s->manifest[i].serial == serial) {
			s->manifest[i].complete = true;
		}
	}
	return e;
}

static enum err
body_add(struct state *s, const char *hex)
{
	struct read_body *more = state_room(s->body, &s->bodies_room,
	    s->bodies, sizeof *s->body);

	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->body = more;
	if (hex_decode(hex, more[s->bodies].sha256, HASH_LEN) != OK) {
		return ERR_FORMAT;
	}
	s->bodies++;
	return OK;
}

/* Bodies that were read and hold nothing for this desk */
static enum err
on_read(struct state *s, const json_t *o)
{
	static const char *const lists[] = {"other", "foreign", "damaged"};
	enum err e = OK;

	for (unsigned l = 0; l < 3 && e == OK; l++) {
		const json_t *a;
		size_t i;
		json_t *v;
		e = json_array_field(o, lists[l], 4096, &a);
		json_array_foreach ((json_t *)(uintptr_t)a, i, v) {
			if (e == OK) {
				e = json_is_string(v) ? body_add(s,
				    json_string_value(v)) : ERR_FORMAT;
			}
		}
		if (e == OK && l == 1) {
			s->foreign += json_array_size(a);
		} else if (e == OK && l == 2) {
			s->damaged += json_array_size(a);
		}
	}
	return e;
}

static void
message_join(struct state *s, size_t m, size_t k)
{
	struct message *msg = &s->message[m];

	msg->kase = k;
	s->kase[k].messages++;
	s->kase[k].attachments += msg->attachments;
	if (msg->kind == REPORT_WITHDRAWAL) {
		s->kase[k].withdrawn = true;
	}
}

static enum err
case_add(struct state *s, const char *ref, size_t m, const char *route,
    day_t received)
{
	struct kase *more = state_room(s->kase, &s->kases_room, s->kases,
	    sizeof *s->kase), *k;
	const struct message *msg = &s->message[m];

	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->kase = more;
	k = &more[s->kases];
	memset(k, 0, sizeof *k);
	memcpy(k->ref, ref, strlen(ref) + 1);
	memcpy(k->route, route, strlen(route) + 1);
	k->kind = msg->kind;
	k->state = CASE_FETCHED;
	memcpy(k->language, msg->language, sizeof k->language);
	k->received = received;
	k->has_mailbox = msg->has_signer;
	k->signer = msg->signer;
	memcpy(k->key, msg->key, KEY_ID);
	k->first = m;
	k->ack_posted = k->feedback_posted = DAY_NONE;
	k->ack_drafted = k->feedback_drafted = DAY_NONE;
	s->kases++;
	message_join(s, m, s->kases - 1);
	return OK;
}

static enum err
message_read(const json_t *o, struct message *m)
{
	int64_t kind, attachments;
	const char *signer;
	enum err e = json_int_field(o, "kind", 0, REPORT_WITHDRAWAL, &kind);

	m->kase = NOT_FOUND;
	if (e != OK || (e = json_hex_field(o, "message_id", m->message_id,
	    MESSAGE_ID_LEN)) != OK || (e = json_hex_field(o, "payload",
	    m->payload, HASH_LEN)) != OK || (e = json_string_field(o,
	    "signer", 0, SIGN_KEY_TEXT, &signer)) != OK ||
	    (e = field_word(o, "language", m->language,
	    sizeof m->language)) != OK || (e = field_day(o, "received",
	    &m->received)) != OK || (e = field_day(o, "day", &m->seen)) !=
	    OK || (e = json_hex_field(o, "record", m->record,
	    RECORD_ID)) != OK || (e = json_hex_field(o, "key", m->key,
	    KEY_ID)) != OK || (e = json_int_field(o, "attachments", 0,
	    REPORT_ATTACHMENTS_MAX, &attachments)) != OK) {
		return e;
	}
	m->kind = (enum report_kind)kind;
	m->attachments = (unsigned)attachments;
	m->has_signer = signer[0] != 0;
	return m->has_signer ? sign_pk_parse(signer, &m->signer) : OK;
}

/* A message of this desk: from an envelope, or entered by hand */
static enum err
on_message(struct state *s, const json_t *o)
{
	struct message m = {0}, *more;
	char route[CODE_WORD];
	const char *ref, *sha256;
	enum err e = message_read(o, &m);
	size_t k;

	if (e != OK || (e = json_string_field(o, "case", 0, REF_TEXT - 1,
	    &ref)) != OK || (e = json_string_field(o, "sha256", 0,
	    2 * HASH_LEN, &sha256)) != OK || (e = field_word(o, "route",
	    route, sizeof route)) != OK) {
		return e;
	}
	m.conflict = json_is_true(json_object_get(o, "conflict"));
	m.entered = sha256[0] == 0;
	more = state_room(s->message, &s->messages_room, s->messages,
	    sizeof *s->message);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->message = more;
	more[s->messages++] = m;
	if (m.kind == REPORT_WITHDRAWAL) {
		s->withdrawals++;
	}
	if (!m.entered && (e = body_add(s, sha256)) != OK) {
		return e;
	}
	if (ref[0] == 0) {
		s->unmatched++;
		return OK;
	}
	k = state_case(s, ref);
	if (k != NOT_FOUND) {
		message_join(s, s->messages - 1, k);
		return OK;
	}
	e = case_add(s, ref, s->messages - 1, route, m.received);
	if (e == OK) {
		s->kase[s->kases - 1].oral =
		    json_is_true(json_object_get(o, "oral"));
	}
	return e;
}

/* Follow-ups that came before the first message of their thread */
static enum err
on_match(struct state *s, const json_t *o)
{
	size_t k;
	enum err e = field_case(s, o, &k);

	for (size_t i = 0; e == OK && i < s->messages; i++) {
		struct message *m = &s->message[i];
		if (m->kase == NOT_FOUND && m->has_signer &&
		    sign_pk_equal(&m->signer, &s->kase[k].signer)) {
			message_join(s, i, k);
			s->unmatched--;
		}
	}
	return e;
}

static enum err
on_duplicate(struct state *s, const json_t *o)
{
	const char *sha256;
	enum err e = json_string_field(o, "sha256", 1, 2 * HASH_LEN, &sha256);

	s->duplicates++;
	return e == OK ? body_add(s, sha256) : e;
}

static enum err
on_import(struct state *s, const json_t *o)
{
	const char *phase;
	enum err e = json_string_field(o, "phase", 1, 8, &phase);

	if (e == OK) {
		s->importing = strcmp(phase, "begin") == 0;
	}
	return e;
}

static enum err
on_reply(struct state *s, const json_t *o)
{
	struct draft a = {.posted = DAY_NONE}, *more;
	const char *kind;
	int64_t parts;
	enum err e = field_case(s, o, &a.kase);

	if (e != OK || (e = json_hex_field(o, "reply_id", a.reply_id,
	    16)) != OK || (e = json_string_field(o, "kind", 1, 32,
	    &kind)) != OK || (e = reply_kind_parse(kind, &a.kind)) != OK ||
	    (e = field_word(o, "language", a.language,
	    sizeof a.language)) != OK || (e = field_day(o, "day",
	    &a.drafted)) != OK || (e = json_int_field(o, "parts", 1,
	    SLOT_LIVE_MAX, &parts)) != OK || (e = json_hex_field(o,
	    "record", a.record, RECORD_ID)) != OK) {
		return e;
	}
	a.parts = (unsigned)parts;
	more = state_room(s->answer, &s->answers_room, s->answers,
	    sizeof *s->answer);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->answer = more;
	more[s->answers++] = a;
	s->kase[a.kase].answers++;
	if (a.kind == REPLY_ACKNOWLEDGEMENT &&
	    s->kase[a.kase].ack_drafted == DAY_NONE) {
		s->kase[a.kase].ack_drafted = a.drafted;
	}
	if (a.kind == REPLY_FEEDBACK || a.kind == REPLY_CLOSING) {
		s->kase[a.kase].feedback_drafted = a.drafted;
	}
	return OK;
}

static enum err
on_note(struct state *s, const json_t *o)
{
	struct note n, *more;
	enum err e = field_case(s, o, &n.kase);

	if (e != OK || (e = field_day(o, "day", &n.day)) != OK ||
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
	enum err e = field_case(s, o, &i);
	struct kase *k;

	if (e != OK) {
		return e;
	}
	k = &s->kase[i];
	if ((e = field_word(o, "type", k->type, CODE_WORD)) == OK &&
	    (e = field_word(o, "origin", k->origin, CODE_WORD)) == OK &&
	    (e = field_word(o, "wbk", k->wbk, CODE_WORD)) == OK) {
		e = field_word(o, "kind", k->report_kind, CODE_WORD);
	}
	return e;
}

static enum err
on_state(struct state *s, const json_t *o)
{
	const char *to;
	size_t i;
	enum err e = field_case(s, o, &i);

	if (e == OK && (e = json_string_field(o, "to", 1, 32, &to)) == OK) {
		e = case_state_parse(to, &s->kase[i].state);
	}
	return e;
}

static enum err
on_export(struct state *s, const json_t *o)
{
	uint64_t serial, slots;
	day_t day;
	int month, dom;
	enum err e = field_serial(o, "serial", &serial);

	if (e != OK || (e = json_hex_field(o, "sha256", s->out_hash,
	    HASH_LEN)) != OK || (e = field_serial(o, "slots", &slots)) !=
	    OK || (e = field_day(o, "day", &day)) != OK) {
		return e;
	}
	s->out_serial = serial;
	s->floor_slots = (uint32_t)slots;
	day_split(day, &s->floor_year, &month, &dom);
	for (size_t i = 0; i < s->answers; i++) {
		if (s->answer[i].serial == 0) {
			s->answer[i].serial = serial;
		}
	}
	return OK;
}

static enum err
on_backup(struct state *s, const json_t *o)
{
	uint64_t complete;
	enum err e = field_serial(o, "complete", &complete);

	if (e == OK && (e = field_day(o, "day", &s->last_backup)) == OK &&
	    json_is_true(json_object_get(o, "second_medium")) &&
	    complete > s->backed_up) {
		s->backed_up = complete;
	}
	return e;
}

static enum err
on_confirm(struct state *s, const json_t *o)
{
	return field_serial(o, "complete", &s->confirmed_without_backup);
}

static enum err
on_destroyed(struct state *s, const json_t *o)
{
	return take_weeks(o, "weeks", &s->destroyed, &s->destroyeds,
	    &s->destroyeds_room);
}

const struct event_rule event_rules[] = {
	{"init", on_init},
	{"keyset", on_fact},
	{"rotate", on_fact},
	{"restore", on_fact},
	{"extract", on_fact},
	{"manifest", on_manifest},
	{"complete", on_complete},
	{"import", on_import},
	{"read", on_read},
	{"message", on_message},
	{"match", on_match},
	{"duplicate", on_duplicate},
	{"reply", on_reply},
	{"note", on_note},
	{"classify", on_classify},
	{"state", on_state},
	{"export", on_export},
	{"backup", on_backup},
	{"confirm_without_backup", on_confirm},
	{"week_keys_destroyed", on_destroyed},
};
const size_t event_rules_count = sizeof event_rules / sizeof *event_rules;
