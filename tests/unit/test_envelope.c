/* SPDX-License-Identifier: EUPL-1.2 */
/* Envelopes, seal side: sizes, parts, refusals; and upload files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "seal_help.h"

#define MIB 1048576u

static uint8_t pattern[3 * MIB];

/* Seals attachments of ${sizes}; written in pieces of ${step} */
static struct buf
sealed(const uint64_t *sizes, unsigned n, bool unsized, size_t step)
{
	struct buf out = buf_new(8 * MIB);
	struct report *r = help_report(REPORT_REPORT);
	struct envelope *e = NULL;
	uint8_t sha[HASH_LEN], want[HASH_LEN];
	uint64_t size;

	assert_int_equal(envelope_new(help_holder, HELP_HOLDERS, help_sink,
	    &out, 1, &e), OK);
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(unsized ? envelope_attachment_unsized(e) :
		    envelope_attachment(e, sizes[i]), OK);
		for (uint64_t at = 0; at < sizes[i]; at += step) {
			uint64_t left = sizes[i] - at;

			assert_int_equal(envelope_write(e, pattern + at,
			    left < step ? left : step), OK);
		}
		assert_int_equal(envelope_attachment_end(e, &size, sha), OK);
		hash_bytes(pattern, sizes[i], want);
		assert_int_equal(size, sizes[i]);
		assert_memory_equal(sha, want, HASH_LEN);
		assert_int_equal(report_attachment_add(r, "bijlage", "",
		    size, sha), OK);
	}
	assert_int_equal(envelope_finish(e, r, NULL), OK);
	envelope_free(e);
	report_free(r);
	assert_int_equal(envelope_header_check(out.p, out.len), OK);
	assert_int_equal(envelope_size_check(out.len), OK);
	return out;
}

struct collect {
	unsigned last;
	uint64_t size[REPORT_ATTACHMENTS_MAX + 1];
	bool right;
};

static enum err
collect(void *arg, unsigned number, const uint8_t *p, size_t len)
{
	struct collect *c = arg;

	c->right = c->right && number >= c->last &&
	    memcmp(p, pattern + c->size[number], len) == 0;
	c->last = number;
	c->size[number] += len;
	return OK;
}

static void
opens(const struct buf *b, const uint64_t *sizes, unsigned n)
{
	for (unsigned who = 0; who < HELP_HOLDERS; who++) {
		struct collect c = { .right = true };
		struct envelope_content got;
		char fault[48];

		assert_int_equal(help_open(who, b->p, b->len, 70001, collect,
		    &c, &got, fault), OK);
		assert_true(c.right);
		assert_int_equal(got.report->attachments, n);
		for (unsigned i = 0; i < n; i++) {
			assert_int_equal(c.size[i + 1], sizes[i]);
		}
		assert_string_equal(got.report->answer[0].text,
		    "Er klopt iets niet.");
		envelope_content_free(&got);
	}
}

static void
test_text_is_one_size(void **state)
{
	struct buf out = sealed(NULL, 0, false, 1);

	(void)state;
	assert_int_equal(out.len, ENVELOPE_TEXT_SIZE);
	assert_int_equal(envelope_predict(NULL, 0), ENVELOPE_TEXT_SIZE);
	opens(&out, NULL, 0);
	buf_free(&out);
}

/* The longest text with the largest thread, signed or not: the same size */
static void
test_longest_text_is_the_same_size(void **state)
{
	static char text[REPORT_JSON_MAX];
	struct buf json = buf_new_secret(2 * REPORT_JSON_MAX);

	(void)state;
	memset(text, 'a', sizeof(text));
	for (int later = 0; later < 2; later++) {
		struct buf out = buf_new(MIB);
		struct code_keys k = help_keys(1);
		struct report *r = help_report(later ? REPORT_FOLLOW_UP :
		    REPORT_REPORT);
		struct envelope *e = NULL;

		assert_int_equal(later ? report_thread_later(r, &k, NULL) :
		    report_thread_first(r, &k), OK);
		buf_clear(&json);
		assert_int_equal(report_write(r, &json), OK);
		/* ,"where":"..." takes 11 bytes around the text */
		assert_int_equal(report_answer_add(r, "where", text,
		    REPORT_JSON_MAX - json.len - 11), OK);
		buf_clear(&json);
		assert_int_equal(report_write(r, &json), OK);
		assert_int_equal(json.len, REPORT_JSON_MAX);
		assert_int_equal(envelope_new(help_holder, 1, help_sink,
		    &out, 1, &e), OK);
		assert_int_equal(envelope_finish(e, r, later ? k.thread :
		    NULL), OK);
		assert_int_equal(out.len, ENVELOPE_TEXT_SIZE);
		envelope_free(e);
		report_free(r);
		buf_free(&out);
	}
	buf_free(&json);
}

