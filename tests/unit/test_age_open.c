/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Opening: mangled files of every kind are refused, recipients agree on what
 * is malformed, limits of the passphrase reader, the one-chunk reader.
 */
#include "age_help.h"

#define PLAIN 140000u
#define SEALED_CHUNK ((size_t)AGE_CHUNK + AGE_TAG)

static uint8_t plain[3 * AGE_CHUNK];

/* Fails the test if ${p} opens for either of the two recipients */
static void
refused(const uint8_t *p, size_t len, const char *what, size_t where)
{
	for (unsigned id = 0; id < 2; id++) {
		struct buf out = buf_new_secret(AGE_HELP_MAX);
		enum err e = age_open_buf(&help_id[id], 1, p, len, &out);
		if (e == OK || out.len != 0) {
			fail_msg("accepted: %s at %zu", what, where);
		}
		buf_free(&out);
	}
}

static void
every_truncation_is_refused(void **state)
{
	struct buf b = age_help_seal(2, plain, PLAIN);
	size_t header = AGE_HEADER_LEN(2), tried = 0;

	(void)state;
	for (size_t i = 0; i < b.len; i++) {
		bool border = (i - header - AGE_NONCE) % SEALED_CHUNK < 20;
		if (i <= header + AGE_NONCE + 40 || border ||
		    i % 997 == 0 || i + 20 > b.len) {
			refused(b.p, i, "truncated", i);
			tried++;
		}
	}
	assert_true(tried > 3300);
	buf_free(&b);
}

static void
every_flipped_bit_is_refused(void **state)
{
	struct buf b = age_help_seal(2, plain, PLAIN);
	size_t header = AGE_HEADER_LEN(2) + AGE_NONCE;

	(void)state;
	for (size_t i = 0; i < header; i++) {
		uint8_t bit = (uint8_t)(1u << i % 8);
		b.p[i] ^= bit;
		refused(b.p, b.len, "flipped", i);
		b.p[i] ^= bit;
	}
	for (unsigned i = 0; i < 200; i++) {
		size_t at = header + randombytes_uniform(
		    (uint32_t)(b.len - header));
		b.p[at] ^= 0x40;
		refused(b.p, b.len, "flipped", at);
		b.p[at] ^= 0x40;
	}
	buf_free(&b);
}

static void
moved_chunks_and_tails_are_refused(void **state)
{
	struct buf b = age_help_seal(2, plain, 3 * AGE_CHUNK);
	struct buf c = buf_new(AGE_HELP_MAX);
	const size_t start = AGE_HEADER_LEN(2) + AGE_NONCE;
	static const char order[][5] = {"102", "021", "210", "01", "12", "02",
	    "0112", "0012", "0122", "0120", "", "2", "0"};

	(void)state;
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		buf_clear(&c);
		buf_put(&c, b.p, start);
		for (const char *o = order[i]; *o != 0; o++) {
			buf_put(&c, b.p + start + (size_t)(*o - '0') *
			    SEALED_CHUNK, SEALED_CHUNK);
		}
		refused(c.p, c.len, order[i], i);
	}
	static const size_t tail[] = {1, 15, 16, 17, 32, 65535, 65552, 70000};
	for (size_t i = 0; i < sizeof(tail) / sizeof(*tail); i++) {
		buf_clear(&c);
		buf_put(&c, b.p, b.len);
		buf_zeros(&c, tail[i]);
		refused(c.p, c.len, "zeros appended", tail[i]);
		c.len = b.len;
		buf_put(&c, b.p, tail[i]);
		refused(c.p, c.len, "header appended", tail[i]);
	}
	buf_clear(&c);
	buf_put(&c, b.p, b.len);
	buf_put(&c, b.p, b.len);
	refused(c.p, c.len, "twice", 0);
	buf_free(&b);
	buf_free(&c);
}

static void
damage_in_a_threaded_batch_is_refused(void **state)
{
	static uint8_t big[20 * AGE_CHUNK];
	struct buf b = age_help_seal(1, big, sizeof(big));

	(void)state;
	for (unsigned t = 1; t <= 3; t++) {
		for (unsigned k = 0; k < 20; k++) {
			size_t at = AGE_HEADER_LEN(1) + AGE_NONCE +
			    k * SEALED_CHUNK + 77;
			struct buf out = buf_new_secret(AGE_HELP_MAX);
			b.p[at] ^= 1;
			assert_int_equal(age_help_open(0, b.p, b.len, 100000,
			    t, &out), ERR_CRYPT);
			/* whole authentic chunks only, all before the damage */
			assert_int_equal(out.len % AGE_CHUNK, 0);
			assert_true(out.len <= k * (size_t)AGE_CHUNK);
			assert_true(out.len == 0 ||
			    memcmp(out.p, big, out.len) == 0);
			buf_free(&out);
			b.p[at] ^= 1;
		}
	}
	buf_free(&b);
}

