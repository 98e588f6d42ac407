/* SPDX-License-Identifier: EUPL-1.2 */
/* `extract ID --to DIR`: content out of the casebook, to look at. */
#include <stdio.h>

#include "terminal.h"
#include "verbs.h"

int
verb_extract(struct desk *d, int argc, char **argv)
{
	const char *ref = NULL, *to = NULL;
	bool scrub = false;
	struct option_rule rules[] = {
		{.name = "to", .value = &to},
		{.name = "scrub", .flag = &scrub},
	};
	struct extract_result r = {.list = NULL, .lost = NULL};
	struct refusal why;
	size_t k = 0;
	json_t *o;
	enum err e;

	if (!options_take(argc, argv, rules, 2, &ref, 1, NULL)) {
		return EXIT_USAGE;
	}
	if (to == NULL) {
		say_error("use: extract ID --to DIR [--scrub]");
		return EXIT_USAGE;
	}
	e = verb_case(d, ref, "extract ID --to DIR [--scrub]", &k);
	if (e == OK && (e = act_extract(d, k, to, scrub, &r, &why)) != OK) {
		tell_refusal(&why);
	}
	if (e == OK && d->json) {
		o = json_object();
		json_object_set_new(o, "attachments", json_integer(r.files));
		json_object_set_new(o, "scrubbed", json_integer(r.scrubbed));
		json_object_set_new(o, "unscrubbed",
		    json_integer(r.unscrubbed));
		json_object_set(o, "files", r.list);
		json_object_set(o, "unreadable", r.lost);
		print_json(o);
	} else if (e == OK) {
		printf("Wrote message.txt and %u attachment(s) to %s. Open "
		    "them only on a machine you can lose.\n", r.files, to);
		if (r.unscrubbed > 0) {
			printf("%u file(s) have no scrubbed copy; message.txt "
			    "says why.\n", r.unscrubbed);
		}
	}
	if (e == OK && json_array_size(r.lost) > 0) {
		say_error("%zu message(s) or attachment(s) cannot be read "
		    "and are left out; message.txt names them",
		    json_array_size(r.lost));
		e = ERR_CRYPT;
	}
	json_decref(r.list);
	json_decref(r.lost);
	return exit_of(e);
}
