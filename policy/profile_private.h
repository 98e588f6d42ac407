/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Inside of a profile, for the files of policy/ only. The JSON tree was
 * checked by profile_load, so readers need no second check: each section has
 * its own check function beside the code that reads it.
 */
#ifndef POLICY_PROFILE_PRIVATE_H
#define POLICY_PROFILE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "meldluik/clocks.h"
#include "meldluik/profile.h"

#define VOCABULARIES_MAX 40
#define CODE_TEXT_MAX 31
#define DESKS_MAX 16 /* a profile proposes at most so many */
#define ROLES_MAX 32
#define DESK_NUMBER_MAX 63 /* six bits in a code (keys/FORMAT.md) */
#define BARS_MAX 16        /* roles a desk of a keyset may be barred from */

struct vocabulary {
	const char *name;
	json_t *values; /* array, checked */
};

struct profile {
	json_t *root;
	struct vocabulary vocabulary[VOCABULARIES_MAX];
	size_t vocabularies;
	struct clock_terms terms;
	const char *bars[DESKS_MAX][BARS_MAX]; /* must_not_read, as views */
	bool external;
};

/* The text under ${key}, or ${otherwise} */
const char *json_text(const json_t *o, const char *key,
    const char *otherwise);
/* The text in ${lang}, then English, then ${otherwise} */
const char *json_label(const json_t *o, const char *lang,
    const char *otherwise);
/* True if ${list} is an array that holds the string ${s} */
bool json_holds(const json_t *list, const char *s);
/* Non-empty text of at most ${max} bytes under ${key} */
bool json_has_text(const json_t *o, const char *key, size_t max);
/* Non-empty "nl" and "en" */
bool json_has_labels(const json_t *o);
/* An array of at most ${max} non-empty strings, or (if optional) absent */
bool json_is_strings(const json_t *list, size_t max);

enum err taxonomy_check(struct profile *p);
enum err clocks_check(struct profile *p);
enum err routing_data_check(struct profile *p);
enum err rules_check(const struct profile *p);
enum err casestate_check(const struct profile *p);
enum err retention_check(const struct profile *p);
enum err forward_data_check(const struct profile *p);
enum err annual_check(const struct profile *p);

#endif
