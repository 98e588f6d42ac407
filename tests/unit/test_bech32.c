/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Recipients and identities as text: round trips, and one vector for every
 * reason to refuse. Bad vectors get a right checksum from an encoder of this
 * file, so that only the named fault can refuse them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "meldluik/age.h"

#define TEXT 2100
#define DIGITS 1946 /* five-bit groups of a recipient */

static struct age_recipient good;
static char text[AGE_RECIPIENT_TEXT + 1];
static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static uint32_t
polymod(uint32_t c, unsigned v)
{
	static const uint32_t g[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
	    0x3d4233dd, 0x2a1462b3};
	uint32_t top = c >> 25;

	c = (c & 0x1ffffff) << 5 ^ v;
	for (int i = 0; i < 5; i++) {
		c ^= top >> i & 1 ? g[i] : 0;
	}
	return c;
}

/* BIP 173 as written there, over five-bit groups; ${last} is xored in */
static void
spell(const char *hrp, const uint8_t *v, size_t n, uint32_t last, char *out)
{
	uint32_t c = 1;

	for (const char *p = hrp; *p != 0; p++) {
		c = polymod(c, (unsigned)*p >> 5);
	}
	c = polymod(c, 0);
	for (const char *p = hrp; *p != 0; p++) {
		c = polymod(c, *p & 31);
	}
	out += sprintf(out, "%s1", hrp);
	for (size_t i = 0; i < n; i++) {
		c = polymod(c, v[i]);
		*out++ = alphabet[v[i]];
	}
	for (int i = 0; i < 6; i++) {
		c = polymod(c, 0);
	}
	c ^= last;
	for (int i = 0; i < 6; i++) {
		*out++ = alphabet[c >> 5 * (5 - i) & 31];
	}
	*out = 0;
}

static void
groups(const uint8_t *p, size_t len, uint8_t *v)
{
	for (size_t i = 0; i < (len * 8 + 4) / 5; i++) {
		v[i] = 0;
		for (size_t k = 5 * i; k < 5 * i + 5 && k < len * 8; k++) {
			v[i] |= (p[k / 8] >> (7 - k % 8) & 1) << (4 - k % 5);
		}
	}
}

static enum err
parse(const char *s)
{
	struct age_recipient r;

	return age_recipient_parse(s, strlen(s), &r);
}

static int
setup(void **state)
{
	(void)state;
	if (sodium_init() < 0 || age_recipient_throwaway(&good) != OK) {
		return -1;
	}
	age_recipient_text(&good, text);
	return 0;
}

static void
recipient_round_trip_and_length(void **state)
{
	struct age_recipient r;
	uint8_t v[DIGITS + 1];
	char s[TEXT];

	(void)state;
	assert_int_equal(strlen(text), AGE_RECIPIENT_TEXT);
	assert_int_equal(age_recipient_parse(text, strlen(text), &r), OK);
	assert_memory_equal(&r, &good, sizeof(r));
	groups(good.pk, sizeof(good.pk), v);
	spell("age1pq", v, DIGITS, 1, s);
	assert_string_equal(s, text);
}

static void
identity_round_trip(void **state)
{
	uint8_t seed[32], got[32];
	char s[AGE_IDENTITY_TEXT_MAX], mixed[AGE_IDENTITY_TEXT_MAX];

	(void)state;
	for (int i = 0; i < 200; i++) {
		randombytes_buf(seed, 32);
		age_identity_text(seed, s);
		assert_memory_equal(s, "AGE-SECRET-KEY-PQ-1", 19);
		assert_int_equal(age_identity_parse(s, strlen(s), got), OK);
		assert_memory_equal(seed, got, 32);
	}
	for (size_t i = 0; i <= strlen(s); i++) {
		mixed[i] = s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] + 32)
		    : s[i];
	}
	assert_int_equal(age_identity_parse(mixed, strlen(s), got),
	    ERR_FORMAT);
	memcpy(mixed, s, 30);
	assert_int_equal(age_identity_parse(mixed, strlen(s), got),
	    ERR_FORMAT);
	assert_int_equal(age_identity_parse(s, strlen(s) - 1, got),
	    ERR_FORMAT);
	assert_int_equal(age_identity_parse(s, strlen(s) + 1, got),
	    ERR_FORMAT);
}

static void
classical_identity_is_refused(void **state)
{
	/* the example key of the age specification */
	static const char s[] = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGF"
	    "PYYSJZGFPYYSJZGFPQ4EGAEX";
	uint8_t got[32];

	(void)state;
	assert_int_equal(age_identity_parse(s, strlen(s), got), ERR_FORMAT);
}

static void
prefix_is_compared_whole(void **state)
{
	static const char *const other[] = {"age", "age1p", "age1tag",
	    "age1tagpq", "agf1pq", "age1pr", "bge1pq", "age1pq1"};
	uint8_t v[DIGITS + 1];
	char s[TEXT];

	(void)state;
	groups(good.pk, sizeof(good.pk), v);
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++) {
		spell(other[i], v, DIGITS, 1, s);
		assert_int_equal(parse(s), ERR_FORMAT);
	}
}

static void
upper_and_mixed_case_are_refused(void **state)
{
	char s[TEXT];

	(void)state;
	for (size_t i = 0; i <= strlen(text); i++) {
		s[i] = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 32)
		    : text[i];
	}
	assert_int_equal(parse(s), ERR_FORMAT);
	strcpy(s, text);
	s[0] = 'A';
	assert_int_equal(parse(s), ERR_FORMAT);
}