static void
test_attachments(void **state)
{
	static const uint64_t sets[][3] = { { 0, 0, 0 }, { 1, 511, 512 },
		{ 513, 65536, 1 }, { MIB - 1, MIB, MIB + 1 },
		{ 2 * MIB, 2 * MIB + 1, 7 } };

	(void)state;
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		struct buf out = sealed(sets[i], 3, false, 99991);

		assert_int_equal(out.len, envelope_predict(sets[i], 3));
		opens(&out, sets[i], 3);
		buf_free(&out);
		out = sealed(sets[i], 3, true, 99991);
		opens(&out, sets[i], 3);
		buf_free(&out);
		out = sealed(sets[i], 3, true, 3 * MIB);
		opens(&out, sets[i], 3);
		buf_free(&out);
	}
}

static void
test_predict(void **state)
{
	uint64_t sizes[REPORT_ATTACHMENTS_MAX] = { 0 };

	(void)state;
	assert_true(envelope_predict(sizes, 1) == ENVELOPE_TEXT_SIZE);
	sizes[0] = 65536 - 51712 - 512;
	assert_true(envelope_predict(sizes, 1) == ENVELOPE_TEXT_SIZE);
	sizes[0]++;
	assert_true(envelope_predict(sizes, 1) ==
	    envelope_sealed_size(81920));
	sizes[0] = ENVELOPE_CLASS_MAX - 51712 - 512;
	assert_true(envelope_predict(sizes, 1) == ENVELOPE_SIZE_MAX);
	sizes[0]++;
	assert_true(envelope_predict(sizes, 1) == 0);
	sizes[0] = UINT64_MAX;
	assert_true(envelope_predict(sizes, 1) == 0);
}

static void
test_order_of_stanzas_is_drawn(void **state)
{
	unsigned first = 0;

	(void)state;
	/* Holder 0 can open the first stanza in about a quarter of the
	 * envelopes; 0 or 40 of 40 would be a chance of 1 in 100,000 */
	for (int i = 0; i < 40; i++) {
		struct buf out = sealed(NULL, 0, false, 1);
		struct age_identity *id = NULL;
		struct age_header h, one;
		uint8_t key[AGE_FILE_KEY];

		assert_int_equal(age_header_parse(out.p, out.len, &h), OK);
		one = h;
		one.stanzas = 1;
		assert_int_equal(age_identity_new(help_seed[0], &id), OK);
		first += age_unwrap(&one, &id, 1, key) == OK;
		age_identity_free(id);
		buf_free(&out);
	}
	assert_true(first > 0 && first < 40);
}

