/* SPDX-License-Identifier: EUPL-1.2 */
/* The file of a backup: a new name, fsync, read back, rename, fsync of the
 * folder. So are the files beside it: a stick that lies must be known now. */
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "archive_age.h"
#include "backup.h"
#include "files.h"
#include "medium.h"
#include "papers.h"
#include "terminal.h"

static enum err
journal_backup(struct desk *d, bool second, uint64_t complete)
{
	json_t *o = event_new(d, "backup");

	json_object_set_new(o, "complete",
	    json_integer((json_int_t)complete));
	json_object_set_new(o, "second_medium", json_boolean(second));
	return desk_record(d, o);
}

/* A small file beside a backup; one that lies there is of a backup that is
 * gone */
static enum err
beside_write(const char *path, const struct buf *b)
{
	enum err e;

	unlink(path);
	e = file_create(AT_FDCWD, path, b->p, b->len);
	return e == OK ? file_check(path, b->p, b->len) : e;
}

/*
 * FILE.paper: the passphrase of FILE, sealed to the desk's backup key, which
 * is on paper only. A desk without such paper has none; nor has one whose
 * record of it is damaged, as that must stop no backup.
 */
static enum err
paper_write(const struct desk *d, const char *file, bool *wrote)
{
	struct buf line = buf_new_secret(PASSPHRASE_MAX + 1),
	    sealed = buf_new(65536);
	struct papers papers;
	char path[4096];
	enum err e = papers_load(d, &papers);

	*wrote = false;
	if (e != OK && e != ERR_MEMORY) {
		say_error("%s/public/papers.json, the record of paper sheets, "
		    "is damaged: this backup has no FILE.paper, so sheets do "
		    "not open it. Put that file aside, and take that of an "
		    "older backup", d->home);
		papers.has_backup = false;
		e = OK;
	}
	if (e == OK && papers.has_backup) {
		buf_put(&line, d->pass, d->passlen);
		buf_u8(&line, '\n');
		e = snprintf(path, sizeof path, "%s.paper", file) >=
		    (int)sizeof path ? ERR_LIMIT : age_seal_buf(
		    &papers.backup, 1, line.p, line.len, &sealed);
		if (e == OK) {
			e = beside_write(path, &sealed);
		}
		*wrote = e == OK;
	}
	buf_free(&line);
	buf_free(&sealed);
	return e;
}

/* The rename is durable only when the folder is */
static enum err
folder_of_sync(char *path)
{
	int dir = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e = dir < 0 ? ERR_IO : folder_sync(dir);

	if (dir >= 0) {
		close(dir);
	}
	return e;
}

/* Beside FILE.deputy: by whom it is */
static enum err
deputies_sign(const struct desk *d, const char *file,
    const uint8_t hash[HASH_LEN])
{
	struct buf note = buf_new(HEIR_MAX);
	char name[4096];
	enum err e = snprintf(name, sizeof name, "%s.deputy"
	    HEIR_BACKUP_NOTE, file) >= (int)sizeof name ? ERR_LIMIT :
	    heir_backup_note(d, hash, &note);

	if (e == OK) {
		e = beside_write(name, &note);
	}
	buf_free(&note);
	return e;
}

/* FILE.deputy, if there is anybody who may take over (heir.h) */
static enum err
deputies_write(struct desk *d, const char *file, struct heirs *h)
{
	uint8_t hash[HASH_LEN], sealed[HASH_LEN];
	char name[4096], tmp[4096];
	int fd;
	enum err e;

	heirs_load(d, h);
	if (h->n == 0) {
		return OK;
	}
	if (snprintf(name, sizeof name, "%s.deputy", file) >=
	    (int)sizeof name || snprintf(tmp, sizeof tmp, "%s.deputy.tmp",
	    file) >= (int)sizeof tmp) {
		return ERR_LIMIT;
	}
	unlink(tmp);
	fd = open(tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	e = fd < 0 ? ERR_IO : backup_write_heirs(d, h->to, h->n,
	    fd, hash, sealed);
	if (e == OK && fsync(fd) != 0) {
		e = ERR_IO;
	}
	if (e == OK) {
		e = backup_check_heirs(fd, sealed);
	}
	if (fd >= 0) {
		close(fd);
	}
	if (e == OK) {
		e = deputies_sign(d, file, hash);
	}
	if (e == OK && rename(tmp, name) != 0) {
		e = ERR_IO;
	}
	if (e != OK) {
		unlink(tmp);
	}
	return e;
}

enum err
backup_whole(struct desk *d)
{
	size_t at = 0, k;
	enum err e = backup_messages_check(d, &at);

	if (e != OK) {
		k = d->state->messages == 0 ? NOT_FOUND :
		    d->state->message[at].kase;
		say_error("a message or a file of it is damaged or missing "
		    "(%s): %s",
		    k == NOT_FOUND ? "of no case yet" :
		    d->state->kase[k].ref, err_text(e));
	}
	return e;
}

/* What it lacks may be with the gateway still, which erases what an export
 * confirms: so this one is not told to the journal, nor given to a deputy */
static enum err
partial_keep(const char *tmp, const char *path, enum err damage)
{
	if (rename(tmp, path) != 0) {
		unlink(tmp);
		say_error("the backup could not be written either");
		return damage;
	}
	say_error("%s was written with all else, but does not count as a "
	    "backup and confirms nothing. Take what is missing from an older "
	    "backup (`restore`, `takeover`); if there is none, `export "
	    "--confirm-without-backup`", path);
	return damage;
}

/* What was just written and does not open is not what was written */
static enum err
lies(enum err e)
{
	return e == OK || e == ERR_IO || e == ERR_MEMORY ? e : ERR_CHAIN;
}

enum err
backup_make(struct desk *d, const char *path, struct backup_made *out)
{
	uint64_t complete = state_complete(d->state);
	uint8_t hash[HASH_LEN];
	char tmp[4096];
	int fd = -1;
	enum err e, damage;

	if (snprintf(tmp, sizeof tmp, "%s.tmp", path) >= (int)sizeof tmp) {
		say_error("that name is too long");
		return ERR_LIMIT;
	}
	if (access(path, F_OK) == 0) {
		say_error("%s is there already; give a new name", path);
		return ERR_CONFLICT;
	}
	unlink(tmp);
	fd = open(tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (fd < 0) {
		say_error("cannot write %s: is the stick in?", path);
		return ERR_IO;
	}
	memset(out, 0, sizeof *out);
	out->second = medium_second(d->dir, fd);
	damage = backup_whole(d);
	e = backup_write(d, fd, hash);
	if (e == OK && fsync(fd) != 0) {
		e = ERR_IO;
	}
	if (e == OK) {
		e = lies(backup_check(d, fd, hash));
	}
	if (e == OK) {
		e = paper_write(d, path, &out->paper);
	}
	close(fd);
	if (e == OK && damage != OK) {
		return partial_keep(tmp, path, damage);
	}
	if (e == OK) {
		e = deputies_write(d, path, &out->heirs);
	}
	if (e == OK && rename(tmp, path) != 0) {
		e = ERR_IO;
	}
	if (e != OK) {
		unlink(tmp);
		say_error("the backup could not be written: %s; nothing else "
		    "is lost", e == ERR_CHAIN ? "the stick gave back something "
		    "else than was written, take another" : err_text(e));
		return e;
	}
	e = folder_of_sync(tmp);
	return e == OK ? journal_backup(d, out->second, complete) : e;
}
