/* SPDX-License-Identifier: EUPL-1.2 */
/* Outbound bundles: one test for each thing that must make a bundle be
 * refused as a whole. When what was accepted goes live: test_store_live.c. */
#include "store/store_private.h"
#include "store_outbound.h"

static void first_bundle_opens_the_gateway(void **state)
{
	struct world *w = *state;
	struct kit_bundle *b = bundle(w, 2, 1, 0);
	uint64_t version = store_public_version(w->s);

	/* A bundle without keyset cannot be judged yet */
	kit_bundle_seal(b, &w->org);
	is(apply(w, b, NULL), ERR_UNKNOWN);
	b = bundle(w, 1, 1, 4);
	kit_bundle_seal(b, &w->org);
	ok(apply(w, b, NULL));
	assert_true(store_has_keyset(w->s));
	assert_true(store_public_version(w->s) > version);
	assert_int_equal(public_len(w, "board/1"),
	    LANE_SLOTS_MIN * SLOT_LEN);
	assert_true(public_len(w, "keyset.json") > 0);
	assert_true(public_len(w, "keyset.json.minisig") > 0);
	assert_true(public_len(w, "epochs/2026-W48.json") > 0);
	assert_int_equal(public_len(w, "board/2"), 0);
	assert_int_equal(public_len(w, "lane.bin"), 0);
	assert_int_equal(public_len(w, "outbound.json"), 0);
}

static void same_bundle_again_is_ok(void **state)
{
	struct world *w = *state;
	struct kit_bundle *b = bundle(w, 1, 2, 0), *c;

	kit_bundle_seal(b, &w->org);
	c = malloc(sizeof(*c));
	memset(c, 0, sizeof(*c));
	c->o = b->o;
	c->doc = buf_new(OUTBOUND_MAX);
	c->sig = buf_new(SIGN_TEXT_MAX);
	buf_put(&c->doc, b->doc.p, b->doc.len);
	buf_put(&c->sig, b->sig.p, b->sig.len);
	c->o.files = 0;
	ok(apply(w, b, NULL));
	ok(apply(w, c, NULL));
}

static void serials_only_rise(void **state)
{
	struct world *w = *state;
	struct kit_bundle *b = bundle(w, 1, 5, 0);

	kit_bundle_seal(b, &w->org);
	ok(apply(w, b, NULL));
	b = bundle(w, 1, 4, 0);
	kit_bundle_seal(b, &w->org);
	is(apply(w, b, NULL), ERR_STALE);
	b = bundle(w, 1, 5, 0); /* another document under one number */
	kit_bundle_seal(b, &w->org);
	is(apply(w, b, NULL), ERR_CHAIN);
	b = bundle(w, 1, 1, 0);
	b->o.tenure = 2; /* a takeover may begin low, with its own lane */
	kit_bundle_seal(b, &w->org);
	is(apply(w, b, NULL), ERR_STALE); /* the lane is of tenure 1 */
}

static void wrong_signers_are_refused(void **state)
{
	struct world *w = *state;
	struct kit_bundle *b = bundle(w, 1, 2, 0);
	struct kit_org strange;

	b->o.desk = 2; /* signed by desk 2, files of desk 1 */
	kit_bundle_seal(b, &w->org);
	b->o.desk = 1;
	assert_int_not_equal(apply(w, b, NULL), OK);
	b = bundle(w, 1, 2, 0);
	kit_bundle_seal(b, &w->org);
	b->sig.p[100] ^= 1;
	assert_int_not_equal(apply(w, b, NULL), OK);
	b = bundle(w, 1, 2, 0);
	kit_bundle_seal(b, &w->org);
	b->doc.p[20] ^= 1;
	assert_int_not_equal(apply(w, b, NULL), OK);
	kit_org_make(&strange, "two", KIT_DAY);
	b = malloc(sizeof(*b));
	kit_bundle_make(b, &strange, 1, 9, KIT_DAY, THIS_WEEK, 2);
	kit_bundle_seal(b, &strange);
	assert_int_not_equal(apply(w, b, NULL), OK);
	/* Trust on first use is not asked again */
	strange.keyset.serial = 2;
	memcpy(strange.keyset.org, w->org.keyset.org, ORG_LEN);
	kit_org_next(&strange, 2, KIT_DAY);
	b = malloc(sizeof(*b));
	kit_bundle_make(b, &strange, 1, 9, KIT_DAY, THIS_WEEK, 2);
	kit_bundle_seal(b, &strange);
	is(apply(w, b, NULL), ERR_SIGNATURE);
	is(store_has_keyset(w->s), true);
	assert_memory_equal(store_keyset(w->s)->hash, w->org.keyset.hash,
	    HASH_LEN);
	kit_org_clear(&strange);
}

