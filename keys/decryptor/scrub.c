/* SPDX-License-Identifier: EUPL-1.2 */
/* See the header. The tool sees one folder, in which lies one file. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "scrub.h"

#define MAT2 "/usr/bin/mat2"
#define BWRAP "/usr/bin/bwrap"
#define SECONDS_MAX 120
#define MEMORY_MAX ((rlim_t)4 << 30)
#define SIZE_MAX_OUT ((rlim_t)2 << 30)
#define PIECE 65536u
#define WORDS_MAX 8u /* of what runs in the sandbox, with the NULL */

bool
scrub_available(void)
{
	return access(MAT2, X_OK) == 0 && access(BWRAP, X_OK) == 0;
}

static enum err
copy_file(int from, const char *name, int to, const char *as)
{
	uint8_t piece[PIECE];
	int in = openat(from, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int out = in < 0 ? -1 : openat(to, as, O_WRONLY | O_CREAT | O_EXCL |
	    O_CLOEXEC | O_NOFOLLOW, 0600);
	enum err e = out < 0 ? ERR_IO : OK;
	ssize_t n = 0;

	while (e == OK && (n = read(in, piece, sizeof piece)) > 0) {
		e = fd_write(out, piece, (size_t)n);
	}
	if (in >= 0) {
		close(in);
	}
	if (out >= 0) {
		close(out);
	}
	return e == OK && n < 0 ? ERR_IO : e;
}

static void
child(const char *folder, int out, const char *const *words)
{
	const char *const box[] = {BWRAP, "--unshare-all",
		"--die-with-parent", "--new-session", "--clearenv",
		"--setenv", "PATH", "/usr/bin", "--setenv", "LC_ALL",
		"C.UTF-8", "--setenv", "HOME", "/tmp", "--ro-bind", "/usr",
		"/usr", "--symlink", "usr/lib", "/lib", "--symlink",
		"usr/lib64", "/lib64", "--symlink", "usr/bin", "/bin",
		"--ro-bind-try", "/etc/alternatives", "/etc/alternatives",
		/* without it mat2 knows no office document by its ending */
		"--ro-bind-try", "/etc/mime.types", "/etc/mime.types",
		"--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
		"--bind", folder, "/work", "--chdir", "/work", "--"};
	enum { BOX = sizeof box / sizeof *box };
	const char *argv[BOX + WORDS_MAX];
	struct rlimit cpu = {SECONDS_MAX, SECONDS_MAX},
	    memory = {MEMORY_MAX, MEMORY_MAX},
	    size = {SIZE_MAX_OUT, SIZE_MAX_OUT}, none = {0, 0};
	int null = open("/dev/null", O_RDWR);
	size_t n = BOX;

	memcpy(argv, box, sizeof box);
	for (size_t i = 0; i < WORDS_MAX - 1 && words[i] != NULL; i++) {
		argv[n++] = words[i];
	}
	argv[n] = NULL;
	setpgid(0, 0);
	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 ||
	    dup2(null, 2) < 0 || setrlimit(RLIMIT_CPU, &cpu) != 0 ||
	    setrlimit(RLIMIT_AS, &memory) != 0 ||
	    setrlimit(RLIMIT_FSIZE, &size) != 0 ||
	    setrlimit(RLIMIT_CORE, &none) != 0) {
		_exit(126);
	}
	execv(BWRAP, (char *const *)(uintptr_t)argv);
	_exit(127);
}

static int64_t
seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* What the tool prints; true when it ended, false when its time is over */
static bool
output_take(int in, struct buf *report)
{
	int64_t end = seconds_now() + SECONDS_MAX;
	uint8_t piece[4096];
	struct pollfd p = {.fd = in, .events = POLLIN};

	for (int64_t left; (left = end - seconds_now()) > 0;) {
		ssize_t n;
		if (poll(&p, 1, (int)left * 1000) <= 0) {
			continue;
		}
		n = read(in, piece, sizeof piece);
		if (n <= 0) {
			return true;
		}
		if (report != NULL && !report->failed &&
		    report->max - report->len > (size_t)n) {
			buf_put(report, piece, (size_t)n);
		}
	}
	return false;
}

