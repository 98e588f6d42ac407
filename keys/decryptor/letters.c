/* SPDX-License-Identifier: EUPL-1.2 */
/* Templates filled with what the register knows; see the header. */
#include <stdio.h>
#include <string.h>

#include "letters.h"
#include "meldluik/json.h"

#define LETTERS_MAX (1u << 20)
#define NAMES_MAX 32u

/* The data, parsed once a process; it is ours and never freed */
static json_t *
letters(void)
{
	static json_t *root;
	struct bytes data;

	if (root == NULL && policy_data("letters.json", &data) == OK) {
		if (json_read(data.p, data.len, LETTERS_MAX, &root) != OK) {
			root = NULL;
		}
	}
	return json_object_get(root, "letters");
}

size_t
letters_count(void)
{
	return json_object_size(letters());
}

const char *
letter_name(size_t i)
{
	const char *name;
	json_t *v;

	json_object_foreach (letters(), name, v) {
		if (i-- == 0) {
			return name;
		}
	}
	return "";
}

const char *
letter_label(size_t i, const char *lang)
{
	const char *label = json_string_value(json_object_get(
	    json_object_get(json_object_get(letters(), letter_name(i)),
	    "label"), lang));

	return label == NULL ? letter_name(i) : label;
}

static bool
flag(const json_t *o, const char *name)
{
	return json_is_true(json_object_get(json_object_get(o, "flags"),
	    name));
}

enum err
letter_find(const char *name, struct letter *out)
{
	const json_t *o = json_object_get(letters(), name);
	const char *kind = json_string_value(json_object_get(
	    json_object_get(o, "flags"), "kind"));

	if (o == NULL || kind == NULL) {
		return ERR_UNKNOWN;
	}
	memset(out, 0, sizeof *out);
	out->mailbox = reply_kind_parse(kind, &out->kind) == OK;
	out->reasoned = flag(o, "reasoned");
	out->options = flag(o, "options");
	out->forwarded = flag(o, "forwarded");
	return OK;
}

/* "nl" serves "nl-BE"; English serves who has no letter of an own. ${of}
 * gets the language of the text */
static const char *
text_of(const json_t *o, const char *lang, const char **of)
{
	char two[3] = "";
	const char *text;

	if (strlen(lang) >= 2 && (lang[2] == 0 || lang[2] == '-')) {
		memcpy(two, lang, 2);
	}
	text = json_string_value(json_object_get(o, two));
	*of = text != NULL ? lang : "en";
	return text != NULL ? text :
	    json_string_value(json_object_get(o, "en"));
}

const char *
letter_language(const char *name, const char *lang)
{
	const char *of;

	text_of(json_object_get(letters(), name), lang, &of);
	return of;
}

struct filling {
	const char *name;
	char text[160];
};

static void
fill(struct buf *out, const char *text, const struct filling *f, size_t n)
{
	while (*text != 0) {
		size_t i = 0;
		while (i < n && (*text != '{' || strncmp(text + 1, f[i].name,
		    strlen(f[i].name)) != 0 ||
		    text[1 + strlen(f[i].name)] != '}')) {
			i++;
		}
		if (i < n) {
			buf_text(out, f[i].text);
			text += strlen(f[i].name) + 2;
		} else {
			buf_u8(out, (uint8_t)*text++);
		}
	}
}

/* Who gets the case, in words */
static const char *
receiver_words(struct desk *d, const struct target *to, const char *name,
    bool dutch)
{
	int a;

	if (to != NULL && to->to == DEST_AUTHORITY &&
	    (a = forward_find(d->profile, to->receiver)) >= 0) {
		return forward_label(d->profile, (size_t)a, dutch ? "nl" :
		    "en");
	}
	if (to != NULL && to->to == DEST_POLICE) {
		return dutch ? "de politie" : "the police";
	}
	return name != NULL && name[0] != 0 ? name : dutch ? "[instantie]" :
	    "[authority]";
}

