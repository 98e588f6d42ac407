/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * B1: durable intake of text envelopes by the store against bare LMDB with
 * group commit of the same bytes, in turns in one run. CLIENTS logical
 * clients means CLIENTS envelopes a commit; every one is answered after the
 * commit. The store is asked as the store process asks it. Ratios only: rates
 * differ from machine to machine. Making and hashing the envelopes is their
 * clients' work and stands outside of what is timed, on both sides.
 *   bench_intake [ROUNDS [SECONDS [RECORDS...]]]
 * With RECORDS, the rate of 64 clients in a store that holds that many.
 */
#include <lmdb.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "store_kit.h"

#define BAR 0.7
#define BAR_CLIENTS 64u

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Of this process; unlike the clock on the wall it hardly feels the load of
 * others, but counts what the kernel does for us too */
static double cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#define CLIENTS_MAX 256u
#define ROUNDS_MAX 99u
#define AHEAD 64u /* as many as the store process takes at once */

static uint64_t number;
static unsigned long failures;
static struct buf envelope[CLIENTS_MAX];
static uint8_t digest[CLIENTS_MAX][HASH_LEN];

/* What the clients do: other envelopes, with their hashes */
static void prepare(unsigned clients)
{
	for (unsigned i = 0; i < clients; i++) {
		kit_envelope_vary(&envelope[i], number++);
		hash_bytes(envelope[i].p, envelope[i].len, digest[i]);
	}
}

static void store_batch(struct store *s, unsigned clients)
{
	static struct store_receipt receipt[CLIENTS_MAX];
	struct store_put *put[AHEAD];

	for (unsigned at = 0; at < clients; at += AHEAD) {
		unsigned n = clients - at < AHEAD ? clients - at : AHEAD;

		for (unsigned i = 0; i < n; i++) {
			KIT_CHECK(store_put_begin(s, envelope[at + i].p,
			    envelope[at + i].len, digest[at + i],
			    week_of(KIT_DAY), &put[i]) == OK);
		}
		for (unsigned i = 0; i < n; i++) {
			failures += store_put_end(s, put[i],
			    &receipt[at + i]) != OK;
		}
	}
	failures += store_commit(s) != OK;
	for (unsigned i = 0; i < clients; i++) {
		failures += receipt[i].len == 0;
	}
}

static void bare_batch(MDB_env *env, MDB_dbi dbi, unsigned clients)
{
	MDB_txn *txn;

	KIT_CHECK(mdb_txn_begin(env, NULL, 0, &txn) == 0);
	for (unsigned i = 0; i < clients; i++) {
		uint8_t key[16];
		MDB_val k = { sizeof(key), key };
		MDB_val v = { envelope[i].len, envelope[i].p };

		randombytes_buf(key, sizeof(key));
		KIT_CHECK(mdb_put(txn, dbi, &k, &v, 0) == 0);
	}
	KIT_CHECK(mdb_txn_commit(txn) == 0);
}

/* Wall and processor time of batches for about ${slice} seconds */
struct spent {
	double wall, cpu;
	unsigned long n;
};

struct bare {
	char path[64];
	MDB_env *env;
	MDB_dbi dbi;
};

static void bare_open(struct bare *b)
{
	MDB_txn *txn;

	kit_folder(b->path);
	KIT_CHECK(mdb_env_create(&b->env) == 0);
	KIT_CHECK(mdb_env_set_mapsize(b->env, (size_t)1 << 36) == 0);
	KIT_CHECK(mdb_env_open(b->env, b->path, MDB_NOTLS, 0600) == 0);
	KIT_CHECK(mdb_txn_begin(b->env, NULL, 0, &txn) == 0);
	KIT_CHECK(mdb_dbi_open(txn, NULL, 0, &b->dbi) == 0);
	KIT_CHECK(mdb_txn_commit(txn) == 0);
}

static void bare_close(struct bare *b)
{
	mdb_env_close(b->env);
	kit_remove(b->path);
}

static void run(struct store *s, struct bare *b, unsigned clients,
    double slice, struct spent *to)
{
	double begin = now();

	while (now() - begin < slice) {
		double wall, busy;

		prepare(clients);
		wall = now();
		busy = cpu();
		if (s != NULL) {
			store_batch(s, clients);
		} else {
			bare_batch(b->env, b->dbi, clients);
		}
		to->wall += now() - wall;
		to->cpu += cpu() - busy;
		to->n += clients;
	}
}

static double rate(const struct spent *t)
{
	return (double)t->n / t->wall;
}

static double each_us(const struct spent *t)
{
	return t->cpu / (double)t->n * 1e6;
}

