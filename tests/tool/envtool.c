/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * For scripts: envelopes to a desk with one fixed test key.
 *
 *   envtool seal [-p] FILE... > envelope   -p: attachments in parts
 *   envtool payload < envelope > tar       opened, not judged
 *   envtool open DIR < envelope            judged; attachments as DIR/01 ...,
 *                                          DIR/report.json; word of the
 *                                          broken rule on stderr
 *   envtool open DIR KEY < envelope        with the age identity file KEY
 *   envtool judge < tar                    seals a tar as it is, then opens;
 *                                          prints "ok" or the word
 *   envtool recipient                      of the test key
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meldluik/envelope_open.h"
#include "meldluik/secret.h"

#define PIECE 65536u

static uint8_t seed[AGE_HYBRID_SEED] = { 'e', 'n', 'v' };

static void
die(const char *what, enum err e)
{
	fprintf(stderr, "envtool: %s: %s\n", what, err_text(e));
	exit(1);
}

static enum err
to_file(void *arg, const uint8_t *p, size_t len)
{
	return fwrite(p, 1, len, arg) == len ? OK : ERR_IO;
}

static enum err
to_buf(void *arg, const uint8_t *p, size_t len)
{
	struct buf *b = arg;

	buf_put(b, p, len);
	return b->failed ? ERR_FULL : OK;
}

static struct age_recipient
holder(void)
{
	struct age_recipient r;
	enum err e = age_identity_recipient(seed, &r);

	if (e != OK) {
		die("recipient", e);
	}
	return r;
}

static struct age_identity *
identity(void)
{
	struct age_identity *id = NULL;
	enum err e = age_identity_new(seed, &id);

	if (e != OK) {
		die("identity", e);
	}
	return id;
}

static struct report *
report_of_test(void)
{
	struct report *r = report_new();

	if (r == NULL) {
		die("report", ERR_MEMORY);
	}
	r->kind = REPORT_REPORT;
	memset(r->org, 0x11, sizeof(r->org));
	strcpy(r->epoch, "2026-W48");
	r->desk = 1;
	r->sealed_by = SEALED_CLI;
	strcpy(r->language, "nl");
	strcpy(r->relation, "not_said");
	report_answer_add(r, "what", "proef", 5);
	return r;
}

static void
attach(struct envelope *e, struct report *r, const char *path, bool parts)
{
	uint8_t piece[PIECE], sha[HASH_LEN];
	FILE *f = fopen(path, "rb");
	uint64_t size;
	size_t n;
	enum err err;

	if (f == NULL) {
		die(path, ERR_IO);
	}
	fseek(f, 0, SEEK_END);
	size = (uint64_t)ftell(f);
	rewind(f);
	err = parts ? envelope_attachment_unsized(e) :
	    envelope_attachment(e, size);
	while (err == OK && (n = fread(piece, 1, sizeof(piece), f)) > 0) {
		err = envelope_write(e, piece, n);
	}
	fclose(f);
	if (err != OK ||
	    (err = envelope_attachment_end(e, &size, sha)) != OK ||
	    (err = report_attachment_add(r, "bijlage", "", size, sha)) !=
	    OK) {
		die(path, err);
	}
}

static void
verb_seal(int argc, char **argv)
{
	struct age_recipient r = holder();
	struct report *rep = report_of_test();
	struct envelope *e = NULL;
	bool parts = argc > 0 && strcmp(argv[0], "-p") == 0;
	enum err err = envelope_new(&r, 1, to_file, stdout, 1, &e);

	if (err != OK) {
		die("seal", err);
	}
	for (int i = parts; i < argc; i++) {
		attach(e, rep, argv[i], parts);
	}
	if ((err = envelope_finish(e, rep, NULL)) != OK) {
		die("finish", err);
	}
	envelope_free(e);
	report_free(rep);
}

/* The first identity of an age identity file instead of the test key */
static void
seed_read(const char *path)
{
	char line[256];
	FILE *f = fopen(path, "r");
	enum err e = f == NULL ? ERR_IO : ERR_FORMAT;

	while (e != OK && f != NULL && fgets(line, sizeof(line), f) != NULL) {
		e = age_identity_parse(line, strcspn(line, "\r\n"), seed);
	}
	if (e != OK) {
		die(path, e);
	}
	fclose(f);
}

