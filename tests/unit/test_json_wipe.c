/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A report's text passes through jansson's ordinary heap. What is claimed of
 * it: whatever jansson frees is wiped. Looked for here is a text in the whole
 * heap of this process after a report was read, written and freed. That the
 * search can see is shown by a copy of the text freed without wiping.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "meldluik/json.h"
#include "meldluik/report.h"
#include "meldluik/secret.h"
#include "own_heap.h"

#define MARK 24u
#define COPIES 40u /* of the mark in the text: longer than one small block */

/* The mark is worked out, so that no copy of it stands in the program */
static void
mark_make(char out[MARK])
{
	for (unsigned i = 0; i < MARK; i++) {
		out[i] = (char)('a' + (i * 7 + 3) % 26);
	}
}

/* How often the mark stands in the heap. Also finds it with its first 16
 * bytes gone, where free() wrote its links. */
static unsigned
heap_count(const char mark[MARK])
{
	char line[256];
	unsigned n = 0;
	FILE *f = fopen("/proc/self/maps", "r");

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		unsigned long from, to;

		if (strstr(line, "[heap]") == NULL ||
		    sscanf(line, "%lx-%lx", &from, &to) != 2) {
			continue;
		}
		for (const char *p = (const char *)from;
		    p + MARK - 16 <= (const char *)to; p++) {
			n += memcmp(p, mark + 16, MARK - 16) == 0;
		}
	}
	fclose(f);
	return n;
}

static void
report_leaves_nothing(void **state)
{
	(void)state;
	if (!OWN_HEAP) {
		skip();
	}
	struct report *r = report_new(), *again = NULL;
	struct buf doc = buf_new_secret(REPORT_JSON_MAX);
	char *mark = secret_new(MARK), *text = secret_new(MARK * COPIES);
	volatile char *leak; /* or the compiler drops the copy */

	mark_make(mark);
	for (unsigned i = 0; i < COPIES; i++) {
		memcpy(text + i * MARK, mark, MARK);
	}
	r->kind = REPORT_REPORT;
	r->desk = 1;
	strcpy(r->epoch, "2026-W48");
	strcpy(r->language, "nl");
	strcpy(r->relation, "not_said");
	assert_int_equal(report_answer_add(r, "what", text, MARK * COPIES),
	    OK);
	assert_int_equal(report_write(r, &doc), OK);
	assert_int_equal(report_parse(doc.p, doc.len, &again), OK);
	assert_memory_equal(again->answer[0].text, text, MARK * COPIES);
	report_free(r);
	report_free(again);
	/* one that is refused leaves nothing either */
	doc.p[doc.len - 1] = ' ';
	assert_int_not_equal(report_parse(doc.p, doc.len, &again), OK);
	buf_free(&doc);
	assert_int_equal(heap_count(mark), 0);

	leak = malloc(MARK * COPIES);
	assert_non_null(leak);
	for (unsigned i = 0; i < MARK * COPIES; i++) {
		leak[i] = text[i];
	}
	free((void *)(uintptr_t)leak);
	assert_true(heap_count(mark) > 0);
	secret_free(mark);
	secret_free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(report_leaves_nothing),
	};

	if (secret_setup() != OK) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
