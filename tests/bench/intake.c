/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * B1: durable intake of text envelopes by the store against bare LMDB with
 * group commit of the same bytes, in turns in one run. CLIENTS logical
 * clients means CLIENTS envelopes a commit; every one is answered after the
 * commit. Ratios only: rates differ from machine to machine. What making and
 * hashing an envelope costs its client is taken off both sides.
 *   bench_intake [ROUNDS [SECONDS]]
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

static uint64_t number;
static unsigned long failures;

static void store_batch(struct store *s, struct buf *e, unsigned clients)
{
	static struct store_receipt r[256];
	uint8_t digest[HASH_LEN];

	for (unsigned i = 0; i < clients; i++) {
		enum err got;

		kit_envelope_vary(e, number++);
		/* The client's work: it is not the store's time. */
		hash_bytes(e->p, e->len, digest);
		got = store_put(s, e->p, e->len, digest, week_of(KIT_DAY),
		    &r[i]);
		failures += got != OK;
	}
	failures += store_commit(s) != OK;
}

static void bare_batch(MDB_env *env, MDB_dbi dbi, struct buf *e,
    unsigned clients)
{
	MDB_txn *txn;
	uint8_t digest[HASH_LEN];

	KIT_CHECK(mdb_txn_begin(env, NULL, 0, &txn) == 0);
	for (unsigned i = 0; i < clients; i++) {
		uint8_t key[16];
		MDB_val k = { sizeof(key), key }, v = { e->len, e->p };

		kit_envelope_vary(e, number++);
		hash_bytes(e->p, e->len, digest);
		randombytes_buf(key, sizeof(key));
		KIT_CHECK(mdb_put(txn, dbi, &k, &v, 0) == 0);
	}
	KIT_CHECK(mdb_txn_commit(txn) == 0);
}

/* On the wall and of the processor, for one envelope */
static void client_seconds(struct buf *e, double *wall, double *busy)
{
	uint8_t digest[HASH_LEN];
	double t = now(), c = cpu();

	for (unsigned i = 0; i < 500; i++) {
		kit_envelope_vary(e, number++);
		hash_bytes(e->p, e->len, digest);
	}
	*wall = (now() - t) / 500;
	*busy = (cpu() - c) / 500;
}

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

int main(int argc, char **argv)
{
	static const unsigned clients[] = { 1, 4, 16, 64, 256 };
	unsigned rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 5;
	double slice = argc > 2 ? atof(argv[2]) : 0.5;
	struct kit_org org;
	struct buf e;
	double client, client_cpu, figure = 0;

	KIT_CHECK(secret_setup() == OK);
	kit_org_make(&org, "one", KIT_DAY);
	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	client_seconds(&e, &client, &client_cpu);
	fprintf(stderr, "%8s %12s %12s %8s %14s\n", "clients", "store/s",
	    "bare LMDB/s", "ratio", "CPU us each");
	printf("{\"bench\":\"B1\",\"bytes\":%zu,\"rows\":[", e.len);
	for (unsigned c = 0; c < sizeof(clients) / sizeof(*clients); c++) {
		double t[2] = { 0, 0 }, busy[2] = { 0, 0 }, ratio;
		unsigned long n[2] = { 0, 0 };

		for (unsigned i = 0; i < rounds; i++) {
			/* Fresh files each time: a large one is slower */
			char path[64];
			struct store_options o;
			struct store *s = NULL;
			struct bare b;
			double start, spent;

			kit_folder(path);
			o = kit_options(path);
			KIT_CHECK(store_open(&o, &s) == OK);
			kit_install(s, &org, KIT_DAY);
			bare_open(&b);
			spent = cpu();
			for (start = now(); now() - start < slice;
			     n[0] += clients[c]) {
				store_batch(s, &e, clients[c]);
			}
			t[0] += now() - start;
			busy[0] += cpu() - spent;
			spent = cpu();
			for (start = now(); now() - start < slice;
			     n[1] += clients[c]) {
				bare_batch(b.env, b.dbi, &e, clients[c]);
			}
			t[1] += now() - start;
			busy[1] += cpu() - spent;
			store_close(s);
			kit_remove(path);
			bare_close(&b);
		}
		for (unsigned i = 0; i < 2; i++) {
			t[i] -= client * (double)n[i];
			busy[i] = (busy[i] / (double)n[i] - client_cpu) * 1e6;
		}
		ratio = (double)n[0] / t[0] / ((double)n[1] / t[1]);
		if (clients[c] == BAR_CLIENTS) {
			figure = ratio;
		}
		fprintf(stderr, "%8u %12.0f %12.0f %8.2f %6.0f %7.0f\n",
		    clients[c], (double)n[0] / t[0], (double)n[1] / t[1],
		    ratio, busy[0], busy[1]);
		printf("%s{\"clients\":%u,\"store\":%.1f,\"lmdb\":%.1f,"
		       "\"ratio\":%.3f,\"store_cpu_us\":%.1f,"
		       "\"lmdb_cpu_us\":%.1f}",
		    c > 0 ? "," : "", clients[c], (double)n[0] / t[0],
		    (double)n[1] / t[1], ratio, busy[0], busy[1]);
	}
	printf("],\"failures\":%lu,\"figure\":%.3f,\"bar\":\">= %.1f\","
	       "\"held\":%s}\n", failures, figure, BAR,
	    failures == 0 && figure >= BAR ? "true" : "false");
	kit_org_clear(&org);
	buf_free(&e);
	return failures == 0 ? 0 : 1;
}
