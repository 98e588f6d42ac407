/* SPDX-License-Identifier: EUPL-1.2 */
/* `show`: one case, with all that was written in it. */
#include <stdio.h>
#include <string.h>

#include "content.h"
#include "kept.h"
#include "replies.h"
#include "terminal.h"
#include "verb_read.h"

static json_t *
content_json(const struct report *r)
{
	json_t *o = json_object(), *answers = json_object(),
	    *asked = json_object(), *list = json_array();

	json_object_set_new(o, "sealed_by_claim",
	    json_string(report_sealed_by_word(r->sealed_by)));
	json_object_set_new(o, "relation", json_string(r->relation));
	json_object_set_new(o, "about", json_string(r->about));
	for (unsigned i = 0; i < r->answers; i++) {
		json_object_set_new(answers, r->answer[i].key,
		    json_string(r->answer[i].text));
		if (r->answer[i].asked != NULL) {
			json_object_set_new(asked, r->answer[i].key,
			    json_string(r->answer[i].asked));
		}
	}
	json_object_set_new(o, "answers", answers);
	json_object_set_new(o, "questions_of_the_page", asked);
	for (unsigned i = 0; i < r->attachments; i++) {
		json_t *a = json_object();
		json_object_set_new(a, "name",
		    json_string(r->attachment[i].name));
		json_object_set_new(a, "media_type",
		    json_string(r->attachment[i].media_type));
		json_object_set_new(a, "size",
		    json_integer((json_int_t)r->attachment[i].size));
		event_hex(a, "sha256", r->attachment[i].sha256, HASH_LEN);
		if (report_attachment_cleaned(&r->attachment[i])) {
			event_hex(a, "original", r->attachment[i].original,
			    HASH_LEN);
		}
		json_array_append_new(list, a);
	}
	json_object_set_new(o, "attachments", list);
	return o;
}

static void
content_print(const struct report *r)
{
	printf("  sealed by (claim): %s; relation: ",
	    report_sealed_by_word(r->sealed_by));
	terminal_word(stdout, r->relation);
	printf("; about: ");
	terminal_word(stdout, r->about[0] == 0 ? "not said" : r->about);
	printf("\n");
	for (unsigned i = 0; i < r->answers; i++) {
		printf("  [");
		terminal_word(stdout, r->answer[i].key);
		printf("]\n");
		if (r->answer[i].asked != NULL) {
			printf("  the page asked (its words, not signed): ");
			terminal_text(stdout, r->answer[i].asked,
			    strlen(r->answer[i].asked), false);
			printf("\n");
		}
		terminal_text(stdout, r->answer[i].text,
		    strlen(r->answer[i].text), true);
		printf("\n");
	}
	for (unsigned i = 0; i < r->attachments; i++) {
		printf("  attachment %u: ", i + 1);
		terminal_word(stdout, r->attachment[i].name);
		printf(" (");
		terminal_word(stdout, r->attachment[i].media_type);
		printf(", %llu bytes%s)\n",
		    (unsigned long long)r->attachment[i].size,
		    report_attachment_cleaned(&r->attachment[i]) ?
		    "; a copy without hidden data" : "");
	}
}

/* What of a case cannot be read is named, and the rest shown: counted in
 * ${lost}, after which nothing is wrong */
static enum err
show_lost(enum err e, json_t *o, unsigned *lost)
{
	if (!record_lost(e)) {
		return e;
	}
	++*lost;
	if (o != NULL) {
		json_object_set_new(o, "unreadable", json_true());
	} else {
		printf("  CANNOT BE READ: %s\n", err_text(e));
	}
	return OK;
}

/* Why the text of a message that is there is not shown */
static const char *
hidden_why(const struct kase *k, const struct message *m)
{
	return k->destroyed && !m->late ? "destroyed" : k->locked ?
	    "for another desk" : "withdrawn by the reporter";
}

static enum err
show_messages(struct desk *d, size_t k, json_t *list, unsigned *lost)
{
	const struct state *s = d->state;
	enum err e = OK;

	for (size_t i = 0; i < s->messages && e == OK; i++) {
		const struct message *m = &s->message[i];
		struct content *c = NULL;
		char day[DAY_TEXT];
		json_t *o = NULL;
		bool shown;
		if (m->kase != k) {
			continue;
		}
		day_text(m->received, day);
		shown = desk_text_shown(d, m);
		e = shown ? desk_content(d, m, &c) : OK;
		if (list == NULL) {
			printf("\n%s  %s%s%s\n", day,
			    report_kind_word(m->kind), m->entered ?
			    " (entered by hand)" : "", m->conflict ?
			    "  CONFLICT: same code, other content" : "");
			if (!shown) {
				printf("  %s; the text is not shown\n",
				    hidden_why(&s->kase[k], m));
			} else if (c != NULL) {
				content_print(c->report);
			}
		} else {
			o = c == NULL ? json_object() :
			    content_json(c->report);
			json_object_set_new(o, "kind",
			    json_string(report_kind_word(m->kind)));
			json_object_set_new(o, "received", json_string(day));
			json_object_set_new(o, "hidden",
			    json_boolean(!shown));
			json_object_set_new(o, "conflict",
			    json_boolean(m->conflict));
			event_hex(o, "message_id", m->message_id,
			    MESSAGE_ID_LEN);
			json_array_append_new(list, o);
		}
		e = show_lost(e, o, lost);
		content_free(c);
	}
	return e;
}

