/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The desk as a page on loopback. One process, one thread, one session: a
 * request is answered whole before the next is looked at, so nothing here
 * needs a lock.
 *
 * Who may talk to it (session.c, guard.c, peer.c):
 *   another user of this machine   peer.c asks the kernel whose socket it is
 *   a web page in the same browser a host name of its own per start, exact
 *                                  Host and Origin, SameSite=Strict cookie,
 *                                  a token in every form
 *   DNS rebinding                  the exact Host again
 *   who saw the address            it works once, and opens only the question
 *                                  for the passphrase
 * Who runs as the same user or root can read the memory of every process of
 * that user; no page helps against that.
 *
 * What is decrypted for a page lives in secret memory until it is sent.
 */
#ifndef DECRYPTOR_UI_H
#define DECRYPTOR_UI_H

#include "../ceremony.h"
#include "embedded_pages.h"
#include "meldluik/fields.h"
#include "meldluik/view.h"

#define UI_HOST 64u
#define UI_TOKEN 32u             /* bytes of a token */
#define UI_TOKEN_TEXT 65u        /* as hex, with NUL */
#define UI_PAGE_MAX ((size_t)32 << 20)
/* Texts are of 64 KiB at most; what is far longer is still answered with a
 * page that says so and holds it. Three bytes on the wire for one. */
#define UI_FORM_MAX ((size_t)6 << 20)
#define UI_STICKS 16u
#define UI_IDLE_MINUTES 10u
#define UI_ROWS 50u              /* of one page of a list */
#define UI_ONCE 32u              /* digits of the number of a form */
#define UI_SPENT 512u

/* The founding ceremony (page_ceremony.c), while it is not done */
struct ui_founding {
	bool waits;        /* no home yet, or one whose ceremony goes on */
	struct ceremony c;
	char folder[CEREMONY_FOLDER]; /* offered to print from */
	bool in_memory;               /* that folder is */
	char connected[64]; /* a network that was up at the start, or "" */
	enum { WORDS_NONE, WORDS_SHOWN, WORDS_TAKEN, WORDS_OWN } words;
};

/* A form that did what it was for, and where its answer led */
struct ui_spent {
	char number[UI_ONCE + 1];
	uint8_t form[HASH_LEN]; /* of all that stood in it */
	char to[128];
};

struct ui {
	struct desk *desk;
	bool today_given;      /* else the day follows the clock */
	bool unlocked;
	char host[UI_HOST];    /* "desk-....localhost:40001" */
	char origin[UI_HOST + 8];
	char ticket[UI_TOKEN_TEXT]; /* of the one-time address; "" when used */
	char session[UI_TOKEN_TEXT]; /* of the cookie; "" when there is none */
	char csrf[UI_TOKEN_TEXT];
	int64_t touched;       /* seconds, monotonic */
	unsigned idle;         /* minutes */
	unsigned tries;        /* wrong passphrases in a row */
	const char *stick[UI_STICKS]; /* folders named at the start */
	unsigned sticks;
	char notice[1024];     /* for the next page */
	bool notice_bad;
	char seen[512];        /* what was said in English beside it */
	struct fields *refused; /* the form that it speaks of, or NULL */
	char refused_at[160];   /* its address */
	struct ui_spent spent[UI_SPENT]; /* the newest */
	size_t spents;
	struct ui_founding founding;
};

/* One request being answered. Strings a view names live in its arena. */
struct chunk;
struct visit {
	struct ui *ui;
	struct desk *d;
	unsigned lang;       /* index into page_templates[] */
	bool post;
	const char *path;    /* behind the language, "/case/2026-7K3Q" */
	size_t k;            /* case of the address, or NOT_FOUND */
	const char *rest;    /* behind the case, "" or "/note" */
	const char *(*query)(const struct visit *v, const char *name);
	void *connection;
	struct fields *form; /* of a POST */
	/* values of the page; behind it work on the case, its head, and the
	 * frame, as one view holds VIEW_VALUES */
	struct view view, work, head, outer;
	struct chunk *arena;
	size_t unread; /* records of the page that could not be read */
	/* the answer */
	unsigned status;
	struct buf body;
	const char *type;
	const char *policy; /* of its content; NULL: that of every page */
	char location[128];
	bool set_cookie, clear;
};

/* serve.c: runs until a signal or the browser ends */
enum err ui_serve(struct ui *ui, unsigned port, const char *browser);

