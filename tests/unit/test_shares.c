/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Paper shares: every subset, every slip of a hand, a share that lies, sheets
 * of two ceremonies, and that fewer than k say nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "meldluik/bytes.h"
#include "meldluik/secret.h"
#include "meldluik/shares.h"

static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Every subset of ${n} shares gives the key, or nothing when too small */
static void
subsets(unsigned k, unsigned n)
{
	uint8_t secret[SHARE_SECRET], got[SHARE_SECRET];
	struct share s[SHARES_MAX], some[SHARES_MAX];
	struct shares_fault f;

	randombytes_buf(secret, sizeof secret);
	assert_int_equal(shares_split(SHARE_IDENTITY, k, n, secret, s), OK);
	for (unsigned set = 1; set < 1u << n; set++) {
		unsigned count = 0;
		for (unsigned i = n; i-- > 0;) { /* the last sheet first */
			if ((set >> i & 1) != 0) {
				some[count++] = s[i];
			}
		}
		memset(got, 0, sizeof got);
		if (count < k) {
			assert_int_equal(shares_combine(some, count, got, &f),
			    ERR_POLICY);
			assert_int_equal(f.what, SHARES_FEW);
			assert_true(sodium_is_zero(got, sizeof got));
		} else {
			assert_int_equal(shares_combine(some, count, got, &f),
			    OK);
			assert_memory_equal(got, secret, sizeof got);
		}
	}
	/* the same sheet twice is one sheet */
	some[0] = some[1] = s[0];
	assert_int_equal(shares_combine(some, 2, got, &f), ERR_POLICY);
	if (k > 2) { /* also with others between them */
		memcpy(some, s, (k - 1) * sizeof *s);
		some[k - 1] = s[0];
		assert_int_equal(shares_combine(some, k, got, &f),
		    ERR_POLICY);
	}
}

static void
test_subsets(void **state)
{
	uint8_t secret[SHARE_SECRET] = {1};
	struct share s[SHARES_MAX];

	(void)state;
	subsets(2, 2);
	subsets(2, 3);
	subsets(3, 5);
	subsets(5, 8);
	subsets(8, 8);
	assert_int_equal(shares_split(SHARE_BACKUP, 1, 3, secret, s),
	    ERR_USAGE);
	assert_int_equal(shares_split(SHARE_BACKUP, 4, 3, secret, s),
	    ERR_USAGE);
	assert_int_equal(shares_split(SHARE_BACKUP, 2, 9, secret, s),
	    ERR_USAGE);
}

static void
test_text(void **state)
{
	uint8_t secret[SHARE_SECRET];
	struct share s[SHARES_MAX], got;
	struct share_fault f;
	char text[SHARE_TEXT], qr[SHARE_QR], low[SHARE_TEXT];

	(void)state;
	for (unsigned n = 2; n <= SHARES_MAX; n++) {
		randombytes_buf(secret, sizeof secret);
		assert_int_equal(shares_split(n % 2 ? SHARE_BACKUP :
		    SHARE_IDENTITY, 2, n, secret, s), OK);
		for (unsigned i = 0; i < n; i++) {
			share_text(&s[i], text);
			assert_true(strlen(text) < sizeof text);
			assert_int_equal(share_parse(text, strlen(text), &got,
			    &f), OK);
			assert_memory_equal(&got, &s[i], sizeof got);
			share_qr(&s[i], qr);
			assert_int_equal(strspn(qr, "0123456789ABCDEFGHIJKLMN"
			    "OPQRSTUVWXYZ $%*+-./:"), strlen(qr));
			assert_int_equal(share_parse(qr, strlen(qr), &got, &f),
			    OK);
			assert_memory_equal(&got, &s[i], sizeof got);
			for (size_t c = 0; c <= strlen(text); c++) {
				low[c] = text[c] == '0' ? 'o' : text[c] == '1'
				    ? 'l' : text[c] >= 'A' ?
				    (char)(text[c] | 32) : text[c];
			}
			assert_int_equal(share_parse(low, strlen(low), &got,
			    &f), OK);
			assert_memory_equal(&got, &s[i], sizeof got);
		}
	}
	share_qr(&s[0], qr);
	qr[15] = '2';
	assert_int_equal(share_parse(qr, strlen(qr), &got, &f), ERR_VERSION);
	share_qr(&s[0], qr);
	assert_int_equal(share_parse(qr, strlen(qr) - 1, &got, &f),
	    ERR_FORMAT);
	strcat(qr, "0");
	assert_int_equal(share_parse(qr, strlen(qr), &got, &f), ERR_FORMAT);
}

