/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The signed documents of an organisation. First byte: which. The rest is
 * signed here with fixed keys, so that the parsers behind the signature are
 * reached: a holder's stolen key signs what a thief likes.
 */
#include <stdlib.h>
#include <string.h>

#include "meldluik/bundle.h"
#include "meldluik/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static const uint8_t identity[SIGN_SEED] = {1}, holder[SIGN_SEED] = {2};

static struct keyset *
keyset(void)
{
	static struct keyset k;

	if (k.people == 0) {
		k.desks = k.people = 1;
		k.desk[0].number = k.person[0].desk = 1;
		strcpy(k.desk[0].id, "desk");
		strcpy(k.person[0].id, "one");
		k.person[0].role = PERSON_HOLDER;
		sign_pk_of(holder, &k.person[0].key);
		sign_pk_of(identity, &k.identity);
	}
	return &k;
}

static void
lane_try(const uint8_t *p, size_t len, const struct buf *sig)
{
	struct buf again = buf_new(LANE_MANIFEST_MAX);
	struct lane l;

	if (lane_parse(p, len, sig->p, sig->len, keyset(), 1, &l) == OK) {
		if (l.desk != 1 || l.shards > LANE_SHARDS_MAX ||
		    lane_bytes(&l) != (uint64_t)l.slots * SLOT_LEN ||
		    lane_write(&l, &again) != OK) {
			abort();
		}
		lane_shard_check(&l, 0, p, len);
		lane_clear(&l);
	}
	buf_free(&again);
}

static void
keyset_try(const uint8_t *p, size_t len, const struct buf *sig)
{
	struct buf again = buf_new(KEYSET_MAX);
	struct keyset *k = NULL;

	if (keyset_parse(p, len, sig->p, sig->len, NULL, &k) == OK) {
		if (keyset_write(k, &again) != OK) {
			abort();
		}
		keyset_follows(keyset(), k, 0);
		keyset_desk_now(k, 1);
	}
	keyset_free(k);
	buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static const char *const purpose[] = {"lane", "keyset", "outbound",
		"", ""};
	struct sign_purpose why = {.desk = 1};
	struct buf sig = buf_new(SIGN_TEXT_MAX);
	struct outbound *out = NULL;
	struct epoch *epoch = NULL;
	struct page page;
	struct card card;
	unsigned which;

	if (len == 0 || secret_setup() != OK) {
		return 0;
	}
	which = *p++ % 5;
	len--;
	why.purpose = purpose[which];
	why.desk = which == 1 ? 0 : 1;
	if (which < 3 && sign_make(which == 1 ? identity : holder, &why, p,
	    len, &sig) != OK) {
		abort();
	}
	switch (which) {
	case 0:
		lane_try(p, len, &sig);
		break;
	case 1:
		keyset_try(p, len, &sig);
		break;
	case 2:
		outbound_parse(p, len, sig.p, sig.len, keyset(), &out);
		outbound_free(out);
		break;
	case 3:
		epoch_parse(p, len, keyset(), &epoch);
		epoch_free(epoch);
		break;
	default:
		page_parse(p, len, &page);
		card_parse(p, len, &card);
	}
	buf_free(&sig);
	return 0;
}
