/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a guess at a keyring's passphrase costs. The KDF is counted where it
 * is called (linker option --wrap), so no clock decides: a wrong passphrase
 * pays for one whole KDF of the file's work factor, as a right one does, and
 * a file below the floor or above the limit is refused without any. What is
 * done beside the KDF is measured in processor time and is small against it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <sodium.h>

#include "meldluik/keyring.h"
#include "meldluik/secret.h"

#define RIGHT "juist paard batterij nietje"
#define ROUNDS 15

int __real_crypto_pwhash_scryptsalsa208sha256_ll(const uint8_t *pass,
    size_t len, const uint8_t *salt, size_t saltlen, uint64_t n, uint32_t r,
    uint32_t p, uint8_t *out, size_t outlen);
int __wrap_crypto_pwhash_scryptsalsa208sha256_ll(const uint8_t *pass,
    size_t len, const uint8_t *salt, size_t saltlen, uint64_t n, uint32_t r,
    uint32_t p, uint8_t *out, size_t outlen);

static struct {
	unsigned calls;
	uint64_t n;
	uint32_t r, p;
} kdf;
static struct buf file;

/* Counted, then done cheaply: the same for sealing and opening */
int
__wrap_crypto_pwhash_scryptsalsa208sha256_ll(const uint8_t *pass, size_t len,
    const uint8_t *salt, size_t saltlen, uint64_t n, uint32_t r, uint32_t p,
    uint8_t *out, size_t outlen)
{
	kdf.calls++;
	kdf.n = n;
	kdf.r = r;
	kdf.p = p;
	return __real_crypto_pwhash_scryptsalsa208sha256_ll(pass, len, salt,
	    saltlen, 2, 8, 1, out, outlen);
}

static int
setup(void **state)
{
	struct keyring *k;

	(void)state;
	assert_int_equal(secret_setup(), OK);
	k = keyring_new();
	strcpy(k->person, "anna");
	k->desk = 1;
	k->role = PERSON_HOLDER;
	for (int i = 0; i < 26; i++) {
		assert_int_equal(keyring_week_add(k, week_of(day_make(2026, 11,
		    24)) + 7 * i), OK);
	}
	file = buf_new(KEYRING_MAX);
	assert_int_equal(keyring_seal(k, RIGHT, strlen(RIGHT), &file), OK);
	keyring_free(k);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	buf_free(&file);
	return 0;
}

static enum err
try(const struct buf *f, const char *pass, size_t len)
{
	struct keyring *k = NULL;
	enum err e;

	memset(&kdf, 0, sizeof kdf);
	e = keyring_open(f->p, f->len, pass, len, &k);
	keyring_free(k);
	return e;
}

static void
whole_kdf_once(void)
{
	assert_int_equal(kdf.calls, 1);
	assert_int_equal(kdf.n, (uint64_t)1 << AGE_SCRYPT_WRITE);
	assert_int_equal(kdf.r, 8);
	assert_int_equal(kdf.p, 1);
}

static void
a_guess_pays_the_whole_kdf(void **state)
{
	static const char *const wrong[] = {"x", "juist paard batterij nietj",
		"juist paard batterij nietje ", "Juist paard batterij nietje",
		"heel andere woorden nu graag"};
	char lots[1024];

	(void)state;
	assert_int_equal(try(&file, RIGHT, strlen(RIGHT)), OK);
	whole_kdf_once();
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_int_equal(try(&file, wrong[i], strlen(wrong[i])),
		    ERR_NO_MATCH);
		whole_kdf_once();
	}
	memset(lots, 'a', sizeof lots);
	assert_int_equal(try(&file, lots, sizeof lots), ERR_NO_MATCH);
	whole_kdf_once();
}

/* The file with another work factor written in its header */
static struct buf
factor(const char *text)
{
	struct buf out = buf_new(KEYRING_MAX);
	const uint8_t *line = memchr(file.p, '\n', file.len),
	    *end = memchr(line + 1, '\n', 200);

	assert_memory_equal(end - 3, " 18", 3);
	buf_put(&out, file.p, (size_t)(end - 2 - file.p));
	buf_text(&out, text);
	buf_put(&out, end, file.len - (size_t)(end - file.p));
	return out;
}

static void
below_the_floor_costs_nothing(void **state)
{
	static const char *const bad[] = {"1", "10", "15", "21", "64", "018"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct buf f = factor(bad[i]);
		assert_int_not_equal(try(&f, RIGHT, strlen(RIGHT)), OK);
		assert_int_equal(kdf.calls, 0);
		buf_free(&f);
	}
	/* the check is not of the text: 16 is done, and then does not fit */
	struct buf f = factor("16");
	assert_int_not_equal(try(&f, RIGHT, strlen(RIGHT)), OK);
	assert_int_equal(kdf.calls, 1);
	assert_int_equal(kdf.n, 65536);
	buf_free(&f);
}

static double
cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
larger(const void *a, const void *b)
{
	return (*(const double *)a > *(const double *)b) -
	    (*(const double *)a < *(const double *)b);
}

static double
median_of(const char *pass)
{
	double ms[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		double start = cpu();
		(void)try(&file, pass, strlen(pass));
		ms[i] = cpu() - start;
	}
	qsort(ms, ROUNDS, sizeof *ms, larger);
	return ms[ROUNDS / 2];
}

static void
what_is_beside_the_kdf_is_small(void **state)
{
	double right = median_of(RIGHT), wrong = median_of("iets anders"),
	    start = cpu(), whole;
	static const uint8_t salt[16];
	uint8_t key[32];

	(void)state;
	assert_int_equal(__real_crypto_pwhash_scryptsalsa208sha256_ll(
	    (const uint8_t *)RIGHT, strlen(RIGHT), salt, sizeof salt,
	    (uint64_t)1 << AGE_SCRYPT_WRITE, 8, 1, key, sizeof key), 0);
	whole = cpu() - start;
	print_message("the KDF %.0f ms; beside it: right %.3f ms, wrong %.3f "
	    "ms (%.3f %% of it apart)\n", whole, right, wrong,
	    100 * (right - wrong) / whole);
	/* measured: some thousandths. A tenth is no slow day, it is a flaw */
	assert_true(right < whole / 10 && wrong < whole / 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_guess_pays_the_whole_kdf),
		cmocka_unit_test(below_the_floor_costs_nothing),
		cmocka_unit_test(what_is_beside_the_kdf_is_small),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
