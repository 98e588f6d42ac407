/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Envelopes for the organisation that `fixture` made, for scripts.
 *
 *   fixture-seal DIR --week 2026-W48 [--desk N] [--text T] [--about ROLE]
 *       [--attach FILE]... [--no-code] [--count N --out DIR2]
 *
 * One envelope to standard output, or N of them to DIR2/000001.age ... The
 * code and the SHA-256 go to standard error, a line each: "code C",
 * "sha256 H".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meldluik/envelope.h"
#include "meldluik/keyset.h"
#include "meldluik/secret.h"

#define PATH 1024
#define PIECE 65536u

struct wish {
	const char *week, *text, *about;
	const char *attach[REPORT_ATTACHMENTS_MAX];
	unsigned attaches, desk;
	bool code;
};

struct out {
	FILE *file;
	struct hash_state *hash;
};

static void
check(enum err e, const char *what)
{
	if (e != OK) {
		fprintf(stderr, "fixture-seal: %s: %s\n", what, err_text(e));
		exit(1);
	}
}

static struct buf
load(const char *dir, const char *name)
{
	struct buf b = buf_new(KEYSET_MAX);
	uint8_t piece[4096];
	char path[PATH];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	if (f == NULL) {
		perror(path);
		exit(1);
	}
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0) {
		buf_put(&b, piece, n);
	}
	fclose(f);
	return b;
}

static enum err
sink(void *arg, const uint8_t *p, size_t len)
{
	struct out *o = arg;

	hash_write(o->hash, p, len);
	return fwrite(p, 1, len, o->file) == len ? OK : ERR_IO;
}

static void
attach(struct envelope *e, struct report *r, const char *path)
{
	uint8_t piece[PIECE], sha256[HASH_LEN];
	const char *name = strrchr(path, '/');
	FILE *f = fopen(path, "rb");
	uint64_t size;
	size_t n;

	if (f == NULL || fseeko(f, 0, SEEK_END) != 0) {
		perror(path);
		exit(1);
	}
	size = (uint64_t)ftello(f);
	rewind(f);
	check(envelope_attachment(e, size), "attachment");
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0) {
		check(envelope_write(e, piece, n), "attachment");
	}
	fclose(f);
	check(envelope_attachment_end(e, &size, sha256), "attachment");
	check(report_attachment_add(r, name == NULL ? path : name + 1,
	    "application/octet-stream", size, sha256), "attachment");
}

static void
seal(const struct keyset *k, const struct epoch *ep, const struct wish *w,
    FILE *file)
{
	struct age_recipient holders[KEYSET_HOLDERS_MAX];
	struct report *r = report_new();
	struct out out = {file, hash_new()};
	struct code_keys keys;
	struct envelope *e;
	struct code code;
	uint8_t h[HASH_LEN];
	char text[CODE_TEXT], hex[2 * HASH_LEN + 1];
	struct sign_pk unused;
	uint8_t random[SIGN_SEED];
	unsigned i, n;

	if (r == NULL || out.hash == NULL) {
		check(ERR_MEMORY, "report");
	}
	n = epoch_recipients(ep, w->desk, holders);
	r->kind = REPORT_REPORT;
	memcpy(r->org, k->org, ORG_LEN);
	memcpy(r->keyset, k->hash, HASH_LEN);
	snprintf(r->epoch, sizeof(r->epoch), "%s", w->week);
	r->desk = w->desk;
	r->sealed_by = SEALED_CLI;
	snprintf(r->language, sizeof(r->language), "nl");
	snprintf(r->relation, sizeof(r->relation), "employee");
	snprintf(r->about, sizeof(r->about), "%s", w->about);
	check(report_answer_add(r, "what", w->text, strlen(w->text)),
	    "text");
	if (w->code) {
		check(code_new(w->desk, &code), "code");
		code_derive(&code, k->org, &keys);
		check(report_thread_first(r, &keys), "thread");
		code_text(&code, text);
		fprintf(stderr, "code %s\n", text);
	} else {
		sign_keypair(random, &unused);
		memcpy(r->message_id, random, MESSAGE_ID_LEN);
	}
	check(envelope_new(holders, n, sink, &out, 1, &e), "envelope");
	for (i = 0; i < w->attaches; i++) {
		attach(e, r, w->attach[i]);
	}
	check(envelope_finish(e, r, NULL), "finish");
	envelope_free(e);
	report_free(r);
	hash_end(out.hash, h);
	hash_free(out.hash);
	hex_encode(h, HASH_LEN, hex);
	fprintf(stderr, "sha256 %s\n", hex);
}

int
main(int argc, char **argv)
{
	struct wish w = {NULL, "Er klopt iets niet.", "", {NULL}, 0, 1, true};
	const char *dir = argc > 1 ? argv[1] : NULL, *out_dir = NULL;
	unsigned long count = 0, j;
	struct buf doc, sig, text;
	struct keyset *k;
	struct epoch *e;
	char path[PATH];
	FILE *f;
	int i;

	for (i = 2; i < argc; i++) {
		bool more = i + 1 < argc;

		if (strcmp(argv[i], "--no-code") == 0) {
			w.code = false;
		} else if (strcmp(argv[i], "--week") == 0 && more) {
			w.week = argv[++i];
		} else if (strcmp(argv[i], "--desk") == 0 && more) {
			w.desk = (unsigned)strtoul(argv[++i], NULL, 10);
		} else if (strcmp(argv[i], "--text") == 0 && more) {
			w.text = argv[++i];
		} else if (strcmp(argv[i], "--about") == 0 && more) {
			w.about = argv[++i];
		} else if (strcmp(argv[i], "--count") == 0 && more) {
			count = strtoul(argv[++i], NULL, 10);
		} else if (strcmp(argv[i], "--out") == 0 && more) {
			out_dir = argv[++i];
		} else if (strcmp(argv[i], "--attach") == 0 && more &&
		    w.attaches < REPORT_ATTACHMENTS_MAX) {
			w.attach[w.attaches++] = argv[++i];
		} else {
			dir = NULL;
			break;
		}
	}
	if (dir == NULL || w.week == NULL || (count > 0) !=
	    (out_dir != NULL)) {
		fprintf(stderr, "usage: fixture-seal DIR --week WEEK "
		    "[--desk N] [--text T] [--about ROLE] [--attach FILE] "
		    "[--no-code] [--count N --out DIR]\n");
		return 2;
	}
	check(secret_setup(), "start");
	doc = load(dir, "keyset.json");
	sig = load(dir, "keyset.json.minisig");
	check(keyset_parse(doc.p, doc.len, sig.p, sig.len, NULL, &k),
	    "keyset.json");
	snprintf(path, sizeof(path), "epochs/%s.json", w.week);
	text = load(dir, path);
	check(epoch_parse(text.p, text.len, k, &e), path);
	if (count == 0) {
		seal(k, e, &w, stdout);
	}
	for (j = 1; j <= count; j++) {
		snprintf(path, sizeof(path), "%s/%06lu.age", out_dir, j);
		f = fopen(path, "wb");
		if (f == NULL) {
			perror(path);
			return 1;
		}
		seal(k, e, &w, f);
		fclose(f);
	}
	epoch_free(e);
	keyset_free(k);
	buf_free(&doc);
	buf_free(&sig);
	buf_free(&text);
	return fflush(stdout) == 0 ? 0 : 1;
}
