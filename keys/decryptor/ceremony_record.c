/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * HOME/ceremony.json: how far a ceremony came. Holds no secret: names, the
 * folder, a number.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ceremony.h"
#include "files.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"
#include "terminal.h"

#define CEREMONY_TYPE "meldluik-ceremony"
#define CEREMONY_FILE "ceremony.json"
#define NOTE_MAX 16384u

static enum err
home_folder(const struct ceremony *c, int *dir)
{
	if (mkdir(c->d->home, 0700) != 0 && access(c->d->home, W_OK) != 0) {
		say_error("cannot make the folder %s", c->d->home);
		return ERR_IO;
	}
	*dir = open(c->d->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *dir < 0 ? ERR_IO : OK;
}

enum err
ceremony_save(struct ceremony *c)
{
	struct buf doc = buf_new(NOTE_MAX);
	json_t *o = json_object();
	int dir = -1;
	enum err e = home_folder(c, &dir);

	json_object_set_new(o, "type", json_string(CEREMONY_TYPE));
	json_object_set_new(o, "version", json_integer(1));
	json_object_set_new(o, "language", json_string(c->language));
	json_object_set_new(o, "rehearsal", json_boolean(c->rehearsal));
	json_object_set_new(o, "profile", json_string(c->authority ? "eu" :
	    "nl"));
	json_object_set_new(o, "renewal", json_boolean(c->renewal));
	json_object_set_new(o, "organisation",
	    json_string(c->organisation));
	json_object_set_new(o, "person", json_string(c->person));
	json_object_set_new(o, "folder", json_string(c->folder));
	json_object_set_new(o, "step", json_integer(c->step));
	if (e == OK) {
		e = json_write(o, &doc);
	}
	if (e == OK) {
		e = file_replace(dir, CEREMONY_FILE, doc.p, doc.len);
	}
	c->recorded = c->recorded || e == OK;
	if (dir >= 0) {
		close(dir);
	}
	json_decref(o);
	buf_free(&doc);
	return e;
}

static enum err
text_field(const json_t *o, const char *key, char *out, size_t size)
{
	const char *s;
	enum err e = json_string_field(o, key, 0, size - 1, &s);

	if (e == OK) {
		strcpy(out, s);
	}
	return e;
}

/* ERR_UNKNOWN: there is none */
static enum err
load(struct ceremony *c, int dir)
{
	struct buf doc = buf_new(NOTE_MAX);
	const char *profile = NULL; /* none in a record of before */
	json_t *o = NULL;
	int64_t step;
	enum err e = file_read(dir, CEREMONY_FILE, &doc);

	if (e == OK && (e = json_read_type(doc.p, doc.len, NOTE_MAX,
	    CEREMONY_TYPE, &o)) == OK &&
	    (e = text_field(o, "language", c->language, 3)) == OK &&
	    (e = text_field(o, "organisation", c->organisation,
	    KEYSET_NAME)) == OK && (e = text_field(o, "person", c->person,
	    KEYSET_ID)) == OK && (e = text_field(o, "folder", c->folder,
	    sizeof c->folder)) == OK && (json_object_get(o, "profile") ==
	    NULL || (e = json_string_field(o, "profile", 2, 2,
	    &profile)) == OK) && (e = json_int_field(o, "step", 0,
	    STEP_DONE, &step)) == OK) {
		c->step = (unsigned)step;
		c->rehearsal = json_is_true(json_object_get(o, "rehearsal"));
		c->authority = profile != NULL && strcmp(profile, "eu") == 0;
		c->renewal = json_is_true(json_object_get(o, "renewal"));
		c->recorded = true;
	}
	json_decref(o);
	buf_free(&doc);
	return e;
}

enum err
ceremony_find(struct ceremony *c, struct desk *d, struct refusal *why)
{
	int dir = open(d->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e = OK;

	memset(c, 0, sizeof *c);
	c->d = d;
	strcpy(c->language, "nl");
	if (dir < 0) { /* made with the first answer */
		return OK;
	}
	c->home = faccessat(dir, "keyring.age", F_OK, 0) == 0;
	e = load(c, dir);
	if (e != OK && e != ERR_UNKNOWN) {
		refuse_word(why, ERR_FORMAT, "%s/" CEREMONY_FILE " is "
		    "beschadigd; verwijder het om opnieuw te beginnen.",
		    "%s/" CEREMONY_FILE " is damaged; remove it to begin "
		    "anew", d->home);
		e = ERR_FORMAT;
	} else if (e == ERR_UNKNOWN && !c->home && faccessat(dir, "casebook",
	    F_OK, 0) == 0) {
		e = refuse_word(why, ERR_CONFLICT, "In %s ligt een dossierboek "
		    "zonder sleutelbos: zet een reservekopie terug "
		    "(`restore`).", "%s holds a casebook without a keyring; "
		    "`restore` a backup", d->home);
	} else {
		e = OK;
	}
	close(dir);
	return e;
}

void
ceremony_end(struct ceremony *c)
{
	secret_free(c->offered);
	c->offered = NULL;
	for (unsigned i = 0; i < 2; i++) {
		words_free(c->list[i]);
		c->list[i] = NULL;
	}
}

bool
ceremony_connected(char name[64])
{
	DIR *list = opendir("/sys/class/net");
	struct dirent *entry;
	bool found = false;

	while (list != NULL && !found && (entry = readdir(list)) != NULL) {
		char path[320], state[16] = "";
		FILE *f;
		if (entry->d_name[0] == '.' ||
		    strcmp(entry->d_name, "lo") == 0) {
			continue;
		}
		snprintf(path, sizeof path, "/sys/class/net/%s/operstate",
		    entry->d_name);
		f = fopen(path, "re");
		if (f != NULL) {
			found = fgets(state, sizeof state, f) != NULL &&
			    strncmp(state, "up", 2) == 0;
			fclose(f);
		}
		snprintf(name, 64, "%.63s", entry->d_name);
	}
	if (list != NULL) {
		closedir(list);
	}
	return found;
}
