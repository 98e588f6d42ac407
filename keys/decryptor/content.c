/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Flat form of a report. Written by the child that read hostile bytes, so
 * the reader here believes nothing: each length, word and character is
 * checked as if it came from the stick.
 */
#include <string.h>

#include "content.h"
#include "meldluik/secret.h"

#define CONTENT_VERSION 1u

static void
put_text(struct buf *b, const char *s)
{
	size_t len = s == NULL ? 0 : strlen(s);

	buf_u32(b, (uint32_t)len);
	buf_put(b, s, len);
}

enum err
report_flatten(const struct report *r, struct buf *out)
{
	buf_u8(out, CONTENT_VERSION);
	buf_u8(out, (uint8_t)r->kind);
	buf_u8(out, (uint8_t)r->sealed_by);
	buf_u8(out, (uint8_t)r->thread);
	buf_u8(out, (uint8_t)r->desk);
	buf_put(out, r->org, ORG_LEN);
	buf_put(out, r->keyset, HASH_LEN);
	buf_put(out, r->message_id, MESSAGE_ID_LEN);
	put_text(out, r->epoch);
	put_text(out, r->language);
	put_text(out, r->relation);
	put_text(out, r->about);
	buf_put(out, r->tag_key, sizeof r->tag_key);
	buf_put(out, r->recipient.pk, AGE_HYBRID_PK);
	buf_put(out, r->signer.pk, SIGN_PK);
	buf_put(out, r->last_reply, sizeof r->last_reply);
	buf_u8(out, (uint8_t)r->answers);
	for (unsigned i = 0; i < r->answers; i++) {
		put_text(out, r->answer[i].key);
		put_text(out, r->answer[i].text);
		put_text(out, r->answer[i].asked);
	}
	buf_u8(out, (uint8_t)r->attachments);
	for (unsigned i = 0; i < r->attachments; i++) {
		put_text(out, r->attachment[i].name);
		put_text(out, r->attachment[i].media_type);
		buf_u64(out, r->attachment[i].size);
		buf_put(out, r->attachment[i].sha256, HASH_LEN);
		buf_put(out, r->attachment[i].original, HASH_LEN);
	}
	return out->failed ? ERR_LIMIT : OK;
}

/* A length and that much UTF-8; a view into the input */
static struct bytes
take_text(struct reader *r, size_t max)
{
	uint32_t len = reader_u32(r);
	struct bytes b = {NULL, 0};

	if (len > max) {
		r->failed = true;
		return b;
	}
	b = reader_take(r, len);
	if (!r->failed && len > 0 && !utf8_valid(b.p, b.len)) {
		r->failed = true;
	}
	return b;
}

/* The same into an array; only characters of ids and language tags */
static void
take_word(struct reader *r, char *out, size_t size)
{
	struct bytes b = take_text(r, size - 1);

	for (size_t i = 0; i < b.len; i++) {
		char c = (char)b.p[i];
		if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') &&
		    (c < '0' || c > '9') && c != '-' && c != '_') {
			r->failed = true;
			return;
		}
		out[i] = c;
	}
}

static enum err
take_answers(struct reader *r, struct report *out)
{
	unsigned n = reader_u8(r);
	enum err e = OK;

	if (n > REPORT_ANSWERS_MAX) {
		return ERR_FORMAT;
	}
	for (unsigned i = 0; i < n && e == OK; i++) {
		char key[64] = {0};
		struct bytes text, asked;
		take_word(r, key, sizeof key);
		text = take_text(r, REPORT_JSON_MAX);
		asked = take_text(r, REPORT_ASKED_MAX);
		e = r->failed ? ERR_FORMAT : report_answer_add(out, key,
		    text.len == 0 ? "" : (const char *)text.p, text.len);
		if (e == OK && asked.len > 0) {
			e = report_question_add(out, key,
			    (const char *)asked.p, asked.len);
		}
	}
	return e;
}

static enum err
take_attachments(struct reader *r, struct report *out)
{
	unsigned n = reader_u8(r);
	enum err e = OK;

	if (n > REPORT_ATTACHMENTS_MAX) {
		return ERR_FORMAT;
	}
	for (unsigned i = 0; i < n && e == OK; i++) {
		char name[REPORT_NAME_MAX + 1] = {0}, type[128] = {0};
		uint8_t hash[HASH_LEN], original[HASH_LEN];
		struct bytes b = take_text(r, REPORT_NAME_MAX);
		uint64_t size;
		if (b.len > 0) {
			memcpy(name, b.p, b.len);
		}
		b = take_text(r, sizeof type - 1);
		if (b.len > 0) {
			memcpy(type, b.p, b.len);
		}
		size = reader_u64(r);
		reader_copy(r, hash, sizeof hash);
		reader_copy(r, original, sizeof original);
		e = r->failed ? ERR_FORMAT :
		    report_attachment_add(out, name, type, size, hash);
		if (e == OK) {
			memcpy(out->attachment[i].original, original,
			    sizeof original);
		}
	}
	return e;
}

