/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A message without scripts, from form to envelope: fields are judged
 * (judge.c) when the first file or the end comes, files are sealed while they
 * are read, and report.json is written last. Holds a reporter's plaintext in
 * passing: all of it in secret memory, wiped on every way out.
 */
#include <stdlib.h>
#include <string.h>

#include "meldluik/secret.h"
#include "sending.h"

#define PAD_STEP (512u * 1024u)
#define UPLOAD_HEAD_MAX 4096u
#define ROOM_FIRST 65536u

void
sending_fail(struct sending *s, enum text_id why)
{
	if (s->why == NO_PROBLEM) {
		s->why = why;
	}
}

bool
sending_site(struct sending *s)
{
	if (s->site == NULL) {
		s->site = site_open(s->lang);
	}
	if (s->site == NULL) {
		sending_fail(s, TEXT_ERR_BUSY);
	}
	return s->site != NULL;
}

/* Looks at the fields and sends nothing: files that came are let pass */
static bool
only_looks(const struct sending *s)
{
	return s->what == POST_PREVIEW || s->what == POST_EDIT;
}

static void
prepare(struct sending *s)
{
	struct age_recipient *to;
	unsigned desk = 0, n;
	enum err e;

	s->prepared = true;
	if (!sending_site(s) || !sending_judge(s, &desk)) {
		return;
	}
	to = calloc(KEYSET_HOLDERS_MAX, sizeof(*to));
	n = to == NULL ? 0 : epoch_recipients(s->site->epoch, desk, to);
	e = n == 0 ? ERR_STALE : envelope_new(to, n, carry_sink, s, 1,
	    &s->envelope);
	free(to);
	if (e != OK) {
		sending_fail(s, n == 0 ? TEXT_ERR_CLOSED : TEXT_ERR_BUSY);
	}
}

/*
 * May so much of a file be held, which is collected until it is a part? Room
 * grows with what came, so that small files do not wait for large ones; a
 * message without a file needs none.
 */
static bool
room(struct sending *s, uint64_t bytes)
{
	size_t want = ROOM_FIRST;

	while (want < bytes && want < ENVELOPE_PART) {
		want *= 2;
	}
	if (want > s->room && s->why == NO_PROBLEM && s->x != NULL) {
		if (!exchange_place_more(s->x, want - s->room +
		    (s->room == 0 && s->what != POST_SEALED ?
		    SENDING_MORE : 0))) {
			sending_fail(s, TEXT_ERR_PLACES);
			return false;
		}
		s->room = want;
	}
	return s->why == NO_PROBLEM;
}

/* --- a sealed file that passes --- */

static void
pass_head(struct sending *s)
{
	uint8_t org[ORG_LEN];
	uint64_t size;
	size_t used;
	enum err e = upload_file_parse(s->head.p, s->head.len, org,
	    s->passed_epoch, &size, &used);

	if (e == ERR_BUSY && s->head.len < UPLOAD_HEAD_MAX) {
		return;
	}
	if (!sending_site(s)) {
		return;
	}
	if (e != OK || s->site->keyset == NULL ||
	    memcmp(org, s->site->keyset->org, ORG_LEN) != 0 ||
	    week_parse(s->passed_epoch, &s->week) != OK) {
		sending_fail(s, TEXT_ERR_SEALED);
		return;
	}
	s->passing = true;
	s->pass_left = size;
	used = s->head.len - used;
	if (used > size) {
		used = (size_t)size;
	}
	(void)carry_sink(s, s->head.p + s->head.len - used, used);
	s->pass_left -= used;
}

/* Bytes of the file; what comes after the envelope is the tar's end */
static void
pass(struct sending *s, const uint8_t *p, size_t len)
{
	size_t n;

	while (!s->passing && len > 0 && s->why == NO_PROBLEM) {
		n = UPLOAD_HEAD_MAX - s->head.len;
		n = n < len ? n : len;
		buf_put(&s->head, p, n);
		p += n;
		len -= n;
		pass_head(s);
	}
	if (s->why != NO_PROBLEM) {
		return;
	}
	n = len < s->pass_left ? len : (size_t)s->pass_left;
	if (!room(s, s->sealed.len + n)) {
		return;
	}
	if (n > 0 && carry_sink(s, p, n) != OK) {
		sending_fail(s, TEXT_ERR_BUSY);
	}
	s->pass_left -= n;
}

/* --- parts of the form --- */

