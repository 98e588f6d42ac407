/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The ceremony's paper: passphrase, poster, revocation, shares, transcript.
 * Files to print lie in a folder in memory where there is one; those with
 * shares are removed as soon as all sheets were proven.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ceremony.h"
#include "files.h"
#include "meldluik/secret.h"
#include "terminal.h"
#include "words.h"

static struct print
print_of(const struct ceremony *c)
{
	struct print p = {.k = c->d->keyset, .language = c->language,
		.rehearsal = c->rehearsal, .renewal = c->renewal,
		.today = c->d->today};

	return p;
}

/* Shows drawn words until they are liked, then asks them back */
static enum err
drawn(struct ceremony *c, const struct words *w, char *text)
{
	char word[16] = "n", *typed = NULL;
	double bits = 0;
	unsigned count = 0;
	size_t len = 0;
	enum err e = OK;

	while (e == OK && (word[0] == 'n' || word[0] == 'N')) {
		e = words_draw(c->d, w, text, &bits, &count);
		if (e != OK) {
			break;
		}
		printf(SAY(c, "\nUw wachtzin, %u woorden, sterkte %.0f bits "
		    "(raden duurt langer dan een mensenleven):\n\n    %s\n\n"
		    "Schrijf hem op papier; dat papier gaat in een envelop in "
		    "de kluis.\n", "\nYour passphrase, %u words, strength "
		    "%.0f bits (guessing takes longer than a life):\n\n    %s"
		    "\n\nWrite it on paper; that paper goes into an envelope "
		    "in the safe.\n"), count, bits, text);
		e = ceremony_ask(SAY(c, "Enter: nemen, n: andere woorden, "
		    "e: een eigen wachtzin", "Enter: take it, n: other words, "
		    "o: one of your own"), "", word, sizeof word);
	}
	if (e == OK && isatty(1)) { /* off the screen and its history */
		fputs("\033[2J\033[3J\033[H", stdout);
	}
	if (e == OK && (word[0] == 'e' || word[0] == 'o')) {
		return ERR_NO_MATCH;
	}
	while (e == OK) {
		puts(SAY(c, "Typ de wachtzin nu over van uw papier.",
		    "Now type the passphrase from your paper."));
		secret_free(typed);
		typed = NULL;
		e = passphrase_get(NULL, false, &typed, &len);
		if (e == OK && len == strlen(text) &&
		    secret_equal(typed, text, len)) {
			break;
		}
		if (e == OK || e == ERR_USAGE) {
			printf(SAY(c, "Niet gelijk. Er stond:\n    %s\n",
			    "Not equal. It was:\n    %s\n"), text);
			e = OK;
		}
	}
	secret_free(typed);
	return e;
}

enum err
ceremony_passphrase(struct ceremony *c)
{
	struct words *w = NULL;
	char *text = NULL;
	enum err e = c->d->passfile != NULL ? ERR_NO_MATCH :
	    words_load(c->language, &w);

	if (e == ERR_UNKNOWN) {
		printf(SAY(c, "Er is geen woordenlijst (Debian: %s).\n",
		    "There is no word list (Debian: %s).\n"),
		    c->language[0] == 'e' ? "diceware" : "wdutch");
		e = ERR_NO_MATCH;
	} else if (e == OK) {
		text = secret_new(PASSPHRASE_MAX + 1);
		e = text == NULL ? ERR_MEMORY : drawn(c, w, text);
	}
	if (e == OK) {
		c->d->pass = text;
		c->d->passlen = strlen(text);
		text = NULL; /* transferred */
	}
	while (e == ERR_NO_MATCH) { /* of one's own */
		e = passphrase_get(c->d->passfile, true, &c->d->pass,
		    &c->d->passlen);
		if ((e == ERR_POLICY || e == ERR_CONFLICT || e ==
		    ERR_USAGE) && c->d->passfile == NULL) {
			e = ERR_NO_MATCH; /* asked again */
		}
	}
	secret_free(text);
	words_free(w);
	return e;
}

