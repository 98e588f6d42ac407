/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Files that are the same for everybody and for the life of the process:
 * style sheet, scripts, the offline page. Each is kept as an answer from its
 * first visitor on; unpacked for clients that ask so, which are few.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pages.h"

#define SCRIPT "text/javascript; charset=utf-8"
#define STYLE "/style.css"
#define WHOLE_MAX (1024u * 1024u) /* the offline page, unpacked */
#define ASSETS_MAX 16u

static struct answer *kept[ASSETS_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

const struct embedded *
page_static(const char *path)
{
	const struct embedded *e;

	for (e = page_statics; e->name != NULL; e++) {
		if (strcmp(e->name, path) == 0) {
			return e;
		}
	}
	return NULL;
}

static struct answer *
whole_style(struct exchange *x, bool small)
{
	const struct buf *b = style_sheet(small);

	return answer_keep(x, 200, "text/css; charset=utf-8", b->p, b->len,
	    ANSWER_STORE);
}

static struct answer *
whole_file(struct exchange *x, const struct embedded *e, bool small)
{
	bool page = strcmp(e->name, "/offline.html.gz") == 0;
	struct answer *a = NULL;
	struct buf whole;

	if (page) {
		exchange_add_header(x, "Content-Disposition",
		    "attachment; filename=\"meldluik.html\"");
	}
	if (small) {
		return answer_keep(x, 200, page ? HTML : SCRIPT, e->p,
		    e->len, ANSWER_STORE);
	}
	whole = buf_new(WHOLE_MAX);
	if (pack_gunzip(e->p, e->len, &whole)) {
		a = answer_keep(x, 200, page ? HTML : SCRIPT, whole.p,
		    whole.len, ANSWER_STORE);
	}
	buf_free(&whole);
	return a;
}

static struct answer *
make(struct exchange *x, const struct embedded *e, bool small)
{
	exchange_add_header(x, "Vary", "Accept-Encoding");
	if (small) {
		exchange_add_header(x, "Content-Encoding", "gzip");
	}
	return strcmp(e->name, STYLE ".gz") == 0 ? whole_style(x, small) :
						   whole_file(x, e, small);
}

/* NULL: no memory */
static struct answer *
kept_or_made(struct exchange *x, const struct embedded *e)
{
	size_t i = (size_t)(e - page_statics);

	if (i >= ASSETS_MAX) {
		abort(); /* the build has more files than this table */
	}
	if (kept[i] == NULL) {
		kept[i] = make(x, e, true);
	}
	return kept[i];
}

void
asset_begin(struct exchange *x)
{
	const struct embedded *e;
	struct answer *a;
	char name[64];

	snprintf(name, sizeof(name), "%s.gz", exchange_path(x));
	e = page_static(name);
	if (e == NULL) {
		page_failure(x, 404);
		return;
	}
	if (!pack_wanted(x)) {
		a = make(x, e, false);
		if (a != NULL) {
			exchange_answer_kept(x, a);
			answer_free(a);
		}
		return;
	}
	pthread_mutex_lock(&lock);
	a = kept_or_made(x, e);
	if (a != NULL) {
		exchange_answer_kept(x, a);
	}
	pthread_mutex_unlock(&lock);
}
