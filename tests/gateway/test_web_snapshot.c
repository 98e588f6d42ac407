/* SPDX-License-Identifier: EUPL-1.2 */
/* What web takes of the memory that the store shows: whole, sealed, with keys
 * that hold; anything else leaves what was there. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "../unit/org_group.h"
#include "http/snapshot.h"
#include "process/events.h"

#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)
#define WEEK_FILE "epochs/2026-W48.json"

static unsigned complaints;
static day_t today;

void
log_event(enum event e)
{
	complaints += e == EVENT_BAD_PUBLIC;
}

int32_t
exchange_today(void)
{
	return today;
}

struct shown {
	struct buf head, data;
	uint32_t files;
};

static struct shown
nothing(void)
{
	return (struct shown){buf_new(1u << 20), buf_new(1u << 20), 0};
}

static void
entry(struct shown *s, const char *path, uint64_t offset, uint64_t len)
{
	size_t n = strnlen(path, SNAPSHOT_PATH);

	buf_put(&s->head, path, n);
	buf_zeros(&s->head, SNAPSHOT_PATH - n);
	buf_u64(&s->head, offset);
	buf_u64(&s->head, len);
	s->files++;
}

/* ${in}: how many files there will be */
static void
file(struct shown *s, unsigned in, const char *path, const struct buf *b)
{
	entry(s, path, 4 + in * SNAPSHOT_ENTRY + s->data.len, b->len);
	buf_put(&s->data, b->p, b->len);
}

