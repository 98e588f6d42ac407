/* SPDX-License-Identifier: EUPL-1.2 */
/* The note beside a backup for a deputy, which says by whom it is and what is
 * in it: his JSON, well signed. */
#include "notes.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	if (notes_begin()) {
		notes_deputy(p, len);
	}
	return 0;
}
