/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Forwarding outside the organisation, step by step: to whom, what goes,
 * what still lacks, the page as it would go, out. The plan is kept under the
 * key of the case between the steps, because the second signature and the
 * word to the reporter take days.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../acts_private.h"
#include "../content.h"
#include "../dossier.h"
#include "../question.h"
#include "../redact.h"
#include "case.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"

#define PAGE_MAX ((size_t)8 << 20)
/* A form has 256 fields (FIELDS_MAX): these, and some of its own. What is
 * beyond keeps the profile's choice, the page says so, and it can be chosen
 * with the command line */
#define FIELDS_SHOWN 160u
#define FILES_SHOWN 80u
#define WORDS_MAX 64u
#define NOT_CHOSEN "Kies eerst naar wie het gaat.", \
	"First choose where it goes."

static const char *
string(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? "" : s;
}

/* Question and answer of one field of the plan, kept in the visit; the
 * answer as the dossier has it */
static const char *
field_text(struct visit *v, const json_t *f, const char **asked)
{
	const struct state *s = v->d->state;
	json_int_t number = json_integer_value(json_object_get(f, "message")),
	    n = 0;
	const char *text = NULL, *key = string(f, "field"), *q;

	*asked = visit_keep(v, key, strlen(key));

	for (size_t i = 0; i < s->messages && text == NULL; i++) {
		struct content *c = NULL;
		if (s->message[i].kase != v->k || ++n != number) {
			continue;
		}
		if (desk_content(v->d, &s->message[i], &c) != OK) {
			break;
		}
		for (unsigned j = 0; j < c->report->answers; j++) {
			const struct report_answer *a = &c->report->answer[j];
			if (strcmp(a->key, key) == 0) {
				text = answer_words(a, false);
				text = visit_keep(v, text, strlen(text));
				q = question_text(a, v->lang != 0);
				*asked = visit_keep(v, q, strlen(q));
			}
		}
		content_free(c);
	}
	return text == NULL ? "" : text;
}

/* Words that some field leaves out, one a line */
static const char *
words_of(struct visit *v, const json_t *o)
{
	struct buf out = buf_new_secret(PLAN_MAX);
	const char *text;
	json_t *f, *w, *seen = json_object();
	size_t i, j;

	json_array_foreach (json_object_get(o, "fields"), i, f) {
		json_array_foreach (json_object_get(f, "redact"), j, w) {
			const char *s = json_string_value(w);
			if (s != NULL && json_object_get(seen, s) == NULL) {
				json_object_set_new(seen, s, json_true());
				buf_text(&out, s);
				buf_text(&out, "\n");
			}
		}
	}
	json_decref(seen);
	text = visit_keep(v, (const char *)out.p, out.len);
	buf_free(&out);
	return text;
}

/* Is ${word} in ${text}? As redact_text sees it */
static bool
word_in(const char *text, const char *word)
{
	struct buf out = buf_new_secret(PAGE_MAX);
	json_t *list = json_array();
	bool there;

	json_array_append_new(list, json_string(word));
	there = redact_text(text, strlen(text), list, &out) == OK;
	json_decref(list);
	buf_free(&out);
	return there;
}

/* Each word goes to the fields where it stands; ranges stay */
static enum err
words_put(struct visit *v, json_t *o, struct refusal *why)
{
	char *text = visit_keep(v, field(v, "words"), strlen(field(v,
	    "words"))), *rest = NULL, *word[WORDS_MAX];
	bool there[WORDS_MAX] = {false};
	size_t words = 0, i, j;
	json_t *f, *r;

	for (char *w = strtok_r(text, "\n", &rest); w != NULL; w =
	    strtok_r(NULL, "\n", &rest)) {
		if (words == WORDS_MAX) {
			return refuse(why, ERR_LIMIT, "Dat zijn te veel "
			    "woorden om weg te laten (meer dan 64).", "Those "
			    "are too many words to leave out (over 64).");
		}
		word[words++] = w;
	}
	json_array_foreach (json_object_get(o, "fields"), i, f) {
		const char *asked, *answer = field_text(v, f, &asked);
		json_t *list = json_array();
		json_array_foreach (json_object_get(f, "redact"), j, r) {
			if (!json_is_string(r)) {
				json_array_append(list, r);
			}
		}
		for (j = 0; j < words; j++) {
			if (word_in(answer, word[j])) {
				there[j] = true;
				json_array_append_new(list,
				    json_string(word[j]));
			}
		}
		json_object_set_new(f, "redact", list);
	}
	for (i = 0; i < words; i++) {
		if (!there[i]) {
			return refuse(why, ERR_UNKNOWN, "Een woord dat weg "
			    "moet, staat nergens in de tekst. Controleer de "
			    "lijst.", "A word to leave out stands nowhere in "
			    "the text. Check the list.");
		}
	}
	return OK;
}

