/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The key file and its root. Guards the promise that erased is erased. Keys
 * stand in secret memory only; what is written is ciphertext, but for the
 * root itself.
 *
 * root.bin: two slots of 4096 bytes: "MLDROOT1" | root (32) | zeros.
 * keys.bin: "MLDKEYS1" | nonce (24) | XChaCha20-Poly1305 of: state key,
 * index key, end (8), then number (8) | key (32), ascending.
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "meldluik/secret.h"
#include "recordkeys.h"

#define SLOT 4096u
#define MAGIC 8u
#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES
#define FIXED 72u /* state key, index key, end */
#define ENTRY 40u

static const char root_magic[] = "MLDROOT1";
static const char keys_magic[] = "MLDKEYS1";

/* Plain holds FIXED + n * ENTRY bytes, exactly what the file seals. */
struct record_keys {
	int dir, root;
	unsigned slot; /* of the current root */
	uint8_t *secret; /* root (32) */
	uint8_t *plain;
	size_t n, cap;
};

static void put64(uint8_t *p, uint64_t v)
{
	for (int i = 7; i >= 0; i--) {
		p[i] = (uint8_t)v;
		v >>= 8;
	}
}

static uint64_t get64(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++) {
		v = v << 8 | p[i];
	}
	return v;
}

static enum err write_all(int fd, const uint8_t *p, size_t len, off_t at)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, p, len, at);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return errno == ENOSPC ? ERR_FULL : ERR_IO;
		}
		p += n;
		len -= (size_t)n;
		at += n;
	}
	return OK;
}

static enum err read_all(int fd, uint8_t *p, size_t len, off_t at)
{
	while (len > 0) {
		ssize_t n = pread(fd, p, len, at);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return ERR_IO;
		}
		p += n;
		len -= (size_t)n;
		at += n;
	}
	return OK;
}

/* ${root} NULL empties the slot */
static enum err slot_write(struct record_keys *k, unsigned slot,
    const uint8_t *root)
{
	uint8_t *page = secret_new(SLOT);
	enum err r;

	if (page == NULL) {
		return ERR_MEMORY;
	}
	if (root != NULL) {
		memcpy(page, root_magic, MAGIC);
		memcpy(page + MAGIC, root, RECORD_KEY);
	}
	r = write_all(k->root, page, SLOT, (off_t)slot * SLOT);
	if (r == OK && fdatasync(k->root) != 0) {
		r = ERR_IO;
	}
	secret_free(page);
	return r;
}

static enum err plain_new(size_t cap, uint8_t **out)
{
	*out = secret_new(FIXED + cap * ENTRY);
	return *out == NULL ? ERR_MEMORY : OK;
}

/* keys.new, whole and synced */
static enum err file_write(struct record_keys *k, const uint8_t *root,
    const uint8_t *plain, size_t n)
{
	size_t len = FIXED + n * ENTRY;
	uint8_t *p = malloc(MAGIC + NONCE + len + TAG);
	enum err r = OK;
	int fd = -1;

	if (p == NULL) {
		return ERR_MEMORY;
	}
	memcpy(p, keys_magic, MAGIC);
	randombytes_buf(p + MAGIC, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(p + MAGIC + NONCE, NULL,
	    plain, len, p, MAGIC, NULL, p + MAGIC, root);
	fd = openat(k->dir, "keys.new",
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		r = errno == ENOSPC ? ERR_FULL : ERR_IO;
		goto out;
	}
	r = write_all(fd, p, MAGIC + NONCE + len + TAG, 0);
	if (r == OK && fsync(fd) != 0) {
		r = errno == ENOSPC ? ERR_FULL : ERR_IO;
	}
out:
	if (fd >= 0) {
		close(fd);
	}
	free(p);
	return r;
}

static enum err file_place(struct record_keys *k)
{
	if (renameat(k->dir, "keys.new", k->dir, "keys.bin") != 0 ||
	    fsync(k->dir) != 0) {
		return ERR_IO;
	}
	return OK;
}

static enum err entries_check(const uint8_t *plain, size_t n)
{
	uint64_t last = 0, end = get64(plain + 64);

	for (size_t i = 0; i < n; i++) {
		uint64_t number = get64(plain + FIXED + i * ENTRY);

		if (number <= last || number >= end) {
			return ERR_FORMAT;
		}
		last = number;
	}
	return OK;
}

/* Opens keys.bin with the root at ${root} */
static enum err file_try(struct record_keys *k, const uint8_t *c, size_t len,
    const uint8_t *root)
{
	size_t plain = len - MAGIC - NONCE - TAG;
	uint8_t *p;

	if (plain_new((plain - FIXED) / ENTRY + RECORD_KEYS_BLOCK, &p) != OK) {
		return ERR_MEMORY;
	}
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(p, NULL, NULL,
		c + MAGIC + NONCE, len - MAGIC - NONCE, c, MAGIC, c + MAGIC,
		root) != 0 ||
	    entries_check(p, (plain - FIXED) / ENTRY) != OK) {
		secret_free(p);
		return ERR_CRYPT;
	}
	secret_free(k->plain);
	k->plain = p;
	k->n = (plain - FIXED) / ENTRY;
	k->cap = k->n + RECORD_KEYS_BLOCK;
	memcpy(k->secret, root, RECORD_KEY);
	return OK;
}

