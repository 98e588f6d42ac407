/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Weeks that are over for the whole desk, told by one of its holders to the
 * machines of the others. A deputy's stands by and imports nothing, so her
 * week keys would live for ever. No key goes by date alone, nor by the word of
 * another desk.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "heir.h"
#include "meldluik/json.h"
#include "terminal.h"
#include "weeks.h"

#define NOTE_NAME (KEYSET_ID + 24u)

/* Each holder's own: a deputy who publishes on the same stick knows of no
 * week, and would take away the word of who does */
static void
note_name(const struct desk *d, const char *person, char out[NOTE_NAME])
{
	snprintf(out, NOTE_NAME, "weeks-%u-%s.note", d->ring->desk, person);
}

enum err
weeks_note_make(const struct desk *d, struct buf *out)
{
	const struct state *s = d->state;
	json_t *o = json_object(), *weeks = json_array();
	size_t first = s->closeds > WEEKS_NOTED ? s->closeds - WEEKS_NOTED : 0;

	for (size_t i = first; i < s->closeds; i++) {
		char name[WEEK_TEXT];
		if (s->closed[i].serial <= s->applied_confirmed) {
			week_text(s->closed[i].week, name);
			json_array_append_new(weeks, json_string(name));
		}
	}
	json_object_set_new(o, "weeks", weeks);
	return holder_note_make(d, "weeks", WEEKS_NOTE_TYPE, o, out);
}

enum err
weeks_note_parse(const struct desk *d, const void *p, size_t len,
    struct weeks_noted *out)
{
	static const char *const keys[] = {"type", "version", "org", "desk",
		"weeks", NULL};
	const struct keyset_person *who = NULL;
	const json_t *list;
	json_t *o = NULL;
	enum err e = holder_note_open(d, "weeks", WEEKS_NOTE_TYPE, p, len,
	    &who, &o);

	memset(out, 0, sizeof *out);
	if (e == OK && (e = json_keys(o, keys)) == OK) {
		e = json_array_field(o, "weeks", WEEKS_NOTED, &list);
	}
	for (size_t i = 0; e == OK && i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));
		e = name == NULL ? ERR_FORMAT : week_parse(name,
		    &out->week[out->n]);
		out->n += e == OK;
	}
	json_decref(o);
	return e;
}

/* A key that the keyset does not have yet, or any more, convinces nobody */
static bool
believed(const struct desk *d)
{
	const struct keyset_person *me = keyset_person(d->keyset,
	    d->ring->person);
	struct sign_pk pk;

	sign_pk_of(d->ring->operational, &pk);
	return me != NULL && me->role == PERSON_HOLDER &&
	    sign_pk_equal(&me->key, &pk);
}

enum err
weeks_note_publish(const struct desk *d, const char *path)
{
	struct buf note = buf_new(HEIR_MAX);
	char name[NOTE_NAME];
	int dir;
	enum err e;

	if (!believed(d)) {
		return OK;
	}
	note_name(d, d->ring->person, name);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	e = dir < 0 ? ERR_IO : weeks_note_make(d, &note);
	if (e == OK) {
		e = file_replace(dir, name, note.p, note.len);
	}
	if (dir >= 0) {
		close(dir);
	}
	buf_free(&note);
	return e;
}

/* A clock that is wrong ends no key of a week that still takes reports */
static unsigned
weeks_over(const struct desk *d, const struct weeks_noted *noted,
    day_t dead[KEYRING_WEEKS_MAX])
{
	unsigned n = 0;

	for (unsigned i = 0; i < d->ring->weeks; i++) {
		day_t week = d->ring->week[i].week;
		for (size_t j = 0; j < noted->n; j++) {
			if (noted->week[j] == week &&
			    epoch_last_day(week) < d->today) {
				dead[n++] = week;
				break;
			}
		}
	}
	return n;
}

/* The word of one holder; what it ended is added to *ended */
static enum err
holder_accept(struct desk *d, int dir, const char *path, const char *name,
    unsigned *ended)
{
	struct buf note = buf_new(HEIR_MAX);
	struct weeks_noted noted;
	day_t dead[KEYRING_WEEKS_MAX];
	unsigned n;
	enum err e = file_read(dir, name, &note);

	if (e == OK) {
		e = weeks_note_parse(d, note.p, note.len, &noted);
	} else if (e == ERR_UNKNOWN) {
		noted.n = 0; /* that holder published nothing there */
		e = OK;
	}
	buf_free(&note);
	if (e != OK) {
		say_error("%s/%s is no word of a holder of this desk on weeks "
		    "that are over: %s. No key was destroyed by it", path,
		    name, err_text(e));
		return e;
	}
	n = weeks_over(d, &noted, dead);
	if (n > 0) {
		e = weeks_end(d, dead, n);
	}
	*ended += e == OK ? n : 0;
	return e;
}

enum err
weeks_note_accept(struct desk *d, const char *path)
{
	const struct keyset *k = d->keyset;
	char name[NOTE_NAME];
	unsigned ended = 0;
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err first = dir < 0 ? ERR_IO : OK;

	for (unsigned i = 0; dir >= 0 && i < k->people; i++) {
		enum err e = OK;
		if (k->person[i].role == PERSON_HOLDER &&
		    k->person[i].desk == d->ring->desk) {
			note_name(d, k->person[i].id, name);
			e = holder_accept(d, dir, path, name, &ended);
		}
		first = first == OK ? e : first;
	}
	if (dir >= 0) {
		close(dir);
	}
	if (ended > 0 && !d->json) {
		printf("Destroyed here the keys of %u week(s), which were "
		    "read, backed up and confirmed for this desk.\n", ended);
	}
	return first;
}
