/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `holder`: a second person's machine makes its own keys and a file with the
 * public halves; people join and leave; `rotate` makes the next weeks.
 * Private keys never leave the machine they were made on.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "founding.h"
#include "terminal.h"
#include "verbs.h"
#include "weeks.h"

/* *known: ${person} is in it already, with another machine's keys */
static enum err
keyset_org(const char *file, const char *person, uint8_t org[ORG_LEN],
    char print[FINGERPRINT_TEXT], bool *known)
{
	struct buf doc = buf_new(KEYSET_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct keyset *k = NULL;
	char path[4096];
	enum err e = file_read_path(file, &doc);

	if (e == OK && snprintf(path, sizeof path, "%s.minisig", file) >=
	    (int)sizeof path) {
		e = ERR_LIMIT;
	}
	if (e == OK) {
		e = file_read_path(path, &sig);
	}
	if (e == OK) {
		e = keyset_parse(doc.p, doc.len, sig.p, sig.len, NULL, &k);
	}
	if (e == OK) {
		memcpy(org, k->org, ORG_LEN);
		*known = keyset_person(k, person) != NULL;
		sign_fingerprint(&k->identity, print);
	} else {
		say_error("the keyset %s cannot be used: %s", file,
		    err_text(e));
	}
	keyset_free(k);
	buf_free(&doc);
	buf_free(&sig);
	return e;
}

struct holder_wish {
	const char *number, *person, *keyset, *out, *to;
	bool approver, all;
};

static enum err
request_home(struct desk *d, const struct holder_wish *w)
{
	char print[FINGERPRINT_TEXT], *end = NULL;
	uint8_t org[ORG_LEN];
	bool known = false;
	unsigned long n = w->number == NULL ? 0 : strtoul(w->number, &end,
	    10);
	enum err e;

	if (n < 1 || n > CODE_DESK_MAX || *end != 0 || w->person == NULL ||
	    !id_ok(w->person)) {
		say_error("give the desk's number with --desk and an id of "
		    "small letters, digits and hyphens with --person");
		return ERR_USAGE;
	}
	e = keyset_org(w->keyset, w->person, org, print, &known);
	if (e == OK) {
		e = passphrase_get(d->passfile, true, &d->pass, &d->passlen);
	}
	if (e == OK) {
		e = desk_make(d);
	}
	if (e == OK && known) { /* for `holder replace` */
		e = first_event_owe(d, FIRST_KEYS_LOST);
	}
	if (e == OK) {
		e = founding_home(d, org, (unsigned)n, w->person,
		    w->approver ? PERSON_APPROVER : PERSON_HOLDER, false);
	}
	if (e == OK) {
		e = first_event_pay(d);
	}
	if (e == OK && !d->json) {
		printf("Organisation; compare with the founder:\n  %s\n",
		    print);
	}
	return e;
}

static enum err
holder_request(struct desk *d, const struct holder_wish *w)
{
	struct buf request = buf_new(REQUEST_MAX);
	char print[FINGERPRINT_TEXT];
	struct sign_pk pk;
	/* without --keyset: one who is there already, with new weeks */
	enum err e = w->keyset == NULL ? desk_open(d, DESK_KEYRING) :
	    request_home(d, w);

	if (e == OK) {
		e = request_write(d, &request);
	}
	if (e == OK && (e = file_create(AT_FDCWD, w->out, request.p,
	    request.len)) != OK) {
		say_error("cannot write %s: %s", w->out, err_text(e));
	}
	if (e == OK) {
		sign_pk_of(d->ring->operational, &pk);
		sign_fingerprint(&pk, print);
	}
	if (e == OK && d->json) {
		print_json(json_pack("{s:s}", "fingerprint", print));
	} else if (e == OK) {
		printf("Wrote %s. Bring it to the founder, who runs `holder "
		    "add`, and read this key aloud:\n  %s\n", w->out, print);
	}
	buf_free(&request);
	return e;
}

static enum err
holder_rekey(struct desk *d, const struct holder_wish *w)
{
	json_t *o = event_new(d, "rekey");
	enum err e;

	json_object_set_new(o, "all", json_boolean(w->all));
	e = desk_record(d, o);
	if (e == OK) {
		e = home_rekey(d, w->to, w->all);
	}
	if (e == OK && !d->json) {
		printf("The casebook is now in %s, under new keys. Look with "
		    "`list` and `verify` there, then\nremove %s and every "
		    "older backup.\n", w->to, d->home);
	}
	if (e == OK && w->all && !d->json) {
		printf("The signing key is new too: `holder request --out "
		    "FILE` there, and the founder runs\n`holder replace "
		    "FILE`, which revokes the old one.\n");
	}
	return e;
}

int
verb_holder(struct desk *d, int argc, char **argv)
{
	const char *word[2] = {NULL, NULL};
	struct holder_wish w = {.approver = false};
	struct option_rule rules[] = {
		{.name = "desk", .value = &w.number},
		{.name = "person", .value = &w.person},
		{.name = "keyset", .value = &w.keyset},
		{.name = "out", .value = &w.out},
		{.name = "to", .value = &w.to},
		{.name = "approver", .flag = &w.approver},
		{.name = "all", .flag = &w.all},
		SHARE_RULE(d),
	};
	const char *what;
	enum err e;

	if (!options_take(argc, argv, rules, sizeof rules / sizeof *rules,
	    word, 2, NULL)) {
		return EXIT_USAGE;
	}
	what = word[0] == NULL ? "" : word[0];
	if (strcmp(what, "request") == 0 && word[1] == NULL &&
	    w.out != NULL) {
		return exit_of(holder_request(d, &w));
	}
	if (!(strcmp(what, "rekey") == 0 && word[1] == NULL && w.to !=
	    NULL) && !((strcmp(what, "add") == 0 || strcmp(what, "replace")
	    == 0 || strcmp(what, "remove") == 0) && word[1] != NULL)) {
		say_error("use: holder request --keyset keyset.json --desk N "
		    "--person ID --out REQUEST.json; see `holder --help`");
		return EXIT_USAGE;
	}
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK) {
		e = desk_keyset_need(d);
	}
	if (e == OK) {
		e = what[0] == 'a' ? request_file_take(d, word[1], false) :
		    strcmp(what, "replace") == 0 ? request_file_take(d,
		    word[1], true) : strcmp(what, "remove") == 0 ?
		    holder_remove(d, word[1]) : holder_rekey(d, &w);
	}
	return exit_of(e);
}

