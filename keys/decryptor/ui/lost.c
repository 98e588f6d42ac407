/* SPDX-License-Identifier: EUPL-1.2 */
/* What keeps an import from going on: bodies that do not come are shown, and
 * written off; and the chain begins at a later manifest. */
#include <string.h>
#include <unistd.h>

#include "../intake.h"
#include "../lost.h"
#include "../resume.h"
#include "ui.h"

void
lost_set(struct visit *v)
{
	struct overdue *list = visit_new(v, LOST_SHOWN * sizeof *list);
	struct view *rows = visit_rows(v, LOST_SHOWN);
	size_t n = 0;

	(void)lost_overdue(v->d, list, &n);
	for (size_t i = 0; i < n; i++) {
		char hex[2 * HASH_LEN + 1];
		hex_encode(list[i].sha256, HASH_LEN, hex);
		view_text(&rows[i], "hash", visit_keep(v, hex, LOST_HEX));
		view_text(&rows[i], "day", date_long(v, list[i].day));
		view_text(&rows[i], "number", visit_text(v, "%llu",
		    (unsigned long long)list[i].serial));
		view_text(&rows[i], "size", visit_text(v, "%llu",
		    (unsigned long long)list[i].size));
	}
	view_flag(&v->view, "has_lost", n > 0);
	view_list(&v->view, "lost", rows, n);
}

enum err
lost_decide(struct visit *v, int dir, const char **asked,
    struct refusal *why)
{
	char detail[DETAIL_TEXT], summary[LOST_SUMMARY];
	int bundle = bundle_open(v->d, field(v, "place"));
	struct overdue b;
	size_t request;
	enum err e;

	if (bundle < 0) {
		return refuse(why, ERR_UNKNOWN, "Daar staat geen inname.",
		    "There is nothing to import there.");
	}
	e = lost_find(v->d, bundle, field(v, "hash"), &b, why);
	close(bundle);
	if (e != OK) {
		return e;
	}
	lost_words(&b, detail, summary);
	if (act_approved(v->d, ACT_KEY_CEREMONY, NOT_FOUND, detail, &request,
	    why) != OK) {
		return request_ask(v, dir, detail, summary, asked, why);
	}
	e = lost_put(v->d, &b, request);
	return e == OK ? OK : refuse_err(why, e);
}

enum err
resume_decide(struct visit *v, int dir, const char **asked,
    struct refusal *why)
{
	int bundle = bundle_open(v->d, field(v, "place"));
	size_t request = NOT_FOUND;
	struct resume r;
	enum err e;

	if (bundle < 0) {
		return refuse(why, ERR_UNKNOWN, "Daar staat geen inname.",
		    "There is nothing to import there.");
	}
	e = resume_find(v->d, bundle, field(v, "number"), &r, why);
	close(bundle);
	if (e == OK && field(v, "sure")[0] == 0) {
		e = refuse(why, ERR_USAGE, "Vink aan dat IT hetzelfde nummer "
		    "noemt.", "Tick that IT names the same number.");
	}
	if (e != OK) {
		return e;
	}
	if (!r.alone && act_approved(v->d, ACT_KEY_CEREMONY, NOT_FOUND,
	    r.detail, &request, why) != OK) {
		return request_ask(v, dir, r.detail, r.summary, asked, why);
	}
	e = resume_put(v->d, &r, request);
	return e == OK ? OK : refuse_err(why, e);
}
