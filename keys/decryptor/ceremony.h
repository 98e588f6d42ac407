/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The ceremony: a dialogue that makes the first desk of an organisation,
 * prints what must be on paper, and ends when the identity key is on paper
 * only. It may be stopped at any question and started again: HOME/
 * ceremony.json says how far it came and holds no secret. A renewal is its
 * second half: the identity comes back from k sheets, stands in the keyring
 * until new sheets were proven, and leaves again.
 */
#ifndef DECRYPTOR_CEREMONY_H
#define DECRYPTOR_CEREMONY_H

#include "org.h"
#include "papers.h"
#include "sheets_print.h"

enum ceremony_step {
	STEP_ANSWERS, STEP_HOME, STEP_PUBLIC, STEP_SHARES, STEP_PROVE,
	STEP_FORGET, STEP_TRANSCRIPT, STEP_DONE
};
struct ceremony {
	struct desk *d;
	char language[3];
	bool rehearsal;
	bool renewal; /* new sheets for an identity that was on paper */
	char organisation[KEYSET_NAME], person[KEYSET_ID];
	char folder[1024]; /* where sheets are written to be printed */
	unsigned step;
};

/* The text in the language of the ceremony */
#define SAY(c, nl, en) ((c)->language[0] == 'e' ? (en) : (nl))

enum err ceremony_load(struct ceremony *c);
enum err ceremony_save(struct ceremony *c);
/* One question with the answer that an empty line gives */
enum err ceremony_ask(const char *question, const char *usual, char *out,
    size_t size);
/* Passphrase of drawn words or of one's own; into c->d */
enum err ceremony_passphrase(struct ceremony *c);
/* Sheets into the folder; proving them; taking them away */
enum err ceremony_public(struct ceremony *c);
enum err ceremony_shares(struct ceremony *c);
enum err ceremony_prove(struct ceremony *c);
enum err ceremony_forget(struct ceremony *c);
enum err ceremony_transcript(struct ceremony *c);

/* The whole dialogue; ${card} may be NULL. ERR_BUSY: stopped on request */
enum err ceremony_run(struct desk *d, const char *organisation,
    const char *person, const struct card *card, bool rehearsal);
/* New sheets from k old ones; stopped, ceremony_run goes on with it */
enum err ceremony_renew(struct desk *d);

/* Signs a revocation with the identity and keeps it in public/ */
enum err revocation_make(struct desk *d, struct buf *note);

#endif
