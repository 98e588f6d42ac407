/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * keyline DIR TODAY: a line of keysets of one organisation and everything that may
 * go wrong with it, each in a folder as a client gets it: first, second,
 * third, fork (another second), broken (a third with a wrong link), expired,
 * other (another identity), vouched (the same, vouched for), withdrawn.
 * Weekly keys of the first keyset: week-now, week-before (the newest are two
 * weeks old), week-future and week-past (in the place of this week's),
 * week-ahead (only next week's), week-gone (only half a year and more old),
 * week-forged (this week's, of which a block has the signature of another).
 */
#include <sys/stat.h>
#include <unistd.h>

#include "../unit/org.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"

static struct test_org *org;
static const char *top;

static void
put(const char *folder, const char *name, const struct buf *b)
{
	char path[1024];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", top, folder);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/%s/%s", top, folder, name);
	f = fopen(path, "w");
	if (f == NULL || fwrite(b->p, 1, b->len, f) != b->len ||
	    fclose(f) != 0) {
		abort();
	}
}

/* Signs ${k} with ${seed} into a folder; ${k} then has its hash */
static void
keyset_put(const char *folder, struct keyset *k,
    const uint8_t seed[SIGN_SEED])
{
	struct sign_purpose why = {.purpose = "keyset"};
	struct buf doc = buf_new(KEYSET_MAX), sig = buf_new(SIGN_TEXT_MAX);

	memcpy(why.org, k->org, ORG_LEN);
	sign_pk_of(seed, &k->identity);
	if (keyset_write(k, &doc) != OK ||
	    sign_make(seed, &why, doc.p, doc.len, &sig) != OK) {
		abort();
	}
	put(folder, "keyset.json", &doc);
	put(folder, "keyset.json.minisig", &sig);
	buf_free(&doc);
	buf_free(&sig);
}

/* The first keyset, and weekly keys of ${week} under the name of ${as} */
static void
week_put(const char *folder, struct keyset *k, day_t week, day_t as,
    bool forged)
{
	struct epoch *e = calloc(1, sizeof *e);
	struct buf doc = buf_new(KEYSET_MAX);
	char name[WEEK_TEXT + 16], text[WEEK_TEXT], inner[256];

	keyset_put(folder, k, org->identity);
	org_epoch(org, k, e);
	e->week = week;
	for (unsigned i = 0; i < e->blocks; i++) {
		if (epoch_block_sign(k->org, week, org->operational[i ^ (unsigned)
		    forged], &e->block[i]) != OK) {
			abort();
		}
	}
	week_text(as, text);
	snprintf(name, sizeof name, "%s.json", text);
	snprintf(inner, sizeof inner, "%s/epochs", folder);
	if (epoch_write(e, &doc) != OK) {
		abort();
	}
	put(inner, name, &doc);
	buf_free(&doc);
	free(e);
}

static struct keyset
next_of(const struct keyset *k)
{
	struct keyset n = *k;

	n.serial = k->serial + 1;
	memcpy(n.previous, k->hash, HASH_LEN);
	return n;
}

int
main(int argc, char **argv)
{
	static struct keyset first, second, third, k;
	uint8_t other[SIGN_SEED];
	struct sign_pk pk;
	day_t today, week;

	if (argc != 3 || day_parse(argv[2], &today) != OK ||
	    secret_setup() != OK) {
		return 2;
	}
	json_setup();
	week = week_of(today);
	top = argv[1];
	mkdir(top, 0700);
	org = calloc(1, sizeof *org);
	org_fill(org, &first);
	first.day = today;
	first.not_after = day_add_months(today, 12);
	keyset_put("first", &first, org->identity);
	week_put("week-now", &first, week, week, false);
	week_put("week-before", &first, week - 14, week - 14, false);
	week_put("week-future", &first, week + 7, week, false);
	week_put("week-past", &first, week - 21, week, false);
	week_put("week-ahead", &first, week + 7, week + 7, false);
	week_put("week-gone", &first, week - 7 * 27, week - 7 * 27, false);
	week_put("week-forged", &first, week, week, true);
	second = next_of(&first);
	keyset_put("second", &second, org->identity);
	third = next_of(&second);
	keyset_put("third", &third, org->identity);

	k = next_of(&first);
	strcpy(k.organisation, "Gemeente Voorbeeld!");
	keyset_put("fork", &k, org->identity);
	k = next_of(&second);
	k.previous[0] ^= 1;
	keyset_put("broken", &k, org->identity);
	k = next_of(&second);
	k.day = day_add_months(today, -12);
	k.not_after = today - 1;
	keyset_put("expired", &k, org->identity);
	k = next_of(&second);
	sign_keypair(other, &pk);
	keyset_put("other", &k, other);
	k = next_of(&second);
	k.identity = pk;
	if (keyset_succession_sign(&k, org->identity) != OK) {
		return 1;
	}
	keyset_put("vouched", &k, other);
	k = next_of(&first);
	k.serial = KEYSET_SERIAL_LAST;
	sign_pk_of(org->identity, &pk);
	if (keyset_revoke(&k, &pk) != OK) {
		return 1;
	}
	keyset_put("withdrawn", &k, org->identity);
	secret_wipe(other, sizeof other);
	free(org);
	return 0;
}
