/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What an export puts on the board: the answers of each case, in its own
 * reporter's mailbox, and no others; and who may export. A real desk, real
 * reports, and reporters who read with their code.
 */
#include "stick.h"

#include "decryptor/outgoing.h"
#include "decryptor/replies.h"
#include "meldluik/mailbox.h"
#include "../unit/said.h"

static unsigned renamed, failing_at; /* the how many-th rename; 0: none */

int __real_renameat(int from, const char *a, int to, const char *b);
int __wrap_renameat(int from, const char *a, int to, const char *b);

int
__wrap_renameat(int from, const char *a, int to, const char *b)
{
	return strncmp(a, "outbound", 8) == 0 && ++renamed == failing_at ?
	    -1 : __real_renameat(from, a, to, b);
}

static struct code one, two; /* of cases 0 and 1 */
static struct code_keys one_keys, two_keys;
static struct outgoing_result made;

static int
begin(void **state)
{
	struct place *p;

	setup(state);
	p = *state;
	failing_at = 0;
	ok(code_new(1, &one));
	ok(code_new(1, &two));
	code_derive(&one, p->d->ring->org, &one_keys);
	code_derive(&two, p->d->ring->org, &two_keys);
	put(p, REPORT_REPORT, &one_keys);
	put(p, REPORT_REPORT, &two_keys);
	bring(p);
	ok(import(p));
	assert_int_equal(p->d->state->kases, 2);
	return 0;
}

static void
reply(struct place *p, size_t k, const char *text, size_t len)
{
	struct act_answer a = {.kind = REPLY_QUESTION, .language = "nl",
		.text = text, .len = len};
	struct refusal why;

	ok(act_reply(p->d, k, &a, &why));
}

static enum err
export(struct place *p)
{
	memset(&made, 0, sizeof made);
	renamed = 0;
	return outgoing_make(p->d, p->stick, &made);
}

/* What the reporter with ${c} reads of the newest bundle */
static void
read_back(struct place *p, const struct code *c, struct mailbox_replies *out)
{
	struct buf doc = buf_new(LANE_MANIFEST_MAX),
	    sig = buf_new(SIGN_TEXT_MAX), bin = buf_new(64u << 20);
	struct mailbox *m = NULL;
	struct lane lane;
	uint32_t shard;
	uint64_t each;
	int dir;

	ok(folder_open(p->stick, "outbound-1", false, &dir));
	ok(file_read(dir, "lane.json", &doc));
	ok(file_read(dir, "lane.json.minisig", &sig));
	ok(file_read(dir, "lane.bin", &bin));
	close(dir);
	ok(mailbox_new(c, p->d->keyset->org, &m));
	ok(lane_parse(doc.p, doc.len, sig.p, sig.len, p->d->keyset, 1,
	    &lane));
	shard = slot_shard(mailbox_keys(m)->tag_key, lane.shards);
	each = lane_shard_bytes(&lane);
	ok(mailbox_read(m, p->d->keyset, &lane, bin.p + shard * each, each,
	    out));
	assert_int_equal(out->damaged, 0);
	mailbox_free(m);
	lane_clear(&lane);
	buf_free(&doc);
	buf_free(&sig);
	buf_free(&bin);
}

/* Exports; who has ${c} reads ${n} answers, the newest ${text} */
static void
reads(struct place *p, const struct code *c, unsigned n, const char *text)
{
	struct mailbox_replies r = {.reply = NULL};

	ok(export(p));
	read_back(p, c, &r);
	assert_int_equal(r.replies, n);
	if (n > 0) {
		assert_string_equal(r.reply[n - 1].text, text);
	}
	mailbox_replies_clear(&r);
}

