/* SPDX-License-Identifier: EUPL-1.2 */
/* Days and weeks have one spelling: what is accepted is written the same. */
#include <stdlib.h>
#include <string.h>

#include "meldluik/clocks.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	char text[64], back[DAY_TEXT], week[WEEK_TEXT];
	day_t d;

	len = len < sizeof text - 1 ? len : sizeof text - 1;
	if (len > 0) {
		memcpy(text, p, len);
	}
	text[len] = '\0';
	if (day_parse(text, &d) == OK) {
		day_text(d, back);
		if (strcmp(text, back) != 0 || d < DAY_MIN || d > DAY_MAX) {
			abort();
		}
	}
	if (week_parse(text, &d) == OK) {
		week_text(d, week);
		if (strcmp(text, week) != 0 || day_weekday(d) != 1) {
			abort();
		}
	}
	if (moment_parse(text, &d) == OK && (d < DAY_MIN || d > DAY_MAX)) {
		abort();
	}
	return 0;
}
