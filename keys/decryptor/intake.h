/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Import of an inbound bundle: first the chain of manifests, all of it or
 * nothing, then the bodies, each durable on its own. Running it again, or
 * after a crash, reads what is left.
 */
#ifndef DECRYPTOR_INTAKE_H
#define DECRYPTOR_INTAKE_H

#include "desk.h"

struct intake_result {
	uint64_t first, last; /* manifests in the bundle */
	unsigned fresh;       /* of them new */
	unsigned reports, messages, withdrawals, duplicates, conflicts,
	    damaged, foreign; /* this time */
	uint64_t missing;     /* listed bodies that the bundle lacks */
	uint64_t edited;      /* bodies that are not what is listed */
	uint64_t no_key;      /* bodies of weeks whose key this ring lost */
	uint64_t too_late;    /* written off, and their key is destroyed */
	unsigned posted;      /* replies now known to be posted */
	unsigned weeks_destroyed;
	unsigned refused;     /* numbers of the gateway that cannot be */
	bool replayed;        /* nothing new in it */
};

/* The folder ${path}, or inbound-N in it; -1 and a message */
int bundle_open(const struct desk *d, const char *path);
/* All of it: the three steps below */
enum err bundle_import(struct desk *d, int bundle, struct intake_result *r);
/* ${bundle}: the folder with manifest-N.json. Verifies and journals the new
 * manifests. Says in plain words what is wrong. */
enum err chain_import(struct desk *d, int bundle, struct intake_result *r);
/* What a start at manifest ${serial} of ${bundle} means; ERR_UNKNOWN: it is
 * not there. Says what is wrong with the others */
enum err chain_start_find(const struct desk *d, int bundle, uint64_t serial,
    struct chain_start *out);
/* A journalled manifest, verified again */
enum err manifest_load(const struct desk *d, const struct manifest *m,
    struct inbound **out);
/* Reads every listed body that lies in envelopes/ and was not read */
enum err bodies_import(struct desk *d, int bundle, struct intake_result *r);
/* Removes attachments that an interrupted import left behind; ${whole}: that no
 * record names, when all records can be read */
void attachments_sweep(struct desk *d, bool whole);
/* Destroys keys of weeks that are closed, read, and backed up */
enum err weeks_destroy(struct desk *d, struct intake_result *r);

#endif
