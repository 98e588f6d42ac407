/* SPDX-License-Identifier: EUPL-1.2 */
/* `takeover`: the deputy makes a note of who she is, the holder takes it in,
 * and one day she goes on from the last backup. And what the holder says when
 * the gateway tells of a take-over that never was. */
#include <stdio.h>

#include "files.h"
#include "heir.h"
#include "papers.h"
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

static enum err
took(struct desk *d, enum err e, const struct refusal *why, uint64_t tenure,
    json_t *damaged, const char *next)
{
	if (e != OK) {
		tell_refusal(why);
	} else if (d->json) {
		json_t *o = json_object();
		json_object_set_new(o, "tenure",
		    json_integer((json_int_t)tenure));
		json_object_set(o, "damaged", damaged);
		print_json(o);
	} else {
		printf("This machine holds the desk now (tenure %llu). %s\n",
		    (unsigned long long)tenure, next);
	}
	json_decref(damaged);
	return e;
}

/* Which record of the paper sheets is damaged, also where nothing went on */
static json_t *
tell_damaged(const struct papers_aside *aside)
{
	const char *const as[] = {aside->own, aside->theirs}, *const whose[] = {
		"of this machine", "in the backup"};
	json_t *list = json_array();

	for (unsigned i = 0; i < 2; i++) {
		char name[ASIDE_NAME + 8];
		if (as[i][0] == 0) {
			continue;
		}
		snprintf(name, sizeof name, "public/%s", as[i]);
		json_array_append_new(list, json_string(name));
		say_error("papers.json %s, the record of paper sheets, is "
		    "damaged; it is kept as %s", whose[i], name);
	}
	return list;
}

static enum err
backup_take(struct desk *d, const char *path, const struct takeover_wish *w)
{
	uint64_t tenure = 0;
	struct papers_aside aside;
	struct refusal why;
	enum err e = act_takeover(d, path, w, &tenure, &aside, &why);

	return took(d, e, &why, tenure, tell_damaged(&aside), "Import the newest bundle, then "
	    "export: the other machine turns read-only when it sees it.");
}

static enum err
deny(struct desk *d)
{
	uint64_t tenure = 0;
	struct refusal why;
	enum err e = desk_open(d, DESK_CASEBOOK);

	if (e != OK) {
		return e;
	}
	e = act_takeover_deny(d, &tenure, &why);
	return took(d, e, &why, tenure, NULL, "Export next. A gateway that tells of "
	    "a take-over that never was lies or was changed: tell the other "
	    "holders and IT.");
}

int
verb_takeover(struct desk *d, int argc, char **argv)
{
	const char *path = NULL, *note = NULL, *deputy = NULL;
	struct takeover_wish w = {.unsigned_too = false};
	bool denied = false;
	struct option_rule rules[] = {
		{.name = "note", .value = &note},
		{.name = "deputy", .value = &deputy},
		{.name = "deny", .flag = &denied},
		{.name = "unsigned", .flag = &w.unsigned_too},
		{.name = "leave-own", .flag = &w.leave_own},
	};
	enum err e;

	if (!options_take(argc, argv, rules, sizeof rules / sizeof *rules,
	    &path, 1, NULL)) {
		return EXIT_USAGE;
	}
	if ((path != NULL) + (note != NULL) + (deputy != NULL) + denied != 1 ||
	    ((w.unsigned_too || w.leave_own) && path == NULL)) {
		say_error("use: takeover BACKUP.deputy [--unsigned] "
		    "[--leave-own] | --note FILE | --deputy FILE | --deny");
		return EXIT_USAGE;
	}
	if (denied) {
		return exit_of(deny(d));
	}
	e = desk_open(d, DESK_KEYRING);
	if (e == OK && note != NULL) {
		e = note_write(d, note);
	} else if (e == OK && deputy != NULL) {
		e = deputy_take(d, deputy);
	} else if (e == OK) {
		e = backup_take(d, path, &w);
	}
	return exit_of(e);
}
