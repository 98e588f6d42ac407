/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * fetch: manifests first, then envelopes: texts, then the oldest. A manifest
 * on the stick is never replaced: the same number with other bytes is a fork
 * and is said aloud.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "courier.h"
#include "files.h"
#include "meldluik/json.h"
#include "shown.h"

#define CUT_MAX 512u /* bytes of the answer to a cut */
#define WANTED_MAX (1u << 22)

struct queue {
	struct wanted *w;
	size_t n, cap;
};

static enum err
queue_add(struct queue *q, const struct inbound *m)
{
	struct wanted *more;
	size_t need = q->n + m->envelopes;

	if (need > WANTED_MAX) {
		return ERR_LIMIT;
	}
	if (need > q->cap) {
		more = realloc(q->w, need * 2 * sizeof(*more));
		if (more == NULL) {
			return ERR_MEMORY;
		}
		q->w = more;
		q->cap = need * 2;
	}
	for (size_t i = 0; i < m->envelopes; i++) {
		q->w[q->n].e = m->envelope[i];
		q->w[q->n].serial = m->serial;
		q->n++;
	}
	return OK;
}

/* Texts before attachments, then the oldest first */
static int
queue_order(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;
	bool xt = x->e.size == ENVELOPE_TEXT_SIZE;
	bool yt = y->e.size == ENVELOPE_TEXT_SIZE;

	if (xt != yt) {
		return xt ? -1 : 1;
	}
	if (x->serial != y->serial) {
		return x->serial < y->serial ? -1 : 1;
	}
	return memcmp(x->e.sha256, y->e.sha256, HASH_LEN);
}

static enum err
cut(struct courier *c, uint64_t *serial, uint64_t *first)
{
	char desk[32];
	const char *headers[] = { desk, NULL };
	struct request q = { "POST", "/v1/bundle/cut", headers, NULL, 0,
		CUT_MAX };
	struct answer a;
	json_t *o = NULL;
	int64_t s = 0, f = 0;
	enum err e;

	(void)snprintf(desk, sizeof(desk), "Desk: %u", c->config->desk);
	e = transfer_patient(c->door, &q, &a);
	if (e == OK) {
		e = answer_err(&a);
	}
	if (e == OK && (e = json_read(a.body.p, a.body.len, CUT_MAX, &o)) ==
	    OK && (e = json_int_field(o, "serial", 0, INT64_MAX, &s)) == OK) {
		e = json_int_field(o, "first", 1, INT64_MAX, &f);
	}
	if (e == OK && f > s + 1) {
		e = ERR_FORMAT;
	}
	if (e != OK) {
		e = courier_refused(c, "asking for a bundle", e, &a);
	} else {
		*serial = (uint64_t)s;
		*first = (uint64_t)f;
	}
	json_decref(o);
	answer_clear(&a);
	return e;
}

static enum err
numbered(struct courier *c, const char *path, uint64_t serial, size_t max,
    struct buf *out)
{
	char number[48];
	const char *headers[] = { number, NULL };
	struct request q = { "GET", path, headers, NULL, 0, max };
	struct answer a;
	enum err e;

	(void)snprintf(number, sizeof(number), "Serial: %llu",
	    (unsigned long long)serial);
	e = transfer_patient(c->door, &q, &a);
	if (e == OK && (e = answer_err(&a)) == OK && a.status != 200) {
		e = ERR_FORMAT;
	}
	if (e != OK) {
		e = courier_refused(c, "a manifest", e, &a);
	} else {
		buf_put(out, a.body.p, a.body.len);
		e = out->failed ? ERR_LIMIT : OK;
	}
	answer_clear(&a);
	return e;
}

