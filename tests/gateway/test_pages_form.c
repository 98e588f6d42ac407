/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Forms as browsers send them, and as nobody should: one case for each rule
 * that refuses. Every body is fed whole, byte by byte and in odd pieces, and
 * must mean the same each time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "meldluik/secret.h"
#include "pages/form.h"

#define TYPE "multipart/form-data; boundary=x"
#define NAMED(name) "Content-Disposition: form-data; name=\"" name "\"\r\n"
#define FILED(name, file) "Content-Disposition: form-data; name=\"" name \
	"\"; filename=\"" file "\"\r\n"
#define PART(head, data) "--x\r\n" head "\r\n" data "\r\n"
#define END "--x--\r\n"
#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

struct seen {
	struct buf log;
	enum err answer; /* what data() returns */
};

static enum err
on_begin(void *arg, const struct form_part *p)
{
	struct seen *s = arg;

	buf_text(&s->log, "[");
	buf_text(&s->log, p->name);
	if (p->is_file) {
		buf_text(&s->log, "|");
		buf_text(&s->log, p->file_name);
	}
	if (p->type[0] != '\0') {
		buf_text(&s->log, ";");
		buf_text(&s->log, p->type);
	}
	buf_text(&s->log, "]");
	return OK;
}

static enum err
on_data(void *arg, const uint8_t *p, size_t len)
{
	struct seen *s = arg;

	buf_put(&s->log, p, len);
	return s->answer;
}

static enum err
on_end(void *arg)
{
	struct seen *s = arg;

	buf_text(&s->log, "/");
	return OK;
}

static const struct form_events events = { on_begin, on_data, on_end };

/* Feeds in pieces of 1, 2, ... ${step}, 1, ... bytes */
static enum err
feed(const char *type, const char *p, size_t len, size_t step,
    struct seen *s)
{
	struct form *f = NULL;
	enum err e = form_new(type, &events, s, &f);
	size_t at = 0, n = 0, piece;

	if (e != OK) {
		assert_null(f);
		return e;
	}
	while (at < len && e == OK) {
		piece = n++ % step + 1;
		if (step > 1000 || piece > len - at) {
			piece = len - at;
		}
		e = form_feed(f, (const uint8_t *)p + at, piece);
		at += piece;
	}
	e = form_end(f);
	assert_int_equal(form_feed(f, (const uint8_t *)"y", 1), e == OK ?
	    ERR_FORMAT : e);
	form_free(f);
	return e;
}

static void
check(const char *name, const char *p, size_t len, enum err want,
    const char *log)
{
	static const size_t steps[] = { 1001, 1, 2, 3, 7 };

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct seen s = { buf_new(1u << 20), OK };
		enum err e = feed(TYPE, p, len, steps[i], &s);
		const char *got = buf_cstr(&s.log);

		if (e != want || (log != NULL && strcmp(got, log) != 0)) {
			fail_msg("%s: error %d, log %s", name, (int)e, got);
		}
		buf_free(&s.log);
	}
}

