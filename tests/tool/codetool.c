/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * For scripts: a code and what hangs from it, from test bytes.
 *
 *   codetool RAW ORG    text, mailbox, thread, tag key, message id; one a line
 */
#include <stdio.h>

#include "meldluik/code.h"
#include "meldluik/secret.h"

static void
line(const uint8_t *p, size_t len)
{
	char hex[65];

	hex_encode(p, len, hex);
	puts(hex);
}

int
main(int argc, char **argv)
{
	struct code c;
	struct code_keys k;
	uint8_t org[ORG_LEN];
	char text[CODE_TEXT];

	if (argc != 3 || secret_setup() != OK ||
	    hex_decode(argv[1], c.b, CODE_LEN) != OK ||
	    hex_decode(argv[2], org, ORG_LEN) != OK) {
		return 2;
	}
	code_text(&c, text);
	puts(text);
	code_derive(&c, org, &k);
	line(k.mailbox, sizeof(k.mailbox));
	line(k.thread, sizeof(k.thread));
	line(k.tag_key, sizeof(k.tag_key));
	line(k.message_id, sizeof(k.message_id));
	return 0;
}
