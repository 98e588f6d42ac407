/* SPDX-License-Identifier: EUPL-1.2 */
/* Keysets, epoch files, cards and receipts: round trips, and each refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "meldluik/keyset.h"
#include "meldluik/secret.h"
#include "org_group.h"

/* Replaces the first ${from} in the JSON by ${to} (same or other length) */
static struct buf
edited(const struct buf *doc, const char *from, const char *to)
{
	struct buf b = buf_new(KEYSET_MAX);
	const char *s = (const char *)doc->p;
	const char *at = memmem(s, doc->len, from, strlen(from));

	assert_non_null(at);
	buf_put(&b, s, (size_t)(at - s));
	buf_text(&b, to);
	at += strlen(from);
	buf_put(&b, at, doc->len - (size_t)(at - s));
	return b;
}

static enum err
parse_edited(const char *from, const char *to)
{
	struct buf doc = edited(&org.keyset_json, from, to);
	struct buf sig = org_sign(org.identity, "keyset", org.keyset->org, 0,
	    &doc);
	struct keyset *k = NULL;
	enum err e = keyset_parse(doc.p, doc.len, sig.p, sig.len, NULL, &k);

	keyset_free(k);
	buf_free(&doc);
	buf_free(&sig);
	return e;
}

static void
test_keyset_round_trip(void **state)
{
	struct buf again = buf_new(KEYSET_MAX);

	(void)state;
	assert_int_equal(keyset_write(org.keyset, &again), OK);
	assert_int_equal(again.len, org.keyset_json.len);
	assert_memory_equal(again.p, org.keyset_json.p, again.len);
	assert_int_equal(keyset_holders(org.keyset, 1), 2);
	assert_string_equal(keyset_desk_name(keyset_desk(org.keyset, 2),
	    "xx"), "Gemeentesecretaris");
	assert_null(keyset_desk(org.keyset, 3));
	buf_free(&again);
}

static void
test_keyset_refusals(void **state)
{
	static const struct {
		const char *from, *to;
		enum err e;
	} bad[] = {
		{"\"meldluik-keyset\"", "\"meldluik-epoch\"", ERR_VERSION},
		{"\"version\":1", "\"version\":2", ERR_VERSION},
		{"\"serial\":1", "\"serial\":0", ERR_FORMAT},
		{"\"serial\":1", "\"serial\":2", ERR_FORMAT}, /* no previous */
		{"\"serial\":1", "\"serial\":1,\"extra\":1", ERR_FORMAT},
		{"\"day\":\"2026-11-24\"", "\"day\":\"2026-11-31\"",
		    ERR_FORMAT},
		{"\"not_after\":\"2027", "\"not_after\":\"2029", ERR_FORMAT},
		{"\"number\":2", "\"number\":1", ERR_FORMAT},
		{"\"number\":2", "\"number\":64", ERR_FORMAT},
		{"\"id\":\"p2\"", "\"id\":\"p1\"", ERR_FORMAT},
		{"\"role\":\"holder\"", "\"role\":\"reader\"", ERR_FORMAT},
		{"https://melden", "javascript:x", ERR_FORMAT},
		{"desk-1", "../k", ERR_FORMAT},
	};
	struct keyset *k = NULL;
	struct sign_pk other;
	uint8_t seed[SIGN_SEED];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		enum err e = parse_edited(bad[i].from, bad[i].to);
		if (e != bad[i].e) {
			fail_msg("%s: %s", bad[i].to, err_text(e));
		}
	}
	/* an edit without a new signature */
	struct buf doc = edited(&org.keyset_json, "Voorbeeld", "Voorbeelt");
	assert_int_equal(keyset_parse(doc.p, doc.len, org.keyset_sig.p,
	    org.keyset_sig.len, NULL, &k), ERR_SIGNATURE);
	buf_free(&doc);
	/* right, but not the identity that is pinned */
	sign_keypair(seed, &other);
	assert_int_equal(keyset_parse(org.keyset_json.p,
	    org.keyset_json.len, org.keyset_sig.p, org.keyset_sig.len,
	    &other, &k), ERR_SIGNATURE);
	/* a signature made for another purpose */
	struct buf sig = org_sign(org.identity, "page", org.keyset->org, 0,
	    &org.keyset_json);
	assert_int_equal(keyset_parse(org.keyset_json.p,
	    org.keyset_json.len, sig.p, sig.len, NULL, &k), ERR_SIGNATURE);
	buf_free(&sig);
	assert_null(k);
}

static void
test_keyset_follows(void **state)
{
	struct keyset next = *org.keyset;
	day_t today = ORG_TODAY;

	(void)state;
	assert_int_equal(keyset_follows(org.keyset, &next, today), OK);
	next.hash[0] ^= 1; /* same serial, other bytes: a fork */
	assert_int_equal(keyset_follows(org.keyset, &next, today), ERR_CHAIN);
	next.serial = 2;
	assert_int_equal(keyset_follows(org.keyset, &next, today), ERR_CHAIN);
	memcpy(next.previous, org.keyset->hash, HASH_LEN);
	assert_int_equal(keyset_follows(org.keyset, &next, today), OK);
	assert_int_equal(keyset_follows(&next, org.keyset, today), ERR_STALE);
	assert_int_equal(keyset_follows(org.keyset, &next,
	    next.not_after + 1), ERR_STALE);
	next.org[0] ^= 1;
	assert_int_equal(keyset_follows(org.keyset, &next, today),
	    ERR_FOREIGN);
}

