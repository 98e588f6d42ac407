/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Keyring of one person (keys/FORMAT.md section 10): unseal side, offline
 * machine only. All of it lives in secret memory while open.
 */
#ifndef MELDLUIK_KEYRING_H
#define MELDLUIK_KEYRING_H

#include "meldluik/age_open.h"
#include "meldluik/keyset.h"

#define KEYRING_WEEKS_MAX 128u
#define KEYRING_MAX 1048576u /* bytes of the plaintext tar */
/* Keys a week may have: one, and more when it was renewed within the week */
#define KEYRING_WEEK_KEYS 4u

struct keyring_week {
	day_t week; /* Monday */
	uint8_t seed[AGE_HYBRID_SEED]; /* whose public half is published */
	/* of before a renewal: they open what was sealed until then */
	uint8_t older[KEYRING_WEEK_KEYS - 1][AGE_HYBRID_SEED];
	unsigned olders; /* newest first */
};
struct keyring {
	uint8_t org[ORG_LEN];
	char person[KEYSET_ID];
	unsigned desk;
	enum person_role role;
	uint8_t operational[SIGN_SEED];
	uint8_t casebook[32];
	bool has_identity;
	uint8_t identity[SIGN_SEED];
	struct keyring_week week[KEYRING_WEEKS_MAX];
	unsigned weeks; /* ascending by week */
};
struct keyring *keyring_new(void); /* zeroed secret memory */
void keyring_free(struct keyring *k);
enum err keyring_week_add(struct keyring *k, day_t week); /* fresh seed */
/* A fresh seed for a week that has one, which stays to open with. ERR_FULL:
 * renewed too often */
enum err keyring_week_renew(struct keyring *k, day_t week);
/* All keys of a week, expanded; the caller frees ${n} of them, also when it
 * fails */
enum err keyring_week_identities(const struct keyring_week *w,
    struct age_identity *out[KEYRING_WEEK_KEYS], size_t *n);
/* With all its keys */
enum err keyring_week_destroy(struct keyring *k, day_t week);
const struct keyring_week *keyring_week(const struct keyring *k, day_t week);
/* Bytes of keyring.age appended to ${out}; the caller writes the file
 * (new file, fsync, rename, fsync of the folder) */
enum err keyring_seal(const struct keyring *k, const char *pass, size_t len,
    struct buf *out);
/* ERR_NO_MATCH: wrong passphrase; ERR_MEMORY is its own answer */
enum err keyring_open(const void *p, size_t len, const char *pass,
    size_t passlen, struct keyring **out);

#endif
