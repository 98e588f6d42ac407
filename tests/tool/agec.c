/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * age files on the command line, for scripts that set other people's
 * implementations against ours. Keys come from files; a passphrase too.
 *   agec keygen                       identity on stdout, recipient on stderr
 *   agec seal RECIPIENTS_FILE         stdin to stdout
 *   agec open IDENTITY_FILE           stdin to stdout
 *   agec seal-pass FILE | open-pass FILE
 * THREADS in the environment: how many seal and open (default 1).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "meldluik/age_open.h"
#include "meldluik/secret.h"

#define KEYS_MAX 1024 /* of an identity file */

static enum err
to_stdout(void *arg, const uint8_t *p, size_t len)
{
	(void)arg;
	return fwrite(p, 1, len, stdout) == len ? OK : ERR_IO;
}

static size_t
lines_of(const char *path, char line[][2048], size_t max)
{
	FILE *f = fopen(path, "r");
	size_t n = 0;

	if (f == NULL) {
		perror(path);
		exit(2);
	}
	while (n < max && fgets(line[n], 2048, f) != NULL) {
		line[n][strcspn(line[n], "\n")] = 0;
		if (line[n][0] != 0 && line[n][0] != '#') {
			n++;
		}
	}
	fclose(f);
	return n;
}

static int
finish(enum err e)
{
	if (e != OK || fflush(stdout) != 0) {
		fprintf(stderr, "agec: %s\n", err_text(e != OK ? e : ERR_IO));
		return 1;
	}
	return 0;
}

static enum err
seal(struct age_seal *s)
{
	static uint8_t piece[262144];
	enum err e = OK;
	size_t n;

	while (e == OK && (n = fread(piece, 1, sizeof(piece), stdin)) > 0) {
		e = age_seal_write(s, piece, n);
	}
	return e == OK ? age_seal_end(s) : e;
}

static enum err
open_stdin(struct age_open *o)
{
	static uint8_t piece[262144];
	enum err e = OK;
	size_t n;

	while (e == OK && (n = fread(piece, 1, sizeof(piece), stdin)) > 0) {
		e = age_open_write(o, piece, n);
	}
	return e == OK ? age_open_end(o) : e;
}

int
main(int argc, char **argv)
{
	static char line[KEYS_MAX][2048];
	static struct age_recipient r[16];
	static struct age_identity *id[KEYS_MAX];
	struct age_seal *s = NULL;
	struct age_open *o = NULL;
	uint8_t seed[AGE_HYBRID_SEED];
	const char *t = getenv("THREADS");
	unsigned threads = t == NULL ? 1 : (unsigned)atoi(t);
	enum err e = secret_setup();

	if (e == OK && argc == 2 && strcmp(argv[1], "keygen") == 0) {
		char text[AGE_IDENTITY_TEXT_MAX];
		char pub[AGE_RECIPIENT_TEXT + 1];
		randombytes_buf(seed, sizeof(seed));
		e = age_identity_recipient(seed, &r[0]);
		age_identity_text(seed, text);
		age_recipient_text(&r[0], pub);
		puts(text);
		fprintf(stderr, "%s\n", pub);
		return finish(e);
	}
	if (e != OK || argc != 3) {
		fputs("usage: agec keygen|seal|open|seal-pass|open-pass "
		      "[FILE]\n", stderr);
		return 2;
	}
	size_t n = lines_of(argv[2], line, strcmp(argv[1], "open") == 0 ?
	    KEYS_MAX : 16);
	if (strcmp(argv[1], "seal") == 0) {
		for (size_t i = 0; e == OK && i < n; i++) {
			e = age_recipient_parse(line[i], strlen(line[i]),
			    &r[i]);
		}
		if (e == OK) {
			e = age_seal_new(r, (unsigned)n, to_stdout, NULL,
			    threads, &s);
		}
		e = e == OK ? seal(s) : e;
	} else if (strcmp(argv[1], "open") == 0) {
		for (size_t i = 0; e == OK && i < n; i++) {
			e = age_identity_parse(line[i], strlen(line[i]), seed);
			e = e == OK ? age_identity_new(seed, &id[i]) : e;
		}
		if (e == OK) {
			e = age_open_new(id, n, to_stdout, NULL, threads, &o);
		}
		e = e == OK ? open_stdin(o) : e;
	} else if (strcmp(argv[1], "seal-pass") == 0) {
		e = age_seal_new_scrypt(line[0], strlen(line[0]), to_stdout,
		    NULL, &s);
		e = e == OK ? seal(s) : e;
	} else if (strcmp(argv[1], "open-pass") == 0) {
		e = age_open_new_scrypt(line[0], strlen(line[0]), to_stdout,
		    NULL, &o);
		e = e == OK ? open_stdin(o) : e;
	} else {
		return 2;
	}
	age_seal_free(s);
	age_open_free(o);
	for (size_t i = 0; i < KEYS_MAX; i++) {
		age_identity_free(id[i]);
	}
	return finish(e);
}
