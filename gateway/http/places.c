/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Places for bodies that are worked on in memory of their own (the forms of
 * the pages: some 180 KiB each), and what they take beyond that while files
 * come, of which there is so much for all. Without a bound ten thousand
 * connections that send a byte now and then take a gigabyte; without the
 * second 96 files that stop after their first bytes took 160 MiB.
 */
#include <pthread.h>
#include <time.h>

#include "../process/events.h"
#include "exchange_private.h"

#define PLACES 96u
#define MORE_BYTES (12u << 20)
#define HOARD_SECONDS 5u /* when others want a place: the longest goes */
#define MORE_SECONDS 60u /* when others want room for a file */
#define SLOW_SECONDS 2u  /* and all below the least rate */
#define LOOK_MS 100 /* after a look that found nobody to go */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	struct exchange *x; /* NULL: free */
	size_t more;
} place[PLACES];
static size_t more_taken; /* of all */
/* Milliseconds of the next look for who holds a place, and room for files: it
 * asks the kernel about each, and of a crowd at the door each would look */
static int64_t look_places, look_more;

static void
leave(unsigned i)
{
	more_taken -= place[i].more;
	place[i].more = 0;
	place[i].x = NULL;
}

static void
give_way(unsigned i)
{
	watchdog_cut(place[i].x->watched);
	log_event(EVENT_SLOW);
	leave(i); /* what it holds goes as soon as the library sees it */
}

/*
 * Whoever does not read an answer keeps a place as well as whoever does not
 * send a body, and goes first: an upload that comes well would have to begin
 * anew, a page is asked for again. Looked at are others than ${x} that hold
 * ${least} and more beside their place. False: nobody went.
 */
static bool
cut_hoarders(const struct exchange *x, size_t least, unsigned seconds)
{
	unsigned body = PLACES, answer = PLACES;
	unsigned i, age, body_most = seconds, most = HOARD_SECONDS;
	bool slow, gone = false;

	for (i = 0; i < PLACES; i++) {
		if (place[i].x == NULL || place[i].x == x ||
		    place[i].more < least) {
			continue;
		}
		age = watchdog_body_age(place[i].x->watched, &slow);
		if (slow && age >= SLOW_SECONDS) {
			give_way(i);
			gone = true;
			continue;
		}
		if (age > body_most) {
			body_most = age;
			body = i;
		}
		age = watchdog_answer_age(place[i].x->watched);
		if (age > most) {
			most = age;
			answer = i;
		}
	}
	i = answer < PLACES ? answer : body;
	if (!gone && i < PLACES) {
		give_way(i);
		gone = true;
	}
	return gone;
}

static void
make_room(const struct exchange *x, size_t least, unsigned seconds,
    int64_t *next)
{
	struct timespec t;
	int64_t now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	now = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
	if (now >= *next && !cut_hoarders(x, least, seconds)) {
		*next = now + LOOK_MS;
	}
}

static bool
take(struct exchange *x)
{
	unsigned i = 0;

	while (i < PLACES && place[i].x != NULL && place[i].x != x) {
		i++;
	}
	if (i < PLACES) {
		place[i].x = x;
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
		make_room(x, 0, HOARD_SECONDS, &look_places);
		good = take(x);
	}
	pthread_mutex_unlock(&lock);
	if (!good) {
		log_event(EVENT_NO_SLOT);
	}
	return good;
}

static bool
take_more(const struct exchange *x, size_t bytes)
{
	unsigned i = 0;

	while (i < PLACES && place[i].x != x) {
		i++;
	}
	if (i == PLACES || bytes > MORE_BYTES - more_taken) {
		return false;
	}
	place[i].more += bytes;
	more_taken += bytes;
	return true;
}

bool
exchange_place_more(struct exchange *x, size_t bytes)
{
	bool good;

	pthread_mutex_lock(&lock);
	good = take_more(x, bytes);
	if (!good) {
		make_room(x, 1, MORE_SECONDS, &look_more);
		good = take_more(x, bytes);
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
		if (place[i].x == x) {
			leave(i);
		}
	}
	pthread_mutex_unlock(&lock);
}