/* Writes ${name} unless it is there with the same bytes */
static enum err
keep(int dir, const char *name, const struct buf *b, bool *there)
{
	struct buf old = buf_new(b->max);
	enum err e = file_read(dir, name, &old);

	*there = e == OK && old.len == b->len &&
	    memcmp(old.p, b->p, b->len) == 0;
	if (*there) {
		e = OK;
	} else if (e == ERR_UNKNOWN) {
		e = file_write(dir, name, b->p, b->len, 0644);
	} else if (e == OK || e == ERR_LIMIT || e == ERR_POLICY) {
		e = ERR_CHAIN;
	}
	buf_free(&old);
	if (e == ERR_CHAIN) {
		say("%s: the stick holds another one than the gateway gives; "
		    "it was left as it is. Bring the stick to the desk first, "
		    "or use an empty folder", name);
	} else if (e == ERR_FULL) {
		say("the stick is full: no room for %s", name);
	} else if (e != OK) {
		say("%s: cannot be written: %s", name, err_text(e));
	}
	return e;
}

static enum err
manifest_fetch(struct courier *c, int dir, uint64_t serial,
    const struct keyset *k, const struct sign_pk *gateway,
    struct inbound **out)
{
	struct buf doc = buf_new(INBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	char name[48], sig_name[64];
	bool there;
	enum err e;

	(void)snprintf(name, sizeof(name), "manifest-%llu.json",
	    (unsigned long long)serial);
	(void)snprintf(sig_name, sizeof(sig_name), "%s.minisig", name);
	if ((e = numbered(c, "/v1/bundle/manifest", serial, INBOUND_MAX,
	    &doc)) != OK ||
	    (e = numbered(c, "/v1/bundle/manifest.minisig", serial,
	    SIGN_TEXT_MAX, &sig)) != OK) {
		goto out;
	}
	e = inbound_parse(doc.p, doc.len, sig.p, sig.len, gateway, k->org,
	    out);
	if (e == OK && (*out)->serial != serial) {
		e = ERR_CHAIN;
	}
	if (e != OK) {
		say("%s: is not signed by the gateway's key or not what it "
		    "should be (%s); nothing of it was kept. After a rebuild "
		    "of the gateway set gateway_key from its new card", name,
		    err_text(e));
		goto out;
	}
	/* the signature first: a manifest never stands without it */
	if ((e = keep(dir, sig_name, &sig, &there)) == OK) {
		e = keep(dir, name, &doc, &there);
	}
out:
	buf_free(&doc);
	buf_free(&sig);
	return e;
}

static enum err
manifests_fetch(struct courier *c, int dir, uint64_t first, uint64_t last,
    const struct keyset *k, const struct sign_pk *gateway, struct queue *q)
{
	uint8_t hash[HASH_LEN];
	uint64_t generation = 0;
	enum err e = OK;

	for (uint64_t s = first; e == OK && s <= last; s++) {
		struct inbound *m = NULL;

		e = manifest_fetch(c, dir, s, k, gateway, &m);
		if (e == OK && s > first && inbound_follows(s - 1, hash,
		    generation, m) != OK) {
			say("manifest %llu does not follow the one before: "
			    "the gateway's chain is broken. Tell the desk",
			    (unsigned long long)s);
			e = ERR_CHAIN;
		}
		if (e == OK && (e = queue_add(q, m)) == OK) {
			memcpy(hash, m->hash, HASH_LEN);
			generation = m->generation;
		}
		inbound_free(m);
	}
	return e;
}

/* The keyset tells the organisation and the gateway's key */
static enum err
trust(struct courier *c, struct keyset **k, struct sign_pk *gateway)
{
	struct keyset_files f;
	char fingerprint[FINGERPRINT_TEXT];
	enum err e;

	memset(&f, 0, sizeof(f));
	e = keyset_fetch(c->reader, c->config->fingerprint, &f, k);
	keyset_files_clear(&f);
	if (e != OK) {
		say("the keyset at %s: %s", c->config->url,
		    e == ERR_FOREIGN ? "its fingerprint is not the one of the "
		    "configuration" : e == ERR_IO ?
		    transfer_trouble(c->reader) : e == ERR_UNKNOWN ?
		    "there is none yet; deliver the desk's first bundle" :
		    err_text(e));
		return e;
	}
	sign_fingerprint(&(*k)->identity, fingerprint);
	if (c->config->fingerprint == NULL) {
		say("keyset %s is not compared with anything: set fingerprint",
		    fingerprint);
	}
	if (c->config->gateway_key != NULL) {
		if (sign_pk_parse(c->config->gateway_key, gateway) != OK) {
			say("gateway_key is not a key");
			return ERR_USAGE;
		}
	} else if ((*k)->has_gateway) {
		*gateway = (*k)->gateway;
	} else {
		say("the keyset names no gateway key: set gateway_key from "
		    "the gateway's card");
		return ERR_SIGNATURE;
	}
	return OK;
}

static void
report_bodies(const char *folder, const struct bodies *b, size_t n, enum err e)
{
	say("%s: %zu envelopes listed; %zu new, %zu were there, %zu erased "
	    "meanwhile at the gateway", folder, n, b->fetched, b->there,
	    b->gone);
	if (b->damaged > 0) {
		say("%zu envelopes are damaged at the gateway and do not come. "
		    "Everything else is here and can be imported; tell the "
		    "desk, and IT (meldluik-gateway doctor)", b->damaged);
	}
	if (e == ERR_FULL) {
		say("the stick is full: %zu envelopes do not fit. What is on "
		    "it is complete and can be imported; the rest comes next "
		    "time", b->no_room);
	}
}

enum err
courier_fetch(struct courier *c, const char *dir)
{
	char folder[COURIER_FOLDER];
	struct keyset *k = NULL;
	struct sign_pk gateway;
	struct queue q = { NULL, 0, 0 };
	struct bodies b = { 0, 0, 0, 0, 0 };
	uint64_t serial = 0, first = 0;
	int top = -1, in = -1, envelopes = -1;
	enum err e;

	(void)snprintf(folder, sizeof(folder), "inbound-%u",
	    c->config->desk);
	if ((e = folder_open(AT_FDCWD, dir, false, &top)) != OK) {
		say("%s: is not a folder that can be used", dir);
		goto out;
	}
	if ((e = trust(c, &k, &gateway)) != OK ||
	    (e = cut(c, &serial, &first)) != OK) {
		goto out;
	}
	if (first > serial) {
		say("nothing to fetch: the desk confirmed everything");
		goto out;
	}
	if ((e = folder_open(top, folder, true, &in)) != OK ||
	    (e = folder_open(in, "envelopes", true, &envelopes)) != OK) {
		say("%s: cannot be made: %s", folder, err_text(e));
		goto out;
	}
	e = manifests_fetch(c, in, first, serial, k, &gateway, &q);
	if (e != OK) {
		goto out;
	}
	if (q.n > 0) {
		qsort(q.w, q.n, sizeof(q.w[0]), queue_order);
	}
	e = bodies_fetch(c, envelopes, q.w, q.n, &b);
	report_bodies(folder, &b, q.n, e);
out:
	free(q.w);
	keyset_free(k);
	close(envelopes);
	close(in);
	close(top);
	return e;
}

enum err
courier_oldest(struct courier *c, bool *any, day_t *day)
{
	struct buf doc = buf_new(INBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	uint64_t serial = 0, first = 0;
	struct inbound *m = NULL;
	struct keyset *k = NULL;
	struct sign_pk gateway;
	enum err e;

	if ((e = trust(c, &k, &gateway)) != OK ||
	    (e = cut(c, &serial, &first)) != OK) {
		goto out;
	}
	*any = first <= serial;
	if (!*any) {
		goto out;
	}
	if ((e = numbered(c, "/v1/bundle/manifest", first, INBOUND_MAX,
	    &doc)) != OK ||
	    (e = numbered(c, "/v1/bundle/manifest.minisig", first,
	    SIGN_TEXT_MAX, &sig)) != OK ||
	    (e = inbound_parse(doc.p, doc.len, sig.p, sig.len, &gateway,
	    k->org, &m)) != OK) {
		say("the oldest manifest: %s", err_text(e));
		goto out;
	}
	*day = m->day;
out:
	inbound_free(m);
	keyset_free(k);
	buf_free(&doc);
	buf_free(&sig);
	return e;
}