static bool
tool_once(const char *folder, const char *const *words, struct buf *report)
{
	int fd[2], status = 0;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) != 0) {
		return false;
	}
	pid = fork();
	if (pid == 0) {
		child(folder, fd[1], words);
	}
	close(fd[1]);
	if (pid > 0) {
		if (!output_take(fd[0], report)) {
			kill(-pid, SIGKILL);
		}
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
		}
	}
	close(fd[0]);
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/*
 * The tool has a sandbox of its own, which cannot be made within ours. In
 * Debian 12 (mat2 0.13.1) the option that says so switches it on, and none
 * leaves it off; in others it is as it reads.
 */
static bool
tool_run(const char *folder, const char *option, const char *file,
    struct buf *report)
{
	const char *const plain[] = {MAT2, option, file, NULL},
	    *const bare[] = {MAT2, option, file, "--no-sandbox", NULL};

	return tool_once(folder, plain, report) ||
	    tool_once(folder, bare, report);
}

static bool
nothing_left(const char *folder, const char *file, const char *ending)
{
	const char *const words[] = {SCRUB_PYTHON, "-I", "-c", scrub_left,
		file, ending, "strip", NULL};

	return tool_once(folder, words, NULL);
}

static enum err
hash_file(int dir, const char *name, uint8_t hash[HASH_LEN])
{
	struct hash_state *h = hash_new();
	uint8_t piece[PIECE];
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = 0;
	struct stat st;

	if (h == NULL || fd < 0 || fstat(fd, &st) != 0 ||
	    !S_ISREG(st.st_mode)) {
		n = -1;
	}
	while (n >= 0 && (n = read(fd, piece, sizeof piece)) > 0) {
		hash_write(h, piece, (size_t)n);
	}
	if (n == 0) {
		hash_end(h, hash);
	}
	if (fd >= 0) {
		close(fd);
	}
	hash_free(h);
	return n == 0 ? OK : ERR_IO;
}

enum scrub_result
scrub_here(int dir, const char *name, const char *copy, const char *ending,
    struct buf *report, uint8_t hash[HASH_LEN])
{
	char proc[64], base[PATH_MAX - 16], folder[PATH_MAX], in[40], out[48];
	ssize_t n;
	int room = -1;
	bool good;

	if (!scrub_available()) {
		return SCRUB_NO_TOOL;
	}
	snprintf(proc, sizeof proc, "/proc/self/fd/%d", dir);
	n = readlink(proc, base, sizeof base - 1);
	if (n <= 0) {
		return SCRUB_FAILED;
	}
	base[n] = 0;
	snprintf(folder, sizeof folder, "%s/" SCRUB_ROOM, base);
	snprintf(in, sizeof in, "file.%s", ending);
	snprintf(out, sizeof out, "file.cleaned.%s", ending);
	folder_remove(dir, SCRUB_ROOM);
	good = folder_open(dir, SCRUB_ROOM, true, &room) == OK &&
	    copy_file(dir, name, room, in) == OK;
	if (good) {
		tool_run(folder, "--show", in, report);
		/* "--lightweight" keeps too much; the plain run cleans whole */
		good = tool_run(folder, "--unknown-members=abort", in, NULL) &&
		    nothing_left(folder, out, ending) &&
		    hash_file(room, out, hash) == OK &&
		    renameat(room, out, dir, copy) == 0 &&
		    fchmodat(dir, copy, 0600, 0) == 0;
	}
	if (room >= 0) {
		close(room);
	}
	folder_remove(dir, SCRUB_ROOM);
	return good ? SCRUB_DONE : SCRUB_FAILED;
}
