/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a lane, a reply and a mailbox refuse: every field of both documents,
 * shapes that no board has, notes of another desk or organisation, replies
 * with a part missing. What they bring: test_board.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "every_field.h"
#include "meldluik/mailbox.h"
#include "meldluik/secret.h"
#include "org_group.h"

static const char *const none[] = {NULL};

static struct lane
lane_good(uint32_t slots, uint32_t shards)
{
	struct lane l = {.desk = 1, .tenure = 1, .serial = 1,
	    .day = ORG_TODAY, .slots = slots, .shards = shards};

	memcpy(l.org, org.keyset->org, ORG_LEN);
	randombytes_buf(l.nonce, LANE_NONCE);
	l.shard = calloc(shards, HASH_LEN);
	assert_non_null(l.shard);
	memset(l.shard, 0xab, shards * HASH_LEN);
	memset(l.intake, 0xcd, HASH_LEN);
	return l;
}

/* Signed by a holder of desk 1 for desk 1, whatever it says */
static enum err
lane_judge(const char *p, size_t len)
{
	struct sign_purpose why = {.purpose = "lane", .desk = 1};
	struct buf sig = buf_new(SIGN_TEXT_MAX);
	struct lane got;
	enum err e;

	memcpy(why.org, org.keyset->org, ORG_LEN);
	assert_int_equal(sign_make(org.operational[0], &why, p, len, &sig),
	    OK);
	e = lane_parse(p, len, sig.p, sig.len, org.keyset, 1, &got);
	if (e == OK) {
		lane_clear(&got);
	}
	buf_free(&sig);
	return e;
}

static void
every_field_of_a_lane(void **state)
{
	static const char *const may[] = {"/tenure largest", "/serial largest",
	    "/intake/serial largest", NULL};
	struct lane l = lane_good(512, 2);
	struct buf doc = buf_new(LANE_MANIFEST_MAX);

	(void)state;
	assert_int_equal(lane_write(&l, &doc), OK);
	assert_true(every_field((char *)doc.p, doc.len, lane_judge, may) >
	    100);
	buf_clear(&doc);
	l.desk = 2;
	assert_int_equal(lane_write(&l, &doc), OK);
	assert_int_equal(lane_judge((char *)doc.p, doc.len), ERR_FOREIGN);
	buf_clear(&doc);
	l.desk = 1;
	l.org[0] ^= 1;
	assert_int_equal(lane_write(&l, &doc), OK);
	assert_int_equal(lane_judge((char *)doc.p, doc.len), ERR_FOREIGN);
	buf_free(&doc);
	lane_clear(&l);
}

/* Powers of two; one shard up to 256 slots, else shards of 256 */
static void
shapes(void **state)
{
	static const struct {
		uint32_t slots, shards;
		bool good;
	} t[] = {
		{16, 1, true}, {256, 1, true}, {512, 2, true},
		{262144, 1024, true}, {8, 1, false}, {0, 1, false},
		{24, 1, false}, {512, 1, false}, {256, 2, false},
		{768, 3, false}, {1024, 2, false}, {524288, 2048, false},
	};
	struct buf doc = buf_new(2 * LANE_MANIFEST_MAX);
	char *text, *at;

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct lane l = lane_good(t[i].slots, t[i].shards);

		buf_clear(&doc);
		assert_int_equal(lane_write(&l, &doc), t[i].good ? OK :
		    ERR_USAGE);
		if (t[i].good) {
			assert_int_equal(lane_judge((char *)doc.p, doc.len),
			    OK);
		}
		lane_clear(&l);
	}
	/* the same for what is read: a good one with another number */
	struct lane l = lane_good(256, 1);
	buf_clear(&doc);
	assert_int_equal(lane_write(&l, &doc), OK);
	text = strdup(buf_cstr(&doc));
	at = strstr(text, "\"slots\":256");
	assert_non_null(at);
	memcpy(at, "\"slots\":512", 11);
	assert_int_equal(lane_judge(text, strlen(text)), ERR_FORMAT);
	memcpy(at, "\"slots\":257", 11);
	assert_int_equal(lane_judge(text, strlen(text)), ERR_FORMAT);
	memcpy(at, "\"slots\":128", 11);
	assert_int_equal(lane_judge(text, strlen(text)), OK);
	free(text);
	lane_clear(&l);
	buf_free(&doc);
}