static enum err
folder_ask(struct ceremony *c, int *dir)
{
	const char *usual = c->folder[0] != 0 ? c->folder :
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm/meldluik-print" :
	    "meldluik-print";
	enum err e = OK;

	*dir = -1;
	while (e == OK && *dir < 0) {
		char path[sizeof c->folder];
		e = ceremony_ask(SAY(c, "Map voor wat geprint wordt",
		    "Folder for what is printed"), usual, path, sizeof path);
		if (e != OK) {
			break;
		}
		mkdir(path, 0700);
		*dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC |
		    O_NOFOLLOW);
		if (*dir < 0) {
			say_error("cannot make the folder %s", path);
		} else {
			fchmod(*dir, 0700);
			strcpy(c->folder, path);
		}
	}
	return e;
}

static enum err
folder_again(const struct ceremony *c, int *dir)
{
	mkdir(c->folder, 0700);
	*dir = open(c->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC |
	    O_NOFOLLOW);
	if (*dir < 0) {
		say_error("the folder %s cannot be opened", c->folder);
		return ERR_IO;
	}
	return OK;
}

static enum err
put_page(int dir, const char *name, struct buf *page, enum err e)
{
	if (e == OK) {
		e = file_replace(dir, name, page->p, page->len);
	}
	if (e != OK) {
		say_error("%s could not be written: %s", name, err_text(e));
	}
	buf_free(page);
	return e;
}

static enum err
wait_printed(const struct ceremony *c, const char *what)
{
	char word[64];

	printf(SAY(c, "Open %s/%s in de browser van deze computer en print "
	    "(A4, 100%%).\n", "Open %s/%s in this computer's browser and "
	    "print (A4, 100%%).\n"), c->folder, what);
	return ceremony_ask(SAY(c, "Enter als het papier er ligt",
	    "Enter when the paper is there"), "", word, sizeof word);
}

enum err
ceremony_public(struct ceremony *c)
{
	struct buf note = buf_new(KEYSET_MAX), page;
	struct print p = print_of(c);
	int dir = -1;
	enum err e = folder_ask(c, &dir);

	for (unsigned i = 0; i < 2 && e == OK; i++) {
		p.language = i == 0 ? "nl" : "en";
		page = buf_new(1u << 20);
		e = print_poster(&p, &page);
		e = put_page(dir, i == 0 ? "poster-nl.html" :
		    "poster-en.html", &page, e);
	}
	if (e == OK) {
		e = revocation_make(c->d, &note);
	}
	if (e == OK) {
		p = print_of(c);
		page = buf_new(1u << 20);
		e = print_revocation(&p, buf_cstr(&note), &page);
		e = put_page(dir, "revocation.html", &page, e);
	}
	if (e == OK) {
		e = wait_printed(c, "poster-nl.html, poster-en.html, "
		    "revocation.html");
	}
	if (dir >= 0) {
		close(dir);
	}
	buf_free(&note);
	return e;
}

static enum err
ask_number(const char *question, unsigned usual, unsigned least,
    unsigned most, unsigned *out)
{
	char text[16], word[16];
	enum err e;

	snprintf(text, sizeof text, "%u", usual);
	do {
		e = ceremony_ask(question, text, word, sizeof word);
		*out = (unsigned)strtoul(word, NULL, 10);
	} while (e == OK && (*out < least || *out > most));
	return e;
}

static void
share_name(enum share_kind kind, unsigned x, char out[64])
{
	snprintf(out, 64, "share-%s-%u.html", kind == SHARE_IDENTITY ?
	    "identity" : "backup", x);
}

