/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What was answered on a page of the ceremony, handed to its step. A step
 * that is refused shows its page again with what was typed and why; a form
 * that is not the one wanted now changes nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "../files.h"
#include "../terminal.h"
#include "meldluik/secret.h"
#include "rite.h"

#define CARD_MAX 65536u

static struct ceremony *
of(const struct visit *v)
{
	return &v->ui->founding.c;
}

static bool
pressed(const struct visit *v, const char *what)
{
	return strcmp(field(v, "do"), what) == 0;
}

static enum err
take_begin(struct visit *v, struct refusal *why)
{
	const char *lang = field(v, "language");

	v->lang = lang[0] == 'e'; /* its pages go on in that language */
	return ceremony_begin(of(v), lang, strcmp(field(v, "kind"),
	    "rehearsal") == 0, strcmp(field(v, "profile"), "eu") == 0, why);
}

static enum err
take_names(struct visit *v, struct refusal *why)
{
	enum err e = ceremony_organisation(of(v), field(v,
	    "organisation_name"), why);

	return e == OK ? ceremony_person(of(v), field(v, "person_id"), why) :
	    e;
}

static enum err
take_dice(struct visit *v, struct refusal *why)
{
	bool mix = !pressed(v, "skip");
	const char *throws = field(v, "throws");
	unsigned n = 0;
	enum err e;

	if (mix && throws[0] == 0) {
		return refuse(why, ERR_USAGE, "Typ de ogen, of sla dit over.",
		    "Type the eyes, or skip this.");
	}
	e = ceremony_dice(of(v), mix ? throws : "", &n, why);
	if (e == OK && n > 0) {
		notice_good(v, n < DICE_WANTED ? TEXT_CER_DICE_FEW :
		    TEXT_CER_DICE_DONE, visit_text(v, "%u", n));
	}
	return e;
}

static enum err
take_card(struct visit *v, struct refusal *why)
{
	struct buf b = buf_new(CARD_MAX);
	char print[FINGERPRINT_TEXT];
	enum err e;

	if (pressed(v, "other")) {
		of(v)->has_card = false;
		notice_bad(v, TEXT_CER_CARD_OTHER);
		return OK;
	}
	if (!pressed(v, "look")) {
		return ceremony_card(of(v), pressed(v, "equal"), why);
	}
	e = field(v, "file")[0] != '/' ? ERR_USAGE :
	    file_read_path(field(v, "file"), &b);
	e = e == OK ? ceremony_card_read(of(v), b.p, b.len, print, why) :
	    refuse(why, e, "Dat bestand is niet te lezen. Geef het hele pad, "
	    "op de stick.", "That file cannot be read. Give its whole path, "
	    "on the stick.");
	buf_free(&b);
	return e;
}

static enum err
take_words(struct visit *v, struct refusal *why)
{
	struct ui_founding *f = &v->ui->founding;
	enum err e = OK;

	if (pressed(v, "words") || pressed(v, "other")) {
		e = ceremony_words(&f->c, pressed(v, "other"), why);
		f->words = e == OK ? WORDS_SHOWN : WORDS_OWN;
	} else if (pressed(v, "take") && f->c.offered != NULL) {
		f->words = WORDS_TAKEN;
	} else if (pressed(v, "own")) {
		f->words = WORDS_OWN;
	} else if (pressed(v, "repeat")) {
		e = ceremony_repeat(&f->c, field(v, "typed"),
		    fields_len(v->form, "typed"), why);
		f->words = e == OK ? WORDS_NONE : WORDS_SHOWN;
	} else {
		e = ceremony_own(&f->c, field(v, "passphrase"),
		    fields_len(v->form, "passphrase"), field(v, "again"),
		    fields_len(v->form, "again"), why);
	}
	return e;
}

static enum err
take_keys(struct visit *v, struct refusal *why)
{
	enum err e = ceremony_keys(of(v), why);

	if (e == OK && desk_policy(v->d) == OK) {
		v->ui->unlocked = true;
		v->ui->tries = 0;
		notice_good(v, TEXT_CER_KEYS_MADE, NULL);
	}
	return e;
}

static enum err
take_folder(struct visit *v, struct refusal *why)
{
	return field(v, "folder")[0] != '/' ? refuse(why, ERR_USAGE,
	    "Geef het hele pad van de map, vanaf /.", "Give the folder's "
	    "whole path, from /.") : ceremony_folder(of(v), field(v,
	    "folder"), why);
}

