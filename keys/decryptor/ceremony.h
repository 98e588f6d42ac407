/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The ceremony, as steps without questions: it makes the first desk of an
 * organisation, prints what must be on paper, and ends when the identity key
 * is on paper only. The terminal (ceremony_talk.h) and the pages of `ui` ask;
 * both are led by ceremony_wants(), and hand in what was answered.
 *
 * It may be stopped anywhere and started again, by either: HOME/ceremony.json
 * says how far it came and holds no secret. Every step can be done again
 * without harm; the one that cannot, removing the identity key, demands that
 * every sheet was proven. A renewal is the second half: the identity comes
 * back from k sheets, stands in the keyring until new sheets were proven, and
 * leaves again.
 *
 * Every function that takes an answer is refused with ERR_STALE, and does
 * nothing, while something else is wanted: a form sent twice harms nothing.
 * What is wrong stands in ${why}, in Dutch and English; when it is empty
 * (why->nl[0] == 0) a function below said it (say_error).
 *
 * Secrets: passphrase and dice in secret memory of the desk, drawn words in
 * ${offered}; shares only in the folder that is printed from and, once, in a
 * child process that ends when they were written.
 */
#ifndef DECRYPTOR_CEREMONY_H
#define DECRYPTOR_CEREMONY_H

#include "acts.h"
#include "org.h"
#include "papers.h"
#include "words.h"

/* As far as the record says: what stands in ceremony.json */
enum ceremony_step {
	STEP_ANSWERS, STEP_HOME, STEP_PUBLIC, STEP_SHARES, STEP_PROVE,
	STEP_FORGET, STEP_TRANSCRIPT, STEP_DONE
};
/* What is needed next, in order */
enum ceremony_want {
	WANT_BEGIN,        /* ceremony_begin */
	WANT_ORGANISATION, /* ceremony_organisation */
	WANT_PERSON,       /* ceremony_person */
	WANT_DICE,         /* ceremony_dice */
	WANT_CARD,         /* ceremony_card */
	WANT_PASSPHRASE,   /* ceremony_words and _repeat, or _own */
	WANT_KEYS,         /* ceremony_keys: seconds of work */
	WANT_OPEN,         /* the home's passphrase: desk_open, then _opened */
	WANT_FOLDER,       /* ceremony_folder */
	WANT_PRINTED,      /* ceremony_printed */
	WANT_KEEPERS,      /* ceremony_shares */
	WANT_SHEET,        /* ceremony_prove, or _anew */
	WANT_FORGET,       /* ceremony_forget */
	WANT_TRANSCRIPT,   /* ceremony_transcript */
	WANT_NOTHING
};

#define CEREMONY_FOLDER 1024u
#define DICE_WANTED 99u /* 2.58 bits each: more than 256 */

struct ceremony {
	struct desk *d;
	/* the record */
	char language[3];
	bool rehearsal; /* once there is a home its journal says it too */
	bool authority; /* profile "eu", not "nl"; once there is a home the
	                 * keyset says it */
	bool renewal; /* new sheets for an identity that was on paper */
	char organisation[KEYSET_NAME], person[KEYSET_ID];
	char folder[CEREMONY_FOLDER]; /* what is to be printed lies there */
	unsigned step;
	/* of this run; after a stop these are asked again */
	bool recorded;  /* there is a record */
	bool home;      /* there is a keyring */
	bool begun, named, dice, carded, written;
	struct card card;
	bool has_card;
	unsigned erased; /* files with shares that ceremony_forget removed; 0:
	                  * what they lie on is not here, or memory that ended */
	struct words *list[2]; /* Dutch, English; NULL: not installed */
	char *offered;         /* drawn, not typed back yet */
	double bits;           /* of ${offered} */
	unsigned words;
};

/* The text in the language of the ceremony */
#define SAY(c, nl, en) ((c)->language[0] == 'e' ? (en) : (nl))

/*
 * ceremony_find(c, d, why): where the home of ${d} stands; opens nothing.
 * ERR_FORMAT: the record is damaged; ERR_CONFLICT: a casebook without a
 * keyring, which no ceremony made.
 */
enum err ceremony_find(struct ceremony *c, struct desk *d,
    struct refusal *why);
/* Wipes and frees what a run holds; not the desk */
void ceremony_end(struct ceremony *c);
enum err ceremony_save(struct ceremony *c);
enum ceremony_want ceremony_wants(const struct ceremony *c);
/* Where that stands among what people count, 1 to CEREMONY_STAGES: the list
 * on the page, and "step N" on the terminal */
#define CEREMONY_STAGES 8u
unsigned ceremony_stage(const struct ceremony *c);
/* Interfaces that are up, this machine must have none: the name of one */
bool ceremony_connected(char name[64]);

/* Of texts from here on; ceremony_begin keeps it */
void ceremony_language(struct ceremony *c, const char *word);
enum err ceremony_begin(struct ceremony *c, const char *language,
    bool rehearsal, bool authority, struct refusal *why);
enum err ceremony_organisation(struct ceremony *c, const char *name,
    struct refusal *why);
