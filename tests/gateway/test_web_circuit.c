/* SPDX-License-Identifier: EUPL-1.2 */
/* tor's line by its vectors, whole and byte by byte; budgets of a circuit. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/circuit.h"
#include "http/proxyline.h"

#define VECTORS TESTS_DIR "/vectors/web_circuit/"
#define MIB 1048576u

/* Every shorter start of a good line needs more; of a bad one it never is
 * good */
static void
starts(const char *p, size_t len, enum err end)
{
	uint32_t id;
	size_t used;
	enum err e;

	for (size_t n = 0; n < len; n++) {
		e = proxyline_parse(p, n, &id, &used);
		if (end == OK) {
			assert_int_equal(e, ERR_UNKNOWN);
		} else {
			assert_int_not_equal(e, OK);
		}
	}
}

static void
vectors(void **state)
{
	char path[512], text[512];
	unsigned seen[3] = {0, 0, 0};
	struct dirent *d;
	DIR *dir = opendir(VECTORS);
	uint32_t id;
	size_t n, used;
	enum err e;
	FILE *f;

	(void)state;
	assert_non_null(dir);
	while ((d = readdir(dir)) != NULL) {
		if (d->d_name[0] == '.') {
			continue;
		}
		snprintf(path, sizeof(path), "%s%s", VECTORS, d->d_name);
		f = fopen(path, "rb");
		assert_non_null(f);
		n = fread(text, 1, sizeof(text), f);
		fclose(f);
		used = 0;
		e = proxyline_parse(text, n, &id, &used);
		if (strncmp(d->d_name, "ok-", 3) == 0) {
			assert_int_equal(e, OK);
			assert_memory_equal(text + used - 2, "\r\n", 2);
			starts(text, used, OK);
			seen[0]++;
		} else if (strncmp(d->d_name, "more-", 5) == 0) {
			assert_int_equal(e, ERR_UNKNOWN);
			seen[1]++;
		} else {
			if (e != ERR_FORMAT) {
				fail_msg("%s is taken", d->d_name);
			}
			starts(text, n, ERR_FORMAT);
			seen[2]++;
		}
	}
	closedir(dir);
	assert_true(seen[0] >= 4 && seen[1] >= 4 && seen[2] >= 24);
}

static void
numbers(void **state)
{
	static const char line[] =
	    "PROXY TCP6 fc00:dead:beef:4dad::1a:2b ::1 43 80\r\nPUT";
	uint32_t id;
	size_t used;

	(void)state;
	assert_int_equal(proxyline_parse(line, sizeof(line) - 1, &id, &used),
	    OK);
	assert_int_equal(id, 0x1a002b);
	assert_int_equal(used, sizeof(line) - 1 - 3);
	/* another line is told at its first byte, not waited for */
	assert_int_equal(proxyline_parse("GET / HTTP/1.1", 1, &id, &used),
	    ERR_FORMAT);
}

static int
setup(void **state)
{
	static const struct circuit_limits l = {3, 60, 3600 * MIB, 6};

	(void)state;
	return circuit_setup(&l, 16) ? 0 : -1;
}

static void
connections(void **state)
{
	struct circuit *c[3], *other;

	(void)state;
	for (int i = 0; i < 3; i++) {
		c[i] = circuit_join(7, 0);
		assert_non_null(c[i]);
		assert_ptr_equal(c[i], c[0]);
	}
	assert_null(circuit_join(7, 0));
	other = circuit_join(4096 + 7, 0); /* of the same bucket */
	assert_non_null(other);
	assert_ptr_not_equal(other, c[0]);
	circuit_leave(c[0], 0);
	c[0] = circuit_join(7, 0);
	assert_non_null(c[0]);
	for (int i = 0; i < 3; i++) {
		circuit_leave(c[i], 10);
	}
	circuit_leave(other, 20);
	assert_int_equal(circuit_count(), 2);
	circuit_forget(10 + CIRCUIT_KEPT - 1);
	assert_int_equal(circuit_count(), 2);
	circuit_forget(10 + CIRCUIT_KEPT);
	assert_int_equal(circuit_count(), 1);
	circuit_forget(20 + CIRCUIT_KEPT);
	assert_int_equal(circuit_count(), 0);
}

