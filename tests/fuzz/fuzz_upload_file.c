/* SPDX-License-Identifier: EUPL-1.2 */
/* Head of an upload file: bounded, and never "more" past the limit. */
#include <stdlib.h>
#include <string.h>

#include "meldluik/envelope.h"

#define NEVER_OVER 4096u

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	uint8_t org[ORG_LEN];
	char epoch[9];
	uint64_t size;
	size_t used;
	enum err e = upload_file_parse(p, len, org, epoch, &size, &used);

	if (e == ERR_BUSY && len >= NEVER_OVER) {
		abort();
	}
	if (e == OK) {
		struct buf b = buf_new(NEVER_OVER);

		if (used > len || used > NEVER_OVER ||
		    envelope_size_check(size) != OK ||
		    strlen(epoch) != 8 ||
		    upload_file_head(org, epoch, size, &b) != OK) {
			abort();
		}
		buf_free(&b);
	}
	return 0;
}
