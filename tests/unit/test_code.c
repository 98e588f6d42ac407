/* SPDX-License-Identifier: EUPL-1.2 */
/* The code: vectors, known answers, and every likely slip of a hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "meldluik/code.h"
#include "meldluik/secret.h"
#include "vector.h"

#define LETTERS "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#define TEXT_LEN (CODE_TEXT - 1)

static void
one(const struct vector *v)
{
	struct code c;
	char hex[2 * CODE_LEN + 1] = "";
	enum err e = code_parse((const char *)v->p, v->len, &c);

	if (e == OK) {
		hex_encode(c.b, CODE_LEN, hex);
	}
	vector_check(v, e, hex);
}

static void
test_vectors(void **state)
{
	(void)state;
	assert_true(vector_each(TESTS_DIR "/vectors/code", one) > 30);
}

/* Known answers; vectors/22-code.sh has Python work them out again */
static void
test_known_answers(void **state)
{
	static const char *const want[4] = {
		"7ae6bf7a9d63c9c081eae825e7d70a5f"
		    "264c5c58ae25372336cec6018a65d17a",
		"81357ca055ddba6121755b37981095bf"
		    "e54ba283424afcfb28aa36d34b1bf143",
		"d4eec27dde0408132351b0362dd5d828"
		    "937864a69baa9aad4377b9fb792d83fe",
		"348f8d1f310b58744898ee30ab294535",
	};
	struct code c;
	struct code_keys k;
	uint8_t org[ORG_LEN];
	char text[CODE_TEXT], hex[65];

	(void)state;
	c.b[0] = 5;
	for (unsigned i = 1; i < CODE_LEN; i++) {
		c.b[i] = (uint8_t)(i << 4);
	}
	for (unsigned i = 0; i < ORG_LEN; i++) {
		org[i] = (uint8_t)(i * 0x11);
	}
	code_text(&c, text);
	assert_string_equal(text, "0M82-0C20-A1G7-104G-M2RC-1M70-NWME");
	assert_int_equal(code_desk(&c), 5);
	code_derive(&c, org, &k);
	hex_encode(k.mailbox, 32, hex);
	assert_string_equal(hex, want[0]);
	hex_encode(k.thread, 32, hex);
	assert_string_equal(hex, want[1]);
	hex_encode(k.tag_key, 32, hex);
	assert_string_equal(hex, want[2]);
	hex_encode(k.message_id, 16, hex);
	assert_string_equal(hex, want[3]);
}

static void
test_round_trip(void **state)
{
	struct code c, d;
	char text[CODE_TEXT];

	(void)state;
	for (unsigned desk = 1; desk <= CODE_DESK_MAX; desk++) {
		assert_int_equal(code_new(desk, &c), OK);
		assert_int_equal(code_desk(&c), desk);
		code_text(&c, text);
		assert_int_equal(strlen(text), TEXT_LEN);
		assert_int_equal(code_parse(text, TEXT_LEN, &d), OK);
		assert_memory_equal(&c, &d, sizeof(c));
	}
	assert_int_equal(code_new(0, &c), ERR_USAGE);
	assert_int_equal(code_new(64, &c), ERR_USAGE);
}

/*
 * 20 check bits let one slip in a million pass, so this is shown for 64
 * fixed codes, not for every code there is.
 */
static void
fixed_code(unsigned n, char text[CODE_TEXT])
{
	struct code c;
	uint8_t h[HASH_LEN];

	hash_bytes(&n, sizeof(n), h);
	memcpy(c.b, h, CODE_LEN);
	c.b[0] = (uint8_t)(n % CODE_DESK_MAX + 1);
	code_text(&c, text);
}

static void
test_every_wrong_character(void **state)
{
	char text[CODE_TEXT];
	struct code c;
	unsigned tried = 0;

	(void)state;
	for (unsigned n = 0; n < 64; n++) {
		fixed_code(n, text);
		for (size_t i = 0; i < TEXT_LEN; i++) {
			char was = text[i];

			if (was == '-') {
				continue;
			}
			for (const char *l = LETTERS; *l != '\0'; l++) {
				if (*l == was) {
					continue;
				}
				text[i] = *l;
				assert_int_equal(code_parse(text, TEXT_LEN,
				    &c), ERR_CRYPT);
				tried++;
			}
			text[i] = was;
		}
	}
	assert_int_equal(tried, 64 * 28 * 31);
}

