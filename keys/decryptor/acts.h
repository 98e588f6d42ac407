/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Everything a person can do to a case, one function an act. Command line
 * and page call the same functions; none of them prints, asks or reads a
 * clock (desk.today is the day). Each checks the law first (policy), writes
 * the journal last, and either did all of it or nothing.
 *
 * Every act returns OK or fills ${why}: a sentence in Dutch and in English
 * that repeats no hostile and no personal bytes, and for a refusal of policy
 * the rule's id and its article (policy/RULES.md). ${k} is the place of a
 * case in desk.state (state_case finds it). Text given to an act is UTF-8
 * and is sealed under the key of the case; the journal names it, no more.
 *
 * Caveats: an act may move the arrays of desk.state: keep no pointer into
 * them across a call. On a machine that another one has taken over every
 * act is refused with ERR_STALE.
 */
#ifndef DECRYPTOR_ACTS_H
#define DECRYPTOR_ACTS_H

#include "desk.h"
#include "meldluik/forward.h"
#include "meldluik/taxonomy.h"

struct refusal {
	enum err e;
	char rule[24];    /* "S-FEEDBACK"; "" when no rule of policy */
	char article[96]; /* "Wbk 2(2); Dir 9(1)(f)" or "" */
	char nl[320], en[320];
};

/* Fills ${why} and returns ${e}; for acts and for who calls them */
enum err refuse(struct refusal *why, enum err e, const char *nl,
    const char *en);
/* The same with ${n} put where "%s" stands; ${n} must be ours */
enum err refuse_word(struct refusal *why, enum err e, const char *nl,
    const char *en, const char *word);
enum err refuse_rule(struct refusal *why, const struct rule *rule);
/* A rule and its article, in words that fit this case better */
enum err refuse_rule_words(struct refusal *why, const struct rule *rule,
    const char *nl, const char *en);
/* A code of the system or of a library: its phrase, and that nothing was
 * changed */
enum err refuse_err(struct refusal *why, enum err e);

/* One step the table allows from where the case is */
struct act_step {
	enum case_state to;
	bool allowed;
	struct refusal why; /* when not allowed */
};
/* Steps of case ${k}; a reason and approvals count as given when a request
 * with two signatures waits. Returns how many. */
size_t act_steps(struct desk *d, size_t k,
    struct act_step out[CASE_STATES]);

/*
 * Triage. act_conflict records who was checked against the report: persons
 * of the keyset it is about (may be none). They can neither handle nor sign.
 * act_triage records the four answers and sets wbk from them.
 * act_codes sets register codes; names and codes are those of policy
 * ("outcome", "gegrond"); multi cells are joined by '+'.
 */
enum err act_conflict(struct desk *d, size_t k, const char *const *about,
    unsigned n, struct refusal *why);
enum err act_triage(struct desk *d, size_t k,
    const enum answer answers[TRIAGE_QUESTIONS], struct refusal *why);
struct act_code {
	const char *name, *code;
};
enum err act_codes(struct desk *d, size_t k, const struct act_code *code,
    unsigned n, struct refusal *why);
/*
 * act_step: to state ${to} through every guard; ${reason} may be NULL where
 * none is asked. From `opgehaald` to `triage` passes `geopend` by itself.
 * To niet_ontvankelijk, afgebroken, ingetrokken also sets that outcome.
 */
enum err act_step(struct desk *d, size_t k, enum case_state to,
    const char *reason, size_t len, struct refusal *why);
enum err act_assign(struct desk *d, size_t k, const char *person,
    struct refusal *why);
enum err act_link(struct desk *d, size_t k, size_t other,
    struct refusal *why);
enum err act_note(struct desk *d, size_t k, const char *text, size_t len,
    struct refusal *why);

/*
 * Answers. act_reply drafts into the mailbox; it counts when posted.
 * ${reasoned} and ${options} say what the text does (feedback): it gives
 * reasons, it names the outside channels. ${language}: of the text, so that
 * a screen reader of the reporter says it in that one; NULL: the report's.
 */
struct act_answer {
	enum reply_kind kind;
	const char *language;
	const char *text;
	size_t len;
	bool reasoned, options;
	const struct target *tells; /* of the forwarding to it; NULL: of none */
};
enum err act_reply(struct desk *d, size_t k, const struct act_answer *a,
    struct refusal *why);
/* Takes back the answer whose id begins with ${id}, as long as no bundle was
 * made with it: none will carry it, and nothing of it counts */
enum err act_reply_withdraw(struct desk *d, size_t k, const uint8_t *id,
    size_t len, struct refusal *why);
