/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the gateway answers on its own listener, read as any reporter reads
 * it: alive, keyset, this week's keys, boards. The answers are signed, and
 * checked; a hostile server is not the doctor's case (meldluik-reporter
 * verify, from elsewhere, is).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../process/address.h"
#include "doctor.h"
#include "meldluik/json.h"
#include "meldluik/keyset.h"

#define ANSWER_MAX 1048576u
#define WAIT_SECONDS 10
#define NOBODY (-1) /* where a status would be */
#define KEYSET_WARN_DAYS 60
#define BOARD_WARN_DAYS 15 /* every desk exports at least every two weeks */

static int
dial(const char *where)
{
	struct timeval wait = {WAIT_SECONDS, 0};
	struct sockaddr_storage s;
	socklen_t len;
	int fd;

	if (!address_parse(where, &s, &len)) {
		return -1;
	}
	fd = socket(s.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return -1;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	if (connect(fd, (struct sockaddr *)&s, len) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Status of GET ${path} on ${fd}, which is closed; 0 when nothing answers;
 * the body into ${out}. ${before}: sent first. */
static int
ask(int fd, const char *before, const char *path, struct buf *out)
{
	struct buf all = buf_new(ANSWER_MAX);
	char question[256], piece[4096];
	const char *body;
	int status = 0, n;
	ssize_t got;

	n = snprintf(question, sizeof(question), "%sGET %s HTTP/1.1\r\n"
	    "Host: doctor\r\nConnection: close\r\n\r\n", before, path);
	if (write(fd, question, (size_t)n) == n) {
		while ((got = read(fd, piece, sizeof(piece))) > 0) {
			buf_put(&all, piece, (size_t)got);
		}
	}
	close(fd);
	if (buf_cstr(&all) != NULL &&
	    strncmp((const char *)all.p, "HTTP/1.1 ", 9) == 0 &&
	    (body = strstr((const char *)all.p, "\r\n\r\n")) != NULL) {
		status = atoi((const char *)all.p + 9);
		body += 4;
		buf_clear(out);
		buf_put(out, body, all.len -
		    (size_t)(body - (const char *)all.p));
	}
	buf_free(&all);
	return status;
}

/* The same, on the listener ${i} for reporters; NOBODY when none takes the
 * connection */
static int
get_on(const struct doctor *d, unsigned i, const char *path, struct buf *out)
{
	int fd = dial(d->config->listen_public[i]);

	if (fd < 0) {
		return NOBODY;
	}
	/* to the listener for tor, as tor */
	return ask(fd, i == config_circuits(d->config) ?
	    "PROXY TCP6 fc00:dead:beef:4dad::0:0 ::1 1 80\r\n" : "", path,
	    out);
}

/* The same, on the first of them that takes the connection */
static int
get(const struct doctor *d, const char *path, struct buf *out)
{
	int status = NOBODY;
	unsigned i;

	for (i = 0; status == NOBODY && i < d->config->listeners; i++) {
		status = get_on(d, i, path, out);
	}
	return status;
}

/* One that answers says nothing of the others: a socket can be cut off from
 * its file, and its visitors with it */
static void
check_listeners(struct doctor *d)
{
	const struct config *c = d->config;
	struct buf b = buf_new(ANSWER_MAX);
	unsigned i, mended = d->mend;
	int fd;

	for (i = 0; i < c->listeners; i++) {
		if (get_on(d, i, "/healthz", &b) != 200) {
			doctor_mend(d, "listener", "%s does not answer, the "
			    "others do; do: systemctl restart "
			    "meldluik-gateway.socket meldluik-gateway",
			    c->listen_public[i]);
		}
	}
	if (c->has_credential && ((fd = dial(c->listen_courier)) < 0 ||
	    ask(fd, "", "/", &b) <= 0)) {
		doctor_mend(d, "listener", "%s, the courier's door, does not "
		    "answer; do: systemctl restart "
		    "meldluik-gateway-courier.socket meldluik-gateway",
		    c->listen_courier);
	}
	if (d->mend == mended) {
		doctor_ok(d, "listeners", "all answer");
	}
	buf_free(&b);
}

/* What they hold is for IT's own monitoring, and nobody else's */
static void
check_counters(struct doctor *d)
{
	const char *where = d->config->listen_metrics;
	struct buf b = buf_new(ANSWER_MAX);
	struct stat st;
	int fd;

	if (where[0] == '\0') {
		doctor_ok(d, "counters", "off");
	} else if ((fd = dial(where)) < 0 ||
	    ask(fd, "", "/metrics", &b) != 200) {
		doctor_mend(d, "counters", "%s does not answer; do: systemctl "
		    "restart meldluik-gateway-metrics.socket "
		    "meldluik-gateway, or take metrics out of [listen]",
		    where);
	} else if (stat(where + 5, &st) == 0 && (st.st_mode & 0006) != 0) {
		doctor_mend(d, "counters", "%s is open to everybody here; do: "
		    "systemctl revert meldluik-gateway-metrics.socket, or "
		    "SocketMode=0660 and a SocketGroup", where);
	} else {
		doctor_ok(d, "counters", "answer, to %s alone",
		    (st.st_mode & 0060) != 0 ? "their group" : "their owner");
	}
	buf_free(&b);
}

static void
check_boards(struct doctor *d, const struct keyset *k)
{
	struct buf b = buf_new(ANSWER_MAX);
	const char *text;
	char path[48];
	unsigned i, old = 0;
	json_t *o;
	day_t day;

	for (i = 0; i < k->desks; i++) {
		(void)snprintf(path, sizeof(path), "/v1/board/%u.json",
		    k->desk[i].number);
		o = NULL;
		if (get(d, path, &b) != 200 ||
		    json_read(b.p, b.len, ANSWER_MAX, &o) != OK ||
		    (text = json_string_value(json_object_get(o, "day")))
		    == NULL || day_parse(text, &day) != OK ||
		    d->today - day > BOARD_WARN_DAYS) {
			old++;
		}
		json_decref(o);
	}
	buf_free(&b);
	if (old > 0) {
		doctor_mend(d, "board", "%u of %u desks brought no answers "
		    "for %d days; do: ask the coordinators to export, and the "
		    "courier to deliver", old, k->desks, BOARD_WARN_DAYS);
	} else {
		doctor_ok(d, "board", "every desk's is fresh");
	}
}

/* The signed list of what the reporter's page is made of, beside the one that
 * came with this program: outsiders are told not to use a page of another */
static void
check_page(struct doctor *d)
{
	char *own = doctor_file(d, "/usr/share/meldluik/page.json");
	struct buf b = buf_new(ANSWER_MAX);

	if (own == NULL) {
		goto out; /* not from the package */
	}
	if (get(d, "/v1/page.json", &b) != 200) {
		doctor_mend(d, "page", "nobody signed what it is made of, so "
		    "outsiders cannot see whether it was swapped; do: ask the "
		    "coordinator for keyset --page (OPERATING.md, First day)");
	} else if (b.len != strlen(own) || memcmp(b.p, own, b.len) != 0) {
		doctor_mend(d, "page", "what is signed is of another release, "
		    "and outsiders are told not to use this one; do: ask the "
		    "coordinator for keyset --page with page.json of this "
		    "release (OPERATING.md, Update)");
	} else {
		doctor_ok(d, "page", "signed as installed");
	}
out:
	free(own);
	buf_free(&b);
}

static void
check_keyset(struct doctor *d)
{
	struct buf doc = buf_new(ANSWER_MAX), sig = buf_new(ANSWER_MAX);
	char fingerprint[FINGERPRINT_TEXT], week[WEEK_TEXT], path[64];
	struct keyset *k = NULL;

	if (get(d, "/v1/keyset.json", &doc) != 200 ||
	    get(d, "/v1/keyset.json.minisig", &sig) != 200 ||
	    keyset_parse(doc.p, doc.len, sig.p, sig.len,
	    d->config->has_identity ? &d->config->identity : NULL, &k) !=
	    OK) {
		doctor_mend(d, "keyset", "none that verifies is served: the "
		    "page says \"not open\"; do: deliver the desk's bundle "
		    "(meldluik-courier deliver)");
		goto out;
	}
	if (k->not_after - d->today < KEYSET_WARN_DAYS) {
		doctor_mend(d, "keyset", "ends in %d days, and then the page "
		    "closes; do: ask the coordinator for keyset --renew with "
		    "the paper sheets, and export",
		    (int)(k->not_after - d->today));
	} else {
		doctor_ok(d, "keyset", "good for %d days",
		    (int)(k->not_after - d->today));
	}
	sign_fingerprint(&k->identity, fingerprint);
	doctor_ok(d, "fingerprint", "%s; compare it with the poster, and from "
	    "another machine: meldluik-reporter verify keyset", fingerprint);
	week_text(week_of(d->today), week);
	(void)snprintf(path, sizeof(path), "/v1/epochs/%s.json", week);
	if (get(d, path, &doc) != 200) {
		doctor_mend(d, "weeks", "this week has no key, so the newest "
		    "one serves on; do: ask the coordinator to rotate and "
		    "export");
	} else {
		doctor_ok(d, "weeks", "this week has its key");
	}
	check_boards(d, k);
	check_page(d);
out:
	keyset_free(k);
	buf_free(&doc);
	buf_free(&sig);
}

/* Who is to blame when /healthz, which web asks its store for, is not 200.
 * A stopped process still has its connections taken, by the kernel. */
static void
blame(struct doctor *d, int health)
{
	struct buf b = buf_new(ANSWER_MAX);

	if (health == NOBODY) {
		doctor_mend(d, "gateway", "does not run: nothing listens; do: "
		    "systemctl restart meldluik-gateway, then journalctl -u "
		    "meldluik-gateway");
	} else if (health != 0) {
		doctor_mend(d, "gateway", "answers, its store does not; do: "
		    "systemctl restart meldluik-gateway, then journalctl -u "
		    "meldluik-gateway");
	} else if (get(d, "/.well-known/security.txt", &b) > 0) {
		doctor_mend(d, "gateway", "web answers, its store hangs: no "
		    "answer in %d seconds; do: ps -eo pid,stat,args | grep "
		    "role-store. T: somebody stopped it, kill -CONT PID. D: "
		    "it waits for the disk, look with dmesg. Else: systemctl "
		    "restart meldluik-gateway", WAIT_SECONDS);
	} else {
		doctor_mend(d, "gateway", "its web hangs: connections are "
		    "taken, no answer in %d seconds; do: ps -eo pid,stat,args "
		    "| grep role-web. T: somebody stopped it, kill -CONT PID. "
		    "Else: systemctl restart meldluik-gateway", WAIT_SECONDS);
	}
	buf_free(&b);
}

void
doctor_world(struct doctor *d)
{
	struct buf b = buf_new(ANSWER_MAX);
	int status = get(d, "/healthz", &b);

	if (status != 200) {
		blame(d, status);
	} else {
		doctor_ok(d, "gateway", "web and store answer");
		check_listeners(d);
		check_keyset(d);
		check_counters(d);
	}
	buf_free(&b);
}