/* Replaces the body or the share of stanza ${n} by another text */
static struct buf
with_stanza(const struct buf *b, unsigned n, const char *stanza)
{
	struct buf c = buf_new(AGE_HELP_MAX);
	const size_t intro = 22, each = 1557;

	buf_put(&c, b->p, intro + n * each);
	buf_text(&c, stanza);
	buf_put(&c, b->p + intro + (n + 1) * each,
	    b->len - intro - (n + 1) * each);
	return c;
}

static void
malformed_stanzas_reject_for_everybody(void **state)
{
	static const char *const bad[] = {
	    "-> mlkem768x25519\nAAAA\n",
	    "-> mlkem768x25519 AAAA\n"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
	    "-> mlkem768x25519 AAAA BBBB\n"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
	    "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 18\n"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"};
	struct buf b = age_help_seal(3, "x", 1);

	(void)state;
	/* [good][malformed][good]: first, middle and last must agree */
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		for (unsigned n = 0; n < 3; n++) {
			struct buf c = with_stanza(&b, n, bad[i]);
			for (unsigned id = 0; id < 4; id++) {
				struct buf out = buf_new(100);
				assert_int_equal(age_open_buf(&help_id[id], 1,
				    c.p, c.len, &out), ERR_FORMAT);
				buf_free(&out);
			}
			buf_free(&c);
		}
	}
	/* a short body in an otherwise right stanza */
	struct buf c = buf_new(AGE_HELP_MAX);
	buf_put(&c, b.p, 22 + 1557 - 44);
	buf_text(&c, "AAAA\n");
	buf_put(&c, b.p + 22 + 1557, b.len - 22 - 1557);
	for (unsigned id = 0; id < 4; id++) {
		struct buf out = buf_new(100);
		assert_int_equal(age_open_buf(&help_id[id], 1, c.p, c.len,
		    &out), ERR_FORMAT);
		buf_free(&out);
	}
	buf_free(&c);
	buf_free(&b);
}

static void
an_added_unknown_stanza_breaks_the_mac(void **state)
{
	struct buf b = age_help_seal(1, "x", 1), c = buf_new(AGE_HELP_MAX);
	struct buf out = buf_new(100);

	(void)state;
	buf_put(&c, b.p, 22);
	buf_text(&c, "-> grease\n\n");
	buf_put(&c, b.p + 22, b.len - 22);
	assert_int_equal(age_open_buf(help_id, 1, c.p, c.len, &out),
	    ERR_CRYPT);
	buf_free(&b);
	buf_free(&c);
	buf_free(&out);
}

static void
five_recipients_open_in_any_pieces(void **state)
{
	/* headers of more than 4 KiB break readers with small buffers */
	struct buf b = age_help_seal(5, plain, 100);

	(void)state;
	for (size_t piece = 1; piece < 9000; piece = piece * 3 + 1) {
		struct buf out = buf_new(1000);
		assert_int_equal(age_help_open(4, b.p, b.len, piece, 1, &out),
		    OK);
		assert_int_equal(out.len, 100);
		buf_free(&out);
	}
	buf_free(&b);
}

static void
a_failed_stream_stays_failed(void **state)
{
	struct buf out = buf_new(100);
	struct age_open *o = NULL;

	(void)state;
	assert_int_equal(age_open_new(help_id, 1, age_help_take, &out, 1, &o),
	    OK);
	assert_int_equal(age_open_write(o, "nonsense\n", 9), ERR_FORMAT);
	assert_int_equal(age_open_write(o, "x", 1), ERR_FORMAT);
	assert_int_equal(age_open_end(o), ERR_FORMAT);
	assert_int_equal(age_open_end(o), ERR_USAGE);
	age_open_free(o);
	age_open_free(NULL);
	assert_int_equal(age_open_buf(help_id, 1, (const uint8_t *)"", 0,
	    &out), ERR_FORMAT);
	buf_free(&out);
}