static void
test_every_swap_of_neighbours(void **state)
{
	char text[CODE_TEXT], plain[29];
	struct code c;
	unsigned tried = 0;

	(void)state;
	for (unsigned n = 0; n < 64; n++) {
		size_t k = 0;

		fixed_code(n, text);
		for (size_t i = 0; i < TEXT_LEN; i++) {
			if (text[i] != '-') {
				plain[k++] = text[i];
			}
		}
		for (size_t i = 0; i + 1 < k; i++) {
			char was = plain[i];

			if (was == plain[i + 1]) {
				continue;
			}
			plain[i] = plain[i + 1];
			plain[i + 1] = was;
			assert_int_equal(code_parse(plain, k, &c),
			    ERR_CRYPT);
			plain[i + 1] = plain[i];
			plain[i] = was;
			tried++;
		}
	}
	assert_true(tried > 1500);
}

/* Every byte stands for the character it should, or for none */
static void
test_every_byte(void **state)
{
	char text[CODE_TEXT];
	struct code good, c;

	(void)state;
	for (unsigned n = 0; n < 8; n++) {
		fixed_code(n, text);
		assert_int_equal(code_parse(text, TEXT_LEN, &good), OK);
		for (size_t i = 0; i < TEXT_LEN; i++) {
			char was = text[i];

			for (int b = 0; b < 256 && was != '-'; b++) {
				char up = (char)(b >= 'a' && b <= 'z' ?
				    b - 32 : b);
				enum err want;

				if (up == 'O') {
					up = '0';
				} else if (up == 'I' || up == 'L') {
					up = '1';
				}
				if (b == ' ' || b == '-' || b == '\n' ||
				    b == '\r' || b == 0 ||
				    strchr(LETTERS, up) == NULL) {
					want = ERR_FORMAT;
				} else {
					want = up == was ? OK : ERR_CRYPT;
				}
				text[i] = (char)b;
				assert_int_equal(code_parse(text, TEXT_LEN,
				    &c), want);
			}
			text[i] = was;
		}
	}
}

static void
test_keys_differ(void **state)
{
	struct code c = { { 1 } }, d = { { 1 } };
	uint8_t org[ORG_LEN] = { 0 }, other[ORG_LEN] = { 1 };
	struct code_keys k, l;

	(void)state;
	d.b[14] = 1;
	code_derive(&c, org, &k);
	assert_memory_not_equal(k.mailbox, k.thread, 32);
	assert_memory_not_equal(k.mailbox, k.tag_key, 32);
	assert_memory_not_equal(k.thread, k.tag_key, 32);
	assert_memory_not_equal(k.message_id, k.tag_key, MESSAGE_ID_LEN);
	code_derive(&c, other, &l);
	assert_memory_not_equal(&k, &l, sizeof(k));
	code_derive(&d, org, &l);
	assert_memory_not_equal(k.mailbox, l.mailbox, 32);
	assert_memory_not_equal(k.message_id, l.message_id, MESSAGE_ID_LEN);
}

static void
test_crockford_lengths(void **state)
{
	static const uint8_t ones[5] = { 255, 255, 255, 255, 255 };
	static const uint8_t low[5] = { 0x00, 0x44, 0x32, 0x14, 0xc7 };
	char out[9];

	(void)state;
	crockford_encode(ones, 5, out);
	assert_string_equal(out, "ZZZZZZZZ");
	crockford_encode(ones, 1, out);
	assert_string_equal(out, "ZW");
	crockford_encode(ones, 3, out);
	assert_string_equal(out, "ZZZZY");
	crockford_encode(low, 5, out);
	assert_string_equal(out, "01234567");
	crockford_encode(ones, 0, out);
	assert_string_equal(out, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_known_answers),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_every_wrong_character),
		cmocka_unit_test(test_every_swap_of_neighbours),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_keys_differ),
		cmocka_unit_test(test_crockford_lengths),
	};

	return secret_setup() != OK ? 1 :
	    cmocka_run_group_tests(tests, NULL, NULL);
}
