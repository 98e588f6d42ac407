/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `recover`: back from paper. With --backup: k sheets of the backup key open
 * FILE.paper, which holds the passphrase of FILE. With --keyset: k sheets of
 * the identity put a new machine of a holder into the keyset. --drill proves
 * sheets one by one against the commitments; nothing is laid together.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive_age.h"
#include "files.h"
#include "founding.h"
#include "meldluik/age_open.h"
#include "meldluik/age_unwrap.h"
#include "meldluik/secret.h"
#include "papers.h"
#include "terminal.h"
#include "verbs.h"
#include "weeks.h"

/* One sheet of a drill; ${list}: NULL, or where it is told */
static enum err
drill_sheet(const struct share *s, struct papers *papers, json_t *list)
{
	char set[SHARE_SET], name[SHARE_SET];
	const struct paper_set *p = papers_set(papers, s->kind);

	share_set(s, set);
	if (p == NULL || paper_fits(p, s) != OK) {
		if (p != NULL) {
			paper_set_name(p, name);
		}
		say_error("sheet %u is of set %s, which does not count here%s"
		    "%s", s->x, set, p == NULL ? "" : "; the right set is ",
		    p == NULL ? "" : name);
		return ERR_CONFLICT;
	}
	if (list != NULL) {
		json_array_append_new(list, json_pack(
		    "{s:i, s:i, s:i, s:s, s:s}", "sheet", (int)s->x, "of",
		    (int)s->n, "needed", (int)s->k, "kind",
		    s->kind == SHARE_IDENTITY ? "identity" : "backup", "set",
		    set));
		return OK;
	}
	printf("Sheet %u of %u of the %s, set %s: readable and right. With "
	    "%u such sheets the key comes back.\n", s->x, s->n,
	    s->kind == SHARE_IDENTITY ? "identity key" : "backup key", set,
	    s->k);
	return OK;
}

/* One after another, until an empty line or the end */
static void
drill_typed(struct share *s, struct papers *papers, json_t *list)
{
	enum err e = OK;

	while (e != ERR_UNKNOWN && e != ERR_IO) {
		if (list == NULL) {
			puts("Next sheet (an empty line ends the drill):");
		}
		e = share_ask(s, "en");
		if (e == OK) {
			drill_sheet(s, papers, list);
		}
		secret_wipe(s, sizeof *s);
	}
}

static enum err
drill(struct desk *d, const char *file)
{
	struct buf doc = buf_new(65536);
	struct share *s = secret_new(sizeof *s);
	json_t *list = d->json ? json_array() : NULL;
	struct papers papers;
	struct refusal why;
	char path[4096];
	enum err e = s == NULL ? ERR_MEMORY : OK;

	if (e == OK && file == NULL) {
		snprintf(path, sizeof path, "%s/public/papers.json",
		    d->home);
		file = path;
	}
	if (e == OK) {
		e = file_read_path(file, &doc);
	}
	if (e == OK) {
		e = papers_parse(doc.p, doc.len, NULL, &papers);
	}
	if (e != OK) {
		say_error("the record of the paper shares cannot be read: %s",
		    err_text(e));
	}
	for (unsigned i = 0; e == OK && i < d->sharefiles; i++) {
		e = share_file(d->sharefile[i], s, &why);
		if (e != OK) {
			say_error("the share in %s: %s", d->sharefile[i],
			    why.en);
		}
		if (e == OK) {
			e = drill_sheet(s, &papers, list);
		}
		secret_wipe(s, sizeof *s);
	}
	if (e == OK && d->sharefiles == 0) {
		drill_typed(s, &papers, list);
	}
	secret_free(s);
	buf_free(&doc);
	if (list != NULL) {
		print_json(list);
	}
	return e;
}