/* One wrong character in every place: line, place and letter are named */
static void
slips(unsigned k, unsigned n)
{
	uint8_t secret[SHARE_SECRET];
	struct share s[SHARES_MAX], got;
	struct share_fault f;
	char text[SHARE_TEXT];
	int chance = 2;

	randombytes_buf(secret, sizeof secret);
	assert_int_equal(shares_split(SHARE_IDENTITY, k, n, secret, s), OK);
	share_text(&s[n - 1], text);
	for (size_t i = 0, line = 1, place = 0; text[i] != 0; i++) {
		char right = text[i];
		if (right == '\n') {
			line++;
			place = 0;
			continue;
		}
		if (right == ' ') {
			continue;
		}
		place++;
		for (unsigned l = 0; l < 32; l++) {
			if (letters[l] == right) {
				continue;
			}
			text[i] = letters[l];
			assert_int_equal(share_parse(text, strlen(text), &got,
			    &f), ERR_CRYPT);
			/* the line's own check fits, so the next one finds
			 * it: one slip in 2^20, of some thousands */
			if (f.line != line) {
				assert_true(chance-- > 0);
				assert_int_equal(f.line, line + 1);
				continue;
			}
			/* two explanations: at most one in many thousand */
			if (f.place != 0) {
				assert_int_equal(f.place, place);
				assert_int_equal(f.meant, right);
			}
		}
		text[i] = 'U';
		assert_int_equal(share_parse(text, strlen(text), &got, &f),
		    ERR_FORMAT);
		assert_int_equal(f.line, line);
		assert_int_equal(f.place, place);
		text[i] = right;
	}
	assert_int_equal(share_parse(text, strlen(text), &got, &f), OK);
}

static void
test_slips(void **state)
{
	(void)state;
	slips(2, 3);
	slips(3, 5);
}

/* How often the place is named: it must be nearly always */
static void
test_places_named(void **state)
{
	uint8_t secret[SHARE_SECRET] = {7};
	struct share s[3], got;
	struct share_fault f;
	char text[SHARE_TEXT];
	unsigned named = 0, all = 0;

	(void)state;
	assert_int_equal(shares_split(SHARE_IDENTITY, 2, 3, secret, s), OK);
	share_text(&s[0], text);
	for (size_t i = 0; text[i] != 0; i++) {
		char right = text[i];
		if (right == '\n' || right == ' ') {
			continue;
		}
		text[i] = right == 'Z' ? '7' : 'Z';
		assert_int_equal(share_parse(text, strlen(text), &got, &f),
		    ERR_CRYPT);
		named += f.place != 0;
		all++;
		text[i] = right;
	}
	assert_true(named * 100 >= all * 97);
	/* two swapped neighbours */
	for (size_t i = 0; text[i + 1] != 0; i++) {
		char a = text[i], b = text[i + 1];
		if (a <= ' ' || b <= ' ' || a == b) {
			continue;
		}
		text[i] = b;
		text[i + 1] = a;
		assert_int_equal(share_parse(text, strlen(text), &got, &f),
		    ERR_CRYPT);
		text[i] = a;
		text[i + 1] = b;
	}
}

static void
test_lines(void **state)
{
	uint8_t secret[SHARE_SECRET] = {3};
	struct share s[3], got;
	struct share_fault f;
	struct share_entry e;
	char text[SHARE_TEXT], other[SHARE_TEXT], *at, *line, *save = NULL;

	(void)state;
	assert_int_equal(shares_split(SHARE_BACKUP, 2, 3, secret, s), OK);
	share_text(&s[0], text);
	memset(&e, 0, sizeof e);
	assert_false(share_entry_done(&e));
	assert_int_equal(share_entry_line(&e, "0123", 4, &f), ERR_FORMAT);
	assert_int_equal(f.want, SHARE_LINE);
	assert_int_equal(f.got, 4);
	at = strdup(text);
	for (line = strtok_r(at, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save)) {
		assert_false(share_entry_done(&e));
		/* a slip does not spoil what was typed before */
		assert_int_equal(share_entry_line(&e, "zzzz", 4, &f),
		    ERR_FORMAT);
		assert_int_equal(share_entry_line(&e, line, strlen(line), &f),
		    OK);
	}
	free(at);
	assert_true(share_entry_done(&e));
	assert_int_equal(share_entry_line(&e, "0", 1, &f), ERR_USAGE);
	assert_int_equal(share_entry_end(&e, &got), OK);
	assert_memory_equal(&got, &s[0], sizeof got);
	/* the first line of one sheet, the rest of another */
	share_text(&s[1], other);
	memcpy(other, text, (size_t)(strchr(text, '\n') - text));
	assert_int_equal(share_parse(other, strlen(other), &got, &f),
	    ERR_CRYPT);
	assert_int_equal(f.line, 2);
}

