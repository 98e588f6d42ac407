/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Between libmicrohttpd and the pages: takes connections on 127.0.0.1 only,
 * lets guard and session judge, collects a form, sends the one answer. The
 * library's buffers hold what was typed; they are wiped in place as soon as
 * they were taken. One thread; a page is made within the callback.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "../scrub.h"
#include "../terminal.h"
#include "meldluik/secret.h"
#include "ui.h"

#define POOL 65536u      /* header and body window of a connection */
#define CONNECTIONS 32u
#define SECONDS_QUIET 60u /* of a connection */
#define TURN 250u         /* milliseconds until the lock is looked at */

struct call {
	struct visit v;
	struct buf body;
	bool refused;
};

static struct ui *the_ui;
static uint16_t the_port;
static volatile sig_atomic_t stop;

static void
stopped(int sig)
{
	(void)sig;
	stop = 1;
}

static void
wiped_free(void *p)
{
	secret_free(p);
}

static bool
headers_add(struct MHD_Response *r, const struct visit *v)
{
	static const char *const fixed[][2] = {
		{"Cache-Control", "no-store"},
		{"X-Content-Type-Options", "nosniff"},
		{"X-Frame-Options", "DENY"},
		/* With no-referrer a form's Origin would be "null" */
		{"Referrer-Policy", "same-origin"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
		{"X-DNS-Prefetch-Control", "off"},
		{"Permissions-Policy", "camera=(), geolocation=(), "
		    "microphone=(), clipboard-read=()"},
	};
	const char *policy = v->policy != NULL ? v->policy :
	    "default-src 'none'; style-src 'self'; img-src 'self'; "
	    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
	bool good = MHD_add_response_header(r, "Content-Security-Policy",
	    policy) == MHD_YES;

	for (size_t i = 0; i < sizeof fixed / sizeof *fixed && good; i++) {
		good = MHD_add_response_header(r, fixed[i][0], fixed[i][1]) ==
		    MHD_YES;
	}
	if (good && v->type != NULL) {
		good = MHD_add_response_header(r, "Content-Type", v->type) ==
		    MHD_YES;
	}
	if (good && v->location[0] != 0) {
		good = MHD_add_response_header(r, "Location", v->location) ==
		    MHD_YES;
	}
	if (good && v->clear) {
		good = MHD_add_response_header(r, "Clear-Site-Data",
		    "\"cache\", \"storage\"") == MHD_YES;
	}
	if (good && v->set_cookie) {
		char cookie[160];
		snprintf(cookie, sizeof cookie, "desk=%s; Path=/; HttpOnly; "
		    "SameSite=Strict", the_ui->session);
		good = MHD_add_response_header(r, "Set-Cookie", cookie) ==
		    MHD_YES;
		secret_wipe(cookie, sizeof cookie);
	}
	return good;
}

static enum MHD_Result
answer(struct MHD_Connection *c, struct visit *v)
{
	size_t len = v->body.len;
	char *copy = secret_new(len + 1);
	struct MHD_Response *r;
	enum MHD_Result result = MHD_NO;

	if (copy == NULL) {
		return MHD_NO;
	}
	if (len > 0) {
		memcpy(copy, v->body.p, len);
	}
	r = MHD_create_response_from_buffer_with_free_callback(len, copy,
	    wiped_free);
	if (r == NULL) {
		secret_free(copy);
		return MHD_NO;
	}
	if (headers_add(r, v)) {
		result = MHD_queue_response(c, v->status, r);
	}
	MHD_destroy_response(r);
	return result;
}

static const char *
header(struct MHD_Connection *c, const char *name)
{
	return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

static const char *
query(const struct visit *v, const char *name)
{
	const char *s = MHD_lookup_connection_value(v->connection,
	    MHD_GET_ARGUMENT_KIND, name);

	return s == NULL || strlen(s) > 64 ? "" : s;
}

static enum MHD_Result
count_host(void *arg, enum MHD_ValueKind kind, const char *name,
    const char *value)
{
	(void)kind;
	(void)value;
	*(unsigned *)arg += strcasecmp(name, "Host") == 0;
	return MHD_YES;
}

static void
plain(struct visit *v, unsigned status, const char *text)
{
	v->status = status;
	v->type = "text/plain; charset=utf-8";
	buf_free(&v->body);
	v->body = buf_new(256);
	buf_text(&v->body, text);
}

static unsigned
judge(struct MHD_Connection *c, const char *method, const char *url)
{
	struct guard_facts f = {.method = method, .path = url,
		.host = header(c, "Host"), .origin = header(c, "Origin"),
		.site = header(c, "Sec-Fetch-Site"),
		.type = header(c, "Content-Type")};
	unsigned hosts = 0;

	MHD_get_connection_values(c, MHD_HEADER_KIND, count_host, &hosts);
	f.two_hosts = hosts != 1;
	return guard_check(the_ui, &f);
}

/* "/nl/x": index of the language, ${path} behind it; false: none */
static bool
language_take(struct visit *v, const char *url)
{
	if (strncmp(url, "/nl/", 4) == 0) {
		v->lang = 0;
	} else if (strncmp(url, "/en/", 4) == 0) {
		v->lang = 1;
	} else {
		return false;
	}
	v->path = url + 3;
	return true;
}

/*
 * The cookie is set by a page, not by a redirect: one that began outside
 * (the start file) would not send a SameSite=Strict cookie on.
 */
static void
open_ticket(struct visit *v, const char *ticket)
{
	if (!session_begin(the_ui, ticket)) {
		say_error("the one-time address was opened again, or a wrong "
		    "one. If that was not you, stop this program and start "
		    "it anew");
		visit_plain(v, 403, TEXT_TICKET_USED);
		return;
	}
	v->set_cookie = true;
	view_text(&v->view, "refresh", "/nl/");
	visit_page(v, PAGE_OPENED, TEXT_TITLE_OPENED, 0);
}

static void
page_make(struct call *q, struct MHD_Connection *c, const char *url)
{
	struct visit *v = &q->v;
	const struct embedded *file;

	for (file = page_statics; file->name != NULL; file++) {
		if (strcmp(file->name, url) == 0 && !v->post) {
			v->status = 200;
			v->type = strstr(url, ".css") != NULL ? "text/css" :
			    "image/svg+xml";
			v->body = buf_new(file->len + 1);
			buf_put(&v->body, file->p, file->len);
			return;
		}
	}
	if (!v->post && strncmp(url, "/open/", 6) == 0) {
		open_ticket(v, url + 6);
		return;
	}
	if (!session_good(the_ui, header(c, "Cookie"))) {
		visit_plain(v, 403, TEXT_NO_SESSION);
		return;
	}
	session_touch(the_ui);
	if (strcmp(url, "/") == 0 && !v->post) {
		visit_go(v, "/");
		return;
	}
	if (!language_take(v, url)) {
		visit_plain(v, 404, TEXT_NO_PAGE);
		return;
	}
	if (v->post && !session_form(the_ui, v->form)) {
		visit_plain(v, 403, TEXT_NO_TOKEN);
		return;
	}
	route(v);
	if (v->post && v->status == 303 && the_ui->notice[0] != 0 &&
	    the_ui->notice_bad && the_ui->unlocked &&
	    strcmp(v->path, "/login") != 0) {
		visit_refused(v);
	}
}

static enum MHD_Result
finish(struct call *q, struct MHD_Connection *c, const char *url)
{
	if (q->v.post) {
		q->v.form = fields_new_of(q->body.len + 1);
		if (q->v.form == NULL ||
		    form_urlencoded(q->body.p, q->body.len, q->v.form) !=
		    OK) {
			plain(&q->v, 400, "this form cannot be read");
			return answer(c, &q->v);
		}
		buf_clear(&q->body);
	}
	page_make(q, c, url);
	return answer(c, &q->v);
}

static struct call *
call_new(struct MHD_Connection *c, const char *method)
{
	struct call *q = secret_new(sizeof *q);

	if (q != NULL) {
		q->v.ui = the_ui;
		q->v.d = the_ui->desk;
		q->v.k = NOT_FOUND;
		q->v.path = "/";
		q->v.rest = "";
		q->v.query = query;
		q->v.connection = c;
		q->v.post = strcmp(method, "POST") == 0;
		q->body = buf_new_secret(UI_FORM_MAX);
		view_init(&q->v.outer, NULL);
		view_init(&q->v.head, &q->v.outer);
		view_init(&q->v.work, &q->v.head);
		view_init(&q->v.view, &q->v.work);
	}
	return q;
}

static enum MHD_Result
handle(void *arg, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *data, size_t *len,
    void **state)
{
	struct call *q = *state;
	unsigned status;

	(void)arg;
	(void)version;
	if (q == NULL) {
		*state = q = call_new(c, method);
		if (q == NULL) {
			return MHD_NO;
		}
		status = judge(c, method, url);
		if (status != 0) {
			q->refused = true;
			plain(&q->v, status, "refused");
			return answer(c, &q->v);
		}
		return MHD_YES;
	}
	if (*len > 0) {
		if (q->body.max - q->body.len >= *len) {
			buf_put(&q->body, data, *len);
		} else {
			q->body.failed = true;
		}
		/* the library owns it, and does not need it any more */
		secret_wipe((void *)(uintptr_t)data, *len);
		*len = 0;
		return MHD_YES;
	}
	if (q->body.failed) {
		if (session_good(the_ui, header(c, "Cookie")) &&
		    language_take(&q->v, url)) {
			visit_plain(&q->v, 413, TEXT_FORM_LARGE);
		} else {
			plain(&q->v, 413, "this form is too large");
		}
		return answer(c, &q->v);
	}
	return finish(q, c, url);
}

static void
done(void *arg, struct MHD_Connection *c, void **state,
    enum MHD_RequestTerminationCode code)
{
	struct call *q = *state;

	(void)arg;
	(void)c;
	(void)code;
	if (q != NULL) {
		buf_free(&q->body);
		visit_end(&q->v);
		secret_free(q);
	}
	*state = NULL;
}

static enum MHD_Result
admit(void *arg, const struct sockaddr *a, socklen_t len)
{
	const struct sockaddr_in *in = (const void *)a;

	(void)arg;
	if (len < sizeof *in || in->sin_family != AF_INET ||
	    in->sin_addr.s_addr != htonl(INADDR_LOOPBACK)) {
		return MHD_NO;
	}
	return peer_is_me(in->sin_addr.s_addr, ntohs(in->sin_port),
	    the_port) ? MHD_YES : MHD_NO;
}

static struct MHD_Daemon *
listen_on(unsigned port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const union MHD_DaemonInfo *info;
	struct MHD_Daemon *m = MHD_start_daemon(MHD_NO_FLAG, 0, admit, NULL,
	    handle, NULL, MHD_OPTION_SOCK_ADDR, &a,
	    MHD_OPTION_NOTIFY_COMPLETED, done, NULL,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL,
	    MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS,
	    MHD_OPTION_CONNECTION_TIMEOUT, SECONDS_QUIET,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);

	if (m == NULL) {
		return NULL;
	}
	info = MHD_get_daemon_info(m, MHD_DAEMON_INFO_BIND_PORT);
	the_port = info == NULL ? (uint16_t)port : info->port;
	return m;
}

/*
 * A name of its own for each start. Browsers keep cookies by name, not by
 * port: under plain "localhost" every other server on this machine would be
 * sent ours. All of .localhost is loopback (RFC 6761 6.3).
 */
static void
name_make(struct ui *ui)
{
	uint8_t raw[10];
	char hex[2 * sizeof raw + 1];

	randombytes_buf(raw, sizeof raw);
	hex_encode(raw, sizeof raw, hex);
	snprintf(ui->host, sizeof ui->host, "desk-%s.localhost:%u", hex,
	    the_port);
	snprintf(ui->origin, sizeof ui->origin, "http://%s", ui->host);
}

static void
address_print(struct ui *ui)
{
	session_ticket(ui);
	printf("Open this address once, in a browser on this machine:\n"
	    "  %s/open/%s\n", ui->origin, ui->ticket);
	fflush(stdout);
}

/* An empty line on the terminal gives a new address */
static void
terminal_look(struct ui *ui)
{
	struct pollfd p = {.fd = 0, .events = POLLIN};
	char line[64];
	static bool ended;

	if (ended || poll(&p, 1, 0) <= 0) {
		return;
	}
	ssize_t n = read(0, line, sizeof line);
	if (n <= 0) {
		ended = true;
	} else if (memchr(line, '\n', (size_t)n) != NULL) {
		address_print(ui);
	}
}

enum err
ui_serve(struct ui *ui, unsigned port, const char *browser)
{
	struct sigaction sa = {.sa_handler = stopped};
	bool ask = isatty(0);
	struct MHD_Daemon *m;
	enum err e = scrub_helper_start();

	the_ui = ui;
	if (e != OK) {
		say_error("no process could be started");
		return e;
	}
	e = peer_setup();
	if (e != OK) {
		say_error("/proc/self/net/tcp cannot be read: other users of "
		    "this machine could not be told from you");
		scrub_helper_end();
		return e;
	}
	m = listen_on(port);
	if (m == NULL) {
		say_error("cannot listen on 127.0.0.1, port %u", port);
		scrub_helper_end();
		return ERR_IO;
	}
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	name_make(ui);
	if (browser == NULL) {
		address_print(ui);
	} else {
		session_ticket(ui);
		e = browser_start(ui, browser);
	}
	if (e == OK) {
		e = confine(ui, browser_profile());
	}
	while (e == OK && !stop && (browser == NULL || browser_running())) {
		if (!ui->today_given) {
			ui->desk->today = day_of_utc(time(NULL));
		}
		if (MHD_run_wait(m, TURN) != MHD_YES && errno != EINTR) {
			say_error("waiting for the browser failed: %s",
			    strerror(errno));
			e = ERR_IO;
		}
		if (session_idle(ui)) {
			session_lock(ui);
		}
		if (ask) {
			terminal_look(ui);
		}
	}
	MHD_stop_daemon(m);
	session_lock(ui);
	browser_end();
	scrub_helper_end();
	secret_wipe(ui->session, sizeof ui->session);
	return e;
}
