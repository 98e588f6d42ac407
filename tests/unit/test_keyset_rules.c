/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What no single member of a keyset or epoch file shows: rules over the whole,
 * who may sign, who follows whom. Single members: test_documents.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "meldluik/secret.h"
#include "org_group.h"

/* Each rule over a keyset as a whole, on the side that writes it */
static void
keyset_rules(void **state)
{
	enum { RULES = 28 };
	struct keyset *k = malloc(sizeof(*k));
	struct buf doc = buf_new(KEYSET_MAX);

	(void)state;
	for (int i = 0; i < RULES; i++) {
		*k = *org.keyset;
		switch (i) {
		case 0: k->serial = 0; k->previous[0] = 1; break;
		case 1: k->generation = 0; break;
		case 2: k->generation = GENERATION_MAX + 1; break;
		case 3: k->desks = k->people = 0; break;
		case 4: k->organisation[0] = 0; break;
		case 5: k->not_after = k->day - 1; break;
		case 6: k->not_after = day_add_months(k->day, 13) + 1; break;
		case 7: k->previous[0] = 1; break;
		case 8: k->serial = 2; break;
		case 9: k->desk[0].number = k->person[0].desk =
			    k->person[1].desk = 0; break;
		case 10: k->desk[0].number = k->person[0].desk =
			    k->person[1].desk = 64; break;
		case 11: k->desk[0].id[0] = 0; break;
		case 12: strcpy(k->desk[0].id, "a b"); break;
		case 13: k->desk[0].names = 0; break;
		case 14: k->person[0].role = k->person[1].role =
			    PERSON_APPROVER; break;
		case 15: k->desk[0].successor = 1; break;
		case 16: k->desk[0].successor = 9; break;
		case 17: strcpy(k->desk[0].not_about[0], "../x"); break;
		case 18: k->desk[1].number = k->person[2].desk =
			    k->person[3].desk = 1; break;
		case 19: strcpy(k->desk[1].id, k->desk[0].id); break;
		case 20: k->person[0].id[0] = 0; break;
		case 21: strcpy(k->person[0].id, "P1"); break;
		case 22: k->person[k->people] = k->person[0];
			strcpy(k->person[k->people].id, "p9");
			k->person[k->people++].desk = 9; break;
		case 23: strcpy(k->person[1].id, k->person[0].id); break;
		case 24: /* a fifth holder */
			for (int n = 0; n < 3; n++) {
				k->person[k->people] = k->person[0];
				snprintf(k->person[k->people++].id, KEYSET_ID,
				    "q%d", n);
			}
			break;
		case 25: k->desk[0].successor = 2; break; /* bars one more */
		case 26: memset(k->desk[0].id, 'a', KEYSET_ID - 1); break;
		case 27: memset(k->person[0].id, 'a', KEYSET_ID - 1); break;
		}
		buf_clear(&doc);
		/* the last two are as long as may be */
		if (keyset_write(k, &doc) != (i < 26 ? ERR_FORMAT : OK)) {
			fail_msg("rule %d", i);
		}
	}
	/* a desk with a successor needs no holders; thirteen months are right */
	*k = *org.keyset;
	k->person[0].role = k->person[1].role = PERSON_APPROVER;
	k->desk[0].successor = 2;
	strcpy(k->desk[0].not_about[k->desk[0].not_abouts++],
	    k->desk[1].not_about[0]);
	assert_null(keyset_desk_barred(&k->desk[0], &k->desk[1]));
	assert_string_equal(keyset_desk_barred(&k->desk[1], &k->desk[0]),
	    "coordinator");
	k->not_after = day_add_months(k->day, 13);
	buf_clear(&doc);
	assert_int_equal(keyset_write(k, &doc), OK);
	buf_free(&doc);
	free(k);
}

/* In the language asked for, or in the first */
static void
names(void **state)
{
	struct keyset_desk d = {.names = 2};

	(void)state;
	strcpy(d.name[0].language, "nl");
	strcpy(d.name[0].name, "Integriteit");
	strcpy(d.name[1].language, "en");
	strcpy(d.name[1].name, "Integrity");
	assert_string_equal(keyset_desk_name(&d, "en"), "Integrity");
	assert_string_equal(keyset_desk_name(&d, "nl"), "Integriteit");
	assert_string_equal(keyset_desk_name(&d, "de"), "Integriteit");
}

/* Who may not answer for a desk, however well they sign */
static void
signers(void **state)
{
	struct keyset k = *org.keyset;
	const struct keyset_person *who = NULL;
	struct buf sig = org_signed(org.operational[1], "reply", 1, "x", 1);

	(void)state;
	assert_int_equal(keyset_holder_check(&k, 1, "reply", "x", 1, sig.p,
	    sig.len, &who), OK);
	assert_ptr_equal(who, &k.person[1]);
	assert_int_equal(keyset_holder_check(&k, 1, "reply", "x", 1, "junk",
	    4, NULL), ERR_FORMAT);
	assert_int_equal(keyset_holder_check(&k, 1, "lane", "x", 1, sig.p,
	    sig.len, NULL), ERR_SIGNATURE);
	assert_int_equal(keyset_holder_check(&k, 2, "reply", "x", 1, sig.p,
	    sig.len, NULL), ERR_SIGNATURE);
	k.person[1].role = PERSON_APPROVER;
	assert_int_equal(keyset_holder_check(&k, 1, "reply", "x", 1, sig.p,
	    sig.len, NULL), ERR_SIGNATURE);
	k.person[1].role = PERSON_HOLDER;
	k.person[1].desk = 2; /* the signature names desk 1 */
	assert_int_equal(keyset_holder_check(&k, 1, "reply", "x", 1, sig.p,
	    sig.len, NULL), ERR_SIGNATURE);
	k.person[1].desk = 1;
	assert_int_equal(keyset_revoke(&k, &k.person[1].key), OK);
	assert_int_equal(keyset_holder_check(&k, 1, "reply", "x", 1, sig.p,
	    sig.len, NULL), ERR_SIGNATURE);
	buf_free(&sig);
}

