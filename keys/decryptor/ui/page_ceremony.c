/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The founding ceremony, a page for each thing it wants (../ceremony.h): the
 * form that asks it. What was answered is in ceremony_take.c. Drawn words are
 * on the page only until they were written down; a share that was typed comes
 * back only when it was mistyped.
 */
#include <string.h>

#include "rite.h"

/* The name of what is wanted in its form */
static const char *const names[] = {
	[WANT_BEGIN] = "begin", [WANT_ORGANISATION] = "names",
	[WANT_PERSON] = "names", [WANT_DICE] = "dice", [WANT_CARD] = "card",
	[WANT_PASSPHRASE] = "words", [WANT_KEYS] = "keys", [WANT_OPEN] = "",
	[WANT_FOLDER] = "folder", [WANT_PRINTED] = "printed",
	[WANT_KEEPERS] = "keepers", [WANT_SHEET] = "sheet",
	[WANT_FORGET] = "forget", [WANT_TRANSCRIPT] = "transcript",
	[WANT_NOTHING] = "",
};

const char *
rite_name(enum ceremony_want want)
{
	return names[want];
}

/* What was typed, or what is known already */
static void
typed(struct visit *v, const char *name, const char *otherwise)
{
	view_text(&v->view, name, v->post && fields_len(v->form, name) > 0 ?
	    field(v, name) : otherwise);
}

static void
stages_set(struct visit *v)
{
	struct view *rows = visit_rows(v, CEREMONY_STAGES);
	unsigned now = ceremony_stage(&v->ui->founding.c);

	for (unsigned i = 0; i < CEREMONY_STAGES; i++) {
		view_text(&rows[i], "stage", say(v, (enum text_id)(
		    TEXT_CER_STAGE_1 + i)));
		view_flag(&rows[i], "now", i + 1 == now);
		view_flag(&rows[i], "past", i + 1 < now);
	}
	view_list(&v->view, "stages", rows, CEREMONY_STAGES);
}

static void
begin_set(struct visit *v, const struct ui_founding *f)
{
	const char *lang = v->post ? field(v, "language") :
	    f->c.recorded ? f->c.language : language(v);

	view_flag(&v->view, "in_english", lang[0] == 'e');
	view_flag(&v->view, "rehearse", f->c.rehearsal);
	view_flag(&v->view, "authority", f->c.authority);
	view_flag(&v->view, "again", f->c.recorded);
	view_text(&v->view, "connected", f->connected[0] == 0 ? NULL :
	    f->connected);
}

static void
card_set(struct visit *v, const struct ceremony *c)
{
	char print[FINGERPRINT_TEXT];

	places_set(v, &v->view);
	typed(v, "file", "");
	view_text(&v->view, "fingerprint", NULL);
	if (c->has_card) {
		sign_fingerprint(&c->card.key, print);
		view_text(&v->view, "fingerprint", visit_text(v, "%s",
		    print));
	}
}

static void
words_set(struct visit *v, const struct ui_founding *f)
{
	bool shown = f->words == WORDS_SHOWN && f->c.offered != NULL;

	view_flag(&v->view, "words_none", f->words == WORDS_NONE ||
	    (f->words == WORDS_SHOWN && !shown));
	view_flag(&v->view, "words_taken", f->words == WORDS_TAKEN);
	view_flag(&v->view, "words_own", f->words == WORDS_OWN);
	view_text(&v->view, "offered", shown ? f->c.offered : NULL);
	view_text(&v->view, "bits", visit_text(v, "%.0f", f->c.bits));
	view_text(&v->view, "count", visit_text(v, "%u", f->c.words));
}

static const char *
paper_label(struct visit *v, const char *name)
{
	enum text_id t = strcmp(name, "poster-nl.html") == 0 ?
	    TEXT_CER_POSTER_NL : strcmp(name, "poster-en.html") == 0 ?
	    TEXT_CER_POSTER_EN : strcmp(name, "revocation.html") == 0 ?
	    TEXT_CER_REVOCATION : strcmp(name, "transcript.html") == 0 ?
	    TEXT_CER_TRANSCRIPT : strncmp(name, "share-i", 7) == 0 ?
	    TEXT_CER_SHEET_IDENTITY : TEXT_CER_SHEET_BACKUP;
	const char *digit = strpbrk(name, "12345678");

	return digit == NULL ? say(v, t) : say_n(v, t, *digit - '0');
}