static enum err
part_begin(void *arg, const struct form_part *part)
{
	struct sending *s = arg;
	enum err e;

	s->file = part->is_file;
	s->skip = s->open = s->cut = false;
	s->text_len = 0;
	if (!s->file) {
		e = fields_begin(s->fields, part->name);
		if (e == ERR_LIMIT) {
			sending_fail(s, TEXT_ERR_LARGE);
		}
		/* A form of ours has each field once, before the files */
		return s->files_come ? ERR_FORMAT : e;
	}
	if (s->what == POST_SEALED) {
		return OK;
	}
	if (strcmp(part->name, "files") != 0) {
		return ERR_FORMAT;
	}
	if (only_looks(s)) {
		return OK;
	}
	*s->part = *part;
	s->files_come = true;
	s->file_len = 0;
	return OK;
}

/* An attachment begins at its first byte: an empty field is no file */
static void
file_begin(struct sending *s)
{
	enum err e;

	if (!room(s, 0)) {
		return;
	}
	if (!s->prepared) {
		prepare(s);
	}
	if (s->why != NO_PROBLEM) {
		return;
	}
	e = envelope_attachment_unsized(s->envelope);
	s->open = e == OK;
	if (e != OK) {
		sending_fail(s, e == ERR_LIMIT ? TEXT_ERR_FILES :
		    TEXT_ERR_BUSY);
	}
}

/* What is too long is said at the end, with its beginning, and the fields
 * after it as they came */
static enum err
text_data(struct sending *s, const uint8_t *p, size_t len)
{
	enum err e;

	if (s->cut) {
		return OK;
	}
	s->text_len += len;
	e = s->text_len > TEXT_PART_MAX ? ERR_LIMIT :
	    fields_grow(s->fields, p, len);
	if (e == ERR_LIMIT) {
		s->cut = true;
		sending_fail(s, TEXT_ERR_LARGE);
		e = OK;
	}
	return e;
}

static enum err
part_data(void *arg, const uint8_t *p, size_t len)
{
	struct sending *s = arg;
	enum err e;

	if (!s->file) {
		return text_data(s, p, len);
	}
	if (s->why != NO_PROBLEM || only_looks(s)) {
		return OK;
	}
	if (s->what == POST_SEALED) {
		pass(s, p, len);
		return OK;
	}
	if (!s->open) {
		file_begin(s);
	}
	s->file_len += len;
	if (s->why == NO_PROBLEM && room(s, s->file_len) &&
	    (e = envelope_write(s->envelope, p, len)) != OK) {
		sending_fail(s, e == ERR_LIMIT ? TEXT_ERR_FILES :
		    TEXT_ERR_BUSY);
	}
	return OK;
}

static enum err
part_end(void *arg)
{
	struct sending *s = arg;
	uint8_t sha256[HASH_LEN];
	uint64_t size;
	const char *name;
	enum err e;

	if (!s->file) {
		if (s->cut) {
			fields_trim(s->fields);
		}
		e = fields_end(s->fields);
		if (e == ERR_POLICY) {
			sending_fail(s, TEXT_ERR_UTF8);
			e = OK;
		}
		return e;
	}
	if (s->why != NO_PROBLEM || s->what == POST_SEALED ||
	    only_looks(s)) {
		return OK;
	}
	if (!s->open && s->part->file_name[0] == '\0') {
		return OK; /* no file was chosen */
	}
	if (!s->open) {
		file_begin(s);
	}
	if (s->why != NO_PROBLEM) {
		return OK;
	}
	name = s->part->file_name[0] == '\0' ?
	    site_text(s->lang, TEXT_FILE) : s->part->file_name;
	e = envelope_attachment_end(s->envelope, &size, sha256);
	if (e == OK) {
		e = report_attachment_add(s->report, name,
		    s->part->type[0] == '\0' ? "application/octet-stream" :
		    s->part->type, size, sha256);
	}
	hash_write(s->files, sha256, sizeof(sha256));
	hash_write(s->files, name, strlen(name));
	secret_wipe(s->part, sizeof(*s->part));
	s->open = false;
	s->attachments += e == OK;
	if (e != OK) {
		sending_fail(s, e == ERR_LIMIT ? TEXT_ERR_FILES :
		    TEXT_ERR_NAME);
	}
	return OK;
}

static const struct form_events events = { part_begin, part_data, part_end };

