/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the ceremony wants next, and the steps until there is a home: names,
 * dice, card, passphrase, keys. What it prints is in ceremony_paper.c.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ceremony.h"
#include "files.h"
#include "founding.h"
#include "meldluik/secret.h"
#include "terminal.h"
#include "verbs.h"

enum ceremony_want
ceremony_wants(const struct ceremony *c)
{
	if (c->home && c->d->ring == NULL) {
		return WANT_OPEN;
	}
	switch (c->step) {
	case STEP_ANSWERS:
		return !c->begun ? WANT_BEGIN : !c->named ?
		    WANT_ORGANISATION : WANT_PERSON;
	case STEP_HOME:
		return !c->dice ? WANT_DICE : !c->carded ? WANT_CARD :
		    c->d->pass == NULL ? WANT_PASSPHRASE : WANT_KEYS;
	case STEP_PUBLIC:
		return c->written ? WANT_PRINTED : WANT_FOLDER;
	case STEP_SHARES:
		return c->folder[0] == 0 ? WANT_FOLDER : WANT_KEEPERS;
	case STEP_PROVE:
		return WANT_SHEET;
	case STEP_FORGET:
		return WANT_FORGET;
	case STEP_TRANSCRIPT:
		return c->written ? WANT_PRINTED : c->folder[0] == 0 ?
		    WANT_FOLDER : WANT_TRANSCRIPT;
	default:
		return WANT_NOTHING;
	}
}

unsigned
ceremony_stage(const struct ceremony *c)
{
	switch (c->step) {
	case STEP_ANSWERS:
		return 1;
	case STEP_HOME:
		return c->home ? 4 : !c->dice || !c->carded ? 2 :
		    c->d->pass == NULL ? 3 : 4;
	case STEP_PUBLIC:
		return 5;
	case STEP_SHARES:
		return 6;
	case STEP_PROVE:
		return 7;
	default:
		return CEREMONY_STAGES;
	}
}

enum err
ceremony_said(struct refusal *why, enum err e)
{
	memset(why, 0, sizeof *why);
	why->e = e;
	return e;
}

enum err
ceremony_turn(const struct ceremony *c, enum ceremony_want want,
    struct refusal *why)
{
	return ceremony_wants(c) == want ? OK : refuse(why, ERR_STALE,
	    "Deze stap is al gedaan, of is nog niet aan de beurt.",
	    "This step was done already, or its turn has not come.");
}

static enum err
save(struct ceremony *c, struct refusal *why)
{
	enum err e = ceremony_save(c);

	return e == OK ? OK : refuse_word(why, e, "Hoe ver de ceremonie is kan "
	    "niet worden bewaard in %s.", "How far the ceremony came cannot "
	    "be kept in %s.", c->d->home);
}

enum err
ceremony_to(struct ceremony *c, unsigned step, struct refusal *why)
{
	unsigned before = c->step;
	enum err e;

	c->step = step;
	e = save(c, why);
	if (e != OK) {
		c->step = before;
	} else {
		c->written = false;
	}
	return e;
}

void
ceremony_language(struct ceremony *c, const char *word)
{
	strcpy(c->language, word[0] == 'e' || word[0] == 'E' ? "en" : "nl");
}

enum err
ceremony_begin(struct ceremony *c, const char *language, bool rehearsal,
    bool authority, struct refusal *why)
{
	enum err e = ceremony_turn(c, WANT_BEGIN, why);

	if (e == OK) {
		ceremony_language(c, language);
		c->rehearsal = rehearsal;
		c->authority = authority;
		e = save(c, why);
	}
	c->begun = c->begun || e == OK;
	return e;
}

enum err
ceremony_organisation(struct ceremony *c, const char *name,
    struct refusal *why)
{
	/* while the person is asked, it can still be put right */
	enum err e = ceremony_turn(c, c->named ? WANT_PERSON :
	    WANT_ORGANISATION, why);

	if (e == OK && (name[0] == 0 || !utf8_valid(name, strlen(name)))) {
		e = refuse(why, ERR_USAGE, "Geef de naam van de organisatie.",
		    "Give the name of the organisation.");
	} else if (e == OK && strlen(name) >= KEYSET_NAME) {
		e = refuse(why, ERR_LIMIT, "De naam van de organisatie is te "
		    "lang: hoogstens 128 bytes; sommige letters tellen voor "
		    "meer dan \xc3\xa9\xc3\xa9n.", "The name of the "
		    "organisation is too long: at most 128 bytes, and some "
		    "letters take more than one.");
	} else if (e == OK) {
		memmove(c->organisation, name, strlen(name) + 1);
		e = save(c, why);
	}
	c->named = c->named || e == OK;
	return e;
}

