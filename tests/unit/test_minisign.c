/* SPDX-License-Identifier: EUPL-1.2 */
/* Signatures, keys, fingerprints, signed notes and SHA-256. Other programs
 * are asked in vectors/25-minisign.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "meldluik/minisign.h"
#include "meldluik/secret.h"

static const char doc[] = "{\"type\":\"meldluik-test\"}\n";
#define DOC_LEN (sizeof(doc) - 1)

static uint8_t seed[SIGN_SEED];
static struct sign_pk pk;
static struct sign_purpose why = { .purpose = "reply", .desk = 3 };

static struct buf
signed_doc(void)
{
	struct buf b = buf_new(SIGN_TEXT_MAX);

	assert_int_equal(sign_make(seed, &why, doc, DOC_LEN, &b), OK);
	return b;
}

static enum err
check(const char *sig, size_t len)
{
	return sign_check(&pk, &why, doc, DOC_LEN, sig, len);
}

static void
test_round_trip(void **state)
{
	struct buf b = signed_doc();
	struct sign_purpose other = why;
	struct sign_pk wrong;
	uint8_t fresh[SIGN_SEED];

	(void)state;
	assert_int_equal(check((char *)b.p, b.len), OK);
	assert_non_null(strstr(buf_cstr(&b), "trusted comment: meldluik "
	    "reply org=000102030405060708090a0b0c0d0e0f desk=3\n"));
	assert_true(b.len < SIGN_TEXT_MAX);

	other.purpose = "report";
	assert_int_equal(sign_check(&pk, &other, doc, DOC_LEN, b.p, b.len),
	    ERR_SIGNATURE);
	other = why;
	other.desk = 0;
	assert_int_equal(sign_check(&pk, &other, doc, DOC_LEN, b.p, b.len),
	    ERR_SIGNATURE);
	other = why;
	other.org[15] ^= 1;
	assert_int_equal(sign_check(&pk, &other, doc, DOC_LEN, b.p, b.len),
	    ERR_SIGNATURE);
	assert_int_equal(sign_check(&pk, &why, doc, DOC_LEN - 1, b.p, b.len),
	    ERR_SIGNATURE);
	sign_keypair(fresh, &wrong);
	assert_int_equal(sign_check(&wrong, &why, doc, DOC_LEN, b.p, b.len),
	    ERR_SIGNATURE);
	buf_free(&b);
}

/* The form that is derived once signs the same bytes */
static void
test_expanded_key_signs_alike(void **state)
{
	struct buf a = signed_doc(), b = buf_new(SIGN_TEXT_MAX);
	struct buf c = buf_new(1024), d = buf_new(1024);
	uint8_t sk[SIGN_SK];

	(void)state;
	sign_sk_of(seed, sk);
	assert_memory_equal(sk, seed, SIGN_SEED);
	assert_memory_equal(sk + SIGN_SEED, pk.pk, SIGN_PK);
	assert_int_equal(sign_make_sk(sk, &why, doc, DOC_LEN, &b), OK);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.p, b.p, a.len);
	assert_int_equal(note_make(seed, &why, doc, DOC_LEN, &c), OK);
	assert_int_equal(note_make_sk(sk, &why, doc, DOC_LEN, &d), OK);
	assert_int_equal(c.len, d.len);
	assert_memory_equal(c.p, d.p, c.len);
	assert_int_equal(note_make_sk(sk, &why, "", 0, &d), ERR_USAGE);
	buf_free(&a);
	buf_free(&b);
	buf_free(&c);
	buf_free(&d);
}

/* Any other byte anywhere but in the untrusted comment */
static void
test_every_changed_byte_is_refused(void **state)
{
	struct buf b = signed_doc();
	size_t from = strlen("untrusted comment: meldluik reply");

	(void)state;
	for (size_t i = from; i < b.len; i++) {
		uint8_t was = b.p[i];

		for (unsigned v = 0; v < 256; v++) {
			b.p[i] = (uint8_t)v;
			if (v != was) {
				assert_int_not_equal(check((char *)b.p,
				    b.len), OK);
			}
		}
		b.p[i] = was;
	}
	assert_int_equal(check((char *)b.p, b.len), OK);
	buf_free(&b);
}

