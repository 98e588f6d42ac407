/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The ceremony's paper: poster, revocation, shares, transcript. Files to
 * print lie in a folder in memory where there is one; those with shares are
 * removed as soon as all sheets were proven.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ceremony.h"
#include "files.h"
#include "meldluik/secret.h"
#include "sandbox.h"
#include "sheets_print.h"
#include "terminal.h"

#define PAGE_MAX (1u << 20)

static const char *const public_file[PAPERS_PUBLIC] = {"poster-nl.html",
	"poster-en.html", "revocation.html", "transcript.html"};

static void
share_name(enum share_kind kind, unsigned x, char out[64])
{
	snprintf(out, 64, "share-%s-%u.html", kind == SHARE_IDENTITY ?
	    "identity" : "backup", x);
}

const char *
ceremony_file(unsigned i, char out[64])
{
	if (i < PAPERS_PUBLIC) {
		return public_file[i];
	}
	i -= PAPERS_PUBLIC;
	if (i >= 2 * SHARES_MAX) {
		return NULL;
	}
	share_name(i < SHARES_MAX ? SHARE_IDENTITY : SHARE_BACKUP,
	    i % SHARES_MAX + 1, out);
	return out;
}

static struct print
print_of(const struct ceremony *c)
{
	struct print p = {.k = c->d->keyset, .language = c->language,
		.rehearsal = c->rehearsal, .renewal = c->renewal,
		.today = c->d->today};

	return p;
}

enum err
ceremony_folder_mine(const char *path, int *dir)
{
	struct stat st;

	mkdir(path, 0700);
	*dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (*dir >= 0 && (fstat(*dir, &st) != 0 || st.st_uid != geteuid() ||
	    fchmod(*dir, 0700) != 0)) {
		close(*dir);
		*dir = -1;
	}
	return *dir < 0 ? ERR_IO : OK;
}

enum err
ceremony_folder_open(const struct ceremony *c, int *dir)
{
	enum err e = ceremony_folder_mine(c->folder, dir);

	if (e != OK) {
		say_error("the folder %s cannot be opened", c->folder);
	}
	return e;
}

static enum err
put_page(int dir, const char *name, struct buf *page, enum err e)
{
	if (e == OK) {
		e = file_replace(dir, name, page->p, page->len);
	}
	buf_free(page);
	return e;
}

/* Posters and the revocation */
static enum err
put_public(struct ceremony *c, int dir)
{
	struct buf note = buf_new(KEYSET_MAX), page;
	struct print p = print_of(c);
	enum err e = OK;

	for (unsigned i = 0; i < 2 && e == OK; i++) {
		p.language = i == 0 ? "nl" : "en";
		page = buf_new(PAGE_MAX);
		e = print_poster(&p, &page);
		e = put_page(dir, public_file[i], &page, e);
	}
	if (e == OK) {
		e = revocation_make(c->d, &note);
	}
	if (e == OK) {
		p = print_of(c);
		page = buf_new(PAGE_MAX);
		e = print_revocation(&p, buf_cstr(&note), &page);
		e = put_page(dir, public_file[2], &page, e);
	}
	buf_free(&note);
	return e;
}

static enum err
not_written(struct refusal *why, enum err e)
{
	return e == ERR_FULL ? refuse(why, e, "De map voor wat geprint wordt "
	    "is vol.", "The folder for what is printed is full.") :
	    refuse(why, e, "Wat geprint wordt kan niet in de map worden "
	    "geschreven.", "What is printed cannot be written to the "
	    "folder.");
}

enum err
ceremony_folder(struct ceremony *c, const char *path, struct refusal *why)
{
	char *whole = NULL;
	int dir = -1;
	enum err e = ceremony_turn(c, WANT_FOLDER, why);

	if (e != OK) {
		return e;
	}
	e = ceremony_folder_mine(path, &dir);
	/* `ui` may go on where `init` was called in another folder */
	whole = e == OK ? realpath(path, NULL) : NULL;
	if (whole == NULL || strlen(whole) >= sizeof c->folder) {
		e = refuse(why, ERR_IO, "Die map kan niet worden gemaakt, of "
		    "is niet van u.", "That folder cannot be made, or is not "
		    "yours.");
	} else if (c->step == STEP_PUBLIC && (e = put_public(c, dir)) !=
	    OK) {
		not_written(why, e);
	}
	if (e == OK) {
		strcpy(c->folder, whole);
		c->written = c->step == STEP_PUBLIC;
	}
	if (dir >= 0) {
		close(dir);
	}
	free(whole);
	return e;
}

enum err
ceremony_printed(struct ceremony *c, struct refusal *why)
{
	enum err e = ceremony_turn(c, WANT_PRINTED, why);

	return e == OK ? ceremony_to(c, c->step + 1, why) : e;
}

