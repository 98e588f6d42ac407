/* SPDX-License-Identifier: EUPL-1.2 */
/* Envelopes, unseal side: every odd payload, damage, signatures. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "own_heap.h"
#include "seal_help.h"
#include "../../keys/seal/tarwrite.h"
#include "vector.h"

static size_t step;

static void
one(const struct vector *v)
{
	struct buf b = buf_new(4u << 20);
	struct envelope_content got;
	char fault[48];
	uint64_t size = v->number != 0 ? v->number : ENVELOPE_CLASS_MIN;
	enum err e;

	if (v->number == 0 && v->len > size) {
		size = envelope_class(v->len);
	}
	assert_int_equal(help_seal_raw(v->p, v->len, size, &b), OK);
	e = help_open(0, b.p, b.len, step, NULL, NULL, &got, fault);
	vector_check(v, e, fault);
	if (e == OK) {
		envelope_content_free(&got);
	}
	buf_free(&b);
}

static void
test_vectors(void **state)
{
	(void)state;
	/* whole; not aligned to chunks; one byte more than a block */
	step = 1u << 22;
	assert_true(vector_each(TESTS_DIR "/vectors/tar", one) > 100);
	step = 513;
	vector_each(TESTS_DIR "/vectors/tar", one);
}

static struct buf
text_envelope(void)
{
	struct report *r = help_report(REPORT_REPORT);
	struct buf b = buf_new(1u << 20);
	struct envelope *e = NULL;

	assert_int_equal(envelope_new(help_holder, HELP_HOLDERS, help_sink,
	    &b, 1, &e), OK);
	assert_int_equal(envelope_finish(e, r, NULL), OK);
	envelope_free(e);
	report_free(r);
	return b;
}

static enum err
opened(const struct buf *b, size_t len)
{
	struct envelope_content got;
	char fault[48];
	enum err e = help_open(0, b->p, len, 4096, NULL, NULL, &got, fault);

	if (e == OK) {
		envelope_content_free(&got);
	}
	return e;
}

static void
test_damage(void **state)
{
	struct buf b = text_envelope();

	(void)state;
	assert_int_equal(opened(&b, b.len), OK);
	for (size_t i = 0; i < b.len; i += 1009) {
		b.p[i] ^= 4;
		assert_int_not_equal(opened(&b, b.len), OK);
		b.p[i] ^= 4;
	}
	b.p[b.len - 1] ^= 1;
	assert_int_equal(opened(&b, b.len), ERR_CRYPT);
	b.p[b.len - 1] ^= 1;
	for (size_t n = 0; n < b.len; n += 997) {
		assert_int_not_equal(opened(&b, n), OK);
	}
	assert_int_not_equal(opened(&b, b.len - 1), OK);
	buf_u8(&b, 0);
	assert_int_not_equal(opened(&b, b.len), OK);
	buf_free(&b);
}

static void
test_sealed_to_somebody_else(void **state)
{
	struct age_recipient other;
	struct report *r = help_report(REPORT_REPORT);
	struct buf b = buf_new(1u << 20);
	struct envelope *e = NULL;

	(void)state;
	assert_int_equal(age_recipient_throwaway(&other), OK);
	assert_int_equal(envelope_new(&other, 1, help_sink, &b, 1, &e), OK);
	assert_int_equal(envelope_finish(e, r, NULL), OK);
	assert_int_equal(opened(&b, b.len), ERR_NO_MATCH);
	envelope_free(e);
	report_free(r);
	buf_free(&b);
}

/* A right payload in an age file that is no envelope: three stanzas */
static void
test_not_four_stanzas(void **state)
{
	struct age_recipient r[3] = { help_holder[0], help_holder[1],
		help_holder[0] };
	struct buf b = buf_new(1u << 20);
	uint8_t *zeros = calloc(1, ENVELOPE_CLASS_MIN);

	(void)state;
	assert_int_equal(age_seal_buf(r, 3, zeros, ENVELOPE_CLASS_MIN, &b),
	    OK);
	assert_int_equal(opened(&b, b.len), ERR_POLICY);
	free(zeros);
	buf_free(&b);
}

