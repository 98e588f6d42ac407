/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The phrase for each result code. A phrase names a kind of failure and
 * never the bytes that caused it.
 */
#include "meldluik/err.h"

#include <stddef.h>

static const char *const texts[ERR_COUNT] = {
    [OK] = "done",
    [ERR_FORMAT] = "the bytes do not follow the format",
    [ERR_LIMIT] = "over a stated limit",
    [ERR_VERSION] = "a type or version this program does not know",
    [ERR_POLICY] = "not allowed here",
    [ERR_CRYPT] = "it does not open: damaged or changed",
    [ERR_NO_MATCH] = "sealed to somebody else, or another passphrase",
    [ERR_SIGNATURE] = "the signature is not right",
    [ERR_FOREIGN] = "of another organisation, desk or gateway",
    [ERR_STALE] = "expired, closed or older than what was seen",
    [ERR_CHAIN] = "a link of the chain is missing or changed",
    [ERR_CONFLICT] = "the same name with another content",
    [ERR_UNKNOWN] = "names something that does not exist",
    [ERR_FULL] = "there is no room",
    [ERR_IO] = "the system refused to read or write",
    [ERR_MEMORY] = "there is not enough memory",
    [ERR_BUSY] = "not now; try again",
    [ERR_USAGE] = "asked for something that makes no sense",
};

const char *err_text(enum err e)
{
	if ((unsigned)e >= ERR_COUNT || texts[e] == NULL) {
		return "unknown result";
	}
	return texts[e];
}