static enum err
put_sheets(const struct ceremony *c, int dir, const struct share *s,
    const struct paper_set *set)
{
	struct print p = print_of(c);
	enum err e = OK;

	for (unsigned i = 0; i < set->n && e == OK; i++) {
		struct buf page = buf_new_secret(PAGE_MAX);
		char name[64];
		share_name(set->kind, s[i].x, name);
		e = print_share(&p, &s[i], set->keeper[i], c->d->ring->desk,
		    &page);
		e = put_page(dir, name, &page, e);
	}
	return e;
}

/* In a process that ends then, and with it all that libqrencode copied to
 * its heap: the page's process lives on for hours */
static enum err
put_apart(const struct ceremony *c, int dir, const struct share *s,
    const struct paper_set *set)
{
	pid_t self = getpid(), child = fork();
	int status;

	if (child == 0 && !sandbox_bound(self)) {
		_exit(ERR_IO);
	}
	if (child == 0) {
		_exit((int)put_sheets(c, dir, s, set));
	}
	if (child < 0 || waitpid(child, &status, 0) != child ||
	    !WIFEXITED(status) || WEXITSTATUS(status) >= ERR_COUNT) {
		return ERR_IO;
	}
	return (enum err)WEXITSTATUS(status);
}

static enum err
put_set(struct ceremony *c, int dir, enum share_kind kind, unsigned k,
    unsigned n, const char *const *keeper, struct papers *papers)
{
	struct share *s = secret_new(SHARES_MAX * sizeof *s);
	struct paper_set *set;
	enum err e = s == NULL ? ERR_MEMORY :
	    papers_make(c->d, kind, k, n, papers, s);

	if (e == OK) {
		set = papers_set(papers, kind);
		for (unsigned i = 0; i < n; i++) {
			strcpy(set->keeper[i], utf8_valid(keeper[i],
			    strlen(keeper[i])) ? keeper[i] : ""); /* by pen */
		}
		e = put_apart(c, dir, s, set);
	}
	secret_free(s);
	return e;
}

static enum err
keepers_check(unsigned n, unsigned k, const char *const *keeper,
    struct refusal *why)
{
	if (n < SHARES_MIN || n > SHARES_MAX) {
		return refuse(why, ERR_USAGE, "Er zijn 2 tot 8 bewaarders.",
		    "There are 2 to 8 keepers.");
	}
	if (k < SHARES_MIN || k > n) {
		return refuse(why, ERR_USAGE, "Er zijn minstens 2 bladen "
		    "nodig, en niet meer dan er bewaarders zijn.", "At least "
		    "2 sheets are needed, and not more than there are "
		    "keepers.");
	}
	for (unsigned i = 0; i < n; i++) {
		if (strlen(keeper[i]) >= PAPER_KEEPER) {
			return refuse(why, ERR_LIMIT, "Een naam van een "
			    "bewaarder is te lang: hoogstens 64 bytes; sommige "
			    "letters tellen voor meer dan \xc3\xa9\xc3\xa9n.",
			    "A keeper's name is too long: at most 64 bytes, "
			    "and some letters take more than one.");
		}
	}
	return OK;
}

enum err
ceremony_shares(struct ceremony *c, unsigned n, unsigned k,
    const char *const *keeper, struct refusal *why)
{
	struct papers papers;
	int dir = -1;
	enum err e = ceremony_turn(c, WANT_KEEPERS, why);

	if (e == OK) {
		e = keepers_check(n, k, keeper, why);
	}
	if (e != OK) {
		return e;
	}
	e = ceremony_folder_open(c, &dir);
	if (e == OK) {
		e = papers_load(c->d, &papers);
	}
	if (e == OK) {
		e = put_set(c, dir, SHARE_IDENTITY, k, n, keeper, &papers);
	}
	if (e == OK) {
		e = put_set(c, dir, SHARE_BACKUP, k, n, keeper, &papers);
	}
	if (e == OK) {
		e = papers_save(c->d, &papers);
	}
	if (dir >= 0) {
		close(dir);
	}
	return e == OK ? ceremony_to(c, c->step + 1, why) : not_written(why, e);
}

/* The set and place of the sheet to prove; false: all are proven */
static bool
unproven(struct papers *papers, struct paper_set **set, unsigned *place)
{
	for (unsigned kind = SHARE_IDENTITY; kind <= SHARE_BACKUP; kind++) {
		struct paper_set *s = papers_set(papers,
		    (enum share_kind)kind);
		for (unsigned i = 0; s != NULL && i < s->n; i++) {
			if (!s->proven[i]) {
				*set = s;
				*place = i;
				return true;
			}
		}
	}
	return false;
}

static enum err
papers_read(const struct ceremony *c, struct papers *papers,
    struct refusal *why)
{
	enum err e = papers_load(c->d, papers);

	return e == OK ? OK : refuse(why, e, "Het register van de papieren "
	    "sleuteldelen is niet te lezen.", "The record of the paper shares "
	    "cannot be read.");
}

