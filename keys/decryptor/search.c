/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Looks for a word in messages, names of attachments, answers, notes and what
 * else is kept (kept.h).
 * May read every record of the casebook; keeps nothing of them.
 */
#include "search.h"

#include <stdlib.h>
#include <string.h>

#include "content.h"
#include "kept.h"

static bool
holds(const char *text, const char *word)
{
	return strcasestr(text, word) != NULL;
}

static void
look_message(const struct desk *d, const struct message *m, const char *word,
    struct search_case *c)
{
	struct content *content = NULL;

	if (!desk_text_shown(d, m)) {
		return;
	}
	if (desk_content(d, m, &content) != OK) {
		c->unread++;
		return;
	}
	for (unsigned i = 0; i < content->report->answers && !c->hit; i++) {
		c->hit = holds(content->report->answer[i].text, word);
	}
	for (unsigned i = 0; i < content->report->attachments && !c->hit;
	    i++) {
		c->hit = holds(content->report->attachment[i].name, word);
	}
	content_free(content);
}

static void
look_record(const struct desk *d, size_t k, const uint8_t record[RECORD_ID],
    const char *word, struct search *s)
{
	struct buf text;

	if (s->kase[k].hit || !desk_ours_shown(d, k)) {
		return;
	}
	text = buf_new_secret(RECORD_MAX);
	if (record_get(d->book, record, &text) != OK ||
	    buf_cstr(&text) == NULL) {
		s->kase[k].unread++;
	} else {
		s->kase[k].hit = holds((const char *)text.p, word);
	}
	buf_free(&text);
}

enum err
search_cases(const struct desk *d, const char *word, struct search *out)
{
	const struct state *s = d->state;
	struct search r = {.homeless = s->damaged + s->unmatched};

	if (strlen(word) < SEARCH_WORD_MIN) {
		return ERR_LIMIT;
	}
	r.kase = calloc(s->kases + 1, sizeof *r.kase);
	if (r.kase == NULL) {
		return ERR_MEMORY;
	}
	for (size_t i = 0; i < s->messages; i++) {
		size_t k = s->message[i].kase;
		if (k != NOT_FOUND && !r.kase[k].hit) {
			look_message(d, &s->message[i], word, &r.kase[k]);
		}
	}
	for (size_t i = 0; i < s->answers; i++) {
		look_record(d, s->answer[i].kase, s->answer[i].record, word,
		    &r);
	}
	for (size_t i = 0; i < s->notes; i++) {
		look_record(d, s->note[i].kase, s->note[i].record, word, &r);
	}
	for (size_t i = 0; i < s->kepts; i++) {
		if (kept_shown(d, &s->kept[i])) {
			look_record(d, s->kept[i].kase, s->kept[i].record,
			    word, &r);
		}
	}
	for (size_t k = 0; k < s->kases; k++) {
		r.hits += r.kase[k].hit;
		r.missed += search_missed(&r, k);
	}
	*out = r;
	return OK;
}

bool
search_missed(const struct search *s, size_t k)
{
	return !s->kase[k].hit && s->kase[k].unread > 0;
}

void
search_free(struct search *s)
{
	free(s->kase);
	s->kase = NULL;
}
