/* SPDX-License-Identifier: EUPL-1.2 */
/* A profile that would weaken the rules by being of the wrong shape is
 * refused at load: states, transitions, rules, acts of four eyes, desks and
 * roles, authorities, periods. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "meldluik/profile.h"

/* Longer than any code or id, of letters that both may have */
#define LONG32 "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""

/* nl.json with ${value} (JSON; NULL: left out) at ${path}, in which a number
 * is a place in a list */
static enum err
loads(const char *path, const char *value)
{
	struct profile *p = NULL;
	struct bytes data;
	char words[128], *word, *next, *save = NULL, *text;
	json_t *root, *at, *v;
	enum err e;

	assert_int_equal(policy_data("nl.json", &data), OK);
	root = json_loadb((const char *)data.p, data.len, 0, NULL);
	at = root;
	snprintf(words, sizeof(words), "%s", path);
	word = strtok_r(words, "/", &save);
	while ((next = strtok_r(NULL, "/", &save)) != NULL) {
		at = json_is_array(at) ? json_array_get(at,
		    strtoul(word, NULL, 10)) : json_object_get(at, word);
		assert_non_null(at);
		word = next;
	}
	v = value == NULL ? NULL : json_loads(value, JSON_DECODE_ANY, NULL);
	if (v == NULL) {
		json_object_del(at, word);
	} else if (json_is_array(at)) {
		json_array_set_new(at, strtoul(word, NULL, 10), v);
	} else {
		json_object_set_new(at, word, v);
	}
	text = json_dumps(root, JSON_COMPACT);
	e = profile_load(text, strlen(text), &p);
	assert_true((e == OK) == (p != NULL));
	profile_free(p);
	free(text);
	json_decref(root);
	return e;
}

