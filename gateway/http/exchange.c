/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a handler may ask of its exchange, and the answers it gives. An answer
 * is made here, once, with the headers that belong to it; the engine sends it.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "exchange_private.h"
#include "headers.h"
#include "meldluik/secret.h"

static struct engine_site site;
static atomic_int today_now;

void
exchange_setup(const struct engine_site *s)
{
	site = *s;
}

void
engine_today(int32_t today)
{
	atomic_store(&today_now, today);
}

int32_t
exchange_today(void)
{
	return atomic_load(&today_now);
}

const uint8_t *
engine_credential(void)
{
	return site.credential;
}

const char *
exchange_onion(void)
{
	return site.onion;
}

const char *
exchange_https(void)
{
	return site.https;
}

const char *
exchange_contact(void)
{
	return site.contact;
}

const char *
exchange_languages(void)
{
	return site.languages;
}

enum method
exchange_method(const struct exchange *x)
{
	return x->method;
}

const char *
exchange_path(const struct exchange *x)
{
	return x->path;
}

void
exchange_forget_path(struct exchange *x)
{
	x->path = "/";
}

const char *
exchange_header(const struct exchange *x, const char *name)
{
	return MHD_lookup_connection_value(x->c, MHD_HEADER_KIND, name);
}

uint64_t
exchange_length(const struct exchange *x)
{
	return x->length;
}

void
exchange_set(struct exchange *x, void *state)
{
	x->state = state;
}

void *
exchange_get(struct exchange *x)
{
	return x->state;
}

void
exchange_hold(struct exchange *x)
{
	x->hold = true;
}

void
exchange_suspend(struct exchange *x)
{
	x->suspended = true;
	watchdog_wait(x->watched);
	MHD_suspend_connection(x->c);
}

bool
exchange_asleep(const struct exchange *x)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->c,
	    MHD_CONNECTION_INFO_CONNECTION_SUSPENDED);

	return info != NULL && info->suspended == MHD_YES;
}

void
exchange_resume(struct exchange *x)
{
	watchdog_body(x->watched); /* slow again is the peer's doing */
	MHD_resume_connection(x->c);
}

void
exchange_add_header(struct exchange *x, const char *name, const char *value)
{
	size_t n = strlen(name), v = strlen(value);

	if (x->headers == EXCHANGE_HEADERS ||
	    n >= sizeof(x->header->name) ||
	    v >= sizeof(x->header->value)) {
		abort(); /* own invariant: a handler's constant */
	}
	if (x->header == NULL) {
		x->header = calloc(EXCHANGE_HEADERS, sizeof(*x->header));
	}
	if (x->header != NULL) {
		memcpy(x->header[x->headers].name, name, n + 1);
		memcpy(x->header[x->headers].value, value, v + 1);
	}
	x->headers++;
}

/* Pages say where else they are, unless they are read there */
static bool
names_onion(const char *type)
{
	return site.onion[0] != '\0' && strncmp(type, "text/html", 9) == 0;
}

/* Nor on an answer to a form: only the form's own page could be opened there,
 * and what was typed would be gone */
static bool
elsewhere(const struct exchange *x)
{
	return (x->method == METHOD_GET || x->method == METHOD_HEAD) &&
	    (x->host == NULL || strcmp(x->host,
	    strchr(site.onion, ':') + 3) != 0);
}

/* Takes ${r} over; NULL: no memory */
static struct MHD_Response *
with_headers(const struct exchange *x, struct MHD_Response *r,
    const char *type, unsigned flags, const char *onion)
{
	unsigned i;
	bool good;

	if (r == NULL) {
		return NULL;
	}
	good = (x->headers == 0 || x->header != NULL) &&
	    headers_add(r, flags, onion, x->path) &&
	    MHD_add_response_header(r, "Content-Type", type) == MHD_YES;
	for (i = 0; good && i < x->headers; i++) {
		good = MHD_add_response_header(r, x->header[i].name,
		    x->header[i].value) == MHD_YES;
	}
	if (!good) {
		MHD_destroy_response(r);
		return NULL;
	}
	return r;
}

/* Takes ${r} over; without memory the connection is closed unanswered */
static void
set_answer(struct exchange *x, struct MHD_Response *r, unsigned status,
    const char *type, unsigned flags, size_t len)
{
	const char *onion = names_onion(type) && elsewhere(x) ? site.onion :
							      NULL;

	r = with_headers(x, r, type, flags, onion);
	if (r == NULL || x->answered) {
		if (r != NULL) {
			MHD_destroy_response(r);
		}
		return;
	}
	x->response = r;
	x->status = status;
	x->flags = flags;
	x->answer_len = len;
	x->answered = true;
}

/*
 * Two counts: ${users}, who may still hand a response to the library (the
 * maker, and exchanges); when they are gone it is the library's to end.
 * ${responses} that may still be sent, which need the body.
 */
struct answer {
	atomic_uint users, responses;
	unsigned status, flags;
	struct MHD_Response *response[2]; /* of others, of the onion */
	size_t len;
	uint8_t body[];
};

static void
body_done(void *arg)
{
	struct answer *a = arg;

	if (atomic_fetch_sub(&a->responses, 1) == 1) {
		free(a);
	}
}

static struct MHD_Response *
response_of(struct answer *a, const struct exchange *x, const char *type,
    const char *onion)
{
	struct MHD_Response *r;

	r = MHD_create_response_from_buffer_with_free_callback_cls(a->len,
	    a->body, body_done, a);
	if (r != NULL) {
		atomic_fetch_add(&a->responses, 1);
	}
	return with_headers(x, r, type, a->flags, onion);
}

