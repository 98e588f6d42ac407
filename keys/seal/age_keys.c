/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * age recipients and identities as text and bytes. Identities are secret:
 * encoding does not branch on them.
 */
#include <string.h>

#include <sodium.h>

#include "bech32.h"
#include "hybrid.h"
#include "meldluik/secret.h"

#define AGE_RECIPIENT_HRP "age1pq"
#define AGE_IDENTITY_HRP "age-secret-key-pq-"

enum err
age_recipient_parse(const char *s, size_t len, struct age_recipient *out)
{
	struct age_recipient r;
	enum err e = bech32_decode(AGE_RECIPIENT_HRP, s, len, 0, r.pk,
	    sizeof(r.pk));

	if (e == OK) {
		e = age_recipient_check(&r);
	}
	if (e == OK) {
		*out = r;
	}
	return e;
}

void
age_recipient_text(const struct age_recipient *r,
    char out[AGE_RECIPIENT_TEXT + 1])
{
	bech32_encode(AGE_RECIPIENT_HRP, r->pk, sizeof(r->pk), 0, out);
}

enum err
age_identity_recipient(const uint8_t seed[AGE_HYBRID_SEED],
    struct age_recipient *out)
{
	struct hybrid_key *key = secret_new(sizeof(*key));
	enum err e;

	if (key == NULL) {
		return ERR_MEMORY;
	}
	e = hybrid_expand(seed, key, out->pk);
	secret_free(key);
	return e;
}

enum err
age_recipient_throwaway(struct age_recipient *out)
{
	uint8_t seed[AGE_HYBRID_SEED];
	enum err e;

	randombytes_buf(seed, sizeof(seed));
	e = age_identity_recipient(seed, out);
	secret_wipe(seed, sizeof(seed));
	return e;
}

void
age_identity_text(const uint8_t seed[AGE_HYBRID_SEED],
    char out[AGE_IDENTITY_TEXT_MAX])
{
	bech32_encode(AGE_IDENTITY_HRP, seed, AGE_HYBRID_SEED, 1, out);
}

enum err
age_identity_parse(const char *s, size_t len, uint8_t seed[AGE_HYBRID_SEED])
{
	return bech32_decode(AGE_IDENTITY_HRP, s, len, 1, seed,
	    AGE_HYBRID_SEED);
}
