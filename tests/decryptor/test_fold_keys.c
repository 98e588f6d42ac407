/* SPDX-License-Identifier: EUPL-1.2 */
/* What only a lost key opens, as the journal tells it. */
#include "fold_help.h"

static void
export_keys(struct state *s, int serial, const char *hash, const char *to)
{
	apply(s, json_pack("{s:s,s:s,s:i,s:s,s:i,s:i,s:s*}", "e", "export",
	    "day", "2026-11-26", "serial", serial, "sha256", hash, "slots", 16,
	    "confirmed", 0, "keys_to", to));
}

static bool
lost(const struct state *s, const char *received)
{
	day_t d = day(received);

	return state_keys_lost(s, week_of(d), d);
}

/* Until the gateway applied a bundle made since, with keys of this machine,
 * and until the grace of the week in which it did */
static void
keys_lost_by_a_restore(void **unused)
{
	struct state *s = desk_with_case();

	(void)unused;
	export_keys(s, 1, HASH_A, "2027-W07");
	assert_false(lost(s, "2026-11-26"));
	apply(s, json_pack("{s:s,s:s}", "e", "restore", "day", "2026-11-26"));
	assert_true(lost(s, "2026-11-02"));
	assert_true(lost(s, "2027-06-01"));
	applied(s, 1, 1, 1, HASH_A, "2026-11-26"); /* made before */
	assert_true(lost(s, "2027-06-01"));
	export_keys(s, 2, HASH_B, NULL); /* before `rotate` */
	applied(s, 2, 1, 2, HASH_B, "2026-11-26");
	assert_true(lost(s, "2027-06-01"));
	export_keys(s, 3, HASH_C, "2027-W08");
	applied(s, 3, 1, 3, HASH_C, "2026-11-27");
	assert_true(lost(s, "2026-12-06"));
	assert_false(lost(s, "2026-12-07"));
	assert_false(lost(s, "2027-02-28"));
	assert_true(lost(s, "2027-03-01")); /* W09: of before, perhaps */
	assert_false(lost(s, "2028-03-01")); /* published by nobody yet */
	/* A gateway made anew got its first blocks from no matter whom */
	manifest_of(s, 2, GENERATION_2 + 1, 1, 3, HASH_C, "2026-12-20");
	assert_true(lost(s, "2026-12-20"));
	export_keys(s, 4, HASH_A, "2027-W08");
	manifest_of(s, 2, GENERATION_2 + 2, 1, 4, HASH_A, "2026-12-21");
	assert_true(lost(s, "2027-01-03"));
	assert_false(lost(s, "2027-01-04"));
	state_free(s);
}

/* A home in the place of another exports nothing, as a deputy's: what opens
 * tells. Who takes over has other keys. */
