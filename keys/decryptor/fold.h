/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * State: what the journal adds up to. Made by folding every event in order,
 * when the casebook is opened and again for each event that is appended, by
 * one and the same function; nothing else changes it. It holds no content:
 * events name sealed records.
 */
#ifndef DECRYPTOR_FOLD_H
#define DECRYPTOR_FOLD_H

#include "casebook.h"
#include "meldluik/board.h"
#include "meldluik/bundle.h"
#include "meldluik/casestate.h"
#include "meldluik/forward.h"
#include "meldluik/report.h"
#include "meldluik/taxonomy.h"

#define REF_TEXT 16u /* "2026-7K3Q" and a NUL */
#define CODE_WORD 33u
#define NOT_FOUND SIZE_MAX
#define KASE_SUBJECTS 8u
#define CODE_CELL 161u /* codes joined by '+', with NUL */
#define DETAIL_TEXT 65u
#define TAG_ID 16u

/* Register codes of a case beside type, origin and wbk; the names are the
 * columns of the register (case_code_name) */
enum case_code {
	KASE_SUBJECT_ROLE, KASE_INVESTIGATION, KASE_INVESTIGATION_STATUS,
	KASE_OUTCOME, KASE_MEASURES, KASE_AREA, KASE_ANONYMOUS, KASE_ADVISER,
	KASE_TOPIC, KASE_CODES
};
/* How an answer reached the reporter */
enum given_by {
	GIVEN_NOT, GIVEN_MAILBOX, GIVEN_LETTER, GIVEN_TALK, GIVEN_NO_ROUTE
};
/* Agreement to the record of a talk (Dir 18(2)-(4)) */
enum oral_state {
	ORAL_NOT_OFFERED, ORAL_OFFERED, ORAL_AGREED, ORAL_NOT_CONFIRMED
};

struct message {
	size_t kase; /* NOT_FOUND: a follow-up whose thread is not known yet */
	enum report_kind kind;
	bool conflict; /* same message id as another, other content */
	bool entered;  /* by phone, letter or talk; no envelope */
	bool late;     /* came when its case was destroyed or handed over */
	bool gone;     /* a late one, but destroyed since */
	day_t gone_day;
	size_t gone_request; /* that allowed it */
	uint8_t message_id[MESSAGE_ID_LEN];
	uint8_t payload[HASH_LEN];
	bool has_signer;
	struct sign_pk signer;
	bool has_tag; /* a first message says which; not in old journals */
	uint8_t tag[TAG_ID];
	char language[17];
	day_t received; /* the day the gateway stored it */
	day_t seen;     /* the day it was imported or entered */
	uint8_t record[RECORD_ID];
	uint8_t key[KEY_ID];
	unsigned attachments;
};
/* Who gets a case outside; two are the same by both fields */
struct target {
	enum destination to;
	char receiver[CODE_WORD]; /* of an authority its code, else "" */
};
enum ground_kind {
	GROUND_CONSENT, /* of the reporter */
	GROUND_DUTY,    /* of the law */
	GROUND_TOLD     /* the reporter was told of the forwarding */
};
/* What a forwarding rests on. It is of one target, and ends with the
 * forwarding to it, with the reopening of the case, or taken back. */
struct ground {
	size_t kase;
	enum ground_kind kind;
	bool any; /* of an old journal, which does not say whom */
	struct target target;
	day_t day;
	bool ended;
};
struct draft { /* a reply of ours */
	size_t kase;
	uint8_t reply_id[16];
	enum reply_kind kind;
	char language[17];
	day_t drafted, posted; /* DAY_NONE: not yet known to be applied */
	day_t taken_back;      /* before any bundle carried it; DAY_NONE: not */
	uint64_t serial;       /* first outbound that carried it; 0: none */
	/* The first after that which could not, and the first that did again
	 * after the last one that could not; 0: none */
	uint64_t without, again;
	bool reasoned, options; /* what the text does */
	bool tells, tells_any; /* of a forwarding; to an unnamed target */
	struct target target;
	unsigned opening;      /* reopenings of its case until then */
	size_t forwardings;    /* all of the casebook until then */
	unsigned parts;
	uint8_t record[RECORD_ID];
};
/* Not known to be with the reporter yet, and on its way there */
static inline bool
draft_waits(const struct draft *a)
{
	return a->posted == DAY_NONE && a->taken_back == DAY_NONE;
}
struct note {
	size_t kase;
	day_t day;
	uint8_t record[RECORD_ID];
};
/* Words that an event keeps beside what it means, and that are no message,
 * answer or note (kept.h) */
