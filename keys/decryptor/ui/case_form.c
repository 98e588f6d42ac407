/* SPDX-License-Identifier: EUPL-1.2 */
/* What the forms of a case have in common: one of their acts is done, what
 * forbids it is said with its rule, and the browser is sent on. */
#include <string.h>

#include "case.h"

static const struct deed *
deed_find(const struct deed *deed, const char *name)
{
	while (deed->run != NULL && deed->name != NULL &&
	    strcmp(deed->name, name) != 0) {
		deed++;
	}
	return deed->run == NULL ? NULL : deed;
}

void
case_form(struct visit *v, void (*show)(struct visit *v), const char *by,
    const struct deed *deed, const char *back)
{
	struct refusal why;
	enum err e;

	if (v->k != NOT_FOUND && v->d->state->importing) {
		visit_plain(v, 409, TEXT_IMPORT_CUT);
		return;
	}
	if (!v->post) {
		show(v);
		return;
	}
	deed = deed_find(deed, field(v, by));
	if (deed == NULL) {
		visit_plain(v, 400, TEXT_NO_WAY);
		return;
	}
	e = deed->run(v, &why);
	if (v->status != 0) {
		return; /* it made its own page */
	}
	if (e != OK) {
		notice_refusal(v, &why);
	} else {
		notice_good(v, deed->done, NULL);
	}
	if (v->k == NOT_FOUND) {
		visit_go(v, "/keys%s", e == OK ? deed->then : back);
		return;
	}
	visit_go(v, "/case/%s%s", v->d->state->kase[v->k].ref, e == OK ?
	    deed->then : back);
}
