/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A template (policy/base/view.c renders it) is turned into the steps that a
 * page may take, and all ways through them are followed at once, so that no
 * page can make this slow: at each byte every step is looked at once.
 */
#include <stdlib.h>
#include <string.h>

#include "pagematch.h"

#define DEPTH_MAX 8u /* sections in sections */
#define BYTE 256u    /* above the bytes: the other kinds of steps */

enum { VALUE = BYTE, EITHER, GOTO, END };

/* VALUE: any number of ${letters}, then on; EITHER: on, or to ${to} */
struct step {
	unsigned what;
	const char *letters; /* NULL: all that is no markup */
	unsigned to;
};

struct section {
	unsigned at; /* its EITHER */
	int stands, turned;
};

struct way {
	struct step *step;
	unsigned steps, max, depth, hidden; /* in sections that never stand */
	struct section open[DEPTH_MAX];
	const char *lang, *kind;
};

#define WORD "abcdefghijklmnopqrstuvwxyz0123456789_-"

/* Values that may not be just any text, and what always stands before */
static const struct {
	const char *name, *before, *letters;
} values[] = {
	{ "id", "q_", WORD }, { "n", "", "0123456789" },
	{ "parent_n", "", "0123456789" }, { "code", "", WORD },
	{ "desks", "", WORD " " }, { "default_role", "", WORD },
	{ "exit_url", "http", NULL }, { "value", "", "" },
};

static const char *const lists[] = { "roles", "questions", "children",
	"options", "languages", NULL };
/* A page that was asked for, not sent: nothing is filled in yet */
static const char *const nevers[] = { "error", "checked", NULL };

static bool
word_is(const char *word, const char *s, size_t n)
{
	return strlen(word) == n && memcmp(word, s, n) == 0;
}

static bool
in_list(const char *const *list, const char *s, size_t n)
{
	while (*list != NULL && !word_is(*list, s, n)) {
		list++;
	}
	return *list != NULL;
}

static unsigned
step_add(struct way *w, unsigned what)
{
	if (w->steps == w->max) {
		abort(); /* own invariant: see page_match */
	}
	w->step[w->steps] = (struct step){ .what = what };
	return w->steps++;
}

static void
bytes_add(struct way *w, const char *s)
{
	for (; *s != '\0'; s++) {
		step_add(w, (unsigned char)*s);
	}
}

static void
value_add(struct way *w, const char *s, size_t n)
{
	const char *letters = NULL;

	if (word_is("lang", s, n) || word_is("kind", s, n)) {
		bytes_add(w, *s == 'l' ? w->lang : w->kind);
		return;
	}
	for (unsigned i = 0; i < sizeof(values) / sizeof(*values); i++) {
		if (word_is(values[i].name, s, n)) {
			bytes_add(w, values[i].before);
			letters = values[i].letters;
		}
	}
	w->step[step_add(w, VALUE)].letters = letters;
}

/* Does the section of this name stand? 0 or 1, or */
enum { MAYBE = -1, OFTEN = -2 };

static int
stands(const struct way *w, const char *s, size_t n)
{
	if (word_is("is_report", s, n)) {
		return strcmp(w->kind, "advice") != 0;
	}
	if (word_is("scripted", s, n)) {
		return *w->kind != '\0';
	}
	return in_list(nevers, s, n) ? 0 : in_list(lists, s, n) ? OFTEN :
	    MAYBE;
}

static void
section_open(struct way *w, bool turned, const char *s, size_t n)
{
	struct section *o = &w->open[w->depth];

	if (w->depth++ == DEPTH_MAX) {
		abort(); /* own template */
	}
	o->stands = stands(w, s, n);
	o->turned = turned;
	o->at = w->steps;
	if (o->stands == o->turned) {
		w->hidden++;
	} else if (o->stands < 0 && w->hidden == 0) {
		step_add(w, EITHER);
	}
}

