/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Shares that are typed without a slip and yet are none: every number of the
 * head at its ends, a version of later, bits that nothing says, lines that
 * come too soon. Slips of a hand: test_shares.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../keys/seal/labels.h"
#include "../../keys/unseal/shares_private.h"
#include "meldluik/bytes.h"
#include "meldluik/code.h"
#include "meldluik/minisign.h"
#include "meldluik/secret.h"

#define DATA 20u
#define QR_HEAD 17u

/* The four characters that check the first ${len}, which end line ${line} */
static void
check_put(const char *chars, size_t len, unsigned line, char out[4])
{
	struct buf b = buf_new(1024);
	uint8_t h[HASH_LEN];
	char text[6];

	buf_text(&b, LABEL_SHARE_LINE);
	buf_u8(&b, (uint8_t)line);
	buf_put(&b, chars, len);
	hash_bytes(b.p, b.len, h);
	crockford_encode(h, 3, text);
	memcpy(out, text, 4);
	buf_free(&b);
}

/* What the first line says of a head of these three bytes */
static enum err
first_line(unsigned version_kind, unsigned k_n, unsigned x)
{
	uint8_t body[13] = {(uint8_t)version_kind, (uint8_t)k_n, (uint8_t)x};
	struct share_entry e;
	struct share_fault f;
	char text[32];

	memset(&e, 0, sizeof(e));
	crockford_encode(body, sizeof(body), text);
	check_put(text, DATA, 1, text + DATA);
	return share_entry_line(&e, text, SHARE_LINE, &f);
}

static void
heads(void **state)
{
	static const struct {
		unsigned version_kind, k_n, x;
		enum err want;
	} t[] = {
		{0x11, 0x23, 1, OK}, {0x12, 0x23, 3, OK},
		{0x11, 0x88, 8, OK}, {0x11, 0x22, 2, OK},
		{0x01, 0x23, 1, ERR_VERSION}, {0x21, 0x23, 1, ERR_VERSION},
		{0x10, 0x23, 1, ERR_VERSION}, {0x13, 0x23, 1, ERR_VERSION},
		{0x11, 0x13, 1, ERR_FORMAT}, {0x11, 0x03, 1, ERR_FORMAT},
		{0x11, 0x43, 1, ERR_FORMAT}, {0x11, 0x29, 1, ERR_FORMAT},
		{0x11, 0x2f, 1, ERR_FORMAT}, {0x11, 0x23, 0, ERR_FORMAT},
		{0x11, 0x23, 4, ERR_FORMAT}, {0x11, 0x23, 255, ERR_FORMAT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		enum err e = first_line(t[i].version_kind, t[i].k_n, t[i].x);

		if (e != t[i].want) {
			fail_msg("head %zu: %s", i, err_text(e));
		}
	}
}

/* Each of the bits behind the last byte, under a right check */
static void
bits_behind_the_end(void **state)
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint8_t secret[SHARE_SECRET] = {1, 2, 3};
	struct share s[SHARES_MAX], got;
	struct share_fault f;
	unsigned tried = 0;

	(void)state;
	for (unsigned n = SHARES_MIN; n <= SHARES_MAX; n++) {
		size_t bytes = SHARE_HEAD + SHARE_SECRET + n * SHARE_COMMIT;
		size_t chars = (8 * bytes + 4) / 5, lines = 0, left, at = 0;
		char qr[SHARE_QR], data[SHARE_QR] = "";

		assert_int_equal(shares_split(SHARE_BACKUP, 2, n, secret, s),
		    OK);
		share_qr(&s[0], qr);
		for (left = chars; left > 0; left -= left < DATA ? left :
		    DATA) {
			size_t part = left < DATA ? left : DATA;

			memcpy(data + at, qr + QR_HEAD + lines++ * SHARE_LINE,
			    part);
			at += part;
		}
		assert_int_equal(at, chars);
		for (unsigned bit = 0; bit < 5 * chars - 8 * bytes; bit++) {
			char was = data[chars - 1], *to = qr + strlen(qr) - 5;

			data[chars - 1] = letters[(size_t)(strchr(letters,
			    was) - letters) ^ 1u << bit];
			*to = data[chars - 1];
			check_put(data, chars, (unsigned)lines, to + 1);
			assert_int_equal(share_parse(qr, strlen(qr), &got,
			    &f), ERR_FORMAT);
			data[chars - 1] = *to = was;
			check_put(data, chars, (unsigned)lines, to + 1);
			assert_int_equal(share_parse(qr, strlen(qr), &got,
			    &f), OK);
			tried++;
		}
	}
	assert_true(tried > 4);
}

static void
too_soon_and_too_much(void **state)
{
	static char spaces[SHARE_TYPED_MAX + 1];
	struct share_entry e;
	struct share_fault f;
	struct share got;

	(void)state;
	memset(&e, 0, sizeof(e));
	assert_false(share_entry_done(&e));
	assert_int_equal(share_entry_end(&e, &got), ERR_USAGE);
	memset(spaces, ' ', sizeof(spaces));
	assert_int_equal(share_parse(spaces, SHARE_TYPED_MAX, &got, &f),
	    ERR_FORMAT);
	assert_int_equal(share_parse(spaces, SHARE_TYPED_MAX + 1, &got, &f),
	    ERR_LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads),
		cmocka_unit_test(bits_behind_the_end),
		cmocka_unit_test(too_soon_and_too_much),
	};

	return secret_setup() != OK ? 1 :
	    cmocka_run_group_tests(tests, NULL, NULL);
}