static void
test_out_of_turn(void **state)
{
	struct buf out = buf_new(8 * MIB);
	struct report *r = help_report(REPORT_REPORT);
	struct envelope *e = NULL;
	uint8_t sha[HASH_LEN];
	uint64_t size;

	(void)state;
	assert_int_equal(envelope_new(help_holder, 0, help_sink, &out, 1,
	    &e), ERR_USAGE);
	assert_int_equal(envelope_new(help_holder, 5, help_sink, &out, 1,
	    &e), ERR_USAGE);
	assert_int_equal(envelope_new(help_holder, 2, help_sink, &out, 1,
	    &e), OK);
	assert_int_equal(envelope_write(e, "x", 1), ERR_USAGE);
	assert_int_equal(envelope_attachment_end(e, &size, sha), ERR_USAGE);
	assert_int_equal(envelope_attachment(e, 1ull << 32), ERR_LIMIT);
	assert_int_equal(envelope_attachment(e, ENVELOPE_CLASS_MAX),
	    ERR_LIMIT);
	assert_int_equal(envelope_attachment(e, 2), OK);
	assert_int_equal(envelope_attachment(e, 2), ERR_USAGE);
	assert_int_equal(envelope_attachment_unsized(e), ERR_USAGE);
	assert_int_equal(envelope_finish(e, r, NULL), ERR_USAGE);
	assert_int_equal(envelope_write(e, "x", 1), OK);
	/* one byte is missing: the envelope cannot be mended */
	assert_int_equal(envelope_attachment_end(e, &size, sha),
	    ERR_CONFLICT);
	assert_int_equal(envelope_finish(e, r, NULL), ERR_CONFLICT);
	envelope_free(e);

	assert_int_equal(envelope_new(help_holder, 2, help_sink, &out, 1,
	    &e), OK);
	assert_int_equal(envelope_attachment(e, 2), OK);
	assert_int_equal(envelope_write(e, "xyz", 3), ERR_CONFLICT);
	envelope_free(e);

	/* a report that does not describe what was written */
	buf_clear(&out);
	assert_int_equal(envelope_new(help_holder, 2, help_sink, &out, 1,
	    &e), OK);
	assert_int_equal(envelope_attachment(e, 1), OK);
	assert_int_equal(envelope_write(e, "x", 1), OK);
	assert_int_equal(envelope_attachment_end(e, &size, sha), OK);
	assert_int_equal(envelope_finish(e, r, NULL), ERR_CONFLICT);
	assert_int_equal(report_attachment_add(r, "a", "", 1, sha), OK);
	r->attachment[0].sha256[0] ^= 1;
	assert_int_equal(envelope_finish(e, r, NULL), ERR_CONFLICT);
	r->attachment[0].sha256[0] ^= 1;
	assert_int_equal(envelope_finish(e, r, NULL), OK);
	assert_int_equal(envelope_finish(e, r, NULL), ERR_USAGE);
	envelope_free(e);
	report_free(r);
	buf_free(&out);
}

static void
test_at_most_32_attachments(void **state)
{
	struct buf out = buf_new(MIB);
	struct envelope *e = NULL;
	uint8_t sha[HASH_LEN];
	uint64_t size;

	(void)state;
	assert_int_equal(envelope_new(help_holder, 2, help_sink, &out, 1,
	    &e), OK);
	for (unsigned i = 0; i < REPORT_ATTACHMENTS_MAX; i++) {
		assert_int_equal(i % 2 ? envelope_attachment(e, 0) :
		    envelope_attachment_unsized(e), OK);
		assert_int_equal(envelope_attachment_end(e, &size, sha), OK);
	}
	assert_int_equal(envelope_attachment(e, 0), ERR_LIMIT);
	assert_int_equal(envelope_attachment_unsized(e), ERR_LIMIT);
	envelope_free(e);
	buf_free(&out);
}

static void
test_signer(void **state)
{
	struct code_keys k = help_keys(1), other = help_keys(2);
	struct report *first = help_report(REPORT_REPORT);
	struct report *later = help_report(REPORT_WITHDRAWAL);
	struct buf out = buf_new(MIB);
	struct envelope *e = NULL;

	(void)state;
	assert_int_equal(envelope_new(help_holder, 2, help_sink, &out, 1,
	    &e), OK);
	assert_int_equal(envelope_finish(e, first, k.thread), ERR_USAGE);
	assert_int_equal(envelope_finish(e, later, NULL), ERR_USAGE);
	assert_int_equal(envelope_finish(e, later, k.thread), ERR_USAGE);
	assert_int_equal(report_thread_later(later, &k, NULL), OK);
	assert_int_equal(envelope_finish(e, later, other.thread), ERR_USAGE);
	assert_int_equal(envelope_finish(e, later, k.thread), OK);
	envelope_free(e);
	report_free(first);
	report_free(later);
	buf_free(&out);
}

static enum err
full_sink(void *arg, const uint8_t *p, size_t len)
{
	size_t *left = arg;

	(void)p;
	if (len > *left) {
		return ERR_FULL;
	}
	*left -= len;
	return OK;
}

static void
test_full_disk(void **state)
{
	struct report *r = help_report(REPORT_REPORT);

	(void)state;
	for (size_t room = 0; room <= ENVELOPE_TEXT_SIZE; room += 5527) {
		size_t left = room;
		struct envelope *e = NULL;
		enum err err = envelope_new(help_holder, 2, full_sink, &left,
		    1, &e);

		if (err == OK) {
			err = envelope_finish(e, r, NULL);
			envelope_free(e);
		}
		assert_int_equal(err, ERR_FULL);
	}
	report_free(r);
}

