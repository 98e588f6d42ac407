/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Events of an import: manifests, bodies read, messages and their threads.
 * The rule of events.c holds here too: no name ever changes its meaning.
 */
#include <stdlib.h>
#include <string.h>

#include "fold_private.h"
#include "meldluik/json.h"

/* Our own bundle with this hash, or NULL: the number alone says nothing, for
 * before a restore another machine may have used it */
static const struct made *
made_find(const struct state *s, const uint8_t sha256[HASH_LEN])
{
	for (size_t i = s->mades; i-- > 0;) {
		if (memcmp(s->made[i].sha256, sha256, HASH_LEN) == 0) {
			return &s->made[i];
		}
	}
	return NULL;
}

/* Is it in bundle ${serial} of ours? Not in those that had to leave it out */
static bool
carries(const struct draft *a, uint64_t serial)
{
	return a->serial != 0 && a->serial <= serial && (a->without == 0 ||
	    serial < a->without || (a->again != 0 && serial >= a->again));
}

/* Lanes are cumulative: what ${made} or one before it carried is public */
static enum err
replies_posted(struct state *s, const struct made *made)
{
	enum err e;

	for (size_t i = 0; i < s->answers; i++) {
		struct draft *a = &s->answer[i];
		struct kase *k = &s->kase[a->kase];
		if (a->posted != DAY_NONE || !carries(a, made->serial)) {
			continue;
		}
		a->posted = answer_day(k, s->applied_day);
		answer_counts(k, &(struct answer_given){.kind = a->kind,
		    .day = a->posted, .by = GIVEN_MAILBOX,
		    .reasoned = a->reasoned, .options = a->options,
		    .present = a->opening == k->reopenings &&
			a->drafted >= k->decided});
		if (a->tells && a->opening == k->reopenings &&
		    (e = telling_counts(s, &(struct telling){.kase = a->kase,
		    .any = a->tells_any, .target = a->target,
		    .day = a->posted, .drafted = a->forwardings})) != OK) {
			return e;
		}
	}
	return OK;
}

/* On ${day} the gateway had keys that were made since others were lost, of
 * weeks until ${reach}. Who read it before that day seals to the week of then,
 * which the gateway takes as long as any of that week. */
