/* SPDX-License-Identifier: EUPL-1.2 */
/* An entered message: content and event, as an imported one has them. */
#include <sodium.h>
#include <string.h>

#include "entry.h"

static enum err
entry_content(const struct desk *d, const struct entry *w,
    const struct buf *text, struct content **out)
{
	struct content *c = content_new();
	enum err e = c == NULL ? ERR_MEMORY : OK;

	if (e == OK && (c->report = report_new()) == NULL) {
		e = ERR_MEMORY;
	}
	if (e == OK) {
		c->report->kind = w->kind;
		memcpy(c->report->org, d->ring->org, ORG_LEN);
		c->report->desk = d->ring->desk;
		week_text(week_of(w->day), c->report->epoch);
		randombytes_buf(c->report->message_id, MESSAGE_ID_LEN);
		strcpy(c->report->language, w->language);
		strcpy(c->report->relation, "not_said");
		c->report->thread = THREAD_NONE;
		c->report->sealed_by = SEALED_CLI;
		e = report_answer_add(c->report, "what",
		    (const char *)text->p, text->len);
	}
	if (e == OK) {
		*out = c;
		c = NULL; /* transferred */
	}
	content_free(c);
	return e;
}

static enum err
entry_event(struct desk *d, const struct entry *w, const struct content *c,
    const uint8_t key[KEY_ID], const uint8_t record[RECORD_ID],
    const char *ref)
{
	json_t *o = event_new(d, "message");
	uint8_t none[HASH_LEN] = {0};

	json_object_set_new(o, "sha256", json_string(""));
	json_object_set_new(o, "case", json_string(ref));
	json_object_set_new(o, "kind", json_integer(w->kind));
	event_hex(o, "message_id", c->report->message_id, MESSAGE_ID_LEN);
	event_hex(o, "payload", none, HASH_LEN);
	json_object_set_new(o, "signer", json_string(""));
	json_object_set_new(o, "language", json_string(w->language));
	event_day(o, "received", w->day);
	event_hex(o, "record", record, RECORD_ID);
	event_hex(o, "key", key, KEY_ID);
	json_object_set_new(o, "attachments", json_integer(0));
	json_object_set_new(o, "route", json_string(w->route));
	json_object_set_new(o, "oral", json_boolean(w->oral));
	return desk_event(d, o);
}

enum err
entry_store(struct desk *d, const struct entry *w, const struct buf *text,
    char ref[REF_TEXT])
{
	struct buf plain = buf_new_secret(CONTENT_MAX);
	uint8_t key[KEY_ID], record[RECORD_ID];
	struct content *c = NULL;
	enum err e = entry_content(d, w, text, &c);

	if (e == OK) {
		e = content_write(c, &plain);
	}
	if (e == OK) {
		e = casekey_take(d->book, key);
	}
	if (e == OK) {
		e = casebook_begin(d->book);
	}
	if (e == OK) {
		e = record_put(d->book, key, plain.p, plain.len, record);
	}
	if (e == OK) {
		e = entry_event(d, w, c, key, record, ref);
	}
	if (e == OK) {
		e = casebook_commit(d->book);
	} else {
		casebook_abort(d->book);
	}
	content_free(c);
	buf_free(&plain);
	return e;
}
