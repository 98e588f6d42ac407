/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * For desk.sh: the rival of an import (the same files opened with the same
 * keys, in one process, and thrown away), a journal grown to a length, and
 * the fold of a journal. Prints one JSON object.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "decryptor/desk.h"
#include "meldluik/bundle.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"

#define BATCH 1000u
#define FILE_MAX ((size_t)256 << 20)

static void
must(enum err e, const char *what)
{
	if (e != OK) {
		fprintf(stderr, "bench_desk: %s: %s\n", what, err_text(e));
		exit(1);
	}
}

static double
now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* MiB of a field of /proc/self/status */
static double
memory(const char *field)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[256];
	double mib = 0;

	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		if (strncmp(line, field, strlen(field)) == 0) {
			mib = atof(line + strlen(field)) / 1024;
		}
	}
	if (f != NULL) {
		fclose(f);
	}
	return mib;
}

static void
slurp(const char *folder, const char *name, struct buf *out)
{
	char path[4096];
	uint8_t piece[65536];
	FILE *f;
	size_t n;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "rb");
	must(f == NULL ? ERR_IO : OK, path);
	while ((n = fread(piece, 1, sizeof piece, f)) > 0) {
		buf_put(out, piece, n);
	}
	fclose(f);
	must(out->failed ? ERR_LIMIT : OK, path);
}

static enum err
nowhere(void *arg, const uint8_t *p, size_t len)
{
	(void)p;
	*(uint64_t *)arg += len;
	return OK;
}

static void
one_open(const struct keyring *ring, const char *gw,
    const struct inbound_envelope *env, uint64_t *bytes)
{
	static struct age_identity *identity;
	static day_t week = DAY_NONE;
	const struct keyring_week *w = keyring_week(ring, env->week);
	struct buf sealed = buf_new(FILE_MAX);
	char name[128] = "envelopes/";
	struct age_open *o = NULL;

	must(w == NULL ? ERR_UNKNOWN : OK, "week");
	if (week != env->week) {
		age_identity_free(identity);
		identity = NULL;
		must(age_identity_new(w->seed, &identity), "identity");
		week = env->week;
	}
	hex_encode(env->sha256, HASH_LEN, name + strlen(name));
	strcat(name, ".age");
	slurp(gw, name, &sealed);
	must(age_open_new(&identity, 1, nowhere, bytes, 1, &o), "open");
	must(age_open_write(o, sealed.p, sealed.len), "open");
	must(age_open_end(o), "open");
	age_open_free(o);
	buf_free(&sealed);
}

/* open: all that the gateway's manifests list, in their order */
static void
bare(struct desk *d, const char *gw)
{
	double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
	uint64_t bytes = 0;
	size_t files = 0;
	char path[4096];

	for (unsigned n = 1; ; n++) {
		struct buf doc = buf_new(INBOUND_MAX), sig = buf_new(4096);
		struct inbound *m = NULL;
		char name[64];
		FILE *there;
		snprintf(name, sizeof name, "manifest-%u.json", n);
		snprintf(path, sizeof path, "%s/%s", gw, name);
		if ((there = fopen(path, "rb")) == NULL) {
			break;
		}
		fclose(there);
		slurp(gw, name, &doc);
		strcat(name, ".minisig");
		slurp(gw, name, &sig);
		must(inbound_parse(doc.p, doc.len, sig.p, sig.len,
		    &d->keyset->gateway, d->keyset->org, &m), "manifest");
		for (size_t i = 0; i < m->envelopes; i++, files++) {
			one_open(d->ring, gw, &m->envelope[i], &bytes);
		}
		inbound_free(m);
		buf_free(&doc);
		buf_free(&sig);
	}
	printf("{\"files\": %zu, \"bytes\": %llu, \"wall\": %.4f, "
	    "\"cpu\": %.4f, \"mib\": %.1f}\n", files,
	    (unsigned long long)bytes, now(CLOCK_MONOTONIC) - wall,
	    now(CLOCK_PROCESS_CPUTIME_ID) - cpu, memory("VmHWM:"));
}

/* The n-th event of a desk at work: two notes, a step, a code, a handler */
static json_t *
event_make(struct desk *d, size_t n)
{
	static const enum case_state step[] = {CASE_OPENED, CASE_RECEIVED};
	static const char text[] = "Gebeld met de afdeling; men zoekt het uit.";
	const struct kase *c = &d->state->kase[n / 5 % d->state->kases];
	uint8_t record[RECORD_ID];
	json_t *o;

	switch (n % 5) {
	case 0:
	case 1:
		must(record_put(d->book, c->key, text, sizeof text - 1,
		    record), "record");
		o = event_new(d, "note");
		event_hex(o, "record", record, RECORD_ID);
		break;
	case 2:
		o = event_new(d, "state");
		json_object_set_new(o, "to", json_string(case_state_code(
		    step[n / 5 % 2])));
		json_object_set_new(o, "person", json_string(
		    d->ring->person));
		break;
	case 3:
		o = event_new(d, "codes");
		json_object_set_new(o, "codes", json_pack("{s:s}", "area",
		    "HLTH"));
		break;
	default:
		o = event_new(d, "assign");
		json_object_set_new(o, "person", json_string(
		    d->ring->person));
		break;
	}
	json_object_set_new(o, "case", json_string(c->ref));
	return o;
}

static void
grow(struct desk *d, uint64_t length)
{
	must(d->state->kases == 0 ? ERR_USAGE : OK, "no case");
	for (size_t n = 0; journal_length(d->book) < length;) {
		must(casebook_begin(d->book), "begin");
		for (unsigned i = 0; i < BATCH && journal_length(d->book) <
		    length; i++, n++) {
			must(desk_event(d, event_make(d, n)), "event");
		}
		must(casebook_commit(d->book), "commit");
	}
	printf("{\"events\": %llu}\n",
	    (unsigned long long)journal_length(d->book));
}

/* fold: of a journal that was folded once, so that it lies in memory */
static void
fold(struct desk *d)
{
	double cold = memory("VmRSS:"), wall, cpu;

	wall = now(CLOCK_MONOTONIC);
	cpu = now(CLOCK_PROCESS_CPUTIME_ID);
	must(desk_refold(d), "fold");
	printf("{\"events\": %llu, \"cases\": %zu, \"wall\": %.4f, "
	    "\"cpu\": %.4f, \"rss\": %.1f, \"peak\": %.1f}\n",
	    (unsigned long long)journal_length(d->book), d->state->kases,
	    now(CLOCK_MONOTONIC) - wall, now(CLOCK_PROCESS_CPUTIME_ID) - cpu,
	    cold, memory("VmHWM:"));
}

int
main(int argc, char **argv)
{
	struct desk d = {.dir = -1, .public = -1, .attachments = -1,
		.lock = -1};

	if (argc < 4) {
		fprintf(stderr, "use: bench_desk open|grow|fold HOME PASSFILE "
		    "[GATEWAY|EVENTS]\n");
		return 2;
	}
	must(secret_setup(), "secrets");
	json_setup();
	must(day_parse("2026-12-20", &d.today), "day");
	d.home = argv[2];
	d.passfile = argv[3];
	must(desk_open(&d, strcmp(argv[1], "open") == 0 ? DESK_KEYRING :
	    DESK_CASEBOOK), "desk");
	if (strcmp(argv[1], "open") == 0 && argc == 5) {
		bare(&d, argv[4]);
	} else if (strcmp(argv[1], "grow") == 0 && argc == 5) {
		grow(&d, strtoull(argv[4], NULL, 10));
	} else {
		fold(&d);
	}
	desk_close(&d);
	return 0;
}