struct sending *
sending_new(struct exchange *x, enum post what, unsigned lang)
{
	struct sending *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		return NULL;
	}
	s->what = what;
	s->why = NO_PROBLEM;
	s->sealed = buf_new(SEALED_ROOM);
	s->head = buf_new(UPLOAD_HEAD_MAX);
	s->lang = lang;
	s->part = secret_new(sizeof(*s->part));
	s->hash = hash_new();
	s->files = hash_new();
	if (what != POST_WITHDRAW) { /* that one brings its own */
		s->fields = fields_new();
	}
	if (s->part == NULL || s->hash == NULL ||
	    s->files == NULL || (what != POST_WITHDRAW &&
	    s->fields == NULL)) {
		sending_free(s);
		return NULL;
	}
	if (what != POST_WITHDRAW && form_new(exchange_header(x,
	    "Content-Type"), &events, s, &s->form) != OK) {
		sending_fail(s, TEXT_ERR_FORM);
	}
	return s;
}

void
sending_free(struct sending *s)
{
	if (s == NULL) {
		return;
	}
	envelope_free(s->envelope);
	report_free(s->report);
	secret_free(s->keys);
	form_free(s->form);
	fields_free(s->fields);
	secret_free(s->part);
	hash_free(s->hash);
	hash_free(s->files);
	buf_free(&s->sealed);
	buf_free(&s->head);
	site_close(s->site);
	secret_wipe(s, sizeof(*s));
	free(s);
}

static enum text_id
form_problem(enum err e)
{
	switch (e) {
	case ERR_POLICY:
		return TEXT_ERR_NAME;
	case ERR_LIMIT:
		return TEXT_ERR_FILES;
	case ERR_MEMORY:
		return TEXT_ERR_BUSY;
	default:
		return TEXT_ERR_FORM;
	}
}

size_t
sending_body(struct exchange *x, struct sending *s, uint8_t *p, size_t len)
{
	enum err e;

	s->x = x;
	/* after a problem fields are still read: their text is kept */
	if (s->form != NULL && (e = form_feed(s->form, p, len)) != OK) {
		sending_fail(s, form_problem(e));
	}
	s->x = NULL;
	(void)carry_move(x, s);
	return len;
}

enum err
sending_pad(struct sending *s)
{
	enum err e;

	if (s->what == POST_SEALED) {
		s->padded = true;
		return OK;
	}
	if (!s->closed) {
		e = envelope_close(s->envelope, s->report,
		    sending_first(s) ? NULL : s->keys->thread);
		s->closed = e == OK;
	} else {
		e = envelope_pad(s->envelope, PAD_STEP, &s->padded);
	}
	if (e != OK) {
		sending_fail(s, e == ERR_LIMIT ? TEXT_ERR_LARGE :
		    TEXT_ERR_BUSY);
	}
	return e;
}

/* Fields are complete: what is left to judge, then off it goes */
static void
go(struct exchange *x, struct sending *s)
{
	struct once_result r;
	uint8_t files[HASH_LEN];
	unsigned desk;

	if (!sending_site(s)) {
		page_fail(x, 503, s->lang, TEXT_ERR_BUSY);
		return;
	}
	if (only_looks(s)) {
		if (s->what == POST_PREVIEW && sending_judge(s, &desk)) {
			preview_answer(x, s->lang, s->what, s->fields);
		} else {
			thanks_not(x, s);
		}
		return;
	}
	s->finishing = true;
	if (s->what == POST_SEALED) {
		if (s->why == NO_PROBLEM && (!s->passing ||
		    s->pass_left > 0)) {
			sending_fail(s, TEXT_ERR_SEALED);
		}
	} else {
		if (!s->prepared) {
			prepare(s);
		}
		if (s->why == NO_PROBLEM && s->what == POST_FOLLOW_UP &&
		    s->report->answers == 0 && s->attachments == 0) {
			sending_fail(s, TEXT_ERR_TEXT);
		}
	}
	if (s->why != NO_PROBLEM) {
		thanks_not(x, s);
		return;
	}
	if (s->what != POST_SEALED) {
		hash_end(s->files, files);
		once_digest(s->fields, files, sizeof(files), s->once);
		if (once_find(s->once, &r)) {
			thanks_answer(x, s, &r);
			return;
		}
	}
	(void)carry_move(x, s);
}

void
sending_finish(struct exchange *x, struct sending *s)
{
	enum err e = s->form == NULL ? OK : form_end(s->form);

	if (e != OK) {
		sending_fail(s, form_problem(e));
	}
	go(x, s);
}

void
sending_withdraw(struct exchange *x, struct sending *s, struct fields *f)
{
	s->fields = f;
	if (*fields_get(f, "withdraw") == '\0') {
		sending_fail(s, TEXT_ERR_WITHDRAW);
	}
	go(x, s);
}