static void
content_types(void **state)
{
	static const struct {
		const char *type;
		enum err want;
	} types[] = {
		{ NULL, ERR_FORMAT },
		{ "", ERR_FORMAT },
		{ "text/plain", ERR_FORMAT },
		{ "multipart/mixed; boundary=x", ERR_FORMAT },
		{ "multipart/form-data", ERR_FORMAT },
		{ "multipart/form-datax; boundary=x", ERR_FORMAT },
		{ "multipart/form-data boundary=x", ERR_FORMAT },
		{ "multipart/form-data; charset=utf-8", ERR_FORMAT },
		{ "multipart/form-data; boundary=", ERR_FORMAT },
		{ "multipart/form-data; boundary=\"\"", ERR_FORMAT },
		{ "multipart/form-data; boundary=\"x", ERR_FORMAT },
		{ "multipart/form-data; boundary=x\"", ERR_FORMAT },
		{ "multipart/form-data; boundary=x;", ERR_FORMAT },
		{ "multipart/form-data; boundary=x; boundary=x", ERR_FORMAT },
		{ "multipart/form-data; boundary=x ", ERR_FORMAT },
		{ "multipart/form-data; boundary=x@", ERR_FORMAT },
		{ "multipart/form-data; boundary=\xc3\xa9", ERR_FORMAT },
		{ "multipart/form-data; boundary=" TEN TEN TEN TEN TEN TEN
		    TEN "x", ERR_FORMAT },
		{ TYPE, OK },
		{ "Multipart/Form-Data ;  Boundary=\"x\"", OK },
	};
	static const char body[] = PART(NAMED("a"), "1") END;

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct seen s = { buf_new(4096), OK };

		if (feed(types[i].type, body, sizeof(body) - 1, 1001, &s) !=
		    types[i].want) {
			fail_msg("type %zu: %s", i, types[i].type);
		}
		buf_free(&s.log);
	}
}

#define LONG HUNDRED HUNDRED TEN TEN TEN TEN TEN /* 250 */

#define CASE(name, body, want, log) { name, body, sizeof(body) - 1, want, log }

