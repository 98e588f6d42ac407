/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The web process: engine threads answer, this thread keeps the channel to
 * the store, the watchdog and the day. No file is opened after the start;
 * what is public comes from the store as sealed memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../http/circuit.h"
#include "../http/engine.h"
#include "../http/link.h"
#include "../http/snapshot.h"
#include "../http/watchdog.h"
#include "../pages/setup.h"
#include "events.h"
#include "ipc.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"
#include "roles.h"
#include "sandbox.h"

#define TICK_MS 500
#define THREADS_MAX 8
/* Descriptors beside those of visitors: who waits for tor's line, the doors
 * of courier and counters, loops, what comes from the store */
#define FILES_APART 384u

/* A first link, before anything listens: it brings the slots */
static uint8_t *
first_link(int *link)
{
	char message[8];
	int fds[IPC_FDS];
	uint8_t *slots;
	unsigned n;

	if (ipc_receive(FD_CONTROL, message, sizeof(message), fds, &n) < 1 ||
	    message[0] != CONTROL_LINK || n != 2) {
		return NULL;
	}
	*link = fds[0];
	(void)fcntl(*link, F_SETFL, O_NONBLOCK);
	slots = slots_map(fds[1]);
	close(fds[1]);
	return slots;
}

/* A later link: the store was started again; the slots stay */
static bool
take_control(void)
{
	char message[8];
	int fds[IPC_FDS];
	unsigned n;
	ssize_t got;

	got = ipc_receive(FD_CONTROL, message, sizeof(message), fds, &n);
	if (got == 0) {
		return false;
	}
	if (got > 0 && message[0] == CONTROL_LINK && n == 2) {
		close(fds[1]);
		(void)fcntl(fds[0], F_SETFL, O_NONBLOCK);
		link_attach(fds[0]);
		return true;
	}
	while (n > 0) {
		close(fds[--n]);
	}
	return true;
}

static void
tick(day_t *today)
{
	day_t d = day_of_utc((int64_t)time(NULL));

	link_tick();
	if (d != *today) {
		*today = d;
		engine_today(d);
		snapshot_day(d);
		log_day();
	}
}

/* True: more to look at soon */
static bool
watch(void)
{
	unsigned slow = 0;
	bool more = watchdog_turn(&slow);

	while (slow-- > 0) {
		log_event(EVENT_SLOW);
	}
	return more;
}

static void
run(day_t today)
{
	const char alive = CONTROL_ALIVE;
	struct pollfd p[2];
	struct timespec t;
	int64_t last = 0, looked = 0, said = 0, ms;
	bool round = false; /* of the watchdog, under way */

	for (;;) {
		p[0] = (struct pollfd){FD_CONTROL, POLLIN, 0};
		p[1] = (struct pollfd){link_fd(), POLLIN, 0};
		if (poll(p, 2, round ? WATCHDOG_PAUSE : TICK_MS) < 0 && errno != EINTR) {
			return;
		}
		if (p[1].revents != 0 && link_receive() != OK) {
			link_attach(-1);
		}
		if (p[0].revents != 0 && !take_control()) {
			return; /* the monitor is gone */
		}
		clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
		ms = t.tv_sec * 1000 + t.tv_nsec / 1000000;
		if (ms - looked >= (round ? WATCHDOG_PAUSE : TICK_MS)) {
			looked = ms;
			round = watch();
		}
		if (ms - last >= TICK_MS) {
			last = ms;
			tick(&today);
		}
		if (ms - said >= ALIVE_SECONDS * 1000) {
			said = ms;
			(void)send(FD_CONTROL, &alive, 1, MSG_DONTWAIT |
			    MSG_NOSIGNAL);
		}
	}
}

static enum err
start_engines(const struct config *c, unsigned threads)
{
	static const struct handler *const open_tables[] = {
		intake_handlers, public_handlers, page_handlers, NULL};
	static const struct handler *const courier_tables[] = {
		courier_handlers, NULL};
	static const struct handler *const metrics_tables[] = {
		metrics_handlers, NULL};
	const struct circuit_limits circuit = {c->circuit_connections,
		c->circuit_requests, c->circuit_bytes, c->circuit_texts};
	struct engine *engine; /* lives as long as the process */
	unsigned circuits = config_circuits(c), i;
	enum err e;

	if (circuits < c->listeners &&
	    !circuit_setup(&circuit, c->connections)) {
		return ERR_MEMORY;
	}
	for (i = 0; i < c->listeners; i++) {
		/* the first one is the busy one */
		e = engine_start(FD_PUBLIC + (int)i, i == circuits,
		    open_tables, i == 0 ? threads : 1, c->connections / c->listeners,
		    &engine);
		if (e != OK) {
			return e;
		}
	}
	if (c->has_credential) {
		e = engine_start(FD_COURIER, false, courier_tables, 1, 32,
		    &engine);
		if (e != OK) {
			return e;
		}
	}
	if (c->listen_metrics[0] != '\0') {
		return engine_start(FD_METRICS, false, metrics_tables, 1, 8,
		    &engine);
	}
	return OK;
}

