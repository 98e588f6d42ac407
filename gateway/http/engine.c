/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Between libmicrohttpd and the handlers: judges the request, finds the
 * handler, feeds it the body, wipes what it took, sends the one answer (made
 * in exchange.c). The
 * library's buffers hold plaintext of reporters on the no-script path; they
 * are wiped in place as soon as a handler took them. No address of a peer is
 * ever read.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../process/events.h"
#include "../process/ipc.h"
#include "acceptor.h"
#include "engine.h"
#include "exchange_private.h"
#include "guard.h"
#include "headers.h"
#include "hold.h"
#include "link.h"
#include "loops.h"
#include "meldluik/secret.h"
#include "reception.h"
#include "widen.h"

#define DRAIN_MAX 2097152u /* of a body read and thrown away for an answer */

struct engine {
	struct loops *loops;
	const struct handler *tables[ENGINE_TABLES + 1];
	bool circuits;
};

static unsigned line_seconds; /* to a whole line of tor */
static void (*form_refused)(struct exchange *x, unsigned status);
static void (*page_lost)(struct exchange *x, unsigned status);

enum err
engine_setup(const struct engine_site *s,
    const struct watchdog_limits *limits, int32_t today)
{
	exchange_setup(s);
	watchdog_setup(limits);
	line_seconds = limits->header_seconds;
	form_refused = s->refused;
	page_lost = s->lost;
	engine_today(today);
	return hold_start();
}

static int
descriptor(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(c,
	    MHD_CONNECTION_INFO_CONNECTION_FD);

	return info == NULL ? -1 : info->connect_fd;
}

static enum MHD_Result
send_answer(struct exchange *x)
{
	enum MHD_Result result;

	if (x->queued) {
		return MHD_YES;
	}
	link_answered(x);
	watchdog_answer(x->watched, x->answer_len);
	x->narrow = widen(descriptor(x->c), x->answer_len);
	result = MHD_queue_response(x->c, x->status, x->response);
	exchange_drop_answer(x);
	x->queued = true;
	return result;
}

static bool
path_matches(const char *pattern, const char *path, size_t *quality)
{
	size_t n = strlen(pattern);

	if (n >= 2 && strcmp(pattern + n - 2, "/*") == 0) {
		*quality = n;
		return strncmp(pattern, path, n - 1) == 0;
	}
	*quality = SIZE_MAX;
	return strcmp(pattern, path) == 0;
}

/* Exact before prefix, longer prefix before shorter. ${methods}: 1 << each that
 * the path has, none: nothing is there */
static const struct handler *
find_handler(const struct engine *g, enum method m, const char *path,
    unsigned *methods)
{
	const struct handler *const *t, *h, *best = NULL;
	size_t quality, best_quality = 0;

	*methods = 0;
	if (m == METHOD_HEAD) {
		m = METHOD_GET;
	}
	for (t = g->tables; *t != NULL; t++) {
		for (h = *t; h->path != NULL; h++) {
			if (!path_matches(h->path, path, &quality)) {
				continue;
			}
			*methods |= 1u << h->method;
			if (h->method == m && quality > best_quality) {
				best = h;
				best_quality = quality;
			}
		}
	}
	return best;
}

/*
 * The library leaves the strings where they came in. So in a clean header
 * each name begins two bytes (CR, LF) after the value before it, and the
 * last value ends four bytes before the header does. Zero bytes, folded
 * lines and bare LF all break that. In the same way the first name begins
 * where method, path and version end, and a zero byte in those breaks it.
 */
struct judging {
	struct guard guard;
	struct exchange *x;
	const char *next; /* where the next name must begin */
};

static enum MHD_Result
judge_header(void *arg, enum MHD_ValueKind kind, const char *name,
    size_t name_len, const char *value, size_t len)
{
	struct judging *j = arg;

	(void)kind;
	if (value == NULL) {
		j->guard.bad = true;
		return MHD_YES;
	}
	guard_header(&j->guard, name, name_len, value, len,
	    name != j->next);
	j->next = value + len + 2;
	if (name_len == 4 && strcasecmp(name, "Host") == 0) {
		j->x->host = value;
	}
	return MHD_YES;
}

