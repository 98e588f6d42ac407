/* SPDX-License-Identifier: EUPL-1.2 */
/* The plan of a forwarding: made from the profile, edited, signed for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acts_private.h"
#include "content.h"
#include "dossier.h"
#include "meldluik/json.h"

#define NAME_MAX_BYTES 256u
#define REASON_MAX_BYTES 4000u

static void
message_plan(struct desk *d, const struct content *c, unsigned number,
    json_t *fields, json_t *files)
{
	for (unsigned i = 0; i < c->report->answers; i++) {
		char field[80];
		json_t *o = json_object();
		snprintf(field, sizeof field, "answers.%s",
		    c->report->answer[i].key);
		json_object_set_new(o, "message", json_integer(number));
		json_object_set_new(o, "field",
		    json_string(c->report->answer[i].key));
		json_object_set_new(o, "carry", json_boolean(
		    forward_carries(d->profile, field)));
		json_object_set_new(o, "redact", json_array());
		json_array_append_new(fields, o);
	}
	for (unsigned i = 0; i < c->files; i++) {
		json_t *o = json_object();
		json_object_set_new(o, "message", json_integer(number));
		json_object_set_new(o, "file", json_integer(i + 1));
		json_object_set_new(o, "carry", json_boolean(
		    forward_carries(d->profile, "attachments")));
		json_object_set_new(o, "scrub", json_true());
		json_array_append_new(files, o);
	}
}

enum err
act_forward_plan(struct desk *d, size_t k, enum destination to,
    const char *receiver, struct buf *out, struct refusal *why)
{
	const struct state *s = d->state;
	struct target t = target_of(to, receiver);
	json_t *o = json_object(), *fields = json_array(),
	    *files = json_array();
	unsigned number = 0;
	enum err e = desk_policy(d);

	memset(why, 0, sizeof *why);
	e = e == OK ? act_case(d, k, why) : refuse_err(why, e);
	e = e == OK ? act_forward_text(d, k, &t, why) : e;
	for (size_t i = 0; e == OK && i < s->messages; i++) {
		struct content *c = NULL;
		if (s->message[i].kase != k) {
			continue;
		}
		if ((e = desk_content(d, &s->message[i], &c)) != OK) {
			refuse_err(why, e);
			break;
		}
		message_plan(d, c, ++number, fields, files);
		content_free(c);
	}
	json_object_set_new(o, "type", json_string(PLAN_TYPE));
	json_object_set_new(o, "version", json_integer(1));
	json_object_set_new(o, "case", json_string(s->kase[k].ref));
	json_object_set_new(o, "to", json_string(destination_word(to)));
	json_object_set_new(o, "receiver", json_string(receiver));
	json_object_set_new(o, "name", json_string(""));
	json_object_set_new(o, "until", json_string(""));
	json_object_set_new(o, "agreement", json_false());
	json_object_set_new(o, "with_identity", json_false());
	json_object_set_new(o, "telling_endangers", json_string(""));
	json_object_set_new(o, "reviewed", json_false());
	json_object_set_new(o, "fields", fields);
	json_object_set_new(o, "files", files);
	if (e == OK) {
		char *text = json_dumps(o, JSON_INDENT(1));
		buf_text(out, text == NULL ? "" : text);
		buf_text(out, "\n");
		free(text);
		if (out->failed) {
			e = refuse_err(why, ERR_LIMIT);
		}
	}
	json_decref(o);
	return e;
}

static enum err
wrong(struct refusal *why, const char *field)
{
	return refuse_word(why, ERR_FORMAT, "Het plan klopt niet: %s.",
	    "The plan is not right: %s.", field);
}

/* A part with all that is said of it and nothing else: one whose words to
 * leave out are no list, or whose `scrub` is no word of JSON, would go out
 * whole */
static bool
part_whole(const json_t *v, bool file)
{
	static const char *const keys[2][5] = {
		{"message", "field", "carry", "redact", NULL},
		{"message", "file", "carry", "scrub", NULL}};

	return json_is_object(v) && json_keys(v, keys[file]) == OK &&
	    json_is_integer(json_object_get(v, "message")) &&
	    json_is_boolean(json_object_get(v, "carry")) && (file ?
	    json_is_integer(json_object_get(v, "file")) &&
	    json_is_boolean(json_object_get(v, "scrub")) :
	    json_is_string(json_object_get(v, "field")) &&
	    json_is_array(json_object_get(v, "redact")));
}

