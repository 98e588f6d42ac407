/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Whom is the report about, and which desk may therefore read it. Decided
 * before sealing: once sealed to a desk, that desk can read (Directive
 * 9(1)(c), 16).
 */
#ifndef MELDLUIK_ROUTING_H
#define MELDLUIK_ROUTING_H

#include "meldluik/profile.h"

/* A role as the about-whom page offers it. */
struct route_role {
	const char *code;    /* stands in report.json `about` */
	const char *decides; /* role code, or "" where local rules say */
	bool external_first; /* show the outside channels before anything */
};

/* A desk of the keyset, in the keyset's order. Views; all strings UTF-8. */
struct route_desk {
	unsigned number;
	const char *id;
	const char *const *must_not_read; /* role codes */
	size_t must_not_reads;
	bool retired; /* takes no new reports */
};

/* Roles in the order in which the page lists them */
size_t routing_roles(const struct profile *p);
struct route_role routing_role(const struct profile *p, size_t i);
/* Label of role i: "nl", "en"; falls back to English. Never NULL. */
const char *routing_label(const struct profile *p, size_t i,
    const char *lang);
/* "If you choose nothing, the ... reads your report." */
const char *routing_default_warning(const struct profile *p,
    const char *lang);

/* The code of the role taken when nothing is chosen */
const char *routing_default(const struct profile *p);
/* Id of the k-th desk role i prefers; NULL past the last */
const char *routing_prefer(const struct profile *p, size_t i, size_t k);

/*
 * routing_pick(p, role, desks, n, number): the desk for a report about
 * ${role}: the first of the role's preferred desks (by id) that may read it,
 * else the first in keyset order that may. ${role} "" or NULL: nothing
 * chosen, the role the profile names as default. ERR_UNKNOWN: no such role;
 * ERR_POLICY: no desk may read it: show the outside channels.
 */
enum err routing_pick(const struct profile *p, const char *role,
    const struct route_desk *desks, size_t n, unsigned *number);

/* routing_check(p, desks, n, role): OK if each role has a desk; else
 * ERR_POLICY and the first role without one (the ceremony refuses then) */
enum err routing_check(const struct profile *p,
    const struct route_desk *desks, size_t n, const char **role);

/*
 * routing_own(nl, eu, desks, n): whose desks these are. "eu" when more of
 * them have an id that it proposes, and it knows every role they must not
 * read about; else "nl", so that desks of nobody's table stay there.
 */
const struct profile *routing_own(const struct profile *nl,
    const struct profile *eu, const struct route_desk *desks, size_t n);

/*
 * The desks the profile proposes to the ceremony, with the roles each must
 * not read. The views live as long as the profile.
 */
size_t routing_default_desks(const struct profile *p);
struct route_desk routing_default_desk(const struct profile *p, size_t i);
const char *routing_desk_label(const struct profile *p, size_t i,
    const char *lang);

#endif
