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

/* A sentence about a slip; nothing typed is repeated */
static enum err
slip(const struct share_fault *f, enum err e, struct refusal *why)
{
	char nl[320], en[320];

	if (e == ERR_SIGNATURE) {
		return refuse(why, e, "dit blad is na de ceremonie veranderd: "
		    "het past niet bij zijn eigen controlegetal. Leg het "
		    "apart en vraag wie het bewaarde", "this sheet was "
		    "changed after the ceremony: it does not fit its own "
		    "commitment. Keep it apart and ask who kept it");
	} else if (e == ERR_VERSION) {
		return refuse(why, e, "dit is geen sleuteldeel, of een van "
		    "een nieuwere versie van dit programma", "this is no "
		    "share, or one of a newer version of this program");
	} else if (e == ERR_LIMIT) {
		return refuse(why, e, "dit is te lang voor een sleuteldeel",
		    "this is too long for a share");
	} else if (e == ERR_CRYPT && f->meant != 0) {
		snprintf(nl, sizeof nl, "regel %u is verkeerd getypt bij teken "
		    "%u: op het papier staat daar %c", f->line, f->place,
		    f->meant);
		snprintf(en, sizeof en, "line %u is mistyped at character %u: "
		    "the paper says %c there", f->line, f->place, f->meant);
	} else if (e == ERR_CRYPT) {
		snprintf(nl, sizeof nl, "regel %u klopt niet: typ hem opnieuw; "
		    "kijk of het regel %u van dit blad is", f->line, f->line);
		snprintf(en, sizeof en, "line %u does not fit: type it again; "
		    "look whether it is line %u of this sheet", f->line,
		    f->line);
	} else if (f->place != 0) {
		snprintf(nl, sizeof nl, "regel %u, teken %u: deze letter komt "
		    "op een blad niet voor", f->line, f->place);
		snprintf(en, sizeof en, "line %u, character %u: this letter "
		    "never occurs on a sheet", f->line, f->place);
	} else {
		snprintf(nl, sizeof nl, "regel %u heeft %u tekens, niet %u",
		    f->line, f->got, f->want);
		snprintf(en, sizeof en, "line %u has %u characters, not %u",
		    f->line, f->got, f->want);
	}
	return refuse(why, e, nl, en);
}

static void
say_in(const char *language, const struct refusal *why)
{
	say_error("%s", language[0] == 'n' ? why->nl : why->en);
}

/* Line by line, so that a slip names the line as it stands on the paper */
static enum err
lines_parse(const char *text, size_t len, struct share *out,
    struct share_fault *f)
{
	struct share_entry entry;
	const char *end = text + len;
	enum err e = OK;

	memset(&entry, 0, sizeof entry);
	memset(f, 0, sizeof *f);
	while (e == OK && text < end && !share_entry_done(&entry)) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((stop == NULL ? end : stop) - text);
		if (strspn(text, " \t\r") < n) {
			e = share_entry_line(&entry, text, n, f);
		}
		text += stop == NULL ? n : n + 1;
	}
	if (e == OK && !share_entry_done(&entry)) {
		f->line = entry.lines + 1;
		f->want = SHARE_LINE;
		e = ERR_FORMAT;
	}
	if (e == OK) {
		e = share_entry_end(&entry, out);
	}
	secret_wipe(&entry, sizeof entry);
	return e;
}

enum err
share_typed(const char *text, size_t len, struct share *out,
    struct refusal *why)
{
	struct share_fault f;
	bool lines = memchr(text, ':', len) == NULL &&
	    memchr(text, '\n', len) != NULL;
	enum err e = len > SHARE_TYPED_MAX ? ERR_LIMIT : lines ?
	    lines_parse(text, len, out, &f) :
	    share_parse(text, len, out, &f);

	return e == OK ? OK : slip(&f, e, why);
}

enum err
share_file(const char *file, struct share *out, struct refusal *why)
{
	struct buf b = buf_new_secret(SHARE_TYPED_MAX);
	struct share_fault f;
	enum err e = file_read_path(file, &b);

	if (e != OK) {
		e = refuse(why, e, "dat bestand met een sleuteldeel is niet te "
		    "lezen", "that file of a share cannot be read");
	} else if ((e = share_parse((const char *)b.p, b.len, out, &f)) !=
	    OK) {
		slip(&f, e, why);
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
share_ask(struct share *out, const char *language)
{
	bool nl = language[0] == 'n';
	struct share_entry entry;
	struct share_fault f;
	struct refusal why;
	char line[512], question[64];
	enum err e = OK;

	memset(&entry, 0, sizeof entry);
	while (e == OK && !share_entry_done(&entry)) {
		snprintf(question, sizeof question, nl ? "  regel %u: " :
		    "  line %u: ", entry.lines + 1);
		e = terminal_ask(question, line, sizeof line);
		if (e == OK && line[0] == 0) {
			e = ERR_UNKNOWN;
			break;
		}
		if (e == OK && entry.lines == 0 && strchr(line, '/') !=
		    NULL) { /* a file with scanned text */
			e = share_file(line, out, &why);
			secret_wipe(line, sizeof line);
			if (e == OK) {
				return OK;
			}
			say_in(language, &why);
			e = OK;
			continue;
		}
		if (e == OK) {
			enum err fault = share_entry_line(&entry, line,
			    strlen(line), &f);
			unshow();
			if (fault != OK) {
				slip(&f, fault, &why);
				say_in(language, &why);
			} else {
				printf(nl ? "  regel %u: goed\n" :
				    "  line %u: right\n", entry.lines);
			}
		}
		secret_wipe(line, sizeof line);
	}
	if (e == OK) {
		e = share_entry_end(&entry, out);
		if (e != OK) {
			slip(&f, e, &why);
			say_in(language, &why);
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
	struct refusal why;
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
			e = share_file(files[have], &s[have], &why);
			if (e != OK) {
				say_error("the share in %s: %s", files[have],
				    why.en);
			}
		} else {
			printf("Sheet %u of %u:\n", have + 1, want);
			e = share_ask(&s[have], "en");
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

static bool
identity_is(const struct desk *d, const uint8_t seed[SIGN_SEED])
{
	struct sign_pk pk;

	sign_pk_of(seed, &pk);
	return d->keyset == NULL || sign_pk_equal(&pk, &d->keyset->identity);
}

enum err
identity_need(struct desk *d)
{
	struct papers papers = {.sets = 0}; /* a new machine knows none */
	enum err e;

	/* that of a `revoke --new-identity` which was cut is not it */
	if (d->identity != NULL || (d->ring->has_identity &&
	    identity_is(d, d->ring->identity))) {
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
	if (e == OK && !identity_is(d, d->identity)) {
		say_error("these sheets give another identity key than this "
		    "organisation's");
		e = ERR_SIGNATURE;
	}
	if (e != OK) {
		secret_free(d->identity);
		d->identity = NULL;
	}
	return e;
}
