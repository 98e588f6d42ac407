/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A person's keyring: secret keys of the offline machine. Its plaintext
 * exists only in secret memory; the file is a passphrase age file of a tar,
 * so that it opens with age and tar alone (keys/FORMAT.md section 10).
 */
#include <string.h>

#include <sodium.h>

#include "meldluik/keyring.h"
#include "meldluik/secret.h"

struct keyring *
keyring_new(void)
{
	return secret_new(sizeof(struct keyring));
}

void
keyring_free(struct keyring *k)
{
	secret_free(k);
}

enum err
keyring_week_add(struct keyring *k, day_t week)
{
	unsigned at = k->weeks;

	if (week_of(week) != week || keyring_week(k, week) != NULL) {
		return ERR_CONFLICT;
	}
	if (k->weeks == KEYRING_WEEKS_MAX) {
		return ERR_FULL;
	}
	while (at > 0 && k->week[at - 1].week > week) {
		k->week[at] = k->week[at - 1];
		at--;
	}
	k->week[at].week = week;
	k->week[at].olders = 0;
	randombytes_buf(k->week[at].seed, AGE_HYBRID_SEED);
	k->weeks++;
	return OK;
}

enum err
keyring_week_renew(struct keyring *k, day_t week)
{
	for (unsigned i = 0; i < k->weeks; i++) {
		struct keyring_week *w = &k->week[i];
		if (w->week != week) {
			continue;
		}
		if (w->olders == KEYRING_WEEK_KEYS - 1) {
			return ERR_FULL;
		}
		memmove(w->older[1], w->older[0], w->olders *
		    sizeof w->older[0]);
		memcpy(w->older[0], w->seed, AGE_HYBRID_SEED);
		w->olders++;
		randombytes_buf(w->seed, AGE_HYBRID_SEED);
		return OK;
	}
	return ERR_UNKNOWN;
}

enum err
keyring_week_identities(const struct keyring_week *w,
    struct age_identity *out[KEYRING_WEEK_KEYS], size_t *n)
{
	enum err e = age_identity_new(w->seed, &out[0]);

	*n = e == OK;
	for (unsigned i = 0; i < w->olders && e == OK; i++) {
		e = age_identity_new(w->older[i], &out[*n]);
		*n += e == OK;
	}
	return e;
}

enum err
keyring_week_destroy(struct keyring *k, day_t week)
{
	for (unsigned i = 0; i < k->weeks; i++) {
		if (k->week[i].week != week) {
			continue;
		}
		for (; i + 1 < k->weeks; i++) {
			k->week[i] = k->week[i + 1];
		}
		k->weeks--;
		secret_wipe(&k->week[k->weeks], sizeof(k->week[0]));
		return OK;
	}
	return ERR_UNKNOWN;
}

const struct keyring_week *
keyring_week(const struct keyring *k, day_t week)
{
	for (unsigned i = 0; i < k->weeks; i++) {
		if (k->week[i].week == week) {
			return &k->week[i];
		}
	}
	return NULL;
}
