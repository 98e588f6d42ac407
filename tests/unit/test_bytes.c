/* SPDX-License-Identifier: EUPL-1.2 */
/* Readers, buffers, hex, UTF-8 and escaping: every edge and every refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "meldluik/bytes.h"
#include "meldluik/html.h"
#include "meldluik/listed.h"

static void
reads_big_endian_to_the_exact_end(void **state)
{
	static const uint8_t in[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
	    14, 15, 'x', 'y'};
	struct reader r = reader_of(in, sizeof(in));
	char two[2];

	(void)state;
	assert_int_equal(reader_u8(&r), 1);
	assert_int_equal(reader_u16(&r), 0x0203);
	assert_int_equal(reader_u32(&r), 0x04050607);
	assert_true(reader_u64(&r) == 0x08090a0b0c0d0e0f);
	assert_false(reader_done(&r));
	reader_copy(&r, two, 2);
	assert_memory_equal(two, "xy", 2);
	assert_true(reader_done(&r));
	assert_int_equal(reader_take(&r, 0).len, 0);
	assert_true(reader_done(&r));
}

static void
reader_failure_is_sticky(void **state)
{
	static const uint8_t in[] = {1, 2, 3};
	struct reader r = reader_of(in, sizeof(in));
	uint8_t to[4] = {9, 9, 9, 9};
	struct bytes b;

	(void)state;
	assert_int_equal(reader_u32(&r), 0);
	assert_true(r.failed);
	assert_int_equal(reader_u8(&r), 0);
	reader_copy(&r, to, sizeof(to));
	assert_memory_equal(to, "\0\0\0\0", 4);
	b = reader_take(&r, 1);
	assert_null(b.p);
	assert_int_equal(b.len, 0);
	assert_false(reader_done(&r));
	r = reader_of(in, sizeof(in));
	assert_null(reader_take(&r, SIZE_MAX).p);
	assert_true(r.failed);
	r = reader_of(NULL, 0);
	assert_true(reader_done(&r));
	reader_u8(&r); /* nothing is left, and yet it is not done */
	assert_false(reader_done(&r));
}

static void
buffer_keeps_its_maximum(void **state)
{
	struct buf b = buf_new(10);

	(void)state;
	buf_text(&b, "12345678");
	buf_u16(&b, 0x6162);
	assert_false(b.failed);
	assert_string_equal(buf_cstr(&b), "12345678ab");
	assert_int_equal(b.len, 10);
	buf_u8(&b, 1);
	assert_true(b.failed);
	assert_int_equal(b.len, 10);
	assert_null(buf_cstr(&b));
	buf_clear(&b);
	assert_false(b.failed);
	buf_u64(&b, 0x0102030405060708);
	assert_memory_equal(b.p, "\1\2\3\4\5\6\7\10", 8);
	buf_zeros(&b, SIZE_MAX);
	assert_true(b.failed);
	assert_int_equal(b.len, 8);
	buf_free(&b);
	assert_null(b.p);
	b = buf_new(0);
	buf_put(&b, "", 0);
	assert_string_equal(buf_cstr(&b), "");
	buf_u8(&b, 0);
	assert_true(b.failed);
	buf_free(&b);
	b = buf_new(4);
	buf_text(&b, "12345");
	buf_u8(&b, 1); /* would fit, but comes after what did not */
	assert_int_equal(b.len, 0);
	buf_free(&b);
}

static void
secret_buffer_grows_and_is_wiped(void **state)
{
	struct buf b = buf_new_secret(1 << 16);

	(void)state;
	for (int i = 0; i < 5000; i++) {
		buf_u32(&b, (uint32_t)i);
	}
	assert_false(b.failed);
	assert_int_equal(b.len, 20000);
	assert_memory_equal(b.p + 4 * 4999, "\0\0\x13\x87", 4);
	buf_clear(&b);
	for (size_t i = 0; i < b.cap; i++) {
		assert_int_equal(b.p[i], 0);
	}
	buf_free(&b);
}

static void
hex_is_lowercase_and_exact(void **state)
{
	static const char *const bad[] = {"", "0", "000", "00ff0", "00FF",
	    "0g11", "00f ", "0x11", "00ff00"};
	uint8_t out[2] = {7, 7};
	char text[5];

	(void)state;
	assert_int_equal(hex_decode("00ff", out, 2), OK);
	assert_memory_equal(out, "\0\xff", 2);
	hex_encode(out, 2, text);
	assert_string_equal(text, "00ff");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(hex_decode(bad[i], out, 2), ERR_FORMAT);
		assert_memory_equal(out, "\0\xff", 2);
	}
	assert_int_equal(hex_decode("", out, 0), OK);
}

