/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Rules by id, and who must sign what. Signatures arrive verified; here only
 * people are counted.
 */
#include <string.h>

#include "meldluik/foureyes.h"
#include "profile_private.h"

static const char *const act_codes[ACT_COUNT] = {
	[ACT_NOT_ADMISSIBLE] = "not_admissible",
	[ACT_UNFOUNDED_UNINVESTIGATED] = "unfounded_uninvestigated",
	[ACT_ABORT] = "abort",
	[ACT_FORWARD] = "forward",
	[ACT_DISCLOSE_IDENTITY] = "disclose_identity",
	[ACT_RECUSE] = "recuse",
	[ACT_WBK_DOWNGRADE] = "wbk_downgrade",
	[ACT_DESTROY] = "destroy",
	[ACT_KEY_CEREMONY] = "key_ceremony",
	[ACT_YEAR_CLOSING] = "year_closing",
	[ACT_FEEDBACK_WITHOUT_ROUTE] = "feedback_without_route",
};

/* Rules that code names itself; a profile without one is refused. */
static const char *const needed[] = { "S-STEP", "S-REGISTERED",
	"S-CLASSIFIED", "S-IMPARTIAL", "S-REASON", "S-OUTCOME", "S-ACK",
	"S-FEEDBACK", "S-REASONED", "S-OPTIONS", "S-CONSENT", "S-TOLD",
	"S-RESEALED", "S-WITHDRAWAL", "S-ORAL", "S-RETENTION", "S-HOLD",
	"S-TERM", "S-TWO", "S-SUBJECT", "S-FOREIGN-END", "S-SANITISED",
	"S-CHANNEL", "S-DUTY", "S-UNMODIFIED" };

enum err
rules_check(const struct profile *p)
{
	json_t *rules = json_object_get(p->root, "rules"), *value;
	const json_t *list = json_object_get(p->root, "four_eyes");
	const char *id;
	size_t i;

	if (!json_is_object(rules) || !json_is_strings(list, ACT_COUNT)) {
		return ERR_FORMAT;
	}
	json_object_foreach (rules, id, value) {
		if (!json_has_labels(value) ||
		    !json_has_text(value, "article", 128)) {
			return ERR_FORMAT;
		}
	}
	for (i = 0; i < sizeof needed / sizeof *needed; i++) {
		if (json_object_get(rules, needed[i]) == NULL) {
			return ERR_UNKNOWN;
		}
	}
	json_array_foreach (list, i, value) {
		size_t a = 0;

		while (a < ACT_COUNT && strcmp(act_codes[a],
		    json_string_value(value)) != 0) {
			a++;
		}
		if (a == ACT_COUNT) {
			return ERR_UNKNOWN;
		}
	}
	return OK;
}

bool
rule_find(const struct profile *p, const char *id, struct rule *out)
{
	json_t *rules = json_object_get(p->root, "rules"), *value;
	const char *key;

	json_object_foreach (rules, key, value) {
		if (strcmp(key, id) == 0) {
			*out = (struct rule){ key,
				json_text(value, "article", ""),
				json_text(value, "nl", ""),
				json_text(value, "en", "") };
			return true;
		}
	}
	return false;
}

const char *
act_code(enum act a)
{
	return act_codes[a];
}

bool
foureyes_needed(const struct profile *p, enum act a)
{
	return json_holds(json_object_get(p->root, "four_eyes"),
	    act_codes[a]);
}

enum err
foureyes_check(const struct profile *p, enum act a, const struct signer *s,
    size_t n, struct rule *why)
{
	size_t people = 0;

	if (!foureyes_needed(p, a)) {
		return OK;
	}
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		if (s[i].subject) {
			rule_find(p, "S-SUBJECT", why);
			return ERR_POLICY;
		}
		while (k < i && strcmp(s[k].person, s[i].person) != 0) {
			k++;
		}
		people += k == i ? 1 : 0;
	}
	if (people < 2) {
		rule_find(p, "S-TWO", why);
		return ERR_POLICY;
	}
	return OK;
}
