/* SPDX-License-Identifier: EUPL-1.2 */
/* The weeks that another holder of the desk says are over: his JSON, well
 * signed. */
#include "notes.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	if (notes_begin()) {
		notes_weeks(p, len);
	}
	return 0;
}