static enum err
unflatten(struct reader *r, struct report **out)
{
	struct report *p = report_new();
	enum err e = OK;
	unsigned kind, sealed, thread;

	if (p == NULL) {
		return ERR_MEMORY;
	}
	if (reader_u8(r) != CONTENT_VERSION) {
		e = r->failed ? ERR_FORMAT : ERR_VERSION;
		goto out;
	}
	kind = reader_u8(r);
	sealed = reader_u8(r);
	thread = reader_u8(r);
	p->desk = reader_u8(r);
	if (kind > REPORT_WITHDRAWAL || sealed > SEALED_OFFLINE_PAGE ||
	    thread > THREAD_BAD || p->desk > CODE_DESK_MAX) {
		e = ERR_FORMAT;
		goto out;
	}
	p->kind = (enum report_kind)kind;
	p->sealed_by = (enum report_sealed_by)sealed;
	p->thread = (enum report_thread)thread;
	reader_copy(r, p->org, ORG_LEN);
	reader_copy(r, p->keyset, HASH_LEN);
	reader_copy(r, p->message_id, MESSAGE_ID_LEN);
	take_word(r, p->epoch, sizeof p->epoch);
	take_word(r, p->language, sizeof p->language);
	take_word(r, p->relation, sizeof p->relation);
	take_word(r, p->about, sizeof p->about);
	reader_copy(r, p->tag_key, sizeof p->tag_key);
	reader_copy(r, p->recipient.pk, AGE_HYBRID_PK);
	reader_copy(r, p->signer.pk, SIGN_PK);
	reader_copy(r, p->last_reply, sizeof p->last_reply);
	e = take_answers(r, p);
	if (e == OK) {
		e = take_attachments(r, p);
	}
	if (e == OK && r->failed) {
		e = ERR_FORMAT;
	}
	/* A mailbox nobody can seal to is no mailbox (FORMAT.md section 3) */
	if (e == OK && p->thread == THREAD_FIRST &&
	    age_recipient_check(&p->recipient) != OK) {
		p->thread = THREAD_BAD;
	}
	if (e == OK) {
		*out = p;
		p = NULL; /* transferred */
	}
out:
	report_free(p);
	return e;
}

enum err
report_unflatten(const void *p, size_t len, struct report **out)
{
	struct reader r = reader_of(p, len);
	struct report *got = NULL;
	enum err e = unflatten(&r, &got);

	if (e == OK && !reader_done(&r)) {
		e = ERR_FORMAT;
	}
	if (e == OK) {
		*out = got;
		got = NULL; /* transferred */
	}
	report_free(got);
	return e;
}

struct content *
content_new(void)
{
	struct content *c = secret_new(sizeof *c);

	if (c != NULL) {
		c->json = buf_new_secret(REPORT_JSON_MAX);
		c->signature = buf_new_secret(SIGN_TEXT_MAX);
	}
	return c;
}

void
content_free(struct content *c)
{
	if (c != NULL) {
		report_free(c->report);
		buf_free(&c->json);
		buf_free(&c->signature);
		secret_free(c);
	}
}

enum err
content_write(const struct content *c, struct buf *out)
{
	enum err e = report_flatten(c->report, out);

	buf_u8(out, (uint8_t)c->files);
	for (unsigned i = 0; i < c->files; i++) {
		buf_put(out, c->file[i].id, sizeof c->file[i].id);
		buf_put(out, c->file[i].key, sizeof c->file[i].key);
	}
	buf_u32(out, (uint32_t)c->json.len);
	buf_put(out, c->json.p, c->json.len);
	buf_u32(out, (uint32_t)c->signature.len);
	buf_put(out, c->signature.p, c->signature.len);
	return e != OK ? e : out->failed ? ERR_LIMIT : OK;
}

enum err
content_parse(const void *p, size_t len, struct content **out)
{
	struct reader r = reader_of(p, len);
	struct content *c = content_new();
	struct bytes b;
	enum err e = c == NULL ? ERR_MEMORY : unflatten(&r, &c->report);

	if (e == OK) {
		c->files = reader_u8(&r);
		/* Who reads a file finds its name at the same place */
		if (c->files != 0 && c->files != c->report->attachments) {
			e = ERR_FORMAT;
		}
	}
	for (unsigned i = 0; e == OK && i < c->files; i++) {
		reader_copy(&r, c->file[i].id, sizeof c->file[i].id);
		reader_copy(&r, c->file[i].key, sizeof c->file[i].key);
	}
	if (e == OK) {
		b = reader_take(&r, reader_u32(&r));
		buf_put(&c->json, b.p, b.len);
		b = reader_take(&r, reader_u32(&r));
		buf_put(&c->signature, b.p, b.len);
		if (!reader_done(&r) || c->json.failed ||
		    c->signature.failed) {
			e = ERR_FORMAT;
		}
	}
	if (e == OK) {
		*out = c;
		c = NULL; /* transferred */
	}
	content_free(c);
	return e;
}

const char *
content_answer(const struct report *r, const char *key)
{
	for (unsigned i = 0; i < r->answers; i++) {
		if (strcmp(r->answer[i].key, key) == 0) {
			return r->answer[i].text;
		}
	}
	return NULL;
}
