/* SPDX-License-Identifier: EUPL-1.2 */
/* Attachments at rest; see the header. */
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attachment.h"
#include "files.h"
#include "meldluik/secret.h"

#define PIECE 65536u
#define SEALED (PIECE + crypto_secretstream_xchacha20poly1305_ABYTES)
#define HEADER crypto_secretstream_xchacha20poly1305_HEADERBYTES

struct attachment_writer { /* one block of secret memory */
	int fd;
	struct content_file file;
	crypto_secretstream_xchacha20poly1305_state state;
	size_t have;
	uint8_t plain[PIECE];
	uint8_t sealed[SEALED];
};

static void
name_of(const struct content_file *f, const char *end, char out[48])
{
	char hex[33];

	hex_encode(f->id, sizeof f->id, hex);
	snprintf(out, 48, "%s%s", hex, end);
}

enum err
attachment_begin(int dir, struct attachment_writer **out)
{
	struct attachment_writer *w = secret_new(sizeof *w);
	uint8_t header[HEADER];
	char name[48];
	enum err e;

	if (w == NULL) {
		return ERR_MEMORY;
	}
	randombytes_buf(w->file.id, sizeof w->file.id);
	randombytes_buf(w->file.key, sizeof w->file.key);
	name_of(&w->file, ".tmp", name);
	w->fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	if (w->fd < 0) {
		secret_free(w);
		return ERR_IO;
	}
	crypto_secretstream_xchacha20poly1305_init_push(&w->state, header,
	    w->file.key);
	e = fd_write(w->fd, header, sizeof header);
	if (e != OK) {
		attachment_free(w);
		return e;
	}
	*out = w;
	return OK;
}

static enum err
push(struct attachment_writer *w, uint8_t tag)
{
	unsigned long long n = 0;

	crypto_secretstream_xchacha20poly1305_push(&w->state, w->sealed, &n,
	    w->plain, w->have, NULL, 0, tag);
	w->have = 0;
	return fd_write(w->fd, w->sealed, (size_t)n);
}

enum err
attachment_write(struct attachment_writer *w, const uint8_t *p, size_t len)
{
	enum err e = OK;

	while (len > 0 && e == OK) {
		size_t n = PIECE - w->have < len ? PIECE - w->have : len;
		/* A full piece waits: it may turn out to be the last */
		if (n == 0) {
			e = push(w, 0);
			continue;
		}
		memcpy(w->plain + w->have, p, n);
		w->have += n;
		p += n;
		len -= n;
	}
	return e;
}

enum err
attachment_end(struct attachment_writer *w, struct content_file *out)
{
	enum err e = push(w,
	    crypto_secretstream_xchacha20poly1305_TAG_FINAL);

	if (e == OK && fsync(w->fd) != 0) {
		e = ERR_IO;
	}
	if (e == OK) {
		*out = w->file;
	}
	return e;
}

void
attachment_free(struct attachment_writer *w)
{
	if (w != NULL) {
		if (w->fd >= 0) {
			close(w->fd);
		}
		secret_free(w);
	}
}

enum err
attachment_keep(int dir, const struct content_file *f)
{
	char from[48], to[48];

	name_of(f, ".tmp", from);
	name_of(f, ".bin", to);
	return renameat(dir, from, dir, to) == 0 ? folder_sync(dir) : ERR_IO;
}

void
attachment_drop(int dir, const struct content_file *f)
{
	char name[48];

	name_of(f, ".tmp", name);
	unlinkat(dir, name, 0);
	name_of(f, ".bin", name);
	unlinkat(dir, name, 0);
}

/* One sealed piece; ${n} 0 at the end of the file */
static enum err
piece_read(int fd, uint8_t *p, size_t *n)
{
	*n = 0;
	while (*n < SEALED) {
		ssize_t got = read(fd, p + *n, SEALED - *n);
		if (got < 0) {
			return ERR_IO;
		}
		if (got == 0) {
			break;
		}
		*n += (size_t)got;
	}
	return OK;
}

static enum err
fd_sink(void *arg, const uint8_t *p, size_t len)
{
	return fd_write(*(int *)arg, p, len);
}

enum err
attachment_read(int dir, const struct content_file *f, int fd,
    uint64_t *size, uint8_t sha256[HASH_LEN])
{
	return attachment_stream(dir, f, fd_sink, &fd, size, sha256);
}

enum err
attachment_stream(int dir, const struct content_file *f, age_sink sink,
    void *arg, uint64_t *size, uint8_t sha256[HASH_LEN])
{
	struct attachment_writer *w = secret_new(sizeof *w);
	struct hash_state *h = hash_new();
	uint8_t header[HEADER], tag = 0;
	enum err e = w == NULL || h == NULL ? ERR_MEMORY : OK;
	char name[48];
	int in = -1;

	name_of(f, ".bin", name);
	if (e == OK) {
		w->fd = -1;
		in = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		e = in < 0 ? ERR_UNKNOWN : fd_read(in, header, sizeof header);
	}
	if (e == OK && crypto_secretstream_xchacha20poly1305_init_pull(
	    &w->state, header, f->key) != 0) {
		e = ERR_CRYPT;
	}
	*size = 0;
	while (e == OK && tag !=
	    crypto_secretstream_xchacha20poly1305_TAG_FINAL) {
		unsigned long long plain = 0;
		size_t n;
		e = piece_read(in, w->sealed, &n);
		if (e == OK && crypto_secretstream_xchacha20poly1305_pull(
		    &w->state, w->plain, &plain, &tag, w->sealed, n, NULL,
		    0) != 0) {
			e = ERR_CRYPT;
		}
		if (e == OK) {
			hash_write(h, w->plain, (size_t)plain);
			*size += plain;
			e = sink(arg, w->plain, (size_t)plain);
		}
	}
	if (e == OK) {
		hash_end(h, sha256);
	}
	if (in >= 0) {
		close(in);
	}
	hash_free(h);
	attachment_free(w);
	return e;
}
