/* SPDX-License-Identifier: EUPL-1.2 */
/* See the header. Everything but the page's own file is played: the public
 * files, the words of the organisation, and what is answered. */
#include <limits.h>

#include "../../gateway/pages/replies.c"
#include "replies_poison.h"
#include "poison.h"

#ifdef HAVE_MEMCHECK
static const struct page_board *board;
static unsigned shown;
static bool refused, padded;

bool
snapshot_file(const struct snapshot *s, const char *path,
    struct public_file *out)
{
	struct bytes b = strcmp(path, "board/1.json") == 0 ?
	    board->manifest : strcmp(path, "board/1.json.minisig") == 0 ?
	    board->signature : strcmp(path, "board/1") == 0 ? board->slots :
	    (struct bytes){NULL, 0};

	(void)s;
	*out = (struct public_file){b.p, b.len};
	return b.p != NULL;
}

struct site *
site_open(unsigned lang)
{
	struct site *s = calloc(1, sizeof(*s));

	(void)lang;
	if (s != NULL) {
		s->keyset = board->keyset;
		view_init(&s->view, NULL);
	}
	return s;
}

void
site_close(struct site *s)
{
	free(s);
}

const char *
site_text(unsigned lang, enum text_id t)
{
	(void)lang;
	(void)t;
	return "text";
}

/* One for each reply on the page */
void
site_date(unsigned lang, day_t d, bool weekday, char out[DATE_TEXT])
{
	(void)lang;
	(void)weekday;
	day_text(d, out);
	shown++;
}

const char *
site_desk_name(const struct site *s, unsigned number)
{
	(void)s;
	(void)number;
	return "desk";
}

void
form_id_new(char out[FORM_ID_TEXT])
{
	memset(out, '0', FORM_ID_TEXT - 1);
	out[FORM_ID_TEXT - 1] = '\0';
}

enum text_id
code_problem(const char *typed, size_t len)
{
	(void)typed;
	(void)len;
	refused = true;
	return TEXT_ERR_CODE_TYPO;
}

void
page_fail(struct exchange *x, unsigned status, unsigned lang,
    enum text_id why)
{
	(void)x;
	(void)status;
	(void)lang;
	(void)why;
}

void
page_answer(struct exchange *x, unsigned status, enum page_id page,
    unsigned lang, const struct view *v, bool secret)
{
	(void)x;
	(void)status;
	(void)page;
	(void)lang;
	(void)v;
	(void)secret;
}

void
page_answer_padded(struct exchange *x, unsigned status, enum page_id page,
    unsigned lang, const struct view *v, size_t size)
{
	(void)x;
	(void)lang;
	(void)v;
	padded = status == 200 && page == PAGE_REPLIES && size == REPLIES_PAGE;
}

void
exchange_hold(struct exchange *x)
{
	(void)x;
}

int32_t
exchange_today(void)
{
	return day_make(2026, 11, 24);
}

unsigned
replies_poison(const struct page_board *b, const char *code)
{
	struct fields *f = fields_new();
	size_t len = strlen(code);

	board = b;
	shown = 0;
	refused = padded = false;
	if (f == NULL || fields_begin(f, "code") != OK ||
	    fields_grow(f, (const uint8_t *)code, len) != OK ||
	    fields_end(f) != OK) {
		fields_free(f);
		return UINT_MAX - 1;
	}
	/* version and desk, in its first two characters, are public */
	poison_text((char *)(uintptr_t)fields_get(f, "code") + 2);
	replies_answer(NULL, 0, f);
	SHOW(fields_get(f, "code"), len);
	fields_free(f);
	return !padded ? UINT_MAX - 1 : refused ? UINT_MAX : shown;
}
#endif
