/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Lanes and mailboxes: replies of several threads come back with the right
 * code and with no other, in both readers, whole or sharded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "meldluik/mailbox.h"
#include "meldluik/secret.h"
#include "org_group.h"

struct thread {
	struct code code;
	struct code_keys keys;
	struct buf note[SLOT_LIVE_MAX];
	unsigned notes;
};

static void
thread_make(struct thread *t, const char *text)
{
	struct reply r = {.desk = 1, .day = ORG_TODAY, .kind = REPLY_QUESTION,
	    .language = "nl"};

	memset(t, 0, sizeof(*t));
	memcpy(r.org, org.keyset->org, ORG_LEN);
	randombytes_buf(r.reply_id, 16);
	assert_int_equal(code_new(1, &t->code), OK);
	code_derive(&t->code, org.keyset->org, &t->keys);
	memcpy(r.receipt[r.receipts++], t->keys.message_id, MESSAGE_ID_LEN);
	assert_int_equal(reply_notes(&r, text, strlen(text),
	    org.operational[0], t->note, &t->notes), OK);
}

static void
thread_free(struct thread *t)
{
	for (unsigned i = 0; i < SLOT_LIVE_MAX; i++) {
		buf_free(&t->note[i]);
	}
}

static struct lane_thread
thread_lane(const struct thread *t)
{
	struct lane_thread l = {.notes = t->notes};

	memcpy(l.tag_key, t->keys.tag_key, 32);
	assert_int_equal(age_identity_recipient(t->keys.mailbox,
	    &l.recipient), OK);
	for (unsigned i = 0; i < t->notes; i++) {
		l.note[i] = (struct bytes){t->note[i].p, t->note[i].len};
	}
	return l;
}

static enum err
to_buf(void *arg, const uint8_t *p, size_t len)
{
	struct buf *b = arg;

	buf_put(b, p, len);
	return b->failed ? ERR_MEMORY : OK;
}

/* Makes, signs, parses and checks a lane; the caller clears */
static void
lane_of(const struct lane_thread *t, size_t n, uint32_t floor,
    struct lane *out, struct buf *bytes)
{
	struct lane l = {.desk = 1, .tenure = 1, .serial = 1,
	    .day = ORG_TODAY};
	struct buf doc = buf_new(LANE_MANIFEST_MAX);

	*bytes = buf_new(64 << 20);
	memcpy(l.org, org.keyset->org, ORG_LEN);
	assert_int_equal(lane_make(&l, t, n, floor, to_buf, bytes), OK);
	assert_int_equal(lane_write(&l, &doc), OK);
	struct buf sig = org_sign(org.operational[1], "lane", l.org, 1, &doc);
	assert_int_equal(lane_parse(doc.p, doc.len, sig.p, sig.len,
	    org.keyset, 1, out), OK);
	assert_int_equal(lane_bytes(out), bytes->len);
	/* a holder of the other desk may not sign it */
	struct buf other = org_sign(org.operational[2], "lane", l.org, 1,
	    &doc);
	struct lane none;
	assert_int_equal(lane_parse(doc.p, doc.len, other.p, other.len,
	    org.keyset, 1, &none), ERR_SIGNATURE);
	buf_free(&other);
	buf_free(&sig);
	buf_free(&doc);
	lane_clear(&l);
}

static const uint8_t *
shard_of(const struct lane *l, const struct buf *bytes,
    const struct thread *t)
{
	uint32_t s = slot_shard(t->keys.tag_key, l->shards);
	const uint8_t *p = bytes->p + s * lane_shard_bytes(l);

	assert_int_equal(lane_shard_check(l, s, p, lane_shard_bytes(l)), OK);
	return p;
}

static void
reads(const struct thread *t, const struct lane *l, const struct buf *bytes,
    const char *text)
{
	struct mailbox *m = NULL;
	struct mailbox_replies a, b;
	const uint8_t *p = shard_of(l, bytes, t);

	assert_int_equal(mailbox_new(&t->code, org.keyset->org, &m), OK);
	assert_int_equal(mailbox_read(m, org.keyset, l, p,
	    lane_shard_bytes(l), &a), OK);
	assert_int_equal(mailbox_read_constant(m, org.keyset, l, p,
	    lane_shard_bytes(l), &b), OK);
	assert_int_equal(a.replies, text == NULL ? 0 : 1);
	assert_int_equal(b.replies, a.replies);
	assert_int_equal(a.damaged + b.damaged, 0);
	if (text != NULL) {
		assert_string_equal(a.reply[0].text, text);
		assert_string_equal(b.reply[0].text, text);
		assert_int_equal(a.reply[0].receipts, 1);
		assert_memory_equal(a.reply[0].receipt[0],
		    t->keys.message_id, MESSAGE_ID_LEN);
	}
	mailbox_replies_clear(&a);
	mailbox_replies_clear(&b);
	mailbox_free(m);
}

