/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Keys and stick: take in, write out, back up, check; the calendar of week
 * keys, who holds keys, and the organisation's fingerprint.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../backup.h"
#include "../intake.h"
#include "../outgoing.h"
#include "../terminal.h"
#include "ui.h"

static void
weeks_set(struct visit *v)
{
	const struct desk *d = v->d;
	struct view *rows = visit_rows(v, KEYRING_WEEKS_MAX + 8);
	day_t now = week_of(d->today);
	size_t n = 0, first;

	first = d->state->destroyeds > 8 ? d->state->destroyeds - 8 : 0;
	for (size_t i = first; i < d->state->destroyeds; i++, n++) {
		char text[WEEK_TEXT];
		week_text(d->state->destroyed[i], text);
		view_text(&rows[n], "week_name", visit_text(v, "%s",
		    text + 2));
		view_text(&rows[n], "monday", date_short(v,
		    d->state->destroyed[i]));
		view_text(&rows[n], "look", "w-gone");
		view_text(&rows[n], "stand", say(v, TEXT_W_GONE));
	}
	for (unsigned i = 0; i < d->ring->weeks; i++, n++) {
		day_t w = d->ring->week[i].week;
		char text[WEEK_TEXT];
		bool closed = state_week_closed(d->state, w) != 0;
		week_text(w, text);
		view_text(&rows[n], "week_name", visit_text(v, "%s",
		    text + 2));
		view_text(&rows[n], "monday", date_short(v, w));
		view_text(&rows[n], "look", closed ? "w-wait" : w == now ?
		    "w-live" : w < now ? "w-open" :
		    w < now + 7 * (int)WEEKS_PUBLISHED ? "w-open" :
		    "w-made");
		view_text(&rows[n], "stand", say(v, closed ? TEXT_W_WAIT :
		    w == now ? TEXT_W_NOW : w < now ? TEXT_W_OPEN :
		    w < now + 7 * (int)WEEKS_PUBLISHED ? TEXT_W_PUBLIC :
		    TEXT_W_MADE));
	}
	view_list(&v->view, "weeks", rows, n);
}

static void
people_set(struct visit *v)
{
	const struct keyset *k = v->d->keyset;
	struct view *rows = visit_rows(v, KEYSET_PEOPLE_MAX);
	char print[FINGERPRINT_TEXT];
	size_t n = 0;

	for (unsigned i = 0; k != NULL && i < k->people; i++) {
		if (k->person[i].desk != v->d->ring->desk &&
		    k->person[i].role == PERSON_HOLDER) {
			continue;
		}
		sign_fingerprint(&k->person[i].key, print);
		view_text(&rows[n], "who", k->person[i].id);
		view_text(&rows[n], "role", say(v, k->person[i].role ==
		    PERSON_HOLDER ? TEXT_ROLE_HOLDER : TEXT_ROLE_APPROVER));
		view_flag(&rows[n], "me", strcmp(k->person[i].id,
		    v->d->ring->person) == 0);
		view_text(&rows[n++], "print", visit_text(v, "%s", print));
	}
	view_list(&v->view, "people", rows, n);
	view_text(&v->view, "fingerprint", NULL);
	if (k != NULL) {
		sign_fingerprint(&k->identity, print);
		view_text(&v->view, "fingerprint", visit_text(v, "%s",
		    print));
		view_text(&v->view, "keyset_serial", visit_text(v, "%llu",
		    (unsigned long long)k->serial));
		view_text(&v->view, "valid_until", date_long(v,
		    k->not_after));
		view_flag(&v->view, "has_gateway", k->has_gateway);
	}
}

static void
manifests_set(struct visit *v)
{
	const struct state *s = v->d->state;
	size_t first = s->manifests > 12 ? s->manifests - 12 : 0, n = 0;
	struct view *rows = visit_rows(v, 12);

	for (size_t i = s->manifests; i-- > first;) {
		view_text(&rows[n], "number", visit_text(v, "%llu",
		    (unsigned long long)s->manifest[i].serial));
		view_text(&rows[n], "day", date_long(v, s->manifest[i].day));
		view_flag(&rows[n], "complete", s->manifest[i].complete);
		view_flag(&rows[n++], "safe", s->manifest[i].serial <=
		    s->backed_up);
	}
	view_list(&v->view, "manifests", rows, n);
	view_text(&v->view, "out_serial", s->out_serial == 0 ? NULL :
	    visit_text(v, "%llu", (unsigned long long)s->out_serial));
	view_text(&v->view, "applied", s->applied_serial == 0 ? NULL :
	    visit_text(v, "%llu", (unsigned long long)s->applied_serial));
	view_text(&v->view, "applied_on", s->applied_serial == 0 ? "" :
	    date_long(v, s->applied_day));
}