static void pinned_identity_counts(void **state)
{
	struct world *w = *state;
	struct kit_bundle *b = bundle(w, 1, 1, 4);
	struct sign_pk other = w->org.keyset.release.key;
	char text[FINGERPRINT_TEXT];

	kit_bundle_seal(b, &w->org);
	is(apply(w, b, &other), ERR_SIGNATURE);
	sign_fingerprint(&other, text);
	w->o.fingerprint = text;
	world_reopen(w);
	b = bundle(w, 1, 1, 4);
	kit_bundle_seal(b, &w->org);
	is(apply(w, b, NULL), ERR_SIGNATURE);
	assert_false(store_has_keyset(w->s));
	sign_fingerprint(&w->org.keyset.identity, text);
	world_reopen(w);
	b = bundle(w, 1, 1, 4);
	kit_bundle_seal(b, &w->org);
	ok(apply(w, b, &w->org.keyset.identity));
	w->o.fingerprint = NULL;
}

/* Whose key counts stands on the disk, not only in memory */
static void the_identity_is_kept(void **state)
{
	struct world *w = *state;

	world_reopen(w);
	assert_true(w->s->has_identity);
	assert_true(sign_pk_equal(&w->s->identity, &w->org.keyset.identity));
}

/* Another identity counts when whoever runs the gateway named it; a
 * revocation counts from whoever holds the old key, and no old one after */
static void identity_changes_by_fingerprint_only(void **state)
{
	struct world *w = *state;
	struct kit_org old = w->org;
	struct kit_bundle *b;
	char text[FINGERPRINT_TEXT];

	w->org.keyset.revoked[0] = w->org.keyset.identity;
	w->org.keyset.revokeds = 1;
	w->org.doc = w->org.sig = (struct buf){ .max = 0 };
	kit_org_next(&w->org, KEYSET_SERIAL_LAST, KIT_DAY);
	b = bundle(w, 1, 5, 4);
	kit_bundle_seal(b, &w->org);
	ok(apply(w, b, NULL)); /* closed */
	w->org.keyset.revokeds = 0;
	kit_org_next(&w->org, KEYSET_SERIAL_LAST, KIT_DAY);
	b = bundle(w, 1, 6, 4);
	kit_bundle_seal(b, &w->org);
	assert_int_not_equal(apply(w, b, NULL), OK); /* not opened again */

	w->org.identity[0] ^= 1; /* the new one goes on from the old line */
	memcpy(w->org.keyset.hash, old.keyset.hash, HASH_LEN);
	sign_pk_of(w->org.identity, &w->org.keyset.identity);
	kit_org_next(&w->org, old.keyset.serial + 1, KIT_DAY);
	b = bundle(w, 1, 7, 4);
	kit_bundle_seal(b, &w->org);
	is(apply(w, b, NULL), ERR_SIGNATURE);
	sign_fingerprint(&w->org.keyset.identity, text);
	w->o.fingerprint = text;
	world_reopen(w);
	b = bundle(w, 1, 7, 4);
	kit_bundle_seal(b, &w->org);
	ok(apply(w, b, NULL));
	b = bundle(w, 1, 8, 0);
	kit_bundle_seal(b, &w->org);
	ok(apply(w, b, NULL));
	w->o.fingerprint = NULL;
	the_identity_is_kept(state);
	kit_org_clear(&old);
}

