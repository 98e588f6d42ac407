/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The steps of the ceremony in order, and the record of how far it came.
 * Every step can be done again without harm; the one that cannot, removing
 * the identity key, demands that every sheet was proven.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ceremony.h"
#include "files.h"
#include "founding.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"
#include "terminal.h"
#include "verbs.h"

#define CEREMONY_TYPE "meldluik-ceremony"
#define CEREMONY_FILE "ceremony.json"
#define DICE_WANTED 99u /* 2.58 bits each: more than 256 */

static enum err
home_folder(const struct ceremony *c, int *dir)
{
	if (mkdir(c->d->home, 0700) != 0 && access(c->d->home, W_OK) != 0) {
		say_error("cannot make the folder %s", c->d->home);
		return ERR_IO;
	}
	*dir = open(c->d->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *dir < 0 ? ERR_IO : OK;
}

enum err
ceremony_save(struct ceremony *c)
{
	struct buf doc = buf_new(16384);
	json_t *o = json_object();
	int dir = -1;
	enum err e = home_folder(c, &dir);

	json_object_set_new(o, "type", json_string(CEREMONY_TYPE));
	json_object_set_new(o, "version", json_integer(1));
	json_object_set_new(o, "language", json_string(c->language));
	json_object_set_new(o, "rehearsal", json_boolean(c->rehearsal));
	json_object_set_new(o, "renewal", json_boolean(c->renewal));
	json_object_set_new(o, "organisation",
	    json_string(c->organisation));
	json_object_set_new(o, "person", json_string(c->person));
	json_object_set_new(o, "folder", json_string(c->folder));
	json_object_set_new(o, "step", json_integer(c->step));
	if (e == OK) {
		e = json_write(o, &doc);
	}
	if (e == OK) {
		e = file_replace(dir, CEREMONY_FILE, doc.p, doc.len);
	}
	if (dir >= 0) {
		close(dir);
	}
	json_decref(o);
	buf_free(&doc);
	return e;
}

static enum err
text_field(const json_t *o, const char *key, char *out, size_t size)
{
	const char *s;
	enum err e = json_string_field(o, key, 0, size - 1, &s);

	if (e == OK) {
		strcpy(out, s);
	}
	return e;
}

enum err
ceremony_load(struct ceremony *c)
{
	struct buf doc = buf_new(16384);
	json_t *o = NULL;
	int64_t step;
	int dir = open(c->d->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e = dir < 0 ? ERR_UNKNOWN :
	    file_read(dir, CEREMONY_FILE, &doc);

	if (e == OK && (e = json_read_type(doc.p, doc.len, 16384,
	    CEREMONY_TYPE, &o)) == OK &&
	    (e = text_field(o, "language", c->language, 3)) == OK &&
	    (e = text_field(o, "organisation", c->organisation,
	    KEYSET_NAME)) == OK && (e = text_field(o, "person", c->person,
	    KEYSET_ID)) == OK && (e = text_field(o, "folder", c->folder,
	    sizeof c->folder)) == OK && (e = json_int_field(o, "step", 0,
	    STEP_DONE, &step)) == OK) {
		c->step = (unsigned)step;
		c->rehearsal = json_is_true(json_object_get(o, "rehearsal"));
		c->renewal = json_is_true(json_object_get(o, "renewal"));
	}
	if (dir >= 0) {
		close(dir);
	}
	json_decref(o);
	buf_free(&doc);
	return e;
}

enum err
ceremony_ask(const char *question, const char *usual, char *out, size_t size)
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
			say_error("that is too long: at most %zu bytes, and "
			    "some letters take more than one", size - 1);
		}
	} while (e == ERR_LIMIT);
	if (e == OK && out[0] == 0) {
		snprintf(out, size, "%s", empty);
	}
	return e;
}

