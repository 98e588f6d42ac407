/* SPDX-License-Identifier: EUPL-1.2 */
/* The header parser: one text per refusal, limits, and incomplete input. */
#include "../../keys/seal/age_header.h"
#include "age_help.h"

#define INTRO "age-encryption.org/v1\n"
#define MAC "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
#define B64 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static enum err
parse(const char *s)
{
	struct age_header h;

	return age_header_parse((const uint8_t *)s, strlen(s), &h);
}

static void
accepts_what_the_format_allows(void **state)
{
	static const char *const good[] = {
	    INTRO "-> a\n\n" MAC,
	    INTRO "-> a\nAA\n" MAC,
	    INTRO "-> a b c d e f g\nAAAA\n" MAC,
	    INTRO "-> !~ ~!\n" B64 "\n\n" MAC,
	    INTRO "-> a\n" B64 "\nAAA\n" MAC,
	    INTRO "-> a\n\n-> a\n\n" MAC,
	    INTRO "-> ---\n\n" MAC,
	    INTRO "-> a\n\n" MAC "payload \n\r\x00"};
	struct age_header h;
	const char *s = INTRO "-> t one two three four five\n" B64 "\nAAA\n" MAC
	    "rest";

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_int_equal(parse(good[i]), OK);
	}
	assert_int_equal(age_header_parse((const uint8_t *)s, strlen(s), &h),
	    OK);
	assert_int_equal(h.stanzas, 1);
	assert_int_equal(h.stanza[0].nargs, 5);
	assert_int_equal(h.stanza[0].args[3].len, 4);
	assert_memory_equal(h.stanza[0].args[3].p, "four", 4);
	assert_int_equal(h.stanza[0].body_len, 50);
	assert_int_equal(h.len, strlen(s) - 4);
	assert_ptr_equal(h.maced.p, s);
	assert_memory_equal(h.maced.p + h.maced.len - 3, "---", 3);
}