static void
to_their_own(void **state)
{
	struct place *p = *state;
	struct mailbox_replies r = {.reply = NULL};
	struct act_entry by_hand = {.kind = REPORT_FOLLOW_UP, .kase = 0,
		.day = HOME_TODAY, .route = "", .language = "nl",
		.text = "BELDE", .len = 5};
	char ref[REF_TEXT], text[CODE_TEXT];
	struct refusal why;

	reads(p, &one, 0, "");
	ok(act_enter(p->d, &by_hand, ref, text, &why));
	reply(p, 0, "VRAAG", 5);
	reply(p, 1, "ANDER", 5);
	reply(p, 0, "NIET", 4);
	ok(act_reply_withdraw(p->d, 0, p->d->state->answer[2].reply_id, 16,
	    &why));
	reads(p, &one, 1, "VRAAG");
	assert_int_equal(made.replies, 2);
	assert_int_equal(made.threads, 2);
	assert_int_equal(made.left_out, 0);
	reads(p, &two, 1, "ANDER");
	read_back(p, &one, &r); /* it names the one envelope of its own */
	assert_int_equal(r.reply[0].receipts, 1);
	assert_memory_equal(r.reply[0].receipt[0],
	    p->d->state->message[0].message_id, MESSAGE_ID_LEN);
	mailbox_replies_clear(&r);
}

/* Of what was destroyed, or has no mailbox, nothing goes */
static void
no_more(void **state)
{
	struct place *p = *state;
	struct kase *k;

	reply(p, 0, "VRAAG", 5);
	reply(p, 1, "ANDER", 5);
	k = &p->d->state->kase[0];
	k->destroyed = true;
	reads(p, &one, 0, "");
	assert_int_equal(made.left_out, 0);
	k = &p->d->state->kase[0];
	k->destroyed = false;
	k->state = CASE_DESTROYED;
	reads(p, &one, 0, "");
	p->d->state->kase[0].state = CASE_FETCHED;
	p->d->state->kase[0].has_mailbox = false;
	reads(p, &one, 0, "");
	p->d->state->kase[0].has_mailbox = true;
	p->d->state->kase[0].answers = 0;
	reads(p, &one, 0, "");
	p->d->state->kase[0].answers = 1;
	reads(p, &one, 1, "VRAAG");
}

static void
cannot_be_read(void **state)
{
	struct place *p = *state;

	reply(p, 0, "EERSTE", 6);
	reply(p, 0, "TWEEDE", 6);
	p->d->state->answer[1].record[0] ^= 1;
	reads(p, &one, 1, "EERSTE");
	assert_int_equal(made.left_out, 1);
	assert_string_equal(made.left_case, p->d->state->kase[0].ref);
	p->d->state->answer[1].record[0] ^= 1;
	p->d->state->message[0].record[0] ^= 1; /* the key of its mailbox */
	reads(p, &one, 0, "");
	assert_int_equal(made.left_out, 1);
	p->d->state->message[0].record[0] ^= 1;
	reads(p, &one, 2, "TWEEDE");
	assert_int_equal(made.left_out, 0);
}

/* The answers of each mailbox that no key opens wait, and of no other */
static void
none_of_either(void **state)
{
	struct place *p = *state;
	struct live_threads live;

	reply(p, 0, "EERSTE", 6);
	reply(p, 1, "TWEEDE", 6);
	reply(p, 0, "DERDE", 5);
	p->d->state->message[0].record[0] ^= 1;
	ok(threads_make(p->d, &live));
	assert_true(live.left[0] && !live.left[1] && live.left[2]);
	threads_free(&live);
	p->d->state->message[1].record[0] ^= 1;
	ok(threads_make(p->d, &live));
	assert_true(live.left[0] && live.left[1] && live.left[2]);
	assert_int_equal(live.left_cases, 2);
	threads_free(&live);
}

/* As many as a mailbox holds, the newest */
static void
too_many(void **state)
{
	static char text[8192];
	struct place *p = *state;
	struct act_answer a = {.kind = REPLY_QUESTION, .language = "nl",
		.text = text, .len = sizeof text};
	unsigned parts = 0;
	uint8_t id[16];

	for (unsigned i = 0; i < SLOT_LIVE_MAX + 1; i++) {
		char word[2] = {(char)('a' + i), 0};
		reply(p, 0, word, 1);
		/* it waits no more */
		p->d->state->answer[i].posted = HOME_TODAY;
	}
	reads(p, &one, SLOT_LIVE_MAX, "i");
	/* each as long as fits in one part, and with all receipts it has */
	memset(text, 'x', sizeof text);
	while (reply_parts(p->d, 1, &a, id, &parts) != OK || parts > 1) {
		a.len--;
	}
	for (unsigned i = 0; i < SLOT_LIVE_MAX; i++) {
		reply(p, 1, text, a.len);
		assert_int_equal(p->d->state->answer[SLOT_LIVE_MAX + 1 +
		    i].parts, 1);
	}
	for (unsigned i = 0; i < REPLY_RECEIPTS_MAX + 1; i++) {
		put(p, REPORT_FOLLOW_UP, &two_keys);
	}
	bring(p);
	ok(import(p));
	text[a.len] = 0;
	reads(p, &two, SLOT_LIVE_MAX, text);
}

