/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Destruction of a case. The journal says it first; then the keys of its
 * messages leave the key file, which is written anew, and its files go. A
 * crash between the two is finished when the casebook is opened again
 * (desk.c). What stays: reference, days and register codes, which are the
 * frozen row of the statistics (RT5).
 *
 * Caveat: an older backup still holds the keys. The declaration says so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acts_private.h"
#include "attachment.h"
#include "extraction.h"
#include "html_page.h"
#include "intake.h"
#include "meldluik/retention.h"
#include "meldluik/secret.h"

struct doomed {
	struct content_file *file;
	size_t files, room;
	size_t lost; /* messages that say no more which files are theirs */
};

/* What this destruction is of: the case, or what came after its end */
static bool
ends(const struct message *m, size_t k, bool late)
{
	return m->kase == k && m->late == late;
}

/* A message that cannot be read stops no destruction: its key goes like the
 * others, and with it all that opened its files */
static enum err
files_find(struct desk *d, size_t k, bool late, struct doomed *out)
{
	const struct state *s = d->state;
	enum err e = OK;

	for (size_t i = 0; i < s->messages && e == OK; i++) {
		struct content *c = NULL;
		if (!ends(&s->message[i], k, late) ||
		    s->message[i].attachments == 0) {
			continue;
		}
		e = desk_content(d, &s->message[i], &c);
		if (record_lost(e)) {
			out->lost++;
			e = OK;
			continue;
		}
		for (unsigned j = 0; e == OK && j < c->files; j++) {
			if (out->files == out->room) {
				void *more = reallocarray(out->file,
				    out->room + 32, sizeof *out->file);
				if (more == NULL) {
					e = ERR_MEMORY;
					break;
				}
				out->file = more;
				out->room += 32;
			}
			out->file[out->files++] = c->file[j];
		}
		content_free(c);
	}
	return e;
}

static void
lost_set(json_t *o, const struct doomed *doomed)
{
	if (doomed->lost > 0) {
		json_object_set_new(o, "unreadable",
		    json_integer((json_int_t)doomed->lost));
	}
}

static enum err
journal_it(struct desk *d, size_t k, size_t request,
    const struct doomed *doomed)
{
	json_t *o;
	enum err e = act_step_put(d, k, CASE_DESTROYED, NULL, 0, request);

	if (e == OK) {
		o = act_event(d, "case_destroyed", k);
		json_object_set_new(o, "class",
		    json_string(d->state->kase[k].retention));
		json_object_set_new(o, "files",
		    json_integer((json_int_t)doomed->files));
		lost_set(o, doomed);
		e = desk_event(d, o);
	}
	return e;
}

enum err
case_keys_destroy(struct desk *d, size_t k)
{
	const struct state *s = d->state;

	for (size_t i = 0; i < s->messages; i++) {
		if (s->message[i].kase == k && !s->message[i].late) {
			casekey_drop(d->book, s->message[i].key);
		}
	}
	return casekeys_keep(d->book);
}

static void
row(struct buf *out, const char *nl, const char *en, const char *value)
{
	buf_text(out, "<tr><th scope=\"row\">");
	buf_text(out, nl);
	buf_text(out, " <span lang=\"en\">/ ");
	buf_text(out, en);
	buf_text(out, "</span></th><td>");
	html_text(out, value, strlen(value));
	buf_text(out, "</td></tr>\n");
}

static void
row_number(struct buf *out, const char *nl, const char *en, size_t n)
{
	char text[24];

	snprintf(text, sizeof text, "%zu", n);
	row(out, nl, en, text);
}

static void
row_day(struct buf *out, const char *nl, const char *en, day_t day)
{
	char text[DAY_TEXT];

	if (day == DAY_NEVER || day == DAY_NONE) {
		row(out, nl, en, "-");
	} else {
		day_text(day, text);
		row(out, nl, en, text);
	}
}

