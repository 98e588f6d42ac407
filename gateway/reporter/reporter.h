/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The reporter's program: seals on this machine, sends, reads answers back.
 * The code and the text live in secret memory only; nothing is kept on disk
 * but what an option names.
 */
#ifndef MELDLUIK_REPORTER_H
#define MELDLUIK_REPORTER_H

#include "keysfetch.h"
#include "law.h"
#include "meldluik/envelope.h"
#include "meldluik/mailbox.h"

#define REPORTER_ANSWERS 32u
#define REPORTER_RESEALS 4u

struct reporter_options {
	const char *gateway, *proxy, *ca_file, *keyset, *state, *fingerprint;
	const char *text, *about, *relation, *language, *out, *receipt;
	const char *code_file, *last_reply, *sealed;
	const char *attach[REPORT_ATTACHMENTS_MAX];
	unsigned attachments;
	const char *answer[REPORTER_ANSWERS];
	unsigned answers;
	unsigned desk, tries;
	int code_fd;
	bool advice, no_mailbox, json, old_keys;
	uint32_t given; /* a bit an option of the command line */
	day_t today;
};

/* What is trusted in this run, and the connection, if there is one */
struct reporter {
	const struct reporter_options *o;
	struct transfer *t;
	struct keyset *k;
	struct epoch *epoch;
	day_t closed[REPORTER_RESEALS]; /* weeks the gateway answered 410 to */
	unsigned closeds;
	bool reads; /* nothing is sealed: an expired keyset will do */
};

/* Keyset from the folder or the gateway, checked against the pin and what
 * --state remembers. Says what is wrong. */
enum err trust_open(struct reporter *r);
/* The newest epoch file that may be used today; after a 410 also that of
 * next week, because the clock of this machine may be behind, and none that
 * was closed. ERR_STALE: there is no other. ERR_POLICY: it is of a week that
 * ended more than seven days ago, and --old-keys was not given. */
enum err trust_epoch(struct reporter *r);
/* The same anew after a 410; never of another organisation than before */
enum err trust_again(struct reporter *r);
void trust_close(struct reporter *r);
/* ERR_STALE when older than what --state remembers; else remembers it */
enum err state_lane(const struct reporter_options *o, const struct lane *l);
/* A board that is not there: ERR_STALE when --state remembers one */
enum err state_no_lane(const struct reporter_options *o, unsigned desk);
/*
 * The upload under which a sealed file was last sent in parts, so that the
 * next run goes on there: ${id} is 32 hex digits and a NUL. Without --state,
 * or when nothing is known, false. Not remembered is no error.
 */
#define UPLOAD_HEX 33u
bool state_upload(const struct reporter_options *o,
    const uint8_t hash[HASH_LEN], char id[UPLOAD_HEX]);
/* ${id} NULL: forgets it */
void state_upload_keep(const struct reporter_options *o,
    const uint8_t hash[HASH_LEN], const char *id);
/* ERR_STALE when the signed page.json was replaced before or is of an older
 * release, which is said; else remembers it. ${hash}: of the document. */
enum err state_page(const struct reporter_options *o, const struct page *g,
    const uint8_t hash[HASH_LEN]);
enum err state_keyset(const struct reporter_options *o,
    const struct keyset_files *f, const struct keyset *k);

/* The question before the = of an --answer; false: there is none such */
#define ANSWER_KEY 40u
bool answer_key(const char *answer, char key[ANSWER_KEY]);
/* Are the options of a message, that have a fixed choice, one of it? Says
 * which is not and what there is. */
enum err options_good(const struct reporter_options *o);

/* What lies on the boards for a code */
struct boards {
	struct mailbox_replies lane[KEYSET_DESKS_MAX]; /* in keyset order */
	unsigned lanes, missing;
	bool opened; /* all that could be fetched was opened */
};
/*
 * boards_read(r, code, typed, b): fetches every board as anybody does, ends
 * the connection, and opens what is for ${code} when that was ${typed}. An
 * error that left ${b} opened: of one board; it was said. The caller clears.
 */
enum err boards_read(struct reporter *r, const struct code *code,
    bool typed, struct boards *b);
void boards_clear(struct boards *b);
/* The desk a later message goes to; 0: none works */
unsigned boards_reader(const struct reporter *r, const struct boards *b,
    const struct code *code);
/* "${what} desk N, NAME" */
void reader_say(const struct reporter *r, const char *what, unsigned desk);
#define READS_LATER "a later message with this code goes to"

/* Looks at the pages of every language of ${g}: each loads the script of its
 * language and nothing else that runs. Says what is wrong. */
enum err pages_look(struct reporter *r, const struct page *g);

/* Code typed or from a file; secret memory. ERR_FORMAT, ERR_CRYPT as
 * code_parse. */
enum err code_ask(const struct reporter_options *o, struct code *out);
enum err code_show(const struct reporter_options *o, const struct code *c);

/* A sealed envelope in a file without a name */
struct sealed {
	int fd;
	uint64_t size;
	uint8_t hash[HASH_LEN];
	char epoch[WEEK_TEXT];
};
/* ${text}: secret buffer; ${code} NULL: no mailbox */
enum err message_seal(struct reporter *r, enum report_kind kind,
    unsigned desk, const struct buf *text, const struct code *code,
    struct sealed *out);
/* Sends from ${offset} of the file; verifies and keeps the receipt.
 * ERR_STALE: the week is closed. */
enum err message_send(struct reporter *r, const struct sealed *s,
    uint64_t offset);
enum err sealed_save(struct reporter *r, const struct sealed *s);

/* Verbs */
enum err verb_seal(struct reporter *r, int argc, char **argv);
enum err verb_send(struct reporter *r, int argc, char **argv);
enum err verb_follow_up(struct reporter *r, int argc, char **argv);
enum err verb_withdraw(struct reporter *r, int argc, char **argv);
enum err verb_check(struct reporter *r, int argc, char **argv);
enum err verb_verify(struct reporter *r, int argc, char **argv);

#endif
