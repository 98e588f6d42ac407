/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The gateway's store: ciphertext, record keys, the intake chain and the
 * gateway's signing key, in one folder, one process, one thread. Narrow on
 * purpose: a second engine must be able to stand behind it.
 *
 * Caveats: call from the process that opened it. Nothing is durable before
 * store_commit() returned OK; an answer to a reporter waits for that. Calls
 * between two commits form one LMDB transaction (group commit). Day and
 * randomness: `today` is set with store_today; secrets stay inside.
 */
#ifndef MELDLUIK_STORE_H
#define MELDLUIK_STORE_H

#include "meldluik/bundle.h"
#include "meldluik/envelope.h"

struct store;

/* Empty file in the folder: a record did not open (process/storeasks.c) */
#define STORE_DAMAGE_MARK "damaged"

struct store_options {
	const char *path;           /* folder, mode 0700, ours alone */
	uint64_t bulk_bytes;        /* most bytes of attachments kept */
	uint64_t text_reserve;      /* bytes only text envelopes may use */
	uint64_t free_floor;        /* stop attachments below this free space */
	uint64_t ballast;           /* bytes of ballast.bin */
	unsigned uploads_max;       /* open upload sessions */
	unsigned grace_days;        /* between confirmation and erasure */
	unsigned chaff_a_day;       /* mean number of chaff envelopes; 0 off */
	const char *fingerprint;    /* of the identity, pinned; NULL: none */
	uint64_t generation;        /* 0: any, 1 when made now. ERR_CONFLICT: the
	                             * folder is of another */
};

/*
 * Makes the folder's files at first start (fresh key). A second open of the
 * same folder by anybody is ERR_BUSY. ERR_POLICY: the folder is not ours or
 * not 0700; ERR_VERSION: made by a later program; ERR_CRYPT: the key file is
 * gone, damaged or older than the index, or one of the two databases is gone.
 * Finishes an erasure a crash cut.
 */
enum err store_open(const struct store_options *o, struct store **out);
void store_close(struct store *s);
void store_today(struct store *s, day_t today);
/* ${alive} is called now and then by what takes longer than a caller of the
 * caller may wait for a word */
void store_alive(struct store *s, void (*alive)(void *arg), void *arg);
/* Commits what was asked since the last commit. On failure nothing of it
 * happened and every answer of the batch must be that failure. */
enum err store_commit(struct store *s);
/* Forgets what was asked since the last commit */
void store_abort(struct store *s);
/*
 * Parts that were taken are durable at the next store_commit; store_flush
 * makes them so behind the caller's back: it commits them on another thread
 * and returns (an error is that of an earlier one; parts since the last that
 * went well are then forgotten, and the next part is told why). Never while
 * something else waits for a commit.
 */
enum err store_flush(struct store *s);
/*
 * The same for parts that are ready, and only them: the records of their
 * uploads stay behind, so half the syncs. What a crash then leaves is an
 * upload that expects earlier parts.
 */
enum err store_flush_parts(struct store *s);
/* Are parts waiting for that? */
bool store_waiting(const struct store *s);
/* Bytes the next commit writes. Memory follows it: commit at a few MiB. */
size_t store_pending(const struct store *s);

/* --- identity --- */
const struct sign_pk *store_key(const struct store *s);
uint64_t store_generation(const struct store *s);
bool store_has_keyset(const struct store *s);
const struct keyset *store_keyset(const struct store *s); /* or NULL */

/*
 * --- intake (gateway, web) ---
 * Before the first keyset is live every call here is ERR_STALE ("not open").
 * A receipt is prepared by the call; it MUST NOT leave the process before
 * store_commit returned OK, and is worthless if it did not.
 */
struct store_receipt {
	char note[1024]; /* signed note, NUL-ended */
	size_t len;
};
/*
 * A whole envelope (<= ENVELOPE_WHOLE_MAX). Validates header, size, epoch;
 * ${digest} is the client's claim and must equal H(p). Same bytes within
 * 24 h (or while present): the same receipt. Errors: ERR_FORMAT, ERR_POLICY,
 * ERR_LIMIT (no class), ERR_STALE (epoch closed or unknown), ERR_CRYPT
 * (digest differs), ERR_FULL.
 */
enum err store_put(struct store *s, const uint8_t *p, size_t len,
    const uint8_t digest[HASH_LEN], day_t week, struct store_receipt *out);

/*
 * The same for many at once, side by side on the cores there are:
 * store_put_begin takes the bytes, which must stay until store_put_end but
 * may change under it (shared memory: they are copied before they are
 * judged); each one begun is ended once, in any order, before the next
 * commit. ${out} MUST stay and is filled only when store_commit returns OK.
 * ERR_BUSY: STORE_PUTS are under way.
 */
