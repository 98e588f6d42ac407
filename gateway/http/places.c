/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Places for bodies that are worked on in memory of their own (the forms of
 * the pages: some 180 kB each). Without a bound ten thousand connections that
 * send a byte now and then take a gigabyte.
 */
#include <pthread.h>

#include "../process/events.h"
#include "exchange_private.h"

#define PLACES 96u
#define HOARD_SECONDS 5u /* when others want a place: the longest goes */
#define SLOW_SECONDS 2u  /* and all below the least rate */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct exchange *place[PLACES];

static void
cut_hoarders(void)
{
	struct exchange *worst = NULL;
	unsigned i, age, most = HOARD_SECONDS;
	bool slow;

	for (i = 0; i < PLACES; i++) {
		age = watchdog_body_age(place[i]->watched, &slow);
		if (slow && age >= SLOW_SECONDS) {
			watchdog_cut(place[i]->watched);
			log_event(EVENT_SLOW);
		} else if (age > most) {
			most = age;
			worst = place[i];
		}
	}
	if (worst != NULL) {
		watchdog_cut(worst->watched);
		log_event(EVENT_SLOW);
	}
}

bool
exchange_place(struct exchange *x)
{
	unsigned i = 0;

	pthread_mutex_lock(&lock);
	while (i < PLACES && place[i] != NULL && place[i] != x) {
		i++;
	}
	if (i < PLACES) {
		place[i] = x;
	} else {
		cut_hoarders();
	}
	pthread_mutex_unlock(&lock);
	if (i == PLACES) {
		log_event(EVENT_NO_SLOT);
	}
	return i < PLACES;
}

void
places_forget(const struct exchange *x)
{
	unsigned i;

	pthread_mutex_lock(&lock);
	for (i = 0; i < PLACES; i++) {
		if (place[i] == x) {
			place[i] = NULL;
		}
	}
	pthread_mutex_unlock(&lock);
}
