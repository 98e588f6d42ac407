/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * meldluik-gateway doctor: looks at the machine and at what the gateway
 * answers, changes nothing, and says of each thing whether it is well, and
 * if not what to do. Runs by itself, never in a process that serves.
 */
#ifndef MELDLUIK_GATEWAY_DOCTOR_H
#define MELDLUIK_GATEWAY_DOCTOR_H

#include "../process/config.h"
#include "meldluik/calendar.h"

struct doctor {
	const struct config *config;
	const char *config_path;
	const char *root; /* put before every path of the system; "": none */
	day_t today;
	unsigned mend; /* lines that ask for something */
};

/* One line: "ok    SUBJECT: ..." or "MEND  SUBJECT: ...; do ..." */
void doctor_ok(struct doctor *d, const char *subject, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void doctor_mend(struct doctor *d, const char *subject, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A text file of the system, at most DOCTOR_FILE bytes, comments of '#'
 * taken out, NUL-ended; NULL when there is none. The caller frees. */
#define DOCTOR_FILE 262144u
char *doctor_file(const struct doctor *d, const char *path);
/* All files of a folder in one text; "" when there are none */
char *doctor_folder(const struct doctor *d, const char *path);

void doctor_machine(struct doctor *d); /* swap, cores, disk, clock, files */
void doctor_front(struct doctor *d);   /* units, terminator, Tor */
void doctor_world(struct doctor *d);   /* what a reporter gets, counters */

/* Exit status: 0 all well, 1 something to mend */
int doctor_main(const struct config *c, const char *config_path,
    const char *root, day_t today);

#endif