static void spent_add(struct spent *to, const struct spent *t)
{
	to->n += t->n;
	to->wall += t->wall;
	to->cpu += t->cpu;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The rounds' ratios, store to rival: a disk that stands still for a second
 * spoils one of them and not the figure */
struct ratios {
	double least, median, most;
};

static struct ratios ratios_of(double *each, unsigned rounds)
{
	qsort(each, rounds, sizeof(*each), by_size);
	return (struct ratios){ each[0], each[rounds / 2], each[rounds - 1] };
}

/* Fresh files each time: a large one is slower. The store and its rival
 * take turns within a round, which way round changes. */
static struct ratios rounds_of(const struct kit_org *org, unsigned clients,
    unsigned rounds, double slice, struct spent t[2])
{
	double ratio[ROUNDS_MAX];

	for (unsigned i = 0; i < rounds; i++) {
		char path[64];
		struct store_options o;
		struct store *s = NULL;
		struct bare b;
		struct spent once[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

		kit_folder(path);
		o = kit_options(path);
		KIT_CHECK(store_open(&o, &s) == OK);
		kit_install(s, org, KIT_DAY);
		bare_open(&b);
		for (unsigned turn = 0; turn < 4; turn++) {
			if ((turn + i) % 2 == 0) {
				run(s, NULL, clients, slice / 2, &once[0]);
			} else {
				run(NULL, &b, clients, slice / 2, &once[1]);
			}
		}
		store_close(s);
		kit_remove(path);
		bare_close(&b);
		ratio[i] = rate(&once[0]) / rate(&once[1]);
		spent_add(&t[0], &once[0]);
		spent_add(&t[1], &once[1]);
	}
	return ratios_of(ratio, rounds);
}

/* Rate of 64 clients in a store that holds ${records} */
static void grown(const struct kit_org *org, unsigned long records,
    bool first)
{
	char path[64];
	struct store_options o;
	struct store *s = NULL;
	struct spent t = { 0, 0, 0 };

	kit_folder(path);
	o = kit_options(path);
	KIT_CHECK(store_open(&o, &s) == OK);
	kit_install(s, org, KIT_DAY);
	for (unsigned long n = 0; n < records; n += BAR_CLIENTS) {
		prepare(BAR_CLIENTS);
		store_batch(s, BAR_CLIENTS);
	}
	run(s, NULL, BAR_CLIENTS, 1.0, &t);
	store_close(s);
	kit_remove(path);
	fprintf(stderr, "%8lu records %12.0f /s %6.0f us each\n", records,
	    rate(&t), each_us(&t));
	printf("%s{\"records\":%lu,\"store\":%.1f,\"store_cpu_us\":%.1f}",
	    first ? "" : ",", records, rate(&t), each_us(&t));
}

int main(int argc, char **argv)
{
	static const unsigned clients[] = { 1, 4, 16, 64, 256 };
	unsigned rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 5;
	double slice = argc > 2 ? atof(argv[2]) : 0.5;
	struct kit_org org;
	struct ratios of_bar = { 0, 0, 0 };

	KIT_CHECK(rounds >= 1 && rounds <= ROUNDS_MAX);
	KIT_CHECK(secret_setup() == OK);
	kit_org_make(&org, "one", KIT_DAY);
	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		kit_envelope(&envelope[i], ENVELOPE_CLASS_MIN);
	}
	fprintf(stderr, "%8s %12s %12s %8s %14s\n", "clients", "store/s",
	    "bare LMDB/s", "ratio", "CPU us each");
	printf("{\"bench\":\"B1\",\"bytes\":%zu,\"rows\":[",
	    envelope[0].len);
	for (unsigned c = 0; c < sizeof(clients) / sizeof(*clients); c++) {
		struct spent t[2] = { { 0, 0, 0 }, { 0, 0, 0 } };
		struct ratios r = rounds_of(&org, clients[c], rounds, slice,
		    t);

		if (clients[c] == BAR_CLIENTS) {
			of_bar = r;
		}
		fprintf(stderr, "%8u %12.0f %12.0f %8.2f %6.0f %7.0f   "
		    "(%.2f to %.2f)\n", clients[c], rate(&t[0]), rate(&t[1]),
		    r.median, each_us(&t[0]), each_us(&t[1]), r.least,
		    r.most);
		printf("%s{\"clients\":%u,\"store\":%.1f,\"lmdb\":%.1f,"
		       "\"ratio\":%.3f,\"store_cpu_us\":%.1f,"
		       "\"lmdb_cpu_us\":%.1f}",
		    c > 0 ? "," : "", clients[c], rate(&t[0]), rate(&t[1]),
		    r.median, each_us(&t[0]), each_us(&t[1]));
	}
	printf("],\"grown\":[");
	for (int i = 3; i < argc; i++) {
		grown(&org, strtoul(argv[i], NULL, 10), i == 3);
	}
	printf("],\"failures\":%lu,\"figure\":%.3f,"
	       "\"spread\":[%.2f,%.2f],\"bar\":\">= %.1f\",\"held\":%s}\n",
	    failures, of_bar.median, of_bar.least, of_bar.most, BAR,
	    failures == 0 && of_bar.median >= BAR ? "true" : "false");
	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		buf_free(&envelope[i]);
	}
	kit_org_clear(&org);
	return failures == 0 ? 0 : 1;
}
