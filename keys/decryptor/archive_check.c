/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Reading a backup back from the medium that it was just written to: what a
 * stick that lies gives back is another thing than was written.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "archive_age.h"

#define PIECE 65536u

static enum err
hash_in(void *arg, const uint8_t *p, size_t len)
{
	hash_write(arg, p, len);
	return OK;
}

/* From the medium, not from what the system remembers of it */
static enum err
medium_read(int fd, enum err (*take)(void *, const uint8_t *, size_t),
    void *arg)
{
	uint8_t piece[PIECE];
	ssize_t n = 0;
	enum err e;

	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	e = lseek(fd, 0, SEEK_SET) == 0 ? OK : ERR_IO;
	while (e == OK && (n = read(fd, piece, sizeof piece)) > 0) {
		e = take(arg, piece, (size_t)n);
	}
	return e == OK && n < 0 ? ERR_IO : e;
}

static enum err
open_in(void *arg, const uint8_t *p, size_t len)
{
	return age_open_write(arg, p, len);
}

static enum err
hash_is(struct hash_state *h, const uint8_t hash[HASH_LEN])
{
	uint8_t got[HASH_LEN];

	hash_end(h, got);
	return memcmp(got, hash, HASH_LEN) == 0 ? OK : ERR_CHAIN;
}

enum err
backup_check(const struct desk *d, int fd, const uint8_t hash[HASH_LEN])
{
	struct hash_state *h = hash_new();
	struct age_open *o = NULL;
	enum err e = h == NULL ? ERR_MEMORY : age_open_new_scrypt(d->pass,
	    d->passlen, hash_in, h, &o);

	if (e == OK) {
		e = medium_read(fd, open_in, o);
	}
	if (e == OK) {
		e = age_open_end(o);
	}
	if (e == OK) {
		e = hash_is(h, hash);
	}
	age_open_free(o);
	hash_free(h);
	return e;
}

enum err
backup_check_heirs(int fd, const uint8_t sealed[HASH_LEN])
{
	struct hash_state *h = hash_new();
	enum err e = h == NULL ? ERR_MEMORY : medium_read(fd, hash_in, h);

	if (e == OK) {
		e = hash_is(h, sealed);
	}
	hash_free(h);
	return e;
}
