/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * LD_PRELOAD shim: writes down, in order, what a process asks of the files
 * below POWERCUT_ROOT (data, syncs, names), and the lines it writes to
 * POWERCUT_ACK, into POWERCUT_LOG. rebuild.c makes disks from it as a power
 * cut could have left them.
 *
 * Event: type (1) | file (4) | offset (8) | length (4) | bytes, big-endian.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define FDS 4096
#define FILES 65536

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;
static char root[PATH_MAX], acks[PATH_MAX];
static struct {
	uint32_t id; /* 0: not watched */
	char kind;   /* f file, s file opened for synchronous writes, d, a */
} fds[FDS];
static struct {
	dev_t dev;
	ino_t ino;
	uint32_t id;
} files[FILES];
static uint32_t next_id = 1;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void put(const void *p, size_t n)
{
	static ssize_t (*real)(int, const void *, size_t);
	const char *c = p;

	if (real == NULL) {
		real = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT,
		    "write");
	}
	while (n > 0) {
		ssize_t w = real(log_fd, c, n);

		if (w <= 0) {
			abort();
		}
		c += w;
		n -= (size_t)w;
	}
}

static void event(char type, uint32_t id, uint64_t off, const void *p,
    uint32_t n)
{
	uint8_t head[17];

	head[0] = (uint8_t)type;
	for (int i = 0; i < 4; i++) {
		head[1 + i] = (uint8_t)(id >> (24 - 8 * i));
		head[13 + i] = (uint8_t)(n >> (24 - 8 * i));
	}
	for (int i = 0; i < 8; i++) {
		head[5 + i] = (uint8_t)(off >> (56 - 8 * i));
	}
	put(head, sizeof(head));
	put(p, n);
}

__attribute__((constructor)) static void start(void)
{
	const char *r = getenv("POWERCUT_ROOT"), *l = getenv("POWERCUT_LOG");
	const char *a = getenv("POWERCUT_ACK");

	if (r == NULL || l == NULL || a == NULL) {
		return;
	}
	snprintf(root, sizeof(root), "%s", r);
	snprintf(acks, sizeof(acks), "%s", a);
	log_fd = REAL(open)(l, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static int below(const char *path)
{
	size_t n = strlen(root);

	return strncmp(path, root, n) == 0 &&
	    (path[n] == '/' || path[n] == '\0');
}

static int path_of(int fd, char out[PATH_MAX])
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, out, PATH_MAX - 1);
	if (n <= 0) {
		return 0;
	}
	out[n] = '\0';
	return 1;
}

static void full_path(int dir, const char *path, char out[PATH_MAX])
{
	char base[PATH_MAX] = "";

	if (path[0] == '/') {
		snprintf(out, PATH_MAX, "%s", path);
		return;
	}
	if (dir == AT_FDCWD) {
		if (getcwd(base, sizeof(base)) == NULL) {
			base[0] = '\0';
		}
	} else {
		path_of(dir, base);
	}
	snprintf(out, PATH_MAX, "%.2000s/%.2000s", base, path);
}

static uint32_t id_of(const struct stat *st, int fresh)
{
	for (uint32_t i = 0; i < next_id - 1; i++) {
		if (files[i].dev == st->st_dev && files[i].ino == st->st_ino &&
		    files[i].id != 0) {
			if (!fresh) {
				return files[i].id;
			}
			files[i].id = 0; /* the number was used again */
		}
	}
	if (next_id == FILES) {
		abort();
	}
	files[next_id - 1].dev = st->st_dev;
	files[next_id - 1].ino = st->st_ino;
	files[next_id - 1].id = next_id;
	return next_id++;
}

static void opened(int fd, int flags, int existed)
{
	char path[PATH_MAX];
	struct stat st;

	if (log_fd < 0 || fd < 0 || fd >= FDS || !path_of(fd, path)) {
		return;
	}
	fds[fd].id = 0;
	if (strcmp(path, acks) == 0) {
		fds[fd].id = 1;
		fds[fd].kind = 'a';
		return;
	}
	if (!below(path) || fstat(fd, &st) != 0) {
		return;
	}
	fds[fd].id = id_of(&st, !existed && !S_ISDIR(st.st_mode));
	fds[fd].kind = S_ISDIR(st.st_mode) ? 'd' :
	    (flags & O_DSYNC)		   ? 's' :
					     'f';
	if (S_ISDIR(st.st_mode)) {
		event('D', fds[fd].id, 0, path, (uint32_t)strlen(path));
		return;
	}
	if (!existed) {
		event('C', fds[fd].id, 0, path, (uint32_t)strlen(path));
	} else if (flags & O_TRUNC) {
		event('T', fds[fd].id, 0, "", 0);
	}
}

static int do_open(int dir, const char *path, int flags, mode_t mode)
{
	int existed = faccessat(dir, path, F_OK, 0) == 0, fd, e;

	pthread_mutex_lock(&lock);
	fd = REAL(openat)(dir, path, flags, mode);
	e = errno;
	opened(fd, flags, existed);
	pthread_mutex_unlock(&lock);
	errno = e;
	return fd;
}

#define MODE                                                                 \
	mode_t mode = 0;                                                     \
	if (flags & (O_CREAT | O_TMPFILE)) {                                 \
		va_list ap;                                                  \
		va_start(ap, flags);                                         \
		mode = va_arg(ap, mode_t);                                   \
		va_end(ap);                                                  \
	}

