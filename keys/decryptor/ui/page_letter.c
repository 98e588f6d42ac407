/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A letter to the reporter: filled from a template, changed by hand, looked
 * at as the reporter will read it, then put ready for the stick. Nothing is
 * kept between these steps but what stands in the form.
 */
#include <string.h>

#include "../letters.h"
#include "../replies.h"
#include "case.h"

#define LETTER_MAX 65536u

static const struct {
	const char *word;
	enum reply_kind kind;
	enum text_id body; /* TEXTS: from letters.h */
} letter[] = {
	{"acknowledgement", REPLY_ACKNOWLEDGEMENT, TEXTS},
	{"question", REPLY_QUESTION, TEXT_LETTER_QUESTION},
	{"message", REPLY_MESSAGE, TEXT_LETTER_MESSAGE},
	{"feedback", REPLY_FEEDBACK, TEXT_LETTER_FEEDBACK},
	{"closing", REPLY_CLOSING, TEXT_LETTER_CLOSING},
};
#define LETTERS (sizeof letter / sizeof *letter)

static size_t
letter_of(const char *word)
{
	for (size_t i = 0; i < LETTERS; i++) {
		if (strcmp(letter[i].word, word) == 0) {
			return i;
		}
	}
	return 2;
}

/* The PO files write a paragraph's end as " / " */
static const char *
template_text(struct visit *v, size_t i)
{
	const struct kase *c = &v->d->state->kase[v->k];
	struct buf out = buf_new_secret(LETTER_MAX);
	unsigned lang = strncmp(c->language, "nl", 2) == 0 ? 0 : 1;
	const char *text = "";

	if (letter[i].body == TEXTS) {
		if (letter_acknowledge(v->d, c, &out) == OK) {
			text = visit_keep(v, (const char *)out.p, out.len);
		}
	} else {
		const char *p = page_texts[letter[i].body][lang];
		for (; *p != 0; p++) {
			if (strncmp(p, " / ", 3) == 0) {
				buf_text(&out, "\n\n");
				p += 2;
			} else if (strncmp(p, "{n}", 3) == 0) {
				buf_text(&out, c->ref);
				p += 2;
			} else {
				buf_u8(&out, (uint8_t)*p);
			}
		}
		text = visit_keep(v, (const char *)out.p, out.len);
	}
	buf_free(&out);
	return text;
}

static void
form(struct visit *v, size_t i, const char *text, size_t len)
{
	const struct kase *c = &v->d->state->kase[v->k];
	struct view *kinds = visit_rows(v, LETTERS), *w = &v->view;
	unsigned parts = 0;
	uint8_t id[16];
	struct term t;

	case_head(v, v->k);
	for (size_t j = 0; j < LETTERS; j++) {
		view_text(&kinds[j], "value", letter[j].word);
		view_text(&kinds[j], "label", reply_label(v,
		    letter[j].kind));
		view_flag(&kinds[j], "chosen", i == j);
	}
	view_list(w, "kinds", kinds, LETTERS);
	view_text(w, "kind", letter[i].word);
	view_text(w, "kind_label", reply_label(v, letter[i].kind));
	view_flag(w, "is_feedback", letter[i].kind == REPLY_FEEDBACK);
	view_flag(w, "reasoned", field(v, "reasoned")[0] != 0);
	view_flag(w, "options", field(v, "options")[0] != 0);
	view_flag(w, "told", field(v, "told")[0] != 0);
	view_text(w, "text", text);
	view_flag(w, "fits", c->has_mailbox && reply_parts(v->d, v->k,
	    letter[i].kind, text, len, id, &parts) == OK);
	view_text(w, "length", visit_text(v, "%zu", len));
	view_text(w, "parts", visit_text(v, "%u", parts));
	view_text(w, "today_iso", date_iso(v, v->d->today));
	if ((letter[i].kind == REPLY_FEEDBACK ||
	    letter[i].kind == REPLY_ACKNOWLEDGEMENT) &&
	    term_of(v, v->k, letter[i].kind == REPLY_FEEDBACK, &t) == OK) {
		term_set(v, w, &t);
		view_flag(w, "has_term", true);
	}
	visit_page(v, PAGE_LETTER, TEXT_TITLE_LETTER, 3);
}

static enum err
settle(struct visit *v, size_t i, struct refusal *why)
{
	struct act_answer a = {.kind = letter[i].kind,
		.text = field(v, "text"), .len = fields_len(v->form, "text"),
		.reasoned = field(v, "reasoned")[0] != 0,
		.options = field(v, "options")[0] != 0,
		.forward_notice = field(v, "told")[0] != 0};
	const char *by = field(v, "by");
	enum given_by how = strcmp(by, "letter") == 0 ? GIVEN_LETTER :
	    strcmp(by, "talk") == 0 ? GIVEN_TALK :
	    strcmp(by, "no_route") == 0 ? GIVEN_NO_ROUTE : GIVEN_MAILBOX;
	day_t day = v->d->today;

	if (how == GIVEN_MAILBOX) {
		return act_reply(v->d, v->k, &a, why);
	}
	if (field(v, "day")[0] != 0 && day_parse(field(v, "day"), &day) !=
	    OK) {
		return refuse(why, ERR_USAGE, "Dat is geen dag.",
		    "That is no day.");
	}
	return act_given(v->d, v->k, how, day, &a, why);
}

void
page_letter(struct visit *v)
{
	size_t i = letter_of(v->post ? field(v, "kind") :
	    v->query(v, "kind"));
	struct refusal why;
	const char *text;

	if (v->d->state->importing) {
		visit_plain(v, 409, TEXT_IMPORT_CUT);
		return;
	}
	if (!v->post || strcmp(field(v, "do"), "fill") == 0) {
		text = template_text(v, i);
		form(v, i, text, strlen(text));
		return;
	}
	text = field(v, "text");
	if (strcmp(field(v, "do"), "settle") != 0) { /* look at it */
		form(v, i, text, strlen(text));
		return;
	}
	if (settle(v, i, &why) != OK) {
		notice_refusal(v, &why);
		form(v, i, text, strlen(text)); /* the text is not lost */
		return;
	}
	notice_good(v, TEXT_LETTER_READY, NULL);
	visit_go(v, "/case/%s#talk", v->d->state->kase[v->k].ref);
}
