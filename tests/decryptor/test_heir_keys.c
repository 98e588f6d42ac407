/* SPDX-License-Identifier: EUPL-1.2 */
/* Since when can whoever takes over open what is sealed to the desk? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decryptor/heir_keys.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"

#define ID "00112233445566778899aabbccddeeff"
#define WEEKS 4u

static char hash_hex[4][2 * HASH_LEN + 1]; /* of bundles */

static day_t
day(const char *text)
{
	day_t d;

	assert_int_equal(day_parse(text, &d), OK);
	return d;
}

struct world {
	struct keyset k;
	struct keyring *own, *deputy;
	struct org_blocks blocks;
	struct state *s;
	struct heir_keys h;
};

/* Blocks of the deputy's keys as they are now, as the desk has them */
static void
blocks_take(struct world *w)
{
	blocks_free(&w->blocks);
	for (unsigned i = 0; i < w->deputy->weeks; i++) {
		struct epoch_block b = {.desk = 1, .person = "deputy"};
		assert_int_equal(age_identity_recipient(
		    w->deputy->week[i].seed, &b.recipient), OK);
		assert_int_equal(blocks_put(&w->blocks,
		    w->deputy->week[i].week, &b), OK);
	}
}

/* The deputy's machine is made, or its keys are made anew */
static void
deputy_make(struct world *w)
{
	keyring_free(w->deputy);
	w->deputy = keyring_new();
	assert_non_null(w->deputy);
	strcpy(w->deputy->person, "deputy");
	for (unsigned i = 0; i < WEEKS + 4; i++) {
		assert_int_equal(keyring_week_add(w->deputy,
		    week_of(day("2026-11-25")) + 7 * (day_t)i), OK);
	}
	w->h.ring = w->deputy;
}

static int
world_new(void **state)
{
	static const char *const id[] = {"coordinator", "deputy", "secretaris"};
	struct world *w = calloc(1, sizeof *w);

	assert_non_null(w);
	assert_int_equal(secret_setup(), OK);
	for (int i = 0; i < 4; i++) {
		memset(hash_hex[i], 'a' + i, 2 * HASH_LEN);
	}
	w->k.people = 3;
	for (unsigned i = 0; i < 3; i++) {
		strcpy(w->k.person[i].id, id[i]);
		w->k.person[i].desk = i == 2 ? 2 : 1;
	}
	w->own = keyring_new();
	assert_non_null(w->own);
	strcpy(w->own->person, id[0]);
	w->own->desk = 1;
	w->s = state_new();
	assert_non_null(w->s);
	deputy_make(w);
	heir_keys_begin(&w->h, w->s, w->deputy);
	blocks_take(w);
	*state = w;
	return 0;
}

static int
world_free(void **state)
{
	struct world *w = *state;

	heir_keys_end(&w->h);
	state_free(w->s);
	blocks_free(&w->blocks);
	keyring_free(w->own);
	keyring_free(w->deputy);
	free(w);
	return 0;
}

static void
see(struct world *w, json_t *event)
{
	assert_non_null(event);
	assert_int_equal(heir_keys_fold(&w->h, 1, event), OK);
	json_decref(event);
}

static json_t *
export_event(int serial)
{
	return json_pack("{s:s,s:s,s:i,s:s,s:i,s:i}", "e", "export", "day",
	    "2026-11-25", "serial", serial, "sha256", hash_hex[serial],
	    "slots", 16, "confirmed", 0);
}

static void
export(struct world *w, int serial)
{
	struct desk d = {.ring = w->own, .keyset = &w->k};
	json_t *o = export_event(serial);

	json_object_set_new(o, "others", heir_keys_others(&d, &w->blocks,
	    week_of(day("2026-11-25")), WEEKS));
	see(w, o);
}

static void
applied(struct world *w, int generation, int manifest, int serial,
    const char *on)
{
	see(w, json_pack("{s:s,s:s,s:i,s:i,s:s,s:s,s:[],s:{s:i,s:i,s:s,s:s}}",
	    "e", "manifest", "day", on, "serial", manifest, "generation",
	    generation, "sha256", hash_hex[0], "record", ID, "closed",
	    "applied", "tenure", 1, "serial", serial, "sha256",
	    hash_hex[serial], "day", on));
}

/* What a take-over would write: "" or DAY WEEK */
static void
tells(const struct world *w, const char *want)
{
	json_t *o = json_object();
	char got[64] = "";

	heir_keys_tell(&w->h, o);
	if (json_object_size(o) > 0) {
		snprintf(got, sizeof got, "%s %s",
		    json_string_value(json_object_get(o, "since")),
		    json_string_value(json_object_get(o, "keys_to")));
	}
	json_decref(o);
	assert_string_equal(got, want);
}

