/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A form acts once. Each form of a page has a number of its own; the numbers
 * of those that did something are remembered while the program runs, with
 * where they led. The same form again (a double click, the page of before)
 * is led there and nothing is done. With other words in it, it comes back
 * filled in, under a new number: who wants that too, sends it. Another form
 * of that page still works.
 */
#include <sodium.h>
#include <string.h>

#include "ui.h"

#define MARK "name=\"once\" value=\"" /* templates/_token.html */

void
once_number(struct buf *page)
{
	char *at = (char *)page->p, *end, hex[UI_ONCE + 1];
	uint8_t raw[UI_ONCE / 2];

	if (at == NULL) {
		return; /* an empty page */
	}
	end = at + page->len;
	while ((at = memmem(at, (size_t)(end - at), MARK, strlen(MARK))) !=
	    NULL) {
		at += strlen(MARK);
		if ((size_t)(end - at) < UI_ONCE) {
			return;
		}
		randombytes_buf(raw, sizeof raw);
		sodium_bin2hex(hex, sizeof hex, raw, sizeof raw);
		memcpy(at, hex, UI_ONCE);
	}
}

static struct ui_spent *
spent_find(struct visit *v)
{
	const char *number = field(v, "once");

	for (size_t i = 0; strlen(number) == UI_ONCE && i < UI_SPENT; i++) {
		if (strcmp(v->ui->spent[i].number, number) == 0) {
			return &v->ui->spent[i];
		}
	}
	return NULL;
}

/* Whoever types it again may mistype it, and no hash of one is kept */
static bool
is_passphrase(const char *name)
{
	return strcmp(name, "passphrase") == 0 || strcmp(name, "pass") == 0 ||
	    strcmp(name, "again") == 0;
}

/* Names and values as they were sent */
static void
form_hash(const struct fields *f, uint8_t out[HASH_LEN])
{
	struct buf all = buf_new_secret(UI_FORM_MAX);
	const char *name;

	for (unsigned i = 0; (name = fields_name(f, i)) != NULL; i++) {
		if (!is_passphrase(name)) {
			buf_put(&all, name, strlen(name) + 1);
			buf_put(&all, fields_get(f, name),
			    fields_len(f, name) + 1);
		}
	}
	hash_bytes(all.p, all.len, out);
	buf_free(&all);
}

uint64_t
once_before(const struct visit *v)
{
	return v->ui->unlocked && v->d->book != NULL ?
	    journal_length(v->d->book) : UINT64_MAX;
}

bool
once_again(struct visit *v)
{
	const struct ui_spent *s = v->post ? spent_find(v) : NULL;
	uint8_t form[HASH_LEN];

	if (s == NULL) {
		return false;
	}
	form_hash(v->form, form);
	if (memcmp(form, s->form, HASH_LEN) == 0 ||
	    strcmp(v->path, "/bulk") == 0) {
		notice_again(v);
		v->status = 303;
		snprintf(v->location, sizeof v->location, "%s", s->to);
	} else if (v->ui->unlocked) {
		notice_bad(v, TEXT_DONE_OTHER); /* so it is filled in again */
		visit_go(v, "%.*s", (int)visit_form_page(v->path), v->path);
	} else {
		return false; /* it waits for the passphrase */
	}
	return true;
}

void
once_spend(struct visit *v, uint64_t before)
{
	const char *number = field(v, "once");
	struct ui_spent *s;

	if (!v->post || before == UINT64_MAX || strlen(number) != UI_ONCE ||
	    (once_before(v) == before && (v->ui->notice[0] == 0 ||
	    v->ui->notice_bad))) {
		return;
	}
	s = &v->ui->spent[v->ui->spents++ % UI_SPENT];
	snprintf(s->number, sizeof s->number, "%s", number);
	form_hash(v->form, s->form);
	if (v->location[0] != 0) {
		snprintf(s->to, sizeof s->to, "%s", v->location);
	} else if (v->k != NOT_FOUND) { /* it made a page that is shown once */
		snprintf(s->to, sizeof s->to, "/%s/case/%s", language(v),
		    v->d->state->kase[v->k].ref);
	} else {
		snprintf(s->to, sizeof s->to, "/%s/", language(v));
	}
}
