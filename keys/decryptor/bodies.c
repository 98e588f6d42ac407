/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bodies of a bundle. Each is opened by a child of its own (opener.h); what
 * becomes of it is in bodies_take.c. No manifest counts as read before all of
 * it is durable.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bodies_private.h"
#include "lost.h"
#include "terminal.h"
#include "weeks.h"

#define AHEAD 6u /* children at once: no core waits while the disk syncs */

static void
openers_free(struct bodies *b)
{
	while (b->openers > 0) {
		opener_free(b->opener[--b->openers].opener);
	}
	free(b->opener);
}

static bool
key_lost(const struct bodies *b, const struct inbound_envelope *env)
{
	return week_key_lost(b->d, &b->blocks, env->week, env->day);
}

/* What opens ${env}. *lost: this keyring should have the week's key and has
 * none; then there is none. */
static enum err
opener_for(struct bodies *b, const struct inbound_envelope *env,
    struct opener **out, bool *lost)
{
	const struct keyring_week *w = keyring_week(b->d->ring, env->week);
	day_t week = w == NULL ? DAY_NONE : env->week;
	struct week_opener *more;
	enum err e;

	*lost = w == NULL && key_lost(b, env);
	if (*lost) {
		return OK;
	}
	for (size_t i = 0; i < b->openers; i++) {
		if (b->opener[i].week == week) {
			*out = b->opener[i].opener;
			return OK;
		}
	}
	more = reallocarray(b->opener, b->openers + 1, sizeof *more);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	b->opener = more;
	e = opener_new(w, desk_forget, b->d, out);
	if (e == OK) {
		more[b->openers++] = (struct week_opener){week, *out};
	}
	return e;
}

/* All of them, before the first envelope is read (opener.h) */
static enum err
openers_make(struct bodies *b)
{
	const struct state *s = b->d->state;
	enum err e = OK;

	for (size_t i = 0; e == OK && i < s->manifests; i++) {
		struct manifest m = s->manifest[i];
		struct inbound *in = NULL;
		struct opener *one;
		bool lost;
		if (!lost_wanted(b->d, b->folder, &m)) {
			continue;
		}
		e = manifest_load(b->d, &m, &in);
		for (size_t j = 0; e == OK && j < in->envelopes; j++) {
			if (!state_body_read(s, in->envelope[j].sha256)) {
				e = opener_for(b, &in->envelope[j], &one, &lost);
			}
		}
		inbound_free(in);
	}
	return e;
}

static enum err
take_opened(struct bodies *b, const struct inbound_envelope *env,
    const struct opened_envelope *o, bool *read)
{
	*read = true;
	switch (o->what) {
	case OPENED_OURS:
		return take_ours(b, env, o);
	case OPENED_OTHER:
		if (key_lost(b, env)) { /* or ours, sealed to that one */
			b->r->no_key++;
			*read = false;
			return OK;
		}
		if (lost_too_late(b->d, env)) { /* it stays written off */
			b->r->too_late++;
			return OK;
		}
		return notes_add(b, b->other, env->sha256);
	case OPENED_DAMAGED:
		b->r->damaged++;
		return notes_add(b, b->damaged, env->sha256);
	case OPENED_EDITED:
		b->r->edited++;
		*read = false;
		return OK;
	default:
		return o->why == OK ? ERR_IO : o->why;
	}
}

/* An envelope whose child runs, or of which the answer is known */
struct body {
	const struct inbound_envelope *env;
	struct opening *opening;
	bool read;
};

static enum err
body_start(struct bodies *b, const struct inbound_envelope *env,
    struct body *body)
{
	char name[BODY_NAME];
	struct opener *opener = NULL;
	struct stat st;
	bool lost;
	int fd = -1;
	enum err e;

	*body = (struct body){.env = env};
	if (state_body_read(b->d->state, env->sha256)) {
		body->read = true;
		return OK;
	}
	body_name(env->sha256, name);
	if (b->folder >= 0) {
		fd = openat(b->folder, name, O_RDONLY | O_CLOEXEC |
		    O_NOFOLLOW | O_NONBLOCK);
	}
	if (fd < 0) {
		body->read = state_body_lost(b->d->state, env->sha256);
		b->r->missing += !body->read;
		return OK;
	}
	e = opener_for(b, env, &opener, &lost);
	if (e != OK || lost) {
		b->r->no_key += lost;
		close(fd);
		return e;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    (uint64_t)st.st_size != env->size) {
		b->r->edited++;
		close(fd);
		return OK;
	}
	e = opener_start(opener, fd, env->sha256, env->size,
	    b->d->attachments, &body->opening);
	if (e != OK) {
		close(fd);
	}
	return e;
}

