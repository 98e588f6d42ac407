/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * check: whoever asks, with whatever code, asks for the same boards in the
 * same order; and what a gateway withholds is not called "no answer". The
 * gateway is the test's (transfer_once and what is beside it are linked
 * here).
 */
#define ANSWER_TRIES 1
#include "answering.h"
#include "reporter.h"
#include "store_cmocka.h"
#include "../unit/said.h"

#define NOW (KIT_DAY + 2)
#define ASKED 16u

/* How the gateway answers for the shards of desk 1 */
enum lie { TRUE_ONE, ALL_OF_IT, NO_RANGE, OTHER_PLACE, OTHER_SIZE,
	OTHER_BYTES, GONE };

static struct gateway {
	struct kit_org org;
	struct buf doc[KIT_DESKS], sig[KIT_DESKS], bin[KIT_DESKS];
	enum lie lie;
	char asked[ASKED][64];
	unsigned asks, renewed; /* how many were asked when it was renewed */
} g;

static struct reporter_options o;
static struct reporter r;
static struct code right; /* whose thread has an answer at desk 1 */
static enum err typed, old_lane, trusted;

static const char *
range_of(const struct request *q)
{
	return q->headers == NULL ? "" : q->headers[0];
}

static void
shard(const struct request *q, unsigned desk, struct answer *a)
{
	const struct buf *b = &g.bin[desk - 1];
	unsigned long long from = 0, to = b->len - 1;
	enum lie lie = desk == 1 ? g.lie : TRUE_ONE;

	if (q->headers != NULL) {
		assert_int_equal(sscanf(range_of(q), "Range: bytes=%llu-%llu",
		    &from, &to), 2);
		assert_true(from < to && to < b->len);
		assert_null(q->headers[1]);
	}
	buf_put(&a->body, b->p + from, (size_t)(to - from + 1));
	a->status = q->headers == NULL ? 200 : 206;
	a->status = lie == ALL_OF_IT ? 406 - a->status : a->status;
	a->ranged = a->status == 206 && lie != NO_RANGE;
	a->from = from + (lie == OTHER_PLACE);
	a->to = to;
	a->total = b->len + (lie == OTHER_SIZE);
	a->body.p[9] ^= lie == OTHER_BYTES;
	if (lie == GONE) {
		a->status = 404;
	}
}

enum err
transfer_once(struct transfer *t, const struct request *q, struct answer *a)
{
	unsigned desk;
	char end[32] = "";

	(void)t;
	answer_begin(a, q);
	assert_string_equal(q->method, "GET");
	assert_in_range(g.asks, 0, ASKED - 1);
	snprintf(g.asked[g.asks++], sizeof(g.asked[0]), "%s %s",
	    q->path + 4, range_of(q));
	assert_true(sscanf(q->path, "/v1/board/%u%31s", &desk, end) >= 1);
	assert_in_range(desk, 1, KIT_DESKS);
	if (end[0] == '\0') {
		shard(q, desk, a);
	} else {
		const struct buf *b = strcmp(end, ".json") == 0 ?
		    &g.doc[desk - 1] : &g.sig[desk - 1];
		buf_put(&a->body, b->p, b->len);
		a->status = b->len == 0 ? 404 : 200;
	}
	assert_false(a->body.failed);
	return OK;
}

void transfer_renew(struct transfer *t) { (void)t; g.renewed = g.asks; }

/* What is tried elsewhere */
enum err code_ask(const struct reporter_options *opt, struct code *out)
{
	(void)opt;
	*out = right;
	return typed;
}
enum err trust_open(struct reporter *x)
{
	assert_true(x->reads);
	return trusted;
}

enum err state_lane(const struct reporter_options *opt, const struct lane *l)
{
	(void)opt;
	return l->desk == 1 ? old_lane : OK;
}
enum err state_no_lane(const struct reporter_options *opt, unsigned desk)
{
	(void)opt;
	return desk == 1 ? old_lane : OK;
}

static enum err
to_buf(void *arg, const uint8_t *p, size_t len)
{
	buf_put(arg, p, len);
	return OK;
}

