/* SPDX-License-Identifier: EUPL-1.2 */
/* What tests of the fold share: events of a desk with one case. */
#ifndef FOLD_HELP_H
#define FOLD_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decryptor/acts.h"
#include "meldluik/secret.h"

#define HASH_A \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B \
	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define HASH_C \
	"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define ID "00112233445566778899aabbccddeeff"

static inline void
apply(struct state *s, json_t *event)
{
	assert_non_null(event);
	assert_int_equal(state_apply(s, event), OK);
	json_decref(event);
}

static inline void
report_of(struct state *s, const char *ref, const char *hash)
{
	apply(s, json_pack("{s:s,s:s,s:s,s:s,s:s,s:i,s:s,s:s,s:s,s:s,s:s,s:s,"
	    "s:s,s:i}", "e", "message", "day", "2026-11-03", "case", ref,
	    "sha256", hash, "route", "mailbox", "kind", 0, "message_id", ID,
	    "payload", hash, "signer", "", "language", "nl", "received",
	    "2026-11-02", "record", ID, "key", ID, "attachments", 0));
}

static inline struct state *
desk_with_case(void)
{
	struct state *s = state_new();

	assert_non_null(s);
	apply(s, json_pack("{s:s,s:s,s:s,s:i,s:i}", "e", "init", "day",
	    "2026-11-02", "person", "coordinator", "desk", 1, "tenure", 1));
	report_of(s, "2026-7K3Q", HASH_C);
	return s;
}

#define GENERATION_2 1000000000 /* manifests of before it */

static inline void
manifest_of(struct state *s, int generation, int manifest, int tenure,
    int serial, const char *hash, const char *day)
{
	apply(s, json_pack("{s:s,s:s,s:i,s:i,s:s,s:s,s:s,s:[],s:{s:i,s:i,"
	    "s:s,s:s}}", "e", "manifest", "day", day, "serial", manifest,
	    "generation", generation, "sha256", HASH_C, "imported", day,
	    "record", ID, "closed", "applied", "tenure", tenure, "serial", serial,
	    "sha256", hash, "day", day));
}

static inline void
applied(struct state *s, int manifest, int tenure, int serial,
    const char *hash, const char *day)
{
	manifest_of(s, 1, manifest, tenure, serial, hash, day);
}

static inline day_t
day(const char *text)
{
	day_t d;

	assert_int_equal(day_parse(text, &d), OK);
	return d;
}

#endif