static void
shapes(void **state)
{
	static const struct {
		const char *path, *value;
		enum err want;
	} t[] = {
		{"note", "\"x\"", OK},
		{"states/ontvangen", NULL, ERR_FORMAT},
		{"states/vernietigd", "{\"nl\":\"a\"}", ERR_FORMAT},
		{"states/vernietigd", "{\"nl\":\"a\",\"en\":1}", ERR_FORMAT},
		{"transitions", "[]", ERR_FORMAT},
		{"transitions", "{}", ERR_FORMAT},
		{"transitions/3/from", "[]", ERR_FORMAT},
		{"transitions/3/from", "\"ontvangen\"", ERR_FORMAT},
		{"transitions/3/from", "[1]", ERR_FORMAT},
		{"transitions/3/from", "[\"nergens\"]", ERR_UNKNOWN},
		{"transitions/3/from", NULL, ERR_FORMAT},
		{"transitions/3/to", "1", ERR_FORMAT},
		{"transitions/3/to", NULL, ERR_FORMAT},
		{"transitions/3/to", "\"nergens\"", ERR_UNKNOWN},
		{"transitions/3/guards", NULL, ERR_FORMAT},
		{"transitions/3/guards", "\"registered\"", ERR_FORMAT},
		{"transitions/3/guards", "[1]", ERR_FORMAT},
		{"transitions/3/guards", "[\"four_eyes\"]", ERR_UNKNOWN},
		{"routing/roles", "[]", ERR_FORMAT},
		{"routing/default", "\"nobody\"", ERR_UNKNOWN},
		{"routing/default", "1", ERR_UNKNOWN},
		{"routing/desks/0/must_not_read", "[\"nobody\"]", ERR_UNKNOWN},
		{"routing/desks/0/number", "0", ERR_FORMAT},
		{"routing/desks/0/number", "64", ERR_FORMAT},
		{"routing/desks/0/id", "\"a b\"", ERR_FORMAT},
		{"routing/roles/0/decides", "1", ERR_FORMAT},
		{"routing/roles/0/external_first", "1", ERR_FORMAT},
		{"routing/warning", NULL, ERR_FORMAT},
		{"routing/roles/6/code", LONG32, ERR_FORMAT},
		{"routing/roles/6/code", "\"een rol\"", ERR_FORMAT},
		{"routing/roles/6/code", "\"medewerker\"", ERR_FORMAT},
		{"routing/roles/6/nl", NULL, ERR_FORMAT},
		{"routing/roles/6/prefer", "\"meldpunt\"", ERR_FORMAT},
		{"routing/desks", "[]", ERR_FORMAT},
		{"routing/desks/4/id", LONG32, ERR_FORMAT},
		{"routing/desks/4/en", NULL, ERR_FORMAT},
		{"routing/desks/4/must_not_read", "1", ERR_FORMAT},
		{"authorities", "[]", ERR_FORMAT},
		{"authorities/1/code", "\"\"", ERR_FORMAT},
		{"authorities/1/code", LONG32, ERR_FORMAT},
		{"authorities/1/code", "\"HVK\"", ERR_FORMAT},
		{"authorities/1/nl", NULL, ERR_FORMAT},
		{"authorities/1/site", NULL, ERR_FORMAT},
		{"authorities/1/designated", "1", ERR_FORMAT},
		{"authorities/1/areas", "\"CONS\"", ERR_FORMAT},
		{"authorities/1/areas", "[\"XXXX\"]", ERR_UNKNOWN},
		{"forwarding/consent", "1", ERR_FORMAT},
		{"forwarding/carry", "\"thread\"", ERR_FORMAT},
		{"retention", "[]", ERR_FORMAT},
		{"retention/0/code", LONG32, ERR_FORMAT},
		{"retention/0/article", NULL, ERR_FORMAT},
		{"retention/0/en", NULL, ERR_FORMAT},
		{"retention/0/days", "0", ERR_FORMAT},
		{"retention/0/days", "36601", ERR_FORMAT},
		{"retention/0/days", "\"14\"", ERR_FORMAT},
		{"retention/1/months", "1201", ERR_FORMAT},
		{"retention/0/permanent", "true", ERR_FORMAT},
		{"retention/0/from", "\"birth\"", ERR_UNKNOWN},
		{"retention/1/code", "\"RT9\"", ERR_UNKNOWN},
		{"rules", "[]", ERR_FORMAT},
		{"rules/S-TWO", NULL, ERR_UNKNOWN},
		{"rules/S-TWO/en", NULL, ERR_FORMAT},
		{"rules/S-TWO/article", NULL, ERR_FORMAT},
		{"rules/S-TWO/article", "\"\"", ERR_FORMAT},
		{"rules/S-TWO", "\"S-ONE\"", ERR_FORMAT},
		{"four_eyes", "{}", ERR_FORMAT},
		{"four_eyes", NULL, ERR_FORMAT},
		{"four_eyes/0", "1", ERR_FORMAT},
		{"four_eyes/0", "\"everything\"", ERR_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		enum err e = loads(t[i].path, t[i].value);

		if (e != t[i].want) {
			fail_msg("%s %s: %s", t[i].path, t[i].value == NULL ?
			    "left out" : t[i].value, err_text(e));
		}
	}
}

/* ${n} times ${one}, in which %d is another number each time, at ${path} */
static enum err
loads_many(const char *path, int n, const char *one)
{
	size_t room = (strlen(one) + 8) * (size_t)n + 3, used = 1;
	char *list = malloc(room);
	enum err e;

	assert_non_null(list);
	list[0] = '[';
	for (int i = 0; i < n; i++) {
		used += (size_t)snprintf(list + used, room - used, one,
		    i + 1);
		list[used++] = ',';
	}
	strcpy(list + used - 1, "]");
	e = loads(path, list);
	free(list);
	return e;
}

/* More than there is of anything */
static void
too_many(void **state)
{
	static const struct {
		const char *path;
		int n;
		const char *one;
	} t[] = {
		{"transitions", 129, "{\"from\":[\"ontvangen\"],"
		    "\"to\":\"opgehaald\",\"guards\":[\"registered\"]}"},
		{"transitions/0/guards", 17, "\"registered\""},
		{"transitions/0/from", 40, "\"ontvangen\""},
		{"four_eyes", 40, "\"abort\""},
		{"routing/roles", 33, "{\"code\":\"r%d\",\"nl\":\"r\","
		    "\"en\":\"r\",\"decides\":\"r\",\"prefer\":[]}"},
		{"routing/desks", 17, "{\"number\":%d,\"id\":\"d\","
		    "\"nl\":\"d\",\"en\":\"d\",\"must_not_read\":[]}"},
		{"routing/roles/0/prefer", 17, "\"d%d\""},
		{"routing/desks/0/must_not_read", 17, "\"griffier\""},
		{"authorities", 65, "{\"code\":\"A%d\",\"nl\":\"a\","
		    "\"en\":\"a\",\"site\":\"a.nl\","
		    "\"designated\":true,\"areas\":[]}"},
		{"forwarding/carry", 65, "\"f%d\""},
		{"retention", 33, "{\"code\":\"RT%d\",\"nl\":\"r\","
		    "\"en\":\"r\",\"article\":\"a\","
		    "\"from\":\"told\",\"days\":1}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		enum err e = loads_many(t[i].path, t[i].n, t[i].one);

		if (e != ERR_FORMAT) {
			fail_msg("%d of %s: %s", t[i].n, t[i].path,
			    err_text(e));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes),
		cmocka_unit_test(too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
