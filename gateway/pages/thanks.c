/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the reporter sees after sending: the receipt and the dates, or the
 * form again with every word that was typed and one sentence that says what
 * to do. An error page never loses text and always says that nothing was
 * sent.
 */
#include <stdio.h>
#include <string.h>

#include "meldluik/secret.h"
#include "sending.h"

void
thanks_answer(struct exchange *x, struct sending *s,
    const struct once_result *r)
{
	char number[RECEIPT_NUMBER], files[8], iso[DAY_TEXT], day[DATE_TEXT];
	unsigned lang = s->lang;
	struct view v;
	bool coded = s->keys != NULL || s->what == POST_SEALED;

	receipt_number(r->envelope, number);
	day_text(r->day, iso);
	site_date(lang, r->day, true, day);
	snprintf(files, sizeof(files), "%u", s->attachments);
	view_init(&v, &s->site->view);
	view_text(&v, "number", number);
	view_text(&v, "note", r->note);
	view_text(&v, "day_iso", iso);
	view_text(&v, "day_date", day);
	view_text(&v, "files", strcmp(files, "0") == 0 ? NULL : files);
	view_flag(&v, "has_code", coded);
	view_flag(&v, "first", s->what == POST_REPORT ||
	    s->what == POST_ADVICE);
	view_flag(&v, "done_report", s->what == POST_REPORT);
	view_flag(&v, "done_advice", s->what == POST_ADVICE);
	view_flag(&v, "done_later", s->what == POST_FOLLOW_UP ||
	    s->what == POST_SEALED);
	view_flag(&v, "done_withdraw", s->what == POST_WITHDRAW);
	view_flag(&v, "past_about", true);
	view_flag(&v, "past_code", true);
	view_flag(&v, "past_report", true);
	view_flag(&v, "at_done", true);
	page_answer_padded(x, 200, PAGE_DONE, lang, &v, SMALL_PAGE);
}

void
thanks_not(struct exchange *x, struct sending *s)
{
	unsigned lang = s->lang;
	struct view v;

	switch (s->what) {
	case POST_REPORT:
	case POST_ADVICE:
	case POST_PREVIEW:
	case POST_EDIT:
		form_filled(x, lang, s->what, s->fields, s->why);
		break;
	case POST_FOLLOW_UP:
	case POST_WITHDRAW:
		replies_keep(x, lang, s->fields, s->why);
		break;
	default:
		if (!sending_site(s)) {
			page_fail(x, 503, lang, TEXT_ERR_BUSY);
			return;
		}
		view_init(&v, &s->site->view);
		view_text(&v, "error", site_text(lang, s->why));
		page_answer_padded(x, 200, PAGE_SEALED, lang, &v, SMALL_PAGE);
	}
}