static void
rows_signers(struct buf *out, const struct state *s, size_t request)
{
	for (size_t i = 0; i < s->approvals; i++) {
		if (s->approval[i].request == request) {
			row(out, s->approval[i].paper ? "Getekend op papier "
			    "door" : "Getekend door", s->approval[i].paper ?
			    "Signed on paper by" : "Signed by",
			    s->approval[i].person);
		}
	}
}

/* Each destruction of what came after the first one */
static void
rows_late(struct buf *out, const struct state *s, size_t k)
{
	for (size_t r = 0; r < s->requests; r++) {
		size_t messages = 0, files = 0;
		day_t day = DAY_NONE;
		for (size_t i = 0; i < s->messages; i++) {
			const struct message *m = &s->message[i];
			if (m->kase == k && m->gone && m->gone_request == r) {
				messages++;
				files += m->attachments;
				day = m->gone_day;
			}
		}
		if (messages == 0) {
			continue;
		}
		row_number(out, "Berichten van daarna", "Messages after that",
		    messages);
		row_number(out, "Bijlagen daarvan", "Their attachments",
		    files);
		row_day(out, "Vernietigd op", "Destroyed on", day);
		rows_signers(out, s, r);
	}
}

/* Holders whose machine may hold a copy that nothing here ends: who had the
 * desk, or may have imported for it */
static void
row_copies(struct buf *out, const struct desk *d)
{
	struct buf who = buf_new(KEYSET_ID * (KEYSET_HOLDERS_MAX +
	    d->state->formers) * 2);

	for (size_t i = 0; i < d->state->formers; i++) {
		buf_text(&who, who.len == 0 ? "" : ", ");
		buf_text(&who, d->state->former[i]);
	}
	for (unsigned i = 0; i < d->keyset->people; i++) {
		const struct keyset_person *p = &d->keyset->person[i];
		bool named = p->role != PERSON_HOLDER || p->desk !=
		    d->ring->desk || strcmp(p->id, d->ring->person) == 0;
		for (size_t j = 0; j < d->state->formers && !named; j++) {
			named = strcmp(d->state->former[j], p->id) == 0;
		}
		if (!named) {
			buf_text(&who, who.len == 0 ? "" : ", ");
			buf_text(&who, p->id);
		}
	}
	if (who.len > 0) {
		row(out, "Mogelijk nog een kopie op de computer van",
		    "Perhaps still a copy on the machine of",
		    buf_cstr(&who));
	}
	buf_free(&who);
}

struct destroyed_unread
act_destroyed_unread(const struct desk *d, size_t k)
{
	const struct state *s = d->state;
	struct destroyed_unread n = {s->kase[k].unreadable, 0};

	for (size_t i = 0; i < s->extractions; i++) {
		n.folders += s->extraction[i].kase == k &&
		    s->extraction[i].unreadable;
	}
	return n;
}

/* What was damaged, which a sound case has no row of */
static void
rows_unread(struct buf *out, struct destroyed_unread n)
{
	if (n.messages > 0) {
		row_number(out, "Berichten met bijlagen die onleesbaar waren: "
		    "vernietigd, hun bijlagen niet elk geteld",
		    "Messages with attachments that could not be read: "
		    "destroyed, their attachments not counted one by one",
		    n.messages);
	}
	if (n.folders > 0) {
		row_number(out, "Uitgenomen mappen waarvan de plaats "
		    "onleesbaar was: zoek en wis ze zelf", "Extracted folders "
		    "whose place could not be read: find and erase them "
		    "yourself", n.folders);
	}
}

