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
#include "meldluik/routing.h"
#include "meldluik/view.h"

#define PAGE_MAX (512u * 1024u) /* a page with all text escaped, kept */
#define DATE_TEXT 64u           /* "woensdag 30 september 2026" */
#define SITE_ROLES_MAX 64u
#define FORM_ID 16u
#define FORM_ID_TEXT 33u
#define RECEIPT_NUMBER 20u /* 16 characters in groups, with NUL */
#define SVG_PATH_MAX 16384u

/* The organisation as of now, in one language. Lives for one answer. */
struct site {
	unsigned lang; /* index into page_templates[] */
	const struct profile *profile;
	const struct snapshot *snapshot;
	const struct keyset *keyset; /* NULL: none yet */
	const struct epoch *epoch;   /* NULL: not open */
	struct route_desk desk[KEYSET_DESKS_MAX];
	const char *bar[KEYSET_DESKS_MAX][KEYSET_ROLES];
	char print[FINGERPRINT_TEXT];
	char ack_iso[DAY_TEXT], feedback_iso[DAY_TEXT], day_iso[DAY_TEXT];
	char ack[DATE_TEXT], feedback[DATE_TEXT], day[DATE_TEXT];
	char ack_days[8], feedback_months[8];
	char default_desk[KEYSET_NAME];
	struct view role[SITE_ROLES_MAX];
	size_t roles;
	char role_desks[SITE_ROLES_MAX][KEYSET_DESKS_MAX * KEYSET_ID];
	struct view print_group[8];
	char print_groups[8][5];
	struct view view;
};

/* Takes a snapshot; NULL when there is no memory */
struct site *site_open(unsigned lang);
void site_close(struct site *s); /* accepts NULL */
const char *site_language(unsigned lang); /* "nl", "en" */
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

/* Renders and answers. ${secret}: the page holds a code or a text. */
void page_answer(struct exchange *x, unsigned status, enum page_id page,
    unsigned lang, const struct view *v, bool secret);
/* The same, filled with spaces to exactly ${size} bytes */
void page_answer_padded(struct exchange *x, unsigned status,
    enum page_id page, unsigned lang, const struct view *v, size_t size);
/* failed.html with one sentence */
void page_fail(struct exchange *x, unsigned status, unsigned lang,
    enum text_id why);
/* A text of a static path, or NULL */
const struct embedded *page_static(const char *path);

/* POST handlers: each answers, from finish() on */
enum post {
	POST_CODE, POST_FORM, POST_REPLIES, POST_WITHDRAW, /* urlencoded */
	POST_REPORT, POST_ADVICE, POST_FOLLOW_UP, POST_SEALED /* multipart */
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
