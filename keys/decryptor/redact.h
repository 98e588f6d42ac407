/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Leaving words out of a text, for a dossier. What was left out becomes one
 * mark of one length, so that it tells nothing of what stood there.
 */
#ifndef DECRYPTOR_REDACT_H
#define DECRYPTOR_REDACT_H

#include <jansson.h>

#include "meldluik/bytes.h"

#define REDACT_MARK "[weggelaten / left out]"

/*
 * redact_text(text, len, list, out): ${list} holds words (strings, every
 * place; capitals, accents, and blanks around or between do not matter, so
 * that more goes rather than less) and ranges ({"from": n, "to": m}:
 * characters from the n-th, counted from 0, up to but without the m-th).
 * ERR_UNKNOWN: a word that does not occur, or a range outside the text: the
 * writer meant something else. ERR_FORMAT: the list.
 */
enum err redact_text(const char *text, size_t len, const json_t *list,
    struct buf *out);

#endif
