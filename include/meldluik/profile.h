/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A profile: the law of one jurisdiction and the habits of one organisation
 * as data (policy/data/nl.json, eu.json). Terms, labels, authorities,
 * retention periods and transitions are read from it; code knows only what
 * they mean.
 *
 * Caveats: jansson draws its hash seed from the system at first use, so load
 * a profile before a process gives up its rights. A profile is trusted
 * configuration, yet a wrong one is refused at load, never at use. Every
 * string and pointer taken from a profile lives as long as the profile.
 */
#ifndef MELDLUIK_PROFILE_H
#define MELDLUIK_PROFILE_H

#include "meldluik/bytes.h"
#include "meldluik/err.h"

#define PROFILE_MAX (1u << 20) /* bytes of JSON accepted */

struct profile;

/* The bytes of an embedded data file: "nl.json", "eu.json",
 * "holidays.csv"; ERR_UNKNOWN for another name. */
enum err policy_data(const char *name, struct bytes *out);

/*
 * profile_load(json, len, out): strict JSON (no duplicate keys, no trailing
 * bytes). With "extends": "nl" it starts from that embedded profile: a
 * section given replaces the whole section, in "vocabularies" and "rules"
 * name by name. ERR_FORMAT: not JSON, or a section of wrong shape;
 * ERR_UNKNOWN: names a state, guard, role or code that does not exist;
 * ERR_LIMIT: too large.
 */
enum err profile_load(const void *json, size_t len, struct profile **out);
/* An embedded profile: "nl" (internal channel) or "eu" (external) */
enum err profile_builtin(const char *name, struct profile **out);
void profile_free(struct profile *p); /* accepts NULL */

const char *profile_name(const struct profile *p);
/* True for the channel of a competent authority (Directive 10-14) */
bool profile_external(const struct profile *p);

#endif