static void
keys_lost_with_a_machine(void **unused)
{
	struct state *s = desk_with_case();

	(void)unused;
	apply(s, json_pack("{s:s,s:s}", "e", "keys_lost", "day",
	    "2026-11-26"));
	assert_true(lost(s, "2027-03-01"));
	for (int i = 0; i < 2; i++) { /* a parcel, then an envelope */
		json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:i,s:s,s:s,s:s,"
		    "s:s,s:s,s:s,s:s,s:i}", "e", "message", "day",
		    "2026-12-01", "case", "2026-7K3Q", "sha256", HASH_A,
		    "route", "mailbox", "kind", 1, "message_id", ID, "payload",
		    HASH_A, "signer", "", "language", "nl", "received",
		    "2026-12-01", "record", ID, "key", ID, "attachments", 0);
		if (i == 1) {
			json_object_set_new(o, "conflict", json_false());
		}
		apply(s, o);
		assert_int_equal(lost(s, "2027-03-01"), i == 0);
	}
	assert_true(lost(s, "2026-12-13"));
	assert_false(lost(s, "2026-12-14"));
	apply(s, json_pack("{s:s,s:s,s:i,s:s,s:i}", "e", "takeover", "day",
	    "2026-12-01", "tenure", 2, "person", "coordinator", "denied", 1));
	assert_true(lost(s, "2026-12-13"));
	apply(s, json_pack("{s:s,s:s,s:i,s:s}", "e", "takeover", "day",
	    "2026-12-01", "tenure", 3, "person", "deputy"));
	assert_false(lost(s, "2026-12-13"));
	assert_int_equal(s->formers, 1);
	assert_string_equal(s->former[0], "coordinator");
	apply(s, json_pack("{s:s,s:s,s:i,s:s}", "e", "takeover", "day",
	    "2026-12-01", "tenure", 4, "person", "third"));
	apply(s, json_pack("{s:s,s:s,s:i,s:s}", "e", "takeover", "day",
	    "2026-12-01", "tenure", 5, "person", "coordinator"));
	assert_int_equal(s->formers, 2); /* it is the coordinator's again */
	assert_string_equal(s->former[0], "deputy");
	assert_string_equal(s->former[1], "third");
	apply(s, json_pack("{s:s,s:s,s:i,s:s}", "e", "takeover", "day",
	    "2026-12-01", "tenure", 6, "person", "deputy"));
	assert_int_equal(s->formers, 2);
	assert_string_equal(s->former[0], "third");
	/* What theirs do not open may be of before them; or since when */
	apply(s, json_pack("{s:s,s:s}", "e", "keys_lost", "day",
	    "2026-12-01"));
	assert_true(lost(s, "2026-12-13"));
	assert_true(lost(s, "2027-03-01"));
	apply(s, json_pack("{s:s,s:s,s:s,s:s}", "e", "keys_lost", "day",
	    "2026-12-01", "since", "2026-11-12", "keys_to", "2027-W08"));
	assert_true(lost(s, "2026-11-22"));
	assert_false(lost(s, "2026-11-23"));
	assert_true(lost(s, "2027-03-01")); /* W09 */
	state_free(s);
}

static void
export_confirms(struct state *s, int serial, const char *hash, int confirmed)
{
	apply(s, json_pack("{s:s,s:s,s:i,s:s,s:i,s:i}", "e", "export", "day",
	    "2026-11-26", "serial", serial, "sha256", hash, "slots", 16,
	    "confirmed", confirmed));
}

/* Only what a bundle of this casebook confirmed, and the gateway applied, is
 * over for the desk's other holders too */
static void
confirmed_and_applied(void **unused)
{
	struct state *s = desk_with_case();

	(void)unused;
	export_confirms(s, 1, HASH_A, 2);
	export_confirms(s, 2, HASH_B, 5);
	assert_int_equal(s->applied_confirmed, 0);
	applied(s, 1, 1, 1, HASH_A, "2026-11-26");
	assert_int_equal(s->applied_confirmed, 2);
	applied(s, 2, 1, 2, HASH_C, "2026-11-27"); /* another machine's */
	assert_int_equal(s->applied_confirmed, 2);
	applied(s, 3, 1, 3, HASH_B, "2026-11-27");
	assert_int_equal(s->applied_confirmed, 5);
	export_confirms(s, 4, HASH_A, 0); /* after a restore of long ago */
	applied(s, 4, 1, 4, HASH_A, "2026-11-28");
	assert_int_equal(s->applied_confirmed, 5);
	state_free(s);
}

/* Found by fuzz_journal: the walk over a list that was not there began at
 * whatever lay on the stack */
static void
lists_that_are_not_there(void **unused)
{
	struct state *s = desk_with_case();
	json_t *manifest = json_pack("{s:s,s:s,s:i,s:i,s:s,s:s}", "e",
	    "manifest", "day", "2026-11-26", "serial", 1, "generation", 1,
	    "sha256", HASH_C, "record", ID);
	json_t *bodies = json_pack("{s:s,s:s,s:[],s:s}", "e", "read", "day",
	    "2026-11-26", "other", "foreign", HASH_A);

	(void)unused;
	assert_int_equal(state_apply(s, manifest), ERR_FORMAT);
	json_decref(manifest);
	assert_int_equal(state_apply(s, bodies), ERR_FORMAT);
	json_decref(bodies);
	state_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(confirmed_and_applied),
		cmocka_unit_test(keys_lost_by_a_restore),
		cmocka_unit_test(keys_lost_with_a_machine),
		cmocka_unit_test(lists_that_are_not_there),
	};
	if (secret_setup() != OK) {
		return 2;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