static bool
judge(struct exchange *x, const char *method, const char *version)
{
	const union MHD_ConnectionInfo *info;
	struct judging j;

	memset(&j, 0, sizeof(j));
	j.x = x;
	if (x->bad_uri) {
		return false;
	}
	j.next = method + strlen(method) + 1 + strlen(x->path) + 1 +
	    strlen(version) + 2;
	MHD_get_connection_values_n(x->c, MHD_HEADER_KIND, judge_header, &j);
	info = MHD_get_connection_info(x->c,
	    MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	if (info == NULL || j.guard.headers == 0 || j.guard.bad ||
	    info->header_size != (size_t)(j.next + 2 - method)) {
		return false;
	}
	if (!guard_end(&j.guard, version)) {
		return false;
	}
	x->length = j.guard.encodings > 0 ? UINT64_MAX : j.guard.length;
	return true;
}

static const char *const method_names[] = {
	[METHOD_GET] = "GET", [METHOD_HEAD] = "HEAD",
	[METHOD_POST] = "POST", [METHOD_PUT] = "PUT"};
#define METHODS (sizeof(method_names) / sizeof(*method_names))

static bool
method_of(const char *s, enum method *out)
{
	unsigned i;

	for (i = 0; i < METHODS; i++) {
		if (strcmp(s, method_names[i]) == 0) {
			*out = (enum method)i;
			return true;
		}
	}
	return false;
}

static void
refuse(struct exchange *x, unsigned status, const char *word)
{
	bool form = x->method == METHOD_POST && x->h != NULL;

	if (x->state != NULL && x->h != NULL && x->h->release != NULL) {
		x->h->release(x->state);
		x->state = NULL;
	}
	x->h = NULL;
	if (strncmp(x->path, "/v1/", 4) == 0) {
		exchange_error(x, status, word);
	} else if (form && form_refused != NULL) {
		form_refused(x, status);
	} else {
		exchange_answer(x, status, "text/plain; charset=utf-8",
		    word, strlen(word), 0);
	}
}

/*
 * The library closes a connection that is answered before its body phase,
 * so that is done only where the body is unwelcome.
 */
static enum MHD_Result
header_end(struct exchange *x)
{
	x->in_header = false;
	if (x->answered && x->length > 0 && (x->length > DRAIN_MAX ||
	    exchange_header(x, "Expect") != NULL)) {
		return send_answer(x);
	}
	if (x->length > 0) {
		watchdog_body(x->watched);
	} else {
		watchdog_wait(x->watched);
	}
	return MHD_YES;
}

static int64_t
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return t.tv_sec;
}

/* A known length is charged at once, so that nothing of it is read in vain */
static bool
within_budget(struct exchange *x)
{
	uint64_t n = x->length == UINT64_MAX ? 0 : x->length;

	if (x->circuit == NULL || (circuit_request(x->circuit, seconds()) &&
	    circuit_bytes(x->circuit, n, seconds()))) {
		return true;
	}
	log_event(EVENT_CIRCUIT);
	return false;
}

static bool
browses(const struct engine *g, const struct exchange *x)
{
	const char *accept = exchange_header(x, "Accept");
	unsigned methods;

	return strncmp(x->path, "/v1/", 4) != 0 && accept != NULL &&
	    strstr(accept, "text/html") != NULL &&
	    find_handler(g, METHOD_GET, "/", &methods) != NULL;
}

/* What a 405 must say (RFC 9110 section 15.5.6) */
static void
allow(struct exchange *x, unsigned methods)
{
	char list[32] = "";
	unsigned i;

	if (methods & 1u << METHOD_GET) {
		methods |= 1u << METHOD_HEAD;
	}
	for (i = 0; i < METHODS; i++) {
		if (methods & 1u << i) {
			strcat(list, list[0] == '\0' ? "" : ", ");
			strcat(list, method_names[i]);
		}
	}
	exchange_add_header(x, "Allow", list);
}

/* A page for who browses where pages are, which costs no more than another;
 * for others a word, for a form its own page */
