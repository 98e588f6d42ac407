/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Rights of the child that parses hostile bytes: read what is open, write to
 * what is open, use memory, end. No file, no network, no process.
 */
#ifndef DECRYPTOR_SANDBOX_H
#define DECRYPTOR_SANDBOX_H

#include "meldluik/err.h"

/* Makes the filter; the parent does it once, before it forks */
enum err sandbox_prepare(void);
/* Keeps descriptors ${in}, ${out} and standard error, closes the others,
 * and installs the filter; another call ends the process. */
enum err sandbox_enter(int in, int out);

#endif
