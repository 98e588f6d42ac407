/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The terminal's side of the ceremony: questions, and what is answered, until
 * there is a home; and the order. The rest is in ceremony_talk_paper.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ceremony_talk.h"
#include "files.h"
#include "meldluik/secret.h"
#include "terminal.h"

enum err
talk_tell(const struct ceremony *c, const struct refusal *why)
{
	if (why->nl[0] != 0) {
		say_error("%s", SAY(c, why->nl, why->en));
	}
	return why->e;
}

enum err
talk_ask(const struct ceremony *c, const char *question, const char *usual,
    char *out, size_t size)
{
	char line[512], empty[256];
	enum err e;

	/* ${out} may be what ${usual} points to */
	snprintf(empty, sizeof empty, "%s", usual == NULL ? "" : usual);
	if (empty[0] != 0) {
		snprintf(line, sizeof line, "%s [%s]: ", question, empty);
	} else {
		snprintf(line, sizeof line, "%s: ", question);
	}
	do {
		e = terminal_ask(line, out, size);
		if (e == ERR_LIMIT) {
			say_error(SAY(c, "dat is te lang: hoogstens %zu bytes; "
			    "sommige letters tellen voor meer dan "
			    "\xc3\xa9\xc3\xa9n", "that is too long: at most %zu "
			    "bytes, and some letters take more than one"),
			    size - 1);
		}
	} while (e == ERR_LIMIT);
	if (e == OK && out[0] == 0) {
		snprintf(out, size, "%s", empty);
	}
	return e;
}

/* As the page asks it (cer.whose); not when --profile said it */
static enum err
ask_whose(struct ceremony *c)
{
	char word[16];
	enum err e;

	if (c->d->founded_as != NULL) {
		return OK;
	}
	printf("%s", SAY(c,
	    "\nVan wie is dit meldkanaal? Hiervan hangen termijnen, regels en "
	    "bestemmingen af.\nNa de sleutels staat het vast.\n"
	    "  nl  Van een werkgever, voor meldingen over de eigen organisatie"
	    "\n  eu  Van een bevoegde autoriteit, voor meldingen van buiten "
	    "(profiel eu)\n",
	    "\nWhose channel is this? Terms, rules and destinations depend on "
	    "it.\nOnce the keys are made it is fixed.\n"
	    "  nl  An employer's, for reports about the own organisation\n"
	    "  eu  A competent authority's, for reports from outside (profile "
	    "eu)\n"));
	do {
		e = talk_ask(c, SAY(c, "Meldkanaal (nl/eu)", "Channel (nl/eu)"),
		    c->authority ? "eu" : "nl", word, sizeof word);
	} while (e == OK && strcmp(word, "nl") != 0 &&
	    strcmp(word, "eu") != 0);
	if (e == OK) {
		c->authority = strcmp(word, "eu") == 0;
	}
	return e;
}

static enum err
ask_begin(struct ceremony *c)
{
	char word[64], name[64];
	struct refusal why;
	enum err e = talk_ask(c, "Nederlands of English (nl/en)", c->language, word,
	    sizeof word);

	if (e == OK) { /* the next question is in it */
		ceremony_language(c, word);
		terminal_dutch(c->language[0] != 'e');
		e = ask_whose(c);
	}
	if (e != OK) {
		return e;
	}
	if (ceremony_begin(c, word, c->rehearsal, c->authority, &why) != OK) {
		return talk_tell(c, &why);
	}
	printf("%s", SAY(c,
	    "\nDe sleutelceremonie. Ze duurt ongeveer een uur en mag bij elke "
	    "vraag worden\nafgebroken (Ctrl-C); `init` gaat later verder waar "
	    "u was. Nodig: een printer aan\ndeze computer zonder netwerk, "
	    "enveloppen, en een tweede persoon die meekijkt.\n\n",
	    "\nThe key ceremony. It takes about an hour and may be stopped at "
	    "any question\n(Ctrl-C); `init` goes on later where you were. "
	    "Needed: a printer at this computer\nwithout network, envelopes, "
	    "and a second person who watches.\n\n"));
	if (c->rehearsal) {
		puts(SAY(c, "OEFENING: alles is echt, behalve de organisatie. "
		    "Gooi daarna alles weg.", "REHEARSAL: everything is real "
		    "but the organisation. Throw all of it away after."));
	}
	if (c->authority) {
		puts(SAY(c, "Het kanaal van een bevoegde autoriteit (profiel "
		    "eu).", "The channel of a competent authority (profile "
		    "eu)."));
	}
	if (ceremony_connected(name)) {
		printf(SAY(c, "LET OP: deze computer is verbonden (%s). Trek "
		    "de kabel eruit en zet wifi uit.\n", "NOTE: this computer "
		    "is connected (%s). Unplug the cable and switch wifi "
		    "off.\n"), name);
	}
	return OK;
}

