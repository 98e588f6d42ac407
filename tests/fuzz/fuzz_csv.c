/* SPDX-License-Identifier: EUPL-1.2 */
/* What csv_parse accepts, csv_put writes back to the same cells. */
#include <stdlib.h>
#include <string.h>

#include "meldluik/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct csv *a = NULL, *b = NULL;
	struct buf out = buf_new(8u << 20);

	if (csv_parse(p, len, &a, NULL) != OK) {
		goto out;
	}
	for (size_t c = 0; c < csv_columns(a); c++) {
		csv_put(&out, csv_header(a, c), c + 1 == csv_columns(a));
	}
	for (size_t r = 0; r < csv_rows(a); r++) {
		for (size_t c = 0; c < csv_columns(a); c++) {
			csv_put(&out, csv_cell(a, r, c),
			    c + 1 == csv_columns(a));
		}
	}
	if (out.failed) {
		goto out;
	}
	if (csv_parse(out.p, out.len, &b, NULL) != OK ||
	    csv_rows(a) != csv_rows(b) || csv_columns(a) != csv_columns(b)) {
		abort();
	}
	for (size_t r = 0; r < csv_rows(a); r++) {
		for (size_t c = 0; c < csv_columns(a); c++) {
			if (strcmp(csv_cell(a, r, c), csv_cell(b, r, c)) !=
			    0) {
				abort();
			}
		}
	}
out:
	csv_free(a);
	csv_free(b);
	buf_free(&out);
	return 0;
}
