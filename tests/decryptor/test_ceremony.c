/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The ceremony's steps without anybody who asks: each thing that is wanted,
 * in order; a wrong answer stays at its step; an answer out of turn changes
 * nothing; a record that stopped goes on.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "decryptor/ceremony.h"
#include "decryptor/files.h"
#include "decryptor/terminal.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"

#define OWN "vijf losse woorden samen"

static char top[] = "/tmp/meldluik-ceremony-XXXXXX";
static char home[64], folder[64];
static struct desk d;
static struct ceremony c;
static struct refusal why;
static struct buf said;

static int
begin(void **state)
{
	(void)state;
	if (secret_setup() != OK || mkdtemp(top) == NULL) {
		return -1;
	}
	json_setup();
	snprintf(home, sizeof home, "%s/home", top);
	snprintf(folder, sizeof folder, "%s/print", top);
	d = (struct desk){.dir = -1, .public = -1, .attachments = -1,
		.lock = -1, .home = home};
	said = buf_new(65536);
	say_error_keep(&said);
	return day_parse("2026-11-24", &d.today) == OK ? 0 : -1;
}

static int
end(void **state)
{
	char command[128];

	(void)state;
	ceremony_end(&c);
	desk_close(&d);
	buf_free(&said);
	snprintf(command, sizeof command, "rm -rf %s", top);
	return system(command);
}

/* ${e} was refused with a sentence in both languages, and ${want} stays */
static void
refused(enum err e, enum err as, enum ceremony_want want)
{
	assert_int_equal(e, as);
	assert_int_equal(why.e, as);
	assert_true(why.nl[0] != 0 && why.en[0] != 0);
	assert_int_equal(ceremony_wants(&c), want);
}

static void
now(enum err e, enum ceremony_want want)
{
	assert_int_equal(e, OK);
	assert_int_equal(ceremony_wants(&c), want);
}

/* Whatever is not wanted now is refused */
static void
out_of_turn(enum ceremony_want want)
{
	const char *keeper[SHARES_MAX] = {"", ""};
	char print[FINGERPRINT_TEXT];
	struct ceremony_sheet sheet;
	struct share share;
	unsigned n;

	memset(&share, 0, sizeof share);
	if (want != WANT_BEGIN) {
		refused(ceremony_begin(&c, "en", true, true,
		    &why), ERR_STALE, want);
	}
	if (want != WANT_ORGANISATION && want != WANT_PERSON) {
		refused(ceremony_organisation(&c, "X", &why), ERR_STALE,
		    want);
	}
	if (want != WANT_PERSON) {
		refused(ceremony_person(&c, "x", &why), ERR_STALE, want);
	}
	if (want != WANT_DICE) {
		refused(ceremony_dice(&c, "1", &n, &why), ERR_STALE, want);
	}
	if (want != WANT_CARD) {
		refused(ceremony_card_read(&c, "{}", 2, print, &why),
		    ERR_STALE, want);
		refused(ceremony_card(&c, false, &why), ERR_STALE, want);
	}
	if (want != WANT_PASSPHRASE) {
		refused(ceremony_words(&c, true, &why), ERR_STALE, want);
		refused(ceremony_repeat(&c, "x", 1, &why), ERR_STALE, want);
		refused(ceremony_own(&c, OWN, strlen(OWN), OWN, strlen(OWN),
		    &why), ERR_STALE, want);
	}
	if (want != WANT_KEYS) {
		refused(ceremony_keys(&c, &why), ERR_STALE, want);
	}
	if (want != WANT_FOLDER) {
		refused(ceremony_folder(&c, folder, &why), ERR_STALE, want);
	}
	if (want != WANT_PRINTED) {
		refused(ceremony_printed(&c, &why), ERR_STALE, want);
	}
	if (want != WANT_KEEPERS) {
		refused(ceremony_shares(&c, 2, 2, keeper, &why), ERR_STALE,
		    want);
	}
	if (want != WANT_SHEET) {
		refused(ceremony_sheet(&c, &sheet, &why), ERR_STALE, want);
		refused(ceremony_prove(&c, &share, &why), ERR_STALE, want);
		refused(ceremony_anew(&c, &why), ERR_STALE, want);
	}
	if (want != WANT_FORGET) {
		refused(ceremony_forget(&c, &why), ERR_STALE, want);
	}
	if (want != WANT_TRANSCRIPT) {
		refused(ceremony_transcript(&c, &why), ERR_STALE, want);
	}
}

