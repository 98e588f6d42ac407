/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the store process consists of: the loop and its batches
 * (storeproc.c), the requests (storeasks.c), the public files for web
 * (storepublic.c).
 */
#ifndef MELDLUIK_GATEWAY_STOREPROC_H
#define MELDLUIK_GATEWAY_STOREPROC_H

#include "config.h"
#include "flood.h"
#include "ipc.h"
#include "meldluik/store.h"

struct turn;

struct keeper {
	struct store *store;
	struct config config;
	int link;
	uint8_t *slots;
	uint8_t *copy; /* of what is parsed: web cannot change it any more */
	uint64_t shown; /* version of the public files that web has */
	bool show;      /* a new web has none */
	int64_t show_at; /* not before: it failed, and is tried again */
	bool lost;      /* web does not read its answers */
	bool apart;     /* the link broke, and both may live: another is due */
	day_t today;
	struct store_figures figures; /* when the day began: what changes
	                               * later would tell of a report */
	bool daily_due; /* the machine may have been off at midnight */
	int64_t beat, start, alive;
	int64_t records_due; /* of uploads under way, milliseconds */
	struct flood flood;
	struct turn *held; /* the one a draw would take now, or NULL */
	uint64_t manifest_serial; /* of the one kept for its pieces */
	struct buf manifest;
};

struct turn {
	struct ipc_request r;
	struct ipc_answer a;
	struct store_put *put; /* begun, not ended */
	struct store_receipt receipt;
	bool changes; /* fails with the commit */
	bool receipted;
	bool budgeted; /* counted by the flood's budget */
	bool answered; /* before the commit: it promised nothing durable */
};

/* Bytes of the request's slot; web may still change them */
static inline uint8_t *
slot_at(struct keeper *k, const struct turn *t)
{
	return k->slots + slot_offset(t->r.slot);
}

/* Shows web the public files where they are not those that it has, or tries
 * again what failed a while ago; ${now} in seconds */
void show_when_due(struct keeper *k, int64_t now);
/* One request of the table: asks the store, fills the answer. What it asked
 * is durable after the batch's commit. ${what} MUST be in the table. */
enum err ask_handle(struct keeper *k, struct turn *t);
/* Of ASK_PUT, before: what can go side by side */
void put_begin(struct keeper *k, struct turn *t);
/* The public files as a sealed memory to web; web then has this version */
enum err show_public(struct keeper *k);

#endif