static void
test_untrusted_comment_is_ignored(void **state)
{
	struct buf b = signed_doc(), c = buf_new(2048);
	const char *rest = strchr(buf_cstr(&b), '\n');

	(void)state;
	buf_text(&c, "untrusted comment: signature from somebody");
	buf_text(&c, rest);
	assert_int_equal(check((char *)c.p, c.len), OK);
	buf_clear(&c);
	buf_text(&c, "untrusted comment: ");
	for (int i = 0; i < 400; i++) {
		buf_u8(&c, 'a');
	}
	buf_text(&c, rest);
	assert_int_equal(check((char *)c.p, c.len), ERR_FORMAT);
	buf_free(&b);
	buf_free(&c);
}

/* Layouts that are no minisign file: each is the good one with one change */
static void
test_form(void **state)
{
	static const struct {
		const char *from, *to;
		enum err want;
	} change[] = {
		{ "untrusted comment: ", "comment: ", ERR_FORMAT },
		{ "untrusted comment: ", "\nuntrusted comment: ",
		    ERR_FORMAT },
		{ "\ntrusted comment: ", "\nTrusted comment: ", ERR_FORMAT },
		{ "\ntrusted comment: ", "\r\ntrusted comment: ",
		    ERR_FORMAT },
		{ "\ntrusted comment: ", "\n\ntrusted comment: ",
		    ERR_FORMAT },
		{ "\ntrusted comment: ", "=\ntrusted comment: ",
		    ERR_FORMAT },
		{ "\nRU", "\n RU", ERR_FORMAT },
		{ "\nRU", "\nRW", ERR_SIGNATURE }, /* "Ed": not prehashed */
		{ " desk=3", " desk=03", ERR_SIGNATURE },
		{ " desk=3", " desk=3 ", ERR_SIGNATURE },
		{ " desk=3", "", ERR_SIGNATURE },
		{ "desk=3\n", "desk=3\r\n", ERR_SIGNATURE },
	};
	struct buf b = signed_doc();
	const char *good = buf_cstr(&b);

	(void)state;
	for (size_t i = 0; i < sizeof(change) / sizeof(change[0]); i++) {
		struct buf c = buf_new(2048);
		const char *at = strstr(good, change[i].from);

		assert_non_null(at);
		buf_put(&c, good, (size_t)(at - good));
		buf_text(&c, change[i].to);
		buf_text(&c, at + strlen(change[i].from));
		assert_int_equal(check((char *)c.p, c.len), change[i].want);
		buf_free(&c);
	}
	for (size_t n = 0; n < b.len; n++) {
		assert_int_equal(check((char *)b.p, n), ERR_FORMAT);
	}
	buf_u8(&b, '\n');
	assert_int_equal(check((char *)b.p, b.len), ERR_FORMAT);
	buf_free(&b);
}

static void
test_key_text(void **state)
{
	char text[SIGN_KEY_TEXT], bad[SIGN_KEY_TEXT + 1];
	struct sign_pk got;
	struct buf file = buf_new(256);

	(void)state;
	sign_pk_text(&pk, text);
	assert_int_equal(strlen(text), SIGN_KEY_TEXT - 1);
	assert_int_equal(sign_pk_parse(text, &got), OK);
	assert_true(sign_pk_equal(&got, &pk));
	for (size_t i = 0; i < SIGN_KEY_TEXT - 1; i++) {
		memcpy(bad, text, sizeof(text));
		for (int v = 0; v < 256; v++) {
			bad[i] = (char)v;
			if (bad[i] != text[i]) {
				assert_int_equal(sign_pk_parse(bad, &got),
				    ERR_FORMAT);
			}
		}
	}
	memcpy(bad, text, sizeof(text));
	strcat(bad, "A");
	assert_int_equal(sign_pk_parse(bad, &got), ERR_FORMAT);
	assert_int_equal(sign_pk_file(&pk, &file), OK);
	assert_non_null(strstr(buf_cstr(&file), text));
	buf_free(&file);
}

