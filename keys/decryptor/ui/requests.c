/* SPDX-License-Identifier: EUPL-1.2 */
/* Requests that wait for a second signature, of a case or of none. */
#include <string.h>

#include "case.h"

#define REQUESTS_NONE 20u /* of no case, the newest, that wait */

/* What ends that came after the end of a case is asked of no case, and
 * stands with the case */
static bool
shown(const struct visit *v, const struct request *r, size_t k)
{
	char late[DETAIL_TEXT];

	if (k == NOT_FOUND) {
		return r->kase == NOT_FOUND && r->act != ACT_DESTROY &&
		    !r->used;
	}
	act_late_detail(v->d, k, late);
	return r->kase == k || (r->kase == NOT_FOUND &&
	    r->act == ACT_DESTROY && strcmp(r->detail, late) == 0);
}

static void
signers_set(struct visit *v, struct view *row, size_t request)
{
	struct signer signer[SIGNERS_MAX];
	size_t n = act_signers_of(v->d, request, signer);
	struct view *names = visit_rows(v, n);

	for (size_t i = 0; i < n; i++) {
		names[i].parent = row;
		view_text(&names[i], "name", visit_text(v, "%s",
		    signer[i].person));
	}
	view_list(row, "signers", names, n);
}

/* Who signs sees what for: nobody signs a name of an act only */
static void
what_set(struct visit *v, struct view *row, size_t i)
{
	const struct request *r = &v->d->state->request[i];
	struct buf text = buf_new_secret(SUMMARY_MAX + 1);
	bool open = !r->used && act_request_summary(v->d, i, &text) == OK;

	view_text(row, "detail", open ? visit_text(v, "%s", r->detail) :
	    NULL);
	view_text(row, "summary", open ? visit_keep(v, (const char *)text.p,
	    text.len) : NULL);
	buf_free(&text);
}

/* All of the keyset but who is here: act_paper asks whether they may */
static void
paper_set(struct visit *v)
{
	const struct keyset *k = v->d->keyset;
	struct view *rows = visit_rows(v, KEYSET_PEOPLE_MAX);
	size_t n = 0;

	for (unsigned i = 0; k != NULL && i < k->people; i++) {
		if (strcmp(k->person[i].id, v->d->ring->person) != 0) {
			view_text(&rows[n++], "value", k->person[i].id);
		}
	}
	view_list(&v->view, "on_paper", rows, n);
}

void
requests_set(struct visit *v, size_t k)
{
	const struct state *s = v->d->state;
	struct view *rows = visit_rows(v, s->requests);
	size_t n = 0;

	for (size_t i = s->requests; i-- > 0 && (k != NOT_FOUND ||
	    n < REQUESTS_NONE);) {
		const struct request *r = &s->request[i];
		char id[2 * HASH_LEN + 1];
		if (!shown(v, r, k)) {
			continue;
		}
		hex_encode(r->id, HASH_LEN, id);
		view_text(&rows[n], "id", visit_text(v, "%.16s", id));
		view_text(&rows[n], "act_label", act_label(v, r->act));
		view_text(&rows[n], "day", date_long(v, r->day));
		view_flag(&rows[n], "used", r->used);
		what_set(v, &rows[n], i);
		signers_set(v, &rows[n++], i);
	}
	paper_set(v);
	view_text(&v->view, "approve", k == NOT_FOUND ? "/keys/approve" :
	    visit_text(v, "/case/%s/approve", s->kase[k].ref));
	view_flag(&v->view, "has_requests", n > 0);
	view_list(&v->view, "requests", rows, n);
}
