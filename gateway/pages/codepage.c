/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The page with a code nobody has yet. The code is made here, shown once and
 * wiped; it comes back only when the reporter types it.
 */
#include <stdio.h>
#include <string.h>

#include "meldluik/secret.h"
#include "pages.h"

/* "zero - G - 7 - M", for who hears the page; ${out} holds 64 bytes */
static void
group_signs(unsigned lang, const char *group, char *out)
{
	const char *zero = site_text(lang, TEXT_ZERO);
	size_t n = 0, i;

	for (i = 0; i < 4; i++) {
		n += (size_t)(group[i] == '0' ?
		    snprintf(out + n, 64 - n, "%s%.12s", i > 0 ? " – " : "",
		    zero) : snprintf(out + n, 64 - n, "%s%c", i > 0 ?
		    " – " : "", group[i]));
	}
}

enum text_id
code_problem(const char *typed, size_t len)
{
	size_t i, signs = 0;

	for (i = 0; i < len; i++) {
		signs += strchr(" -\r\n", typed[i]) == NULL ? 1 : 0;
	}
	/* seven groups of four and six hyphens, with its NUL */
	return signs == CODE_TEXT - 7 ? TEXT_ERR_CODE_TYPO :
	    TEXT_ERR_CODE_LENGTH;
}

void
code_answer(struct exchange *x, unsigned lang, const struct fields *f)
{
	struct site *s = site_open(lang);
	const char *about = fields_get(f, "about");
	bool advice = strcmp(fields_get(f, "kind"), "advice") == 0;
	struct code_page {
		struct code code;
		char text[CODE_TEXT];
		char groups[7][5], signs[7][64];
		char path[SVG_PATH_MAX];
		struct view group[7];
		struct view v;
	} *c = secret_new(sizeof(*c));
	char size[8];
	unsigned number, i, side;
	enum err e;

	if (s == NULL || c == NULL) {
		page_fail(x, 503, lang, TEXT_ERR_BUSY);
		goto out;
	}
	if (s->epoch == NULL) {
		page_answer(x, 503, PAGE_CLOSED, lang, &s->view, false);
		goto out;
	}
	if (!site_role_known(s, about)) {
		page_fail(x, 400, lang, TEXT_ERR_FORM);
		goto out;
	}
	if (site_desk(s, about, &number) != OK) {
		page_fail(x, 200, lang, TEXT_ERR_NOBODY);
		goto out;
	}
	if ((e = code_new(number, &c->code)) == OK) {
		code_text(&c->code, c->text);
		e = qr_path(c->text, c->path, &side);
	}
	if (e != OK) {
		page_fail(x, 503, lang, TEXT_ERR_BUSY);
		goto out;
	}
	for (i = 0; i < 7; i++) {
		memcpy(c->groups[i], c->text + i * 5, 4);
		view_init(&c->group[i], NULL);
		view_text(&c->group[i], "group", c->groups[i]);
		group_signs(lang, c->groups[i], c->signs[i]);
		view_text(&c->group[i], "signs", c->signs[i]);
	}
	snprintf(size, sizeof(size), "%u", side);
	view_init(&c->v, &s->view);
	view_list(&c->v, "groups", c->group, 7);
	view_text(&c->v, "qr", c->path);
	view_text(&c->v, "qr_size", size);
	view_text(&c->v, "kind", advice ? "advice" : "report");
	view_text(&c->v, "about", about);
	view_flag(&c->v, "past_about", true);
	view_flag(&c->v, "at_code", true);
	page_answer_padded(x, 200, PAGE_CODE, lang, &c->v, SMALL_PAGE);
out:
	secret_free(c);
	site_close(s);
}