/* How far keys are made: 26 weeks, or 26 beyond a holiday's end */
static enum err
weeks_wanted(const struct desk *d, const char *until, day_t *end,
    unsigned *n)
{
	*n = WEEKS_MADE;
	*end = DAY_NONE;
	if (until == NULL) {
		return OK;
	}
	if (day_parse(until, end) != OK || *end <= d->today ||
	    *end > d->today + 7 * (WEEKS_PUBLISHED_MAX - WEEKS_MADE)) {
		say_error("--holiday takes the day of return, at most %u "
		    "weeks ahead", WEEKS_PUBLISHED_MAX - WEEKS_MADE);
		return ERR_USAGE;
	}
	*n += (unsigned)(week_of(*end) - week_of(d->today)) / 7;
	return OK;
}

/* Keys of long ago: this machine is not told what the desk has read */
static void
weeks_old_tell(const struct desk *d)
{
	unsigned n = 0;

	for (unsigned i = 0; i < d->ring->weeks; i++) {
		n += d->ring->week[i].week + 7 * WEEKS_OLD < week_of(d->today);
	}
	if (n > 0) {
		say_error("%u keys here are of weeks that ended more than %d "
		    "weeks ago. Who reads for the desk: `keyset --publish "
		    "DIR`; here `keyset --accept DIR` ends those that nothing "
		    "needs", n, WEEKS_OLD);
	}
}

static void
made_tell(const struct desk *d, unsigned made, unsigned ahead)
{
	if (d->json) {
		print_json(json_pack("{s:i, s:i}", "made", (int)made,
		    "ahead", (int)ahead));
		return;
	}
	printf("Made keys of %u new weeks; keys reach %u weeks ahead.\n"
	    "Next: `holder request --out FILE` for the founder if you are not "
	    "the founder, then `export`.\n", made, ahead);
}

int
verb_rotate(struct desk *d, int argc, char **argv)
{
	struct org_blocks blocks = {NULL, 0, 0};
	const char *until = NULL, *old = NULL, *request = NULL;
	struct option_rule rules[] = {
		{.name = "holiday", .value = &until},
		{.name = "destroy", .value = &old},
		{.name = "request", .value = &request},
	};
	unsigned before = 0, n = WEEKS_MADE;
	day_t end = DAY_NONE;
	json_t *o;
	enum err e;

	if (!options_take(argc, argv, rules, 3, NULL, 0, NULL)) {
		return EXIT_USAGE;
	}
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK && old != NULL) {
		return exit_of(week_destroy_old(d, old, request));
	}
	if (e == OK && d->ring->role != PERSON_HOLDER) {
		say_error("an approver has no week keys");
		e = ERR_POLICY;
	}
	if (e == OK) {
		e = weeks_wanted(d, until, &end, &n);
	}
	if (e == OK) {
		e = blocks_load(d, &blocks);
	}
	if (e == OK) {
		before = d->ring->weeks;
		e = blocks_own(d, week_of(d->today), n, &blocks);
	}
	if (e == OK) { /* private halves first */
		e = keyringfile_save(d);
	}
	if (e == OK) {
		e = blocks_save(d, &blocks);
	}
	if (e == OK) {
		e = desk_record(d, event_new(d, "rotate"));
	}
	if (e == OK && end != DAY_NONE) {
		o = event_new(d, "holiday");
		event_day(o, "until", end);
		e = desk_record(d, o);
	}
	if (e == OK) {
		made_tell(d, d->ring->weeks - before, n);
	} else {
		say_error("no new keys were published: %s", err_text(e));
	}
	if (e == OK || e == ERR_FULL) {
		weeks_old_tell(d);
	}
	blocks_free(&blocks);
	return exit_of(e);
}