/* The passphrase out of FILE.paper, into ${d} */
static enum err
passphrase_unpaper(struct desk *d, const char *file)
{
	struct buf sealed = buf_new(65536),
	    plain = buf_new_secret(PASSPHRASE_MAX + 1);
	uint8_t *seed = secret_new(SHARE_SECRET);
	struct age_identity *id = NULL;
	char path[4096];
	enum err e = seed == NULL ? ERR_MEMORY : snprintf(path, sizeof path,
	    "%s.paper", file) >= (int)sizeof path ? ERR_LIMIT :
	    file_read_path(path, &sealed);

	if (e != OK) {
		say_error("cannot read %s.paper, which lies beside the "
		    "backups of the machine on which the sheets were made",
		    file);
	} else {
		e = shares_get(d->sharefile, d->sharefiles, SHARE_BACKUP,
		    NULL, seed);
	}
	if (e == OK) {
		e = age_identity_new(seed, &id);
	}
	if (e == OK) {
		e = age_open_buf(&id, 1, sealed.p, sealed.len, &plain);
		if (e != OK) {
			say_error("these sheets do not open %s: is it a backup "
			    "of this desk, made after the sheets?", path);
		}
	}
	if (e == OK && (plain.len < 2 || plain.p[plain.len - 1] != '\n')) {
		e = ERR_FORMAT;
	}
	if (e == OK) {
		d->pass = secret_new(PASSPHRASE_MAX + 1);
		e = d->pass == NULL ? ERR_MEMORY : OK;
	}
	if (e == OK) {
		d->passlen = plain.len - 1;
		memcpy(d->pass, plain.p, d->passlen);
	}
	age_identity_free(id);
	secret_free(seed);
	buf_free(&plain);
	buf_free(&sealed);
	return e;
}

/* The restored keyring under a passphrase of its own, before it is used: cut
 * there, the home is none yet, and not one under the words from paper */
static enum err
keyring_again(struct desk *d, const char *fresh, size_t len)
{
	struct buf sealed = buf_new(KEYRING_MAX + 65536);
	enum err e = file_read(d->dir, KEYRING_WAITS, &sealed);

	if (e == OK) {
		e = keyring_open(sealed.p, sealed.len, d->pass, d->passlen,
		    &d->ring);
	}
	if (e == OK) {
		buf_clear(&sealed);
		e = keyring_seal(d->ring, fresh, len, &sealed);
	}
	if (e == OK) {
		e = file_replace(d->dir, KEYRING_WAITS, sealed.p, sealed.len);
	}
	buf_free(&sealed);
	return e;
}

static enum err
from_backup(struct desk *d, const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	char *fresh = NULL;
	size_t len = 0;
	enum err e;

	if (fd < 0) {
		say_error("cannot open %s", file);
		return ERR_UNKNOWN;
	}
	e = passphrase_unpaper(d, file);
	if (e == OK) { /* a slip must leave nothing that refuses another try */
		if (!d->json) {
			puts("Choose a new passphrase; the old one came from "
			    "paper.");
		}
		e = passphrase_get(d->passfile, true, &fresh, &len);
	}
	if (e == OK) {
		e = desk_make(d);
	}
	if (e == OK) {
		e = backup_read(d, fd);
		e = e == OK ? keyring_again(d, fresh, len) : e;
		e = e == OK ? backup_use(d) : e;
		if (e != OK) {
			say_error("the backup is damaged: %s; %s is not "
			    "usable, remove it", err_text(e), d->home);
		}
	}
	close(fd);
	if (e == OK) {
		desk_close(d);
		d->pass = fresh;
		d->passlen = len;
		fresh = NULL; /* transferred */
		e = desk_open(d, DESK_CASEBOOK);
	}
	secret_free(fresh);
	if (e == OK && !d->json) {
		printf("Recovered to %s. Backups hold no week keys: run "
		    "`rotate` now, then import, then export.\nEvery passphrase "
		    "and key of before counts as lost: see keys/CEREMONY.md.\n",
		    d->home);
	}
	return e;
}

static unsigned
person_find(const struct keyset *k, const char *person)
{
	unsigned i = 0;

	while (i < k->people && strcmp(k->person[i].id, person) != 0) {
		i++;
	}
	return i;
}

/* Whether that person can have a machine, before anything is made or asked */
static enum err
person_may(const struct keyset *k, unsigned desk, const char *person)
{
	const struct keyset_desk *at = keyset_desk(k, desk);
	unsigned i = person_find(k, person);

	if (keyset_withdrawn(k)) {
		say_error("this keyset was withdrawn for good; only `revoke "
		    "--new-identity` makes another");
	} else if (at == NULL) {
		say_error("this keyset has no desk %u", desk);
	} else if (i < k->people && (k->person[i].desk != desk ||
	    k->person[i].role != PERSON_HOLDER)) {
		say_error("%s is not a holder of desk %u in this keyset",
		    person, desk);
	} else if (i == k->people && at->successor != 0) {
		say_error("desk %u is retired, nobody joins it any more",
		    desk);
	} else if (i == k->people && (k->people == KEYSET_PEOPLE_MAX ||
	    keyset_holders(k, desk) >= KEYSET_HOLDERS_MAX)) {
		say_error("%s is not named in this keyset, and it has no room "
		    "for one more", person);
	} else {
		return OK;
	}
	return ERR_CONFLICT;
}