/* Interfaces that are up: this machine must have none */
static bool
connected(char name[64])
{
	DIR *list = opendir("/sys/class/net");
	struct dirent *entry;
	bool found = false;

	while (list != NULL && !found && (entry = readdir(list)) != NULL) {
		char path[320], state[16] = "";
		FILE *f;
		if (entry->d_name[0] == '.' ||
		    strcmp(entry->d_name, "lo") == 0) {
			continue;
		}
		snprintf(path, sizeof path, "/sys/class/net/%s/operstate",
		    entry->d_name);
		f = fopen(path, "re");
		if (f != NULL) {
			found = fgets(state, sizeof state, f) != NULL &&
			    strncmp(state, "up", 2) == 0;
			fclose(f);
		}
		snprintf(name, 64, "%.63s", entry->d_name);
	}
	if (list != NULL) {
		closedir(list);
	}
	return found;
}

static enum err
ask_dice(struct ceremony *c)
{
	char throws[1024];
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
		e = ceremony_ask(SAY(c, "Ogen (Enter: overslaan)",
		    "Eyes (Enter: skip)"), NULL, throws, sizeof throws);
		if (e == OK && throws[0] != 0) {
			e = dice_take(c->d, throws, &n);
			if (e == ERR_FORMAT) {
				puts(SAY(c, "Alleen cijfers 1 tot 6.",
				    "Only figures 1 to 6."));
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
answers(struct ceremony *c)
{
	char word[64], name[64];
	enum err e = ceremony_ask("Nederlands of English (nl/en)",
	    c->language, word, sizeof word);

	if (e == OK) {
		strcpy(c->language, word[0] == 'e' || word[0] == 'E' ? "en" :
		    "nl");
		printf("%s", SAY(c,
		    "\nDe sleutelceremonie. Ze duurt ongeveer een uur en mag "
		    "bij elke vraag worden\nafgebroken (Ctrl-C); `init` gaat "
		    "later verder waar u was. Nodig: een printer aan\ndeze "
		    "computer zonder netwerk, enveloppen, en een tweede "
		    "persoon die meekijkt.\n\n",
		    "\nThe key ceremony. It takes about an hour and may be "
		    "stopped at any question\n(Ctrl-C); `init` goes on later "
		    "where you were. Needed: a printer at this computer\n"
		    "without network, envelopes, and a second person who "
		    "watches.\n\n"));
		if (c->rehearsal) {
			puts(SAY(c, "OEFENING: alles is echt, behalve de "
			    "organisatie. Gooi daarna alles weg.",
			    "REHEARSAL: everything is real but the "
			    "organisation. Throw all of it away after."));
		}
		if (connected(name)) {
			printf(SAY(c, "LET OP: deze computer is verbonden "
			    "(%s). Trek de kabel eruit en zet wifi uit.\n",
			    "NOTE: this computer is connected (%s). Unplug "
			    "the cable and switch wifi off.\n"), name);
		}
		e = ceremony_save(c);
	}
	do {
		if (e == OK) {
			e = ceremony_ask(SAY(c, "Naam van de organisatie",
			    "Name of the organisation"), c->organisation,
			    c->organisation, KEYSET_NAME);
		}
	} while (e == OK && (c->organisation[0] == 0 ||
	    !utf8_valid(c->organisation, strlen(c->organisation))));
	if (e == OK) {
		e = ceremony_save(c);
	}
	do {
		if (e == OK) {
			e = ceremony_ask(SAY(c, "Uw eigen korte naam (kleine "
			    "letters, cijfers, streepje)", "Your own short "
			    "name (small letters, figures, hyphen)"),
			    c->person[0] != 0 ? c->person : "coordinator",
			    c->person, KEYSET_ID);
		}
	} while (e == OK && !id_ok(c->person));
	if (e == OK) {
		e = ceremony_save(c);
	}
	return e == OK ? ask_dice(c) : e;
}

static enum err
ask_card(struct ceremony *c, struct card *card, bool *has)
{
	struct buf b = buf_new(65536);
	char file[1024], print[FINGERPRINT_TEXT], word[16];
	enum err e = OK;

	*has = false;
	while (e == OK && !*has) {
		buf_clear(&b);
		e = ceremony_ask(SAY(c, "Kaart van de server (gateway.json "
		    "van ICT; Enter: later)", "Card of the gateway "
		    "(gateway.json from IT; Enter: later)"), NULL, file,
		    sizeof file);
		if (e != OK || file[0] == 0) {
			break;
		}
		if (file_read_path(file, &b) != OK ||
		    card_parse(b.p, b.len, card) != OK) {
			say_error("the card %s cannot be used", file);
			continue;
		}
		sign_fingerprint(&card->key, print);
		printf(SAY(c, "Laat ICT de vingerafdruk van de server "
		    "voorlezen:\n  %s\n", "Let IT read the gateway's "
		    "fingerprint aloud:\n  %s\n"), print);
		e = ceremony_ask(SAY(c, "Gelijk? (j/n)", "Equal? (y/n)"), "",
		    word, sizeof word);
		*has = e == OK && (word[0] == 'j' || word[0] == 'y');
	}
	buf_free(&b);
	return e;
}

/* What an earlier run left before there was a keyring is worth nothing */
static void
clear_half(const struct ceremony *c)
{
	int dir = open(c->d->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir >= 0 && faccessat(dir, "keyring.age", F_OK, 0) != 0) {
		folder_remove(dir, "casebook");
	}
	if (dir >= 0) {
		close(dir);
	}
}

static enum err
make_home(struct ceremony *c, const struct card *given)
{
	struct card asked;
	bool has = given != NULL;
	enum err e = has ? OK : ask_card(c, &asked, &has);

	if (e == OK) {
		e = ceremony_passphrase(c);
	}
	if (e == OK) {
		puts(SAY(c, "Sleutels worden gemaakt...", "Making keys..."));
		clear_half(c);
		e = desk_make(c->d);
	}
	if (e == OK) {
		e = founding_home(c->d, NULL, 1, c->person, PERSON_HOLDER,
		    true);
	}
	if (e == OK) {
		e = founding_keyset(c->d, c->organisation, given != NULL ?
		    given : has ? &asked : NULL);
	}
	if (e == OK) {
		json_t *event = event_new(c->d, "keyset");
		event_hex(event, "sha256", c->d->keyset->hash, HASH_LEN);
		e = desk_record(c->d, event);
	}
	if (e == OK) {
		printf(SAY(c, "Gemaakt: identiteit, uw sleutelbos met %d "
		    "weken, een leeg dossierboek in %s.\n", "Made: identity, "
		    "your keyring with %d weeks, an empty casebook in %s.\n"),
		    WEEKS_MADE, c->d->home);
	}
	return e;
}

static enum err
open_home(struct ceremony *c)
{
	enum err e = desk_open(c->d, DESK_CASEBOOK);

	if (e == OK && c->d->keyset == NULL && c->d->ring->has_identity) {
		e = founding_keyset(c->d, c->organisation, NULL);
	}
	if (e == OK && c->d->keyset == NULL) {
		say_error("this desk has no keyset yet: take one in with "
		    "`keyset --accept`");
		e = ERR_UNKNOWN;
	}
	if (e == OK && c->organisation[0] == 0) {
		strcpy(c->organisation, c->d->keyset->organisation);
	}
	if (e == OK) {
		strcpy(c->person, c->d->ring->person);
	}
	return e;
}

static enum err
step_run(struct ceremony *c, const struct card *card)
{
	switch (c->step) {
	case STEP_ANSWERS:
		return answers(c);
	case STEP_HOME:
		return make_home(c, card);
	case STEP_PUBLIC:
		return ceremony_public(c);
	case STEP_SHARES:
		return ceremony_shares(c);
	case STEP_PROVE:
		return ceremony_prove(c);
	case STEP_FORGET:
		return ceremony_forget(c);
	default:
		return ceremony_transcript(c);
	}
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
		    "naar een stick, en de\nwaarnemer met `holder request` op "
		    "een eigen computer. Oefen over een half jaar\n`recover "
		    "--drill` met de bewaarders.\n",
		    "\nDone. Next: `backup` to a second medium, `export` to a "
		    "stick, and the deputy with\n`holder request` on a "
		    "computer of its own. In half a year practise `recover\n"
		    "--drill` with the keepers.\n"));
	} else if (c->step > STEP_ANSWERS || e == ERR_BUSY) {
		printf(SAY(c, "\nGestopt bij stap %u van %u. `init` gaat hier "
		    "verder; er is niets verloren.\n", "\nStopped at step %u "
		    "of %u. `init` goes on from here; nothing is lost.\n"),
		    c->step + 1, (unsigned)STEP_DONE);
	}
}

