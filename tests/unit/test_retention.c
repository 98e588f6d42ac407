/* SPDX-License-Identifier: EUPL-1.2 */
/* Retention: each class's end, nothing before its start, open cases never. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "meldluik/retention.h"

static struct profile *nl;

static int
setup(void **state)
{
	(void)state;
	return profile_builtin("nl", &nl) == OK ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	profile_free(nl);
	return 0;
}

static day_t
end(const char *code, day_t start)
{
	struct retention_class c;
	day_t d = DAY_NONE;

	assert_int_equal(retention_find(nl, code, &c), OK);
	assert_int_equal(retention_end(&c, start, &d), OK);
	return d;
}

static void
classes(void **state)
{
	struct retention_class c;

	(void)state;
	assert_int_equal(end("RT0", day_make(2026, 11, 24)),
	    day_make(2026, 12, 8));
	assert_int_equal(end("RT2", day_make(2026, 11, 24)),
	    day_make(2026, 12, 22));
	assert_int_equal(end("RT3", day_make(2026, 12, 31)),
	    day_make(2027, 2, 28));
	assert_int_equal(end("RT4", day_make(2024, 2, 29)),
	    day_make(2029, 2, 28));
	assert_int_equal(end("RT5", day_make(2024, 2, 29)), DAY_NEVER);
	assert_int_equal(retention_find(nl, "RT9", &c), ERR_UNKNOWN);
	for (size_t i = 0; i < retention_classes(nl); i++) {
		c = retention_class(nl, i);
		assert_true(strlen(c.article) > 2);
		assert_true(strlen(retention_label(nl, i, "nl")) > 5);
		for (day_t d = day_make(2023, 1, 1);
		    d < day_make(2030, 1, 1); d++) {
			assert_true(end(c.code, d) > d);
			assert_true(end(c.code, d + 1) >= end(c.code, d));
		}
	}
	assert_int_equal(retention_find(nl, "RT4", &c), OK);
	assert_int_equal(c.from, RETAIN_FROM_FINAL);
}

static void
what_has_not_happened_starts_nothing(void **state)
{
	struct retention_class c;
	day_t d = 77;

	(void)state;
	for (size_t i = 0; i < retention_classes(nl); i++) {
		c = retention_class(nl, i);
		assert_int_equal(retention_end(&c, DAY_NONE, &d), ERR_USAGE);
		assert_int_equal(retention_end(&c, DAY_NEVER, &d), ERR_USAGE);
	}
	assert_int_equal(d, 77);
}

static void
mailbox(void **state)
{
	day_t closed = day_make(2026, 1, 31), d = 0;

	(void)state;
	/* never while open, even after years of silence */
	assert_int_equal(retention_mailbox(nl, DAY_NONE, day_make(2001, 1, 1),
	    &d), OK);
	assert_int_equal(d, DAY_NEVER);
	assert_int_equal(retention_mailbox(nl, closed, DAY_NONE, &d), OK);
	assert_int_equal(d, day_make(2026, 7, 31));
	assert_int_equal(retention_mailbox(nl, closed, closed - 90, &d), OK);
	assert_int_equal(d, day_make(2026, 7, 31));
	/* activity starts the period again */
	assert_int_equal(retention_mailbox(nl, closed, day_make(2026, 5, 1),
	    &d), OK);
	assert_int_equal(d, day_make(2026, 11, 1));
}

static void
bad_classes(void **state)
{
	static const struct {
		const char *json;
		enum err e;
	} bad[] = {
		{ "{\"extends\":\"nl\",\"retention\":[]}", ERR_FORMAT },
		{ "{\"extends\":\"nl\",\"retention\":[{\"code\":\"RT1\","
		  "\"article\":\"abc\",\"nl\":\"x\",\"en\":\"x\",\"from\":"
		  "\"closed\"}]}", ERR_FORMAT },
		{ "{\"extends\":\"nl\",\"retention\":[{\"code\":\"RT1\","
		  "\"article\":\"abc\",\"nl\":\"x\",\"en\":\"x\",\"from\":"
		  "\"closed\",\"days\":1,\"months\":1}]}", ERR_FORMAT },
		{ "{\"extends\":\"nl\",\"retention\":[{\"code\":\"RT1\","
		  "\"article\":\"abc\",\"nl\":\"x\",\"en\":\"x\",\"from\":"
		  "\"closed\",\"days\":0}]}", ERR_FORMAT },
		{ "{\"extends\":\"nl\",\"retention\":[{\"code\":\"RT1\","
		  "\"article\":\"abc\",\"nl\":\"x\",\"en\":\"x\",\"from\":"
		  "\"noon\",\"days\":1}]}", ERR_UNKNOWN },
		{ "{\"extends\":\"nl\",\"retention\":[{\"code\":\"RT3\","
		  "\"article\":\"abc\",\"nl\":\"x\",\"en\":\"x\",\"from\":"
		  "\"closed\",\"days\":1}]}", ERR_UNKNOWN }, /* no RT1 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct profile *p = NULL;

		assert_int_equal(profile_load(bad[i].json,
		    strlen(bad[i].json), &p), bad[i].e);
		assert_null(p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes),
		cmocka_unit_test(what_has_not_happened_starts_nothing),
		cmocka_unit_test(mailbox),
		cmocka_unit_test(bad_classes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
