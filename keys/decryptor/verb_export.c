/* SPDX-License-Identifier: EUPL-1.2 */
/* `export DIR`: the outbound bundle for the courier. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "founding.h"
#include "outgoing.h"
#include "terminal.h"
#include "verbs.h"

static void
tell(const struct desk *d, const struct outgoing_result *r)
{
	if (d->json) {
		json_t *o = json_object();
		json_object_set_new(o, "folder", json_string(r->folder));
		json_object_set_new(o, "serial",
		    json_integer((json_int_t)r->serial));
		json_object_set_new(o, "confirmed",
		    json_integer((json_int_t)r->confirmed));
		json_object_set_new(o, "slots", json_integer(r->slots));
		json_object_set_new(o, "replies", json_integer(r->replies));
		json_object_set_new(o, "weeks", json_integer(r->weeks));
		json_object_set_new(o, "left_out",
		    json_integer(r->left_out));
		if (r->lacks[0] != 0) {
			json_object_set_new(o, "lacks",
			    json_string(r->lacks));
			json_object_set_new(o, "lacks_week",
			    json_string(r->lacks_week));
		}
		print_json(o);
		return;
	}
	printf("Wrote %s, number %llu: %u live replies, %u weeks of keys.\n",
	    r->folder, (unsigned long long)r->serial, r->replies, r->weeks);
	if (r->moved[0] != 0) {
		printf("The bundle that lay there is now called %s.\n",
		    r->moved);
	}
	if (r->left_out > 0) {
		printf("Answers of %u case(s) could not go with it, and count "
		    "for nothing; all else did.\n", r->left_out);
	}
	if (r->confirmed > 0) {
		printf("Confirmed to the gateway: manifest %llu.\n",
		    (unsigned long long)r->confirmed);
	}
	if (r->confirmed < state_complete(d->state)) {
		printf("Not confirmed yet: what no backup on a second medium "
		    "holds. Run `backup FILE`, then export again.\n");
	}
	if (r->lacks[0] != 0) {
		printf("No keys of week %s: %s made none, or signed them with "
		    "a key that was replaced.\nThere: `rotate` (before a "
		    "holiday with --holiday), `holder request`; here `holder "
		    "add`.\n", r->lacks_week, r->lacks);
	}
	if (keyset_withdrawn(d->keyset)) {
		printf("This bundle closes the channel: the identity key is "
		    "revoked.\n");
	} else if (r->weeks < 2) {
		printf("WARNING: keys are published for %u week(s) only; the "
		    "page will close. Every holder must `rotate`.\n",
		    r->weeks);
	}
	retired_tell(d);
}

static enum err
confirm_anyway(struct desk *d)
{
	json_t *o = event_new(d, "confirm_without_backup");

	json_object_set_new(o, "complete",
	    json_integer((json_int_t)state_complete(d->state)));
	return desk_record(d, o);
}

int
verb_export(struct desk *d, int argc, char **argv)
{
	struct outgoing_result r;
	const char *path = NULL;
	bool anyway = false;
	struct option_rule rules[] = {
		{.name = "confirm-without-backup", .flag = &anyway},
	};
	int stick = -1;
	enum err e;

	memset(&r, 0, sizeof r);
	if (!options_take(argc, argv, rules, 1, &path, 1, NULL)) {
		return EXIT_USAGE;
	}
	if (path == NULL) {
		say_error("use: export DIR");
		return EXIT_USAGE;
	}
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK) {
		e = outgoing_allowed(d);
	}
	if (e == OK) {
		stick = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (stick < 0) {
			say_error("cannot open the folder %s: is the stick "
			    "in?", path);
			return EXIT_REFUSED;
		}
	}
	if (e == OK && anyway) {
		e = confirm_anyway(d);
	}
	if (e == OK) {
		e = outgoing_make(d, stick, &r);
		if (e == ERR_FULL) {
			say_error("the stick is full: no bundle was written "
			    "and nothing is lost. Make room and export again");
		} else if (e != OK) {
			say_error("no bundle was written to %s: %s. Nothing "
			    "is lost; try another stick", path, err_text(e));
		}
	}
	if (stick >= 0) {
		close(stick);
	}
	if (e == OK) {
		tell(d, &r);
	}
	return exit_of(e);
}
