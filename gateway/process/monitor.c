/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The monitor: opens the listeners (or takes them from the service
 * manager), starts store and web by executing this program again, gives
 * them a channel to each other, and starts again what ends. Reads nothing
 * from a visitor and holds no secret but the hash of the courier's token.
 *
 * Who is given what: store the configuration; web the configuration and
 * the listeners. When web ends, a new shared memory and channel; when the
 * store ends, a new channel and the same memory, because web has bodies in
 * it that are still coming.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "events.h"
#include "ipc.h"
#include "roles.h"
#include "sandbox.h"

#define BACKLOG 1024
#define START_FAILURES 5 /* in a row before a process was ever ready */
#define RETRY_MS 200
#define HASTY_SECONDS 1  /* who lives shorter is hasty */
#define HASTY_FREE 3     /* hasty ends in a row without a pause */
#define STOP_SECONDS 5
/* A child silent for this long is ended. The daily compaction of a large
 * index is the longest that the store says nothing. */
#define SILENT_SECONDS 300
#define SILENT_LEAST (3 * ALIVE_SECONDS)
#define SILENT_PERIODS 5 /* of the service manager's watchdog */

struct child {
	enum role role;
	pid_t pid;
	int control;
	bool ready;
	unsigned failures; /* ends before it was ready, in a row */
	unsigned hasty;
	time_t started, heard;
};

struct monitor {
	const struct config *config;
	const struct buf *text;
	int public[CONFIG_LISTENERS], courier;
	struct child web, store;
	int slots; /* shared memory of the web that runs */
	bool told_ready, first;
	int64_t watchdog_ms; /* 0: nobody waits for us */
	int64_t silent;      /* seconds */
};

/* --- listeners --- */

static int
listen_unix(const char *path)
{
	struct sockaddr_un a;
	struct stat st;
	int fd;

	memset(&a, 0, sizeof(a));
	a.sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(a.sun_path)) {
		return -1;
	}
	memcpy(a.sun_path, path, strlen(path) + 1);
	/* Only a socket is ever removed */
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode)) {
		(void)unlink(path);
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		return -1;
	}
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    chmod(path, 0660) != 0 || listen(fd, BACKLOG) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* "127.0.0.1:8080", "[::1]:8080" */
static int
listen_tcp(const char *text)
{
	struct sockaddr_storage s;
	struct sockaddr_in *four = (struct sockaddr_in *)&s;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&s;
	char host[64];
	const char *colon = strrchr(text, ':');
	const int one = 1;
	size_t n, len;
	long port;
	char *end;
	int fd;

	if (colon == NULL) {
		return -1;
	}
	port = strtol(colon + 1, &end, 10);
	n = (size_t)(colon - text);
	if (*end != '\0' || port < 1 || port > 65535 || n >= sizeof(host)) {
		return -1;
	}
	memset(&s, 0, sizeof(s));
	if (n > 2 && text[0] == '[' && text[n - 1] == ']') {
		memcpy(host, text + 1, n - 2);
		host[n - 2] = '\0';
		six->sin6_family = AF_INET6;
		six->sin6_port = htons((uint16_t)port);
		len = sizeof(*six);
		if (inet_pton(AF_INET6, host, &six->sin6_addr) != 1) {
			return -1;
		}
	} else {
		memcpy(host, text, n);
		host[n] = '\0';
		four->sin_family = AF_INET;
		four->sin_port = htons((uint16_t)port);
		len = sizeof(*four);
		if (inet_pton(AF_INET, host, &four->sin_addr) != 1) {
			return -1;
		}
	}
	fd = socket(s.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	if (fd < 0) {
		return -1;
	}
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0
	    || bind(fd, (struct sockaddr *)&s, (socklen_t)len) != 0 ||
	    listen(fd, BACKLOG) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int
listen_on(const char *text)
{
	if (strncmp(text, "unix:", 5) == 0) {
		return listen_unix(text + 5);
	}
	return listen_tcp(text);
}

/* Sockets of the service manager, by name: "public" and "courier" */
static bool
take_given(struct monitor *m, unsigned *publics)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	const char *names = getenv("LISTEN_FDNAMES");
	size_t n;
	long count, i;

	if (pid == NULL || fds == NULL || names == NULL ||
	    strtol(pid, NULL, 10) != (long)getpid()) {
		return true;
	}
	count = strtol(fds, NULL, 10);
	for (i = 0; i < count && i < 16; i++) {
		int fd = 3 + (int)i;

		n = strcspn(names, ":");
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
			return false;
		}
		if (n == 6 && strncmp(names, "public", 6) == 0 &&
		    *publics < CONFIG_LISTENERS) {
			m->public[(*publics)++] = fd;
		} else if (n == 7 && strncmp(names, "courier", 7) == 0 &&
		    m->courier < 0) {
			m->courier = fd;
		} else {
			return false;
		}
		names += n;
		names += *names == ':';
	}
	return true;
}

