/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bech32 for age recipients and identities. No table is indexed by data and
 * no branch depends on it: an identity is a secret.
 */
#include <stdint.h>
#include <string.h>

#include "bech32.h"
#include "meldluik/secret.h"

static const char bech32_letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static uint32_t
bech32_step(uint32_t c, uint32_t v)
{
	uint32_t top = c >> 25;

	c = (c & 0x1ffffff) << 5 ^ v;
	c ^= -(top & 1) & 0x3b6a57b2;
	c ^= -(top >> 1 & 1) & 0x26508e6d;
	c ^= -(top >> 2 & 1) & 0x1ea119fa;
	c ^= -(top >> 3 & 1) & 0x3d4233dd;
	c ^= -(top >> 4 & 1) & 0x2a1462b3;
	return c;
}

static uint32_t
bech32_start(const char *hrp)
{
	uint32_t c = 1;

	for (const char *p = hrp; *p != 0; p++) {
		c = bech32_step(c, (uint8_t)*p >> 5);
	}
	c = bech32_step(c, 0);
	for (const char *p = hrp; *p != 0; p++) {
		c = bech32_step(c, *p & 31);
	}
	return c;
}

/* All 32 letters are looked at, whatever ${v} is */
static char
bech32_letter(uint32_t v, int upper)
{
	uint32_t c = 0;

	for (uint32_t i = 0; i < 32; i++) {
		uint32_t same = ((i ^ v) - 1) >> 31;
		c |= -same & (uint8_t)bech32_letters[i];
	}
	/* letters, not digits, have bit 6 */
	c ^= (c >> 6 & 1) << 5 & -(uint32_t)(upper != 0);
	return (char)c;
}

/* 0..31, or over 31 if ${c} is no letter of the alphabet */
static uint32_t
bech32_value(uint8_t c, int upper)
{
	uint32_t v = 0, found = 0;

	for (uint32_t i = 0; i < 32; i++) {
		uint32_t l = (uint8_t)bech32_letters[i];
		l ^= (l >> 6 & 1) << 5 & -(uint32_t)(upper != 0);
		uint32_t same = ((l ^ c) - 1) >> 31;
		v |= -same & i;
		found |= same;
	}
	return v | (1 - found) << 5;
}

void
bech32_encode(const char *hrp, const uint8_t *p, size_t len, int upper,
    char *out)
{
	uint32_t c = bech32_start(hrp), acc = 0;
	unsigned bits = 0;

	for (; *hrp != 0; hrp++) {
		char h = *hrp;
		*out++ = upper && h >= 'a' && h <= 'z' ? (char)(h - 32) : h;
	}
	*out++ = '1';
	for (size_t i = 0; i < len; i++) {
		acc = acc << 8 | p[i];
		bits += 8;
		while (bits >= 5) {
			bits -= 5;
			uint32_t v = acc >> bits & 31;
			c = bech32_step(c, v);
			*out++ = bech32_letter(v, upper);
		}
	}
	if (bits > 0) {
		uint32_t v = acc << (5 - bits) & 31;
		c = bech32_step(c, v);
		*out++ = bech32_letter(v, upper);
	}
	for (int i = 0; i < 6; i++) {
		c = bech32_step(c, 0);
	}
	c ^= 1;
	for (int i = 0; i < 6; i++) {
		*out++ = bech32_letter(c >> (5 * (5 - i)) & 31, upper);
	}
	*out = 0;
}

enum err
bech32_decode(const char *hrp, const char *s, size_t slen, int upper,
    uint8_t *out, size_t len)
{
	static const uint32_t none;
	size_t hlen = strlen(hrp), digits = (8 * len + 4) / 5;
	uint32_t c = bech32_start(hrp), acc = 0, bad = 0;
	unsigned bits = 0;
	size_t n = 0;

	if (slen != hlen + 1 + digits + 6 || s[hlen] != '1') {
		return ERR_FORMAT;
	}
	for (size_t i = 0; i < hlen; i++) {
		char h = hrp[i];
		h = upper && h >= 'a' && h <= 'z' ? (char)(h - 32) : h;
		bad |= (uint8_t)(h ^ s[i]);
	}
	for (size_t i = 0; i < digits + 6; i++) {
		uint32_t v = bech32_value((uint8_t)s[hlen + 1 + i], upper);
		bad |= v >> 5;
		c = bech32_step(c, v & 31);
		if (i >= digits) {
			continue;
		}
		acc = acc << 5 | (v & 31);
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			if (n < len) {
				out[n++] = (uint8_t)(acc >> bits);
			}
		}
	}
	bad |= acc & ((1u << bits) - 1); /* padding must be zero */
	bad |= c ^ 1;
	if (!secret_equal(&bad, &none, sizeof(bad)) || n != len) {
		memset(out, 0, len);
		return ERR_FORMAT;
	}
	return OK;
}