#define STORE_PUTS 256u
struct store_put;
enum err store_put_begin(struct store *s, const uint8_t *p, size_t len,
    const uint8_t digest[HASH_LEN], day_t week, struct store_put **out);
enum err store_put_end(struct store *s, struct store_put *put,
    struct store_receipt *out);

/* Is it here already? Then asking again takes no room. */
bool store_has(struct store *s, const uint8_t digest[HASH_LEN]);

#define UPLOAD_ID 16u
/* A session costs nothing before its first part; it lives 24 hours from the
 * last one, and the least recently fed goes when uploads_max are open. */
enum err store_upload_begin(struct store *s, day_t week,
    uint8_t id[UPLOAD_ID]);
/* OK: taken; it survives a restart after the next flush or commit, and the
 * session then expects what follows the last part that does. ERR_CONFLICT
 * sets ${next}; ERR_UNKNOWN; ERR_FULL; ERR_LIMIT */
enum err store_upload_part(struct store *s, const uint8_t id[UPLOAD_ID],
    uint32_t number, const uint8_t *p, size_t len, uint32_t *next);
enum err store_upload_finish(struct store *s, const uint8_t id[UPLOAD_ID],
    const uint8_t digest[HASH_LEN], day_t week, struct store_receipt *out);

/* --- courier --- */
/*
 * Cuts a manifest if anything is new since the last. ${serial} is then the
 * newest. Manifest bytes and signature by number:
 */
enum err store_manifest_cut(struct store *s, uint64_t *serial);
enum err store_manifest(struct store *s, uint64_t serial, struct buf *doc,
    struct buf *sig); /* ERR_UNKNOWN */
/* First manifest not confirmed by ${desk} (newest + 1 if all are) */
uint64_t store_manifest_first(struct store *s, unsigned desk);
/* Bytes [offset, offset + max) of an envelope; ${total} its size.
 * ERR_UNKNOWN if it is not listed or erased. */
enum err store_envelope(struct store *s, const uint8_t sha256[HASH_LEN],
    uint64_t offset, size_t max, struct buf *out, uint64_t *total);
/*
 * Outbound bundle, file by file into a staging area (one a desk), then
 * apply. Staging survives restarts; putting a path again replaces it.
 * store_outbound_apply verifies everything of FORMAT.md section 9; the same
 * bundle again is OK. The caller commits. ${identity} is the pinned key or
 * NULL: then store_options.fingerprint, or the first key ever used, which is
 * stored and never changes. A desk whose confirmation names another chain
 * is ERR_CHAIN (one that names an earlier generation's counts as none).
 * Lanes and public files go live at the next
 * store_daily (or at once where nothing was live before).
 */
enum err store_outbound_put(struct store *s, unsigned desk, const char *path,
    uint64_t offset, const uint8_t *p, size_t len);
enum err store_outbound_apply(struct store *s, unsigned desk,
    const struct sign_pk *identity, day_t today);

/* --- public signed files: what web serves --- */
/* path: keyset.json, keyset.json.minisig, page.json, page.json.minisig,
 * page.json.holder.minisig, epochs/2026-W48.json, board/1.json,
 * board/1.json.minisig, board/1 */
enum err store_public(struct store *s, const char *path, struct buf *out);
/* A piece of it, for lanes of many MiB; ERR_LIMIT: ${offset} past the end */
enum err store_public_range(struct store *s, const char *path,
    uint64_t offset, size_t max, struct buf *out, uint64_t *total);
/* Nothing can be read or written until the store is opened anew: its owner
 * ends, and is started again */
bool store_lost(const struct store *s);
/* Grows with every change of public files */
uint64_t store_public_version(const struct store *s);
/* Calls ${each} with every path */
enum err store_public_list(struct store *s,
    enum err (*each)(void *arg, const char *path, uint64_t size), void *arg);

/*
 * --- beat ---
 * Both commit what waits, and by themselves: call them between batches.
 */
/* Once a minute: heartbeat record, upload expiry, chaff when due */
enum err store_beat(struct store *s, uint64_t monotonic_seconds);
/* Once a day: lanes go live, erasure with fresh root key, compaction */
enum err store_daily(struct store *s, day_t today);
/* That of ${today} was not done whole: it did not come to it, or it failed */
bool store_daily_due(const struct store *s, day_t today);

/* Room there is, without content */
struct store_figures {
	uint64_t text_free, bulk_free; /* bytes */
	bool full_bulk, full_text;
};
void store_figures(struct store *s, struct store_figures *out);

#endif
