/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Pages without input. They depend on nothing but the keyset, the week of its
 * newest keys and the day, so each is made once and kept as an answer, plain
 * and compressed. So are those for who gets no place or sends too much, who
 * are without number: a page of her own for each took a siege of ten thousand
 * 400 MiB and a millisecond each.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "meldluik/secret.h"
#include "pages.h"

static const struct {
	const char *path; /* after the language; NULL: for what is not given */
	enum page_id page;
	const char *kind; /* of about.html */
	bool scripted;
	enum text_id why; /* of failed.html */
} still[] = {
	{ "", PAGE_START, "report", false, NO_PROBLEM },
	{ "report", PAGE_ABOUT, "report", true, NO_PROBLEM },
	{ "advice", PAGE_ABOUT, "advice", true, NO_PROBLEM },
	{ "replies", PAGE_CHECK, "report", true, NO_PROBLEM },
	{ "who", PAGE_WHO, "report", false, NO_PROBLEM },
	{ "other", PAGE_OTHER, "report", false, NO_PROBLEM },
	{ "privacy", PAGE_PRIVACY, "report", false, NO_PROBLEM },
	{ "accessibility", PAGE_ACCESSIBILITY, "report", false, NO_PROBLEM },
	{ "sealed", PAGE_SEALED, "report", false, NO_PROBLEM },
	{ NULL, PAGE_LOST, "report", false, NO_PROBLEM },
	{ NULL, PAGE_LOST, "report", false, NO_PROBLEM },
	{ NULL, PAGE_FAILED, "report", false, TEXT_ERR_PLACES },
	{ NULL, PAGE_FAILED, "report", false, TEXT_ERR_FILES },
};
#define STILL (sizeof(still) / sizeof(*still))
#define LOST (STILL - 4)
#define BUSY (STILL - 3)
#define FAILED (STILL - 2) /* and the next; of one size, not compressed */