static void
names(void **state)
{
	char longest[KEYSET_NAME + 1];

	(void)state;
	memset(longest, 'W', KEYSET_NAME);
	longest[KEYSET_NAME] = 0;
	now(ceremony_find(&c, &d, &why), WANT_BEGIN);
	out_of_turn(WANT_BEGIN);
	now(ceremony_begin(&c, "nl", false, true, &why), WANT_ORGANISATION);
	out_of_turn(WANT_ORGANISATION);
	refused(ceremony_organisation(&c, "", &why), ERR_USAGE,
	    WANT_ORGANISATION);
	refused(ceremony_organisation(&c, "\xff", &why), ERR_USAGE,
	    WANT_ORGANISATION);
	refused(ceremony_organisation(&c, longest, &why), ERR_LIMIT,
	    WANT_ORGANISATION);
	now(ceremony_organisation(&c, "Gemeente Voorbeeld", &why),
	    WANT_PERSON);
	out_of_turn(WANT_PERSON);
	/* it can still be put right */
	longest[KEYSET_NAME - 1] = 0;
	now(ceremony_organisation(&c, longest, &why), WANT_PERSON);
	refused(ceremony_person(&c, "Jan", &why), ERR_USAGE, WANT_PERSON);
	now(ceremony_person(&c, "jan", &why), WANT_DICE);
	out_of_turn(WANT_DICE);
}

static void
until_keys(void **state)
{
	char print[FINGERPRINT_TEXT];
	unsigned n;

	(void)state;
	refused(ceremony_dice(&c, "1 7", &n, &why), ERR_FORMAT, WANT_DICE);
	now(ceremony_dice(&c, "1 6 3", &n, &why), WANT_CARD);
	assert_int_equal(n, 3);
	/* stopped here: names are kept, dice never were */
	desk_close(&d);
	ceremony_end(&c);
	now(ceremony_find(&c, &d, &why), WANT_DICE);
	assert_true(c.authority);
	assert_string_equal(c.person, "jan");
	now(ceremony_dice(&c, "", &n, &why), WANT_CARD);
	out_of_turn(WANT_CARD);
	refused(ceremony_card_read(&c, "{}", 2, print, &why), ERR_FORMAT,
	    WANT_CARD);
	now(ceremony_card(&c, false, &why), WANT_PASSPHRASE);
	out_of_turn(WANT_PASSPHRASE);
	/* without a list of words only one's own */
	refused(ceremony_words(&c, false, &why), ERR_UNKNOWN,
	    WANT_PASSPHRASE);
	refused(ceremony_own(&c, "kort", 4, "kort", 4, &why), ERR_POLICY,
	    WANT_PASSPHRASE);
	refused(ceremony_own(&c, OWN, strlen(OWN), OWN "s", strlen(OWN) + 1,
	    &why), ERR_CONFLICT, WANT_PASSPHRASE);
	now(ceremony_own(&c, OWN, strlen(OWN), OWN, strlen(OWN), &why),
	    WANT_KEYS);
	out_of_turn(WANT_KEYS);
	now(ceremony_keys(&c, &why), WANT_FOLDER);
	assert_true(d.ring->has_identity);
	out_of_turn(WANT_FOLDER);
}

/* The lines of a share as they stand in the file of its sheet */
static void
sheet_lines(const char *name, char text[SHARE_TEXT])
{
	struct buf page = buf_new(1u << 20);
	const char *at, *mark = "<td class=\"mono";
	char path[128];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_int_equal(file_read_path(path, &page), OK);
	at = buf_cstr(&page);
	text[0] = 0;
	while ((at = strstr(at, mark)) != NULL) {
		const char *from = strchr(at, '>') + 1;
		size_t len = strcspn(from, "<"), have = strlen(text);
		bool check = strncmp(at + strlen(mark), " check", 6) == 0;
		assert_true(have + len + 3 < SHARE_TEXT);
		memcpy(text + have, from, len);
		strcpy(text + have + len, check ? "\n" : "  ");
		at = from;
	}
	buf_free(&page);
}

