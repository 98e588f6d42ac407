/* SPDX-License-Identifier: EUPL-1.2 */
/* A code that is read is written as one text, which reads as that code. */
#include <stdlib.h>
#include <string.h>

#include "meldluik/code.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct code c, again;
	char text[CODE_TEXT];

	if (code_parse((const char *)p, len, &c) == OK) {
		code_text(&c, text);
		if (code_desk(&c) < 1 || code_desk(&c) > CODE_DESK_MAX ||
		    code_parse(text, strlen(text), &again) != OK ||
		    memcmp(&c, &again, sizeof(c)) != 0) {
			abort();
		}
	}
	/* and as a code whose check characters are right */
	if (len >= CODE_LEN) {
		memcpy(c.b, p, CODE_LEN);
		c.b[0] &= 63;
		code_text(&c, text);
		if (code_parse(text, strlen(text), &again) !=
		    (c.b[0] == 0 ? ERR_FORMAT : OK)) {
			abort();
		}
	}
	return 0;
}
