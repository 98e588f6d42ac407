/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Writing and reading of backups. libarchive writes and reads the tar; age
 * is around it. The database goes through a compact copy beside it, sealed
 * as it is, because a tar needs sizes first.
 */
#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "archive_age.h"
#include "attachment.h"
#include "files.h"
#include "heir.h"
#include "member.h"
#include "meldluik/secret.h"

#define PIECE 65536u
#define HEIRS_KEY "casebook.key"

struct sealing {
	struct age_seal *seal;
	struct hash_state *hash; /* of the tar */
	enum err e;
};

struct sealed_file {
	int fd;
	struct hash_state *hash; /* of what was written, sealed */
};

static enum err
sealed_out(void *arg, const uint8_t *p, size_t len)
{
	struct sealed_file *f = arg;

	hash_write(f->hash, p, len);
	return fd_write(f->fd, p, len);
}

static la_ssize_t
tar_out(struct archive *a, void *arg, const void *p, size_t len)
{
	struct sealing *s = arg;

	hash_write(s->hash, p, len);
	s->e = age_seal_write(s->seal, p, len);
	if (s->e != OK) {
		archive_set_error(a, EIO, "sealing failed");
		return -1;
	}
	return (la_ssize_t)len;
}

static enum err
folder_add(struct archive *a, int dir, const char *folder)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	enum err e = OK;

	if (list == NULL) {
		return ERR_IO;
	}
	while (e == OK && (e = folder_next(list, &entry)) == OK &&
	    entry != NULL) {
		char path[320];
		size_t n = strlen(entry->d_name);
		int in;
		if (entry->d_name[0] == '.' || (n > 4 &&
		    strcmp(entry->d_name + n - 4, ".tmp") == 0)) {
			continue;
		}
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		in = openat(dir, entry->d_name, O_RDONLY | O_CLOEXEC |
		    O_NOFOLLOW);
		e = in < 0 ? ERR_IO : member_fd(a, path, in);
		if (in >= 0) {
			close(in);
		}
	}
	closedir(list);
	return e;
}

static enum err
casebook_add(struct desk *d, struct archive *a)
{
	int fd;
	enum err e;

	unlinkat(d->dir, ROOM_BACKUP, 0);
	fd = openat(d->dir, ROOM_BACKUP, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
	    0600);
	if (fd < 0) {
		return ERR_IO;
	}
	unlinkat(d->dir, ROOM_BACKUP, 0); /* gone with its descriptor */
	e = casebook_copy(d->book, fd);
	if (e == OK) {
		e = member_fd(a, "casebook/data.mdb", fd);
	}
	close(fd);
	return e;
}

static enum err
members_add(struct desk *d, struct archive *a, bool heirs)
{
	struct buf ring = buf_new_secret(KEYRING_MAX * 2),
	    keys = buf_new(8u << 20);
	char hex[2 * 32 + 1];
	enum err e = OK;

	if (heirs) {
		sodium_bin2hex(hex, sizeof hex, d->ring->casebook, 32);
		buf_put(&ring, hex, 2 * 32);
		secret_wipe(hex, sizeof hex);
	} else {
		e = keyringfile_backup(d, &ring);
	}
	if (e == OK) {
		e = member_buf(a, heirs ? HEIRS_KEY : "keyring.age", &ring);
	}
	if (e == OK) {
		e = file_read(d->dir, "casekeys", &keys);
	}
	if (e == OK) {
		e = member_buf(a, "casekeys", &keys);
	}
	if (e == OK) {
		e = casebook_add(d, a);
	}
	if (e == OK) {
		e = folder_add(a, d->public, "public");
	}
	if (e == OK) {
		e = folder_add(a, d->attachments, "attachments");
	}
	buf_free(&ring);
	buf_free(&keys);
	return e;
}