static void
test_header_check(void **state)
{
	struct buf out = sealed(NULL, 0, false, 1), three = buf_new(MIB);

	(void)state;
	assert_int_equal(envelope_header_check(out.p, ENVELOPE_HEADER), OK);
	assert_int_equal(envelope_header_check(out.p, ENVELOPE_HEADER - 1),
	    ERR_FORMAT);
	assert_int_equal(envelope_header_check(out.p, 0), ERR_FORMAT);
	out.p[0] ^= 1;
	assert_int_equal(envelope_header_check(out.p, out.len), ERR_FORMAT);
	/* three stanzas, and bytes enough after them */
	struct age_recipient r[3] = { help_holder[0], help_holder[1],
		help_holder[0] };
	assert_int_equal(age_seal_buf(r, 3, pattern, 65536, &three), OK);
	assert_int_equal(envelope_header_check(three.p, three.len),
	    ERR_POLICY);
	buf_free(&three);
	/* more of them than the header has bytes for */
	struct age_recipient many[ENVELOPE_STANZAS + 1];
	for (unsigned i = 0; i <= ENVELOPE_STANZAS; i++) {
		many[i] = help_holder[0];
	}
	three = buf_new(MIB);
	assert_int_equal(age_seal_buf(many, ENVELOPE_STANZAS + 1, pattern,
	    65536, &three), OK);
	assert_int_equal(envelope_header_check(three.p, three.len),
	    ERR_POLICY);
	buf_free(&out);
	buf_free(&three);
}

static const uint8_t org[ORG_LEN] = { 0xde, 0xad };

static void
test_upload_file(void **state)
{
	struct buf b = buf_new(16384);
	uint8_t got[ORG_LEN];
	char epoch[9] = "";
	uint64_t size = 0;
	size_t used = 0;

	(void)state;
	assert_int_equal(upload_file_head(org, "2026-W48",
	    ENVELOPE_TEXT_SIZE, &b), OK);
	size_t head = b.len;
	assert_int_equal(head, 1536);
	buf_put(&b, pattern, 1000);
	for (size_t n = 0; n < head; n++) {
		assert_int_equal(upload_file_parse(b.p, n, got, epoch, &size,
		    &used), ERR_BUSY);
	}
	assert_int_equal(upload_file_parse(b.p, b.len, got, epoch, &size,
	    &used), OK);
	assert_memory_equal(got, org, ORG_LEN);
	assert_string_equal(epoch, "2026-W48");
	assert_int_equal(size, ENVELOPE_TEXT_SIZE);
	assert_int_equal(used, head);
	/* any changed byte is refused, but for those of values */
	for (size_t i = 0; i < head; i++) {
		uint8_t was = b.p[i];
		enum err e;

		b.p[i] ^= 0x80;
		e = upload_file_parse(b.p, b.len, got, epoch, &size, &used);
		assert_int_not_equal(e, OK);
		assert_int_not_equal(e, ERR_BUSY);
		b.p[i] = was;
	}
	buf_clear(&b);
	assert_int_equal(upload_file_tail(ENVELOPE_TEXT_SIZE, &b), OK);
	assert_int_equal((b.len + ENVELOPE_TEXT_SIZE) % 512, 0);
	assert_int_equal(b.len, 1024 + (512 - ENVELOPE_TEXT_SIZE % 512));
	assert_int_equal(upload_file_head(org, "2026-W48", 71865, &b),
	    ERR_USAGE);
	assert_int_equal(upload_file_head(org, "2026-48",
	    ENVELOPE_TEXT_SIZE, &b), ERR_USAGE);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_is_one_size),
		cmocka_unit_test(test_longest_text_is_the_same_size),
		cmocka_unit_test(test_attachments),
		cmocka_unit_test(test_predict),
		cmocka_unit_test(test_order_of_stanzas_is_drawn),
		cmocka_unit_test(test_out_of_turn),
		cmocka_unit_test(test_at_most_32_attachments),
		cmocka_unit_test(test_signer),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_header_check),
		cmocka_unit_test(test_upload_file),
	};
	uint32_t x = 1;

	if (help_setup() != OK) {
		return 1;
	}
	for (size_t i = 0; i < sizeof(pattern); i++) {
		x = x * 1664525 + 1013904223;
		pattern[i] = (uint8_t)(x >> 24);
	}
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	return failed != 0 || secret_alive() != 0;
}