/* Where a desk that is there goes on */
static enum err
step_find(struct ceremony *c)
{
	if (c->step == STEP_DONE && !c->d->ring->has_identity) {
		say_error("the ceremony of this desk is done; nothing was "
		    "changed. New sheets: `init --new-sheets`");
		return ERR_CONFLICT;
	}
	if (c->step == STEP_DONE) { /* a new identity since */
		c->step = STEP_PUBLIC;
		c->renewal = false;
	} else if (c->step < STEP_PUBLIC) {
		c->step = STEP_PUBLIC;
	}
	return OK;
}

static enum err
steps(struct ceremony *c, const struct card *card)
{
	enum err e = OK;

	while (e == OK && c->step != STEP_DONE) {
		e = step_run(c, card);
		if (e == OK) {
			c->step++;
			e = ceremony_save(c);
		}
	}
	tell_end(c, e);
	return e;
}

/* Loads the record; false in ${home}: no keyring yet */
static enum err
record_find(struct ceremony *c, bool *home)
{
	char path[4096];
	enum err e = ceremony_load(c);

	snprintf(path, sizeof path, "%s/keyring.age", c->d->home);
	*home = access(path, F_OK) == 0;
	if (e != OK && e != ERR_UNKNOWN) {
		say_error("%s/" CEREMONY_FILE " is damaged; remove it to begin "
		    "anew", c->d->home);
		return e;
	}
	if (e == OK && c->step != STEP_DONE) {
		printf(SAY(c, "Hier ligt een ceremonie die bij stap %u van "
		    "%u bleef; ze gaat verder.\n", "A ceremony that stopped "
		    "at step %u of %u lies here; going on.\n"), c->step + 1,
		    (unsigned)STEP_DONE);
	}
	return OK;
}

