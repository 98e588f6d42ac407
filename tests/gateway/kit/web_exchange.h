/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * An exchange for tests of handlers: headers as the test sets them, no
 * connection; what is answered and what the store is asked stays in it.
 */
#ifndef MELDLUIK_TEST_WEB_EXCHANGE_H
#define MELDLUIK_TEST_WEB_EXCHANGE_H

#include "http/engine.h"
#include "http/exchange.h"
#include "meldluik/minisign.h"

struct exchange {
	const char *path;
	struct {
		const char *name, *value;
	} header[8];
	uint64_t length;
	void *state;
	unsigned answers, status;
	uint8_t body[8192];
	size_t body_len;
	char type[48], word[32], range[96];
	bool no_slot;
	unsigned asked;
	struct ask_request q;
	ask_done done;
	void *arg;
};

extern size_t exchange_slot_asked; /* bytes of the last slot */
extern uint8_t exchange_credential[HASH_LEN];
extern const char *exchange_contact_text;
/* What the snapshot holds; NULL: before the first */
extern const struct keyset *exchange_keyset;
extern const struct epoch *exchange_epoch;

const struct handler *handler_of(const struct handler *table, enum method m,
    const char *path);
/* Sets a header, or with NULL takes it away */
void header(struct exchange *x, const char *name, const char *value);
void released(const struct handler *h, struct exchange *x);
/* How a beginning ends: its status, 0 if nothing is said yet */
unsigned begun(const struct handler *h, struct exchange *x);
/* What the store answers, into the exchange. exchange_error_of() makes a
 * status of 1000 and more of an error, and its word of what is stale. */
void answered(struct exchange *x, enum err e, const char *payload,
    uint64_t total);

#endif