static enum err keys_load(struct record_keys *k)
{
	uint8_t *slots = NULL, *c = NULL;
	struct stat st;
	size_t len;
	enum err r = ERR_CRYPT;
	int fd = openat(k->dir, "keys.bin", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0) {
		return errno == ENOENT ? ERR_UNKNOWN : ERR_IO;
	}
	if (fstat(fd, &st) != 0 ||
	    st.st_size < (off_t)(MAGIC + NONCE + FIXED + TAG) ||
	    (uint64_t)st.st_size > MAGIC + NONCE + FIXED + TAG +
		(uint64_t)RECORD_KEYS_MAX * ENTRY ||
	    ((size_t)st.st_size - MAGIC - NONCE - FIXED - TAG) % ENTRY != 0) {
		r = ERR_CRYPT;
		goto out;
	}
	len = (size_t)st.st_size;
	c = malloc(len);
	slots = secret_new(2 * SLOT);
	if (c == NULL || slots == NULL) {
		r = ERR_MEMORY;
		goto out;
	}
	if (read_all(fd, c, len, 0) != OK ||
	    read_all(k->root, slots, (size_t)2 * SLOT, 0) != OK ||
	    memcmp(c, keys_magic, MAGIC) != 0) {
		r = ERR_CRYPT;
		goto out;
	}
	for (unsigned i = 0; i < 2; i++) {
		if (memcmp(slots + i * SLOT, root_magic, MAGIC) != 0) {
			continue;
		}
		r = file_try(k, c, len, slots + i * SLOT + MAGIC);
		if (r == OK) {
			k->slot = i;
			break;
		}
		if (r != ERR_CRYPT) {
			goto out;
		}
	}
	/* A rotation that a crash cut left a second root behind. */
	if (r == OK &&
	    memcmp(slots + (1 - k->slot) * SLOT, root_magic, MAGIC) == 0) {
		r = slot_write(k, 1 - k->slot, NULL);
	}
	if (r == OK) {
		(void)unlinkat(k->dir, "keys.new", 0);
	}
out:
	close(fd);
	free(c);
	secret_free(slots);
	return r;
}

static enum err keys_make(struct record_keys *k)
{
	enum err r;

	randombytes_buf(k->secret, RECORD_KEY);
	if ((r = plain_new(RECORD_KEYS_BLOCK, &k->plain)) != OK) {
		return r;
	}
	k->cap = RECORD_KEYS_BLOCK;
	k->n = 0;
	randombytes_buf(k->plain, 64);
	put64(k->plain + 64, 1); /* number 0 means the state key */
	k->slot = 0;
	if ((r = slot_write(k, 1, NULL)) != OK ||
	    (r = slot_write(k, 0, k->secret)) != OK) {
		return r;
	}
	return record_keys_extend(k);
}

enum err record_keys_open(int dir, bool make, struct record_keys **out)
{
	struct record_keys *k = calloc(1, sizeof(*k));
	struct stat st;
	enum err r = OK;

	if (k == NULL) {
		return ERR_MEMORY;
	}
	k->dir = dir;
	k->secret = secret_new(RECORD_KEY);
	k->root = openat(dir, "root.bin",
	    O_RDWR | O_CLOEXEC | O_NOFOLLOW | (make ? O_CREAT : 0), 0600);
	if (k->secret == NULL) {
		r = ERR_MEMORY;
	} else if (k->root < 0) {
		r = !make && errno == ENOENT ? ERR_CRYPT : ERR_IO;
	} else if (fstat(k->root, &st) != 0) {
		r = ERR_IO;
	}
	if (r != OK) {
		goto out;
	}
	r = st.st_size == 0 ? ERR_UNKNOWN : keys_load(k);
	if (make && (r == ERR_UNKNOWN || r == ERR_CRYPT)) {
		/* The first start was cut before anything was stored. */
		r = keys_make(k);
	} else if (r == ERR_UNKNOWN) {
		r = ERR_CRYPT;
	}
out:
	if (r != OK) {
		record_keys_free(k);
		return r;
	}
	*out = k;
	return OK;
}

