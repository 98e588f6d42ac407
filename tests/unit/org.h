/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A throw-away organisation for unit tests: identity, two desks with two
 * holders each, one week of keys.
 */
#ifndef MELDLUIK_TEST_ORG_H
#define MELDLUIK_TEST_ORG_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "meldluik/bundle.h"
#include "meldluik/keyset.h"

#define ORG_TODAY day_make(2026, 11, 24)

struct test_org {
	uint8_t identity[SIGN_SEED];
	uint8_t operational[4][SIGN_SEED];
	uint8_t week_seed[4][AGE_HYBRID_SEED];
	uint8_t gateway[SIGN_SEED];
	struct keyset *keyset; /* as parsed */
	struct buf keyset_json, keyset_sig, epoch_json;
};

static void
org_fill(struct test_org *o, struct keyset *k)
{
	memset(k, 0, sizeof(*k));
	randombytes_buf(k->org, ORG_LEN);
	strcpy(k->organisation, "Gemeente Voorbeeld");
	k->serial = 1;
	k->day = ORG_TODAY;
	k->not_after = day_add_months(ORG_TODAY, 12);
	sign_keypair(o->identity, &k->identity);
	sign_keypair(o->gateway, &k->gateway);
	k->has_gateway = true;
	k->generation = 1;
	strcpy(k->https, "https://melden.example");
	for (unsigned d = 0; d < 2; d++) {
		struct keyset_desk *desk = &k->desk[k->desks++];
		desk->number = d + 1;
		snprintf(desk->id, KEYSET_ID, "desk-%u", d + 1);
		strcpy(desk->name[0].language, "nl");
		strcpy(desk->name[0].name, d == 0 ? "Integriteit"
		    : "Gemeentesecretaris");
		desk->names = 1;
		strcpy(desk->not_about[0], d == 0 ? "coordinator"
		    : "secretary");
		desk->not_abouts = 1;
	}
	for (unsigned p = 0; p < 4; p++) {
		struct keyset_person *one = &k->person[k->people++];
		snprintf(one->id, KEYSET_ID, "p%u", p + 1);
		one->desk = p / 2 + 1;
		one->role = PERSON_HOLDER;
		sign_keypair(o->operational[p], &one->key);
		randombytes_buf(o->week_seed[p], AGE_HYBRID_SEED);
	}
}

/* Signs ${doc} for ${purpose} */
static struct buf
org_sign(const uint8_t seed[SIGN_SEED], const char *purpose,
    const uint8_t org[ORG_LEN], unsigned desk, const struct buf *doc)
{
	struct sign_purpose why = {.purpose = purpose, .desk = desk};
	struct buf sig = buf_new(SIGN_TEXT_MAX);

	memcpy(why.org, org, ORG_LEN);
	if (sign_make(seed, &why, doc->p, doc->len, &sig) != OK) {
		abort();
	}
	return sig;
}

static void
org_epoch(struct test_org *o, const struct keyset *k, struct epoch *e)
{
	memset(e, 0, sizeof(*e));
	memcpy(e->org, k->org, ORG_LEN);
	memcpy(e->keyset, k->hash, HASH_LEN);
	e->week = week_of(ORG_TODAY);
	for (unsigned p = 0; p < 4; p++) {
		struct epoch_block *b = &e->block[e->blocks++];
		b->desk = k->person[p].desk;
		strcpy(b->person, k->person[p].id);
		if (age_identity_recipient(o->week_seed[p],
		    &b->recipient) != OK ||
		    epoch_block_sign(k->org, e->week, o->operational[p], b) !=
		    OK) {
			abort();
		}
	}
}

static inline void
org_make(struct test_org *o)
{
	struct keyset *k = calloc(1, sizeof(*k));
	struct epoch *e = calloc(1, sizeof(*e));

	memset(o, 0, sizeof(*o));
	org_fill(o, k);
	o->keyset_json = buf_new(KEYSET_MAX);
	o->epoch_json = buf_new(KEYSET_MAX);
	if (keyset_write(k, &o->keyset_json) != OK) {
		abort();
	}
	o->keyset_sig = org_sign(o->identity, "keyset", k->org, 0,
	    &o->keyset_json);
	org_epoch(o, k, e);
	if (epoch_write(e, &o->epoch_json) != OK ||
	    keyset_parse(o->keyset_json.p, o->keyset_json.len,
	    o->keyset_sig.p, o->keyset_sig.len, &k->identity,
	    &o->keyset) != OK) {
		abort();
	}
	free(k);
	free(e);
}

static inline void
org_free(struct test_org *o)
{
	keyset_free(o->keyset);
	buf_free(&o->keyset_json);
	buf_free(&o->keyset_sig);
	buf_free(&o->epoch_json);
	sodium_memzero(o, sizeof(*o));
}

#endif
