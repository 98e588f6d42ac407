/* SPDX-License-Identifier: EUPL-1.2 */
/* The figures of a confidential adviser: his JSON, well signed. */
#include "notes.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	if (notes_begin()) {
		notes_adviser(p, len);
	}
	return 0;
}
