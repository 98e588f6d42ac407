/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The signed files everybody may read, /healthz and security.txt. Served
 * from the snapshot, byte for byte, with no-store and without validators:
 * an ETag would mark who returns.
 */
#include <stdio.h>
#include <string.h>

#include "exchange.h"
#include "guard.h"
#include "meldluik/calendar.h"

#define SECURITY_DAYS 180 /* security.txt must name an end (RFC 9116) */

static const char *
type_of(const char *path)
{
	size_t n = strlen(path);

	if (n > 5 && strcmp(path + n - 5, ".json") == 0) {
		return "application/json";
	}
	if (n > 8 && strcmp(path + n - 8, ".minisig") == 0) {
		return "text/plain; charset=utf-8";
	}
	return "application/octet-stream";
}

static void
file_begin(struct exchange *x)
{
	const char *path = exchange_path(x) + 4; /* after "/v1/" */
	const char *range = exchange_header(x, "Range");
	const struct snapshot *s = snapshot_take();
	struct public_file f;
	uint64_t from, to;
	char text[80];

	if (!snapshot_file(s, path, &f)) {
		snapshot_release(s);
		exchange_error(x, 404, "unknown");
		return;
	}
	if (strncmp(path, "board/", 6) != 0 || strchr(path, '.') != NULL) {
		exchange_answer_snapshot(x, 200, type_of(path), s, f.p,
		    f.len);
		return;
	}
	exchange_add_header(x, "Accept-Ranges", "bytes");
	if (range == NULL) {
		exchange_answer_snapshot(x, 200, type_of(path), s, f.p,
		    f.len);
		return;
	}
	if (!range_parse(range, f.len, &from, &to)) {
		snprintf(text, sizeof(text), "bytes */%zu", f.len);
		snapshot_release(s);
		exchange_add_header(x, "Content-Range", text);
		exchange_error(x, 416, "range");
		return;
	}
	snprintf(text, sizeof(text), "bytes %llu-%llu/%zu",
	    (unsigned long long)from, (unsigned long long)to, f.len);
	exchange_add_header(x, "Content-Range", text);
	exchange_answer_snapshot(x, 206, type_of(path), s, f.p + from,
	    (size_t)(to - from + 1));
}

static void
health_done(struct exchange *x, void *arg, const struct ask_answer *a)
{
	(void)arg;
	if (a->err != OK) {
		exchange_error_of(x, a->err, "stale");
		return;
	}
	exchange_answer(x, 200, "text/plain; charset=utf-8", "ok\n", 3, 0);
}

/* Says that web and store answer, and nothing else */
static void
health_finish(struct exchange *x)
{
	struct ask_request q;

	memset(&q, 0, sizeof(q));
	q.what = ASK_FIGURES;
	ask_store(x, &q, health_done, NULL);
}

static void
security_begin(struct exchange *x)
{
	char text[512], day[DAY_TEXT];
	int n;

	if (exchange_contact()[0] == '\0') {
		exchange_answer(x, 404, "text/plain; charset=utf-8",
		    "unknown", 7, 0);
		return;
	}
	day_text(exchange_today() + SECURITY_DAYS, day);
	n = snprintf(text, sizeof(text),
	    "Contact: %s\nExpires: %sT00:00:00Z\n"
	    "Preferred-Languages: %s\n", exchange_contact(), day,
	    exchange_languages());
	exchange_answer(x, 200, "text/plain; charset=utf-8", text,
	    (size_t)n, 0);
}

#define FILE_ENTRY(path) \
	{METHOD_GET, path, 0, file_begin, NULL, NULL, NULL}
const struct handler public_handlers[] = {
	FILE_ENTRY("/v1/keyset.json"),
	FILE_ENTRY("/v1/keyset.json.minisig"),
	FILE_ENTRY("/v1/page.json"),
	FILE_ENTRY("/v1/page.json.minisig"),
	FILE_ENTRY("/v1/page.json.holder.minisig"),
	FILE_ENTRY("/v1/epochs/*"),
	FILE_ENTRY("/v1/board/*"),
	{METHOD_GET, "/healthz", 0, NULL, NULL, health_finish, NULL},
	{METHOD_GET, "/.well-known/security.txt", 0, security_begin, NULL,
	    NULL, NULL},
	{METHOD_GET, NULL, 0, NULL, NULL, NULL, NULL},
};
