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
#include "meldluik/report.h"

#define REF_TEXT 16u /* "2026-7K3Q" and a NUL */
#define CODE_WORD 33u
#define NOT_FOUND SIZE_MAX

struct message {
	size_t kase; /* NOT_FOUND: a follow-up whose thread is not known yet */
	enum report_kind kind;
	bool conflict; /* same message id as another, other content */
	bool entered;  /* by phone, letter or talk; no envelope */
	uint8_t message_id[MESSAGE_ID_LEN];
	uint8_t payload[HASH_LEN];
	bool has_signer;
	struct sign_pk signer;
	char language[17];
	day_t received; /* the day the gateway stored it */
	day_t seen;     /* the day it was imported or entered */
	uint8_t record[RECORD_ID];
	uint8_t key[KEY_ID];
	unsigned attachments;
};
struct draft { /* a reply of ours */
	size_t kase;
	uint8_t reply_id[16];
	enum reply_kind kind;
	char language[17];
	day_t drafted, posted; /* DAY_NONE: not yet known to be applied */
	uint64_t serial;       /* first outbound that carried it; 0: none */
	unsigned parts;
	uint8_t record[RECORD_ID];
};
struct note {
	size_t kase;
	day_t day;
	uint8_t record[RECORD_ID];
};
struct kase {
	char ref[REF_TEXT];
	enum report_kind kind; /* report or advice */
	enum case_state state;
	char language[17];
	char route[CODE_WORD]; /* mailbox, or how it was entered */
	day_t received;
	bool has_mailbox, withdrawn, oral;
	struct sign_pk signer;
	uint8_t key[KEY_ID];
	size_t first; /* its first message */
	char type[CODE_WORD], origin[CODE_WORD], wbk[CODE_WORD],
	    report_kind[CODE_WORD];
	day_t ack_posted, feedback_posted, ack_drafted, feedback_drafted;
	unsigned messages, answers, attachments;
};
struct manifest {
	uint64_t serial;
	uint8_t hash[HASH_LEN];
	day_t day;
	uint8_t record[RECORD_ID];
	bool complete; /* every body it lists was read */
};
struct closed_week {
	day_t week;
	uint64_t serial; /* of the first manifest that says so */
};
struct register_import { /* rows of the register, taken in as files */
	day_t day;
	uint8_t sha256[HASH_LEN]; /* of the packed rows */
	uint8_t record[RECORD_ID];
};
struct made { /* an outbound bundle of this casebook */
	uint64_t serial;
	uint8_t sha256[HASH_LEN];
};
struct read_body { /* sorted by hash */
	uint8_t sha256[HASH_LEN];
};

struct state {
	char person[KEYSET_ID];
	unsigned desk;
	uint64_t tenure;
	struct kase *kase;
	size_t kases, kases_room;
	struct message *message;
	size_t messages, messages_room;
	struct draft *answer;
	size_t answers, answers_room;
	struct note *note;
	size_t notes, notes_room;
	struct manifest *manifest; /* ascending by serial, without gaps */
	size_t manifests, manifests_room;
	struct read_body *body;
	size_t bodies, bodies_room;
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
	day_t applied_day;
	uint32_t floor_slots;
	int floor_year;
	struct closed_week *closed; /* as the gateway says */
	size_t closeds, closeds_room;
	day_t holiday; /* away until; DAY_NONE */
	day_t *destroyed; /* weeks whose key was destroyed here */
	size_t destroyeds, destroyeds_room;
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
size_t state_case_of_signer(const struct state *s,
    const struct sign_pk *signer);
bool state_body_read(const struct state *s, const uint8_t sha256[HASH_LEN]);
/* Highest manifest up to which all are complete; 0: none */
uint64_t state_complete(const struct state *s);
/* What the next outbound confirms, and its hash (zeros for 0) */
uint64_t state_confirmed(const struct state *s, uint8_t hash[HASH_LEN]);
/* Serial of the manifest that closed it; 0: open */
uint64_t state_week_closed(const struct state *s, day_t week);
bool state_week_destroyed(const struct state *s, day_t week);

#endif
