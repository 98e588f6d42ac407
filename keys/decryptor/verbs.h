/* SPDX-License-Identifier: EUPL-1.2 */
/* The verb table's contract: each verb gets its own arguments. */
#ifndef DECRYPTOR_VERBS_H
#define DECRYPTOR_VERBS_H

#include "acts.h"

#define EXIT_OK 0
#define EXIT_REFUSED 1
#define EXIT_USAGE 2

struct verb {
	const char *name;
	int (*run)(struct desk *d, int argc, char **argv); /* argv[0]: verb */
	const char *usage; /* one line */
	const char *help;  /* paragraphs */
};

int verb_init(struct desk *d, int argc, char **argv);
int verb_holder(struct desk *d, int argc, char **argv);
int verb_desk(struct desk *d, int argc, char **argv);
int verb_recover(struct desk *d, int argc, char **argv);
int verb_revoke(struct desk *d, int argc, char **argv);
int verb_keyset(struct desk *d, int argc, char **argv);
int verb_rotate(struct desk *d, int argc, char **argv);
int verb_import(struct desk *d, int argc, char **argv);
int verb_export(struct desk *d, int argc, char **argv);
int verb_list(struct desk *d, int argc, char **argv);
int verb_search(struct desk *d, int argc, char **argv);
int verb_show(struct desk *d, int argc, char **argv);
int verb_extract(struct desk *d, int argc, char **argv);
int verb_classify(struct desk *d, int argc, char **argv);
int verb_adviser(struct desk *d, int argc, char **argv);
int verb_enter(struct desk *d, int argc, char **argv);
int verb_acknowledge(struct desk *d, int argc, char **argv);
int verb_reply(struct desk *d, int argc, char **argv);
int verb_note(struct desk *d, int argc, char **argv);
int verb_register(struct desk *d, int argc, char **argv);
int verb_report(struct desk *d, int argc, char **argv);
int verb_backup(struct desk *d, int argc, char **argv);
int verb_restore(struct desk *d, int argc, char **argv);
int verb_step(struct desk *d, int argc, char **argv);
int verb_feedback(struct desk *d, int argc, char **argv);
int verb_approve(struct desk *d, int argc, char **argv);
int verb_close(struct desk *d, int argc, char **argv);
int verb_reopen(struct desk *d, int argc, char **argv);
int verb_hold(struct desk *d, int argc, char **argv);
int verb_destroy(struct desk *d, int argc, char **argv);
/* Terms of the organisation, of no case: counted for who asks */
int clocks_beside(struct desk *d, const char *breach, const char *review);
int verb_term(struct desk *d, int argc, char **argv);
int verb_assign(struct desk *d, int argc, char **argv);
int verb_link(struct desk *d, int argc, char **argv);
int verb_clocks(struct desk *d, int argc, char **argv);
int verb_ui(struct desk *d, int argc, char **argv);
int verb_recuse(struct desk *d, int argc, char **argv);
int verb_handbook(struct desk *d, int argc, char **argv);
int verb_takeover(struct desk *d, int argc, char **argv);
int verb_forward(struct desk *d, int argc, char **argv);
int verb_redact(struct desk *d, int argc, char **argv);
int verb_verify(struct desk *d, int argc, char **argv);

/*
 * Options of a verb. Long ones only: "--name VALUE" or "--name". Values go
 * to ${value} (may repeat: ${many}, up to ${room}); words that are no
 * option go to ${words}. Everything else is a usage error, said once.
 */
struct option_rule {
	const char *name; /* without the hyphens */
	const char **value;
	bool *flag;
	const char **many;
	unsigned room, *count;
};
/* --share FILE: a sheet of the identity key, for verbs that sign a keyset */
#define SHARE_RULE(d) {.name = "share", .many = (d)->sharefile, \
	.room = SHARE_FILES_MAX, .count = &(d)->sharefiles}
bool options_take(int argc, char **argv, const struct option_rule *rules,
    size_t n, const char **words, unsigned room, unsigned *count);
/* Opens the casebook and finds case ${ref}; says what is wrong */
enum err verb_case(struct desk *d, const char *ref, const char *usage,
    size_t *k);
/* What of a case was destroyed unread */
void verb_destroyed_tell(const struct desk *d, size_t k);
/* Rows of no case, of a year (0: of all), in the order of ${whats}; and one
 * taken back. Both say what went wrong. */
enum err verb_rows(struct desk *d, int year, const char *const *whats,
    unsigned n);
enum err verb_row_undo(struct desk *d, const char *id);
/* Text from ${file}, or stdin when it is NULL; says what is wrong */
enum err verb_text(const char *file, struct buf *text);
/*
 * Four eyes on a ceremony of keys, named by ${detail}. OK: ${request} is what
 * the act uses up. ERR_POLICY until two people signed: asks, and writes the
 * request to ${file} unless NULL.
 */
enum err verb_two_people(struct desk *d, const char *detail,
    const char *summary, const char *file, size_t *request);
/* A sentence on stderr before the casebook is full; for main, after a verb */
void room_warn(const struct desk *d);
/* The refusal on stderr: sentence, rule, article */
void tell_refusal(const struct refusal *why);
/* Who gets a case: ${to} a word, ${receiver} the code of an authority (then
 * ${to} may be NULL); says what is wrong. The casebook is open. */
enum err verb_target(struct desk *d, const char *to, const char *receiver,
    struct target *out);
/* A day of an option, not in the future; ${word} NULL: today */
bool verb_day(const struct desk *d, const char *word, const char *option,
    day_t *out);
/* Writes a new file; says what is wrong */
enum err verb_write(const char *path, const struct buf *text);
/* True if ${s} is an id as FORMAT.md section 6 wants */
bool id_ok(const char *s);
static inline int
exit_of(enum err e)
{
	return e == OK ? EXIT_OK : e == ERR_USAGE ? EXIT_USAGE :
	    EXIT_REFUSED;
}

#endif