static enum err
keep(struct visit *v, const json_t *o, struct refusal *why)
{
	char *text = json_dumps(o, JSON_INDENT(1));
	enum err e = text == NULL ? refuse_err(why, ERR_MEMORY) :
	    act_forward_keep(v->d, v->k, text, strlen(text), why);

	free(text);
	return e;
}

/* Step 1: to whom */
static enum err
do_plan(struct visit *v, struct refusal *why)
{
	const char *word = field(v, "where");
	enum destination to = strcmp(word, "investigator") == 0 ?
	    DEST_INVESTIGATOR : strcmp(word, "police") == 0 ? DEST_POLICE :
	    DEST_AUTHORITY;
	const char *receiver = to == DEST_AUTHORITY ? field(v, "receiver") :
	    "";
	struct buf plan = buf_new(PLAN_MAX);
	json_t *o = NULL;
	enum err e;

	if (to == DEST_AUTHORITY && forward_find(v->d->profile, receiver) <
	    0) {
		return refuse(why, ERR_USAGE, "Kies een instantie.",
		    "Choose an authority.");
	}
	e = act_forward_plan(v->d, v->k, to, receiver, &plan, why);
	if (e == OK && json_read_type(plan.p, plan.len, PLAN_MAX, PLAN_TYPE,
	    &o) != OK) {
		e = refuse_err(why, ERR_FORMAT);
	}
	buf_free(&plan);
	if (e == OK) {
		json_object_set_new(o, "name", json_string(field(v, "name")));
		json_object_set_new(o, "until", json_string(field(v,
		    "until")));
		json_object_set_new(o, "agreement", json_boolean(
		    field(v, "agreement")[0] != 0));
		e = keep(v, o, why);
	}
	json_decref(o);
	return e;
}

/* The plan that is kept, if the text that it is about may be read; NULL and
 * ${why}: it has words of the report */
static json_t *
plan_readable(struct visit *v, struct buf *raw, struct refusal *why)
{
	struct target t;
	json_t *o;

	if (act_case(v->d, v->k, why) != OK) {
		return NULL;
	}
	o = plan_kept(v, raw);
	if (o == NULL) {
		refuse(why, ERR_UNKNOWN, NOT_CHOSEN);
		return NULL;
	}
	t = plan_target(o);
	if (act_forward_text(v->d, v->k, &t, why) != OK) {
		json_decref(o);
		return NULL;
	}
	return o;
}

/* Step 2: what goes */
static enum err
do_keep(struct visit *v, struct refusal *why)
{
	struct buf raw = buf_new_secret(PLAN_MAX);
	json_t *o = plan_readable(v, &raw, why), *p;
	size_t i;
	enum err e = o == NULL ? why->e : OK;

	if (e == OK) {
		json_array_foreach (json_object_get(o, "fields"), i, p) {
			if (i < FIELDS_SHOWN) {
				json_object_set_new(p, "carry", json_boolean(
				    field(v, visit_text(v, "f_%zu", i))[0] !=
				    0));
			}
		}
		json_array_foreach (json_object_get(o, "files"), i, p) {
			const char *how = field(v, visit_text(v, "g_%zu",
			    i));
			if (i < FILES_SHOWN) {
				json_object_set_new(p, "carry", json_boolean(
				    strcmp(how, "no") != 0 && how[0] != 0));
				json_object_set_new(p, "scrub", json_boolean(
				    strcmp(how, "raw") != 0));
			}
		}
		json_object_set_new(o, "telling_endangers", json_string(
		    field(v, "endangers")));
		json_object_set_new(o, "with_identity", json_boolean(
		    field(v, "identity")[0] != 0));
		json_object_set_new(o, "reviewed", json_boolean(
		    field(v, "reviewed")[0] != 0));
		e = words_put(v, o, why);
	}
	if (e == OK) {
		e = keep(v, o, why);
	}
	json_decref(o);
	buf_free(&raw);
	return e;
}

