/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A real desk with a case of two messages and two files, and the plan of a
 * forwarding of it.
 */
#ifndef TESTS_PLAN_H
#define TESTS_PLAN_H

#include "home.h"

#include "decryptor/dossier.h"

struct place {
	struct home *h;
	struct desk *d;
	size_t k;
	enum report_kind kind; /* of the next message */
	json_t *o; /* the plan */
	struct buf plan, page;
	char path[96];
	struct refusal why;
};

/* ${file}: one with it; ${lies}: which is not as the report says */
static inline void
told(struct place *p, const char *ref, const char *what, const char *file,
    bool lies)
{
	struct content *c = home_content();

	c->report->message_id[0] = (uint8_t)(p->d->state->messages + 1);
	ok(report_answer_add(c->report, "what", what, strlen(what)));
	ok(report_answer_add(c->report, "told_someone", "Piet Pieters", 12));
	if (file != NULL) {
		home_file(p->h, c, file, lies);
	}
	home_message(p->h, ref, p->kind, c);
	content_free(c);
}

static inline void
plan_make(struct place *p, enum destination to, const char *receiver)
{
	struct buf b = buf_new(PLAN_MAX);

	json_decref(p->o);
	p->o = NULL;
	ok(act_forward_plan(p->d, p->k, to, receiver, &b, &p->why));
	ok(json_read(b.p, b.len, PLAN_MAX, &p->o));
	buf_free(&b);
}

/* The plan as it stands, in bytes */
static inline void
plan_write(struct place *p)
{
	char *text = json_dumps(p->o, 0);

	buf_clear(&p->plan);
	buf_text(&p->plan, text);
	free(text);
}

static inline int
setup(void **state)
{
	struct place *p = home_place(sizeof *p);

	p->plan = buf_new(1u << 20);
	p->page = buf_new(1u << 20);
	ok(desk_policy(p->d));
	told(p, "2026-AAAA", "Van een ander", NULL, false);
	told(p, "2026-7K3Q", "Jan Jansen zag alles", "JAN! Jansen", false);
	told(p, "2026-7K3Q", "Nog iets", "\x01\x02", false);
	p->k = state_case(p->d->state, "2026-7K3Q");
	snprintf(p->path, sizeof p->path, "%s/dossier", p->h->path);
	plan_make(p, DEST_AUTHORITY, "IGJ");
	*state = p;
	return 0;
}

static inline int
teardown(void **state)
{
	struct place *p = *state;

	json_decref(p->o);
	buf_free(&p->plan);
	buf_free(&p->page);
	unlink(p->path);
	home_place_free(p);
	return 0;
}

/* A part of the plan */
static inline json_t *
part(struct place *p, const char *list, size_t i)
{
	json_t *v = json_array_get(json_object_get(p->o, list), i);

	assert_non_null(v);
	return v;
}

static inline void
carry(struct place *p, const char *list, size_t i, bool on)
{
	json_object_set_new(part(p, list, i), "carry", json_boolean(on));
}

static inline void
leave_out(struct place *p, size_t i, const char *word)
{
	json_array_append_new(json_object_get(part(p, "fields", i),
	    "redact"), json_string(word));
}

static inline bool
on_page(struct place *p, const char *text)
{
	return memmem(p->page.p, p->page.len, text, strlen(text)) != NULL;
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
