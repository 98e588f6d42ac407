/* SPDX-License-Identifier: EUPL-1.2 */
/* `takeover`: the deputy makes a note of who she is, the holder takes it in,
 * and one day she goes on from the last backup. */
#include <stdio.h>

#include "files.h"
#include "heir.h"
#include "terminal.h"
#include "verbs.h"

static enum err
note_write(struct desk *d, const char *path)
{
	struct buf note = buf_new(HEIR_MAX);
	enum err e = heir_note(d, &note);

	if (e != OK) {
		say_error("the note could not be made: %s", err_text(e));
	} else {
		e = verb_write(path, &note);
	}
	if (e == OK && !d->json) {
		printf("Wrote %s. Who holds the casebook takes it in with "
		    "`takeover --deputy FILE`.\n", path);
	}
	buf_free(&note);
	return e;
}

static enum err
deputy_take(struct desk *d, const char *path)
{
	struct buf note = buf_new(HEIR_MAX);
	char person[KEYSET_ID];
	enum err e = file_read_path(path, &note);

	if (e == OK) {
		e = heir_store(d, note.p, note.len, person);
	}
	if (e != OK) {
		say_error("this is no note of another holder of this desk: "
		    "%s", err_text(e));
	} else if (!d->json) {
		printf("From now on `backup` also writes FILE.deputy, with "
		    "which %s can take over.\n", person);
	}
	buf_free(&note);
	return e;
}

int
verb_takeover(struct desk *d, int argc, char **argv)
{
	const char *path = NULL, *note = NULL, *deputy = NULL;
	struct option_rule rules[] = {
		{.name = "note", .value = &note},
		{.name = "deputy", .value = &deputy},
	};
	uint64_t tenure = 0;
	struct refusal why;
	enum err e;

	if (!options_take(argc, argv, rules, 2, &path, 1, NULL)) {
		return EXIT_USAGE;
	}
	if ((path != NULL) + (note != NULL) + (deputy != NULL) != 1) {
		say_error("use: takeover BACKUP.deputy | --note FILE | "
		    "--deputy FILE");
		return EXIT_USAGE;
	}
	e = desk_open(d, DESK_KEYRING);
	if (e == OK && note != NULL) {
		e = note_write(d, note);
	} else if (e == OK && deputy != NULL) {
		e = deputy_take(d, deputy);
	} else if (e == OK && (e = act_takeover(d, path, &tenure, &why)) !=
	    OK) {
		tell_refusal(&why);
	} else if (e == OK && d->json) {
		json_t *o = json_object();
		json_object_set_new(o, "tenure",
		    json_integer((json_int_t)tenure));
		print_json(o);
	} else if (e == OK) {
		printf("This machine holds the desk now (tenure %llu). Import "
		    "the newest bundle, then export: the other machine turns "
		    "read-only when it sees it.\n",
		    (unsigned long long)tenure);
	}
	return exit_of(e);
}
