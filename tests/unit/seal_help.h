/* SPDX-License-Identifier: EUPL-1.2 */
/* A desk with two holders, and envelopes sealed to it into memory. */
#ifndef MELDLUIK_TEST_SEAL_HELP_H
#define MELDLUIK_TEST_SEAL_HELP_H

#include <stdlib.h>
#include <string.h>

#include "meldluik/envelope_open.h"
#include "meldluik/secret.h"

#define HELP_HOLDERS 2u

static const uint8_t help_seed[HELP_HOLDERS][AGE_HYBRID_SEED] = {
	{ 1, 2, 3 }, { 4, 5, 6 }
};
static struct age_recipient help_holder[HELP_HOLDERS];

static inline enum err
help_setup(void)
{
	enum err e = secret_setup();

	for (unsigned i = 0; e == OK && i < HELP_HOLDERS; i++) {
		e = age_identity_recipient(help_seed[i], &help_holder[i]);
	}
	return e;
}

static inline enum err
help_sink(void *arg, const uint8_t *p, size_t len)
{
	struct buf *b = arg;

	buf_put(b, p, len);
	return b->failed ? ERR_FULL : OK;
}

/* Any payload as an envelope, padded with zeros to ${size} */
static inline enum err
help_seal_raw(const void *p, size_t len, uint64_t size, struct buf *out)
{
	struct age_recipient r[ENVELOPE_STANZAS];
	struct age_seal *s = NULL;
	enum err e;

	r[0] = help_holder[0];
	r[1] = help_holder[1];
	if ((e = age_recipient_throwaway(&r[2])) != OK ||
	    (e = age_recipient_throwaway(&r[3])) != OK ||
	    (e = age_seal_new(r, ENVELOPE_STANZAS, help_sink, out, 1, &s)) !=
	    OK ||
	    (e = age_seal_write(s, p, len)) != OK ||
	    (e = age_seal_zeros(s, size - len)) != OK) {
		goto out;
	}
	e = age_seal_end(s);
out:
	age_seal_free(s);
	return e;
}

/* Opens with holder ${who} in pieces of ${step}; ${fault} gets the word */
static inline enum err
help_open(unsigned who, const uint8_t *p, size_t len, size_t step,
    envelope_part_sink sink, void *arg, struct envelope_content *out,
    char fault[48])
{
	struct age_identity *id = NULL;
	struct envelope_open *o = NULL;
	enum err e;

	strcpy(fault, "new");
	if ((e = age_identity_new(help_seed[who], &id)) != OK ||
	    (e = envelope_open_new(&id, 1, sink, arg, 1, &o)) != OK) {
		goto out;
	}
	for (size_t i = 0; i < len && e == OK; i += step) {
		e = envelope_open_write(o, p + i, len - i < step ? len - i :
		    step);
	}
	if (e == OK) {
		e = envelope_open_end(o, out);
	}
	strcpy(fault, e == OK ? "" : envelope_open_fault(o));
out:
	envelope_open_free(o);
	age_identity_free(id);
	return e;
}

static inline struct report *
help_report(enum report_kind kind)
{
	struct report *r = report_new();

	r->kind = kind;
	memset(r->org, 0x5a, sizeof(r->org));
	strcpy(r->epoch, "2026-W48");
	r->desk = 3;
	r->sealed_by = SEALED_CLI;
	strcpy(r->language, "nl");
	strcpy(r->relation, "not_said");
	report_answer_add(r, "what", "Er klopt iets niet.", 19);
	return r;
}

static inline struct code_keys
help_keys(uint8_t which)
{
	static const uint8_t org[ORG_LEN] = { 0x5a };
	struct code c = { { 3, which } };
	struct code_keys k;

	code_derive(&c, org, &k);
	return k;
}

#endif