static enum err
body_take(struct bodies *b, struct body *body)
{
	struct opened_envelope o;
	enum err e;

	if (body->opening == NULL) {
		return OK;
	}
	opener_finish(body->opening, &o);
	body->opening = NULL;
	e = take_opened(b, body->env, &o, &body->read);
	opened_clear(&o);
	return e;
}

/* The envelopes of a manifest in its order; some children run ahead. */
static enum err
bodies_read(struct bodies *b, const struct inbound *in, bool *complete)
{
	struct body ahead[AHEAD] = {{.env = NULL}};
	size_t next = 0;
	enum err e = OK;

	for (size_t i = 0; e == OK && i < in->envelopes; i++) {
		struct body *now = &ahead[i % AHEAD];
		for (; e == OK && next < in->envelopes && next < i + AHEAD;
		    next++) {
			e = body_start(b, &in->envelope[next],
			    &ahead[next % AHEAD]);
		}
		if (e == OK) {
			e = body_take(b, now);
		}
		*complete = *complete && now->read;
	}
	for (unsigned i = 0; i < AHEAD; i++) {
		opener_cancel(ahead[i].opening);
	}
	return e;
}

static enum err
manifest_bodies(struct bodies *b, size_t index)
{
	struct manifest m = b->d->state->manifest[index];
	struct inbound *in = NULL;
	uint64_t missing = b->r->missing;
	bool complete = true;
	enum err e = manifest_load(b->d, &m, &in);

	if (e == OK) {
		e = bodies_read(b, in, &complete);
	}
	/* An old stick may still bring what an earlier gateway listed; nobody
	 * else can */
	if (index < state_generation_start(b->d->state)) {
		b->r->missing = missing;
	}
	if (e == OK) {
		e = notes_flush(b);
	}
	if (e == OK && complete && !m.complete) {
		json_t *o = event_new(b->d, "complete");
		json_object_set_new(o, "serial",
		    json_integer((json_int_t)m.serial));
		e = batch_event(b, o);
	}
	if (e == OK) {
		e = batch_end(b);
	}
	inbound_free(in);
	return e;
}

static json_t *
import_phase(const struct desk *d, const char *phase)
{
	json_t *o = event_new(d, "import");

	json_object_set_new(o, "phase", json_string(phase));
	return o;
}

enum err
bodies_import(struct desk *d, int bundle, struct intake_result *r)
{
	struct bodies b = {.d = d, .r = r, .folder = -1};
	bool work = d->state->importing;
	enum err e = blocks_load(d, &b.blocks);

	b.folder = bodies_folder(bundle);
	for (size_t i = 0; i < d->state->manifests; i++) {
		work = work || lost_wanted(d, b.folder, &d->state->manifest[i]);
	}
	if (e != OK || !work) {
		goto out;
	}
	b.other = json_array();
	b.foreign = json_array();
	b.damaged = json_array();
	e = openers_make(&b);
	if (e == OK) {
		attachments_sweep(d, d->state->importing);
		e = desk_record(d, import_phase(d, "begin"));
	}
	for (size_t i = 0; e == OK && i < d->state->manifests; i++) {
		if (lost_wanted(d, b.folder, &d->state->manifest[i])) {
			e = manifest_bodies(&b, i);
		}
	}
	if (e == OK) {
		e = desk_record(d, import_phase(d, "end"));
	} else {
		batch_stop(&b);
	}
	if (e != OK) {
		say_error("the import stopped: %s. What was read is kept; "
		    "import the same bundle again", err_text(e));
	}
out:
	if (b.folder >= 0) {
		close(b.folder);
	}
	openers_free(&b);
	blocks_free(&b.blocks);
	json_decref(b.other);
	json_decref(b.foreign);
	json_decref(b.damaged);
	return e;
}