/* No more visitors than there are descriptors for: without one nobody comes
 * in, the courier neither, and no public file */
static void
connections_limit(struct config *c, unsigned files)
{
	unsigned most = files > 2 * FILES_APART ? files - FILES_APART :
	    files / 2;

	if (c->connections > most) {
		c->connections = most;
	}
}

int
web_main(void)
{
	const char ready = CONTROL_READY;
	struct sandbox_told told;
	struct watchdog_limits limits;
	struct engine_site site;
	struct pages_config pages;
	char why[PAGES_WHY];
	static char languages[PAGES_LANGUAGES];
	static struct config c;
	struct buf text;
	uint8_t *slots;
	day_t today = day_of_utc((int64_t)time(NULL));
	long threads = sysconf(_SC_NPROCESSORS_ONLN);
	int line, link = -1;

	log_role("web");
	prctl(PR_SET_NAME, "meldluik-web"); /* for ps; it was started as exe */
	/* Two have a high-water mark each, of forms and files that come and
	 * go: with 10,000 of them it was 124 to 129 MiB, with one 115 */
	mallopt(M_ARENA_MAX, 1);
	/* Before it gives back the end of an arena the C library opens a file
	 * of /proc, which ends this process; what is large is mapped. */
	mallopt(M_MMAP_THRESHOLD, 131072);
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
	/* What is freed is overwritten, but for blocks of a kilobyte and less
	 * that a thread keeps: the header lines of a connection that ended
	 * before its answer did would stay in the heap */
	mallopt(M_PERTURB, 0xff);
	if (config_load(FD_CONFIG, &text) != OK ||
	    config_parse((const char *)text.p, &c, &line) != OK) {
		return EXIT_USAGE;
	}
	buf_free(&text);
	close(FD_CONFIG);
	json_setup();
	pages.languages = c.languages;
	pages.checked = c.checked;
	pages.organisation = c.organisation;
	if (pages_setup(&pages, why) != OK) {
		return EXIT_USAGE; /* the monitor has complained before */
	}
	malloc_trim(0); /* what reading the configuration took */
	slots = first_link(&link);
	if (slots == NULL) {
		return EXIT_TROUBLE;
	}
	/* Before the threads: Landlock does not reach running ones */
	if (sandbox_enter(ROLE_WEB, NULL, &told) != OK) {
		return EXIT_TROUBLE;
	}
	if (told.no_landlock) {
		log_event(EVENT_NO_LANDLOCK);
	}
	if (told.no_memory_lock) {
		log_event(EVENT_NO_LOCK);
	}
	connections_limit(&c, told.files);
	limits.header_seconds = c.header_seconds;
	limits.idle_seconds = c.idle_seconds;
	limits.body_rate = c.body_rate;
	limits.body_grace = c.body_grace;
	limits.crowd = c.connections / 4;
	site.onion = c.onion;
	site.https = c.https;
	site.contact = c.contact;
	pages_languages(languages);
	site.languages = languages;
	memcpy(site.credential, c.credential, sizeof(site.credential));
	site.refused = page_refused;
	site.lost = page_lost;
	link_setup(slots);
	link_attach(link);
	if (engine_setup(&site, &limits, today) != OK) {
		return EXIT_TROUBLE;
	}
	if (threads < 1 || threads > THREADS_MAX) {
		threads = threads < 1 ? 1 : THREADS_MAX;
	}
	if (start_engines(&c, (unsigned)threads) != OK) {
		return EXIT_TROUBLE;
	}
	if (!ipc_send(FD_CONTROL, &ready, 1, NULL, 0)) {
		return EXIT_TROUBLE;
	}
	run(today);
	_exit(EXIT_GOOD); /* engine threads end with the process */
}
