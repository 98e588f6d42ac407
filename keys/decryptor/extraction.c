/* SPDX-License-Identifier: EUPL-1.2 */
/* See the header. Only names that we wrote are ever removed. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "extraction.h"
#include "files.h"
#include "meldluik/json.h"
#include "scrub.h"

#define NOTE_MAX (256u << 10)

enum err
extraction_note(struct desk *d, size_t k, const char *path,
    const json_t *names)
{
	struct buf note = buf_new_secret(NOTE_MAX);
	char whole[PATH_MAX];
	uint8_t record[RECORD_ID];
	json_t *o = json_object();
	enum err e = realpath(path, whole) == NULL ||
	    !utf8_valid(whole, strlen(whole)) ? ERR_IO : OK;

	json_object_set_new(o, "folder", json_string(e == OK ? whole : ""));
	json_object_set(o, "files", (json_t *)(uintptr_t)names);
	if (e == OK) {
		e = json_write(o, &note);
	}
	json_decref(o);
	if (e == OK) {
		e = record_put(d->book, d->state->kase[k].key, note.p,
		    note.len, record);
	}
	if (e == OK) {
		o = event_new(d, "extraction");
		json_object_set_new(o, "case",
		    json_string(d->state->kase[k].ref));
		json_object_set_new(o, "person",
		    json_string(d->ring->person));
		event_hex(o, "record", record, RECORD_ID);
		e = desk_event(d, o);
	}
	buf_free(&note);
	return e;
}

/* "m01-attachment-01" covers itself and "m01-attachment-01.clean.jpg" */
static bool
noted(const json_t *stems, const char *name)
{
	size_t i;
	json_t *v;

	json_array_foreach ((json_t *)(uintptr_t)stems, i, v) {
		const char *stem = json_string_value(v);
		size_t n = stem == NULL ? 0 : strlen(stem);
		if (n > 0 && strncmp(name, stem, n) == 0 &&
		    (name[n] == 0 || name[n] == '.')) {
			return true;
		}
	}
	return false;
}

static bool
folder_clear(const json_t *note)
{
	const char *path = json_string_value(json_object_get(note,
	    "folder"));
	const json_t *files = json_object_get(note, "files");
	bool any = false;
	int dir = path == NULL ? -1 : open(path, O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC);
	int again = dir < 0 ? -1 : dup(dir);
	DIR *list = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;

	if (list == NULL) {
		if (dir >= 0) {
			close(dir);
		}
		return false;
	}
	while ((entry = readdir(list)) != NULL) {
		if (noted(files, entry->d_name) &&
		    unlinkat(dir, entry->d_name, 0) == 0) {
			any = true;
		}
	}
	closedir(list);
	folder_remove(dir, SCRUB_ROOM); /* of a scrub that was cut */
	folder_sync(dir);
	close(dir);
	rmdir(path); /* only when nothing else is in it */
	return any;
}

enum err
extracts_remove(struct desk *d, size_t k)
{
	enum err e = OK;

	for (size_t i = 0; i < d->state->extractions && e == OK; i++) {
		struct extraction x = d->state->extraction[i];
		struct buf note = buf_new_secret(NOTE_MAX);
		json_t *o = NULL;
		bool gone = false, lost;
		if (x.kase != k || x.removed) {
			buf_free(&note);
			continue;
		}
		e = record_get(d->book, x.record, &note);
		if (e == OK) {
			e = json_read(note.p, note.len, NOTE_MAX, &o);
		}
		lost = record_lost(e);
		if (e == OK) {
			gone = folder_clear(o);
		}
		json_decref(o);
		if (e == OK || lost) {
			o = event_new(d, "extraction_removed");
			event_hex(o, "record", x.record, RECORD_ID);
			json_object_set_new(o, "found", json_boolean(gone));
			if (lost) {
				json_object_set_new(o, "unreadable",
				    json_true());
			}
			e = desk_event(d, o);
		}
		buf_free(&note);
	}
	return e;
}

static bool
bundles_in(int dir)
{
	int again = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;
	bool found = false;

	while (list != NULL && !found && (entry = readdir(list)) != NULL) {
		found = strncmp(entry->d_name, "inbound-", 8) == 0 ||
		    strncmp(entry->d_name, "outbound-", 9) == 0;
	}
	if (list != NULL) {
		closedir(list);
	} else if (again >= 0) {
		close(again);
	}
	return found;
}

bool
courier_stick(int folder)
{
	int dir = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat at, above;
	bool found = false, on = dir >= 0 && fstat(dir, &at) == 0;

	while (on && !(found = bundles_in(dir))) {
		int up = openat(dir, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		on = up >= 0 && fstat(up, &above) == 0 && above.st_dev ==
		    at.st_dev && above.st_ino != at.st_ino;
		close(dir);
		dir = up;
		at = on ? above : at;
	}
	if (dir >= 0) {
		close(dir);
	}
	return found;
}
