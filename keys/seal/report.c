/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * report.json: from struct to text and back (keys/FORMAT.md section 3).
 * Guards what a reporter wrote: a report and all its strings live in one
 * block of secret memory, so nothing can be freed without being wiped. No
 * text of it ever goes into an error.
 */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "meldluik/calendar.h"
#include "meldluik/json.h"
#include "meldluik/report.h"
#include "meldluik/secret.h"

#define REPORT_TYPE "meldluik-report"
#define MEDIA_TYPE_MAX 127u
#define LANGUAGE_MIN 2u
#define QUESTION_MAX 32u
#define LAST_REPLY_LEN 16u
/* A string in JSON is never shorter than in memory; every string has a NUL,
 * for which JSON has its two quotes. So what fits JSON fits here. */
#define REPORT_STRINGS REPORT_JSON_MAX

struct report_block {
	struct report r; /* first: a report's address is its block's */
	size_t used;
	char strings[REPORT_STRINGS];
};

static const char *const kind_words[] = {
	[REPORT_REPORT] = "report",
	[REPORT_ADVICE] = "advice",
	[REPORT_FOLLOW_UP] = "follow_up",
	[REPORT_WITHDRAWAL] = "withdrawal",
};
static const char *const sealed_by_words[] = {
	[SEALED_BROWSER] = "browser",
	[SEALED_SERVER] = "server",
	[SEALED_CLI] = "cli",
	[SEALED_OFFLINE_PAGE] = "offline_page",
};
static const char *const relations[] = { "employee", "hired", "former",
	"supplier", "office_holder", "citizen", "not_said", NULL };
static const char *const questions[] = { "what", "when", "where", "who",
	"how_known", "ongoing", "danger", "told_someone", "wishes", NULL };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const char *
report_kind_word(enum report_kind k)
{
	return (size_t)k < COUNT(kind_words) ? kind_words[k] : "";
}

const char *
report_sealed_by_word(enum report_sealed_by s)
{
	return (size_t)s < COUNT(sealed_by_words) ? sealed_by_words[s] : "";
}

