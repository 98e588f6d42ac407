/* SPDX-License-Identifier: EUPL-1.2 */
/* State of the casebook: memory, lookups, and the walk. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fold_private.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"

struct state *
state_new(void)
{
	struct state *s = calloc(1, sizeof *s);

	if (s != NULL) {
		s->tenure = 1;
		s->last_backup = s->applied_day = DAY_NONE;
	}
	return s;
}

/* Wiped, so that a process that was forked with it can let it go */
static void
drop(void *p, size_t room, size_t each)
{
	if (p != NULL) {
		secret_wipe(p, room * each);
		free(p);
	}
}
#define DROP(list, room) drop(s->list, s->room, sizeof *s->list)

void
state_free(struct state *s)
{
	if (s == NULL) {
		return;
	}
	DROP(former, former_room);
	DROP(kase, kases_room);
	DROP(message, messages_room);
	DROP(answer, answers_room);
	DROP(note, notes_room);
	DROP(step, steps_room);
	DROP(kept, kepts_room);
	DROP(request, requests_room);
	DROP(approval, approvals_room);
	DROP(forwarding, forwardings_room);
	DROP(ground, grounds_room);
	DROP(extraction, extractions_room);
	DROP(link, links_room);
	DROP(entry, entries_room);
	DROP(manifest, manifests_room);
	DROP(body, bodies_room);
	DROP(lost_body, lost_bodies_room);
	DROP(rows, row_imports_room);
	DROP(made, mades_room);
	DROP(closed, closeds_room);
	DROP(destroyed, destroyeds_room);
	drop(s, 1, sizeof *s);
}

void *
state_room(void *p, size_t *room, size_t count, size_t each)
{
	size_t more = *room * 2 + 64;
	void *q;

	if (count < *room) {
		return p;
	}
	q = reallocarray(NULL, more, each);
	if (q != NULL) {
		if (p != NULL) {
			memcpy(q, p, *room * each);
		}
		drop(p, *room, each);
		*room = more;
	}
	return q;
}

enum err
state_apply(struct state *s, const json_t *event)
{
	const char *name;
	enum err e = json_string_field(event, "e", 1, 32, &name);

	if (e != OK) {
		return e;
	}
	for (size_t i = 0; i < event_rules_count; i++) {
		if (strcmp(event_rules[i].name, name) == 0) {
			return event_rules[i].apply(s, event);
		}
	}
	return ERR_VERSION;
}

enum err
state_fold(void *arg, uint64_t n, const json_t *event)
{
	(void)n;
	return state_apply(arg, event);
}

size_t
state_case(const struct state *s, const char *ref)
{
	for (size_t i = 0; i < s->kases; i++) {
		if (strcasecmp(s->kase[i].ref, ref) == 0) {
			return i;
		}
	}
	return NOT_FOUND;
}

/* What comes later joins also a case that was begun without its first message
 * (on_begin), which is no thread that a first message could be in conflict
 * with */
static bool
has_thread(const struct state *s, const struct kase *k,
    const struct sign_pk *signer, const uint8_t *tag)
{
	const struct message *m = &s->message[k->first];
	bool same = m->has_signer && sign_pk_equal(&k->signer, signer);

	return tag == NULL ? same : k->has_mailbox && (same || (m->has_tag &&
	    memcmp(m->tag, tag, TAG_ID) == 0));
}

static size_t
case_of_thread(const struct state *s, const struct sign_pk *signer,
    const uint8_t *tag)
{
	size_t gone = NOT_FOUND;

	for (size_t i = s->kases; i-- > 0;) {
		const struct kase *k = &s->kase[i];
		if (!has_thread(s, k, signer, tag)) {
			continue;
		}
		if (!k->destroyed) {
			return i;
		}
		gone = gone == NOT_FOUND ? i : gone;
	}
	return gone;
}

size_t
state_case_of_signer(const struct state *s, const struct sign_pk *signer)
{
	return case_of_thread(s, signer, NULL);
}

size_t
state_case_of_thread(const struct state *s, const struct sign_pk *signer,
    const uint8_t tag[TAG_ID])
{
	return case_of_thread(s, signer, tag);
}

unsigned
state_late(const struct state *s, size_t k)
{
	unsigned n = 0;

	for (size_t i = 0; i < s->messages; i++) {
		n += s->message[i].kase == k && s->message[i].late;
	}
	return n;
}

bool
state_key_gone(const struct state *s, const struct message *m)
{
	return m->kase != NOT_FOUND && s->kase[m->kase].destroyed && !m->late;
}

static int
body_compare(const void *a, const void *b)
{
	return memcmp(a, b, HASH_LEN);
}

bool
state_body_read(const struct state *s, const uint8_t sha256[HASH_LEN])
{
	struct state *t = (struct state *)(uintptr_t)s; /* order only */

	/* Sorted again when the unsorted tail has grown long, so that tens
	 * of thousands of junk envelopes cost no quadratic time */
	if (s->bodies - s->sorted > 512) {
		qsort(t->body, t->bodies, sizeof *t->body, body_compare);
		t->sorted = t->bodies;
	}
	for (size_t i = s->sorted; i < s->bodies; i++) {
		if (memcmp(s->body[i].sha256, sha256, HASH_LEN) == 0) {
			return true;
		}
	}
	return s->sorted > 0 && bsearch(sha256, s->body, s->sorted,
	    sizeof *s->body, body_compare) != NULL;
}

