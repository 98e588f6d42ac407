/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * libcurl with pinned options. Guards what the network may learn of the one
 * who asks; holds the courier's credential and nothing else that is secret.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>
#include <sodium.h>

#include "meldluik/secret.h"
#include "transfer.h"

#define BASE_MAX 300u
#define CONNECT_SECONDS 120L /* an onion service may need a minute */
#define SOCKS_NAME 33u       /* 16 random bytes in hex */
#define AUTH_HEAD "Authorization: Bearer "

struct transfer {
	CURL *curl;
	char base[BASE_MAX];
	char *proxy, *ca_file;
	char *auth; /* whole header line, secret memory; NULL: none */
	unsigned stall, tries;
	void (*waiting)(void *arg, enum err why, unsigned seconds);
	void *arg;
	char user[SOCKS_NAME];
	const char *trouble;
};

/* Also with the dot of the root behind it, which a resolver takes */
static bool
host_onion(const char *host)
{
	static const char end[] = ".onion";
	size_t n = strlen(host), m = sizeof(end) - 1;

	while (n > 0 && host[n - 1] == '.') {
		n--;
	}
	return n > m && strncasecmp(host + n - m, end, m) == 0;
}

static bool
host_local(const char *host)
{
	return strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0 ||
	    strcasecmp(host, "localhost") == 0;
}

/* Scheme, host and port only; whatever else stands in an address is refused
 * so that nobody puts a password or a code there. */
static enum err
address_read(struct transfer *t, const char *base)
{
	static const CURLUPart none[] = { CURLUPART_USER, CURLUPART_PASSWORD,
		CURLUPART_ZONEID };
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL, *path = NULL, *extra = NULL;
	size_t n = strlen(base);
	enum err e = ERR_USAGE;

	if (u == NULL) {
		return ERR_MEMORY;
	}
	/* an empty query or fragment would take every path that follows */
	if (n >= BASE_MAX || strpbrk(base, "?#") != NULL ||
	    curl_url_set(u, CURLUPART_URL, base, 0) != 0 ||
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != 0 ||
	    curl_url_get(u, CURLUPART_HOST, &host, 0) != 0 ||
	    curl_url_get(u, CURLUPART_PATH, &path, 0) != 0 ||
	    strcmp(path, "/") != 0) {
		goto out;
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		if (curl_url_get(u, none[i], &extra, 0) == 0) {
			goto out;
		}
	}
	e = ERR_POLICY;
	if (strcasecmp(scheme, "https") != 0 &&
	    (strcasecmp(scheme, "http") != 0 ||
	    (!host_onion(host) && !host_local(host)))) {
		goto out;
	}
	if (host_onion(host) && t->proxy == NULL) {
		goto out;
	}
	memcpy(t->base, base, n + 1);
	while (n > 0 && t->base[n - 1] == '/') {
		t->base[--n] = '\0';
	}
	e = OK;
out:
	curl_free(scheme);
	curl_free(host);
	curl_free(path);
	curl_free(extra);
	curl_url_cleanup(u);
	return e;
}

static enum err
token_keep(struct transfer *t, const char *token)
{
	size_t n = strlen(token);

	if (n == 0 || n > TRANSFER_TOKEN_MAX ||
	    strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789_-") != n) {
		return ERR_USAGE;
	}
	t->auth = secret_new(sizeof(AUTH_HEAD) + n);
	if (t->auth == NULL) {
		return ERR_MEMORY;
	}
	memcpy(t->auth, AUTH_HEAD, sizeof(AUTH_HEAD) - 1);
	memcpy(t->auth + sizeof(AUTH_HEAD) - 1, token, n + 1);
	return OK;
}

