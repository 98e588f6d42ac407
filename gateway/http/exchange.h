/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One HTTP request being answered, as handlers see it. The engine
 * (libmicrohttpd, guard, watchdog) is in engine.c; handlers never see
 * libmicrohttpd. A handler runs on an engine thread and must not block:
 * what needs the store is asked with ask_store(), which suspends the
 * exchange and calls back on an engine thread later.
 *
 * Caveat: body bytes are plaintext of reporters on the no-script path; the
 * engine wipes its buffers after body() returned.
 */
#ifndef MELDLUIK_GATEWAY_EXCHANGE_H
#define MELDLUIK_GATEWAY_EXCHANGE_H

#include "meldluik/bytes.h"

struct exchange;

enum method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_PUT };

enum method exchange_method(const struct exchange *x);
const char *exchange_path(const struct exchange *x); /* no query: refused */
/* From now on it is "/", so that no header of the answer repeats it */
void exchange_forget_path(struct exchange *x);
/* Value of a header (case-insensitive name) or NULL */
const char *exchange_header(const struct exchange *x, const char *name);
/* Declared Content-Length; UINT64_MAX when chunked */
uint64_t exchange_length(const struct exchange *x);
/* State of the handler, freed by handler->release */
void exchange_set(struct exchange *x, void *state);
void *exchange_get(struct exchange *x);

/* Answers. Each exchange is answered exactly once. */
enum answer_flags {
	ANSWER_STORE = 1,  /* may be cached (style sheet, script); else no-store */
	ANSWER_SECRET = 2, /* wipe the body after sending */
	ANSWER_CLOSE = 4   /* close the connection after it */
};
/* Copies ${body} (into secret memory with ANSWER_SECRET) */
void exchange_answer(struct exchange *x, unsigned status,
    const char *content_type, const void *body, size_t len, unsigned flags);
/*
 * An answer that is the same for everybody: made once, given again and again,
 * by any thread. answer_keep() makes it of a copy of ${body} with the headers
 * added to ${x} so far, which it does not answer; NULL: no memory. Who made it
 * frees it when nobody can ask for it any more; who is being sent it keeps it
 * until then.
 */
struct answer;
struct answer *answer_keep(struct exchange *x, unsigned status,
    const char *content_type, const void *body, size_t len, unsigned flags);
void exchange_answer_kept(struct exchange *x, struct answer *a);
/* Its body under the headers that ${x} has, not copied */
void exchange_answer_body_of(struct exchange *x, struct answer *a,
    unsigned status, const char *content_type);
void answer_free(struct answer *a); /* accepts NULL */
/* Adds a header to the coming answer; call before it is given or kept. Both are
 * copied; at most EXCHANGE_HEADERS of them */
#define EXCHANGE_HEADERS 4u
void exchange_add_header(struct exchange *x, const char *name,
    const char *value);
/* The answer leaves at a time that does not say how long it took to make:
 * the first multiple of 200 ms after the request. From finish() only */
void exchange_hold(struct exchange *x);
/* {"error":"word"}; words and statuses of keys/FORMAT.md section 12 */
void exchange_error(struct exchange *x, unsigned status, const char *word);
/* The same for a result of the store. ${stale} is the word for ERR_STALE:
 * "epoch" (410) or "stale" (409) */
void exchange_error_of(struct exchange *x, int err, const char *stale);

/*
 * A handler serves one method and path, or a prefix. begin() is called with
 * headers complete, may answer at once (the body is then not read).
 * body() gets pieces; returns how many bytes it took; 0 with the exchange
 * suspended means "call again later". finish() when the body is complete.
 * An answer given while a body is coming is sent when the rest of the body
 * was read and thrown away. GET handlers serve HEAD too. Any of begin, body,
 * finish and release may be NULL.
 */
struct handler {
	enum method method;
	const char *path; /* exact, or prefix if it ends with a slash-star */
	uint64_t body_max;
	void (*begin)(struct exchange *x);
	size_t (*body)(struct exchange *x, uint8_t *p, size_t len);
	void (*finish)(struct exchange *x);
	void (*release)(void *state); /* always, answered or broken off */
};
/* Tables of handlers, each NULL-path ended; the engine is given a list */
extern const struct handler intake_handlers[];  /* /v1/envelopes, uploads */
extern const struct handler public_handlers[];  /* /v1 signed files, /healthz */
extern const struct handler page_handlers[];    /* pages, static, no-script */
extern const struct handler courier_handlers[]; /* own listener only */
extern const struct handler metrics_handlers[]; /* own listener only */