/*
 * act_given: acknowledgement or feedback given outside the mailbox on
 * ${day}; GIVEN_NO_ROUTE needs two people (ACT_FEEDBACK_WITHOUT_ROUTE, one
 * request for both) and no day before the second signed. Reaching the
 * reporter later takes its place. ${a}: what was said; kind acknowledgement
 * or feedback.
 */
enum err act_given(struct desk *d, size_t k, enum given_by by, day_t day,
    const struct act_answer *a, struct refusal *why);
/* Record of a talk: offered, agreed, or waited for in vain. ${text} NULL:
 * the text offered before. */
enum err act_oral(struct desk *d, size_t k, enum oral_state to,
    const char *text, size_t len, struct refusal *why);
/*
 * Terms beside those that run by themselves. Of an authority's profile only:
 * the acknowledgement is left out (${code}: why, of vocabulary ack_waiver),
 * or the feedback may take six months, recorded before its term is over. The
 * reporter asked for a meeting on day ${asked}. ${on} false: it is taken
 * back, or the meeting was held. ${text}: the reason, a note of the case.
 */
enum term_what { TERM_WAIVED, TERM_EXTENDED, TERM_MEETING };
struct act_term {
	enum term_what what;
	bool on;
	const char *code;
	day_t asked;
};
enum err act_term(struct desk *d, size_t k, const struct act_term *t,
    const char *text, size_t len, struct refusal *why);
/* Consent of the reporter to one forwarding to ${to}, or a legal duty
 * (GROUND_CONSENT, GROUND_DUTY), with what it rests on; ${given} false: it is
 * taken back */
enum err act_ground(struct desk *d, size_t k, enum ground_kind kind,
    const struct target *to, bool given, const char *text, size_t len,
    struct refusal *why);

/*
 * Content out of the casebook into folder ${path} (made if needed, without
 * message.txt in it). Files are named m01-attachment-01.KIND by content;
 * message.txt tells the texts, names, hashes and metadata. ${scrub}: with
 * copies without metadata (mNN-attachment-NN.clean.KIND) where a tool is
 * there. The folder is in the journal, and destroying the case clears it.
 * ERR_POLICY where bundles of the courier's lie (courier_stick()).
 */
struct extract_result {
	unsigned files, scrubbed, unscrubbed;
	/* An object a file, also after a failure: file, kind, active, name,
	 * type, size, sha256, original (reporter's own, before a copy without
	 * hidden data), copy, copy_sha256 or no_copy (not_asked, kind,
	 * no_tool, failed), metadata. The caller's to json_decref. */
	json_t *list;
	/* What cannot be read and was left out: "m01", a message, or
	 * "m01-attachment-01". The caller's too. */
	json_t *lost;
};
enum err act_extract(struct desk *d, size_t k, const char *path, bool scrub,
    struct extract_result *r, struct refusal *why);

/* The end. act_close: also the retention class of a closed case; of one that
 * has a class already, another class or day, which ends the signatures under
 * its destruction */
enum err act_close(struct desk *d, size_t k, const char *class_code,
    day_t from, struct refusal *why);
enum err act_reopen(struct desk *d, size_t k, const char *reason,
    size_t len, struct refusal *why);
enum err act_hold(struct desk *d, size_t k, bool on, const char *reason,
    size_t len, struct refusal *why);
/* What a request is for that ends what came to case ${k} after its own end.
 * The case has no key any more that one could be sealed under, so that
 * request is of no case and names it here. */
void act_late_detail(const struct desk *d, size_t k,
    char detail[DETAIL_TEXT]);
/* Did something come to case ${k} after it was destroyed here? */
bool act_late(const struct desk *d, size_t k);
/*
 * Destroys the case: retention over, no hold, two people. ${out}: the
 * declaration of destruction, one printable HTML page. Of a case that was
 * destroyed: that page again.
 */
enum err act_destroy(struct desk *d, size_t k, struct buf *out,
    struct refusal *why);
/* What of a case that is destroyed or handed over could not be read then:
 * messages with attachments, and notes of where it was extracted to */
struct destroyed_unread {
	size_t messages, folders;
};
struct destroyed_unread act_destroyed_unread(const struct desk *d, size_t k);

/* May the case go to that desk? To a retired one no more, but with what comes
 * after a parcel that it has */
bool recuse_desk(const struct desk *d, size_t k, unsigned to);
/*
 * Recusal. act_recuse seals the case to desk ${to} as the new file ${path}
 * (parcel.h) and locks it here; again for a lost stick or later messages,
 * which are all there is in it once the case was handed over.
 * Two people, none a subject (ACT_RECUSE, detail: number of the desk).
 * ${code}: what the other desk sees when it took the parcel in; told here,
 * act_handed_over clears what was extracted and destroys the keys;
 * ERR_CONFLICT when a message came after the last parcel.
 */
