/* SPDX-License-Identifier: EUPL-1.2 */
/* Bundles of a desk, rightly signed, whose parts do not belong together. The
 * others: test_store_outbound.c. */
#include "store/outbound_private.h"
#include "store_cmocka.h"

static struct kit_bundle *bundle(struct world *w, unsigned weeks)
{
	struct kit_bundle *b = malloc(sizeof(*b));

	assert_non_null(b);
	kit_bundle_make(b, &w->org, 1, 1, KIT_DAY, THIS_WEEK - 7, weeks);
	return b;
}

static enum err applied(struct world *w, struct kit_bundle *b, day_t today)
{
	enum err r;

	kit_bundle_seal(b, &w->org);
	r = kit_bundle_stage(w->s, b);
	if (r == OK) {
		r = store_outbound_apply(w->s, 1, NULL, today);
	}
	store_abort(w->s);
	kit_bundle_clear(b);
	free(b);
	return r;
}

static unsigned find(const struct kit_bundle *b, const char *path)
{
	unsigned i = 0;

	while (i < b->o.files && strcmp(b->o.file[i].path, path) != 0) {
		i++;
	}
	assert_true(i < b->o.files);
	return i;
}

/* Takes file ${i} out; the last takes its place */
static void leave_out(struct kit_bundle *b, unsigned i)
{
	unsigned last = --b->o.files;

	buf_free(&b->file[i]);
	if (i < last) {
		b->o.file[i] = b->o.file[last];
		b->file[i] = b->file[last];
	}
	memset(&b->file[last], 0, sizeof(b->file[last]));
}

static void whole_it_is_taken(void **state)
{
	ok(applied(*state, bundle(*state, 4), KIT_DAY));
}

static void a_week_under_another_name(void **state)
{
	struct kit_bundle *b = bundle(*state, 4);
	char path[65] = "epochs/", *name;

	week_text(THIS_WEEK, path + 7);
	strcat(path, ".json");
	name = b->o.file[find(b, path)].path;
	week_text(THIS_WEEK + 70, name + 7);
	strcat(name, ".json");
	is(applied(*state, b, KIT_DAY), ERR_CONFLICT);
}

static void a_lane_of_another_size(void **state)
{
	struct kit_bundle *b = bundle(*state, 4);
	unsigned i = find(b, "lane.bin");
	struct buf longer = buf_new(1 << 22);

	buf_put(&longer, b->file[i].p, b->file[i].len);
	buf_zeros(&longer, SLOT_LEN);
	leave_out(b, i);
	kit_bundle_add(b, "lane.bin", longer.p, longer.len);
	buf_free(&longer);
	is(applied(*state, b, KIT_DAY), ERR_FORMAT);
}

static void a_lane_that_is_not_there(void **state)
{
	static const char *const parts[] = { "lane.json",
		"lane.json.minisig", "lane.bin" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		struct kit_bundle *b = bundle(*state, 4);

		leave_out(b, find(b, parts[i]));
		is(applied(*state, b, KIT_DAY), ERR_UNKNOWN);
	}
}

static void a_keyset_that_has_expired(void **state)
{
	struct world *w = *state;

	store_today(w->s, w->org.keyset.not_after + 1);
	is(applied(w, bundle(w, 4), w->org.keyset.not_after + 1), ERR_STALE);
}

/* On the stage, but not in what the holder signed: it is not of the bundle */
static void a_file_that_is_not_listed(void **state)
{
	static const char *const parts[] = { "lane.json",
		"lane.json.minisig", "lane.bin" };
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		struct kit_bundle *b = bundle(w, 4);
		unsigned n = find(b, parts[i]);

		ok(store_outbound_put(w->s, 1, parts[i], 0, b->file[n].p,
		    b->file[n].len));
		leave_out(b, n);
		is(applied(w, b, KIT_DAY), ERR_UNKNOWN);
	}
}

/* The order of bundles is one thing, that of lanes another: here only the
 * first is against it */