/* A mailbox ends, some time after its case and its last answer did */
static void
its_end(void **state)
{
	struct place *p = *state;
	struct state *s;
	struct refusal why;

	reply(p, 0, "VRAAG", 5);
	reply(p, 1, "ANDER", 5);
	reply(p, 0, "TERUG", 5);
	ok(act_reply_withdraw(p->d, 0, p->d->state->answer[2].reply_id, 16,
	    &why));
	s = p->d->state;
	s->kase[0].closed = HOME_TODAY;
	p->d->today += 3 * 366;
	s->answer[1].drafted = s->answer[2].drafted = p->d->today;
	reads(p, &one, 1, "VRAAG"); /* it was never carried */
	s = p->d->state;
	s->answer[0].posted = HOME_TODAY;
	reads(p, &one, 0, "");
	p->d->today = HOME_TODAY + 7;
	reads(p, &one, 1, "VRAAG");
}

static void
on_the_stick(void **state)
{
	struct place *p = *state;
	uint64_t serial;

	ok(export(p));
	assert_string_equal(made.moved, "");
	serial = made.serial;
	failing_at = 2;
	is(export(p), ERR_IO); /* the number is used */
	failing_at = 1;
	ok(faccessat(p->stick, "outbound-1.before-2a", F_OK, 0) == 0 ? OK :
	    ERR_IO);
	assert_int_not_equal(faccessat(p->stick, "outbound-1.tmp", F_OK, 0),
	    0);
	failing_at = 0;
	ok(export(p));
	assert_int_equal(made.serial, serial + 2);
	failing_at = 1;
	is(export(p), ERR_IO); /* what is there stays there */
	failing_at = 0;
	ok(faccessat(p->stick, "outbound-1", F_OK, 0) == 0 ? OK : ERR_IO);
	folder_remove(p->stick, "outbound-1.before-2a");
	folder_remove(p->stick, "outbound-1");
}

/* A week for which a holder has no key is left out, and told */
static void
without_a_key(void **state)
{
	struct place *p = *state;

	ok(export(p));
	assert_true(made.weeks > 0);
	assert_string_equal(made.lacks, "");
	p->d->keyset->person[1].role = PERSON_HOLDER;
	ok(export(p));
	assert_int_equal(made.weeks, 0);
	assert_string_equal(made.lacks, "bo");
	assert_string_equal(made.lacks_week, "2026-W48");
}

static void
may(struct place *p, enum err want, const char *words)
{
	enum err e;

	said_begin();
	e = outgoing_allowed(p->d);
	assert_true(said_end(words));
	assert_int_equal(e, want);
}

static void
who_may(void **state)
{
	struct place *p = *state;
	struct keyset *k = p->d->keyset;

	may(p, OK, "");
	p->d->keyset = NULL;
	may(p, ERR_UNKNOWN, "no keyset yet");
	p->d->keyset = k;
	p->d->state->applied_tenure = 9;
	may(p, ERR_STALE, "taken over");
	p->d->state->applied_tenure = 0;
	strcpy(k->person[0].id, "ed");
	may(p, ERR_POLICY, "does not name you");
	strcpy(k->person[0].id, "an");
	p->d->ring->role = PERSON_APPROVER;
	may(p, ERR_POLICY, "exports nothing");
	p->d->ring->role = PERSON_HOLDER;
	p->d->today = k->not_after + 1;
	may(p, ERR_STALE, "has expired");
	p->d->today = HOME_TODAY;
	may(p, OK, "");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(to_their_own),
		CASE(no_more),
		CASE(cannot_be_read),
		CASE(none_of_either),
		CASE(too_many),
		CASE(its_end),
		CASE(on_the_stick),
		CASE(without_a_key),
		CASE(who_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
