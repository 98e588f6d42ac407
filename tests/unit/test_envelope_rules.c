/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the writer of envelopes refuses and never forgets, what an upload file
 * must be, and names in a tar. Sizes and round trips: test_envelope.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../keys/seal/tarwrite.h"
#include "every_field.h"
#include "seal_help.h"

#define MIB 1048576u

struct room {
	size_t left;
};

static enum err
to_room(void *arg, const uint8_t *p, size_t len)
{
	struct room *r = arg;

	(void)p;
	if (len > r->left) {
		return ERR_FULL;
	}
	r->left -= len;
	return OK;
}

static struct envelope *
begun(struct room *r)
{
	struct envelope *e = NULL;

	r->left = 4 * MIB;
	assert_int_equal(envelope_new(help_holder, 2, to_room, r, 1, &e), OK);
	return e;
}

/* After an error every step says it again, also when it could go on */
static void
errors_stay(void **state)
{
	struct report *r = help_report(REPORT_REPORT);
	uint8_t sha[HASH_LEN];
	uint64_t size;
	struct room room;
	struct envelope *e = begun(&room);
	bool done;

	(void)state;
	assert_int_equal(envelope_attachment(e, 2), OK);
	assert_int_equal(envelope_write(e, "ab", 2), OK);
	assert_int_equal(envelope_write(e, "c", 1), ERR_CONFLICT);
	assert_int_equal(envelope_write(e, "", 0), ERR_CONFLICT);
	assert_int_equal(envelope_attachment_end(e, &size, sha),
	    ERR_CONFLICT);
	assert_int_equal(envelope_attachment(e, 2), ERR_CONFLICT);
	assert_int_equal(envelope_attachment_unsized(e), ERR_CONFLICT);
	assert_int_equal(envelope_close(e, r, NULL), ERR_CONFLICT);
	assert_int_equal(envelope_pad(e, 1, &done), ERR_CONFLICT);
	envelope_free(e);
	e = begun(&room);
	assert_int_equal(envelope_attachment(e, 2), OK);
	assert_int_equal(envelope_write(e, "abc", 3), ERR_CONFLICT);
	assert_int_equal(envelope_write(e, "a", 1), ERR_CONFLICT);
	envelope_free(e);
	/* nothing is handed out of what could not begin */
	for (room.left = 0; room.left < ENVELOPE_HEADER; room.left += 700) {
		size_t left = room.left;

		e = NULL;
		assert_int_equal(envelope_new(help_holder, 2, to_room, &room,
		    1, &e), ERR_FULL);
		assert_null(e);
		room.left = left;
	}
	report_free(r);
}

static void
sizes_that_wrap(void **state)
{
	struct room room;
	struct envelope *e = begun(&room);

	(void)state;
	for (uint64_t less = 0; less < 1100; less++) {
		assert_int_equal(envelope_attachment(e, UINT64_MAX - less),
		    ERR_LIMIT);
	}
	envelope_free(e);
}

static void
padding_in_turn(void **state)
{
	struct report *r = help_report(REPORT_REPORT);
	struct room room;
	struct envelope *e = begun(&room);
	bool done = false;

	(void)state;
	assert_int_equal(envelope_pad(e, 1, &done), ERR_USAGE);
	assert_int_equal(envelope_close(e, r, NULL), OK);
	while (!done) {
		assert_int_equal(envelope_pad(e, 10000, &done), OK);
	}
	assert_int_equal(envelope_pad(e, 1, &done), ERR_USAGE);
	envelope_free(e);
	e = begun(&room);
	room.left = 0;
	assert_int_equal(envelope_close(e, r, NULL), OK);
	assert_int_equal(envelope_pad(e, UINT64_MAX, &done), ERR_FULL);
	room.left = MIB;
	assert_int_equal(envelope_pad(e, UINT64_MAX, &done), ERR_FULL);
	envelope_free(e);
	report_free(r);
}

/* A report that cannot be written leaves the envelope as it was */
static void
reports_that_do_not_fit(void **state)
{
	struct code_keys k = help_keys(1);
	struct report *r = help_report(REPORT_REPORT);
	struct room room;
	struct envelope *e = begun(&room);
	uint8_t sha[HASH_LEN];
	uint64_t size;

	(void)state;
	r->desk = 64;
	assert_int_equal(envelope_close(e, r, NULL), ERR_USAGE);
	r->desk = 3;
	assert_int_equal(envelope_attachment(e, 1), OK);
	assert_int_equal(envelope_write(e, "x", 1), OK);
	assert_int_equal(envelope_attachment_end(e, &size, sha), OK);
	assert_int_equal(report_attachment_add(r, "a", "", 2, sha), OK);
	assert_int_equal(envelope_close(e, r, NULL), ERR_CONFLICT);
	r->attachment[0].size = 1;
	/* the right key of a thread that the report does not name */
	r->kind = REPORT_WITHDRAWAL;
	sign_pk_of(k.thread, &r->signer);
	assert_int_equal(envelope_close(e, r, k.thread), ERR_USAGE);
	r->kind = REPORT_REPORT;
	assert_int_equal(envelope_close(e, r, NULL), OK);
	envelope_free(e);
	report_free(r);
}

