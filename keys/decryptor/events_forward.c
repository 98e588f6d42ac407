/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Events of forwarding: what it rests on, its plan, and that it went. A
 * ground and a message to the reporter speak of one receiver; old journals
 * do not say which, and theirs count for the first that comes (RULES.md).
 */
#include <string.h>

#include "fold_private.h"
#include "meldluik/json.h"

static const char *const words[] = {"desk", "authority", "investigator",
	"police"};

const char *
destination_word(enum destination to)
{
	return words[to];
}

enum err
destination_parse(const char *word, enum destination *out)
{
	for (int i = DEST_DESK; i <= DEST_POLICE; i++) {
		if (strcmp(words[i], word) == 0) {
			*out = (enum destination)i;
			return OK;
		}
	}
	return ERR_UNKNOWN;
}

struct target
target_of(enum destination to, const char *receiver)
{
	struct target t = {.to = to};
	size_t len = strlen(receiver);

	if (to == DEST_AUTHORITY && len < sizeof t.receiver) {
		memcpy(t.receiver, receiver, len);
	}
	return t;
}

static bool
target_same(const struct target *a, const struct target *b)
{
	return a->to == b->to && (a->to != DEST_AUTHORITY ||
	    strcmp(a->receiver, b->receiver) == 0);
}

/* ${t} NULL: whomever */
static bool
ground_fits(const struct ground *g, size_t k, const struct target *t)
{
	return g->kase == k && !g->ended && (t == NULL || g->any ||
	    target_same(&g->target, t));
}

day_t
ground_day(const struct state *s, size_t k, enum ground_kind kind,
    const struct target *t)
{
	day_t day = DAY_NONE;

	for (size_t i = 0; i < s->grounds; i++) {
		const struct ground *g = &s->ground[i];
		if (g->kind == kind && ground_fits(g, k, t) &&
		    (day == DAY_NONE || g->day < day)) {
			day = g->day;
		}
	}
	return day;
}

bool
consent_holds(const struct state *s, size_t k, const struct target *t)
{
	return !s->kase[k].withdrawn &&
	    ground_day(s, k, GROUND_CONSENT, t) != DAY_NONE;
}

static enum err
ground_put(struct state *s, const struct ground *g)
{
	struct ground *more = state_room(s->ground, &s->grounds_room,
	    s->grounds, sizeof *more);

	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->ground = more;
	more[s->grounds++] = *g;
	return OK;
}

void
grounds_end(struct state *s, size_t k, const struct target *t)
{
	for (size_t i = 0; i < s->grounds; i++) {
		if (ground_fits(&s->ground[i], k, t)) {
			s->ground[i].ended = true;
		}
	}
}

enum err
telling_counts(struct state *s, const struct telling *t)
{
	struct ground g = {.kase = t->kase, .kind = GROUND_TOLD,
		.any = t->any, .target = t->target, .day = t->day};

	/* It spoke of a forwarding that went out since */
	for (size_t i = 0; i < s->forwardings; i++) {
		const struct forwarding *f = &s->forwarding[i];
		if (f->kase == t->kase && (t->any || target_same(&f->target,
		    &t->target)) && (t->drafted == NOT_FOUND ? f->day >
		    t->day : i >= t->drafted)) {
			return OK;
		}
	}
	return ground_put(s, &g);
}

enum err
event_field_target(const json_t *o, struct target *out)
{
	const char *to;
	enum err e;

	memset(out, 0, sizeof *out);
	e = json_string_field(o, "to", 1, 16, &to);
	if (e == OK && destination_parse(to, &out->to) != OK) {
		e = ERR_FORMAT;
	}
	return e == OK ? event_field_word(o, "receiver", out->receiver,
	    sizeof out->receiver) : e;
}

enum err
event_field_tells(const json_t *o, bool *tells, bool *any, struct target *out)
{
	const json_t *t;
	enum err e;

	*any = json_is_true(json_object_get(o, "forward_notice"));
	*tells = *any || json_object_get(o, "tells") != NULL;
	if (*any || !*tells) {
		return OK;
	}
	e = json_object_field(o, "tells", &t);
	return e == OK ? event_field_target(t, out) : e;
}

/* Takes back what was given; consent may always be taken back */
static void
ground_back(struct state *s, const struct ground *g)
{
	for (size_t i = 0; i < s->grounds; i++) {
		if (s->ground[i].kind == g->kind && ground_fits(&s->ground[i],
		    g->kase, g->any ? NULL : &g->target)) {
			s->ground[i].ended = true;
		}
	}
}

static enum err
ground_taken(struct state *s, const json_t *o, struct ground *g)
{
	const char *basis;
	bool given;
	enum err e = event_field_case(s, o, &g->kase);

	if (e != OK || (e = json_string_field(o, "basis", 1, 8, &basis)) !=
	    OK || (e = event_field_day(o, "day", &g->day)) != OK) {
		return e;
	}
	g->kind = strcmp(basis, "duty") == 0 ? GROUND_DUTY : GROUND_CONSENT;
	given = json_is_true(json_object_get(o, "given"));
	e = kept_put(s, o, (struct kept){.with = KEPT_GROUND, .day = g->day,
	    .on = given, .basis = g->kind, .any = g->any,
	    .target = g->target});
	if (e == OK && !given) {
		ground_back(s, g);
		return OK;
	}
	return e == OK ? ground_put(s, g) : e;
}

/* Of programs that did not ask for whom it was */
enum err
on_consent(struct state *s, const json_t *o)
{
	struct ground g = {.any = true};

	return ground_taken(s, o, &g);
}

enum err
on_ground(struct state *s, const json_t *o)
{
	struct ground g = {.any = false};
	enum err e = event_field_target(o, &g.target);

	return e == OK ? ground_taken(s, o, &g) : e;
}

enum err
on_forward(struct state *s, const json_t *o)
{
	struct forwarding f = {.until = DAY_NONE}, *more;
	enum err e = event_field_case(s, o, &f.kase);

	if (e != OK || (e = event_field_target(o, &f.target)) != OK ||
	    (e = event_field_day(o, "day", &f.day)) != OK ||
	    (e = json_hex_field(o, "plan", f.sha256, HASH_LEN)) != OK ||
	    (e = json_hex_field(o, "record", f.record, RECORD_ID)) != OK) {
		return e;
	}
	f.duty = json_is_true(json_object_get(o, "duty"));
	if (json_object_get(o, "until") != NULL &&
	    (e = event_field_day(o, "until", &f.until)) != OK) {
		return e;
	}
	more = state_room(s->forwarding, &s->forwardings_room,
	    s->forwardings, sizeof *more);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	s->forwarding = more;
	more[s->forwardings++] = f;
	grounds_end(s, f.kase, &f.target);
	return kept_put(s, o, (struct kept){.with = KEPT_FORWARD,
	    .day = f.day, .target = f.target});
}

enum err
on_forward_plan(struct state *s, const json_t *o)
{
	uint8_t record[RECORD_ID];
	size_t k;
	enum err e = event_field_case(s, o, &k);

	if (e == OK) {
		e = json_hex_field(o, "record", record, RECORD_ID);
	}
	if (e == OK) {
		memcpy(s->kase[k].plan, record, RECORD_ID);
		s->kase[k].planned = true;
	}
	return e;
}
