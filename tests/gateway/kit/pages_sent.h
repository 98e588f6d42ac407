/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A message without scripts from form to envelope, with the pages as they
 * are: the engine and the store are the test's, and what was sealed is opened
 * with the key of a desk. For one program each; linked with --wrap for
 * preview_answer.
 */
#ifndef PAGES_SENT_H
#define PAGES_SENT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../unit/org.h"
#include "meldluik/envelope_open.h"
#include "meldluik/secret.h"
#include "pages/sending.h"
#include "pages/setup.h"

#define EN 1u /* of the languages */
#define TYPE "multipart/form-data; boundary=x"
#define FORM_NUMBER "00112233445566778899aabbccddeeff"
#define PAGE_KEPT (1u << 20)

struct exchange {
	const char *type;
	unsigned answers, status, previews, asked, stored;
	char page[PAGE_KEPT];
	struct buf sealed; /* what came to the store */
	struct ask_request q;
	ask_done done; /* it is asked and has not answered */
	void *arg;
	enum err says;
};

static struct test_org org;
static struct epoch *epoch;
static const struct keyset *shown_keyset;
static const struct epoch *shown_epoch;
static struct exchange *x;

const char *exchange_path(const struct exchange *e)
{
	(void)e;
	return "/en/report";
}

const char *exchange_header(const struct exchange *e, const char *name)
{
	return strcmp(name, "Content-Type") == 0 ? e->type : NULL;
}

void exchange_answer(struct exchange *e, unsigned status, const char *type,
    const void *body, size_t len, unsigned flags)
{
	assert_int_equal(flags, strcmp(type, PAGE_HTML) == 0 ?
	    ANSWER_SECRET : 0);
	assert_in_range(len, 0, PAGE_KEPT - 1);
	e->answers++;
	e->status = status;
	memcpy(e->page, body, len);
	e->page[len] = '\0';
}

void ask_store(struct exchange *e, const struct ask_request *q, ask_done done,
    void *arg)
{
	assert_null(e->done);
	e->asked++;
	e->q = *q;
	e->done = done;
	e->arg = arg;
	buf_put(&e->sealed, q->payload, q->payload_len);
}

/* Never asked for by a message */
void exchange_set(struct exchange *e, void *state) { (void)e; (void)state; }
void *exchange_get(struct exchange *e) { (void)e; return NULL; }
void exchange_hold(struct exchange *e) { (void)e; }
void exchange_forget_path(struct exchange *e) { (void)e; }
bool exchange_place(struct exchange *e) { (void)e; return true; }
static size_t more_held, more_most = SIZE_MAX; /* beyond the place */

bool exchange_place_more(struct exchange *e, size_t bytes)
{
	(void)e;
	if (bytes > more_most - more_held) {
		return false;
	}
	more_held += bytes;
	return true;
}
const char *exchange_onion(void) { return ""; }
int32_t exchange_today(void) { return ORG_TODAY; }
const struct snapshot *snapshot_take(void) { return NULL; }
void snapshot_release(const struct snapshot *s) { (void)s; }
void answer_free(struct answer *a) { (void)a; }

void exchange_add_header(struct exchange *e, const char *name,
    const char *value)
{
	(void)e;
	(void)name;
	(void)value;
}

static struct answer *can_keep; /* what is kept; NULL: no memory for it */
static unsigned keeps, kept_answers;

struct answer *answer_keep(struct exchange *e, unsigned status,
    const char *type, const void *body, size_t len, unsigned flags)
{
	exchange_answer(e, status, type, body, len, flags | ANSWER_SECRET);
	keeps++;
	return can_keep;
}

void exchange_answer_kept(struct exchange *e, struct answer *a)
{
	(void)e;
	assert_ptr_equal(a, can_keep);
	kept_answers++;
}

void exchange_answer_body_of(struct exchange *e, struct answer *a,
    unsigned status, const char *type)
{
	(void)status;
	(void)type;
	exchange_answer_kept(e, a);
}

bool snapshot_file(const struct snapshot *s, const char *path,
    struct public_file *out)
{
	(void)s;
	(void)path;
	(void)out;
	return false;
}

const struct keyset *snapshot_keyset(const struct snapshot *s)
{
	(void)s;
	return shown_keyset;
}

const struct epoch *snapshot_epoch(const struct snapshot *s)
{
	(void)s;
	return shown_epoch;
}

void __real_preview_answer(struct exchange *e, unsigned lang, enum post what,
    const struct fields *f);
void __wrap_preview_answer(struct exchange *e, unsigned lang, enum post what,
    const struct fields *f);
void __wrap_preview_answer(struct exchange *e, unsigned lang, enum post what,
    const struct fields *f)
{
	e->previews++;
	__real_preview_answer(e, lang, what, f);
}

