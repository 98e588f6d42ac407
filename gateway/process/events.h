/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a gateway process may say to its log: a closed list. There is no
 * function that takes a text, so no caller can write hostile or personal
 * bytes. Events about the program itself are written at once; events that
 * a visitor's act causes are only counted, and the counts are written when
 * the day changes, so that no line tells the time of an act.
 */
#ifndef MELDLUIK_GATEWAY_EVENTS_H
#define MELDLUIK_GATEWAY_EVENTS_H

enum event {
	/* written at once */
	EVENT_READY,
	EVENT_STOP,
	EVENT_STORE_ENDED,   /* the monitor starts it again */
	EVENT_WEB_ENDED,
	EVENT_STORE_SILENT,  /* hung, ended by the monitor */
	EVENT_WEB_SILENT,
	EVENT_STORE_DENIED,  /* ended by the system call filter */
	EVENT_WEB_DENIED,
	EVENT_PEER_BROKEN,   /* web sent what no sound web sends */
	EVENT_LINK,          /* web and store live, their link does not */
	EVENT_GIVING_UP,
	EVENT_NO_LOCK,       /* memory could not be locked */
	EVENT_NO_LANDLOCK,   /* this kernel has none */
	EVENT_STORE_FAILED,  /* the disk refused */
	EVENT_STORE_LOST,    /* and what is open is of no use any more */
	EVENT_DAMAGED,       /* a record does not open any more */
	EVENT_STORE_GONE,    /* a file of it is gone, or of another time */
	EVENT_GENERATION,    /* the store is not of the one configured */
	EVENT_BAD_PUBLIC,    /* a signed file does not verify */
	EVENT_DAILY,         /* the daily batch is done */
	EVENT_APPLIED,       /* an outbound bundle was applied */
	EVENT_COURIER_REFUSED, /* wrong credential; counted */
	/* counted, written once a day */
	EVENT_GUARD,         /* a request refused before use */
	EVENT_SLOW,          /* a slow connection cut */
	EVENT_NO_SLOT,       /* told to try again: busy */
	EVENT_FULL,          /* told: no room */
	EVENT_CIRCUIT,       /* a circuit over its budget */
	EVENT_HTTP_LIBRARY,  /* the HTTP library complained */
	EVENT_COUNT
};

void log_event(enum event e);
/* Writes the counters and begins anew; called when the day changes and at
 * the end */
void log_day(void);
/* How often a counted event was in the day that log_day ended last; 0 before
 * the first one. From any thread. */
unsigned long log_yesterday(enum event e);
/* "monitor", "web", "store": put before each line */
void log_role(const char *role);

#endif
