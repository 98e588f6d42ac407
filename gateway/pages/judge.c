/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Judges the fields of a message without scripts and makes its report of
 * them: whose desk, which code, which answers. Holds a reporter's plaintext,
 * in secret memory only; opens, seals and answers nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "meldluik/secret.h"
#include "sending.h"

bool
sending_first(const struct sending *s)
{
	return s->what == POST_REPORT || s->what == POST_ADVICE ||
	    s->what == POST_PREVIEW;
}

static bool
blank(const char *s)
{
	return s[strspn(s, " \t\n")] == '\0';
}

/*
 * Who reads it. What is added later goes to the desk that the page named
 * beside the form (field "to"), if that desk still works; a form without that
 * field: the code's own.
 */
static const struct keyset_desk *
desk_reading(const struct sending *s, const struct code *code)
{
	const char *to = fields_get(s->fields, "to");
	const struct keyset_desk *d;
	unsigned long n;

	if (sending_first(s) || *to == '\0') {
		return keyset_desk_now(s->site->keyset, code_desk(code));
	}
	if (strlen(to) > 2 || strspn(to, "0123456789") != strlen(to)) {
		return NULL;
	}
	n = strtoul(to, NULL, 10);
	d = keyset_desk(s->site->keyset, (unsigned)n);
	return d == NULL || d->successor != 0 ? NULL : d;
}

/* Code and desk of the message; sets s->keys when there is a code */
static bool
judge_code(struct sending *s, unsigned *desk)
{
	const char *typed = fields_get(s->fields, "code");
	const char *about = fields_get(s->fields, "about");
	const struct keyset_desk *d;
	struct code code;
	unsigned wanted = 0;
	bool good = false;
	enum err e;

	memset(&code, 0, sizeof(code));
	if (sending_first(s)) {
		e = site_role_known(s->site, about) ?
		    site_desk(s->site, about, &wanted) : ERR_FORMAT;
		if (e != OK) {
			sending_fail(s, e == ERR_POLICY ? TEXT_ERR_NOBODY :
			    TEXT_ERR_FORM);
			return false;
		}
		if (blank(typed)) {
			*desk = wanted;
			if (*fields_get(s->fields, "no_mailbox") == '\0') {
				sending_fail(s, TEXT_ERR_CODE_MISSING);
				return false;
			}
			return true;
		}
	}
	e = code_parse(typed, fields_len(s->fields, "code"), &code);
	if (e != OK) {
		sending_fail(s, code_problem(typed,
		    fields_len(s->fields, "code")));
		goto out;
	}
	d = desk_reading(s, &code);
	if (d == NULL || (sending_first(s) && d->number != wanted)) {
		sending_fail(s, sending_first(s) ? TEXT_ERR_CODE_DESK :
		    TEXT_ERR_READER);
		goto out;
	}
	*desk = d->number;
	s->keys = secret_new(sizeof(*s->keys));
	if (s->keys == NULL) {
		sending_fail(s, TEXT_ERR_BUSY);
		goto out;
	}
	code_derive(&code, s->site->keyset->org, s->keys);
	good = true;
out:
	secret_wipe(&code, sizeof(code));
	return good;
}

static enum err
answers_add(struct sending *s)
{
	static const char *const keys[] = { "what", "when", "where", "who",
		"how_known", "ongoing", "danger", "told_someone", "wishes" };
	unsigned i;
	enum err e = OK;

	for (i = 0; e == OK && i < sizeof(keys) / sizeof(*keys); i++) {
		const char *text = fields_get(s->fields, keys[i]);

		if (!blank(text)) {
			e = report_answer_add(s->report, keys[i], text,
			    fields_len(s->fields, keys[i]));
		}
	}
	for (i = 0; e == OK && i < organisation()->questions; i++) {
		const struct question *q = &organisation()->question[i];
		unsigned lang = s->lang;
		const char *text = question_answer(q, lang, s->fields);

		if (text == NULL) {
			continue;
		}
		e = report_answer_add(s->report, q->id, text, strlen(text));
		if (e == OK) {
			e = report_question_add(s->report, q->id,
			    q->ask.in[lang], strlen(q->ask.in[lang]));
		}
	}
	return e;
}

static enum err
thread_set(struct sending *s)
{
	uint8_t last[16] = { 0 }; /* none read, or no name of a reply */

	if (s->keys == NULL) {
		return OK;
	}
	if (sending_first(s)) {
		return report_thread_first(s->report, s->keys);
	}
	(void)hex_decode(fields_get(s->fields, "last"), last, 16);
	return report_thread_later(s->report, s->keys, last);
}

static enum err
report_fill(struct sending *s, unsigned desk)
{
	static const enum report_kind kinds[] = {
		[POST_REPORT] = REPORT_REPORT, [POST_ADVICE] = REPORT_ADVICE,
		[POST_PREVIEW] = REPORT_REPORT, [POST_EDIT] = REPORT_REPORT,
		[POST_FOLLOW_UP] = REPORT_FOLLOW_UP,
		[POST_WITHDRAW] = REPORT_WITHDRAWAL };
	const char *relation = fields_get(s->fields, "relation");
	const char *about = fields_get(s->fields, "about");
	struct report *r = s->report = report_new();
	enum err e;

	if (r == NULL) {
		return ERR_MEMORY;
	}
	r->kind = kinds[s->what];
	memcpy(r->org, s->site->keyset->org, ORG_LEN);
	memcpy(r->keyset, s->site->keyset->hash, HASH_LEN);
	s->week = s->site->epoch->week;
	week_text(s->week, r->epoch);
	r->desk = desk;
	r->sealed_by = SEALED_SERVER;
	strcpy(r->language, site_language(s->lang));
	if (strlen(relation) >= sizeof(r->relation) ||
	    strlen(about) >= sizeof(r->about)) {
		return ERR_FORMAT;
	}
	strcpy(r->relation, *relation == '\0' ? "not_said" : relation);
	strcpy(r->about, sending_first(s) ? about : "");
	/* The form's number: random, and the same when the form is resent */
	if (hex_decode(fields_get(s->fields, "form"), r->message_id,
	    MESSAGE_ID_LEN) != OK) {
		return ERR_FORMAT;
	}
	if ((e = thread_set(s)) == OK && s->what != POST_WITHDRAW) {
		e = answers_add(s);
	}
	return e;
}

/* Would the text alone fit? Asked before a gigabyte follows */
static enum err
report_fits(const struct report *r)
{
	struct buf b = buf_new_secret(REPORT_JSON_MAX);
	enum err e = report_write(r, &b);

	buf_free(&b);
	return e;
}

bool
sending_judge(struct sending *s, unsigned *desk)
{
	enum err e;

	if (s->why != NO_PROBLEM) {
		return false;
	}
	if (s->site->epoch == NULL) {
		sending_fail(s, s->site->withdrawn ? TEXT_ERR_WITHDRAWN :
		    TEXT_ERR_CLOSED);
		return false;
	}
	if (sending_first(s) && blank(fields_get(s->fields, "what"))) {
		sending_fail(s, TEXT_ERR_TEXT);
		return false;
	}
	if (!judge_code(s, desk)) {
		return false;
	}
	e = report_fill(s, *desk);
	if (e == OK) {
		e = report_fits(s->report);
	}
	if (e != OK) {
		sending_fail(s, e == ERR_LIMIT ? TEXT_ERR_LARGE :
		    e == ERR_MEMORY ? TEXT_ERR_BUSY : TEXT_ERR_FORM);
	}
	return e == OK;
}