static enum err
ask_organisation(struct ceremony *c)
{
	char name[KEYSET_NAME];
	struct refusal why;
	enum err e = talk_ask(c, SAY(c, "Naam van de organisatie", "Name of the "
	    "organisation"), c->organisation, name, sizeof name);

	if (e == OK && (e = ceremony_organisation(c, name, &why)) !=
	    ERR_USAGE && e != OK) { /* asked again until it is one */
		talk_tell(c, &why);
	}
	return e == ERR_USAGE ? OK : e;
}

static enum err
ask_person(struct ceremony *c)
{
	char id[KEYSET_ID];
	struct refusal why;
	enum err e = talk_ask(c, SAY(c, "Uw eigen korte naam (kleine letters, "
	    "cijfers, streepje)", "Your own short name (small letters, "
	    "figures, hyphen)"), c->person[0] != 0 ? c->person :
	    "coordinator", id, sizeof id);

	if (e == OK && (e = ceremony_person(c, id, &why)) != ERR_USAGE &&
	    e != OK) {
		talk_tell(c, &why);
	}
	return e == ERR_USAGE ? OK : e;
}

static enum err
ask_dice(struct ceremony *c)
{
	char throws[1024];
	struct refusal why;
	unsigned n = 0;
	enum err e;

	printf("%s", SAY(c,
	    "\nDobbelstenen (mag). Gooi een dobbelsteen en typ de ogen, tot "
	    "99 keer of meer, op\neen regel. Zo hoeft u het toeval van deze "
	    "computer niet alleen te vertrouwen.\n",
	    "\nDice (optional). Throw a die and type the eyes, 99 times or "
	    "more, on one line.\nThen you need not trust this computer's "
	    "chance alone.\n"));
	do {
		e = talk_ask(c, SAY(c, "Ogen (Enter: overslaan)", "Eyes (Enter: "
		    "skip)"), NULL, throws, sizeof throws);
		if (e == OK) {
			e = ceremony_dice(c, throws, &n, &why);
			if (e == ERR_FORMAT) {
				puts(SAY(c, why.nl, why.en));
			}
		}
	} while (e == ERR_FORMAT);
	secret_wipe(throws, sizeof throws);
	if (e == OK && n > 0) {
		printf(SAY(c, "%u worpen gemengd in alle sleutels (%.0f bits)"
		    "%s.\n", "Mixed %u throws into all keys (%.0f bits)%s.\n"),
		    n, n * 2.585, n < DICE_WANTED ? SAY(c, "; 99 is beter",
		    "; 99 is better") : "");
	}
	return e;
}

static enum err
ask_card(struct ceremony *c)
{
	struct buf b = buf_new(65536);
	char file[1024], print[FINGERPRINT_TEXT], word[16];
	struct refusal why;
	bool has = false;
	enum err e = OK;

	while (e == OK && !has) {
		buf_clear(&b);
		e = talk_ask(c, SAY(c, "Kaart van de server (gateway.json van ICT; "
		    "Enter: later)", "Card of the gateway (gateway.json from "
		    "IT; Enter: later)"), NULL, file, sizeof file);
		if (e != OK || file[0] == 0) {
			break;
		}
		if (file_read_path(file, &b) != OK || ceremony_card_read(c,
		    b.p, b.len, print, &why) != OK) {
			say_error(SAY(c, "de kaart %s is niet te gebruiken",
			    "the card %s cannot be used"), file);
			continue;
		}
		printf(SAY(c, "Laat ICT de vingerafdruk van de server "
		    "voorlezen:\n  %s\n", "Let IT read the gateway's "
		    "fingerprint aloud:\n  %s\n"), print);
		e = talk_ask(c, SAY(c, "Gelijk? (j/n)", "Equal? (y/n)"), "", word,
		    sizeof word);
		has = e == OK && (word[0] == 'j' || word[0] == 'y');
	}
	buf_free(&b);
	if (e == OK && ceremony_card(c, has, &why) != OK) {
		e = talk_tell(c, &why);
	}
	return e;
}

