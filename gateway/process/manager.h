/* SPDX-License-Identifier: EUPL-1.2 */
/* What the service manager is told and asks for; nothing without one. */
#ifndef MELDLUIK_GATEWAY_MANAGER_H
#define MELDLUIK_GATEWAY_MANAGER_H

#include <stdint.h>

/* "READY=1" and the like; ${text} is not of anybody's making */
void manager_notify(const char *text);
/* Milliseconds in which it wants a sign of life; 0: it waits for none */
int64_t manager_watchdog(void);

#endif
