/* SPDX-License-Identifier: EUPL-1.2 */
/* See web_exchange.h. All public files have the same ten bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "web_exchange.h"

static uint8_t slot[ASK_PAYLOAD_MAX];
size_t exchange_slot_asked;
uint8_t exchange_credential[HASH_LEN];
const char *exchange_contact_text = "";
const struct keyset *exchange_keyset;
const struct epoch *exchange_epoch;
static const uint8_t board[] = "0123456789";

const char *exchange_path(const struct exchange *x) { return x->path; }
uint64_t exchange_length(const struct exchange *x) { return x->length; }
void exchange_set(struct exchange *x, void *state) { x->state = state; }
void *exchange_get(struct exchange *x) { return x->state; }
const uint8_t *engine_credential(void) { return exchange_credential; }
const char *exchange_contact(void) { return exchange_contact_text; }
const char *exchange_languages(void) { return "nl"; }
int32_t exchange_today(void) { return 20454; }
const struct snapshot *snapshot_take(void) { return NULL; }
void snapshot_release(const struct snapshot *s) { (void)s; }

const struct keyset *
snapshot_keyset(const struct snapshot *s)
{
	(void)s;
	return exchange_keyset;
}

const struct epoch *
snapshot_epoch(const struct snapshot *s)
{
	(void)s;
	return exchange_epoch;
}

const char *
exchange_header(const struct exchange *x, const char *name)
{
	for (size_t i = 0; x->header[i].name != NULL; i++) {
		if (strcmp(x->header[i].name, name) == 0) {
			return x->header[i].value;
		}
	}
	return NULL;
}

void
exchange_add_header(struct exchange *x, const char *name, const char *value)
{
	if (strcmp(name, "Content-Range") == 0) {
		snprintf(x->range, sizeof(x->range), "%s", value);
	}
}

void
exchange_answer(struct exchange *x, unsigned status, const char *type,
    const void *body, size_t len, unsigned flags)
{
	(void)flags;
	snprintf(x->type, sizeof(x->type), "%s", type);
	x->answers++;
	x->status = status;
	x->body_len = len;
	memcpy(x->body, body, len < sizeof(x->body) ? len : sizeof(x->body));
}

void
exchange_error(struct exchange *x, unsigned status, const char *word)
{
	exchange_answer(x, status, "", "", 0, 0);
	snprintf(x->word, sizeof(x->word), "%s", word);
}

void
exchange_error_of(struct exchange *x, int err, const char *stale)
{
	exchange_error(x, 1000 + (unsigned)err, stale);
}

void
exchange_answer_snapshot(struct exchange *x, unsigned status,
    const char *type, const struct snapshot *s, const uint8_t *p, size_t len)
{
	(void)s;
	exchange_answer(x, status, type, p, len, 0);
}

bool
snapshot_file(const struct snapshot *s, const char *path,
    struct public_file *out)
{
	static const char *const files[] = {"board/1", "board/1.json",
		"keyset.json", "keyset.json.minisig", "epochs/1",
		"epochs/2026-W01.json"};

	(void)s;
	out->p = board;
	out->len = 10;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		if (strcmp(path, files[i]) == 0) {
			return true;
		}
	}
	return false;
}

void
ask_store(struct exchange *x, const struct ask_request *q, ask_done done,
    void *arg)
{
	x->asked++;
	x->q = *q;
	x->done = done;
	x->arg = arg;
}

uint8_t *
exchange_slot(struct exchange *x, size_t len)
{
	exchange_slot_asked = len;
	return x->no_slot || len > sizeof(slot) ? NULL : slot;
}

const struct handler *
handler_of(const struct handler *table, enum method m, const char *path)
{
	for (; table->path != NULL; table++) {
		if (table->method == m && strcmp(table->path, path) == 0) {
			return table;
		}
	}
	fail_msg("no handler: %s", path);
	return NULL;
}

void
header(struct exchange *x, const char *name, const char *value)
{
	size_t i = 0;

	while (x->header[i].name != NULL &&
	    strcmp(x->header[i].name, name) != 0) {
		i++;
	}
	x->header[i].name = name;
	x->header[i].value = value;
}

void
released(const struct handler *h, struct exchange *x)
{
	if (h->release != NULL) {
		h->release(x->state);
	}
	x->state = NULL;
}

void
answered(struct exchange *x, enum err e, const char *payload, uint64_t total)
{
	struct ask_answer a = {.err = (int)e, .next = 7, .serial = 9,
		.total = total, .payload = (const uint8_t *)payload,
		.payload_len = payload == NULL ? 0 : strlen(payload)};

	x->done(x, x->arg, &a);
}

unsigned
begun(const struct handler *h, struct exchange *x)
{
	h->begin(x);
	released(h, x);
	assert_true(x->answers <= 1);
	return x->status;
}