enum kept_with {
	KEPT_STEP, KEPT_HOLD, KEPT_GIVEN, KEPT_TALK, KEPT_GROUND, KEPT_FORWARD
};
struct kept {
	size_t kase;
	enum kept_with with;
	day_t day; /* of what was given: the one on which it was */
	uint8_t record[RECORD_ID];
	enum case_state to;     /* step */
	bool on;                /* hold: set; ground: given; else taken away */
	enum reply_kind kind;   /* given */
	enum given_by by;
	enum oral_state talk;
	enum ground_kind basis; /* ground, of ${any} or of ${target} */
	bool any;
	struct target target;   /* and of a forwarding */
};
/* A step of a case, the first one (imported, entered) left out */
struct step {
	size_t kase;
	enum case_state from, to;
	day_t day;
	char person[KEYSET_ID]; /* who took it; "" in old journals */
	size_t request; /* that allowed it, or NOT_FOUND */
};
/* Four eyes: what somebody asked two people to sign */
struct request {
	uint8_t id[HASH_LEN]; /* SHA-256 of the document */
	size_t kase;          /* NOT_FOUND: no case */
	enum act act;
	unsigned moves;       /* steps of the case when it was asked */
	char detail[DETAIL_TEXT];
	day_t day;
	uint8_t record[RECORD_ID]; /* the document */
	bool used;
};
struct approval {
	size_t request;
	char person[KEYSET_ID];
	day_t day;
	bool paper;
	uint8_t record[RECORD_ID]; /* the signature; none on paper */
};
struct forwarding {
	size_t kase;
	struct target target;
	day_t day, until;         /* until: end of an investigator's access */
	bool duty;                /* legal duty; else consent */
	uint8_t sha256[HASH_LEN]; /* of the plan that two people signed */
	uint8_t record[RECORD_ID]; /* plan and receiver's name */
};
struct extraction { /* files of a case that lie outside the casebook */
	size_t kase;
	day_t day;
	bool removed, found; /* found: it was there when it was removed */
	bool unreadable; /* nobody could say where it was */
	uint8_t record[RECORD_ID]; /* where; sealed */
};
struct case_link {
	size_t a, b;
	day_t day;
};
struct entry_row { /* activities, sections, closed years: no case */
	char what[CODE_WORD]; /* "": taken back */
	int year;
	char name[CODE_WORD];
	day_t day;
	uint8_t record[RECORD_ID];
};
struct kase {
	char ref[REF_TEXT];
	/* report or advice: as the reporter chose, until triage makes advice of
	 * it or its classification says what kind of report it is */
	enum report_kind kind;
	enum case_state state;
	char language[17];
	char route[CODE_WORD]; /* mailbox, or how it was entered */
	day_t received;
	bool has_mailbox, withdrawn, oral;
	day_t withdrawn_on; /* the gateway got the last withdrawal, or another
	                     * desk told of one; DAY_NONE: none */
	struct sign_pk signer;
	uint8_t key[KEY_ID];
	size_t first; /* its first message */
	char type[CODE_WORD], origin[CODE_WORD], wbk[CODE_WORD],
	    report_kind[CODE_WORD];
	/* the first ones, which the register and the terms count */
	day_t ack_posted, feedback_posted, ack_drafted, feedback_drafted;
	day_t ack_written; /* at the desk that the case came from */
	/* A day before receipt on which an answer was said to be posted: it
	 * counts as posted on the day of receipt; DAY_NONE: no such day */
	day_t said_early;
	unsigned messages, answers, attachments;
	/* work on it */
	day_t since; /* of its state */
	unsigned moves; /* steps it took, those of import left out */
	char handler[KEYSET_ID]; /* "" nobody yet */
	char subject[KASE_SUBJECTS][KEYSET_ID]; /* people it is about */
	unsigned subjects;
	bool conflict_checked, triaged;
	enum answer triage[TRIAGE_QUESTIONS];
	char code[KASE_CODES][CODE_CELL];
	enum given_by ack_by;
	/* Feedback on the decision that stands now: a decision after it and
	 * reopening take it away, what reached the reporter takes the place of
	 * "no route" */
	day_t told_decision; /* DAY_NONE: not yet */
	enum given_by feedback_by;
	bool feedback_reasoned, feedback_options;
	day_t decided; /* on it or later feedback is of the decision */
	unsigned reopenings;
	day_t reopened; /* the last time */
	bool planned;            /* a plan of forwarding is kept */
	uint8_t plan[RECORD_ID]; /* the last one */
	/* Of an authority only (Dir 11(2)): why the acknowledgement is left
	 * out, a code or ""; six months for the feedback */
	char ack_waiver[CODE_WORD];
	bool extended;
	day_t meeting; /* day it was asked for; DAY_NONE: no, or it was held */
	enum oral_state oral_state;
	uint8_t oral_sha256[HASH_LEN];
	bool hold;
	char retention[CODE_WORD];
	day_t retention_from, destroy_on; /* DAY_NEVER: permanent */
	day_t closed;
	bool resealed, locked; /* went to another desk; text not shown */
	bool destroyed;        /* its key is gone */
	day_t destroyed_day;   /* also when handed over; DAY_NONE: not */
	unsigned files;        /* destroyed with it */
	unsigned unreadable;   /* messages that could not say their files */
	unsigned moved_to, from_desk; /* 0: none */
	char from_ref[REF_TEXT];
	char move_code[20]; /* of the last parcel */
	unsigned parcelled; /* its messages when that was made */
};
/* What another desk says of a case that came from it; the days DAY_NONE, no
 * withdrawal, waiver or extension when it says nothing */
