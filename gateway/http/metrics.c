/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Counters for the monitoring of IT, as Prometheus reads them (text format
 * 0.0.4), on a listener of their own. IT is an adversary too, and whoever
 * polls every few seconds would see a report come in by a number that grows.
 * So nothing here moves by a visitor's act but when the day changes: counts
 * are those of the last whole day, in whole COUNT_STEPs, so that few are
 * none; room in the store is that of the day's beginning, in whole
 * ROOM_STEPs. Nothing counts reports.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../process/events.h"
#include "exchange.h"
#include "meldluik/calendar.h"
#include "meldluik/keyset.h"

#define COUNT_STEP 10u
#define ROOM_STEP (UINT64_C(64) << 20)
#define WEEKS_LOOK 60 /* ahead; no ceremony makes more */
#define DAY_SECONDS 86400
#define TEXT_MAX 8192u
#define TYPE "text/plain; version=0.0.4; charset=utf-8"

static const struct {
	enum event event;
	const char *why;
} counted[] = {
	{EVENT_GUARD, "malformed"},
	{EVENT_SLOW, "slow"},
	{EVENT_NO_SLOT, "busy"},
	{EVENT_FULL, "no_room"},
	{EVENT_CIRCUIT, "circuit"},
	{EVENT_COURIER_REFUSED, "courier_token"},
	{EVENT_HTTP_LIBRARY, "library"},
};

static void
say(struct buf *b, const char *name, const char *help)
{
	char line[256];
	int n = snprintf(line, sizeof(line),
	    "# HELP meldluik_%s %s\n# TYPE meldluik_%s gauge\n", name, help,
	    name);

	buf_put(b, line, (size_t)n);
}

/* ${labels}: "" or in braces */
static void
value(struct buf *b, const char *name, const char *labels, int64_t v)
{
	char line[128];
	int n = snprintf(line, sizeof(line), "meldluik_%s%s %" PRId64 "\n",
	    name, labels, v);

	buf_put(b, line, (size_t)n);
}

static void
one(struct buf *b, const char *name, const char *help, int64_t v)
{
	say(b, name, help);
	value(b, name, "", v);
}

static void
put_counts(struct buf *b)
{
	char labels[48];
	unsigned long n;
	size_t i;

	say(b, "refused", "Refused on the last whole day, in tens.");
	for (i = 0; i < sizeof(counted) / sizeof(*counted); i++) {
		n = log_yesterday(counted[i].event);
		(void)snprintf(labels, sizeof(labels), "{why=\"%s\"}",
		    counted[i].why);
		value(b, "refused", labels, (int64_t)(n - n % COUNT_STEP));
	}
}

static void
put_room(struct buf *b, const struct ask_answer *a)
{
	one(b, "text_free_bytes", "Room for texts when the day began, in 64 "
	    "MiB.", (int64_t)(a->total - a->total % ROOM_STEP));
	one(b, "bulk_free_bytes", "Room for attachments when the day began, "
	    "in 64 MiB.", (int64_t)(a->serial - a->serial % ROOM_STEP));
	one(b, "text_full", "1 if texts were refused for want of room when "
	    "the day began.", (a->next & FIGURES_TEXT_FULL) != 0);
	one(b, "bulk_full", "1 if attachments were.",
	    (a->next & FIGURES_BULK_FULL) != 0);
}

/* What everybody may read of the signed files */
static void
put_public(struct buf *b, day_t today)
{
	const struct snapshot *s = snapshot_take();
	const struct keyset *k = snapshot_keyset(s);
	char week[WEEK_TEXT], path[32];
	struct public_file f;
	int ahead = 0;

	one(b, "open", "1 if reports can be sent.",
	    k != NULL && snapshot_epoch(s) != NULL);
	if (k != NULL) {
		one(b, "keyset_days", "Days until the keyset ends.",
		    k->not_after - today);
	}
	while (ahead < WEEKS_LOOK) {
		week_text(week_of(today) + 7 * ahead, week);
		(void)snprintf(path, sizeof(path), "epochs/%s.json", week);
		if (!snapshot_file(s, path, &f)) {
			break;
		}
		ahead++;
	}
	one(b, "weeks", "Weeks from this one on that have a key.", ahead);
	snapshot_release(s);
}

static void
metrics_done(struct exchange *x, void *arg, const struct ask_answer *a)
{
	struct buf b;
	day_t today = exchange_today();

	(void)arg;
	if (a->err != OK) {
		exchange_error_of(x, a->err, "stale");
		return;
	}
	b = buf_new(TEXT_MAX);
	say(&b, "info", "The program.");
	value(&b, "info", "{version=\"" MELDLUIK_VERSION "\"}", 1);
	one(&b, "day_timestamp_seconds", "Date in Europe/Amsterdam, as "
	    "midnight UTC, on which these figures changed last.",
	    (int64_t)today * DAY_SECONDS);
	put_counts(&b);
	put_room(&b, a);
	put_public(&b, today);
	if (b.failed) {
		exchange_error(x, 503, "busy");
	} else {
		exchange_answer(x, 200, TYPE, b.p, b.len, 0);
	}
	buf_free(&b);
}

static void
metrics_finish(struct exchange *x)
{
	struct ask_request q;

	memset(&q, 0, sizeof(q));
	q.what = ASK_FIGURES;
	ask_store(x, &q, metrics_done, NULL);
}

const struct handler metrics_handlers[] = {
	{METHOD_GET, "/metrics", 0, NULL, NULL, metrics_finish, NULL},
	{METHOD_GET, NULL, 0, NULL, NULL, NULL, NULL},
};