static void
shards(void **state)
{
	struct lane l = lane_good(512, 2);
	size_t len = 256 * SLOT_LEN;
	uint8_t *p = calloc(1, len);

	(void)state;
	assert_non_null(p);
	hash_bytes(p, len, l.shard[1]);
	assert_int_equal(lane_shard_check(&l, 1, p, len), OK);
	assert_int_equal(lane_shard_check(&l, 0, p, len), ERR_CRYPT);
	assert_int_equal(lane_shard_check(&l, 1, p, len - 1), ERR_FORMAT);
	l.shards = 1; /* number 1 is then behind the last */
	l.slots = 256;
	assert_int_equal(lane_shard_check(&l, 1, p, len), ERR_FORMAT);
	free(p);
	lane_clear(&l);
}

static struct reply
reply_good(void)
{
	struct reply r = {.desk = 1, .day = ORG_TODAY, .kind = REPLY_QUESTION,
	    .language = "nl", .receipts = 2};

	memcpy(r.org, org.keyset->org, ORG_LEN);
	memset(r.reply_id, 0xa1, 16);
	memset(r.receipt, 0xb2, sizeof(r.receipt));
	return r;
}

static enum err
reply_judge(const char *p, size_t len)
{
	struct reply r;
	enum err e = reply_parse(p, len, &r);

	if (e == OK) {
		reply_clear(&r);
	}
	return e;
}

static void
every_field_of_a_reply(void **state)
{
	struct reply r = reply_good();
	struct buf note[SLOT_LIVE_MAX];
	struct bytes sig, doc;
	json_t *o;
	unsigned n = 0;
	char *text;

	(void)state;
	assert_int_equal(reply_notes(&r, "vraag", 5, org.operational[0], note,
	    &n), OK);
	assert_int_equal(n, 1);
	assert_int_equal(note_split(note[0].p, note[0].len, &sig, &doc), OK);
	assert_true(every_field((const char *)doc.p, doc.len, reply_judge,
	    none) > 60);
	static const struct {
		const char *key, *value;
		enum err want;
	} t[] = {
		{"kind", "\"note\"", ERR_FORMAT}, {"kind", "\"\"", ERR_FORMAT},
		{"language", "\"n\"", ERR_FORMAT},
		{"language", "\"12345678901234567\"", ERR_FORMAT},
		{"parts", "8", OK}, {"parts", "9", ERR_FORMAT},
		{"part", "2", ERR_FORMAT}, {"desk", "63", OK},
		{"desk", "64", ERR_FORMAT},
	};
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		o = json_loadb((const char *)doc.p, doc.len, 0, NULL);
		json_object_set_new(o, t[i].key, json_loads(t[i].value,
		    JSON_DECODE_ANY, NULL));
		text = json_dumps(o, JSON_COMPACT);
		assert_int_equal(reply_judge(text, strlen(text)), t[i].want);
		free(text);
		json_decref(o);
	}
	for (size_t many = 16; many <= 17; many++) {
		o = json_loadb((const char *)doc.p, doc.len, 0, NULL);
		json_t *list = json_object_get(o, "receipts");
		while (json_array_size(list) < many) {
			json_array_append(list, json_array_get(list, 0));
		}
		text = json_dumps(o, JSON_COMPACT);
		assert_int_equal(reply_judge(text, strlen(text)),
		    many <= REPLY_RECEIPTS_MAX ? OK : ERR_FORMAT);
		free(text);
		json_decref(o);
	}
	buf_free(&note[0]);
}

/* A thread with one lane: its notes are put in it as they are */
struct box {
	struct mailbox *m;
	struct lane_thread t;
	struct lane lane;
	struct buf bytes;
};

static enum err
to_buf(void *arg, const uint8_t *p, size_t len)
{
	buf_put(arg, p, len);
	return OK;
}

static void
box_make(struct box *b, struct buf *notes, unsigned n)
{
	struct code code;

	memset(b, 0, sizeof(*b));
	assert_int_equal(code_new(1, &code), OK);
	assert_int_equal(mailbox_new(&code, org.keyset->org, &b->m), OK);
	memcpy(b->t.tag_key, mailbox_keys(b->m)->tag_key, 32);
	assert_int_equal(age_identity_recipient(mailbox_keys(b->m)->mailbox,
	    &b->t.recipient), OK);
	for (b->t.notes = 0; b->t.notes < n; b->t.notes++) {
		b->t.note[b->t.notes] = (struct bytes){
		    notes[b->t.notes].p, notes[b->t.notes].len};
	}
	b->lane = (struct lane){.desk = 1, .tenure = 1, .serial = 1};
	b->bytes = buf_new(16 * SLOT_LEN);
	assert_int_equal(lane_make(&b->lane, &b->t, 1, 0, to_buf, &b->bytes),
	    OK);
}

