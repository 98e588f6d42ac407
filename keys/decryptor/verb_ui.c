/* SPDX-License-Identifier: EUPL-1.2 */
/* `ui`: the desk as a page on loopback; without a desk, its ceremony. */
#include <stdlib.h>
#include <string.h>

#include "meldluik/secret.h"
#include "terminal.h"
#include "ui/ui.h"
#include "verbs.h"

static bool
number(const char *s, unsigned max, unsigned *out)
{
	char *end;
	unsigned long n = strtoul(s, &end, 10);

	if (s[0] < '0' || s[0] > '9' || *end != 0 || n > max) {
		return false;
	}
	*out = (unsigned)n;
	return true;
}

int
verb_ui(struct desk *d, int argc, char **argv)
{
	const char *port = NULL, *idle = NULL, *program = NULL;
	bool browser = false;
	struct ui *ui = secret_new(sizeof *ui);
	unsigned n = 0;
	enum err e;

	if (ui == NULL) {
		return EXIT_REFUSED;
	}
	struct option_rule rules[] = {
		{.name = "port", .value = &port},
		{.name = "lock-after", .value = &idle},
		{.name = "stick", .many = ui->stick, .room = UI_STICKS,
		    .count = &ui->sticks},
		{.name = "browser", .flag = &browser},
		{.name = "browser-program", .value = &program},
	};
	ui->desk = d;
	ui->idle = UI_IDLE_MINUTES;
	ui->today_given = d->today_given;
	if (!options_take(argc, argv, rules, 5, NULL, 0, NULL) ||
	    (port != NULL && !number(port, 65535, &n)) ||
	    (idle != NULL && !number(idle, 1440, &ui->idle)) ||
	    ui->idle == 0) {
		say_error("use: ui [--port N] [--lock-after MINUTES] "
		    "[--stick DIR]... [--browser]");
		secret_free(ui);
		return EXIT_USAGE;
	}
	e = founding_find(ui);
	if (e == OK && ui->founding.c.home) {
		e = desk_open(d, DESK_FOLDER); /* whole, and nobody's now? */
		desk_close(d);
	}
	if (e == OK) {
		e = ui_serve(ui, n, !browser && program == NULL ? NULL :
		    program == NULL ? "" : program);
	}
	ceremony_end(&ui->founding.c);
	secret_free(ui);
	return exit_of(e);
}
