/* SPDX-License-Identifier: EUPL-1.2 */
/* Frame of printable pages: no script, no link, no remote byte. */
#include <string.h>

#include "html_page.h"

static const char policy[] = "<meta http-equiv=\"Content-Security-Policy\" "
    "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src "
    "data:\">\n<meta name=\"referrer\" content=\"no-referrer\">\n";
static const char style[] = "<style>body{font:11pt/1.5 'Liberation Sans',"
    "Arial,sans-serif;color:#111;background:#fff;max-width:44em;margin:2em "
    "auto;padding:0 1em}h1{font-size:1.5em}h2{font-size:1.15em;"
    "margin-top:1.6em}table{border-collapse:collapse;width:100%}th,td{"
    "border:1px solid #777;padding:.3em .6em;text-align:left;vertical-align:"
    "top}th{font-weight:600;background:#f2f2f2}pre{font:inherit;white-space:"
    "pre-wrap;overflow-wrap:anywhere;border-left:3px solid #777;padding-left:"
    ".8em;unicode-bidi:isolate}code{overflow-wrap:anywhere}@page{size:A4;"
    "margin:18mm}@media print{body{margin:0;max-width:none}}</style>\n";

void
html_page_open(struct buf *out, const char *lang, const char *title)
{
	buf_text(out, "<!DOCTYPE html>\n<html lang=\"");
	html_text(out, lang, strlen(lang));
	buf_text(out, "\">\n<head>\n<meta charset=\"utf-8\">\n");
	buf_text(out, policy);
	buf_text(out, "<title>");
	html_text(out, title, strlen(title));
	buf_text(out, "</title>\n");
	buf_text(out, style);
	buf_text(out, "</head>\n<body>\n<main>\n");
}

void
html_page_close(struct buf *out)
{
	buf_text(out, "</main>\n</body>\n</html>\n");
}

void
html_page_text(struct buf *out, const char *s, size_t len)
{
	buf_text(out, "<pre dir=\"auto\">");
	html_text(out, s, len);
	buf_text(out, "</pre>\n");
}