struct moved {
	day_t ack, feedback; /* given to the reporter */
	day_t ack_written;   /* the day from which its words count */
	enum given_by ack_by;
	bool withdrawn, extended;
	char ack_waiver[CODE_WORD];
};
/* When the acknowledgement was written, here or before; DAY_NONE: it was not,
 * or not as an answer in the mailbox */
day_t kase_ack_written(const struct kase *k);
struct manifest {
	uint64_t serial;
	uint8_t hash[HASH_LEN];
	day_t day;
	uint8_t record[RECORD_ID];
	bool complete; /* every body it lists was read */
};
/* Where people said that the chain goes on here, because what is before it
 * was read by a machine that is gone */
struct chain_start {
	uint64_t serial; /* of the first manifest; 0: none was named */
	uint8_t previous[HASH_LEN]; /* that it names */
	uint64_t tenure; /* of this machine from then on */
};
struct closed_week {
	day_t week;
	uint64_t serial; /* of the first manifest that says so */
};
struct register_import { /* rows of the register, taken in as files */
	day_t day;
	uint8_t sha256[HASH_LEN]; /* of the packed rows */
	uint8_t record[RECORD_ID];
	size_t entries; /* entered until then */
};
struct made { /* an outbound bundle of this casebook */
	uint64_t serial;
	uint8_t sha256[HASH_LEN];
	day_t reach; /* last week it publishes a key of this machine for */
	uint64_t confirmed;
};
/* Keys of this person that reporters had and no machine has any more: after a
 * restore, or in a home that takes the place of another. What new keys do not
 * open may have been sealed to those. */