static void
scrypt_factor_is_bounded_before_work(void **state)
{
	static const struct {
		const char *factor;
		enum err want;
	} t[] = {{"1", ERR_LIMIT}, {"10", ERR_LIMIT}, {"15", ERR_LIMIT},
	    {"16", ERR_NO_MATCH}, {"21", ERR_LIMIT}, {"23", ERR_LIMIT},
	    {"99", ERR_LIMIT}, {"0", ERR_FORMAT}, {"016", ERR_FORMAT},
	    {"+16", ERR_FORMAT}, {"0x10", ERR_FORMAT}, {"1e1", ERR_FORMAT},
	    {"-16", ERR_FORMAT}, {"18446744073709551634", ERR_FORMAT},
	    {"1/", ERR_FORMAT}, {"1:", ERR_FORMAT}, {"16 16", ERR_FORMAT}};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		struct buf b = buf_new(1000), out = buf_new(100);
		buf_text(&b, "age-encryption.org/v1\n"
		    "-> scrypt AAAAAAAAAAAAAAAAAAAAAA ");
		buf_text(&b, t[i].factor);
		buf_text(&b, "\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
		    "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
		enum err e = age_open_buf_scrypt("p", 1, b.p, b.len, &out);
		if (e != t[i].want) {
			fail_msg("factor %s: %s", t[i].factor, err_text(e));
		}
		buf_free(&b);
		buf_free(&out);
	}
}

static void
small_files(void **state)
{
	struct buf b = age_help_seal(1, plain, 6517), out = buf_new(70000);
	struct buf two = age_help_seal(2, plain, 10);
	struct buf big = age_help_seal(1, plain, AGE_CHUNK + 1);
	struct buf full = age_help_seal(1, plain, AGE_CHUNK);
	struct buf none = age_help_seal(1, plain, 0);

	(void)state;
	assert_int_equal(b.len, 8176);
	assert_int_equal(age_open_small(help_id[0], b.p, b.len, &out), OK);
	assert_int_equal(out.len, 6517);
	assert_memory_equal(out.p, plain, 6517);
	buf_clear(&out);
	assert_int_equal(age_open_small(help_id[1], b.p, b.len, &out),
	    ERR_NO_MATCH);
	assert_int_equal(age_open_small(help_id[0], two.p, two.len, &out),
	    ERR_POLICY);
	assert_int_equal(age_open_small(help_id[0], big.p, big.len, &out),
	    ERR_FORMAT);
	for (size_t i = 0; i < b.len; i += i < AGE_HEADER_LEN(1) ? 13 : 1) {
		enum err e = age_open_small(help_id[0], b.p, i, &out);
		if (e == OK || e == ERR_BUSY) {
			fail_msg("small file cut at %zu opened", i);
		}
	}
	b.p[b.len - 1] ^= 1;
	assert_int_equal(age_open_small(help_id[0], b.p, b.len, &out),
	    ERR_CRYPT);
	assert_int_equal(out.len, 0);
	assert_int_equal(age_open_small(help_id[0], none.p, none.len, &out),
	    OK);
	assert_int_equal(out.len, 0);
	assert_int_equal(age_open_small(help_id[0], full.p, full.len, &out),
	    OK);
	assert_int_equal(out.len, AGE_CHUNK);
	buf_free(&b);
	buf_free(&two);
	buf_free(&big);
	buf_free(&full);
	buf_free(&none);
	buf_free(&out);
}

/* After the end nothing is taken; and what does not fit is said */
static void
the_end_and_too_little_room(void **state)
{
	struct buf b = age_help_seal(1, "some text", 9);
	struct buf out = buf_new(100), small = buf_new(4);
	struct age_open *o = NULL;

	(void)state;
	assert_int_equal(age_open_new(help_id, 1, age_help_take, &out, 1, &o),
	    OK);
	assert_int_equal(age_open_write(o, b.p, b.len), OK);
	assert_int_equal(age_open_end(o), OK);
	assert_int_equal(age_open_write(o, b.p, 1), ERR_USAGE);
	assert_int_equal(age_open_end(o), ERR_USAGE);
	age_open_free(o);
	assert_int_equal(age_open_buf(help_id, 1, b.p, b.len, &small),
	    ERR_LIMIT);
	assert_int_equal(small.len, 0);
	buf_free(&b);
	buf_free(&out);
	buf_free(&small);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_end_and_too_little_room),
	    cmocka_unit_test(every_truncation_is_refused),
	    cmocka_unit_test(every_flipped_bit_is_refused),
	    cmocka_unit_test(moved_chunks_and_tails_are_refused),
	    cmocka_unit_test(damage_in_a_threaded_batch_is_refused),
	    cmocka_unit_test(malformed_stanzas_reject_for_everybody),
	    cmocka_unit_test(an_added_unknown_stanza_breaks_the_mac),
	    cmocka_unit_test(five_recipients_open_in_any_pieces),
	    cmocka_unit_test(a_failed_stream_stays_failed),
	    cmocka_unit_test(scrypt_factor_is_bounded_before_work),
	    cmocka_unit_test(small_files),
	};

	randombytes_buf(plain, sizeof(plain));
	return cmocka_run_group_tests(tests, age_help_setup,
	    age_help_teardown);
}
