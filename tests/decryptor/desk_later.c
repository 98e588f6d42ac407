/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Makes of what a desk keeps or signs something of a later version, with its
 * own keys, as the program of then would:
 *   desk_later HOME PASSFILE keyring       keyring.json has version 2
 *   desk_later HOME PASSFILE journal       one event more, of a name that
 *                                          nobody knows today
 *   desk_later HOME PASSFILE keyset        keyset.note has version 2
 *   desk_later HOME PASSFILE outbound DIR  outbound.json in DIR too
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "decryptor/casebook.h"
#include "decryptor/desk.h"
#include "decryptor/files.h"
#include "meldluik/age_open.h"
#include "meldluik/minisign.h"
#include "meldluik/secret.h"

#define DOC_MAX (1u << 20)

static void
must(enum err e, const char *what)
{
	if (e != OK) {
		fprintf(stderr, "desk_later: %s: %s\n", what, err_text(e));
		exit(1);
	}
}

/* Same length, so that no header around it changes */
static void
raise_version(uint8_t *p, size_t len)
{
	static const char now[] = "\"version\":1";
	size_t n = sizeof now - 1;

	for (size_t i = 0; i + n <= len; i++) {
		if (memcmp(p + i, now, n) == 0) {
			p[i + n - 1] = '2';
			return;
		}
	}
	must(ERR_NO_MATCH, "no version");
}

static enum err
to_buf(void *arg, const uint8_t *p, size_t len)
{
	buf_put(arg, p, len);
	return OK;
}

static void
keyring(struct desk *d)
{
	struct buf sealed = buf_new(DOC_MAX), plain = buf_new_secret(DOC_MAX);
	struct age_seal *s = NULL;

	must(file_read(d->dir, "keyring.age", &sealed), "keyring.age");
	must(age_open_buf_scrypt(d->pass, d->passlen, sealed.p, sealed.len,
	    &plain), "open");
	raise_version(plain.p, plain.len);
	buf_clear(&sealed);
	must(age_seal_new_scrypt(d->pass, d->passlen, to_buf, &sealed, &s),
	    "seal");
	must(age_seal_write(s, plain.p, plain.len), "seal");
	must(age_seal_end(s), "seal");
	must(file_replace(d->dir, "keyring.age", sealed.p, sealed.len),
	    "keyring.age");
	age_seal_free(s);
	buf_free(&sealed);
	buf_free(&plain);
}

static void
journal(struct desk *d)
{
	json_t *o = event_new(d, "of_a_later_version");

	must(casebook_begin(d->book), "begin");
	must(journal_append(d->book, o), "append");
	must(casebook_commit(d->book), "commit");
	json_decref(o);
}

static void
keyset(struct desk *d)
{
	struct buf note = buf_new(DOC_MAX), doc = buf_new(DOC_MAX);
	struct sign_purpose why = {.purpose = "keyset"};
	struct bytes s, o;

	must(file_read(d->public, "keyset.note", &note), "keyset.note");
	must(note_split(note.p, note.len, &s, &o), "split");
	buf_put(&doc, o.p, o.len);
	raise_version(doc.p, doc.len);
	memcpy(why.org, d->ring->org, ORG_LEN);
	buf_clear(&note);
	must(note_make(d->ring->identity, &why, doc.p, doc.len, &note),
	    "sign");
	must(file_replace(d->public, "keyset.note", note.p, note.len),
	    "keyset.note");
	buf_free(&note);
	buf_free(&doc);
}

static void
outbound(struct desk *d, const char *folder)
{
	struct buf doc = buf_new(DOC_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct sign_purpose why = {.purpose = "outbound"};
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	must(file_read(dir, "outbound.json", &doc), "outbound.json");
	raise_version(doc.p, doc.len);
	memcpy(why.org, d->ring->org, ORG_LEN);
	why.desk = d->ring->desk;
	must(sign_make(d->ring->operational, &why, doc.p, doc.len, &sig),
	    "sign");
	must(file_replace(dir, "outbound.json", doc.p, doc.len), "write");
	must(file_replace(dir, "outbound.json.minisig", sig.p, sig.len),
	    "write");
	close(dir);
	buf_free(&doc);
	buf_free(&sig);
}

int
main(int argc, char **argv)
{
	struct desk d = {.dir = -1, .public = -1, .attachments = -1,
		.lock = -1};
	const char *what = argc > 3 ? argv[3] : "";

	must(secret_setup(), "secrets");
	d.home = argc > 3 ? argv[1] : NULL;
	d.passfile = argc > 3 ? argv[2] : NULL;
	if (strcmp(what, "keyring") != 0 && strcmp(what, "journal") != 0 &&
	    strcmp(what, "keyset") != 0 &&
	    (strcmp(what, "outbound") != 0 || argc != 5)) {
		fputs("use: desk_later HOME PASSFILE keyring|journal|keyset|"
		    "outbound DIR\n", stderr);
		return 2;
	}
	must(day_parse("2026-11-24", &d.today), "day");
	must(desk_open(&d, DESK_CASEBOOK), "the desk");
	if (strcmp(what, "keyring") == 0) {
		keyring(&d);
	} else if (strcmp(what, "journal") == 0) {
		journal(&d);
	} else if (strcmp(what, "keyset") == 0) {
		keyset(&d);
	} else {
		outbound(&d, argv[4]);
	}
	desk_close(&d);
	return 0;
}
