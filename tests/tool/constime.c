/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Under valgrind: secret bytes are marked undefined, so that a branch or an
 * address made of them is reported (the method of ctgrind).
 *
 *   constime code      writing a code, deriving its keys: no report
 *   constime control   a table look-up on the same bytes: must be reported
 */
#include <stdio.h>
#include <string.h>

#if defined(__has_include)
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#define HAVE_MEMCHECK 1
#endif
#endif

#include "meldluik/code.h"
#include "meldluik/secret.h"

#ifdef HAVE_MEMCHECK
static volatile char sink;

static void
code(struct code *c)
{
	static const uint8_t org[ORG_LEN] = { 1 };
	char text[CODE_TEXT];
	struct code_keys k;

	VALGRIND_MAKE_MEM_UNDEFINED(c->b, CODE_LEN);
	code_text(c, text);
	code_derive(c, org, &k);
	VALGRIND_MAKE_MEM_DEFINED(text, sizeof(text));
	VALGRIND_MAKE_MEM_DEFINED(&k, sizeof(k));
	sink = (char)(text[0] ^ k.tag_key[0]);
}

static void
control(struct code *c)
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

	VALGRIND_MAKE_MEM_UNDEFINED(c->b, CODE_LEN);
	sink = letters[c->b[3] & 31];
}
#endif

int
main(int argc, char **argv)
{
#ifdef HAVE_MEMCHECK
	struct code c;

	if (argc != 2 || secret_setup() != OK || code_new(1, &c) != OK) {
		return 2;
	}
	if (strcmp(argv[1], "code") == 0) {
		code(&c);
		return 0;
	}
	if (strcmp(argv[1], "control") == 0) {
		control(&c);
		return 0;
	}
	return 2;
#else
	(void)argc;
	(void)argv;
	fputs("built without valgrind's headers\n", stderr);
	return 77;
#endif
}