/* A right key id around a point that is none, or of low order */
static void
test_key_points(void **state)
{
	static const struct {
		uint8_t first, last;
	} bad[] = {
		{ 0x00, 0x00 }, /* order 4 */
		{ 0x01, 0x00 }, /* neutral */
		{ 0x02, 0x00 }, /* not on the curve */
	};
	char text[SIGN_KEY_TEXT];
	struct sign_pk p, got;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(&p, 0, sizeof(p));
		p.pk[0] = bad[i].first;
		p.pk[31] = bad[i].last;
		sign_pk_text(&p, text);
		assert_int_equal(sign_pk_parse(text, &got), ERR_FORMAT);
	}
	memset(&p, 0xff, sizeof(p)); /* not canonical */
	sign_pk_text(&p, text);
	assert_int_equal(sign_pk_parse(text, &got), ERR_FORMAT);
}

static void
test_fingerprint(void **state)
{
	/* openssl's public key of the seed 00 01 .. 1f, Python's SHA-256 */
	static const char known[] =
	    "AS3N-N9TM-CD3M-R0M5-VXEV-YAYA-PWYT-CM9N";
	char text[FINGERPRINT_TEXT], typed[200];
	struct sign_pk other;
	uint8_t s[SIGN_SEED];
	size_t n = 0;

	(void)state;
	sign_fingerprint(&pk, text);
	assert_string_equal(text, known);
	assert_true(sign_fingerprint_is(&pk, text));
	for (size_t i = 0; text[i] != '\0'; i++) {
		typed[n++] = text[i] == '0' ? 'o' : text[i] == '1' ? 'l' :
		    (char)(text[i] >= 'A' ? text[i] | 32 : text[i]);
		typed[n++] = ' ';
	}
	typed[n] = '\0';
	assert_true(sign_fingerprint_is(&pk, typed));
	typed[0] = typed[0] == '2' ? '3' : '2';
	assert_false(sign_fingerprint_is(&pk, typed));
	assert_false(sign_fingerprint_is(&pk, ""));
	text[FINGERPRINT_TEXT - 2] = '\0';
	assert_false(sign_fingerprint_is(&pk, text));
	sign_keypair(s, &other);
	sign_fingerprint(&other, text);
	assert_false(sign_fingerprint_is(&pk, text));
}

static void
test_note(void **state)
{
	struct buf b = buf_new(4096);
	struct bytes sig, d;

	(void)state;
	assert_int_equal(note_make(seed, &why, doc, DOC_LEN, &b), OK);
	assert_int_equal(note_split(b.p, b.len, &sig, &d), OK);
	assert_int_equal(d.len, DOC_LEN);
	assert_memory_equal(d.p, doc, DOC_LEN);
	assert_int_equal(check((const char *)sig.p, sig.len), OK);

	size_t len = b.len;
	buf_zeros(&b, 100);
	assert_int_equal(note_split(b.p, b.len, &sig, &d), OK);
	assert_int_equal(d.len, DOC_LEN);
	b.p[b.len - 1] = 'x'; /* after a zero only zeros */
	assert_int_equal(note_split(b.p, b.len, &sig, &d), ERR_FORMAT);
	b.p[b.len - 1] = 0;
	for (size_t n = 0; n <= len - DOC_LEN; n++) {
		assert_int_equal(note_split(b.p, n, &sig, &d), ERR_FORMAT);
	}
	b.p[len - DOC_LEN - 1] = 'x'; /* the empty line */
	assert_int_equal(note_split(b.p, len, &sig, &d), ERR_FORMAT);
	b.p[len - DOC_LEN - 1] = '\n';
	b.p[3] = 0; /* a zero in the signature */
	assert_int_equal(note_split(b.p, len, &sig, &d), ERR_FORMAT);
	buf_clear(&b);
	assert_int_equal(note_make(seed, &why, "", 0, &b), ERR_USAGE);
	assert_int_equal(note_make(seed, &why, "a\0b", 3, &b), ERR_USAGE);
	buf_free(&b);
}