static void
bodies(void **state)
{
	static const struct {
		const char *name, *body;
		size_t len;
		enum err want;
		const char *log;
	} cases[] = {
		/* good ones */
		CASE("one", PART(NAMED("a"), "1") END, OK, "[a]1/"),
		CASE("no line end after the close", PART(NAMED("a"), "1")
		    "--x--", OK, "[a]1/"),
		CASE("empty value", PART(NAMED("a"), "") END, OK, "[a]/"),
		CASE("two and a file", PART(NAMED("a"), "1") PART(FILED("b",
		    "c.txt") "Content-Type: text/plain\r\n", "\0\xff") END,
		    OK, NULL),
		CASE("names of headers in any case",
		    PART("content-disposition: FORM-data; name=\"a\"\r\n",
		    "1") END, OK, "[a]1/"),
		CASE("file without a name", PART(FILED("a", ""), "") END, OK,
		    "[a|]/"),
		CASE("a path", PART(FILED("a", "C:\\x\\y.txt"), "") PART(
		    FILED("b", "/etc/../z"), "") END, OK,
		    "[a|y.txt]/[b|z]/"),
		CASE("escapes of a name", PART(FILED("a", "q%22%0D%0A%41"),
		    "") END, OK, "[a|q\"\r\n%41]/"),
		CASE("file name of 256", PART(FILED("a", LONG "123456"), "1")
		    END, OK, "[a|" LONG "12345]1/"),
		CASE("letter at the end of the room", PART(FILED("a", LONG
		    "1234\xc3\xa9.txt"), "1") END, OK, "[a|" LONG "1234]1/"),
		CASE("type of 128 of a file", PART(FILED("a", "b")
		    "Content-Type: " HUNDRED TEN TEN "12345678\r\n", "1")
		    END, OK, "[a|b;application/octet-stream]1/"),
		CASE("what is nearly a boundary", PART(NAMED("a"),
		    "\r\n--\r\n--y\r\r\n-\r\n--\r") END, OK,
		    "[a]\r\n--\r\n--y\r\r\n-\r\n--\r/"),
		CASE("boundary not at a line's begin", PART(NAMED("a"),
		    "--x--") END, OK, "[a]--x--/"),
		/* the frame */
		CASE("nothing", "", ERR_FORMAT, ""),
		CASE("only a close", "--x--\r\n", ERR_FORMAT, ""),
		CASE("a line end first", "\r\n" PART(NAMED("a"), "1") END,
		    ERR_FORMAT, ""),
		CASE("a preamble", "hello\r\n" PART(NAMED("a"), "1") END,
		    ERR_FORMAT, ""),
		CASE("another boundary", "--y\r\n" NAMED("a") "\r\n1\r\n--y--",
		    ERR_FORMAT, ""),
		CASE("LF alone", "--x\n" NAMED("a") "\r\n1\r\n--x--",
		    ERR_FORMAT, ""),
		CASE("space after the boundary", "--x \r\n" NAMED("a")
		    "\r\n1\r\n--x--", ERR_FORMAT, ""),
		CASE("no close", PART(NAMED("a"), "1"), ERR_FORMAT, NULL),
		CASE("half a close", PART(NAMED("a"), "1") "--x-",
		    ERR_FORMAT, NULL),
		CASE("an epilogue", PART(NAMED("a"), "1") END "more",
		    ERR_FORMAT, "[a]1/"),
		CASE("two line ends", PART(NAMED("a"), "1") END "\r\n",
		    ERR_FORMAT, "[a]1/"),
		CASE("CR at the end", PART(NAMED("a"), "1") "--x--\r",
		    ERR_FORMAT, "[a]1/"),
		CASE("a part after the close", PART(NAMED("a"), "1") END
		    PART(NAMED("b"), "2") END, ERR_FORMAT, "[a]1/"),
		/* headers of a part */
		CASE("no header", "--x\r\n\r\n1\r\n--x--", ERR_FORMAT, ""),
		CASE("no disposition", PART("Content-Type: text/plain\r\n",
		    "1") END, ERR_FORMAT, ""),
		CASE("two dispositions", PART(NAMED("a") NAMED("b"), "1") END,
		    ERR_FORMAT, ""),
		CASE("two types", PART(NAMED("a") "Content-Type: a/b\r\n"
		    "Content-Type: a/b\r\n", "1") END, ERR_FORMAT, ""),
		CASE("transfer encoding", PART(NAMED("a")
		    "Content-Transfer-Encoding: base64\r\n", "1") END,
		    ERR_FORMAT, ""),
		CASE("no colon", PART(NAMED("a") "Hello\r\n", "1") END,
		    ERR_FORMAT, ""),
		CASE("LF in a header", PART(NAMED("a") "Content-Type: a\n\r\n",
		    "1") END, ERR_FORMAT, ""),
		CASE("folded", PART(NAMED("a") " more: x\r\n", "1") END,
		    ERR_FORMAT, ""),
		CASE("attachment", PART("Content-Disposition: attachment; "
		    "name=\"a\"\r\n", "1") END, ERR_FORMAT, ""),
		CASE("no name", PART("Content-Disposition: form-data; \r\n",
		    "1") END, ERR_FORMAT, ""),
		CASE("empty name", PART(NAMED(""), "1") END, ERR_FORMAT, ""),
		CASE("capital in a name", PART(NAMED("A"), "1") END,
		    ERR_FORMAT, ""),
		CASE("name not in quotes", PART("Content-Disposition: "
		    "form-data; name=a\r\n", "1") END, ERR_FORMAT, ""),
		CASE("quote not closed", PART("Content-Disposition: "
		    "form-data; name=\"a\r\n", "1") END, ERR_FORMAT, ""),
		CASE("NUL in a name", PART(NAMED("a\0b"), "1") END,
		    ERR_FORMAT, ""),
		CASE("name of 33", PART(NAMED(TEN TEN TEN "abc"), "1") END,
		    ERR_LIMIT, ""),
		CASE("name of 32", PART(NAMED(TEN TEN TEN "ab"), "1") END, OK,
		    "[" TEN TEN TEN "ab]1/"),
		CASE("an unknown parameter", PART("Content-Disposition: "
		    "form-data; name=\"a\"; size=\"1\"\r\n", "1") END,
		    ERR_FORMAT, ""),
		CASE("filename*", PART("Content-Disposition: form-data; "
		    "name=\"a\"; filename*=utf-8''b\r\n", "1") END,
		    ERR_FORMAT, ""),
		CASE("after the file name", PART("Content-Disposition: "
		    "form-data; name=\"a\"; filename=\"b\"; x=\"y\"\r\n",
		    "1") END, ERR_FORMAT, ""),
		CASE("file name no UTF-8", PART(FILED("a", "\xff"), "1") END,
		    ERR_POLICY, ""),
		CASE("type of 128", PART(NAMED("a") "Content-Type: " HUNDRED
		    TEN TEN "12345678\r\n", "1") END, ERR_LIMIT, ""),
		CASE("control in a type", PART(NAMED("a")
		    "Content-Type: a/\tb\r\n", "1") END, ERR_FORMAT, ""),
		CASE("non-ASCII in a type", PART(NAMED("a")
		    "Content-Type: a/\xc3\xa9\r\n", "1") END, ERR_FORMAT, ""),
		CASE("multipart in multipart", PART(NAMED("a")
		    "Content-Type: multipart/mixed\r\n", "1") END,
		    ERR_FORMAT, ""),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check(cases[i].name, cases[i].body, cases[i].len,
		    cases[i].want, cases[i].log);
	}
}