void record_keys_free(struct record_keys *k)
{
	if (k == NULL) {
		return;
	}
	if (k->root >= 0) {
		close(k->root);
	}
	secret_free(k->secret);
	secret_free(k->plain);
	free(k);
}

const uint8_t *record_keys_state(const struct record_keys *k)
{
	return k->plain;
}

const uint8_t *record_keys_index(const struct record_keys *k)
{
	return k->plain + RECORD_KEY;
}

const uint8_t *record_keys_get(const struct record_keys *k, uint64_t number)
{
	size_t low = 0, high = k->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const uint8_t *e = k->plain + FIXED + mid * ENTRY;
		uint64_t v = get64(e);

		if (v == number) {
			return e + 8;
		}
		if (v < number) {
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	return NULL;
}

uint64_t record_keys_end(const struct record_keys *k)
{
	return get64(k->plain + 64);
}

size_t record_keys_count(const struct record_keys *k)
{
	return k->n;
}

enum err record_keys_extend(struct record_keys *k)
{
	uint64_t end = record_keys_end(k);
	uint8_t *p;
	enum err r;

	if (k->n + RECORD_KEYS_BLOCK > RECORD_KEYS_MAX) {
		return ERR_FULL;
	}
	if ((r = plain_new(k->n + RECORD_KEYS_BLOCK, &p)) != OK) {
		return r;
	}
	memcpy(p, k->plain, FIXED + k->n * ENTRY);
	for (size_t i = 0; i < RECORD_KEYS_BLOCK; i++) {
		uint8_t *e = p + FIXED + (k->n + i) * ENTRY;

		put64(e, end + i);
		randombytes_buf(e + 8, RECORD_KEY);
	}
	put64(p + 64, end + RECORD_KEYS_BLOCK);
	r = file_write(k, k->secret, p, k->n + RECORD_KEYS_BLOCK);
	if (r == OK) {
		r = file_place(k);
	}
	if (r != OK) {
		secret_free(p);
		return r;
	}
	secret_free(k->plain);
	k->plain = p;
	k->n += RECORD_KEYS_BLOCK;
	k->cap = k->n;
	return OK;
}

static size_t keep_live(const struct record_keys *k, uint8_t *to,
    const uint64_t *live, size_t n, uint64_t from)
{
	size_t kept = 0, j = 0;

	for (size_t i = 0; i < k->n; i++) {
		const uint8_t *e = k->plain + FIXED + i * ENTRY;
		uint64_t number = get64(e);

		while (j < n && live[j] < number) {
			j++;
		}
		if (number >= from || (j < n && live[j] == number)) {
			memcpy(to + FIXED + kept * ENTRY, e, ENTRY);
			kept++;
		}
	}
	return kept;
}

enum err record_keys_rotate(struct record_keys *k, const uint64_t *live,
    size_t n, uint64_t from)
{
	uint8_t *p = NULL, *root = secret_new(RECORD_KEY);
	size_t kept;
	enum err r;

	if (root == NULL || plain_new(k->n, &p) != OK) {
		r = ERR_MEMORY;
		goto out;
	}
	memcpy(p, k->plain, FIXED);
	kept = keep_live(k, p, live, n, from);
	randombytes_buf(root, RECORD_KEY);
	/* The order matters: at no moment is there a file without its root,
	 * and the last step is what destroys. */
	if ((r = file_write(k, root, p, kept)) != OK ||
	    (r = slot_write(k, 1 - k->slot, root)) != OK) {
		(void)slot_write(k, 1 - k->slot, NULL);
		(void)unlinkat(k->dir, "keys.new", 0);
		goto out;
	}
	if (renameat(k->dir, "keys.new", k->dir, "keys.bin") != 0) {
		(void)slot_write(k, 1 - k->slot, NULL);
		(void)unlinkat(k->dir, "keys.new", 0);
		r = ERR_IO;
		goto out;
	}
	secret_free(k->plain);
	k->plain = p;
	p = NULL; /* transferred */
	k->cap = k->n;
	k->n = kept;
	memcpy(k->secret, root, RECORD_KEY);
	k->slot = 1 - k->slot;
	/* The old root goes only when the new name is surely on the disk. */
	r = fsync(k->dir) != 0 ? ERR_IO : slot_write(k, 1 - k->slot, NULL);
out:
	secret_free(p);
	secret_free(root);
	return r;
}