static void
test_sha256(void **state)
{
	/* FIPS 180-4 examples "abc" and the empty message */
	static const char abc[] = "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad";
	static const char none[] = "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855";
	struct hash_state *h = hash_new();
	uint8_t got[HASH_LEN];
	char hex[2 * HASH_LEN + 1];

	(void)state;
	hash_bytes("abc", 3, got);
	hex_encode(got, HASH_LEN, hex);
	assert_string_equal(hex, abc);
	for (int again = 0; again < 2; again++) {
		hash_write(h, "a", 1);
		hash_write(h, "bc", 2);
		hash_end(h, got);
		hex_encode(got, HASH_LEN, hex);
		assert_string_equal(hex, abc);
		hash_end(h, got);
		hex_encode(got, HASH_LEN, hex);
		assert_string_equal(hex, none);
	}
	hash_free(h);
	hash_free(NULL);
}

/* The minisign program gives its keys a random id */
static void
test_program_key(void **state)
{
	char text[SIGN_KEY_TEXT], again[SIGN_KEY_TEXT];
	struct sign_program_pk program;
	struct buf sig = signed_doc(), pub = buf_new(SIGN_TEXT_MAX);
	struct sign_pk strict;

	(void)state;
	sign_pk_text(&pk, text);
	assert_int_equal(sign_program_pk_parse(text, &program), OK);
	assert_int_equal(sign_program_check(&program, &why, doc, DOC_LEN,
	    sig.p, sig.len), OK);
	program.id[0] ^= 1;
	assert_int_equal(sign_program_check(&program, &why, doc, DOC_LEN,
	    sig.p, sig.len), ERR_SIGNATURE);
	sign_program_pk_text(&program, text);
	assert_int_equal(sign_pk_parse(text, &strict), ERR_FORMAT);
	assert_int_equal(sign_program_pk_parse(text, &program), OK);
	sign_program_pk_text(&program, again);
	assert_string_equal(text, again);

	assert_int_equal(sign_pk_file(&pk, &pub), OK);
	assert_int_equal(sign_program_pk_read(pub.p, pub.len, &program), OK);
	assert_memory_equal(program.key.pk, pk.pk, SIGN_PK);
	/* without its last LF, with more behind, without the comment */
	assert_int_equal(sign_program_pk_read(pub.p, pub.len - 1, &program),
	    ERR_FORMAT);
	buf_u8(&pub, '\n');
	assert_int_equal(sign_program_pk_read(pub.p, pub.len, &program),
	    ERR_FORMAT);
	assert_int_equal(sign_program_pk_read(text, strlen(text), &program),
	    ERR_FORMAT);
	buf_free(&sig);
	buf_free(&pub);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_program_key),
		cmocka_unit_test(test_expanded_key_signs_alike),
		cmocka_unit_test(test_every_changed_byte_is_refused),
		cmocka_unit_test(test_untrusted_comment_is_ignored),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_key_text),
		cmocka_unit_test(test_key_points),
		cmocka_unit_test(test_fingerprint),
		cmocka_unit_test(test_note),
		cmocka_unit_test(test_sha256),
	};

	if (secret_setup() != OK) {
		return 1;
	}
	for (unsigned i = 0; i < ORG_LEN; i++) {
		why.org[i] = (uint8_t)i;
	}
	for (unsigned i = 0; i < SIGN_SEED; i++) {
		seed[i] = (uint8_t)i;
	}
	sign_pk_of(seed, &pk);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
