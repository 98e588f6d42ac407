/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The public files in web: one sealed memory the store made, mapped
 * read-only. Layout: count (4), then per file path (80, NUL-padded), offset
 * (8), length (8); then bytes.
 */
#ifndef MELDLUIK_GATEWAY_SNAPSHOT_H
#define MELDLUIK_GATEWAY_SNAPSHOT_H

#include "exchange.h"

#define SNAPSHOT_PATH 80u
#define SNAPSHOT_ENTRY (SNAPSHOT_PATH + 16u)
#define SNAPSHOT_FILES 1024u

/* Takes over ${fd}; on failure the old snapshot stays. ERR_MEMORY: what was
 * right could not be taken, and is to be shown again */
enum err snapshot_load(int fd);
/* The day changed: another epoch may be the one to seal with */
void snapshot_day(int32_t today);

#endif