static void
verb_payload(void)
{
	struct age_identity *id = identity();
	struct age_open *o = NULL;
	uint8_t piece[PIECE];
	size_t n;
	enum err e = age_open_new(&id, 1, to_file, stdout, 1, &o);

	while (e == OK && (n = fread(piece, 1, sizeof(piece), stdin)) > 0) {
		e = age_open_write(o, piece, n);
	}
	if (e != OK || (e = age_open_end(o)) != OK) {
		die("payload", e);
	}
	age_open_free(o);
	age_identity_free(id);
}

static enum err
to_folder(void *arg, unsigned number, const uint8_t *p, size_t len)
{
	char path[1024];
	FILE *f;
	bool ok;

	snprintf(path, sizeof(path), "%s/%02u", (const char *)arg, number);
	if ((f = fopen(path, "ab")) == NULL) {
		return ERR_IO;
	}
	ok = fwrite(p, 1, len, f) == len;
	return fclose(f) == 0 && ok ? OK : ERR_IO;
}

static void
verb_open(char *folder)
{
	struct age_identity *id = identity();
	struct envelope_open *o = NULL;
	struct envelope_content c;
	uint8_t piece[PIECE];
	char path[1024];
	FILE *f;
	size_t n;
	enum err e = envelope_open_new(&id, 1, to_folder, folder, 1, &o);

	while (e == OK && (n = fread(piece, 1, sizeof(piece), stdin)) > 0) {
		e = envelope_open_write(o, piece, n);
	}
	if (e == OK) {
		e = envelope_open_end(o, &c);
	}
	if (e != OK) {
		die(envelope_open_fault(o), e);
	}
	snprintf(path, sizeof(path), "%s/report.json", folder);
	if ((f = fopen(path, "wb")) == NULL ||
	    fwrite(c.json.p, 1, c.json.len, f) != c.json.len ||
	    fclose(f) != 0) {
		die(path, ERR_IO);
	}
	envelope_content_free(&c);
	envelope_open_free(o);
	age_identity_free(id);
}

static void
verb_judge(void)
{
	struct age_recipient r[ENVELOPE_STANZAS];
	struct buf tar = buf_new(16u << 20), env = buf_new(20u << 20);
	struct age_identity *id = identity();
	struct envelope_open *o = NULL;
	struct envelope_content c;
	struct age_seal *s = NULL;
	uint8_t piece[PIECE];
	size_t n;
	enum err e;

	while ((n = fread(piece, 1, sizeof(piece), stdin)) > 0) {
		buf_put(&tar, piece, n);
	}
	r[0] = r[1] = r[2] = r[3] = holder();
	if (tar.failed ||
	    (e = age_seal_new(r, ENVELOPE_STANZAS, to_buf, &env, 1, &s)) !=
	    OK || (e = age_seal_write(s, tar.p, tar.len)) != OK ||
	    (e = age_seal_zeros(s, envelope_class(tar.len) - tar.len)) !=
	    OK || (e = age_seal_end(s)) != OK ||
	    (e = envelope_open_new(&id, 1, NULL, NULL, 1, &o)) != OK) {
		die("judge", tar.failed ? ERR_LIMIT : e);
	}
	if ((e = envelope_open_write(o, env.p, env.len)) == OK) {
		e = envelope_open_end(o, &c);
	}
	if (e == OK) {
		puts("ok");
		envelope_content_free(&c);
	} else {
		puts(envelope_open_fault(o));
	}
	envelope_open_free(o);
	age_seal_free(s);
	age_identity_free(id);
	buf_free(&tar);
	buf_free(&env);
}

int
main(int argc, char **argv)
{
	if (argc < 2 || secret_setup() != OK) {
		return 2;
	}
	if (strcmp(argv[1], "seal") == 0) {
		verb_seal(argc - 2, argv + 2);
	} else if (strcmp(argv[1], "payload") == 0) {
		verb_payload();
	} else if (strcmp(argv[1], "open") == 0 &&
	    (argc == 3 || argc == 4)) {
		if (argc == 4) {
			seed_read(argv[3]);
		}
		verb_open(argv[2]);
	} else if (strcmp(argv[1], "judge") == 0) {
		verb_judge();
	} else if (strcmp(argv[1], "recipient") == 0) {
		struct age_recipient r = holder();
		char text[AGE_RECIPIENT_TEXT + 1];

		age_recipient_text(&r, text);
		puts(text);
	} else {
		return 2;
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
