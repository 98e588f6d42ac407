/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Judges a staged outbound bundle: identity, keyset, holder's signature,
 * order, every file's hash, lane, epochs, page, confirmations. Reads only.
 */
#include <stdlib.h>
#include <string.h>

#include "outbound_private.h"

bool path_week(const char *path, day_t *week)
{
	char text[WEEK_TEXT];

	if (strncmp(path, "epochs/", 7) != 0 ||
	    strlen(path) != 7 + (WEEK_TEXT - 1) + 5 ||
	    strcmp(path + 7 + WEEK_TEXT - 1, ".json") != 0) {
		return false;
	}
	memcpy(text, path + 7, WEEK_TEXT - 1);
	text[WEEK_TEXT - 1] = '\0';
	return week_parse(text, week) == OK;
}

enum err week_publish(struct store *s, day_t week)
{
	struct week *old = week_find(s, week), w;

	if (old == NULL) {
		return ERR_UNKNOWN;
	}
	w = *old;
	w.published = true;
	return week_put(s, &w);
}

/* The key that may sign a keyset: pinned by configuration, or the one that
 * was trusted first, or (at the very first) the one the document names. */
static enum err identity_check(const struct store *s,
    const struct sign_pk *pinned, const struct keyset *k)
{
	if (pinned != NULL && !sign_pk_equal(pinned, &k->identity)) {
		return ERR_SIGNATURE;
	}
	if (s->fingerprint != NULL &&
	    !sign_fingerprint_is(&k->identity, s->fingerprint)) {
		return ERR_SIGNATURE;
	}
	/* Another identity than the one trusted so far: only when whoever runs
	 * this gateway named the new one in the configuration */
	if (s->has_identity && !sign_pk_equal(&s->identity, &k->identity) &&
	    pinned == NULL && s->fingerprint == NULL) {
		return ERR_SIGNATURE;
	}
	return OK;
}

static enum err keyset_judge(struct store *s, unsigned desk,
    const struct sign_pk *identity, day_t today, bool brought,
    struct verified *v)
{
	const struct keyset *base = s->next != NULL ? s->next : s->keyset;
	struct buf doc = buf_new(KEYSET_MAX), sig = buf_new(SIGN_TEXT_MAX);
	uint8_t hash[HASH_LEN];
	enum err r = OK;

	v->k = base;
	if (!brought) {
		r = base == NULL ? ERR_UNKNOWN : OK;
		goto out;
	}
	if ((r = stage_read(s, desk, "keyset.json", &doc)) != OK ||
	    (r = stage_read(s, desk, "keyset.json.minisig", &sig)) != OK) {
		goto out;
	}
	hash_bytes(doc.p, doc.len, hash);
	if (base != NULL && memcmp(hash, base->hash, HASH_LEN) == 0) {
		goto out;
	}
	if ((r = keyset_parse(doc.p, doc.len, sig.p, sig.len, identity,
		 &v->fresh)) != OK ||
	    (r = identity_check(s, identity, v->fresh)) != OK) {
		goto out;
	}
	r = base == NULL ? OK :
	    sign_pk_equal(&base->identity, &v->fresh->identity) ?
	    keyset_follows(base, v->fresh, today) :
	    keyset_succeeds(base, v->fresh, today);
	v->k = v->fresh;
out:
	if (r == OK && keyset_expired(v->k, today) &&
	    !keyset_withdrawn(v->k)) {
		r = ERR_STALE;
	}
	buf_free(&doc);
	buf_free(&sig);
	return r;
}

static enum err order_judge(const struct store *s, const struct outbound *o)
{
	const struct desk_state *d = &s->desk[o->desk];

	if (o->tenure < d->tenure ||
	    (o->tenure == d->tenure && o->serial < d->serial)) {
		return ERR_STALE;
	}
	/* The same bytes were answered before; this is another document. */
	return o->tenure == d->tenure && o->serial == d->serial ? ERR_CHAIN :
								  OK;
}

static enum err file_hash(struct store *s, struct file *f)
{
	struct buf b = buf_new(1048576);
	struct hash_state *h = hash_new();
	uint64_t at = 0;
	enum err r = h == NULL ? ERR_MEMORY : OK;

