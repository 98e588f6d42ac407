/* SPDX-License-Identifier: EUPL-1.2 */
/* Room: attachments stop first, text goes on, the ballast is there. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "store/store_private.h"
#include "store_cmocka.h"

static void attachments_stop_at_their_limit(void **state)
{
	struct world *w = *state;
	struct store_figures f;
	struct store_receipt r;
	struct buf e, text;
	uint64_t n = 0;
	enum err got = OK;

	w->o.bulk_bytes = 4 << 20;
	world_reopen(w);
	kit_envelope(&e, 524288);
	kit_envelope(&text, ENVELOPE_CLASS_MIN);
	for (; got == OK && n < 100; n++) {
		kit_envelope_vary(&e, n);
		got = put(w, &e, THIS_WEEK, &r);
		ok(store_commit(w->s));
	}
	is(got, ERR_FULL);
	assert_in_range(n, 6, 9);
	store_figures(w->s, &f);
	assert_true(f.full_bulk);
	assert_false(f.full_text);
	ok(put(w, &text, THIS_WEEK, &r));
	ok(store_commit(w->s));
	buf_free(&e);
	buf_free(&text);
}

static void reserve_and_floor_hold_attachments_back(void **state)
{
	struct world *w = *state;
	struct statvfs v;
	struct store_receipt r;
	struct store_figures f;
	uint8_t id[UPLOAD_ID];
	struct buf e, text;

	assert_int_equal(statvfs(w->path, &v), 0);
	w->o.text_reserve = (uint64_t)v.f_bavail * v.f_frsize;
	w->o.free_floor = 1ull << 40; /* whatever others free meanwhile */
	world_reopen(w);
	kit_envelope(&e, 524288);
	kit_envelope(&text, ENVELOPE_CLASS_MIN);
	is(put(w, &e, THIS_WEEK, &r), ERR_FULL);
	is(store_upload_begin(w->s, THIS_WEEK, id), ERR_FULL);
	ok(put(w, &text, THIS_WEEK, &r));
	ok(store_commit(w->s));
	store_figures(w->s, &f);
	assert_true(f.full_bulk && f.bulk_free == 0);
	assert_false(f.full_text);
	assert_true(f.text_free > 0);
	buf_free(&e);
	buf_free(&text);
}

/* An upload that was begun while there was room */
static void a_part_for_which_there_is_no_room(void **state)
{
	struct world *w = *state;
	uint8_t id[UPLOAD_ID];
	uint32_t next = 0;
	unsigned parts = 0;
	struct buf e;
	enum err got = OK;

	w->o.bulk_bytes = 3 << 20;
	world_reopen(w);
	kit_envelope(&e, 8u << 20);
	ok(store_upload_begin(w->s, THIS_WEEK, id));
	while (got == OK && parts < 7) {
		got = store_upload_part(w->s, id, parts + 1,
		    e.p + parts * ENVELOPE_PART, ENVELOPE_PART, &next);
		parts += got == OK;
		ok(store_commit(w->s));
	}
	is(got, ERR_FULL);
	assert_in_range(parts, 1, 3);
	buf_free(&e);
}

/* Texts until no more are taken, and what a courier does then */
static unsigned texts_then_a_bundle(struct world *w)
{
	static uint8_t lane[1 << 20]; /* a piece as the courier sends it */
	struct store_figures f;
	struct store_receipt r;
	uint64_t serial = 0;
	struct buf text;
	unsigned n = 0;
	enum err got = OK;

	kit_envelope(&text, ENVELOPE_CLASS_MIN);
	while (got == OK && n < 2000) {
		kit_envelope_vary(&text, n);
		got = put(w, &text, THIS_WEEK, &r);
		n += got == OK;
		if (n % 16 == 0) {
			ok(store_commit(w->s));
		}
	}
	is(got, ERR_FULL);
	ok(store_commit(w->s));
	store_figures(w->s, &f);
	assert_true(f.full_text);
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	assert_int_equal(serial, 1);
	for (unsigned i = 0; i < 4; i++) {
		ok(store_outbound_put(w->s, 1, "lane.bin", i * sizeof(lane),
		    lane, sizeof(lane)));
		ok(store_commit(w->s));
	}
	buf_free(&text);
	return n;
}

/* The map of the index ends before the disk does: texts stop first */
static void the_map_of_the_index_ends(void **state)
{
	struct world *w = *state;
	struct statvfs v;
	MDB_envinfo info;

	assert_int_equal(statvfs(w->path, &v), 0);
	assert_int_equal(mdb_env_info(w->s->index, &info), 0);
	assert_true(info.me_mapsize >= (uint64_t)v.f_blocks * v.f_frsize);
	ok(store_commit(w->s));
	assert_int_equal(mdb_env_set_mapsize(w->s->index, 32 << 20), 0);
	assert_in_range(texts_then_a_bundle(w), 300, 400);
}

static void numbers_of_keys_end(void **state)
{
	struct world *w = *state;

	w->s->text_keys = 4096 + 200;
	assert_in_range(texts_then_a_bundle(w), 100, 120);
}

static void ballast_is_there(void **state)
{
	struct world *w = *state;
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s/ballast.bin", w->path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, w->o.ballast);
	assert_true((uint64_t)st.st_blocks * 512 >= w->o.ballast);
}

/* No file says when something came: each has the time of the last beat */
static void a_beat_makes_times_even(void **state)
{
	static const char *const names[] = { "index/data.mdb",
		"bulk/data.mdb", "ballast.bin", "keys.bin" };
	const struct timespec old[2] = { { 86400, 0 }, { 86400, 0 } };
	struct world *w = *state;
	struct stat st;
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s/%s", w->path, names[i]);
		assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
		ok(store_beat(w->s, 1000 + i));
		assert_int_equal(stat(path, &st), 0);
		assert_true(st.st_mtime > 86400);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_installed, world_free)
		T(attachments_stop_at_their_limit),
		T(reserve_and_floor_hold_attachments_back),
		T(a_part_for_which_there_is_no_room),
		T(the_map_of_the_index_ends),
		T(numbers_of_keys_end),
		T(ballast_is_there),
		T(a_beat_makes_times_even),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
