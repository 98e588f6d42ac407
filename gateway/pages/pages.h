/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Shared inside gateway/pages: what a page knows of the organisation, and
 * how a page becomes an answer. Handlers see the engine only through
 * ../http/exchange.h.
 */
#ifndef MELDLUIK_GATEWAY_PAGES_H
#define MELDLUIK_GATEWAY_PAGES_H

#include "../http/exchange.h"
#include "embedded_pages.h"
#include "form.h"
#include "meldluik/clocks.h"
#include "meldluik/envelope.h"
#include "meldluik/keyset.h"
#include "meldluik/pagepolicy.h"
#include "meldluik/routing.h"
#include "meldluik/view.h"
#include "organisation.h"
#include "setup.h"

#define PAGE_MAX (512u * 1024u) /* a page with all text escaped, kept */
#define DATE_TEXT 64u           /* "woensdag 30 september 2026" */
#define SITE_ROLES_MAX 64u
#define FORM_ID 16u
#define FORM_ID_TEXT 33u
#define RECEIPT_NUMBER 20u /* 16 characters in groups, with NUL */
#define SVG_PATH_MAX 16384u

/* The organisation as of now, in one language. Lives for one answer. Each
 * place for a form has one. */
struct site {
	unsigned lang; /* index into page_templates[] */
	const struct profile *profile;
	const struct snapshot *snapshot;
	const struct keyset *keyset; /* NULL: none yet */
	bool withdrawn; /* nobody may trust these keys any more */
	const struct epoch *epoch;   /* NULL: not open */
	struct route_desk desk[KEYSET_DESKS_MAX];
	const char *bar[KEYSET_DESKS_MAX][KEYSET_ROLES];
	char print[FINGERPRINT_TEXT], print_text[FINGERPRINT_TEXT];
	char ack_iso[DAY_TEXT], feedback_iso[DAY_TEXT], day_iso[DAY_TEXT];
	char ack[DATE_TEXT], feedback[DATE_TEXT], day[DATE_TEXT];
	char ack_days[8], feedback_months[8];
	char week[WEEK_TEXT]; /* of the epoch */
	char default_desk[KEYSET_NAME];
	size_t roles; /* rows in each of: */
	struct view *role, *reader_role;
	struct view *reader; /* a desk, with its roles */
	char (*role_desks)[KEYSET_DESKS_MAX * KEYSET_ID];
	struct view language[LANGUAGES];
	struct view print_group[8];
	char print_groups[8][5];
	struct view view;
};

/* Takes a snapshot; NULL when there is no memory */
struct site *site_open(unsigned lang);
void site_close(struct site *s); /* accepts NULL */
const char *site_language(unsigned lang); /* "nl", "en", ... */
const char *site_text(unsigned lang, enum text_id t);
/* The desk that reads about ${role} ("" or NULL: nothing chosen) */
enum err site_desk(const struct site *s, const char *role, unsigned *number);
const char *site_desk_name(const struct site *s, unsigned number);
void site_date(unsigned lang, day_t d, bool weekday, char out[DATE_TEXT]);
/* True if ${role} is "" or a role of the routing table */
bool site_role_known(const struct site *s, const char *role);
/* As in the receipt of the script: 10 bytes of the hash */
void receipt_number(const uint8_t envelope[HASH_LEN],
    char out[RECEIPT_NUMBER]);
void form_id_new(char out[FORM_ID_TEXT]);

/* The configuration (setup.c), the same for the life of the process */
bool language_on(unsigned lang);
bool language_checked(unsigned lang);
unsigned language_first(void);
const struct organisation *organisation(void);
const struct buf *style_sheet(bool small);

/* gzip (pack.c): wanted by the client; the whole of ${p} into ${out} */
bool pack_wanted(const struct exchange *x);
bool pack_gzip(const uint8_t *p, size_t len, struct buf *out);
bool pack_gunzip(const uint8_t *p, size_t len, struct buf *out);

#define HTML PAGE_HTML
/* ERR_LIMIT, ERR_MEMORY: as buf.h says */
enum err page_render(enum page_id page, unsigned lang, const struct view *v,
    struct buf *out);
/* Without a page: "404", "503" */
void page_failure(struct exchange *x, unsigned status);
/* Answers the page of that ${path} after its language, if it is one without
 * input (still.c). ${root}: as the address without a language */
bool still_page(struct exchange *x, const char *path, unsigned lang,
    bool root);
/* lost.html, with ${status} 404, 405 or 503; repeats nothing of the path */
void still_lost(struct exchange *x, unsigned status, unsigned lang);
/* failed.html for who has no place or sends too much: made once, each of them
 * with one ${status}. False: ${why} is another, nothing is answered */
