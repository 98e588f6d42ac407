/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the reporter is told: into the mailbox, by letter, in a talk, or not
 * at all because there is no way (four eyes). And what a reporter agreed to.
 */
#include <sodium.h>
#include <string.h>

#include "acts_private.h"
#include "replies.h"

/* Left out because the reporter refused it or because it endangers: nobody
 * acknowledges by mistake */
static enum err
waived(const struct kase *c, enum reply_kind kind, struct refusal *why)
{
	if (kind != REPLY_ACKNOWLEDGEMENT || c->ack_waiver[0] == 0) {
		return OK;
	}
	return refuse(why, ERR_CONFLICT, "Van de bevestiging is afgezien; "
	    "trek dat eerst in.", "The acknowledgement was waived; take that "
	    "back first.");
}

/* Somebody outside, whom policy knows */
static enum err
target_check(struct desk *d, const struct target *t, struct refusal *why)
{
	if (t == NULL || t->to == DEST_INVESTIGATOR || t->to == DEST_POLICE ||
	    (t->to == DEST_AUTHORITY && forward_find(d->profile,
	    t->receiver) >= 0)) {
		return OK;
	}
	return refuse(why, ERR_USAGE, "Zeg over welke ontvanger dit gaat: "
	    "een instantie, een onderzoeker of de politie.", "Say which "
	    "receiver this is about: an authority, an investigator or the "
	    "police.");
}

static void
target_put(json_t *o, const struct target *t)
{
	json_object_set_new(o, "to", json_string(destination_word(t->to)));
	json_object_set_new(o, "receiver", json_string(t->receiver));
}

static void
tells_put(json_t *o, const struct target *t)
{
	json_t *tells;

	if (t != NULL) {
		tells = json_object();
		target_put(tells, t);
		json_object_set_new(o, "tells", tells);
	}
}

static enum err
reply_may(struct desk *d, size_t k, const struct act_answer *a,
    unsigned *parts, uint8_t id[16], struct refusal *why)
{
	const struct kase *c = &d->state->kase[k];
	enum err e;

	if (!c->has_mailbox) {
		return refuse(why, ERR_POLICY, "Deze melder heeft geen "
		    "postvak: geef het antwoord per brief of in een "
		    "gesprek.", "This case has no mailbox: the reporter "
		    "wanted none or reported in another way. Give the answer "
		    "by letter or in a talk.");
	}
	if (a->kind == REPLY_ACKNOWLEDGEMENT && (c->ack_drafted != DAY_NONE ||
	    c->ack_posted != DAY_NONE)) {
		return refuse(why, ERR_CONFLICT, "De ontvangst van deze "
		    "melding is al bevestigd.",
		    "This case is acknowledged already; use `reply`.");
	}
	if (a->language != NULL && !report_language_valid(a->language)) {
		return refuse(why, ERR_FORMAT, "Geef een taal, bijvoorbeeld "
		    "nl of en.", "Give a language such as nl or en.");
	}
	e = reply_parts(d, k, a, id, parts);
	if (e == ERR_LIMIT) {
		return refuse(why, e, "De tekst is te lang voor het "
		    "postvak (8 bladen). Maak hem korter.", "The text is "
		    "too long for the mailbox (8 pages). Make it shorter.");
	}
	if (e == OK && reply_waiting(d->state, k) + *parts > SLOT_LIVE_MAX) {
		return refuse(why, ERR_BUSY, "Het postvak is vol met "
		    "antwoorden die nog niet geplaatst zijn. Breng eerst de "
		    "stick weg.", "The mailbox holds eight pages and earlier "
		    "replies are not posted yet: export, carry the bundle, "
		    "import, then reply again.");
	}
	return e == OK ? OK : refuse_err(why, e);
}

/* In or outside the mailbox: what is said, and may be */
static enum err
answer_words(struct desk *d, size_t k, const struct act_answer *a,
    uint8_t record[RECORD_ID], struct refusal *why)
{
	enum err e = target_check(d, a->tells, why);

	if (e == OK) {
		e = waived(&d->state->kase[k], a->kind, why);
	}
	return e == OK ? act_words(d, k, a->text, a->len, record, why) : e;
}

