/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Private to gateway/store: the open store, its two LMDB environments and
 * the sealed records in them. Nothing here is used from another folder.
 *
 * Every record is keyno (8) | len (4) | nonce (24) | ciphertext | tag (16),
 * then zeros, so that a value above 2,000 bytes is k * 4096 - 16 and wastes
 * no page. keyno 0 is the state key, which lives as long as the store;
 * other numbers are record keys, and destroying one is the erasure.
 *
 * Invariants:
 * 1. txn and btxn are both this thread's, or NULL; while a flush is under way
 *    they are the writer's (flush), and txn_need() waits for it. A flush of
 *    parts alone takes btxn only.
 * 2. `now` may run ahead of the disk only while txn is open and dirty, or
 *    parts, or the records of their uploads, wait for a flush.
 * 3. a key number below now.next_key was given to a record, is spare, or is
 *    lost.
 * 4. a session in memory may run ahead of its record (unsaved); the record
 *    never names a part that is not in the transaction that commits first.
 */
#ifndef STORE_PRIVATE_H
#define STORE_PRIVATE_H

#include <lmdb.h>

#include "meldluik/store.h"
#include "recordkeys.h"
#include "work.h"

#define STORE_FORMAT 1u
#define RECORD_HEAD 36u    /* keyno, len, nonce */
#define RECORD_OVER 52u    /* head and tag */
#define WEEKS_MAX 2048u    /* 39 years */
#define SESSION_SECONDS 86400u
#define SESSION_UNDER_WAY 60u
#define SESSION_DAYS_LATE 2 /* after the last day of its week's grace */
#define UPLOAD_KEYS_MAX (RECORD_KEYS_MAX / 8) /* the rest is for texts */
#define SESSIONS_DONE 256u /* finished sessions that still answer */
#define STAGE_LANE_MAX 1073741824u /* FAT32 and 131,072 slots */
#define FILE_PATH_MAX 72u

enum db {
	DB_STATE,    /* name: state records */
	DB_ENVELOPE, /* number: struct entry */
	DB_TEXT,     /* number: bytes of a smallest-class envelope */
	DB_HASH,     /* keyed hash of the SHA-256: number */
	DB_FRESH,    /* number: not in a manifest yet */
	DB_CHAIN,    /* serial: manifest and signature */
	DB_UPLOAD,   /* keyed hash of the id: struct session */
	DB_FILE,     /* L|P|S desk path: struct file */
	DB_BLOB,     /* file number, offset: bytes */
	DB_WEEK,     /* Monday: struct week */
	DB_PARTS,    /* in bulk; key number, part number: bytes */
	DB_COUNT
};

struct counters {
	uint64_t next_key, next_number, next_blob;
	uint64_t bulk_used;  /* bytes of values in bulk */
	uint64_t head_serial;
	uint8_t head[HASH_LEN];
	uint64_t version;    /* of the public files */
	uint8_t news;        /* something for a manifest besides envelopes */
	uint8_t erase_due;   /* keys to destroy, index to compact */
};

/* One envelope's metadata; no mark tells chaff from a report. */
struct entry {
	uint64_t number, keyno;
	uint8_t sha256[HASH_LEN];
	uint64_t size;
	day_t day, week;
	uint64_t listed;     /* manifest, or 0 */
	day_t confirmed;     /* by every desk since, or DAY_NONE */
	bool bulk;
	uint64_t bulk_bytes; /* values in bulk */
};

struct week {
	day_t monday;
	uint64_t desks; /* bit n: desk n has a block */
	bool published, closed;
	bool withdrawn; /* published, and its file is not there any more */
};

struct desk_state {
	uint64_t tenure, serial;   /* highest verified outbound */
	uint8_t sha256[HASH_LEN];
	uint64_t live_tenure, live_serial; /* the one that went live */
	uint8_t live[HASH_LEN];
	day_t live_day;
	uint64_t lane_tenure, lane_serial;
	uint64_t confirmed; /* inbound manifest */
};

/* Running SHA-256 as bytes: h (32), length (8), tail (64), used (1) */
#define HASH_SAVED 105u

struct session {
	uint8_t id[UPLOAD_ID];
	uint64_t keyno;
	day_t week, day; /* day of the last part */
	uint32_t next;   /* part expected, from 1 */
	uint32_t last_len;
	uint64_t size, bulk_bytes;
	uint8_t state[HASH_SAVED], before[HASH_SAVED];
	bool done;
	uint64_t number; /* of the envelope, when done */
	uint64_t fed;    /* memory only: a clock reading never gets stored */
	bool unsaved;    /* memory only: parts came since the record */
};

struct flight; /* parts taken and not in the transaction yet (parts.c) */
struct puts;   /* whole envelopes under way (intake.c) */

/* A commit by the writer */
struct flush {
	struct work work;
	MDB_txn *txn, *btxn;
	struct counters saved; /* what is on the disk when it went well */
	bool going;
	enum err err;
};

