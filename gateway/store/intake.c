/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Intake of whole envelopes. What needs no order (header, hash, cipher, and
 * later the two signatures of the receipt) is work for the crew; the rest is
 * done here, in the transaction. What is receipted is in the transaction;
 * the receipt may leave the process only after store_commit returned OK.
 *
 * Holds: ciphertext of reporters, and for the time of sealing the record key
 * of each, in secret memory.
 */
#include <stdlib.h>
#include <string.h>

#include "meldluik/secret.h"
#include "store_private.h"

#define ROOMS 64u /* 4.6 MiB, until the next beat */

enum put_state {
	PUT_FREE,
	PUT_BEGUN, /* its work was given */
	PUT_ENDED  /* the receipt's work was given */
};

struct store_put {
	struct work work; /* first: work.run gets its address */
	enum put_state state;
	const uint8_t *from; /* caller's, until the work is done */
	uint8_t *value; /* until it is in the transaction */
	size_t len;
	uint8_t *secret;
	uint64_t keyno, number;
	uint8_t digest[HASH_LEN];
	day_t week;
	bool bulk;
	enum err err;
	struct receipt doc;
	const uint8_t *sk;
	struct store_receipt *out;
};

/* Numbers that were taken for an envelope which was there already */
struct spare {
	uint64_t keyno, number;
};

struct puts {
	struct store_put put[STORE_PUTS];
	struct spare spare[STORE_PUTS];
	unsigned spares;
	uint8_t *secrets;
	uint8_t *idle[ROOMS]; /* rooms for a text, to be used again */
	unsigned idles;
};

enum err puts_new(struct puts **out)
{
	struct puts *a = calloc(1, sizeof(*a));

	if (a == NULL) {
		return ERR_MEMORY;
	}
	a->secrets = secret_new((size_t)STORE_PUTS * RECORD_KEY);
	if (a->secrets == NULL) {
		free(a);
		return ERR_MEMORY;
	}
	for (unsigned i = 0; i < STORE_PUTS; i++) {
		a->put[i].secret = a->secrets + (size_t)i * RECORD_KEY;
	}
	*out = a;
	return OK;
}

static size_t put_key(const struct store_put *t, uint8_t key[12])
{
	if (t->bulk) {
		part_key(t->keyno, 1, key);
		return 12;
	}
	key_of(t->number, key);
	return 8;
}

/* By the crew. The bytes are copied before anything is read of them, so
 * that what was judged and hashed is what is kept. */
static void put_run(struct work *w)
{
	struct store_put *t = (struct store_put *)w;
	uint8_t *p = t->value + RECORD_HEAD, hash[HASH_LEN], key[12];
	size_t klen = put_key(t, key);

	memcpy(p, t->from, t->len);
	t->err = envelope_header_check(p, ENVELOPE_HEADER);
	if (t->err == OK) {
		hash_bytes(p, t->len, hash);
		if (memcmp(hash, t->digest, HASH_LEN) != 0) {
			t->err = ERR_CRYPT;
		}
	}
	if (t->err == OK) {
		t->err = value_seal(t->value, t->bulk ? DB_PARTS : DB_TEXT,
		    key, klen, t->keyno, t->len, t->secret);
	}
	secret_wipe(t->secret, RECORD_KEY);
}

static void receipt_run(struct work *w)
{
	struct store_put *t = (struct store_put *)w;

	t->err = receipt_sign(&t->doc, t->sk, t->out);
}

static void value_free(struct store *s, struct store_put *t)
{
	struct puts *a = s->puts;

	if (t->value != NULL && !t->bulk && a->idles < ROOMS) {
		a->idle[a->idles++] = t->value;
	} else {
		free(t->value);
	}
	t->value = NULL;
}

static void put_free(struct store *s, struct store_put *t)
{
	value_free(s, t);
	t->state = PUT_FREE;
}

static enum err numbers_take(struct store *s, struct store_put *t)
{
	struct puts *a = s->puts;
	enum err r;

	if (a->spares > 0) {
		a->spares--;
		t->keyno = a->spare[a->spares].keyno;
		t->number = a->spare[a->spares].number;
		return OK;
	}
	if ((r = key_take(s, &t->keyno)) == OK) {
		t->number = s->now.next_number++;
	}
	return r;
}

static void numbers_return(struct store *s, const struct store_put *t)
{
	struct puts *a = s->puts;

	if (a->spares < STORE_PUTS) {
		a->spare[a->spares].keyno = t->keyno;
		a->spare[a->spares++].number = t->number;
	}
}

static enum err value_room(struct store *s, struct store_put *t)
{
	struct puts *a = s->puts;

	if (!t->bulk && a->idles > 0) {
		t->value = a->idle[--a->idles];
	} else {
		t->value = malloc(record_padded(t->len));
	}
	return t->value != NULL ? OK : ERR_MEMORY;
}