static const char *
basis_words(struct desk *d, size_t k, const struct target *to, bool dutch)
{
	const struct state *s = d->state;

	if (consent_holds(s, k, to)) {
		return dutch ? "uw toestemming" : "your consent";
	}
	if (ground_day(s, k, GROUND_DUTY, to) != DAY_NONE) {
		return dutch ? "een wettelijke plicht" : "a legal duty";
	}
	if (to != NULL && to->to == DEST_AUTHORITY &&
	    !forward_consent(d->profile)) {
		return dutch ? "artikel 11, zesde lid, van Richtlijn (EU) "
		    "2019/1937" : "Article 11(6) of Directive (EU) 2019/1937";
	}
	return dutch ? "[grond]" : "[ground]";
}

void
letter_day(day_t d, bool dutch, char out[LETTER_DAY])
{
	static const char *const month_name[][2] = {{"January", "januari"},
		{"February", "februari"}, {"March", "maart"},
		{"April", "april"}, {"May", "mei"}, {"June", "juni"},
		{"July", "juli"}, {"August", "augustus"},
		{"September", "september"}, {"October", "oktober"},
		{"November", "november"}, {"December", "december"}};
	int year, month, day;

	day_split(d, &year, &month, &day);
	snprintf(out, LETTER_DAY, "%d %s %d", day,
	    month_name[month - 1][dutch], year);
}

enum err
letter_make(struct desk *d, size_t k, const char *name, const char *lang,
    const struct target *to, const char *receiver, struct buf *out)
{
	const struct kase *c = &d->state->kase[k];
	const json_t *o = json_object_get(letters(), name), *own;
	struct filling f[] = {{"received", ""}, {"reference", ""},
		{"feedback_due", ""}, {"receiver", ""}, {"basis", ""},
		{"organisation", ""}};
	struct kase now = *c;
	struct clocks clocks;
	const char *text;
	bool dutch;
	enum err e;

	if (o == NULL) {
		return ERR_UNKNOWN;
	}
	lang = lang == NULL ? c->language : lang;
	own = c->kind == REPORT_ADVICE ? json_object_get(o, "advice") : NULL;
	text = text_of(own != NULL ? own : o, lang, &lang);
	dutch = strncmp(lang, "nl", 2) == 0;
	if (now.ack_posted == DAY_NONE) {
		now.ack_posted = d->today < c->received ? c->received :
		    d->today;
	}
	e = desk_clocks(d, &now, &clocks);
	if (e != OK || text == NULL) {
		return e != OK ? e : ERR_FORMAT;
	}
	letter_day(c->received, dutch, f[0].text);
	memcpy(f[1].text, c->ref, sizeof c->ref);
	letter_day(clocks.feedback_due, dutch, f[2].text);
	snprintf(f[3].text, sizeof f[3].text, "%s", receiver_words(d, to,
	    receiver, dutch));
	snprintf(f[4].text, sizeof f[4].text, "%s", basis_words(d, k,
	    to, dutch));
	snprintf(f[5].text, sizeof f[5].text, "%s", d->keyset == NULL ? "" :
	    d->keyset->organisation);
	fill(out, text, f, sizeof f / sizeof *f);
	return out->failed ? ERR_LIMIT : OK;
}

enum err
letter_acknowledge(struct desk *d, const struct kase *k, struct buf *out)
{
	return letter_make(d, (size_t)(k - d->state->kase),
	    "acknowledgement", NULL, NULL, NULL, out);
}

enum err
letter_whole(const char *text, size_t len, struct refusal *why)
{
	const char *at = memchr(text, '[', len);

	while (at != NULL) {
		static const char *const open[] = {"[vul in]", "[fill in]",
			"[verslag]", "[record]", "[instantie]",
			"[authority]", "[grond]", "[ground]"};
		size_t left = len - (size_t)(at - text);
		for (unsigned i = 0; i < 8; i++) {
			size_t n = strlen(open[i]);
			if (left >= n && memcmp(at, open[i], n) == 0) {
				return refuse(why, ERR_POLICY, "In de brief "
				    "staat nog een plek om in te vullen.",
				    "The letter still has a place to fill "
				    "in.");
			}
		}
		at = memchr(at + 1, '[', left - 1);
	}
	return OK;
}