/* session.c */
void session_ticket(struct ui *ui);
/* False: not that ticket, or used */
bool session_begin(struct ui *ui, const char *ticket);
/* Is ${cookie} (a Cookie header or NULL) of this session? */
bool session_good(const struct ui *ui, const char *cookie);
bool session_form(const struct ui *ui, const struct fields *f);
void session_touch(struct ui *ui);
bool session_idle(const struct ui *ui);
enum err session_unlock(struct ui *ui, const char *pass, size_t len);
void session_lock(struct ui *ui);

/* founding.c: does a ceremony wait? Before anything is served */
enum err founding_find(struct ui *ui);
/* After unlocking: on where it was, also by the terminal since */
enum err founding_resume(struct ui *ui, struct refusal *why);
/* Words, dice or a passphrase in memory that are not part of a desk yet */
bool founding_secrets(const struct ui *ui);
void founding_rest(struct ui *ui); /* they are wiped */

/* guard.c: what is refused before a handler sees it; 0 or a status */
struct guard_facts {
	const char *method, *host, *origin, *site, *type, *path;
	bool two_hosts;
};
unsigned guard_check(const struct ui *ui, const struct guard_facts *f);

/* peer.c: sockets of this user only */
enum err peer_setup(void);
bool peer_is_me(uint32_t address, uint16_t port, uint16_t ours);

/* browser.c: a browser with a profile of its own in memory */
enum err browser_start(struct ui *ui, const char *program);
bool browser_running(void);
void browser_end(void);
const char *browser_profile(void); /* NULL: none */

/* confine.c: what the process may still do once it listens */
enum err confine(const struct ui *ui, const char *profile);

/* routes.c */
void route(struct visit *v);

/* once.c: a form acts once. Numbers for the forms of a page, in place */
void once_number(struct buf *page);
/* Was this form spent? Then it is answered */
bool once_again(struct visit *v);
/* What once_spend wants to know when the act is done: it is spent when the
 * journal grew or a word of success waits */
uint64_t once_before(const struct visit *v);
void once_spend(struct visit *v, uint64_t before);

/* refill.c: ${page} with its form for ${action} as it was sent, appended to
 * ${out}; false: it has no such form */
bool refill(const struct buf *page, const char *action,
    const struct fields *f, struct buf *out);

