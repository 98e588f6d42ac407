/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * ML-KEM-768 (FIPS 203) over the packaged C sources, with what they leave
 * out: the checks of keys (7.2, 7.3) and wiping of heap and stack.
 */
#ifndef MELDLUIK_MLKEM_H
#define MELDLUIK_MLKEM_H

#include <stddef.h>
#include <stdint.h>

#include "meldluik/err.h"

#define MLKEM_PK 1184
#define MLKEM_SK 2400
#define MLKEM_CT 1088

/* Key pair from d || z (FIPS 203, algorithm 16) */
void mlkem_keypair(const uint8_t coins[64], uint8_t pk[MLKEM_PK],
    uint8_t sk[MLKEM_SK]);
/* FIPS 203 7.2: every coefficient is below q. ERR_FORMAT if not */
enum err mlkem_pk_check(const uint8_t pk[MLKEM_PK]);
/* FIPS 203 7.3: the hash of the public key inside ${sk} is right */
enum err mlkem_sk_check(const uint8_t sk[MLKEM_SK]);
/* Encapsulates with the random ${m} (algorithm 17) */
void mlkem_enc(const uint8_t pk[MLKEM_PK], const uint8_t m[32],
    uint8_t ct[MLKEM_CT], uint8_t ss[32]);
/* Never fails: a foreign ciphertext gives another secret (algorithm 18) */
void mlkem_dec(const uint8_t sk[MLKEM_SK], const uint8_t ct[MLKEM_CT],
    uint8_t ss[32]);

/* SHAKE256 and SHA3-256 of the same sources, wiped */
void mlkem_shake256(const uint8_t *in, size_t len, uint8_t *out,
    size_t outlen);
void mlkem_sha3_256(const uint8_t *in, size_t len, uint8_t out[32]);

#endif