static void
sorry(const struct engine *g, struct exchange *x, unsigned status,
    const char *word)
{
	if ((x->h == NULL || x->method != METHOD_POST) && browses(g, x)) {
		x->h = NULL;
		page_lost(x, status);
	} else {
		refuse(x, status, word);
	}
}

/* No handler. ${methods} of find_handler(). Only the page is charged */
static void
lost(const struct engine *g, struct exchange *x, unsigned methods)
{
	if (browses(g, x) && !within_budget(x)) {
		sorry(g, x, 503, "busy");
	} else if (methods == 0) {
		sorry(g, x, 404, "unknown");
	} else {
		allow(x, methods);
		sorry(g, x, 405, "method");
	}
}

/* The first call of a request: header is complete, body is not read */
static enum MHD_Result
begin(struct engine *g, struct exchange *x, const char *method,
    const char *version)
{
	unsigned methods;
	bool ours;

	x->seen = true;
	x->in_header = true;
	if (!judge(x, method, version)) {
		log_event(EVENT_GUARD);
		x->path = "/v1/"; /* repeat nothing of it */
		exchange_error(x, 400, "header");
		/* what follows cannot be told from a second request */
		x->flags |= ANSWER_CLOSE;
		MHD_add_response_header(x->response, "Connection", "close");
		return send_answer(x);
	}
	ours = method_of(method, &x->method);
	x->h = find_handler(g, x->method, x->path, &methods);
	if (x->h == NULL || !ours) {
		x->h = NULL;
		lost(g, x, methods);
	} else if (x->length != UINT64_MAX && x->length > x->h->body_max) {
		refuse(x, 413, "limit");
	} else if (!within_budget(x)) {
		sorry(g, x, 503, "busy");
	} else if (x->h->begin != NULL) {
		x->h->begin(x);
	}
	return x->suspended ? MHD_YES : header_end(x);
}

/* Gives a handler what came; wipes what it took */
static enum MHD_Result
take_body(struct exchange *x, uint8_t *p, size_t *len)
{
	size_t taken;

	watchdog_got(x->watched, *len);
	while (*len > 0 && !x->suspended) {
		if (x->answered || x->h == NULL) {
			taken = *len;
		} else if (x->got + *len > x->h->body_max) {
			refuse(x, 413, "limit"); /* chunked, too long */
			taken = *len;
		} else if (x->length == UINT64_MAX && !circuit_bytes(
		    x->circuit, *len, seconds())) {
			log_event(EVENT_CIRCUIT);
			refuse(x, 503, "busy");
			taken = *len;
		} else if (x->h->body == NULL) {
			taken = *len;
		} else {
			taken = x->h->body(x, p, *len);
			if (taken == 0 && !x->suspended && !x->answered) {
				return MHD_NO;
			}
			if (taken == 0 && !x->suspended) {
				continue;
			}
		}
		secret_wipe(p, taken);
		p += taken;
		*len -= taken;
		x->got += taken;
		if (x->answered && x->got > DRAIN_MAX) {
			return MHD_NO;
		}
	}
	return MHD_YES;
}

static enum MHD_Result
on_request(void *arg, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *upload,
    size_t *upload_len, void **slot)
{
	struct exchange *x = *slot;

	(void)c; /* on_uri() has it */
	if (x == NULL) {
		return MHD_NO;
	}
	if (!x->seen) {
		x->path = url;
		return begin(arg, x, method, version);
	}
	if (exchange_asleep(x)) {
		return MHD_YES;
	}
	if (x->suspended) {
		x->suspended = false;
		if (x->job.state == JOB_ARRIVED) {
			link_deliver(x);
		} else if (x->job.refused) {
			exchange_error(x, 503, "busy");
		}
		if (x->suspended) {
			return MHD_YES;
		}
		if (x->in_header) {
			return header_end(x);
		}
	}
	if (*upload_len > 0) {
		return take_body(x, (uint8_t *)(uintptr_t)upload, upload_len);
	}
	if (!x->answered && !x->finished && x->h != NULL) {
		if (!x->turned && x->h->finish != NULL) {
			/* Here the library waits for an answer and not for
			 * bytes; asleep before that it would read on when it
			 * wakes, and close on who has shut the sending end */
			x->turned = true;
			return MHD_YES;
		}
		x->finished = true;
		hold_begin(x);
		watchdog_wait(x->watched);
		if (x->h->finish != NULL) {
			x->h->finish(x);
		}
	}
	if (x->suspended) {
		return MHD_YES;
	}
	if (x->answered && hold(x)) {
		return MHD_YES;
	}
	return x->answered ? send_answer(x) : MHD_NO;
}