/* ${signer} signs, ${named} stands in the document */
static enum err
later(enum report_kind kind, uint8_t signer, uint8_t named, const char *purpose, unsigned desk,
    bool change, char fault[48])
{
	struct code_keys k = help_keys(signer), n = help_keys(named);
	struct report *r = help_report(kind);
	struct buf json = buf_new_secret(REPORT_JSON_MAX);
	struct buf sig = buf_new(SIGN_TEXT_MAX), tar = buf_new(65536);
	struct buf b = buf_new(1u << 20);
	struct sign_purpose why = { .purpose = purpose, .desk = desk };
	struct envelope_content got;
	uint8_t head[512];
	enum err e;

	memcpy(why.org, r->org, ORG_LEN);
	assert_int_equal(report_thread_later(r, &n, NULL), OK);
	assert_int_equal(report_write(r, &json), OK);
	assert_int_equal(sign_make(k.thread, &why, json.p, json.len, &sig),
	    OK);
	if (change) {
		/* "nl" becomes "no" after signing */
		char *at = strstr((char *)(uintptr_t)buf_cstr(&json),
		    "\"nl\"");
		at[2] = 'o';
	}
	tar_header("report.json", json.len, head);
	buf_put(&tar, head, sizeof(head));
	buf_put(&tar, json.p, json.len);
	buf_zeros(&tar, tar_pad(json.len));
	tar_header("report.json.minisig", sig.len, head);
	buf_put(&tar, head, sizeof(head));
	buf_put(&tar, sig.p, sig.len);
	assert_int_equal(help_seal_raw(tar.p, tar.len, 65536, &b), OK);
	e = help_open(1, b.p, b.len, 65536, NULL, NULL, &got, fault);
	if (e == OK) {
		uint8_t h[HASH_LEN];

		assert_int_equal(got.signature.len, sig.len);
		assert_memory_equal(got.signature.p, sig.p, sig.len);
		assert_memory_equal(got.json.p, json.p, json.len);
		hash_bytes(json.p, json.len, h);
		assert_memory_equal(got.payload, h, HASH_LEN);
		assert_int_equal(got.report->kind, kind);
		envelope_content_free(&got);
	}
	buf_free(&json);
	buf_free(&sig);
	buf_free(&tar);
	buf_free(&b);
	report_free(r);
	return e;
}

static enum err
follow_up(uint8_t signer, uint8_t named, const char *purpose, unsigned desk,
    bool change, char fault[48])
{
	return later(REPORT_FOLLOW_UP, signer, named, purpose, desk, change,
	    fault);
}

static void
test_signatures(void **state)
{
	char f[48];

	(void)state;
	assert_int_equal(later(REPORT_WITHDRAWAL, 1, 1, "report", 3, false,
	    f), OK);
	assert_int_equal(later(REPORT_WITHDRAWAL, 2, 1, "report", 3, false,
	    f), ERR_SIGNATURE);
	assert_int_equal(follow_up(1, 1, "report", 3, false, f), OK);
	assert_int_equal(follow_up(2, 1, "report", 3, false, f),
	    ERR_SIGNATURE);
	assert_string_equal(f, "signature");
	assert_int_equal(follow_up(1, 1, "reply", 3, false, f),
	    ERR_SIGNATURE);
	assert_int_equal(follow_up(1, 1, "report", 4, false, f),
	    ERR_SIGNATURE);
	assert_int_equal(follow_up(1, 1, "report", 3, true, f),
	    ERR_SIGNATURE);
}

static enum err
refusing(void *arg, unsigned number, const uint8_t *p, size_t len)
{
	unsigned *calls = arg;

	(void)number;
	(void)p;
	(void)len;
	(*calls)++;
	return ERR_FULL;
}

static void
test_sink_refuses(void **state)
{
	size_t len;
	uint8_t *tar = vector_file(TESTS_DIR "/vectors/tar",
	    "ok-attachment.tar", &len);
	struct buf b = buf_new(1u << 20);
	struct envelope_content got;
	unsigned calls = 0;
	char fault[48];

	(void)state;
	assert_int_equal(help_seal_raw(tar, len, 65536, &b), OK);
	assert_int_equal(help_open(0, b.p, b.len, 4096, refusing, &calls,
	    &got, fault), ERR_FULL);
	assert_int_equal(calls, 1);
	assert_string_equal(fault, "sink");
	buf_free(&b);
	free(tar);
}

