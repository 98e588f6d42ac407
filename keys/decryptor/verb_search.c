/* SPDX-License-Identifier: EUPL-1.2 */
/* `search`: in which cases a word stands, and which could not be searched. */
#include <stdio.h>
#include <string.h>

#include "search.h"
#include "terminal.h"
#include "verbs.h"

static void
search_print(const struct desk *d, const struct search *s)
{
	for (size_t k = 0; k < d->state->kases; k++) {
		if (s->kase[k].hit) {
			printf("%s\n", d->state->kase[k].ref);
		}
	}
	printf("%zu case(s) found.\n", s->hits);
	if (s->missed > 0) {
		printf("NOT searched whole, text cannot be read: %zu "
		    "case(s):", s->missed);
		for (size_t k = 0; k < d->state->kases; k++) {
			if (search_missed(s, k)) {
				printf(" %s (%u)", d->state->kase[k].ref,
				    s->kase[k].unread);
			}
		}
		printf(". Run `verify`.\n");
	}
	if (s->homeless > 0) {
		printf("NOT searched: %llu message(s) that belong to no "
		    "case; see `list`.\n", (unsigned long long)s->homeless);
	}
}

static void
search_json(const struct desk *d, const struct search *s)
{
	json_t *o = json_object(), *found = json_array(),
	    *missed = json_array();

	for (size_t k = 0; k < d->state->kases; k++) {
		json_t *list = s->kase[k].hit ? found :
		    search_missed(s, k) ? missed : NULL;
		if (list != NULL) {
			json_array_append_new(list,
			    json_string(d->state->kase[k].ref));
		}
	}
	json_object_set_new(o, "found", found);
	json_object_set_new(o, "not_searched", missed);
	json_object_set_new(o, "without_case",
	    json_integer((json_int_t)s->homeless));
	print_json(o);
}

int
verb_search(struct desk *d, int argc, char **argv)
{
	const char *file = NULL;
	struct option_rule rules[] = {{.name = "file", .value = &file}};
	struct buf word = buf_new_secret(RECORD_MAX);
	struct search s = {0};
	enum err e;

	if (!options_take(argc, argv, rules, 1, NULL, 0, NULL)) {
		buf_free(&word);
		return EXIT_USAGE;
	}
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK) {
		e = desk_imported(d);
	}
	if (e == OK) {
		e = verb_text(file, &word);
	}
	if (e == OK) {
		word.len = strcspn(buf_cstr(&word), "\r\n"); /* UTF-8 */
		e = search_cases(d, buf_cstr(&word), &s);
		if (e == ERR_LIMIT) {
			say_error("a word has at least %u characters",
			    SEARCH_WORD_MIN);
		}
	}
	if (e == OK && d->json) {
		search_json(d, &s);
	} else if (e == OK) {
		search_print(d, &s);
	}
	search_free(&s);
	buf_free(&word);
	return exit_of(e);
}
