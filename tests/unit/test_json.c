/* SPDX-License-Identifier: EUPL-1.2 */
/* Strict JSON: every vector, field access, writing, and wiping on free. */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "meldluik/json.h"
#include "meldluik/secret.h"
#include "own_heap.h"
#include "vector.h"

static const char *const allowed[] = { "type", "version", "a", NULL };

static void
one(const struct vector *v)
{
	json_t *o = NULL;
	enum err e = json_read_type(v->p, v->len, 4096, "test", &o);

	if (e == OK) {
		e = json_keys(o, allowed);
	}
	vector_check(v, e, "");
	json_decref(o);
}

static void
test_vectors(void **state)
{
	(void)state;
	assert_true(vector_each(TESTS_DIR "/vectors/json", one) > 70);
}

static void
test_every_cut_is_refused(void **state)
{
	static const char doc[] =
	    "{\"type\":\"test\",\"version\":1,\"a\":[\"\xc3\xa9\",{}]}";
	json_t *o = NULL;

	(void)state;
	for (size_t n = 0; n < sizeof(doc) - 1; n++) {
		char *cut = malloc(n + 1);

		memcpy(cut, doc, n);
		assert_int_equal(json_read(cut, n, 4096, &o), ERR_FORMAT);
		assert_null(o);
		free(cut);
	}
	assert_int_equal(json_read(doc, sizeof(doc) - 1, 4096, &o), OK);
	json_decref(o);
}

static void
test_fields(void **state)
{
	static const char doc[] = "{\"s\":\"abc\",\"e\":\"\",\"n\":7,"
	    "\"h\":\"00ff\",\"H\":\"00FF\",\"l\":[1,2],\"o\":{}}";
	json_t *o = NULL;
	const json_t *sub;
	const char *s = NULL;
	int64_t n = 0;
	uint8_t h[2];

	(void)state;
	assert_int_equal(json_read(doc, sizeof(doc) - 1, 4096, &o), OK);
	assert_int_equal(json_string_field(o, "s", 3, 3, &s), OK);
	assert_string_equal(s, "abc");
	assert_int_equal(json_string_field(o, "s", 4, 9, &s), ERR_FORMAT);
	assert_int_equal(json_string_field(o, "s", 0, 2, &s), ERR_FORMAT);
	assert_int_equal(json_string_field(o, "e", 1, 2, &s), ERR_FORMAT);
	assert_int_equal(json_string_field(o, "n", 0, 9, &s), ERR_FORMAT);
	assert_int_equal(json_string_field(o, "z", 0, 9, &s), ERR_FORMAT);
	assert_int_equal(json_int_field(o, "n", 7, 7, &n), OK);
	assert_int_equal(n, 7);
	assert_int_equal(json_int_field(o, "n", 8, 9, &n), ERR_FORMAT);
	assert_int_equal(json_int_field(o, "n", 0, 6, &n), ERR_FORMAT);
	assert_int_equal(json_int_field(o, "s", 0, 6, &n), ERR_FORMAT);
	assert_int_equal(json_hex_field(o, "h", h, 2), OK);
	assert_int_equal(h[1], 255);
	assert_int_equal(json_hex_field(o, "h", h, 1), ERR_FORMAT);
	assert_int_equal(json_hex_field(o, "H", h, 2), ERR_FORMAT);
	assert_int_equal(json_array_field(o, "l", 2, &sub), OK);
	assert_int_equal(json_array_field(o, "l", 1, &sub), ERR_FORMAT);
	assert_null(sub); /* json_array_foreach runs over it in a caller */
	assert_int_equal(json_array_field(o, "o", 1, &sub), ERR_FORMAT);
	assert_int_equal(json_object_field(o, "o", &sub), OK);
	assert_int_equal(json_object_field(o, "l", &sub), ERR_FORMAT);
	assert_null(sub);
	json_decref(o);
}

static void
test_write(void **state)
{
	struct buf out = buf_new(100), small = buf_new(10);
	json_t *o;

	(void)state;
	json_setup();
	o = json_pack("{s:s,s:i,s:[s]}", "z", "\xc3\xa9/\x01\x7f", "a", 1,
	    "m", "x");
	assert_int_equal(json_write(o, &out), OK);
	assert_string_equal(buf_cstr(&out),
	    "{\"z\":\"\xc3\xa9/\\u0001\x7f\",\"a\":1,\"m\":[\"x\"]}\n");
	assert_int_equal(json_write(o, &small), ERR_LIMIT);
	json_decref(o);
	buf_free(&out);
	buf_free(&small);
}

#if OWN_HEAP
/* jansson's memory must hold nothing after it was freed. Reads freed memory
 * on purpose, so not under a sanitizer. malloc keeps its own pointers in the
 * first 16 bytes of a free block. */
static void
test_freed_text_is_wiped(void **state)
{
	static const char doc[] = "{\"a\":\"GEHEIM-GEHEIM-GEHEIM-GEHEIM-"
	    "GEHEIM-GEHEIM-GEHEIM-GEHEIM-GEHEIM-GEHEIM-GEHEIM\"}";
	json_t *o = NULL;
	volatile const char *s;
	const char *borrowed;

	(void)state;
	assert_int_equal(json_read(doc, sizeof(doc) - 1, 4096, &o), OK);
	assert_int_equal(json_string_field(o, "a", 1, 99, &borrowed), OK);
	s = (volatile const char *)(uintptr_t)borrowed;
	assert_int_not_equal(s[40], 0);
	json_decref(o);
	for (int i = 16; i < 60; i++) {
		assert_int_equal(s[i], 0);
	}
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_every_cut_is_refused),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_write),
#if OWN_HEAP
		cmocka_unit_test(test_freed_text_is_wiped),
#endif
	};

	return secret_setup() != OK ? 1 :
	    cmocka_run_group_tests(tests, NULL, NULL);
}
