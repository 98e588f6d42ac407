/* SPDX-License-Identifier: EUPL-1.2 */
/* `handbook`: the coordinator's handbook as one file, to read or print. */
#include <stdio.h>

#include "terminal.h"
#include "ui/ui.h"
#include "verbs.h"

int
verb_handbook(struct desk *d, int argc, char **argv)
{
	struct buf page = buf_new(UI_PAGE_MAX);
	const char *language = NULL;
	struct option_rule rules[] = {
		{.name = "language", .value = &language},
	};
	enum err e;

	(void)d;
	if (!options_take(argc, argv, rules, 1, NULL, 0, NULL)) {
		return EXIT_USAGE;
	}
	e = handbook_file(language == NULL ? "nl" : language, &page);
	if (e != OK) {
		say_error("the handbook is there in nl and en");
	} else {
		fwrite(page.p, 1, page.len, stdout);
	}
	buf_free(&page);
	return exit_of(e);
}
