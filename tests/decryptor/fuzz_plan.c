/* SPDX-License-Identifier: EUPL-1.2 */
/* The plan of a forwarding, as people edit it, and the words it leaves out. */
#include "notes.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	if (notes_begin()) {
		notes_plan(p, len);
	}
	return 0;
}