static void
refuses_each_fault(void **state)
{
	static const struct {
		const char *why, *s;
	} bad[] = {
	    {"other version", "age-encryption.org/v2\n-> a\n\n" MAC},
	    {"CR after version", "age-encryption.org/v1\r\n-> a\n\n" MAC},
	    {"space before version", " " INTRO "-> a\n\n" MAC},
	    {"zero stanzas", INTRO MAC},
	    {"no space after the arrow", INTRO "->X25519 a\n\n" MAC},
	    {"no type", INTRO "-> \n\n" MAC},
	    {"no type, no space", INTRO "->\n\n" MAC},
	    {"two spaces", INTRO "-> a  b\n\n" MAC},
	    {"space at the end", INTRO "-> a \n\n" MAC},
	    {"space at the start", INTRO "->  a\n\n" MAC},
	    {"tab in an argument", INTRO "-> a\tb\n\n" MAC},
	    {"CR in an argument", INTRO "-> a\r\n\n" MAC},
	    {"DEL in an argument", INTRO "-> a\x7f\n\n" MAC},
	    {"8-bit argument", INTRO "-> a\xc3\xa9\n\n" MAC},
	    {"no body", INTRO "-> a\n" MAC},
	    {"full body line without an end", INTRO "-> a\n" B64 "\n" MAC},
	    {"long body line", INTRO "-> a\n" B64 "A\n\n" MAC},
	    {"long body line, whole groups", INTRO "-> a\n" B64 "AAAA\n" MAC},
	    {"padding", INTRO "-> a\nAA==\n" MAC},
	    {"one character too many", INTRO "-> a\nAAAAA\n" MAC},
	    {"leftover bits", INTRO "-> a\nAB\n" MAC},
	    {"leftover bits, two bytes", INTRO "-> a\nAAB\n" MAC},
	    {"URL alphabet", INTRO "-> a\nAA-_\n" MAC},
	    {"high bit on a plus", INTRO "-> a\nAAA\xab\n" MAC},
	    {"high bit on a slash", INTRO "-> a\nAAA\xaf\n" MAC},
	    {"space in a body", INTRO "-> a\nAA A\n" MAC},
	    {"CR in a body", INTRO "-> a\nAAA\r\n" MAC},
	    {"text between stanzas", INTRO "-> a\n\nx\n" MAC},
	    {"empty line", INTRO "-> a\n\n\n" MAC},
	    {"MAC without space", INTRO "-> a\n\n---" B64 "\n"},
	    {"MAC with two spaces", INTRO "-> a\n\n---  AAAAAAAAAAAAAAAAAAAAAAA"
	     "AAAAAAAAAAAAAAAAAAA\n"},
	    {"MAC after another letter", INTRO "-> a\n\n---_AAAAAAAAAAAAAAAAAAAA"
	     "AAAAAAAAAAAAAAAAAAAAAAA\n"},
	    {"no MAC", INTRO "-> a\n\n---\n"},
	    {"short MAC", INTRO "-> a\n\n--- AAAA\n"},
	    {"long MAC", INTRO "-> a\n\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	     "AAAAAAA\n"},
	    {"MAC with leftover bits", INTRO "-> a\n\n--- AAAAAAAAAAAAAAAAAAAAAAA"
	     "AAAAAAAAAAAAAAAAAAAB\n"},
	    {"MAC with a space after", INTRO "-> a\n\n--- AAAAAAAAAAAAAAAAAAAAAAA"
	     "AAAAAAAAAAAAAAAAAAAA \n"},
	    {"MAC with CR", INTRO "-> a\n\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	     "AAAAAAAAA\r\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (parse(bad[i].s) != ERR_FORMAT) {
			fail_msg("accepted or misnamed: %s", bad[i].why);
		}
	}
}

/* Each byte in each of the last places, as the decoder judges it */
static void
looking_up_agrees_with_decoding(void **state)
{
	uint8_t text[8], out[6];

	(void)state;
	for (size_t len = 0; len <= sizeof(text); len++) {
		for (size_t at = 0; at < (len == 0 ? 1 : len); at++) {
			for (unsigned v = 0; v < 256; v++) {
				struct bytes t = {text, len};
				memset(text, 'A', sizeof(text));
				text[at] = (uint8_t)v;
				assert_int_equal(age_base64_ok(t),
				    len % 4 != 1 &&
				    age_base64(t, out, len * 3 / 4) == OK);
			}
		}
	}
}

/* In every stanza's argument, at its begin, middle and end */
static void
hybrid_arguments_are_canonical(void **state)
{
	static const struct {
		size_t at;
		char c;
	} bad[] = {{0, '-'}, {700, '_'}, {1493, '='}, {1493, '@'},
	    {3, (char)0x7e}, {1493, 'B'}};
	struct buf b = age_help_seal(4, "x", 1);
	struct age_header h;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(age_header_parse(b.p, b.len, &h), OK);
		assert_int_equal(h.stanza[i].args[0].len,
		    AGE_HYBRID_ENC_TEXT);
		for (size_t k = 0; k < sizeof(bad) / sizeof(*bad); k++) {
			uint8_t *c = (uint8_t *)(uintptr_t)
			    h.stanza[i].args[0].p + bad[k].at, was = *c;
			*c = (uint8_t)bad[k].c;
			assert_int_equal(age_header_all_hybrid(&h, 4),
			    ERR_POLICY);
			*c = was;
		}
		assert_int_equal(age_header_all_hybrid(&h, 4), OK);
	}
	buf_free(&b);
}

/* A type is a whole word: neither its begin nor a longer one */
static void
types_are_whole_words(void **state)
{
	static const char *const other[] = {"s", "scryp", "scryptx", "Scrypt"};
	struct age_header h;
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++) {
		snprintf(text, sizeof(text), INTRO "-> %s\n\n" MAC, other[i]);
		assert_int_equal(age_header_parse((uint8_t *)text,
		    strlen(text), &h), OK);
		assert_false(age_stanza_is(&h.stanza[0], "scrypt"));
		assert_true(age_stanza_is(&h.stanza[0], other[i]));
	}
}

static void
every_cut_header_asks_for_more(void **state)
{
	struct buf b = age_help_seal(2, "x", 1);
	struct age_header h;

	(void)state;
	assert_int_equal(age_header_parse(b.p, b.len, &h), OK);
	assert_int_equal(h.len, AGE_HEADER_LEN(2));
	for (size_t i = 0; i < h.len; i++) {
		/* an exact copy, so that a sanitizer sees a read too far */
		uint8_t *cut = malloc(i + 1);
		struct age_header g;
		assert_non_null(cut);
		memcpy(cut, b.p, i);
		uint8_t *tight = realloc(cut, i > 0 ? i : 1);
		assert_non_null(tight);
		assert_int_equal(age_header_parse(tight, i, &g), ERR_BUSY);
		free(tight);
	}
	buf_free(&b);
}

