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
give_way(unsigned i)
{
	watchdog_cut(place[i]->watched);
	log_event(EVENT_SLOW);
	place[i] = NULL; /* what it holds goes as soon as the library sees it */
}

/*
 * Whoever does not read an answer keeps a place as well as whoever does not
 * send a body, and goes first: an upload that comes well would have to begin
 * anew, a page is asked for again.
 */
static void
cut_hoarders(void)
{
	unsigned body = PLACES, answer = PLACES;
	unsigned i, age, body_most = HOARD_SECONDS, most = HOARD_SECONDS;
	bool slow, gone = false;

	for (i = 0; i < PLACES; i++) {
		age = watchdog_body_age(place[i]->watched, &slow);
		if (slow && age >= SLOW_SECONDS) {
			give_way(i);
			gone = true;
			continue;
		}
		if (age > body_most) {
			body_most = age;
			body = i;
		}
		age = watchdog_answer_age(place[i]->watched);
		if (age > most) {
			most = age;
			answer = i;
		}
	}
	i = answer < PLACES ? answer : body;
	if (!gone && i < PLACES) {
		give_way(i);
	}
}

static bool
take(struct exchange *x)
{
	unsigned i = 0;

	while (i < PLACES && place[i] != NULL && place[i] != x) {
		i++;
	}
	if (i < PLACES) {
		place[i] = x;
	}
	return i < PLACES;
}

bool
exchange_place(struct exchange *x)
{
	bool good;

	pthread_mutex_lock(&lock);
	good = take(x);
	if (!good) {
		cut_hoarders();
		good = take(x);
	}
	pthread_mutex_unlock(&lock);
	if (!good) {
		log_event(EVENT_NO_SLOT);
	}
	return good;
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
