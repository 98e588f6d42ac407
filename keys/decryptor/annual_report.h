/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The annual report in each of its forms, for the command line and the page
 * alike: the figures of the register, and after them the sections and
 * activities that were entered.
 */
#ifndef DECRYPTOR_ANNUAL_REPORT_H
#define DECRYPTOR_ANNUAL_REPORT_H

#include "desk.h"

#define ANNUAL_REPORT_MAX ((size_t)64 << 20)

enum annual_format {
	ANNUAL_HTML, ANNUAL_CSV, ANNUAL_MD, ANNUAL_JSON,
	ANNUAL_BODY, /* HTML without head, for a page that has its own */
	ANNUAL_FORMATS
};
struct annual_order {
	int year;
	day_t as_of;
	enum annual_format format;
	int suppress; /* smaller counts are hidden; 0: none */
};

/* "html", "csv", "md" or "json"; ERR_UNKNOWN: none of them */
enum err annual_format_parse(const char *word, enum annual_format *out);
/* Says on stderr what does not count, and why there is no report */
enum err annual_report(struct desk *d, const struct annual_order *w,
    struct buf *out);

#endif
