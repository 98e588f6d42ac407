/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A printable page that needs no other file and runs nothing: for
 * declarations, letters and dossiers. What is put into it passes html_text.
 */
#ifndef DECRYPTOR_HTML_PAGE_H
#define DECRYPTOR_HTML_PAGE_H

#include "meldluik/html.h"

/* Up to and with <main>; ${title} is ours, plain text */
void html_page_open(struct buf *out, const char *lang, const char *title);
void html_page_close(struct buf *out);
/* Text of anybody with its lines, as one <pre> that wraps; ${dir} "auto" */
void html_page_text(struct buf *out, const char *s, size_t len);

#endif
