/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Rights of all roles, in one table (sandbox.c). Order at the start of a
 * process: open what is needed, sandbox_enter, then the first untrusted
 * byte. What the kernel does not offer is told to the caller, not hidden.
 */
#ifndef MELDLUIK_GATEWAY_SANDBOX_H
#define MELDLUIK_GATEWAY_SANDBOX_H

#include <stdbool.h>

#include "meldluik/err.h"

enum role { ROLE_MONITOR, ROLE_WEB, ROLE_STORE, ROLE_COUNT };

struct sandbox_told {
	bool no_landlock;   /* the kernel has none */
	bool no_memory_lock; /* web only: RLIMIT_MEMLOCK is too low */
	unsigned files;      /* web only: descriptors it may have */
};

/*
 * Irreversible for this process and its children: limits, no new
 * privileges, no capabilities, Landlock (store: ${folder} and nothing else;
 * web: nothing), system call filter that kills. ERR_IO when one of them
 * fails that must hold.
 */
enum err sandbox_enter(enum role role, const char *folder,
    struct sandbox_told *told);

#endif
