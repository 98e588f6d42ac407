/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Envelopes from the gateway to the stick, in pieces, resumed after a cut.
 * A name HEX.age stands only on a file that has that hash; what is under way
 * is HEX.part.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "courier.h"
#include "files.h"
#include "shown.h"

#define NAME_LEN (2 * HASH_LEN + 6)
#define ROOM_MARGIN 65536u /* for the folder's own growth */

struct names {
	char hex[2 * HASH_LEN + 1], whole[NAME_LEN], part[NAME_LEN];
};

static void
names_of(const struct inbound_envelope *e, struct names *n)
{
	hex_encode(e->sha256, HASH_LEN, n->hex);
	(void)snprintf(n->whole, sizeof(n->whole), "%s.age", n->hex);
	(void)snprintf(n->part, sizeof(n->part), "%s.part", n->hex);
}

/* Has ${name} exactly the size and hash that the manifest states? */
static bool
body_good(int dir, const char *name, const struct inbound_envelope *e)
{
	uint8_t hash[HASH_LEN];
	uint64_t size = 0;
	bool good;
	/* a pipe of that name on a borrowed stick would wait for ever */
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	struct stat st;

	if (fd < 0) {
		return false;
	}
	good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (uint64_t)st.st_size == e->size && fd_hash(fd, &size, hash) == OK &&
	    size == e->size && memcmp(hash, e->sha256, HASH_LEN) == 0;
	close(fd);
	return good;
}

static bool
room_for(int dir, uint64_t bytes)
{
	struct statvfs v;

	return fstatvfs(dir, &v) != 0 ||
	    (uint64_t)v.f_bavail * v.f_frsize >= bytes + ROOM_MARGIN;
}

/* One piece at ${at}; ${got} bytes were written */
static enum err
piece_fetch(struct courier *c, const struct inbound_envelope *e,
    const char *hex, int fd, uint64_t at, size_t *got)
{
	uint64_t last = at + COURIER_PIECE <= e->size ?
	    at + COURIER_PIECE - 1 : e->size - 1;
	char name[96], range[64];
	const char *headers[] = { name, range, NULL };
	struct request q = { "GET", "/v1/bundle/envelope", headers, NULL, 0,
		COURIER_PIECE };
	struct answer a;
	enum err r;

	(void)snprintf(name, sizeof(name), "Envelope: %s", hex);
	(void)snprintf(range, sizeof(range), "Range: bytes=%llu-%llu",
	    (unsigned long long)at, (unsigned long long)last);
	r = transfer_patient(c->door, &q, &a);
	if (r == OK) {
		r = answer_err(&a);
	}
	if (r == ERR_UNKNOWN) {
		goto out; /* erased: an answer, not a failure */
	}
	if (r == ERR_CRYPT) {
		say("%s: the gateway cannot read it any more, it is damaged "
		    "there", hex);
		goto out;
	}
	if (r == OK && (a.status != 206 || !a.ranged || a.from != at ||
	    a.total != e->size || a.to > last)) {
		r = ERR_FORMAT;
	}
	if (r != OK) {
		r = courier_refused(c, hex, r, &a);
		goto out;
	}
	if (lseek(fd, (off_t)at, SEEK_SET) < 0) {
		r = ERR_IO;
		goto out;
	}
	r = fd_write(fd, a.body.p, a.body.len);
	*got = a.body.len;
out:
	answer_clear(&a);
	return r;
}

/* From what is in the .part file to the end */
static enum err
part_fill(struct courier *c, const struct wanted *w, const struct names *n,
    int fd)
{
	struct progress p;
	struct stat st;
	uint64_t at;
	size_t got = 0;
	enum err e = OK;

	if (fstat(fd, &st) != 0) {
		return ERR_IO;
	}
	at = (uint64_t)st.st_size;
	if (at > w->e.size) {
		at = 0;
		if (ftruncate(fd, 0) != 0) {
			return ERR_IO;
		}
	}
	if (at > 0) {
		say("%s: going on at %llu of %llu bytes", n->hex,
		    (unsigned long long)at, (unsigned long long)w->e.size);
	}
	p = progress_begin("envelope", w->e.size, at);
	while (e == OK && at < w->e.size) {
		e = piece_fetch(c, &w->e, n->hex, fd, at, &got);
		if (e == OK) {
			at += got;
			progress_at(&p, at);
		}
	}
	progress_end(&p);
	if (e == OK && fsync(fd) != 0) {
		e = errno == ENOSPC ? ERR_FULL : ERR_IO;
	}
	return e;
}

/* A .part that a cut left may hold anything: if the whole has the wrong
 * hash, it is fetched once more from the beginning. */
static enum err
body_fetch(struct courier *c, int dir, const struct wanted *w)
{
	struct names n;
	enum err e = OK;
	int fd;

	names_of(&w->e, &n);
	for (unsigned i = 0; i < 2; i++) {
		fd = openat(dir, n.part, O_RDWR | O_CREAT | O_NOFOLLOW |
		    O_NONBLOCK | O_CLOEXEC, 0600);
		if (fd < 0) {
			return errno == ENOSPC ? ERR_FULL : ERR_IO;
		}
		e = part_fill(c, w, &n, fd);
		close(fd);
		if (e != OK) {
			break;
		}
		if (body_good(dir, n.part, &w->e)) {
			if (renameat(dir, n.part, dir, n.whole) != 0) {
				return ERR_IO;
			}
			return folder_sync(dir);
		}
		(void)unlinkat(dir, n.part, 0);
	}
	if (e == OK) {
		say("%s: what came is not what the signed manifest lists; "
		    "nothing of it was kept", n.hex);
		return ERR_CRYPT;
	}
	if (e == ERR_FULL || e == ERR_UNKNOWN || e == ERR_CRYPT) {
		(void)unlinkat(dir, n.part, 0);
	}
	return e;
}

enum err
bodies_fetch(struct courier *c, int dir, const struct wanted *w, size_t n,
    struct bodies *out)
{
	struct stat st;
	struct names name;
	uint64_t have;
	enum err e;

	for (size_t i = 0; i < n; i++) {
		names_of(&w[i].e, &name);
		if (body_good(dir, name.whole, &w[i].e)) {
			out->there++;
			continue;
		}
		have = fstatat(dir, name.part, &st, AT_SYMLINK_NOFOLLOW) == 0 ?
		    (uint64_t)st.st_size : 0;
		if (!room_for(dir, w[i].e.size - (have < w[i].e.size ? have :
		    w[i].e.size))) {
			out->no_room++;
			continue;
		}
		e = body_fetch(c, dir, &w[i]);
		if (e == ERR_FULL) {
			out->no_room++;
		} else if (e == ERR_UNKNOWN) {
			out->gone++;
		} else if (e == ERR_CRYPT) {
			out->damaged++; /* what is behind it comes */
		} else if (e != OK) {
			return e;
		} else {
			out->fetched++;
		}
	}
	return out->no_room > 0 ? ERR_FULL :
	    out->damaged > 0 ? ERR_CRYPT : OK;
}
