/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What every answer says to the browser: load nothing from elsewhere, run
 * nothing inline, keep nothing, tell nobody, live in no frame.
 */
#include <stdbool.h>
#include <stdio.h>

#include "exchange.h"
#include "guard.h"
#include "headers.h"
#include "meldluik/pagepolicy.h"

/* ${page}: says nothing to a style sheet or a script */
static const struct {
	const char *name, *value;
	bool page;
} fixed[] = {
	/* a worker obeys that of its own script */
	{PAGE_POLICY_NAME, PAGE_POLICY, false},
	{"X-Content-Type-Options", "nosniff", false},
	{"Referrer-Policy", "no-referrer", false},
	{"Cross-Origin-Resource-Policy", "same-origin", false},
	{"X-Frame-Options", "DENY", true},
	{"Cross-Origin-Opener-Policy", "same-origin", true},
	{"X-DNS-Prefetch-Control", "off", true},
	{"Permissions-Policy",
	    "accelerometer=(), autoplay=(), camera=(), "
	    "display-capture=(), fullscreen=(), geolocation=(), "
	    "gyroscope=(), magnetometer=(), microphone=(), midi=(), "
	    "payment=(), screen-wake-lock=(), usb=()", true},
};

bool
headers_add(struct MHD_Response *r, unsigned flags, const char *onion,
    const char *path)
{
	bool page = !(flags & ANSWER_STORE);
	char location[512];
	size_t i;

	for (i = 0; i < sizeof(fixed) / sizeof(*fixed); i++) {
		if (fixed[i].page && !page) {
			continue;
		}
		if (MHD_add_response_header(r, fixed[i].name,
		    fixed[i].value) != MHD_YES) {
			return false;
		}
	}
	if (MHD_add_response_header(r, "Cache-Control",
	    page ? "no-store" : "public, max-age=3600")
	    != MHD_YES) {
		return false;
	}
	if ((flags & ANSWER_CLOSE) &&
	    MHD_add_response_header(r, "Connection", "close") != MHD_YES) {
		return false;
	}
	if (onion == NULL || !page) {
		return true;
	}
	if ((size_t)snprintf(location, sizeof(location), "%s%s", onion,
	    path) >= sizeof(location)) {
		return false;
	}
	return MHD_add_response_header(r, "Onion-Location", location) ==
	    MHD_YES;
}