static void
limits(void **state)
{
	struct buf b = buf_new(1u << 20);
	char part[128];

	(void)state;
	/* headers of one part */
	buf_text(&b, "--x\r\n" NAMED("a") "Content-Type: ");
	while (b.len < FORM_HEADER_MAX + 64) {
		buf_text(&b, "a");
	}
	check("long header", (const char *)b.p, b.len, ERR_LIMIT, "");
	/* parts */
	buf_clear(&b);
	for (unsigned i = 1; i <= FORM_PARTS_MAX + 1; i++) {
		if (i == FORM_PARTS_MAX + 1) {
			size_t len = b.len;

			buf_text(&b, END);
			check("as many as allowed", (const char *)b.p, b.len,
			    OK, NULL);
			b.len = len;
		}
		(void)snprintf(part, sizeof(part), PART(NAMED("n%u"), "1"),
		    i);
		buf_text(&b, part);
	}
	buf_text(&b, END);
	check("one more", (const char *)b.p, b.len, ERR_LIMIT, NULL);
	buf_free(&b);
}

/* Cut anywhere, a form is never taken for a whole one */
static void
cuts(void **state)
{
	static const char body[] = PART(NAMED("a"), "1") PART(FILED("b",
	    "c"), "\r\n--y") "--x--";

	(void)state;
	for (size_t len = 0; len < sizeof(body) - 1; len++) {
		check("cut", body, len, ERR_FORMAT, NULL);
	}
	check("whole", body, sizeof(body) - 1, OK, "[a]1/[b|c]\r\n--y/");
}

static void
event_error_stops(void **state)
{
	static const char body[] = PART(NAMED("a"), "1") END;
	struct seen s = { buf_new(4096), ERR_FULL };

	(void)state;
	assert_int_equal(feed(TYPE, body, sizeof(body) - 1, 1, &s), ERR_FULL);
	assert_string_equal(buf_cstr(&s.log), "[a]1");
	buf_free(&s.log);
}

/* --- text fields --- */