/* All of it stands in the journal, so that it can be written again */
static void
declaration(struct desk *d, size_t k, struct buf *out)
{
	const struct state *s = d->state;
	const struct kase *c = &s->kase[k];
	struct retention_class class = {.article = ""};
	struct destroyed_unread unread = act_destroyed_unread(d, k);
	size_t request = NOT_FOUND, removed = 0, missing = 0, messages = 0;

	for (size_t i = 0; i < s->messages; i++) {
		messages += ends(&s->message[i], k, false) &&
		    !s->message[i].gone;
	}
	for (size_t i = 0; i < s->steps; i++) {
		if (s->step[i].kase == k &&
		    s->step[i].to == CASE_DESTROYED) {
			request = s->step[i].request;
		}
	}
	for (size_t i = 0; i < s->extractions; i++) {
		if (s->extraction[i].kase == k) {
			removed += s->extraction[i].found;
			missing += !s->extraction[i].found &&
			    !s->extraction[i].unreadable;
		}
	}

	retention_find(d->profile, c->retention, &class);
	html_page_open(out, "nl", "Verklaring van vernietiging");
	buf_text(out, "<h1>Verklaring van vernietiging <span lang=\"en\">/ "
	    "Declaration of destruction</span></h1>\n<p>");
	html_text(out, d->keyset->organisation,
	    strlen(d->keyset->organisation));
	buf_text(out, "</p>\n<table>\n");
	row(out, "Kenmerk", "Reference", c->ref);
	row_day(out, "Ontvangen", "Received", c->received);
	row_day(out, "Gesloten", "Closed", c->closed);
	row(out, "Bewaarklasse", "Retention class", c->retention);
	row(out, "Grondslag", "Basis", class.article);
	row_day(out, "Bewaartermijn tot", "Retention until", c->destroy_on);
	row_day(out, "Vernietigd op", "Destroyed on", c->destroyed_day);
	if (c->destroyed_day != d->today) {
		row_day(out, "Afschrift van", "Copy of", d->today);
	}
	row_number(out, "Berichten", "Messages", messages);
	row_number(out, "Bijlagen", "Attachments", c->files);
	rows_signers(out, s, request);
	rows_late(out, s, k);
	row_number(out, "Uitgenomen mappen verwijderd",
	    "Extracted folders removed", removed);
	row_number(out, "Uitgenomen mappen niet gevonden",
	    "Extracted folders not found", missing);
	rows_unread(out, unread);
	row_copies(out, d);
	buf_text(out, "</table>\n<p>Vernietigd: de sleutels van alle "
	    "berichten, antwoorden en aantekeningen van dit dossier, en de "
	    "bestanden. Bewaard: kenmerk, data en codes van het register "
	    "(statistiek zonder persoonsgegevens, RT5). Reservekopie&euml;n "
	    "van v&oacute;&oacute;r deze dag bevatten de sleutels nog: "
	    "vernietig ze. Wat een andere houder van het meldpunt inlas of "
	    "overnam, staat nog op diens computer.</p>\n<p lang=\"en\">Destroyed: the keys of all "
	    "messages, answers and notes of this case, and its files. Kept: "
	    "reference, days and register codes (statistics without personal "
	    "data, RT5). Backups from before this day still hold the keys: "
	    "destroy them. What another holder of the desk imported or took "
	    "over is still on their machine.</p>\n<p>Naam, datum, handtekening <span "
	    "lang=\"en\">/ Name, date, signature</span>:</p>\n");
	html_page_close(out);
}

/* The keys that the journal now calls destroyed, and the files */
static enum err
deed(struct desk *d, size_t k, const struct doomed *doomed,
    struct refusal *why)
{
	enum err e = case_keys_destroy(d, k);

	for (size_t i = 0; i < doomed->files; i++) {
		attachment_drop(d->attachments, &doomed->file[i]);
	}
	if (e == OK && doomed->lost > 0) { /* by what no other message names */
		attachments_sweep(d, true);
	}
	return e == OK ? OK : refuse(why, e, "De vernietiging staat in het "
	    "journaal, maar de sleutels konden niet weg. Open het meldpunt "
	    "opnieuw: dan gebeurt het alsnog.", "The destruction is in the "
	    "journal, but the keys could not be removed. Open the desk "
	    "again: it is done then.");
}

static void
doomed_free(struct doomed *doomed)
{
	secret_wipe(doomed->file, doomed->files * sizeof *doomed->file);
	free(doomed->file);
}

void
act_late_detail(const struct desk *d, size_t k, char detail[DETAIL_TEXT])
{
	snprintf(detail, DETAIL_TEXT, "late-%s", d->state->kase[k].ref);
}