static void changed_or_missing_files_are_refused(void **state)
{
	struct world *w = *state;

	for (unsigned i = 0; i < 3; i++) {
		struct kit_bundle *b = bundle(w, 1, 2, 0);

		kit_bundle_seal(b, &w->org);
		b->file[i].p[b->file[i].len - 1] ^= 1;
		is(apply(w, b, NULL), ERR_CHAIN);
	}
	for (unsigned i = 0; i < 3; i++) {
		struct kit_bundle *b = bundle(w, 1, 2, 0);

		/* Signed as it is, but the lane is not whole */
		b->o.file[i] = b->o.file[--b->o.files];
		kit_bundle_seal(b, &w->org);
		buf_free(&b->file[b->o.files]);
		b->o.files = 0;
		is(apply(w, b, NULL), ERR_UNKNOWN);
	}
	/* A lane whose bytes are not those of its manifest */
	{
		struct kit_bundle *b = bundle(w, 1, 2, 0);

		b->file[2].p[0] ^= 1;
		hash_bytes(b->file[2].p, b->file[2].len, b->o.file[2].sha256);
		kit_bundle_seal(b, &w->org);
		assert_int_not_equal(apply(w, b, NULL), OK);
	}
	assert_int_equal(public_len(w, "board/1"), LANE_SLOTS_MIN * SLOT_LEN);
}

static void confirmation_must_be_of_our_chain(void **state)
{
	struct world *w = *state;
	struct kit_bundle *b = bundle(w, 1, 2, 0);

	b->o.confirmed_serial = 7;
	memset(b->o.confirmed, 1, HASH_LEN);
	kit_bundle_seal(b, &w->org);
	is(apply(w, b, NULL), ERR_CHAIN);
	assert_int_equal(store_manifest_first(w->s, 1), 1);
}

static void paths_and_offsets_are_checked(void **state)
{
	struct world *w = *state;
	static const char *const bad[] = { "", "../x", "/etc/passwd",
		"lane.bin/", "epochs/../keyset.json", "epochs/2026-W54.json",
		"envelopes/x", "lane.bin\n", "LANE.BIN", ".", "board/1" };
	uint8_t p[10] = { 0 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		is(store_outbound_put(w->s, 1, bad[i], 0, p, 1), ERR_POLICY);
	}
	is(store_outbound_put(w->s, 0, "lane.bin", 0, p, 1), ERR_POLICY);
	is(store_outbound_put(w->s, 64, "lane.bin", 0, p, 1), ERR_POLICY);
	is(store_outbound_put(w->s, 1, "lane.bin", 1, p, 1), ERR_CONFLICT);
	ok(store_outbound_put(w->s, 1, "lane.bin", 0, p, 10));
	is(store_outbound_put(w->s, 1, "lane.bin", 11, p, 1), ERR_CONFLICT);
	ok(store_outbound_put(w->s, 1, "lane.bin", 10, p, 1));
	is(store_outbound_put(w->s, 1, "keyset.json", KEYSET_MAX, p, 1),
	    ERR_LIMIT);
	is(store_outbound_put(w->s, 1, "lane.bin", UINT64_MAX, p, 2),
	    ERR_LIMIT);
	is(store_outbound_apply(w->s, 1, NULL, KIT_DAY), ERR_UNKNOWN);
}

/* Of a desk that is none, or half a manifest on the stage */
static void nothing_to_apply(void **state)
{
	struct world *w = *state;
	struct kit_bundle *b = bundle(w, 1, 2, 0);

	is(store_outbound_apply(w->s, 0, NULL, KIT_DAY), ERR_POLICY);
	is(store_outbound_apply(w->s, 64, NULL, KIT_DAY), ERR_POLICY);
	kit_bundle_seal(b, &w->org);
	ok(store_outbound_put(w->s, 1, "outbound.json", 0, b->doc.p,
	    b->doc.len));
	is(store_outbound_apply(w->s, 1, NULL, KIT_DAY), ERR_UNKNOWN);
	store_abort(w->s);
	ok(store_outbound_put(w->s, 1, "outbound.json.minisig", 0, b->sig.p,
	    b->sig.len));
	is(store_outbound_apply(w->s, 1, NULL, KIT_DAY), ERR_UNKNOWN);
	store_abort(w->s);
	kit_bundle_clear(b);
	free(b);
}

/* As many files as a bundle has, each as large as it may be; a path that is
 * begun again is begun anew */
