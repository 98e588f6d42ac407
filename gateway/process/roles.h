/* SPDX-License-Identifier: EUPL-1.2 */
/* The three processes; each returns an exit status. */
#ifndef MELDLUIK_GATEWAY_ROLES_H
#define MELDLUIK_GATEWAY_ROLES_H

#include "config.h"

/* ${text}: the configuration as read, for the children */
int monitor_main(const struct config *c, const struct buf *text);
/* ${first}: the service starts, not only this process */
int store_main(bool first);
int web_main(void);

/* Words of the hidden argument of a child */
#define ROLE_WORD_WEB "role-web"
#define ROLE_WORD_STORE "role-store"

#define EXIT_GOOD 0
#define EXIT_TROUBLE 1
#define EXIT_USAGE 2

struct store;
/* With the configured limits */
enum err store_open_configured(const struct config *c, struct store **out);

#endif