/* Step 4: out, to a file on a stick */
static enum err
send_file(struct visit *v, const struct buf *plan, struct refusal *why)
{
	struct act_sealing to = {.recipient = NULL};
	const char *key = field(v, "key");
	struct age_recipient recipient;
	char day[DAY_TEXT];
	int dir = place_need(v, field(v, "place"), why);

	if (dir < 0) {
		return why->e;
	}
	close(dir);
	if (strcmp(field(v, "how"), "key") == 0) {
		if (age_recipient_parse(key, strlen(key), &recipient) != OK) {
			return refuse(why, ERR_USAGE, "Dat is geen sleutel "
			    "van een ontvanger (age1pq…).", "That is no key "
			    "of a receiver (age1pq...).");
		}
		to.recipient = &recipient;
	} else {
		to.pass = field(v, "pass");
		to.passlen = fields_len(v->form, "pass");
		if (to.passlen < 20 ||
		    to.passlen != fields_len(v->form, "again") ||
		    !secret_equal(to.pass, field(v, "again"), to.passlen)) {
			return refuse(why, ERR_USAGE, "Geef twee keer "
			    "hetzelfde wachtwoord van 20 tekens of meer.",
			    "Give the same passphrase twice, 20 characters or "
			    "more.");
		}
	}
	day_text(v->d->today, day);
	return act_forward(v->d, v->k, plan->p, plan->len, &to,
	    visit_text(v, "%s/dossier-%s-%s.age", field(v, "place"),
	    v->d->state->kase[v->k].ref, day), why);
}

/* For print: the page is shown once, without files */
static enum err
send_print(struct visit *v, const struct buf *plan, struct refusal *why)
{
	struct act_sealing none = {.recipient = NULL};
	struct buf page = buf_new_secret(PAGE_MAX);
	uint8_t sha256[HASH_LEN];
	enum err e = act_forward_show(v->d, v->k, plan->p, plan->len, &page,
	    sha256, why);

	if (e == OK) {
		e = act_forward(v->d, v->k, plan->p, plan->len, &none, NULL,
		    why);
	}
	if (e == OK) {
		case_head(v, v->k);
		view_text(&v->view, "dossier", visit_body(v, &page));
		visit_page(v, PAGE_DOSSIER, TEXT_TITLE_DOSSIER, 3);
	}
	buf_free(&page);
	return e;
}

static enum err
do_send(struct visit *v, struct refusal *why)
{
	struct buf raw = buf_new_secret(PLAN_MAX);
	json_t *o = plan_readable(v, &raw, why);
	enum err e;

	if (o == NULL) {
		e = why->e;
	} else if (strcmp(field(v, "how"), "print") == 0) {
		e = send_print(v, &raw, why);
	} else {
		e = send_file(v, &raw, why);
	}
	json_decref(o);
	buf_free(&raw);
	return e;
}

static void
receivers_set(struct visit *v, const char *chosen)
{
	const struct kase *c = &v->d->state->kase[v->k];
	size_t n = forward_authorities(v->d->profile), near[1] = {n};
	struct view *rows = visit_rows(v, n);

	forward_for_area(v->d->profile, c->code[KASE_AREA], near, 1);
	if (chosen[0] == 0 && near[0] < n) {
		chosen = forward_authority(v->d->profile, near[0]).code;
	}
	for (size_t i = 0; i < n; i++) {
		const char *code = forward_authority(v->d->profile, i).code;
		view_text(&rows[i], "value", code);
		view_text(&rows[i], "label", forward_label(v->d->profile, i,
		    language(v)));
		view_flag(&rows[i], "chosen", strcmp(code, chosen) == 0);
	}
	view_list(&v->view, "receivers", rows, n);
}