static void staging_has_limits(void **state)
{
	struct world *w = *state;
	uint8_t *p = calloc(1, OUTBOUND_MAX + 1);
	char path[65] = "epochs/";
	enum err r = OK;
	unsigned n = 0;

	assert_non_null(p);
	is(store_outbound_put(w->s, 1, "keyset.json", 0, p, KEYSET_MAX + 1),
	    ERR_LIMIT);
	ok(store_outbound_put(w->s, 1, "keyset.json", 0, p, KEYSET_MAX));
	is(store_outbound_put(w->s, 1, "outbound.json", 0, p,
	    OUTBOUND_MAX + 1), ERR_LIMIT);
	ok(store_outbound_put(w->s, 1, "outbound.json", 0, p, OUTBOUND_MAX));
	ok(store_outbound_put(w->s, 1, "lane.bin", 0, p, OUTBOUND_MAX + 1));
	ok(store_outbound_put(w->s, 1, "lane.bin", 0, p, 9));
	ok(store_outbound_put(w->s, 1, "lane.bin", 9, p, 1));
	while (r == OK) {
		week_text(THIS_WEEK + 7 * (day_t)n, path + 7);
		strcat(path, ".json");
		r = store_outbound_put(w->s, 1, path, 0, p, 1);
		n += r == OK;
	}
	is(r, ERR_LIMIT);
	assert_int_equal(n, OUTBOUND_FILES + 2 - 3);
	/* what is there may go on, and another desk has its own */
	ok(store_outbound_put(w->s, 1, "lane.bin", 10, p, 1));
	ok(store_outbound_put(w->s, 2, path, 0, p, 1));
	free(p);
}

static void page_needs_both_signatures(void **state)
{
	struct world *w = *state;
	struct page page = { .release = "1" };
	struct sign_purpose release = { .purpose = "page" };
	struct sign_purpose holder = { .purpose = "page", .desk = 1 };
	struct buf doc = buf_new(4096), a = buf_new(SIGN_TEXT_MAX);
	struct buf h = buf_new(SIGN_TEXT_MAX);
	struct kit_bundle *b;

	page.files = 1;
	snprintf(page.file[0].name, sizeof(page.file[0].name), "page.js");
	ok(page_write(&page, &doc));
	memcpy(holder.org, w->org.keyset.org, ORG_LEN);
	ok(sign_make(w->org.release, &release, doc.p, doc.len, &a));
	ok(sign_make(w->org.holder[0], &holder, doc.p, doc.len, &h));
	for (unsigned i = 0; i < 3; i++) {
		b = bundle(w, 1, 2, 0);
		kit_bundle_add(b, "page.json", doc.p, doc.len);
		if (i != 0) {
			kit_bundle_add(b, "page.json.minisig", a.p, a.len);
		}
		if (i != 1) {
			kit_bundle_add(b, "page.json.holder.minisig", h.p,
			    h.len);
		}
		kit_bundle_seal(b, &w->org);
		is(apply(w, b, NULL), i == 2 ? OK : ERR_UNKNOWN);
	}
	/* Nothing was there before: at once */
	assert_int_equal(public_len(w, "page.json"), doc.len);
	b = bundle(w, 1, 3, 0);
	kit_bundle_add(b, "page.json", doc.p, doc.len);
	kit_bundle_add(b, "page.json.minisig", h.p, h.len);
	kit_bundle_add(b, "page.json.holder.minisig", h.p, h.len);
	kit_bundle_seal(b, &w->org);
	is(apply(w, b, NULL), ERR_SIGNATURE);
	buf_free(&doc);
	buf_free(&a);
	buf_free(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f, setup) cmocka_unit_test_setup_teardown(f, setup, world_free)
		T(first_bundle_opens_the_gateway, world_new),
		T(pinned_identity_counts, world_new),
		T(identity_changes_by_fingerprint_only, world_installed),
		T(same_bundle_again_is_ok, world_installed),
		T(serials_only_rise, world_installed),
		T(wrong_signers_are_refused, world_installed),
		T(changed_or_missing_files_are_refused, world_installed),
		T(confirmation_must_be_of_our_chain, world_installed),
		T(paths_and_offsets_are_checked, world_installed),
		T(nothing_to_apply, world_installed),
		T(staging_has_limits, world_installed),
		T(the_identity_is_kept, world_installed),
		T(page_needs_both_signatures, world_installed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
