/* SPDX-License-Identifier: EUPL-1.2 */
/* Questions to a keyset: who answers for a desk, who may sign, what follows. */
#include <string.h>

#include "keyset_private.h"

bool
keyset_expired(const struct keyset *k, day_t today)
{
	return today > k->not_after;
}

enum err
keyset_follows(const struct keyset *old, const struct keyset *next,
    day_t today)
{
	if (memcmp(old->org, next->org, ORG_LEN) != 0) {
		return ERR_FOREIGN;
	}
	if (!sign_pk_equal(&old->identity, &next->identity)) {
		return ERR_SIGNATURE;
	}
	if (next->serial == old->serial) {
		/* two keysets with one serial: a fork, proof of fraud */
		return memcmp(old->hash, next->hash, HASH_LEN) == 0 ? OK
		    : ERR_CHAIN;
	}
	/* a revocation counts for ever */
	if (next->serial < old->serial || (keyset_expired(next, today) &&
	    !keyset_withdrawn(next))) {
		return ERR_STALE;
	}
	if (next->serial == old->serial + 1 &&
	    memcmp(next->previous, old->hash, HASH_LEN) != 0) {
		return ERR_CHAIN;
	}
	return OK;
}

bool
keyset_withdrawn(const struct keyset *k)
{
	return keyset_revoked(k, &k->identity);
}

enum err
keyset_succeeds(const struct keyset *old, const struct keyset *next,
    day_t today)
{
	if (memcmp(old->org, next->org, ORG_LEN) != 0) {
		return ERR_FOREIGN;
	}
	if (sign_pk_equal(&old->identity, &next->identity)) {
		return ERR_SIGNATURE;
	}
	if (keyset_expired(next, today)) {
		return ERR_STALE;
	}
	if (keyset_withdrawn(old)) {
		return OK;
	}
	if (next->serial <= old->serial) {
		return ERR_STALE;
	}
	return next->serial == old->serial + 1 && memcmp(next->previous,
	    old->hash, HASH_LEN) != 0 ? ERR_CHAIN : OK;
}

bool
keyset_vouched(const struct keyset *old, const struct keyset *next)
{
	return next->has_before && sign_pk_equal(&next->before,
	    &old->identity);
}

enum err
keyset_revoke(struct keyset *k, const struct sign_pk *pk)
{
	if (keyset_revoked(k, pk)) {
		return OK;
	}
	if (k->revokeds == KEYSET_REVOKED_MAX) {
		memmove(&k->revoked[0], &k->revoked[1],
		    (KEYSET_REVOKED_MAX - 1) * sizeof k->revoked[0]);
		k->revokeds--;
	}
	k->revoked[k->revokeds++] = *pk;
	return OK;
}

bool
keyset_revoked(const struct keyset *k, const struct sign_pk *pk)
{
	for (unsigned i = 0; i < k->revokeds; i++) {
		if (sign_pk_equal(&k->revoked[i], pk)) {
			return true;
		}
	}
	return false;
}

const struct keyset_desk *
keyset_desk(const struct keyset *k, unsigned n)
{
	for (unsigned i = 0; i < k->desks; i++) {
		if (k->desk[i].number == n) {
			return &k->desk[i];
		}
	}
	return NULL;
}

const struct keyset_person *
keyset_person(const struct keyset *k, const char *id)
{
	for (unsigned i = 0; i < k->people; i++) {
		if (strcmp(k->person[i].id, id) == 0) {
			return &k->person[i];
		}
	}
	return NULL;
}

const char *
keyset_desk_barred(const struct keyset_desk *from,
    const struct keyset_desk *to)
{
	for (unsigned i = 0; i < to->not_abouts; i++) {
		unsigned n = 0;

		while (n < from->not_abouts && strcmp(from->not_about[n],
		    to->not_about[i]) != 0) {
			n++;
		}
		if (n == from->not_abouts) {
			return to->not_about[i];
		}
	}
	return NULL;
}

const struct keyset_desk *
keyset_desk_now(const struct keyset *k, unsigned n)
{
	const struct keyset_desk *d = keyset_desk(k, n);

	/* as many steps as there are desks: a circle ends too */
	for (unsigned i = 0; d != NULL && d->successor != 0; i++) {
		d = i < k->desks ? keyset_desk(k, d->successor) : NULL;
	}
	return d;
}

const char *
keyset_desk_name(const struct keyset_desk *d, const char *lang)
{
	for (unsigned i = 0; i < d->names; i++) {
		if (strcmp(d->name[i].language, lang) == 0) {
			return d->name[i].name;
		}
	}
	return d->name[0].name;
}

unsigned
keyset_holders(const struct keyset *k, unsigned desk)
{
	unsigned n = 0;

	for (unsigned i = 0; i < k->people; i++) {
		n += k->person[i].desk == desk &&
		    k->person[i].role == PERSON_HOLDER;
	}
	return n;
}

enum err
keyset_holder_check(const struct keyset *k, unsigned desk,
    const char *purpose, const void *p, size_t len, const void *sig,
    size_t siglen, const struct keyset_person **who)
{
	struct sign_purpose why = {.purpose = purpose, .desk = desk};

	memcpy(why.org, k->org, ORG_LEN);
	for (unsigned i = 0; i < k->people; i++) {
		const struct keyset_person *one = &k->person[i];
		if (one->desk != desk || one->role != PERSON_HOLDER ||
		    keyset_revoked(k, &one->key)) {
			continue;
		}
		enum err e = sign_check(&one->key, &why, p, len, sig, siglen);
		if (e == OK) {
			if (who != NULL) {
				*who = one;
			}
			return OK;
		}
		if (e != ERR_SIGNATURE) {
			return e;
		}
	}
	return ERR_SIGNATURE;
}