static void
utf8_refuses_what_is_not_canonical(void **state)
{
	static const char *const good[] = {"", "a", "\xc2\x80", "\xdf\xbf",
	    "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
	    "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "\xc3\xa9\xe2\x82\xac"};
	static const char *const bad[] = {"\x80", "\xbf", "\xc0\x80",
	    "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x9f\xbf", "\xe1\x80",
	    "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf",
	    "\xf0\x90\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
	    "\xff", "a\xfe"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_true(utf8_valid(good[i], strlen(good[i])));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_false(utf8_valid(bad[i], strlen(bad[i])));
	}
	assert_false(utf8_valid("a\0b", 3));
	/* the rest stands behind the end */
	assert_false(utf8_valid("\xc3\xa9", 1));
	assert_false(utf8_valid("\xe2\x82\xac", 2));
	assert_false(utf8_valid("\xf0\x9f\x98\x80", 3));
}

static void
escapes(const char *in, size_t len, const char *want)
{
	struct buf b = buf_new(256);

	html_text(&b, in, len);
	assert_string_equal(buf_cstr(&b), want);
	buf_free(&b);
}

static void
html_shows_and_never_obeys(void **state)
{
	(void)state;
	escapes("<a b=\"c\" d='e'>&amp;", 20,
	    "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;");
	escapes("a\tb\nc\r\x1b\x7f", 8, "a\tb\ncU+000DU+001BU+007F");
	escapes("a\0b", 3, "aU+0000b");
	escapes("\xe2\x80\xae" "fdp", 6, "U+202Efdp");
	escapes("\xe2\x81\xa6\xe2\x80\x8f\xd8\x9c", 8, "U+2066U+200FU+061C");
	escapes("\xe2\x80\x8e", 3, "U+200E");
	escapes("\xc2\x85", 2, "U+0085");
	escapes("\xc3\xa9\xf0\x9f\x98\x80", 6, "\xc3\xa9\xf0\x9f\x98\x80");
	escapes("\xc3<\xe2\x82>", 5,
	    "\xef\xbf\xbd&lt;\xef\xbf\xbd\xef\xbf\xbd&gt;");
}

static void
marks(const char *in, bool cell, const char *want)
{
	struct buf b = buf_new(256);

	markdown_text(&b, in, strlen(in), cell);
	assert_string_equal(buf_cstr(&b), want);
	buf_free(&b);
}

static void
markdown_shows_and_never_obeys(void **state)
{
	(void)state;
	marks("# a|b\n1. c", true, "\\# a\\|b 1\\. c");
	marks("===\n<b>[x](http://y)", false,
	    "\\=\\=\\=\n\\<b\\>\\[x\\]\\(http\\://y\\)");
	marks("\x1b[2J\xe2\x80\xae\xc3\xa9", true, "U+001B\\[2JU+202E\xc3\xa9");
	marks("a\xff", true, "a\xef\xbf\xbd");
}

static void
words_of_a_list(void **state)
{
	static const char *const list[] = {"one", "three", NULL, "four"};

	(void)state;
	assert_true(word_listed(list, "one"));
	assert_true(word_listed(list, "three"));
	assert_false(word_listed(list, "thre"));
	assert_false(word_listed(list, "three "));
	assert_false(word_listed(list, ""));
	assert_false(word_listed(list, "four"));
	assert_false(word_listed(list + 2, "one"));
}

static void
every_result_has_a_text(void **state)
{
	(void)state;
	for (int i = 0; i < ERR_COUNT; i++) {
		assert_string_not_equal(err_text((enum err)i),
		    err_text(ERR_COUNT));
	}
	assert_non_null(err_text((enum err)-1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_big_endian_to_the_exact_end),
	    cmocka_unit_test(reader_failure_is_sticky),
	    cmocka_unit_test(buffer_keeps_its_maximum),
	    cmocka_unit_test(secret_buffer_grows_and_is_wiped),
	    cmocka_unit_test(hex_is_lowercase_and_exact),
	    cmocka_unit_test(utf8_refuses_what_is_not_canonical),
	    cmocka_unit_test(words_of_a_list),
	    cmocka_unit_test(html_shows_and_never_obeys),
	    cmocka_unit_test(markdown_shows_and_never_obeys),
	    cmocka_unit_test(every_result_has_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
