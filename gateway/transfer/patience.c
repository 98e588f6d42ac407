/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What an answer means, and when to try again. Pauses grow and are drawn at
 * random, so that many who were refused together do not return together.
 */
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "meldluik/json.h"
#include "transfer.h"

#define WORD_MAX 512u /* bytes of an error document */
#define PAUSE_FIRST 1u
#define PAUSE_MOST 60u

static const struct {
	const char *word;
	enum err e;
} words[] = {
	{ "format", ERR_FORMAT },       { "version", ERR_VERSION },
	{ "policy", ERR_POLICY },       { "size", ERR_LIMIT },
	{ "digest", ERR_CRYPT },        { "header", ERR_USAGE },
	{ "range", ERR_LIMIT },         { "credential", ERR_NO_MATCH },
	{ "signature", ERR_SIGNATURE }, { "foreign", ERR_FOREIGN },
	{ "unknown", ERR_UNKNOWN },     { "method", ERR_USAGE },
	{ "conflict", ERR_CONFLICT },   { "chain", ERR_CHAIN },
	{ "stale", ERR_STALE },         { "epoch", ERR_STALE },
	{ "limit", ERR_LIMIT },         { "busy", ERR_BUSY },
	{ "full", ERR_FULL },           { "io", ERR_IO },
};

/* For answers without a word: a terminator in front may speak for itself */
static enum err
status_err(long status)
{
	switch (status) {
	case 401:
		return ERR_NO_MATCH;
	case 404:
		return ERR_UNKNOWN;
	case 409:
		return ERR_CONFLICT;
	case 410:
		return ERR_STALE;
	case 413:
	case 416:
		return ERR_LIMIT;
	case 429:
	case 502:
	case 503:
	case 504:
		return ERR_BUSY;
	case 507:
		return ERR_FULL;
	default:
		return status >= 500 ? ERR_IO : ERR_FORMAT;
	}
}

enum err
answer_err(const struct answer *a)
{
	enum err e = status_err(a->status);
	json_t *o = NULL;
	const char *word;

	if (a->status >= 200 && a->status < 300) {
		return OK;
	}
	if (json_read(a->body.p, a->body.len, WORD_MAX, &o) != OK) {
		return e;
	}
	if (json_string_field(o, "error", 1, 32, &word) == OK) {
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			if (strcmp(words[i].word, word) == 0) {
				e = words[i].e;
			}
		}
	}
	json_decref(o);
	return e;
}

static bool
worth_again(enum err e, long status)
{
	return e == ERR_IO || (e == OK && (status == 429 || status == 500 ||
	    (status >= 502 && status <= 504)));
}

static void
pause_for(unsigned seconds)
{
	/* never less than was asked */
	uint32_t ms = seconds * 1000 + randombytes_uniform(seconds * 500 + 1);
	struct timespec ts = { ms / 1000, (long)(ms % 1000) * 1000000L };

	while (nanosleep(&ts, &ts) != 0) {
	}
}

enum err
transfer_patient(struct transfer *t, const struct request *q,
    struct answer *a)
{
	unsigned wait = PAUSE_FIRST, seconds;
	bool unsure = false;
	enum err e;

	for (unsigned i = 1;; i++) {
		e = transfer_once(t, q, a);
		/* a terminator speaks for a gateway it did not hear */
		unsure = unsure || a->unsure || a->status == 502 ||
		    a->status == 504;
		a->unsure = unsure;
		if (!worth_again(e, a->status) || i >= transfer_tries(t)) {
			return e;
		}
		seconds = a->retry_after > wait ? a->retry_after : wait;
		transfer_waits(t, e != OK ? e : answer_err(a), seconds);
		answer_clear(a);
		if (e != OK) {
			transfer_renew(t);
		}
		pause_for(seconds);
		wait = wait * 2 > PAUSE_MOST ? PAUSE_MOST : wait * 2;
	}
}

enum err
transfer_get(struct transfer *t, const char *path, size_t max,
    struct buf *out)
{
	struct request q = { "GET", path, NULL, NULL, 0, max };
	struct answer a;
	enum err e = transfer_patient(t, &q, &a);

	if (e == OK && (e = answer_err(&a)) == OK && a.status != 200) {
		e = ERR_FORMAT;
	}
	if (e == OK) {
		buf_put(out, a.body.p, a.body.len);
		e = out->failed ? ERR_LIMIT : OK;
	}
	answer_clear(&a);
	return e;
}
