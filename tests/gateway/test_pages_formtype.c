/* SPDX-License-Identifier: EUPL-1.2 */
/* Content types, parameters and headers of a form that are wrong by one
 * character. Whole forms: test_pages_form.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "meldluik/secret.h"
#include "pages/form.h"

static enum err
on_begin(void *arg, const struct form_part *p)
{
	(void)arg;
	(void)p;
	return OK;
}

static enum err
on_data(void *arg, const uint8_t *p, size_t len)
{
	(void)arg;
	(void)p;
	(void)len;
	return OK;
}

static enum err
on_end(void *arg)
{
	(void)arg;
	return OK;
}

static const struct form_events events = {on_begin, on_data, on_end};

static enum err
type_judged(const char *type)
{
	struct form *f = NULL;
	enum err e = form_new(type, &events, NULL, &f);

	assert_true((e == OK) == (f != NULL));
	form_free(f);
	return e;
}

static void
types(void **state)
{
	static const char *const good[] = {
		"multipart/form-data; boundary=x",
		"multipart/form-data;boundary=x",
		"MULTIPART/FORM-DATA ; BOUNDARY=x",
		"multipart/form-data; boundary=0123456789",
		"multipart/form-data; boundary=azAZ'()+_,-./:=?",
		"multipart/form-data; boundary=\"azAZ\"",
	};
	static const char *const bad[] = {
		NULL, "", "multipart/form-dat4; boundary=x",
		"multipart/form-data, boundary=x",
		"multipart/form-data; boundari=x",
		"multipart/form-data; boundary:x",
		"multipart/form-data; boundary=",
		"multipart/form-data; boundary=\"\"",
		"multipart/form-data; boundary=\"x",
		"multipart/form-data; boundary=\"x'",
		"multipart/form-data; boundary=x y",
		"multipart/form-data; boundary=x;",
		"multipart/form-data; boundary=x@", "multipart/form-data; b",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		if (type_judged(good[i]) != OK) {
			fail_msg("refused: %s", good[i]);
		}
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (type_judged(bad[i]) != ERR_FORMAT) {
			fail_msg("taken: %s", bad[i]);
		}
	}
}

static enum err
fed(const char *body, size_t len)
{
	struct form *f = NULL;

	assert_int_equal(form_new("multipart/form-data; boundary=x", &events,
	    NULL, &f), OK);
	(void)form_feed(f, (const uint8_t *)body, len);
	enum err e = form_end(f);
	form_free(f);
	return e;
}

#define ONE(head) "--x\r\n" head "\r\n\r\n1\r\n--x--\r\n"
#define BODY(s) {s, sizeof(s) - 1}

static void
headers(void **state)
{
	static const struct {
		const char *p;
		size_t len;
	} good[] = {
		BODY(ONE("Content-Disposition: form-data; name=\"a\"")),
		BODY(ONE("Content-Disposition:form-data; name=\"a\"")),
		BODY(ONE("Content-Disposition: form-data; name=\"a\"; "
		    "filename=\"b\"\r\nContent-Type: a/b~")),
	}, bad[] = {
		BODY(ONE("Content-Disposition: form-dota; name=\"a\"")),
		BODY(ONE("Content-Disposition: form-data; nome=\"a\"")),
		BODY(ONE("Content-Disposition: form-data; name:\"a\"")),
		BODY(ONE("Content-Disposition: form-data; name='a\"")),
		BODY(ONE("Content-Disposition: form-data; name=\"a\",,"
		    "filename=\"b\"")),
		BODY(ONE("Content-Disposition: form-data; name=\"a\"; ")),
		BODY(ONE("Content-Disposition: form-data; name=\"a\";")),
		BODY(ONE("Content-Disposition: form-data; name=\"a\"; "
		    "filename=\"b\nc\"")),
		BODY(ONE("Content-Disposition: form-data; name=\"a\"; "
		    "filename=\"b\0c\"")),
		BODY(ONE("Content-Disposition: form-data; name=\"a\"\r\n"
		    "Content-Type: a\x7f")),
		BODY(ONE("Content-Disposition: form-data; name=\"a\"\r\n"
		    "Content-Type: \xc3\xa9")),
		BODY("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n"
		    "\r\n1\r\n--x--\r\n\n"),
		BODY("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n"
		    "\r\n1\r\n--x--\r\n\r"),
		BODY("--x\r\n\r\nContent-Disposition: form-data; "
		    "name=\"a\"\r\n\r\n1\r\n--x--"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		if (fed(good[i].p, good[i].len) != OK) {
			fail_msg("refused: %s", good[i].p);
		}
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (fed(bad[i].p, bad[i].len) != ERR_FORMAT) {
			fail_msg("taken: %s", bad[i].p);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types),
		cmocka_unit_test(headers),
	};

	return secret_setup() != OK ? 1 :
	    cmocka_run_group_tests(tests, NULL, NULL);
}
