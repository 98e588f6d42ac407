/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * rebuild LOG ROOT SEED OUT ACKS [EVENT]: makes in OUT a folder as a power
 * cut at a moment chosen by SEED (or after that many events) could have left
 * ROOT, and in ACKS what had been acknowledged by then. Exit 3: there are
 * fewer events.
 *
 * The model: bytes are on the disk once fsync or fdatasync of their file
 * returned (or the file was opened for synchronous writes). Of the rest
 * each 4096-byte page was written or not: none, all, or by coin (SEED). A
 * new name, rename or removal is on the disk once its folder was synced (a
 * new file's name also by the sync of the file); of the rest, some first
 * part, in order, as a journal does it.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096u

struct event {
	char type;
	uint32_t id, len;
	uint64_t off;
	const uint8_t *p;
	bool durable;
};

static struct event *ev;
static size_t evs;
static uint64_t rnd;

static uint32_t draw(uint32_t n)
{
	/* splitmix64: the same image for the same seed everywhere */
	uint64_t z = rnd += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ z >> 31) % n);
}

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static void log_read(const char *path)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	const uint8_t *p;
	size_t at = 0, cap = 0;

	if (fd < 0 || fstat(fd, &st) != 0 || st.st_size == 0) {
		die(path);
	}
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED) {
		die("mmap");
	}
	while (at + 17 <= (size_t)st.st_size) {
		struct event e = { .type = (char)p[at] };

		for (int i = 0; i < 4; i++) {
			e.id = e.id << 8 | p[at + 1 + (size_t)i];
			e.len = e.len << 8 | p[at + 13 + (size_t)i];
		}
		for (int i = 0; i < 8; i++) {
			e.off = e.off << 8 | p[at + 5 + (size_t)i];
		}
		e.p = p + at + 17;
		at += 17 + e.len;
		if (at > (size_t)st.st_size) {
			break;
		}
		if (evs == cap) {
			cap = cap * 2 + 1024;
			ev = realloc(ev, cap * sizeof(*ev));
		}
		ev[evs++] = e;
	}
}

/* Right after an acknowledgement is where a lie would show */
static size_t moment(void)
{
	size_t acks = 0, n;

	for (size_t i = 0; i < evs; i++) {
		acks += ev[i].type == 'A';
	}
	if (acks == 0 || draw(3) == 0) {
		return 1 + draw((uint32_t)evs - 1);
	}
	n = draw((uint32_t)acks);
	for (size_t i = 0; i < evs; i++) {
		if (ev[i].type == 'A' && n-- == 0) {
			return i + 1;
		}
	}
	return evs;
}

static bool is_name(char type)
{
	return type == 'C' || type == 'R' || type == 'U';
}

static bool in_folder(const char *dir, size_t dlen, const struct event *e)
{
	const char *last = NULL;

	for (uint32_t i = 0; i < e->len && e->p[i] != '\0'; i++) {
		if (e->p[i] == '/') {
			last = (const char *)e->p + i;
		}
	}
	return last != NULL && (size_t)(last - (const char *)e->p) == dlen &&
	    memcmp(e->p, dir, dlen) == 0;
}

/* The path an open folder was last known by */
static const struct event *folder(uint32_t id, size_t before)
{
	for (size_t i = before; i-- > 0;) {
		if (ev[i].type == 'D' && ev[i].id == id) {
			return &ev[i];
		}
	}
	return NULL;
}

static void settle(size_t end)
{
	size_t names = 0;

	for (size_t i = 0; i < end; i++) {
		const struct event *e = &ev[i];

		if (e->type == 'S') {
			ev[i].durable = true;
		}
		if (e->type == 'F') {
			for (size_t j = 0; j < i; j++) {
				if (ev[j].id == e->id &&
				    strchr("WTSC", ev[j].type) != NULL) {
					ev[j].durable = true;
				}
			}
		}
		if (e->type == 'd') {
			const struct event *d = folder(e->id, i);

			for (size_t j = 0; d != NULL && j < i; j++) {
				if (is_name(ev[j].type) &&
				    in_folder((const char *)d->p, d->len,
					&ev[j])) {
					ev[j].durable = true;
				}
			}
		}
	}
	/* A journal keeps the order of names: before a durable one, all. */
	for (size_t i = 0; i < end; i++) {
		if (is_name(ev[i].type) && ev[i].durable) {
			names = i + 1;
		}
	}
	for (size_t i = 0; i < end; i++) {
		if (is_name(ev[i].type) && i >= names &&
		    draw(2) == 0) {
			break;
		}
		if (is_name(ev[i].type)) {
			ev[i].durable = true;
		}
	}
}

