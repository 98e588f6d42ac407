/* SPDX-License-Identifier: EUPL-1.2 */
/* Arguments of verbs. No secret is ever an argument. */
#include <string.h>

#include "terminal.h"
#include "verbs.h"

static bool
option_take(const struct option_rule *r, int argc, char **argv, int *i)
{
	if (r->flag != NULL) {
		*r->flag = true;
		return true;
	}
	if (*i + 1 >= argc) {
		say_error("--%s needs a value", r->name);
		return false;
	}
	++*i;
	if (r->many != NULL) {
		if (*r->count == r->room) {
			say_error("--%s is given too often", r->name);
			return false;
		}
		r->many[(*r->count)++] = argv[*i];
		return true;
	}
	if (*r->value != NULL) {
		say_error("--%s is given twice", r->name);
		return false;
	}
	*r->value = argv[*i];
	return true;
}

bool
options_take(int argc, char **argv, const struct option_rule *rules,
    size_t n, const char **words, unsigned room, unsigned *count)
{
	unsigned have = 0;

	for (int i = 1; i < argc; i++) {
		size_t r = 0;
		if (strncmp(argv[i], "--", 2) != 0) {
			if (have == room) {
				say_error("there are too many words after "
				    "`%s`; see `%s --help`", argv[0],
				    argv[0]);
				return false;
			}
			words[have++] = argv[i];
			continue;
		}
		while (r < n && strcmp(rules[r].name, argv[i] + 2) != 0) {
			r++;
		}
		if (r == n) {
			say_error("`%s` knows no option %s; see `%s --help`",
			    argv[0], argv[i], argv[0]);
			return false;
		}
		if (!option_take(&rules[r], argc, argv, &i)) {
			return false;
		}
	}
	if (count != NULL) {
		*count = have;
	}
	return true;
}

bool
id_ok(const char *s)
{
	size_t n = strlen(s);

	return n >= 1 && n < KEYSET_ID &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}