/* The new machine's key in place of the lost one, which is revoked; who was
 * not named is named from now on */
static enum err
person_replace(struct desk *d, bool *named)
{
	struct keyset *k = malloc(sizeof *k);
	struct sign_pk pk;
	unsigned i;
	enum err e = OK;

	if (k == NULL) {
		return ERR_MEMORY;
	}
	*k = *d->keyset;
	sign_pk_of(d->ring->operational, &pk);
	i = person_find(k, d->ring->person);
	*named = i < k->people;
	if (*named) {
		e = keyset_revoke(k, &k->person[i].key);
	} else {
		memset(&k->person[i], 0, sizeof k->person[i]);
		strcpy(k->person[i].id, d->ring->person);
		k->person[i].desk = d->ring->desk;
		k->people++;
	}
	if (e == OK) {
		k->person[i].key = pk;
		if (keyset_expired(k, d->today)) {
			k->not_after = day_add_months(d->today, 13);
		}
		e = org_keyset_save(d, k);
	}
	free(k);
	return e;
}

/* A slip in the name revokes nothing: who reads this must see that */
static void
named_tell(const struct desk *d, bool named)
{
	const struct keyset *k = d->keyset;

	printf("Made a new home for %s in %s", d->ring->person, d->home);
	if (named) {
		puts("; the key of the lost machine is revoked.");
		return;
	}
	printf(".\nThe keyset did not name %s: NO key of a lost machine was "
	    "revoked. Desk %u is held now by", d->ring->person,
	    d->ring->desk);
	for (unsigned i = 0; i < k->people; i++) {
		if (k->person[i].role == PERSON_HOLDER &&
		    k->person[i].desk == d->ring->desk) {
			printf(" %s", k->person[i].id);
		}
	}
	puts("; whoever of them\nshould not: `holder remove ID`.");
}

/* A folder of the gateway has no blocks.json: its epoch files tell the keys of
 * the other holders, without which an export would publish no week */
static enum err
weeks_take(struct desk *d, const char *path)
{
	struct org_blocks blocks = {NULL, 0, 0};
	enum err e = blocks_load(d, &blocks);

	for (unsigned i = 0; e == OK && i < WEEKS_PUBLISHED_MAX; i++) {
		struct buf doc = buf_new(KEYSET_MAX);
		struct epoch *epoch = NULL;
		char name[WEEK_TEXT], file[4096];
		day_t week = week_of(d->today) + 7 * (day_t)i;
		week_text(week, name);
		if (snprintf(file, sizeof file, "%s/epochs/%s.json", path,
		    name) >= (int)sizeof file ||
		    file_read_path(file, &doc) != OK ||
		    epoch_parse(doc.p, doc.len, d->keyset, &epoch) != OK ||
		    epoch->week != week) {
			epoch_free(epoch);
			buf_free(&doc);
			continue; /* not there, or of another keyset */
		}
		for (unsigned j = 0; e == OK && j < epoch->blocks; j++) {
			const struct epoch_block *b = &epoch->block[j];
			if (!blocks_has(&blocks, week, b->desk, b->person)) {
				e = blocks_put(&blocks, week, b);
			}
		}
		epoch_free(epoch);
		buf_free(&doc);
	}
	if (e == OK) {
		e = blocks_save(d, &blocks);
	}
	blocks_free(&blocks);
	return e;
}

static enum err
weeks_tell(struct desk *d)
{
	struct org_blocks blocks = {NULL, 0, 0};
	struct buf doc = buf_new(KEYSET_MAX);
	const struct keyset_person *lacks;
	enum err e = blocks_load(d, &blocks);

	if (e == OK && blocks_epoch(&blocks, d->keyset, week_of(d->today),
	    &doc, &lacks) != OK) {
		say_error("the week keys of the other holders are not known "
		    "here, and an export without them closes the page: first "
		    "ask each for `holder request --out FILE`, and take it in "
		    "with `holder add FILE`");
	}
	if (e == OK && d->keyset->people > 1 && !d->json) {
		printf("Bring the other holders `keyset --publish` too: until "
		    "they accept this keyset the gateway takes no bundle of "
		    "theirs.\n");
	}
	blocks_free(&blocks);
	buf_free(&doc);
	return e;
}

