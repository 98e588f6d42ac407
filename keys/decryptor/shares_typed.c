/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Shares from a keyboard or from files of scanned text. A line that was taken
 * is removed from the screen, so that a photograph of it later shows nothing.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "meldluik/secret.h"
#include "papers.h"
#include "terminal.h"

void
share_slip_say(const struct share_fault *f, enum err e)
{
	if (e == ERR_SIGNATURE) {
		say_error("this sheet was changed after the ceremony: it does "
		    "not fit its own commitment. Keep it apart and ask who "
		    "kept it");
	} else if (e == ERR_VERSION) {
		say_error("this is no share, or one of a newer version of "
		    "this program");
	} else if (e == ERR_LIMIT) {
		say_error("this is too long for a share");
	} else if (e == ERR_CRYPT && f->meant != 0) {
		say_error("line %u is mistyped at character %u: the paper "
		    "says %c there", f->line, f->place, f->meant);
	} else if (e == ERR_CRYPT) {
		say_error("line %u does not fit: type it again; look whether "
		    "it is line %u of this sheet", f->line, f->line);
	} else if (f->place != 0) {
		say_error("line %u, character %u: this letter never occurs on "
		    "a sheet", f->line, f->place);
	} else {
		say_error("line %u has %u characters, not %u", f->line,
		    f->got, f->want);
	}
}

enum err
share_file(const char *file, struct share *out)
{
	struct buf b = buf_new_secret(SHARE_TYPED_MAX);
	struct share_fault f;
	enum err e = file_read_path(file, &b);

	if (e != OK) {
		say_error("cannot read the share %s: %s", file, err_text(e));
	} else if ((e = share_parse((const char *)b.p, b.len, out, &f)) !=
	    OK) {
		say_error("the share in %s is not right:", file);
		share_slip_say(&f, e);
	}
	buf_free(&b);
	return e;
}

/* Takes the line just typed off the screen */
static void
unshow(void)
{
	if (isatty(1)) {
		fputs("\033[A\r\033[K", stdout);
	}
}

enum err
share_ask(struct share *out)
{
	struct share_entry entry;
	struct share_fault f;
	char line[512], question[64];
	enum err e = OK;

	memset(&entry, 0, sizeof entry);
	while (e == OK && !share_entry_done(&entry)) {
		snprintf(question, sizeof question, "  line %u: ",
		    entry.lines + 1);
		e = terminal_ask(question, line, sizeof line);
		if (e == OK && line[0] == 0) {
			e = ERR_UNKNOWN;
			break;
		}
		if (e == OK && entry.lines == 0 && strchr(line, '/') !=
		    NULL) { /* a file with scanned text */
			e = share_file(line, out);
			secret_wipe(line, sizeof line);
			if (e == OK) {
				return OK;
			}
			e = OK;
			continue;
		}
		if (e == OK) {
			enum err slip = share_entry_line(&entry, line,
			    strlen(line), &f);
			unshow();
			if (slip != OK) {
				share_slip_say(&f, slip);
			} else {
				printf("  line %u: right\n", entry.lines);
			}
		}
		secret_wipe(line, sizeof line);
	}
	if (e == OK) {
		e = share_entry_end(&entry, out);
		if (e != OK) {
			share_slip_say(&f, e);
		}
	}
	secret_wipe(line, sizeof line);
	secret_wipe(&entry, sizeof entry);
	return e;
}

static const char *
kind_word(enum share_kind kind)
{
	return kind == SHARE_IDENTITY ? "identity key" : "backup key";
}

static void
together_say(const struct share *s, unsigned count, enum err e,
    const struct shares_fault *f)
{
	char most[SHARE_SET], odd[SHARE_SET];

	if (f->what == SHARES_LYING) {
		say_error("sheet %u was changed after the ceremony; it was "
		    "not used", s[f->which].x);
	} else if (f->what == SHARES_MIXED) {
		share_set(&s[f->which == 0 ? count - 1 : 0], most);
		share_set(&s[f->which], odd);
		say_error("sheet %u is of set %s, the others are of set %s; "
		    "the transcript of the ceremony names the right set",
		    s[f->which].x, odd, most);
	} else if (f->what == SHARES_FEW) {
		say_error("%u different sheets are needed", s[0].k);
	} else {
		say_error("the shares cannot be used: %s", err_text(e));
	}
}

/* Of another key, or of a set that was replaced */
static enum err
share_unwanted(const struct share *s, enum share_kind kind,
    struct papers *known)
{
	char old[SHARE_SET], now[SHARE_SET];

	if (s->kind != kind) {
		say_error("this sheet is of the %s, not of the %s",
		    kind_word(s->kind), kind_word(kind));
		return ERR_CONFLICT;
	}
	if (known != NULL && papers_replaced(known, s)) {
		share_set(s, old);
		paper_set_name(papers_set(known, kind), now);
		say_error("sheet %u is of set %s, which was replaced; the set "
		    "that counts is %s. Destroy the old sheets", s->x, old,
		    now);
		return ERR_STALE;
	}
	return OK;
}

enum err
shares_get(const char *const *files, unsigned count, enum share_kind kind,
    struct papers *known, uint8_t secret[SHARE_SECRET])
{
	struct share *s = secret_new(SHARES_MAX * sizeof *s);
	struct shares_fault f = {SHARES_FINE, 0};
	unsigned have = 0, want;
	enum err e = s == NULL ? ERR_MEMORY : OK;

	if (e == OK && count == 0 && !isatty(0)) {
		say_error("only the holder of the identity key can do this: "
		    "give k sheets with --share FILE, or type them on a "
		    "terminal");
		e = ERR_POLICY;
	}
	want = count > 0 ? count : 1;
	if (e == OK && count == 0) {
		printf("Sheets of the %s. Type one line after another as it "
		    "stands on the paper;\nspaces do not matter. Or give a "
		    "file (a path with a /) with the scanned QR text.\n",
		    kind_word(kind));
	}
	while (e == OK && have < want && have < SHARES_MAX) {
		if (count > 0) {
			e = share_file(files[have], &s[have]);
		} else {
			printf("Sheet %u of %u:\n", have + 1, want);
			e = share_ask(&s[have]);
			if (e == OK) {
				want = s[have].k;
			}
		}
		if (e == OK) {
			e = share_unwanted(&s[have], kind, known);
		}
		have += e == OK;
	}
	if (e == OK) {
		e = shares_combine(s, have, secret, &f);
		if (e != OK) {
			together_say(s, have, e, &f);
		}
	}
	secret_free(s);
	return e;
}

enum err
identity_need(struct desk *d)
{
	struct papers papers = {.sets = 0}; /* a new machine knows none */
	struct sign_pk pk;
	enum err e;

	if (d->identity != NULL || d->ring->has_identity) {
		return OK;
	}
	d->identity = secret_new(SHARE_SECRET);
	if (d->identity == NULL) {
		return ERR_MEMORY;
	}
	e = d->public < 0 ? OK : papers_load(d, &papers);
	if (e != OK) {
		say_error("the record of the paper shares cannot be read: %s",
		    err_text(e));
	} else {
		e = shares_get(d->sharefile, d->sharefiles, SHARE_IDENTITY,
		    &papers, d->identity);
	}
	if (e == OK && d->keyset != NULL) {
		sign_pk_of(d->identity, &pk);
		if (!sign_pk_equal(&pk, &d->keyset->identity)) {
			say_error("these sheets give another identity key "
			    "than this organisation's");
			e = ERR_SIGNATURE;
		}
	}
	if (e != OK) {
		secret_free(d->identity);
		d->identity = NULL;
	}
	return e;
}