enum err ceremony_person(struct ceremony *c, const char *id,
    struct refusal *why);
/* ${throws}: "" for none; ${count}: how many were mixed in */
enum err ceremony_dice(struct ceremony *c, const char *throws,
    unsigned *count, struct refusal *why);
/* Reads a card and gives its fingerprint, to be compared aloud; then
 * ceremony_card: it is the right one (${take}), or there is none */
enum err ceremony_card_read(struct ceremony *c, const void *p, size_t len,
    char print[FINGERPRINT_TEXT], struct refusal *why);
enum err ceremony_card(struct ceremony *c, bool take, struct refusal *why);
/* The lists that words are drawn from. Before the page's process gives its
 * rights up */
void ceremony_lists(struct ceremony *c);
/* Words in ${offered}; ${other}: others than before */
enum err ceremony_words(struct ceremony *c, bool other, struct refusal *why);
/* The offered words typed back; ERR_NO_MATCH */
enum err ceremony_repeat(struct ceremony *c, const char *typed, size_t len,
    struct refusal *why);
/* A passphrase of one's own, twice */
enum err ceremony_own(struct ceremony *c, const char *pass, size_t len,
    const char *again, size_t again_len, struct refusal *why);
/* Identity, keyring of 26 weeks, casebook, keyset. When it fails the desk is
 * closed, and dice and passphrase are wanted again */
enum err ceremony_keys(struct ceremony *c, struct refusal *why);
/* After desk_open(DESK_CASEBOOK): goes on where the record says */
enum err ceremony_opened(struct ceremony *c, struct refusal *why);
/* ceremony_opened when all was done: nothing to do any more */
bool ceremony_done(const struct ceremony *c);

/* The folder to print from is made if needed, and must be ours; at its
 * first time also poster and revocation are written there */
enum err ceremony_folder(struct ceremony *c, const char *path,
    struct refusal *why);
/* It is on paper */
enum err ceremony_printed(struct ceremony *c, struct refusal *why);
/* ${n} sheets each of identity and backup key, ${k} suffice; ${n} names,
 * "" where a pen fills it in */
enum err ceremony_shares(struct ceremony *c, unsigned n, unsigned k,
    const char *const *keeper, struct refusal *why);
/* The sheet that is to be proven now */
struct ceremony_sheet {
	enum share_kind kind;
	unsigned x, n;
	unsigned proven, all; /* of both sets */
	char set[SHARE_SET], keeper[PAPER_KEEPER];
};
enum err ceremony_sheet(struct ceremony *c, struct ceremony_sheet *out,
    struct refusal *why);
enum err ceremony_prove(struct ceremony *c, const struct share *s,
    struct refusal *why);
/* A sheet failed: back to new sets of both */
enum err ceremony_anew(struct ceremony *c, struct refusal *why);
enum err ceremony_forget(struct ceremony *c, struct refusal *why);
enum err ceremony_transcript(struct ceremony *c, struct refusal *why);
/* New sheets: the identity, laid together in ${c}->d->identity, goes into
 * the keyring until it is on them */
enum err ceremony_renewal(struct ceremony *c, struct refusal *why);

/* The i-th file that may lie in the folder, NULL past the last: those
 * without a share, then the sheets 1 to SHARES_MAX of identity and backup */
#define PAPERS_PUBLIC 4u
const char *ceremony_file(unsigned i, char out[64]);

/* For the files of the ceremony: ERR_STALE unless ${want} is wanted */
enum err ceremony_turn(const struct ceremony *c, enum ceremony_want want,
    struct refusal *why);
/* To a step, on disk; else it stays where it was */
enum err ceremony_to(struct ceremony *c, unsigned step, struct refusal *why);
/* ${e}, said below */
enum err ceremony_said(struct refusal *why, enum err e);
/* The folder again, open in ${dir} */
enum err ceremony_folder_open(const struct ceremony *c, int *dir);
/* The same of any ${path}, made where it is not there. Nobody else may own
 * what shares are written to, or link it elsewhere: ERR_IO */
enum err ceremony_folder_mine(const char *path, int *dir);

/* Signs a revocation with the identity and keeps it in public/ */
enum err revocation_make(struct desk *d, struct buf *note);
#define REVOCATION_MAX (KEYSET_MAX + SIGN_TEXT_MAX + 1u)
/* The one in public/; ERR_UNKNOWN: none */
enum err revocation_stored(const struct desk *d, struct buf *note);
/* The keyset in a signed note, whichever identity signed it, and its parts */
enum err revocation_split(const struct buf *note, struct buf *doc,
    struct buf *sig, struct keyset **out);
/* Does a bundle of this machine deliver ${k}? The gateway asks who signed it,
 * so ${k} must name this person with this machine's key */
bool revocation_ours(const struct desk *d, const struct keyset *k);
/* Keeps ${note} in public/ if it revokes the identity of the keyset held and
 * is one to deliver from here; else nothing is done */
enum err revocation_take(struct desk *d, const struct buf *note);

#endif