static enum err
sealed_write(struct desk *d, const struct age_recipient *to, unsigned n,
    int fd, uint8_t hash[HASH_LEN], uint8_t sealed[HASH_LEN])
{
	struct sealing s = {NULL, hash_new(), OK};
	struct sealed_file f = {fd, hash_new()};
	struct archive *a = archive_write_new();
	enum err e = a == NULL || s.hash == NULL || f.hash == NULL ?
	    ERR_MEMORY : n == 0 ? age_seal_new_scrypt(d->pass, d->passlen,
	    sealed_out, &f, &s.seal) : age_seal_new(to, n, sealed_out, &f, 1,
	    &s.seal);

	if (e == OK && (archive_write_set_format_pax_restricted(a) !=
	    ARCHIVE_OK || archive_write_open(a, &s, NULL, tar_out, NULL) !=
	    ARCHIVE_OK)) {
		e = ERR_MEMORY;
	}
	if (e == OK) {
		e = members_add(d, a, n > 0);
	}
	if (e == OK && archive_write_close(a) != ARCHIVE_OK) {
		e = ERR_IO;
	}
	if (s.e != OK) {
		e = s.e; /* the cause, such as a full stick */
	}
	if (e == OK) {
		e = age_seal_end(s.seal);
	}
	if (e == OK) {
		hash_end(s.hash, hash);
		hash_end(f.hash, sealed);
	}
	archive_write_free(a);
	age_seal_free(s.seal);
	hash_free(s.hash);
	hash_free(f.hash);
	return e;
}

enum err
backup_write(struct desk *d, int fd, uint8_t hash[HASH_LEN])
{
	uint8_t sealed[HASH_LEN];

	return sealed_write(d, NULL, 0, fd, hash, sealed);
}

enum err
backup_write_heirs(struct desk *d, const struct age_recipient *to,
    unsigned n, int fd, uint8_t hash[HASH_LEN], uint8_t sealed[HASH_LEN])
{
	return n == 0 ? ERR_USAGE : sealed_write(d, to, n, fd, hash, sealed);
}

/*
 * Reading: the age file is opened wholly into an unlinked file first, so
 * that no byte is used before the end was authentic. What lies there is
 * sealed itself, but for public files.
 */
static enum err
plain_in(void *arg, const uint8_t *p, size_t len)
{
	return fd_write(*(int *)arg, p, len);
}

/* ${heir} NULL: with the passphrase */
static enum err
backup_open(struct desk *d, struct age_identity *heir, int fd, int plain)
{
	uint8_t piece[PIECE];
	struct age_open *o = NULL;
	enum err e = heir == NULL ? age_open_new_scrypt(d->pass, d->passlen,
	    plain_in, &plain, &o) : age_open_new(&heir, 1, plain_in, &plain,
	    1, &o);
	ssize_t n = 0;

	while (e == OK && (n = read(fd, piece, sizeof piece)) > 0) {
		e = age_open_write(o, piece, (size_t)n);
	}
	if (e == OK) {
		e = n < 0 ? ERR_IO : age_open_end(o);
	}
	age_open_free(o);
	return e;
}

/* "FOLDER/name" or a name at the top, from a fixed set of shapes. The keyring
 * waits under another name: without it, a restore that was cut is no desk. */
static enum err
place_of(const struct desk *d, const char *path, int *dir,
    const char **name, int *made)
{
	const char *slash = strchr(path, '/');
	size_t n;

	*made = -1;
	*name = slash == NULL ? path : slash + 1;
	n = strlen(*name);
	if (n == 0 || n > 200 || (*name)[0] == '.' ||
	    strchr(*name, '/') != NULL) {
		return ERR_FORMAT;
	}
	if (slash == NULL) {
		*dir = d->dir;
		if (strcmp(path, "keyring.age") == 0) {
			*name = KEYRING_WAITS;
			return OK;
		}
		return strcmp(path, "casekeys") == 0 ? OK : ERR_FORMAT;
	}
	if (strncmp(path, "public/", 7) == 0) {
		*dir = d->public;
		return OK;
	}
	if (strncmp(path, "attachments/", 12) == 0) {
		*dir = d->attachments;
		return OK;
	}
	if (strcmp(path, "casebook/data.mdb") == 0) {
		enum err e = folder_open(d->dir, "casebook", true, made);
		*dir = *made;
		return e;
	}
	return ERR_FORMAT;
}

