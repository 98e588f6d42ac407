/* SPDX-License-Identifier: EUPL-1.2 */
/* A whole import, in its order: chain, bodies, keys that nothing needs. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "files.h"
#include "intake.h"
#include "terminal.h"

/* The folder itself, or inbound-N in it */
int
bundle_open(const struct desk *d, const char *path)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), sub;
	char name[32];

	if (dir < 0) {
		say_error("cannot open the folder %s: is the stick in?", path);
		return -1;
	}
	snprintf(name, sizeof name, "inbound-%u", d->ring->desk);
	if (folder_open(dir, name, false, &sub) == OK) {
		close(dir);
		return sub;
	}
	return dir;
}

enum err
bundle_import(struct desk *d, int bundle, struct intake_result *r)
{
	enum err e = chain_import(d, bundle, r);

	if (e == OK) {
		e = bodies_import(d, bundle, r);
	}
	return e == OK ? weeks_destroy(d, r) : e;
}