struct store {
	struct store_options o;
	char *path, *fingerprint;
	int dir, lock;
	MDB_env *index, *bulk;
	MDB_dbi dbi[DB_COUNT];
	MDB_txn *txn, *btxn;
	bool dirty, bdirty;
	bool lost;            /* an environment begins nothing any more */
	size_t pending;
	enum err broken;      /* what a half-done change failed with */
	struct crew *crew;    /* hashes, seals, signs */
	struct crew *writer;  /* one thread, commits */
	struct flush flush;
	struct flight *flight;
	struct puts *puts;
	enum err parts_lost;  /* why a flush failed; the next part says it */
	struct record_keys *keys;
	size_t upload_keys;   /* UPLOAD_KEYS_MAX */
	size_t text_keys;     /* RECORD_KEYS_MAX */
	struct counters now, saved;
	uint8_t *sign_sk; /* secret memory; the seed is in front */
	struct sign_pk pk;
	uint64_t generation;
	bool has_identity;
	struct sign_pk identity; /* first used, when none is pinned */
	struct keyset *keyset, *next;
	struct desk_state desk[64];
	struct week *week;
	size_t weeks;
	struct session *session;
	size_t sessions, sessions_cap;
	day_t today, daily;   /* daily: of the last whole daily batch */
	day_t before;         /* of the last one on another day, or none */
	uint64_t seconds;
	bool beaten;          /* seconds is known */
	double chaff_due;
	uint64_t free_bytes;  /* of the file system, read once a batch */
	bool free_known;
	void (*alive)(void *arg); /* or NULL */
	void *alive_arg;
	uint64_t bulk_bytes;  /* of the bulk file after the last commit */
	uint64_t bulk_over;   /* grown into the reserve since the daily batch */
};

/* txn.c */
enum err lmdb_err(int rc);
enum err envs_open(struct store *s);
void envs_close(struct store *s);
enum err txn_need(struct store *s);
enum err btxn_need(struct store *s);
size_t record_padded(size_t len); /* bytes of the value in its database */
enum err record_put(struct store *s, enum db d, const void *key,
    size_t klen, uint64_t keyno, const void *p, size_t len);
/*
 * The same in two halves. value_seal is for any thread: ${value} holds
 * ${len} bytes of plaintext from RECORD_HEAD on and becomes the whole value
 * of record_padded(len) bytes. ${secret}: the key ${keyno}, from key_copy.
 */
enum err value_seal(uint8_t *value, enum db d, const void *key, size_t klen,
    uint64_t keyno, size_t len, const uint8_t secret[RECORD_KEY]);
enum err value_put(struct store *s, enum db d, const void *key, size_t klen,
    const uint8_t *value, size_t size);
enum err key_copy(struct store *s, uint64_t keyno, uint8_t out[RECORD_KEY]);
/* ERR_UNKNOWN: no such record, or its key is destroyed. ERR_CRYPT: damage */
enum err record_get(struct store *s, enum db d, const void *key, size_t klen,
    struct buf *out);
enum err record_open(struct store *s, enum db d, const MDB_val *key,
    const MDB_val *value, struct buf *out, uint64_t *keyno);
enum err record_del(struct store *s, enum db d, const void *key,
    size_t klen);
/* Calls ${each} with every record of ${d}; it must not write to ${d} */
typedef enum err (*record_each)(void *arg, const MDB_val *key,
    const MDB_val *value);
enum err record_walk(struct store *s, enum db d, record_each each,
    void *arg);
void key_of(uint64_t v, uint8_t out[8]);
uint64_t key_value(const uint8_t *p);
void key_hidden(struct store *s, const char *what, const void *p, size_t len,
    uint8_t out[32]);
enum err key_take(struct store *s, uint64_t *keyno);
/* Waits for the writer. What it failed with is said by the next part. */
void flush_join(struct store *s);

/* state.c */
enum err state_load(struct store *s);
enum err state_create(struct store *s);
enum err state_counters(struct store *s);
enum err state_desk(struct store *s, unsigned desk);
enum err state_identity(struct store *s, const struct sign_pk *pk);
enum err state_beat(struct store *s);
enum err state_daily(struct store *s); /* today's batch is done whole */
/* What before is once today's batch is done */
day_t daily_before(const struct store *s);
enum err week_put(struct store *s, const struct week *w);
struct week *week_find(struct store *s, day_t monday);
/* After the files changed: whose are not there any more? */
enum err weeks_withdraw(struct store *s);
/* May an upload that names ${monday} begin today? */
bool week_accepts(const struct store *s, day_t monday);

/* entry.c */
enum err entry_put(struct store *s, const struct entry *e);
enum err entry_decode(const uint8_t *p, size_t len, struct entry *e);
enum err entry_get(struct store *s, uint64_t number, struct entry *e);
enum err entry_find(struct store *s, const uint8_t sha256[HASH_LEN],
    struct entry *e);
