/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * LD_PRELOAD shim for runs under valgrind, which has no room for the 64 GiB
 * of address space that the store asks for: LMDB maps 1 GiB at most.
 */
#include <dlfcn.h>
#include <stddef.h>

#include <lmdb.h>

#define ROOM ((size_t)1 << 30)

int
mdb_env_set_mapsize(MDB_env *env, size_t size)
{
	static int (*real)(MDB_env *, size_t);

	if (real == NULL) {
		*(void **)&real = dlsym(RTLD_NEXT, "mdb_env_set_mapsize");
	}
	return real(env, size < ROOM ? size : ROOM);
}
