/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Files, whole or not at all. Names come from fixed sets or from hashes,
 * never from what a document says.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

#define ASIDES_MAX 10000u

static enum err
err_of_errno(void)
{
	switch (errno) {
	case ENOENT:
		return ERR_UNKNOWN;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return ERR_FULL;
	case EEXIST:
		return ERR_CONFLICT;
	case ELOOP:
		return ERR_POLICY;
	case ENOMEM:
		return ERR_MEMORY;
	default:
		return ERR_IO;
	}
}

enum err
fd_read(int fd, void *p, size_t len)
{
	uint8_t *q = p;
	size_t got = 0;

	while (got < len) {
		ssize_t n = read(fd, q + got, len - got);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return ERR_IO;
		}
		if (n == 0) {
			return got == 0 ? ERR_UNKNOWN : ERR_FORMAT;
		}
		got += (size_t)n;
	}
	return OK;
}

static enum err
read_all(int fd, struct buf *out)
{
	uint8_t piece[16384];
	struct stat st;
	enum err e = OK;

	if (fstat(fd, &st) != 0) {
		return ERR_IO;
	}
	if (!S_ISREG(st.st_mode)) {
		return ERR_POLICY;
	}
	if ((uint64_t)st.st_size > out->max - out->len) {
		return ERR_LIMIT;
	}
	for (;;) {
		ssize_t n = read(fd, piece, sizeof piece);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			e = ERR_IO;
			break;
		}
		if (n == 0) {
			break;
		}
		buf_put(out, piece, (size_t)n);
		if (out->failed) {
			e = ERR_LIMIT;
			break;
		}
	}
	explicit_bzero(piece, sizeof piece);
	return e;
}

enum err
file_read(int dir, const char *name, struct buf *out)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK);
	enum err e;

	if (fd < 0) {
		return err_of_errno();
	}
	e = read_all(fd, out);
	close(fd);
	return e;
}

enum err
file_read_path(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	enum err e;

	if (fd < 0) {
		return err_of_errno();
	}
	e = read_all(fd, out);
	close(fd);
	return e;
}

enum err
file_check(const char *path, const void *p, size_t len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct buf b = buf_new(len);
	enum err e = fd < 0 ? err_of_errno() : OK;

	if (e == OK) {
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		e = read_all(fd, &b);
	}
	if (e == ERR_LIMIT || (e == OK && (b.len != len ||
	    memcmp(b.p, p, len) != 0))) {
		e = ERR_CHAIN;
	}
	if (fd >= 0) {
		close(fd);
	}
	buf_free(&b);
	return e;
}

static enum err
write_new(int dir, const char *name, const void *p, size_t len)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	enum err e;

	if (fd < 0) {
		return err_of_errno();
	}
	e = fd_write(fd, p, len);
	if (e == OK && fsync(fd) != 0) {
		e = err_of_errno();
	}
	if (close(fd) != 0 && e == OK) {
		e = err_of_errno();
	}
	if (e != OK) {
		unlinkat(dir, name, 0);
	}
	return e;
}

enum err
folder_sync(int dir)
{
	/* Some file systems on sticks cannot sync a folder; they say EINVAL */
	return fsync(dir) == 0 || errno == EINVAL ? OK : ERR_IO;
}

enum err
file_create(int dir, const char *name, const void *p, size_t len)
{
	enum err e = write_new(dir, name, p, len);

	return e == OK && dir != AT_FDCWD ? folder_sync(dir) : e;
}

/* What no name leads to any more; one that has another name stays as it is */
static enum err
file_zero(int fd)
{
	static const uint8_t zeros[65536];
	struct stat st;
	enum err e = fstat(fd, &st) == 0 ? OK : err_of_errno();

	if (e != OK || st.st_nlink != 0 || !S_ISREG(st.st_mode)) {
		return e;
	}
	for (off_t at = 0; e == OK && at < st.st_size;
	    at += (off_t)sizeof zeros) {
		size_t n = st.st_size - at < (off_t)sizeof zeros ?
		    (size_t)(st.st_size - at) : sizeof zeros;
		e = fd_write(fd, zeros, n);
	}
	return e == OK && fdatasync(fd) != 0 ? err_of_errno() : e;
}

enum err
file_replace_over(int dir, const char *name, const void *p, size_t len)
{
	int old = openat(dir, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	enum err e = file_replace(dir, name, p, len);

	if (old >= 0) {
		if (e == OK) {
			e = file_zero(old);
		}
		close(old);
	}
	return e;
}

enum err
file_aside(int from, const char *name, int to, const char *mark,
    char as[ASIDE_NAME])
{
	if (faccessat(from, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0) {
		return err_of_errno();
	}
	for (unsigned n = 1; n <= ASIDES_MAX; n++) {
		int len = snprintf(as, ASIDE_NAME, "%s%s%u", name, mark, n);
		if (len < 0 || len >= (int)ASIDE_NAME) {
			return ERR_LIMIT;
		}
		if (faccessat(to, as, F_OK, AT_SYMLINK_NOFOLLOW) != 0) {
			return renameat(from, name, to, as) == 0 ? OK : ERR_IO;
		}
	}
	return ERR_FULL;
}

void
file_erase(int dir, const char *name)
{
	int fd = openat(dir, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);

	unlinkat(dir, name, 0);
	if (fd >= 0) {
		(void)file_zero(fd);
		close(fd);
	}
}

enum err
file_replace(int dir, const char *name, const void *p, size_t len)
{
	char tmp[160];
	enum err e;

	if (strlen(name) > sizeof tmp - 8) {
		return ERR_USAGE;
	}
	snprintf(tmp, sizeof tmp, "%s.tmp", name);
	unlinkat(dir, tmp, 0);
	e = write_new(dir, tmp, p, len);
	if (e == OK && renameat(dir, tmp, dir, name) != 0) {
		e = err_of_errno();
		unlinkat(dir, tmp, 0);
	}
	return e == OK ? folder_sync(dir) : e;
}

enum err
folder_open(int dir, const char *name, bool make, int *out)
{
	int fd;

	if (make && mkdirat(dir, name, 0700) != 0 && errno != EEXIST) {
		return err_of_errno();
	}
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) {
		return errno == ENOTDIR ? ERR_POLICY : err_of_errno();
	}
	*out = fd;
	return OK;
}

enum err
folder_next(DIR *list, struct dirent **entry)
{
	errno = 0;
	*entry = readdir(list);
	return *entry == NULL && errno != 0 ? ERR_IO : OK;
}

static void
folder_empty(int dir, unsigned depth)
{
	int copy = dup(dir);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;

	if (d == NULL) {
		if (copy >= 0) {
			close(copy);
		}
		return;
	}
	rewinddir(d);
	while ((entry = readdir(d)) != NULL) {
		int sub;
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0 ||
		    unlinkat(dir, entry->d_name, 0) == 0 || depth == 0) {
			continue;
		}
		if (folder_open(dir, entry->d_name, false, &sub) == OK) {
			folder_empty(sub, depth - 1);
			close(sub);
			unlinkat(dir, entry->d_name, AT_REMOVEDIR);
		}
	}
	closedir(d);
}

void
folder_remove(int dir, const char *name)
{
	int sub;

	if (folder_open(dir, name, false, &sub) == OK) {
		folder_empty(sub, 1);
		close(sub);
		unlinkat(dir, name, AT_REMOVEDIR);
	}
}
