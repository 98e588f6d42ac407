/* SPDX-License-Identifier: EUPL-1.2 */
/* Public files and staged ones in the index: each as it was put there, in
 * pieces or whole, and none with another's bytes when records are missing. */
#include "store/store_private.h"
#include "store_cmocka.h"
#include "store_says.h"

#define MIB 1048576u

static uint8_t bytes[3 * MIB];

/* A file of ${len} bytes under the next blob number, whatever is in it */
static struct file named(struct store *s, const char *path, uint64_t len)
{
	struct file f = { .blob = s->now.next_blob++, .size = len };

	ok(file_set(s, 'L', 0, path, &f));
	return f;
}

/* ${len} bytes of it from ${at} on, as one blob */
static void blob(struct store *s, const struct file *f, uint64_t at,
    size_t len)
{
	struct file part = { .blob = f->blob, .size = at };

	ok(file_append(s, &part, bytes + at, len));
}

static enum err piece(struct store *s, const char *path, uint64_t at,
    size_t max, struct buf *out)
{
	uint64_t total = 0;
	enum err r;

	buf_clear(out);
	r = store_public_range(s, path, at, max, out, &total);
	assert_int_equal(total > 0, r == OK);
	return r;
}

static void pieces(void **state)
{
	static const uint64_t from[] = { 0, 1, MIB - 1, MIB, MIB + 1,
		2 * MIB - 1, 2 * MIB, 2 * MIB + 99 };
	struct world *w = *state;
	const uint64_t size = 2 * MIB + 100;
	struct buf out = buf_new(3 * MIB), small = buf_new(10);
	struct file f = named(w->s, "one", size), empty = { 0 };

	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (uint8_t)(i * 11 >> 4);
	}
	ok(file_append(w->s, &empty, bytes, 0));
	f.size = 0;
	ok(file_append(w->s, &f, bytes, size));
	ok(store_commit(w->s));
	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		for (size_t max = 1; max < 2 * MIB; max = max * 40 + 1) {
			size_t n = size - from[i] < max ? size - from[i] :
							  max;

			ok(piece(w->s, "one", from[i], max, &out));
			assert_int_equal(out.len, n);
			assert_memory_equal(out.p, bytes + from[i], n);
		}
	}
	ok(piece(w->s, "one", size, 1, &out));
	assert_int_equal(out.len, 0);
	is(piece(w->s, "one", size + 1, 1, &out), ERR_LIMIT);
	is(piece(w->s, "two", 0, 1, &out), ERR_UNKNOWN);
	is(piece(w->s, "one", 0, 100, &small), ERR_LIMIT);
	buf_free(&out);
	buf_free(&small);
}

/* Not what lies before or behind, and no bytes that are none */
static void blobs_that_are_missing(void **state)
{
	struct world *w = *state;
	struct store *s = w->s;
	struct buf out = buf_new(3 * MIB);
	uint8_t key[17] = { 0 };
	struct file f;

	f = named(s, "before", 100);
	blob(s, &f, 0, 100);
	f = named(s, "first", 100); /* nothing of it */
	is(piece(s, "first", 0, 100, &out), ERR_CRYPT);
	f = named(s, "begins", 100);
	blob(s, &f, 10, 90);
	is(piece(s, "begins", 0, 100, &out), ERR_CRYPT);
	f = named(s, "ends", 100);
	blob(s, &f, 0, 10);
	is(piece(s, "ends", 0, 100, &out), ERR_CRYPT);
	is(piece(s, "ends", 15, 5, &out), ERR_CRYPT);
	ok(piece(s, "ends", 0, 10, &out));
	f = named(s, "gap", 100);
	blob(s, &f, 0, 10);
	blob(s, &f, 20, 80);
	is(piece(s, "gap", 0, 100, &out), ERR_CRYPT);
	is(piece(s, "gap", 12, 5, &out), ERR_CRYPT);
	/* under a name that is no blob's */
	f = named(s, "other", 20);
	blob(s, &f, 0, 10);
	key_of(f.blob, key);
	key_of(10, key + 8);
	ok(record_put(s, DB_BLOB, key, 17, 0, bytes, 10));
	is(piece(s, "other", 0, 20, &out), ERR_CRYPT);
	/* longer than any */
	f = named(s, "long", MIB + 1);
	key_of(f.blob, key);
	key_of(0, key + 8);
	ok(record_put(s, DB_BLOB, key, 16, 0, bytes, MIB + 1));
	is(piece(s, "long", 0, 1, &out), ERR_LIMIT);
	buf_free(&out);
}

