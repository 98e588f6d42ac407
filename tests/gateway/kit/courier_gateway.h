/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A gateway for the courier, in its own process: a keyset, two manifests of
 * four envelopes, and lies when the test says so. For one program, linked
 * with --wrap for sleep and fstatvfs.
 */
#ifndef COURIER_GATEWAY_H
#define COURIER_GATEWAY_H

#include <sys/statvfs.h>

#define ANSWER_TRIES 3
#include "answering.h"
#include "courier.h"
#include "store_cmocka.h"

#define LARGE 3145728u /* three pieces */
#define ENVELOPES 4u
#define ASKED 64u

/* How the gateway answers for an envelope */
enum lie { TRUE_ONE, ALL_OF_IT, NO_RANGE, OTHER_PLACE, OTHER_SIZE, TOO_FAR,
	OTHER_BYTES, ERASED, SPOILED, SHORT };

struct manifest_at {
	struct buf doc, sig;
};

static struct gateway {
	struct kit_org org;
	uint8_t seed[SIGN_SEED];
	struct manifest_at manifest[4];
	uint64_t manifests, first;
	const char *cut; /* what a cut is answered; NULL: as it is */
	struct buf envelope[ENVELOPES];
	uint8_t hash[ENVELOPES][HASH_LEN];
	enum lie lie[ENVELOPES];
	unsigned envelopes;
	struct buf board;
	long says[8]; /* of the next pieces of a bundle; 0: taken */
	unsigned said;
	bool forgets; /* the next apply finds nothing */
	long apply;   /* how it is answered; 0: taken */
	const char *applied;
	unsigned long room; /* bytes of the stick; 0: enough */
	char asked[ASKED][96];
	unsigned asks, slept;
} g;

static struct courier_config config;
static struct courier c;
static char folder[64];

unsigned __wrap_sleep(unsigned seconds);
int __real_fstatvfs(int fd, struct statvfs *v);
int __wrap_fstatvfs(int fd, struct statvfs *v);

int
__wrap_fstatvfs(int fd, struct statvfs *v)
{
	int n = __real_fstatvfs(fd, v);

	if (g.room != 0) {
		v->f_bavail = g.room;
		v->f_frsize = 1;
	}
	return n;
}

unsigned
__wrap_sleep(unsigned seconds)
{
	g.slept += seconds;
	return 0;
}

static void
piece(const struct request *q, struct answer *a)
{
	unsigned long long from = 0, to = 0;
	char hex[2 * HASH_LEN + 1];
	unsigned i = 0;

	for (; i < g.envelopes; i++) {
		hex_encode(g.hash[i], HASH_LEN, hex);
		if (strcmp(header(q, "Envelope"), hex) == 0) {
			break;
		}
	}
	assert_in_range(i, 0, g.envelopes - 1);
	assert_int_equal(sscanf(header(q, "Range"), "bytes=%llu-%llu", &from,
	    &to), 2);
	assert_true(from <= to && to < g.envelope[i].len &&
	    to - from < COURIER_PIECE);
	if (g.lie[i] == ERASED) {
		answered(a, 404, "", 0);
		return;
	}
	if (g.lie[i] == SPOILED) {
		answered(a, 422, "{\"error\":\"digest\"}", 18);
		return;
	}
	to -= g.lie[i] == SHORT && to > from ? 1 : 0;
	answered(a, g.lie[i] == ALL_OF_IT ? 200 : 206, g.envelope[i].p + from,
	    (size_t)(to - from + 1));
	a->ranged = g.lie[i] != NO_RANGE;
	a->from = from + (g.lie[i] == OTHER_PLACE);
	a->to = to + (g.lie[i] == TOO_FAR);
	a->total = g.envelope[i].len + (g.lie[i] == OTHER_SIZE);
	a->body.p[0] ^= g.lie[i] == OTHER_BYTES;
}

static void
public_file(const struct request *q, struct answer *a)
{
	const struct buf *b = strcmp(q->path, "/v1/keyset.json") == 0 ?
	    &g.org.doc : strcmp(q->path, "/v1/keyset.json.minisig") == 0 ?
	    &g.org.sig : strcmp(q->path, "/v1/board/1.json") == 0 ? &g.board :
	    NULL;

	assert_non_null(b);
	answered(a, b->len == 0 ? 404 : 200, b->p, b->len);
}

static void
door(const struct request *q, struct answer *a)
{
	unsigned long n = strtoul(header(q, "Serial"), NULL, 10);
	char text[80];

	if (strcmp(q->path, "/v1/bundle/cut") == 0) {
		snprintf(text, sizeof(text), "{\"serial\":%u,\"first\":%u}",
		    (unsigned)g.manifests, (unsigned)g.first);
		assert_string_equal(header(q, "Desk"), "1");
		answered(a, 200, g.cut == NULL ? text : g.cut,
		    strlen(g.cut == NULL ? text : g.cut));
	} else if (strcmp(q->path, "/v1/bundle/envelope") == 0) {
		piece(q, a);
	} else if (strcmp(q->path, "/v1/bundle/outbound") == 0) {
		assert_string_equal(header(q, "Desk"), "1");
		a->status = g.says[g.said] != 0 ? g.says[g.said++] : 200;
	} else if (strcmp(q->path, "/v1/bundle/apply") == 0) {
		answered(a, g.forgets ? 404 : g.apply != 0 ? g.apply : 200,
		    g.applied, g.forgets ? 0 : strlen(g.applied));
		g.forgets = false;
	} else {
		assert_in_range(n, 1, g.manifests);
		answered(a, 200, strstr(q->path, "minisig") != NULL ?
		    g.manifest[n - 1].sig.p : g.manifest[n - 1].doc.p,
		    strstr(q->path, "minisig") != NULL ?
		    g.manifest[n - 1].sig.len : g.manifest[n - 1].doc.len);
	}
}

