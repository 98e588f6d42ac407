/* SPDX-License-Identifier: EUPL-1.2 */
/* The requests of web to the store, one handler a row of the table (ipc.h). */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "events.h"
#include "storeproc.h"

/* A file that says to doctor, which has no key, that a record does not open;
 * what a desk confirms may have taken it out of the lists, so it is gone then
 * until somebody asks for such a one again. Best effort: the log has it too. */
static void
damage_mark(const struct keeper *k, bool there)
{
	char path[PATH_MAX];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/" STORE_DAMAGE_MARK,
	    k->config.store_path);
	if (there) {
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
		    0600);
		close(fd);
	} else {
		(void)unlink(path);
	}
}

static enum err
do_put(struct keeper *k, struct turn *t)
{
	enum err e = (enum err)t->a.a.err; /* of put_begin() */

	t->changes = true;
	if (e == OK) {
		e = store_put_end(k->store, t->put, &t->receipt);
		t->receipted = e == OK;
	}
	if (e != OK && t->budgeted) {
		flood_return(&k->flood);
	}
	return e;
}

void
put_begin(struct keeper *k, struct turn *t)
{
	t->a.a.err = (int)store_put_begin(k->store, slot_at(k, t), t->r.len,
	    t->r.q.digest, t->r.q.week, &t->put);
}

static enum err
do_upload_begin(struct keeper *k, struct turn *t)
{
	t->changes = true;
	return store_upload_begin(k->store, t->r.q.week, t->a.a.id);
}

static enum err
do_upload_part(struct keeper *k, struct turn *t)
{
	const uint8_t *p = slot_at(k, t);

	if (t->r.q.number == 1) {
		/* It holds the header, which is parsed */
		memcpy(k->copy, p, t->r.len);
		p = k->copy;
	}
	return store_upload_part(k->store, t->r.q.id, t->r.q.number, p,
	    t->r.len, &t->a.a.next);
}

static enum err
do_upload_finish(struct keeper *k, struct turn *t)
{
	enum err e;

	t->changes = true;
	e = store_upload_finish(k->store, t->r.q.id, t->r.q.digest,
	    t->r.q.week, &t->receipt);
	t->receipted = e == OK;
	return e;
}

static enum err
do_cut(struct keeper *k, struct turn *t)
{
	t->changes = true;
	return store_manifest_cut(k->store, &t->a.a.serial);
}

