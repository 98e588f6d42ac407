/* SPDX-License-Identifier: EUPL-1.2 */
/* The note in a parcel of another desk: its JSON, well signed. */
#include "notes.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	if (notes_begin()) {
		notes_transfer(p, len);
	}
	return 0;
}
