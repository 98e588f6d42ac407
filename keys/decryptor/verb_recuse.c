/* SPDX-License-Identifier: EUPL-1.2 */
/* `recuse`: a case goes to another desk. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meldluik/secret.h"
#include "terminal.h"
#include "verbs.h"

int
verb_recuse(struct desk *d, int argc, char **argv)
{
	const char *ref = NULL, *to = NULL, *reason = NULL, *out = NULL,
	    *over = NULL;
	struct option_rule rules[] = {
		{.name = "to", .value = &to},
		{.name = "reason", .value = &reason},
		{.name = "out", .value = &out},
		{.name = "handed-over", .value = &over},
	};
	struct buf text = buf_new_secret(65536);
	char code[20] = "";
	struct refusal why;
	size_t k = 0;
	enum err e;

	if (!options_take(argc, argv, rules, 4, &ref, 1, NULL)) {
		return EXIT_USAGE;
	}
	if ((over == NULL) != (to != NULL && out != NULL)) {
		say_error("use: recuse ID --to DESK --out PARCEL [--reason "
		    "FILE] | --handed-over CODE");
		return EXIT_USAGE;
	}
	e = verb_case(d, ref, "recuse ID ...", &k);
	if (e == OK && over != NULL) {
		if ((e = act_handed_over(d, k, over, &why)) != OK) {
			tell_refusal(&why);
			return exit_of(e);
		}
		verb_destroyed_tell(d, k);
		if (!d->json) {
			printf("The keys of %s are destroyed here.\n",
			    d->state->kase[k].ref);
		}
		return exit_of(e);
	}
	if (e == OK && !d->state->kase[k].resealed) {
		e = verb_text(reason, &text);
	}
	if (e == OK && (e = act_recuse(d, k, (unsigned)strtoul(to, NULL, 10),
	    (const char *)text.p, text.len, out, code, &why)) != OK) {
		tell_refusal(&why);
	}
	if (e == OK && !d->json) {
		printf("Wrote %s. Carry it to desk %s; what they read to you, "
		    "give to `recuse %s --handed-over`.\n", out, to,
		    d->state->kase[k].ref);
	}
	buf_free(&text);
	return exit_of(e);
}
