/* SPDX-License-Identifier: EUPL-1.2 */
/* What the journal adds up to: when a reply counts as posted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decryptor/fold.h"
#include "meldluik/secret.h"

#define HASH_A \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B \
	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define HASH_C \
	"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define ID "00112233445566778899aabbccddeeff"

static void
apply(struct state *s, json_t *event)
{
	assert_non_null(event);
	assert_int_equal(state_apply(s, event), OK);
	json_decref(event);
}

static struct state *
desk_with_case(void)
{
	struct state *s = state_new();

	assert_non_null(s);
	apply(s, json_pack("{s:s,s:s,s:s,s:i,s:i}", "e", "init", "day",
	    "2026-11-02", "person", "coordinator", "desk", 1, "tenure", 1));
	apply(s, json_pack("{s:s,s:s,s:s,s:s,s:s,s:i,s:s,s:s,s:s,s:s,s:s,s:s,"
	    "s:s,s:i}", "e", "message", "day", "2026-11-03", "case", "2026-7K3Q",
	    "sha256", HASH_C, "route", "mailbox", "kind", 0, "message_id", ID,
	    "payload", HASH_C, "signer", "", "language", "nl", "received",
	    "2026-11-02", "record", ID, "key", ID,
	    "attachments", 0));
	return s;
}

static void
reply(struct state *s)
{
	apply(s, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:i,s:s}", "e", "reply",
	    "day", "2026-11-04", "case", "2026-7K3Q", "reply_id", ID, "kind",
	    "acknowledgement", "language", "nl", "parts", 1, "record", ID));
}

static void
export(struct state *s, int serial, const char *hash)
{
	apply(s, json_pack("{s:s,s:s,s:i,s:s,s:i,s:i}", "e", "export", "day",
	    "2026-11-04", "serial", serial, "sha256", hash, "slots", 16,
	    "confirmed", 0));
}

static void
applied(struct state *s, int manifest, int tenure, int serial,
    const char *hash, const char *day)
{
	apply(s, json_pack("{s:s,s:s,s:i,s:i,s:s,s:s,s:s,s:[],s:{s:i,s:i,"
	    "s:s,s:s}}", "e", "manifest", "day", day, "serial", manifest,
	    "generation", 1, "sha256", HASH_C, "imported", day, "record", ID,
	    "closed", "applied", "tenure", tenure, "serial", serial,
	    "sha256", hash, "day", day));
}

static void
posted_by_our_bundle(void **state)
{
	struct state *s = desk_with_case();
	day_t day;

	(void)state;
	assert_int_equal(day_parse("2026-11-05", &day), OK);
	reply(s);
	export(s, 1, HASH_A);
	assert_int_equal(s->answer[0].posted, DAY_NONE);
	applied(s, 1, 1, 1, HASH_A, "2026-11-05");
	assert_int_equal(s->answer[0].posted, day);
	assert_int_equal(s->kase[0].ack_posted, day);
	state_free(s);
}

/* Before a restore another machine of this desk had used number 1 */
static void
not_posted_by_a_bundle_with_our_number(void **state)
{
	struct state *s = desk_with_case();
	day_t day;

	(void)state;
	assert_int_equal(day_parse("2026-11-06", &day), OK);
	reply(s);
	export(s, 1, HASH_A);
	applied(s, 1, 1, 1, HASH_B, "2026-11-05");
	assert_int_equal(s->answer[0].posted, DAY_NONE);
	export(s, 2, HASH_C);
	applied(s, 2, 1, 2, HASH_C, "2026-11-06");
	assert_int_equal(s->answer[0].posted, day);
	state_free(s);
}

static void
not_posted_by_a_higher_one_of_another(void **state)
{
	struct state *s = desk_with_case();

	(void)state;
	reply(s);
	export(s, 1, HASH_A);
	applied(s, 1, 1, 5, HASH_B, "2026-11-05");
	assert_int_equal(s->answer[0].posted, DAY_NONE);
	state_free(s);
}

/* Drafted after the bundle that went live */
static void
not_posted_by_an_older_one_of_ours(void **state)
{
	struct state *s = desk_with_case();

	(void)state;
	export(s, 1, HASH_A);
	reply(s);
	export(s, 2, HASH_B);
	applied(s, 1, 1, 1, HASH_A, "2026-11-05");
	assert_int_equal(s->answer[0].posted, DAY_NONE);
	state_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(posted_by_our_bundle),
		cmocka_unit_test(not_posted_by_a_bundle_with_our_number),
		cmocka_unit_test(not_posted_by_a_higher_one_of_another),
		cmocka_unit_test(not_posted_by_an_older_one_of_ours),
	};
	if (secret_setup() != OK) {
		return 2;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
