/* SPDX-License-Identifier: EUPL-1.2 */
/* The shape of our pages, as who looks from outside may demand it */
#ifndef MELDLUIK_PAGESHAPE_H
#define MELDLUIK_PAGESHAPE_H

#include "meldluik/bytes.h"

#define PAGE_WHY 120u

/*
 * page_shape(page, lang, scripted, why): ERR_FORMAT with a phrase in ${why}
 * when ${page} is not of the shape that the gateway serves in ${lang} (NULL:
 * any, then not ${scripted}). ${scripted}: it loads script.LANG.js and no
 * other; else it loads none.
 */
enum err page_shape(struct buf *page, const char *lang, bool scripted,
    char why[PAGE_WHY]);

#endif
