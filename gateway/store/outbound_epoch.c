/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Whose word counts for whose keys. A bundle carries the blocks of all desks,
 * but its desk learns of the others' late: after a restore the signature of a
 * lost key is good still, and a bundle made before would bring it back. So
 * what stands in public or waits for it gives way to the desk's own bundle
 * only, or to a keyset under which it holds no more. FORMAT.md section 9.
 */
#include <stdlib.h>
#include <string.h>

#include "outbound_private.h"

/* The file that ${path} replaces: that waits, or else is live; NULL: none */
static enum err base_read(struct store *s, const char *path,
    struct epoch **out)
{
	struct buf doc = buf_new(KEYSET_MAX);
	struct file f;
	enum err r = file_get(s, 'P', 0, path, &f);

	if (r == ERR_UNKNOWN) {
		r = file_get(s, 'L', 0, path, &f);
	}
	if (r == OK) {
		r = file_read(s, &f, 0, KEYSET_MAX, &doc);
	}
	if (r == OK) {
		r = epoch_form(doc.p, doc.len, out);
	}
	buf_free(&doc);
	return r == ERR_UNKNOWN ? OK : r;
}

static const struct epoch_block *block_find(const struct epoch *e,
    const struct epoch_block *like)
{
	for (unsigned i = 0; i < e->blocks; i++) {
		if (e->block[i].desk == like->desk &&
		    strcmp(e->block[i].person, like->person) == 0) {
			return &e->block[i];
		}
	}
	return NULL;
}

/* Puts the blocks of other desks in ${e} back as they stand in ${base} */
static bool others_keep(struct epoch *e, const struct epoch *base,
    unsigned desk, const struct keyset *k)
{
	bool kept = false;

	for (unsigned i = 0; i < e->blocks; i++) {
		const struct epoch_block *old = block_find(base, &e->block[i]);

		if (e->block[i].desk != desk && old != NULL &&
		    memcmp(&old->recipient, &e->block[i].recipient,
			sizeof(old->recipient)) != 0 &&
		    epoch_block_check(e, old, k) == OK) {
			e->block[i] = *old;
			kept = true;
		}
	}
	return kept;
}

/* The staged file anew */
static enum err restage(struct store *s, unsigned desk, const char *path,
    const struct epoch *e, struct file *f)
{
	struct buf doc = buf_new(KEYSET_MAX);
	enum err r = epoch_write(e, &doc);

	if (r == OK) {
		r = file_drop(s, 'S', desk, path, true);
	}
	if (r == OK) {
		*f = (struct file){ .blob = s->now.next_blob++ };
		r = file_append(s, f, doc.p, doc.len);
	}
	if (r == OK) {
		f->size = doc.len;
		hash_bytes(doc.p, doc.len, f->sha256);
		r = file_set(s, 'S', desk, path, f);
	}
	buf_free(&doc);
	return r;
}

enum err outbound_epoch(struct store *s, struct verified *v, unsigned i)
{
	const char *path = v->o->file[i].path;
	struct buf doc = buf_new(KEYSET_MAX);
	struct epoch *e = NULL, *base = NULL;
	enum err r = base_read(s, path, &base);

	if (r == OK && base != NULL) {
		r = file_read(s, &v->file[i], 0, KEYSET_MAX, &doc);
	}
	if (r == OK && base != NULL) {
		r = epoch_form(doc.p, doc.len, &e);
	}
	if (r == OK && base != NULL && others_keep(e, base, v->o->desk, v->k)) {
		r = restage(s, v->o->desk, path, e, &v->file[i]);
	}
	epoch_free(e);
	epoch_free(base);
	buf_free(&doc);
	return r;
}