static void an_older_bundle_with_a_lane_in_order(void **state)
{
	struct world *w = *state;
	struct kit_bundle *b;

	for (unsigned i = 0; i < 3; i++) {
		b = bundle(w, 4);
		w->s->desk[1].tenure = i == 0 ? 2 : 1;
		w->s->desk[1].serial = i == 1 ? 2 : 0;
		is(applied(w, b, KIT_DAY), i == 2 ? OK : ERR_STALE);
	}
}

/* Of the holder of desk 1, or of the release */
static struct buf signature(struct world *w, const char *purpose,
    const uint8_t *seed, const struct buf *doc)
{
	struct sign_purpose why = { .purpose = purpose };
	struct buf sig = buf_new(SIGN_TEXT_MAX);

	if (seed != w->org.release) {
		why.desk = 1;
		memcpy(why.org, w->org.keyset.org, ORG_LEN);
	}
	ok(sign_make(seed, &why, doc->p, doc->len, &sig));
	return sig;
}

/* Rightly signed by the desk's holder, of another desk or organisation; and
 * its own, signed by another's */
static void a_lane_of_others(void **state)
{
	static const char *const edit[][2] = { { "\"desk\":1", "\"desk\":2" },
		{ "\"org\":\"", NULL }, { "\"desk\":1", "\"desk\":1" } };
	struct world *w = *state;

	for (unsigned i = 0; i < 3; i++) {
		struct kit_bundle *b = bundle(w, 4);
		const struct buf *lane = &b->file[find(b, "lane.json")];
		struct buf doc = buf_new(LANE_MANIFEST_MAX), sig;
		char *at;

		buf_put(&doc, lane->p, lane->len);
		at = memmem(doc.p, doc.len, edit[i][0], strlen(edit[i][0]));
		assert_non_null(at);
		if (edit[i][1] != NULL) {
			memcpy(at, edit[i][1], strlen(edit[i][1]));
		} else {
			at += strlen(edit[i][0]);
			*at = *at == '0' ? '1' : '0';
		}
		sig = signature(w, "lane", w->org.holder[i == 2], &doc);
		leave_out(b, find(b, "lane.json"));
		leave_out(b, find(b, "lane.json.minisig"));
		kit_bundle_add(b, "lane.json", doc.p, doc.len);
		kit_bundle_add(b, "lane.json.minisig", sig.p, sig.len);
		is(applied(w, b, KIT_DAY), i == 2 ? ERR_SIGNATURE :
		    ERR_FOREIGN);
		buf_free(&doc);
		buf_free(&sig);
	}
}

static void an_older_lane_in_a_newer_bundle(void **state)
{
	struct world *w = *state;

	w->s->desk[1].lane_tenure = 2;
	is(applied(w, bundle(w, 4), KIT_DAY), ERR_STALE);
	w->s->desk[1].lane_tenure = 1;
	w->s->desk[1].lane_serial = 2;
	is(applied(w, bundle(w, 4), KIT_DAY), ERR_STALE);
	w->s->desk[1].lane_serial = 1;
	ok(applied(w, bundle(w, 4), KIT_DAY));
}

/* A page whose signature is on the stage and not listed, one that is signed
 * and says nothing, and one that another desk's holder signed */
static void pages(void **state)
{
	static const char *const names[] = { "page.json.holder.minisig",
		"page.json.minisig" };
	struct world *w = *state;
	struct page page = { .release = "1", .files = 1 };
	struct buf doc = buf_new(4096), none = buf_new(8), sig[2];

	buf_put(&none, "{}", 2);
	snprintf(page.file[0].name, sizeof(page.file[0].name), "page.js");
	ok(page_write(&page, &doc));
	for (unsigned i = 0; i < 5; i++) {
		const struct buf *d = i == 3 ? &none : &doc;
		struct kit_bundle *b = bundle(w, 4);

		sig[0] = signature(w, "page", w->org.holder[i == 4], d);
		sig[1] = signature(w, "page", w->org.release, d);
		kit_bundle_add(b, "page.json", d->p, d->len);
		for (unsigned j = 0; j < 2; j++) {
			if (i != j) {
				kit_bundle_add(b, names[j], sig[j].p,
				    sig[j].len);
			}
		}
		if (i < 2) {
			ok(store_outbound_put(w->s, 1, names[i], 0, sig[i].p,
			    sig[i].len));
		}
		is(applied(w, b, KIT_DAY), i < 2 ? ERR_UNKNOWN :
		    i == 2 ? OK : i == 3 ? ERR_FORMAT : ERR_SIGNATURE);
		buf_free(&sig[0]);
		buf_free(&sig[1]);
	}
	buf_free(&doc);
	buf_free(&none);
}

