/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The ceremony as a dialogue on the terminal. Stopped with Ctrl-C or `s` at
 * any question, it goes on there the next time.
 */
#ifndef DECRYPTOR_CEREMONY_TALK_H
#define DECRYPTOR_CEREMONY_TALK_H

#include "ceremony.h"

/* The whole dialogue; ${card} may be NULL. ERR_BUSY: stopped on request */
enum err ceremony_run(struct desk *d, const char *organisation,
    const char *person, const struct card *card, bool rehearsal);
/* New sheets from k old ones; stopped, ceremony_run goes on with it */
enum err ceremony_renew(struct desk *d);

/* Between its two files: one question with the answer that an empty line
 * gives; what is wrong, where nothing below said it, and the error itself */
enum err talk_ask(const struct ceremony *c, const char *question,
    const char *usual, char *out, size_t size);
enum err talk_tell(const struct ceremony *c, const struct refusal *why);
enum err talk_folder(struct ceremony *c);
enum err talk_printed(struct ceremony *c);
enum err talk_keepers(struct ceremony *c);
void talk_prove(const struct ceremony *c);
enum err talk_sheet(struct ceremony *c);
enum err talk_forget(struct ceremony *c);
enum err talk_transcript(struct ceremony *c);

#endif
