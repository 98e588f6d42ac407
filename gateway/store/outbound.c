/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Outbound bundles: staged file by file as the courier brings them, then
 * verified as a whole and applied, or refused as a whole. What the courier
 * says is nothing; what a holder signed counts. keys/FORMAT.md section 9.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outbound_private.h"

#define STAGE_FILES (OUTBOUND_FILES + 2u)

static bool is_manifest(const char *path)
{
	return strcmp(path, "outbound.json") == 0 ||
	    strcmp(path, "outbound.json.minisig") == 0;
}

static uint64_t stage_limit(const char *path)
{
	if (strcmp(path, "lane.bin") == 0) {
		return STAGE_LANE_MAX;
	}
	return strcmp(path, "outbound.json") == 0 ? OUTBOUND_MAX : KEYSET_MAX;
}

static enum err stage_count(struct store *s, unsigned desk)
{
	struct file_name *name = NULL;
	size_t n = 0;
	enum err r = file_list(s, 'S', desk, &name, &n);

	free(name);
	return r == OK && n >= STAGE_FILES ? ERR_LIMIT : r;
}

enum err store_outbound_put(struct store *s, unsigned desk, const char *path,
    uint64_t offset, const uint8_t *p, size_t len)
{
	struct file f = { 0 };
	enum err r;

	if (desk == 0 || desk > 63 || strnlen(path, 65) > 64 ||
	    (!is_manifest(path) && !outbound_path_ok(path))) {
		return ERR_POLICY;
	}
	if (len > stage_limit(path) || offset > stage_limit(path) - len) {
		return ERR_LIMIT;
	}
	if (!space_stage(s, len)) {
		return ERR_FULL;
	}
	r = file_get(s, 'S', desk, path, &f);
	if (r == OK && offset == 0) {
		r = file_drop(s, 'S', desk, path, true);
		if (r == OK) {
			r = ERR_UNKNOWN;
		}
	}
	if (r == ERR_UNKNOWN) {
		if (offset != 0) {
			return ERR_CONFLICT;
		}
		if ((r = stage_count(s, desk)) != OK) {
			return r;
		}
		memset(&f, 0, sizeof(f));
		f.blob = s->now.next_blob++;
	}
	if (r != OK) {
		return r;
	}
	if (offset != f.size) {
		return ERR_CONFLICT;
	}
	if ((r = file_append(s, &f, p, len)) != OK) {
		return r;
	}
	f.size += len;
	return file_set(s, 'S', desk, path, &f);
}

enum err stage_read(struct store *s, unsigned desk, const char *path,
    struct buf *out)
{
	struct file f;
	enum err r = file_get(s, 'S', desk, path, &f);

	return r == OK ? file_read(s, &f, 0, (size_t)f.size, out) : r;
}

static enum err stage_clear(struct store *s, unsigned desk)
{
	struct file_name *name = NULL;
	size_t n = 0;
	enum err r = file_list(s, 'S', desk, &name, &n);

	for (size_t i = 0; r == OK && i < n; i++) {
		r = file_drop(s, 'S', desk, name[i].path, true);
	}
	free(name);
	return r;
}

bool outbound_has(const struct outbound *o, const char *path)
{
	for (unsigned i = 0; i < o->files; i++) {
		if (strcmp(o->file[i].path, path) == 0) {
			return true;
		}
	}
	return false;
}

/* Where a file of the bundle stands in public; false: nowhere */
static bool public_path(const char *path, unsigned desk,
    char out[FILE_PATH_MAX])
{
	const char *tail = strncmp(path, "lane.json", 9) == 0 ? path + 4 :
	    strcmp(path, "lane.bin") == 0		      ? "" :
								NULL;

	if (tail != NULL) {
		return (size_t)snprintf(out, FILE_PATH_MAX, "board/%u%s",
			   desk, tail) < FILE_PATH_MAX;
	}
	return (size_t)snprintf(out, FILE_PATH_MAX, "%s", path) <
	    FILE_PATH_MAX;
}

/* The first file of a set that changes together */
static void set_head(const char *path, char out[FILE_PATH_MAX])
{
	size_t n;

	if (strncmp(path, "board/", 6) == 0) {
		n = 6 + strspn(path + 6, "0123456789");
		snprintf(out, FILE_PATH_MAX, "%.*s.json", (int)n, path);
	} else if (strncmp(path, "page.json", 9) == 0) {
		snprintf(out, FILE_PATH_MAX, "page.json");
	} else if (strncmp(path, "keyset.json", 11) == 0) {
		snprintf(out, FILE_PATH_MAX, "keyset.json");
	} else {
		snprintf(out, FILE_PATH_MAX, "%s", path);
	}
}