/* Bodies that an earlier stick lacked come with manifests that are known */
static bool
nothing_came(const struct intake_result *r)
{
	return r->replayed && r->reports + r->messages + r->withdrawals +
	    r->duplicates + r->conflicts + r->damaged + r->foreign +
	    r->posted == 0;
}

static void
do_import(struct visit *v, struct buf *said)
{
	struct intake_result r;
	int dir = place_open(v, field(v, "place")), bundle;
	enum err e;

	memset(&r, 0, sizeof r);
	if (dir < 0) {
		return;
	}
	close(dir);
	bundle = bundle_open(v->d, field(v, "place"));
	e = bundle < 0 ? ERR_UNKNOWN : bundle_import(v->d, bundle, &r);
	if (bundle >= 0) {
		close(bundle);
	}
	if (e != OK) {
		notice_said(v, TEXT_IMPORT_FAILED, said);
	} else if (r.refused > 0) {
		notice_bad(v, TEXT_IMPORT_LIES);
	} else if (r.edited > 0) {
		notice_bad(v, TEXT_IMPORT_EDITED);
	} else if (r.missing > 0 || r.no_key > 0) {
		notice_bad(v, r.no_key > 0 ? TEXT_IMPORT_NO_KEY :
		    TEXT_IMPORT_MISSING);
	} else if (r.too_late > 0) {
		notice_bad_n(v, TEXT_IMPORT_TOO_LATE, r.too_late);
	} else if (nothing_came(&r)) {
		notice_good(v, TEXT_IMPORT_NOTHING, NULL);
	} else {
		notice_good(v, TEXT_IMPORT_DONE, say_word(v, TEXT_IMPORT_TELLS,
		    visit_text(v, "%u / %u / %u", r.reports, r.messages,
		    r.posted)));
	}
}

static void
do_export(struct visit *v, struct buf *said)
{
	struct outgoing_result r;
	int dir = place_open(v, field(v, "place"));
	enum err e;

	memset(&r, 0, sizeof r);
	if (dir < 0) {
		return;
	}
	e = outgoing_allowed(v->d);
	if (e == OK) {
		e = outgoing_make(v->d, dir, &r);
	}
	close(dir);
	if (e == ERR_FULL) {
		notice_bad(v, TEXT_EXPORT_FULL);
	} else if (e != OK) {
		notice_said(v, TEXT_EXPORT_FAILED, said);
	} else if (r.left_out > 0) {
		notice_said(v, TEXT_EXPORT_LEFT, said);
	} else if (r.lacks[0] != 0) {
		notice_bad_word(v, r.weeks < 2 ? TEXT_EXPORT_WEEKS :
		    TEXT_EXPORT_LACKS, visit_text(v, "%s (%s)", r.lacks,
		    r.lacks_week));
	} else {
		notice_good(v, r.confirmed < state_complete(v->d->state) ?
		    TEXT_EXPORT_UNCONFIRMED : TEXT_EXPORT_DONE,
		    visit_text(v, "%llu", (unsigned long long)r.serial));
	}
}

static void
do_backup(struct visit *v, struct buf *said)
{
	int dir = place_open(v, field(v, "place"));
	struct backup_made made;
	char day[DAY_TEXT], names[HEIRS_TEXT];
	const char *path;
	unsigned n = 1;
	enum err e;

	if (dir < 0) {
		return;
	}
	day_text(v->d->today, day);
	do {
		path = visit_text(v, "%s/meldluik-%s-%u.age",
		    field(v, "place"), day, n);
	} while (access(path, F_OK) == 0 && n++ < 100);
	close(dir);
	e = backup_make(v->d, path, &made);
	if (e != OK) {
		notice_said(v, TEXT_BACKUP_FAILED, said);
	} else {
		path += strlen(field(v, "place")) + 1;
		notice_good(v, made.second ? TEXT_BACKUP_DONE :
		    TEXT_BACKUP_SAME, made.heirs.n == 0 ? path : visit_text(v,
		    "%s (.deputy: %s)", path, heirs_text(made.heirs.who,
		    made.heirs.n, names)));
	}
}

