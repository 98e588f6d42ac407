/* SPDX-License-Identifier: EUPL-1.2 */
/* A report that is read can be written, unless its thread is malformed or
 * notes (x_) made room; and then reads as the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "meldluik/report.h"
#include "meldluik/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static int ready;
	struct buf a = buf_new_secret(REPORT_JSON_MAX);
	struct buf b = buf_new_secret(REPORT_JSON_MAX);
	struct report *r = NULL, *again = NULL;
	enum err e;

	if (!ready && secret_setup() != OK) {
		abort();
	}
	ready = 1;
	if (report_parse(p, len, &r) == OK) {
		if (r->thread == THREAD_BAD) {
			r->thread = THREAD_NONE;
		}
		e = report_write(r, &a);
		if (e != OK && e != ERR_LIMIT) {
			abort();
		}
		if (e == OK && (report_parse(a.p, a.len, &again) != OK ||
		    report_write(again, &b) != OK || a.len != b.len ||
		    memcmp(a.p, b.p, a.len) != 0)) {
			abort();
		}
	}
	report_free(r);
	report_free(again);
	buf_free(&a);
	buf_free(&b);
	return 0;
}