struct answer *
answer_keep(struct exchange *x, unsigned status, const char *content_type,
    const void *body, size_t len, unsigned flags)
{
	struct answer *a = malloc(sizeof(*a) + len);
	bool good;

	if (a == NULL) {
		return NULL;
	}
	memset(a, 0, sizeof(*a));
	atomic_init(&a->users, 1);
	atomic_init(&a->responses, 1);
	a->status = status;
	a->flags = flags;
	a->len = len;
	memcpy(a->body, body, len);
	a->response[1] = response_of(a, x, content_type, NULL);
	good = a->response[1] != NULL;
	if (good && names_onion(content_type)) {
		a->response[0] = response_of(a, x, content_type, site.onion);
		good = a->response[0] != NULL;
	}
	if (!good) {
		answer_free(a);
		return NULL;
	}
	return a;
}

void
answer_free(struct answer *a)
{
	unsigned i;

	if (a == NULL || atomic_fetch_sub(&a->users, 1) > 1) {
		return;
	}
	for (i = 0; i < 2; i++) {
		if (a->response[i] != NULL) {
			MHD_destroy_response(a->response[i]);
		}
	}
	body_done(a);
}

void
exchange_answer_kept(struct exchange *x, struct answer *a)
{
	if (x->answered) {
		return;
	}
	atomic_fetch_add(&a->users, 1);
	x->kept = a;
	x->response = a->response[a->response[0] == NULL || !elsewhere(x)];
	x->status = a->status;
	x->flags = a->flags;
	x->answer_len = a->len;
	x->answered = true;
}

void
exchange_answer_body_of(struct exchange *x, struct answer *a,
    unsigned status, const char *content_type)
{
	struct MHD_Response *r;

	r = MHD_create_response_from_buffer_with_free_callback_cls(a->len,
	    a->body, body_done, a);
	if (r != NULL) {
		atomic_fetch_add(&a->responses, 1);
	}
	set_answer(x, r, status, content_type, a->flags, a->len);
}

void
exchange_drop_answer(struct exchange *x)
{
	if (x->kept != NULL) {
		answer_free(x->kept);
	} else if (x->response != NULL) {
		MHD_destroy_response(x->response);
	}
	x->kept = NULL;
	x->response = NULL;
}

void
exchange_answer(struct exchange *x, unsigned status,
    const char *content_type, const void *body, size_t len, unsigned flags)
{
	struct MHD_Response *r;
	void *copy;

	if (flags & ANSWER_SECRET) {
		copy = secret_new(len + 1);
		if (copy == NULL) {
			return;
		}
		if (len > 0) {
			memcpy(copy, body, len);
		}
		r = MHD_create_response_from_buffer_with_free_callback(len,
		    copy, secret_free);
		if (r == NULL) {
			secret_free(copy);
		}
	} else {
		r = MHD_create_response_from_buffer(len,
		    (void *)(uintptr_t)body, MHD_RESPMEM_MUST_COPY);
	}
	set_answer(x, r, status, content_type, flags, len);
}

static void
release_snapshot(void *s)
{
	snapshot_release(s);
}

void
exchange_answer_snapshot(struct exchange *x, unsigned status,
    const char *content_type, const struct snapshot *s, const uint8_t *p,
    size_t len)
{
	struct MHD_Response *r;

	r = MHD_create_response_from_buffer_with_free_callback_cls(len,
	    (void *)(uintptr_t)p, release_snapshot,
	    (void *)(uintptr_t)s);
	if (r == NULL) {
		snapshot_release(s);
	}
	set_answer(x, r, status, content_type, 0, len);
}

void
exchange_error(struct exchange *x, unsigned status, const char *word)
{
	char body[64];
	size_t n = strlen(word);

	memcpy(body, "{\"error\":\"", 10);
	memcpy(body + 10, word, n);
	memcpy(body + 10 + n, "\"}\n", 3);
	if (status == 503 || status == 507) {
		exchange_add_header(x, "Retry-After", "5");
	}
	exchange_answer(x, status, "application/json", body, n + 13, 0);
}

void
exchange_error_of(struct exchange *x, int err, const char *stale)
{
	static const struct {
		unsigned short status;
		const char *word;
	} table[ERR_COUNT] = {
		[ERR_FORMAT] = {400, "format"},
		[ERR_LIMIT] = {400, "size"},
		[ERR_VERSION] = {400, "version"},
		[ERR_POLICY] = {400, "policy"},
		[ERR_CRYPT] = {400, "digest"},
		[ERR_NO_MATCH] = {400, "format"},
		[ERR_SIGNATURE] = {403, "signature"},
		[ERR_FOREIGN] = {403, "foreign"},
		[ERR_CHAIN] = {409, "chain"},
		[ERR_CONFLICT] = {409, "conflict"},
		[ERR_UNKNOWN] = {404, "unknown"},
		[ERR_FULL] = {507, "full"},
		[ERR_IO] = {500, "io"},
		[ERR_MEMORY] = {503, "busy"},
		[ERR_BUSY] = {503, "busy"},
		[ERR_USAGE] = {400, "format"},
	};

	if (err == ERR_STALE) {
		exchange_error(x, strcmp(stale, "epoch") == 0 ? 410 : 409,
		    stale);
	} else if (err <= OK || err >= ERR_COUNT) {
		exchange_error(x, 500, "io");
	} else {
		exchange_error(x, table[err].status, table[err].word);
	}
}