/* Shows drawn words until they are liked; ERR_NO_MATCH: one's own */
static enum err
show_words(struct ceremony *c)
{
	char word[16] = "";
	struct refusal why;
	enum err e = OK;

	do {
		if (ceremony_words(c, word[0] != 0, &why) != OK) {
			if (why.e == ERR_UNKNOWN) {
				puts(SAY(c, why.nl, why.en));
				return ERR_NO_MATCH;
			}
			return talk_tell(c, &why);
		}
		printf(SAY(c, "\nUw wachtzin, %u woorden, sterkte %.0f bits "
		    "(raden duurt langer dan een mensenleven):\n\n    %s\n\n"
		    "Schrijf hem op papier; dat papier gaat in een envelop in "
		    "de kluis.\n", "\nYour passphrase, %u words, strength "
		    "%.0f bits (guessing takes longer than a life):\n\n    %s"
		    "\n\nWrite it on paper; that paper goes into an envelope "
		    "in the safe.\n"), c->words, c->bits, c->offered);
		e = talk_ask(c, SAY(c, "Enter: nemen, n: andere woorden, e: een "
		    "eigen wachtzin", "Enter: take it, n: other words, "
		    "o: one of your own"), "", word, sizeof word);
	} while (e == OK && (word[0] == 'n' || word[0] == 'N'));
	if (e == OK && isatty(1)) { /* off the screen and its history */
		fputs("\033[2J\033[3J\033[H", stdout);
	}
	return e == OK && (word[0] == 'e' || word[0] == 'o') ? ERR_NO_MATCH :
	    e;
}

static enum err
ask_repeat(struct ceremony *c)
{
	char *typed = NULL;
	struct refusal why;
	size_t len = 0;
	enum err e = OK;

	puts(SAY(c, "Typ de wachtzin nu over van uw papier.",
	    "Now type the passphrase from your paper."));
	e = passphrase_get(NULL, false, &typed, &len);
	if (e == OK) {
		e = ceremony_repeat(c, typed, len, &why);
	}
	if (e == ERR_NO_MATCH || e == ERR_USAGE) {
		printf(SAY(c, "Niet gelijk. Er stond:\n    %s\n",
		    "Not equal. It was:\n    %s\n"), c->offered);
		e = ERR_NO_MATCH;
	}
	secret_free(typed);
	return e;
}

static enum err
ask_own(struct ceremony *c)
{
	const char *file = c->d->passfile;
	char *pass = NULL;
	struct refusal why;
	size_t len = 0;
	enum err e = passphrase_get(file, true, &pass, &len);

	if (e == OK && ceremony_own(c, pass, len, pass, len, &why) != OK) {
		e = talk_tell(c, &why);
	}
	secret_free(pass);
	return (e == ERR_POLICY || e == ERR_CONFLICT || e == ERR_USAGE) &&
	    file == NULL ? ERR_NO_MATCH : e;
}

static enum err
ask_passphrase(struct ceremony *c)
{
	enum err e = c->d->passfile != NULL ? ERR_NO_MATCH : show_words(c);

	if (e == OK) {
		do {
			e = ask_repeat(c);
		} while (e == ERR_NO_MATCH);
		return e;
	}
	while (e == ERR_NO_MATCH) {
		e = ask_own(c);
	}
	return e;
}

static enum err
make_keys(struct ceremony *c)
{
	struct refusal why;

	puts(SAY(c, "Sleutels worden gemaakt...", "Making keys..."));
	if (ceremony_keys(c, &why) != OK) {
		return talk_tell(c, &why);
	}
	printf(SAY(c, "Gemaakt: identiteit, uw sleutelbos met %d weken, een "
	    "leeg dossierboek in %s.\n", "Made: identity, your keyring with "
	    "%d weeks, an empty casebook in %s.\n"), WEEKS_MADE, c->d->home);
	return OK;
}

static enum err
open_home(struct ceremony *c)
{
	struct refusal why;
	enum err e = desk_open(c->d, DESK_CASEBOOK);

	if (e == OK && ceremony_opened(c, &why) != OK) {
		e = talk_tell(c, &why);
	}
	if (e == OK && ceremony_done(c)) {
		say_error("%s", SAY(c, "de ceremonie van dit loket is klaar; "
		    "er is niets veranderd. Nieuwe bladen: `init "
		    "--new-sheets`", "the ceremony of this desk is done; "
		    "nothing was changed. New sheets: `init --new-sheets`"));
		e = ERR_CONFLICT;
	}
	return e;
}

