/* SPDX-License-Identifier: EUPL-1.2 */
/* Connections are taken as they come, however busy a loop is; none beyond the
 * room; and no number of events is too even. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <poll.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/acceptor.h"
#include "http/loops.h"

#define CLIENTS 128 /* as many events as the library asks for */
#define ROOM 4
#define PATIENCE_MS 10000

struct house {
	struct loops *loops;
	int listener;
	_Atomic unsigned handed, begun, ended, asked;
	unsigned begun_then; /* when the twentieth request was asked */
	sem_t busy, go;      /* of /wait: it is asked; it may be answered */
};

static enum MHD_Result
request(void *arg, struct MHD_Connection *c, const char *uri,
    const char *method, const char *version, const char *p, size_t *len,
    void **state)
{
	struct house *h = arg;
	struct MHD_Response *r;
	enum MHD_Result done;

	(void)method;
	(void)version;
	(void)p;
	(void)len;
	if (*state == NULL) {
		*state = h; /* who is answered at once is closed by it */
		return MHD_YES;
	}
	if (strcmp(uri, "/wait") == 0) {
		sem_post(&h->busy);
		sem_wait(&h->go);
	} else if (atomic_fetch_add(&h->asked, 1) + 1 == 20) {
		h->begun_then = h->begun;
	}
	r = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	done = MHD_queue_response(c, MHD_HTTP_NO_CONTENT, r);
	MHD_destroy_response(r);
	return done;
}

static void
connection(void *arg, struct MHD_Connection *c, void **context,
    enum MHD_ConnectionNotificationCode what)
{
	struct house *h = arg;

	(void)c;
	(void)context;
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		h->begun++;
	} else {
		h->ended++;
	}
}

static bool
room(void *arg)
{
	struct house *h = arg;

	return loops_room(h->loops);
}

static void
hand(void *arg, int fd)
{
	struct house *h = arg;

	loops_add(h->loops, fd);
	h->handed++;
}

/* It lives on, as its threads do */
static struct house *
house(unsigned threads, unsigned connections)
{
	static struct house houses[4];
	static unsigned n;
	struct house *h = &houses[n++];
	const struct loops_calls calls = {request, NULL, NULL, connection, h};
	const struct acceptor_calls door = {room, hand, h};
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	sem_init(&h->busy, 0, 0);
	sem_init(&h->go, 0, 0);
	h->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_true(h->listener >= 0);
	assert_int_equal(bind(h->listener, (struct sockaddr *)&at,
	    sizeof(at)), 0);
	assert_int_equal(listen(h->listener, 1024), 0);
	assert_int_equal(loops_start(&calls, AF_INET, threads, connections,
	    &h->loops), 0);
	assert_int_equal(acceptor_start(h->listener, &door), 0);
	return h;
}

static int
visitor(const struct house *h)
{
	struct sockaddr_in at;
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(getsockname(h->listener, (struct sockaddr *)&at,
	    &len), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, len), 0);
	return fd;
}

static void
ask(int fd, const char *uri)
{
	char text[64];
	int n = snprintf(text, sizeof(text),
	    "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", uri);

	assert_int_equal(send(fd, text, (size_t)n, 0), n);
}

static bool
answered(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char text[512];

	return poll(&p, 1, PATIENCE_MS) == 1 &&
	    recv(fd, text, sizeof(text), 0) > 12 &&
	    memcmp(text, "HTTP/1.1 204", 12) == 0;
}

static bool
becomes(const _Atomic unsigned *n, unsigned what)
{
	unsigned waited;

	for (waited = 0; waited < PATIENCE_MS && *n != what; waited++) {
		usleep(1000);
	}
	return *n == what;
}

/* While the one loop is at a request, as many connect as a backlog holds */
static void
newcomers_do_not_wait_in_turns(void **state)
{
	struct house *h = house(1, 2 * CLIENTS);
	int first = visitor(h), fd[CLIENTS];

	(void)state;
	ask(first, "/wait");
	sem_wait(&h->busy);
	for (int i = 0; i < CLIENTS; i++) {
		fd[i] = visitor(h);
		ask(fd[i], "/");
	}
	assert_true(becomes(&h->handed, CLIENTS + 1));
	sem_post(&h->go);
	for (int i = 0; i < CLIENTS; i++) {
		assert_true(answered(fd[i]));
		close(fd[i]);
	}
	assert_int_equal(h->begun_then, CLIENTS + 1);
	close(first);
	assert_true(becomes(&h->ended, CLIENTS + 1));
}

static void
as_many_events_as_are_asked_for(void **state)
{
	struct house *h = house(1, 2 * CLIENTS);
	int first = visitor(h), fd[CLIENTS];

	(void)state;
	for (int i = 0; i < CLIENTS; i++) {
		fd[i] = visitor(h);
		ask(fd[i], "/");
		assert_true(answered(fd[i]));
	}
	ask(first, "/wait");
	sem_wait(&h->busy);
	for (int i = 0; i < CLIENTS; i++) {
		ask(fd[i], "/");
	}
	sem_post(&h->go);
	for (int i = 0; i < CLIENTS; i++) {
		assert_true(answered(fd[i]));
		close(fd[i]);
	}
	close(first);
}

/* Two loops; who is beyond the room waits in the kernel, and is not closed */
static void
who_is_beyond_the_room_waits(void **state)
{
	struct house *h = house(2, ROOM);
	int fd[2 * ROOM];

	(void)state;
	for (int i = 0; i < 2 * ROOM; i++) {
		fd[i] = visitor(h);
		ask(fd[i], "/");
	}
	for (int i = 0; i < ROOM; i++) {
		assert_true(answered(fd[i]));
	}
	usleep(100000);
	assert_int_equal(h->begun, ROOM);
	assert_int_equal(h->asked, ROOM);
	for (int i = 0; i < ROOM; i++) {
		close(fd[i]);
		assert_true(answered(fd[ROOM + i]));
	}
	assert_int_equal(h->begun, 2 * ROOM);
	for (int i = 0; i < ROOM; i++) {
		close(fd[ROOM + i]);
	}
}

/* Nor does it end a loop that more are handed to it than there is room for */
static void
too_many_at_once_are_no_end(void **state)
{
	struct house *h = house(1, ROOM);
	int first = visitor(h), fd[2 * ROOM][2];

	(void)state;
	ask(first, "/wait");
	sem_wait(&h->busy);
	for (int i = 0; i < 2 * ROOM; i++) {
		assert_int_equal(loops_room(h->loops), i < ROOM - 1);
		assert_int_equal(socketpair(AF_UNIX,
		    SOCK_STREAM | SOCK_NONBLOCK, 0, fd[i]), 0);
		loops_add(h->loops, fd[i][1]);
		ask(fd[i][0], "/");
	}
	sem_post(&h->go);
	assert_true(answered(first));
	for (int i = 0; i < 2 * ROOM; i++) {
		assert_true(answered(fd[i][0]));
		close(fd[i][0]);
	}
	close(first);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(newcomers_do_not_wait_in_turns),
		cmocka_unit_test(as_many_events_as_are_asked_for),
		cmocka_unit_test(who_is_beyond_the_room_waits),
		cmocka_unit_test(too_many_at_once_are_no_end),
	};

	return cmocka_run_group_tests_name("web loops", tests, NULL, NULL);
}
