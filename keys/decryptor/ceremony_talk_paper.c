/* SPDX-License-Identifier: EUPL-1.2 */
/* The terminal's side of the ceremony's paper: printing, typing back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ceremony_talk.h"
#include "meldluik/secret.h"
#include "terminal.h"

static enum err
ask_number(const struct ceremony *c, const char *question, unsigned usual,
    unsigned least, unsigned most, unsigned *out)
{
	char text[16], word[16];
	enum err e;

	snprintf(text, sizeof text, "%u", usual);
	do {
		e = talk_ask(c, question, text, word, sizeof word);
		*out = (unsigned)strtoul(word, NULL, 10);
	} while (e == OK && (*out < least || *out > most));
	return e;
}

enum err
talk_folder(struct ceremony *c)
{
	const char *usual = c->folder[0] != 0 ? c->folder :
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm/meldluik-print" :
	    "meldluik-print";
	char path[CEREMONY_FOLDER];
	struct refusal why;
	enum err e;

	do {
		e = talk_ask(c, SAY(c, "Map voor wat geprint wordt", "Folder for what "
		    "is printed"), usual, path, sizeof path);
		if (e != OK) {
			return e;
		}
		e = ceremony_folder(c, path, &why);
		if (e != OK) {
			talk_tell(c, &why);
		}
	} while (e == ERR_IO);
	return e;
}

static enum err
wait_paper(const struct ceremony *c, const char *what)
{
	char word[64];

	printf(SAY(c, "Open %s/%s in de browser van deze computer en print "
	    "(A4, 100%%).\n", "Open %s/%s in this computer's browser and "
	    "print (A4, 100%%).\n"), c->folder, what);
	return talk_ask(c, SAY(c, "Enter als het papier er ligt",
	    "Enter when the paper is there"), "", word, sizeof word);
}

enum err
talk_printed(struct ceremony *c)
{
	struct refusal why;
	enum err e = wait_paper(c, c->step == STEP_PUBLIC ? "poster-nl.html, "
	    "poster-en.html, revocation.html" : "transcript.html");

	if (e == OK && ceremony_printed(c, &why) != OK) {
		e = talk_tell(c, &why);
	}
	return e;
}

enum err
talk_keepers(struct ceremony *c)
{
	char keeper[SHARES_MAX][PAPER_KEEPER], question[96];
	const char *name[SHARES_MAX];
	struct refusal why;
	unsigned n = 0, k = 0;
	enum err e;

	printf("%s", SAY(c,
	    "\nSleuteldelen. De identiteit en de reservesleutel gaan op "
	    "papier, verdeeld over\nmensen: elk krijgt van beide een blad. "
	    "Gebruikelijk: 3 bewaarders, 2 zijn genoeg.\n",
	    "\nKey shares. The identity and the backup key go on paper, "
	    "divided over people: each\ngets a sheet of both. Usual: 3 "
	    "keepers, 2 suffice.\n"));
	e = ask_number(c, SAY(c, "Hoeveel bewaarders", "How many keepers"), 3,
	    SHARES_MIN, SHARES_MAX, &n);
	if (e == OK) {
		e = ask_number(c, SAY(c, "Hoeveel zijn er nodig", "How many are "
		    "needed"), n > 2 ? n / 2 + 1 : 2, SHARES_MIN, n, &k);
	}
	for (unsigned i = 0; i < n && e == OK; i++) {
		snprintf(question, sizeof question, SAY(c, "Wie bewaart deel "
		    "%u (naam of functie; Enter: met de pen)", "Who keeps "
		    "share %u (name or role; Enter: by pen)"), i + 1);
		e = talk_ask(c, question, NULL, keeper[i], PAPER_KEEPER);
		name[i] = keeper[i];
	}
	if (e == OK && ceremony_shares(c, n, k, name, &why) != OK) {
		e = talk_tell(c, &why);
	}
	return e == OK ? wait_paper(c, "share-*.html") : e;
}

void
talk_prove(const struct ceremony *c)
{
	printf("%s", SAY(c,
	    "\nBewijs dat elk blad leesbaar is: typ het over, of geef een "
	    "bestand met de tekst van\nde QR-code (zbarcam of zbarimg --raw "
	    "op deze computer).\n",
	    "\nProve that every sheet is readable: type it, or give a file "
	    "with the text of the QR\ncode (zbarcam or zbarimg --raw on this "
	    "computer).\n"));
}

/* One sheet, until it is proven */
enum err
talk_sheet(struct ceremony *c)
{
	struct share *share = secret_new(sizeof *share);
	struct ceremony_sheet s;
	struct refusal why;
	char word[16];
	bool proven = false;
	enum err e = share == NULL ? ERR_MEMORY : OK;

	if (e == OK && ceremony_sheet(c, &s, &why) != OK) {
		e = talk_tell(c, &why);
	}
	if (e == OK) {
		printf(SAY(c, "\nBlad: deel %u van %u, %s, set %s.\n",
		    "\nSheet: share %u of %u, %s, set %s.\n"), s.x, s.n,
		    s.kind == SHARE_IDENTITY ? SAY(c, "identiteit",
		    "identity") : SAY(c, "reservesleutel", "backup key"),
		    s.set);
	}
	while (e == OK && !proven) {
		e = talk_ask(c, SAY(c, "Enter: overtypen of scannen, s: stoppen, p: "
		    "nieuwe set printen", "Enter: type or scan, s: stop, p: "
		    "print a new set"), "", word, sizeof word);
		if (e == OK && word[0] == 's') {
			e = ERR_BUSY;
		} else if (e == OK && word[0] == 'p') {
			puts(SAY(c, "Vernietig de bladen van de oude set.",
			    "Destroy the sheets of the old set."));
			e = ceremony_anew(c, &why) == OK ? OK :
			    talk_tell(c, &why);
			break;
		}
		if (e != OK || share_ask(share, c->language) != OK) {
			continue;
		}
		if (ceremony_prove(c, share, &why) != OK) {
			talk_tell(c, &why);
			e = why.e == ERR_CONFLICT ? OK : why.e;
		} else {
			proven = true;
			puts(SAY(c, "Goed: dit blad is leesbaar en klopt.",
			    "Good: this sheet is readable and right."));
		}
	}
	secret_free(share);
	return e;
}

enum err
talk_forget(struct ceremony *c)
{
	struct refusal why;

	if (ceremony_forget(c, &why) != OK) {
		return talk_tell(c, &why);
	}
	if (c->erased > 0) {
		puts(SAY(c, "\nDe bestanden met delen zijn verwijderd.",
		    "\nThe files with shares were removed."));
	} else {
		printf(SAY(c, "\nLET OP: in %s staan geen bestanden met delen "
		    "meer. Lag de map op een stick,\ndan staan ze daar nog: "
		    "vernietig die stick.\n", "\nNOTE: there are no files with "
		    "shares in %s any more. If that folder was on a stick,\n"
		    "they are still there: destroy the stick.\n"), c->folder);
	}
	puts(SAY(c, "De identiteit staat nu op deze computer niet meer.\n"
	    "Reservekopieën van vóór nu bevatten hem nog: vernietig ze en maak "
	    "een nieuwe.\nLeeg ook het geheugen van de printer: zet hem uit.",
	    "The identity is on this computer no more.\nBackups made before "
	    "now still hold it: destroy them and make a new one.\nEmpty the "
	    "printer's memory too: switch it off."));
	return OK;
}

enum err
talk_transcript(struct ceremony *c)
{
	struct refusal why;

	return ceremony_transcript(c, &why) == OK ? OK : talk_tell(c, &why);
}