enum err act_recuse(struct desk *d, size_t k, unsigned to,
    const char *reason, size_t len, const char *path, char code[20],
    struct refusal *why);
enum err act_handed_over(struct desk *d, size_t k, const char *code,
    struct refusal *why);
/* At the other desk: a case with its old day of receipt. A parcel of which
 * everything is here already, the same or one written again, adds nothing */
struct parcel_taken {
	char ref[REF_TEXT], code[20];
	bool before; /* nothing was new */
};
enum err act_parcel_take(struct desk *d, const char *path,
    struct parcel_taken *out, struct refusal *why);

/*
 * Take-over from ${path}, a backup that was also sealed to this ring's owner
 * (FILE.deputy), and whose note beside it a holder of this desk signed, unless
 * ${unsigned_too}. ERR_CONFLICT, unless ${leave_own}: the home's own casebook,
 * which gives way, holds a message that the backup lacks. ${d} has its keyring
 * open and no casebook in use.
 */
struct takeover_wish {
	bool unsigned_too, leave_own;
};
/* ${aside}: which record of paper sheets was damaged, and is kept (papers.h) */
struct papers_aside;
enum err act_takeover(struct desk *d, const char *path,
    const struct takeover_wish *w, uint64_t *tenure,
    struct papers_aside *aside, struct refusal *why);
/* The gateway says that another machine took over, and a person says that no
 * other holder did: this one goes on, above the tenure that was told. */
enum err act_takeover_deny(struct desk *d, uint64_t *tenure,
    struct refusal *why);

/*
 * Forwarding outside the organisation. act_forward_plan writes the default
 * plan (dossier.h) for editing; act_forward_show the page as it would go and
 * the hash that two people sign for (ACT_FORWARD); act_forward the dossier,
 * sealed to a key, to a passphrase, or (neither) the page alone for print.
 * ${path} NULL: no file, the page of act_forward_show is printed.
 * Each asks act_forward_text: the text of a withdrawn report is looked at
 * and goes only where a legal duty to ${t} is recorded.
 */
struct act_sealing {
	const struct age_recipient *recipient;
	const char *pass; /* secret */
	size_t passlen;
};
enum err act_forward_text(struct desk *d, size_t k, const struct target *t,
    struct refusal *why);
enum err act_forward_plan(struct desk *d, size_t k, enum destination to,
    const char *receiver, struct buf *out, struct refusal *why);
/* A plan kept under the case's key while people sign and the reporter is
 * told; it names words to leave out, so it never lies in the open. The last
 * one kept counts. act_forward_kept: ERR_UNKNOWN when there is none */
enum err act_forward_keep(struct desk *d, size_t k, const void *plan,
    size_t len, struct refusal *why);
enum err act_forward_kept(struct desk *d, size_t k, struct buf *out);
enum err act_forward_show(struct desk *d, size_t k, const void *plan,
    size_t len, struct buf *page, uint8_t sha256[HASH_LEN],
    struct refusal *why);
/* Would act_forward go? ${why}: the first thing that lacks */
enum err act_forward_may(struct desk *d, size_t k, const void *plan,
    size_t len, struct refusal *why);
enum err act_forward(struct desk *d, size_t k, const void *plan, size_t len,
    const struct act_sealing *to, const char *path, struct refusal *why);

/*
 * Four eyes. A request names act, case, state and detail; who makes it signs
 * it. Two different people, holders or approvers of the keyset and not the
 * subject, must have signed; the act then finds its request by itself and
 * uses it up. ${detail}: what exactly is allowed: for a step the state's
 * code, for `recuse` the number of the desk, for `wbk_downgrade` the new
 * code, for `year_closing` the year, for `forward` the plan's SHA-256.
 * ${k} NOT_FOUND: no case (year closing). ${summary}: for the second
 * person; without identity; NULL: that of act_summary().
 */
#define SUMMARY_MAX 4000u
enum err act_request(struct desk *d, enum act a, size_t k,
    const char *detail, const char *summary, size_t *request,
    struct refusal *why);
/*
 * As act_request(), for the plan of a forwarding: who signs reads to whom it
 * goes, what goes and what is left out, then ${words} (NULL: none). ${shown}
 * (NULL: not asked): the plan's SHA-256 as who asks saw it; of another plan
 * ERR_STALE.
 */
enum err act_forward_ask(struct desk *d, size_t k, const void *plan,
    size_t len, const char *shown, const char *words, size_t *request,
    struct refusal *why);
/* The case in the labels of the profile, without identity. The profile is
 * open. */
void act_summary(const struct desk *d, enum act a, size_t k,
    const char *detail, char out[SUMMARY_MAX]);