/*
 * Requests to the store process: (gateway/process/ipc.h does the wire). The
 * callback is called exactly once on an engine thread, also when the store
 * died (ERR_BUSY), and then before release(). The exchange is suspended from
 * ask_store until the callback, which may answer or ask again; if it does
 * neither, body() or finish() goes on. One request at a time; none for an
 * exchange already answered (or whose peer left: then it does nothing). ${payload} up
 * to ASK_PAYLOAD_MAX bytes must stay until the callback; it is copied to
 * memory shared with the store and wiped there after.
 */
#define ASK_PAYLOAD_MAX 1048576u
struct snapshot;
enum ask {
	ASK_PUT,            /* payload envelope; digest, week -> note */
	ASK_UPLOAD_BEGIN,   /* week -> id */
	ASK_UPLOAD_PART,    /* id, number, payload -> next */
	ASK_UPLOAD_FINISH,  /* id, digest, week -> note */
	ASK_MANIFEST_CUT,   /* -> serial */
	ASK_MANIFEST,       /* serial, offset -> payload piece of: u32 document
	                     * length, document, signature; total */
	ASK_MANIFEST_FIRST, /* desk -> serial */
	ASK_ENVELOPE,       /* digest, offset -> payload piece, total */
	ASK_OUTBOUND_PUT,   /* desk, path, offset, payload */
	ASK_OUTBOUND_APPLY, /* desk */
	ASK_PUBLIC,         /* path, offset -> payload piece, total */
	ASK_FIGURES,        /* -> total: room for texts, serial: for
	                     * attachments; next: FIGURES_ of them. As they
	                     * were when the day began. */
	ASK_COUNT
};
#define FIGURES_TEXT_FULL 1u
#define FIGURES_BULK_FULL 2u
struct ask_request {
	enum ask what;
	uint8_t id[16];
	uint8_t digest[32];
	int32_t week;
	uint32_t number; /* part number, desk */
	uint64_t serial, offset;
	char path[96];
	const uint8_t *payload; /* or NULL */
	size_t payload_len;
};
struct ask_answer {
	int err; /* enum err */
	uint8_t id[16];
	uint32_t next;
	uint64_t serial, total;
	const uint8_t *payload; /* valid during the callback */
	size_t payload_len;     /* receipt note, manifest, piece of a file */
};
typedef void (*ask_done)(struct exchange *x, void *arg,
    const struct ask_answer *a);
void ask_store(struct exchange *x, const struct ask_request *q,
    ask_done done, void *arg);
/*
 * A place of at least ${len} (<= ASK_PAYLOAD_MAX) bytes in the memory shared
 * with the store, to read a body into; given as ${payload} it is not copied
 * again. From body() only. NULL: none is free, the exchange is suspended,
 * return 0 and ask again; after a bound the engine answers 503. As with a
 * place, the first EXCHANGE_EARLY bytes come before it. It is wiped
 * and taken back after the next ask_store, or at the end. Ciphertext only.
 */
uint8_t *exchange_slot(struct exchange *x, size_t len);

/*
 * A place, until the end, for a body that is worked on in memory of its own;
 * there are few. Who fills one too slowly, or does not read what it asked for,
 * is cut for this one. False: there is no such, and none is free. Take it when
 * EXCHANGE_EARLY bytes have come, or all: who sends a byte now and then is cut
 * before it has a place.
 */
#define EXCHANGE_EARLY 512u
bool exchange_place(struct exchange *x);
/* Whoever has a place may hold ${bytes} more until the end; of that there is so
 * much for all, and the same rule. */
bool exchange_place_more(struct exchange *x, size_t bytes);

/*
 * Public signed files, mirrored in web (refreshed when the store says so;
 * immutable snapshots with reference counts). NULL when not there.
 */
struct public_file {
	const uint8_t *p;
	size_t len;
};
/* All public files of one version, plus parsed forms */
const struct snapshot *snapshot_take(void);
void snapshot_release(const struct snapshot *s);
bool snapshot_file(const struct snapshot *s, const char *path,
    struct public_file *out);
struct keyset;
struct epoch;
const struct keyset *snapshot_keyset(const struct snapshot *s); /* or NULL */
/* The epoch to seal with today; NULL: the gateway is not open */
const struct epoch *snapshot_epoch(const struct snapshot *s);
int32_t exchange_today(void); /* day_t, refreshed by the engine */
/* Answers with bytes of a snapshot without copying; takes over one reference
 * of ${s} */
void exchange_answer_snapshot(struct exchange *x, unsigned status,
    const char *content_type, const struct snapshot *s, const uint8_t *p,
    size_t len);
/* Configured addresses, "" when absent; and the contact of security.txt */
const char *exchange_onion(void);
const char *exchange_https(void);
const char *exchange_contact(void);
/* The languages of the pages as a list, "nl, en" */
const char *exchange_languages(void);

#endif