static void
box_free(struct box *b)
{
	mailbox_free(b->m);
	lane_clear(&b->lane);
	buf_free(&b->bytes);
}

/* What both readers bring out of a mailbox of these notes */
static void
brings(struct buf *notes, unsigned n, unsigned replies, unsigned damaged)
{
	struct mailbox_replies a, c;
	struct box b;

	box_make(&b, notes, n);
	assert_int_equal(mailbox_read(b.m, org.keyset, &b.lane, b.bytes.p,
	    b.bytes.len, &a), OK);
	assert_int_equal(mailbox_read_constant(b.m, org.keyset, &b.lane,
	    b.bytes.p, b.bytes.len, &c), OK);
	assert_int_equal(a.replies, replies);
	assert_int_equal(a.damaged, damaged);
	assert_int_equal(c.replies, replies);
	assert_int_equal(c.damaged, damaged);
	mailbox_replies_clear(&a);
	mailbox_replies_clear(&c);
	box_free(&b);
}

/* A note of ${doc} signed for desk 1 of this organisation */
static struct buf
note_of(const char *doc)
{
	struct sign_purpose why = {.purpose = "reply", .desk = 1};
	struct buf b = buf_new(SLOT_PLAIN);

	memcpy(why.org, org.keyset->org, ORG_LEN);
	assert_int_equal(note_make(org.operational[0], &why, doc, strlen(doc),
	    &b), OK);
	return b;
}

/* The document of a reply of one part, with one word put for another */
static struct buf
note_changed(const char *from, const char *to)
{
	struct reply r = reply_good();
	struct buf note[SLOT_LIVE_MAX], out;
	struct bytes sig, doc;
	char text[SLOT_PLAIN + 1], *at;
	unsigned n = 0;

	assert_int_equal(reply_notes(&r, "vraag", 5, org.operational[0], note,
	    &n), OK);
	assert_int_equal(note_split(note[0].p, note[0].len, &sig, &doc), OK);
	memcpy(text, doc.p, doc.len);
	text[doc.len] = '\0';
	at = strstr(text, from);
	assert_non_null(at);
	assert_int_equal(strlen(from), strlen(to));
	memcpy(at, to, strlen(to));
	out = note_of(text);
	buf_free(&note[0]);
	return out;
}

static void
notes_of_others(void **state)
{
	struct buf note;
	char one[2 * ORG_LEN + 1], other[2 * ORG_LEN + 1];

	(void)state;
	note = note_changed("vraag", "vroeg");
	brings(&note, 1, 1, 0);
	buf_free(&note);
	note = note_changed("\"desk\":1", "\"desk\":2");
	brings(&note, 1, 0, 1);
	buf_free(&note);
	hex_encode(org.keyset->org, ORG_LEN, one);
	memset(other, 'e', sizeof(other) - 1);
	other[sizeof(other) - 1] = '\0';
	note = note_changed(one, other);
	brings(&note, 1, 0, 1);
	buf_free(&note);
	note = note_of("no document");
	brings(&note, 1, 0, 1);
	buf_free(&note);
	note = buf_new(64);
	buf_text(&note, "no note at all");
	brings(&note, 1, 0, 1);
	buf_free(&note);
}

static void
missing_parts(void **state)
{
	struct reply r = reply_good();
	struct buf note[SLOT_LIVE_MAX], some[2];
	char text[14000];
	unsigned n = 0;

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_int_equal(reply_notes(&r, text, sizeof(text),
	    org.operational[0], note, &n), OK);
	assert_int_equal(n, 3);
	brings(note, 3, 1, 0);
	some[0] = note[0];
	some[1] = note[2];
	brings(some, 2, 0, 1);
	some[0] = note[2];
	some[1] = note[0];
	brings(some, 2, 0, 1);
	for (unsigned i = 0; i < n; i++) {
		buf_free(&note[i]);
	}
}