static enum err
show_sealed(struct desk *d, const uint8_t record[RECORD_ID], json_t *o,
    unsigned *lost)
{
	struct buf text = buf_new_secret(RECORD_MAX);
	enum err e = record_get(d->book, record, &text);

	if (e == OK && o == NULL) {
		terminal_text(stdout, (const char *)text.p, text.len, true);
		printf("\n");
	} else if (e == OK) {
		json_object_set_new(o, "text",
		    json_stringn((const char *)text.p, text.len));
	}
	buf_free(&text);
	return show_lost(e, o, lost);
}

/* Where one of our answers is */
static void
answer_state(const struct draft *a)
{
	char day[DAY_TEXT], id[9];

	hex_encode(a->reply_id, 4, id);
	if (a->taken_back != DAY_NONE) {
		day_text(a->taken_back, day);
		printf("taken back %s, never sent\n", day);
	} else if (a->posted != DAY_NONE) {
		day_text(a->posted, day);
		printf("posted %s\n", day);
	} else if (a->serial != 0) {
		printf("drafted, NOT posted yet\n");
	} else {
		printf("drafted, NOT posted yet (`reply --take-back %s`)\n",
		    id);
	}
}

static enum err
show_answers(struct desk *d, size_t k, json_t *list, unsigned *lost)
{
	const struct state *s = d->state;
	char drafted[DAY_TEXT];
	enum err e = OK;

	for (size_t i = 0; i < s->answers && e == OK; i++) {
		const struct draft *a = &s->answer[i];
		json_t *o = NULL;
		if (a->kase != k) {
			continue;
		}
		day_text(a->drafted, drafted);
		if (list == NULL) {
			printf("\n%s  our %s, ", drafted,
			    reply_kind_word(a->kind));
			answer_state(a);
		} else {
			o = json_object();
			event_hex(o, "reply_id", a->reply_id, 16);
			json_object_set_new(o, "kind",
			    json_string(reply_kind_word(a->kind)));
			json_day_set(o, "drafted", a->drafted);
			json_day_set(o, "posted", a->posted);
			json_day_set(o, "taken_back", a->taken_back);
			json_object_set_new(o, "outbound",
			    json_integer((json_int_t)a->serial));
			json_array_append_new(list, o);
		}
		e = show_sealed(d, a->record, o, lost);
	}
	return e;
}

static enum err
show_notes(struct desk *d, size_t k, json_t *list, unsigned *lost)
{
	const struct state *s = d->state;
	char day[DAY_TEXT];
	enum err e = OK;

	for (size_t i = 0; i < s->notes && e == OK; i++) {
		json_t *o = NULL;
		if (s->note[i].kase != k) {
			continue;
		}
		if (list == NULL) {
			day_text(s->note[i].day, day);
			printf("\n%s  note\n", day);
		} else {
			o = json_object();
			json_day_set(o, "day", s->note[i].day);
			json_array_append_new(list, o);
		}
		e = show_sealed(d, s->note[i].record, o, lost);
	}
	return e;
}

/* For who reads it here; the JSON has it as it is kept */
static enum err
tell_kept(struct desk *d, const struct kept *w, unsigned *lost)
{
	struct buf text = buf_new_secret(RECORD_MAX);
	enum err e = kept_text(d, w, true, &text);

	if (e == OK) {
		terminal_text(stdout, (const char *)text.p, text.len, true);
		printf("\n");
	}
	buf_free(&text);
	return show_lost(e, NULL, lost);
}

