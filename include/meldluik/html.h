/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Escaping for HTML text, double-quoted attributes and Markdown. Every value that was
 * not typed by us passes here; templates escape by default.
 */
#ifndef MELDLUIK_HTML_H
#define MELDLUIK_HTML_H

#include "meldluik/bytes.h"

/*
 * html_text(b, s, len): appends ${s} with & < > " ' as entities; control
 * characters other than TAB and LF, and bidirectional controls (U+202A-202E,
 * U+2066-2069, U+200E-200F, U+061C) as visible U+XXXX; invalid UTF-8 as
 * U+FFFD.
 */
void html_text(struct buf *b, const char *s, size_t len);

/*
 * markdown_text(b, s, len, cell): the same characters made visible, and
 * every one that Markdown obeys after a backslash. ${cell}: on one line, for
 * headings and tables.
 */
void markdown_text(struct buf *b, const char *s, size_t len, bool cell);

#endif