static void
limits_hold(void **state)
{
	struct buf b = buf_new(1 << 20);

	(void)state;
	/* 16 stanzas and not 17 */
	for (unsigned n = AGE_STANZAS_MAX; n <= AGE_STANZAS_MAX + 1; n++) {
		struct age_header h;
		buf_clear(&b);
		buf_text(&b, INTRO);
		for (unsigned i = 0; i < n; i++) {
			buf_text(&b, "-> a\n\n");
		}
		buf_text(&b, MAC);
		assert_int_equal(age_header_parse(b.p, b.len, &h),
		    n == AGE_STANZAS_MAX ? OK : ERR_LIMIT);
	}
	/* 32 KiB and not one byte more */
	for (unsigned more = 0; more < 2; more++) {
		struct age_header h;
		size_t rest = strlen(INTRO "-> \n\n" MAC);
		buf_clear(&b);
		buf_text(&b, INTRO "-> ");
		for (size_t i = 0; i < AGE_HEADER_MAX - rest + more; i++) {
			buf_u8(&b, 'a');
		}
		buf_text(&b, "\n\n" MAC);
		assert_int_equal(b.len, AGE_HEADER_MAX + more);
		assert_int_equal(age_header_parse(b.p, b.len, &h),
		    more == 0 ? OK : ERR_LIMIT);
	}
	/* an endless line is a limit, not a wish for more */
	buf_clear(&b);
	buf_text(&b, INTRO "-> ");
	while (b.len < AGE_HEADER_MAX) {
		struct age_header h;
		buf_u8(&b, 'a');
		if (b.len == AGE_HEADER_MAX - 1) {
			assert_int_equal(age_header_parse(b.p, b.len, &h),
			    ERR_BUSY);
		}
	}
	struct age_header h;
	assert_int_equal(age_header_parse(b.p, b.len, &h), ERR_LIMIT);
	buf_free(&b);
}

static void
all_hybrid_is_exact(void **state)
{
	(void)state;
	for (unsigned n = 1; n <= 5; n++) {
		struct buf b = age_help_seal(n, "x", 1);
		struct age_header h;
		assert_int_equal(age_header_parse(b.p, b.len, &h), OK);
		assert_int_equal(h.len, AGE_HEADER_LEN(n));
		for (unsigned k = 0; k <= 6; k++) {
			assert_int_equal(age_header_all_hybrid(&h, k),
			    k == n ? OK : ERR_POLICY);
		}
		buf_free(&b);
	}
}

static void
other_stanzas_are_not_all_hybrid(void **state)
{
	struct buf b = age_help_seal(1, "x", 1);
	const char *at = (const char *)b.p + 22;
	struct buf c = buf_new(1 << 16);
	struct age_header h;

	(void)state;
	/* a grease stanza beside it */
	buf_text(&c, INTRO "-> grease\n\n");
	buf_put(&c, at, b.len - 22);
	assert_int_equal(age_header_parse(c.p, c.len, &h), OK);
	assert_int_equal(age_header_all_hybrid(&h, 1), ERR_POLICY);
	assert_int_equal(age_header_all_hybrid(&h, 2), ERR_POLICY);
	/* another letter case, of the same length */
	memcpy(b.p + 22 + 3, "MLKEM", 5);
	assert_int_equal(age_header_parse(b.p, b.len, &h), OK);
	assert_int_equal(age_header_all_hybrid(&h, 1), ERR_POLICY);
	buf_free(&b);
	buf_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(accepts_what_the_format_allows),
	    cmocka_unit_test(refuses_each_fault),
	    cmocka_unit_test(looking_up_agrees_with_decoding),
	    cmocka_unit_test(hybrid_arguments_are_canonical),
	    cmocka_unit_test(types_are_whole_words),
	    cmocka_unit_test(every_cut_header_asks_for_more),
	    cmocka_unit_test(limits_hold),
	    cmocka_unit_test(all_hybrid_is_exact),
	    cmocka_unit_test(other_stanzas_are_not_all_hybrid),
	};

	return cmocka_run_group_tests(tests, age_help_setup,
	    age_help_teardown);
}