enum err
ceremony_sheet(struct ceremony *c, struct ceremony_sheet *out,
    struct refusal *why)
{
	struct papers papers;
	struct paper_set *s;
	unsigned i;
	enum err e = ceremony_turn(c, WANT_SHEET, why);

	if (e == OK) {
		e = papers_read(c, &papers, why);
	}
	if (e != OK || !unproven(&papers, &s, &i)) {
		return e == OK ? ceremony_said(why, ERR_STALE) : e;
	}
	memset(out, 0, sizeof *out);
	out->kind = s->kind;
	out->x = i + 1;
	out->n = s->n;
	out->all = 2 * s->n;
	out->proven = i + (s->kind == SHARE_BACKUP ? s->n : 0);
	paper_set_name(s, out->set);
	strcpy(out->keeper, s->keeper[i]);
	return OK;
}

enum err
ceremony_prove(struct ceremony *c, const struct share *share,
    struct refusal *why)
{
	struct papers papers;
	struct paper_set *s;
	char number[16];
	unsigned i;
	enum err e = ceremony_turn(c, WANT_SHEET, why);

	if (e == OK) {
		e = papers_read(c, &papers, why);
	}
	if (e != OK || !unproven(&papers, &s, &i)) {
		return e == OK ? ceremony_said(why, ERR_STALE) : e;
	}
	if (paper_fits(s, share) != OK || share->x != i + 1) {
		snprintf(number, sizeof number, "%u", share->x);
		return refuse_word(why, ERR_CONFLICT, "dit is blad %s, of een "
		    "blad van een andere set of soort", "this is sheet %s of "
		    "another set or kind", number);
	}
	s->proven[i] = true;
	s->proven_day[i] = c->d->today;
	e = papers_save(c->d, &papers);
	if (e != OK) {
		return refuse_err(why, e);
	}
	return unproven(&papers, &s, &i) ? OK : ceremony_to(c, c->step + 1, why);
}

enum err
ceremony_anew(struct ceremony *c, struct refusal *why)
{
	enum err e = ceremony_turn(c, WANT_SHEET, why);

	return e == OK ? ceremony_to(c, STEP_SHARES, why) : e;
}

/* Files with shares, from the folder they were printed from */
static void
shares_remove(struct ceremony *c)
{
	char name[64];
	int dir = -1;

	c->erased = 0;
	if (c->folder[0] == 0 || ceremony_folder_open(c, &dir) != OK) {
		return;
	}
	for (unsigned i = PAPERS_PUBLIC; ceremony_file(i, name) != NULL;
	    i++) {
		c->erased += faccessat(dir, name, F_OK,
		    AT_SYMLINK_NOFOLLOW) == 0;
		file_erase(dir, name);
	}
	close(dir);
}

enum err
ceremony_forget(struct ceremony *c, struct refusal *why)
{
	struct keyring *ring = c->d->ring;
	struct papers papers;
	struct paper_set *s = NULL;
	unsigned i;
	enum err e = ceremony_turn(c, WANT_FORGET, why);

	if (e == OK) {
		e = papers_read(c, &papers, why);
	}
	if (e != OK) {
		return e;
	}
	if (papers_set(&papers, SHARE_IDENTITY) == NULL ||
	    papers_set(&papers, SHARE_BACKUP) == NULL ||
	    unproven(&papers, &s, &i)) {
		return refuse(why, ERR_POLICY, "Niet elk blad is bewezen: de "
		    "sleutel blijft.", "Not every sheet was proven: the key "
		    "stays.");
	}
	if (ring->has_identity) {
		e = desk_record(c->d, event_new(c->d, "identity_on_paper"));
	}
	if (e == OK) {
		ring->has_identity = false;
		secret_wipe(ring->identity, sizeof ring->identity);
		e = keyringfile_save(c->d);
	}
	if (e != OK) {
		return ceremony_said(why, e);
	}
	shares_remove(c);
	return ceremony_to(c, c->step + 1, why);
}

enum err
ceremony_transcript(struct ceremony *c, struct refusal *why)
{
	struct buf page = buf_new(PAGE_MAX);
	struct print p = print_of(c);
	struct papers papers;
	int dir = -1;
	enum err e = ceremony_turn(c, WANT_TRANSCRIPT, why);

	if (e != OK || (e = papers_read(c, &papers, why)) != OK) {
		return e;
	}
	e = ceremony_folder_open(c, &dir);
	if (e == OK) {
		e = print_transcript(&p, &papers, c->person,
		    !c->d->ring->has_identity, &page);
		e = put_page(dir, public_file[3], &page, e);
	}
	if (dir >= 0) {
		close(dir);
	}
	buf_free(&page);
	c->written = e == OK;
	return e == OK ? OK : not_written(why, e);
}
