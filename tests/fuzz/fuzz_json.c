/* SPDX-License-Identifier: EUPL-1.2 */
/* Whatever is read as JSON can be written, and read again as the same. */
#include <stdlib.h>

#include "meldluik/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct buf b = buf_new(1u << 20);
	json_t *o = NULL, *again = NULL;

	if (json_read(p, len, 65536, &o) == OK) {
		if (json_write(o, &b) != OK ||
		    json_read(b.p, b.len, 1u << 20, &again) != OK ||
		    json_equal(o, again) != 1) {
			abort();
		}
		json_decref(again);
		json_decref(o);
	}
	o = NULL;
	if (json_read_type(p, len, 65536, "test", &o) == OK) {
		json_decref(o);
	}
	buf_free(&b);
	return 0;
}
