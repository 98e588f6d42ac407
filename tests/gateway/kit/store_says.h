/* SPDX-License-Identifier: EUPL-1.2 */
/* Linked with --wrap: calls of LMDB that answer what the test says. */
#ifndef STORE_SAYS_H
#define STORE_SAYS_H

#include <errno.h>
#include <lmdb.h>

static int begin_says, cursor_says, put_says; /* 0: as it is */

int __real_mdb_txn_begin(MDB_env *e, MDB_txn *up, unsigned f, MDB_txn **t);
int __wrap_mdb_txn_begin(MDB_env *e, MDB_txn *up, unsigned f, MDB_txn **t);
int __real_mdb_cursor_open(MDB_txn *t, MDB_dbi d, MDB_cursor **c);
int __wrap_mdb_cursor_open(MDB_txn *t, MDB_dbi d, MDB_cursor **c);
int __real_mdb_put(MDB_txn *t, MDB_dbi d, MDB_val *k, MDB_val *v, unsigned f);
int __wrap_mdb_put(MDB_txn *t, MDB_dbi d, MDB_val *k, MDB_val *v, unsigned f);

int __wrap_mdb_txn_begin(MDB_env *e, MDB_txn *up, unsigned f, MDB_txn **t)
{
	return begin_says != 0 ? begin_says :
				 __real_mdb_txn_begin(e, up, f, t);
}

int __wrap_mdb_cursor_open(MDB_txn *t, MDB_dbi d, MDB_cursor **c)
{
	return cursor_says != 0 ? cursor_says :
				  __real_mdb_cursor_open(t, d, c);
}

int __wrap_mdb_put(MDB_txn *t, MDB_dbi d, MDB_val *k, MDB_val *v, unsigned f)
{
	return put_says != 0 ? put_says : __real_mdb_put(t, d, k, v, f);
}

#endif