static void
paper(void **state)
{
	const char *keeper[SHARES_MAX] = {"Anna", "Ben", "", "", "", "", "",
		""};
	char many[PAPER_KEEPER + 1];
	struct ceremony_sheet sheet;

	(void)state;
	refused(ceremony_folder(&c, "/proc/1/none", &why), ERR_IO,
	    WANT_FOLDER);
	now(ceremony_folder(&c, folder, &why), WANT_PRINTED);
	out_of_turn(WANT_PRINTED);
	now(ceremony_printed(&c, &why), WANT_KEEPERS);
	out_of_turn(WANT_KEEPERS);
	refused(ceremony_shares(&c, 1, 1, keeper, &why), ERR_USAGE,
	    WANT_KEEPERS);
	refused(ceremony_shares(&c, 2, 3, keeper, &why), ERR_USAGE,
	    WANT_KEEPERS);
	memset(many, 'W', sizeof many - 1);
	many[PAPER_KEEPER] = 0;
	keeper[1] = many;
	refused(ceremony_shares(&c, 2, 2, keeper, &why), ERR_LIMIT,
	    WANT_KEEPERS);
	keeper[1] = "Ben";
	now(ceremony_shares(&c, 2, 2, keeper, &why), WANT_SHEET);
	out_of_turn(WANT_SHEET);
	assert_int_equal(ceremony_sheet(&c, &sheet, &why), OK);
	assert_int_equal(sheet.x, 1);
	assert_int_equal(sheet.all, 4);
	assert_string_equal(sheet.keeper, "Anna");
	/* a new set, then the record again as a stop leaves it */
	now(ceremony_anew(&c, &why), WANT_KEEPERS);
	now(ceremony_shares(&c, 2, 2, keeper, &why), WANT_SHEET);
	assert_int_equal(ceremony_find(&c, &d, &why), OK);
	now(ceremony_opened(&c, &why), WANT_SHEET);
}

static void
prove(const char *name, enum ceremony_want want)
{
	char text[SHARE_TEXT];
	struct share share;

	sheet_lines(name, text);
	assert_int_equal(share_typed(text, strlen(text), &share, &why), OK);
	now(ceremony_prove(&c, &share, &why), want);
}

static void
sheets(void **state)
{
	char text[SHARE_TEXT], *line;
	struct share share;

	(void)state;
	sheet_lines("share-identity-2.html", text);
	assert_int_equal(share_typed(text, strlen(text), &share, &why), OK);
	refused(ceremony_prove(&c, &share, &why), ERR_CONFLICT, WANT_SHEET);
	/* a slip is named by its line; one line too few by the next */
	line = strchr(text, '\n') + 1;
	*line = *line == 'Z' ? '7' : 'Z';
	refused(share_typed(text, strlen(text), &share, &why), ERR_CRYPT,
	    WANT_SHEET);
	assert_non_null(strstr(why.nl, "regel 2"));
	assert_non_null(strstr(why.en, "line 2"));
	*line = 'U';
	refused(share_typed(text, strlen(text), &share, &why), ERR_FORMAT,
	    WANT_SHEET);
	*line = 0;
	refused(share_typed(text, strlen(text), &share, &why), ERR_FORMAT,
	    WANT_SHEET);
	assert_non_null(strstr(why.nl, "regel 2"));
	prove("share-identity-1.html", WANT_SHEET);
	prove("share-identity-2.html", WANT_SHEET);
	prove("share-backup-1.html", WANT_SHEET);
	assert_true(d.ring->has_identity);
	prove("share-backup-2.html", WANT_FORGET);
	out_of_turn(WANT_FORGET);
}

static void
over(void **state)
{
	char path[128], away[128];

	(void)state;
	/* The stick with the sheets' files is not in: not said to be removed */
	snprintf(away, sizeof away, "%s.away", folder);
	assert_int_equal(rename(folder, away), 0);
	now(ceremony_forget(&c, &why), WANT_TRANSCRIPT);
	assert_int_equal(c.erased, 0);
	assert_false(d.ring->has_identity);
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(rename(away, folder), 0);
	c.step = STEP_FORGET;
	now(ceremony_forget(&c, &why), WANT_TRANSCRIPT);
	assert_int_equal(c.erased, 4);
	snprintf(path, sizeof path, "%s/share-backup-1.html", folder);
	assert_int_equal(access(path, F_OK), -1);
	out_of_turn(WANT_TRANSCRIPT);
	now(ceremony_transcript(&c, &why), WANT_PRINTED);
	now(ceremony_printed(&c, &why), WANT_NOTHING);
	assert_true(ceremony_done(&c));
	out_of_turn(WANT_NOTHING);
	/* and stays over, on disk too */
	assert_int_equal(ceremony_find(&c, &d, &why), OK);
	now(ceremony_opened(&c, &why), WANT_NOTHING);
}

static void
damaged(void **state)
{
	char path[128];
	FILE *f;

	(void)state;
	snprintf(path, sizeof path, "%s/ceremony.json", home);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("{}", f);
	fclose(f);
	assert_int_equal(ceremony_find(&c, &d, &why), ERR_FORMAT);
	/* a casebook whose keyring is gone is no half-made home */
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof path, "%s/keyring.age", home);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(ceremony_find(&c, &d, &why), ERR_CONFLICT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names), cmocka_unit_test(until_keys),
		cmocka_unit_test(paper), cmocka_unit_test(sheets),
		cmocka_unit_test(over), cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