static void
test_one_lane(void **state)
{
	struct thread t[3], stranger;
	struct lane_thread l[3];
	struct lane lane;
	struct buf bytes;
	char *text = malloc(20001);

	(void)state;
	for (int i = 0; i < 20000; i++) {
		text[i] = i % 50 == 49 ? '\n' : (char)('a' + i % 26);
	}
	text[20000] = 0;
	memcpy(text + 4998, "\xe2\x82\xac", 3); /* over a cut */
	thread_make(&t[0], "Wat is de naam van het bedrijf?");
	thread_make(&t[1], text);
	thread_make(&t[2], "");
	thread_make(&stranger, "niet hier");
	assert_true(t[1].notes > 3);
	for (int i = 0; i < 3; i++) {
		l[i] = thread_lane(&t[i]);
	}
	lane_of(l, 3, 0, &lane, &bytes);
	assert_int_equal(lane.slots, LANE_SLOTS_MIN);
	reads(&t[0], &lane, &bytes, "Wat is de naam van het bedrijf?");
	reads(&t[1], &lane, &bytes, text);
	reads(&t[2], &lane, &bytes, "");
	reads(&stranger, &lane, &bytes, NULL);
	bytes.p[100] ^= 1;
	assert_int_equal(lane_shard_check(&lane, 0, bytes.p,
	    lane_shard_bytes(&lane)), ERR_CRYPT);
	lane_clear(&lane);
	buf_free(&bytes);
	for (int i = 0; i < 3; i++) {
		thread_free(&t[i]);
	}
	thread_free(&stranger);
	free(text);
}

/* Two lanes of the same replies share no slot */
static void
test_lanes_unlike(void **state)
{
	struct thread t;
	struct lane_thread l;
	struct lane a, b;
	struct buf x, y;

	(void)state;
	thread_make(&t, "antwoord");
	l = thread_lane(&t);
	lane_of(&l, 1, 16, &a, &x);
	lane_of(&l, 1, 16, &b, &y);
	for (size_t i = 0; i < x.len; i += SLOT_LEN) {
		for (size_t k = 0; k < y.len; k += SLOT_LEN) {
			assert_memory_not_equal(x.p + i, y.p + k, SLOT_TAG);
			assert_memory_not_equal(x.p + i + SLOT_TAG + 80,
			    y.p + k + SLOT_TAG + 80, 64);
		}
		assert_true(i == 0 || memcmp(x.p + i - SLOT_LEN, x.p + i,
		    SLOT_TAG) < 0);
	}
	lane_clear(&a);
	lane_clear(&b);
	buf_free(&x);
	buf_free(&y);
	thread_free(&t);
}

static void
test_shards(void **state)
{
	enum { THREADS = 40 };
	struct thread *t = calloc(THREADS, sizeof(*t));
	struct lane_thread *l = calloc(THREADS, sizeof(*l));
	struct lane lane;
	struct buf bytes;

	(void)state;
	for (int i = 0; i < THREADS; i++) {
		char text[32];
		snprintf(text, sizeof(text), "antwoord %d", i);
		thread_make(&t[i], text);
		l[i] = thread_lane(&t[i]);
	}
	lane_of(l, THREADS, 512, &lane, &bytes);
	assert_int_equal(lane.shards, 2);
	assert_int_equal(lane_shard_bytes(&lane), 256 * SLOT_LEN);
	for (int i = 0; i < THREADS; i++) {
		char text[32];
		snprintf(text, sizeof(text), "antwoord %d", i);
		reads(&t[i], &lane, &bytes, text);
		thread_free(&t[i]);
	}
	lane_clear(&lane);
	buf_free(&bytes);
	free(t);
	free(l);
}

/* A slot sealed to us but signed by nobody we know is damage, not a reply */
static void
test_forged(void **state)
{
	struct thread t;
	struct lane_thread l;
	struct lane lane;
	struct buf bytes;
	struct mailbox *m = NULL;
	struct mailbox_replies r;
	struct keyset k = *org.keyset;

	(void)state;
	thread_make(&t, "antwoord");
	l = thread_lane(&t);
	lane_of(&l, 1, 16, &lane, &bytes);
	k.revoked[k.revokeds++] = k.person[0].key; /* who wrote it */
	assert_int_equal(mailbox_new(&t.code, k.org, &m), OK);
	assert_int_equal(mailbox_read(m, &k, &lane, bytes.p, bytes.len, &r),
	    OK);
	assert_int_equal(r.replies, 0);
	assert_int_equal(r.damaged, 1);
	mailbox_replies_clear(&r);
	mailbox_free(m);
	lane_clear(&lane);
	buf_free(&bytes);
	thread_free(&t);
}

static void
test_too_long(void **state)
{
	struct reply r = {.desk = 1, .day = ORG_TODAY, .language = "nl"};
	struct buf note[SLOT_LIVE_MAX];
	unsigned n = 0;
	char *text = malloc(60000);

	(void)state;
	memset(text, 'a', 60000);
	memcpy(r.org, org.keyset->org, ORG_LEN);
	assert_int_equal(reply_notes(&r, text, 60000, org.operational[0],
	    note, &n), ERR_LIMIT);
	memset(text, 1, 4000); /* each becomes six bytes of JSON */
	assert_int_equal(reply_notes(&r, text, 4000, org.operational[0],
	    note, &n), OK);
	assert_true(n >= 5);
	for (unsigned i = 0; i < n; i++) {
		assert_true(note[i].len <= SLOT_PLAIN);
		buf_free(&note[i]);
	}
	assert_int_equal(reply_notes(&r, "\xff", 1, org.operational[0], note,
	    &n), ERR_FORMAT);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_lane),
		cmocka_unit_test(test_lanes_unlike),
		cmocka_unit_test(test_shards),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_too_long),
	};
	return cmocka_run_group_tests(tests, org_setup,
	    org_teardown);
}