/* The bytes of a member as new file ${tmp}; after a failure there is none */
static enum err
member_write(struct archive *a, int dir, const char *tmp)
{
	uint8_t piece[PIECE];
	la_ssize_t n = 0;
	enum err e = OK;
	int fd;

	unlinkat(dir, tmp, 0); /* of one that was cut */
	fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	if (fd < 0) {
		return ERR_IO;
	}
	while (e == OK && (n = archive_read_data(a, piece, sizeof piece)) >
	    0) {
		e = fd_write(fd, piece, (size_t)n);
	}
	if (e == OK && (n < 0 || fsync(fd) != 0)) {
		e = ERR_IO;
	}
	if (close(fd) != 0 && e == OK) {
		e = ERR_IO;
	}
	if (e != OK) {
		unlinkat(dir, tmp, 0);
	}
	return e;
}

/* A member under its own name, whole or not at all */
static enum err
member_out(const struct desk *d, struct archive *a,
    struct archive_entry *entry)
{
	const char *path = archive_entry_pathname(entry), *name = NULL;
	int dir = -1, made = -1;
	char tmp[208];
	enum err e;

	if (path == NULL || archive_entry_filetype(entry) != AE_IFREG ||
	    archive_entry_hardlink(entry) != NULL) {
		return ERR_FORMAT;
	}
	e = place_of(d, path, &dir, &name, &made);
	if (e == OK && faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		e = ERR_FORMAT; /* the folder was fresh: it is there twice */
	}
	if (e == OK) {
		snprintf(tmp, sizeof tmp, "%s.tmp", name);
		e = member_write(a, dir, tmp);
	}
	if (e == OK && renameat(dir, tmp, dir, name) != 0) {
		unlinkat(dir, tmp, 0);
		e = ERR_IO;
	}
	if (e == OK) {
		e = folder_sync(dir);
	}
	if (made >= 0) {
		close(made);
	}
	return e;
}

enum err
backup_read(struct desk *d, int fd)
{
	struct archive *a = archive_read_new();
	struct archive_entry *entry;
	int plain = openat(d->dir, ROOM_BACKUP, O_RDWR | O_CREAT | O_EXCL |
	    O_CLOEXEC, 0600);
	enum err e = a == NULL ? ERR_MEMORY : plain < 0 ? ERR_IO : OK;
	int rc = ARCHIVE_OK;

	if (e == OK) {
		unlinkat(d->dir, ROOM_BACKUP, 0);
		e = backup_open(d, NULL, fd, plain);
	}
	if (e == OK && (lseek(plain, 0, SEEK_SET) != 0 ||
	    archive_read_support_format_tar(a) != ARCHIVE_OK ||
	    archive_read_open_fd(a, plain, PIECE) != ARCHIVE_OK)) {
		e = ERR_IO;
	}
	while (e == OK &&
	    (rc = archive_read_next_header(a, &entry)) == ARCHIVE_OK) {
		e = member_out(d, a, entry);
	}
	if (e == OK && rc != ARCHIVE_EOF) {
		e = ERR_FORMAT;
	}
	if (plain >= 0) {
		close(plain);
	}
	archive_read_free(a);
	return e;
}

enum err
backup_use(struct desk *d)
{
	enum err e = first_event_owe(d, FIRST_RESTORE);

	if (e == OK && renameat(d->dir, KEYRING_WAITS, d->dir,
	    "keyring.age") != 0) {
		e = ERR_FORMAT; /* it held none */
	}
	return e == OK ? folder_sync(d->dir) : e;
}

/* One member of a deputies' file, into the stage ${to} */
static enum err
heir_member(const struct desk *to, struct archive *a,
    struct archive_entry *entry, bool papers, uint8_t key[32], bool *keyed)
{
	const char *path = archive_entry_pathname(entry);
	char hex[2 * 32];
	size_t n = 0;

	if (path == NULL || archive_entry_filetype(entry) != AE_IFREG) {
		return ERR_FORMAT;
	}
	if (strcmp(path, HEIRS_KEY) == 0) {
		enum err e = archive_read_data(a, hex, sizeof hex) ==
		    (la_ssize_t)sizeof hex && sodium_hex2bin(key, 32, hex,
		    sizeof hex, NULL, &n, NULL) == 0 && n == 32 ? OK :
		    ERR_FORMAT;
		secret_wipe(hex, sizeof hex);
		*keyed = e == OK;
		return e;
	}
	if (strncmp(path, "public/", 7) == 0 &&
	    (!papers || strcmp(path + 7, "papers.json") != 0)) {
		return OK; /* this machine has its own */
	}
	return member_out(to, a, entry);
}

