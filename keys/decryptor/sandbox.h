/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Rights of the child that parses hostile bytes: read what is open, write to
 * what is open, use memory, end. No file, no network, no process.
 */
#ifndef DECRYPTOR_SANDBOX_H
#define DECRYPTOR_SANDBOX_H

#include <stdbool.h>
#include <sys/types.h>

#include "meldluik/err.h"

/* From now on this process is killed when ${parent}, whose child it is, ends,
 * whatever it is doing. False: that has ended already. */
bool sandbox_bound(pid_t parent);
/* Makes the filter; the parent does it once, before it forks */
enum err sandbox_prepare(void);
/* Keeps descriptors ${in}, ${out} and standard error, closes the others,
 * and installs the filter; another call ends the process. */
enum err sandbox_enter(int in, int out);

#endif