static void
bytes_that_are_no_slots(void **state)
{
	struct buf note = note_changed("vraag", "vraag");
	struct mailbox_replies r;
	struct box b;

	(void)state;
	box_make(&b, &note, 1);
	assert_int_equal(mailbox_read(b.m, org.keyset, &b.lane, b.bytes.p,
	    SLOT_LEN - 1, &r), ERR_FORMAT);
	assert_int_equal(mailbox_read_constant(b.m, org.keyset, &b.lane,
	    b.bytes.p, SLOT_LEN - 1, &r), ERR_FORMAT);
	assert_int_equal(mailbox_read_constant(b.m, org.keyset, &b.lane,
	    b.bytes.p, 0, &r), ERR_FORMAT);
	box_free(&b);
	buf_free(&note);
}

/* The first time only */
static enum err
refuses(void *arg, const uint8_t *p, size_t len)
{
	unsigned *calls = arg;

	(void)p;
	(void)len;
	return (*calls)++ == 0 ? ERR_IO : OK;
}

static void
lanes_that_cannot_be_made(void **state)
{
	struct buf note = buf_new(2 * SLOT_PLAIN), out = buf_new(1 << 20);
	struct lane l = {.desk = 1};
	struct box b;
	unsigned calls = 0;

	(void)state;
	for (unsigned i = 0; i <= SLOT_PLAIN; i++) {
		buf_u8(&note, 'a');
	}
	box_make(&b, &note, 0);
	assert_int_equal(lane_make(&l, &b.t, 1, 0, refuses, &calls), ERR_IO);
	assert_null(l.shard);
	/* the first of two shards is lost, the second would be kept */
	calls = 0;
	assert_int_equal(lane_make(&l, &b.t, 1, 512, refuses, &calls), ERR_IO);
	assert_int_equal(calls, 1);
	b.t.note[0] = (struct bytes){note.p, SLOT_PLAIN + 1};
	b.t.notes = 1;
	assert_int_equal(lane_make(&l, &b.t, 1, 0, to_buf, &out), ERR_LIMIT);
	for (unsigned i = 0; i < SLOT_LIVE_MAX; i++) {
		b.t.note[i] = (struct bytes){note.p, 10};
	}
	b.t.notes = SLOT_LIVE_MAX + 1;
	assert_int_equal(lane_make(&l, &b.t, 1, 0, to_buf, &out), ERR_LIMIT);
	/* more than all shards of a board hold */
	b.t.notes = 0;
	assert_int_equal(lane_make(&l, &b.t, 1, 262145, to_buf, &out),
	    ERR_LIMIT);
	box_free(&b);
	buf_free(&note);
	buf_free(&out);
}

/* 33 threads of eight replies that all fall in one of two shards, which holds
 * 256: there are more shards then, and no reply is lost */
static void
a_crowded_shard(void **state)
{
	enum { THREADS = 33 };
	struct lane_thread *t = calloc(THREADS, sizeof(*t));
	struct buf out = buf_new(64u << 20);
	struct lane l = {.desk = 1};
	uint8_t tag[SLOT_TAG];
	unsigned found = 0;

	(void)state;
	assert_non_null(t);
	for (unsigned i = 0; i < THREADS; i++) {
		do {
			randombytes_buf(t[i].tag_key, 32);
		} while (slot_shard(t[i].tag_key, 2) != 0);
		assert_int_equal(age_recipient_throwaway(&t[i].recipient),
		    OK);
		for (; t[i].notes < SLOT_LIVE_MAX; t[i].notes++) {
			t[i].note[t[i].notes] = (struct bytes){
			    (const uint8_t *)"note", 4};
		}
	}
	assert_int_equal(lane_make(&l, t, THREADS, 512, to_buf, &out), OK);
	assert_true(l.shards >= 4);
	assert_int_equal(out.len, lane_bytes(&l));
	for (unsigned i = 0; i < THREADS; i++) {
		size_t from = slot_shard(t[i].tag_key, l.shards) *
		    lane_shard_bytes(&l);

		for (unsigned n = 0; n < SLOT_LIVE_MAX; n++) {
			slot_tag(t[i].tag_key, l.nonce, n, tag);
			for (size_t at = 0; at < lane_shard_bytes(&l);
			    at += SLOT_LEN) {
				found += memcmp(out.p + from + at, tag,
				    SLOT_TAG) == 0;
			}
		}
	}
	assert_int_equal(found, THREADS * SLOT_LIVE_MAX);
	lane_clear(&l);
	buf_free(&out);
	free(t);
}