/* An upload file of these parts */
static enum err
upload(const char *json, size_t json_len, const char *first,
    const char *second, uint64_t size)
{
	uint8_t head[TAR_BLOCK], org[ORG_LEN];
	struct buf b = buf_new(MIB);
	char epoch[9];
	uint64_t got;
	size_t used;
	enum err e;

	tar_header(first, json_len, head);
	buf_put(&b, head, sizeof(head));
	buf_put(&b, json, strlen(json));
	buf_zeros(&b, tar_pad(strlen(json)));
	tar_header(second, size, head);
	buf_put(&b, head, sizeof(head));
	e = upload_file_parse(b.p, b.len, org, epoch, &got, &used);
	buf_free(&b);
	return e;
}

static enum err
upload_judge(const char *p, size_t len)
{
	return upload(p, len, "upload.json", "envelope.age",
	    ENVELOPE_TEXT_SIZE);
}

static void
upload_files(void **state)
{
	static const char json[] = "{\"type\":\"meldluik-upload\","
	    "\"version\":1,\"org\":\"0123456789abcdef0123456789abcdef\","
	    "\"epoch\":\"2026-W48\"}";
	static const char *const none[] = {NULL};
	size_t n = sizeof(json) - 1;
	uint8_t head[TAR_BLOCK], org[ORG_LEN] = {0};
	struct buf small = buf_new(600);
	char epoch[9];
	uint64_t size;
	size_t used;

	(void)state;
	assert_true(every_field(json, n, upload_judge, none) > 20);
	assert_int_equal(upload(json, n, "upload.jsoN", "envelope.age",
	    ENVELOPE_TEXT_SIZE), ERR_FORMAT);
	assert_int_equal(upload(json, n, "upload.json", "envelope.agE",
	    ENVELOPE_TEXT_SIZE), ERR_FORMAT);
	assert_int_equal(upload(json, n, "upload.json", "envelope.age",
	    ENVELOPE_TEXT_SIZE + 1), ERR_LIMIT);
	/* not asked for more of what is too long already */
	assert_int_equal(upload(json, 5000, "upload.json", "envelope.age",
	    ENVELOPE_TEXT_SIZE), ERR_LIMIT);
	tar_header("upload.json", n, head);
	head[156] = '2'; /* a link, which has the checksum of one */
	unsigned sum = 0;
	memset(head + 148, ' ', 8);
	for (size_t i = 0; i < TAR_BLOCK; i++) {
		sum += head[i];
	}
	snprintf((char *)head + 148, 8, "%06o", sum);
	assert_int_equal(upload_file_parse(head, sizeof(head), org, epoch,
	    &size, &used), ERR_POLICY);
	assert_int_equal(upload_file_head(org, "2026-W48",
	    ENVELOPE_TEXT_SIZE, &small), ERR_LIMIT);
	assert_int_equal(upload_file_tail(ENVELOPE_TEXT_SIZE, &small),
	    ERR_LIMIT);
	buf_free(&small);
}

/* Every letter in a name, and names that are no path inside */
static void
tar_names(void **state)
{
	static const char *const bad[] = {"", "/a", "a//b", "./a", "a/./b",
	    "../a", "a/..", "a/"};
	uint8_t head[TAR_BLOCK];
	char name[4] = "axb", got[TAR_NAME];
	uint64_t size;

	(void)state;
	for (unsigned c = 1; c < 256; c++) {
		bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || strchr("._/-", (int)c) != NULL;

		name[1] = (char)c;
		tar_header(name, 1, head);
		assert_int_equal(tar_header_read(head, got, &size),
		    good ? TAR_FINE : TAR_NAME_LETTER);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		tar_header(bad[i], 1, head);
		assert_int_not_equal(tar_header_read(head, got, &size),
		    TAR_FINE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_stay),
		cmocka_unit_test(sizes_that_wrap),
		cmocka_unit_test(padding_in_turn),
		cmocka_unit_test(reports_that_do_not_fit),
		cmocka_unit_test(upload_files),
		cmocka_unit_test(tar_names),
	};

	return help_setup() != OK ? 1 :
	    cmocka_run_group_tests(tests, NULL, NULL);
}
