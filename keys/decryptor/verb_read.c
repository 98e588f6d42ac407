/* SPDX-License-Identifier: EUPL-1.2 */
/* `list`, `show`: what there is, and what is due. */
#include <stdio.h>
#include <string.h>

#include "content.h"
#include "replies.h"
#include "terminal.h"
#include "verbs.h"

static void
json_day(json_t *o, const char *key, day_t day)
{
	if (day == DAY_NONE || day == DAY_NEVER) {
		json_object_set_new(o, key, json_null());
	} else {
		event_day(o, key, day);
	}
}

static const char *
day_or(day_t day, char out[DAY_TEXT])
{
	if (day == DAY_NONE || day == DAY_NEVER) {
		return "-";
	}
	day_text(day, out);
	return out;
}

static void codes_json(const struct kase *k, json_t *o);

/* What a forwarding can rest on now, and all that was recorded for one */
static void
grounds_json(const struct state *s, size_t k, json_t *o)
{
	static const char *const kind[] = {"consent", "duty", "told"};
	json_t *list = json_array();

	for (size_t i = 0; i < s->grounds; i++) {
		const struct ground *g = &s->ground[i];
		json_t *one;
		if (g->kase != k) {
			continue;
		}
		one = json_object();
		json_object_set_new(one, "kind", json_string(kind[g->kind]));
		json_object_set_new(one, "to", json_string(g->any ? "" :
		    destination_word(g->target.to)));
		json_object_set_new(one, "receiver",
		    json_string(g->target.receiver));
		json_day(one, "day", g->day);
		json_object_set_new(one, "ended", json_boolean(g->ended));
		json_array_append_new(list, one);
	}
	json_object_set_new(o, "consent", json_boolean(consent_holds(s, k,
	    NULL)));
	json_object_set_new(o, "duty", json_boolean(ground_day(s, k,
	    GROUND_DUTY, NULL) != DAY_NONE));
	json_day(o, "told", ground_day(s, k, GROUND_TOLD, NULL));
	json_object_set_new(o, "grounds", list);
}

static json_t *
case_json(struct desk *d, const struct kase *k)
{
	struct clocks c;
	day_t until;
	json_t *o = json_object();
	unsigned drafted = 0, posted = 0;

	for (size_t i = 0; i < d->state->answers; i++) {
		const struct draft *a = &d->state->answer[i];
		if (&d->state->kase[a->kase] == k) {
			drafted += a->posted == DAY_NONE;
			posted += a->posted != DAY_NONE;
		}
	}
	json_object_set_new(o, "ref", json_string(k->ref));
	json_object_set_new(o, "kind", json_string(
	    report_kind_word(k->kind)));
	json_object_set_new(o, "state",
	    json_string(case_state_code(k->state)));
	json_object_set_new(o, "language", json_string(k->language));
	json_object_set_new(o, "route", json_string(k->route));
	json_day(o, "received", k->received);
	json_object_set_new(o, "mailbox", json_boolean(k->has_mailbox));
	json_object_set_new(o, "withdrawn", json_boolean(k->withdrawn));
	json_object_set_new(o, "messages", json_integer(k->messages));
	json_object_set_new(o, "attachments", json_integer(k->attachments));
	json_object_set_new(o, "type", json_string(k->type));
	json_object_set_new(o, "origin", json_string(k->origin));
	json_object_set_new(o, "wbk", json_string(k->wbk));
	json_object_set_new(o, "replies_drafted", json_integer(drafted));
	json_object_set_new(o, "replies_posted", json_integer(posted));
	json_day(o, "ack_posted", k->ack_posted);
	json_day(o, "feedback_posted", k->feedback_posted);
	json_day(o, "posted_said_before_receipt", k->said_early);
	json_day(o, "since", k->since);
	grounds_json(d->state, (size_t)(k - d->state->kase), o);
	json_day(o, "closed", k->closed);
	json_day(o, "destroy_on", destroy_day(d,
	    (size_t)(k - d->state->kase)));
	json_day(o, "answers_until", k->has_mailbox && !k->destroyed &&
	    mailbox_end(d, (size_t)(k - d->state->kase), &until) == OK ?
	    until : DAY_NONE);
	codes_json(k, o);
	json_object_set_new(o, "late", json_integer(state_late(d->state,
	    (size_t)(k - d->state->kase))));
	if (desk_clocks(d, k, &c) == OK) {
		json_day(o, "ack_due", c.ack_due);
		json_day(o, "feedback_due", c.feedback_due);
		json_object_set_new(o, "ack_status", json_string(
		    clock_status_code(clock_status(c.ack_due, k->ack_posted,
		    d->today))));
		json_object_set_new(o, "feedback_status", json_string(
		    clock_status_code(clock_status(c.feedback_due,
		    k->feedback_posted, d->today))));
	}
	return o;
}