static void
since_the_first_that_was_applied(void **state)
{
	struct world *w = *state;

	tells(w, "");
	export(w, 1);
	tells(w, ""); /* made is not yet public */
	applied(w, 1, 1, 1, "2026-11-27");
	tells(w, "2026-11-27 2026-W51");
	export(w, 2);
	applied(w, 1, 2, 2, "2026-12-04");
	tells(w, "2026-11-27 2026-W51");
}

/* Keys of weeks that are over are gone; the others must be ours to the last */
static void
as_far_as_the_ring_goes(void **state)
{
	struct world *w = *state;
	day_t first = week_of(day("2026-11-25"));

	assert_int_equal(keyring_week_destroy(w->deputy, first), OK);
	export(w, 1);
	applied(w, 1, 1, 1, "2026-11-27");
	tells(w, "2026-11-27 2026-W51");
	assert_int_equal(keyring_week_destroy(w->deputy, first + 21), OK);
	export(w, 2);
	applied(w, 1, 2, 2, "2026-12-04");
	tells(w, "");
}

/* A renewed key opens what was sealed to the one before */
static void
a_renewed_week(void **state)
{
	struct world *w = *state;

	assert_int_equal(keyring_week_renew(w->deputy,
	    week_of(day("2026-11-25")) + 21), OK);
	export(w, 1);
	applied(w, 1, 1, 1, "2026-11-27");
	tells(w, "2026-11-27 2026-W51");
}

/* The desk has blocks of a machine that the deputy lost; then new ones; then
 * the old ones again, from the stick of another holder */
static void
other_keys_than_hers(void **state)
{
	struct world *w = *state;

	deputy_make(w);
	export(w, 1);
	applied(w, 1, 1, 1, "2026-11-27");
	tells(w, "");
	blocks_take(w);
	export(w, 2);
	applied(w, 1, 2, 2, "2026-12-04");
	tells(w, "2026-12-04 2026-W51");
	deputy_make(w);
	export(w, 3);
	tells(w, "");
	applied(w, 1, 3, 3, "2026-12-05");
	tells(w, "");
}

/* Of a program that named nobody's keys, or a desk that had none of hers */
static void
nothing_of_her(void **state)
{
	struct world *w = *state;

	export(w, 1);
	applied(w, 1, 1, 1, "2026-11-27");
	see(w, export_event(2));
	tells(w, "");
	strcpy(w->k.person[1].id, "iemand");
	export(w, 3);
	applied(w, 1, 2, 3, "2026-11-28");
	tells(w, "");
}

/* What another gateway applied says nothing of the one that is there now */
static void
a_gateway_made_anew(void **state)
{
	struct world *w = *state;

	export(w, 1);
	applied(w, 1, 1, 1, "2026-11-27");
	applied(w, 2, 1000000001, 1, "2026-12-04");
	tells(w, "");
	export(w, 2);
	applied(w, 2, 1000000002, 2, "2026-12-05");
	tells(w, "2026-12-05 2026-W51");
}

/* A bundle of another machine, applied while hers waits */
static void
applied_is_another_bundle(void **state)
{
	struct world *w = *state;

	export(w, 1);
	applied(w, 1, 1, 3, "2026-11-27");
	tells(w, "");
}

/* The exporter knows its own, another desk and who approves have no part */
static void
holders_of_this_desk(void **state)
{
	struct world *w = *state;
	struct desk d = {.ring = w->own, .keyset = &w->k};
	json_t *others;

	strcpy(w->k.person[3].id, "goedkeurder");
	w->k.person[3].desk = 1;
	w->k.person[3].role = PERSON_APPROVER;
	w->k.people = 4;
	others = heir_keys_others(&d, &w->blocks,
	    week_of(day("2026-11-25")), WEEKS);
	assert_int_equal(json_array_size(others), 1);
	assert_string_equal(json_string_value(json_object_get(
	    json_array_get(others, 0), "person")), "deputy");
	json_decref(others);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_new, world_free)
		T(since_the_first_that_was_applied),
		T(as_far_as_the_ring_goes),
		T(a_renewed_week),
		T(other_keys_than_hers),
		T(nothing_of_her),
		T(a_gateway_made_anew),
		T(applied_is_another_bundle),
		T(holders_of_this_desk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
