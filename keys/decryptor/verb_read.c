/* SPDX-License-Identifier: EUPL-1.2 */
/* `list`: what there is, and what is due. */
#include <stdio.h>
#include <string.h>

#include "replies.h"
#include "terminal.h"
#include "verb_read.h"

void
json_day_set(json_t *o, const char *key, day_t day)
{
	if (day == DAY_NONE || day == DAY_NEVER) {
		json_object_set_new(o, key, json_null());
	} else {
		event_day(o, key, day);
	}
}

const char *
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
		json_day_set(one, "day", g->day);
		json_object_set_new(one, "ended", json_boolean(g->ended));
		json_array_append_new(list, one);
	}
	json_object_set_new(o, "consent", json_boolean(consent_holds(s, k,
	    NULL)));
	json_object_set_new(o, "duty", json_boolean(ground_day(s, k,
	    GROUND_DUTY, NULL) != DAY_NONE));
	json_day_set(o, "told", ground_day(s, k, GROUND_TOLD, NULL));
	json_object_set_new(o, "grounds", list);
}

json_t *
case_json(struct desk *d, const struct kase *k)
{
	struct clocks c;
	day_t until;
	json_t *o = json_object();
	unsigned drafted = 0, posted = 0;

	for (size_t i = 0; i < d->state->answers; i++) {
		const struct draft *a = &d->state->answer[i];
		if (&d->state->kase[a->kase] == k) {
			drafted += draft_waits(a);
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
	json_day_set(o, "received", k->received);
	json_object_set_new(o, "mailbox", json_boolean(k->has_mailbox));
	json_object_set_new(o, "withdrawn", json_boolean(k->withdrawn));
	json_object_set_new(o, "messages", json_integer(k->messages));
	json_object_set_new(o, "attachments", json_integer(k->attachments));
	json_object_set_new(o, "type", json_string(k->type));
	json_object_set_new(o, "origin", json_string(k->origin));
	json_object_set_new(o, "wbk", json_string(k->wbk));
	json_object_set_new(o, "replies_drafted", json_integer(drafted));
	json_object_set_new(o, "replies_posted", json_integer(posted));
	json_day_set(o, "ack_posted", k->ack_posted);
	json_day_set(o, "feedback_posted", k->feedback_posted);
	json_day_set(o, "posted_said_before_receipt", k->said_early);
	json_day_set(o, "since", k->since);
	grounds_json(d->state, (size_t)(k - d->state->kase), o);
	json_day_set(o, "closed", k->closed);
	json_day_set(o, "destroy_on", destroy_day(d,
	    (size_t)(k - d->state->kase)));
	json_day_set(o, "answers_until", k->has_mailbox && !k->destroyed &&
	    mailbox_end(d, (size_t)(k - d->state->kase), &until) == OK ?
	    until : DAY_NONE);
	codes_json(k, o);
	json_object_set_new(o, "late", json_integer(state_late(d->state,
	    (size_t)(k - d->state->kase))));
	if (desk_terms_run(k) && desk_clocks(d, k, &c) == OK) {
		json_day_set(o, "ack_due", c.ack_due);
		json_day_set(o, "feedback_due", c.feedback_due);
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
	json_object_set_new(o, "ack_waiver", json_string(k->ack_waiver));
	json_object_set_new(o, "extended", json_boolean(k->extended));
	json_day_set(o, "meeting_asked", k->meeting);
	json_day_set(o, "told_decision", k->told_decision);
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

void
case_line(struct desk *d, const struct kase *k)
{
	char received[DAY_TEXT], ack[DAY_TEXT], feedback[DAY_TEXT],
	    early[DAY_TEXT];
	struct clocks c = {.ack_due = DAY_NONE, .feedback_due = DAY_NONE};
	enum err e = desk_terms_run(k) ? desk_clocks(d, k, &c) : OK;

	if (e == OK && k->ack_posted != DAY_NONE) {
		c.ack_due = DAY_NONE;
	}
	if (e == OK && k->feedback_posted != DAY_NONE) {
		c.feedback_due = DAY_NONE;
	}
	day_text(k->received, received);
	printf("%-11s %-7s %-10s %-10s %-10s %3u %3u  %s%s%s%s\n", k->ref,
	    k->kind == REPORT_ADVICE ? "advice" : "report", received,
	    k->ack_posted != DAY_NONE ? "posted" : k->ack_waiver[0] != 0 ?
	    "waived" : day_or(c.ack_due, ack),
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
	if (state_bodies_lost(s) > 0) {
		printf("%zu bodies that the gateway lost were written off.\n",
		    state_bodies_lost(s));
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
		json_object_set_new(o, "lost", json_integer((json_int_t)
		    state_bodies_lost(d->state)));
		json_object_set_new(o, "foreign",
		    json_integer((json_int_t)d->state->foreign));
		json_object_set_new(o, "withdrawals",
		    json_integer((json_int_t)d->state->withdrawals));
		json_object_set_new(o, "room", json_integer((json_int_t)
		    casebook_room(d->book)));
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