static enum err
take_printed(struct visit *v, struct refusal *why)
{
	struct ceremony *c = of(v);
	enum err e = ceremony_printed(c, why);

	if (e == OK && ceremony_done(c)) {
		v->ui->founding.waits = false;
		notice_good(v, c->rehearsal ? TEXT_CER_DONE_REHEARSAL :
		    c->renewal ? TEXT_CER_DONE_RENEWAL : TEXT_CER_DONE,
		    NULL);
	}
	return e;
}

static enum err
take_keepers(struct visit *v, struct refusal *why)
{
	unsigned long n = strtoul(field(v, "sheets"), NULL, 10);
	unsigned long k = strtoul(field(v, "needed"), NULL, 10);
	const char *keeper[SHARES_MAX];

	for (unsigned i = 0; i < SHARES_MAX; i++) {
		keeper[i] = field(v, visit_text(v, "keeper%u", i + 1));
		if (i >= n && keeper[i][0] != 0) {
			return refuse(why, ERR_USAGE, "Er staan meer namen "
			    "dan bewaarders.", "There are more names than "
			    "keepers.");
		}
	}
	return ceremony_shares(of(v), n > SHARES_MAX ? 0 : (unsigned)n,
	    k > SHARES_MAX ? 0 : (unsigned)k, keeper, why);
}

static enum err
take_sheet(struct visit *v, struct refusal *why)
{
	const char *file = field(v, "file");
	struct share *share;
	enum err e;

	if (pressed(v, "anew")) {
		e = ceremony_anew(of(v), why);
		if (e == OK) {
			notice_good(v, TEXT_CER_ANEW, NULL);
		}
		return e;
	}
	share = secret_new(sizeof *share);
	if (share == NULL) {
		return refuse_err(why, ERR_MEMORY);
	}
	if (field(v, "share")[0] == 0 && file[0] == 0) {
		e = refuse(why, ERR_USAGE, "Typ het blad over, of noem een "
		    "bestand met de tekst van de QR-code.", "Type the sheet, "
		    "or name a file with the text of the QR code.");
	} else if (field(v, "share")[0] != 0) {
		e = share_typed(field(v, "share"), fields_len(v->form,
		    "share"), share, why);
	} else {
		e = share_file(file, share, why);
	}
	if (e == OK) {
		e = ceremony_prove(of(v), share, why);
	}
	if (e == OK) {
		notice_good(v, TEXT_CER_PROVEN, NULL);
	}
	secret_free(share);
	return e;
}

static enum err
take_transcript(struct visit *v, struct refusal *why)
{
	return ceremony_transcript(of(v), why);
}

static enum err
take_forget(struct visit *v, struct refusal *why)
{
	enum err e = ceremony_forget(of(v), why);

	if (e == OK && of(v)->erased == 0) {
		notice_bad(v, TEXT_CER_FORGOTTEN_FILES);
	} else if (e == OK) {
		notice_good(v, TEXT_CER_FORGOTTEN, NULL);
	}
	return e;
}

void
rite_take(struct visit *v)
{
	static enum err (*const take[])(struct visit *, struct refusal *) = {
		[WANT_BEGIN] = take_begin, [WANT_ORGANISATION] = take_names,
		[WANT_PERSON] = take_names, [WANT_DICE] = take_dice,
		[WANT_CARD] = take_card, [WANT_PASSPHRASE] = take_words,
		[WANT_KEYS] = take_keys, [WANT_FOLDER] = take_folder,
		[WANT_PRINTED] = take_printed, [WANT_KEEPERS] = take_keepers,
		[WANT_SHEET] = take_sheet, [WANT_FORGET] = take_forget,
		[WANT_TRANSCRIPT] = take_transcript,
	};
	enum ceremony_want want = ceremony_wants(of(v));
	struct buf said = buf_new(1024);
	struct refusal why;
	enum err e = ERR_STALE;

	if (strcmp(field(v, "step"), rite_name(want)) != 0) {
		notice_bad(v, TEXT_CER_STALE);
	} else {
		say_error_keep(&said);
		e = take[want](v, &why);
		say_error_keep(NULL);
		if (e != OK && why.nl[0] != 0) {
			notice_refusal(v, &why);
		} else if (e != OK) {
			notice_said(v, TEXT_CER_FAILED, &said);
		}
	}
	/* the same page again with what was typed, or on */
	if (e != OK && strcmp(field(v, "step"),
	    rite_name(ceremony_wants(of(v)))) == 0) {
		rite_form(v);
	} else {
		visit_go(v, v->ui->founding.waits ? "/ceremony" : "/");
	}
	buf_free(&said);
}