enum err
transfer_once(struct transfer *t, const struct request *q, struct answer *a)
{
	answer_begin(a, q);
	assert_in_range(g.asks, 0, ASKED - 1);
	snprintf(g.asked[g.asks++], sizeof(g.asked[0]), "%s%s%s%.8s%s%s",
	    q->path + 4, *header(q, "Path") != '\0' ? " " : "",
	    header(q, "Path"), header(q, "Envelope"),
	    *header(q, "Range") != '\0' ? " " : "", header(q, "Range"));
	if (t == c.reader) { /* as any reader: nothing says who asks */
		assert_true(q->headers == NULL);
		public_file(q, a);
	} else {
		door(q, a);
	}
	assert_false(a->body.failed);
	return OK;
}

void transfer_renew(struct transfer *t) { (void)t; }

/* main.c's: what it says is tried by scripts */
enum err courier_refused(const struct courier *k, const char *what,
    enum err e, const struct answer *a)
{
	(void)k;
	(void)what;
	(void)a;
	return e;
}

/* Manifest ${n} lists the envelopes from ${from} up to ${to} */
static void
manifest(uint64_t n, unsigned from, unsigned to, const uint8_t *previous)
{
	struct sign_purpose why = {.purpose = "inbound"};
	struct inbound_envelope list[ENVELOPES];
	struct inbound m = {.generation = 1, .serial = n,
		.day = KIT_DAY + (day_t)n, .envelope = list,
		.envelopes = to - from};
	struct manifest_at *at = &g.manifest[n - 1];

	buf_free(&at->doc);
	buf_free(&at->sig);
	at->doc = buf_new(INBOUND_MAX);
	at->sig = buf_new(SIGN_TEXT_MAX);
	for (unsigned i = from; i < to; i++) {
		memset(&list[i - from], 0, sizeof(*list));
		memcpy(list[i - from].sha256, g.hash[i], HASH_LEN);
		list[i - from].size = g.envelope[i].len;
		list[i - from].day = KIT_DAY;
		list[i - from].week = week_of(KIT_DAY);
	}
	memcpy(m.org, g.org.keyset.org, ORG_LEN);
	memcpy(why.org, m.org, ORG_LEN);
	if (previous != NULL) {
		memcpy(m.previous, previous, HASH_LEN);
	}
	ok(inbound_write(&m, &at->doc));
	ok(sign_make(g.seed, &why, at->doc.p, at->doc.len, &at->sig));
}

static void
follows(uint64_t n, unsigned from, unsigned to)
{
	uint8_t hash[HASH_LEN];

	hash_bytes(g.manifest[n - 2].doc.p, g.manifest[n - 2].doc.len, hash);
	manifest(n, from, to, hash);
}

static int
begin(void **state)
{
	(void)state;
	ok(secret_setup());
	memset(&g, 0, sizeof(g));
	memset(&config, 0, sizeof(config));
	kit_folder(folder);
	kit_org_make(&g.org, "one", KIT_DAY);
	sign_keypair(g.seed, &g.org.keyset.gateway);
	g.org.keyset.has_gateway = true;
	kit_org_next(&g.org, 2, KIT_DAY);
	config.url = (char *)(uintptr_t)"https://meldpunt.example";
	config.desk = 1;
	c = (struct courier){&config, (struct transfer *)&g,
		(struct transfer *)&c}; /* never looked into */
	g.applied = "{\"applied\":true}";
	g.envelopes = ENVELOPES;
	for (unsigned i = 0, n = 0; i < ENVELOPES; i++) {
		kit_envelope(&g.envelope[i], i == 0 ? LARGE :
		    ENVELOPE_CLASS_MIN);
		do { /* the oldest text is not the first by its name */
			kit_envelope_vary(&g.envelope[i], n++);
			hash_bytes(g.envelope[i].p, g.envelope[i].len,
			    g.hash[i]);
		} while (i > 1 && memcmp(g.hash[i], g.hash[1], HASH_LEN) > 0);
	}
	g.manifests = 2;
	g.first = 1;
	manifest(1, 0, 2, NULL);
	follows(2, 2, 4);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ENVELOPES; i++) {
		buf_free(&g.envelope[i]);
		buf_free(&g.manifest[i].doc);
		buf_free(&g.manifest[i].sig);
	}
	buf_free(&g.board);
	kit_org_clear(&g.org);
	kit_remove(folder);
	return 0;
}

#endif
