/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the kernel keeps of an answer on its way is bounded per connection,
 * for readers who do not read (process/listeners.c). A long answer that is
 * read goes in small steps then, at several times the work. So a few
 * connections at a time may keep more, while their answer is long.
 */
#ifndef MELDLUIK_GATEWAY_WIDEN_H
#define MELDLUIK_GATEWAY_WIDEN_H

#include <stddef.h>

/* For an answer of ${len} bytes on ${fd}. The size to give back to narrow(),
 * or 0: it stays as it is. From any thread */
int widen(int fd, size_t len);
/* Once for each widen() that was not 0; the descriptor is still open */
void narrow(int fd, int size);

#endif