static void
padding_bits_must_be_zero(void **state)
{
	uint8_t v[DIGITS + 1];
	char s[TEXT];

	(void)state;
	groups(good.pk, sizeof(good.pk), v);
	/* 1216 bytes fill 1945 groups and three bits: two bits are padding */
	for (unsigned bits = 1; bits < 4; bits++) {
		v[DIGITS - 1] = (uint8_t)((v[DIGITS - 1] & ~3u) | bits);
		spell("age1pq", v, DIGITS, 1, s);
		assert_int_equal(parse(s), ERR_FORMAT);
	}
}

static void
another_length_is_refused(void **state)
{
	uint8_t v[DIGITS + 8] = {0};
	char s[TEXT];

	(void)state;
	groups(good.pk, sizeof(good.pk), v);
	for (size_t n = DIGITS - 4; n <= DIGITS + 4; n++) {
		spell("age1pq", v, n, 1, s);
		assert_int_equal(parse(s), n == DIGITS ? OK : ERR_FORMAT);
	}
	assert_int_equal(parse(""), ERR_FORMAT);
	assert_int_equal(parse("age1pq1"), ERR_FORMAT);
	assert_int_equal(parse("age1pq"), ERR_FORMAT);
}

static void
checksum_is_checked_and_not_bech32m(void **state)
{
	uint8_t v[DIGITS + 1];
	char s[TEXT];

	(void)state;
	groups(good.pk, sizeof(good.pk), v);
	spell("age1pq", v, DIGITS, 0x2bc830a3, s);
	assert_int_equal(parse(s), ERR_FORMAT);
	for (size_t i = 0; i < strlen(text); i++) {
		strcpy(s, text);
		s[i] = s[i] == 'q' ? 'p' : 'q';
		assert_int_equal(parse(s), ERR_FORMAT);
	}
}

static void
foreign_letters_are_refused(void **state)
{
	static const char bad[] = "bio1 \n\xff!B";
	char s[TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(bad); i++) {
		strcpy(s, text);
		s[100] = bad[i];
		struct age_recipient r;
		assert_int_equal(age_recipient_parse(s, strlen(text), &r),
		    ERR_FORMAT);
	}
}

static void
trailing_byte_is_refused(void **state)
{
	char s[TEXT];
	struct age_recipient r;

	(void)state;
	sprintf(s, "%s\n", text);
	assert_int_equal(parse(s), ERR_FORMAT);
	assert_int_equal(age_recipient_parse(text, strlen(text) + 1, &r),
	    ERR_FORMAT);
	sprintf(s, " %s", text);
	assert_int_equal(parse(s), ERR_FORMAT);
}

static void
unreduced_coefficient_is_refused(void **state)
{
	struct age_recipient r, got;
	char s[TEXT];

	(void)state;
	for (size_t i = 0; i < 768; i++) {
		r = good;
		uint8_t *p = r.pk + i / 2 * 3;
		/* 3329, the least value that is not reduced */
		if (i % 2 == 0) {
			p[0] = 0x01;
			p[1] = (uint8_t)((p[1] & 0xf0) | 0x0d);
		} else {
			p[1] = (uint8_t)((p[1] & 0x0f) | 0x10);
			p[2] = 0xd0;
		}
		assert_int_equal(age_recipient_check(&r), ERR_FORMAT);
		if (i % 2 == 0) {
			p[0] = 0x00; /* 3328 is fine */
		} else {
			p[1] = (uint8_t)(p[1] & 0x0f);
		}
		assert_int_equal(age_recipient_check(&r), OK);
	}
	r = good;
	r.pk[0] = 0xff;
	r.pk[1] = 0xff;
	age_recipient_text(&r, s);
	memset(&got, 7, sizeof(got));
	assert_int_equal(age_recipient_parse(s, strlen(s), &got), ERR_FORMAT);
	assert_int_equal(got.pk[0], 7);
}

static void
low_order_share_is_refused(void **state)
{
	/* the points of order 1, 2, 4 and 8, and two unreduced writings */
	static const char *const low[] = {
	    "00000000000000000000000000000000"
	    "00000000000000000000000000000000",
	    "01000000000000000000000000000000"
	    "00000000000000000000000000000000",
	    "e0eb7a7c3b41b8ae1656e3faf19fc46a"
	    "da098deb9c32b1fd866205165f49b800",
	    "5f9c95bca3508c24b1d0b1559c83ef5b"
	    "04445cc4581c8e86d8224eddd09f1157",
	    "ecffffffffffffffffffffffffffffff"
	    "ffffffffffffffffffffffffffffff7f",
	    "edffffffffffffffffffffffffffffff"
	    "ffffffffffffffffffffffffffffff7f",
	    "eeffffffffffffffffffffffffffffff"
	    "ffffffffffffffffffffffffffffff7f"};
	struct age_recipient r = good;

	(void)state;
	for (size_t i = 0; i < sizeof(low) / sizeof(*low); i++) {
		assert_int_equal(hex_decode(low[i], r.pk + 1184, 32), OK);
		assert_int_equal(age_recipient_check(&r), ERR_FORMAT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(recipient_round_trip_and_length),
	    cmocka_unit_test(identity_round_trip),
	    cmocka_unit_test(classical_identity_is_refused),
	    cmocka_unit_test(prefix_is_compared_whole),
	    cmocka_unit_test(upper_and_mixed_case_are_refused),
	    cmocka_unit_test(padding_bits_must_be_zero),
	    cmocka_unit_test(another_length_is_refused),
	    cmocka_unit_test(checksum_is_checked_and_not_bech32m),
	    cmocka_unit_test(foreign_letters_are_refused),
	    cmocka_unit_test(trailing_byte_is_refused),
	    cmocka_unit_test(unreduced_coefficient_is_refused),
	    cmocka_unit_test(low_order_share_is_refused),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
