/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `revoke`: the identity key is stolen or lost. A revocation signed in
 * advance closes the channel; `--new-identity` opens it again under another
 * key, which the old one vouches for where it is still there.
 */
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ceremony.h"
#include "files.h"
#include "founding.h"
#include "meldluik/secret.h"
#include "sheets_print.h"
#include "terminal.h"
#include "verbs.h"

#define PAGE_MAX (1u << 20)
#define BEFORE "keyset.before.note"

static enum err
close_channel(struct desk *d, const char *file)
{
	struct buf note = buf_new(REVOCATION_MAX), doc = buf_new(KEYSET_MAX),
	    sig = buf_new(SIGN_TEXT_MAX), old = buf_new(REVOCATION_MAX);
	struct keyset *k = NULL;
	enum err e = file != NULL ? file_read_path(file, &note) :
	    revocation_stored(d, &note);

	if (e == OK) {
		e = revocation_split(&note, &doc, &sig, &k);
	}
	if (e == OK && !keyset_withdrawn(k)) {
		e = ERR_FORMAT;
	}
	if (e != OK) {
		say_error("this is no revocation: %s", err_text(e));
		goto out;
	}
	if (memcmp(k->org, d->keyset->org, ORG_LEN) != 0 ||
	    !sign_pk_equal(&k->identity, &d->keyset->identity)) {
		say_error("this revocation is of another organisation or of "
		    "another identity key");
		e = ERR_FOREIGN;
		goto out;
	}
	if (keyset_withdrawn(d->keyset)) {
		say_error("the identity key is revoked already");
		e = ERR_CONFLICT;
		goto out;
	}
	if (!revocation_ours(d, k)) {
		say_error("this revocation is of before your key: the gateway "
		    "would take no bundle of this machine with it. %s", file !=
		    NULL ? "Use `revoke --stored`, or the machine of a holder "
		    "of that day" : "Take the newest in with `keyset --accept "
		    "DIR`, or use the machine of another holder");
		e = ERR_STALE;
		goto out;
	}
	e = file_read(d->public, "keyset.note", &old);
	if (e == OK) { /* the line goes on from here */
		e = file_replace(d->public, BEFORE, old.p, old.len);
	}
	if (e == OK) {
		e = org_keyset_store(d, &doc, &sig);
	}
	if (e == OK) {
		e = journal_keyset(d);
	}
	if (e == OK) {
		puts("Revoked. `export` now and let the courier deliver: from "
		    "then on reporters read that the\nkey was withdrawn and "
		    "nothing can be sent. Then `revoke --new-identity`.");
	}
out:
	keyset_free(k);
	buf_free(&note);
	buf_free(&doc);
	buf_free(&sig);
	buf_free(&old);
	return e;
}

/* Would every holder of today be able to bring ${k}? */
static bool
names_all(const struct desk *d, const struct keyset *k)
{
	for (unsigned i = 0; i < d->keyset->people; i++) {
		const struct keyset_person *p = &d->keyset->person[i];
		const struct keyset_person *there = keyset_person(k, p->id);
		if (p->role == PERSON_HOLDER && (there == NULL ||
		    !sign_pk_equal(&there->key, &p->key))) {
			say_error("the revocation here does not name %s with "
			    "the key of today: `keyset --publish` where the "
			    "keyset was signed, `keyset --accept` here, and "
			    "print it then", p->id);
			return false;
		}
	}
	return true;
}

/* A revocation is for when things are broken: what only decides on the mark of
 * a rehearsal keeps none from being printed */
static bool
rehearsed(struct desk *d)
{
	struct ceremony made;
	struct refusal why;

	if (d->state->rehearsal) {
		return true;
	}
	/* else by the record of a version that did not journal it */
	if (ceremony_find(&made, d, &why) == OK) {
		return made.rehearsal;
	}
	say_error("%s/ceremony.json is damaged: if this desk was made in a "
	    "rehearsal, the sheet does not say so; write it on it", d->home);
	return false;
}

static enum err
print_stored(struct desk *d, const char *file, const char *language)
{
	struct print p = {.k = d->keyset, .language = language == NULL ?
		"nl" : language, .today = d->today, .rehearsal = rehearsed(d)};
	struct buf note = buf_new(REVOCATION_MAX), doc = buf_new(KEYSET_MAX),
	    sig = buf_new(SIGN_TEXT_MAX), page = buf_new(PAGE_MAX);
	struct keyset *k = NULL;
	enum err e = revocation_stored(d, &note);

	if (e == OK) {
		e = revocation_split(&note, &doc, &sig, &k);
	}
	if (e != OK) {
		say_error("the revocation in %s/public/revocation.note cannot "
		    "be used: %s. Take in what another holder published "
		    "(`keyset --publish` there, `keyset --accept` here), or "
		    "let the founder sign one: `keyset --renew --share ...`",
		    d->home, err_text(e));
		goto out;
	}
	if (!names_all(d, k)) {
		e = ERR_STALE;
		goto out;
	}
	e = print_revocation(&p, buf_cstr(&note), &page);
	if (e == OK) {
		e = file_create(AT_FDCWD, file, page.p, page.len);
	}
	if (e == OK) {
		printf("Wrote %s. Print it for the safe; destroy the sheet of "
		    "before.\n", file);
	} else {
		say_error("the revocation was not written to %s: %s", file,
		    err_text(e));
	}
out:
	keyset_free(k);
	buf_free(&note);
	buf_free(&doc);
	buf_free(&sig);
	buf_free(&page);
	return e;
}

