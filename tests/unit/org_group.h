/* SPDX-License-Identifier: EUPL-1.2 */
/* One throw-away organisation around a group of tests. */
#ifndef MELDLUIK_TEST_ORG_GROUP_H
#define MELDLUIK_TEST_ORG_GROUP_H

#include "meldluik/secret.h"
#include "org.h"

static struct test_org org;

static inline int
org_setup(void **state)
{
	(void)state;
	if (secret_setup() != OK) {
		return -1;
	}
	org_make(&org);
	return 0;
}

static inline int
org_teardown(void **state)
{
	(void)state;
	org_free(&org);
	return 0;
}

/* Signature of the organisation's key ${seed} over a document */
static inline struct buf
org_signed(const uint8_t seed[SIGN_SEED], const char *purpose, unsigned desk,
    const char *p, size_t len)
{
	struct sign_purpose why = {.purpose = purpose, .desk = desk};
	struct buf sig = buf_new(SIGN_TEXT_MAX);

	memcpy(why.org, org.keyset->org, ORG_LEN);
	assert_int_equal(sign_make(seed, &why, p, len, &sig), OK);
	return sig;
}

#endif
