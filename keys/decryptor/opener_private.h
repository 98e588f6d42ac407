/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What opener.c and opener_child.c say to each other. A child writes its
 * process number, then frames: type, number, length (4 bytes), body; the
 * last one is FRAME_END.
 */
#ifndef DECRYPTOR_OPENER_PRIVATE_H
#define DECRYPTOR_OPENER_PRIVATE_H

#include <sys/types.h>

#include "opener.h"

#define PID_LEN 4u
#define FRAME_HEAD 6u
#define FRAME_MAX 65536u
/* Exit of a child without sandbox or readable file: no fault of the envelope,
 * which must not count as read, else the gateway would erase it */
#define CHILD_UNABLE 3
/* Error, hash of the file, of the payload, bytes read */
#define END_LEN (1u + HASH_LEN + HASH_LEN + 8u)

enum frame { FRAME_PIECE = 1, FRAME_REPORT, FRAME_JSON, FRAME_SIGNATURE,
	FRAME_END };

/* The process of opener_new, a child of ${parent} as those that it makes are:
 * takes requests on ${sock} until it closes */
_Noreturn void nursery_run(int sock, pid_t parent,
    const struct keyring_week *week, void (*wipe)(void *arg), void *arg);

#endif