enum err
ceremony_person(struct ceremony *c, const char *id, struct refusal *why)
{
	enum err e = ceremony_turn(c, WANT_PERSON, why);

	if (e == OK && !id_ok(id)) {
		e = refuse(why, ERR_USAGE, "Uw korte naam heeft 1 tot 32 "
		    "kleine letters, cijfers en streepjes.", "Your short name "
		    "has 1 to 32 small letters, digits and hyphens.");
	} else if (e == OK) {
		memmove(c->person, id, strlen(id) + 1);
		e = ceremony_to(c, c->step + 1, why);
	}
	return e;
}

enum err
ceremony_dice(struct ceremony *c, const char *throws, unsigned *count,
    struct refusal *why)
{
	enum err e = ceremony_turn(c, WANT_DICE, why);

	*count = 0;
	if (e == OK && throws[0] != 0) {
		e = dice_take(c->d, throws, count);
		if (e != OK) {
			e = refuse(why, e, "Alleen cijfers 1 tot 6.",
			    "Only figures 1 to 6.");
		}
	}
	c->dice = c->dice || e == OK;
	return e;
}

enum err
ceremony_card_read(struct ceremony *c, const void *p, size_t len,
    char print[FINGERPRINT_TEXT], struct refusal *why)
{
	enum err e = ceremony_turn(c, WANT_CARD, why);

	if (e == OK && card_parse(p, len, &c->card) != OK) {
		e = refuse(why, ERR_FORMAT, "Dat is geen kaart van een server "
		    "(gateway.json). Vraag ICT om een nieuwe.",
		    "That is no card of a gateway (gateway.json). Ask IT for "
		    "a new one.");
	} else if (e == OK) {
		sign_fingerprint(&c->card.key, print);
		c->has_card = true;
	}
	return e;
}

enum err
ceremony_card(struct ceremony *c, bool take, struct refusal *why)
{
	enum err e = ceremony_turn(c, WANT_CARD, why);

	if (e == OK && take && !c->has_card) {
		e = ceremony_said(why, ERR_STALE);
	} else if (e == OK) {
		c->has_card = take;
		c->carded = true;
	}
	return e;
}

void
ceremony_lists(struct ceremony *c)
{
	static const char *const language[] = {"nl", "en"};

	for (unsigned i = 0; i < 2; i++) {
		if (c->list[i] == NULL) {
			(void)words_load(language[i], &c->list[i]);
		}
	}
}

enum err
ceremony_words(struct ceremony *c, bool other, struct refusal *why)
{
	const struct words *list = SAY(c, c->list[0], c->list[1]);
	enum err e = ceremony_turn(c, WANT_PASSPHRASE, why);

	if (e != OK || (c->offered != NULL && !other)) {
		return e;
	}
	if (list == NULL) {
		return refuse(why, ERR_UNKNOWN, "Er is geen woordenlijst "
		    "(Debian: wdutch).", "There is no word list (Debian: "
		    "diceware).");
	}
	if (c->offered == NULL) {
		c->offered = secret_new(PASSPHRASE_MAX + 1);
	}
	e = c->offered == NULL ? ERR_MEMORY : words_draw(c->d, list,
	    c->offered, &c->bits, &c->words);
	return e == OK ? OK : refuse_err(why, e);
}

enum err
ceremony_repeat(struct ceremony *c, const char *typed, size_t len,
    struct refusal *why)
{
	enum err e = ceremony_turn(c, WANT_PASSPHRASE, why);

	if (e != OK) {
		return e;
	}
	if (c->offered == NULL) {
		return ceremony_said(why, ERR_STALE);
	}
	if (len != strlen(c->offered) ||
	    !secret_equal(typed, c->offered, len)) {
		return refuse(why, ERR_NO_MATCH, "Niet gelijk aan de wachtzin. "
		    "Kijk uw papier na.", "Not equal to the passphrase. Look "
		    "at your paper again.");
	}
	c->d->pass = c->offered;
	c->d->passlen = len;
	c->offered = NULL; /* transferred */
	return OK;
}

enum err
ceremony_own(struct ceremony *c, const char *pass, size_t len,
    const char *again, size_t again_len, struct refusal *why)
{
	enum err e = ceremony_turn(c, WANT_PASSPHRASE, why);
	char *kept;

	if (e != OK) {
		return e;
	}
	switch (passphrase_check(len, true)) {
	case OK:
		break;
	case ERR_LIMIT:
		return refuse(why, ERR_LIMIT, "De wachtzin is te lang.",
		    "The passphrase is too long.");
	default:
		return refuse(why, ERR_POLICY, "De wachtzin is te kort: "
		    "minstens 12 tekens, zoals vijf losse woorden.", "The "
		    "passphrase is too short: at least 12 characters, such as "
		    "five random words.");
	}
	if (len != again_len || !secret_equal(pass, again, len)) {
		return refuse(why, ERR_CONFLICT, "De twee wachtzinnen zijn "
		    "niet gelijk.", "The two passphrases differ.");
	}
	kept = secret_new(PASSPHRASE_MAX + 1);
	if (kept == NULL) {
		return refuse_err(why, ERR_MEMORY);
	}
	memcpy(kept, pass, len);
	c->d->pass = kept;
	c->d->passlen = len;
	secret_free(c->offered);
	c->offered = NULL;
	return OK;
}

