/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A sealed message as one file (keys/FORMAT.md section 3, "upload file"): a
 * tar of upload.json and envelope.age. Nothing in it is secret; what is
 * parsed is hostile.
 */
#include <string.h>

#include "meldluik/calendar.h"
#include "meldluik/envelope.h"
#include "meldluik/json.h"
#include "tarwrite.h"

#define UPLOAD_TYPE "meldluik-upload"
#define UPLOAD_JSON_MAX 1024u /* ours has 115 bytes; room for notes (x_) */
#define NAME_UPLOAD "upload.json"
#define NAME_ENVELOPE "envelope.age"

static void
put_member_head(struct buf *out, const char *name, uint64_t size)
{
	uint8_t head[TAR_BLOCK];

	tar_header(name, size, head);
	buf_put(out, head, sizeof(head));
}

enum err
upload_file_head(const uint8_t org[ORG_LEN], const char *epoch,
    uint64_t envelope_size, struct buf *out)
{
	struct buf text = buf_new(UPLOAD_JSON_MAX);
	char hex[2 * ORG_LEN + 1];
	json_t *o = NULL;
	day_t monday;
	enum err e;

	if (week_parse(epoch, &monday) != OK ||
	    envelope_size_check(envelope_size) != OK) {
		return ERR_USAGE;
	}
	json_setup();
	hex_encode(org, ORG_LEN, hex);
	o = json_pack("{s:s,s:i,s:s,s:s}", "type", UPLOAD_TYPE, "version", 1,
	    "org", hex, "epoch", epoch);
	if (o == NULL) {
		return ERR_MEMORY;
	}
	if ((e = json_write(o, &text)) != OK) {
		goto out;
	}
	put_member_head(out, NAME_UPLOAD, text.len);
	buf_put(out, text.p, text.len);
	buf_zeros(out, tar_pad(text.len));
	put_member_head(out, NAME_ENVELOPE, envelope_size);
	e = out->failed ? ERR_LIMIT : OK;
out:
	json_decref(o);
	buf_free(&text);
	return e;
}

enum err
upload_file_tail(uint64_t envelope_size, struct buf *out)
{
	buf_zeros(out, tar_pad(envelope_size) + TAR_END);
	return out->failed ? ERR_LIMIT : OK;
}

static enum err
upload_json_read(struct bytes text, uint8_t org[ORG_LEN], char epoch[9])
{
	static const char *const allowed[] = { "type", "version", "org",
		"epoch", NULL };
	json_t *o = NULL;
	const char *week;
	day_t monday;
	enum err e;

	if ((e = json_read_type(text.p, text.len, UPLOAD_JSON_MAX,
	    UPLOAD_TYPE, &o)) != OK) {
		return e;
	}
	if ((e = json_keys(o, allowed)) != OK ||
	    (e = json_hex_field(o, "org", org, ORG_LEN)) != OK ||
	    (e = json_string_field(o, "epoch", WEEK_TEXT - 1, WEEK_TEXT - 1,
	    &week)) != OK ||
	    (e = week_parse(week, &monday)) != OK) {
		goto out;
	}
	memcpy(epoch, week, WEEK_TEXT);
out:
	json_decref(o);
	return e;
}

/* Reads a header whose name must be ${name} */
static enum err
member_head_read(struct reader *r, const char *name, uint64_t *size)
{
	struct bytes head = reader_take(r, TAR_BLOCK);
	char got[TAR_NAME];
	enum tar_fault f;

	if (head.p == NULL) {
		return ERR_BUSY;
	}
	if ((f = tar_header_read(head.p, got, size)) != TAR_FINE) {
		return tar_fault_err(f);
	}
	return strcmp(got, name) == 0 ? OK : ERR_FORMAT;
}

enum err
upload_file_parse(const uint8_t *p, size_t len, uint8_t org[ORG_LEN],
    char epoch[9], uint64_t *envelope_size, size_t *used)
{
	struct reader r = reader_of(p, len);
	uint8_t o[ORG_LEN];
	char week[WEEK_TEXT];
	uint64_t json_size, size;
	struct bytes text, pad;
	enum err e;

	if ((e = member_head_read(&r, NAME_UPLOAD, &json_size)) != OK) {
		return e;
	}
	if (json_size > UPLOAD_JSON_MAX) {
		return ERR_LIMIT;
	}
	text = reader_take(&r, (size_t)json_size);
	pad = reader_take(&r, tar_pad(json_size));
	if (r.failed) {
		return ERR_BUSY;
	}
	for (size_t i = 0; i < pad.len; i++) {
		if (pad.p[i] != 0) {
			return ERR_FORMAT;
		}
	}
	if ((e = upload_json_read(text, o, week)) != OK ||
	    (e = member_head_read(&r, NAME_ENVELOPE, &size)) != OK ||
	    (e = envelope_size_check(size)) != OK) {
		return e;
	}
	memcpy(org, o, ORG_LEN);
	memcpy(epoch, week, WEEK_TEXT);
	*envelope_size = size;
	*used = len - r.left;
	return OK;
}
