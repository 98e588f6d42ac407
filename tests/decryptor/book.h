/* SPDX-License-Identifier: EUPL-1.2 */
/* A casebook in a folder of its own, and what meddles with its journal. */
#ifndef TESTS_DECRYPTOR_BOOK_H
#define TESTS_DECRYPTOR_BOOK_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "decryptor/casebook_private.h"
#include "decryptor/files.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"

struct home {
	char path[64];
	int dir;
	struct casebook *b;
};

static const uint8_t key[32] = {7};

static inline int
setup(void **state)
{
	struct home *h = calloc(1, sizeof *h);

	assert_int_equal(secret_setup(), OK);
	strcpy(h->path, "/tmp/meldluik-casebook.XXXXXX");
	assert_non_null(mkdtemp(h->path));
	h->dir = open(h->path, O_RDONLY | O_DIRECTORY);
	assert_int_equal(casebook_create(h->dir, h->path, key), OK);
	assert_int_equal(casebook_open(h->dir, h->path, key, &h->b), OK);
	*state = h;
	return 0;
}

static inline int
teardown(void **state)
{
	struct home *h = *state;

	casebook_close(h->b);
	folder_remove(h->dir, "casebook");
	unlinkat(h->dir, "casekeys", 0);
	close(h->dir);
	rmdir(h->path);
	free(h);
	return 0;
}

static inline void
append(struct casebook *b, int n)
{
	json_t *o = json_pack("{s:s,s:i}", "e", "test", "n", n);

	assert_int_equal(casebook_begin(b), OK);
	assert_int_equal(journal_append(b, o), OK);
	assert_int_equal(casebook_commit(b), OK);
	json_decref(o);
}

static inline enum err
sum(void *arg, uint64_t n, const json_t *event)
{
	int64_t value = 0;

	assert_int_equal(json_int_field(event, "n", 0, 100, &value), OK);
	*(uint64_t *)arg = *(uint64_t *)arg * 10 + (uint64_t)value;
	assert_int_equal((int64_t)n, value);
	return OK;
}

static inline void
reopen(struct home *h)
{
	casebook_close(h->b);
	h->b = NULL;
	assert_int_equal(casebook_open(h->dir, h->path, key, &h->b), OK);
}

/* Reads or writes the stored value of record ${n} behind the journal */
static inline void
meddle(struct casebook *b, uint64_t n, const MDB_val *put, MDB_val *got)
{
	uint8_t at[8] = {0, 0, 0, 0, 0, 0, 0, (uint8_t)n};
	MDB_val k = {8, at};
	MDB_txn *txn = NULL;

	assert_int_equal(mdb_txn_begin(b->env, NULL, 0, &txn), 0);
	if (got != NULL) {
		MDB_val v;
		assert_int_equal(mdb_get(txn, b->journal, &k, &v), 0);
		got->mv_size = v.mv_size;
		got->mv_data = malloc(v.mv_size);
		memcpy(got->mv_data, v.mv_data, v.mv_size);
	}
	if (put != NULL) {
		MDB_val v = *put;
		assert_int_equal(mdb_put(txn, b->journal, &k, &v, 0), 0);
	} else if (got == NULL) {
		assert_int_equal(mdb_del(txn, b->journal, &k, NULL), 0);
	}
	assert_int_equal(mdb_txn_commit(txn), 0);
}

#endif