static enum err file_keep(struct store *s, struct verified *v, unsigned i,
    bool wait)
{
	const char *path = v->o->file[i].path;
	struct file_name f = { .desk = 0 };
	struct file live;
	day_t week;
	enum err r;

	if (!public_path(path, v->o->desk, f.path)) {
		return ERR_LIMIT;
	}
	if (path_week(path, &week) && (r = outbound_epoch(s, v, i)) != OK) {
		return r;
	}
	f.file = v->file[i];
	r = file_get(s, 'L', 0, f.path, &live);
	if (r == OK &&
	    memcmp(live.sha256, f.file.sha256, HASH_LEN) == 0) {
		/* Unchanged: an older version may still wait. */
		r = file_drop(s, 'P', 0, f.path, true);
		return r == OK ? file_drop(s, 'S', v->o->desk, path, true) :
				 r;
	}
	if (r != OK && r != ERR_UNKNOWN) {
		return r;
	}
	if ((r = file_drop(s, 'S', v->o->desk, path, false)) != OK ||
	    (r = file_drop(s, 'P', 0, f.path, true)) != OK) {
		return r;
	}
	if (wait || v->live[i]) {
		return file_set(s, 'P', 0, f.path, &f.file);
	}
	if ((r = file_go_live(s, &f)) != OK) {
		return r;
	}
	return path_week(path, &week) ? week_publish(s, week) : OK;
}

/* Which files have an older version in public? Asked before any changes. */
static enum err files_live(struct store *s, struct verified *v)
{
	for (unsigned i = 0; i < v->o->files; i++) {
		char path[FILE_PATH_MAX], head[FILE_PATH_MAX];
		struct file f;
		enum err r;

		if (!public_path(v->o->file[i].path, v->o->desk, path)) {
			return ERR_LIMIT;
		}
		set_head(path, head);
		r = file_get(s, 'L', 0, head, &f);
		if (r != OK && r != ERR_UNKNOWN) {
			return r;
		}
		v->live[i] = r == OK;
	}
	return OK;
}

static enum err verified_keep(struct store *s, struct verified *v,
    day_t today)
{
	struct desk_state *d = &s->desk[v->o->desk];
	/* A keyset and what was made under it change together. */
	bool wait = s->next != NULL ||
	    (v->fresh != NULL && s->keyset != NULL);
	bool lane_waits = wait;
	enum err r;

	if ((s->keyset == NULL || (v->fresh != NULL &&
	    !sign_pk_equal(&s->identity, &v->fresh->identity))) &&
	    (r = state_identity(s, &v->k->identity)) != OK) {
		return r;
	}
	if ((r = files_live(s, v)) != OK) {
		return r;
	}
	for (size_t i = 0; r == OK && i < v->weeks; i++) {
		struct week w = v->week[i], *old = week_find(s, w.monday);

		if (old != NULL) {
			w.desks |= old->desks;
			w.published = old->published;
			w.closed = old->closed;
		}
		r = week_put(s, &w);
	}
	for (unsigned i = 0; r == OK && i < v->o->files; i++) {
		if (strcmp(v->o->file[i].path, "lane.json") == 0) {
			lane_waits = wait || v->live[i];
		}
		r = file_keep(s, v, i, wait);
	}
	if (r != OK) {
		return r;
	}
	d->tenure = v->o->tenure;
	d->serial = v->o->serial;
	memcpy(d->sha256, v->o->hash, HASH_LEN);
	d->lane_tenure = v->lane.tenure;
	d->lane_serial = v->lane.serial;
	d->confirmed = v->confirmed;
	if (!lane_waits) {
		d->live_tenure = d->tenure;
		d->live_serial = d->serial;
		memcpy(d->live, d->sha256, HASH_LEN);
		d->live_day = today;
		s->now.news = 1;
	}
	s->now.erase_due |= 1;
	if ((r = state_desk(s, v->o->desk)) != OK ||
	    (r = stage_clear(s, v->o->desk)) != OK) {
		return r;
	}
	return keysets_load(s);
}

enum err store_outbound_apply(struct store *s, unsigned desk,
    const struct sign_pk *identity, day_t today)
{
	struct verified v = { 0 };
	struct buf doc = buf_new(OUTBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	uint8_t hash[HASH_LEN];
	enum err r;

	if (desk == 0 || desk > 63) {
		return ERR_POLICY;
	}
	if ((r = stage_read(s, desk, "outbound.json", &doc)) != OK ||
	    (r = stage_read(s, desk, "outbound.json.minisig", &sig)) != OK) {
		goto out;
	}
	hash_bytes(doc.p, doc.len, hash);
	if (s->desk[desk].serial != 0 &&
	    memcmp(hash, s->desk[desk].sha256, HASH_LEN) == 0) {
		r = stage_clear(s, desk); /* applied before */
		goto out;
	}
	if ((r = outbound_verify(s, desk, identity, today, &doc, &sig, &v)) !=
	    OK) {
		goto out;
	}
	r = verified_keep(s, &v, today);
	s->broken = r; /* half a bundle must never be committed */
out:
	verified_clear(&v);
	buf_free(&doc);
	buf_free(&sig);
	return r;
}
