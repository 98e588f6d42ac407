/* SPDX-License-Identifier: EUPL-1.2 */
/* A share that is read is written as one text, which reads as that share; a
 * line is never half taken. */
#include <stdlib.h>
#include <string.h>

#include "meldluik/secret.h"
#include "meldluik/shares.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct share s[SHARES_MAX], again;
	struct share_entry e;
	struct share_fault f;
	char text[SHARE_TEXT];
	uint8_t secret[SHARE_SECRET];

	if (share_parse((const char *)p, len, &s[0], &f) == OK) {
		share_text(&s[0], text);
		if (share_parse(text, strlen(text), &again, &f) != OK ||
		    memcmp(&again, &s[0], sizeof again) != 0) {
			abort();
		}
	}
	memset(&e, 0, sizeof e);
	for (size_t i = 0; i < len && !share_entry_done(&e);) {
		size_t n = p[i] % 40u;
		unsigned before = e.lines;
		n = n < len - i - 1 ? n : len - i - 1;
		if ((share_entry_line(&e, (const char *)p + i + 1, n, &f) ==
		    OK) != (e.lines == before + 1)) {
			abort();
		}
		i += n + 1;
	}
	/* and a share whose checks are right, with one byte of it changed */
	if (len >= SHARE_SECRET + 2) {
		unsigned n = 2 + p[0] % 7u, at;
		memcpy(secret, p + 2, SHARE_SECRET);
		if (shares_split(SHARE_BACKUP, 2, n, secret, s) != OK) {
			abort();
		}
		share_text(&s[0], text);
		at = p[1] % (unsigned)strlen(text);
		text[at] = (char)p[len - 1];
		if (share_parse(text, strlen(text), &again, &f) == OK &&
		    memcmp(&again, &s[0], sizeof again) != 0) {
			abort();
		}
	}
	return 0;
}