static json_t *
answer_event(struct desk *d, const char *name, size_t k,
    const struct act_answer *a, const uint8_t record[RECORD_ID])
{
	json_t *o = act_event(d, name, k);

	json_object_set_new(o, "kind", json_string(reply_kind_word(a->kind)));
	event_hex(o, "record", record, RECORD_ID);
	json_object_set_new(o, "reasoned", json_boolean(a->reasoned));
	json_object_set_new(o, "options", json_boolean(a->options));
	return o;
}

enum err
act_reply(struct desk *d, size_t k, const struct act_answer *a,
    struct refusal *why)
{
	uint8_t record[RECORD_ID], id[16];
	const struct kase *c;
	unsigned parts = 0;
	json_t *o;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	e = answer_words(d, k, a, record, why);
	if (e == OK) {
		e = reply_may(d, k, a, &parts, id, why);
	}
	if (e == OK) {
		c = &d->state->kase[k];
		o = answer_event(d, "reply", k, a, record);
		event_hex(o, "reply_id", id, sizeof id);
		json_object_set_new(o, "language", json_string(a->language !=
		    NULL ? a->language : c->language));
		json_object_set_new(o, "parts", json_integer(parts));
		tells_put(o, a->tells);
		e = desk_event(d, o);
	}
	return act_end(d, e, why);
}

enum err
act_reply_withdraw(struct desk *d, size_t k, const uint8_t *id, size_t len,
    struct refusal *why)
{
	const struct draft *a = NULL;
	size_t i = 0;
	json_t *o;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	e = act_case(d, k, why);
	if (e == OK && (i = state_answer(d->state, k, id, len)) ==
	    NOT_FOUND) {
		e = refuse(why, ERR_UNKNOWN, "Dat antwoord staat niet in dit "
		    "dossier.", "That answer is not in this case.");
	}
	if (e == OK) {
		a = &d->state->answer[i];
	}
	if (a != NULL && a->taken_back != DAY_NONE) {
		e = refuse(why, ERR_CONFLICT, "Dit antwoord is al "
		    "teruggenomen.", "This answer was taken back already.");
	}
	if (e == OK && a != NULL && (a->serial != 0 || !draft_waits(a))) {
		e = refuse(why, ERR_CONFLICT, "Dit antwoord staat in een "
		    "bundel die is gemaakt; de melder kan het al lezen. "
		    "Schrijf een nieuw bericht.", "This answer is in a "
		    "bundle that was made; the reporter may have read it. "
		    "Write another message.");
	}
	if (e == OK && a != NULL) {
		o = act_event(d, "reply_withdrawn", k);
		event_hex(o, "reply_id", a->reply_id, sizeof a->reply_id);
		e = desk_event(d, o);
	}
	return act_end(d, e, why);
}

/* Two people say that there is no way to the reporter, and it counts from
 * the day on which the second one did */
static enum err
no_route_may(struct desk *d, size_t k, day_t day, struct refusal *why)
{
	size_t request;
	enum err e;

	if (d->state->kase[k].has_mailbox) {
		return refuse(why, ERR_POLICY, "Deze melder heeft een "
		    "postvak: gebruik dat.",
		    "This reporter has a mailbox: use it.");
	}
	if (!foureyes_needed(d->profile, ACT_FEEDBACK_WITHOUT_ROUTE)) {
		return OK;
	}
	e = act_approved(d, ACT_FEEDBACK_WITHOUT_ROUTE, k, "no_route",
	    &request, why);
	if (e == OK && day < act_signed_day(d, request)) {
		e = refuse(why, ERR_CONFLICT, "Dat er geen weg is, telt vanaf "
		    "de dag waarop de tweede tekende.", "That there is no "
		    "route counts from the day on which the second person "
		    "signed.");
	}
	return e;
}

