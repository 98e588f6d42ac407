/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * For the erasure campaigns: a store with one envelope that is due, and one
 * that nobody has confirmed.
 *   store_crash prepare DIR SECRETS  writes the envelope's record key, the
 *       root that seals it, and bytes of the envelope (hex, a line each)
 *   store_crash erase DIR STEP       the daily batch, ended before STEP
 *       (exit 9; 0: it had fewer steps)
 *   store_crash open DIR SECRETS     what a start after a crash does; says
 *       whether the envelope can be had; the other one must be there, and
 *       one more is taken
 *   store_crash scan SECRETS FILE..  which of the secrets stand in the files
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "store/recordkeys.h"
#include "store_crashpoint.h"
#include "store_kit.h"

#define DUE (KIT_DAY + 2)
#define SECRETS 4u

static struct kit_org org;
static struct store *s;
static struct store_options o;

static void need(enum err r, const char *what)
{
	if (r != OK) {
		fprintf(stderr, "store_crash: %s: %s\n", what, err_text(r));
		exit(1);
	}
}

static void secret_line(FILE *f, const uint8_t *p, size_t len)
{
	char hex[129];

	hex_encode(p, len, hex);
	fprintf(f, "%s\n", hex);
}

/* The envelope that is due; the same in every process */
static void canary(struct buf *e)
{
	kit_envelope(e, ENVELOPE_CLASS_MIN);
}

static int prepare(const char *dir, const char *secrets)
{
	struct store_receipt receipt;
	struct record_keys *k = NULL;
	uint8_t hash[HASH_LEN], kept[HASH_LEN], page[8192];
	uint64_t serial;
	struct buf e, b;
	FILE *f = fopen(secrets, "w");
	int fd;

	KIT_CHECK(f != NULL);
	canary(&e);
	hash_bytes(e.p, e.len, hash);
	kit_install(s, &org, KIT_DAY);
	/* The first record key: nothing before it takes one. */
	need(store_put(s, e.p, e.len, hash, week_of(KIT_DAY), &receipt),
	    "put");
	kit_envelope_vary(&e, 1);
	hash_bytes(e.p, e.len, page);
	need(store_put(s, e.p, e.len, page, week_of(KIT_DAY), &receipt),
	    "put");
	need(store_manifest_cut(s, &serial), "cut");
	need(store_commit(s), "commit");
	need(kit_confirm(s, &org, 1, 2, serial, KIT_DAY), "confirm");
	need(kit_confirm(s, &org, 2, 2, serial, KIT_DAY), "confirm");
	need(store_daily(s, KIT_DAY + 1), "daily");
	kit_envelope(&b, ENVELOPE_CLASS_MIN);
	hash_bytes(b.p, b.len, kept);
	need(store_put(s, b.p, b.len, kept, week_of(KIT_DAY), &receipt),
	    "put");
	need(store_commit(s), "commit");
	store_close(s);
	fd = open(dir, O_RDONLY | O_DIRECTORY);
	need(record_keys_open(fd, false, &k), "keys");
	secret_line(f, hash, HASH_LEN); /* which envelope */
	secret_line(f, record_keys_get(k, 1), RECORD_KEY);
	record_keys_free(k);
	close(fd);
	fd = open(dir, O_RDONLY | O_DIRECTORY);
	fd = openat(fd, "root.bin", O_RDONLY);
	KIT_CHECK(pread(fd, page, sizeof(page), 0) == sizeof(page));
	secret_line(f,
	    (memcmp(page, "MLDROOT1", 8) == 0 ? page : page + 4096) + 8, 32);
	secret_line(f, e.p + 20000, 64);
	secret_line(f, kept, HASH_LEN); /* no secret: which one is kept */
	fclose(f);
	return 0;
}

static int open_again(const char *secrets)
{
	char line[140];
	uint8_t hash[HASH_LEN], again[HASH_LEN];
	struct store_receipt receipt;
	struct buf b = buf_new(16), whole = buf_new(ENVELOPE_WHOLE_MAX), e;
	uint64_t total, serial;
	FILE *f = fopen(secrets, "r");

	KIT_CHECK(f != NULL && fgets(line, sizeof(line), f) != NULL);
	line[2 * HASH_LEN] = '\0';
	KIT_CHECK(hex_decode(line, hash, HASH_LEN) == OK);
	printf("%s\n", store_envelope(s, hash, 0, 16, &b, &total) == OK ?
		"there" :
		"erased");
	/* Listed only now, so that it can be read as a desk reads it */
	for (unsigned i = 0; i < SECRETS; i++) {
		KIT_CHECK(fgets(line, sizeof(line), f) != NULL);
	}
	line[2 * HASH_LEN] = '\0';
	KIT_CHECK(hex_decode(line, hash, HASH_LEN) == OK);
	need(store_manifest_cut(s, &serial), "cut");
	need(store_commit(s), "commit");
	need(store_envelope(s, hash, 0, ENVELOPE_WHOLE_MAX, &whole, &total),
	    "the one that is kept");
	hash_bytes(whole.p, whole.len, again);
	KIT_CHECK(total == whole.len && memcmp(again, hash, HASH_LEN) == 0);
	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	hash_bytes(e.p, e.len, hash);
	need(store_put(s, e.p, e.len, hash, week_of(KIT_DAY), &receipt),
	    "one more");
	need(store_commit(s), "commit");
	return 0;
}

static int scan(const char *secrets, char **file, int n)
{
	static const char *const what[SECRETS] = { "hash", "record key",
		"root", "envelope" };
	FILE *f = fopen(secrets, "r");
	char line[140];
	uint8_t secret[64];
	int found = 0;

	KIT_CHECK(f != NULL);
	for (unsigned i = 0; i < SECRETS; i++) {
		size_t len;

		KIT_CHECK(fgets(line, sizeof(line), f) != NULL);
		len = strlen(line) / 2;
		line[2 * len] = '\0';
		KIT_CHECK(hex_decode(line, secret, len) == OK);
		for (int j = 0; j < n; j++) {
			int fd = open(file[j], O_RDONLY);
			off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
			void *p;

			KIT_CHECK(size >= 0);
			if (size == 0) {
				close(fd);
				continue;
			}
			p = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE,
			    fd, 0);
			KIT_CHECK(p != MAP_FAILED);
			if (memmem(p, (size_t)size, secret, len) != NULL) {
				printf("%s in %s\n", what[i], file[j]);
				found = 1;
			}
			munmap(p, (size_t)size);
			close(fd);
		}
	}
	return found ? 3 : 0;
}

int main(int argc, char **argv)
{
	int r = 2;

	if (argc < 4 || secret_setup() != OK) {
		return 2;
	}
	if (strcmp(argv[1], "scan") == 0) {
		return scan(argv[2], argv + 3, argc - 3);
	}
	kit_org_make(&org, "one", KIT_DAY);
	o = kit_options(argv[2]);
	o.grace_days = 1;
	need(store_open(&o, &s), "open");
	store_today(s, KIT_DAY);
	if (strcmp(argv[1], "prepare") == 0) {
		return prepare(argv[2], argv[3]);
	}
	if (strcmp(argv[1], "erase") == 0) {
		crash_at = atol(argv[3]);
		need(store_daily(s, DUE), "daily");
		crash_at = -1;
		r = 0;
	} else if (strcmp(argv[1], "open") == 0) {
		r = open_again(argv[3]);
	}
	store_close(s);
	return r;
}