static bool
open_listeners(struct monitor *m)
{
	unsigned i, given = 0;

	m->courier = -1;
	if (!take_given(m, &given)) {
		return false;
	}
	if (given > 0) {
		/* A door without a credential opens for nobody: shut */
		if (m->courier >= 0 && !m->config->has_credential) {
			close(m->courier);
			m->courier = -1;
		}
		/* the children count what is there, not what is written */
		return given == m->config->listeners &&
		    (m->courier >= 0) == m->config->has_credential;
	}
	for (i = 0; i < m->config->listeners; i++) {
		m->public[i] = listen_on(m->config->listen_public[i]);
		if (m->public[i] < 0) {
			return false;
		}
	}
	if (m->config->has_credential) {
		m->courier = listen_on(m->config->listen_courier);
		return m->courier >= 0;
	}
	return i > 0;
}

/* --- the service manager --- */

static void
notify(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un a;
	size_t n;
	int fd;

	if (path == NULL || (path[0] != '/' && path[0] != '@')) {
		return;
	}
	n = strlen(path);
	memset(&a, 0, sizeof(a));
	if (n >= sizeof(a.sun_path)) {
		return;
	}
	a.sun_family = AF_UNIX;
	memcpy(a.sun_path, path, n);
	if (path[0] == '@') {
		a.sun_path[0] = '\0';
	}
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return;
	}
	(void)sendto(fd, text, strlen(text), MSG_NOSIGNAL,
	    (struct sockaddr *)&a,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	close(fd);
}

/* WATCHDOG_USEC: how often the service manager wants a sign of life */
static void
watchdog_read(struct monitor *m)
{
	const char *usec = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	long long n;

	m->silent = SILENT_SECONDS;
	if (usec == NULL || (pid != NULL &&
	    strtol(pid, NULL, 10) != (long)getpid())) {
		return;
	}
	n = strtoll(usec, NULL, 10) / 1000;
	if (n < 1 || n > INT64_C(86400000)) {
		return;
	}
	m->watchdog_ms = n;
	m->silent = n * SILENT_PERIODS / 1000;
	if (m->silent < SILENT_LEAST) {
		m->silent = SILENT_LEAST;
	}
}

/* --- children --- */