enum err
transfer_new(const struct transfer_options *o, struct transfer **out)
{
	struct transfer *t = calloc(1, sizeof(*t));
	enum err e = ERR_MEMORY;

	if (t == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
		free(t);
		return ERR_MEMORY;
	}
	t->stall = o->stall != 0 ? o->stall : TRANSFER_STALL;
	t->tries = o->tries != 0 ? o->tries : TRANSFER_TRIES;
	t->waiting = o->waiting;
	t->arg = o->arg;
	t->trouble = "";
	if (o->proxy != NULL) {
		if (strncmp(o->proxy, "socks5h://", 10) != 0 ||
		    strchr(o->proxy, '@') != NULL) {
			e = ERR_POLICY;
			goto out;
		}
		if ((t->proxy = strdup(o->proxy)) == NULL) {
			goto out;
		}
	}
	if (o->ca_file != NULL &&
	    (t->ca_file = strdup(o->ca_file)) == NULL) {
		goto out;
	}
	if ((e = address_read(t, o->base)) != OK ||
	    (o->token != NULL && (e = token_keep(t, o->token)) != OK)) {
		goto out;
	}
	transfer_renew(t);
	*out = t;
	t = NULL; /* transferred */
out:
	transfer_free(t);
	return e;
}

void
transfer_free(struct transfer *t)
{
	if (t == NULL) {
		return;
	}
	curl_easy_cleanup(t->curl);
	secret_free(t->auth);
	free(t->proxy);
	free(t->ca_file);
	free(t);
}

void
transfer_renew(struct transfer *t)
{
	uint8_t random[16];

	curl_easy_cleanup(t->curl); /* closes the connection */
	t->curl = NULL;
	randombytes_buf(random, sizeof(random));
	hex_encode(random, sizeof(random), t->user);
}

const char *
transfer_trouble(const struct transfer *t)
{
	return t->trouble;
}

unsigned
transfer_tries(const struct transfer *t)
{
	return t->tries;
}

void
transfer_waits(struct transfer *t, enum err why, unsigned seconds)
{
	if (t->waiting != NULL) {
		t->waiting(t->arg, why, seconds);
	}
}

void
answer_clear(struct answer *a)
{
	buf_free(&a->body);
}

static size_t
take_body(char *p, size_t one, size_t n, void *arg)
{
	struct buf *b = arg;

	buf_put(b, p, one * n);
	return b->failed ? 0 : one * n;
}

/* Decimal digits only; ${end} is where they stop. */
static bool
number_read(const char **s, uint64_t *out)
{
	uint64_t v = 0;
	const char *p = *s;

	while (*p >= '0' && *p <= '9' && p - *s < 18) {
		v = v * 10 + (uint64_t)(*p++ - '0');
	}
	if (p == *s) {
		return false;
	}
	*s = p;
	*out = v;
	return true;
}

static void
answer_headers(CURL *c, struct answer *a)
{
	struct curl_header *h;
	uint64_t v;
	const char *s;

	if (curl_easy_header(c, "Retry-After", 0, CURLH_HEADER, -1, &h) ==
	    CURLHE_OK) {
		s = h->value;
		if (number_read(&s, &v) && *s == '\0') {
			a->retry_after = v > TRANSFER_WAIT_MAX ?
			    TRANSFER_WAIT_MAX : (unsigned)v;
		}
	}
	if (curl_easy_header(c, "Content-Range", 0, CURLH_HEADER, -1, &h) ==
	    CURLHE_OK && strncmp(h->value, "bytes ", 6) == 0) {
		s = h->value + 6;
		a->ranged = number_read(&s, &a->from) && *s++ == '-' &&
		    number_read(&s, &a->to) && *s++ == '/' &&
		    number_read(&s, &a->total) && *s == '\0' &&
		    a->from <= a->to && a->to < a->total &&
		    a->to - a->from + 1 == a->body.len;
	}
}

/* Did all of ${q} go out? What was refused before that came to nothing */
static bool
went_out(CURL *c, const struct request *q)
{
	curl_off_t sent = 0;
	long head = 0;

	return curl_easy_getinfo(c, CURLINFO_REQUEST_SIZE, &head) ==
	    CURLE_OK && head > 0 && curl_easy_getinfo(c,
	    CURLINFO_SIZE_UPLOAD_T, &sent) == CURLE_OK &&
	    (uint64_t)sent >= q->len;
}

