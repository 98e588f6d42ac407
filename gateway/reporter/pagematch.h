/* SPDX-License-Identifier: EUPL-1.2 */
/* Is a page made of one of our templates? */
#ifndef MELDLUIK_PAGEMATCH_H
#define MELDLUIK_PAGEMATCH_H

#include "meldluik/bytes.h"

/*
 * page_match(t, len, lang, kind, page, line): can ${page} come of the
 * template of ${len} bytes at ${t}, for the page of ${kind} (NULL: one that
 * loads no script) in ${lang}? All words, tags and attributes must be those
 * of the template; only where it has a value of the organisation may stand
 * other text, of which nothing is a tag. ERR_FORMAT: no; ${line} is then the
 * line of the page that no longer can.
 */
enum err page_match(const char *t, size_t len, const char *lang,
    const char *kind, const struct buf *page, unsigned *line);

#endif
