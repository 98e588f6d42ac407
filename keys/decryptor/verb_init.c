/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `init`: the first home of an organisation, by the dialogue of
 * ceremony_talk.c.
 * With --batch nothing is asked and the identity key stays in the keyring.
 * `--desks N` with --batch makes a rehearsal: DIR/desk-1 ... DIR/desk-N, all
 * of one passphrase and on one disk, which a real organisation must never
 * have; the program says so. --new-sheets prints the shares anew, from k old
 * ones, for the identity that there is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ceremony_talk.h"
#include "files.h"
#include "founding.h"
#include "meldluik/secret.h"
#include "terminal.h"
#include "verbs.h"

#define DESKS_REHEARSAL 5u

struct wish {
	const char *organisation, *cardfile, *desks_text;
	const char *person[DESKS_REHEARSAL];
	unsigned persons, desks;
	bool batch, rehearsal, new_sheets;
	struct card card;
	bool has_card;
};

static void
tell(const struct desk *d)
{
	char print[FINGERPRINT_TEXT], gateway[FINGERPRINT_TEXT], until[DAY_TEXT];

	sign_fingerprint(&d->keyset->identity, print);
	day_text(d->keyset->not_after, until);
	if (d->keyset->has_gateway) {
		sign_fingerprint(&d->keyset->gateway, gateway);
	}
	if (d->json) {
		json_t *o = json_object();
		event_hex(o, "org", d->keyset->org, ORG_LEN);
		json_object_set_new(o, "fingerprint", json_string(print));
		event_hex(o, "keyset", d->keyset->hash, HASH_LEN);
		print_json(o);
		return;
	}
	printf("Made the desk of %s in %s.\n", d->ring->person, d->home);
	printf("Fingerprint of the organisation, for posters and intranet:\n"
	    "  %s\n", print);
	if (d->keyset->has_gateway) {
		printf("Gateway key; compare it with what IT reads aloud:\n"
		    "  %s\n", gateway);
	} else {
		printf("No gateway yet: add its card with `keyset --card "
		    "gateway.json`.\n");
	}
	printf("The keyset is valid until %s; %d weeks of keys are made.\n"
	    "Next: `export DIR` to a stick. Keep the passphrase on paper in a "
	    "safe place: without it nothing here opens.\n", until,
	    WEEKS_MADE);
}

/* A further desk of a rehearsal: request, taken in by the founder, and the
 * keyset back, exactly as between two machines */
static enum err
rehearse(const struct desk *founder_home, struct desk *founder,
    const char *path, const char *person, unsigned number)
{
	struct desk other = *founder_home;
	struct buf request = buf_new(REQUEST_MAX);
	enum err e;

	other.home = path;
	other.pass = secret_new(PASSPHRASE_MAX + 1);
	if (other.pass == NULL) {
		return ERR_MEMORY;
	}
	memcpy(other.pass, founder->pass, founder->passlen);
	other.passlen = founder->passlen;
	e = desk_make(&other);
	if (e == OK) {
		e = founding_home(&other, founder->ring->org, number, person,
		    PERSON_HOLDER, false);
	}
	if (e == OK) {
		e = request_write(&other, &request);
	}
	if (e == OK) {
		e = request_take(founder, request.p, request.len, false);
	}
	buf_free(&request);
	desk_close(&other);
	return e;
}

static enum err
share(const struct desk *fresh, struct desk *founder, const char *path)
{
	struct desk other = *fresh;
	char folder[4096];
	enum err e;

	other.home = path;
	other.pass = NULL;
	if (snprintf(folder, sizeof folder, "%s/keyset-to-share",
	    founder->home) >= (int)sizeof folder) {
		return ERR_LIMIT;
	}
	e = org_publish(founder, folder);
	if (e == OK) {
		e = desk_open(&other, DESK_KEYRING);
	}
	if (e == OK) {
		e = org_accept(&other, folder, NULL);
	}
	desk_close(&other);
	return e;
}

static enum err
rehearsal(struct desk *d, const struct wish *w, char first[4096])
{
	static const char *const ids[DESKS_REHEARSAL] = {"coordinator",
		"secretaris", "burgemeester", "commissie", "waarnemer"};
	char path[DESKS_REHEARSAL][4096];
	struct desk fresh = *d; /* nothing open yet */
	const char *base = d->home;
	enum err e = OK;

	fresh.pass = NULL;
	if (mkdir(d->home, 0700) != 0 && access(d->home, W_OK) != 0) {
		say_error("cannot make the folder %s", d->home);
		return ERR_IO;
	}
	for (unsigned i = 0; i < w->desks && e == OK; i++) {
		const char *person = i < w->persons ? w->person[i] : ids[i];
		if (snprintf(path[i], sizeof path[i], "%s/desk-%u", base,
		    i + 1) >= (int)sizeof path[i]) {
			return ERR_LIMIT;
		}
		if (i == 0) {
			d->home = strcpy(first, path[0]);
			e = founding_first(d, 1, person,
			    w->organisation, w->has_card ? &w->card :
			    NULL);
		} else {
			bool json = d->json;
			d->json = true; /* one summary at the end */
			e = rehearse(&fresh, d, path[i], person, i + 1);
			d->json = json;
		}
	}
	for (unsigned i = 1; i < w->desks && e == OK; i++) {
		e = share(&fresh, d, path[i]);
	}
	if (e == OK && !d->json) {
		printf("Rehearsal: %u desks share one disk and one "
		    "passphrase. Never use this for real reports.\n",
		    w->desks);
	}
	if (e == OK) {
		tell(d);
	}
	return e;
}

