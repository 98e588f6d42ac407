/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What an interrupted import leaves: attachments whose message was never
 * recorded. They are sealed under keys that nobody kept, so they are only
 * room on the disk; they go before the bodies are read again. So do those of
 * a destroyed message that could not name them.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "content.h"
#include "intake.h"

struct names {
	char (*hex)[33];
	size_t count, room;
};

static int
name_compare(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

static enum err
names_add(struct names *n, const struct content *c)
{
	for (unsigned i = 0; i < c->files; i++) {
		if (n->count == n->room) {
			size_t room = n->room * 2 + 64;
			char (*more)[33] = reallocarray(n->hex, room,
			    sizeof *more);
			if (more == NULL) {
				return ERR_MEMORY;
			}
			n->hex = more;
			n->room = room;
		}
		hex_encode(c->file[i].id, sizeof c->file[i].id,
		    n->hex[n->count++]);
	}
	return OK;
}

/* The names that records use. A record that cannot be read stops the sweep:
 * better a stray file than a lost attachment. */
static enum err
names_find(const struct desk *d, struct names *n)
{
	enum err e = OK;

	for (size_t i = 0; i < d->state->messages && e == OK; i++) {
		struct content *c = NULL;
		if (d->state->message[i].attachments == 0) {
			continue;
		}
		e = desk_content(d, &d->state->message[i], &c);
		if (e == OK) {
			e = names_add(n, c);
		} else if (state_key_gone(d->state,
		    &d->state->message[i])) {
			e = OK; /* destroyed: its files may go */
		}
		content_free(c);
	}
	if (e == OK && n->count > 0) {
		qsort(n->hex, n->count, sizeof *n->hex, name_compare);
	}
	return e;
}

static bool
stray(const struct names *n, bool whole, const char *name)
{
	size_t len = strlen(name);

	if (len != 36) {
		return false;
	}
	if (strcmp(name + 32, ".tmp") == 0) {
		return true;
	}
	return whole && strcmp(name + 32, ".bin") == 0 && (n->count == 0 ||
	    bsearch(name, n->hex, n->count, sizeof *n->hex, name_compare) ==
	    NULL);
}

void
attachments_sweep(struct desk *d, bool whole)
{
	int fd = openat(d->attachments, ".", O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct names n = {NULL, 0, 0};
	struct dirent *entry;

	whole = whole && names_find(d, &n) == OK;
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (stray(&n, whole, entry->d_name)) {
			unlinkat(d->attachments, entry->d_name, 0);
		}
	}
	if (dir != NULL) {
		closedir(dir);
	}
	free(n.hex);
}