	while (r == OK && at < f->size) {
		buf_clear(&b);
		r = file_read(s, f, at, 1048576, &b);
		if (r == OK) {
			hash_write(h, b.p, b.len);
			at += b.len;
		}
	}
	if (r == OK) {
		hash_end(h, f->sha256);
	}
	hash_free(h);
	buf_free(&b);
	return r;
}

static enum err files_judge(struct store *s, struct verified *v)
{
	const struct outbound *o = v->o;
	enum err r = OK;

	for (unsigned i = 0; r == OK && i < o->files; i++) {
		r = file_get(s, 'S', o->desk, o->file[i].path, &v->file[i]);
		if (r == OK) {
			r = file_hash(s, &v->file[i]);
		}
		if (r == OK &&
		    memcmp(v->file[i].sha256, o->file[i].sha256, HASH_LEN) !=
			0) {
			r = ERR_CHAIN;
		}
	}
	return r;
}

static enum err lane_judge(struct store *s, struct verified *v)
{
	const struct desk_state *d = &s->desk[v->o->desk];
	unsigned desk = v->o->desk;
	struct buf doc = buf_new(LANE_MANIFEST_MAX);
	struct buf sig = buf_new(SIGN_TEXT_MAX), shard = buf_new(0);
	struct file f;
	uint64_t len;
	enum err r;

	if (!outbound_has(v->o, "lane.json") ||
	    !outbound_has(v->o, "lane.json.minisig") ||
	    !outbound_has(v->o, "lane.bin")) {
		return ERR_UNKNOWN;
	}
	if ((r = stage_read(s, desk, "lane.json", &doc)) != OK ||
	    (r = stage_read(s, desk, "lane.json.minisig", &sig)) != OK ||
	    (r = file_get(s, 'S', desk, "lane.bin", &f)) != OK ||
	    (r = lane_parse(doc.p, doc.len, sig.p, sig.len, v->k, desk,
		 &v->lane)) != OK) {
		goto out;
	}
	v->lane_parsed = true;
	if (memcmp(v->lane.org, v->k->org, ORG_LEN) != 0 ||
	    v->lane.desk != desk) {
		r = ERR_FOREIGN;
	} else if (lane_bytes(&v->lane) != f.size) {
		r = ERR_FORMAT;
	} else if (v->lane.tenure < d->lane_tenure ||
	    (v->lane.tenure == d->lane_tenure &&
		v->lane.serial < d->lane_serial)) {
		r = ERR_STALE;
	}
	len = r == OK ? lane_shard_bytes(&v->lane) : 0;
	shard = buf_new((size_t)len);
	for (uint32_t i = 0; r == OK && i < v->lane.shards; i++) {
		buf_clear(&shard);
		r = file_read(s, &f, i * len, (size_t)len, &shard);
		if (r == OK) {
			r = lane_shard_check(&v->lane, i, shard.p, shard.len);
		}
	}
out:
	buf_free(&doc);
	buf_free(&sig);
	buf_free(&shard);
	return r;
}

static enum err epochs_judge(struct store *s, struct verified *v)
{
	enum err r = OK;

	for (unsigned i = 0; r == OK && i < v->o->files; i++) {
		const char *path = v->o->file[i].path;
		struct buf doc = buf_new(KEYSET_MAX);
		struct week *w = &v->week[v->weeks];
		struct epoch *e = NULL;

		if (!path_week(path, &w->monday)) {
			continue;
		}
		if ((r = stage_read(s, v->o->desk, path, &doc)) == OK) {
			r = epoch_parse(doc.p, doc.len, v->k, &e);
		}
		if (r == OK && e->week != w->monday) {
			r = ERR_CONFLICT;
		}
		for (unsigned j = 0; r == OK && j < e->blocks; j++) {
			w->desks |= (uint64_t)1 << e->block[j].desk;
		}
		v->weeks += r == OK;
		epoch_free(e);
		buf_free(&doc);
	}
	return r;
}

