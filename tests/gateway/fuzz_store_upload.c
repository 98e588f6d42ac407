/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The state machine of uploads, by acts: begin, parts right and wrong,
 * finish, commit, the two flushes, forget, a restart, time. A model beside it knows
 * which bytes were taken. Whatever the order: what is receipted is what was
 * taken, in order; a session never expects more than it was given; nothing is
 * left of the budget once the sessions are gone; a receipt once committed
 * comes back the same and its envelope whole. ERR_FULL and a full table are
 * other tests' matter: budgets are wide here.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store_kit.h"

#define SESSIONS 3u
#define PARTS 8u
#define SMALL 131072u  /* one part */
#define LARGE 3145728u /* three parts and a short one */
#define ACTS 96u
#define LIFE 86401u

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

struct model {
	uint8_t id[UPLOAD_ID];
	bool begun, done, kept; /* kept: the receipt was committed */
	bool less;              /* the store may have let go of parts */
	uint32_t next;          /* at most what the store may expect */
	const struct buf *e;
	uint8_t digest[HASH_LEN]; /* of what was receipted */
	struct store_receipt receipt;
};

static char folder[64];
static struct store *s;
static struct kit_org org;
static struct buf small, large;
static uint8_t part[ENVELOPE_PART + 1];
static uint64_t seconds, number;
static day_t this_week;

static void
must(bool yes, const char *what)
{
	if (!yes) {
		fprintf(stderr, "fuzz_store_upload: %s\n", what);
		abort();
	}
}

static void
reopen(void)
{
	struct store_options o = kit_options(folder);

	o.uploads_max = 64;
	store_close(s);
	s = NULL;
	must(store_open(&o, &s) == OK, "open");
	store_today(s, KIT_DAY);
}

static void
end(void)
{
	store_close(s);
	s = NULL; /* the next one opens anew */
	kit_remove(folder);
}

static void
anew(void)
{
	kit_folder(folder);
	reopen();
	kit_install(s, &org, KIT_DAY);
}

static void
setup(void)
{
	must(secret_setup() == OK, "secrets");
	this_week = week_of(KIT_DAY);
	kit_org_make(&org, "one", KIT_DAY);
	kit_envelope(&small, SMALL);
	kit_envelope(&large, LARGE);
	anew();
	atexit(end);
}

static size_t
part_of(const struct buf *e, uint32_t n, uint8_t *out)
{
	size_t at = (size_t)(n - 1) * ENVELOPE_PART, some;

	if (n == 0 || at >= e->len) {
		return 0;
	}
	some = e->len - at < ENVELOPE_PART ? e->len - at : ENVELOPE_PART;
	memcpy(out, e->p + at, some);
	return some;
}

static uint32_t
parts_of(const struct buf *e)
{
	return (uint32_t)((e->len + ENVELOPE_PART - 1) / ENVELOPE_PART);
}

/* What the store says of a session, which may be less after a restart */
static void
heed(struct model *m, uint32_t next)
{
	must(next >= 1 && next <= m->next, "expects more than it was given");
	m->next = next;
	m->less = false;
}

/* ${how}: bit 0-1 which number, bit 2 other bytes, bit 3-4 which length */
static void
give(struct model *m, uint8_t how)
{
	static const uint32_t strange[] = {0, 1, UINT32_MAX, 77};
	uint32_t n = m->next, next = 0;
	bool right = (how & 4) == 0 && (how & 24) == 0;
	size_t len;
	enum err e;

	switch (how & 3) {
	case 1:
		n = m->next - 1; /* again */
		break;
	case 2:
		n = m->next + 1;
		break;
	case 3:
		n = strange[how >> 6];
		break;
	}
	len = part_of(m->e, n, part);
	if (len == 0) {
		right = false;
		len = 9;
		memset(part, 'x', len);
	}
	part[len / 2] ^= (how & 4) != 0;
	if ((how & 24) == 8) {
		len = len > 1 ? len - 1 : 0;
	} else if ((how & 24) == 16) {
		len = 0;
	} else if ((how & 24) == 24) {
		len = ENVELOPE_PART + 1;
	}
	e = store_upload_part(s, m->id, n, part, len, &next);
	if (e == OK && !m->done && (n == m->next ||
	    (m->less && n < m->next))) {
		/* Wrong bytes may be taken: finish must find them. To keep the
		 * model a prefix of the envelope, wrong ones end the session's
		 * hope of a receipt. */
		m->next = n + 1;
		m->less = false;
		if (!right) {
			m->e = NULL;
		}
	} else if (e == OK) {
		must(n == m->next - 1 && right, "took a part that is none");
	} else if (e == ERR_CONFLICT) {
		heed(m, next);
	} else if (e == ERR_UNKNOWN) {
		must(!m->kept, "forgot what it had receipted");
		m->next = 1;
	} else {
		must(e == ERR_LIMIT || e == ERR_FORMAT || e == ERR_POLICY ||
		    e == ERR_STALE || e == ERR_UNKNOWN, "part: other error");
		must(!right || m->done || n != m->next ||
		    n > parts_of(m->e), "refused a right part");
	}
}

