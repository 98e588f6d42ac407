/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Picks the desk a report may be sealed to. The keyset says what a desk must
 * not read; the profile says which desk is preferred. A bar always wins over
 * a preference.
 */
#include <string.h>

#include "meldluik/routing.h"
#include "profile_private.h"

static const json_t *
section(const struct profile *p, const char *key)
{
	return json_object_get(json_object_get(p->root, "routing"), key);
}

static const json_t *
role_find(const struct profile *p, const char *code)
{
	const json_t *roles = section(p, "roles");
	size_t i;
	json_t *role;

	json_array_foreach (roles, i, role) {
		if (strcmp(json_text(role, "code", ""), code) == 0) {
			return role;
		}
	}
	return NULL;
}

/* Ids travel in keysets and reports: 1..32 of [a-z0-9-] (keys/FORMAT.md) */
static bool
id_valid(const json_t *o, const char *key)
{
	const char *s = json_text(o, key, "");

	return json_has_text(o, key, 32) &&
	    s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

enum err
routing_data_check(struct profile *p)
{
	const json_t *roles = section(p, "roles");
	const json_t *desks = section(p, "desks");
	size_t i, k;
	json_t *o, *item;

	if (json_array_size(roles) < 1 || json_array_size(roles) > ROLES_MAX ||
	    json_array_size(desks) < 1 || json_array_size(desks) > DESKS_MAX ||
	    !json_has_labels(section(p, "warning"))) {
		return ERR_FORMAT;
	}
	json_array_foreach (roles, i, o) {
		json_t *flag = json_object_get(o, "external_first");

		if (!id_valid(o, "code") ||
		    !json_has_labels(o) ||
		    !json_is_string(json_object_get(o, "decides")) ||
		    !json_is_strings(json_object_get(o, "prefer"), DESKS_MAX) ||
		    (flag != NULL && !json_is_boolean(flag))) {
			return ERR_FORMAT;
		}
		if (role_find(p, json_text(o, "code", "")) != o) {
			return ERR_FORMAT; /* a code twice */
		}
	}
	json_array_foreach (desks, i, o) {
		json_t *bars = json_object_get(o, "must_not_read");
		json_int_t number = json_integer_value(
		    json_object_get(o, "number"));

		if (!id_valid(o, "id") ||
		    !json_has_labels(o) ||
		    number < 1 || number > DESK_NUMBER_MAX ||
		    !json_is_strings(bars, BARS_MAX)) {
			return ERR_FORMAT;
		}
		json_array_foreach (bars, k, item) {
			if (role_find(p, json_string_value(item)) == NULL) {
				return ERR_UNKNOWN;
			}
			p->bars[i][k] = json_string_value(item);
		}
	}
	if (!json_is_string(section(p, "default")) ||
	    role_find(p, json_string_value(section(p, "default"))) == NULL) {
		return ERR_UNKNOWN;
	}
	return OK;
}

size_t
routing_roles(const struct profile *p)
{
	return json_array_size(section(p, "roles"));
}

struct route_role
routing_role(const struct profile *p, size_t i)
{
	const json_t *role = json_array_get(section(p, "roles"), i);

	return (struct route_role){ json_text(role, "code", ""),
		json_text(role, "decides", ""),
		json_is_true(json_object_get(role, "external_first")) };
}

const char *
routing_label(const struct profile *p, size_t i, const char *lang)
{
	return json_label(json_array_get(section(p, "roles"), i), lang, "");
}

const char *
routing_default_warning(const struct profile *p, const char *lang)
{
	return json_label(section(p, "warning"), lang, "");
}

const char *
routing_default(const struct profile *p)
{
	return json_string_value(section(p, "default"));
}

const char *
routing_prefer(const struct profile *p, size_t i, size_t k)
{
	const json_t *role = json_array_get(section(p, "roles"), i);

	return json_string_value(json_array_get(
	    json_object_get(role, "prefer"), k));
}

static bool
may_read(const struct route_desk *desk, const char *role)
{
	if (desk->retired) {
		return false;
	}
	for (size_t i = 0; i < desk->must_not_reads; i++) {
		if (strcmp(desk->must_not_read[i], role) == 0) {
			return false;
		}
	}
	return true;
}

enum err
routing_pick(const struct profile *p, const char *role,
    const struct route_desk *desks, size_t n, unsigned *number)
{
	const json_t *found, *prefer;
	size_t i;
	json_t *id;

	if (role == NULL || *role == '\0') {
		role = json_string_value(section(p, "default"));
	}
	found = role_find(p, role);
	if (found == NULL) {
		return ERR_UNKNOWN;
	}
	prefer = json_object_get(found, "prefer");
	json_array_foreach (prefer, i, id) {
		for (size_t k = 0; k < n; k++) {
			if (strcmp(desks[k].id, json_string_value(id)) == 0 &&
			    may_read(&desks[k], role)) {
				*number = desks[k].number;
				return OK;
			}
		}
	}
	for (size_t k = 0; k < n; k++) {
		if (may_read(&desks[k], role)) {
			*number = desks[k].number;
			return OK;
		}
	}
	return ERR_POLICY;
}

enum err
routing_check(const struct profile *p, const struct route_desk *desks,
    size_t n, const char **role)
{
	size_t roles = routing_roles(p);

	for (size_t i = 0; i < roles; i++) {
		struct route_role r = routing_role(p, i);
		unsigned number;
		enum err e = routing_pick(p, r.code, desks, n, &number);

		if (e != OK) {
			*role = r.code;
			return e;
		}
	}
	return OK;
}

size_t
routing_default_desks(const struct profile *p)
{
	return json_array_size(section(p, "desks"));
}

struct route_desk
routing_default_desk(const struct profile *p, size_t i)
{
	const json_t *desk = json_array_get(section(p, "desks"), i);

	return (struct route_desk){
		.number = (unsigned)json_integer_value(
		    json_object_get(desk, "number")),
		.id = json_text(desk, "id", ""),
		.must_not_read = p->bars[i],
		.must_not_reads = json_array_size(
		    json_object_get(desk, "must_not_read")),
	};
}

const char *
routing_desk_label(const struct profile *p, size_t i, const char *lang)
{
	return json_label(json_array_get(section(p, "desks"), i), lang, "");
}

static size_t
proposed(const struct profile *p, const struct route_desk *desks, size_t n)
{
	size_t i, k, found = 0;

	for (k = 0; k < n; k++) {
		for (i = 0; i < routing_default_desks(p); i++) {
			found += strcmp(routing_default_desk(p, i).id,
			    desks[k].id) == 0;
		}
	}
	return found;
}

static bool
bars_known(const struct profile *p, const struct route_desk *desk)
{
	for (size_t i = 0; i < desk->must_not_reads; i++) {
		if (role_find(p, desk->must_not_read[i]) == NULL) {
			return false;
		}
	}
	return true;
}

const struct profile *
routing_own(const struct profile *nl, const struct profile *eu,
    const struct route_desk *desks, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		if (!bars_known(eu, &desks[k])) {
			return nl;
		}
	}
	return proposed(eu, desks, n) > proposed(nl, desks, n) ? eu : nl;
}