static void
codes_json(const struct kase *k, json_t *o)
{
	json_t *about = json_array();

	for (int c = 0; c < KASE_CODES; c++) {
		json_object_set_new(o, case_code_name((enum case_code)c),
		    json_string(k->code[c]));
	}
	for (unsigned i = 0; i < k->subjects; i++) {
		json_array_append_new(about, json_string(k->subject[i]));
	}
	json_object_set_new(o, "about", about);
	json_object_set_new(o, "conflict_checked",
	    json_boolean(k->conflict_checked));
	json_object_set_new(o, "handler", json_string(k->handler));
	json_object_set_new(o, "ack_by", json_string(
	    given_by_word(k->ack_by)));
	json_day(o, "told_decision", k->told_decision);
	json_object_set_new(o, "feedback_by", json_string(
	    given_by_word(k->feedback_by)));
	json_object_set_new(o, "agreement", json_string(k->oral ?
	    oral_state_word(k->oral_state) : ""));
	json_object_set_new(o, "hold", json_boolean(k->hold));
	json_object_set_new(o, "retention", json_string(k->retention));
	json_object_set_new(o, "destroyed", json_boolean(k->destroyed));
	json_object_set_new(o, "moved_to", json_integer(k->moved_to));
	json_object_set_new(o, "from_desk", json_integer(k->from_desk));
}

static void
case_line(struct desk *d, const struct kase *k)
{
	char received[DAY_TEXT], ack[DAY_TEXT], feedback[DAY_TEXT],
	    early[DAY_TEXT];
	struct clocks c = {.ack_due = DAY_NONE, .feedback_due = DAY_NONE};
	enum err e = desk_clocks(d, k, &c);

	if (e == OK && k->ack_posted != DAY_NONE) {
		c.ack_due = DAY_NONE;
	}
	if (e == OK && k->feedback_posted != DAY_NONE) {
		c.feedback_due = DAY_NONE;
	}
	day_text(k->received, received);
	printf("%-11s %-7s %-10s %-10s %-10s %3u %3u  %s%s%s%s\n", k->ref,
	    k->kind == REPORT_ADVICE ? "advice" : "report", received,
	    k->ack_posted != DAY_NONE ? "posted" : day_or(c.ack_due, ack),
	    k->feedback_posted != DAY_NONE ? "posted" :
	    day_or(c.feedback_due, feedback), k->messages, k->answers,
	    case_state_code(k->state), k->withdrawn ? " (withdrawn)" : "",
	    k->said_early == DAY_NONE ? "" :
	    "; the gateway's clock is wrong: posted before receipt, ",
	    k->said_early == DAY_NONE ? "" : day_or(k->said_early, early));
}

static void
list_notes(const struct state *s)
{
	if (s->importing) {
		say_error("an import was cut off; import the same bundle "
		    "again (until then no text is shown: a withdrawal may be "
		    "waiting)");
	}
	if (s->unmatched > 0) {
		printf("%llu message(s) of a thread whose first message has "
		    "not come yet. If it will not: `enter unmatched`.\n",
		    (unsigned long long)s->unmatched);
	}
	for (size_t i = 0; i < s->kases; i++) {
		const struct kase *k = &s->kase[i];
		unsigned n = k->moved_to == 0 ? 0 : k->destroyed ?
		    state_late(s, i) : k->messages - k->parcelled;
		if (n > 0) {
			printf("%u message(s) of %s came after its parcel: "
			    "`recuse %s --to %u --out PARCEL` takes them to "
			    "desk %u.\n", n, k->ref, k->ref, k->moved_to,
			    k->moved_to);
		}
	}
	if (s->damaged > 0) {
		printf("%llu message(s) could not be read (damaged).\n",
		    (unsigned long long)s->damaged);
	}
	if (s->foreign > 0) {
		printf("%llu message(s) of another organisation set aside.\n",
		    (unsigned long long)s->foreign);
	}
}

int
verb_list(struct desk *d, int argc, char **argv)
{
	enum err e;

	if (!options_take(argc, argv, NULL, 0, NULL, 0, NULL)) {
		return EXIT_USAGE;
	}
	e = desk_open(d, DESK_CASEBOOK);
	if (e != OK) {
		return exit_of(e);
	}
	if (d->json) {
		json_t *o = json_object(), *list = json_array();
		for (size_t i = 0; i < d->state->kases; i++) {
			json_array_append_new(list,
			    case_json(d, &d->state->kase[i]));
		}
		json_object_set_new(o, "cases", list);
		json_object_set_new(o, "unmatched",
		    json_integer((json_int_t)d->state->unmatched));
		json_object_set_new(o, "damaged",
		    json_integer((json_int_t)d->state->damaged));
		json_object_set_new(o, "foreign",
		    json_integer((json_int_t)d->state->foreign));
		json_object_set_new(o, "withdrawals",
		    json_integer((json_int_t)d->state->withdrawals));
		json_object_set_new(o, "importing",
		    json_boolean(d->state->importing));
		print_json(o);
		return EXIT_OK;
	}
	printf("%-11s %-7s %-10s %-10s %-10s %3s %3s  %s\n", "case", "kind",
	    "received", "ack due", "feedback", "in", "out", "state");
	for (size_t i = 0; i < d->state->kases; i++) {
		case_line(d, &d->state->kase[i]);
	}
	list_notes(d->state);
	return EXIT_OK;
}

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