static bool
listed(const char *const *list, const char *word)
{
	while (*list != NULL && strcmp(*list, word) != 0) {
		list++;
	}
	return *list != NULL;
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

static bool
language_valid(const char *s)
{
	return made_of(s, LOWER UPPER DIGITS "-", LANGUAGE_MIN,
	    sizeof(((struct report *)0)->language) - 1);
}

static bool
about_valid(const char *s)
{
	return made_of(s, LOWER DIGITS "_-", 0,
	    sizeof(((struct report *)0)->about) - 1);
}

static bool
question_valid(const char *key)
{
	return listed(questions, key) || (strncmp(key, "q_", 2) == 0 &&
	    made_of(key + 2, LOWER DIGITS "_", 1, QUESTION_MAX));
}

static bool
epoch_valid(const char *s)
{
	day_t monday;

	return week_parse(s, &monday) == OK;
}

static bool
later_kind(enum report_kind k)
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

	if (!question_valid(key) || (len > 0 && !utf8_valid(text, len))) {
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
	r->answers++;
	return OK;
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

enum err
report_thread_first(struct report *r, const struct code_keys *k)
{
	enum err e;

	if (later_kind(r->kind)) {
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
	if (!later_kind(r->kind)) {
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

/* What a writer must have filled in; a reader checks the same fields */
static bool
report_sensible(const struct report *r)
{
	return *report_kind_word(r->kind) != '\0' &&
	    *report_sealed_by_word(r->sealed_by) != '\0' &&
	    r->desk >= 1 && r->desk <= CODE_DESK_MAX &&
	    epoch_valid(r->epoch) && language_valid(r->language) &&
	    listed(relations, r->relation) && about_valid(r->about) &&
	    r->answers <= REPORT_ANSWERS_MAX &&
	    r->attachments <= REPORT_ATTACHMENTS_MAX &&
	    r->thread != THREAD_BAD &&
	    (r->thread == THREAD_NONE ||
	    (r->thread == THREAD_LATER) == later_kind(r->kind));
}

/* ${what} is stolen by the object, also on failure; ${failed} is sticky */
static void
put(json_t *o, const char *key, json_t *what, bool *failed)
{
	if (json_object_set_new(o, key, what) != 0) {
		*failed = true;
	}
}

static void
put_hex(json_t *o, const char *key, const uint8_t *p, size_t len,
    bool *failed)
{
	char hex[2 * HASH_LEN + 1];

	sodium_bin2hex(hex, sizeof(hex), p, len); /* branch-free */
	put(o, key, json_string(hex), failed);
	secret_wipe(hex, sizeof(hex));
}

static json_t *
thread_json(const struct report *r, bool *failed)
{
	char recipient[AGE_RECIPIENT_TEXT + 1], key[SIGN_KEY_TEXT];
	json_t *o = json_object();

	sign_pk_text(&r->signer, key);
	if (r->thread == THREAD_FIRST) {
		put_hex(o, "tag_key", r->tag_key, sizeof(r->tag_key), failed);
		age_recipient_text(&r->recipient, recipient);
		put(o, "recipient", json_string(recipient), failed);
		put(o, "signer", json_string(key), failed);
		return o;
	}
	put(o, "signer", json_string(key), failed);
	if (sodium_is_zero(r->last_reply, LAST_REPLY_LEN)) {
		put(o, "last_reply", json_string(""), failed);
	} else {
		put_hex(o, "last_reply", r->last_reply, LAST_REPLY_LEN,
		    failed);
	}
	return o;
}

static json_t *
attachments_json(const struct report *r, bool *failed)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < r->attachments; i++) {
		const struct report_attachment *a = &r->attachment[i];
		json_t *o = json_object();

		put(o, "name", json_string(a->name), failed);
		put(o, "media_type", json_string(a->media_type), failed);
		put(o, "size", json_integer((json_int_t)a->size), failed);
		put_hex(o, "sha256", a->sha256, HASH_LEN, failed);
		if (json_array_append_new(list, o) != 0) {
			*failed = true;
		}
	}
	return list;
}

enum err
report_write(const struct report *r, struct buf *out)
{
	struct buf text = buf_new_secret(REPORT_JSON_MAX);
	json_t *o = NULL, *answers;
	bool failed = false;
	enum err e;

	if (!report_sensible(r)) {
		return ERR_USAGE;
	}
	json_setup();
	o = json_object();
	put(o, "type", json_string(REPORT_TYPE), &failed);
	put(o, "version", json_integer(1), &failed);
	put(o, "kind", json_string(report_kind_word(r->kind)), &failed);
	put_hex(o, "org", r->org, ORG_LEN, &failed);
	put_hex(o, "keyset", r->keyset, HASH_LEN, &failed);
	put(o, "epoch", json_string(r->epoch), &failed);
	put(o, "desk", json_integer(r->desk), &failed);
	put_hex(o, "message_id", r->message_id, MESSAGE_ID_LEN, &failed);
	put(o, "sealed_by", json_string(report_sealed_by_word(r->sealed_by)),
	    &failed);
	put(o, "language", json_string(r->language), &failed);
	put(o, "relation", json_string(r->relation), &failed);
	put(o, "about", json_string(r->about), &failed);
	answers = json_object();
	for (unsigned i = 0; i < r->answers; i++) {
		put(answers, r->answer[i].key,
		    json_string(r->answer[i].text), &failed);
	}
	put(o, "answers", answers, &failed);
	put(o, "attachments", attachments_json(r, &failed), &failed);
	if (r->thread != THREAD_NONE) {
		put(o, "thread", thread_json(r, &failed), &failed);
	}
	if (failed) {
		e = ERR_MEMORY;
		goto out;
	}
	if ((e = json_write(o, &text)) != OK) {
		goto out;
	}
	buf_put(out, text.p, text.len);
	if (out->failed) {
		e = ERR_LIMIT;
	}
out:
	json_decref(o);
	buf_free(&text);
	return e;
}

/* --- reading --- */

static enum err
word_field(const json_t *o, const char *key, const char *const *words,
    size_t n, size_t *out)
{
	const char *s;
	enum err e;

	if ((e = json_string_field(o, key, 1, 64, &s)) != OK) {
		return e;
	}
	for (size_t i = 0; i < n; i++) {
		if (strcmp(words[i], s) == 0) {
			*out = i;
			return OK;
		}
	}
	return ERR_FORMAT;
}

/* A string for which ${valid} holds, copied to ${to} of ${size} bytes */
static enum err
text_field(const json_t *o, const char *key, bool (*valid)(const char *),
    char *to, size_t size)
{
	const char *s;
	enum err e;

	if ((e = json_string_field(o, key, 0, size - 1, &s)) != OK) {
		return e;
	}
	if (!valid(s)) {
		return ERR_FORMAT;
	}
	memcpy(to, s, strlen(s) + 1);
	return OK;
}

static bool
relation_valid(const char *s)
{
	return listed(relations, s);
}

static enum err
answers_read(const json_t *o, struct report *r)
{
	const json_t *list;
	const char *key;
	json_t *v;
	enum err e;

	if ((e = json_object_field(o, "answers", &list)) != OK) {
		return e;
	}
	json_object_foreach((json_t *)(uintptr_t)list, key, v) {
		if (strncmp(key, "x_", 2) == 0) {
			continue;
		}
		if (!json_is_string(v)) {
			return ERR_FORMAT;
		}
		if ((e = report_answer_add(r, key, json_string_value(v),
		    json_string_length(v))) != OK) {
			return e;
		}
	}
	return OK;
}

static enum err
attachments_read(const json_t *o, struct report *r)
{
	static const char *const allowed[] = { "name", "media_type", "size",
		"sha256", NULL };
	const json_t *list;
	json_t *v;
	size_t i;
	enum err e;

	if ((e = json_array_field(o, "attachments", REPORT_ATTACHMENTS_MAX,
	    &list)) != OK) {
		return e;
	}
	json_array_foreach(list, i, v) {
		const char *name, *media_type;
		uint8_t sha256[HASH_LEN];
		int64_t size;

		if ((e = json_keys(v, allowed)) != OK ||
		    (e = json_string_field(v, "name", 1, REPORT_NAME_MAX,
		    &name)) != OK ||
		    (e = json_string_field(v, "media_type", 0,
		    MEDIA_TYPE_MAX, &media_type)) != OK ||
		    (e = json_int_field(v, "size", 0, UINT32_MAX, &size)) !=
		    OK ||
		    (e = json_hex_field(v, "sha256", sha256, HASH_LEN)) !=
		    OK ||
		    (e = report_attachment_add(r, name, media_type,
		    (uint64_t)size, sha256)) != OK) {
			return e;
		}
	}
	return OK;
}

static enum err
signer_read(const json_t *t, struct sign_pk *out)
{
	const char *s;
	enum err e;

	if ((e = json_string_field(t, "signer", SIGN_KEY_TEXT - 1,
	    SIGN_KEY_TEXT - 1, &s)) != OK) {
		return e;
	}
	return sign_pk_parse(s, out);
}

static enum err
thread_first_read(const json_t *t, struct report *r)
{
	static const char *const allowed[] = { "tag_key", "recipient",
		"signer", NULL };
	const char *s;
	enum err e;

	if ((e = json_keys(t, allowed)) != OK ||
	    (e = json_hex_field(t, "tag_key", r->tag_key,
	    sizeof(r->tag_key))) != OK ||
	    (e = json_string_field(t, "recipient", AGE_RECIPIENT_TEXT,
	    AGE_RECIPIENT_TEXT, &s)) != OK ||
	    (e = age_recipient_parse(s, AGE_RECIPIENT_TEXT,
	    &r->recipient)) != OK) {
		return e;
	}
	return signer_read(t, &r->signer);
}

static enum err
thread_later_read(const json_t *t, struct report *r)
{
	static const char *const allowed[] = { "signer", "last_reply", NULL };
	const char *s;
	enum err e;

	if ((e = json_keys(t, allowed)) != OK ||
	    (e = json_string_field(t, "last_reply", 0, 2 * LAST_REPLY_LEN,
	    &s)) != OK) {
		return e;
	}
	if (*s != '\0') {
		if ((e = hex_decode(s, r->last_reply, LAST_REPLY_LEN)) !=
		    OK) {
			return e;
		}
		if (sodium_is_zero(r->last_reply, LAST_REPLY_LEN)) {
			return ERR_FORMAT; /* none is written as "" */
		}
	}
	return signer_read(t, &r->signer);
}

/* A malformed thread is no error: the reporter's text comes first */
static void
thread_read(const json_t *o, struct report *r)
{
	const json_t *t = json_object_get(o, "thread");
	enum err e;

	r->thread = THREAD_NONE;
	if (t == NULL) {
		return;
	}
	if (later_kind(r->kind)) {
		e = thread_later_read(t, r);
	} else {
		e = thread_first_read(t, r);
	}
	if (e == OK) {
		r->thread = later_kind(r->kind) ? THREAD_LATER : THREAD_FIRST;
		return;
	}
	r->thread = THREAD_BAD;
	memset(r->tag_key, 0, sizeof(r->tag_key));
	memset(&r->recipient, 0, sizeof(r->recipient));
	memset(&r->signer, 0, sizeof(r->signer));
	memset(r->last_reply, 0, sizeof(r->last_reply));
}

enum err
report_parse(const void *p, size_t len, struct report **out)
{
	static const char *const allowed[] = { "type", "version", "kind",
		"org", "keyset", "epoch", "desk", "message_id", "sealed_by",
		"language", "relation", "about", "answers", "attachments",
		"thread", NULL };
	struct report *r = NULL;
	json_t *o = NULL;
	size_t kind, sealed_by;
	int64_t desk;
	enum err e;

	if ((e = json_read_type(p, len, REPORT_JSON_MAX, REPORT_TYPE, &o)) !=
	    OK) {
		goto out;
	}
	if ((r = report_new()) == NULL) {
		e = ERR_MEMORY;
		goto out;
	}
	if ((e = json_keys(o, allowed)) != OK ||
	    (e = word_field(o, "kind", kind_words, COUNT(kind_words),
	    &kind)) != OK ||
	    (e = json_hex_field(o, "org", r->org, ORG_LEN)) != OK ||
	    (e = json_hex_field(o, "keyset", r->keyset, HASH_LEN)) != OK ||
	    (e = text_field(o, "epoch", epoch_valid, r->epoch,
	    sizeof(r->epoch))) != OK ||
	    (e = json_int_field(o, "desk", 1, CODE_DESK_MAX, &desk)) != OK ||
	    (e = json_hex_field(o, "message_id", r->message_id,
	    MESSAGE_ID_LEN)) != OK ||
	    (e = word_field(o, "sealed_by", sealed_by_words,
	    COUNT(sealed_by_words), &sealed_by)) != OK ||
	    (e = text_field(o, "language", language_valid, r->language,
	    sizeof(r->language))) != OK ||
	    (e = text_field(o, "relation", relation_valid, r->relation,
	    sizeof(r->relation))) != OK ||
	    (e = text_field(o, "about", about_valid, r->about,
	    sizeof(r->about))) != OK ||
	    (e = answers_read(o, r)) != OK ||
	    (e = attachments_read(o, r)) != OK) {
		goto out;
	}
	r->kind = (enum report_kind)kind;
	r->sealed_by = (enum report_sealed_by)sealed_by;
	r->desk = (unsigned)desk;
	thread_read(o, r);
	*out = r;
	r = NULL; /* transferred */
out:
	json_decref(o);
	report_free(r);
	return e;
}
