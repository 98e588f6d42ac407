/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A report in memory and the rules for its fields (keys/FORMAT.md section 3).
 * Guards what a reporter wrote: a report and all its strings live in one
 * block of secret memory, so nothing can be freed without being wiped. No
 * text of it ever goes into an error.
 */
#include <string.h>

#include "meldluik/calendar.h"
#include "meldluik/listed.h"
#include "meldluik/secret.h"
#include "report_private.h"

#define LANGUAGE_MIN 2u
#define QUESTION_MAX 32u
/* A string in JSON is never shorter than in memory; every string has a NUL,
 * for which JSON has its two quotes. So what fits JSON fits here. */
#define REPORT_STRINGS REPORT_JSON_MAX

struct report_block {
	struct report r; /* first: a report's address is its block's */
	size_t used;
	char strings[REPORT_STRINGS];
};

const char *const report_kind_words[REPORT_KINDS] = {
	[REPORT_REPORT] = "report",
	[REPORT_ADVICE] = "advice",
	[REPORT_FOLLOW_UP] = "follow_up",
	[REPORT_WITHDRAWAL] = "withdrawal",
};
const char *const report_sealed_by_words[REPORT_SEALERS] = {
	[SEALED_BROWSER] = "browser",
	[SEALED_SERVER] = "server",
	[SEALED_CLI] = "cli",
	[SEALED_OFFLINE_PAGE] = "offline_page",
};
static const char *const relations[] = { "employee", "hired", "former",
	"supplier", "office_holder", "citizen", "not_said", NULL };
static const char *const questions[] = { "what", "when", "where", "who",
	"how_known", "ongoing", "danger", "told_someone", "wishes", NULL };

const char *
report_kind_word(enum report_kind k)
{
	return (unsigned)k < REPORT_KINDS ? report_kind_words[k] : "";
}

const char *
report_sealed_by_word(enum report_sealed_by s)
{
	return (unsigned)s < REPORT_SEALERS ? report_sealed_by_words[s] : "";
}

/* Only characters of ${set}, between ${min} and ${max} of them */
static bool
made_of(const char *s, const char *set, size_t min, size_t max)
{
	size_t n = strnlen(s, max + 1);

	return n >= min && n <= max && strspn(s, set) == n;
}

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

bool
report_language_valid(const char *s)
{
	return made_of(s, LOWER UPPER DIGITS "-", LANGUAGE_MIN,
	    sizeof(((struct report *)0)->language) - 1);
}

bool
report_about_valid(const char *s)
{
	return made_of(s, LOWER DIGITS "_-", 0,
	    sizeof(((struct report *)0)->about) - 1);
}

const char *
report_question(size_t i)
{
	return questions[i];
}

bool
report_question_valid(const char *key)
{
	return word_listed(questions, key) || (strncmp(key, "q_", 2) == 0 &&
	    made_of(key + 2, LOWER DIGITS "_", 1, QUESTION_MAX));
}

bool
report_relation_valid(const char *s)
{
	return word_listed(relations, s);
}

bool
report_epoch_valid(const char *s)
{
	day_t monday;

	return week_parse(s, &monday) == OK;
}

bool
report_later(enum report_kind k)
{
	return k == REPORT_FOLLOW_UP || k == REPORT_WITHDRAWAL;
}

struct report *
report_new(void)
{
	struct report_block *b = secret_new(sizeof(*b));

	return b == NULL ? NULL : &b->r;
}

void
report_free(struct report *r)
{
	secret_free(r);
}

/* Copies ${s} into the report's block; NULL if there is no room */
static char *
report_keep(struct report *r, const char *s, size_t len)
{
	struct report_block *b = (struct report_block *)(void *)r;
	char *to = b->strings + b->used;

	if (len >= REPORT_STRINGS - b->used) {
		return NULL;
	}
	if (len > 0) {
		memcpy(to, s, len);
	}
	to[len] = '\0';
	b->used += len + 1;
	return to;
}

