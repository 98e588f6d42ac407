/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Words that events keep beside what they mean: reasons of steps and holds,
 * what was told by letter or in a talk, the record of a talk, what a
 * forwarding rests on and the plan that went.
 */
#ifndef DECRYPTOR_KEPT_H
#define DECRYPTOR_KEPT_H

#include "desk.h"

/* May they be shown and searched? As our notes; the record of a talk and a
 * plan hold words of the reporter, so only while a message of that day is */
bool kept_shown(const struct desk *d, const struct kept *k);
/* What they are, in English: "reason of the step to afgebroken" */
void kept_title(const struct kept *k, char out[160]);
/* The words themselves; a plan as ${english} or Dutch, with the reason not to
 * tell the reporter and what was left out */
enum err kept_text(struct desk *d, const struct kept *k, bool english,
    struct buf *out);
/* Code of what kept them: "step", "hold", "given", "talk", "ground",
 * "forward" */
const char *kept_word(const struct kept *k);

#endif
