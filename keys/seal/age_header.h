/* SPDX-License-Identifier: EUPL-1.2 */
/* Parts of an age header that sealing and opening share. */
#ifndef MELDLUIK_AGE_HEADER_H
#define MELDLUIK_AGE_HEADER_H

#include "meldluik/age.h"

/* Canonical unpadded base64 of exactly ${outlen} bytes */
enum err age_base64(struct bytes text, uint8_t *out, size_t outlen);
/* Whether it is that, of whatever length; not for secrets */
bool age_base64_ok(struct bytes text);
/* The body of a stanza, which must be ${len} bytes */
enum err age_stanza_body(const struct age_stanza *st, uint8_t *out,
    size_t len);
bool age_stanza_is(const struct age_stanza *st, const char *type);
/* HMAC of a header under its file key */
void age_header_mac(const uint8_t file_key[AGE_FILE_KEY],
    struct bytes maced, uint8_t mac[32]);
/* Key of the payload */
void age_payload_key(const uint8_t file_key[AGE_FILE_KEY],
    const uint8_t nonce[AGE_NONCE], uint8_t key[32]);
/* Key of a scrypt stanza; ERR_MEMORY when there is not enough */
enum err age_scrypt_key(const char *pass, size_t len,
    const uint8_t salt[16], unsigned log_n, uint8_t key[32]);

#endif