bool still_failed(struct exchange *x, unsigned status, unsigned lang,
    enum text_id why);
/* Style sheet, scripts, offline page (assets.c) */
void asset_begin(struct exchange *x);
/* Renders and answers. ${secret}: the page holds a code or a text. */
void page_answer(struct exchange *x, unsigned status, enum page_id page,
    unsigned lang, const struct view *v, bool secret);
/*
 * The same with a code or text, filled with spaces to ${size} bytes or, if
 * that is too little, the next of its doubles: one size per kind of page,
 * whatever it says.
 */
void page_answer_padded(struct exchange *x, unsigned status,
    enum page_id page, unsigned lang, const struct view *v, size_t size);
bool page_pad(struct buf *b, size_t size); /* false: it does not fit */
#define SMALL_PAGE 16384u /* code, empty form, receipt, failure */
#define TEXT_PAGE 65536u  /* form or preview with a reporter's text */
/* failed.html with one sentence */
void page_fail(struct exchange *x, unsigned status, unsigned lang,
    enum text_id why);
/* A text of a static path, or NULL */
const struct embedded *page_static(const char *path);

/* POST handlers: each answers, from finish() on */
enum post {
	POST_CODE, POST_FORM, POST_REPLIES, POST_WITHDRAW, /* urlencoded */
	POST_REPORT, POST_ADVICE, POST_PREVIEW, POST_EDIT, /* multipart */
	POST_FOLLOW_UP, POST_SEALED
};
/* A multipart request: sent while it is read */
struct sending;
struct sending *sending_new(struct exchange *x, enum post what,
    unsigned lang);
size_t sending_body(struct exchange *x, struct sending *s, uint8_t *p,
    size_t len);
void sending_finish(struct exchange *x, struct sending *s);
void sending_free(struct sending *s);
/* A withdrawal: no files. Takes over ${f} */
void sending_withdraw(struct exchange *x, struct sending *s,
    struct fields *f);

/* The page with a code nobody has, and the empty form */
void code_answer(struct exchange *x, unsigned lang, const struct fields *f);
void form_answer(struct exchange *x, unsigned lang, const struct fields *f);
/* What to say of ${typed}, which is no code: too few signs, or a wrong one */
enum text_id code_problem(const char *typed, size_t len);
/* The form with what was typed; ${why} NO_PROBLEM: to change something */
void form_filled(struct exchange *x, unsigned lang, enum post what,
    const struct fields *f, enum text_id why);
/* What was typed, to look at; the form sends it or goes back */
void preview_answer(struct exchange *x, unsigned lang, enum post what,
    const struct fields *f);
#define NO_PROBLEM TEXTS /* what went wrong, as a page says it: nothing */

/*
 * The organisation's questions on one page. ${f} may be NULL. Lives until
 * the page is rendered; ${v} gets the list "questions".
 */
struct question_views {
	struct view row[QUESTIONS_MAX], child[QUESTIONS_MAX];
	struct view option[QUESTIONS_MAX][OPTIONS_MAX];
	char number[OPTIONS_MAX][4];
};
void questions_show(struct question_views *q, unsigned lang, bool advice,
    const struct fields *f, struct view *v);
/* The answer to question ${i} in words; NULL when there is none */
const char *question_answer(const struct question *q, unsigned lang,
    const struct fields *f);
/* The language of that answer where it is not ${lang}: that of an option
 * which the organisation did not say in it. Else NULL */
const char *question_answer_language(const struct question *q, unsigned lang,
    const struct fields *f);
/* One text of the organisation, and its language where that is not ${lang}:
 * who shows it marks it, so that a screen reader says it in the right one */
void words_view(struct view *v, const char *name, const char *name_lang,
    const struct words *w, unsigned lang);

/* The replies of the code in ${f}; always the same work and size */
void replies_answer(struct exchange *x, unsigned lang,
    const struct fields *f);
/* Their page again, with a text that could not be sent */
void replies_keep(struct exchange *x, unsigned lang, const struct fields *f,
    enum text_id why);

/*
 * What was sent lately: the same form with the same content gets the same
 * receipt. In memory only, at most ONCE_MAX, 24 hours.
 */
struct once_result {
	uint8_t envelope[HASH_LEN];
	day_t day;
	char note[1024];
};
void once_digest(const struct fields *f, const uint8_t *more, size_t len,
    uint8_t out[HASH_LEN]);
bool once_find(const uint8_t digest[HASH_LEN], struct once_result *out);
void once_keep(const uint8_t digest[HASH_LEN], const struct once_result *r);

/* The modules of a QR code as an SVG path; ${size} its side with margin.
 * Wipes what the library left in the heap of this thread. */
enum err qr_path(const char *text, char out[SVG_PATH_MAX], unsigned *size);

#endif
