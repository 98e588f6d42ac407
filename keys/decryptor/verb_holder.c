/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `holder request`: a second person's machine makes its own keys and a file
 * with the public halves; `rotate` makes the next weeks. Private keys never
 * leave the machine they were made on.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "founding.h"
#include "terminal.h"
#include "verbs.h"

static enum err
keyset_org(const char *file, uint8_t org[ORG_LEN],
    char print[FINGERPRINT_TEXT])
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

int
verb_holder(struct desk *d, int argc, char **argv)
{
	const char *number = NULL, *person = NULL, *keyset = NULL,
	    *out = NULL, *word = NULL;
	struct option_rule rules[] = {
		{.name = "desk", .value = &number},
		{.name = "person", .value = &person},
		{.name = "keyset", .value = &keyset},
		{.name = "out", .value = &out},
	};
	char print[FINGERPRINT_TEXT], *end = NULL;
	struct buf request = buf_new(REQUEST_MAX);
	uint8_t org[ORG_LEN];
	struct sign_pk pk;
	unsigned long n;
	enum err e;

	if (!options_take(argc, argv, rules, 4, &word, 1, NULL)) {
		return EXIT_USAGE;
	}
	if (word == NULL || strcmp(word, "request") != 0 || out == NULL) {
		say_error("use: holder request --keyset keyset.json --desk N "
		    "--person ID --out REQUEST.json");
		return EXIT_USAGE;
	}
	if (keyset == NULL) { /* a holder who is there already: new weeks */
		e = desk_open(d, DESK_KEYRING);
	} else {
		n = number == NULL ? 0 : strtoul(number, &end, 10);
		if (n < 1 || n > CODE_DESK_MAX || *end != 0 ||
		    person == NULL || !id_ok(person)) {
			say_error("give the desk's number with --desk and an "
			    "id of small letters, digits and hyphens with "
			    "--person");
			return EXIT_USAGE;
		}
		e = keyset_org(keyset, org, print);
		if (e == OK) {
			e = passphrase_get(d->passfile, true, &d->pass,
			    &d->passlen);
		}
		if (e == OK) {
			e = desk_make(d);
		}
		if (e == OK) {
			e = founding_home(d, org, (unsigned)n, person, false);
		}
		if (e == OK) {
			printf("Organisation; compare with the founder:\n"
			    "  %s\n", print);
		}
	}
	if (e == OK) {
		e = request_write(d, &request);
	}
	if (e == OK && (e = file_create(AT_FDCWD, out, request.p,
	    request.len)) != OK) {
		say_error("cannot write %s: %s", out, err_text(e));
	}
	if (e == OK) {
		sign_pk_of(d->ring->operational, &pk);
		sign_fingerprint(&pk, print);
		printf("Wrote %s. Bring it to the founder, who runs `keyset "
		    "--add-holder`, and read this key aloud:\n  %s\n", out,
		    print);
	}
	buf_free(&request);
	return exit_of(e);
}

int
verb_rotate(struct desk *d, int argc, char **argv)
{
	struct org_blocks blocks = {NULL, 0, 0};
	unsigned before;
	enum err e;

	if (!options_take(argc, argv, NULL, 0, NULL, 0, NULL)) {
		return EXIT_USAGE;
	}
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK) {
		e = blocks_load(d, &blocks);
	}
	if (e == OK) {
		before = d->ring->weeks;
		e = blocks_own(d, week_of(d->today), WEEKS_MADE, &blocks);
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
	if (e == OK) {
		printf("Made keys of %u new weeks; keys reach %d weeks ahead.\n"
		    "Next: `holder request --out FILE` for the founder if you "
		    "are not the founder, then `export`.\n",
		    d->ring->weeks - before, WEEKS_MADE);
	} else {
		say_error("no new keys were published: %s", err_text(e));
	}
	blocks_free(&blocks);
	return exit_of(e);
}
