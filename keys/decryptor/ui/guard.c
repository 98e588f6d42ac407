/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is refused before any handler sees a request. A request that another
 * page, name or program made the browser send differs in one of these.
 */
#include <string.h>

#include "ui.h"

unsigned
guard_check(const struct ui *ui, const struct guard_facts *f)
{
	bool post = strcmp(f->method, "POST") == 0;
	bool ticket = strncmp(f->path, "/open/", 6) == 0;

	if (!post && strcmp(f->method, "GET") != 0 &&
	    strcmp(f->method, "HEAD") != 0) {
		return 405;
	}
	if (f->two_hosts || f->host == NULL ||
	    strcmp(f->host, ui->host) != 0) {
		return 421; /* RFC 9110 15.5.20: not for this server */
	}
	if (f->origin != NULL && strcmp(f->origin, ui->origin) != 0) {
		return 403;
	}
	/* Fetch metadata, where a browser sends it. The one-time address is
	 * opened from outside: from a terminal or the start file. */
	if (f->site != NULL && !ticket && strcmp(f->site, "same-origin") != 0
	    && (post || strcmp(f->site, "none") != 0)) {
		return 403;
	}
	if (!post) {
		return 0;
	}
	if (f->origin == NULL) {
		return 403;
	}
	if (f->type == NULL ||
	    strcmp(f->type, "application/x-www-form-urlencoded") != 0) {
		return 415;
	}
	return 0;
}
