/* SPDX-License-Identifier: EUPL-1.2 */
/* Shared by fold.c (state and lookups) and events.c (one function an event) */
#ifndef DECRYPTOR_FOLD_PRIVATE_H
#define DECRYPTOR_FOLD_PRIVATE_H

#include "fold.h"

struct event_rule {
	const char *name;
	enum err (*apply)(struct state *s, const json_t *o);
};
extern const struct event_rule event_rules[];
extern const size_t event_rules_count;

/* Room for one more in a grown array; NULL: no memory */
void *state_room(void *p, size_t *room, size_t count, size_t each);

#endif