static time_t
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static int
memory_with(const void *p, size_t len, size_t size)
{
	int fd = memfd_create("meldluik", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0) {
		return -1;
	}
	if ((len > 0 && write(fd, p, len) != (ssize_t)len) ||
	    ftruncate(fd, (off_t)size) != 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* In the child: only the descriptors of its role remain */
static void
become(struct monitor *m, const struct child *c, int control, int config)
{
	int from[FD_PUBLIC + CONFIG_LISTENERS], to, n = FD_PUBLIC;
	char word_web[] = ROLE_WORD_WEB, word_store[] = ROLE_WORD_STORE;
	char name[] = "meldluik-gateway", first[] = "first";
	char *argv[4] = {name, c->role == ROLE_WEB ? word_web : word_store,
	    m->first ? first : NULL, NULL};
	char *envp[1] = {NULL};
	sigset_t none;
	unsigned i;

	from[FD_CONTROL] = control;
	from[FD_CONFIG] = config;
	from[FD_COURIER] = -1;
	if (c->role == ROLE_WEB) {
		from[FD_COURIER] = m->courier;
		for (i = 0; i < m->config->listeners; i++) {
			from[n++] = m->public[i];
		}
	}
	/* First out of the way, then each to its place */
	for (to = FD_CONTROL; to < n; to++) {
		if (from[to] >= 0) {
			from[to] = fcntl(from[to], F_DUPFD_CLOEXEC, 64);
			if (from[to] < 0) {
				_exit(EXIT_TROUBLE);
			}
		}
	}
	close_range(FD_CONTROL, 63, 0);
	for (to = FD_CONTROL; to < n; to++) {
		if (from[to] >= 0 && dup2(from[to], to) < 0) {
			_exit(EXIT_TROUBLE);
		}
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve("/proc/self/exe", argv, envp);
	_exit(EXIT_TROUBLE);
}

static bool
start(struct monitor *m, struct child *c)
{
	int pair[2], config;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)
	    != 0) {
		return false;
	}
	config = memory_with(m->text->p, m->text->len, m->text->len);
	if (config < 0) {
		close(pair[0]);
		close(pair[1]);
		return false;
	}
	c->started = seconds();
	c->heard = c->started;
	c->pid = fork();
	if (c->pid == 0) {
		become(m, c, pair[1], config);
	}
	close(pair[1]);
	close(config);
	c->control = pair[0];
	c->ready = false;
	return c->pid > 0;
}

/* A channel between the two. One of them may be dead and not yet reaped:
 * sending to it fails, and its own start makes the next channel. */
static bool
connect_them(struct monitor *m)
{
	const char message = CONTROL_LINK;
	int pair[2], fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)
	    != 0) {
		return false;
	}
	fds[1] = m->slots;
	fds[0] = pair[0];
	(void)ipc_send(m->web.control, &message, 1, fds, 2);
	fds[0] = pair[1];
	(void)ipc_send(m->store.control, &message, 1, fds, 2);
	close(pair[0]);
	close(pair[1]);
	return true;
}

static bool
start_web(struct monitor *m)
{
	if (m->slots >= 0) {
		close(m->slots);
	}
	m->slots = memory_with(NULL, 0, SLOT_BYTES);
	return m->slots >= 0 && start(m, &m->web);
}

/* Starts again what ended; false: it never comes up */
static bool
again(struct monitor *m, struct child *c, int status)
{
	const struct timespec pause = {0, RETRY_MS * 1000000L};
	bool denied = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;

	if (c->role == ROLE_WEB) {
		log_event(denied ? EVENT_WEB_DENIED : EVENT_WEB_ENDED);
	} else {
		log_event(denied ? EVENT_STORE_DENIED : EVENT_STORE_ENDED);
	}
	close(c->control);
	c->control = -1;
	m->first = false;
	c->hasty = seconds() - c->started < HASTY_SECONDS ? c->hasty + 1 : 0;
	if (c->ready) {
		c->failures = 0;
		if (c->hasty > HASTY_FREE) {
			nanosleep(&pause, NULL);
		}
	} else {
		if (++c->failures >= START_FAILURES ||
		    (WIFEXITED(status) &&
		    WEXITSTATUS(status) == EXIT_USAGE)) {
			log_event(EVENT_GIVING_UP);
			return false;
		}
		nanosleep(&pause, NULL);
	}
	if (c->role == ROLE_WEB ? !start_web(m) : !start(m, c)) {
		return false;
	}
	return connect_them(m);
}

/* A word of a child */
static void
hear(struct monitor *m, struct child *c)
{
	char message[8];
	int fds[IPC_FDS];
	unsigned n;
	ssize_t got;

	got = ipc_receive(c->control, message, sizeof(message), fds, &n);
	while (got > 0 && n > 0) {
		close(fds[--n]);
	}
	if (got <= 0) {
		/* SIGCHLD tells the rest */
		(void)kill(c->pid, SIGKILL);
		shutdown(c->control, SHUT_RDWR);
		return;
	}
	c->heard = seconds();
	if (message[0] == CONTROL_READY) {
		c->ready = true;
		if (!m->told_ready && m->web.ready && m->store.ready) {
			m->told_ready = true;
			log_event(EVENT_READY);
			notify("READY=1");
		}
	} else if (message[0] == CONTROL_BROKEN && c == &m->store) {
		(void)kill(m->web.pid, SIGKILL);
	}
}