static enum err
put_set(struct ceremony *c, int dir, enum share_kind kind, unsigned k,
    unsigned n, char keeper[SHARES_MAX][PAPER_KEEPER], struct papers *papers)
{
	struct share *s = secret_new(SHARES_MAX * sizeof *s);
	struct print p = print_of(c);
	struct paper_set *set;
	enum err e = s == NULL ? ERR_MEMORY :
	    papers_make(c->d, kind, k, n, papers, s);

	set = papers_set(papers, kind);
	for (unsigned i = 0; i < n && e == OK; i++) {
		struct buf page = buf_new_secret(1u << 20);
		char name[64];
		strcpy(set->keeper[i], keeper[i]);
		share_name(kind, s[i].x, name);
		e = print_share(&p, &s[i], keeper[i], c->d->ring->desk,
		    &page);
		e = put_page(dir, name, &page, e);
	}
	secret_free(s);
	return e;
}

enum err
ceremony_shares(struct ceremony *c)
{
	char keeper[SHARES_MAX][PAPER_KEEPER], question[96];
	struct papers papers;
	unsigned n = 0, k = 0;
	int dir = -1;
	enum err e;

	printf("%s", SAY(c,
	    "\nSleuteldelen. De identiteit en de reservesleutel gaan op "
	    "papier, verdeeld over\nmensen: elk krijgt van beide een blad. "
	    "Gebruikelijk: 3 bewaarders, 2 zijn genoeg.\n",
	    "\nKey shares. The identity and the backup key go on paper, "
	    "divided over people: each\ngets a sheet of both. Usual: 3 "
	    "keepers, 2 suffice.\n"));
	e = ask_number(SAY(c, "Hoeveel bewaarders", "How many keepers"), 3,
	    SHARES_MIN, SHARES_MAX, &n);
	if (e == OK) {
		e = ask_number(SAY(c, "Hoeveel zijn er nodig", "How many are "
		    "needed"), n > 2 ? n / 2 + 1 : 2, SHARES_MIN, n, &k);
	}
	for (unsigned i = 0; i < n && e == OK; i++) {
		snprintf(question, sizeof question, SAY(c, "Wie bewaart deel "
		    "%u (naam of functie; Enter: met de pen)", "Who keeps "
		    "share %u (name or role; Enter: by pen)"), i + 1);
		e = ceremony_ask(question, NULL, keeper[i], PAPER_KEEPER);
		if (e == OK && !utf8_valid(keeper[i], strlen(keeper[i]))) {
			keeper[i][0] = 0;
		}
	}
	if (e == OK) { /* a renewal may find no ceremony here */
		e = c->folder[0] == 0 ? folder_ask(c, &dir) :
		    folder_again(c, &dir);
	}
	if (e == OK) {
		e = papers_load(c->d, &papers);
	}
	if (e == OK) {
		e = put_set(c, dir, SHARE_IDENTITY, k, n, keeper, &papers);
	}
	if (e == OK) {
		e = put_set(c, dir, SHARE_BACKUP, k, n, keeper, &papers);
	}
	if (e == OK) {
		e = papers_save(c->d, &papers);
	}
	if (dir >= 0) {
		close(dir);
	}
	return e == OK ? wait_printed(c, "share-*.html") : e;
}

static enum err
prove_sheet(struct ceremony *c, struct papers *papers, struct paper_set *s,
    unsigned i)
{
	struct share *share = secret_new(sizeof *share);
	char word[16], name[SHARE_SET];
	enum err e = share == NULL ? ERR_MEMORY : OK;

	paper_set_name(s, name);
	printf(SAY(c, "\nBlad: deel %u van %u, %s, set %s.\n",
	    "\nSheet: share %u of %u, %s, set %s.\n"), i + 1, s->n,
	    s->kind == SHARE_IDENTITY ? SAY(c, "identiteit", "identity") :
	    SAY(c, "reservesleutel", "backup key"), name);
	while (e == OK && !s->proven[i]) {
		e = ceremony_ask(SAY(c, "Enter: overtypen of scannen, s: "
		    "stoppen, p: nieuwe set printen", "Enter: type or scan, "
		    "s: stop, p: print a new set"), "", word, sizeof word);
		if (e == OK && word[0] == 's') {
			e = ERR_BUSY;
		} else if (e == OK && word[0] == 'p') {
			e = ERR_STALE;
		}
		if (e != OK || share_ask(share) != OK) {
			continue;
		}
		if (paper_fits(s, share) != OK || share->x != i + 1) {
			say_error("this is sheet %u of another set or kind",
			    share->x);
		} else {
			s->proven[i] = true;
			s->proven_day[i] = c->d->today;
			e = papers_save(c->d, papers);
			puts(SAY(c, "Goed: dit blad is leesbaar en klopt.",
			    "Good: this sheet is readable and right."));
		}
	}
	secret_free(share);
	return e;
}

