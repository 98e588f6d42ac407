/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Throws of dice, mixed into every key of a ceremony. The kernel's bytes are
 * never replaced: what the dice add can only make them harder to foresee.
 */
#include <sodium.h>
#include <string.h>

#include "desk.h"
#include "meldluik/secret.h"

enum err
dice_take(struct desk *d, const char *throws, unsigned *count)
{
	crypto_generichash_state h;
	unsigned n = 0;

	crypto_generichash_init(&h, NULL, 0, DICE_KEY);
	for (const char *p = throws; *p != 0; p++) {
		if (*p == ' ') {
			continue;
		}
		if (*p < '1' || *p > '6') {
			secret_wipe(&h, sizeof h);
			return ERR_FORMAT;
		}
		crypto_generichash_update(&h, (const uint8_t *)p, 1);
		n++;
	}
	if (d->dice == NULL && (d->dice = secret_new(DICE_KEY)) == NULL) {
		return ERR_MEMORY;
	}
	crypto_generichash_final(&h, d->dice, DICE_KEY);
	secret_wipe(&h, sizeof h);
	*count = n;
	return OK;
}

void
dice_mix(struct desk *d, uint8_t *p, size_t len)
{
	uint8_t more[64];

	if (d->dice == NULL || len > sizeof more) {
		return;
	}
	/* a fresh pad for every use: the chain of the key itself */
	crypto_generichash(more, len < 16 ? 16 : len, (const uint8_t *)"pad",
	    3, d->dice, DICE_KEY);
	for (size_t i = 0; i < len; i++) {
		p[i] ^= more[i];
	}
	crypto_generichash(more, DICE_KEY, (const uint8_t *)"next", 4,
	    d->dice, DICE_KEY);
	memcpy(d->dice, more, DICE_KEY);
	secret_wipe(more, sizeof more);
}