static void
urlencoded(void **state)
{
	static const struct {
		const char *body;
		enum err want;
		const char *a; /* value of "a" */
	} cases[] = {
		{ "", OK, "" },
		{ "a=", OK, "" },
		{ "a=1&b=2", OK, "1" },
		{ "b=2&a=x%20y+z", OK, "x y z" },
		{ "a=%c3%A9", OK, "\xc3\xa9" },
		{ "a=1%0D%0A2%0D3%0A4", OK, "1\n2\n3\n4" },
		{ "a=b=c", OK, "b=c" },
		{ TEN TEN TEN "ab=1", OK, "" },
		{ TEN TEN TEN "abc=1", ERR_LIMIT, NULL },
		{ "a", ERR_FORMAT, NULL },
		{ "=1", ERR_FORMAT, NULL },
		{ "a=1&", ERR_FORMAT, NULL },
		{ "&a=1", ERR_FORMAT, NULL },
		{ "a=1&&b=2", ERR_FORMAT, NULL },
		{ "A=1", ERR_FORMAT, NULL },
		{ "%61=1", ERR_FORMAT, NULL },
		{ "a b=1", ERR_FORMAT, NULL },
		{ "a=%", ERR_FORMAT, NULL },
		{ "a=%4", ERR_FORMAT, NULL },
		{ "a=%4&b=1", ERR_FORMAT, NULL },
		{ "a=%zz", ERR_FORMAT, NULL },
		{ "a=x y", ERR_FORMAT, NULL },
		{ "a=x\n", ERR_FORMAT, NULL },
		{ "a=\xc3\xa9", ERR_FORMAT, NULL },
		{ "a=%ff", ERR_POLICY, NULL },
		{ "a=%c3", ERR_POLICY, NULL },
		{ "a=%00", ERR_POLICY, NULL },
		{ "a=%ed%a0%80", ERR_POLICY, NULL },
		{ "a=1&a=2", ERR_CONFLICT, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fields *f = fields_new();
		size_t n = strlen(cases[i].body);
		uint8_t *exact = malloc(n == 0 ? 1 : n);

		memcpy(exact, cases[i].body, n);
		if (form_urlencoded(exact, n, f) != cases[i].want ||
		    (cases[i].want == OK && (strcmp(fields_get(f, "a"),
		    cases[i].a) != 0 || fields_len(f, "a") !=
		    strlen(cases[i].a)))) {
			fail_msg("urlencoded: %s", cases[i].body);
		}
		free(exact);
		fields_free(f);
	}
}

static void
fields_limits(void **state)
{
	struct fields *f = fields_new();
	char name[FORM_NAME];
	uint8_t *much = malloc(FIELDS_BYTES + 1);

	(void)state;
	assert_non_null(much);
	memset(much, 'x', FIELDS_BYTES + 1);
	assert_int_equal(fields_grow(f, much, 1), ERR_USAGE);
	assert_int_equal(fields_end(f), ERR_USAGE);
	for (unsigned i = 0; i < FIELDS_MAX; i++) {
		(void)snprintf(name, sizeof(name), "n%u", i);
		assert_int_equal(fields_begin(f, name), OK);
		assert_int_equal(fields_begin(f, "other"), ERR_USAGE);
		assert_int_equal(fields_end(f), OK);
		assert_string_equal(fields_name(f, i), name);
	}
	assert_int_equal(fields_begin(f, "more"), ERR_LIMIT);
	assert_int_equal(fields_end(f), ERR_USAGE);
	assert_null(fields_name(f, FIELDS_MAX));
	fields_free(f);

	/* bytes: one is kept for the NUL of each */
	f = fields_new();
	assert_int_equal(fields_begin(f, "a"), OK);
	assert_int_equal(fields_grow(f, much, FIELDS_BYTES), ERR_LIMIT);
	assert_int_equal(fields_grow(f, much, FIELDS_BYTES - 1), OK);
	assert_int_equal(fields_grow(f, much, 1), ERR_LIMIT);
	assert_int_equal(fields_end(f), OK);
	assert_int_equal(fields_len(f, "a"), FIELDS_BYTES - 1);
	assert_int_equal(strlen(fields_get(f, "a")), FIELDS_BYTES - 1);
	assert_int_equal(fields_begin(f, "b"), ERR_LIMIT);
	fields_free(f);
	f = fields_new();
	assert_int_equal(form_urlencoded(NULL, 0, f), OK);
	assert_int_equal(form_urlencoded(much, FIELDS_BYTES + 1, f),
	    ERR_LIMIT);
	fields_free(f);
	free(much);
	fields_free(NULL);
	form_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(content_types),
		cmocka_unit_test(bodies),
		cmocka_unit_test(limits),
		cmocka_unit_test(cuts),
		cmocka_unit_test(event_error_stops),
		cmocka_unit_test(urlencoded),
		cmocka_unit_test(fields_limits),
	};

	if (secret_setup() != OK) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
