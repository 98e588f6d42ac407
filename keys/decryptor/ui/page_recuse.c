/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A case goes to another desk: two people sign, the parcel is written to a
 * stick, and what the other desk reads back ends the access here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "case.h"

static enum err
do_parcel(struct visit *v, struct refusal *why)
{
	const struct kase *c = &v->d->state->kase[v->k];
	unsigned to = (unsigned)strtoul(field(v, "desk"), NULL, 10);
	int dir = place_need(v, field(v, "place"), why);
	char day[DAY_TEXT], code[20];
	const char *path;
	unsigned n = 1;

	if (dir < 0) {
		return why->e;
	}
	close(dir);
	day_text(v->d->today, day);
	do { /* again, for a lost stick or what came later */
		path = visit_text(v, "%s/pakket-%s-%s-%u.age",
		    field(v, "place"), c->ref, day, n);
	} while (access(path, F_OK) == 0 && n++ < 100);
	return act_recuse(v->d, v->k, to, field(v, "text"),
	    fields_len(v->form, "text"), path, code, why);
}

static enum err
do_request(struct visit *v, struct refusal *why)
{
	size_t request;

	return act_request(v->d, ACT_RECUSE, v->k, field(v, "desk"), NULL,
	    &request, why);
}

static enum err
do_over(struct visit *v, struct refusal *why)
{
	return act_handed_over(v->d, v->k, field(v, "code"), why);
}

static void
desks_set(struct visit *v)
{
	const struct keyset *k = v->d->keyset;
	const struct kase *c = &v->d->state->kase[v->k];
	struct view *rows = visit_rows(v, KEYSET_DESKS_MAX);
	size_t n = 0, request;

	for (unsigned i = 0; k != NULL && i < k->desks; i++) {
		const struct keyset_desk *one = &k->desk[i];
		char number[8];
		if (!recuse_desk(v->d, v->k, one->number)) {
			continue;
		}
		snprintf(number, sizeof number, "%u", one->number);
		view_text(&rows[n], "value", visit_text(v, "%s", number));
		view_text(&rows[n], "label", visit_text(v, "%s (%s)",
		    keyset_desk_name(one, language(v)), number));
		view_flag(&rows[n], "chosen", one->number == c->moved_to);
		view_flag(&rows[n++], "signed_there", act_approved(v->d,
		    ACT_RECUSE, v->k, number, &request, NULL) == OK);
	}
	view_list(&v->view, "desks", rows, n);
	view_flag(&v->view, "has_desks", n > 0);
}

static void
show(struct visit *v)
{
	case_head(v, v->k);
	places_set(v, &v->view);
	desks_set(v);
	view_flag(&v->view, "resealed", v->d->state->kase[v->k].resealed);
	visit_page(v, PAGE_RECUSE, TEXT_TITLE_RECUSE, 3);
}

void
page_recuse(struct visit *v)
{
	static const struct deed deeds[] = {
		{"ask", do_request, TEXT_DONE_REQUEST, "#signatures"},
		{"over", do_over, TEXT_REC_OVER, "/recuse"},
		{"parcel", do_parcel, TEXT_REC_WRITTEN, "/recuse"},
		{NULL, NULL, TEXTS, NULL}
	};

	case_form(v, show, "do", deeds, "/recuse");
}