void
keys_renewed(struct state *s, day_t day, day_t reach)
{
	struct lost_keys *l = &s->lost;

	if (!l->any || reach == DAY_NONE) {
		return;
	}
	if (l->end == DAY_NONE) { /* a clock may be a day ahead */
		l->end = epoch_last_day(week_of(day + 1));
	}
	if (reach > l->reach) {
		l->reach = reach;
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
	if (e != OK || (e = event_field_serial(a, "tenure", &tenure)) != OK ||
	    (e = event_field_serial(a, "serial", &serial)) != OK ||
	    (e = event_field_day(a, "day", &day)) != OK ||
	    (e = json_hex_field(a, "sha256", hash, HASH_LEN)) != OK) {
		return e;
	}
	if (!state_applied_may(s, tenure, serial)) {
		return OK; /* of a program that believed every number */
	}
	if (tenure > s->applied_tenure || (tenure == s->applied_tenure &&
	    serial > s->applied_serial)) {
		s->applied_tenure = tenure;
		s->applied_serial = serial;
		s->applied_day = day;
		memcpy(s->applied_hash, hash, HASH_LEN);
		const struct made *made = made_find(s, hash);
		if (made != NULL) {
			e = replies_posted(s, made);
		}
		if (made != NULL && made->confirmed > s->applied_confirmed) {
			s->applied_confirmed = made->confirmed;
		}
		if (made != NULL && (size_t)(made - s->made) >=
		    s->lost.mades) {
			keys_renewed(s, day, made->reach);
		}
	}
	return e;
}

static enum err
take_closed(struct state *s, const json_t *o, uint64_t serial)
{
	day_t *week = NULL;
	size_t count = 0, room = 0;
	enum err e = event_take_weeks(o, "closed", &week, &count, &room);

	for (size_t i = 0; i < count && e == OK; i++) {
		struct closed_week *more = state_room(s->closed,
		    &s->closeds_room, s->closeds, sizeof *s->closed);
		if (more == NULL) {
			e = ERR_MEMORY;
			break;
		}
		s->closed = more;
		more[s->closeds++] = (struct closed_week){week[i], serial};
	}
	free(week);
	return e;
}

static uint64_t
last_serial(const struct state *s)
{
	return s->manifests == 0 ? 0 : s->manifest[s->manifests - 1].serial;
}

enum err
on_start(struct state *s, const json_t *o)
{
	struct chain_start at;
	enum err e = event_field_serial(o, "serial", &at.serial);

	if (e != OK || (e = event_field_serial(o, "tenure", &at.tenure)) !=
	    OK || (e = json_hex_field(o, "previous", at.previous,
	    HASH_LEN)) != OK) {
		return e;
	}
	if (at.serial <= last_serial(s) || at.tenure < s->tenure) {
		return ERR_FORMAT;
	}
	s->start = at;
	s->tenure = at.tenure;
	return OK;
}

enum err
on_manifest(struct state *s, const json_t *o)
{
	struct manifest m = {.complete = false}, *more;
	uint64_t last, before = s->generation;
	enum err e = event_field_serial(o, "serial", &m.serial);

	if (e != OK || (e = json_hex_field(o, "sha256", m.hash,
	    HASH_LEN)) != OK || (e = event_field_day(o, "day", &m.day)) != OK ||
	    (e = json_hex_field(o, "record", m.record, RECORD_ID)) != OK ||
	    (e = event_field_serial(o, "generation", &s->generation)) != OK) {
		return e;
	}
	last = last_serial(s);
	if (m.serial != last + 1 && (m.serial != s->start.serial ||
	    m.serial <= last) && (generation_of(m.serial) <=
	    generation_of(last) || m.serial != generation_base(
	    generation_of(m.serial)) + 1)) {
		return ERR_CHAIN;
	}
	more = state_room(s->manifest, &s->manifests_room, s->manifests,
	    sizeof *s->manifest);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->manifest = more;
	more[s->manifests++] = m;
	/* One made anew knows no keys: whichever desk came first brought ours,
	 * the lost ones perhaps */
	if (s->generation > before) {
		s->lost.end = s->lost.reach = DAY_NONE;
	}
	e = take_closed(s, o, m.serial);
	return e == OK ? take_applied(s, o) : e;
}

enum err
on_complete(struct state *s, const json_t *o)
{
	uint64_t serial;
	enum err e = event_field_serial(o, "serial", &serial);

	for (size_t i = 0; e == OK && i < s->manifests; i++) {
		if (s->manifest[i].serial == serial) {
			s->manifest[i].complete = true;
		}
	}
	return e;
}

enum err
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
enum err
on_read(struct state *s, const json_t *o)
{
	static const char *const lists[] = {"other", "foreign", "damaged"};
	enum err e = OK;

	for (unsigned l = 0; l < 3 && e == OK; l++) {
		const json_t *a;
		size_t i;
		json_t *v;
		e = json_array_field(o, lists[l], 4096, &a);
		if (e != OK) {
			break;
		}
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

/* Two people wrote off what the gateway lost */
enum err
on_body_lost(struct state *s, const json_t *o)
{
	struct lost_body b, *more;
	enum err e = json_hex_field(o, "sha256", b.sha256, HASH_LEN);

	if (e != OK || (e = event_field_serial(o, "serial", &b.serial)) != OK) {
		return e;
	}
	more = state_room(s->lost_body, &s->lost_bodies_room, s->lost_bodies,
	    sizeof *s->lost_body);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->lost_body = more;
	more[s->lost_bodies++] = b;
	return OK;
}

static void
message_join(struct state *s, size_t m, size_t k)
{
	struct message *msg = &s->message[m];

	msg->kase = k;
	msg->late = s->kase[k].destroyed;
	s->kase[k].messages++;
	s->kase[k].attachments += msg->attachments;
	if (msg->kind == REPORT_WITHDRAWAL) {
		s->kase[k].withdrawn = true;
		s->kase[k].withdrawn_on = msg->received >
		    s->kase[k].withdrawn_on ? msg->received :
		    s->kase[k].withdrawn_on;
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
	/* Of a thread whose first message is not here, only the key to check
	 * by is known: it is answered in no mailbox */
	k->kind = msg->kind == REPORT_ADVICE ? REPORT_ADVICE : REPORT_REPORT;
	k->state = CASE_FETCHED;
	memcpy(k->language, msg->language, sizeof k->language);
	k->received = received;
	k->has_mailbox = msg->has_signer && k->kind == msg->kind;
	k->signer = msg->signer;
	memcpy(k->key, msg->key, KEY_ID);
	k->first = m;
	k->ack_posted = k->feedback_posted = DAY_NONE;
	k->ack_drafted = k->feedback_drafted = DAY_NONE;
	k->ack_written = DAY_NONE;
	k->closed = k->destroyed_day = k->withdrawn_on = DAY_NONE;
	k->told_decision = k->reopened = k->said_early = DAY_NONE;
	k->retention_from = k->destroy_on = k->decided = DAY_NONE;
	k->meeting = DAY_NONE;
	k->since = msg->seen;
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
	    (e = event_field_word(o, "language", m->language,
	    sizeof m->language)) != OK || (e = event_field_day(o, "received",
	    &m->received)) != OK || (e = event_field_day(o, "day", &m->seen)) !=
	    OK || (e = json_hex_field(o, "record", m->record,
	    RECORD_ID)) != OK || (e = json_hex_field(o, "key", m->key,
	    KEY_ID)) != OK || (e = json_int_field(o, "attachments", 0,
	    REPORT_ATTACHMENTS_MAX, &attachments)) != OK) {
		return e;
	}
	m->kind = (enum report_kind)kind;
	m->attachments = (unsigned)attachments;
	m->has_signer = signer[0] != 0;
	m->has_tag = json_object_get(o, "tag") != NULL;
	if (m->has_tag && (e = json_hex_field(o, "tag", m->tag,
	    TAG_ID)) != OK) {
		return e;
	}
	return m->has_signer ? sign_pk_parse(signer, &m->signer) : OK;
}

/* A message of this desk: from an envelope, or entered by hand */
enum err
on_message(struct state *s, const json_t *o)
{
	struct message m = {0}, *more;
	char route[CODE_WORD];
	const char *ref, *sha256;
	enum err e = message_read(o, &m);
	size_t k;

	if (e != OK || (e = json_string_field(o, "case", 0, REF_TEXT - 1,
	    &ref)) != OK || (e = json_string_field(o, "sha256", 0,
	    2 * HASH_LEN, &sha256)) != OK || (e = event_field_word(o, "route",
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
	/* Of an envelope, which a key made since opened. A parcel, which came
	 * another way, cannot be in conflict. */
	if (!m.entered && json_object_get(o, "conflict") != NULL) {
		keys_renewed(s, m.received, s->lost.through);
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

static void
unmatched_join(struct state *s, size_t k)
{
	for (size_t i = 0; i < s->messages; i++) {
		struct message *m = &s->message[i];
		if (m->kase == NOT_FOUND && m->has_signer &&
		    sign_pk_equal(&m->signer, &s->kase[k].signer)) {
			message_join(s, i, k);
			s->unmatched--;
		}
	}
}

/* Follow-ups that came before the first message of their thread */
enum err
on_match(struct state *s, const json_t *o)
{
	size_t k;
	enum err e = event_field_case(s, o, &k);

	if (e == OK) {
		unmatched_join(s, k);
	}
	return e;
}

/* A case of follow-ups whose first message is not here */
enum err
on_begin(struct state *s, const json_t *o)
{
	const char *ref, *text;
	struct sign_pk signer;
	size_t i = 0;
	enum err e = json_string_field(o, "case", 1, REF_TEXT - 1, &ref);

	if (e != OK || (e = json_string_field(o, "signer", 1, SIGN_KEY_TEXT,
	    &text)) != OK || (e = sign_pk_parse(text, &signer)) != OK) {
		return e;
	}
	while (i < s->messages && (s->message[i].kase != NOT_FOUND ||
	    !s->message[i].has_signer ||
	    !sign_pk_equal(&s->message[i].signer, &signer))) {
		i++;
	}
	if (i == s->messages || state_case(s, ref) != NOT_FOUND) {
		return ERR_FORMAT;
	}
	e = case_add(s, ref, i, "mailbox", s->message[i].received);
	if (e == OK) {
		s->unmatched--;
		unmatched_join(s, s->kases - 1);
	}
	return e;
}

enum err
on_duplicate(struct state *s, const json_t *o)
{
	const char *sha256;
	enum err e = json_string_field(o, "sha256", 1, 2 * HASH_LEN, &sha256);

	s->duplicates++;
	return e == OK ? body_add(s, sha256) : e;
}

enum err
on_import(struct state *s, const json_t *o)
{
	const char *phase;
	enum err e = json_string_field(o, "phase", 1, 8, &phase);

	if (e == OK) {
		s->importing = strcmp(phase, "begin") == 0;
	}
	return e;
}
