/* SPDX-License-Identifier: EUPL-1.2 */
/* The guard over any request line and header, and its own rules re-checked. */
#include <stdlib.h>
#include <string.h>

#include "http/guard.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	char *text = malloc(len + 1), *line, *next, *colon;
	struct guard g;
	unsigned hosts = 0;

	memcpy(text, p, len);
	text[len] = '\0';
	memset(&g, 0, sizeof(g));
	line = text;
	next = strchr(line, '\n');
	if (next != NULL) {
		*next++ = '\0';
	}
	if (guard_uri(line) && (line[0] != '/' || strstr(line, "//") ||
	    strchr(line, '?') || strstr(line, "/../"))) {
		abort();
	}
	while ((line = next) != NULL) {
		next = strchr(line, '\n');
		if (next != NULL) {
			*next++ = '\0';
		}
		colon = strchr(line, ':');
		if (colon == NULL) {
			continue;
		}
		guard_header(&g, line, (size_t)(colon - line), colon + 1,
		    strlen(colon + 1), false);
		hosts += colon - line == 4 && strncmp(line, "Host", 4) == 0;
	}
	if (guard_end(&g, "HTTP/1.1") && (hosts > 1 ||
	    (g.lengths && g.encodings) || g.headers > GUARD_HEADERS_MAX)) {
		abort();
	}
	free(text);
	return 0;
}