/* The lane of ${desk} with ${notes} of the thread of ${right} */
static void
lane(unsigned desk, const struct buf *notes, unsigned n, uint32_t floor)
{
	struct sign_purpose why = {.purpose = "lane", .desk = desk};
	struct lane l = {.desk = desk, .tenure = 1, .serial = 3, .day = NOW};
	struct lane_thread t;
	struct code_keys keys;

	code_derive(&right, g.org.keyset.org, &keys);
	memset(&t, 0, sizeof(t));
	memcpy(t.tag_key, keys.tag_key, sizeof(t.tag_key));
	ok(age_identity_recipient(keys.mailbox, &t.recipient));
	for (t.notes = 0; t.notes < n; t.notes++) {
		t.note[t.notes] = (struct bytes){notes[t.notes].p,
			notes[t.notes].len};
	}
	buf_free(&g.doc[desk - 1]);
	buf_free(&g.sig[desk - 1]);
	buf_free(&g.bin[desk - 1]);
	g.doc[desk - 1] = buf_new(LANE_MANIFEST_MAX);
	g.sig[desk - 1] = buf_new(SIGN_TEXT_MAX);
	g.bin[desk - 1] = buf_new(8u << 20);
	memcpy(why.org, g.org.keyset.org, ORG_LEN);
	memcpy(l.org, g.org.keyset.org, ORG_LEN);
	ok(lane_make(&l, &t, n > 0, floor, to_buf, &g.bin[desk - 1]));
	ok(lane_write(&l, &g.doc[desk - 1]));
	ok(sign_make(g.org.holder[desk - 1], &why, g.doc[desk - 1].p,
	    g.doc[desk - 1].len, &g.sig[desk - 1]));
	lane_clear(&l);
}

/* Of desk 1, with an answer for ${right} */
static void
answer_put(uint32_t floor)
{
	struct reply y = {.desk = 1, .part = 1, .parts = 1, .day = NOW,
		.kind = REPLY_MESSAGE, .language = "en", .reply_id = {7}};
	struct buf note[SLOT_LIVE_MAX];
	unsigned n = 0;

	memset(note, 0, sizeof(note));
	memcpy(y.org, g.org.keyset.org, ORG_LEN);
	ok(reply_notes(&y, "WE LOOK", 7, g.org.holder[0], note, &n));
	lane(1, note, n, floor);
	for (unsigned i = 0; i < SLOT_LIVE_MAX; i++) {
		buf_free(&note[i]);
	}
}

static int
begin(void **state)
{
	(void)state;
	ok(secret_setup());
	memset(&g, 0, sizeof(g));
	memset(&o, 0, sizeof(o));
	typed = old_lane = trusted = OK;
	kit_org_make(&g.org, "one", KIT_DAY);
	o.today = NOW;
	o.language = "en";
	r = (struct reporter){.o = &o, .k = &g.org.keyset,
		.t = (struct transfer *)&g}; /* never looked into */
	ok(code_new(1, &right));
	answer_put(LANE_SLOTS_MIN);
	lane(2, NULL, 0, LANE_SLOTS_MIN);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KIT_DESKS; i++) {
		buf_free(&g.doc[i]);
		buf_free(&g.sig[i]);
		buf_free(&g.bin[i]);
	}
	kit_org_clear(&g.org);
	return 0;
}

/* Ends with ${want}, says ${text}, and nothing of the answer if it is not to
 * be ${read} */
static void
checked(enum err want, const char *text, bool read)
{
	enum err e;

	for (unsigned i = 0; i < 2; i++) {
		g.asks = 0;
		said_begin();
		e = verb_check(&r, 0, NULL);
		if (i == 0 && !said_end(text)) {
			fail_msg("not said: %s", text);
		} else if (i == 1) {
			assert_int_equal(said_end("WE LOOK"), read);
		}
		is(e, want);
		assert_int_equal(g.renewed, g.asks);
	}
}