static struct {
	bool used;
	uint8_t keyset[HASH_LEN];
	day_t week, day; /* of the keys, DAY_NONE: none */
	struct buf plain, small;
	/* of them: compressed, under the address without a language */
	struct answer *answer[2][2];
} kept[STILL][LANGUAGES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool
kept_fresh(unsigned i, unsigned lang, const struct keyset *k,
    const struct epoch *epoch)
{
	static const uint8_t none[HASH_LEN];

	return kept[i][lang].used && kept[i][lang].week == (epoch == NULL ?
	    DAY_NONE : epoch->week) &&
	    kept[i][lang].day == exchange_today() &&
	    memcmp(kept[i][lang].keyset, k == NULL ? none : k->hash,
	    HASH_LEN) == 0;
}

static void
kept_drop(unsigned i, unsigned lang)
{
	unsigned k;

	for (k = 0; k < 4; k++) {
		answer_free(kept[i][lang].answer[k / 2][k % 2]);
		kept[i][lang].answer[k / 2][k % 2] = NULL;
	}
	buf_free(&kept[i][lang].plain);
	buf_free(&kept[i][lang].small);
	kept[i][lang].used = false;
}

static bool
kept_make(unsigned i, unsigned lang)
{
	struct site *s = site_open(lang);
	enum page_id page = still[i].page;
	struct question_views *q = NULL;
	char size[8], *path = NULL;
	unsigned side;
	struct view v;
	bool good = false;

	if (s == NULL) {
		return false;
	}
	view_init(&v, &s->view);
	view_text(&v, "kind", still[i].kind);
	view_flag(&v, "is_report", strcmp(still[i].kind, "report") == 0);
	view_flag(&v, "at_about", page == PAGE_ABOUT);
	view_flag(&v, "scripted", still[i].scripted);
	view_flag(&v, "busy", i == BUSY);
	view_text(&v, "code", "");
	if (page == PAGE_FAILED) {
		view_text(&v, "error", site_text(lang, still[i].why));
	}
	if (page == PAGE_WHO && s->keyset != NULL) {
		path = secret_new(SVG_PATH_MAX);
		if (path == NULL || qr_path(s->print_text, path, &side) !=
		    OK) {
			goto out;
		}
		snprintf(size, sizeof(size), "%u", side);
		view_text(&v, "qr", path);
		view_text(&v, "qr_size", size);
	}
	if (page == PAGE_ABOUT) {
		q = secret_new(sizeof(*q));
		if (q == NULL) {
			goto out;
		}
		questions_show(q, lang, strcmp(still[i].kind, "advice") == 0,
		    NULL, &v);
	}
	if (page == PAGE_ABOUT && s->epoch == NULL) {
		page = PAGE_CLOSED;
	}
	kept_drop(i, lang);
	kept[i][lang].plain = buf_new(PAGE_MAX);
	kept[i][lang].small = buf_new(PAGE_MAX);
	if (page_render(page, lang, &v, &kept[i][lang].plain) == OK &&
	    (page == PAGE_FAILED ? page_pad(&kept[i][lang].plain, SMALL_PAGE) :
	    pack_gzip(kept[i][lang].plain.p, kept[i][lang].plain.len,
	    &kept[i][lang].small))) {
		memset(kept[i][lang].keyset, 0, HASH_LEN);
		if (s->keyset != NULL) {
			memcpy(kept[i][lang].keyset, s->keyset->hash,
			    HASH_LEN);
		}
		kept[i][lang].week = s->epoch == NULL ? DAY_NONE :
		    s->epoch->week;
		kept[i][lang].day = exchange_today();
		kept[i][lang].used = good = true;
	}
out:
	secret_free(q);
	secret_free(path);
	site_close(s);
	return good;
}

static const struct buf *
kept_page(struct exchange *x, unsigned i, unsigned lang, bool small)
{
	if (small) {
		exchange_add_header(x, "Content-Encoding", "gzip");
	}
	if (i < FAILED) {
		exchange_add_header(x, "Vary", "Accept-Encoding");
	}
	return small ? &kept[i][lang].small : &kept[i][lang].plain;
}

/* Gives a fresh page. Of an answer with 405 only the body is kept, as Allow
 * differs from path to path: where others have theirs for the address without
 * a language, at which nothing is lost */
static void
kept_give(struct exchange *x, unsigned i, unsigned lang, bool root,
    unsigned status)
{
	bool small = i < FAILED && pack_wanted(x);
	struct answer **a = &kept[i][lang].answer[small][root || status == 405];
	const struct buf *b = NULL;

	if (*a == NULL || status == 405) {
		b = kept_page(x, i, lang, small);
	}
	if (*a == NULL) {
		*a = answer_keep(x, status, HTML, b->p, b->len, 0);
	}
	if (*a != NULL && status == 405) {
		exchange_answer_body_of(x, *a, status, HTML);
	} else if (*a != NULL) {
		exchange_answer_kept(x, *a);
	}
}

static void
still_answer(struct exchange *x, unsigned i, unsigned lang, bool root,
    unsigned status)
{
	const struct snapshot *now = snapshot_take();
	bool good;

	pthread_mutex_lock(&lock);
	good = kept_fresh(i, lang, snapshot_keyset(now),
	    snapshot_epoch(now)) || kept_make(i, lang);
	snapshot_release(now);
	if (good) {
		kept_give(x, i, lang, root, status);
	}
	pthread_mutex_unlock(&lock);
	if (!good) {
		page_failure(x, 503);
	}
}

bool
still_page(struct exchange *x, const char *path, unsigned lang, bool root)
{
	unsigned i;

	for (i = 0; i < LOST; i++) {
		if (strcmp(still[i].path, path) == 0) {
			still_answer(x, i, lang, root, 200);
			return true;
		}
	}
	return false;
}

void
still_lost(struct exchange *x, unsigned status, unsigned lang)
{
	exchange_forget_path(x);
	exchange_add_header(x, "Vary", "Accept, Accept-Language");
	if (status == 503) {
		exchange_add_header(x, "Retry-After", "60");
	}
	still_answer(x, status == 503 ? BUSY : LOST, lang, false, status);
}

bool
still_failed(struct exchange *x, unsigned status, unsigned lang,
    enum text_id why)
{
	unsigned i;

	for (i = FAILED; i < STILL; i++) {
		if (still[i].why == why) {
			exchange_forget_path(x);
			still_answer(x, i, lang, false, status);
			return true;
		}
	}
	return false;
}
