/* SPDX-License-Identifier: EUPL-1.2 */
/* Inbound chain and outbound manifests: round trips and refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "meldluik/bundle.h"
#include "meldluik/keyring.h"
#include "meldluik/secret.h"
#include "org_group.h"

static struct inbound *
signed_parse(struct inbound *m, const uint8_t seed[SIGN_SEED], enum err want)
{
	struct buf doc = buf_new(INBOUND_MAX);
	struct inbound *out = NULL;

	assert_int_equal(inbound_write(m, &doc), OK);
	struct buf sig = org_sign(seed, "inbound", m->org, 0, &doc);
	assert_int_equal(inbound_parse(doc.p, doc.len, sig.p, sig.len,
	    &org.keyset->gateway, org.keyset->org, &out), want);
	buf_free(&sig);
	buf_free(&doc);
	return out;
}

static void
test_inbound(void **state)
{
	struct inbound_envelope v[2] = {
		{.size = 71866, .day = ORG_TODAY, .week = week_of(ORG_TODAY)},
		{.size = 88314, .day = ORG_TODAY, .week = week_of(ORG_TODAY)}};
	day_t closed[1] = {week_of(ORG_TODAY) - 21};
	struct inbound m = {.generation = 1, .serial = 1, .day = ORG_TODAY,
	    .envelope = v, .envelopes = 2, .closed = closed, .closeds = 1};

	(void)state;
	memcpy(m.org, org.keyset->org, ORG_LEN);
	m.applied[m.applieds++] = (struct inbound_applied){.desk = 1,
	    .tenure = 1, .serial = 4, .day = ORG_TODAY};
	struct inbound *one = signed_parse(&m, org.gateway, OK);
	assert_int_equal(one->envelopes, 2);
	assert_int_equal(one->envelope[1].size, 88314);
	assert_int_equal(one->closed[0], closed[0]);
	assert_int_equal(one->applied[0].serial, 4);
	assert_memory_equal(one->hash, m.hash, HASH_LEN);
	assert_int_equal(inbound_follows(0, NULL, 1, one), OK);
	assert_int_equal(inbound_follows(0, NULL, 2, one), ERR_FOREIGN);
	assert_int_equal(inbound_follows(1, one->hash, 1, one), ERR_CHAIN);

	struct inbound n = m;
	n.serial = 2;
	memcpy(n.previous, m.hash, HASH_LEN);
	struct inbound *two = signed_parse(&n, org.gateway, OK);
	assert_int_equal(inbound_follows(1, one->hash, 1, two), OK);
	assert_int_equal(inbound_follows(0, NULL, 1, two), ERR_CHAIN);
	two->previous[3] ^= 1;
	assert_int_equal(inbound_follows(1, one->hash, 1, two), ERR_CHAIN);
	signed_parse(&n, org.identity, ERR_SIGNATURE);
	inbound_free(one);
	inbound_free(two);
}

/* A gateway made anew begins its own chain, above the old one */
static void
test_generations(void **state)
{
	struct inbound m = {.generation = 2, .serial = GENERATION_SERIALS + 1,
	    .day = ORG_TODAY};
	struct buf doc = buf_new(INBOUND_MAX);
	uint8_t any[HASH_LEN] = {1};

	(void)state;
	memcpy(m.org, org.keyset->org, ORG_LEN);
	assert_int_equal(generation_of(0), 1);
	assert_int_equal(generation_of(1), 1);
	assert_int_equal(generation_of(GENERATION_SERIALS), 1);
	assert_int_equal(generation_of(GENERATION_SERIALS + 1), 2);
	assert_true(generation_base(GENERATION_MAX) < INT64_MAX >> 10);
	struct inbound *one = signed_parse(&m, org.gateway, OK);
	assert_int_equal(inbound_follows(0, NULL, 2, one), OK);
	assert_int_equal(inbound_follows(7, any, 1, one), ERR_FOREIGN);
	assert_int_equal(inbound_follows(GENERATION_SERIALS, any, 2, one),
	    ERR_CHAIN);
	inbound_free(one);
	m.serial = 1;
	assert_int_equal(inbound_write(&m, &doc), ERR_LIMIT);
	m.generation = 1;
	m.serial = GENERATION_SERIALS + 1;
	assert_int_equal(inbound_write(&m, &doc), ERR_LIMIT);
	buf_free(&doc);
	doc = buf_new(INBOUND_MAX);
	m.serial = 5;
	assert_int_equal(inbound_write(&m, &doc), OK);
	/* signed by the gateway itself: its generation has no such serial */
	char *at = strstr((char *)doc.p, "\"generation\":1");
	assert_non_null(at);
	at[strlen("\"generation\":")] = '2';
	struct buf sig = org_sign(org.gateway, "inbound", m.org, 0, &doc);
	assert_int_equal(inbound_parse(doc.p, doc.len, sig.p, sig.len,
	    &org.keyset->gateway, m.org, &one), ERR_FORMAT);
	buf_free(&sig);
	buf_free(&doc);
}

/* Serial and link both, one wrong at a time */
static void
test_links(void **state)
{
	struct inbound m = {.generation = 2, .serial = GENERATION_SERIALS + 1};
	uint8_t before[HASH_LEN] = {7};

	(void)state;
	assert_int_equal(inbound_follows(0, NULL, 2, &m), OK);
	m.serial++;
	assert_int_equal(inbound_follows(0, NULL, 2, &m), ERR_CHAIN);
	m.serial--;
	m.previous[31] = 1;
	assert_int_equal(inbound_follows(0, NULL, 2, &m), ERR_CHAIN);
	memcpy(m.previous, before, HASH_LEN);
	assert_int_equal(inbound_follows(m.serial - 1, before, 2, &m), OK);
	assert_int_equal(inbound_follows(m.serial, before, 2, &m), ERR_CHAIN);
	assert_int_equal(inbound_follows(m.serial - 2, before, 2, &m),
	    ERR_CHAIN);
	before[0] = 8;
	assert_int_equal(inbound_follows(m.serial - 1, before, 2, &m),
	    ERR_CHAIN);
}

