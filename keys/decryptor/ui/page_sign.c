/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A request that another desk carried here: what it asks is read first, then
 * it is signed with this desk's own key and written back to the stick.
 */
#include <fcntl.h>
#include <string.h>

#include "../files.h"
#include "ui.h"

#define REQUEST_FILE_MAX 65536u

/* ${sign}: else only looked at */
static enum err
request_sign(struct visit *v, bool sign, struct refusal *why)
{
	struct buf file = buf_new(REQUEST_FILE_MAX),
	    out = buf_new(REQUEST_FILE_MAX);
	struct signing told = {.summary = buf_new_secret(REQUEST_FILE_MAX)};
	const char *path = field(v, "file"), *name = strrchr(path, '/');
	enum err e = path[0] != '/' ? ERR_USAGE :
	    file_read_path(path, &file);
	day_t day;

	if (e != OK) {
		e = refuse(why, e, "Dat bestand is niet te lezen. Kies een "
		    "bestand op de stick.", "That file cannot be read. Choose "
		    "a file on the stick.");
	} else {
		e = act_sign(v->d, file.p, file.len, &out, &told, why);
	}
	if (e == OK && sign) {
		e = file_create(AT_FDCWD, visit_text(v, "%.*s/getekend-%s",
		    (int)(name - path), path, name + 1), out.p, out.len);
		if (e != OK) {
			refuse(why, e, "Het getekende verzoek kan daar niet "
			    "worden geschreven.", "The signed request cannot "
			    "be written there.");
		}
	}
	if (e == OK) {
		view_text(&v->view, "file", path);
		view_text(&v->view, "act_label", act_label(v, told.act));
		view_text(&v->view, "detail", visit_text(v, "%s",
		    told.detail));
		view_text(&v->view, "ref", told.ref[0] == 0 ? NULL :
		    visit_text(v, "%s", told.ref));
		view_text(&v->view, "by", visit_text(v, "%s", told.by));
		view_text(&v->view, "desk", visit_text(v, "%u", told.desk));
		view_text(&v->view, "day", day_parse(told.day, &day) == OK ?
		    date_long(v, day) : "");
		view_text(&v->view, "summary", visit_keep(v,
		    (const char *)told.summary.p, told.summary.len));
	}
	buf_free(&file);
	buf_free(&out);
	buf_free(&told.summary);
	return e;
}

void
page_sign(struct visit *v)
{
	bool sign = strcmp(field(v, "do"), "sign") == 0;
	struct refusal why;

	places_set(v, &v->view);
	if (v->post && request_sign(v, sign, &why) != OK) {
		notice_refusal(v, &why);
		visit_go(v, "/sign");
		return;
	}
	if (v->post && sign) {
		notice_good(v, TEXT_SIGN_DONE, NULL);
		visit_go(v, "/sign");
		return;
	}
	visit_page(v, PAGE_SIGN, TEXT_TITLE_SIGN, 5);
}
