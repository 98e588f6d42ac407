/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Room on the disk. Attachments stop early: at their own limit, and when
 * what is free would touch the floor or the reserve of text. Text stops only
 * when a commit could fail, because of the disk, of the index's map or of the
 * numbers of keys. The ballast is a file that can be given up so
 * that deletions work on a full disk (LMDB needs room to delete).
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "store_private.h"

#define BULK_OVER_MAX 16777216u /* a day, into the reserve of texts */
#define COMMIT_FLOOR 2097152u /* a commit of one batch and its tree pages */
/* Text leaves room for one ordinary lane: what frees a full disk is a
 * confirmation, and that comes in a bundle. */
#define TEXT_FLOOR (COMMIT_FLOOR + 4194304u)
/* A confirmation erases texts, and LMDB writes the tree anew for that: on the
 * disk there is the ballast, in the map this part of it. */
#define INDEX_SPARE 64u
/* A fetch makes a manifest, and each of it takes a number */
#define KEYS_SPARE 4096u

void space_forget(struct store *s)
{
	s->free_known = false;
}

static uint64_t free_now(struct store *s)
{
	struct statvfs v;

	if (!s->free_known) {
		s->free_bytes = fstatvfs(s->dir, &v) == 0 ?
		    (uint64_t)v.f_bavail * v.f_frsize :
		    0;
		s->free_known = true;
	}
	/* What this batch wrote is not on the disk yet. */
	return s->free_bytes > store_pending(s) ?
	    s->free_bytes - store_pending(s) :
	    0;
}

static uint64_t bulk_bytes(const struct store *s)
{
	MDB_envinfo info;

	return mdb_env_info(s->bulk, &info) != 0 ? 0 :
	    ((uint64_t)info.me_last_pgno + 1) * 4096;
}

static uint64_t bulk_keep(const struct store *s)
{
	return s->o.text_reserve + s->o.free_floor + TEXT_FLOOR;
}

void space_grown(struct store *s)
{
	uint64_t bytes = bulk_bytes(s), before = s->bulk_bytes;

	s->bulk_bytes = bytes;
	if (before != 0 && bytes > before && free_now(s) < bulk_keep(s)) {
		s->bulk_over += bytes - before;
	}
}

/*
 * Pages of the bulk file that erased parts gave back. They are room only for
 * what fits: a part needs its pages in a row, and whoever makes many small
 * holes and then sends large parts grows the file while pages are free. So
 * what it grew by into the reserve of texts is counted, and above some MiB a
 * day free pages are none.
 */
static uint64_t bulk_slack(struct store *s)
{
	uint64_t bytes = bulk_bytes(s);
	uint64_t most = s->o.text_reserve / 4;

	if (s->bulk_over > (most < BULK_OVER_MAX ? most : BULK_OVER_MAX)) {
		return 0;
	}
	return bytes > s->now.bulk_used ? bytes - s->now.bulk_used : 0;
}

static uint64_t bulk_room(struct store *s)
{
	uint64_t room = free_now(s) + bulk_slack(s);
	uint64_t keep = bulk_keep(s);
	uint64_t used = s->now.bulk_used + flight_bytes(s);
	uint64_t left = s->o.bulk_bytes > used ? s->o.bulk_bytes - used : 0;

	room = room > keep ? room - keep : 0;
	return room < left ? room : left;
}

/* What the map of the index has left, or has for texts. Pages that were given
 * back are not counted: the next compaction takes them out. */
static uint64_t index_room(const struct store *s, bool texts)
{
	MDB_envinfo info;
	uint64_t used;

	if (mdb_env_info(s->index, &info) != 0) {
		return 0;
	}
	used = ((uint64_t)info.me_last_pgno + 1) * 4096 + store_pending(s) +
	    (texts ? info.me_mapsize / INDEX_SPARE : 0);
	return info.me_mapsize > used ? info.me_mapsize - used : 0;
}

static uint64_t keys_room(const struct store *s)
{
	uint64_t ahead = record_keys_end(s->keys) - s->now.next_key;
	uint64_t used = record_keys_count(s->keys) - ahead + KEYS_SPARE;

	return used < s->text_keys ?
	    (s->text_keys - used) * record_padded(ENVELOPE_TEXT_SIZE) : 0;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t text_room(struct store *s)
{
	uint64_t room = least(free_now(s), index_room(s, true));

	room = least(room, keys_room(s));
	return room > TEXT_FLOOR ? room - TEXT_FLOOR : 0;
}

bool space_stage(struct store *s, size_t len)
{
	size_t need = record_padded(len) + COMMIT_FLOOR;

	if (free_now(s) < need) {
		ballast_drop(s); /* until the next daily batch */
	}
	return free_now(s) >= need && index_room(s, false) >= need;
}

/* The pages in use, and what a text must leave */
bool space_copy(struct store *s)
{
	uint64_t need = TEXT_FLOOR;
	MDB_txn *txn = NULL;
	MDB_stat st;
	bool good = mdb_txn_begin(s->index, NULL, MDB_RDONLY, &txn) == 0;

	for (unsigned d = 0; good && d < DB_PARTS; d++) {
		good = mdb_stat(txn, s->dbi[d], &st) == 0;
		need += (uint64_t)st.ms_psize * (st.ms_branch_pages +
		    st.ms_leaf_pages + st.ms_overflow_pages);
	}
	mdb_txn_abort(txn);
	space_forget(s);
	return good && free_now(s) >= need;
}

bool space_text(struct store *s, size_t len)
{
	return text_room(s) >= record_padded(len);
}

bool space_bulk(struct store *s, size_t len)
{
	return bulk_room(s) >= record_padded(len);
}

enum err ballast_keep(struct store *s)
{
	struct stat st;
	enum err r = OK;
	int fd = openat(s->dir, "ballast.bin",
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0) {
		return ERR_IO;
	}
	if (fstat(fd, &st) == 0 && (uint64_t)st.st_size < s->o.ballast &&
	    posix_fallocate(fd, 0, (off_t)s->o.ballast) != 0) {
		/* Half a ballast would only take what reports need. */
		(void)!ftruncate(fd, 0);
		r = ERR_FULL;
	}
	close(fd);
	return r;
}

void ballast_drop(struct store *s)
{
	int fd = openat(s->dir, "ballast.bin",
	    O_WRONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd >= 0) {
		(void)!ftruncate(fd, 0);
		close(fd);
	}
	space_forget(s);
}

void store_figures(struct store *s, struct store_figures *out)
{
	out->text_free = text_room(s);
	out->bulk_free = bulk_room(s);
	out->full_text = !space_text(s, ENVELOPE_TEXT_SIZE);
	out->full_bulk = !space_bulk(s, ENVELOPE_PART);
}