static void
test_outbound(void **state)
{
	struct outbound *o = calloc(1, sizeof(*o)), *back = NULL;
	struct buf doc = buf_new(OUTBOUND_MAX);

	(void)state;
	memcpy(o->org, org.keyset->org, ORG_LEN);
	o->desk = 1;
	o->tenure = o->serial = 1;
	o->day = ORG_TODAY;
	strcpy(o->file[o->files++].path, "lane.bin");
	strcpy(o->file[o->files++].path, "epochs/2026-W48.json");
	assert_int_equal(outbound_write(o, &doc), OK);
	struct buf sig = org_sign(org.operational[1], "outbound", o->org, 1,
	    &doc);
	assert_int_equal(outbound_parse(doc.p, doc.len, sig.p, sig.len,
	    org.keyset, &back), OK);
	assert_memory_equal(o, back, sizeof(*o));
	outbound_free(back);
	back = NULL;
	buf_free(&sig);
	sig = org_sign(org.operational[2], "outbound", o->org, 1, &doc);
	assert_int_equal(outbound_parse(doc.p, doc.len, sig.p, sig.len,
	    org.keyset, &back), ERR_SIGNATURE);
	assert_null(back);
	buf_free(&sig);
	strcpy(o->file[0].path, "../lane.bin");
	buf_clear(&doc);
	assert_int_equal(outbound_write(o, &doc), ERR_USAGE);
	buf_free(&doc);
	free(o);
}

static void
test_paths(void **state)
{
	static const char *const bad[] = {"", "lane", "lane.bin/",
	    "../keyset.json", "/etc/passwd", "epochs/2026-W54.json",
	    "epochs/2026-W48.jsonx", "epochs/../keys.json", "epochs/",
	    "EPOCHS/2026-W48.json", "epochs/2026-W48.jsom",
	    "manifest.json"};

	(void)state;
	assert_true(outbound_path_ok("epochs/2026-W48.json"));
	assert_true(outbound_path_ok("page.json.holder.minisig"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(outbound_path_ok(bad[i]));
	}
}

static void
test_keyring(void **state)
{
	struct keyring *k = keyring_new(), *back = NULL;
	struct buf file = buf_new(KEYRING_MAX);
	day_t monday = week_of(ORG_TODAY);
	struct age_identity *id[KEYRING_WEEK_KEYS];
	uint8_t first[AGE_HYBRID_SEED];
	size_t ids;

	(void)state;
	memcpy(k->org, org.keyset->org, ORG_LEN);
	strcpy(k->person, "p1");
	k->desk = 1;
	k->has_identity = true;
	randombytes_buf(k->operational, SIGN_SEED);
	randombytes_buf(k->casebook, 32);
	randombytes_buf(k->identity, SIGN_SEED);
	for (int i = 25; i >= 0; i--) { /* kept in order whatever the order */
		assert_int_equal(keyring_week_add(k, monday + 7 * i), OK);
	}
	assert_int_equal(keyring_week_add(k, monday), ERR_CONFLICT);
	assert_int_equal(keyring_week_add(k, monday + 1), ERR_CONFLICT);
	/* renewed within the week: the newest is first, the others open */
	assert_int_equal(keyring_week_renew(k, monday - 7), ERR_UNKNOWN);
	memcpy(first, k->week[0].seed, sizeof first);
	for (unsigned i = 1; i < KEYRING_WEEK_KEYS; i++) {
		assert_int_equal(keyring_week_renew(k, monday), OK);
		assert_int_equal(k->week[0].olders, i);
	}
	assert_int_equal(keyring_week_renew(k, monday), ERR_FULL);
	assert_memory_equal(k->week[0].older[KEYRING_WEEK_KEYS - 2], first,
	    sizeof first);
	assert_int_equal(keyring_seal(k, "appel boom", 10, &file), OK);
	assert_int_equal(keyring_open(file.p, file.len, "appel boon", 10,
	    &back), ERR_NO_MATCH);
	assert_int_equal(keyring_open(file.p, file.len, "appel boom", 10,
	    &back), OK);
	assert_memory_equal(k, back, sizeof(*k));
	assert_int_equal(keyring_week_identities(keyring_week(back, monday),
	    id, &ids), OK);
	assert_int_equal(ids, KEYRING_WEEK_KEYS);
	while (ids > 0) {
		age_identity_free(id[--ids]);
	}
	assert_int_equal(keyring_week_destroy(back, monday + 7), OK);
	assert_int_equal(keyring_week_destroy(back, monday + 7),
	    ERR_UNKNOWN);
	assert_null(keyring_week(back, monday + 7));
	assert_int_equal(back->weeks, 25);
	for (unsigned i = 1; i < back->weeks; i++) {
		assert_true(back->week[i - 1].week < back->week[i].week);
	}
	file.p[file.len - 1] ^= 1;
	struct keyring *none = NULL;
	assert_int_equal(keyring_open(file.p, file.len, "appel boom", 10,
	    &none), ERR_CRYPT);
	assert_null(none);
	keyring_free(k);
	keyring_free(back);
	buf_free(&file);
	assert_int_equal(secret_alive(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inbound),
		cmocka_unit_test(test_generations),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_outbound),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_keyring),
	};
	return cmocka_run_group_tests(tests, org_setup,
	    org_teardown);
}
