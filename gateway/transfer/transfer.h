/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One operation over HTTP, for the courier and the reporter: libcurl with
 * every option that could tell who asks, or send him elsewhere, pinned.
 *
 * What is pinned: http and https only, certificates verified, no redirect,
 * no netrc, no cookie, no User-Agent, no proxy from the environment, no
 * compression, HTTP/1.1. Plain http is allowed only to an onion address
 * through a socks5h proxy (the proxy resolves the name) and to loopback. A
 * request ends when it stalls or drips, never because it takes long: a peer
 * that sends a byte a second would hold who asks for a day.
 */
#ifndef MELDLUIK_TRANSFER_H
#define MELDLUIK_TRANSFER_H

#include "meldluik/bytes.h"

#define TRANSFER_STALL 60u       /* seconds slower than that: */
#define TRANSFER_RATE 256u       /* bytes a second */
#define TRANSFER_PATH_MAX 128u   /* path of a request */
#define TRANSFER_TOKEN_MAX 128u  /* FORMAT.md section 12 */
#define TRANSFER_WAIT_MAX 300u   /* longest pause asked of us, seconds */
#define TRANSFER_TRIES 8u

struct transfer;

struct transfer_options {
	const char *base;    /* https://host[:port], no path */
	const char *proxy;   /* socks5h://host:port, or NULL */
	const char *ca_file; /* NULL: what the system trusts */
	const char *token;   /* bearer credential, secret; NULL: none */
	unsigned stall;      /* 0: TRANSFER_STALL */
	unsigned tries;      /* 0: TRANSFER_TRIES */
	/* Called before a pause of ${seconds}; may be NULL */
	void (*waiting)(void *arg, enum err why, unsigned seconds);
	void *arg;
};

struct request {
	const char *method;         /* GET, PUT, POST */
	const char *path;           /* /v1/... */
	const char *const *headers; /* "Name: value", NULL-ended; or NULL */
	const void *body;
	size_t len;
	size_t max; /* bytes of answer accepted */
};

struct answer {
	long status;
	struct buf body;
	unsigned retry_after; /* seconds; 0: not said */
	bool unsure; /* a request went out whole, and nobody said what became of
	              * it; of transfer_patient(): of one of the tries */
	bool ranged;          /* a right Content-Range came: */
	uint64_t from, to, total;
};

/*
 * transfer_new(o, out): ERR_USAGE: ${base} is no address; ERR_POLICY: plain
 * http or a proxy where the rules above forbid it.
 */
enum err transfer_new(const struct transfer_options *o,
    struct transfer **out);
void transfer_free(struct transfer *t); /* wipes the token; accepts NULL */

/* Forgets the connection and takes a fresh SOCKS user name, that is a fresh
 * Tor circuit. Done at transfer_new and after each failure. */
void transfer_renew(struct transfer *t);

/*
 * transfer_once(t, q, a): OK when an answer came, whatever its status;
 * ERR_IO: none came (transfer_trouble says why); ERR_LIMIT: longer than
 * ${max}. The caller frees with answer_clear, also on failure.
 */
enum err transfer_once(struct transfer *t, const struct request *q,
    struct answer *a);
/*
 * The same, tried again with growing pauses when no answer came or the
 * answer was 429, 500, 502, 503 or 504. For requests that may be repeated.
 */
enum err transfer_patient(struct transfer *t, const struct request *q,
    struct answer *a);
void answer_clear(struct answer *a);
/* Header ${name} of the last answer, until the next request: NULL when it is
 * not there, "" when it stands there more than once */
const char *transfer_header(const struct transfer *t, const char *name);

/* Why the last request brought no answer: a phrase of libcurl */
const char *transfer_trouble(const struct transfer *t);
/* What an answer means: OK for 2xx, else by FORMAT.md section 12 */
enum err answer_err(const struct answer *a);

/* How often to try, and the notice before a pause, as stated at the start */
unsigned transfer_tries(const struct transfer *t);
void transfer_waits(struct transfer *t, enum err why, unsigned seconds);

/* GET of a whole document of at most ${max} bytes into ${out}; patient */
enum err transfer_get(struct transfer *t, const char *path, size_t max,
    struct buf *out);

#endif
