/* SPDX-License-Identifier: EUPL-1.2 */
/* public/papers.json, or the one that is given to a drill. */
#include "notes.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	if (notes_begin()) {
		notes_papers(p, len);
	}
	return 0;
}