static enum err
given_may(struct desk *d, size_t k, enum given_by by, day_t day,
    const struct act_answer *a, struct refusal *why)
{
	const struct kase *c = &d->state->kase[k];

	if (by != GIVEN_LETTER && by != GIVEN_TALK && by != GIVEN_NO_ROUTE) {
		return refuse(why, ERR_USAGE, "Kies brief, gesprek of geen "
		    "weg.", "Choose letter, talk or no route.");
	}
	if (day > d->today || day < c->received) {
		return refuse(why, ERR_CONFLICT, "Die dag ligt voor de "
		    "ontvangst of in de toekomst.",
		    "That day lies before receipt or in the future.");
	}
	if (a->kind == REPLY_ACKNOWLEDGEMENT && c->ack_posted != DAY_NONE &&
	    (by == GIVEN_NO_ROUTE || c->ack_by != GIVEN_NO_ROUTE)) {
		return refuse(why, ERR_CONFLICT, "De ontvangst is al "
		    "bevestigd.", "Receipt is acknowledged already.");
	}
	return by == GIVEN_NO_ROUTE ? no_route_may(d, k, day, why) : OK;
}

enum err
act_given(struct desk *d, size_t k, enum given_by by, day_t day,
    const struct act_answer *a, struct refusal *why)
{
	uint8_t record[RECORD_ID];
	json_t *o;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	e = answer_words(d, k, a, record, why);
	if (e == OK) {
		e = given_may(d, k, by, day, a, why);
	}
	if (e == OK) {
		o = answer_event(d, "given", k, a, record);
		json_object_set_new(o, "by", json_string(given_by_word(by)));
		event_day(o, "on", day);
		tells_put(o, by == GIVEN_NO_ROUTE ? NULL : a->tells);
		e = desk_event(d, o);
	}
	return act_end(d, e, why);
}

/* Silence is never agreement: what was offered and not answered is "not
 * confirmed" */
enum err
act_oral(struct desk *d, size_t k, enum oral_state to, const char *text,
    size_t len, struct refusal *why)
{
	uint8_t record[RECORD_ID], hash[HASH_LEN];
	json_t *o;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	e = act_case(d, k, why);
	memcpy(hash, d->state->kase[k].oral_sha256, HASH_LEN);
	if (e == OK && to == ORAL_NOT_OFFERED) {
		e = refuse(why, ERR_USAGE, "Kies aangeboden, akkoord of niet "
		    "bevestigd.",
		    "Choose offered, agreed or not confirmed.");
	}
	if (e == OK && to != ORAL_OFFERED && text == NULL &&
	    d->state->kase[k].oral_state == ORAL_NOT_OFFERED) {
		e = refuse(why, ERR_CONFLICT, "Bied het verslag eerst ter "
		    "controle aan.", "First offer the record for agreement.");
	}
	if (e == OK && (to == ORAL_OFFERED || text != NULL)) {
		e = act_text_check(text, len, ACT_TEXT_MAX, why);
		if (e == OK) {
			hash_bytes(text, len, hash);
			e = act_text(d, k, text, len, record);
		}
	}
	if (e == OK) {
		o = act_event(d, "oral", k);
		json_object_set_new(o, "to",
		    json_string(oral_state_word(to)));
		event_hex(o, "sha256", hash, HASH_LEN);
		if (text != NULL) {
			event_hex(o, "record", record, RECORD_ID);
		}
		e = desk_event(d, o);
	}
	return act_end(d, e, why);
}

enum err
act_ground(struct desk *d, size_t k, enum ground_kind kind,
    const struct target *to, bool given, const char *text, size_t len,
    struct refusal *why)
{
	uint8_t record[RECORD_ID];
	json_t *o;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	e = target_check(d, to, why);
	if (e == OK && !given && ground_day(d->state, k, kind, to) ==
	    DAY_NONE) {
		e = refuse(why, ERR_CONFLICT, "Voor deze ontvanger is er "
		    "niets om in te trekken.",
		    "For this receiver there is nothing to take back.");
	}
	if (e == OK) {
		e = act_words(d, k, text, len, record, why);
	}
	if (e == OK) {
		o = act_event(d, "ground", k);
		json_object_set_new(o, "basis", json_string(
		    kind == GROUND_DUTY ? "duty" : "consent"));
		json_object_set_new(o, "given", json_boolean(given));
		target_put(o, to);
		event_hex(o, "record", record, RECORD_ID);
		e = desk_event(d, o);
	}
	return act_end(d, e, why);
}