static enum err
manifest_read(struct keeper *k, uint64_t serial)
{
	struct buf doc = buf_new(INBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	enum err e;

	e = store_manifest(k->store, serial, &doc, &sig);
	if (e == OK) {
		buf_free(&k->manifest);
		k->manifest = buf_new(INBOUND_MAX + SIGN_TEXT_MAX + 4);
		buf_u32(&k->manifest, (uint32_t)doc.len);
		buf_put(&k->manifest, doc.p, doc.len);
		buf_put(&k->manifest, sig.p, sig.len);
		k->manifest_serial = serial;
		e = k->manifest.failed ? ERR_MEMORY : OK;
	}
	buf_free(&doc);
	buf_free(&sig);
	return e;
}

/* A piece of bytes at hand into the request's slot */
static void
piece(struct keeper *k, struct turn *t, const uint8_t *p, size_t len)
{
	size_t n;

	t->a.a.total = len;
	if (t->r.q.offset >= len) {
		return;
	}
	n = len - (size_t)t->r.q.offset;
	if (n > slot_len(t->r.slot)) {
		n = slot_len(t->r.slot);
	}
	memcpy(slot_at(k, t), p + t->r.q.offset, n);
	t->a.a.payload_len = n;
}

static enum err
do_manifest(struct keeper *k, struct turn *t)
{
	enum err e = OK;

	if (k->manifest_serial != t->r.q.serial || t->r.q.offset == 0) {
		k->manifest_serial = 0;
		e = manifest_read(k, t->r.q.serial);
	}
	if (e == OK) {
		piece(k, t, k->manifest.p, k->manifest.len);
		if (t->r.q.offset + t->a.a.payload_len >= k->manifest.len) {
			buf_free(&k->manifest);
			k->manifest_serial = 0;
		}
	}
	return e;
}

static enum err
do_manifest_first(struct keeper *k, struct turn *t)
{
	t->a.a.serial = store_manifest_first(k->store, t->r.q.number);
	return OK;
}

/* ${b} into the slot, unless ${e}, which stays the answer */
static enum err
answer_with(struct keeper *k, struct turn *t, struct buf *b, enum err e)
{
	if (e == OK && b->len > 0) {
		memcpy(slot_at(k, t), b->p, b->len);
		t->a.a.payload_len = b->len;
	}
	buf_free(b);
	return e;
}

static enum err
do_envelope(struct keeper *k, struct turn *t)
{
	struct buf b = buf_new(SLOT_LARGE_LEN);
	enum err e;

	e = store_envelope(k->store, t->r.q.digest, t->r.q.offset,
	    SLOT_LARGE_LEN, &b, &t->a.a.total);
	return answer_with(k, t, &b, e);
}

static enum err
do_outbound_put(struct keeper *k, struct turn *t)
{
	t->changes = true;
	memcpy(k->copy, slot_at(k, t), t->r.len);
	return store_outbound_put(k->store, t->r.q.number, t->r.q.path,
	    t->r.q.offset, k->copy, t->r.len);
}

static enum err
do_outbound_apply(struct keeper *k, struct turn *t)
{
	enum err e;

	t->changes = true;
	e = store_outbound_apply(k->store, t->r.q.number,
	    k->config.has_identity ? &k->config.identity : NULL, k->today);
	if (e == OK) {
		log_event(EVENT_APPLIED);
		damage_mark(k, false);
	}
	return e;
}

static enum err
do_public(struct keeper *k, struct turn *t)
{
	struct buf b = buf_new(SLOT_LARGE_LEN);
	enum err e;

	e = store_public_range(k->store, t->r.q.path, t->r.q.offset,
	    SLOT_LARGE_LEN, &b, &t->a.a.total);
	return answer_with(k, t, &b, e);
}

static enum err
do_figures(struct keeper *k, struct turn *t)
{
	const struct store_figures *f = &k->figures;

	t->a.a.total = f->text_free;
	t->a.a.serial = f->bulk_free;
	t->a.a.next = (f->full_text ? FIGURES_TEXT_FULL : 0) |
	    (f->full_bulk ? FIGURES_BULK_FULL : 0);
	return OK;
}

static enum err (*const handlers[ASK_COUNT])(struct keeper *,
    struct turn *) = {
	[ASK_PUT] = do_put,
	[ASK_UPLOAD_BEGIN] = do_upload_begin,
	[ASK_UPLOAD_PART] = do_upload_part,
	[ASK_UPLOAD_FINISH] = do_upload_finish,
	[ASK_MANIFEST_CUT] = do_cut,
	[ASK_MANIFEST] = do_manifest,
	[ASK_MANIFEST_FIRST] = do_manifest_first,
	[ASK_ENVELOPE] = do_envelope,
	[ASK_OUTBOUND_PUT] = do_outbound_put,
	[ASK_OUTBOUND_APPLY] = do_outbound_apply,
	[ASK_PUBLIC] = do_public,
	[ASK_FIGURES] = do_figures,
};

enum err
ask_handle(struct keeper *k, struct turn *t)
{
	enum ask what = t->r.q.what;
	enum err e = handlers[what](k, t);

	if (e == ERR_CRYPT && (what == ASK_ENVELOPE || what == ASK_MANIFEST ||
	    what == ASK_PUBLIC)) {
		log_event(EVENT_DAMAGED);
		damage_mark(k, true);
	}
	return e;
}
