/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Load and judge for the fault campaigns.
 *   store_load load DIR ACK BATCHES [nosync]  works until BATCHES (0: until
 *       killed); writes a line to ACK only after store_commit returned OK
 *   store_load check DIR ACK  every line of ACK must be in a manifest of the
 *       chain with the right bytes; the last line says how many are lost
 *   store_load full DIR ACK   attachments until refused, then text
 *   store_load confirm DIR    both desks confirm the whole chain
 *   store_load daily DIR DAYS  the daily batch, DAYS from now
 *   store_load try DIR        one text and one attachment: what they answer
 * "nosync" breaks durability on purpose, to show that the campaign sees it.
 */
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store_kit.h"

#define BATCH_MAX 16u
#define LARGE 1572864u
#define MIDDLE 131072u

static bool no_sync;

int __real_mdb_env_open(MDB_env *e, const char *path, unsigned flags,
    mdb_mode_t mode);
int __wrap_mdb_env_open(MDB_env *e, const char *path, unsigned flags,
    mdb_mode_t mode);

int __wrap_mdb_env_open(MDB_env *e, const char *path, unsigned flags,
    mdb_mode_t mode)
{
	return __real_mdb_env_open(e, path,
	    no_sync ? flags | MDB_NOSYNC : flags, mode);
}

static struct kit_org org;
static struct buf text, middle, large;
static uint64_t serial_now;

static void fail(const char *what, enum err r)
{
	fprintf(stderr, "store_load: %s: %s\n", what, err_text(r));
	exit(1);
}

static struct store *open_store(const char *path)
{
	struct store_options o = kit_options(path);
	struct store *s = NULL;
	const char *small = getenv("SMALL");
	enum err r;

	o.bulk_bytes = (uint64_t)1 << 30;
	o.grace_days = 1;
	if (small != NULL) {
		o.text_reserve = 8 << 20;
		o.ballast = 4 << 20;
	}
	if ((r = store_open(&o, &s)) != OK) {
		fail("open", r);
	}
	store_today(s, KIT_DAY);
	if (!store_has_keyset(s)) {
		kit_install(s, &org, KIT_DAY);
	}
	return s;
}

static void ack(int fd, const uint8_t hash[HASH_LEN])
{
	char line[2 * HASH_LEN + 2];

	hex_encode(hash, HASH_LEN, line);
	line[2 * HASH_LEN] = '\n';
	if (write(fd, line, 2 * HASH_LEN + 1) != 2 * HASH_LEN + 1) {
		fail("ack", ERR_IO);
	}
}

static void vary(struct buf *e, uint8_t hash[HASH_LEN])
{
	uint64_t n;

	randombytes_buf(&n, sizeof(n));
	kit_envelope_vary(e, n);
	hash_bytes(e->p, e->len, hash);
}

static enum err put(struct store *s, struct buf *e, uint8_t hash[HASH_LEN])
{
	struct store_receipt r;

	vary(e, hash);
	return store_put(s, e->p, e->len, hash, week_of(KIT_DAY), &r);
}

/* As the store process does it: behind its back, or before an answer */
static enum err part_durable(struct store *s)
{
	switch (randombytes_uniform(4)) {
	case 0:
		return store_commit(s);
	case 1:
		return store_flush(s);
	default:
		return store_flush_parts(s);
	}
}

/* A whole upload over several commits */
static void upload(struct store *s, int fd)
{
	uint8_t id[UPLOAD_ID], hash[HASH_LEN];
	struct store_receipt receipt;
	uint32_t next, number = 1;
	enum err r;

	vary(&large, hash);
	if ((r = store_upload_begin(s, week_of(KIT_DAY), id)) != OK) {
		fail("upload", r);
	}
	for (size_t at = 0; at < large.len; at += ENVELOPE_PART) {
		size_t n = large.len - at < ENVELOPE_PART ? large.len - at :
							    ENVELOPE_PART;

		if ((r = store_upload_part(s, id, number++, large.p + at, n,
			 &next)) != OK ||
		    (r = part_durable(s)) != OK) {
			fail("part", r);
		}
	}
	if ((r = store_upload_finish(s, id, hash, week_of(KIT_DAY),
		 &receipt)) != OK ||
	    (r = store_commit(s)) != OK) {
		fail("finish", r);
	}
	ack(fd, hash);
}

static void cut(struct store *s, uint64_t *serial)
{
	enum err r;

	if ((r = store_manifest_cut(s, serial)) != OK ||
	    (r = store_commit(s)) != OK) {
		fail("manifest", r);
	}
}

