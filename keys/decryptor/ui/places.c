/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Folders on sticks. The page offers those that lie where desktops mount
 * sticks, and those named at the start with --stick; another may be typed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../extraction.h"
#include "ui.h"

#define PLACES_MAX 24u

struct places {
	const char *path[PLACES_MAX];
	size_t n;
};

static void
add(struct places *p, const char *path)
{
	for (size_t i = 0; i < p->n; i++) {
		if (strcmp(p->path[i], path) == 0) {
			return;
		}
	}
	if (p->n < PLACES_MAX) {
		p->path[p->n++] = path;
	}
}

/* Folders in ${top}, or in the folders in it (${deep}) */
static void
look(struct visit *v, struct places *p, const char *top, bool deep)
{
	DIR *dir = opendir(top);
	const struct dirent *one;

	while (dir != NULL && (one = readdir(dir)) != NULL) {
		const char *path;
		struct stat st;
		if (one->d_name[0] == '.') {
			continue;
		}
		path = visit_text(v, "%s/%s", top, one->d_name);
		if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
			continue;
		}
		if (deep) {
			look(v, p, path, false);
		} else {
			add(p, path);
		}
	}
	if (dir != NULL) {
		closedir(dir);
	}
}

/* The first that is no courier's stick, for what is not sealed */
static const char *
own(const struct places *p)
{
	for (size_t i = 0; i < p->n; i++) {
		int dir = open(p->path[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		bool courier = dir < 0 || courier_stick(dir);
		if (dir >= 0) {
			close(dir);
		}
		if (!courier) {
			return p->path[i];
		}
	}
	return "";
}

void
places_set(struct visit *v, struct view *to)
{
	struct places p = {.n = 0};
	struct view *rows;

	for (unsigned i = 0; i < v->ui->sticks; i++) {
		add(&p, v->ui->stick[i]);
	}
	look(v, &p, "/media", true);
	look(v, &p, "/run/media", true);
	look(v, &p, "/mnt", false);
	rows = visit_rows(v, p.n);
	for (size_t i = 0; i < p.n; i++) {
		view_text(&rows[i], "place", p.path[i]);
	}
	view_list(to, "places", rows, p.n);
	view_text(to, "first_place", p.n == 0 ? "" : p.path[0]);
	view_text(to, "own_place", own(&p));
}

int
place_open(struct visit *v, const char *path)
{
	int dir = -1;

	if (path[0] != '/') {
		notice_bad(v, TEXT_PLACE_WHOLE);
		return -1;
	}
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0) {
		notice_bad(v, errno == EACCES ? TEXT_PLACE_BARRED :
		    TEXT_PLACE_GONE);
	}
	return dir;
}

int
place_need(struct visit *v, const char *path, struct refusal *why)
{
	int dir = place_open(v, path);

	if (dir < 0) { /* said in the language of the page already */
		refuse(why, ERR_UNKNOWN, v->ui->notice, v->ui->notice);
	}
	return dir;
}