struct lost_keys {
	bool any;
	day_t through; /* last week they may have been published for */
	size_t mades;  /* bundles made before */
	day_t end;     /* what came later is under new keys; DAY_NONE: not yet
	                * known that the gateway has them */
	day_t reach;   /* of weeks after it that is not known either */
};
/* A body that manifest ${serial} lists and that two people wrote off, because
 * the gateway lost it for good */
struct lost_body {
	uint8_t sha256[HASH_LEN];
	uint64_t serial;
};
struct read_body { /* sorted by hash */
	uint8_t sha256[HASH_LEN];
};

struct state {
	char person[KEYSET_ID];
	char (*former)[KEYSET_ID]; /* who had the desk before, until it was
	                            * theirs again: a machine with a copy */
	size_t formers, former_room;
	unsigned desk;
	uint64_t tenure;
	bool rehearsal; /* all its paper is marked */
	struct kase *kase;
	size_t kases, kases_room;
	struct message *message;
	size_t messages, messages_room;
	struct draft *answer;
	size_t answers, answers_room;
	struct note *note;
	size_t notes, notes_room;
	struct step *step;
	size_t steps, steps_room;
	struct kept *kept;
	size_t kepts, kepts_room;
	struct request *request;
	size_t requests, requests_room;
	struct approval *approval;
	size_t approvals, approvals_room;
	struct forwarding *forwarding;
	size_t forwardings, forwardings_room;
	struct ground *ground;
	size_t grounds, grounds_room;
	struct extraction *extraction;
	size_t extractions, extractions_room;
	struct case_link *link;
	size_t links, links_room;
	struct entry_row *entry;
	size_t entries, entries_room;
	/* ascending by serial, without gaps but before ${start} */
	struct manifest *manifest;
	size_t manifests, manifests_room;
	struct read_body *body;
	struct chain_start start;
	size_t bodies, bodies_room;
	struct lost_body *lost_body;
	size_t lost_bodies, lost_bodies_room;
	size_t sorted; /* the first so many of ${body} are in order */
	struct register_import *rows; /* those that count */
	size_t row_imports, row_imports_room;
	uint64_t duplicates, foreign, damaged, withdrawals, unmatched;
	bool importing; /* an import began and did not end */
	uint64_t generation;
	uint64_t backed_up; /* highest complete manifest in a backup */
	uint64_t confirmed_without_backup;
	day_t last_backup;
	/* outbound */
	uint64_t out_serial; /* last made here */
	uint8_t out_hash[HASH_LEN];
	struct made *made; /* all made here, in order */
	size_t mades, mades_room;
	uint64_t applied_tenure, applied_serial;
	uint8_t applied_hash[HASH_LEN];
	/* highest manifest that a bundle of this casebook confirmed and the
	 * gateway applied: up to there it keeps nothing for this desk */
	uint64_t applied_confirmed;
	day_t applied_day;
	uint32_t floor_slots;
	int floor_year;
	struct closed_week *closed; /* as the gateway says */
	size_t closeds, closeds_room;
	day_t holiday; /* away until; DAY_NONE */
	struct lost_keys lost;
	bool from_sheets; /* this home was made with k sheets of the identity */
	day_t *destroyed; /* weeks whose key was destroyed here */
	size_t destroyeds, destroyeds_room;
	size_t destroyed_before; /* the first so many: by a machine of before */
};

struct state *state_new(void);
void state_free(struct state *s);
/* ERR_FORMAT: no event this program writes */
enum err state_apply(struct state *s, const json_t *event);
/* Event sink for journal_walk */
enum err state_fold(void *arg, uint64_t n, const json_t *event);

/* A fresh reference of a case. It says the year and nothing else: a running
 * number would tell a reporter how many reports there are. */