static enum err page_judge(struct store *s, struct verified *v)
{
	struct buf doc = buf_new(KEYSET_MAX), sig = buf_new(SIGN_TEXT_MAX);
	/* One release for all organisations: its signature names none. */
	struct sign_purpose why = { .purpose = "page" };
	unsigned desk = v->o->desk;
	struct page page;
	enum err r;

	if (!outbound_has(v->o, "page.json")) {
		return OK;
	}
	if (!outbound_has(v->o, "page.json.holder.minisig") ||
	    (v->k->has_release &&
		!outbound_has(v->o, "page.json.minisig"))) {
		return ERR_UNKNOWN;
	}
	if ((r = stage_read(s, desk, "page.json", &doc)) != OK ||
	    (r = page_parse(doc.p, doc.len, &page)) != OK ||
	    (r = stage_read(s, desk, "page.json.holder.minisig", &sig)) !=
		OK ||
	    (r = keyset_holder_check(v->k, desk, "page", doc.p, doc.len,
		 sig.p, sig.len, NULL)) != OK) {
		goto out;
	}
	if (v->k->has_release) {
		buf_clear(&sig);
		if ((r = stage_read(s, desk, "page.json.minisig", &sig)) !=
		    OK) {
			goto out;
		}
		r = sign_program_check(&v->k->release, &why, doc.p, doc.len, sig.p,
		    sig.len);
	}
out:
	buf_free(&doc);
	buf_free(&sig);
	return r;
}

/* Is (serial, hash) one of our manifests? What an earlier generation signed
 * is lost with it and stands for none, like 0. */
static enum err link_judge(struct store *s, uint64_t serial,
    const uint8_t hash[HASH_LEN], bool *known)
{
	struct buf doc = buf_new(INBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	uint8_t ours[HASH_LEN];
	enum err r = OK;

	*known = serial <= generation_base(s->generation);
	if (!*known && serial <= s->now.head_serial) {
		r = store_manifest(s, serial, &doc, &sig);
		if (r == OK) {
			hash_bytes(doc.p, doc.len, ours);
			*known = memcmp(ours, hash, HASH_LEN) == 0;
		}
	}
	buf_free(&doc);
	buf_free(&sig);
	return r;
}

static enum err links_judge(struct store *s, struct verified *v)
{
	bool confirmed, intake;
	enum err r;

	if ((r = link_judge(s, v->o->confirmed_serial, v->o->confirmed,
		 &confirmed)) != OK ||
	    (r = link_judge(s, v->o->intake_serial, v->o->intake, &intake)) !=
		OK) {
		return r;
	}
	if (!confirmed || !intake) {
		return ERR_CHAIN;
	}
	v->confirmed = v->o->confirmed_serial;
	return OK;
}

enum err outbound_verify(struct store *s, unsigned desk,
    const struct sign_pk *identity, day_t today, const struct buf *doc,
    const struct buf *sig, struct verified *v)
{
	struct outbound *unsigned_one = NULL;
	bool brought;
	enum err r;

	/* Read once without trust: only to learn whether a keyset is listed */
	r = outbound_parse(doc->p, doc->len, sig->p, sig->len, NULL,
	    &unsigned_one);
	if (r != OK) {
		return r;
	}
	brought = outbound_has(unsigned_one, "keyset.json");
	outbound_free(unsigned_one);
	if ((r = keyset_judge(s, desk, identity, today, brought, v)) != OK ||
	    (r = outbound_parse(doc->p, doc->len, sig->p, sig->len, v->k,
		 &v->o)) != OK) {
		return r;
	}
	if (v->o->desk != desk ||
	    memcmp(v->o->org, v->k->org, ORG_LEN) != 0) {
		return ERR_FOREIGN;
	}
	if ((r = order_judge(s, v->o)) != OK ||
	    (r = files_judge(s, v)) != OK || (r = lane_judge(s, v)) != OK ||
	    (r = epochs_judge(s, v)) != OK || (r = page_judge(s, v)) != OK) {
		return r;
	}
	return links_judge(s, v);
}

void verified_clear(struct verified *v)
{
	outbound_free(v->o);
	keyset_free(v->fresh);
	if (v->lane_parsed) {
		lane_clear(&v->lane);
	}
}
