/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The monitor: has the listeners opened (listeners.h), starts store and web
 * by executing this program again, gives them a channel to each other, and
 * starts again what ends. Reads nothing from a visitor and holds no secret
 * but the hash of the courier's token.
 *
 * Who is given what: store the configuration; web the configuration and
 * the listeners. When web ends, a new shared memory and channel; when the
 * store ends, a new channel and the same memory, because web has bodies in
 * it that are still coming.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "events.h"
#include "ipc.h"
#include "listeners.h"
#include "manager.h"
#include "roles.h"
#include "sandbox.h"

#define START_FAILURES 5 /* in a row before a process was ever ready */
#define RETRY_MS 200
#define HASTY_SECONDS 1  /* who lives shorter is hasty */
#define HASTY_FREE 3     /* hasty ends in a row without a pause */
#define STOP_SECONDS 5
/* A child silent for this long is ended. While it copies a large index the
 * store says that it lives. */
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
	struct listeners listeners;
	struct child web, store;
	int slots; /* shared memory of the web that runs */
	bool told_ready, first;
	int64_t watchdog_ms; /* 0: nobody waits for us */
	int64_t silent;      /* seconds */
};

/* How long a child may be silent */
static void
patience(struct monitor *m)
{
	m->watchdog_ms = manager_watchdog();
	m->silent = SILENT_SECONDS;
	if (m->watchdog_ms > 0) {
		m->silent = m->watchdog_ms * SILENT_PERIODS / 1000;
	}
	if (m->silent < SILENT_LEAST) {
		m->silent = SILENT_LEAST;
	}
}

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

/*
 * In the child: it ends with ${monitor}, also when it is stopped or in the
 * midst of something and does not see its control channel close; and only the
 * descriptors of its role remain.
 */
static void
become(struct monitor *m, const struct child *c, int control, int config,
    pid_t monitor)
{
	int from[FD_PUBLIC + CONFIG_LISTENERS], to, n = FD_PUBLIC;
	char word_web[] = ROLE_WORD_WEB, word_store[] = ROLE_WORD_STORE;
	char name[] = "meldluik-gateway", first[] = "first";
	char *argv[4] = {name, c->role == ROLE_WEB ? word_web : word_store,
	    m->first ? first : NULL, NULL};
	char *envp[1] = {NULL};
	sigset_t none;
	unsigned i;

	/* It stays through the exec; whose end was before it, nobody tells */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 ||
	    getppid() != monitor) {
		_exit(EXIT_TROUBLE);
	}
	from[FD_CONTROL] = control;
	from[FD_CONFIG] = config;
	from[FD_COURIER] = from[FD_METRICS] = -1;
	if (c->role == ROLE_WEB) {
		from[FD_COURIER] = m->listeners.courier;
		from[FD_METRICS] = m->listeners.metrics;
		for (i = 0; i < m->config->listeners; i++) {
			from[n++] = m->listeners.public[i];
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
	pid_t self = getpid();

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
		become(m, c, pair[1], config, self);
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
			manager_notify("READY=1");
		}
	} else if (message[0] == CONTROL_BROKEN && c == &m->store) {
		(void)kill(m->web.pid, SIGKILL);
	} else if (message[0] == CONTROL_LINK && c == &m->store) {
		log_event(EVENT_LINK);
		(void)connect_them(m); /* it asks again */
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

	manager_notify("STOPPING=1");
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
		manager_notify("WATCHDOG=1");
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
	patience(&m);
	m.web.role = ROLE_WEB;
	m.store.role = ROLE_STORE;
	if (!listeners_open(c, &m.listeners)) {
		return EXIT_USAGE;
	}
	malloc_trim(0); /* what judging the configuration took */
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