enum err entry_add(struct store *s, struct entry *e);
enum err entry_delete(struct store *s, const struct entry *e);
enum err entry_receipt(struct store *s, const struct entry *e,
    struct store_receipt *out);
enum err part_put(struct store *s, uint64_t keyno, uint32_t number,
    const uint8_t *p, size_t len, uint64_t *bulk_bytes);
enum err parts_delete(struct store *s, uint64_t keyno);
void part_key(uint64_t keyno, uint32_t number, uint8_t out[12]);
/* Fills ${doc}; ERR_STALE without a keyset */
enum err receipt_of(const struct store *s, const struct entry *e,
    struct receipt *doc);
enum err receipt_sign(const struct receipt *doc, const uint8_t sk[SIGN_SK],
    struct store_receipt *out);

/* intake.c */
enum err puts_new(struct puts **out);
void puts_free(struct store *s);
/* Receipts under way are ready after it, and all places free */
enum err puts_end(struct store *s);
void puts_abort(struct store *s);
/* Between batches: memory of a burst goes back, spare numbers are lost */
void puts_trim(struct store *s);

/* parts.c */
#define PARTS_AHEAD 6u
enum err flight_new(struct flight **out);
void flight_free(struct store *s);
/* Takes a copy of ${p}; the session ${u} has counted it already */
enum err flight_add(struct store *s, const struct session *u,
    uint32_t number, const uint8_t *p, size_t len);
/* What is sealed goes into the transaction, if nobody has it now */
void flight_advance(struct store *s);
/* All of it, waiting where that is needed */
enum err flight_settle(struct store *s);
/* A place for one more, waiting for the oldest where that is needed */
enum err flight_room(struct store *s);
/* Forgets what was taken */
void flight_abort(struct store *s);
size_t flight_bytes(const struct store *s); /* of values */
void flight_trim(struct store *s);

/* running hash */
void hash_saved_new(uint8_t state[HASH_SAVED]);
void hash_saved_write(uint8_t state[HASH_SAVED], const void *p, size_t len);
void hash_saved_end(const uint8_t state[HASH_SAVED], uint8_t out[HASH_LEN]);

/* session.c */
void session_encode(const struct session *u, struct buf *out);
enum err session_decode(const uint8_t *p, size_t len, struct session *u);
enum err sessions_load(struct store *s);
struct session *session_find(struct store *s, const uint8_t id[UPLOAD_ID]);
enum err session_put(struct store *s, const struct session *u);
/* The table only; the record follows with sessions_save */
enum err session_keep(struct store *s, const struct session *u);
enum err sessions_save(struct store *s);
bool sessions_unsaved(const struct store *s);
enum err session_drop(struct store *s, struct session *u, bool parts);
enum err sessions_expire(struct store *s);
enum err session_make_room(struct store *s);
bool sessions_hold(const struct store *s, day_t week);

/* files.c */
struct file {
	uint64_t blob, size;
	uint8_t sha256[HASH_LEN]; /* zeros while staged */
};
enum err file_get(struct store *s, char area, unsigned desk,
    const char *path, struct file *f);
enum err file_set(struct store *s, char area, unsigned desk,
    const char *path, const struct file *f);
enum err file_drop(struct store *s, char area, unsigned desk,
    const char *path, bool blob);
enum err file_append(struct store *s, const struct file *f,
    const uint8_t *p, size_t len);
enum err file_read(struct store *s, const struct file *f, uint64_t offset,
    size_t max, struct buf *out);
struct file_name {
	unsigned desk;
	char path[FILE_PATH_MAX];
	struct file file;
};
/* Every file of an area (and desk, or 0 for all); the caller free()s */
enum err file_list(struct store *s, char area, unsigned desk,
    struct file_name **out, size_t *n);
enum err file_go_live(struct store *s, const struct file_name *f);
enum err keysets_load(struct store *s);

/* space.c */
enum err ballast_keep(struct store *s);
void ballast_drop(struct store *s);
void space_forget(struct store *s);
void space_grown(struct store *s); /* after each commit of the bulk side */
bool space_text(struct store *s, size_t len);
bool space_bulk(struct store *s, size_t len);
bool space_stage(struct store *s, size_t len);

/* Does a copy of the index fit beside it? */
bool space_copy(struct store *s);

/* erase.c */
enum err erase_keys(struct store *s);
enum err erase_finish(struct store *s); /* and the copy, if it is due */
/* badpage.c: from now on a page of the map that the disk cannot give ends
 * the process only where nobody asked before whether it is there */
enum err badpage_catch(void);
/* Can all ${len} bytes of a value be read? */
bool value_there(const void *p, size_t len);
/* chaff.c */
enum err chaff_beat(struct store *s);

#endif