static void
section_close(struct way *w)
{
	const struct section *o;

	if (w->depth == 0) {
		abort(); /* own template */
	}
	o = &w->open[--w->depth];
	if (o->stands == o->turned) {
		w->hidden--;
	} else if (o->stands < 0 && w->hidden == 0) {
		if (o->stands == OFTEN && !o->turned) {
			w->step[step_add(w, GOTO)].to = o->at;
		}
		w->step[o->at].to = w->steps;
	}
}

/* Steps of ${t}; embed_pages has seen that its sections are closed */
static void
steps_make(struct way *w, const char *t, size_t len)
{
	const char *end = t + len, *close;
	size_t n;

	while (t < end) {
		close = end - t > 2 && t[0] == '{' && t[1] == '{' ?
		    memmem(t, (size_t)(end - t), "}}", 2) : NULL;
		if (close == NULL) {
			if (w->hidden == 0) {
				step_add(w, (unsigned char)*t);
			}
			t++;
			continue;
		}
		n = (size_t)(close - t) - 2;
		if (t[2] == '#' || t[2] == '^') {
			section_open(w, t[2] == '^', t + 3, n - 1);
		} else if (t[2] == '/') {
			section_close(w);
		} else if (w->hidden == 0) {
			value_add(w, t + 2, n);
		}
		t = close + 2;
	}
	step_add(w, END);
}

static bool
letter_of(const struct step *s, char c)
{
	return c != '\0' && (s->letters != NULL ?
	    strchr(s->letters, c) != NULL : strchr("<>\"", c) == NULL);
}

/* Steps that can take the next byte, each once */
struct places {
	unsigned *at, n;
	unsigned *seen, round; /* of each step: the round that had it */
};

static void
place_add(const struct way *w, struct places *p, unsigned i)
{
	const struct step *s = &w->step[i];

	if (p->seen[i] == p->round) {
		return;
	}
	p->seen[i] = p->round;
	if (s->what == EITHER || s->what == GOTO) {
		place_add(w, p, s->to);
	} else {
		p->at[p->n++] = i;
	}
	if (s->what == EITHER || s->what == VALUE) {
		place_add(w, p, i + 1);
	}
}

/* The byte ${c}, from ${now} to ${next} */
static void
byte_take(const struct way *w, const struct places *now, struct places *next,
    char c)
{
	next->n = 0;
	next->round++;
	for (unsigned k = 0; k < now->n; k++) {
		const struct step *s = &w->step[now->at[k]];

		if (s->what == VALUE && letter_of(s, c)) {
			place_add(w, next, now->at[k]);
		} else if (s->what == (unsigned char)c) {
			place_add(w, next, now->at[k] + 1);
		}
	}
}

static enum err
way_follow(const struct way *w, unsigned *room, const struct buf *page,
    unsigned *line)
{
	struct places p[2] = {
		{ .at = room, .seen = room + w->steps, .round = 1 },
		{ .at = room + 2 * w->steps, .seen = room + 3 * w->steps },
	};
	unsigned k = 0;

	*line = 1;
	place_add(w, &p[0], 0);
	for (size_t i = 0; i < page->len && p[k].n > 0; i++) {
		byte_take(w, &p[k], &p[!k], (char)page->p[i]);
		k = !k;
		*line += p[k].n > 0 && page->p[i] == '\n';
	}
	for (unsigned i = 0; i < p[k].n; i++) {
		if (w->step[p[k].at[i]].what == END) {
			return OK;
		}
	}
	return ERR_FORMAT;
}

enum err
page_match(const char *t, size_t len, const char *lang, const char *kind,
    const struct buf *page, unsigned *line)
{
	/* nothing makes more steps than it has letters, braces included */
	struct way w = { .step = calloc(len + 1, sizeof(*w.step)),
		.max = (unsigned)len + 1, .lang = lang,
		.kind = kind != NULL ? kind : "" };
	unsigned *room = NULL;
	enum err e = ERR_MEMORY;

	*line = 0;
	if (w.step != NULL) {
		steps_make(&w, t, len);
		room = calloc(4 * (size_t)w.steps, sizeof(*room));
	}
	if (room != NULL) {
		e = way_follow(&w, room, page, line);
	}
	free(room);
	free(w.step);
	return e;
}
