/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The intake chain. One chain for all desks, signed by the gateway: whoever
 * carries the bundle can leave something away, but what is left away,
 * changed or moved is named here.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "intake.h"
#include "terminal.h"

#define BUNDLE_MANIFESTS 65536u

struct numbers {
	uint64_t *n;
	size_t count, room;
};

static int
number_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Serials of the files called exactly manifest-N.json, ascending */
static enum err
numbers_find(int bundle, struct numbers *out)
{
	int fd = openat(bundle, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	enum err e = OK;

	if (dir == NULL) {
		return ERR_IO;
	}
	while (e == OK && (e = folder_next(dir, &entry)) == OK &&
	    entry != NULL) {
		unsigned long long n;
		char again[64];
		if (sscanf(entry->d_name, "manifest-%llu.json", &n) != 1) {
			continue;
		}
		snprintf(again, sizeof again, "manifest-%llu.json", n);
		if (strcmp(again, entry->d_name) != 0 || n == 0) {
			continue;
		}
		if (out->count == BUNDLE_MANIFESTS) {
			e = ERR_LIMIT;
		} else if (out->count == out->room) {
			size_t room = out->room * 2 + 64;
			uint64_t *more = reallocarray(out->n, room,
			    sizeof *more);
			if (more == NULL) {
				e = ERR_MEMORY;
			} else {
				out->n = more;
				out->room = room;
			}
		}
		if (e == OK) {
			out->n[out->count++] = n;
		}
	}
	closedir(dir);
	if (out->count > 0) {
		qsort(out->n, out->count, sizeof *out->n, number_compare);
	}
	return e;
}

/* Reads and verifies one; ${doc} and ${sig} keep its bytes */
static enum err
manifest_read(const struct desk *d, const struct sign_pk *gateway,
    int bundle, uint64_t n, struct buf *doc, struct buf *sig,
    struct inbound **out)
{
	char name[64];
	enum err e;

	snprintf(name, sizeof name, "manifest-%llu.json",
	    (unsigned long long)n);
	e = file_read(bundle, name, doc);
	if (e == OK) {
		snprintf(name, sizeof name, "manifest-%llu.json.minisig",
		    (unsigned long long)n);
		e = file_read(bundle, name, sig);
		if (e != OK) {
			say_error("manifest %llu has no signature beside it: "
			    "%s", (unsigned long long)n, err_text(e));
			return e;
		}
	}
	if (e == OK) {
		e = inbound_parse(doc->p, doc->len, sig->p, sig->len, gateway,
		    d->keyset->org, out);
	}
	if (e == OK && (*out)->generation > d->keyset->generation) {
		say_error("manifest %llu is of gateway generation %llu, the "
		    "keyset names %llu", (unsigned long long)n,
		    (unsigned long long)(*out)->generation,
		    (unsigned long long)d->keyset->generation);
		inbound_free(*out);
		*out = NULL;
		e = ERR_FOREIGN;
	} else if (e == ERR_SIGNATURE) {
		say_error("manifest %llu was edited, or another gateway made "
		    "it: the signature is wrong", (unsigned long long)n);
	} else if (e == ERR_FOREIGN) {
		say_error("manifest %llu is of another organisation",
		    (unsigned long long)n);
	} else if (e == ERR_VERSION) {
		say_error("manifest %llu is of a later version of the gateway: "
		    "update this program; nothing was taken in",
		    (unsigned long long)n);
	} else if (e != OK) {
		say_error("manifest %llu cannot be read: %s",
		    (unsigned long long)n, err_text(e));
	}
	return e;
}

static const struct manifest *
known(const struct state *s, uint64_t serial)
{
	for (size_t i = 0; i < s->manifests; i++) {
		if (s->manifest[i].serial == serial) {
			return &s->manifest[i];
		}
	}
	return NULL;
}

struct chain { /* where the verified part ends */
	uint64_t serial;
	uint8_t hash[HASH_LEN];
};

static enum err
link_check(const struct desk *d, const struct chain *at, uint64_t named,
    const struct inbound *m)
{
	const struct manifest *old = known(d->state, m->serial);
	unsigned long long n = m->serial;
	uint64_t next;
	bool first;
	enum err e;

	if (m->serial != named) {
		say_error("the file of manifest %llu holds manifest %llu: "
		    "reordered or replayed", (unsigned long long)named, n);
		return ERR_CHAIN;
	}
	if (old != NULL) {
		if (memcmp(old->hash, m->hash, HASH_LEN) == 0) {
			return OK;
		}
		say_error("FORK: the gateway signed two different manifests "
		    "%llu. It went back in time or lies to this desk. Keep "
		    "the stick and tell the other holders", n);
		return ERR_CHAIN;
	}
	first = m->generation > generation_of(at->serial) ||
	    at->serial == 0;
	next = first ? generation_base(m->generation) + 1 : at->serial + 1;
	if (m->serial > next) {
		say_error("manifest %llu is missing: the bundle goes on with "
		    "%llu. Fetch again. If a machine of this desk that is gone "
		    "has read what is missing, see `import --help` (--start)",
		    (unsigned long long)next, n);
		return ERR_CHAIN;
	}
	e = inbound_follows(at->serial, first ? NULL : at->hash,
	    m->generation, m);
	if (e != OK) {
		say_error("FORK: manifest %llu does not continue the chain "
		    "that this desk has read. Keep the stick and tell the "
		    "other holders", n);
	}
	return e;
}

/* What this desk has applied, as the gateway says, goes into event ${o}; a
 * number that cannot be stays out, so that nothing ever rests on it */
static void
applied_put(const struct desk *d, const struct inbound *m, json_t *o,
    struct intake_result *r)
{
	for (unsigned i = 0; i < m->applieds; i++) {
		const struct inbound_applied *a = &m->applied[i];
		json_t *p;
		if (a->desk != d->ring->desk) {
			continue;
		}
		if (!state_applied_may(d->state, a->tenure, a->serial)) {
			json_object_set_new(o, "applied_refused",
			    json_true());
			r->refused++;
			continue;
		}
		p = json_object();
		json_object_set_new(p, "tenure",
		    json_integer((json_int_t)a->tenure));
		json_object_set_new(p, "serial",
		    json_integer((json_int_t)a->serial));
		event_hex(p, "sha256", a->sha256, HASH_LEN);
		event_day(p, "day", a->day);
		json_object_set_new(o, "applied", p);
	}
}

/* Kept as gateway key and signed note, so that it can be verified again when
 * its last bodies come, perhaps after a rebuilt gateway got a new key */
static enum err
manifest_store(struct desk *d, const struct sign_pk *gateway,
    const struct inbound *m, const struct buf *doc, const struct buf *sig,
    struct intake_result *r)
{
	struct buf kept = buf_new(RECORD_MAX);
	uint8_t record[RECORD_ID];
	char week[WEEK_TEXT];
	json_t *o, *weeks;
	enum err e;

	buf_put(&kept, gateway->pk, SIGN_PK);
	buf_put(&kept, sig->p, sig->len);
	buf_u8(&kept, '\n');
	buf_put(&kept, doc->p, doc->len);
	e = kept.failed ? ERR_LIMIT : record_put(d->book, NULL, kept.p,
	    kept.len, record);
	buf_free(&kept);
	if (e != OK) {
		return e;
	}
	o = event_new(d, "manifest");
	weeks = json_array();
	json_object_set_new(o, "serial", json_integer((json_int_t)m->serial));
	json_object_set_new(o, "generation",
	    json_integer((json_int_t)m->generation));
	event_hex(o, "sha256", m->hash, HASH_LEN);
	event_day(o, "day", m->day); /* the gateway's day */
	event_day(o, "imported", d->today);
	event_hex(o, "record", record, RECORD_ID);
	/* A full manifest goes on in the next: bodies of a week it calls
	 * closed may still come, so the next one's word is awaited */
	for (size_t i = 0; i < m->closeds && m->envelopes <
	    INBOUND_ENVELOPES; i++) {
		if (state_week_closed(d->state, m->closed[i]) == 0) {
			week_text(m->closed[i], week);
			json_array_append_new(weeks, json_string(week));
		}
	}
	json_object_set_new(o, "closed", weeks);
	applied_put(d, m, o, r);
	return desk_event(d, o);
}

static unsigned
posted_count(const struct state *s)
{
	unsigned n = 0;

	for (size_t i = 0; i < s->answers; i++) {
		n += s->answer[i].posted != DAY_NONE;
	}
	return n;
}

/* The gateway must have applied what this desk made, nothing else */
static void
applied_check(const struct desk *d, const struct intake_result *r)
{
	const struct state *s = d->state;

	if (r->refused > 0) {
		say_error("THE GATEWAY LIES: it says that it applied bundles "
		    "of this desk with numbers that this desk cannot have "
		    "reached. That was left out, all else was taken in. Keep "
		    "the stick, and tell the other holders and IT");
	}
	if (state_superseded(s)) {
		say_error("the gateway says that another machine has taken "
		    "over this desk (tenure %llu, here %llu)",
		    (unsigned long long)s->applied_tenure,
		    (unsigned long long)s->tenure);
		say_superseded();
	} else if (s->applied_serial == s->out_serial && s->out_serial > 0 &&
	    memcmp(s->applied_hash, s->out_hash, HASH_LEN) != 0) {
		say_error("the gateway applied an outbound bundle with our "
		    "number %llu that this machine did not make",
		    (unsigned long long)s->out_serial);
	} else if (r->fresh > 0 && s->applied_serial > s->out_serial) {
		say_error("the gateway has applied our bundle %llu, this "
		    "casebook knows only up to %llu: it was restored from a "
		    "backup. The next export goes on above",
		    (unsigned long long)s->applied_serial,
		    (unsigned long long)s->out_serial);
	}
}

/* The gateway's key when it made manifest ${serial}: of the keyset's
 * generation the keyset's, of an earlier one that of a manifest kept here */
static enum err
gateway_of(const struct desk *d, uint64_t serial, struct sign_pk *out)
{
	const struct sign_pk *now = desk_gateway(d);
	const struct state *s = d->state;
	uint64_t generation = generation_of(serial);

	if (now == NULL) {
		return ERR_UNKNOWN;
	}
	*out = *now;
	if (generation >= d->keyset->generation) {
		return OK;
	}
	for (size_t i = s->manifests; i-- > 0;) {
		struct buf kept = buf_new(RECORD_MAX);
		enum err e;
		if (generation_of(s->manifest[i].serial) != generation) {
			continue;
		}
		e = record_get(d->book, s->manifest[i].record, &kept);
		if (e == OK && kept.len > SIGN_PK) {
			memcpy(out->pk, kept.p, SIGN_PK);
		}
		buf_free(&kept);
		return e;
	}
	say_error("manifest %llu is of an earlier gateway, of which this desk "
	    "read nothing", (unsigned long long)serial);
	return ERR_UNKNOWN;
}

static enum err
verify_all(struct desk *d, int bundle, const struct numbers *n, bool store,
    struct intake_result *r)
{
	const struct state *s = d->state;
	struct chain at = {0};
	struct sign_pk gateway;
	struct buf doc = buf_new(INBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	enum err e = OK;

	if (s->manifests > 0) {
		const struct manifest *last = &s->manifest[s->manifests - 1];
		at.serial = last->serial;
		memcpy(at.hash, last->hash, HASH_LEN);
	}
	if (s->start.serial > at.serial + 1) {
		at.serial = s->start.serial - 1;
		memcpy(at.hash, s->start.previous, HASH_LEN);
	}
	for (size_t i = 0; i < n->count && e == OK; i++) {
		struct inbound *m = NULL;
		if (n->n[i] < s->start.serial && known(s, n->n[i]) == NULL) {
			continue; /* of before the start that was named */
		}
		buf_clear(&doc);
		buf_clear(&sig);
		e = gateway_of(d, n->n[i], &gateway);
		if (e == OK) {
			e = manifest_read(d, &gateway, bundle, n->n[i], &doc,
			    &sig, &m);
		}
		if (e == OK) {
			e = link_check(d, &at, n->n[i], m);
		}
		if (e == OK && m->serial > at.serial) {
			at.serial = m->serial;
			memcpy(at.hash, m->hash, HASH_LEN);
			if (store) {
				e = manifest_store(d, &gateway, m, &doc,
				    &sig, r);
				r->fresh++;
			}
		}
		inbound_free(m);
	}
	buf_free(&doc);
	buf_free(&sig);
	return e;
}

enum err
chain_start_find(const struct desk *d, int bundle, uint64_t serial,
    struct chain_start *out)
{
	struct buf doc = buf_new(INBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct numbers n = {NULL, 0, 0};
	const struct sign_pk *gateway = desk_gateway(d);
	enum err e = gateway == NULL ? ERR_UNKNOWN : numbers_find(bundle, &n);

	*out = (struct chain_start){.tenure = d->state->tenure};
	for (size_t i = 0; e == OK && i < n.count; i++) {
		struct inbound *m = NULL;
		if (n.n[i] < serial) {
			continue;
		}
		buf_clear(&doc);
		buf_clear(&sig);
		e = manifest_read(d, gateway, bundle, n.n[i], &doc, &sig, &m);
		for (unsigned a = 0; e == OK && a < m->applieds; a++) {
			const struct inbound_applied *p = &m->applied[a];
			if (p->desk == d->ring->desk && p->tenure >=
			    out->tenure && state_applied_may(d->state,
			    p->tenure, p->serial)) {
				out->tenure = p->tenure + 1;
			}
		}
		if (e == OK && m->serial == serial &&
		    m->generation == d->keyset->generation) {
			out->serial = serial;
			memcpy(out->previous, m->previous, HASH_LEN);
		}
		inbound_free(m);
	}
	if (e == OK && out->serial == 0) {
		e = ERR_UNKNOWN;
	}
	free(n.n);
	buf_free(&doc);
	buf_free(&sig);
	return e;
}

enum err
manifest_load(const struct desk *d, const struct manifest *m,
    struct inbound **out)
{
	struct buf kept = buf_new(RECORD_MAX);
	struct sign_pk gateway;
	struct bytes doc, sig;
	struct reader r;
	enum err e = record_get(d->book, m->record, &kept);

	if (e == OK) {
		r = reader_of(kept.p, kept.len);
		reader_copy(&r, gateway.pk, SIGN_PK);
		e = r.failed ? ERR_FORMAT : note_split(r.p, r.left, &sig,
		    &doc);
	}
	if (e == OK) {
		e = inbound_parse(doc.p, doc.len, sig.p, sig.len, &gateway,
		    d->ring->org, out);
	}
	buf_free(&kept);
	return e;
}

enum err
chain_import(struct desk *d, int bundle, struct intake_result *r)
{
	struct numbers n = {NULL, 0, 0};
	uint64_t last = d->state->manifests == 0 ? 0 :
	    d->state->manifest[d->state->manifests - 1].serial;
	unsigned before = posted_count(d->state);
	enum err e = desk_gateway(d) == NULL ? ERR_UNKNOWN :
	    numbers_find(bundle, &n);

	if (e == OK && n.count == 0) {
		say_error("there is no manifest in this folder; is it an "
		    "inbound bundle?");
		e = ERR_UNKNOWN;
	}
	if (e == OK) { /* all of it, before anything is written */
		e = verify_all(d, bundle, &n, false, r);
	}
	if (e == OK) {
		r->first = n.n[0];
		r->last = n.n[n.count - 1];
		if (r->last < last) {
			say_error("ROLLED BACK: the newest manifest here is "
			    "%llu, this desk has read %llu. An old stick, or "
			    "the gateway went back in time",
			    (unsigned long long)r->last,
			    (unsigned long long)last);
			e = ERR_STALE;
		}
		r->replayed = r->last == last;
	}
	if (e == OK && !r->replayed) {
		e = casebook_begin(d->book);
		if (e == OK) {
			e = desk_end(d, verify_all(d, bundle, &n, true, r));
		}
		if (e != OK) {
			say_error("the manifests could not be written: %s",
			    err_text(e));
		}
	}
	if (e == OK) {
		r->posted = posted_count(d->state) - before;
		applied_check(d, r);
	}
	free(n.n);
	return e;
}