/* Signed, and of another desk or organisation than it came for */
static void a_bundle_of_others(void **state)
{
	struct world *w = *state;
	struct kit_bundle *b = malloc(sizeof(*b));

	assert_non_null(b);
	kit_bundle_make(b, &w->org, 2, 1, KIT_DAY, THIS_WEEK, 4);
	kit_bundle_seal(b, &w->org);
	b->o.desk = 1; /* where the courier brings it */
	ok(kit_bundle_stage(w->s, b));
	is(store_outbound_apply(w->s, 1, NULL, KIT_DAY), ERR_FOREIGN);
	store_abort(w->s);
	kit_bundle_clear(b);
	free(b);
	b = bundle(w, 4);
	b->o.org[0] ^= 1;
	is(applied(w, b, KIT_DAY), ERR_FOREIGN);
}

/* What it says of our chain: what was confirmed and what was taken in */
static void links_to_the_chain(void **state)
{
	struct world *w = *state;
	struct buf doc = buf_new(INBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	uint8_t hash[HASH_LEN];
	uint64_t serial;

	kit_install(w->s, &w->org, KIT_DAY);
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	ok(store_manifest(w->s, serial, &doc, &sig));
	hash_bytes(doc.p, doc.len, hash);
	for (unsigned i = 0; i < 5; i++) {
		struct kit_bundle *b = malloc(sizeof(*b));

		assert_non_null(b);
		kit_bundle_make(b, &w->org, 1, 2, KIT_DAY, 0, 0);
		b->o.confirmed_serial = serial + (i == 1);
		b->o.intake_serial = serial + (i == 2);
		memcpy(b->o.confirmed, hash, HASH_LEN);
		memcpy(b->o.intake, hash, HASH_LEN);
		b->o.confirmed[0] ^= i == 3;
		b->o.intake[0] ^= i == 4;
		is(applied(w, b, KIT_DAY), i == 0 ? OK : ERR_CHAIN);
	}
	buf_free(&doc);
	buf_free(&sig);
}

/* A keyset that is there already is not judged as its own successor */
static void the_same_keyset_again(void **state)
{
	struct world *w = *state;
	struct kit_bundle *b;

	kit_install(w->s, &w->org, KIT_DAY);
	b = malloc(sizeof(*b));
	assert_non_null(b);
	kit_bundle_make(b, &w->org, 1, 2, KIT_DAY, THIS_WEEK, 2);
	ok(applied(w, b, KIT_DAY));
}

static void names_of_weeks(void **state)
{
	static const char *const bad[] = { "", "epochs/", "epoch5/2026-W48.json",
		"epochs/2026-W48.jsom", "epochs/2026-W48.json.minisig",
		"epochs/2026-W48", "epochs/2026-W54.json",
		"epochs/2026-W00.json", "epochs/2026-48..json" };
	day_t week;

	(void)state;
	assert_true(path_week("epochs/2026-W48.json", &week));
	assert_int_equal(week, THIS_WEEK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_false(path_week(bad[i], &week));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_new, world_free)
		T(whole_it_is_taken),
		T(a_week_under_another_name),
		T(a_lane_of_another_size),
		T(a_lane_that_is_not_there),
		T(a_keyset_that_has_expired),
		T(a_file_that_is_not_listed),
		T(an_older_bundle_with_a_lane_in_order),
		T(a_lane_of_others),
		T(an_older_lane_in_a_newer_bundle),
		T(pages),
		T(a_bundle_of_others),
		T(links_to_the_chain),
		T(the_same_keyset_again),
		cmocka_unit_test(names_of_weeks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
