/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The outbound bundle, whole at every export (FORMAT.md section 9). It
 * appears under its name only when every byte is on the stick and the
 * journal knows its number.
 */
#ifndef DECRYPTOR_OUTGOING_H
#define DECRYPTOR_OUTGOING_H

#include "desk.h"

struct outgoing_result {
	uint64_t serial, confirmed;
	uint32_t slots;
	unsigned replies, threads, weeks;
	unsigned left_out; /* cases with answers that cannot go; one of them */
	char left_case[REF_TEXT];
	/* the first holder without a key for a week that it is to publish, and
	 * that week; "": none */
	char lacks[KEYSET_ID], lacks_week[WEEK_TEXT];
	char folder[24]; /* name below the stick's folder */
	char moved[64];  /* what lay there before has this name now, or "" */
};

/* May this machine speak for the desk? Says in plain words why not */
enum err outgoing_allowed(const struct desk *d);
/* ${stick}: an open folder */
enum err outgoing_make(struct desk *d, int stick, struct outgoing_result *r);

#endif