static enum err
show_kept(struct desk *d, size_t k, json_t *list, unsigned *lost)
{
	const struct state *s = d->state;
	char day[DAY_TEXT], title[160];
	enum err e = OK;

	for (size_t i = 0; i < s->kepts && e == OK; i++) {
		const struct kept *w = &s->kept[i];
		json_t *o = NULL;
		if (w->kase != k || !kept_shown(d, w)) {
			continue;
		}
		kept_title(w, title);
		day_text(w->day, day);
		if (list == NULL) {
			printf("\n%s  %s\n", day, title);
		} else {
			o = json_object();
			json_day_set(o, "day", w->day);
			json_object_set_new(o, "with",
			    json_string(kept_word(w)));
			json_object_set_new(o, "what", json_string(title));
			json_array_append_new(list, o);
		}
		e = o == NULL ? tell_kept(d, w, lost) :
		    show_sealed(d, w->record, o, lost);
	}
	return e;
}

/* Cases that belong together */
static void
show_links(const struct state *s, size_t k, json_t *list)
{
	for (size_t i = 0; i < s->links; i++) {
		const struct case_link *l = &s->link[i];
		const char *other = s->kase[l->a == k ? l->b : l->a].ref;
		if (l->a != k && l->b != k) {
			continue;
		}
		if (list == NULL) {
			printf("Linked with %s.\n", other);
		} else {
			json_array_append_new(list, json_string(other));
		}
	}
}

static void
show_steps(const struct desk *d, size_t k, json_t *list)
{
	const struct state *s = d->state;
	char day[DAY_TEXT];

	for (size_t i = 0; i < s->steps; i++) {
		const struct step *t = &s->step[i];
		json_t *o;
		if (t->kase != k) {
			continue;
		}
		day_text(t->day, day);
		if (list == NULL) {
			printf("\n%s  %s -> %s%s%s\n", day,
			    case_state_code(t->from), case_state_code(t->to),
			    t->person[0] == 0 ? "" : " by ", t->person);
			continue;
		}
		o = json_object();
		json_object_set_new(o, "day", json_string(day));
		json_object_set_new(o, "from", json_string(
		    case_state_code(t->from)));
		json_object_set_new(o, "to", json_string(
		    case_state_code(t->to)));
		json_object_set_new(o, "person", json_string(t->person));
		json_object_set_new(o, "four_eyes",
		    json_boolean(t->request != NOT_FOUND));
		json_array_append_new(list, o);
	}
}

/* Until when the reporter reads what we answered */
static void
show_mailbox(struct desk *d, size_t k)
{
	char day[DAY_TEXT];
	day_t until;

	if (d->state->kase[k].has_mailbox && !d->state->kase[k].destroyed &&
	    mailbox_end(d, k, &until) == OK && until != DAY_NEVER) {
		day_text(until, day);
		printf("The reporter reads our answers until an export on or "
		    "after %s.\n", day);
	}
}

/* What the JSON of a case holds beside its facts */
enum { LINKS, IN, OUT, NOTES, KEPT, STEPS, LISTS };
static const char *const list_names[LISTS] = {"links", "in", "out", "notes",
	"kept", "steps"};

int
verb_show(struct desk *d, int argc, char **argv)
{
	const char *ref = NULL;
	json_t *o = NULL, *list[LISTS] = {NULL};
	size_t k = 0;
	unsigned lost = 0;
	enum err e;

	if (!options_take(argc, argv, NULL, 0, &ref, 1, NULL)) {
		return EXIT_USAGE;
	}
	if (ref == NULL) {
		say_error("use: show ID");
		return EXIT_USAGE;
	}
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK && (k = desk_case(d, ref)) == NOT_FOUND) {
		e = ERR_UNKNOWN;
	}
	if (e == OK) {
		e = desk_imported(d);
	}
	if (e != OK) {
		return exit_of(e);
	}
	if (d->json) {
		o = case_json(d, &d->state->kase[k]);
		for (int i = 0; i < LISTS; i++) {
			list[i] = json_array();
			json_object_set_new(o, list_names[i], list[i]);
		}
	} else {
		case_line(d, &d->state->kase[k]);
		show_mailbox(d, k);
	}
	show_links(d->state, k, list[LINKS]);
	e = show_messages(d, k, list[IN], &lost);
	if (e == OK && desk_ours_shown(d, k)) {
		e = show_answers(d, k, list[OUT], &lost);
	}
	if (e == OK && desk_ours_shown(d, k)) {
		e = show_notes(d, k, list[NOTES], &lost);
	}
	if (e == OK) {
		e = show_kept(d, k, list[KEPT], &lost);
	}
	if (e == OK) {
		show_steps(d, k, list[STEPS]);
	}
	if (o != NULL && e == OK) {
		print_json(o);
		o = NULL; /* transferred */
	}
	json_decref(o);
	if (e == OK && lost > 0) {
		say_error("%u part(s) of case %s cannot be read and are "
		    "left out. Do not go on with this home: `verify`, and "
		    "restore the newest backup", lost,
		    d->state->kase[k].ref);
		e = ERR_CRYPT;
	}
	return exit_of(e);
}