bool
act_late(const struct desk *d, size_t k)
{
	const struct kase *c = &d->state->kase[k];

	return c->destroyed && c->moved_to == 0 && state_late(d->state, k) > 0;
}

static enum err
late_approved(struct desk *d, size_t k, size_t *request, struct refusal *why)
{
	const struct state *s = d->state;
	const struct kase *c = &s->kase[k];
	char detail[DETAIL_TEXT];
	bool subject = act_subject(c, d->ring->person);
	struct rule rule;
	enum err e;

	act_late_detail(d, k, detail);
	e = act_approved(d, ACT_DESTROY, NOT_FOUND, detail, request, why);
	for (size_t i = 0; e == OK && i < s->approvals; i++) {
		subject = subject || (s->approval[i].request == *request &&
		    act_subject(c, s->approval[i].person));
	}
	if (subject && rule_find(d->profile, "S-SUBJECT", &rule)) {
		return refuse_rule(why, &rule);
	}
	if (e == ERR_POLICY) {
		snprintf(why->nl, sizeof why->nl, "Na de vernietiging kwam er "
		    "nog een bericht. Laat twee mensen daarvoor tekenen: "
		    "approve --case %s --act destroy", c->ref);
		snprintf(why->en, sizeof why->en, "A message came after the "
		    "destruction. Let two people sign for it: approve --case "
		    "%s --act destroy", c->ref);
	}
	return e;
}

static enum err
late_destroy(struct desk *d, size_t k, struct refusal *why)
{
	struct doomed doomed = {NULL, 0, 0, 0};
	size_t request = NOT_FOUND;
	json_t *o;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	e = late_approved(d, k, &request, why);
	if (e == OK) {
		e = files_find(d, k, true, &doomed);
	}
	if (e == OK) {
		o = act_event(d, "late_destroyed", k);
		event_hex(o, "request", d->state->request[request].id,
		    HASH_LEN);
		lost_set(o, &doomed);
		e = desk_event(d, o);
	}
	if (e == OK) {
		e = act_used_put(d, request);
	}
	e = act_end(d, e, why);
	if (e == OK) {
		e = deed(d, k, &doomed, why);
	}
	doomed_free(&doomed);
	return e;
}

/* Destroyed already: what came after goes too; else the paper was lost */
static enum err
again(struct desk *d, size_t k, struct buf *out, struct refusal *why)
{
	enum err e;

	memset(why, 0, sizeof *why);
	if (state_late(d->state, k) > 0 && (e = late_destroy(d, k, why)) != OK) {
		return e;
	}
	if ((e = desk_policy(d)) == OK) {
		declaration(d, k, out);
		e = out->failed ? ERR_MEMORY : OK;
	}
	return e == OK ? OK : refuse_err(why, e);
}

enum err
act_destroy(struct desk *d, size_t k, struct buf *out, struct refusal *why)
{
	struct doomed doomed = {NULL, 0, 0, 0};
	size_t request = NOT_FOUND;
	enum err e;

	if (d->state->kase[k].destroyed && d->state->kase[k].moved_to == 0) {
		return again(d, k, out, why);
	}
	if ((e = act_begin(d, why)) != OK) {
		return e;
	}
	e = act_case(d, k, why);
	if (e == OK) {
		e = act_step_may(d, k, CASE_DESTROYED, false,
		    case_state_code(CASE_DESTROYED), &request, why);
	}
	if (e == OK) {
		e = files_find(d, k, false, &doomed);
	}
	if (e == OK) { /* while the key still tells where they are */
		e = extracts_remove(d, k);
	}
	if (e == OK) {
		e = journal_it(d, k, request, &doomed);
	}
	e = act_end(d, e, why);
	if (e == OK) {
		e = deed(d, k, &doomed, why);
	}
	if (e == OK) {
		declaration(d, k, out);
		if (out->failed) {
			e = refuse_err(why, ERR_MEMORY);
		}
	}
	doomed_free(&doomed);
	return e;
}
