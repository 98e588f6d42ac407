/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * report.json (keys/FORMAT.md section 3): the one document inside an
 * envelope. Strings are owned by the struct; report_free wipes them.
 */
#ifndef MELDLUIK_REPORT_H
#define MELDLUIK_REPORT_H

#include "meldluik/code.h"

#define REPORT_JSON_MAX 49152u
#define REPORT_ATTACHMENTS_MAX 32u
#define REPORT_ANSWERS_MAX 64u
#define REPORT_NAME_MAX 255u
#define REPORT_ASKED_MAX 200u /* a question of the organisation, as asked */

enum report_kind {
	REPORT_REPORT,
	REPORT_ADVICE,
	REPORT_FOLLOW_UP,
	REPORT_WITHDRAWAL
};
enum report_sealed_by {
	SEALED_BROWSER,
	SEALED_SERVER,
	SEALED_CLI,
	SEALED_OFFLINE_PAGE
};
/* no mailbox; first message; later message; malformed (as none) */
enum report_thread { THREAD_NONE, THREAD_FIRST, THREAD_LATER, THREAD_BAD };

struct report_answer {
	char *key, *text;
	char *asked; /* key q_...: the page's words; NULL: not told */
};
struct report_attachment {
	char *name, *media_type;
	uint64_t size;
	uint8_t sha256[HASH_LEN];
	uint8_t original[HASH_LEN]; /* what this is a clean copy of; zeros:
	                               it is no copy */
};
struct report {
	enum report_kind kind;
	uint8_t org[ORG_LEN];
	uint8_t keyset[HASH_LEN];
	char epoch[9];
	unsigned desk;
	uint8_t message_id[MESSAGE_ID_LEN];
	enum report_sealed_by sealed_by;
	char language[17];
	char relation[16];
	char about[33];
	struct report_answer answer[REPORT_ANSWERS_MAX];
	unsigned answers;
	struct report_attachment attachment[REPORT_ATTACHMENTS_MAX];
	unsigned attachments;
	enum report_thread thread;
	uint8_t tag_key[32];             /* THREAD_FIRST */
	struct age_recipient recipient;  /* THREAD_FIRST */
	struct sign_pk signer;           /* THREAD_FIRST, THREAD_LATER */
	uint8_t last_reply[16];          /* THREAD_LATER; zeros: none */
};

/* Zeroed, in secret memory, with room for its strings behind it: the
 * functions below take no other report. */
struct report *report_new(void);
void report_free(struct report *r);
enum err report_answer_add(struct report *r, const char *key,
    const char *text, size_t len);
/* What the page asked, for an answer q_... added before. ERR_CONFLICT: told
 * twice; ERR_UNKNOWN: no such answer */
enum err report_question_add(struct report *r, const char *key,
    const char *asked, size_t len);
enum err report_attachment_add(struct report *r, const char *name,
    const char *media_type, uint64_t size, const uint8_t sha256[HASH_LEN]);
/* What every page asks: word ${i}, until NULL, which comes once */
const char *report_question(size_t i);
/* One of them, or of the organisation's own (q_...) */
bool report_question_valid(const char *key);
/* A language tag as reports have it */
bool report_language_valid(const char *s);
/* A copy without hidden data: original is set, by the caller after the add */
bool report_attachment_cleaned(const struct report_attachment *a);
/* Fills message_id and thread from the code (first message) */
enum err report_thread_first(struct report *r, const struct code_keys *k);
enum err report_thread_later(struct report *r, const struct code_keys *k,
    const uint8_t last_reply[16]);
/* ERR_LIMIT over REPORT_JSON_MAX (more text goes into an attachment) */
enum err report_write(const struct report *r, struct buf *out);
enum err report_parse(const void *p, size_t len, struct report **out);

const char *report_kind_word(enum report_kind k);
const char *report_sealed_by_word(enum report_sealed_by s);

#endif
