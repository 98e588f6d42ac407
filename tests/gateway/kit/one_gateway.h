/* SPDX-License-Identifier: EUPL-1.2 */
/* A gateway for tests of the programs that ask one: one connection at a time,
 * fixed answers. */
#ifndef ONE_GATEWAY_H
#define ONE_GATEWAY_H

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "meldluik/secret.h"
#include "transfer.h"

#define ok(x) assert_int_equal((x), OK)
#define is(x, e) assert_int_equal((x), (e))

/* The gateway: ${answer} to whoever comes, and what he said. Of several who
 * come the last gets another one. */
static struct gateway {
	int listener, over[2]; /* ${over}: nobody comes any more */
	char base[40], asked[4096];
	const char *answer, *last;
	unsigned come, until_last;
	size_t drips; /* of the end of each answer, one every 20 ms */
	size_t body;  /* bytes that it reads of one before it answers */
	pthread_t thread;
} gateway;

/* Of ${n} bytes that came: the header, and of the body what is read first? */
static inline bool enough(size_t n)
{
	const char *end = strstr(gateway.asked, "\r\n\r\n");

	return end != NULL &&
	    n >= (size_t)(end - gateway.asked) + 4 + gateway.body;
}

static inline bool answer_one(void)
{
	size_t n = 0;
	ssize_t got = 1;
	struct pollfd p[2] = { { gateway.listener, POLLIN, 0 },
		{ gateway.over[0], POLLIN, 0 } };
	const char *answer;
	size_t at_once;
	int fd;

	if (poll(p, 2, -1) < 1 || p[0].revents == 0 ||
	    (fd = accept(gateway.listener, NULL, NULL)) < 0) {
		return false;
	}
	answer = gateway.come++ == gateway.until_last ? gateway.last :
							gateway.answer;
	memset(gateway.asked, 0, sizeof(gateway.asked));
	while (got > 0 && !enough(n)) {
		got = recv(fd, gateway.asked + n,
		    sizeof(gateway.asked) - 1 - n, 0);
		n += got > 0 ? (size_t)got : 0;
	}
	at_once = strlen(answer) - gateway.drips;
	(void)send(fd, answer, at_once, MSG_NOSIGNAL);
	for (answer += at_once; *answer != '\0' &&
	     send(fd, answer, 1, MSG_NOSIGNAL) == 1; answer++) {
		usleep(20000);
	}
	(void)shutdown(fd, SHUT_WR);
	while (recv(fd, (char[256]){ 0 }, 256, 0) > 0) {
		continue; /* what is left of the body */
	}
	close(fd);
	return true;
}

static inline void *answer_all(void *arg)
{
	while (answer_one()) {
		continue;
	}
	return arg;
}

/* ${answer}; to the one who comes after ${until} others ${last} */
static inline void gateway_changes(const char *answer, unsigned until,
    const char *last)
{
	memset(gateway.asked, 0, sizeof(gateway.asked));
	gateway.answer = answer;
	gateway.last = last;
	gateway.come = 0;
	gateway.until_last = until;
	assert_int_equal(pthread_create(&gateway.thread, NULL, answer_all,
	    NULL), 0);
}

static inline void gateway_begin(const char *answer)
{
	gateway_changes(answer, 0, answer);
}

/* After the connection is closed */
static inline void gateway_end(void)
{
	char over;

	assert_int_equal(write(gateway.over[1], "o", 1), 1);
	assert_int_equal(pthread_join(gateway.thread, NULL), 0);
	assert_int_equal(read(gateway.over[0], &over, 1), 1);
}

static inline int gateway_up(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);

	(void)state;
	ok(secret_setup());
	assert_int_equal(pipe(gateway.over), 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	gateway.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(gateway.listener >= 0);
	assert_int_equal(bind(gateway.listener, (struct sockaddr *)&at,
	    sizeof(at)), 0);
	assert_int_equal(listen(gateway.listener, 1), 0);
	assert_int_equal(getsockname(gateway.listener,
	    (struct sockaddr *)&at, &len), 0);
	snprintf(gateway.base, sizeof(gateway.base), "http://127.0.0.1:%u/",
	    ntohs(at.sin_port));
	return 0;
}

static inline int gateway_down(void **state)
{
	(void)state;
	close(gateway.listener);
	close(gateway.over[0]);
	close(gateway.over[1]);
	return 0;
}

#endif