static int
wish_check(struct wish *w, const char *profile)
{
	char *end;

	if (w->new_sheets && (w->batch || w->rehearsal || w->organisation !=
	    NULL || w->cardfile != NULL || w->desks_text != NULL ||
	    w->persons > 0 || profile != NULL)) {
		say_error("--new-sheets takes only --share FILE: the "
		    "organisation stays what it is");
		return EXIT_USAGE;
	}
	if (profile != NULL && strcmp(profile, "nl") != 0 &&
	    strcmp(profile, "eu") != 0) {
		say_error("--profile is nl (an employer's channel) or eu (the "
		    "channel of a competent authority)");
		return EXIT_USAGE;
	}
	if (!w->batch && w->organisation == NULL) {
		; /* asked later */
	} else if (w->organisation == NULL || w->organisation[0] == 0 ||
	    strlen(w->organisation) >= KEYSET_NAME ||
	    !utf8_valid(w->organisation, strlen(w->organisation))) {
		say_error("give the organisation's name, up to %u bytes, with "
		    "--organisation", KEYSET_NAME - 1);
		return EXIT_USAGE;
	}
	w->desks = 1;
	if (w->desks_text != NULL) {
		w->desks = (unsigned)strtoul(w->desks_text, &end, 10);
		if (*end != 0 || w->desks < 1 || w->desks > DESKS_REHEARSAL) {
			say_error("--desks takes a number from 1 to %u",
			    DESKS_REHEARSAL);
			return EXIT_USAGE;
		}
	}
	if (w->desks > 1 && !w->batch) {
		say_error("--desks is for a rehearsal and needs --batch; a "
		    "real second desk is made with `holder request`");
		return EXIT_USAGE;
	}
	if (w->persons > w->desks) {
		say_error("there are more --person than desks");
		return EXIT_USAGE;
	}
	for (unsigned i = 0; i < w->persons; i++) {
		if (!id_ok(w->person[i])) {
			say_error("an id has 1 to 32 small letters, digits "
			    "and hyphens");
			return EXIT_USAGE;
		}
	}
	return EXIT_OK;
}

static enum err
card_read(struct wish *w)
{
	struct buf b = buf_new(65536);
	enum err e = OK;

	if (w->cardfile != NULL) {
		e = file_read_path(w->cardfile, &b);
		if (e == OK) {
			e = card_parse(b.p, b.len, &w->card);
		}
		if (e != OK) {
			say_error("the card %s cannot be used: %s",
			    w->cardfile, err_text(e));
		}
		w->has_card = e == OK;
	}
	buf_free(&b);
	return e;
}

int
verb_init(struct desk *d, int argc, char **argv)
{
	struct wish w = {.organisation = NULL};
	struct option_rule rules[] = {
		{.name = "batch", .flag = &w.batch},
		{.name = "rehearsal", .flag = &w.rehearsal},
		{.name = "new-sheets", .flag = &w.new_sheets},
		{.name = "organisation", .value = &w.organisation},
		{.name = "card", .value = &w.cardfile},
		{.name = "desks", .value = &w.desks_text},
		{.name = "profile", .value = &d->founded_as},
		{.name = "person", .many = w.person, .room = DESKS_REHEARSAL,
		    .count = &w.persons},
		SHARE_RULE(d),
	};
	enum err e;
	int rc;

	if (!options_take(argc, argv, rules, sizeof rules / sizeof *rules,
	    NULL, 0, NULL)) {
		return EXIT_USAGE;
	}
	if ((rc = wish_check(&w, d->founded_as)) != EXIT_OK) {
		return rc;
	}
	if (w.new_sheets) {
		return exit_of(ceremony_renew(d));
	}
	if (d->sharefiles > 0) {
		say_error("--share is for --new-sheets");
		return EXIT_USAGE;
	}
	d->rehearsal = w.rehearsal || w.desks > 1;
	e = card_read(&w);
	if (e == OK && !w.batch) {
		return exit_of(ceremony_run(d, w.organisation, w.persons > 0 ?
		    w.person[0] : NULL, w.has_card ? &w.card : NULL,
		    w.rehearsal));
	}
	if (e == OK) {
		e = passphrase_get(d->passfile, true, &d->pass, &d->passlen);
		if (e == ERR_IO || e == ERR_UNKNOWN) {
			say_error("there is no passphrase: give it on the "
			    "terminal or with --passphrase-file");
		}
	}
	if (e == OK && w.desks > 1) {
		static char first[4096]; /* d->home lives as long as d */
		return exit_of(rehearsal(d, &w, first));
	}
	if (e == OK) {
		e = founding_first(d, 1, w.persons > 0 ? w.person[0] :
		    "coordinator", w.organisation, w.has_card ? &w.card :
		    NULL);
	}
	if (e == OK) {
		tell(d);
	}
	return exit_of(e);
}
