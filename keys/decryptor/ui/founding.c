/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Before and around the ceremony's pages: whether one waits, what must be
 * looked at before the process gives its rights up, and what is wiped when
 * nobody works. Makes the home's folder and the one to print from, so that
 * the fence (confine.c) can name them.
 */
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "../terminal.h"
#include "meldluik/secret.h"
#include "ui.h"

#define MEMORY "/dev/shm"

/* A folder in memory where there is one; else in the home */
static void
folder_offer(struct ui *ui)
{
	struct ui_founding *f = &ui->founding;
	struct statfs fs;
	int dir;

	snprintf(f->folder, sizeof f->folder, "%s",
	    f->c.folder[0] != 0 ? f->c.folder : MEMORY "/meldluik-print");
	if (ceremony_folder_mine(f->folder, &dir) == OK) {
		close(dir);
	} else {
		say_error("%s is a link or somebody else's; printing from the "
		    "home", f->folder);
		snprintf(f->folder, sizeof f->folder, "%.900s/print",
		    ui->desk->home);
		mkdir(f->folder, 0700);
	}
	f->in_memory = statfs(f->folder, &fs) == 0 &&
	    fs.f_type == TMPFS_MAGIC;
}

enum err
founding_find(struct ui *ui)
{
	struct ui_founding *f = &ui->founding;
	struct desk *d = ui->desk;
	struct refusal why;
	enum err e = ceremony_find(&f->c, d, &why);

	if (e != OK) {
		say_error("%s", why.en);
		return e;
	}
	f->waits = !f->c.home || (f->c.recorded && !ceremony_done(&f->c));
	if (!f->waits) {
		return OK;
	}
	if (!f->c.home) {
		if (mkdir(d->home, 0700) != 0 && access(d->home, W_OK) != 0) {
			say_error("cannot make the folder %s", d->home);
			return ERR_IO;
		}
		ceremony_lists(&f->c);
	}
	if (!ceremony_connected(f->connected)) {
		f->connected[0] = 0;
	}
	folder_offer(ui);
	return OK;
}

enum err
founding_resume(struct ui *ui, struct refusal *why)
{
	struct ui_founding *f = &ui->founding;
	struct ceremony *c = &f->c;
	char folder[CEREMONY_FOLDER];
	unsigned step = c->step;
	bool written = c->written;
	enum err e;

	if (!f->waits) {
		return OK;
	}
	/* the terminal may have gone on since; no words are drawn any more */
	strcpy(folder, c->folder);
	ceremony_end(c);
	e = ceremony_find(c, ui->desk, why);
	if (e == OK && c->step == step) {
		strcpy(c->folder, folder);
		c->written = written;
	}
	if (e == OK) {
		e = ceremony_opened(c, why);
	}
	f->waits = e == OK && !ceremony_done(c);
	return e;
}

bool
founding_secrets(const struct ui *ui)
{
	return ui->founding.waits && (ui->founding.c.offered != NULL ||
	    ui->desk->dice != NULL || ui->desk->pass != NULL);
}

void
founding_rest(struct ui *ui)
{
	struct ui_founding *f = &ui->founding;

	secret_free(f->c.offered);
	f->c.offered = NULL;
	f->c.dice = false; /* the desk wiped them */
	f->words = WORDS_NONE;
}