/* Is what lies in ${fd} what ${want} is of? */
static enum err
inside_check(int fd, const uint8_t want[HASH_LEN])
{
	uint8_t piece[PIECE], got[HASH_LEN];
	struct hash_state *h = hash_new();
	enum err e = h == NULL ? ERR_MEMORY : lseek(fd, 0, SEEK_SET) != 0 ?
	    ERR_IO : OK;
	ssize_t n = 0;

	while (e == OK && (n = read(fd, piece, sizeof piece)) > 0) {
		hash_write(h, piece, (size_t)n);
	}
	if (e == OK && n < 0) {
		e = ERR_IO;
	}
	if (e == OK) {
		hash_end(h, got);
		e = memcmp(got, want, HASH_LEN) == 0 ? OK : ERR_SIGNATURE;
	}
	hash_free(h);
	return e;
}

enum err
heirs_read(struct desk *d, int fd, int stage, const uint8_t *hash,
    uint8_t key[32])
{
	struct archive *a = archive_read_new();
	struct archive_entry *entry;
	struct age_identity *heir = NULL;
	struct desk to = *d;
	uint8_t seed[AGE_HYBRID_SEED];
	bool keyed = false;
	int plain = openat(d->dir, ROOM_BACKUP, O_RDWR | O_CREAT | O_EXCL |
	    O_CLOEXEC, 0600), rc = ARCHIVE_OK;
	enum err e = a == NULL ? ERR_MEMORY : plain < 0 ? ERR_IO : OK;

	to.dir = to.public = stage;
	to.attachments = -1;
	if (e == OK) {
		e = folder_open(stage, "attachments", true, &to.attachments);
	}
	unlinkat(d->dir, ROOM_BACKUP, 0);
	heir_seed(d->ring, seed);
	if (e == OK) {
		e = age_identity_new(seed, &heir);
	}
	secret_wipe(seed, sizeof seed);
	if (e == OK) {
		e = backup_open(d, heir, fd, plain);
	}
	if (e == OK && hash != NULL) {
		e = inside_check(plain, hash);
	}
	if (e == OK && (lseek(plain, 0, SEEK_SET) != 0 ||
	    archive_read_support_format_tar(a) != ARCHIVE_OK ||
	    archive_read_open_fd(a, plain, PIECE) != ARCHIVE_OK)) {
		e = ERR_IO;
	}
	while (e == OK &&
	    (rc = archive_read_next_header(a, &entry)) == ARCHIVE_OK) {
		e = heir_member(&to, a, entry, hash != NULL, key, &keyed);
	}
	if (e == OK && (rc != ARCHIVE_EOF || !keyed)) {
		e = ERR_FORMAT;
	}
	if (plain >= 0) {
		close(plain);
	}
	if (to.attachments >= 0) {
		close(to.attachments);
	}
	age_identity_free(heir);
	archive_read_free(a);
	return e == OK ? folder_sync(stage) : e;
}

/* Only the hash counts. No file, not even /dev/null: the page's process may
 * open none outside its home and the sticks (ui/confine.c). */
static enum err
dropped(void *arg, const uint8_t *p, size_t len)
{
	(void)arg;
	(void)p;
	(void)len;
	return OK;
}

/* A message whose key is gone counts as damaged too, unless the journal says
 * that it was destroyed: the gateway may have its envelope yet */
enum err
backup_messages_check(struct desk *d, size_t *at)
{
	enum err e = OK;

	for (size_t i = 0; e == OK && i < d->state->messages; i++) {
		struct content *c = NULL;
		if (state_key_gone(d->state, &d->state->message[i])) {
			continue;
		}
		*at = i;
		e = desk_content(d, &d->state->message[i], &c);
		for (unsigned j = 0; e == OK && j < c->files; j++) {
			uint8_t hash[HASH_LEN];
			uint64_t size;
			e = attachment_stream(d->attachments, &c->file[j],
			    dropped, NULL, &size, hash);
			if (e == OK && memcmp(hash,
			    c->report->attachment[j].sha256, HASH_LEN) != 0) {
				e = ERR_CRYPT;
			}
		}
		content_free(c);
	}
	return e;
}
