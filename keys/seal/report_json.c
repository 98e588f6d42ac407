/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * report.json: from struct to text and back (keys/FORMAT.md section 3). Its
 * plaintext passes through jansson's heap, which is wiped when freed.
 */
#include <string.h>

#include <sodium.h>

#include "meldluik/json.h"
#include "meldluik/secret.h"
#include "report_private.h"

#define REPORT_TYPE "meldluik-report"

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
		if (report_attachment_cleaned(a)) {
			put_hex(o, "original", a->original, HASH_LEN, failed);
		}
		if (json_array_append_new(list, o) != 0) {
			*failed = true;
		}
	}
	return list;
}

/* What the page asked, of the answers q_...; NULL when there are none */
static json_t *
questions_json(const struct report *r, bool *failed)
{
	json_t *o = NULL;

	for (unsigned i = 0; i < r->answers; i++) {
		if (r->answer[i].asked == NULL) {
			continue;
		}
		if (o == NULL && (o = json_object()) == NULL) {
			*failed = true;
			return NULL;
		}
		put(o, r->answer[i].key, json_string(r->answer[i].asked),
		    failed);
	}
	return o;
}

enum err
report_write(const struct report *r, struct buf *out)
{
	struct buf text = buf_new_secret(REPORT_JSON_MAX);
	json_t *o = NULL, *answers, *questions;
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
	questions = questions_json(r, &failed);
	if (questions != NULL) {
		put(o, "questions", questions, &failed);
	}
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
questions_read(const json_t *o, struct report *r)
{
	const json_t *list;
	const char *key;
	json_t *v;
	enum err e;

	if (json_object_get(o, "questions") == NULL) {
		return OK;
	}
	if ((e = json_object_field(o, "questions", &list)) != OK) {
		return e;
	}
	json_object_foreach((json_t *)(uintptr_t)list, key, v) {
		if (strncmp(key, "x_", 2) == 0) {
			continue;
		}
		if (!json_is_string(v) || report_question_add(r, key,
		    json_string_value(v), json_string_length(v)) != OK) {
			return ERR_FORMAT;
		}
	}
	return OK;
}

static enum err
attachments_read(const json_t *o, struct report *r)
{
	static const char *const allowed[] = { "name", "media_type", "size",
		"sha256", "original", NULL };
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
		uint8_t sha256[HASH_LEN], original[HASH_LEN] = { 0 };
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
		    (json_object_get(v, "original") != NULL &&
		    (e = json_hex_field(v, "original", original,
		    HASH_LEN)) != OK) ||
		    (e = report_attachment_add(r, name, media_type,
		    (uint64_t)size, sha256)) != OK) {
			return e;
		}
		memcpy(r->attachment[i].original, original, HASH_LEN);
		if (json_object_get(v, "original") != NULL &&
		    !report_attachment_cleaned(&r->attachment[i])) {
			return ERR_FORMAT; /* one way to say "none" */
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
	if (report_later(r->kind)) {
		e = thread_later_read(t, r);
	} else {
		e = thread_first_read(t, r);
	}
	if (e == OK) {
		r->thread = report_later(r->kind) ? THREAD_LATER : THREAD_FIRST;
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
		"language", "relation", "about", "answers", "questions",
		"attachments", "thread", NULL };
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
	    (e = word_field(o, "kind", report_kind_words, REPORT_KINDS,
	    &kind)) != OK ||
	    (e = json_hex_field(o, "org", r->org, ORG_LEN)) != OK ||
	    (e = json_hex_field(o, "keyset", r->keyset, HASH_LEN)) != OK ||
	    (e = text_field(o, "epoch", report_epoch_valid, r->epoch,
	    sizeof(r->epoch))) != OK ||
	    (e = json_int_field(o, "desk", 1, CODE_DESK_MAX, &desk)) != OK ||
	    (e = json_hex_field(o, "message_id", r->message_id,
	    MESSAGE_ID_LEN)) != OK ||
	    (e = word_field(o, "sealed_by", report_sealed_by_words,
	    REPORT_SEALERS, &sealed_by)) != OK ||
	    (e = text_field(o, "language", report_language_valid, r->language,
	    sizeof(r->language))) != OK ||
	    (e = text_field(o, "relation", report_relation_valid, r->relation,
	    sizeof(r->relation))) != OK ||
	    (e = text_field(o, "about", report_about_valid, r->about,
	    sizeof(r->about))) != OK ||
	    (e = answers_read(o, r)) != OK ||
	    (e = questions_read(o, r)) != OK ||
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
