/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A header that is accepted has one writing: put together again from its
 * parts it is the same bytes. What follows it does not matter, and every
 * shorter piece of it asks for more.
 */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "../../keys/seal/age_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static void
must(bool so)
{
	if (!so) {
		abort();
	}
}

static void
line_again(struct buf *b, const uint8_t *p, size_t len)
{
	uint8_t raw[48];
	char text[65];

	if (len > 0) {
		must(age_base64((struct bytes){p, len}, raw, len * 3 / 4) ==
		    OK);
		sodium_bin2base64(text, sizeof(text), raw, len * 3 / 4,
		    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
		buf_text(b, text);
	}
	buf_text(b, "\n");
}

static void
stanza_again(struct buf *b, const struct age_stanza *st, const uint8_t *end)
{
	const uint8_t *p = st->body.p;
	size_t left = st->body.len, bytes = 0;

	buf_text(b, "-> ");
	buf_put(b, st->type.p, st->type.len);
	for (unsigned i = 0; i < st->nargs && i < 4; i++) {
		buf_text(b, " ");
		buf_put(b, st->args[i].p, st->args[i].len);
	}
	if (st->nargs > 4) {
		/* not kept by the parser: taken as they stand */
		const uint8_t *from = st->args[3].p + st->args[3].len;
		buf_put(b, from, (size_t)(p - 1 - from));
	}
	buf_text(b, "\n");
	while (left > 0) {
		const uint8_t *lf = memchr(p, '\n', left);
		must(lf != NULL && lf - p <= 64);
		line_again(b, p, (size_t)(lf - p));
		bytes += (size_t)(lf - p) * 3 / 4;
		left -= (size_t)(lf - p) + 1;
		p = lf + 1;
	}
	must(bytes == st->body_len && p <= end);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct age_header h, g;
	struct buf b = buf_new(AGE_HEADER_MAX);
	char mac[64];
	enum err e = age_header_parse(p, len, &h);

	if (e == ERR_BUSY) {
		must(len < AGE_HEADER_MAX);
	}
	if (e != OK) {
		return 0;
	}
	must(h.len <= len && h.len <= AGE_HEADER_MAX && h.stanzas > 0 &&
	    h.stanzas <= AGE_STANZAS_MAX);
	buf_text(&b, "age-encryption.org/v1\n");
	for (unsigned i = 0; i < h.stanzas; i++) {
		stanza_again(&b, &h.stanza[i], p + h.len);
	}
	buf_text(&b, "---");
	must(h.maced.p == p && h.maced.len == b.len);
	sodium_bin2base64(mac, sizeof(mac), h.mac, 32,
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	buf_text(&b, " ");
	buf_text(&b, mac);
	buf_text(&b, "\n");
	must(!b.failed && b.len == h.len && memcmp(b.p, p, h.len) == 0);
	must(age_header_parse(p, h.len, &g) == OK && g.len == h.len);
	for (size_t i = 0; i < h.len; i += 1 + h.len / 50) {
		must(age_header_parse(p, i, &g) == ERR_BUSY);
	}
	for (unsigned n = 1; n <= 4; n++) {
		if (age_header_all_hybrid(&h, n) == OK) {
			must(h.len == AGE_HEADER_LEN(n));
		}
	}
	buf_free(&b);
	return 0;
}
