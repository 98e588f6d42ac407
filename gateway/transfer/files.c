/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Files that survive a cut. Holds no secret: what passes here is sealed,
 * signed or chosen by the one who typed the path.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

#define PIECE 65536u
#define NAME_LIMIT 160u

static enum err
io_err(void)
{
	switch (errno) {
	case ENOENT:
		return ERR_UNKNOWN;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return ERR_FULL;
	default:
		return ERR_IO;
	}
}

static enum err
fd_slurp(int fd, struct buf *out)
{
	uint8_t piece[PIECE];
	ssize_t n;
	enum err e = OK;

	while (e == OK && (n = read(fd, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			e = io_err();
			break;
		}
		buf_put(out, piece, (size_t)n);
		e = out->failed ? ERR_LIMIT : OK;
	}
	explicit_bzero(piece, sizeof(piece)); /* a text may have passed */
	return e;
}

static enum err
regular_open(int dir, const char *name, int flags, int *out)
{
	struct stat st;
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags);

	if (fd < 0) {
		return io_err();
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return ERR_POLICY;
	}
	*out = fd;
	return OK;
}

enum err
file_read(int dir, const char *name, struct buf *out)
{
	enum err e;
	int fd;

	if ((e = regular_open(dir, name, O_NOFOLLOW, &fd)) != OK) {
		return e;
	}
	e = fd_slurp(fd, out);
	close(fd);
	return e;
}

enum err
file_read_path(const char *path, struct buf *out)
{
	enum err e;
	int fd;

	if (strcmp(path, "-") == 0) {
		return fd_slurp(STDIN_FILENO, out);
	}
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0) {
		return io_err();
	}
	e = fd_slurp(fd, out);
	close(fd);
	return e;
}

enum err
fd_read_at(int fd, uint64_t offset, void *p, size_t len)
{
	uint8_t *at = p;
	ssize_t n;

	while (len > 0) {
		n = pread(fd, at, len, (off_t)offset);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return n == 0 ? ERR_FORMAT : io_err();
		}
		at += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return OK;
}

enum err
folder_sync(int dir)
{
	/* FAT has no fsync of folders; its rename is what there is */
	return fsync(dir) == 0 || errno == EINVAL ? OK : io_err();
}

enum err
file_write(int dir, const char *name, const void *p, size_t len,
    unsigned mode)
{
	char tmp[NAME_LIMIT];
	enum err e;
	int fd;

	if ((size_t)snprintf(tmp, sizeof(tmp), "%s.tmp", name) >=
	    sizeof(tmp)) {
		return ERR_USAGE;
	}
	(void)unlinkat(dir, tmp, 0);
	fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, (mode_t)mode);
	if (fd < 0) {
		return io_err();
	}
	e = fd_write(fd, p, len);
	if (e == OK && fsync(fd) != 0) {
		e = io_err();
	}
	if (close(fd) != 0 && e == OK) {
		e = io_err();
	}
	if (e == OK && renameat(dir, tmp, dir, name) != 0) {
		e = io_err();
	}
	if (e != OK) {
		(void)unlinkat(dir, tmp, 0);
		return e;
	}
	return folder_sync(dir);
}

enum err
file_write_path(const char *path, const void *p, size_t len, unsigned mode)
{
	char folder[4096];
	const char *slash = strrchr(path, '/');
	enum err e;
	int dir;

	if (slash == NULL) {
		memcpy(folder, ".", 2);
	} else if ((size_t)(slash - path) + 2 > sizeof(folder)) {
		return ERR_USAGE;
	} else {
		memcpy(folder, path, (size_t)(slash - path) + 1);
		folder[slash - path + 1] = '\0';
	}
	if ((e = folder_open(AT_FDCWD, folder, false, &dir)) != OK) {
		return e;
	}
	e = file_write(dir, slash == NULL ? path : slash + 1, p, len, mode);
	close(dir);
	return e;
}

enum err
folder_open(int dir, const char *name, bool make, int *out)
{
	int fd;

	if (make && mkdirat(dir, name, 0700) != 0 && errno != EEXIST) {
		return io_err();
	}
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC |
	    (dir == AT_FDCWD ? 0 : O_NOFOLLOW));
	if (fd < 0) {
		return io_err();
	}
	*out = fd;
	return OK;
}

enum err
fd_hash(int fd, uint64_t *size, uint8_t out[HASH_LEN])
{
	struct hash_state *h = hash_new();
	uint8_t piece[PIECE];
	uint64_t at = 0;
	ssize_t n;
	enum err e = OK;

	if (h == NULL) {
		return ERR_MEMORY;
	}
	while ((n = pread(fd, piece, sizeof(piece), (off_t)at)) != 0) {
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			e = io_err();
			goto out;
		}
		hash_write(h, piece, (size_t)n);
		at += (uint64_t)n;
	}
	*size = at;
	hash_end(h, out);
out:
	hash_free(h);
	return e;
}
