/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Routing before sealing (policy/RULES.md). Whatever the desks and the role,
 * the picked desk is never one that must not read about that role.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "meldluik/routing.h"

static struct profile *nl;
static struct route_desk desks[16];
static size_t count;

static int
setup(void **state)
{
	(void)state;
	if (profile_builtin("nl", &nl) != OK) {
		return -1;
	}
	count = routing_default_desks(nl);
	for (size_t i = 0; i < count; i++) {
		desks[i] = routing_default_desk(nl, i);
	}
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	profile_free(nl);
	return 0;
}

static unsigned
pick(const char *role)
{
	unsigned number = 0;

	assert_int_equal(routing_pick(nl, role, desks, count, &number), OK);
	return number;
}

static bool
barred(const struct route_desk *d, const char *role)
{
	for (size_t i = 0; i < d->must_not_reads; i++) {
		if (strcmp(d->must_not_read[i], role) == 0) {
			return true;
		}
	}
	return false;
}

static void
table_of_the_municipality(void **state)
{
	(void)state;
	assert_int_equal(pick("medewerker"), 1);
	assert_int_equal(pick("leidinggevende"), 1);
	assert_int_equal(pick("afdeling"), 1);
	assert_int_equal(pick("leverancier"), 1);
	assert_int_equal(pick("vertrouwenspersoon"), 1);
	assert_int_equal(pick("onbekend"), 1);
	assert_int_equal(pick("coordinator"), 2);
	assert_int_equal(pick("gemeentesecretaris"), 3);
	assert_int_equal(pick("raadslid"), 3);
	assert_int_equal(pick("wethouder"), 3);
	assert_int_equal(pick("griffier"), 4);
	assert_int_equal(pick("burgemeester"), 5);
	assert_int_equal(pick(""), 1);
	assert_int_equal(pick(NULL), 1);
}

static void
a_bar_wins_over_everything(void **state)
{
	size_t roles = routing_roles(nl);

	(void)state;
	/* every subset of the desks, in both orders */
	for (unsigned set = 0; set < 1u << count; set++) {
		for (int turn = 0; turn < 2; turn++) {
			struct route_desk some[16];
			size_t n = 0;

			for (size_t i = 0; i < count; i++) {
				size_t k = turn == 0 ? i : count - 1 - i;

				if ((set >> k & 1) != 0) {
					some[n++] = desks[k];
				}
			}
			for (size_t r = 0; r < roles; r++) {
				const char *role = routing_role(nl, r).code;
				unsigned number = 0;
				bool any = false;
				enum err e;

				for (size_t i = 0; i < n; i++) {
					any = any || !barred(&some[i], role);
				}
				e = routing_pick(nl, role, some, n, &number);
				assert_int_equal(e, any ? OK : ERR_POLICY);
				if (e == OK) {
					assert_false(barred(
					    &desks[number - 1], role));
				}
			}
		}
	}
}

static void
refusals(void **state)
{
	static const char *const bars[] = { "burgemeester" };
	struct route_desk one = { 1, "meldpunt", bars, 1, false };
	struct route_desk gone = { 2, "oud", NULL, 0, true };
	const char *role = NULL;
	unsigned number = 77;

	(void)state;
	assert_int_equal(routing_pick(nl, "keizer", desks, count, &number),
	    ERR_UNKNOWN);
	assert_int_equal(routing_pick(nl, "burgemeester", &one, 1, &number),
	    ERR_POLICY);
	assert_int_equal(routing_pick(nl, "medewerker", &gone, 1, &number),
	    ERR_POLICY);
	assert_int_equal(number, 77);
	assert_int_equal(routing_check(nl, desks, count, &role), OK);
	assert_int_equal(routing_check(nl, &one, 1, &role), ERR_POLICY);
	assert_string_equal(role, "burgemeester");
}

static void
what_the_page_shows(void **state)
{
	static const char *const pages[] = {"nl", "pl", "uk", "tr", "ar"};
	bool outside = false;

	(void)state;
	assert_string_equal(routing_role(nl, 0).code, "medewerker");
	assert_string_equal(routing_label(nl, 0, "nl"), "Een medewerker");
	assert_string_equal(routing_label(nl, 0, "de"), "An employee");
	assert_non_null(strstr(routing_default_warning(nl, "nl"),
	    "Kiest u niets"));
	for (size_t i = 0; i < routing_roles(nl); i++) {
		struct route_role r = routing_role(nl, i);

		/* in each language of the pages, not in English instead */
		for (size_t l = 0; l < sizeof(pages) / sizeof(*pages); l++) {
			assert_string_not_equal(routing_label(nl, i, pages[l]),
			    routing_label(nl, i, "en"));
		}
		outside = outside || r.external_first;
		assert_true(strcmp(r.code, r.decides) != 0);
	}
	assert_true(outside);
	assert_int_equal(strncmp(routing_desk_label(nl, 0, "nl"), "Meldpunt",
	    8), 0);
}

/* The ids of the desks say whose table it is, unless a bar is not its own */
static void
own_profile(void **state)
{
	static const char *const staff[] = { "eigen-medewerker" },
	    *const mayor[] = { "burgemeester" },
	    *const both[] = { "eigen-medewerker", "burgemeester" };
	struct profile *eu = NULL;
	struct route_desk d[4];
	size_t n;

	(void)state;
	assert_int_equal(profile_builtin("eu", &eu), OK);
	assert_ptr_equal(routing_own(nl, eu, desks, count), nl);
	assert_ptr_equal(routing_own(nl, eu, desks, 1), nl);
	assert_ptr_equal(routing_own(nl, eu, desks, 0), nl);
	n = routing_default_desks(eu);
	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++) {
		d[i] = routing_default_desk(eu, i);
	}
	assert_ptr_equal(routing_own(nl, eu, d, n), eu);
	assert_ptr_equal(routing_own(nl, eu, d, 1), eu);
	/* a desk of nobody's table beside them, and alone */
	d[2] = (struct route_desk){ .number = 3, .id = "eigen" };
	assert_ptr_equal(routing_own(nl, eu, d, 3), eu);
	assert_ptr_equal(routing_own(nl, eu, d + 2, 1), nl);
	/* as many of one as of the other, then more */
	d[3] = (struct route_desk){ .number = 4, .id = "meldpunt" };
	assert_ptr_equal(routing_own(nl, eu, d + 1, 3), nl);
	assert_ptr_equal(routing_own(nl, eu, d, 4), eu);
	d[1].must_not_read = staff;
	d[1].must_not_reads = 1;
	assert_ptr_equal(routing_own(nl, eu, d, n), eu);
	d[1].must_not_read = mayor;
	assert_ptr_equal(routing_own(nl, eu, d, n), nl);
	d[1].must_not_read = both;
	d[1].must_not_reads = 2;
	assert_ptr_equal(routing_own(nl, eu, d, n), nl);
	profile_free(eu);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_of_the_municipality),
		cmocka_unit_test(a_bar_wins_over_everything),
		cmocka_unit_test(refusals),
		cmocka_unit_test(what_the_page_shows),
		cmocka_unit_test(own_profile),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