struct content {
	uint8_t *p;
	uint64_t len, cap;
};
static struct content file[65536];

static void grow(struct content *c, uint64_t len)
{
	if (len > c->cap) {
		c->cap = len + len / 2 + PAGE;
		c->p = realloc(c->p, c->cap);
		if (c->p == NULL) {
			die("memory");
		}
	}
	if (len > c->len) {
		memset(c->p + c->len, 0, len - c->len);
		c->len = len;
	}
}

static void apply_write(const struct event *e, int mode)
{
	struct content *c = &file[e->id];

	for (uint64_t at = 0; at < e->len;) {
		uint64_t n = PAGE - (e->off + at) % PAGE;

		n = n < e->len - at ? n : e->len - at;
		if (e->durable || mode == 1 || (mode > 1 && draw(2) == 0)) {
			grow(c, e->off + at + n);
			memcpy(c->p + e->off + at, e->p + at, n);
		}
		at += n;
	}
}

static void apply_cut(const struct event *e, int mode)
{
	struct content *c = &file[e->id];

	if (!e->durable && mode != 1 && (mode == 0 || draw(2) == 0)) {
		return;
	}
	if (e->off < c->len) {
		c->len = e->off;
	} else {
		grow(c, e->off);
	}
}

struct name {
	char path[PATH_MAX];
	uint32_t id;
};
static struct name name[4096];
static size_t names;

static struct name *name_find(const char *path)
{
	for (size_t i = 0; i < names; i++) {
		if (strcmp(name[i].path, path) == 0) {
			return &name[i];
		}
	}
	return NULL;
}

static void name_drop(const char *path)
{
	struct name *n = name_find(path);

	if (n != NULL) {
		*n = name[--names];
	}
}

static void apply_name(const struct event *e)
{
	char path[PATH_MAX], to[PATH_MAX];
	struct name *n;

	snprintf(path, sizeof(path), "%.*s", (int)e->len,
	    (const char *)e->p);
	if (e->type == 'C') {
		name_drop(path);
		snprintf(name[names].path, PATH_MAX, "%s", path);
		name[names++].id = e->id;
	} else if (e->type == 'U') {
		name_drop(path);
	} else {
		snprintf(to, sizeof(to), "%.*s",
		    (int)(e->len - strlen(path) - 1),
		    (const char *)e->p + strlen(path) + 1);
		if (name_find(path) != NULL) {
			name_drop(to);
			n = name_find(path);
			snprintf(n->path, PATH_MAX, "%s", to);
		}
	}
}

static void folders_make(char *path, size_t from)
{
	for (char *c = path + from; *c != '\0'; c++) {
		if (*c == '/') {
			*c = '\0';
			(void)mkdir(path, 0700);
			*c = '/';
		}
	}
}

static void image_write(const char *root, const char *out)
{
	(void)mkdir(out, 0700);
	for (size_t i = 0; i < names; i++) {
		const struct content *c = &file[name[i].id];
		char path[2 * PATH_MAX];
		FILE *f;

		snprintf(path, sizeof(path), "%s%s", out,
		    name[i].path + strlen(root));
		folders_make(path, strlen(out) + 1);
		f = fopen(path, "wb");
		if (f == NULL ||
		    fwrite(c->p, 1, c->len, f) != c->len ||
		    fclose(f) != 0) {
			die(path);
		}
	}
}

int main(int argc, char **argv)
{
	size_t end;
	int mode;
	FILE *acks;

	if (argc != 6 && argc != 7) {
		return 2;
	}
	log_read(argv[1]);
	rnd = strtoull(argv[3], NULL, 10);
	mode = (int)draw(4);
	end = argc == 7 ? strtoull(argv[6], NULL, 10) : moment();
	if (end > evs) {
		return 3;
	}
	settle(end);
	acks = fopen(argv[5], "wb");
	if (acks == NULL) {
		die(argv[5]);
	}
	/* The write that was under way when the power went may be there */
	for (size_t i = 0; i < end; i++) {
		const struct event *e = &ev[i];

		if (e->type == 'W' || e->type == 'S') {
			apply_write(e, mode);
		} else if (e->type == 'T') {
			apply_cut(e, mode);
		} else if (is_name(e->type) && e->durable) {
			apply_name(e);
		} else if (e->type == 'A') {
			fwrite(e->p, 1, e->len, acks);
		}
	}
	if (end < evs && ev[end].type == 'S') {
		apply_write(&ev[end], 2);
	}
	fclose(acks);
	image_write(argv[2], argv[4]);
	return 0;
}
