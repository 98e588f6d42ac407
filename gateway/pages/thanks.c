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
	unsigned lang = s->site->lang;
	struct view v;
	bool coded = s->keys != NULL || s->what == POST_SEALED;

	receipt_number(r->envelope, number);
	day_text(r->day, iso);
	site_date(lang, r->day, true, day);
	snprintf(files, sizeof(files), "%u", s->report == NULL ? 0 :
	    s->report->attachments);
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
	page_answer(x, 200, PAGE_DONE, lang, &v, true);
}

static void
form_again(struct exchange *x, struct sending *s)
{
	static const char *const texts[] = { "what", "when", "where", "who",
		"how_known", "danger", "told_someone", "wishes", "code",
		"about" };
	static const char *const words[] = { "yes", "no", "unknown" };
	static const char *const relations[][2] = {
		{ "employee", "rel_employee" }, { "hired", "rel_hired" },
		{ "former", "rel_former" }, { "supplier", "rel_supplier" },
		{ "office_holder", "rel_office_holder" },
		{ "citizen", "rel_citizen" }, { "not_said", "rel_not_said" } };
	const struct fields *f = s->fields;
	unsigned lang = s->site->lang, i, number;
	char id[FORM_ID_TEXT];
	struct view v, ongoing[3];
	bool filled = false;
	uint8_t old[FORM_ID];

	view_init(&v, &s->site->view);
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		view_bytes(&v, texts[i], fields_get(f, texts[i]),
		    fields_len(f, texts[i]));
		filled = filled || (i > 0 && i < 8 &&
		    fields_len(f, texts[i]) > 0);
	}
	for (i = 0; i < 3; i++) {
		view_init(&ongoing[i], NULL);
		view_text(&ongoing[i], "value", words[i]);
		view_text(&ongoing[i], "label", site_text(lang,
		    (enum text_id)(TEXT_YES + i)));
		view_flag(&ongoing[i], "checked",
		    strcmp(fields_get(f, "ongoing"), words[i]) == 0);
	}
	view_list(&v, "ongoings", ongoing, 3);
	for (i = 0; i < sizeof(relations) / sizeof(*relations); i++) {
		view_flag(&v, relations[i][1], strcmp(fields_get(f,
		    "relation"), relations[i][0]) == 0);
	}
	filled = filled || *fields_get(f, "ongoing") != '\0' ||
	    *fields_get(f, "relation") != '\0';
	/* the same number, so that a later success counts as this form */
	if (hex_decode(fields_get(f, "form"), old, sizeof(old)) == OK) {
		hex_encode(old, sizeof(old), id);
	} else {
		form_id_new(id);
	}
	view_text(&v, "form", id);
	view_text(&v, "kind", s->what == POST_ADVICE ? "advice" : "report");
	view_flag(&v, "is_report", s->what == POST_REPORT);
	view_flag(&v, "filled", filled);
	view_flag(&v, "no_mailbox", *fields_get(f, "no_mailbox") != '\0');
	view_flag(&v, "bad_code", s->bad_code);
	view_flag(&v, "bad_what", s->bad_what);
	view_text(&v, "desk", site_desk(s->site, fields_get(f, "about"),
	    &number) == OK ? site_desk_name(s->site, number) : NULL);
	view_text(&v, "error", site_text(lang, s->why));
	view_flag(&v, "past_about", true);
	view_flag(&v, "past_code", true);
	view_flag(&v, "at_report", true);
	page_answer(x, 200, PAGE_FORM, lang, &v, true);
}

void
thanks_not(struct exchange *x, struct sending *s)
{
	unsigned lang = s->site->lang;
	struct view v;

	switch (s->what) {
	case POST_REPORT:
	case POST_ADVICE:
		form_again(x, s);
		break;
	case POST_FOLLOW_UP:
	case POST_WITHDRAW:
		replies_keep(x, lang, s->fields, s->why);
		break;
	default:
		view_init(&v, &s->site->view);
		view_text(&v, "error", site_text(lang, s->why));
		page_answer(x, 200, PAGE_SEALED, lang, &v, false);
	}
}
