/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a file is by its first bytes. Whatever starts as a program is called
 * one, whatever else it looks like; only text that can be shown is text.
 */
#include <stdlib.h>
#include <string.h>

#include "decryptor/filekind.h"
#include "meldluik/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static bool
starts(const uint8_t *p, size_t len, const char *magic)
{
	return len >= strlen(magic) && memcmp(p, magic, strlen(magic)) == 0;
}

/* Valid but for a character that the end cuts, and nothing that moves the
 * cursor of a terminal */
static bool
shown(const uint8_t *p, size_t len)
{
	size_t n = len;

	while (n > 0 && len - n < 3 && !utf8_valid(p, n)) {
		n--;
	}
	for (size_t i = 0; i < n; i++) {
		if (p[i] < ' ' && strchr("\n\r\t", p[i]) == NULL) {
			return false;
		}
	}
	return utf8_valid(p, n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static const char *const programs[] = {"MZ", "\x7f" "ELF", "#!",
		"[Desktop Entry]"};
	const struct filekind *k;
	bool program = false;

	len = len < FILEKIND_HEAD ? len : FILEKIND_HEAD;
	k = filekind_of(p, len);
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
		program |= starts(p, len, programs[i]);
	}
	if (program != (strncmp(k->word, "PROGRAM", 7) == 0) ||
	    (program && (!k->active || k->scrub))) {
		abort();
	}
	if (starts(p, len, "PK\x03\x04") && !k->active) {
		abort();
	}
	if (strcmp(k->ending, "txt") == 0 && (k->active || !shown(p, len) ||
	    memmem(p, len < 1024 ? len : 1024, "%PDF-", 5) != NULL ||
	    memmem(p, len < 1024 ? len : 1024, "<script", 7) != NULL)) {
		abort();
	}
	if (filekind_label(k->word, "nl")[0] == '\0') {
		abort();
	}
	return 0;
}
