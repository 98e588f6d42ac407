/* SPDX-License-Identifier: EUPL-1.2 */
/* Makes the outbound bundle; see the header. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "heir_keys.h"
#include "org.h"
#include "outgoing.h"
#include "pagesign.h"
#include "replies.h"
#include "terminal.h"
#include "weeks.h"

struct bundle {
	struct desk *d;
	int dir, epochs;
	struct outbound *o;
	struct outgoing_result *r;
	day_t reach; /* last week it publishes with a key of this machine */
	unsigned whole; /* weeks from this one on, without a gap */
	json_t *others; /* what it publishes of the other holders */
	json_t *left; /* ids of answers that wait, and do not go with it */
};

static enum err
file_list(struct bundle *b, const char *path, const uint8_t hash[HASH_LEN])
{
	struct outbound_file *f;

	if (b->o->files == OUTBOUND_FILES) {
		return ERR_LIMIT;
	}
	f = &b->o->file[b->o->files++];
	snprintf(f->path, sizeof f->path, "%s", path);
	memcpy(f->sha256, hash, HASH_LEN);
	return OK;
}

static enum err
file_add(struct bundle *b, const char *path, const struct buf *doc)
{
	uint8_t hash[HASH_LEN];
	const char *name = strncmp(path, "epochs/", 7) == 0 ? path + 7 : path;
	enum err e = file_create(name == path ? b->dir : b->epochs, name,
	    doc->p, doc->len);

	if (e == OK) {
		hash_bytes(doc->p, doc->len, hash);
		e = file_list(b, path, hash);
	}
	return e;
}

struct lane_file {
	int fd;
	struct hash_state *hash;
};

static enum err
lane_sink(void *arg, const uint8_t *p, size_t len)
{
	struct lane_file *f = arg;

	hash_write(f->hash, p, len);
	return fd_write(f->fd, p, len);
}

/* Slots never shrink within a calendar year (FORMAT.md section 5) */
static uint32_t
slots_floor(const struct desk *d)
{
	int year, month, day;

	day_split(d->today, &year, &month, &day);
	return d->state->floor_year == year &&
	    d->state->floor_slots > LANE_SLOTS_MIN ? d->state->floor_slots :
	    LANE_SLOTS_MIN;
}

/* What the lane lacks, for who sees this export and for the journal */
static enum err
left_take(struct bundle *b, const struct live_threads *live)
{
	const struct state *s = b->d->state;
	char hex[2 * sizeof s->answer->reply_id + 1];

	b->r->left_out = live->left_cases;
	if (live->left_cases == 0) {
		return OK;
	}
	strcpy(b->r->left_case, s->kase[live->left_case].ref);
	b->left = json_array();
	for (size_t i = 0; i < s->answers; i++) {
		if (live->left[i] && draft_waits(&s->answer[i])) {
			hex_encode(s->answer[i].reply_id,
			    sizeof s->answer[i].reply_id, hex);
			json_array_append_new(b->left, json_string(hex));
		}
	}
	return b->left == NULL ? ERR_MEMORY : OK;
}

