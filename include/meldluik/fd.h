/* SPDX-License-Identifier: EUPL-1.2 */
/* Writing all of it to a descriptor: a file, a pipe, sealed memory. */
#ifndef MELDLUIK_FD_H
#define MELDLUIK_FD_H

#include <stddef.h>

#include "meldluik/err.h"

/* All of ${len} bytes; ERR_FULL when there is no room, else ERR_IO */
enum err fd_write(int fd, const void *p, size_t len);

#endif
