/* SPDX-License-Identifier: EUPL-1.2 */
/* Sealing: sizes, pieces, zeros, threads, refusals, and that nothing repeats */
#include "age_help.h"

static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 131072, 200000,
    1 << 20, (1 << 20) + 1};
#define SIZES (sizeof(sizes) / sizeof(*sizes))

static uint8_t plain[(1 << 20) + 1];

static void
every_size_opens_for_every_recipient(void **state)
{
	(void)state;
	randombytes_buf(plain, sizeof(plain));
	for (size_t i = 0; i < SIZES; i++) {
		unsigned n = 1 + (unsigned)i % 4;
		struct buf b = age_help_seal(n, plain, sizes[i]);
		assert_true(b.len == age_sealed_size(n, sizes[i]));
		for (unsigned k = 0; k < AGE_HELP_IDS; k++) {
			struct buf out = buf_new(AGE_HELP_MAX);
			enum err e = age_open_buf(&help_id[k], 1, b.p, b.len,
			    &out);
			assert_int_equal(e, k < n ? OK : ERR_NO_MATCH);
			assert_int_equal(out.len, k < n ? sizes[i] : 0);
			if (k < n && sizes[i] > 0) {
				assert_memory_equal(out.p, plain, sizes[i]);
			}
			buf_free(&out);
		}
		buf_free(&b);
	}
}

static void
pieces_and_threads_change_nothing(void **state)
{
	static const size_t piece[] = {1021, 65536, 65537, 300000};

	(void)state;
	for (size_t i = 0; i < SIZES; i++) {
		for (unsigned t = 1; t <= 3; t++) {
			struct buf b = buf_new(AGE_HELP_MAX);
			struct buf out = buf_new(AGE_HELP_MAX);
			struct age_seal *s = NULL;
			size_t step = piece[(i + t) % 4];
			assert_int_equal(age_seal_new(help_to, 2,
			    age_help_take, &b, t, &s), OK);
			for (size_t k = 0; k < sizes[i]; k += step) {
				size_t n = sizes[i] - k;
				assert_int_equal(age_seal_write(s, plain + k,
				    n < step ? n : step), OK);
			}
			assert_true(age_seal_taken(s) == sizes[i]);
			assert_int_equal(age_seal_end(s), OK);
			assert_int_equal(age_seal_end(s), ERR_USAGE);
			assert_int_equal(age_seal_write(s, "x", 1),
			    ERR_USAGE);
			age_seal_free(s);
			assert_true(b.len == age_sealed_size(2, sizes[i]));
			assert_int_equal(age_help_open(1, b.p, b.len, step,
			    4 - t, &out), OK);
			assert_int_equal(out.len, sizes[i]);
			if (sizes[i] > 0) {
				assert_memory_equal(out.p, plain, sizes[i]);
			}
			buf_free(&out);
			buf_free(&b);
		}
	}
}

static void
zeros_need_no_copy(void **state)
{
	struct buf b = buf_new(AGE_HELP_MAX), out = buf_new(AGE_HELP_MAX);
	struct age_seal *s = NULL;

	(void)state;
	assert_int_equal(age_seal_new(help_to, 1, age_help_take, &b, 1, &s),
	    OK);
	assert_int_equal(age_seal_write(s, "abc", 3), OK);
	assert_int_equal(age_seal_zeros(s, 200000), OK);
	assert_int_equal(age_seal_write(s, "d", 1), OK);
	assert_true(age_seal_taken(s) == 200004);
	assert_int_equal(age_seal_end(s), OK);
	age_seal_free(s);
	assert_int_equal(age_help_open(0, b.p, b.len, b.len, 1, &out), OK);
	assert_int_equal(out.len, 200004);
	assert_memory_equal(out.p, "abc\0\0", 5);
	assert_true(sodium_is_zero(out.p + 3, 200000));
	assert_int_equal(out.p[200003], 'd');
	buf_free(&b);
	buf_free(&out);
}

static void
nothing_repeats(void **state)
{
	struct buf a = age_help_seal(1, plain, 1000);
	struct buf b = age_help_seal(1, plain, 1000);
	size_t same = 0;

	(void)state;
	assert_int_equal(a.len, b.len);
	for (size_t i = AGE_HEADER_LEN(1); i < a.len; i++) {
		same += a.p[i] == b.p[i];
	}
	assert_in_range(same, 0, 30);
	buf_free(&a);
	buf_free(&b);
}