/* visit.c: memory and answers */
void *visit_new(struct visit *v, size_t len); /* zeroed secret memory */
char *visit_text(struct visit *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
char *visit_keep(struct visit *v, const char *p, size_t len);
struct view *visit_rows(struct visit *v, size_t n);
/* The form of ${v} is kept for the page that says why it was refused */
void visit_refused(struct visit *v);
void visit_end(struct visit *v);
/* How much of the address of a form is that of the page that has it */
size_t visit_form_page(const char *at);
/* Frame of a page and the page; ${menu} 0 none, 1..5 */
void visit_page(struct visit *v, enum page_id page, enum text_id title,
    unsigned menu);
void visit_plain(struct visit *v, unsigned status, enum text_id why);
/* 303 to ${fmt} behind the language */
void visit_go(struct visit *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The sentence of a refusal with its rule and article */
const char *refusal_text(struct visit *v, const struct refusal *why);
/* Shown on the next page */
void notice_good(struct visit *v, enum text_id t, const char *word);
void notice_bad(struct visit *v, enum text_id t);
void notice_bad_n(struct visit *v, enum text_id t, uint64_t n);
/* That a form did its work already, before what it said then */
void notice_again(struct visit *v);
void notice_bad_word(struct visit *v, enum text_id t, const char *word);
void notice_refusal(struct visit *v, const struct refusal *why);
/* What desk functions said (say_error) while they failed */
void notice_said(struct visit *v, enum text_id t, const struct buf *said);
/* What stands in the <main> of a page of html_page.h; "" when there is none */
const char *visit_body(struct visit *v, struct buf *page);
/* A field of the form, "" when absent */
const char *field(const struct visit *v, const char *name);

/* words.c: codes and days in the language of the page */
const char *say(const struct visit *v, enum text_id t);
const char *say_n(struct visit *v, enum text_id t, long long n);
const char *say_word(struct visit *v, enum text_id t, const char *word);
const char *language(const struct visit *v); /* "nl", "en" */
const char *date_long(struct visit *v, day_t d);  /* 23 november 2026 */
/* vr 20 nov; of another year than this: vr 26 feb 2027 */
const char *date_short(struct visit *v, day_t d);
const char *date_iso(struct visit *v, day_t d);
const char *code_label(struct visit *v, const char *vocabulary,
    const char *code);
const char *state_label(struct visit *v, enum case_state s);
const char *reply_label(struct visit *v, enum reply_kind k);
const char *act_label(struct visit *v, enum act a);
const char *about_label(struct visit *v, const char *role);
const char *person_label(struct visit *v, const char *id);
void tag_set(struct visit *v, struct view *row, enum clock_colour c,
    const char *text); /* CLOCK_DONE: a tick */
void tag_plain(struct view *row, const char *text);
/* "3 dagen te laat", "morgen", "nog 5 dagen" */
const char *due_words(struct visit *v, day_t due);
/* A choice of ${name}: rows with value, label, chosen, id */
void options_set(struct visit *v, struct view *to, const char *list,
    const char *vocabulary, const char *chosen);

/* term.c: what a case must have by when */
struct term {
	size_t k;
	bool feedback;       /* else the acknowledgement */
	day_t from, due, due_late; /* due_late: Atw, DAY_NONE when the same */
	day_t drafted, posted;
	enum clock_colour colour;
	bool guess; /* the holidays that we know do not reach that far */
	bool unknown; /* the dates cannot be told: shown in red, as today */
};
/* The next legal date of case ${k}; false: none runs */
bool term_next(struct visit *v, size_t k, struct term *out);
/* One of the two, met or not, to be drawn; false: there is none */
bool term_shown(struct visit *v, size_t k, bool feedback,
    struct term *out);
/* The same; not when its dates cannot be told */
enum err term_of(struct visit *v, size_t k, bool feedback,
    struct term *out);
void term_set(struct visit *v, struct view *row, const struct term *t);

/* Pages: GET and POST of one address each */
void page_login(struct visit *v);
void page_ceremony(struct visit *v);
void page_paper(struct visit *v);
void page_lock(struct visit *v);
void page_today(struct visit *v);
void page_inbox(struct visit *v);
void page_case(struct visit *v);
void page_triage(struct visit *v);
void page_letter(struct visit *v);
void page_forward(struct visit *v);
void page_recuse(struct visit *v);
void page_enter(struct visit *v);
void page_register(struct visit *v);
void page_search(struct visit *v);
void page_bulk(struct visit *v);
void page_approve(struct visit *v);
void page_sign(struct visit *v);
void page_report(struct visit *v);
void page_adviser(struct visit *v);
void page_keys(struct visit *v);
void page_handbook(struct visit *v);
/* The same as one HTML file without the page around it; ERR_UNKNOWN: no such
 * language */
enum err handbook_file(const char *language, struct buf *out);
/* Health of stick, backup and keys, as list ${health} */
void keys_health(struct visit *v, struct view *to);
/* Work that waits for the stick: sets stick_* values */
void stick_set(struct visit *v, struct view *to);
/* Folders a stick may be in, as list ${places} */
void places_set(struct visit *v, struct view *to);
/* lost.c: bodies that do not come, as list ${lost} */
void lost_set(struct visit *v);
/* The one that field hash names is written off, with stick ${dir} at hand; or
 * a second person is asked, by the file *${asked} on it */
enum err lost_decide(struct visit *v, int dir, const char **asked,
    struct refusal *why);
/* The same for a start at the manifest that field number names */
enum err resume_decide(struct visit *v, int dir, const char **asked,
    struct refusal *why);
/* requests.c: requests of case ${k}, or with NOT_FOUND the open ones that
 * belong to none, as list ${requests} with who may sign on paper */
void requests_set(struct visit *v, size_t k);
/* page_approve.c: a second person is asked for ${detail} of no case, by the
 * file *${asked} in ${dir} */
enum err request_ask(struct visit *v, int dir, const char *detail,
    const char *summary, const char **asked, struct refusal *why);
/* The signed request that field file names, taken back */
enum err request_take_file(struct visit *v, struct refusal *why);
/* Opens a folder chosen on the page; -1 and a notice */
int place_open(struct visit *v, const char *path);
/* The same for an act: -1 and ${why} */
int place_need(struct visit *v, const char *path, struct refusal *why);

#endif
