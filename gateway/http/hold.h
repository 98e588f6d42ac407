/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Answers that leave at a time which does not say how long they took to make:
 * the first multiple of HOLD_MS after the whole request had come.
 */
#ifndef MELDLUIK_GATEWAY_HOLD_H
#define MELDLUIK_GATEWAY_HOLD_H

#include "exchange_private.h"

#define HOLD_MS 200

/* Once, before the first exchange. ERR_IO: no thread */
enum err hold_start(void);
/* On the engine's thread, with a request that is whole: its time is noted */
void hold_begin(struct exchange *x);
/* True: the connection of ${x} sleeps and is woken when its time has come;
 * then, and where nothing is to be held, false */
bool hold(struct exchange *x);
/* At the end of an exchange */
void hold_forget(struct exchange *x);

#endif