/* Whoever read a report can copy its tag key, and anybody can make tag keys
 * of one shard: neither takes a slot of another, nor stops the lane */
static void
strangers_in_a_shard(void **state)
{
	enum { FIT = LANE_SHARD_SLOTS / SLOT_LIVE_MAX };
	struct lane_thread *t = calloc(FIT + 1, sizeof(*t));
	uint32_t load[LANE_SHARDS_MAX] = {0};
	struct buf out = buf_new(64u << 20);
	struct lane l = {.desk = 1};

	(void)state;
	assert_non_null(t);
	for (unsigned i = 0; i < FIT + 1; i++) {
		do {
			randombytes_buf(t[i].tag_key, 32);
		} while (slot_shard(t[i].tag_key, LANE_SHARDS_MAX) != 7);
		for (; t[i].notes < SLOT_LIVE_MAX; t[i].notes++) {
			t[i].note[t[i].notes] = (struct bytes){
			    (const uint8_t *)"note", 4};
		}
		assert_int_equal(lane_fits(t, i, &t[i], load), i < FIT);
	}
	assert_int_equal(lane_make(&l, t, FIT + 1, 0, to_buf, &out),
	    ERR_LIMIT);
	memset(load, 0, sizeof(load));
	assert_true(lane_fits(t, 0, &t[0], load));
	assert_false(lane_fits(t, 1, &t[0], load));
	assert_true(lane_fits(t, 1, &t[1], load));
	buf_free(&out);
	free(t);
}

/* Who reads what is added with a code of desk 1: the newest answer decides,
 * of one day another desk than that. The script's: script_interop.mjs */
static void
answering(void **state)
{
	static const struct {
		struct { unsigned day, desk; } seen[4]; /* as they lie */
		unsigned want;
	} cases[] = {
		{{{0, 0}}, 1}, {{{1, 1}}, 1}, {{{1, 1}, {2, 2}}, 2},
		{{{2, 2}, {1, 1}}, 2}, {{{2, 1}, {1, 2}}, 1},
		{{{1, 1}, {1, 2}}, 2}, {{{1, 2}, {1, 1}}, 2},
		{{{1, 2}, {1, 3}}, 3}, {{{1, 3}, {1, 1}, {1, 2}}, 3},
		{{{3, 3}, {4, 2}, {4, 1}}, 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct reply y[4] = {{.desk = 0}};
		struct mailbox_replies lane[4];
		unsigned n = 0;

		for (; n < 4 && cases[i].seen[n].desk != 0; n++) {
			y[n].day = ORG_TODAY + (day_t)cases[i].seen[n].day;
			y[n].desk = cases[i].seen[n].desk;
			lane[n] = (struct mailbox_replies){&y[n], 1, 0};
		}
		if (mailbox_answering(lane, n, 1) != cases[i].want) {
			fail_msg("case %zu", i);
		}
		/* all of them on one lane */
		lane[0] = (struct mailbox_replies){y, n, 0};
		if (mailbox_answering(lane, 1, 1) != cases[i].want) {
			fail_msg("case %zu, one lane", i);
		}
	}
}

/* Of two desks: by day, whatever lane they lie on */
static void
newest_first(void **state)
{
	struct reply one[2] = {{.day = 1}, {.day = 3}};
	struct reply two[3] = {{.day = 2}, {.day = 3}, {.day = 3}};
	const struct mailbox_replies lane[3] = {{one, 2, 0}, {NULL, 0, 0},
		{two, 3, 0}};
	const struct reply *const want[] = {&two[2], &two[1], &one[1],
		&two[0], &one[0], NULL, NULL};
	unsigned left[3] = {2, 0, 3};

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		assert_ptr_equal(mailbox_newest(lane, 3, left), want[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_of_a_lane),
		cmocka_unit_test(shapes),
		cmocka_unit_test(shards),
		cmocka_unit_test(every_field_of_a_reply),
		cmocka_unit_test(notes_of_others),
		cmocka_unit_test(missing_parts),
		cmocka_unit_test(bytes_that_are_no_slots),
		cmocka_unit_test(lanes_that_cannot_be_made),
		cmocka_unit_test(a_crowded_shard),
		cmocka_unit_test(strangers_in_a_shard),
		cmocka_unit_test(answering),
		cmocka_unit_test(newest_first),
	};

	return cmocka_run_group_tests(tests, org_setup,
	    org_teardown);
}