/* Each of them once: of two that differ nobody signed for one */
static bool
parts_whole(const json_t *list, bool file)
{
	const char *name = file ? "file" : "field";

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *v = json_array_get(list, i);
		if (!part_whole(v, file)) {
			return false;
		}
		for (size_t j = 0; j < i; j++) {
			const json_t *o = json_array_get(list, j);
			if (json_equal(json_object_get(o, "message"),
			    json_object_get(v, "message")) &&
			    json_equal(json_object_get(o, name),
			    json_object_get(v, name))) {
				return false;
			}
		}
	}
	return json_is_array(list);
}

static bool
part_changed(const json_t *list, const char *inner)
{
	size_t i;
	json_t *v;

	json_array_foreach ((json_t *)(uintptr_t)list, i, v) {
		if (!json_is_true(json_object_get(v, "carry")) ||
		    json_array_size(json_object_get(v, inner)) > 0) {
			return true;
		}
	}
	return false;
}

enum err
plan_parse(struct desk *d, size_t k, const void *p, size_t len,
    struct plan *out, struct refusal *why)
{
	static const char *const keys[] = {"type", "version", "case", "to",
		"receiver", "name", "until", "agreement", "with_identity",
		"telling_endangers", "reviewed", "fields", "files", NULL};
	const char *ref, *to, *until;
	struct rule rule;
	json_t *o;

	memset(out, 0, sizeof *out);
	if (len > PLAN_MAX) {
		return refuse(why, ERR_LIMIT, "Het plan is te lang: maak de "
		    "naam, de reden of de lijst van woorden korter.", "The "
		    "plan is too long: make the name, the reason or the list "
		    "of words shorter.");
	}
	if (json_read_type(p, len, PLAN_MAX, PLAN_TYPE, &out->o) != OK ||
	    json_keys(out->o, keys) != OK) {
		return wrong(why, "JSON");
	}
	o = out->o;
	if (json_string_field(o, "case", 1, REF_TEXT - 1, &ref) != OK ||
	    strcmp(ref, d->state->kase[k].ref) != 0) {
		return wrong(why, "case");
	}
	if (json_string_field(o, "to", 1, 16, &to) != OK) {
		return wrong(why, "to");
	}
	if (destination_parse(to, &out->to) != OK) {
		return wrong(why, "to");
	}
	if (out->to == DEST_DESK) {
		return rule_find(d->profile, "S-UNMODIFIED", &rule) ?
		    refuse_rule(why, &rule) : wrong(why, "to");
	}
	if (json_string_field(o, "receiver", 0, CODE_WORD - 1,
	    &out->receiver) != OK || (out->to == DEST_AUTHORITY &&
	    forward_find(d->profile, out->receiver) < 0)) {
		return wrong(why, "receiver");
	}
	if (json_string_field(o, "name", 0, PLAN_MAX, &out->name) != OK) {
		return wrong(why, "name");
	}
	if (strlen(out->name) > NAME_MAX_BYTES) {
		return refuse(why, ERR_FORMAT, "De naam is te lang (meer dan "
		    "256 tekens).", "The name is too long (over 256 "
		    "characters).");
	}
	if (json_string_field(o, "until", 0, 10, &until) != OK) {
		return wrong(why, "until");
	}
	out->until = DAY_NONE;
	if (until[0] != 0 && day_parse(until, &out->until) != OK) {
		return wrong(why, "until");
	}
	if (json_string_field(o, "telling_endangers", 0, PLAN_MAX,
	    &out->endangers) != OK) {
		return wrong(why, "telling_endangers");
	}
	if (strlen(out->endangers) > REASON_MAX_BYTES) {
		return refuse(why, ERR_FORMAT, "De reden om de melder nog "
		    "niets te zeggen is te lang (meer dan 4.000 tekens).",
		    "The reason not to tell the reporter yet is too long "
		    "(over 4,000 characters).");
	}
	if (!parts_whole(json_object_get(o, "fields"), false) ||
	    !parts_whole(json_object_get(o, "files"), true)) {
		return wrong(why, "fields, files");
	}
	if (!json_is_boolean(json_object_get(o, "agreement")) ||
	    !json_is_boolean(json_object_get(o, "reviewed")) ||
	    !json_is_boolean(json_object_get(o, "with_identity"))) {
		return wrong(why, "agreement, reviewed, with_identity");
	}
	out->agreement = json_is_true(json_object_get(o, "agreement"));
	out->reviewed = json_is_true(json_object_get(o, "reviewed"));
	out->with_identity = json_is_true(json_object_get(o,
	    "with_identity"));
	out->modified = part_changed(json_object_get(o, "fields"),
	    "redact") || part_changed(json_object_get(o, "files"), "");
	hash_bytes(p, len, out->sha256);
	return OK;
}

void
plan_free(struct plan *p)
{
	json_decref(p->o);
	p->o = NULL;
}