const char *
transfer_header(const struct transfer *t, const char *name)
{
	struct curl_header *h;

	if (t->curl == NULL || curl_easy_header(t->curl, name, 0,
	    CURLH_HEADER, -1, &h) != CURLHE_OK) {
		return NULL;
	}
	return h->amount == 1 ? h->value : "";
}

/* All options anew for every request: nothing is left from the one before
 * but the connection. */
static void
pin_options(struct transfer *t, CURL *c)
{
	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(c, CURLOPT_HTTP09_ALLOWED, 0L);
	curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	if (t->ca_file != NULL) {
		curl_easy_setopt(c, CURLOPT_CAINFO, t->ca_file);
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	}
	/* An empty proxy also switches off the one of the environment */
	curl_easy_setopt(c, CURLOPT_PROXY, t->proxy != NULL ? t->proxy : "");
	curl_easy_setopt(c, CURLOPT_NOPROXY, "");
	if (t->proxy != NULL) {
		curl_easy_setopt(c, CURLOPT_SOCKS5_AUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(c, CURLOPT_PROXYUSERNAME, t->user);
		curl_easy_setopt(c, CURLOPT_PROXYPASSWORD, t->user);
	}
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)TRANSFER_RATE);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)t->stall);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, 0L);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 1L);
}

static bool
list_add(struct curl_slist **list, const char *line)
{
	struct curl_slist *more = curl_slist_append(*list, line);

	if (more == NULL) {
		return false;
	}
	*list = more;
	return true;
}

static void
list_free(struct curl_slist *list)
{
	for (struct curl_slist *l = list; l != NULL; l = l->next) {
		secret_wipe(l->data, strlen(l->data));
	}
	curl_slist_free_all(list);
}

enum err
transfer_once(struct transfer *t, const struct request *q, struct answer *a)
{
	char url[BASE_MAX + TRANSFER_PATH_MAX];
	struct curl_slist *list = NULL;
	bool body = strcmp(q->method, "GET") != 0;
	enum err e = ERR_MEMORY;
	CURLcode c;

	memset(a, 0, sizeof(*a));
	a->body = buf_new(q->max);
	if ((size_t)snprintf(url, sizeof(url), "%s%s", t->base, q->path) >=
	    sizeof(url)) {
		return ERR_USAGE;
	}
	if (t->curl == NULL && (t->curl = curl_easy_init()) == NULL) {
		return ERR_MEMORY;
	}
	pin_options(t, t->curl);
	for (size_t i = 0; q->headers != NULL && q->headers[i] != NULL; i++) {
		if (!list_add(&list, q->headers[i])) {
			goto out;
		}
	}
	if ((t->auth != NULL && !list_add(&list, t->auth)) ||
	    (body && (!list_add(&list, "Expect:") || !list_add(&list,
	    q->len == 0 ? "Content-Type:" :
	    "Content-Type: application/octet-stream")))) {
		goto out;
	}
	curl_easy_setopt(t->curl, CURLOPT_URL, url);
	curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(t->curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(t->curl, CURLOPT_WRITEDATA, &a->body);
	if (body) {
		curl_easy_setopt(t->curl, CURLOPT_POST, 1L);
		curl_easy_setopt(t->curl, CURLOPT_POSTFIELDS,
		    q->len == 0 ? "" : (const char *)q->body);
		curl_easy_setopt(t->curl, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)q->len);
		curl_easy_setopt(t->curl, CURLOPT_CUSTOMREQUEST, q->method);
	}
	c = curl_easy_perform(t->curl);
	if (a->body.failed) {
		e = ERR_LIMIT;
		t->trouble = "the answer is longer than allowed";
	} else if (c != CURLE_OK) {
		e = c == CURLE_OUT_OF_MEMORY ? ERR_MEMORY : ERR_IO;
		t->trouble = curl_easy_strerror(c);
		a->unsure = went_out(t->curl, q);
	} else {
		curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &a->status);
		answer_headers(t->curl, a);
		e = OK;
	}
out:
	if (t->curl != NULL) {
		curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, NULL);
	}
	list_free(list);
	return e;
}
