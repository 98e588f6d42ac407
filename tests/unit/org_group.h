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

#endif
