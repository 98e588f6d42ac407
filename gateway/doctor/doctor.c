/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines, files of the system, and the checks of the machine itself. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include "doctor.h"
#include "meldluik/store.h"

#define MIB (UINT64_C(1) << 20)

static void
line(const char *word, const char *subject, const char *fmt, va_list ap)
{
	printf("%-5s %s: ", word, subject);
	vprintf(fmt, ap);
	putchar('\n');
}

void
doctor_ok(struct doctor *d, const char *subject, const char *fmt, ...)
{
	va_list ap;

	(void)d;
	va_start(ap, fmt);
	line("ok", subject, fmt, ap);
	va_end(ap);
}

void
doctor_mend(struct doctor *d, const char *subject, const char *fmt, ...)
{
	va_list ap;

	d->mend++;
	va_start(ap, fmt);
	line("MEND", subject, fmt, ap);
	va_end(ap);
}

/* Comments say nothing about what a program does. One begins where a word
 * may. */
static void
comments_out(char *text)
{
	char *to = text;
	bool start = true, comment = false;

	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '\n') {
			comment = false;
			start = true;
		} else if (*p == '#' && start) {
			comment = true;
		} else {
			start = strchr(" \t;{}", *p) != NULL;
		}
		if (!comment) {
			*to++ = *p;
		}
	}
	*to = '\0';
}

char *
doctor_file(const struct doctor *d, const char *path)
{
	char full[PATH_MAX], *text;
	size_t n = 0;
	ssize_t got;
	int fd;

	(void)snprintf(full, sizeof(full), "%s%s", d->root, path);
	fd = open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		return NULL;
	}
	text = malloc(DOCTOR_FILE);
	while (text != NULL && n < DOCTOR_FILE - 1 &&
	    (got = read(fd, text + n, DOCTOR_FILE - 1 - n)) > 0) {
		n += (size_t)got;
	}
	close(fd);
	if (text != NULL) {
		text[n] = '\0';
		comments_out(text);
	}
	return text;
}

char *
doctor_folder(const struct doctor *d, const char *path)
{
	struct buf all = buf_new(4 * DOCTOR_FILE);
	char full[PATH_MAX], one[PATH_MAX], *text;
	struct dirent *e;
	DIR *dir;

	(void)snprintf(full, sizeof(full), "%s%s", d->root, path);
	dir = opendir(full);
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.') {
			continue;
		}
		(void)snprintf(one, sizeof(one), "%s/%s", path, e->d_name);
		text = doctor_file(d, one);
		if (text != NULL) {
			buf_put(&all, text, strlen(text));
			buf_put(&all, "\n", 1);
		}
		free(text);
	}
	if (dir != NULL) {
		closedir(dir);
	}
	text = buf_cstr(&all) != NULL ? strdup((const char *)all.p) : NULL;
	buf_free(&all);
	return text;
}

static void
check_swap(struct doctor *d)
{
	char *text = doctor_file(d, "/proc/swaps");
	const char *more = text != NULL ? strchr(text, '\n') : NULL;

	if (more != NULL && more[1] != '\0') {
		doctor_mend(d, "swap", "is on, so memory can reach a disk; "
		    "do: swapoff -a, and take the line out of /etc/fstab");
	} else {
		doctor_ok(d, "swap", "none");
	}
	free(text);
}

static void
check_cores(struct doctor *d)
{
	char *text = doctor_file(d, "/proc/sys/kernel/core_pattern");

	if (text != NULL && text[0] == '|') {
		doctor_mend(d, "core dumps", "go to a program that keeps them; "
		    "do: apt-get purge systemd-coredump (or what collects "
		    "them), sysctl -w kernel.core_pattern=core");
	} else {
		doctor_ok(d, "core dumps", "no program collects them");
	}
	free(text);
}