/* The last keyset that was no revocation */
static enum err
last_keyset(const struct desk *d, struct keyset **out)
{
	struct buf note = buf_new(REVOCATION_MAX), doc = buf_new(KEYSET_MAX),
	    sig = buf_new(SIGN_TEXT_MAX);
	enum err e;

	if (!keyset_withdrawn(d->keyset)) {
		*out = malloc(sizeof **out);
		if (*out == NULL) {
			e = ERR_MEMORY;
		} else {
			**out = *d->keyset;
			e = OK;
		}
	} else {
		e = file_read(d->public, BEFORE, &note);
		if (e == OK) {
			e = revocation_split(&note, &doc, &sig, out);
		}
	}
	buf_free(&note);
	buf_free(&doc);
	buf_free(&sig);
	return e;
}

static enum err
new_identity(struct desk *d, bool without_old)
{
	struct keyring *ring = d->ring;
	struct keyset *k = NULL;
	struct sign_pk old, fresh;
	char print[FINGERPRINT_TEXT];
	enum err e = last_keyset(d, &k);

	if (e != OK) {
		say_error("the keyset of before cannot be read: %s",
		    err_text(e));
		return e;
	}
	old = k->identity;
	if (!without_old) {
		e = identity_need(d);
	}
	if (e == OK) { /* the new key, in the ring until it is on paper */
		uint8_t *seed = d->identity;
		uint8_t own[SIGN_SEED];
		memcpy(own, ring->identity, sizeof own);
		sign_keypair(ring->identity, &fresh);
		k->identity = fresh;
		k->has_before = false;
		if (!without_old) {
			e = keyset_succession_sign(k, seed != NULL ? seed :
			    own);
		}
		secret_wipe(own, sizeof own);
		ring->has_identity = true;
		secret_free(d->identity);
		d->identity = NULL;
	}
	if (e == OK) {
		e = keyset_revoke(k, &old);
	}
	if (e == OK) { /* private half first */
		e = keyringfile_save(d);
	}
	if (e == OK) {
		*d->keyset = *k; /* number and chain go on from it */
		k->not_after = day_add_months(d->today, 13);
		e = org_keyset_save(d, k);
	}
	if (e == OK) {
		e = journal_keyset(d);
	}
	if (e == OK) {
		sign_fingerprint(&d->keyset->identity, print);
		printf("New identity key%s. Fingerprint for new posters:\n  "
		    "%s\nNext: IT puts it into the gateway's configuration "
		    "(fingerprint = ...), then `export`;\n`init` puts the key "
		    "on paper; `keyset --publish` for the other holders, who "
		    "accept\nit with `keyset --accept DIR --fingerprint ...`."
		    "\n", without_old ? ", not vouched for by the old one" :
		    ", vouched for by the old one", print);
	}
	free(k);
	return e;
}

int
verb_revoke(struct desk *d, int argc, char **argv)
{
	const char *note = NULL, *print = NULL, *language = NULL;
	bool fresh = false, without = false, now = false;
	struct option_rule rules[] = {
		{.name = "note", .value = &note},
		{.name = "print", .value = &print},
		{.name = "language", .value = &language},
		{.name = "stored", .flag = &now},
		{.name = "new-identity", .flag = &fresh},
		{.name = "without-old", .flag = &without},
		SHARE_RULE(d),
	};
	enum err e;

	if (!options_take(argc, argv, rules, sizeof rules / sizeof *rules,
	    NULL, 0, NULL)) {
		return EXIT_USAGE;
	}
	if (((note != NULL) + (print != NULL) + now + fresh) != 1 ||
	    (without && !fresh) || (language != NULL && strcmp(language,
	    "nl") != 0 && strcmp(language, "en") != 0)) {
		say_error("use: revoke --stored | revoke --note FILE | revoke "
		    "--print FILE [--language nl|en] | revoke --new-identity "
		    "[--without-old]");
		return EXIT_USAGE;
	}
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK && d->keyset == NULL) {
		say_error("this desk has no keyset yet");
		e = ERR_UNKNOWN;
	}
	if (e == OK) {
		e = fresh ? new_identity(d, without) : print != NULL ?
		    print_stored(d, print, language) : close_channel(d, note);
	}
	return exit_of(e);
}
