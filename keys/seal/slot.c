/* SPDX-License-Identifier: EUPL-1.2 */
/* Where a thread's replies are on a lane (keys/FORMAT.md section 5). */
#include <string.h>

#include "hkdf.h"
#include "labels.h"
#include "meldluik/board.h"
#include "meldluik/secret.h"

void
slot_tag(const uint8_t tag_key[32], const uint8_t nonce[LANE_NONCE],
    unsigned n, uint8_t tag[SLOT_TAG])
{
	uint8_t number = (uint8_t)n, full[32];
	struct bytes piece[3] = {
	    {(const uint8_t *)LABEL_SLOT, sizeof(LABEL_SLOT) - 1},
	    {nonce, LANE_NONCE}, {&number, 1}};

	hmac_sha256(tag_key, 32, piece, 3, full);
	memcpy(tag, full, SLOT_TAG);
	secret_wipe(full, sizeof(full));
}

uint32_t
slot_shard(const uint8_t tag_key[32], uint32_t shards)
{
	uint8_t h[HASH_LEN];
	uint32_t top, bits = 0;

	while ((1u << bits) < shards) {
		bits++;
	}
	hash_bytes(tag_key, 32, h);
	top = (uint32_t)h[0] << 24 | (uint32_t)h[1] << 16 |
	    (uint32_t)h[2] << 8 | h[3];
	secret_wipe(h, sizeof(h));
	return bits == 0 ? 0 : top >> (32 - bits);
}