/* A block by somebody who is no holder of that desk */
static void
epoch_signers(void **state)
{
	struct keyset *k = malloc(sizeof(*k));
	struct epoch *e = NULL, *edit;
	struct buf doc = buf_new(KEYSET_MAX);

	(void)state;
	assert_int_equal(epoch_parse(org.epoch_json.p, org.epoch_json.len,
	    org.keyset, &edit), OK);
	for (int i = 0; i < 4; i++) {
		struct epoch_block *b = &edit->block[0];

		*k = *org.keyset;
		strcpy(b->person, i == 1 ? "nobody" : "p1");
		b->desk = i == 2 ? 2 : 1;
		k->person[0].role = i == 3 ? PERSON_APPROVER : PERSON_HOLDER;
		if (i == 3) { /* as many holders as blocks, all the same */
			k->person[k->people] = k->person[1];
			strcpy(k->person[k->people++].id, "p5");
		}
		assert_int_equal(epoch_block_sign(k->org, edit->week,
		    org.operational[0], b), OK);
		buf_clear(&doc);
		assert_int_equal(epoch_write(edit, &doc), OK);
		assert_int_equal(epoch_parse(doc.p, doc.len, k, &e),
		    i == 0 ? OK : ERR_CONFLICT);
		if (i == 0) {
			epoch_free(e);
		}
	}
	edit->org[0] ^= 1;
	buf_clear(&doc);
	assert_int_equal(epoch_write(edit, &doc), OK);
	assert_int_equal(epoch_parse(doc.p, doc.len, org.keyset, &e),
	    ERR_FOREIGN);
	buf_free(&doc);
	epoch_free(edit);
	free(k);
}

/* Another identity after this one */
static void
succession(void **state)
{
	struct keyset old = *org.keyset, next = *org.keyset;
	uint8_t seed[SIGN_SEED];
	day_t today = ORG_TODAY;

	(void)state;
	next.serial = 2;
	memcpy(next.previous, old.hash, HASH_LEN);
	assert_int_equal(keyset_succeeds(&old, &next, today), ERR_SIGNATURE);
	assert_int_equal(keyset_follows(&old, &next, today), OK);
	sign_keypair(seed, &next.identity);
	assert_int_equal(keyset_succeeds(&old, &next, today), OK);
	assert_int_equal(keyset_follows(&old, &next, today), ERR_SIGNATURE);
	assert_false(keyset_vouched(&old, &next));
	assert_int_equal(keyset_succession_sign(&next, org.operational[0]),
	    OK);
	assert_false(keyset_vouched(&old, &next));
	assert_int_equal(keyset_succession_sign(&next, org.identity), OK);
	assert_true(keyset_vouched(&old, &next));
	next.has_before = false;
	assert_false(keyset_vouched(&old, &next));
	next.previous[0] ^= 1;
	assert_int_equal(keyset_succeeds(&old, &next, today), ERR_CHAIN);
	next.serial = 3;
	assert_int_equal(keyset_succeeds(&old, &next, today), OK);
	assert_int_equal(keyset_succeeds(&old, &next, next.not_after + 1),
	    ERR_STALE);
	next.serial = 1;
	assert_int_equal(keyset_succeeds(&old, &next, today), ERR_STALE);
	assert_int_equal(keyset_revoke(&old, &old.identity), OK);
	assert_true(keyset_withdrawn(&old));
	assert_int_equal(keyset_succeeds(&old, &next, today), OK);
	assert_int_equal(keyset_succeeds(&old, &next, next.not_after + 1),
	    ERR_STALE);
	next.org[0] ^= 1;
	assert_int_equal(keyset_succeeds(&old, &next, today), ERR_FOREIGN);
	/* a withdrawal counts for ever, other keysets until they expire */
	next = *org.keyset;
	next.serial = KEYSET_SERIAL_LAST;
	assert_int_equal(keyset_follows(org.keyset, &next,
	    next.not_after + 1), ERR_STALE);
	assert_int_equal(keyset_revoke(&next, &next.identity), OK);
	assert_int_equal(keyset_follows(org.keyset, &next,
	    next.not_after + 1), OK);
}

/* The oldest gives way; who stands there already is not added again */
static void
revoked_keys(void **state)
{
	struct keyset k = *org.keyset;
	struct sign_pk first, pk;
	uint8_t seed[SIGN_SEED];

	(void)state;
	sign_keypair(seed, &first);
	assert_int_equal(keyset_revoke(&k, &first), OK);
	assert_int_equal(keyset_revoke(&k, &first), OK);
	assert_int_equal(k.revokeds, 1);
	for (unsigned i = 1; i < KEYSET_REVOKED_MAX; i++) {
		sign_keypair(seed, &pk);
		assert_int_equal(keyset_revoke(&k, &pk), OK);
	}
	assert_true(keyset_revoked(&k, &first));
	sign_keypair(seed, &pk);
	assert_int_equal(keyset_revoke(&k, &pk), OK);
	assert_int_equal(k.revokeds, KEYSET_REVOKED_MAX);
	assert_false(keyset_revoked(&k, &first));
	assert_true(keyset_revoked(&k, &pk));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keyset_rules),
		cmocka_unit_test(names),
		cmocka_unit_test(signers),
		cmocka_unit_test(epoch_signers),
		cmocka_unit_test(succession),
		cmocka_unit_test(revoked_keys),
	};

	return cmocka_run_group_tests(tests, org_setup,
	    org_teardown);
}
