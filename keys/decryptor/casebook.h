/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Casebook: LMDB on the offline machine; every value is sealed. Two tables:
 * the journal (journal.h), the only truth, and records: contents that events
 * name (a report, a reply, a note, a manifest), each sealed under the key of
 * its case or, for what belongs to no case, under the casebook's own.
 *
 * Caveats: one process at a time (the home folder is locked). Never use a
 * casebook after fork. Deleting a record erases nothing; destroying the key
 * does. Case keys stand in one file beside the database, `casekeys`, which
 * is replaced whole and never grows a history.
 */
#ifndef DECRYPTOR_CASEBOOK_H
#define DECRYPTOR_CASEBOOK_H

#include <jansson.h>

#include "meldluik/bytes.h"
#include "meldluik/minisign.h"

#define CASE_KEY 32u
#define RECORD_ID 16u
#define KEY_ID 16u
#define RECORD_MAX (17u << 20) /* an inbound manifest, the largest content */
#define EVENT_MAX (1u << 20)

struct casebook;

/* Makes an empty one in folder ${dir}, whose path is ${home} */
enum err casebook_create(int dir, const char *home, const uint8_t key[32]);
enum err casebook_open(int dir, const char *home, const uint8_t key[32],
    struct casebook **out);
void casebook_close(struct casebook *b);
/* What take-overs set aside in ${dir}: sealed under the key in use, it would
 * show what was destroyed since; under another, nobody opens it. Once the
 * casebook itself was opened */
void casebook_asides_erase(int dir);
/* For a child after fork: wipes its copy of the keys, touches nothing else */
void casebook_forget(struct casebook *b);

/* One write transaction at a time. Commit is durable when it returns OK. */
enum err casebook_begin(struct casebook *b);
enum err casebook_commit(struct casebook *b);
void casebook_abort(struct casebook *b);

/* How many more keys there is room for. Each case has one, and each message
 * that comes after the end of its case; fewer than CASES_WARN: say so */
#define CASEKEYS_MAX 65536u
#define CASES_WARN 4096u
size_t casebook_room(const struct casebook *b);
/* A fresh case key, durable before it is used. One that an aborted
 * transaction took is only a spare. */
enum err casekey_take(struct casebook *b, uint8_t id[KEY_ID]);
/* The fold says which keys events name; the others are spares */
void casekey_mark(struct casebook *b, const uint8_t id[KEY_ID]);
/* Takes a key out of memory; true if it was there. It is destroyed when
 * casekeys_keep has written the file without it, and not before. */
bool casekey_drop(struct casebook *b, const uint8_t id[KEY_ID]);
enum err casekeys_keep(struct casebook *b);
/* ERR_UNKNOWN: destroyed or never there */
enum err casekey_find(struct casebook *b, const uint8_t id[KEY_ID],
    uint8_t key[CASE_KEY]);
/* Seals ${p} under case key ${key} (NULL: the casebook's own). Inside a
 * transaction. */
enum err record_put(struct casebook *b, const uint8_t *key, const void *p,
    size_t len, uint8_t id[RECORD_ID]);
/* ${out}: a secret buffer. ERR_UNKNOWN: no record, or its key is destroyed;
 * ERR_CRYPT: damaged */
enum err record_get(struct casebook *b, const uint8_t id[RECORD_ID],
    struct buf *out);
/* Is ${e}, of a record that was read, of that record alone: damaged, not
 * there, or of a program that wrote what none reads? The others can be read */
bool record_lost(enum err e);

/*
 * Journal. Record n is nonce || XChaCha20-Poly1305(event JSON) with n and
 * the hash of record n-1 as associated data; the hash of record n covers n,
 * that hash and the sealed bytes. Position 0 is the head: length and last
 * hash, sealed, written with each commit. So nothing in it can be changed,
 * dropped or put in another order unseen.
 *
 * Caveat: who keeps an old copy of the whole database can put that back.
 * The next import tells (the gateway's manifest knows the last bundle), and
 * so does a head written on paper (`verify --head`).
 */
enum err journal_append(struct casebook *b, const json_t *event);
typedef enum err (*journal_sink)(void *arg, uint64_t n, const json_t *event);
/* Walks it from the first record, checks every link, and leaves the head
 * ready for appending. ERR_CHAIN: broken. */
enum err journal_walk(struct casebook *b, journal_sink sink, void *arg);
/* ${n}: the event whose hash it is, 0 when it is none of them */
enum err journal_find(struct casebook *b, const uint8_t hash[HASH_LEN],
    uint64_t *n);
uint64_t journal_length(const struct casebook *b);
void journal_head(const struct casebook *b, uint8_t hash[HASH_LEN]);
/* Opens one sealed journal value; for the walk and the fuzzer */
enum err journal_open(const uint8_t key[32], uint64_t n,
    const uint8_t previous[HASH_LEN], const uint8_t *p, size_t len,
    json_t **event, uint8_t hash[HASH_LEN]);
/* The same for the sealed head: OK when it says ${n} and ${hash}, else
 * ERR_CHAIN */
enum err journal_head_open(const uint8_t key[32], const uint8_t *p,
    size_t len, uint64_t n, const uint8_t hash[HASH_LEN]);

/* A consistent copy of the database as file ${fd}; keys as a sealed blob */
enum err casebook_copy(struct casebook *b, int fd);
/* Walks the journal; every record that it names is there and opens (those
 * whose key is destroyed are counted). ERR_CHAIN: one is missing, or there
 * is one that it does not name. */
enum err casebook_check(struct casebook *b, uint64_t *records,
    uint64_t *destroyed);

#endif