enum err
ceremony_run(struct desk *d, const char *organisation, const char *person,
    const struct card *card, bool rehearsal)
{
	struct ceremony c = {.d = d, .language = "nl",
		.rehearsal = rehearsal};
	bool home;
	enum err e = record_find(&c, &home);

	if (e != OK) {
		return e;
	}
	if (organisation != NULL) {
		snprintf(c.organisation, sizeof c.organisation, "%s",
		    organisation);
	}
	if (person != NULL) {
		snprintf(c.person, sizeof c.person, "%s", person);
	}
	if (home) {
		e = open_home(&c);
		e = e == OK ? step_find(&c) : e;
	}
	return e == OK ? steps(&c, card) : e;
}

/* The identity out of k sheets, into the keyring until it is on new ones */
static enum err
identity_back(struct ceremony *c)
{
	struct desk *d = c->d;
	enum err e = identity_need(d);

	if (e == OK) {
		e = desk_record(d, event_new(d, "identity_from_paper"));
	}
	if (e == OK) {
		memcpy(d->ring->identity, d->identity, SIGN_SEED);
		d->ring->has_identity = true;
		secret_free(d->identity);
		d->identity = NULL;
		e = keyringfile_save(d);
	}
	if (e == OK) {
		c->renewal = true;
		c->step = STEP_SHARES;
		e = ceremony_save(c);
	}
	return e;
}

enum err
ceremony_renew(struct desk *d)
{
	struct ceremony c = {.d = d, .language = "nl"};
	bool home;
	enum err e = record_find(&c, &home);

	if (e == OK && !home) {
		say_error("there is no desk in %s whose sheets could be "
		    "renewed", d->home);
		e = ERR_UNKNOWN;
	}
	if (e == OK) {
		e = open_home(&c);
	}
	if (e == OK && d->ring->has_identity) {
		say_error("the identity key is in the keyring: `init` puts it "
		    "on new sheets");
		e = ERR_CONFLICT;
	}
	if (e == OK) {
		e = identity_back(&c);
	}
	return e == OK ? steps(&c, NULL) : e;
}
