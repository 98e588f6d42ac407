/* SPDX-License-Identifier: EUPL-1.2 */
/* The coordinator's handbook: on the page, and as one file to print. */
#include <string.h>

#include "ui.h"

void
page_handbook(struct visit *v)
{
	visit_page(v, PAGE_HANDBOOK, TEXT_TITLE_HANDBOOK, 0);
}

enum err
handbook_file(const char *language, struct buf *out)
{
	const struct embedded *style = page_statics, *t;
	struct buf css = buf_new(UI_PAGE_MAX);
	struct view view;
	unsigned lang = 0;
	enum err e;

	while (lang < LANGUAGES && strcmp(page_languages[lang].code,
	    language) != 0) {
		lang++;
	}
	while (style->name != NULL && strcmp(style->name, "/style.css") != 0) {
		style++;
	}
	if (lang == LANGUAGES || style->name == NULL) {
		return ERR_UNKNOWN;
	}
	t = &page_templates[PAGE_BOOKFILE][lang];
	buf_put(&css, style->p, style->len);
	view_init(&view, NULL);
	view_text(&view, "style", buf_cstr(&css));
	e = css.failed ? ERR_MEMORY :
	    view_render(&view, (const char *)t->p, t->len, out);
	buf_free(&css);
	return e;
}