/* For ${detail} of no case (ACT_KEY_CEREMONY), unless it was asked already */
enum err act_ceremony_ask(struct desk *d, const char *detail,
    const char *summary, size_t *request, struct refusal *why);
/* What a request says it is for, appended to ${out} */
enum err act_request_summary(struct desk *d, size_t request, struct buf *out);
/* The file to carry to the other: a signed note, readable as text */
enum err act_request_file(struct desk *d, size_t request, struct buf *out,
    struct refusal *why);
/* What a carried request asks, as its document says. Who signs must see it
 * all: ${summary}, the asker's words, may say anything */
struct signing {
	enum act act;
	char ref[REF_TEXT], detail[DETAIL_TEXT], by[KEYSET_ID];
	char day[DAY_TEXT];
	unsigned desk;
	struct buf summary; /* the caller's, appended to */
};
/* On the other's machine (keyring and keyset are enough): ${out} is the
 * same request signed by that desk's owner */
enum err act_sign(struct desk *d, const void *file, size_t len,
    struct buf *out, struct signing *told, struct refusal *why);
/* The signed file back */
enum err act_take(struct desk *d, const void *file, size_t len,
    size_t *request, struct refusal *why);
/* The other signs here, with the keyring file ${path} and own passphrase */
enum err act_sign_here(struct desk *d, size_t request, const char *path,
    const char *pass, size_t passlen, struct refusal *why);
/* A signature on paper, entered as such; the paper is kept */
enum err act_paper(struct desk *d, size_t request, const char *person,
    day_t day, struct refusal *why);
/* Valid signatures under a request; how many */
size_t act_signers_of(struct desk *d, size_t request,
    struct signer out[SIGNERS_MAX]);
/* Two fit signatures and not used; ${why} (may be NULL) says what lacks */
enum err act_approved(struct desk *d, enum act a, size_t k,
    const char *detail, size_t *request, struct refusal *why);

/* What came without an envelope: report, advice, talk or a message on case
 * ${kase}. ${mailbox}: a code is made for the caller, told once. */
struct act_entry {
	enum report_kind kind;
	size_t kase;  /* NOT_FOUND: a new case */
	day_t day;
	const char *route, *language; /* "" and "nl" when nothing is said */
	const char *text;
	size_t len;
	bool oral, mailbox;
};
/* ${code}: "" or the code; the caller shows it once and wipes it */
enum err act_enter(struct desk *d, const struct act_entry *w,
    char ref[REF_TEXT], char code[CODE_TEXT], struct refusal *why);
/* Makes a case of each thread whose first message is not here: ${cases} new
 * ones, the last of the state. It can be read and worked on, not answered in a
 * mailbox, for the key for that stood in the first message. */
enum err act_enter_unmatched(struct desk *d, unsigned *cases,
    struct refusal *why);
/*
 * A row that belongs to no case: ${what} "activity" (JSON {date, kind,
 * audience, sessions, invited, attended, text}), "talk" (JSON {date,
 * participants}) or "section" (text of the annual report, ${name} its
 * heading's code). A later section of the same name replaces it.
 */
enum err act_row(struct desk *d, const char *what, int year,
    const char *name, const void *p, size_t len, struct refusal *why);
/*
 * Takes back one row that was entered by mistake: hours, a signal, a council
 * talk, an activity, or the last that was kept of an adviser's case. ${id} is
 * what lists of them show (entry_id); not in a closed year.
 */
#define ENTRY_ID 13u
void entry_id(const struct entry_row *row, char out[ENTRY_ID]);
enum err act_row_undo(struct desk *d, const char *id, struct refusal *why);
/* Freezes the figures of a year (two people, ACT_YEAR_CLOSING). Refused until
 * a manifest of after that year was read whole, unless ${without_stick}. */
enum err act_year_close(struct desk *d, int year, bool without_stick,
    struct refusal *why);

/* What is due, most urgent first */
enum due_what {
	DUE_ACK, DUE_FEEDBACK, DUE_CARRY, DUE_TRIAGE, DUE_ORAL,
	DUE_REQUEST, DUE_DESTROY, DUE_REVIEW, DUE_IMPORT,
	DUE_MEETING, /* the reporter asked for one */
	DUE_RETENTION, /* closed, and no class was chosen */
	DUE_CLOCK /* the terms of this case cannot be told: look at it */
};
struct due {
	enum due_what what;
	size_t kase; /* NOT_FOUND: none */
	day_t day;
	enum clock_colour colour;
	unsigned count; /* DUE_CARRY: drafts */
};
/* free() it. Sorted by day. */
enum err act_due(struct desk *d, struct due **out, size_t *n);

#endif
