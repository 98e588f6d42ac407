/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * First byte chooses a table, the rest is its CSV file. What is imported
 * exports to the same rows, and the year's figures can be folded.
 */
#include <stdlib.h>
#include <string.h>

#include "meldluik/annual.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static struct profile *profile;
static struct holidays *days;

static void
reimport(const struct registry *a, enum register_table t)
{
	struct buf b = buf_new(8u << 20);
	struct registry *again = NULL;
	struct register_error why;

	registry_export(a, t, &b);
	if (b.failed || registry_new(profile, &again) != OK) {
		goto out;
	}
	if (registry_import(again, t, b.p, b.len, &why) != OK ||
	    registry_rows(again, t) != registry_rows(a, t)) {
		abort();
	}
	for (size_t i = 0; i < registry_rows(a, t); i++) {
		for (size_t c = 0; c < register_columns(t); c++) {
			if (strcmp(registry_cell(a, t, i, c),
			    registry_cell(again, t, i, c)) != 0) {
				abort();
			}
		}
	}
out:
	registry_free(again);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct register_error why = { 0 };
	struct registry *r = NULL;
	struct annual *a = NULL;
	enum register_table t;

	if (profile == NULL && (profile_builtin("nl", &profile) != OK ||
	    holidays_builtin(&days) != OK)) {
		abort();
	}
	if (len == 0 || registry_new(profile, &r) != OK) {
		return 0;
	}
	t = (enum register_table)(p[0] % TABLE_COUNT);
	if (registry_import(r, t, p + 1, len - 1, &why) == OK) {
		reimport(r, t);
		/* Whatever passes the checks has clocks and figures. */
		if (annual_new(profile, days, r, 2023, day_make(2024, 3, 1),
		    "nl", &a) != OK) {
			abort();
		}
	} else if (why.nl == NULL || why.line == 0 ||
	    registry_rows(r, t) != 0) {
		abort();
	}
	annual_free(a);
	registry_free(r);
	return 0;
}
