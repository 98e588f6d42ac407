/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The reporter's code and what is derived from it (keys/FORMAT.md section
 * 4). Everything here but the desk number is secret: never logged, never in
 * a URL, wiped by the caller.
 */
#ifndef MELDLUIK_CODE_H
#define MELDLUIK_CODE_H

#include "meldluik/age.h"
#include "meldluik/minisign.h"

#define CODE_LEN 15u
#define CODE_TEXT 35u /* 7 groups of 4, hyphens, NUL */
#define CODE_DESK_MAX 63u
#define MESSAGE_ID_LEN 16u

struct code {
	uint8_t b[CODE_LEN];
};

enum err code_new(unsigned desk, struct code *out);
unsigned code_desk(const struct code *c);
void code_text(const struct code *c, char out[CODE_TEXT]);
/* ERR_FORMAT: not a code (length, letter); ERR_CRYPT: a typing mistake (the
 * check characters differ); ERR_VERSION. At most 256 bytes are read. */
enum err code_parse(const char *s, size_t len, struct code *out);

struct code_keys {
	uint8_t mailbox[AGE_HYBRID_SEED];
	uint8_t thread[SIGN_SEED];
	uint8_t tag_key[32];
	uint8_t message_id[MESSAGE_ID_LEN];
};
void code_derive(const struct code *c, const uint8_t org[ORG_LEN],
    struct code_keys *out);

/* Crockford base32, used by codes and fingerprints; branch-free. ${out}
 * holds (8 * len + 4) / 5 + 1 characters. */
void crockford_encode(const uint8_t *p, size_t len, char *out);

#endif
