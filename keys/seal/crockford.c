/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Crockford base32. Codes are secret, so neither direction lets a character
 * choose a branch or an address; only separators, which carry nothing, do.
 */
#include <stdbool.h>

#include "crockford.h"
#include "meldluik/code.h"
#include "meldluik/secret.h"

/* All ones if a < b, else zero; both below 2^31 */
static uint32_t
mask_less(uint32_t a, uint32_t b)
{
	return 0u - ((a - b) >> 31);
}

static uint32_t
mask_within(uint32_t c, uint32_t low, uint32_t high)
{
	return ~mask_less(c, low) & ~mask_less(high, c);
}

/* 0-9, then A-Z without I, L, O and U */
static char
crockford_letter(uint32_t v)
{
	uint32_t c = '0' + v;

	c += mask_less(9, v) & ('A' - '0' - 10);
	c += mask_less(17, v) & 1;
	c += mask_less(19, v) & 1;
	c += mask_less(21, v) & 1;
	c += mask_less(26, v) & 1;
	return (char)c;
}

/* 0..31, or 255 for a character that is none of ours */
static uint32_t
crockford_value(uint32_t c)
{
	uint32_t digit, letter;

	c -= mask_within(c, 'a', 'z') & ('a' - 'A');
	c ^= (c ^ '0') & mask_within(c, 'O', 'O');
	c ^= (c ^ '1') & mask_within(c, 'I', 'I');
	c ^= (c ^ '1') & mask_within(c, 'L', 'L');
	digit = mask_within(c, '0', '9');
	letter = mask_within(c, 'A', 'Z') & ~mask_within(c, 'U', 'U');
	return (digit & (c - '0')) |
	    (letter & (c - 'A' + 10 - (mask_less('I', c) & 1) -
	    (mask_less('L', c) & 1) - (mask_less('O', c) & 1) -
	    (mask_less('U', c) & 1))) |
	    (~(digit | letter) & 255);
}

void
crockford_encode(const uint8_t *p, size_t len, char *out)
{
	uint32_t acc = 0;
	unsigned bits = 0;

	for (size_t i = 0; i < len; i++) {
		acc = (acc << 8 | p[i]) & 0xffff;
		bits += 8;
		while (bits >= 5) {
			bits -= 5;
			*out++ = crockford_letter(acc >> bits & 31);
		}
	}
	if (bits > 0) {
		*out++ = crockford_letter(acc << (5 - bits) & 31);
	}
	*out = '\0';
}

enum err
crockford_decode(const char *s, size_t len, uint8_t *out, size_t bits)
{
	static const uint32_t none;
	size_t want = bits / 5, n = 0;
	uint32_t acc = 0, bad = 0;
	unsigned have = 0;

	if (len > CROCKFORD_TYPED_MAX) {
		return ERR_FORMAT;
	}
	for (size_t i = 0; i < len; i++) {
		uint32_t v;

		if (crockford_separator(s[i])) {
			continue;
		}
		if (n++ == want) {
			return ERR_FORMAT;
		}
		v = crockford_value((uint8_t)s[i]);
		bad |= v & 224;
		acc = (acc << 5 | (v & 31)) & 0xffff;
		have += 5;
		if (have >= 8) {
			have -= 8;
			*out++ = (uint8_t)(acc >> have);
		}
	}
	if (n != want || !secret_equal(&bad, &none, sizeof(bad))) {
		return ERR_FORMAT;
	}
	if (have > 0) {
		*out = (uint8_t)(acc << (8 - have));
	}
	return OK;
}

void
crockford_group(const char *text, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && i % 4 == 0) {
			*out++ = '-';
		}
		*out++ = text[i];
	}
	*out = '\0';
}