static void
paper_row(struct visit *v, struct view *row, const char *name)
{
	view_text(row, "paper", visit_text(v, "%s", name));
	view_text(row, "paper_label", paper_label(v, name));
}

static void
printed_set(struct visit *v, const struct ceremony *c)
{
	bool last = c->step == STEP_TRANSCRIPT;
	struct view *rows = visit_rows(v, 3);
	char name[64];

	for (unsigned i = 0; i < (last ? 1u : 3u); i++) {
		paper_row(v, &rows[i], ceremony_file(last ? 3 : i, name));
	}
	view_list(&v->view, "papers", rows, last ? 1 : 3);
	view_flag(&v->view, "last", last);
	view_flag(&v->view, "renewal", c->renewal);
}

static void
keepers_set(struct visit *v)
{
	struct view *rows = visit_rows(v, SHARES_MAX);

	typed(v, "sheets", "3");
	typed(v, "needed", "2");
	for (unsigned i = 0; i < SHARES_MAX; i++) {
		const char *name = visit_text(v, "keeper%u", i + 1);
		view_text(&rows[i], "kid", name);
		view_text(&rows[i], "klabel", say_n(v, TEXT_CER_KEEPER,
		    i + 1));
		view_text(&rows[i], "kname", field(v, name));
	}
	view_list(&v->view, "keepers", rows, SHARES_MAX);
}

/* The sheets of both sets, in the order in which they are proven */
static void
sheet_set(struct visit *v, struct ceremony *c)
{
	struct ceremony_sheet s;
	struct refusal why;
	struct view *rows;

	if (ceremony_sheet(c, &s, &why) != OK) {
		notice_refusal(v, &why);
		view_list(&v->view, "papers", visit_rows(v, 0), 0);
		return;
	}
	rows = visit_rows(v, s.all);
	for (unsigned i = 0; i < s.all; i++) {
		char name[64];
		ceremony_file(PAPERS_PUBLIC + (i < s.n ? i : SHARES_MAX +
		    i - s.n), name);
		paper_row(v, &rows[i], name);
		view_flag(&rows[i], "proven", i < s.proven);
		view_flag(&rows[i], "proving", i == s.proven);
	}
	view_list(&v->view, "papers", rows, s.all);
	view_text(&v->view, "sheet", say_n(v, s.kind == SHARE_IDENTITY ?
	    TEXT_CER_SHEET_IDENTITY : TEXT_CER_SHEET_BACKUP, s.x));
	view_text(&v->view, "set", visit_text(v, "%s", s.set));
	view_text(&v->view, "keeper", s.keeper[0] == 0 ? NULL :
	    visit_text(v, "%s", s.keeper));
	typed(v, "share", "");
	typed(v, "file", "");
}

void
rite_form(struct visit *v)
{
	struct ui_founding *f = &v->ui->founding;
	struct ceremony *c = &f->c;
	enum ceremony_want want = ceremony_wants(c);

	stages_set(v);
	view_text(&v->view, "step", names[want]);
	view_flag(&v->view, visit_text(v, "is_%s", names[want]), true);
	view_flag(&v->view, "rehearsal", c->rehearsal && want != WANT_BEGIN);
	switch (want) {
	case WANT_BEGIN:
		begin_set(v, f);
		break;
	case WANT_ORGANISATION:
	case WANT_PERSON:
		typed(v, "organisation_name", c->organisation);
		typed(v, "person_id", c->person[0] != 0 ? c->person :
		    "coordinator");
		break;
	case WANT_DICE:
		typed(v, "throws", "");
		break;
	case WANT_CARD:
		card_set(v, c);
		break;
	case WANT_PASSPHRASE:
		words_set(v, f);
		break;
	case WANT_FOLDER:
		typed(v, "folder", f->folder);
		view_flag(&v->view, "in_memory", f->in_memory);
		break;
	case WANT_PRINTED:
		printed_set(v, c);
		break;
	case WANT_KEEPERS:
		keepers_set(v);
		break;
	case WANT_SHEET:
		sheet_set(v, c);
		break;
	default:
		break;
	}
	visit_page(v, PAGE_CEREMONY, TEXT_TITLE_CEREMONY, 0);
}

void
page_ceremony(struct visit *v)
{
	struct ui_founding *f = &v->ui->founding;

	if (!f->waits) {
		visit_go(v, "/");
	} else if (ceremony_wants(&f->c) == WANT_OPEN) {
		visit_go(v, "/login");
	} else if (v->post) {
		rite_take(v);
	} else {
		rite_form(v);
	}
}
