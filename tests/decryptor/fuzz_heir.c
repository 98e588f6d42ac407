/* SPDX-License-Identifier: EUPL-1.2 */
/* The note of a deputy who is to have backups: his JSON, well signed. */
#include "notes.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	if (notes_begin()) {
		notes_heir(p, len);
	}
	return 0;
}
