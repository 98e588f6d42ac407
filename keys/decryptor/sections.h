/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The organisation's own words in the annual report (foreword, training,
 * ambitions) and its list of activities, as entered for that year.
 */
#ifndef DECRYPTOR_SECTIONS_H
#define DECRYPTOR_SECTIONS_H

#include "desk.h"

enum err sections_html(struct desk *d, int year, struct buf *out);
enum err sections_markdown(struct desk *d, int year, struct buf *out);

#endif
