/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Web's side of the talk with the store: slots, requests under way, and who
 * waits. Engine threads ask; one keeper thread receives.
 */
#ifndef MELDLUIK_GATEWAY_LINK_H
#define MELDLUIK_GATEWAY_LINK_H

#include "exchange_private.h"

/* ${slots}: the shared memory; once, before the engine starts */
void link_setup(uint8_t *slots);
/* A new channel to the store; what was under way on the old one ends with
 * ERR_BUSY. -1: none. Closes the old. */
void link_attach(int fd);
int link_fd(void);
/* Keeper: takes all that came. A descriptor of public files is given to
 * snapshot_load. ERR_IO: the channel ended. */
enum err link_receive(void);
/* Keeper: sends what waited, ends what waited too long */
void link_tick(void);
/* Engine: the answer arrived; runs the callback and frees the slot */
void link_deliver(struct exchange *x);
/* Engine: before the answer is sent. Its slot is for others from then on: who
 * does not read an answer would keep it for a minute */
void link_answered(struct exchange *x);
/* Engine: at the end of an exchange */
void link_forget(struct exchange *x);

#endif