static void
check_disk(struct doctor *d)
{
	const struct config *c = d->config;
	uint64_t all, left, want = c->bulk + c->reserve + c->floor +
	    c->ballast;
	struct statvfs v;

	if (statvfs(c->store_path, &v) != 0) {
		doctor_mend(d, "store", "%s is not there; do: start the "
		    "gateway once (systemctl start meldluik-gateway)",
		    c->store_path);
		return;
	}
	all = (uint64_t)v.f_blocks * v.f_frsize;
	left = (uint64_t)v.f_bavail * v.f_frsize;
	if (all < want) {
		doctor_mend(d, "disk", "has %llu MiB, bulk + reserve + floor "
		    "+ ballast ask for %llu; do: a larger disk, or a smaller "
		    "bulk in %s", (unsigned long long)(all / MIB),
		    (unsigned long long)(want / MIB), d->config_path);
	} else {
		doctor_ok(d, "disk", "%llu MiB, enough for what %s promises",
		    (unsigned long long)(all / MIB), d->config_path);
	}
	if (left < c->reserve + c->floor) {
		doctor_mend(d, "text reserve", "%llu MiB are free, less than "
		    "reserve + floor: attachments are refused; do: find what "
		    "else fills the disk, and have the desks fetch and "
		    "confirm", (unsigned long long)(left / MIB));
	} else {
		doctor_ok(d, "text reserve", "%llu MiB free",
		    (unsigned long long)(left / MIB));
	}
}

static void
check_clock(struct doctor *d)
{
	char path[PATH_MAX];
	struct timex t;
	bool kept;

	(void)snprintf(path, sizeof(path),
	    "%s/run/systemd/timesync/synchronized", d->root);
	kept = access(path, F_OK) == 0;
	if (!kept && d->root[0] == '\0') {
		memset(&t, 0, sizeof(t));
		kept = adjtimex(&t) != TIME_ERROR &&
		    (t.status & STA_UNSYNC) == 0;
	}
	if (d->today < day_make(2026, 11, 1)) {
		doctor_mend(d, "clock", "stands before this program was "
		    "made; do: timedatectl set-ntp true");
	} else if (!kept) {
		doctor_mend(d, "clock", "nobody keeps it right; do: apt-get "
		    "install systemd-timesyncd");
	} else {
		doctor_ok(d, "clock", "kept right");
	}
}

static void
check_files(struct doctor *d)
{
	const struct config *c = d->config;
	char mark[PATH_MAX];
	struct stat st;

	if (stat(c->store_path, &st) == 0) {
		if ((st.st_mode & 07777) != 0700) {
			doctor_mend(d, "permissions", "%s is open to others; "
			    "do: chmod 700 %s, and find out who changed it",
			    c->store_path, c->store_path);
		} else {
			doctor_ok(d, "permissions", "the store is the "
			    "gateway's alone");
		}
	}
	(void)snprintf(mark, sizeof(mark), "%s/" STORE_DAMAGE_MARK,
	    c->store_path);
	if (lstat(mark, &st) == 0) {
		doctor_mend(d, "records", "one in the store cannot be read any "
		    "more; do: look at the disk (dmesg, smartctl -a) and at "
		    "the memory, and tell the coordinator: the courier's "
		    "fetch names what does not come");
	}
	if (stat(d->config_path, &st) != 0 || (st.st_mode & 0007) != 0 ||
	    (st.st_mode & 0020) != 0) {
		doctor_mend(d, "configuration", "%s can be read or changed by "
		    "others; do: chmod 640 %s", d->config_path,
		    d->config_path);
	} else {
		doctor_ok(d, "configuration", "only its owner changes it");
	}
	if (c->has_identity) {
		doctor_ok(d, "identity", "[identity] key is pinned");
	} else {
		doctor_mend(d, "identity", "not pinned: the first keyset that "
		    "is delivered decides; do: set [identity] key from the "
		    "coordinator's paper");
	}
}

void
doctor_machine(struct doctor *d)
{
	check_swap(d);
	check_cores(d);
	check_disk(d);
	check_clock(d);
	check_files(d);
}

int
doctor_main(const struct config *c, const char *config_path,
    const char *root, day_t today)
{
	struct doctor d = {c, config_path, root, today, 0};

	doctor_machine(&d);
	doctor_front(&d);
	doctor_world(&d);
	if (d.mend == 0) {
		puts("all well");
	} else {
		printf("%u to mend\n", d.mend);
	}
	return d.mend == 0 ? 0 : 1;
}
