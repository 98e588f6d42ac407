/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The closed log. Writes to standard error only, whole lines, fixed texts.
 * Must never hold anything of a request.
 */
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "events.h"

#define LINE 128u

static const struct {
	const char *text;
	int counted;
} table[EVENT_COUNT] = {
	[EVENT_READY] = {"ready", 0},
	[EVENT_STOP] = {"stopping", 0},
	[EVENT_STORE_ENDED] = {"store ended, starting it again", 0},
	[EVENT_WEB_ENDED] = {"web ended, starting it again", 0},
	[EVENT_STORE_SILENT] = {"store hung, ending it", 0},
	[EVENT_WEB_SILENT] = {"web hung, ending it", 0},
	[EVENT_STORE_DENIED] = {"store made a forbidden system call", 0},
	[EVENT_WEB_DENIED] = {"web made a forbidden system call", 0},
	[EVENT_PEER_BROKEN] = {"web sent a request outside the table", 0},
	[EVENT_LINK] = {"web and store lost each other, joining them again",
	    0},
	[EVENT_GIVING_UP] = {"a process does not start, giving up", 0},
	[EVENT_NO_LOCK] = {"memory cannot be locked: raise the limit", 0},
	[EVENT_NO_LANDLOCK] = {"this kernel has no Landlock", 0},
	[EVENT_STORE_FAILED] = {"the store could not write", 0},
	[EVENT_STORE_LOST] = {"the disk failed, the store is opened anew", 0},
	[EVENT_DAMAGED] = {"a stored record cannot be read any more", 0},
	[EVENT_STORE_GONE] = {"a file of the store is gone or damaged", 0},
	[EVENT_GENERATION] = {"the store is of another generation than "
	    "gateway.ini says", 0},
	[EVENT_BAD_PUBLIC] = {"a public file does not verify", 0},
	[EVENT_DAILY] = {"daily batch done", 0},
	[EVENT_APPLIED] = {"outbound bundle applied", 0},
	[EVENT_COURIER_REFUSED] = {"courier credential refused", 1},
	[EVENT_GUARD] = {"requests refused as malformed", 1},
	[EVENT_SLOW] = {"slow connections cut", 1},
	[EVENT_NO_SLOT] = {"answers: busy", 1},
	[EVENT_FULL] = {"answers: no room", 1},
	[EVENT_CIRCUIT] = {"circuits told to slow down", 1},
	[EVENT_HTTP_LIBRARY] = {"notices of the HTTP library", 1},
};
static atomic_ulong counts[EVENT_COUNT], yesterday[EVENT_COUNT];
static const char *role_name = "gateway";

void
log_role(const char *role)
{
	role_name = role;
}

static size_t
add(char *line, size_t at, const char *s)
{
	size_t n = strlen(s);

	if (n > LINE - 1 - at) {
		n = LINE - 1 - at;
	}
	memcpy(line + at, s, n);
	return at + n;
}

static void
write_line(const char *text, unsigned long count, int counted)
{
	char line[LINE], digits[24];
	size_t at, d = sizeof(digits) - 1;

	at = add(line, 0, role_name);
	at = add(line, at, ": ");
	at = add(line, at, text);
	if (counted) {
		digits[d] = '\0';
		do {
			digits[--d] = (char)('0' + count % 10);
			count /= 10;
		} while (count > 0);
		at = add(line, at, ": ");
		at = add(line, at, digits + d);
	}
	line[at++] = '\n';
	if (write(STDERR_FILENO, line, at) < 0) {
		return; /* nowhere left to say it */
	}
}

void
log_event(enum event e)
{
	if (table[e].counted) {
		atomic_fetch_add(&counts[e], 1);
	} else {
		write_line(table[e].text, 0, 0);
	}
}

void
log_day(void)
{
	unsigned long n;
	int e;

	for (e = 0; e < EVENT_COUNT; e++) {
		if (!table[e].counted) {
			continue;
		}
		n = atomic_exchange(&counts[e], 0);
		atomic_store(&yesterday[e], n);
		if (n > 0) {
			write_line(table[e].text, n, 1);
		}
	}
}

unsigned long
log_yesterday(enum event e)
{
	return atomic_load(&yesterday[e]);
}