static void
tell_end(const struct ceremony *c, enum err e)
{
	if (e == OK && c->renewal) {
		printf("%s", SAY(c,
		    "\nKlaar. Leg nu alle oude bladen bij elkaar en vernietig "
		    "ze: dit programma weigert\nze, maar samen geven ze de "
		    "sleutel nog. Maak een `backup` en vernietig oudere\n"
		    "kopie\xc3\xabn: die horen bij de oude bladen.\n",
		    "\nDone. Now lay all old sheets together and destroy them: "
		    "this program refuses them,\nbut together they still give "
		    "the key. Make a `backup` and destroy older ones: they\n"
		    "belong to the old sheets.\n"));
	} else if (e == OK) {
		printf("%s", SAY(c,
		    "\nKlaar. Nu nog: `backup` naar een tweede medium, `export` "
		    "naar een stick, en de\nplaatsvervanger met `holder "
		    "request` op een eigen computer. Oefen over een\nhalf jaar "
		    "`recover --drill` met de bewaarders.\n",
		    "\nDone. Next: `backup` to a second medium, `export` to a "
		    "stick, and the deputy with\n`holder request` on a "
		    "computer of its own. In half a year practise `recover\n"
		    "--drill` with the keepers.\n"));
	} else if (c->step > STEP_ANSWERS || e == ERR_BUSY) {
		printf(SAY(c, "\nGestopt bij stap %u van %u. `init` gaat hier "
		    "verder; er is niets verloren.\n", "\nStopped at step %u "
		    "of %u. `init` goes on from here; nothing is lost.\n"),
		    ceremony_stage(c), CEREMONY_STAGES);
	}
}

static enum err
talk(struct ceremony *c)
{
	static enum err (*const of[])(struct ceremony *) = {
		[WANT_BEGIN] = ask_begin,
		[WANT_ORGANISATION] = ask_organisation,
		[WANT_PERSON] = ask_person, [WANT_DICE] = ask_dice,
		[WANT_CARD] = ask_card, [WANT_PASSPHRASE] = ask_passphrase,
		[WANT_KEYS] = make_keys, [WANT_OPEN] = open_home,
		[WANT_FOLDER] = talk_folder, [WANT_PRINTED] = talk_printed,
		[WANT_KEEPERS] = talk_keepers, [WANT_SHEET] = talk_sheet,
		[WANT_FORGET] = talk_forget, [WANT_TRANSCRIPT] = talk_transcript,
	};
	enum ceremony_want want, before = WANT_NOTHING;
	bool opened = true;
	enum err e = OK;

	ceremony_lists(c);
	while (e == OK && (want = ceremony_wants(c)) != WANT_NOTHING) {
		if (want == WANT_SHEET && before != WANT_SHEET) {
			talk_prove(c);
		}
		opened = want != WANT_OPEN;
		terminal_dutch(c->language[0] != 'e');
		e = of[want](c);
		before = want;
	}
	if (e == OK || opened) { /* what a wrong passphrase ends was said */
		tell_end(c, e);
	}
	ceremony_end(c);
	return e;
}

/* Where the home stands, and a word when a ceremony goes on */
static enum err
find(struct ceremony *c, struct desk *d)
{
	struct refusal why;

	if (ceremony_find(c, d, &why) != OK) {
		return talk_tell(c, &why);
	}
	if (c->recorded) {
		terminal_dutch(c->language[0] != 'e');
	}
	if (c->recorded && c->step != STEP_DONE) {
		printf(SAY(c, "Hier ligt een ceremonie die bij stap %u van "
		    "%u bleef; ze gaat verder.\n", "A ceremony that stopped "
		    "at step %u of %u lies here; going on.\n"),
		    ceremony_stage(c), CEREMONY_STAGES);
	}
	return OK;
}

enum err
ceremony_run(struct desk *d, const char *organisation, const char *person,
    const struct card *card, bool rehearsal)
{
	struct ceremony c;
	enum err e = find(&c, d);

	if (e != OK) {
		return e;
	}
	c.rehearsal = c.recorded ? c.rehearsal : rehearsal;
	if (d->founded_as != NULL) {
		c.authority = strcmp(d->founded_as, "eu") == 0;
	}
	if (organisation != NULL) {
		snprintf(c.organisation, sizeof c.organisation, "%s",
		    organisation);
	}
	if (person != NULL) {
		snprintf(c.person, sizeof c.person, "%s", person);
	}
	if (card != NULL) {
		c.card = *card;
		c.has_card = c.carded = true;
	}
	return talk(&c);
}

enum err
ceremony_renew(struct desk *d)
{
	struct ceremony c;
	struct refusal why;
	enum err e = find(&c, d);

	if (e == OK && !c.home) {
		say_error("there is no desk in %s whose sheets could be "
		    "renewed", d->home);
		e = ERR_UNKNOWN;
	}
	if (e == OK) {
		e = desk_open(d, DESK_CASEBOOK);
	}
	if (e == OK && ceremony_opened(&c, &why) != OK) {
		e = talk_tell(&c, &why);
	}
	if (e == OK && d->ring->has_identity) {
		say_error("the identity key is in the keyring: `init` puts it "
		    "on new sheets");
		e = ERR_CONFLICT;
	}
	if (e == OK) {
		e = identity_need(d);
	}
	if (e == OK && ceremony_renewal(&c, &why) != OK) {
		e = talk_tell(&c, &why);
	}
	return e == OK ? talk(&c) : e;
}