static void names(void **state)
{
	struct world *w = *state;
	char path[300];
	struct file f = { .blob = 7, .size = 0 };
	struct file_name *all = NULL;
	size_t n = 0;

	memset(path, 'a', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	is(file_set(w->s, 'P', 1, path, &f), ERR_LIMIT);
	is(file_get(w->s, 'P', 1, path, &f), ERR_UNKNOWN);
	path[FILE_PATH_MAX] = '\0';
	is(file_set(w->s, 'P', 1, path, &f), ERR_LIMIT);
	is(file_get(w->s, 'P', 1, path, &f), ERR_UNKNOWN);
	path[FILE_PATH_MAX - 1] = '\0';
	ok(file_set(w->s, 'P', 1, path, &f));
	ok(file_set(w->s, 'P', 2, "b", &f));
	ok(file_list(w->s, 'P', 1, &all, &n));
	assert_int_equal(n, 1);
	assert_string_equal(all[0].path, path);
	free(all);
	ok(file_list(w->s, 'P', 0, &all, &n));
	assert_int_equal(n, 2);
	assert_int_equal(all[1].desk, 2);
	free(all);
}

/* What no file of ours is called, and a record with more in it than is ours */
static void records_that_are_no_files(void **state)
{
	struct world *w = *state;
	uint8_t value[2 * 8 + HASH_LEN + 1] = { 0 };
	uint8_t key[2 + FILE_PATH_MAX + 20];
	struct file_name *all = NULL;
	struct file f;
	size_t n = 0;

	memset(key, 'S', sizeof(key));
	for (size_t len = 1; len < sizeof(key); len += len < 3 ? 1 : 71) {
		ok(record_put(w->s, DB_FILE, key, len, 0, value,
		    sizeof(value) - 1));
		is(file_list(w->s, 'S', 0, &all, &n), len == 3 ? OK :
								 ERR_FORMAT);
		free(all);
		all = NULL;
		ok(record_del(w->s, DB_FILE, key, len));
	}
	ok(record_put(w->s, DB_FILE, "S\1a", 3, 0, value, sizeof(value)));
	is(file_get(w->s, 'S', 1, "a", &f), ERR_FORMAT);
	is(file_list(w->s, 'S', 0, &all, &n), ERR_FORMAT);
}

static void what_goes(void **state)
{
	struct world *w = *state;
	struct store *s = w->s;
	struct buf out = buf_new(MIB);
	uint8_t key[16] = { 0 };
	struct file first = named(s, "first", 10), f = named(s, "last", 20);

	blob(s, &first, 0, 10);
	blob(s, &f, 0, 10);
	blob(s, &f, 10, 10);
	ok(file_drop(s, 'L', 0, "first", true));
	is(piece(s, "first", 0, 1, &out), ERR_UNKNOWN);
	ok(piece(s, "last", 0, 20, &out));
	ok(file_drop(s, 'L', 0, "last", true)); /* the last ones there are */
	is(piece(s, "last", 0, 1, &out), ERR_UNKNOWN);
	key_of(f.blob, key);
	is(record_get(s, DB_BLOB, key, sizeof(key), &out), ERR_UNKNOWN);
	ok(file_drop(s, 'L', 0, "last", true));
	buf_free(&out);
}

/* What could not be done is said, and not half of it is live */
static void what_cannot_be_done(void **state)
{
	struct world *w = *state;
	struct store *s = w->s;
	struct buf out = buf_new(MIB);
	struct file f = named(s, "one", 10);
	struct file_name new = { 0, "one", { .blob = 99, .size = 10 } };
	uint64_t version;

	blob(s, &f, 0, 10);
	ok(store_commit(s));
	version = s->now.version;
	cursor_says = ENOMEM;
	is(file_drop(s, 'L', 0, "one", true), ERR_MEMORY);
	is(file_go_live(s, &new), ERR_MEMORY);
	cursor_says = 0;
	ok(piece(s, "one", 0, 10, &out));
	put_says = MDB_MAP_FULL;
	is(file_go_live(s, &new), ERR_FULL);
	put_says = 0;
	assert_int_equal(s->now.version, version);
	store_abort(s);
	begin_says = ENOMEM;
	is(file_read(s, &f, 0, 10, &out), ERR_MEMORY);
	begin_says = 0;
	ok(piece(s, "one", 0, 10, &out));
	ok(file_go_live(s, &new));
	assert_int_equal(s->now.version, version + 1);
	buf_free(&out);
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, world_installed, world_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(pieces),
		EACH(blobs_that_are_missing),
		EACH(names),
		EACH(records_that_are_no_files),
		EACH(what_goes),
		EACH(what_cannot_be_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
