/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `backup`, `restore`, `verify`. A backup is a passphrase age file of a tar:
 * casebook, case keys, attachments, public files and the keyring without its
 * week keys, which must never outlive their week anywhere.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "archive_age.h"
#include "backup.h"
#include "files.h"
#include "org.h"
#include "papers.h"
#include "terminal.h"
#include "verbs.h"

static json_t *
names_json(const char *const id[], unsigned n)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < n; i++) {
		json_array_append_new(list, json_string(id[i]));
	}
	return list;
}

static void
tell_deputies(const char *file, const struct heirs *h)
{
	char names[HEIRS_TEXT];

	if (h->n > 0) {
		printf("%s.deputy, with %s.deputy.note beside it, is for %s: "
		    "`takeover` goes on from it.\n", file, file,
		    heirs_text(h->who, h->n, names));
	}
	if (h->without > 0) {
		printf("NOT for %s: no note of that key was taken in. "
		    "`takeover --note FILE` there, `takeover --deputy FILE` "
		    "here, then a new backup.\n",
		    heirs_text(h->lacks, h->without, names));
	}
}

static void
tell_backup(const struct desk *d, const char *file,
    const struct backup_made *m)
{
	if (d->json) {
		json_t *o = json_object();
		json_object_set_new(o, "second_medium", json_boolean(m->second));
		json_object_set_new(o, "complete", json_integer((json_int_t)
		    state_complete(d->state)));
		json_object_set_new(o, "paper", json_boolean(m->paper));
		json_object_set_new(o, "identity",
		    json_boolean(d->ring->has_identity));
		json_object_set_new(o, "deputies",
		    names_json(m->heirs.who, m->heirs.n));
		json_object_set_new(o, "without_note",
		    names_json(m->heirs.lacks, m->heirs.without));
		print_json(o);
		return;
	}
	if (m->second) {
		printf("Wrote %s. The next export confirms manifest %llu to "
		    "the gateway.\n", file,
		    (unsigned long long)state_complete(d->state));
	} else {
		printf("Wrote %s, but it lies in memory or on the disk of the "
		    "desk: it does not count as a backup and confirms "
		    "nothing. Write it to another medium.\n", file);
	}
	if (m->paper) {
		printf("Read back and right. %s.paper opens it with k sheets "
		    "of the backup key; keep it beside it.\n", file);
	} else {
		printf("Only the passphrase of this machine opens it: it knows "
		    "of no backup key on paper, so there is no FILE.paper.\n");
	}
	tell_deputies(file, &m->heirs);
	if (d->ring->has_identity) {
		printf("NOTE: the identity key is in it, as not every sheet is "
		    "proven yet. With its passphrase one person could change "
		    "who reads. When the sheets are proven: make a new backup "
		    "and destroy this one.\n");
	}
}

int
verb_backup(struct desk *d, int argc, char **argv)
{
	const char *file = NULL;
	struct backup_made made;
	enum err e;

	if (!options_take(argc, argv, NULL, 0, &file, 1, NULL)) {
		return EXIT_USAGE;
	}
	if (file == NULL) {
		say_error("use: backup FILE");
		return EXIT_USAGE;
	}
	if (access(file, F_OK) == 0) {
		say_error("%s is there already; give a new name", file);
		return EXIT_REFUSED;
	}
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK) {
		e = backup_make(d, file, &made);
	}
	if (e == OK) {
		tell_backup(d, file, &made);
	}
	return exit_of(e);
}

int
verb_restore(struct desk *d, int argc, char **argv)
{
	const char *file = NULL;
	int fd = -1;
	enum err e;

	if (!options_take(argc, argv, NULL, 0, &file, 1, NULL)) {
		return EXIT_USAGE;
	}
	if (file == NULL) {
		say_error("use: restore FILE, with --home naming a new folder");
		return EXIT_USAGE;
	}
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		say_error("cannot open %s", file);
		return EXIT_REFUSED;
	}
	e = passphrase_get(d->passfile, false, &d->pass, &d->passlen);
	if (e != OK) {
		say_error("there is no passphrase: give it on the terminal or "
		    "with --passphrase-file");
	}
	if (e == OK) {
		e = desk_make(d);
	}
	if (e == OK) {
		e = backup_read(d, fd);
		e = e == OK ? backup_use(d) : e;
		if (e == ERR_NO_MATCH) {
			say_error("the passphrase is wrong");
		} else if (e != OK) {
			say_error("the backup is damaged: %s; %s is not "
			    "usable, remove it", err_text(e), d->home);
		}
	}
	close(fd);
	if (e == OK) {
		desk_close(d);
		e = desk_open(d, DESK_CASEBOOK);
	}
	if (e == OK && !d->json) {
		printf("Restored to %s. Backups hold no week keys: run "
		    "`rotate` now, then import, then export.\n", d->home);
	}
	return exit_of(e);
}

/* A head from paper: an event of this journal, or something was cut off */
static enum err
head_find(struct desk *d, const uint8_t head[HASH_LEN], uint64_t *at)
{
	enum err e = journal_find(d->book, head, at);

	if (e == OK && *at == 0) {
		e = ERR_CHAIN;
		say_error("that head is none of this journal: events were cut "
		    "off, or an old copy was put in its place. Keep a copy "
		    "and `restore` the last backup");
	}
	return e;
}

int
verb_verify(struct desk *d, int argc, char **argv)
{
	const char *word = NULL;
	struct option_rule rules[] = {{.name = "head", .value = &word}};
	uint64_t records = 0, destroyed = 0, at = 0;
	uint8_t head[HASH_LEN];
	json_t *o;
	enum err e;

	if (!options_take(argc, argv, rules, 1, NULL, 0, NULL)) {
		return EXIT_USAGE;
	}
	if (word != NULL && (strlen(word) != 2 * HASH_LEN ||
	    hex_decode(word, head, HASH_LEN) != OK)) {
		say_error("--head takes the 64 characters that `verify` "
		    "printed before");
		return EXIT_USAGE;
	}
	e = desk_open(d, DESK_CASEBOOK); /* walks the whole chain */
	if (e == OK && word != NULL) {
		e = head_find(d, head, &at);
	}
	if (e == OK) {
		e = casebook_check(d->book, &records, &destroyed);
		if (e == ERR_CHAIN) {
			say_error("the records are not those that the journal "
			    "names: one is missing, or one too many");
		} else if (e != OK) {
			say_error("a record of the casebook is damaged: %s",
			    err_text(e));
		}
	}
	if (e == OK) {
		e = backup_whole(d);
	}
	if (e != OK) {
		return exit_of(e);
	}
	journal_head(d->book, head);
	o = json_object();
	json_object_set_new(o, "events",
	    json_integer((json_int_t)journal_length(d->book)));
	event_hex(o, "head", head, HASH_LEN);
	if (word != NULL) {
		json_object_set_new(o, "head_given_at",
		    json_integer((json_int_t)at));
	}
	json_object_set_new(o, "records", json_integer((json_int_t)records));
	json_object_set_new(o, "destroyed",
	    json_integer((json_int_t)destroyed));
	if (d->json) {
		print_json(o);
	} else {
		if (word != NULL) {
			printf("The head from paper is event %llu: all since "
			    "then is there.\n", (unsigned long long)at);
		}
		printf("The journal is whole: %llu events; %llu records open; "
		    "head\n  %s\nWrite the head on paper: `verify --head` "
		    "tells later that nothing was cut off.\n",
		    (unsigned long long)journal_length(d->book),
		    (unsigned long long)records,
		    json_string_value(json_object_get(o, "head")));
		json_decref(o);
	}
	return EXIT_OK;
}