/* Nothing after the end, and a failure stays */
static void
test_after_the_end(void **state)
{
	struct buf b = text_envelope();
	struct age_identity *id = NULL;
	struct envelope_open *o = NULL;
	struct envelope_content got;

	(void)state;
	assert_int_equal(age_identity_new(help_seed[0], &id), OK);
	assert_int_equal(envelope_open_new(&id, 1, NULL, NULL, 1, &o), OK);
	assert_int_equal(envelope_open_write(o, b.p, b.len), OK);
	assert_int_equal(envelope_open_end(o, &got), OK);
	envelope_content_free(&got);
	assert_int_equal(envelope_open_end(o, &got), ERR_USAGE);
	assert_int_equal(envelope_open_write(o, b.p, 1), ERR_USAGE);
	envelope_open_free(o);

	b.p[3] ^= 1;
	assert_int_equal(envelope_open_new(&id, 1, NULL, NULL, 1, &o), OK);
	enum err e = envelope_open_write(o, b.p, b.len);
	assert_int_not_equal(e, OK);
	assert_int_equal(envelope_open_write(o, b.p, b.len), e);
	assert_int_equal(envelope_open_end(o, &got), e);
	envelope_open_free(o);
	age_identity_free(id);
	buf_free(&b);
}

#if OWN_HEAP
#define NEEDLE 64u
#define NEEDLE_KEPT 24u /* malloc writes over the start of what is freed */

/* Text that stands nowhere in the program, letters only */
static void
needle_make(char out[NEEDLE], uint32_t salt)
{
	for (unsigned i = 0; i < NEEDLE; i++) {
		salt = salt * 1664525 + 1013904223;
		out[i] = (char)('a' + (salt >> 24) % 26);
	}
}

/* Times the needle's tail stands in writable memory, stacks aside */
static unsigned
needles(uint32_t salt)
{
	FILE *f = fopen("/proc/self/maps", "r");
	char line[512], n[NEEDLE];
	unsigned found = 0;

	assert_non_null(f);
	needle_make(n, salt);
	while (fgets(line, sizeof(line), f) != NULL) {
		uintptr_t from, to;
		char rights[8];
		const char *p;

		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %7s", &from, &to,
		    rights) != 3 || strncmp(rights, "rw", 2) != 0 ||
		    strstr(line, "[stack") != NULL) {
			continue;
		}
		p = (const char *)from;
		while ((p = memmem(p, to - (uintptr_t)p,
		    n + NEEDLE_KEPT, NEEDLE - NEEDLE_KEPT)) != NULL) {
			found++;
			p++;
		}
	}
	fclose(f);
	return found;
}

/* Writing, sealing, opening, parsing: no plaintext stays when all is freed */
static void
test_nothing_stays_in_memory(void **state)
{
	char n[NEEDLE + 1] = "";
	struct report *r = help_report(REPORT_REPORT);
	struct buf b = buf_new(1u << 20);
	struct envelope *e = NULL;
	struct envelope_content got;
	char fault[48];
	uint8_t sha[HASH_LEN];
	uint64_t size;

	(void)state;
	/* the search finds what is there */
	char *there = malloc(NEEDLE);
	needle_make(there, 5);
	assert_int_equal(needles(5), 1);
	free(there);
	assert_int_equal(needles(5), 1); /* freed, not wiped */

	needle_make(n, 3);
	assert_int_equal(report_answer_add(r, "who", n, NEEDLE), OK);
	assert_int_equal(envelope_new(help_holder, HELP_HOLDERS, help_sink,
	    &b, 1, &e), OK);
	assert_int_equal(envelope_attachment_unsized(e), OK);
	assert_int_equal(envelope_write(e, n, NEEDLE), OK);
	assert_int_equal(envelope_attachment_end(e, &size, sha), OK);
	assert_int_equal(report_attachment_add(r, n, "", size, sha), OK);
	assert_int_equal(envelope_finish(e, r, NULL), OK);
	assert_true(needles(3) > 0);
	envelope_free(e);
	report_free(r);
	assert_int_equal(needles(3), 0);

	assert_int_equal(help_open(0, b.p, b.len, 4096, NULL, NULL, &got,
	    fault), OK);
	assert_true(needles(3) > 0);
	envelope_content_free(&got);
	assert_int_equal(needles(3), 0);
	/* and after a refusal in the last chunk */
	b.p[b.len - 1] ^= 1;
	assert_int_equal(help_open(0, b.p, b.len, 4096, NULL, NULL, &got,
	    fault), ERR_CRYPT);
	assert_int_equal(needles(3), 0);
	buf_free(&b);
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_sealed_to_somebody_else),
		cmocka_unit_test(test_not_four_stanzas),
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_sink_refuses),
		cmocka_unit_test(test_after_the_end),
#if OWN_HEAP
		cmocka_unit_test(test_nothing_stays_in_memory),
#endif
	};

	if (help_setup() != OK) {
		return 1;
	}
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	return failed != 0 || secret_alive() != 0;
}
