/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Members of an opened envelope: names that are almost right, members after
 * the last, and calls after the end. Whole odd payloads: vectors/tar.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../keys/seal/tarwrite.h"
#include "seal_help.h"

static struct buf json;

static void
member(struct buf *b, const char *name, const void *p, size_t len)
{
	uint8_t head[TAR_BLOCK];

	tar_header(name, len, head);
	buf_put(b, head, sizeof(head));
	buf_put(b, p, len);
	buf_zeros(b, tar_pad(len));
}

/* Members of these names; report.json has its report, the others a byte */
static void
opens(const char *const *names, enum err want, const char *word)
{
	struct buf tar = buf_new(1u << 20), b = buf_new(1u << 20);
	struct envelope_content got;
	char fault[48];
	enum err e;

	for (; *names != NULL; names++) {
		bool report = strcmp(*names, "report.json") == 0;

		member(&tar, *names, report ? (const void *)json.p : "x",
		    report ? json.len : 1);
	}
	assert_int_equal(help_seal_raw(tar.p, tar.len, ENVELOPE_CLASS_MIN, &b),
	    OK);
	e = help_open(0, b.p, b.len, 4096, NULL, NULL, &got, fault);
	assert_string_equal(fault, word);
	assert_int_equal(e, want);
	if (e == OK) {
		envelope_content_free(&got);
	}
	buf_free(&tar);
	buf_free(&b);
}

static void
names(void **state)
{
	static const char *const bad[] = {"attachments/01x", "attachments/1",
	    "attachments/01.", "attachments/01.1", "attachments/01-0001",
	    "attachments/01.000", "attachments/01.00001", "attachments/0A",
	    "attachments/00", "attachments/33", "attachments/01.0000",
	    "attachment5/01", "attachments/01.000-", "Attachments/01",
	    "report.jsoN", "report.json.minisiG", "report.jso"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const char *const list[] = {bad[i], "report.json", NULL};

		opens(list, ERR_FORMAT, "member-unknown");
	}
}

static void
order(void **state)
{
	static const char *const plain[] = {"report.json", NULL};
	static const char *const after_report[] = {"report.json",
	    "attachments/01", NULL};
	static const char *const after_signature[] = {"report.json",
	    "report.json.minisig", "attachments/01", NULL};
	static const char *const report_again[] = {"report.json",
	    "report.json.minisig", "report.json", NULL};
	static const char *const two[] = {"report.json", "report.json", NULL};
	static const char *const signature_first[] = {"report.json.minisig",
	    "report.json", NULL};
	static const char *const signature_again[] = {"report.json",
	    "report.json.minisig", "report.json.minisig", NULL};

	(void)state;
	opens(plain, OK, "");
	opens(after_report, ERR_FORMAT, "member-after-report");
	opens(after_signature, ERR_FORMAT, "member-after-report");
	opens(report_again, ERR_CONFLICT, "member-duplicate");
	opens(two, ERR_CONFLICT, "member-duplicate");
	opens(signature_first, ERR_FORMAT, "member-order");
	opens(signature_again, ERR_CONFLICT, "member-duplicate");
}

/* What has ended or failed says so to every further call */
static void
after_the_end(void **state)
{
	struct buf tar = buf_new(1u << 20), b = buf_new(1u << 20);
	struct age_identity *id = NULL;
	struct envelope_open *o = NULL;
	struct envelope_content got, none;

	(void)state;
	member(&tar, "report.json", json.p, json.len);
	assert_int_equal(help_seal_raw(tar.p, tar.len, ENVELOPE_CLASS_MIN, &b),
	    OK);
	assert_int_equal(age_identity_new(help_seed[0], &id), OK);
	assert_int_equal(envelope_open_new(&id, 1, NULL, NULL, 1, &o), OK);
	assert_int_equal(envelope_open_write(o, b.p, b.len), OK);
	assert_int_equal(envelope_open_end(o, &got), OK);
	assert_int_equal(envelope_open_end(o, &none), ERR_USAGE);
	assert_int_equal(envelope_open_write(o, b.p, 1), ERR_USAGE);
	envelope_content_free(&got);
	envelope_open_free(o);
	/* shorter than its head; and longer than any, said before reading */
	assert_int_equal(envelope_open_new(&id, 1, NULL, NULL, 1, &o), OK);
	assert_int_equal(envelope_open_write(o, b.p, 100), OK);
	assert_int_equal(envelope_open_end(o, &none), ERR_FORMAT);
	assert_string_equal(envelope_open_fault(o), "envelope-header");
	envelope_open_free(o);
	assert_int_equal(envelope_open_new(&id, 1, NULL, NULL, 1, &o), OK);
	assert_int_equal(envelope_open_write(o, b.p,
	    (size_t)ENVELOPE_SIZE_MAX + 1), ERR_LIMIT);
	assert_int_equal(envelope_open_write(o, b.p, 1), ERR_LIMIT);
	envelope_open_free(o);
	age_identity_free(id);
	buf_free(&tar);
	buf_free(&b);
}

static int
setup(void **state)
{
	struct report *r;

	(void)state;
	if (help_setup() != OK) {
		return -1;
	}
	r = help_report(REPORT_REPORT);
	json = buf_new_secret(REPORT_JSON_MAX);
	if (report_write(r, &json) != OK) {
		return -1;
	}
	report_free(r);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	buf_free(&json);
	return secret_alive() == 0 ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(order),
		cmocka_unit_test(after_the_end),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
