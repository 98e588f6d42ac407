/* SPDX-License-Identifier: EUPL-1.2 */
/* A few connections keep more in the kernel, for long answers, for a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <cmocka.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/widen.h"

#define MOST 16u
#define SMALL 8192
#define LONG ((size_t)1 << 21)

static int
kept_by(int fd)
{
	int size = 0;
	socklen_t n = sizeof(size);

	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, &n), 0);
	return size;
}

static int
connection(void)
{
	const int size = SMALL;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size,
	    sizeof(size)), 0);
	return fd;
}

static void
a_few_at_a_time(void **state)
{
	int fd[MOST + 1], size[MOST + 1];
	int before;
	unsigned i, round;

	(void)state;
	for (i = 0; i <= MOST; i++) {
		fd[i] = connection();
	}
	before = kept_by(fd[0]);
	for (round = 0; round < 3; round++) {
		for (i = 0; i <= MOST; i++) {
			size[i] = widen(fd[i], LONG);
			assert_int_equal(size[i] > 0, i < MOST);
			assert_int_equal(kept_by(fd[i]) > before, i < MOST);
		}
		for (i = 0; i < MOST; i++) {
			narrow(fd[i], size[i]);
			assert_int_equal(kept_by(fd[i]), before);
		}
	}
	for (i = 0; i <= MOST; i++) {
		close(fd[i]);
	}
}

static void
short_answers_and_wide_sockets_stay(void **state)
{
	const int large = 1 << 18;
	int fd = connection(), before = kept_by(fd), wide;

	(void)state;
	assert_int_equal(widen(fd, 10000), 0);
	assert_int_equal(kept_by(fd), before);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &large,
	    sizeof(large)), 0);
	wide = kept_by(fd);
	assert_true(wide > before);
	assert_int_equal(widen(fd, LONG), 0);
	assert_int_equal(kept_by(fd), wide);
	close(fd);
	assert_int_equal(widen(fd, LONG), 0); /* no socket any more */
	assert_int_equal(widen(-1, LONG), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_few_at_a_time),
		cmocka_unit_test(short_answers_and_wide_sockets_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