static void batch(struct store *s, int fd)
{
	uint8_t hash[BATCH_MAX][HASH_LEN];
	unsigned n = 1 + randombytes_uniform(BATCH_MAX);
	enum err r;

	for (unsigned i = 0; i < n; i++) {
		r = put(s, randombytes_uniform(12) == 0 ? &middle : &text,
		    hash[i]);
		if (r != OK) {
			fail("put", r);
		}
	}
	if ((r = store_commit(s)) != OK) {
		fail("commit", r);
	}
	for (unsigned i = 0; i < n; i++) {
		ack(fd, hash[i]);
	}
}

/* A bundle with a new lane, then the day: live, keys rotated, compacted */
static void turn_day(struct store *s)
{
	struct kit_bundle *b = malloc(sizeof(*b));
	struct timespec now;
	enum err r;

	clock_gettime(CLOCK_REALTIME, &now);
	serial_now = (uint64_t)now.tv_sec * 1000000 +
	    (uint64_t)now.tv_nsec / 1000;
	kit_bundle_make(b, &org, 1, serial_now, KIT_DAY, 0, 0);
	kit_bundle_seal(b, &org);
	if ((r = kit_bundle_stage(s, b)) != OK ||
	    (r = store_outbound_apply(s, 1, NULL, KIT_DAY)) != OK ||
	    (r = store_commit(s)) != OK ||
	    (r = store_daily(s, KIT_DAY)) != OK) {
		fail("day", r);
	}
	kit_bundle_clear(b);
	free(b);
}

static int load(const char *dir, const char *acks, unsigned batches)
{
	struct store *s = open_store(dir);
	int fd = open(acks, O_WRONLY | O_CREAT | O_APPEND, 0600);
	uint64_t serial, beat = 0;
	enum err r;

	if (fd < 0) {
		fail("acks", ERR_IO);
	}
	for (unsigned i = 0; batches == 0 || i < batches; i++) {
		switch (randombytes_uniform(16)) {
		case 0:
			cut(s, &serial);
			break;
		case 1:
			if ((r = store_beat(s, beat += 60)) != OK) {
				fail("beat", r);
			}
			break;
		case 2:
			turn_day(s);
			break;
		case 3:
			upload(s, fd);
			break;
		default:
			batch(s, fd);
		}
	}
	store_close(s);
	return 0;
}

/* The chain, verified link by link; all hashes it lists, sorted */
static uint8_t *listed(struct store *s, size_t *n)
{
	uint8_t *all = NULL, head[HASH_LEN];
	uint64_t last, before;
	enum err r;

	*n = 0;
	cut(s, &last);
	do {
		before = last;
		cut(s, &last);
	} while (last != before);
	for (uint64_t i = 1; i <= last; i++) {
		struct buf doc = buf_new(INBOUND_MAX);
		struct buf sig = buf_new(SIGN_TEXT_MAX);
		struct inbound *m = NULL;

		if ((r = store_manifest(s, i, &doc, &sig)) != OK ||
		    (r = inbound_parse(doc.p, doc.len, sig.p, sig.len,
			 store_key(s), org.keyset.org, &m)) != OK ||
		    (r = inbound_follows(i - 1, i == 1 ? NULL : head,
			 store_generation(s), m)) != OK) {
			fail("chain", r);
		}
		memcpy(head, m->hash, HASH_LEN);
		all = realloc(all, (*n + m->envelopes + 1) * HASH_LEN);
		for (size_t j = 0; j < m->envelopes; j++) {
			memcpy(all + *n * HASH_LEN, m->envelope[j].sha256,
			    HASH_LEN);
			(*n)++;
		}
		inbound_free(m);
		buf_free(&doc);
		buf_free(&sig);
	}
	return all;
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, HASH_LEN);
}

static bool whole(struct store *s, const uint8_t hash[HASH_LEN])
{
	struct buf b = buf_new(8 << 20);
	uint8_t got[HASH_LEN];
	uint64_t total = 0;
	bool right = store_envelope(s, hash, 0, 8 << 20, &b, &total) == OK &&
	    total == b.len;

	if (right) {
		hash_bytes(b.p, b.len, got);
		right = memcmp(got, hash, HASH_LEN) == 0;
	}
	buf_free(&b);
	return right;
}

