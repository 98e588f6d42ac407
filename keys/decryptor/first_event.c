/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the journal of a new home must be told before anything is done there:
 * that keys were lost with the machine whose place it takes. A file says so
 * before the home can be opened, and goes when the event is durable: however
 * the making of a home is cut, none works on that does not know it.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "desk.h"
#include "files.h"
#include "terminal.h"

#define OWED "first-event"

/* Words and not the event itself: no file of the home is believed further */
static const char *const word[] = {
	[FIRST_RESTORE] = "restore",
	[FIRST_KEYS_LOST] = "keys_lost",
	[FIRST_KEYS_LOST_SHEETS] = "keys_lost sheets",
};

enum err
first_event_owe(const struct desk *d, enum first_event what)
{
	return file_replace(d->dir, OWED, word[what], strlen(word[what]));
}

static json_t *
owed_event(const struct desk *d, enum first_event what)
{
	json_t *o = event_new(d, what == FIRST_RESTORE ? "restore" :
	    "keys_lost");

	if (what == FIRST_KEYS_LOST_SHEETS) {
		json_object_set_new(o, "sheets", json_true());
	}
	return o;
}

enum err
first_event_pay(struct desk *d)
{
	struct buf b = buf_new(64);
	enum err e = file_read(d->dir, OWED, &b);
	size_t i = 0, n = sizeof word / sizeof *word;

	if (e == ERR_UNKNOWN) {
		buf_free(&b);
		return OK;
	}
	while (e == OK && i < n && (b.len != strlen(word[i]) ||
	    memcmp(b.p, word[i], b.len) != 0)) {
		i++;
	}
	buf_free(&b);
	if (e != OK || i == n) {
		say_error("the file " OWED " in %s is damaged: remove that "
		    "folder and make the home again", d->home);
		return e == OK ? ERR_FORMAT : e;
	}
	/* Cut before the file is gone it is told twice, which says the same */
	e = desk_record(d, owed_event(d, (enum first_event)i));
	if (e == OK && unlinkat(d->dir, OWED, 0) != 0) {
		e = ERR_IO;
	}
	return e == OK ? folder_sync(d->dir) : e;
}
