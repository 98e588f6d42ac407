/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The passphrase, asked on the page, and the lock. A wrong one costs as much
 * time as a right one (scrypt); after five the program wants a new address.
 */
#include <string.h>

#include "../terminal.h"
#include "ui.h"

#define TRIES_MAX 5u

static void
form(struct visit *v)
{
	view_flag(&v->view, "locked", true);
	visit_page(v, PAGE_LOGIN, TEXT_TITLE_LOGIN, 0);
}

/* What the page of a form is asked with, so that it has that form: by its own
 * field of the same name, a word or a year */
static const char *
asked(struct visit *v, const char *path)
{
	static const struct {
		const char *end, *name;
	} page[] = {
		{"/enter", "what"}, {"/adviser", "year"}, {"/report", "year"},
		{"/letter", "kind"},
	};
	const char *value = "";

	for (size_t i = 0; i < sizeof page / sizeof *page; i++) {
		size_t len = strlen(path), n = strlen(page[i].end);
		if (len >= n && strcmp(path + len - n, page[i].end) == 0) {
			value = fields_get(v->ui->refused, page[i].name);
		}
		if (value != NULL && value[0] != 0 && strlen(value) < 32 &&
		    strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789_") ==
		    strlen(value)) {
			return visit_text(v, "?%s=%s", page[i].name, value);
		}
	}
	return "";
}

/* To what was typed while the desk locked itself, else to what is due */
static void
onward(struct visit *v)
{
	const char *at = v->ui->refused_at;

	if (v->ui->founding.waits) {
		visit_go(v, "/ceremony");
	} else if (v->ui->refused != NULL) {
		notice_bad(v, TEXT_WAS_LOCKED);
		at = visit_text(v, "%.*s", (int)visit_form_page(at) - 3,
		    at + 3);
		visit_go(v, "%s%s", at, asked(v, at));
	} else {
		visit_go(v, "/");
	}
}

void
page_login(struct visit *v)
{
	const struct ui_founding *first = &v->ui->founding;
	struct buf said = buf_new(512);
	struct refusal why;
	enum err e;

	if (v->ui->unlocked || (first->waits && !first->c.home)) {
		visit_go(v, first->waits ? "/ceremony" : "/");
		return;
	}
	if (!v->post) {
		form(v);
		return;
	}
	say_error_keep(&said);
	e = session_unlock(v->ui, field(v, "passphrase"),
	    fields_len(v->form, "passphrase"));
	if (e == OK && founding_resume(v->ui, &why) != OK) {
		notice_said(v, TEXT_CER_FAILED, &said);
		if (why.nl[0] != 0) {
			notice_refusal(v, &why);
		}
	}
	say_error_keep(NULL);
	if (e == OK) {
		onward(v);
	} else if (v->ui->tries >= TRIES_MAX) {
		v->ui->tries = 0;
		memset(v->ui->session, 0, sizeof v->ui->session);
		visit_plain(v, 403, TEXT_TOO_MANY);
	} else {
		if (e == ERR_NO_MATCH) {
			notice_bad(v, TEXT_WRONG_PASSPHRASE);
		} else {
			notice_said(v, TEXT_NOT_OPENED, &said);
		}
		v->status = 403;
		form(v);
	}
	buf_free(&said);
}

void
page_lock(struct visit *v)
{
	session_lock(v->ui);
	v->clear = true;
	visit_go(v, "/login");
}