static void
finish(struct model *m, uint8_t how)
{
	struct store_receipt r;
	uint8_t digest[HASH_LEN];
	day_t week = (how & 2) != 0 ? this_week - 7 : this_week;
	enum err e;

	memset(digest, how, sizeof(digest));
	if (m->e != NULL) {
		hash_bytes(m->e->p, m->e->len, digest);
	}
	digest[0] ^= how & 1;
	e = store_upload_finish(s, m->id, digest, week, &r);
	if (e != OK) {
		must(!m->kept || how != 0, "a kept receipt is refused");
		if (e == ERR_UNKNOWN) {
			must(!m->kept, "forgot what it had receipted");
			m->next = 1;
		}
		return;
	}
	must(m->e != NULL && (how & 3) == 0, "receipted what was not sent");
	must(m->done || m->next == parts_of(m->e) + 1, "receipted a part");
	if (m->kept) {
		must(r.len == m->receipt.len &&
		    memcmp(r.note, m->receipt.note, r.len) == 0,
		    "another receipt");
	}
	m->done = true;
	m->receipt = r;
	memcpy(m->digest, digest, HASH_LEN);
}

static void
committed(struct model *all)
{
	for (unsigned i = 0; i < SESSIONS; i++) {
		all[i].kept = all[i].kept || all[i].done;
	}
}

/* What was asked since the last commit never was; parts may be kept */
static void
forgotten(struct model *all)
{
	for (unsigned i = 0; i < SESSIONS; i++) {
		all[i].done = all[i].kept;
		all[i].less = true;
	}
}

/* With them a flush is a commit */
static bool
receipts_wait(const struct model *all)
{
	bool any = false;

	for (unsigned i = 0; i < SESSIONS; i++) {
		any = any || (all[i].done && !all[i].kept);
	}
	return any;
}

static void
begin(struct model *m, uint8_t how)
{
	day_t week = (how & 3) == 3 ? this_week - 700 : this_week;
	enum err e;

	if (m->begun) {
		return;
	}
	e = store_upload_begin(s, week, m->id);
	must(e == (week == this_week ? OK : ERR_STALE), "begin");
	m->begun = e == OK;
	m->next = 1;
	m->e = (how & 4) != 0 ? &large : &small;
}

static void
act(struct model *all, uint8_t what, uint8_t how)
{
	struct model *m = &all[(what >> 4) % SESSIONS];

	switch (what & 15) {
	case 0:
	case 1:
		begin(m, how);
		break;
	case 2:
	case 3:
	case 4:
	case 5:
	case 6:
		if (m->begun && m->e != NULL) {
			give(m, (what & 15) < 5 ? 0 : how);
		}
		break;
	case 7:
	case 8:
	case 9:
		if (m->begun) {
			finish(m, (what & 15) == 9 ? how : 0);
		}
		break;
	case 10:
		if (receipts_wait(all)) {
			break;
		}
		must(store_flush_parts(s) == OK, "flush of parts");
		break;
	case 11:
		must(store_commit(s) == OK, "commit");
		committed(all);
		break;
	case 12:
		store_abort(s);
		forgotten(all);
		break;
	case 13:
		must(store_commit(s) == OK, "commit");
		committed(all);
		seconds += how;
		must(store_beat(s, seconds) == OK, "beat");
		break;
	case 14:
		if (how < 32) {
			reopen();
			forgotten(all);
		}
		break;
	case 15:
		must(store_commit(s) == OK, "commit");
		committed(all);
		must(store_flush(s) == OK, "flush");
		break;
	}
}

static void
envelopes_are_whole(struct model *all)
{
	struct buf back = buf_new(LARGE + ENVELOPE_PART);
	uint64_t serial, total;

	must(store_manifest_cut(s, &serial) == OK && store_commit(s) == OK,
	    "manifest");
	for (unsigned i = 0; i < SESSIONS; i++) {
		struct model *m = &all[i];

		if (!m->kept) {
			continue;
		}
		finish(m, 0);
		buf_clear(&back);
		must(store_envelope(s, m->digest, 0, m->e->len, &back,
		    &total) == OK && total == m->e->len &&
		    memcmp(back.p, m->e->p, back.len) == 0, "envelope");
	}
	must(store_commit(s) == OK, "commit");
	buf_free(&back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct model all[SESSIONS];
	struct store_figures before, after;
	bool any = false;

	if (s == NULL) {
		setup();
	}
	memset(all, 0, sizeof(all));
	kit_envelope_vary(&small, number++);
	kit_envelope_vary(&large, number++);
	store_figures(s, &before);
	if (before.bulk_free < (128u << 20)) {
		end();
		anew();
		store_figures(s, &before);
	}
	for (size_t i = 0; i + 1 < len && i < 2 * ACTS; i += 2) {
		act(all, p[i], p[i + 1]);
	}
	must(store_commit(s) == OK, "the last commit");
	committed(all);
	envelopes_are_whole(all);
	seconds += LIFE;
	must(store_beat(s, seconds) == OK, "beat");
	seconds += LIFE;
	must(store_beat(s, seconds) == OK, "beat");
	store_figures(s, &after);
	for (unsigned i = 0; i < SESSIONS; i++) {
		any = any || all[i].kept;
	}
	must(any ? after.bulk_free < before.bulk_free :
	    after.bulk_free == before.bulk_free, "the budget");
	return 0;
}