enum err
ceremony_prove(struct ceremony *c)
{
	struct papers papers;
	enum err e = papers_load(c->d, &papers);

	printf("%s", SAY(c,
	    "\nBewijs dat elk blad leesbaar is: typ het over, of geef een "
	    "bestand met de tekst van\nde QR-code (zbarcam of zbarimg --raw "
	    "op deze computer).\n",
	    "\nProve that every sheet is readable: type it, or give a file "
	    "with the text of the QR\ncode (zbarcam or zbarimg --raw on this "
	    "computer).\n"));
	for (unsigned kind = SHARE_IDENTITY; kind <= SHARE_BACKUP && e == OK;
	    kind++) {
		struct paper_set *s = papers_set(&papers,
		    (enum share_kind)kind);
		if (s == NULL) {
			e = ERR_STALE;
		}
		for (unsigned i = 0; e == OK && i < s->n; i++) {
			e = prove_sheet(c, &papers, s, i);
		}
	}
	if (e == ERR_STALE) { /* print anew: one step back */
		puts(SAY(c, "Vernietig de bladen van de oude set.",
		    "Destroy the sheets of the old set."));
		c->step = STEP_SHARES;
		e = ceremony_save(c);
		c->step = STEP_SHARES - 1; /* the caller steps on */
	}
	return e;
}

enum err
ceremony_forget(struct ceremony *c)
{
	struct keyring *ring = c->d->ring;
	struct papers papers;
	int dir = -1;
	enum err e = papers_load(c->d, &papers);

	for (unsigned kind = SHARE_IDENTITY; kind <= SHARE_BACKUP && e == OK;
	    kind++) {
		struct paper_set *s = papers_set(&papers,
		    (enum share_kind)kind);
		e = s == NULL || !papers_proven(s) ? ERR_POLICY : OK;
	}
	if (e == OK && ring->has_identity) {
		e = desk_record(c->d, event_new(c->d, "identity_on_paper"));
	}
	if (e == OK) {
		ring->has_identity = false;
		secret_wipe(ring->identity, sizeof ring->identity);
		e = keyringfile_save(c->d);
	}
	if (e == OK && folder_again(c, &dir) == OK) {
		for (unsigned i = 1; i <= SHARES_MAX; i++) {
			char name[64];
			share_name(SHARE_IDENTITY, i, name);
			unlinkat(dir, name, 0);
			share_name(SHARE_BACKUP, i, name);
			unlinkat(dir, name, 0);
		}
		close(dir);
	}
	if (e == OK) {
		puts(SAY(c, "\nDe identiteit staat nu alleen op papier. De "
		    "bestanden met delen zijn verwijderd.\nLeeg ook het "
		    "geheugen van de printer: zet hem uit.",
		    "\nThe identity is on paper only now. The files with "
		    "shares were removed.\nEmpty the printer's memory too: "
		    "switch it off."));
	}
	return e;
}

enum err
ceremony_transcript(struct ceremony *c)
{
	struct buf page = buf_new(1u << 20);
	struct print p = print_of(c);
	struct papers papers;
	int dir = -1;
	enum err e = papers_load(c->d, &papers);

	if (e == OK) {
		e = folder_again(c, &dir);
	}
	if (e == OK) {
		e = print_transcript(&p, &papers, c->person,
		    !c->d->ring->has_identity, &page);
		e = put_page(dir, "transcript.html", &page, e);
	}
	if (dir >= 0) {
		close(dir);
	}
	buf_free(&page);
	return e == OK ? wait_printed(c, "transcript.html") : e;
}
