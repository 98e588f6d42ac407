/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Guards on sending a report elsewhere. An employer has no general duty to
 * send reports to an authority (C10b): forwarding is a decision, with
 * consent or a legal duty, and two people.
 */
#include <string.h>

#include "meldluik/forward.h"
#include "meldluik/taxonomy.h"
#include "profile_private.h"

#define AUTHORITIES_MAX 64

static const json_t *
authorities(const struct profile *p)
{
	return json_object_get(p->root, "authorities");
}

static const json_t *
forwarding(const struct profile *p, const char *key)
{
	return json_object_get(json_object_get(p->root, "forwarding"), key);
}

enum err
forward_data_check(const struct profile *p)
{
	const struct vocabulary *area = taxonomy_find(p, "area");
	size_t i, k;
	json_t *a, *item;

	if (json_array_size(authorities(p)) < 1 ||
	    json_array_size(authorities(p)) > AUTHORITIES_MAX ||
	    !json_is_boolean(forwarding(p, "consent")) ||
	    !json_is_strings(forwarding(p, "carry"), 64)) {
		return ERR_FORMAT;
	}
	json_array_foreach (authorities(p), i, a) {
		json_t *areas = json_object_get(a, "areas");

		if (!json_has_text(a, "code", CODE_TEXT_MAX) ||
		    !json_has_labels(a) || !json_has_text(a, "site", 128) ||
		    !json_is_boolean(json_object_get(a, "designated")) ||
		    !json_is_strings(areas, VOCABULARY_MAX) ||
		    forward_find(p, json_text(a, "code", "")) != (int)i) {
			return ERR_FORMAT;
		}
		json_array_foreach (areas, k, item) {
			if (vocabulary_index(area,
			    json_string_value(item)) < 0) {
				return ERR_UNKNOWN;
			}
		}
	}
	return OK;
}

size_t
forward_authorities(const struct profile *p)
{
	return json_array_size(authorities(p));
}

struct authority
forward_authority(const struct profile *p, size_t i)
{
	const json_t *a = json_array_get(authorities(p), i);

	return (struct authority){
		.code = json_text(a, "code", ""),
		.phone = json_text(a, "phone", ""),
		.site = json_text(a, "site", ""),
		.designated = json_is_true(json_object_get(a, "designated")),
		.police = json_is_true(json_object_get(a, "police")),
		.confirmed = strcmp(json_text(a, "sure", ""), "F") == 0,
	};
}

const char *
forward_label(const struct profile *p, size_t i, const char *lang)
{
	return json_label(json_array_get(authorities(p), i), lang, "");
}

int
forward_find(const struct profile *p, const char *code)
{
	size_t i;
	json_t *a;

	json_array_foreach (authorities(p), i, a) {
		if (strcmp(json_text(a, "code", ""), code) == 0) {
			return (int)i;
		}
	}
	return -1;
}

size_t
forward_for_area(const struct profile *p, const char *area, size_t *out,
    size_t max)
{
	size_t n = 0, i;
	json_t *a;

	for (int designated = 1; designated >= 0; designated--) {
		json_array_foreach (authorities(p), i, a) {
			if (n < max && designated == json_is_true(
			    json_object_get(a, "designated")) &&
			    json_holds(json_object_get(a, "areas"), area)) {
				out[n++] = i;
			}
		}
	}
	return n;
}

static enum err
refuse(const struct profile *p, const char *rule, struct rule *why)
{
	rule_find(p, rule, why);
	return ERR_POLICY;
}

bool
forward_consent(const struct profile *p)
{
	return json_is_true(forwarding(p, "consent"));
}

static enum err
outside_may(const struct profile *p, const struct forward_facts *f,
    struct rule *why)
{
	bool basis = f->consent || f->legal_duty;

	if (f->to == DEST_AUTHORITY && !basis && forward_consent(p)) {
		return refuse(p, "S-CONSENT", why);
	}
	if (f->to == DEST_POLICE && !basis) {
		return refuse(p, "S-DUTY", why);
	}
	if (f->with_identity && !basis) {
		return refuse(p, "S-CONSENT", why);
	}
	if (f->to == DEST_INVESTIGATOR && (!f->named || !f->agreement ||
	    f->until == DAY_NONE || f->until == DAY_NEVER ||
	    f->until < f->today)) {
		return refuse(p, "S-FOREIGN-END", why);
	}
	if (!f->reviewed) {
		return refuse(p, "S-SANITISED", why);
	}
	/* An investigator works for the desk; the reporter hears of it in
	 * the feedback, not beforehand. */
	if (f->to != DEST_INVESTIGATOR && !f->reporter_told &&
	    !f->telling_endangers) {
		return refuse(p, "S-TOLD", why);
	}
	return OK;
}

enum err
forward_may(const struct profile *p, const struct forward_facts *f,
    struct rule *why)
{
	size_t n = f->signer_count < SIGNERS_MAX ? f->signer_count :
	    SIGNERS_MAX;
	enum err e;

	if (f->to == DEST_DESK) {
		if (f->modified) {
			return refuse(p, "S-UNMODIFIED", why);
		}
		return foureyes_check(p, ACT_RECUSE, f->signers, n, why);
	}
	e = outside_may(p, f, why);
	if (e == OK && f->with_identity) {
		e = foureyes_check(p, ACT_DISCLOSE_IDENTITY, f->signers, n,
		    why);
	}
	return e == OK ? foureyes_check(p, ACT_FORWARD, f->signers, n, why) :
	    e;
}

bool
forward_carries(const struct profile *p, const char *field)
{
	return json_holds(forwarding(p, "carry"), field);
}
