/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The plan of a forwarding in words, for who signs for it and for who reads
 * later what went. It names questions and numbers, and no answer; what is
 * left out is named only to who may read the case.
 */
#include <stdio.h>
#include <string.h>

#include "dossier.h"
#include "letters.h"
#include "meldluik/json.h"
#include "question.h"

#define PART_NAME 80u /* a field of a plan that somebody edited */

static const char *
string(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? "" : s;
}

const char *
plan_receiver(const struct desk *d, enum destination to,
    const char *receiver, const char *name, bool english)
{
	int a = forward_find(d->profile, receiver);

	return a >= 0 ? forward_label(d->profile, (size_t)a, english ? "en" :
	    "nl") : to != DEST_POLICE ? name : english ? "the police" :
	    "Politie";
}

/* What is left out of a field: how often, or (${whole}) what */
static void
redact_put(const json_t *list, bool english, bool whole, struct buf *out)
{
	char text[64];
	json_t *v;
	size_t i;

	if (!whole) {
		snprintf(text, sizeof text, english ? " (%zu left out)" :
		    " (%zu keer iets weggelaten)", json_array_size(list));
		buf_text(out, text);
		return;
	}
	buf_text(out, english ? " (without " : " (zonder ");
	json_array_foreach ((json_t *)(uintptr_t)list, i, v) {
		snprintf(text, sizeof text, english ?
		    "characters %lld to %lld" : "tekens %lld tot %lld",
		    (long long)json_integer_value(json_object_get(v,
		    "from")), (long long)json_integer_value(json_object_get(v,
		    "to")));
		buf_text(out, i == 0 ? "" : ", ");
		buf_text(out, json_is_string(v) ? json_string_value(v) :
		    text);
	}
	buf_text(out, ")");
}

/* "Wat is er gebeurd? (2 keer iets weggelaten)" */
static void
field_put(const json_t *v, bool carry, bool english, bool whole,
    struct buf *out)
{
	const char *key = string(v, "field");
	struct report_answer a = {.key = (char *)(uintptr_t)key};
	const json_t *list = json_object_get(v, "redact");

	buf_text(out, question_text(&a, english));
	if (carry && json_array_size(list) > 0) {
		redact_put(list, english, whole, out);
	}
}

static void
file_put(const json_t *v, bool carry, bool english, struct buf *out)
{
	char name[48];

	snprintf(name, sizeof name, english ? "file %lld" : "bestand %lld",
	    (long long)json_integer_value(json_object_get(v, "file")));
	buf_text(out, name);
	if (carry) {
		buf_text(out, json_is_true(json_object_get(v, "scrub")) ?
		    english ? " (without metadata)" : " (zonder metadata)" :
		    english ? " (as received)" : " (zoals ontvangen)");
	}
}

/* The parts of both lists that go, or that stay, by message */
static void
parts_put(const json_t *plan, bool carry, bool english, size_t most,
    struct buf *out)
{
	static const char *const lists[] = {"fields", "files"};
	size_t from = out->len, more = 0, i;
	json_int_t last = 0;
	char text[64];
	json_t *v;

	for (unsigned l = 0; l < 2; l++) {
		json_array_foreach (json_object_get(plan, lists[l]), i, v) {
			json_int_t n = json_integer_value(json_object_get(v,
			    "message"));
			if (json_is_true(json_object_get(v, "carry")) !=
			    carry) {
				continue;
			}
			if ((most > 0 && out->len - from > most) ||
			    strlen(string(v, "field")) > PART_NAME) {
				more++;
				continue;
			}
			snprintf(text, sizeof text, english ?
			    "%smessage %lld: " : "%sbericht %lld: ",
			    last == 0 ? "" : "; ", (long long)n);
			buf_text(out, n != last ? text : ", ");
			last = n;
			if (l == 0) {
				field_put(v, carry, english, most == 0, out);
			} else {
				file_put(v, carry, english, out);
			}
		}
	}
	if (more > 0) {
		snprintf(text, sizeof text, english ?
		    "; and %zu more, see the plan" :
		    "; en nog %zu, zie het plan", more);
		buf_text(out, text);
	}
	buf_text(out, out->len == from ? english ? "nothing.\n" : "niets.\n" :
	    ".\n");
}

static void
receiver_put(const struct desk *d, const json_t *plan, bool english,
    struct buf *out)
{
	enum destination to = DEST_AUTHORITY;
	char day[LETTER_DAY];
	day_t until;

	destination_parse(string(plan, "to"), &to);
	buf_text(out, english ? "Goes to: " : "Gaat naar: ");
	if (to == DEST_INVESTIGATOR) {
		buf_text(out, english ? "the investigator " : "onderzoeker ");
	}
	buf_text(out, plan_receiver(d, to, string(plan, "receiver"),
	    string(plan, "name"), english));
	if (to == DEST_INVESTIGATOR && day_parse(string(plan, "until"),
	    &until) == OK) {
		letter_day(until, !english, day);
		buf_text(out, english ? ", until " : ", tot en met ");
		buf_text(out, day);
	}
	if (to == DEST_INVESTIGATOR && !json_is_true(json_object_get(plan,
	    "agreement"))) {
		buf_text(out, english ? ", without an agreement" :
		    ", zonder verwerkersovereenkomst");
	}
	buf_text(out, ".\n");
}

void
plan_words(const struct desk *d, const json_t *plan, bool english,
    size_t most, struct buf *out)
{
	receiver_put(d, plan, english, out);
	buf_text(out, english ? "What goes: " : "Gaat mee: ");
	parts_put(plan, true, english, most, out);
	buf_text(out, english ? "Left out: " : "Blijft weg: ");
	parts_put(plan, false, english, most, out);
	if (json_is_true(json_object_get(plan, "with_identity"))) {
		buf_text(out, english ? "It says who the reporter is.\n" :
		    "Er staat in wie de melder is.\n");
	}
	if (string(plan, "telling_endangers")[0] != 0) {
		buf_text(out, english ? "The reporter is not told first" :
		    "De melder hoort het niet vooraf");
		buf_text(out, most == 0 ? ": " : english ?
		    "; the plan says why." : "; waarom, staat in het plan.");
		buf_text(out, most == 0 ? string(plan, "telling_endangers") :
		    "");
		buf_text(out, "\n");
	}
}