static enum err
show_messages(struct desk *d, size_t k, json_t *list)
{
	const struct state *s = d->state;
	enum err e = OK;

	for (size_t i = 0; i < s->messages && e == OK; i++) {
		const struct message *m = &s->message[i];
		struct content *c = NULL;
		char day[DAY_TEXT];
		json_t *o;
		if (m->kase != k) {
			continue;
		}
		day_text(m->received, day);
		if (desk_text_shown(d, m) &&
		    (e = desk_content(d, m, &c)) != OK) {
			say_error("a message cannot be opened: %s",
			    err_text(e));
			break;
		}
		if (list == NULL) {
			printf("\n%s  %s%s%s\n", day,
			    report_kind_word(m->kind), m->entered ?
			    " (entered by hand)" : "", m->conflict ?
			    "  CONFLICT: same code, other content" : "");
			if (c == NULL) {
				printf("  %s; the text is not shown\n",
				    s->kase[k].destroyed && !m->late ?
				    "destroyed" : s->kase[k].locked ?
				    "for another desk" :
				    "withdrawn by the reporter");
			} else {
				content_print(c->report);
			}
		} else {
			o = c == NULL ? json_object() :
			    content_json(c->report);
			json_object_set_new(o, "kind",
			    json_string(report_kind_word(m->kind)));
			json_object_set_new(o, "received", json_string(day));
			json_object_set_new(o, "hidden",
			    json_boolean(c == NULL));
			json_object_set_new(o, "conflict",
			    json_boolean(m->conflict));
			event_hex(o, "message_id", m->message_id,
			    MESSAGE_ID_LEN);
			json_array_append_new(list, o);
		}
		content_free(c);
	}
	return e;
}

static enum err
show_sealed(struct desk *d, const uint8_t record[RECORD_ID], json_t *o)
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
	return e;
}

static enum err
show_answers(struct desk *d, size_t k, json_t *list)
{
	const struct state *s = d->state;
	char drafted[DAY_TEXT], posted[DAY_TEXT];
	enum err e = OK;

	for (size_t i = 0; i < s->answers && e == OK; i++) {
		const struct draft *a = &s->answer[i];
		json_t *o = NULL;
		if (a->kase != k) {
			continue;
		}
		day_text(a->drafted, drafted);
		if (list == NULL) {
			printf("\n%s  our %s, %s%s\n", drafted,
			    reply_kind_word(a->kind), a->posted == DAY_NONE ?
			    "drafted, NOT posted yet" : "posted ",
			    a->posted == DAY_NONE ? "" :
			    day_or(a->posted, posted));
		} else {
			o = json_object();
			event_hex(o, "reply_id", a->reply_id, 16);
			json_object_set_new(o, "kind",
			    json_string(reply_kind_word(a->kind)));
			json_day(o, "drafted", a->drafted);
			json_day(o, "posted", a->posted);
			json_object_set_new(o, "outbound",
			    json_integer((json_int_t)a->serial));
			json_array_append_new(list, o);
		}
		e = show_sealed(d, a->record, o);
	}
	return e;
}

static enum err
show_notes(struct desk *d, size_t k, json_t *list)
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
			json_day(o, "day", s->note[i].day);
			json_array_append_new(list, o);
		}
		e = show_sealed(d, s->note[i].record, o);
	}
	return e;
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

int
verb_show(struct desk *d, int argc, char **argv)
{
	const char *ref = NULL;
	json_t *o = NULL, *in = NULL, *out = NULL, *notes = NULL,
	    *steps = NULL;
	size_t k = 0;
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
		in = json_array();
		out = json_array();
		notes = json_array();
		steps = json_array();
		json_object_set_new(o, "steps", steps);
		json_object_set_new(o, "in", in);
		json_object_set_new(o, "out", out);
		json_object_set_new(o, "notes", notes);
	} else {
		case_line(d, &d->state->kase[k]);
		show_mailbox(d, k);
	}
	e = show_messages(d, k, in);
	if (e == OK && desk_ours_shown(d, k)) {
		e = show_answers(d, k, out);
	}
	if (e == OK && desk_ours_shown(d, k)) {
		e = show_notes(d, k, notes);
	}
	if (e == OK) {
		show_steps(d, k, steps);
	}
	if (o != NULL && e == OK) {
		print_json(o);
		o = NULL; /* transferred */
	}
	json_decref(o);
	return exit_of(e);
}