static void
test_lying(void **state)
{
	uint8_t secret[SHARE_SECRET], again[SHARE_SECRET], got[SHARE_SECRET];
	struct share s[5], t[5], mix[5];
	struct shares_fault f;
	struct share_fault tf;
	struct share_entry e;
	struct share read;
	char text[SHARE_TEXT], set[SHARE_SET], other[SHARE_SET];

	(void)state;
	randombytes_buf(secret, sizeof secret);
	randombytes_buf(again, sizeof again);
	assert_int_equal(shares_split(SHARE_IDENTITY, 3, 5, secret, s), OK);
	for (unsigned liar = 0; liar < 5; liar++) {
		memcpy(mix, s, sizeof mix);
		mix[liar].data[31] ^= 1;
		assert_int_equal(shares_combine(mix, 5, got, &f),
		    ERR_SIGNATURE);
		assert_int_equal(f.what, SHARES_LYING);
		assert_int_equal(f.which, liar);
		/* printed anew with right checks, it is still named */
		share_text(&mix[liar], text);
		assert_int_equal(share_parse(text, strlen(text), &read, &tf),
		    ERR_SIGNATURE);
		/* who adapts the commitments too is of another set */
		memcpy(mix[liar].commit[liar], "forged!!", 8);
		assert_true(shares_combine(mix, 5, got, &f) != OK);
		assert_int_equal(f.which, liar);
	}
	memset(&e, 0, sizeof e);
	/* sheets of two ceremonies, of the same key or of another */
	for (unsigned same = 0; same < 2; same++) {
		assert_int_equal(shares_split(SHARE_IDENTITY, 3, 5,
		    same ? secret : again, t), OK);
		share_set(&s[0], set);
		share_set(&t[0], other);
		assert_string_not_equal(set, other);
		share_set(&s[4], other);
		assert_string_equal(set, other);
		mix[0] = s[0];
		mix[1] = t[1];
		mix[2] = s[2];
		assert_int_equal(shares_combine(mix, 3, got, &f),
		    ERR_CONFLICT);
		assert_int_equal(f.what, SHARES_MIXED);
		assert_int_equal(f.which, 1);
	}
	/* a backup share among identity shares */
	assert_int_equal(shares_split(SHARE_BACKUP, 3, 5, secret, t), OK);
	mix[0] = s[0];
	mix[1] = s[1];
	mix[2] = t[2];
	assert_int_equal(shares_combine(mix, 3, got, &f), ERR_CONFLICT);
	assert_int_equal(f.which, 2);
}

/* Chi-square of 256 bins against the uniform: 255 degrees of freedom, mean
 * 255, deviation 22.6. 400 is 6.4 deviations: once in ten thousand million. */
static void
uniform(const unsigned *bin, double total)
{
	double chi = 0;

	for (unsigned i = 0; i < 256; i++) {
		double d = bin[i] - total / 256;
		chi += d * d / (total / 256);
	}
	assert_true(chi < 400);
	assert_true(chi > 140);
}

/* k-1 shares of a fixed key: bytes, and pairs of them, are as if drawn */
static void
test_secrecy(void **state)
{
	static unsigned one[2][5][256], pair[2][5][5][256];
	struct share s[5];
	const unsigned rounds = 8000;

	(void)state;
	memset(one, 0, sizeof one);
	memset(pair, 0, sizeof pair);
	for (unsigned key = 0; key < 2; key++) {
		uint8_t secret[SHARE_SECRET];
		memset(secret, key == 0 ? 0 : 0xa5, sizeof secret);
		for (unsigned r = 0; r < rounds; r++) {
			assert_int_equal(shares_split(SHARE_IDENTITY, 3, 5,
			    secret, s), OK);
			for (unsigned b = 0; b < SHARE_SECRET; b++) {
				for (unsigned i = 0; i < 5; i++) {
					one[key][i][s[i].data[b]]++;
					for (unsigned j = 0; j < i; j++) {
						pair[key][i][j][s[i].data[b] ^
						    s[j].data[b]]++;
					}
				}
			}
		}
		for (unsigned i = 0; i < 5; i++) {
			uniform(one[key][i], rounds * SHARE_SECRET);
			for (unsigned j = 0; j < i; j++) {
				uniform(pair[key][i][j],
				    rounds * SHARE_SECRET);
			}
		}
	}
	/* The test can fail: three of three shares of k = 2 are dependent */
	memset(one, 0, sizeof one);
	for (unsigned r = 0; r < rounds; r++) {
		uint8_t secret[SHARE_SECRET] = {0};
		assert_int_equal(shares_split(SHARE_IDENTITY, 2, 3, secret,
		    s), OK);
		for (unsigned b = 0; b < SHARE_SECRET; b++) {
			one[0][0][s[0].data[b] ^ s[1].data[b] ^
			    s[2].data[b]]++;
		}
	}
	assert_int_equal(one[0][0][0], rounds * SHARE_SECRET);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_subsets),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_slips),
		cmocka_unit_test(test_places_named),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_lying),
		cmocka_unit_test(test_secrecy),
	};

	if (secret_setup() != OK) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