static void
test_keyset_successor(void **state)
{
	struct keyset k = *org.keyset;

	(void)state;
	k.desk[0].successor = 2;
	assert_int_equal(keyset_desk_now(&k, 1)->number, 2);
	k.desk[1].successor = 1; /* a circle */
	assert_null(keyset_desk_now(&k, 1));
	assert_null(keyset_desk_now(&k, 9));
}

static void
test_epoch(void **state)
{
	struct epoch *e = NULL;
	struct age_recipient r[KEYSET_HOLDERS_MAX];
	struct buf *doc = &org.epoch_json;

	(void)state;
	assert_int_equal(epoch_parse(doc->p, doc->len, org.keyset, &e), OK);
	assert_int_equal(epoch_recipients(e, 1, r), 2);
	assert_int_equal(epoch_recipients(e, 3, r), 0);
	struct epoch edit = *e;
	epoch_free(e);
	e = NULL;

	struct buf b = buf_new(KEYSET_MAX);
	edit.blocks--; /* a holder is missing */
	assert_int_equal(epoch_write(&edit, &b), OK);
	assert_int_equal(epoch_parse(b.p, b.len, org.keyset, &e),
	    ERR_CONFLICT);
	edit.block[edit.blocks++] = edit.block[0]; /* one stands twice */
	buf_clear(&b);
	assert_int_equal(epoch_write(&edit, &b), OK);
	assert_int_equal(epoch_parse(b.p, b.len, org.keyset, &e),
	    ERR_CONFLICT);
	edit.block[3] = edit.block[2]; /* recipient swapped under a signature */
	strcpy(edit.block[3].person, "p4");
	buf_clear(&b);
	assert_int_equal(epoch_write(&edit, &b), OK);
	assert_int_equal(epoch_parse(b.p, b.len, org.keyset, &e),
	    ERR_SIGNATURE);
	edit.week += 7; /* an old block for another week */
	buf_clear(&b);
	assert_int_equal(epoch_write(&edit, &b), OK);
	assert_int_equal(epoch_parse(b.p, b.len, org.keyset, &e),
	    ERR_SIGNATURE);
	edit.keyset[0] ^= 1;
	buf_clear(&b);
	assert_int_equal(epoch_write(&edit, &b), OK);
	assert_int_equal(epoch_parse(b.p, b.len, org.keyset, &e),
	    ERR_FOREIGN);
	buf_free(&b);
	assert_null(e);
}

static void
test_epoch_revoked(void **state)
{
	struct keyset k = *org.keyset;
	struct epoch *e = NULL;

	(void)state;
	k.revoked[k.revokeds++] = k.person[0].key;
	assert_int_equal(epoch_parse(org.epoch_json.p, org.epoch_json.len,
	    &k, &e), ERR_SIGNATURE);
	assert_null(e);
}

static void
test_card_receipt_page(void **state)
{
	struct card c = {.generation = 3}, c2;
	struct receipt r = {.generation = 1, .epoch = "2026-W48",
	    .day = ORG_TODAY}, r2;
	struct page g = {.files = 1}, g2;
	struct buf b = buf_new(8192);
	uint8_t seed[SIGN_SEED];
	struct sign_pk other;

	(void)state;
	sign_keypair(seed, &c.key);
	strcpy(c.onion, "http://abc.onion");
	assert_int_equal(card_write(&c, &b), OK);
	assert_int_equal(card_parse(b.p, b.len, &c2), OK);
	assert_memory_equal(&c, &c2, sizeof(c));
	assert_int_equal(card_parse(b.p, b.len - 2, &c2), ERR_FORMAT);
	buf_clear(&b);
	randombytes_buf(r.envelope, HASH_LEN);
	assert_int_equal(receipt_make(&r, seed, &b), OK);
	assert_int_equal(receipt_check(b.p, b.len, &c.key, &r2), OK);
	assert_memory_equal(r.envelope, r2.envelope, HASH_LEN);
	sign_keypair(seed, &other);
	assert_int_equal(receipt_check(b.p, b.len, &other, &r2),
	    ERR_SIGNATURE);
	b.p[b.len - 10] ^= 1;
	assert_int_not_equal(receipt_check(b.p, b.len, &c.key, &r2), OK);
	buf_clear(&b);
	strcpy(g.release, "0.1.0");
	strcpy(g.file[0].name, "script.js");
	assert_int_equal(page_write(&g, &b), OK);
	assert_int_equal(page_parse(b.p, b.len, &g2), OK);
	assert_memory_equal(&g, &g2, sizeof(g));
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keyset_round_trip),
		cmocka_unit_test(test_keyset_refusals),
		cmocka_unit_test(test_keyset_follows),
		cmocka_unit_test(test_keyset_successor),
		cmocka_unit_test(test_epoch),
		cmocka_unit_test(test_epoch_revoked),
		cmocka_unit_test(test_card_receipt_page),
	};
	return cmocka_run_group_tests(tests, org_setup,
	    org_teardown);
}