static void
do_verify(struct visit *v, struct buf *said)
{
	uint64_t records = 0, destroyed = 0;
	enum err e = casebook_check(v->d->book, &records, &destroyed);
	uint8_t head[HASH_LEN];
	char hex[2 * HASH_LEN + 1];

	if (e != OK || backup_whole(v->d) != OK) {
		notice_said(v, TEXT_VERIFY_FAILED, said);
		return;
	}
	journal_head(v->d->book, head);
	hex_encode(head, HASH_LEN, hex);
	notice_good(v, TEXT_VERIFY_DONE, visit_text(v, "%.32s %s", hex,
	    hex + 32));
}

/* A case of another desk; the code is read to them by voice */
static void
do_parcel(struct visit *v, struct buf *said)
{
	struct parcel_taken t;
	struct refusal why;

	(void)said;
	if (act_parcel_take(v->d, field(v, "file"), &t, &why) != OK) {
		notice_refusal(v, &why);
	} else {
		notice_good(v, t.before ? TEXT_REC_BEFORE : TEXT_REC_TAKEN,
		    visit_text(v, "%s (%s)", t.code, t.ref));
	}
}

/* What two people decide: asks the second for a signature, or with it does
 * it and reads what is left */
static void
decided(struct visit *v, struct buf *said, enum err (*decide)(struct visit *v,
    int dir, const char **asked, struct refusal *why))
{
	struct refusal why = {.e = OK};
	int dir = place_open(v, field(v, "place"));
	const char *asked = NULL;
	enum err e;

	if (dir < 0) {
		return;
	}
	e = decide(v, dir, &asked, &why);
	close(dir);
	if (e != OK) {
		notice_refusal(v, &why);
	} else if (asked != NULL) {
		notice_good(v, TEXT_LOST_ASKED, asked);
	} else {
		do_import(v, said);
	}
}

static void
do_lost(struct visit *v, struct buf *said)
{
	decided(v, said, lost_decide);
}

static void
do_resume(struct visit *v, struct buf *said)
{
	decided(v, said, resume_decide);
}

/* What the second signed for it */
static void
do_signed(struct visit *v, struct buf *said)
{
	struct refusal why = {.e = OK};

	(void)said;
	if (request_take_file(v, &why) != OK) {
		notice_refusal(v, &why);
	} else {
		notice_good(v, TEXT_SIGNED, NULL);
	}
}

/* A person says that no other holder took over, whatever the gateway says */
static void
do_deny(struct visit *v, struct buf *said)
{
	struct refusal why = {.e = OK};
	uint64_t tenure;

	(void)said;
	if (act_takeover_deny(v->d, &tenure, &why) != OK) {
		notice_refusal(v, &why);
	} else {
		notice_good(v, TEXT_DENIED, NULL);
	}
}

void
page_keys(struct visit *v)
{
	static const struct {
		const char *what;
		void (*run)(struct visit *v, struct buf *said);
	} work[] = {
		{"import", do_import}, {"export", do_export},
		{"backup", do_backup}, {"verify", do_verify},
		{"parcel", do_parcel}, {"lost", do_lost}, {"resume", do_resume},
		{"signed", do_signed}, {"deny", do_deny},
	};
	struct buf said = buf_new(1024);

	if (!v->post) {
		stick_set(v, &v->view);
		keys_health(v, &v->view);
		places_set(v, &v->view);
		weeks_set(v);
		people_set(v);
		manifests_set(v);
		lost_set(v);
		requests_set(v, NOT_FOUND);
		visit_page(v, PAGE_KEYS, TEXT_TITLE_KEYS, 5);
		buf_free(&said);
		return;
	}
	say_error_keep(&said);
	for (size_t i = 0; i < sizeof work / sizeof *work; i++) {
		if (strcmp(field(v, "do"), work[i].what) == 0) {
			work[i].run(v, &said);
		}
	}
	say_error_keep(NULL);
	buf_free(&said);
	visit_go(v, strcmp(field(v, "do"), "import") == 0 &&
	    !v->ui->notice_bad ? "/inbox" : "/keys");
}