static void
parts_set(struct visit *v, const json_t *o)
{
	const json_t *fields = json_object_get(o, "fields"),
	    *files = json_object_get(o, "files");
	size_t n = json_array_size(fields), m = json_array_size(files), i;
	const char *asked;
	struct view *rows, *file;
	json_t *p;

	view_flag(&v->view, "more_parts", n > FIELDS_SHOWN ||
	    m > FILES_SHOWN);
	n = n > FIELDS_SHOWN ? FIELDS_SHOWN : n;
	m = m > FILES_SHOWN ? FILES_SHOWN : m;
	rows = visit_rows(v, n);
	file = visit_rows(v, m);
	for (i = 0; i < n; i++) {
		p = json_array_get(fields, i);
		view_text(&rows[i], "at", visit_text(v, "%zu", i));
		view_text(&rows[i], "number", visit_text(v, "%lld",
		    (long long)json_integer_value(json_object_get(p,
		    "message"))));
		view_text(&rows[i], "text", field_text(v, p, &asked));
		view_text(&rows[i], "question", asked);
		view_flag(&rows[i], "carry", json_is_true(json_object_get(p,
		    "carry")));
	}
	for (i = 0; i < m; i++) {
		bool carry, clean;
		p = json_array_get(files, i);
		carry = json_is_true(json_object_get(p, "carry"));
		clean = json_is_true(json_object_get(p, "scrub"));
		view_text(&file[i], "at", visit_text(v, "%zu", i));
		view_text(&file[i], "number", visit_text(v, "%lld.%lld",
		    (long long)json_integer_value(json_object_get(p,
		    "message")), (long long)json_integer_value(
		    json_object_get(p, "file"))));
		view_flag(&file[i], "no", !carry);
		view_flag(&file[i], "clean", carry && clean);
		view_flag(&file[i], "raw", carry && !clean);
	}
	view_list(&v->view, "parts", rows, n);
	view_flag(&v->view, "has_files", m > 0);
	view_list(&v->view, "files", file, m);
}

static void
plan_set(struct visit *v, const json_t *o, const struct buf *raw)
{
	const struct state *s = v->d->state;
	struct target t = plan_target(o);
	struct buf page = buf_new_secret(PAGE_MAX);
	char hex[2 * HASH_LEN + 1] = "";
	uint8_t sha256[HASH_LEN];
	struct refusal why;
	struct view *w = &v->view;
	size_t request;
	int a = forward_find(v->d->profile, string(o, "receiver"));

	view_text(w, "goes_to", a >= 0 ? forward_label(v->d->profile,
	    (size_t)a, language(v)) : string(o, "name")[0] != 0 ?
	    visit_text(v, "%s", string(o, "name")) : say(v,
	    TEXT_FWD_POLICE));
	view_text(w, "words", words_of(v, o));
	view_text(w, "endangers", visit_text(v, "%s", string(o,
	    "telling_endangers")));
	view_flag(w, "identity", json_is_true(json_object_get(o,
	    "with_identity")));
	view_flag(w, "reviewed", json_is_true(json_object_get(o,
	    "reviewed")));
	parts_set(v, o);
	view_flag(w, "basis_there", consent_holds(s, v->k, &t) || ground_day(s, v->k, GROUND_DUTY, &t) != DAY_NONE);
	view_flag(w, "told_there", act_by_then(ground_day(s, v->k,
	    GROUND_TOLD, &t), v->d->today));
	if (act_forward_show(v->d, v->k, raw->p, raw->len, &page, sha256,
	    &why) == OK) {
		hex_encode(sha256, HASH_LEN, hex);
		view_text(w, "dossier", visit_body(v, &page));
	}
	view_text(w, "plan_hash", visit_text(v, "%s", hex));
	view_flag(w, "signed_there", act_approved(v->d, ACT_FORWARD, v->k,
	    hex, &request, NULL) == OK);
	view_text(w, "lacks", act_forward_may(v->d, v->k, raw->p, raw->len,
	    &why) == OK ? NULL : refusal_text(v, &why));
	buf_free(&page);
}

static void
show(struct visit *v)
{
	struct buf raw = buf_new_secret(PLAN_MAX);
	struct refusal why;
	bool may = act_case(v->d, v->k, &why) == OK;
	json_t *o = plan_readable(v, &raw, &why);

	case_head(v, v->k);
	places_set(v, &v->view);
	receivers_set(v, o == NULL ? "" : string(o, "receiver"));
	view_flag(&v->view, "may", may);
	view_text(&v->view, "not", o == NULL && why.e != ERR_UNKNOWN ?
	    refusal_text(v, &why) : NULL);
	view_flag(&v->view, "planned", o != NULL);
	if (o != NULL) {
		plan_set(v, o, &raw);
	}
	visit_page(v, PAGE_FORWARD, TEXT_TITLE_FORWARD, 3);
	json_decref(o);
	buf_free(&raw);
}

void
page_forward(struct visit *v)
{
	static const struct deed deeds[] = {
		{"plan", do_plan, TEXT_FWD_KEPT, "/forward"},
		{"keep", do_keep, TEXT_FWD_KEPT, "/forward"},
		{"send", do_send, TEXT_FWD_SENT, ""},
		{NULL, NULL, TEXTS, NULL}
	};

	case_form(v, show, "do", deeds, "/forward");
}