static void
load(const struct shown *s, uint32_t count, int seals)
{
	struct buf all = buf_new(1u << 21);
	int fd = memfd_create("public", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	buf_u32(&all, count);
	buf_put(&all, s->head.p, s->head.len);
	buf_put(&all, s->data.p, s->data.len);
	assert_false(all.failed);
	assert_int_equal(write(fd, all.p, all.len), (ssize_t)all.len);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
	buf_free(&all);
	snapshot_load(fd); /* transferred */
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void
show(struct shown *s)
{
	load(s, s->files, SEALS);
	buf_free(&s->head);
	buf_free(&s->data);
}

/* Whether the newest has ${path} */
static bool
there(const char *path)
{
	const struct snapshot *s = snapshot_take();
	struct public_file f;
	bool yes = snapshot_file(s, path, &f);

	snapshot_release(s);
	return yes;
}

static void
good(const char *extra, const struct buf *b)
{
	struct shown s = nothing();
	unsigned n = 3 + (extra != NULL);

	if (extra != NULL) {
		file(&s, n, extra, b);
	}
	file(&s, n, "keyset.json", &org.keyset_json);
	file(&s, n, "keyset.json.minisig", &org.keyset_sig);
	file(&s, n, WEEK_FILE, &org.epoch_json);
	complaints = 0;
	show(&s);
}

static void
before_the_first(void **state)
{
	const struct snapshot *s = snapshot_take();
	struct public_file f;

	(void)state;
	assert_null(s);
	assert_false(snapshot_file(s, "keyset.json", &f));
	assert_null(snapshot_keyset(s));
	assert_null(snapshot_epoch(s));
	snapshot_release(s);
	snapshot_day(today);
	assert_null(snapshot_take());
}

static void
keys(void **state)
{
	const struct snapshot *s, *later;
	struct public_file f;

	(void)state;
	good(NULL, NULL);
	s = snapshot_take();
	assert_int_equal(complaints, 0);
	assert_non_null(snapshot_keyset(s));
	assert_non_null(snapshot_epoch(s));
	/* whoever has it keeps it, on a later day and past the next one */
	snapshot_day(org.keyset->not_after + 400);
	later = snapshot_take();
	assert_non_null(snapshot_keyset(later));
	assert_null(snapshot_epoch(later)); /* nothing is sealed any more */
	snapshot_release(later);
	good("board/1", &org.keyset_sig);
	assert_true(snapshot_file(s, "keyset.json", &f));
	assert_int_equal(f.len, org.keyset_json.len);
	assert_memory_equal(f.p, org.keyset_json.p, f.len);
	assert_false(snapshot_file(s, "board/1", &f));
	assert_true(there("board/1"));
	snapshot_release(s);
	assert_true(there("keyset.json")); /* the newest is not freed by it */
	today = week_of(ORG_TODAY) - 1; /* the week has not begun */
	good(NULL, NULL);
	s = snapshot_take();
	assert_null(snapshot_epoch(s));
	snapshot_release(s);
	today = ORG_TODAY;
}

/* What looks like a week and is none is not taken for one */
static void
not_a_week(void **state)
{
	static const char *const names[] = {"epochs/2026-W48.json.minisig",
		"epochz/2026-W48.json", "epochs/2026-W54.json",
		"epochs/2026-W48.jsoN"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct snapshot *s;

		good(names[i], &org.keyset_sig);
		s = snapshot_take();
		assert_int_equal(complaints, 0);
		assert_non_null(snapshot_epoch(s));
		snapshot_release(s);
	}
}

/* Shown, because the store judged them, but nothing is sealed to them */
static void
keys_that_do_not_hold(void **state)
{
	struct buf other = buf_new(SIGN_TEXT_MAX);

	(void)state;
	buf_put(&other, org.keyset_sig.p, org.keyset_sig.len);
	other.p[other.len - 20] ^= 1;
	for (unsigned i = 0; i < 4; i++) {
		struct shown s = nothing();
		const struct snapshot *now;
		unsigned n = i == 0 ? 1 : i < 3 ? i + 1 : 3;

		file(&s, n, "keyset.json", &org.keyset_json);
		if (i > 0) {
			file(&s, n, "keyset.json.minisig", i == 1 ? &other :
			    &org.keyset_sig);
		}
		if (i == 2) { /* a week that is none */
			file(&s, n, WEEK_FILE, &org.keyset_json);
		}
		if (i == 3) { /* the keys of one week as those of another */
			file(&s, n, "epochs/2026-W47.json", &org.epoch_json);
		}
		complaints = 0;
		show(&s);
		assert_int_equal(complaints, 1);
		now = snapshot_take();
		assert_int_equal(snapshot_keyset(now) != NULL, i >= 2);
		assert_null(snapshot_epoch(now));
		snapshot_release(now);
		assert_true(there("keyset.json"));
	}
	buf_free(&other);
}

/* Not one of these replaces what is there */
static void
broken_memory(void **state)
{
	static const uint64_t far[][2] = {{100000, 0}, {0, 100000},
		{UINT64_MAX, 2}, {2, UINT64_MAX}};
	char full[SNAPSHOT_PATH + 1];
	struct shown s;

	(void)state;
	good(NULL, NULL);
	for (size_t i = 0; i < 4; i++) {
		s = nothing();
		entry(&s, "broken", far[i][0], far[i][1]);
		show(&s);
		assert_true(there("keyset.json"));
	}
	s = nothing();
	memset(full, 'a', sizeof(full));
	full[SNAPSHOT_PATH] = '\0';
	entry(&s, full, 4, 4);
	show(&s);
	assert_true(there("keyset.json"));
	s = nothing(); /* two are said, one is there */
	entry(&s, "broken", 4, 4);
	s.files = 2;
	show(&s);
	assert_true(there("keyset.json"));
	s = nothing();
	for (unsigned i = 0; i <= SNAPSHOT_FILES; i++) {
		entry(&s, "many", 4, 4);
	}
	show(&s);
	assert_true(there("keyset.json"));
	assert_int_equal(complaints, 4 + 3);
	s = nothing(); /* as many as may be */
	for (unsigned i = 0; i < SNAPSHOT_FILES; i++) {
		entry(&s, "many", 4, 4);
	}
	show(&s);
	assert_true(there("many"));
}

/* Memory that could still change, or no memory at all */
static void
not_sealed(void **state)
{
	static const int seals[] = {F_SEAL_WRITE, F_SEAL_SHRINK, F_SEAL_GROW};
	int fd;

	(void)state;
	good(NULL, NULL);
	for (size_t i = 0; i < 3; i++) {
		struct shown s = nothing();

		load(&s, 0, SEALS & ~seals[i]);
		assert_true(there("keyset.json"));
		buf_free(&s.head);
		buf_free(&s.data);
	}
	fd = memfd_create("public", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, SEALS), 0);
	snapshot_load(fd); /* nothing in it */
	assert_true(there("keyset.json"));
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	snapshot_load(fd);
	assert_true(there("keyset.json"));
}

static int
begin(void **state)
{
	today = ORG_TODAY;
	return org_setup(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(before_the_first),
		cmocka_unit_test(keys),
		cmocka_unit_test(not_a_week),
		cmocka_unit_test(keys_that_do_not_hold),
		cmocka_unit_test(broken_memory),
		cmocka_unit_test(not_sealed),
	};

	return cmocka_run_group_tests(tests, begin, org_teardown);
}
