/* SPDX-License-Identifier: EUPL-1.2 */
/* What the parsing child sends: whatever parses must write the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "decryptor/content.h"
#include "meldluik/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct buf b = buf_new(CONTENT_MAX);
	struct content *c = NULL;

	if (secret_setup() != OK) {
		return 0;
	}
	if (content_parse(p, len, &c) == OK) {
		if (content_write(c, &b) == OK &&
		    c->report->thread != THREAD_BAD &&
		    (b.len != len || memcmp(b.p, p, len) != 0)) {
			abort();
		}
	}
	content_free(c);
	buf_free(&b);
	return 0;
}
