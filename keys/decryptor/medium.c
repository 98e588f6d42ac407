/* SPDX-License-Identifier: EUPL-1.2 */
/* See the header. Reads names and links of /sys/dev/block, nothing else. */
#include <dirent.h>
#include <libgen.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "medium.h"

#define DISKS_MAX 32u
#define DEPTH_MAX 8u /* mapper on RAID on partition is three */

/* Whole disks, by their place in /sys */
struct disks {
	char *path[DISKS_MAX];
	unsigned n;
};

static void
disk_add(struct disks *d, const char *path)
{
	char *copy = d->n < DISKS_MAX ? strdup(path) : NULL;

	if (copy != NULL) {
		d->path[d->n++] = copy;
	}
}

/* ${link}: of a block device in /sys, followed down to its disks */
static void
disks_under(struct disks *d, const char *link, unsigned depth)
{
	char path[PATH_MAX], below[PATH_MAX + NAME_MAX + 16];
	const struct dirent *one;
	bool any = false;
	DIR *dir;

	if (depth == 0 || realpath(link, path) == NULL) {
		return; /* the system does not tell */
	}
	snprintf(below, sizeof below, "%s/partition", path);
	if (access(below, F_OK) == 0) {
		dirname(path);
	}
	snprintf(below, sizeof below, "%s/slaves", path);
	dir = opendir(below);
	while (dir != NULL && (one = readdir(dir)) != NULL) {
		if (one->d_name[0] != '.') {
			any = true;
			snprintf(below, sizeof below, "%s/slaves/%s", path,
			    one->d_name);
			disks_under(d, below, depth - 1);
		}
	}
	if (dir != NULL) {
		closedir(dir);
	}
	if (!any) {
		disk_add(d, path);
	}
}

static void
disks_of(struct disks *d, dev_t device)
{
	char link[64];

	memset(d, 0, sizeof *d);
	snprintf(link, sizeof link, "/sys/dev/block/%u:%u", major(device),
	    minor(device));
	disks_under(d, link, DEPTH_MAX);
}

static void
disks_free(struct disks *d)
{
	while (d->n > 0) {
		free(d->path[--d->n]);
	}
}

static bool
disks_shared(const struct disks *a, const struct disks *b)
{
	for (unsigned i = 0; i < a->n; i++) {
		for (unsigned j = 0; j < b->n; j++) {
			if (strcmp(a->path[i], b->path[j]) == 0) {
				return true;
			}
		}
	}
	return false;
}

/* A disk of memory: zram0, ram0 */
static bool
disks_memory(const struct disks *d)
{
	for (unsigned i = 0; i < d->n; i++) {
		const char *name = strrchr(d->path[i], '/') + 1;
		if (strncmp(name, "zram", 4) == 0 ||
		    strncmp(name, "ram", 3) == 0) {
			return true;
		}
	}
	return false;
}

/* An overlay is a live system's, whose upper half lies in memory */
static bool
memory(const struct statfs *f)
{
	return f->f_type == TMPFS_MAGIC || f->f_type == RAMFS_MAGIC ||
	    f->f_type == OVERLAYFS_SUPER_MAGIC;
}

/* Subvolumes of one Btrfs are devices of their own; the first half of its
 * number is that of the file system */
static bool
one_btrfs(const struct statfs *a, const struct statfs *b)
{
	return a->f_type == BTRFS_SUPER_MAGIC &&
	    b->f_type == BTRFS_SUPER_MAGIC &&
	    a->f_fsid.__val[0] == b->f_fsid.__val[0];
}

bool
medium_second(int home, int there)
{
	struct stat here, other;
	struct statfs from, to;
	struct disks a, b;
	bool second;

	if (fstat(home, &here) != 0 || fstat(there, &other) != 0 ||
	    fstatfs(home, &from) != 0 || fstatfs(there, &to) != 0 ||
	    here.st_dev == other.st_dev || memory(&to) ||
	    one_btrfs(&from, &to)) {
		return false;
	}
	disks_of(&a, here.st_dev);
	disks_of(&b, other.st_dev);
	second = !disks_shared(&a, &b) && !disks_memory(&b);
	disks_free(&a);
	disks_free(&b);
	return second;
}