static void *
on_uri(void *arg, const char *uri, struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info;
	const struct engine *g = arg;
	struct exchange *x = calloc(1, sizeof(*x));

	if (x == NULL) {
		return NULL;
	}
	x->c = c;
	x->slot = SLOT_NONE;
	x->path = "/";
	x->bad_uri = !guard_uri(uri);
	info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	x->watched = info == NULL ? NULL : info->socket_context;
	if (g->circuits) {
		x->circuit = reception_of(descriptor(c));
	}
	return x;
}

static void
on_completed(void *arg, struct MHD_Connection *c, void **slot,
    enum MHD_RequestTerminationCode why)
{
	struct exchange *x = *slot;

	(void)arg;
	(void)why;
	if (x == NULL) {
		return;
	}
	*slot = NULL;
	if (x->job.state == JOB_ARRIVED) {
		/* the peer left meanwhile; the handler still hears of it */
		x->answered = true;
		link_deliver(x);
	}
	if (x->h != NULL && x->h->release != NULL) {
		x->h->release(x->state);
	}
	hold_forget(x);
	link_forget(x);
	places_forget(x);
	exchange_drop_answer(x);
	if (x->narrow > 0) {
		narrow(descriptor(c), x->narrow);
	}
	watchdog_idle(x->watched);
	free(x->header);
	free(x);
}

static void
on_connection(void *arg, struct MHD_Connection *c, void **context,
    enum MHD_ConnectionNotificationCode what)
{
	const struct engine *g = arg;
	int fd = descriptor(c);

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		*context = fd < 0 ? NULL : watchdog_add(fd);
	} else {
		watchdog_remove(*context);
		*context = NULL;
		if (g->circuits && fd >= 0) {
			reception_end(fd);
		}
	}
}

static bool
has_room(void *arg)
{
	struct engine *g = arg;

	return loops_room(g->loops);
}

static void
take_over(void *arg, int fd)
{
	struct engine *g = arg;

	loops_add(g->loops, fd);
}

/* It cannot wait in the kernel any more, as one without a line does */
static void
take_over_circuit(void *arg, int fd)
{
	if (has_room(arg)) {
		take_over(arg, fd);
	} else {
		log_event(EVENT_HTTP_LIBRARY);
		reception_end(fd);
		close(fd);
	}
}

enum err
engine_start(int listener, bool circuits, const struct handler *const *tables,
    unsigned threads, unsigned connections, struct engine **out)
{
	struct engine *g = calloc(1, sizeof(*g));
	struct loops_calls calls = {on_request, on_uri, on_completed,
		on_connection, g};
	struct acceptor_calls door = {has_room, take_over, g};
	struct sockaddr_storage at;
	socklen_t len = sizeof(at);
	unsigned i;
	enum err e;

	if (g == NULL) {
		return ERR_MEMORY;
	}
	if (getsockname(listener, (struct sockaddr *)&at, &len) != 0) {
		free(g);
		return ERR_IO;
	}
	for (i = 0; i < ENGINE_TABLES && tables[i] != NULL; i++) {
		g->tables[i] = tables[i];
	}
	g->circuits = circuits;
	e = loops_start(&calls, at.ss_family, threads, connections,
	    &g->loops);
	if (e == OK) {
		e = circuits ?
		    reception_start(listener, line_seconds,
		    take_over_circuit, g) :
		    acceptor_start(listener, &door);
	}
	*out = g; /* lives as long as the process */
	return e;
}