static enum err
from_identity(struct desk *d, const char *path, unsigned desk,
    const char *person)
{
	struct buf doc = buf_new(KEYSET_MAX), sig = buf_new(SIGN_TEXT_MAX);
	char file[4096], print[FINGERPRINT_TEXT];
	struct keyset *k = NULL;
	bool named = false;
	enum err e = OK;

	if (snprintf(file, sizeof file, "%s/keyset.json.minisig", path) >=
	    (int)sizeof file) {
		return ERR_LIMIT;
	}
	e = file_read_path(file, &sig);
	if (e == OK) {
		file[strlen(file) - strlen(".minisig")] = 0;
		e = file_read_path(file, &doc);
	}
	if (e == OK) {
		e = keyset_parse(doc.p, doc.len, sig.p, sig.len, NULL, &k);
	}
	if (e != OK) {
		say_error("the keyset in %s cannot be used: %s", path,
		    err_text(e));
		goto out;
	}
	if ((e = person_may(k, desk, person)) != OK) {
		goto out;
	}
	sign_fingerprint(&k->identity, print);
	if (!d->json) {
		printf("Organisation; compare with a poster:\n  %s\n", print);
	}
	/* the sheets first: without them no home is begun */
	d->keyset = k;
	k = NULL; /* transferred */
	d->ring = keyring_new();
	e = d->ring == NULL ? ERR_MEMORY : identity_need(d);
	if (e == OK) {
		uint8_t *identity = d->identity;
		uint8_t org[ORG_LEN];
		memcpy(org, d->keyset->org, ORG_LEN);
		keyring_free(d->ring);
		d->ring = NULL;
		keyset_free(d->keyset);
		d->keyset = NULL;
		d->identity = identity;
		e = passphrase_get(d->passfile, true, &d->pass, &d->passlen);
		if (e == OK) {
			e = desk_make(d);
		}
		if (e == OK) { /* of the machine whose place it takes */
			e = first_event_owe(d, FIRST_KEYS_LOST_SHEETS);
		}
		if (e == OK) {
			e = founding_home(d, org, desk, person, PERSON_HOLDER,
			    false);
		}
	}
	if (e == OK) {
		e = first_event_pay(d);
	}
	if (e == OK) {
		e = org_accept(d, path, NULL);
	}
	if (e == OK) {
		e = weeks_take(d, path);
	}
	if (e == OK) {
		e = person_replace(d, &named);
	}
	if (e == OK) {
		e = journal_keyset(d);
	}
	if (e == OK && !d->json) {
		named_tell(d, named);
		printf("Next: `import` what the courier "
		    "brings, with `--start N` if the lost machine has "
		    "confirmed\nwhat is before N; then `export`. What was in "
		    "the lost casebook comes back only from a\nbackup.\n");
	}
	if (e == OK) {
		e = weeks_tell(d);
	}
out:
	keyset_free(k);
	buf_free(&doc);
	buf_free(&sig);
	return e;
}

int
verb_recover(struct desk *d, int argc, char **argv)
{
	const char *backup = NULL, *keyset = NULL, *number = NULL,
	    *person = NULL, *papers = NULL;
	bool drilling = false;
	struct option_rule rules[] = {
		{.name = "backup", .value = &backup},
		{.name = "keyset", .value = &keyset},
		{.name = "desk", .value = &number},
		{.name = "person", .value = &person},
		{.name = "papers", .value = &papers},
		{.name = "drill", .flag = &drilling},
		SHARE_RULE(d),
	};
	char *end = NULL;
	unsigned long n;

	if (!options_take(argc, argv, rules, sizeof rules / sizeof *rules,
	    NULL, 0, NULL)) {
		return EXIT_USAGE;
	}
	if (drilling && backup == NULL && keyset == NULL) {
		return exit_of(drill(d, papers));
	}
	if (backup != NULL && keyset == NULL && !drilling) {
		return exit_of(from_backup(d, backup));
	}
	n = number == NULL ? 0 : strtoul(number, &end, 10);
	if (keyset == NULL || drilling || n < 1 || n > CODE_DESK_MAX ||
	    *end != 0 || person == NULL || !id_ok(person)) {
		say_error("use: recover --backup FILE, or recover --keyset DIR "
		    "--desk N --person ID, or recover --drill");
		return EXIT_USAGE;
	}
	return exit_of(from_identity(d, keyset, (unsigned)n, person));
}
