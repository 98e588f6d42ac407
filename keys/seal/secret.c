/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Memory for secrets, over libsodium's guarded and locked pages. Counts what
 * is alive, so that a debug build can tell at exit what was forgotten.
 */
#include "meldluik/secret.h"

#include <sodium.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static atomic_size_t alive;

#ifndef NDEBUG
static void check_alive(void)
{
	if (atomic_load(&alive) != 0) {
		abort();
	}
}
#endif

enum err secret_setup(void)
{
	static const struct rlimit none = {0, 0};

	if (sodium_init() < 0) {
		return ERR_IO;
	}
	if (setrlimit(RLIMIT_CORE, &none) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
		return ERR_IO;
	}
#ifndef NDEBUG
	static atomic_flag once = ATOMIC_FLAG_INIT;

	if (!atomic_flag_test_and_set(&once) && atexit(check_alive) != 0) {
		return ERR_MEMORY;
	}
#endif
	return OK;
}

/* sodium_malloc ends a block at its guard page, so it begins as its length is
 * aligned */
void *secret_new(size_t len)
{
	const size_t unit = _Alignof(max_align_t);
	void *p = len > SIZE_MAX - unit ? NULL :
	    sodium_malloc((len + unit - 1) / unit * unit);

	if (p == NULL) {
		return NULL;
	}
	memset(p, 0, len);
	atomic_fetch_add(&alive, 1);
	return p;
}

void secret_free(void *p)
{
	if (p == NULL) {
		return;
	}
	sodium_free(p);
	atomic_fetch_sub(&alive, 1);
}

void secret_wipe(void *p, size_t len)
{
	sodium_memzero(p, len);
}

bool secret_equal(const void *a, const void *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}

size_t secret_alive(void)
{
	return atomic_load(&alive);
}
