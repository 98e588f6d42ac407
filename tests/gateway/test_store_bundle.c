/* SPDX-License-Identifier: EUPL-1.2 */
/* Bundles of a desk, rightly signed, whose parts do not belong together. The
 * others: test_store_outbound.c. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_new, world_free)
		T(whole_it_is_taken),
		T(a_week_under_another_name),
		T(a_lane_of_another_size),
		T(a_lane_that_is_not_there),
		T(a_keyset_that_has_expired),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
