/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Changes the database of a casebook behind the program's back, without any
 * key, as somebody with the machine could.
 *
 *   journal_edit HOME TABLE count
 *   journal_edit HOME TABLE edit I    one bit of the last byte
 *   journal_edit HOME TABLE drop I
 *   journal_edit HOME TABLE swap I J  the values of two
 *   journal_edit HOME TABLE copy I J  the value of I also at J
 *   journal_edit HOME journal append I  the value of I once more, at the end
 *
 * I and J count from 0 in the order of the keys.
 */
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES 1024
#define VALUE_MAX (1 << 20)

struct entry {
	MDB_val key, value;
};

static void
must(int rc, const char *what)
{
	if (rc != 0) {
		fprintf(stderr, "journal_edit: %s: %s\n", what,
		    mdb_strerror(rc));
		exit(1);
	}
}

static MDB_val
own(const MDB_val *v)
{
	MDB_val out = {v->mv_size, malloc(v->mv_size + 1)};

	if (out.mv_data == NULL || v->mv_size > VALUE_MAX) {
		exit(1);
	}
	memcpy(out.mv_data, v->mv_data, v->mv_size);
	return out;
}

static size_t
load(MDB_txn *txn, MDB_dbi db, struct entry *out)
{
	MDB_cursor *c = NULL;
	MDB_val k, v;
	size_t n = 0;

	must(mdb_cursor_open(txn, db, &c), "cursor");
	while (n < ENTRIES && mdb_cursor_get(c, &k, &v, MDB_NEXT) == 0) {
		out[n++] = (struct entry){own(&k), own(&v)};
	}
	mdb_cursor_close(c);
	return n;
}

static void
put(MDB_txn *txn, MDB_dbi db, const struct entry *at, const struct entry *of)
{
	MDB_val k = at->key, v = of->value;

	must(mdb_put(txn, db, &k, &v, 0), "put");
}

static void
change(MDB_txn *txn, MDB_dbi db, const char *how, struct entry *e, size_t n,
    size_t i, size_t j)
{
	struct entry last;

	if (strcmp(how, "edit") == 0) {
		((unsigned char *)e[i].value.mv_data)[e[i].value.mv_size -
		    1] ^= 1;
		put(txn, db, &e[i], &e[i]);
	} else if (strcmp(how, "drop") == 0) {
		must(mdb_del(txn, db, &e[i].key, NULL), "drop");
	} else if (strcmp(how, "swap") == 0) {
		put(txn, db, &e[i], &e[j]);
		put(txn, db, &e[j], &e[i]);
	} else if (strcmp(how, "copy") == 0) {
		put(txn, db, &e[j], &e[i]);
	} else if (strcmp(how, "append") == 0) {
		last.key = own(&e[n - 1].key);
		((unsigned char *)last.key.mv_data)[last.key.mv_size - 1]++;
		put(txn, db, &last, &e[i]);
	} else {
		must(MDB_INVALID, how);
	}
}

int
main(int argc, char **argv)
{
	static struct entry e[ENTRIES];
	MDB_env *env = NULL;
	MDB_txn *txn = NULL;
	char path[4096];
	MDB_dbi db = 0;
	size_t n, i, j;

	if (argc < 4 || snprintf(path, sizeof path, "%s/casebook", argv[1]) >=
	    (int)sizeof path) {
		return 2;
	}
	must(mdb_env_create(&env), "create");
	must(mdb_env_set_maxdbs(env, 4), "tables");
	must(mdb_env_set_mapsize(env, (size_t)1 << 30), "size");
	must(mdb_env_open(env, path, 0, 0600), "open");
	must(mdb_txn_begin(env, NULL, 0, &txn), "begin");
	must(mdb_dbi_open(txn, argv[2], 0, &db), argv[2]);
	n = load(txn, db, e);
	if (strcmp(argv[3], "count") == 0) {
		printf("%zu\n", n);
	} else {
		i = argc > 4 ? strtoul(argv[4], NULL, 10) : n;
		j = argc > 5 ? strtoul(argv[5], NULL, 10) : i;
		if (i >= n || j >= n) {
			must(MDB_NOTFOUND, "no such entry");
		}
		change(txn, db, argv[3], e, n, i, j);
	}
	must(mdb_txn_commit(txn), "commit");
	mdb_env_close(env);
	return 0;
}
