/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The hybrid KEM of mlkem768x25519 stanzas: X-Wing (ML-KEM-768 + X25519,
 * draft-connolly-cfrg-xwing-kem) under HPKE base mode (RFC 9180, KEM 0x647a,
 * HKDF-SHA256, ChaCha20-Poly1305), as age v1 uses it.
 */
#ifndef MELDLUIK_HYBRID_H
#define MELDLUIK_HYBRID_H

#include "meldluik/age.h"

#define HYBRID_TYPE "mlkem768x25519"
#define HYBRID_BODY 32u /* sealed file key */

/* An expanded identity. Secret: lives in secret memory. */
struct hybrid_key {
	uint8_t mlkem[2400];
	uint8_t x25519[32];
	uint8_t x25519_pk[32];
};

/* Expands a seed; ${pk} may be NULL */
enum err hybrid_expand(const uint8_t seed[AGE_HYBRID_SEED],
    struct hybrid_key *key, uint8_t *pk);
/* Seals a file key to a checked recipient */
enum err hybrid_seal(const struct age_recipient *r,
    const uint8_t file_key[AGE_FILE_KEY], uint8_t enc[AGE_HYBRID_ENC],
    uint8_t body[HYBRID_BODY]);
/* ERR_FORMAT: the X25519 share is of low order, which rejects the file;
 * ERR_NO_MATCH: another key's stanza */
enum err hybrid_open(const struct hybrid_key *key,
    const uint8_t enc[AGE_HYBRID_ENC], const uint8_t body[HYBRID_BODY],
    uint8_t file_key[AGE_FILE_KEY]);

#endif
