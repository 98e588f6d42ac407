/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One opened home folder: keyring, keyset, casebook and the state folded
 * from its journal. A home belongs to one person at one desk, and to one
 * process at a time.
 *
 *   keyring.age               FORMAT.md section 10
 *   public/keyset.note (signed note), public/blocks.json, public/page*
 *   casebook/, casekeys, attachments/
 */
#ifndef DECRYPTOR_DESK_H
#define DECRYPTOR_DESK_H

#include "fold.h"
#include "meldluik/clocks.h"
#include "meldluik/keyring.h"

#define WEEKS_MADE 26
#define WEEKS_PUBLISHED 13
#define DICE_KEY 32u
#define SHARE_FILES_MAX 8u

struct desk {
	const char *home;
	const char *passfile;
	day_t today;
	bool today_given; /* by --today; else it follows the clock */
	bool json;
	int dir, public, attachments, lock;
	char *pass; /* secret; NULL: asked for when it is needed */
	size_t passlen;
	struct keyring *ring;
	struct keyset *keyset; /* NULL until one was made or accepted */
	struct casebook *book;
	struct state *state;
	struct profile *profile;
	const char *founded_as; /* the profile, until a keyset says it */
	bool rehearsal; /* what is founded; then the journal says it */
	struct holidays *holidays;
	uint8_t *identity; /* secret; borrowed from paper for this verb */
	uint8_t *dice;     /* secret; throws of a ceremony, DICE_KEY bytes */
	const char *sharefile[SHARE_FILES_MAX]; /* --share */
	unsigned sharefiles;
};

/* What lies in the home while an act goes on; of one that was cut it goes
 * when the home is opened again */
#define ROOM_FORWARD "forward.tmp"
#define ROOM_TAKEOVER "takeover.tmp"
#define ROOM_BACKUP "backup-copy.tmp"
#define ROOM_PARCEL "parcel.tmp"
/* The keyring while a restore goes on */
#define KEYRING_WAITS "keyring.restoring"

/* What a new home tells its journal first (first_event.c) */
enum first_event { FIRST_RESTORE, FIRST_KEYS_LOST, FIRST_KEYS_LOST_SHEETS };
/* Before the home has a keyring, without which it cannot be opened */
enum err first_event_owe(const struct desk *d, enum first_event what);
/* Tells what is owed, if anything is; desk_open does */
enum err first_event_pay(struct desk *d);

/* How far a verb needs the home opened */
enum desk_depth { DESK_FOLDER, DESK_KEYRING, DESK_CASEBOOK };

/* Makes the empty folders of a home; ERR_CONFLICT when one is there */
enum err desk_make(struct desk *d);
/* Says in plain words what is wrong, and returns why */
enum err desk_open(struct desk *d, enum desk_depth depth);
void desk_close(struct desk *d);
/* Wipes passphrase and keyring */
void desk_wipe(struct desk *d);
/* In a process forked to read one envelope (opener_new): wipes them, the keys
 * of the casebook and what its journal adds up to */
void desk_forget(void *desk);

/* An event with "e" and "day" set; the caller adds fields */
json_t *event_new(const struct desk *d, const char *name);
void event_hex(json_t *o, const char *key, const uint8_t *p, size_t len);
void event_day(json_t *o, const char *key, day_t day);
/* What names the tag key of ${r}, a first message, and does not give it away:
 * it finds the answers on every board */
void thread_tag(const struct report *r, uint8_t out[TAG_ID]);
/* Into event `message`: the thread of ${r} */
void event_thread(json_t *o, const struct report *r);
/* Appends (inside the caller's transaction) and folds it; takes the
 * reference */
enum err desk_event(struct desk *d, json_t *event);
/* One event in a transaction of its own */
enum err desk_record(struct desk *d, json_t *event);

/* Throws of a die ("3 1 6 ..."), all at once; ERR_FORMAT: no throws */
enum err dice_take(struct desk *d, const char *throws, unsigned *count);
/* Mixes the dice, if any were thrown, into ${len} <= 64 random bytes */
void dice_mix(struct desk *d, uint8_t *p, size_t len);

/* Replaces keyring.age, atomically */
enum err keyringfile_save(struct desk *d);
enum err keyringfile_load(struct desk *d);
/* The same ring without week keys, for a backup, appended to ${out} */
enum err keyringfile_backup(const struct desk *d, struct buf *out);

/* The state again from the journal, after an act that was given up */
enum err desk_refold(struct desk *d);
/* The end of an act in a transaction: commits it when ${e} is OK. Else, or
 * when that fails, nothing of it stays, in the state neither; then the error,
 * the fold's own before ${e} */
enum err desk_end(struct desk *d, enum err e);
/* A keyset is known here: else ERR_UNKNOWN, and a message */
enum err desk_keyset_need(const struct desk *d);
/* The gateway key of the keyset, or NULL and a message */
const struct sign_pk *desk_gateway(const struct desk *d);
/* Says that this machine is read-only, and what to do if that is a lie */
void say_superseded(void);
/* Case by its reference; NOT_FOUND and a message */
size_t desk_case(const struct desk *d, const char *ref);
/* ERR_BUSY and a message while an import is unfinished: a withdrawal may
 * stand in what was not read yet, and withdrawn text is never shown */
enum err desk_imported(const struct desk *d);
/* May the text of ${m}, a message of a case, be shown, searched and carried?
 * Not when the reporter withdrew it (of one day nobody knows the order, so
 * what came on the day of the withdrawal counts as withdrawn; what came later
 * does not), when it was destroyed, or when the case went to another desk, whose is also what comes later; what came late to a
 * case that was destroyed here is there yet. */
bool desk_text_shown(const struct desk *d, const struct message *m);
/* The same for our letters, notes and plans of case ${k} */
bool desk_ours_shown(const struct desk *d, size_t k);
struct content;
enum err desk_content(const struct desk *d, const struct message *m,
    struct content **out);
enum err desk_policy(struct desk *d); /* profile and holidays, once */
/* Do the legal terms run? An advice question is no report and has none, until
 * it is said to be one; then they run from receipt */
bool desk_terms_run(const struct kase *k);
/* Clocks of a case as of its answers, as if it were a report: the feedback
 * counts from when the acknowledgement was written, as that says */
enum err desk_clocks(struct desk *d, const struct kase *k,
    struct clocks *out);

#endif