/* The store answers as long as it is asked */
static inline void store_answers(void)
{
	struct ask_answer a = { .payload = (const uint8_t *)"receipt",
		.payload_len = 7 };
	ask_done done;

	while ((done = x->done) != NULL) {
		a.err = x->says;
		x->done = NULL;
		x->stored += x->says == OK && (x->q.what == ASK_PUT ||
		    x->q.what == ASK_UPLOAD_FINISH);
		done(x, x->arg, &a);
	}
}

static inline void field(struct buf *b, const char *name, const char *value)
{
	buf_text(b, "--x\r\nContent-Disposition: form-data; name=\"");
	buf_text(b, name);
	buf_text(b, "\"\r\n\r\n");
	buf_text(b, value);
	buf_text(b, "\r\n");
}

static inline void file(struct buf *b, const char *name, const char *called,
    const void *p, size_t len)
{
	buf_text(b, "--x\r\nContent-Disposition: form-data; name=\"");
	buf_text(b, name);
	buf_text(b, "\"; filename=\"");
	buf_text(b, called);
	buf_text(b, "\"\r\nContent-Type: text/plain\r\n\r\n");
	buf_put(b, p, len);
	buf_text(b, "\r\n");
}

/* A form in pairs of name and value, NULL-ended, with its own number */
static inline struct buf form_of(const char *const *pairs)
{
	struct buf b = buf_new(8u << 20);

	for (; *pairs != NULL; pairs += 2) {
		field(&b, pairs[0], pairs[1]);
	}
	return b;
}
#define FORM(...) form_of((const char *const[]){ __VA_ARGS__, NULL })

static inline void exchange_anew(void)
{
	struct buf kept = x->sealed;

	memset(x, 0, sizeof(*x));
	x->type = TYPE;
	buf_clear(&kept);
	x->sealed = kept;
}

/* Sends ${b} and its end in pieces of ${step}, as far as they are taken, and
 * frees it; what went wrong. */
static inline enum text_id sent_by(enum post what, struct buf *b,
    size_t step)
{
	struct sending *s;
	enum text_id why;

	buf_text(b, "--x--\r\n");
	assert_false(b->failed);
	exchange_anew();
	s = sending_new(x, what, EN);
	assert_non_null(s);
	for (size_t at = 0; at < b->len; at += step) {
		sending_body(x, s, b->p + at, b->len - at < step ?
		    b->len - at : step);
		store_answers();
		assert_int_equal(x->answers, 0);
	}
	sending_finish(x, s);
	store_answers();
	assert_int_equal(x->answers, 1);
	why = s->why;
	/* whatever went wrong, nothing is in the store; and the other way */
	assert_int_equal(x->stored + x->previews, why == NO_PROBLEM &&
	    what != POST_EDIT);
	sending_free(s);
	buf_free(b);
	return why;
}

static inline enum text_id sent(enum post what, struct buf b)
{
	return sent_by(what, &b, 4099);
}

/* What was sealed, with the key of person ${who} (0..3) */
static inline enum err opened(unsigned who, struct envelope_content *out)
{
	struct age_identity *id = NULL;
	struct envelope_open *o = NULL;
	enum err e;

	if ((e = age_identity_new(org.week_seed[who], &id)) == OK &&
	    (e = envelope_open_new(&id, 1, NULL, NULL, 1, &o)) == OK &&
	    (e = envelope_open_write(o, x->sealed.p, x->sealed.len)) == OK) {
		e = envelope_open_end(o, out);
	}
	envelope_open_free(o);
	age_identity_free(id);
	return e;
}

/* Desk 1 reads about all but a coordinator, desk 2 about all but a mayor */
static inline int org_up(void **state)
{
	struct pages_config c = { "nl en", "",
		TESTS_DIR "/vectors/organisation/ok-all.json" };
	char why[PAGES_WHY];

	(void)state;
	assert_int_equal(secret_setup(), OK);
	assert_int_equal(pages_setup(&c, why), OK);
	org_make(&org);
	strcpy(org.keyset->desk[0].not_about[0], "coordinator");
	strcpy(org.keyset->desk[1].not_about[0], "burgemeester");
	assert_int_equal(epoch_parse(org.epoch_json.p, org.epoch_json.len,
	    org.keyset, &epoch), OK);
	x = calloc(1, sizeof(*x));
	assert_non_null(x);
	x->sealed = buf_new(16u << 20);
	return 0;
}

static inline int org_down(void **state)
{
	(void)state;
	buf_free(&x->sealed);
	free(x);
	epoch_free(epoch);
	org_free(&org);
	return 0;
}

static inline int org_shown(void **state)
{
	(void)state;
	shown_keyset = org.keyset;
	shown_epoch = epoch;
	return 0;
}

static inline void code_for(unsigned desk, char text[CODE_TEXT],
    struct code *c)
{
	assert_int_equal(code_new(desk, c), OK);
	code_text(c, text);
}

#define is_sent(what, ...) \
	assert_int_equal(sent(what, FORM(__VA_ARGS__)), NO_PROBLEM)
#define is_not(why, what, ...) \
	assert_int_equal(sent(what, FORM(__VA_ARGS__)), why)

#endif