enum err
report_answer_add(struct report *r, const char *key, const char *text,
    size_t len)
{
	char *k, *t;

	if (!report_question_valid(key) ||
	    (len > 0 && !utf8_valid(text, len))) {
		return ERR_FORMAT;
	}
	for (unsigned i = 0; i < r->answers; i++) {
		if (strcmp(r->answer[i].key, key) == 0) {
			return ERR_CONFLICT;
		}
	}
	if (r->answers == REPORT_ANSWERS_MAX ||
	    (k = report_keep(r, key, strlen(key))) == NULL ||
	    (t = report_keep(r, text, len)) == NULL) {
		return ERR_LIMIT;
	}
	r->answer[r->answers].key = k;
	r->answer[r->answers].text = t;
	r->answer[r->answers].asked = NULL;
	r->answers++;
	return OK;
}

enum err
report_question_add(struct report *r, const char *key, const char *asked,
    size_t len)
{
	if (strncmp(key, "q_", 2) != 0 || len == 0 ||
	    len > REPORT_ASKED_MAX || !utf8_valid(asked, len)) {
		return ERR_FORMAT;
	}
	for (unsigned i = 0; i < r->answers; i++) {
		if (strcmp(r->answer[i].key, key) != 0) {
			continue;
		}
		if (r->answer[i].asked != NULL) {
			return ERR_CONFLICT;
		}
		r->answer[i].asked = report_keep(r, asked, len);
		return r->answer[i].asked == NULL ? ERR_LIMIT : OK;
	}
	return ERR_UNKNOWN;
}

enum err
report_attachment_add(struct report *r, const char *name,
    const char *media_type, uint64_t size, const uint8_t sha256[HASH_LEN])
{
	struct report_attachment *a = &r->attachment[r->attachments];
	size_t name_len = strnlen(name, REPORT_NAME_MAX + 1);
	size_t type_len = strnlen(media_type, MEDIA_TYPE_MAX + 1);

	if (name_len == 0 || !utf8_valid(name, name_len) ||
	    (type_len > 0 && !utf8_valid(media_type, type_len))) {
		return ERR_FORMAT;
	}
	if (r->attachments == REPORT_ATTACHMENTS_MAX ||
	    name_len > REPORT_NAME_MAX || type_len > MEDIA_TYPE_MAX ||
	    size > UINT32_MAX ||
	    (a->name = report_keep(r, name, name_len)) == NULL ||
	    (a->media_type = report_keep(r, media_type, type_len)) == NULL) {
		return ERR_LIMIT;
	}
	a->size = size;
	memcpy(a->sha256, sha256, HASH_LEN);
	r->attachments++;
	return OK;
}

bool
report_attachment_cleaned(const struct report_attachment *a)
{
	static const uint8_t none[HASH_LEN];

	return memcmp(a->original, none, HASH_LEN) != 0;
}

enum err
report_thread_first(struct report *r, const struct code_keys *k)
{
	enum err e;

	if (report_later(r->kind)) {
		return ERR_USAGE;
	}
	if ((e = age_identity_recipient(k->mailbox, &r->recipient)) != OK) {
		return e;
	}
	sign_pk_of(k->thread, &r->signer);
	memcpy(r->tag_key, k->tag_key, sizeof(r->tag_key));
	memcpy(r->message_id, k->message_id, MESSAGE_ID_LEN);
	r->thread = THREAD_FIRST;
	return OK;
}

enum err
report_thread_later(struct report *r, const struct code_keys *k,
    const uint8_t last_reply[16])
{
	if (!report_later(r->kind)) {
		return ERR_USAGE;
	}
	sign_pk_of(k->thread, &r->signer);
	if (last_reply == NULL) {
		memset(r->last_reply, 0, sizeof(r->last_reply));
	} else {
		memcpy(r->last_reply, last_reply, sizeof(r->last_reply));
	}
	r->thread = THREAD_LATER;
	return OK;
}

bool
report_sensible(const struct report *r)
{
	return *report_kind_word(r->kind) != '\0' &&
	    *report_sealed_by_word(r->sealed_by) != '\0' &&
	    r->desk >= 1 && r->desk <= CODE_DESK_MAX &&
	    report_epoch_valid(r->epoch) &&
	    report_language_valid(r->language) &&
	    report_relation_valid(r->relation) &&
	    report_about_valid(r->about) &&
	    r->answers <= REPORT_ANSWERS_MAX &&
	    r->attachments <= REPORT_ATTACHMENTS_MAX &&
	    r->thread != THREAD_BAD &&
	    (r->thread == THREAD_NONE ||
	    (r->thread == THREAD_LATER) == report_later(r->kind));
}