bool
state_body_lost(const struct state *s, const uint8_t sha256[HASH_LEN])
{
	for (size_t i = 0; i < s->lost_bodies; i++) {
		if (memcmp(s->lost_body[i].sha256, sha256, HASH_LEN) == 0) {
			return true;
		}
	}
	return false;
}

size_t
state_bodies_lost(const struct state *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->lost_bodies; i++) {
		n += !state_body_read(s, s->lost_body[i].sha256);
	}
	return n;
}

size_t
state_generation_start(const struct state *s)
{
	uint64_t base = s->manifests == 0 ? 0 : generation_base(
	    generation_of(s->manifest[s->manifests - 1].serial));
	size_t i = s->manifests;

	if (s->start.serial > base) {
		base = s->start.serial - 1;
	}
	while (i > 0 && s->manifest[i - 1].serial > base) {
		i--;
	}
	return i;
}

uint64_t
state_complete(const struct state *s)
{
	size_t start = state_generation_start(s);
	uint64_t n = 0;

	for (size_t i = 0; i < s->manifests; i++) {
		if (s->manifest[i].complete) {
			n = s->manifest[i].serial;
		} else if (i >= start) {
			break;
		}
	}
	return n;
}

uint64_t
state_confirmed(const struct state *s, uint8_t hash[HASH_LEN])
{
	uint64_t n = s->backed_up > s->confirmed_without_backup ?
	    s->backed_up : s->confirmed_without_backup;
	uint64_t complete = state_complete(s);

	n = n < complete ? n : complete;
	memset(hash, 0, HASH_LEN);
	for (size_t i = 0; i < s->manifests; i++) {
		if (s->manifest[i].serial == n) {
			memcpy(hash, s->manifest[i].hash, HASH_LEN);
		}
	}
	return n;
}

uint64_t
state_week_closed(const struct state *s, day_t week)
{
	for (size_t i = 0; i < s->closeds; i++) {
		if (s->closed[i].week == week) {
			return s->closed[i].serial;
		}
	}
	return 0;
}

static bool
week_destroyed_from(const struct state *s, size_t first, day_t week)
{
	for (size_t i = first; i < s->destroyeds; i++) {
		if (s->destroyed[i] == week) {
			return true;
		}
	}
	return false;
}

static uint64_t
higher(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

bool
state_applied_may(const struct state *s, uint64_t tenure, uint64_t serial)
{
	return tenure <= higher(s->tenure, s->applied_tenure) +
	    APPLIED_TENURES && serial <= higher(s->out_serial,
	    s->applied_serial) + APPLIED_SERIALS;
}

bool
state_week_destroyed(const struct state *s, day_t week)
{
	return week_destroyed_from(s, 0, week);
}

bool
state_week_destroyed_now(const struct state *s, day_t week)
{
	return week_destroyed_from(s, s->destroyed_before, week);
}

bool
state_keys_lost(const struct state *s, day_t week, day_t received)
{
	const struct lost_keys *l = &s->lost;

	return l->any && week <= l->through && (l->end == DAY_NONE ||
	    received <= l->end || week > l->reach);
}

bool
state_superseded(const struct state *s)
{
	return s->applied_tenure > s->tenure;
}

size_t
state_request(const struct state *s, const uint8_t id[HASH_LEN])
{
	for (size_t i = 0; i < s->requests; i++) {
		if (memcmp(s->request[i].id, id, HASH_LEN) == 0) {
			return i;
		}
	}
	return NOT_FOUND;
}

size_t
state_answer(const struct state *s, size_t k, const uint8_t *id, size_t len)
{
	for (size_t i = 0; i < s->answers; i++) {
		if (s->answer[i].kase == k && len <= sizeof
		    s->answer[i].reply_id && memcmp(s->answer[i].reply_id,
		    id, len) == 0) {
			return i;
		}
	}
	return NOT_FOUND;
}

static const char *const code_names[KASE_CODES] = {
	[KASE_SUBJECT_ROLE] = "subject_role",
	[KASE_INVESTIGATION] = "investigation",
	[KASE_INVESTIGATION_STATUS] = "investigation_status",
	[KASE_OUTCOME] = "outcome",
	[KASE_MEASURES] = "measures",
	[KASE_AREA] = "area",
	[KASE_ANONYMOUS] = "anonymous",
	[KASE_ADVISER] = "adviser",
	[KASE_TOPIC] = "topic",
};

const char *
case_code_name(enum case_code c)
{
	return code_names[c];
}

int
case_code_find(const char *name)
{
	for (int i = 0; i < KASE_CODES; i++) {
		if (strcmp(code_names[i], name) == 0) {
			return i;
		}
	}
	return -1;
}

const char *
given_by_word(enum given_by g)
{
	static const char *const word[] = {"", "mailbox", "letter", "talk",
		"no_route"};

	return word[g];
}

enum given_by
given_by_parse(const char *word)
{
	int g = GIVEN_NO_ROUTE;

	while (g > 0 && strcmp(given_by_word((enum given_by)g), word) != 0) {
		g--;
	}
	return (enum given_by)g;
}

const char *
oral_state_word(enum oral_state o)
{
	static const char *const word[] = {"not_offered", "offered",
		"agreed", "not_confirmed"};

	return word[o];
}

void
ref_new(const struct state *s, day_t received, char out[REF_TEXT])
{
	uint8_t random[5];
	char text[9];
	int year, month, day;

	day_split(received, &year, &month, &day);
	do {
		randombytes_buf(random, sizeof random);
		crockford_encode(random, sizeof random, text);
		snprintf(out, REF_TEXT, "%04d-%.4s", year, text);
	} while (state_case(s, out) != NOT_FOUND);
}