static bool
reap(struct monitor *m)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == m->web.pid && !again(m, &m->web, status)) {
			return false;
		}
		if (pid == m->store.pid && !again(m, &m->store, status)) {
			return false;
		}
	}
	return true;
}

/* Web first, so that nothing new comes; then the store closes cleanly,
 * because its control channel ends */
static void
stop(struct monitor *m)
{
	const struct timespec pause = {0, 10000000L};
	int status, i;

	notify("STOPPING=1");
	log_event(EVENT_STOP);
	if (m->web.pid > 0) {
		(void)kill(m->web.pid, SIGKILL);
		(void)waitpid(m->web.pid, &status, 0);
	}
	if (m->store.pid > 0) {
		close(m->store.control);
		for (i = 0; i < STOP_SECONDS * 100; i++) {
			if (waitpid(m->store.pid, &status, WNOHANG) != 0) {
				return;
			}
			nanosleep(&pause, NULL);
		}
		(void)kill(m->store.pid, SIGKILL);
		(void)waitpid(m->store.pid, &status, 0);
	}
}

/* A child that hangs is ended, and started again like any that ended; that
 * this process hangs, the service manager sees. */
static void
look_alive(struct monitor *m)
{
	struct child *both[] = {&m->web, &m->store};
	size_t i;

	for (i = 0; i < 2; i++) {
		if (seconds() - both[i]->heard > m->silent) {
			log_event(i == 0 ? EVENT_WEB_SILENT :
			    EVENT_STORE_SILENT);
			both[i]->heard = seconds();
			(void)kill(both[i]->pid, SIGKILL);
		}
	}
	if (m->watchdog_ms > 0) {
		notify("WATCHDOG=1");
	}
}

static int
watch(struct monitor *m, int signals)
{
	struct signalfd_siginfo info;
	struct pollfd p[3];
	int wait = ALIVE_SECONDS * 1000;

	if (m->watchdog_ms > 0 && m->watchdog_ms / 3 < wait) {
		wait = (int)(m->watchdog_ms / 3);
	}
	for (;;) {
		p[0] = (struct pollfd){signals, POLLIN, 0};
		p[1] = (struct pollfd){m->web.control, POLLIN, 0};
		p[2] = (struct pollfd){m->store.control, POLLIN, 0};
		if (poll(p, 3, wait) < 0 && errno != EINTR) {
			return EXIT_TROUBLE;
		}
		look_alive(m);
		if (p[1].revents != 0) {
			hear(m, &m->web);
		}
		if (p[2].revents != 0) {
			hear(m, &m->store);
		}
		if (p[0].revents != 0 &&
		    read(signals, &info, sizeof(info)) ==
		    (ssize_t)sizeof(info)) {
			if (info.ssi_signo != SIGCHLD) {
				return EXIT_GOOD;
			}
			if (!reap(m)) {
				return EXIT_TROUBLE;
			}
		}
	}
}

int
monitor_main(const struct config *c, const struct buf *text)
{
	struct sandbox_told told;
	struct monitor m;
	sigset_t set;
	int signals, status = EXIT_TROUBLE;

	log_role("monitor");
	memset(&m, 0, sizeof(m));
	m.config = c;
	m.text = text;
	m.slots = -1;
	m.first = true;
	watchdog_read(&m);
	m.web.role = ROLE_WEB;
	m.store.role = ROLE_STORE;
	if (!open_listeners(&m)) {
		return EXIT_USAGE;
	}
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 ||
	    (signals = signalfd(-1, &set, SFD_CLOEXEC)) < 0 ||
	    sandbox_enter(ROLE_MONITOR, NULL, &told) != OK) {
		return EXIT_TROUBLE;
	}
	if (start(&m, &m.store) && start_web(&m) && connect_them(&m)) {
		status = watch(&m, signals);
	}
	stop(&m);
	return status;
}