enum err store_put_begin(struct store *s, const uint8_t *p, size_t len,
    const uint8_t digest[HASH_LEN], day_t week, struct store_put **out)
{
	struct store_put *t = NULL;
	enum err r;

	if (s->keyset == NULL) {
		return ERR_STALE;
	}
	if (len > ENVELOPE_WHOLE_MAX) {
		return ERR_LIMIT;
	}
	if ((r = envelope_size_check(len)) != OK) {
		return r;
	}
	for (unsigned i = 0; i < STORE_PUTS && t == NULL; i++) {
		if (s->puts->put[i].state == PUT_FREE) {
			t = &s->puts->put[i];
		}
	}
	if (t == NULL) {
		return ERR_BUSY;
	}
	t->from = p;
	t->len = len;
	t->week = week;
	t->bulk = len != ENVELOPE_TEXT_SIZE;
	memcpy(t->digest, digest, HASH_LEN);
	if ((r = value_room(s, t)) != OK ||
	    (r = numbers_take(s, t)) != OK ||
	    (r = key_copy(s, t->keyno, t->secret)) != OK) {
		put_free(s, t);
		return r;
	}
	t->work = (struct work){ .run = put_run };
	t->state = PUT_BEGUN;
	work_give(s->crew, &t->work);
	*out = t;
	return OK;
}

/* In the transaction; ${e} is found or made. ${kept}: made */
static enum err put_keep(struct store *s, struct store_put *t,
    struct entry *e, bool *kept)
{
	uint8_t key[12];
	size_t klen = put_key(t, key), size = record_padded(t->len);
	enum err r;

	/* Before the week: who asks again gets the answer of then. */
	r = entry_find(s, t->digest, e);
	if (r != ERR_UNKNOWN) {
		return r;
	}
	if (!week_accepts(s, t->week)) {
		return ERR_STALE;
	}
	if (t->bulk ? !space_bulk(s, t->len) : !space_text(s, t->len)) {
		return ERR_FULL;
	}
	*kept = true;
	memset(e, 0, sizeof(*e));
	memcpy(e->sha256, t->digest, HASH_LEN);
	e->number = t->number;
	e->keyno = t->keyno;
	e->size = t->len;
	e->week = t->week;
	e->bulk = t->bulk;
	e->bulk_bytes = t->bulk ? size : 0;
	r = value_put(s, t->bulk ? DB_PARTS : DB_TEXT, key, klen, t->value,
	    size);
	return r == OK ? entry_add(s, e) : r;
}

enum err store_put_end(struct store *s, struct store_put *t,
    struct store_receipt *out)
{
	bool kept = false;
	struct entry e;
	enum err r;

	if (t->state != PUT_BEGUN) {
		return ERR_USAGE;
	}
	work_wait(s->crew, &t->work);
	if ((r = t->err) == OK && (r = put_keep(s, t, &e, &kept)) == OK) {
		r = receipt_of(s, &e, &t->doc);
	}
	if (!kept) {
		numbers_return(s, t);
	}
	if (r != OK) {
		put_free(s, t);
		return r;
	}
	value_free(s, t);
	t->out = out;
	t->sk = s->sign_sk;
	t->work = (struct work){ .run = receipt_run };
	t->state = PUT_ENDED;
	work_give(s->crew, &t->work);
	return OK;
}

enum err store_put(struct store *s, const uint8_t *p, size_t len,
    const uint8_t digest[HASH_LEN], day_t week, struct store_receipt *out)
{
	struct store_put *t;
	enum err r = store_put_begin(s, p, len, digest, week, &t);

	if (r == OK && (r = store_put_end(s, t, out)) == OK) {
		work_wait(s->crew, &t->work);
		r = t->err;
		put_free(s, t);
	}
	return r;
}

bool store_has(struct store *s, const uint8_t digest[HASH_LEN])
{
	struct entry e;

	return entry_find(s, digest, &e) == OK;
}

enum err puts_end(struct store *s)
{
	enum err r = OK;

	for (unsigned i = 0; i < STORE_PUTS; i++) {
		struct store_put *t = &s->puts->put[i];

		if (t->state == PUT_ENDED) {
			work_wait(s->crew, &t->work);
			r = r == OK ? t->err : r;
			put_free(s, t);
		}
	}
	return r;
}

void puts_abort(struct store *s)
{
	for (unsigned i = 0; i < STORE_PUTS; i++) {
		struct store_put *t = &s->puts->put[i];

		if (t->state != PUT_FREE) {
			work_wait(s->crew, &t->work);
			put_free(s, t);
		}
	}
	s->puts->spares = 0; /* they may be handed out anew */
}

void puts_trim(struct store *s)
{
	struct puts *a = s->puts;

	/* The daily batch destroys keys of no record, spare ones too */
	a->spares = 0;
	while (a->idles > 0) {
		free(a->idle[--a->idles]);
	}
}

void puts_free(struct store *s)
{
	if (s->puts != NULL) {
		puts_abort(s);
		puts_trim(s);
		secret_free(s->puts->secrets);
		free(s->puts);
	}
}