int open(const char *path, int flags, ...)
{
	MODE
	return do_open(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	MODE
	return do_open(AT_FDCWD, path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...)
{
	MODE
	return do_open(dir, path, flags, mode);
}

int openat64(int dir, const char *path, int flags, ...)
{
	MODE
	return do_open(dir, path, flags, mode);
}

int close(int fd)
{
	int r;

	pthread_mutex_lock(&lock);
	if (fd >= 0 && fd < FDS) {
		fds[fd].id = 0;
	}
	r = REAL(close)(fd);
	pthread_mutex_unlock(&lock);
	return r;
}

static void wrote(int fd, uint64_t off, const void *p, ssize_t n)
{
	if (log_fd < 0 || n <= 0 || fd >= FDS || fds[fd].id == 0) {
		return;
	}
	event(fds[fd].kind == 'a' ? 'A' : fds[fd].kind == 's' ? 'S' : 'W',
	    fds[fd].id, off, p, (uint32_t)n);
}

ssize_t write(int fd, const void *p, size_t n)
{
	off_t at;
	ssize_t r;
	int e;

	pthread_mutex_lock(&lock);
	at = fd < FDS && fds[fd].id != 0 ? lseek(fd, 0, SEEK_CUR) : 0;
	r = REAL(write)(fd, p, n);
	e = errno;
	wrote(fd, (uint64_t)at, p, r);
	pthread_mutex_unlock(&lock);
	errno = e;
	return r;
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	ssize_t r;
	int e;

	pthread_mutex_lock(&lock);
	r = REAL(pwrite)(fd, p, n, at);
	e = errno;
	wrote(fd, (uint64_t)at, p, r);
	pthread_mutex_unlock(&lock);
	errno = e;
	return r;
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	return pwrite(fd, p, n, at);
}

static void wrote_v(int fd, uint64_t at, const struct iovec *v, int n,
    ssize_t left)
{
	for (int i = 0; i < n && left > 0; i++) {
		ssize_t part = left < (ssize_t)v[i].iov_len ?
		    left :
		    (ssize_t)v[i].iov_len;

		wrote(fd, at, v[i].iov_base, part);
		at += (uint64_t)part;
		left -= part;
	}
}

ssize_t pwritev(int fd, const struct iovec *v, int n, off_t at)
{
	ssize_t r;
	int e;

	pthread_mutex_lock(&lock);
	r = REAL(pwritev)(fd, v, n, at);
	e = errno;
	wrote_v(fd, (uint64_t)at, v, n, r);
	pthread_mutex_unlock(&lock);
	errno = e;
	return r;
}

ssize_t pwritev64(int fd, const struct iovec *v, int n, off64_t at)
{
	return pwritev(fd, v, n, at);
}

ssize_t writev(int fd, const struct iovec *v, int n)
{
	off_t at;
	ssize_t r;
	int e;

	pthread_mutex_lock(&lock);
	at = fd < FDS && fds[fd].id != 0 ? lseek(fd, 0, SEEK_CUR) : 0;
	r = REAL(writev)(fd, v, n);
	e = errno;
	wrote_v(fd, (uint64_t)at, v, n, r);
	pthread_mutex_unlock(&lock);
	errno = e;
	return r;
}

static void cut(int fd, uint64_t len)
{
	if (log_fd >= 0 && fd < FDS && fds[fd].id != 0) {
		event('T', fds[fd].id, len, "", 0);
	}
}

int ftruncate(int fd, off_t len)
{
	int r;

	pthread_mutex_lock(&lock);
	r = REAL(ftruncate)(fd, len);
	if (r == 0) {
		cut(fd, (uint64_t)len);
	}
	pthread_mutex_unlock(&lock);
	return r;
}

int ftruncate64(int fd, off64_t len)
{
	return ftruncate(fd, len);
}

static int synced(int fd, int r)
{
	if (r == 0 && log_fd >= 0 && fd < FDS && fds[fd].id != 0) {
		event(fds[fd].kind == 'd' ? 'd' : 'F', fds[fd].id, 0, "", 0);
	}
	return r;
}

int fsync(int fd)
{
	int r = REAL(fsync)(fd);

	pthread_mutex_lock(&lock);
	synced(fd, r);
	pthread_mutex_unlock(&lock);
	return r;
}

int fdatasync(int fd)
{
	int r = REAL(fdatasync)(fd);

	pthread_mutex_lock(&lock);
	synced(fd, r);
	pthread_mutex_unlock(&lock);
	return r;
}

int renameat(int a, const char *from, int b, const char *to)
{
	char both[2 * PATH_MAX], second[PATH_MAX];
	int r, e;

	pthread_mutex_lock(&lock);
	full_path(a, from, both);
	full_path(b, to, second);
	r = REAL(renameat)(a, from, b, to);
	e = errno;
	if (r == 0 && log_fd >= 0 && below(both)) {
		size_t n = strlen(both) + 1;

		memcpy(both + n, second, strlen(second));
		event('R', 0, 0, both, (uint32_t)(n + strlen(second)));
	}
	pthread_mutex_unlock(&lock);
	errno = e;
	return r;
}

int rename(const char *from, const char *to)
{
	return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int unlinkat(int dir, const char *path, int flags)
{
	char full[PATH_MAX];
	int r, e;

	pthread_mutex_lock(&lock);
	full_path(dir, path, full);
	r = REAL(unlinkat)(dir, path, flags);
	e = errno;
	if (r == 0 && log_fd >= 0 && below(full)) {
		event('U', 0, 0, full, (uint32_t)strlen(full));
	}
	pthread_mutex_unlock(&lock);
	errno = e;
	return r;
}

int unlink(const char *path)
{
	return unlinkat(AT_FDCWD, path, 0);
}
