/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The two signatures of page.json. Guards that this desk never publishes a
 * page that the gateway, or a reporter who checks it, would refuse.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "pagesign.h"
#include "terminal.h"

#define PAGE_FILE_MAX 65536u
#define PUB_MAX 1024u
#define PAGE_PATH 4096u

struct page_files {
	struct buf doc, release; /* page.json, page.json.minisig */
	bool has_release;
};

static struct page_files
page_files_new(void)
{
	return (struct page_files){ buf_new(PAGE_FILE_MAX),
		buf_new(SIGN_TEXT_MAX), false };
}

static void
page_files_free(struct page_files *f)
{
	buf_free(&f->doc);
	buf_free(&f->release);
}

/* From a file of the user and the one beside it, or what the desk kept */
static enum err
page_files_read(const struct desk *d, const char *file, struct page_files *f)
{
	char beside[PAGE_PATH];
	enum err e, found;

	if (file == NULL) {
		e = file_read(d->public, "page.json", &f->doc);
		found = e == OK ? file_read(d->public, "page.json.minisig",
		    &f->release) : ERR_UNKNOWN;
	} else {
		int n = snprintf(beside, sizeof(beside), "%s.minisig", file);

		if (n < 0 || (size_t)n >= sizeof(beside)) {
			return ERR_LIMIT;
		}
		e = file_read_path(file, &f->doc);
		found = e == OK ? file_read_path(beside, &f->release) :
		    ERR_UNKNOWN;
	}
	f->has_release = found == OK;
	return e;
}

/* One release is for all organisations: its signature names none */
static enum err
release_check(const struct keyset *k, const struct page_files *f)
{
	static const struct sign_purpose why = { .purpose = "page" };

	if (!k->has_release) {
		return OK;
	}
	if (!f->has_release) {
		return ERR_UNKNOWN;
	}
	return sign_program_check(&k->release, &why, f->doc.p, f->doc.len,
	    f->release.p, f->release.len);
}

static void
say_release(enum err e)
{
	if (e == ERR_UNKNOWN) {
		say_error("the keyset has a release key: page.json.minisig of "
		    "the release must lie beside\npage.json (FORMAT.md "
		    "section 7)");
	} else {
		say_error("page.json.minisig is not by the release key over "
		    "this page: %s", err_text(e));
	}
}

/* The signature of the release, or none: an old one never stays */
static enum err
release_keep(const struct desk *d, const struct page_files *f)
{
	if (d->keyset->has_release) {
		return file_replace(d->public, "page.json.minisig",
		    f->release.p, f->release.len);
	}
	return unlinkat(d->public, "page.json.minisig", 0) == 0 ||
	    errno == ENOENT ? OK : ERR_IO;
}

enum err
pagesign_take(struct desk *d, const char *file)
{
	struct sign_purpose why = { .purpose = "page",
		.desk = d->ring->desk };
	struct page_files f = page_files_new();
	struct buf sig = buf_new(SIGN_TEXT_MAX);
	struct page page;
	enum err e = page_files_read(d, file, &f), release = OK;

	memcpy(why.org, d->ring->org, ORG_LEN);
	if (e == OK) {
		e = page_parse(f.doc.p, f.doc.len, &page);
	}
	if (e == OK && (release = release_check(d->keyset, &f)) != OK) {
		say_release(release);
		e = release;
	}
	if (e == OK) {
		e = sign_make(d->ring->operational, &why, f.doc.p, f.doc.len,
		    &sig);
	}
	if (e == OK) {
		e = release_keep(d, &f);
	}
	if (e == OK) {
		e = file_replace(d->public, "page.json.holder.minisig",
		    sig.p, sig.len);
	}
	if (e == OK) {
		e = file_replace(d->public, "page.json", f.doc.p, f.doc.len);
	}
	if (e != OK && release == OK) {
		say_error("the page file cannot be used: %s", err_text(e));
	}
	page_files_free(&f);
	buf_free(&sig);
	return e;
}

enum err
pagesign_release(const struct desk *d, const char *file, const char *page,
    struct keyset *k)
{
	struct buf pub = buf_new(PUB_MAX);
	struct page_files f = page_files_new();
	enum err e;

	if (strcmp(file, "none") == 0) {
		k->has_release = false;
		memset(&k->release, 0, sizeof(k->release));
		e = OK;
		goto out;
	}
	e = file_read_path(file, &pub);
	if (e == OK) {
		e = sign_program_pk_read(pub.p, pub.len, &k->release);
	}
	if (e != OK) {
		say_error("%s is no public key of minisign: %s", file,
		    err_text(e));
		goto out;
	}
	k->has_release = true;
	e = page_files_read(d, page, &f);
	if (e == ERR_UNKNOWN && page == NULL) {
		e = OK; /* no page yet */
	} else if (e != OK) {
		say_error("the page file cannot be used: %s", err_text(e));
	} else if ((e = release_check(k, &f)) != OK) {
		say_release(e);
	}
out:
	page_files_free(&f);
	buf_free(&pub);
	return e;
}

bool
pagesign_ready(const struct desk *d)
{
	struct page_files f = page_files_new();
	enum err e = page_files_read(d, NULL, &f);
	bool ready = e == OK && release_check(d->keyset, &f) == OK;

	if (e == OK && !ready) {
		say_error("note: page.json is not published, the release key "
		    "of the keyset did not sign\nit; take it in again with "
		    "`keyset --page FILE`");
	}
	page_files_free(&f);
	return ready;
}
