/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * reply.json and the signed notes that carry it (keys/FORMAT.md section 5).
 * A long reply is cut at characters into parts that each fit a slot.
 */
#include <string.h>

#include "keyset_private.h"
#include "meldluik/board.h"
#include "meldluik/secret.h"

#define REPLY_TYPE "meldluik-reply"

static const char *const reply_words[] = {
	[REPLY_ACKNOWLEDGEMENT] = "acknowledgement",
	[REPLY_QUESTION] = "question",
	[REPLY_MESSAGE] = "message",
	[REPLY_FEEDBACK] = "feedback",
	[REPLY_CLOSING] = "closing",
};
#define REPLY_KINDS (sizeof(reply_words) / sizeof(reply_words[0]))

const char *
reply_kind_word(enum reply_kind k)
{
	return (size_t)k < REPLY_KINDS ? reply_words[k] : "";
}

enum err
reply_kind_parse(const char *word, enum reply_kind *out)
{
	for (size_t i = 0; i < REPLY_KINDS; i++) {
		if (strcmp(word, reply_words[i]) == 0) {
			*out = (enum reply_kind)i;
			return OK;
		}
	}
	return ERR_UNKNOWN;
}

/* The document of one part, text given apart */
static enum err
reply_write(const struct reply *r, const char *text, size_t len,
    unsigned part, unsigned parts, struct buf *out)
{
	json_t *receipts = json_array();

	json_setup();
	for (unsigned i = 0; part == 1 && i < r->receipts; i++) {
		json_array_append_new(receipts, json_hex(r->receipt[i],
		    MESSAGE_ID_LEN));
	}
	return json_finish(json_pack(
	    "{s:s,s:i,s:o,s:i,s:o,s:i,s:i,s:o,s:s,s:s,s:s%,s:o}", "type",
	    REPLY_TYPE, "version", 1, "org", json_hex(r->org, ORG_LEN),
	    "desk", (int)r->desk, "reply_id", json_hex(r->reply_id, 16),
	    "part", (int)part, "parts", (int)parts, "day", json_day(r->day),
	    "kind", reply_kind_word(r->kind), "language", r->language,
	    "text", text, len, "receipts", receipts), SLOT_PLAIN, out);
}

static enum err
receipts_read(const json_t *list, struct reply *r)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *s = json_string_value(json_array_get(list, i));
		if (s == NULL || hex_decode(s, r->receipt[r->receipts++],
		    MESSAGE_ID_LEN) != OK) {
			return ERR_FORMAT;
		}
	}
	return OK;
}

static enum err
reply_read(const json_t *o, struct reply *r)
{
	static const char *const keys[] = {"type", "version", "org", "desk",
	    "reply_id", "part", "parts", "day", "kind", "language", "text",
	    "receipts", NULL};
	const json_t *receipts = NULL;
	const char *kind = NULL, *text = NULL;
	int64_t desk = 0, part = 0, parts = 0;
	enum err e;

	if ((e = json_keys(o, keys)) != OK ||
	    (e = json_hex_field(o, "org", r->org, ORG_LEN)) != OK ||
	    (e = json_int_field(o, "desk", 1, 63, &desk)) != OK ||
	    (e = json_hex_field(o, "reply_id", r->reply_id, 16)) != OK ||
	    (e = json_int_field(o, "parts", 1, SLOT_LIVE_MAX, &parts)) !=
	    OK ||
	    (e = json_int_field(o, "part", 1, parts, &part)) != OK ||
	    (e = json_day_field(o, "day", &r->day)) != OK ||
	    (e = json_string_field(o, "kind", 1, 32, &kind)) != OK ||
	    (e = json_copy_field(o, "language", 2, r->language,
	    sizeof(r->language))) != OK ||
	    (e = json_string_field(o, "text", 0, SLOT_PLAIN, &text)) != OK ||
	    (e = json_array_field(o, "receipts", REPLY_RECEIPTS_MAX,
	    &receipts)) != OK ||
	    (e = receipts_read(receipts, r)) != OK) {
		return e;
	}
	if (reply_kind_parse(kind, &r->kind) != OK) {
		return ERR_FORMAT;
	}
	r->desk = (unsigned)desk;
	r->part = (unsigned)part;
	r->parts = (unsigned)parts;
	r->text = secret_new(strlen(text) + 1);
	if (r->text == NULL) {
		return ERR_MEMORY;
	}
	memcpy(r->text, text, strlen(text));
	return OK;
}

enum err
reply_parse(const void *p, size_t len, struct reply *out)
{
	struct reply r = {.text = NULL};
	json_t *o = NULL;
	enum err e = json_read_type(p, len, SLOT_PLAIN, REPLY_TYPE, &o);

	if (e == OK) {
		e = reply_read(o, &r);
	}
	if (e == OK) {
		*out = r;
	} else {
		reply_clear(&r);
	}
	json_decref(o);
	return e;
}

void
reply_clear(struct reply *r)
{
	secret_free(r->text);
	secret_wipe(r, sizeof(*r));
}

/* Bytes a character may take once JSON has escaped it */
static size_t
escaped_len(uint8_t c)
{
	return c == '"' || c == '\\' || c == '\n' || c == '\t' ? 2
	    : c < 0x20 ? 6 : 1;
}

/* Length of the first part of ${text}: whole characters, REPLY_TEXT_PART
 * bytes at most once escaped */
static size_t
part_len(const char *text, size_t len)
{
	size_t n = 0, cost = 0;

	while (n < len) {
		size_t one = 1, price = escaped_len((uint8_t)text[n]);
		while (n + one < len &&
		    ((uint8_t)text[n + one] & 0xc0) == 0x80) {
			one++;
			price++;
		}
		if (cost + price > REPLY_TEXT_PART) {
			break;
		}
		cost += price;
		n += one;
	}
	return n;
}

enum err
reply_notes(const struct reply *r, const char *text, size_t len,
    const uint8_t seed[SIGN_SEED], struct buf out[SLOT_LIVE_MAX],
    unsigned *n)
{
	struct sign_purpose why = {.purpose = "reply", .desk = r->desk};
	size_t cut[SLOT_LIVE_MAX + 1] = {0}, at = 0;
	unsigned parts = 0;
	enum err e = utf8_valid(text, len) ? OK : ERR_FORMAT;

	memcpy(why.org, r->org, ORG_LEN);
	do {
		if (e != OK || parts == SLOT_LIVE_MAX) {
			return e != OK ? e : ERR_LIMIT;
		}
		at += part_len(text + at, len - at);
		cut[++parts] = at;
	} while (at < len);
	for (unsigned i = 0; i < SLOT_LIVE_MAX; i++) {
		out[i] = buf_new_secret(SLOT_PLAIN);
	}
	for (unsigned i = 0; e == OK && i < parts; i++) {
		struct buf doc = buf_new_secret(SLOT_PLAIN);
		e = reply_write(r, text + cut[i], cut[i + 1] - cut[i], i + 1,
		    parts, &doc);
		if (e == OK) {
			e = note_make(seed, &why, doc.p, doc.len, &out[i]);
		}
		buf_free(&doc);
	}
	if (e != OK) {
		for (unsigned i = 0; i < SLOT_LIVE_MAX; i++) {
			buf_free(&out[i]);
		}
		return e;
	}
	*n = parts;
	return OK;
}
