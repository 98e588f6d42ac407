/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Keys of cases: one file, sealed under the casebook key, one current copy.
 * Destroying a case is writing the file without its keys; so it must never
 * lie in the database, whose old pages linger.
 */
#include <sodium.h>
#include <string.h>

#include "casebook_private.h"
#include "files.h"
#include "meldluik/secret.h"

#define ENTRY (KEY_ID + CASE_KEY)
#define FILE_MAX (CASEKEYS_MAX * ENTRY + 64u)

/* The second says that the journal beside it has a head: whoever drops the
 * head of such a casebook is found. One of before is the first until the
 * commit that gives it a head. */
static const uint8_t context[2][20] = {"meldluik casekeys 1",
	"meldluik casekeys 2"};

static enum err
room(struct casebook *b, size_t n)
{
	struct casekey *more;

	if (n > CASEKEYS_MAX) { /* more than the file may hold */
		return ERR_FULL;
	}
	if (n <= b->casekeys_room) {
		return OK;
	}
	n += CASEKEYS_BLOCK * 4;
	more = secret_new(n * sizeof *more);
	if (more == NULL) {
		return ERR_MEMORY;
	}
	if (b->casekeys > 0) {
		memcpy(more, b->casekey, b->casekeys * sizeof *more);
	}
	secret_free(b->casekey);
	b->casekey = more;
	b->casekeys_room = n;
	return OK;
}

enum err
casekeys_save(struct casebook *b)
{
	struct buf plain = buf_new_secret(FILE_MAX);
	struct buf sealed = buf_new(FILE_MAX + SEAL_OVERHEAD);
	enum err e;

	for (size_t i = 0; i < b->casekeys; i++) {
		buf_put(&plain, b->casekey[i].id, KEY_ID);
		buf_put(&plain, b->casekey[i].key, CASE_KEY);
	}
	e = plain.failed ? ERR_MEMORY : value_seal(b->keys->casekeys,
	    context[b->ended], sizeof *context, plain.p, plain.len, &sealed);
	if (e == OK) {
		e = file_replace_over(b->dir, "casekeys", sealed.p, sealed.len);
	}
	buf_free(&plain);
	buf_free(&sealed);
	return e;
}

enum err
casekeys_load(struct casebook *b)
{
	struct buf plain = buf_new_secret(FILE_MAX);
	struct buf sealed = buf_new(FILE_MAX + SEAL_OVERHEAD);
	struct reader r;
	enum err e = file_read(b->dir, "casekeys", &sealed);

	for (unsigned v = 2; v > 0 && (e == OK || e == ERR_CRYPT) &&
	    plain.len == 0; v--) {
		b->ended = v == 2;
		e = value_open(b->keys->casekeys, context[v - 1],
		    sizeof *context, sealed.p, sealed.len, &plain);
		if (e == OK) {
			break;
		}
	}
	if (e == OK) {
		size_t n = plain.len / ENTRY;
		e = room(b, n);
		r = reader_of(plain.p, plain.len);
		for (size_t i = 0; e == OK && i < n; i++) {
			reader_copy(&r, b->casekey[i].id, KEY_ID);
			reader_copy(&r, b->casekey[i].key, CASE_KEY);
			b->casekeys = i + 1;
		}
		if (e == OK && !reader_done(&r)) {
			e = ERR_FORMAT;
		}
	}
	buf_free(&plain);
	buf_free(&sealed);
	return e;
}

enum err
casekey_take(struct casebook *b, uint8_t id[KEY_ID])
{
	enum err e;

	size_t i = 0;

	while (i < b->casekeys && b->casekey[i].used) {
		i++;
	}
	if (i == b->casekeys) {
		size_t n = i + CASEKEYS_BLOCK;
		if (n > CASEKEYS_MAX && i < CASEKEYS_MAX) {
			n = CASEKEYS_MAX; /* the last ones */
		}
		if ((e = room(b, n)) != OK) {
			return e;
		}
		for (size_t j = i; j < n; j++) {
			randombytes_buf(b->casekey[j].id, KEY_ID);
			randombytes_buf(b->casekey[j].key, CASE_KEY);
			b->casekey[j].used = false;
		}
		b->casekeys = n;
		e = casekeys_save(b);
		if (e != OK) {
			b->casekeys = i;
			return e;
		}
	}
	b->casekey[i].used = true;
	memcpy(id, b->casekey[i].id, KEY_ID);
	return OK;
}

size_t
casebook_room(const struct casebook *b)
{
	size_t used = 0;

	for (size_t i = 0; i < b->casekeys; i++) {
		used += b->casekey[i].used;
	}
	return CASEKEYS_MAX - used;
}

void
casekey_mark(struct casebook *b, const uint8_t id[KEY_ID])
{
	for (size_t i = b->casekeys; i > 0; i--) {
		if (memcmp(b->casekey[i - 1].id, id, KEY_ID) == 0) {
			b->casekey[i - 1].used = true;
		}
	}
}

bool
casekey_drop(struct casebook *b, const uint8_t id[KEY_ID])
{
	for (size_t i = 0; i < b->casekeys; i++) {
		if (memcmp(b->casekey[i].id, id, KEY_ID) != 0) {
			continue;
		}
		b->casekeys--;
		b->casekey[i] = b->casekey[b->casekeys];
		secret_wipe(&b->casekey[b->casekeys], sizeof *b->casekey);
		return true;
	}
	return false;
}

enum err
casekeys_keep(struct casebook *b)
{
	return casekeys_save(b);
}

enum err
casekey_find(struct casebook *b, const uint8_t id[KEY_ID],
    uint8_t key[CASE_KEY])
{
	for (size_t i = b->casekeys; i > 0; i--) {
		if (memcmp(b->casekey[i - 1].id, id, KEY_ID) == 0) {
			memcpy(key, b->casekey[i - 1].key, CASE_KEY);
			return OK;
		}
	}
	return ERR_UNKNOWN;
}