static void
budgets(void **state)
{
	struct circuit *c = circuit_join(1, 100);

	(void)state;
	for (int i = 0; i < 60; i++) {
		assert_true(circuit_request(c, 100));
	}
	assert_false(circuit_request(c, 100));
	assert_true(circuit_request(c, 101)); /* one a second comes back */
	assert_false(circuit_request(c, 101));
	assert_false(circuit_request(c, 90)); /* a clock that goes back */
	for (int i = 0; i < 6; i++) {
		assert_true(circuit_text(c, 90)); /* and takes nothing away */
	}
	assert_false(circuit_text(c, 101));
	assert_false(circuit_text(c, 110));
	assert_true(circuit_text(c, 112)); /* one in ten seconds, more or less */
	assert_false(circuit_text(c, 112));
	assert_true(circuit_request(c, 112));
	assert_true(circuit_bytes(c, UINT64_C(3600) * MIB, 112));
	assert_false(circuit_bytes(c, 1, 112));
	assert_true(circuit_bytes(c, MIB, 113));
	assert_false(circuit_bytes(c, 1, 113));
	/* leaving and coming back brings no new budget */
	circuit_leave(c, 113);
	c = circuit_join(1, 113);
	assert_false(circuit_bytes(c, 1, 113));
	/* what was not used is not heaped up */
	assert_true(circuit_bytes(c, UINT64_C(3600) * MIB, 99999));
	assert_false(circuit_bytes(c, 1, 99999));
	circuit_leave(c, 99999);
	circuit_leave(NULL, 99999); /* who came without a circuit */
	circuit_forget(99999 + CIRCUIT_KEPT);
	assert_true(circuit_request(NULL, 0) && circuit_text(NULL, 0) &&
	    circuit_bytes(NULL, 1, 0));
}

/* More circuits than places: who is connected stays */
static void
crowd(void **state)
{
	struct circuit *held = circuit_join(5, 0), *c;

	(void)state;
	for (uint32_t i = 0; i < 5000; i++) {
		c = circuit_join(100000 + i, i);
		assert_non_null(c);
		circuit_leave(c, i);
	}
	assert_int_equal(circuit_count(), 16 + 1024);
	for (int i = 0; i < 60; i++) {
		assert_true(circuit_request(held, 0));
	}
	assert_false(circuit_request(held, 0));
	circuit_leave(held, 6000);
	circuit_forget(6000 + CIRCUIT_KEPT);
	assert_int_equal(circuit_count(), 0);
}

static void
left(uint32_t id, int64_t now)
{
	struct circuit *c = circuit_join(id, now);

	assert_non_null(c);
	circuit_leave(c, now);
}

static bool
remembered(uint32_t id, int64_t now)
{
	struct circuit *c = circuit_join(id, now);
	bool good = !circuit_request(c, now); /* it was spent */

	circuit_leave(c, now);
	return good;
}

/* Room is made by who is longest without a connection, not who came first */
static void
who_makes_room(void **state)
{
	struct circuit *c, *again;

	(void)state;
	for (uint32_t id = 1; id <= 3; id++) {
		c = circuit_join(id, 50);
		while (circuit_request(c, 50)) {
		}
		circuit_leave(c, 50);
	}
	c = circuit_join(1, 50);
	again = circuit_join(1, 50);
	circuit_leave(c, 50);
	for (uint32_t id = 4; id <= 16 + 1024; id++) {
		left(id, 50);
	}
	left(5000, 50); /* one too many */
	assert_true(remembered(1, 50) && remembered(3, 50));
	assert_false(remembered(2, 50));
	circuit_leave(again, 50);
	for (uint32_t id = 6000; id < 6000 + 16 + 1024 - 1; id++) {
		left(id, 50);
	}
	assert_true(remembered(1, 50));
	left(9000, 50);
	left(9001, 50);
	assert_int_equal(circuit_count(), 16 + 1024);
	circuit_forget(50 + CIRCUIT_KEPT);
	assert_int_equal(circuit_count(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(numbers),
		cmocka_unit_test(connections),
		cmocka_unit_test(budgets),
		cmocka_unit_test(crowd),
		cmocka_unit_test(who_makes_room),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