/* What an earlier run left before there was a keyring is worth nothing */
static void
clear_half(struct ceremony *c)
{
	int dir = open(c->d->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	c->home = dir >= 0 && faccessat(dir, "keyring.age", F_OK, 0) == 0;
	if (dir >= 0 && !c->home) {
		folder_remove(dir, "casebook");
	}
	if (dir >= 0) {
		close(dir);
	}
}

enum err
ceremony_keys(struct ceremony *c, struct refusal *why)
{
	enum err e = ceremony_turn(c, WANT_KEYS, why);

	if (e != OK) {
		return e;
	}
	clear_half(c);
	profile_free(c->d->profile);
	c->d->profile = NULL;
	c->d->founded_as = c->authority ? "eu" : "nl";
	c->d->rehearsal = c->rehearsal;
	e = founding_first(c->d, 1, c->person, c->organisation, c->has_card ?
	    &c->card : NULL);
	if (e == OK) {
		c->home = true;
		return ceremony_to(c, c->step + 1, why);
	}
	desk_close(c->d);
	clear_half(c);
	c->dice = false;
	return ceremony_said(why, e);
}

/* A record that stopped between two files */
static enum err
settle(struct ceremony *c)
{
	struct papers papers;
	struct paper_set *s[2];
	enum err e = OK;
	int dir = -1;

	if (c->step == STEP_PROVE) {
		e = papers_load(c->d, &papers);
		s[0] = papers_set(&papers, SHARE_IDENTITY);
		s[1] = papers_set(&papers, SHARE_BACKUP);
		if (e == OK && (s[0] == NULL || s[1] == NULL)) {
			c->step = STEP_SHARES;
		} else if (e == OK && papers_proven(s[0]) &&
		    papers_proven(s[1])) {
			c->step = STEP_FORGET;
		}
	}
	if (c->folder[0] != 0 && ceremony_folder_open(c, &dir) != OK) {
		c->folder[0] = 0; /* asked anew */
	}
	if (dir >= 0) {
		close(dir);
	}
	return e;
}

bool
ceremony_done(const struct ceremony *c)
{
	return c->step == STEP_DONE;
}

enum err
ceremony_opened(struct ceremony *c, struct refusal *why)
{
	struct desk *d = c->d;
	enum err e = OK;

	c->home = true;
	if (d->keyset == NULL && d->ring->has_identity) {
		e = founding_keyset(d, c->organisation, NULL);
	}
	if (e == OK && d->keyset == NULL) {
		return refuse(why, ERR_UNKNOWN, "Dit loket heeft nog geen "
		    "sleutelset: neem hem in met `keyset --accept`.",
		    "this desk has no keyset yet: take one in with `keyset "
		    "--accept`");
	}
	if (e != OK) {
		return ceremony_said(why, e);
	}
	if (c->organisation[0] == 0) {
		strcpy(c->organisation, d->keyset->organisation);
	}
	strcpy(c->person, d->ring->person);
	/* the record stays behind where a backup is restored */
	c->rehearsal = c->rehearsal || d->state->rehearsal;
	if (!d->ring->has_identity && (!c->recorded || c->step ==
	    STEP_DONE)) {
		c->step = STEP_DONE;
		return OK;
	}
	if (c->step == STEP_DONE) { /* a new identity since */
		c->step = STEP_PUBLIC;
		c->renewal = false;
	} else if (c->step < STEP_PUBLIC) {
		c->step = STEP_PUBLIC;
	}
	e = settle(c);
	return e == OK ? OK : refuse(why, e, "Het register van de papieren "
	    "sleuteldelen is niet te lezen.", "the record of the paper shares "
	    "cannot be read");
}

enum err
ceremony_renewal(struct ceremony *c, struct refusal *why)
{
	struct desk *d = c->d;
	enum err e = desk_record(d, event_new(d, "identity_from_paper"));

	if (e == OK) {
		memcpy(d->ring->identity, d->identity, SIGN_SEED);
		d->ring->has_identity = true;
		secret_free(d->identity);
		d->identity = NULL;
		e = keyringfile_save(d);
	}
	if (e != OK) {
		return ceremony_said(why, e);
	}
	c->renewal = true;
	return ceremony_to(c, STEP_SHARES, why);
}