static enum err
lane_add(struct bundle *b)
{
	struct sign_purpose why = {.purpose = "lane",
		.desk = b->d->ring->desk};
	struct lane_file f = {-1, hash_new()};
	struct live_threads live;
	struct buf doc = buf_new(LANE_MANIFEST_MAX),
	    sig = buf_new(SIGN_TEXT_MAX);
	uint8_t hash[HASH_LEN];
	struct lane lane;
	enum err e = threads_make(b->d, &live);

	if (e == OK) {
		e = left_take(b, &live);
	}
	memset(&lane, 0, sizeof lane);
	memcpy(why.org, b->d->ring->org, ORG_LEN);
	memcpy(lane.org, b->o->org, ORG_LEN);
	lane.desk = b->o->desk;
	lane.tenure = b->o->tenure;
	lane.serial = b->o->serial;
	lane.day = b->o->day;
	lane.intake_serial = b->o->intake_serial;
	memcpy(lane.intake, b->o->intake, HASH_LEN);
	if (e == OK) {
		f.fd = openat(b->dir, "lane.bin", O_WRONLY | O_CREAT |
		    O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		e = f.fd < 0 ? ERR_IO : f.hash == NULL ? ERR_MEMORY : OK;
	}
	if (e == OK) {
		e = lane_make(&lane, live.thread, live.count,
		    slots_floor(b->d), lane_sink, &f);
	}
	if (e == OK && fsync(f.fd) != 0) {
		e = errno == ENOSPC ? ERR_FULL : ERR_IO;
	}
	if (e == OK) {
		hash_end(f.hash, hash);
		e = file_list(b, "lane.bin", hash);
	}
	if (e == OK) {
		e = lane_write(&lane, &doc);
	}
	if (e == OK) {
		e = sign_make(b->d->ring->operational, &why, doc.p, doc.len,
		    &sig);
	}
	if (e == OK) {
		e = file_add(b, "lane.json", &doc);
	}
	if (e == OK) {
		e = file_add(b, "lane.json.minisig", &sig);
	}
	b->r->slots = lane.slots;
	b->r->replies = live.replies;
	b->r->threads = (unsigned)live.count;
	if (f.fd >= 0) {
		close(f.fd);
	}
	threads_free(&live);
	lane_clear(&lane);
	hash_free(f.hash);
	buf_free(&doc);
	buf_free(&sig);
	return e;
}

static enum err
keyset_add(struct bundle *b)
{
	struct buf doc = buf_new(KEYSET_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct org_blocks blocks = {NULL, 0, 0};
	const struct keyset_person *lacks = NULL;
	unsigned weeks;
	enum err e = org_keyset_files(b->d, &doc, &sig);

	if (e == OK) {
		e = file_add(b, "keyset.json", &doc);
	}
	if (e == OK) {
		e = file_add(b, "keyset.json.minisig", &sig);
	}
	if (e == OK) {
		e = blocks_load(b->d, &blocks);
	}
	/* of a revoked identity no week may be used */
	weeks = keyset_withdrawn(b->d->keyset) ? 0 : weeks_published(b->d);
	for (unsigned i = 0; e == OK && i < weeks; i++) {
		day_t week = week_of(b->d->today) + 7 * (day_t)i;
		char name[WEEK_TEXT], path[32];
		buf_clear(&doc);
		week_text(week, name);
		e = blocks_epoch(&blocks, b->d->keyset, week, &doc, &lacks);
		if (e == ERR_UNKNOWN) { /* a holder made no key for it yet */
			if (b->r->lacks[0] == 0) {
				strcpy(b->r->lacks, lacks->id);
				strcpy(b->r->lacks_week, name);
			}
			e = OK;
			continue;
		}
		snprintf(path, sizeof path, "epochs/%s.json", name);
		if (e == OK) {
			e = file_add(b, path, &doc);
			b->r->weeks++;
			b->whole += i == b->whole;
		}
		/* without a gap: of weeks in one the gateway keeps old ones */
		if (e == OK && keyring_week(b->d->ring, week) != NULL &&
		    (i == 0 || b->reach == week - 7)) {
			b->reach = week;
		}
	}
	if (e == OK) {
		b->others = heir_keys_others(b->d, &blocks,
		    week_of(b->d->today), b->whole);
	}
	blocks_free(&blocks);
	buf_free(&doc);
	buf_free(&sig);
	return e;
}

static enum err
page_add(struct bundle *b)
{
	static const char *const names[] = {"page.json",
		"page.json.minisig", "page.json.holder.minisig"};
	enum err e = OK;

	if (!pagesign_ready(b->d)) {
		return OK;
	}
	for (unsigned i = 0; i < 3 && e == OK; i++) {
		struct buf doc = buf_new(65536);
		e = file_read(b->d->public, names[i], &doc);
		if (e == OK) {
			e = file_add(b, names[i], &doc);
		} else if (e == ERR_UNKNOWN) {
			e = OK;
		}
		buf_free(&doc);
	}
	return e;
}

static void
outbound_fill(const struct desk *d, struct outbound *o)
{
	const struct state *s = d->state;
	bool behind = s->applied_serial > s->out_serial;

	memcpy(o->org, d->ring->org, ORG_LEN);
	o->desk = d->ring->desk;
	o->tenure = s->tenure;
	/* After a restore the gateway may know higher numbers than we do */
	o->serial = (behind ? s->applied_serial : s->out_serial) + 1;
	memcpy(o->previous, behind ? s->applied_hash : s->out_hash,
	    HASH_LEN);
	o->day = d->today;
	o->confirmed_serial = state_confirmed(s, o->confirmed);
	if (s->manifests > 0) {
		const struct manifest *m = &s->manifest[s->manifests - 1];
		o->intake_serial = m->serial;
		memcpy(o->intake, m->hash, HASH_LEN);
	}
}

static enum err
manifest_add(struct bundle *b)
{
	struct sign_purpose why = {.purpose = "outbound",
		.desk = b->o->desk};
	struct buf doc = buf_new(OUTBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	enum err e = outbound_write(b->o, &doc);

	memcpy(why.org, b->o->org, ORG_LEN);
	if (e == OK) {
		e = sign_make(b->d->ring->operational, &why, doc.p, doc.len,
		    &sig);
	}
	if (e == OK) {
		e = file_create(b->dir, "outbound.json.minisig", sig.p,
		    sig.len);
	}
	if (e == OK) { /* written last */
		e = file_create(b->dir, "outbound.json", doc.p, doc.len);
	}
	buf_free(&doc);
	buf_free(&sig);
	return e;
}

static enum err
journal_export(struct bundle *b)
{
	json_t *o = event_new(b->d, "export");

	json_object_set_new(o, "serial",
	    json_integer((json_int_t)b->o->serial));
	event_hex(o, "sha256", b->o->hash, HASH_LEN);
	json_object_set_new(o, "slots", json_integer(b->r->slots));
	json_object_set_new(o, "confirmed",
	    json_integer((json_int_t)b->o->confirmed_serial));
	json_object_set(o, "others", b->others);
	if (json_array_size(b->left) > 0) {
		json_object_set(o, "left_out", b->left);
	}
	if (b->reach != DAY_NONE) {
		char week[WEEK_TEXT];
		week_text(b->reach, week);
		json_object_set_new(o, "keys_to", json_string(week));
	}
	return desk_record(b->d, o);
}

/* What lies under the bundle's name is moved aside, never removed */
static enum err
appear(struct bundle *b, int stick, const char *tmp)
{
	struct outgoing_result *r = b->r;

	if (faccessat(stick, r->folder, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		unsigned n = 0;
		do {
			snprintf(r->moved, sizeof r->moved, "%s.before-%llu%c",
			    r->folder, (unsigned long long)r->serial,
			    (char)('a' + n));
		} while (faccessat(stick, r->moved, F_OK,
		    AT_SYMLINK_NOFOLLOW) == 0 && ++n < 26);
		if (renameat(stick, r->folder, stick, r->moved) != 0) {
			return ERR_IO;
		}
	}
	if (renameat(stick, tmp, stick, r->folder) != 0) {
		return ERR_IO;
	}
	return folder_sync(stick);
}

/* May this machine speak for the desk? */
enum err
outgoing_allowed(const struct desk *d)
{
	enum err e = desk_keyset_need(d);

	if (e != OK) {
		return e;
	}
	if (state_superseded(d->state)) {
		say_superseded();
		return ERR_STALE;
	}
	if (keyset_person(d->keyset, d->ring->person) == NULL) {
		say_error("the keyset does not name you yet; ask the founder "
		    "for `keyset --add-holder` and accept the new keyset");
		return ERR_POLICY;
	}
	if (d->ring->role != PERSON_HOLDER) {
		say_error("an approver signs, and exports nothing");
		return ERR_POLICY;
	}
	if (keyset_expired(d->keyset, d->today) &&
	    !keyset_withdrawn(d->keyset)) {
		say_error("the keyset has expired: no reporter would accept "
		    "it. Run `keyset --renew` (founder)");
		return ERR_STALE;
	}
	return OK;
}

enum err
outgoing_make(struct desk *d, int stick, struct outgoing_result *r)
{
	struct bundle b = {.d = d, .dir = -1, .epochs = -1, .r = r,
		.reach = DAY_NONE};
	char tmp[64];
	enum err e = OK;

	b.o = calloc(1, sizeof *b.o);
	if (b.o == NULL) {
		return ERR_MEMORY;
	}
	outbound_fill(d, b.o);
	r->serial = b.o->serial;
	r->confirmed = b.o->confirmed_serial;
	snprintf(r->folder, sizeof r->folder, "outbound-%u", b.o->desk);
	snprintf(tmp, sizeof tmp, "outbound-%u.tmp", b.o->desk);
	folder_remove(stick, tmp);
	e = folder_open(stick, tmp, true, &b.dir);
	if (e == OK) {
		e = folder_open(b.dir, "epochs", true, &b.epochs);
	}
	if (e == OK) {
		e = lane_add(&b);
	}
	if (e == OK) {
		e = keyset_add(&b);
	}
	if (e == OK) {
		e = page_add(&b);
	}
	if (e == OK) {
		e = manifest_add(&b);
	}
	if (e == OK) { /* a number is never used twice, even if unseen */
		e = journal_export(&b);
	}
	if (b.epochs >= 0) {
		close(b.epochs);
	}
	if (b.dir >= 0) {
		close(b.dir);
	}
	if (e == OK) {
		e = appear(&b, stick, tmp);
	}
	if (e != OK) {
		folder_remove(stick, tmp);
	}
	json_decref(b.others);
	json_decref(b.left);
	free(b.o);
	return e;
}
