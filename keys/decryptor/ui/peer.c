/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Whose socket is at the other end? Loopback is shared by all users of a
 * machine; the kernel's table of TCP sockets (proc(5), /proc/net/tcp) says
 * which user owns each, so that a connection of another user is closed
 * before a byte of it is read.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ui.h"

static int table = -1;

enum err
peer_setup(void)
{
	table = open("/proc/self/net/tcp", O_RDONLY | O_CLOEXEC);
	return table < 0 ? ERR_IO : OK;
}

/* One line of the table: is it the peer's end, and whose? */
static bool
line_is(const char *line, uint32_t address, uint16_t port, uint16_t ours,
    unsigned *uid)
{
	unsigned local, remote, local_port, remote_port, state;

	return sscanf(line, " %*u: %8x:%4x %8x:%4x %2x %*8x:%*8x %*2x:%*8x "
	    "%*8x %u", &local, &local_port, &remote, &remote_port, &state,
	    uid) == 6 && local == address && local_port == port &&
	    remote_port == ours;
}

bool
peer_is_me(uint32_t address, uint16_t port, uint16_t ours)
{
	char text[16384];
	size_t have = 0;
	off_t at = 0;
	ssize_t n;
	unsigned uid = 0;

	while ((n = pread(table, text + have, sizeof text - 1 - have, at)) >
	    0) {
		char *line = text, *end;
		at += n;
		have += (size_t)n;
		text[have] = 0;
		for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
			*end = 0;
			if (line_is(line, address, port, ours, &uid)) {
				return uid == getuid();
			}
		}
		have -= (size_t)(line - text);
		memmove(text, line, have);
		if (have == sizeof text - 1) {
			return false; /* no line is that long */
		}
	}
	return false;
}
