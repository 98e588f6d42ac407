/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The input is a payload that somebody sealed rightly: the strict tar, the
 * order of members and report.json behind it. What is accepted gave exactly
 * the attachments it describes.
 */
#include <stdlib.h>

#include "../unit/seal_help.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

struct seen {
	unsigned last;
	uint64_t size[REPORT_ATTACHMENTS_MAX + 1];
};

static enum err
see(void *arg, unsigned number, const uint8_t *p, size_t len)
{
	struct seen *s = arg;

	(void)p;
	if (number < 1 || number > REPORT_ATTACHMENTS_MAX ||
	    number < s->last || len == 0) {
		abort();
	}
	s->last = number;
	s->size[number] += len;
	return OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static bool ready;
	struct buf b = buf_new(1u << 22);
	struct envelope_content got;
	struct seen s = { 0 };
	char fault[48];
	enum err e;

	if (!ready && help_setup() != OK) {
		abort();
	}
	ready = true;
	if (len > 1u << 20 ||
	    help_seal_raw(p, len, envelope_class(len), &b) != OK) {
		buf_free(&b);
		return 0;
	}
	e = help_open(0, b.p, b.len, 4099, see, &s, &got, fault);
	if ((e == OK) != (fault[0] == '\0')) {
		abort();
	}
	if (e == OK) {
		for (unsigned i = 0; i < got.report->attachments; i++) {
			if (got.report->attachment[i].size !=
			    s.size[i + 1]) {
				abort();
			}
		}
		envelope_content_free(&got);
	}
	buf_free(&b);
	if (secret_alive() != 0) {
		abort();
	}
	return 0;
}