void ref_new(const struct state *s, day_t received, char out[REF_TEXT]);
size_t state_case(const struct state *s, const char *ref);
/* The newest, if one is left that was not destroyed: a case that came back
 * from another desk has the thread of the one that left */
size_t state_case_of_signer(const struct state *s,
    const struct sign_pk *signer);
/* Of cases with a first message: the same of that signer or that tag key
 * (thread_tag) */
size_t state_case_of_thread(const struct state *s,
    const struct sign_pk *signer, const uint8_t tag[TAG_ID]);
/* Makes a target; only an authority has ${receiver} */
const char *destination_word(enum destination to);
enum err destination_parse(const char *word, enum destination *out);
struct target target_of(enum destination to, const char *receiver);
/* Day since which case ${k} has what a forwarding to ${t} (NULL: to whomever)
 * rests on; DAY_NONE: it has not */
day_t ground_day(const struct state *s, size_t k, enum ground_kind kind,
    const struct target *t);
/* The same for consent that still holds: who withdraws a report takes it
 * along, whatever was recorded */
bool consent_holds(const struct state *s, size_t k, const struct target *t);
/* Messages that came to case ${k} when its keys were gone, and are here yet */
unsigned state_late(const struct state *s, size_t k);
/* Is the key of ${m} destroyed, as the journal says? */
bool state_key_gone(const struct state *s, const struct message *m);
bool state_body_read(const struct state *s, const uint8_t sha256[HASH_LEN]);
/* Was it written off? It is read all the same if it ever comes */
bool state_body_lost(const struct state *s, const uint8_t sha256[HASH_LEN]);
/* Written off, and not read since */
size_t state_bodies_lost(const struct state *s);
/* Index of the first manifest of the newest gateway generation known, or of
 * the start that people named in it */
size_t state_generation_start(const struct state *s);
/* Highest manifest up to which all are complete; 0: none. What an earlier
 * generation's gateway listed and never gave is lost and not waited for. */
uint64_t state_complete(const struct state *s);
/* What the next outbound confirms, and its hash (zeros for 0) */
uint64_t state_confirmed(const struct state *s, uint8_t hash[HASH_LEN]);
/* Serial of the manifest that closed it; 0: open */
uint64_t state_week_closed(const struct state *s, day_t week);
bool state_week_destroyed(const struct state *s, day_t week);
/* And by the machine that has the desk now, not by one of before a take-over
 * or a restore, whose keys were others */
bool state_week_destroyed_now(const struct state *s, day_t week);
/* May a body of ${week} that the gateway got on ${received} be sealed to keys
 * that were lost? */
bool state_keys_lost(const struct state *s, day_t week, day_t received);
/*
 * May the gateway have applied this? Every take-over and every export raises
 * a number by one; another machine may have done some that this casebook
 * cannot know, but not so many: far above what it knows is a lie.
 */
#define APPLIED_TENURES 1024u
#define APPLIED_SERIALS (1u << 20)
bool state_applied_may(const struct state *s, uint64_t tenure,
    uint64_t serial);
/* Another machine of this desk has taken over: read-only here */
bool state_superseded(const struct state *s);
/* Register column of a code, and back (-1: no such code) */
const char *case_code_name(enum case_code c);
int case_code_find(const char *name);
const char *given_by_word(enum given_by g);
/* GIVEN_NOT: no such word */
enum given_by given_by_parse(const char *word);
const char *oral_state_word(enum oral_state o);
/* The fields of a parcel's note, which the event from_desk has too; all may
 * be absent, as in notes of before */
enum err moved_read(const json_t *o, struct moved *out);
/* Place of the answer of case ${k} whose id begins with ${len} bytes ${id},
 * or NOT_FOUND */
size_t state_answer(const struct state *s, size_t k, const uint8_t *id,
    size_t len);
/* Place of a request by its id, or NOT_FOUND */
size_t state_request(const struct state *s, const uint8_t id[HASH_LEN]);

#endif