static void
who_asks(void **state)
{
	char first[ASKED][64];
	unsigned asks;

	(void)state;
	checked(OK, "There is a message for you.", true);
	checked(OK, "goes to desk 1", true);
	memcpy(first, g.asked, sizeof(first));
	asks = g.asks;
	assert_int_equal(asks, 3 * KIT_DESKS);
	ok(code_new(2, &right)); /* of somebody else */
	checked(OK, "There is no answer for this code (yet).", false);
	assert_int_equal(g.asks, asks);
	assert_memory_equal(first, g.asked, sizeof(first));
	typed = ERR_CRYPT; /* and what is no code */
	checked(ERR_CRYPT, "a typing mistake", false);
	assert_int_equal(g.asks, asks);
	assert_memory_equal(first, g.asked, sizeof(first));
	typed = ERR_FORMAT;
	checked(ERR_FORMAT, "this is not a code", false);
	assert_memory_equal(first, g.asked, sizeof(first));
	g.asks = g.renewed = 0;
	typed = ERR_IO; /* nobody typed anything */
	is(verb_check(&r, 0, NULL), ERR_IO);
	typed = ERR_USAGE;
	is(verb_check(&r, 0, NULL), ERR_USAGE);
	typed = OK;
	is(verb_check(&r, 1, NULL), ERR_USAGE);
	trusted = ERR_FOREIGN; /* of another organisation: not even asked */
	is(verb_check(&r, 0, NULL), ERR_FOREIGN);
	r.t = NULL;
	is(verb_check(&r, 0, NULL), ERR_USAGE);
	assert_int_equal(g.asks, 0);
}

/* A board that does not come is not one without an answer */
static void
withheld(void **state)
{
	static const char none[] = "on the boards that could be read";
	static const struct {
		enum lie lie;
		enum err e;
	} lies[] = { { ALL_OF_IT, ERR_FORMAT }, { GONE, ERR_UNKNOWN },
		{ OTHER_BYTES, ERR_CRYPT } };

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		g.lie = lies[i].lie;
		checked(lies[i].e, none, false);
		assert_int_equal(g.asks, 3 * KIT_DESKS);
	}
	g.lie = TRUE_ONE;
	old_lane = ERR_STALE;
	checked(ERR_STALE, "older than the one seen before", false);
	checked(ERR_STALE, none, false);
	buf_clear(&g.doc[0]); /* there was one before, and there is none now */
	checked(ERR_STALE, "answers are held back", false);
	checked(ERR_STALE, none, false);
	old_lane = OK; /* a desk that has answered nobody yet */
	checked(OK, "There is no answer for this code (yet).", false);
	checked(OK, "or its answers are held back", false);
	answer_put(LANE_SLOTS_MIN);
	buf_clear(&g.sig[0]);
	buf_put(&g.sig[0], g.sig[1].p, g.sig[1].len);
	checked(ERR_SIGNATURE, "its signature is wrong", false);
	answer_put(LANE_SLOTS_MIN);
	o.today = NOW + 28;
	checked(OK, "There is a message", true);
	o.today++;
	checked(OK, "more than four weeks old", true);
}

/* Of a lane of shards its own alone is fetched, and no other one taken */
static void
one_shard(void **state)
{
	static const enum lie lies[] = { ALL_OF_IT, NO_RANGE, OTHER_PLACE,
		OTHER_SIZE };

	(void)state;
	answer_put(2 * LANE_SHARD_SLOTS);
	checked(OK, "There is a message for you.", true);
	assert_non_null(strstr(g.asked[2], "Range: bytes="));
	assert_null(strstr(g.asked[5], "Range"));
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		g.lie = lies[i];
		checked(ERR_FORMAT, "board of desk 1", false);
	}
	g.lie = OTHER_BYTES;
	checked(ERR_CRYPT, "board of desk 1", false);
}

static void
as_json(void **state)
{
	(void)state;
	o.json = true;
	checked(OK, "\"kind\":\"message\"", true);
	checked(OK, "\"later_desk\":1", true);
	g.lie = GONE;
	checked(ERR_UNKNOWN, "\"replies\":[],\"damaged\":0,\"missing\":1",
	    false);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(who_asks),
		CASE(withheld),
		CASE(one_shard),
		CASE(as_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