static void
bad_recipients_are_refused_when_sealing(void **state)
{
	struct age_recipient r[2] = {help_to[0], help_to[1]}, many[17];
	struct buf b = buf_new(AGE_HELP_MAX);

	(void)state;
	r[1].pk[0] = 0xff; /* a coefficient over q */
	r[1].pk[1] |= 0x0f;
	assert_int_equal(age_seal_buf(r, 2, "x", 1, &b), ERR_FORMAT);
	assert_int_equal(b.len, 0);
	r[1] = help_to[1];
	memset(r[1].pk + 1184, 0, 32);
	assert_int_equal(age_seal_buf(r, 2, "x", 1, &b), ERR_FORMAT);
	assert_int_equal(b.len, 0);
	assert_int_equal(age_seal_buf(r, 0, "x", 1, &b), ERR_USAGE);
	for (unsigned i = 0; i < 17; i++) {
		many[i] = help_to[i % AGE_HELP_IDS];
	}
	assert_int_equal(age_seal_buf(many, 16, "x", 1, &b), OK);
	assert_int_equal(age_seal_buf(many, 17, "x", 1, &b), ERR_USAGE);
	buf_free(&b);
	b = buf_new(AGE_HEADER_LEN(1)); /* no room for what is in it */
	assert_int_equal(age_seal_buf(help_to, 1, "x", 1, &b), ERR_LIMIT);
	buf_free(&b);
}

struct full {
	size_t left;
};

static enum err
full_sink(void *arg, const uint8_t *p, size_t len)
{
	struct full *f = arg;

	(void)p;
	if (len > f->left) {
		return ERR_FULL;
	}
	f->left -= len;
	return OK;
}

static void
a_full_sink_ends_the_stream(void **state)
{
	struct full f = {100};
	struct age_seal *s = NULL;

	(void)state;
	assert_int_equal(age_seal_new(help_to, 1, full_sink, &f, 1, &s),
	    ERR_FULL);
	assert_null(s);
	f.left = 100000;
	assert_int_equal(age_seal_new(help_to, 1, full_sink, &f, 1, &s), OK);
	assert_int_equal(age_seal_write(s, plain, 300000), ERR_FULL);
	assert_int_equal(age_seal_write(s, plain, 1), ERR_FULL);
	assert_int_equal(age_seal_end(s), ERR_FULL);
	age_seal_free(s);
	age_seal_free(NULL);
}

static void
throwaways_differ_and_are_sound(void **state)
{
	struct age_recipient a, b;

	(void)state;
	assert_int_equal(age_recipient_throwaway(&a), OK);
	assert_int_equal(age_recipient_throwaway(&b), OK);
	assert_memory_not_equal(&a, &b, sizeof(a));
	assert_int_equal(age_recipient_check(&a), OK);
}

static void
passphrase_files(void **state)
{
	struct buf b = buf_new(AGE_HELP_MAX), out = buf_new(AGE_HELP_MAX);
	struct age_seal *s = NULL;
	struct age_header h;

	(void)state;
	assert_int_equal(age_seal_new_scrypt("pass word", 9, age_help_take, &b,
	    &s), OK);
	assert_int_equal(age_seal_write(s, plain, 70000), OK);
	assert_int_equal(age_seal_end(s), OK);
	age_seal_free(s);
	assert_int_equal(age_header_parse(b.p, b.len, &h), OK);
	assert_int_equal(h.stanza[0].nargs, 2);
	assert_memory_equal(h.stanza[0].args[1].p, "18", 2);
	assert_int_equal(age_open_buf_scrypt("pass word", 9, b.p, b.len,
	    &out), OK);
	assert_int_equal(out.len, 70000);
	assert_memory_equal(out.p, plain, 70000);
	assert_int_equal(age_open_buf_scrypt("pass word", 8, b.p, b.len,
	    &out), ERR_NO_MATCH);
	assert_int_equal(out.len, 70000);
	/* a key holder is told that it is not theirs */
	assert_int_equal(age_open_buf(help_id, 1, b.p, b.len, &out),
	    ERR_NO_MATCH);
	buf_free(&b);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_size_opens_for_every_recipient),
	    cmocka_unit_test(pieces_and_threads_change_nothing),
	    cmocka_unit_test(zeros_need_no_copy),
	    cmocka_unit_test(nothing_repeats),
	    cmocka_unit_test(bad_recipients_are_refused_when_sealing),
	    cmocka_unit_test(a_full_sink_ends_the_stream),
	    cmocka_unit_test(throwaways_differ_and_are_sound),
	    cmocka_unit_test(passphrase_files),
	};

	return cmocka_run_group_tests(tests, age_help_setup,
	    age_help_teardown);
}