static int check(const char *dir, const char *acks)
{
	struct store *s = open_store(dir);
	FILE *f = fopen(acks, "r");
	char line[128];
	size_t n, lost = 0, receipts = 0;
	uint8_t *all = listed(s, &n), hash[HASH_LEN];

	qsort(all, n, HASH_LEN, compare);
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (strlen(line) != 2 * HASH_LEN + 1) {
			continue; /* killed while it wrote the line */
		}
		line[2 * HASH_LEN] = '\0';
		if (hex_decode(line, hash, HASH_LEN) != OK) {
			fail("acks", ERR_FORMAT);
		}
		receipts++;
		lost += bsearch(hash, all, n, HASH_LEN, compare) == NULL ||
		    !whole(s, hash);
	}
	if (f != NULL) {
		fclose(f);
	}
	free(all);
	store_close(s);
	printf("%zu receipted, %zu lost\n", receipts, lost);
	return lost == 0 ? 0 : 3;
}

static int full(const char *dir, const char *acks)
{
	struct store *s = open_store(dir);
	int fd = open(acks, O_WRONLY | O_CREAT | O_APPEND, 0600);
	unsigned attachments = 0, texts = 0;
	uint8_t hash[HASH_LEN];
	enum err r;

	for (;; attachments++) {
		if ((r = put(s, &middle, hash)) != OK ||
		    (r = store_commit(s)) != OK) {
			break;
		}
		ack(fd, hash);
	}
	if (r != ERR_FULL) {
		fail("attachments", r);
	}
	for (;; texts++) {
		if ((r = put(s, &text, hash)) != OK ||
		    (r = store_commit(s)) != OK) {
			break;
		}
		ack(fd, hash);
	}
	store_abort(s);
	if (r != ERR_FULL) {
		fail("texts", r);
	}
	store_close(s);
	printf("%u attachments, then refused; %u texts after that\n",
	    attachments, texts);
	return attachments > 0 && texts >= 100 ? 0 : 3;
}

static int confirm(const char *dir)
{
	struct store *s = open_store(dir);
	struct timespec now;
	uint64_t last;
	enum err r;

	cut(s, &last);
	clock_gettime(CLOCK_REALTIME, &now);
	for (unsigned d = 1; d <= KIT_DESKS; d++) {
		r = kit_confirm(s, &org, d,
		    (uint64_t)now.tv_sec * 1000000 +
			(uint64_t)now.tv_nsec / 1000,
		    last, KIT_DAY);
		if (r != OK) {
			fail("confirm", r);
		}
	}
	store_close(s);
	return 0;
}

static int daily(const char *dir, int days)
{
	struct store *s = open_store(dir);
	enum err r = store_daily(s, KIT_DAY + days);

	store_close(s);
	printf("daily: %s\n", err_text(r));
	return r == OK ? 0 : 3;
}

static int try_both(const char *dir)
{
	struct store *s = open_store(dir);
	uint8_t hash[HASH_LEN];
	enum err a, b;

	a = put(s, &text, hash);
	a = a == OK ? store_commit(s) : a;
	b = put(s, &middle, hash);
	b = b == OK ? store_commit(s) : b;
	store_abort(s);
	store_close(s);
	printf("text: %s; attachment: %s\n", err_text(a), err_text(b));
	return (a == OK ? 0 : 1) + (b == OK ? 0 : 2);
}

int main(int argc, char **argv)
{
	if (argc < 3 || secret_setup() != OK) {
		return 2;
	}
	no_sync = argc > 5 && strcmp(argv[5], "nosync") == 0;
	kit_org_make(&org, "one", KIT_DAY);
	kit_envelope(&text, ENVELOPE_CLASS_MIN);
	kit_envelope(&middle, MIDDLE);
	kit_envelope(&large, LARGE);
	if (strcmp(argv[1], "load") == 0 && argc >= 5) {
		return load(argv[2], argv[3], (unsigned)atoi(argv[4]));
	}
	if (strcmp(argv[1], "check") == 0 && argc == 4) {
		return check(argv[2], argv[3]);
	}
	if (strcmp(argv[1], "full") == 0 && argc == 4) {
		return full(argv[2], argv[3]);
	}
	if (strcmp(argv[1], "confirm") == 0) {
		return confirm(argv[2]);
	}
	if (strcmp(argv[1], "daily") == 0 && argc == 4) {
		return daily(argv[2], atoi(argv[3]));
	}
	if (strcmp(argv[1], "try") == 0) {
		return try_both(argv[2]);
	}
	return 2;
}
