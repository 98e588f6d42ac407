/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Epoch files: the weekly keys of all holders (keys/FORMAT.md section 6).
 * Each block is signed by its holder, so that nobody else, the identity key
 * included, can slip in a recipient.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keyset_private.h"

#define EPOCH_TYPE "meldluik-epoch"

/* The text a holder signs */
static void
block_text(const uint8_t org[ORG_LEN], day_t week,
    const struct epoch_block *b, struct buf *out)
{
	char hex[2 * ORG_LEN + 1], w[WEEK_TEXT], line[64];
	char recipient[AGE_RECIPIENT_TEXT + 1];

	hex_encode(org, ORG_LEN, hex);
	week_text(week, w);
	age_recipient_text(&b->recipient, recipient);
	snprintf(line, sizeof(line), "%u %s", b->desk, b->person);
	const char *const lines[] = {"meldluik epoch block", hex, w, line,
	    recipient};
	for (size_t i = 0; i < 5; i++) {
		buf_text(out, lines[i]);
		buf_text(out, "\n");
	}
}

enum err
epoch_block_sign(const uint8_t org[ORG_LEN], day_t week,
    const uint8_t seed[SIGN_SEED], struct epoch_block *b)
{
	struct sign_purpose why = {.purpose = "epoch", .desk = b->desk};
	struct buf text = buf_new(4096), sig = buf_new(SIGN_TEXT_MAX - 1);
	enum err e = ERR_MEMORY;

	memcpy(why.org, org, ORG_LEN);
	block_text(org, week, b, &text);
	if (!text.failed) {
		e = sign_make(seed, &why, text.p, text.len, &sig);
	}
	if (e == OK && !sig.failed) {
		memset(b->minisig, 0, sizeof(b->minisig));
		memcpy(b->minisig, sig.p, sig.len);
	}
	buf_free(&text);
	buf_free(&sig);
	return e;
}

enum err
epoch_write(const struct epoch *e, struct buf *out)
{
	json_t *blocks = json_array();
	char recipient[AGE_RECIPIENT_TEXT + 1];

	json_setup();
	for (unsigned i = 0; i < e->blocks; i++) {
		const struct epoch_block *b = &e->block[i];
		age_recipient_text(&b->recipient, recipient);
		json_array_append_new(blocks, json_pack("{s:i,s:s,s:s,s:s}",
		    "desk", (int)b->desk, "person", b->person, "recipient",
		    recipient, "minisig", b->minisig));
	}
	return json_finish(json_pack("{s:s,s:i,s:o,s:o,s:o,s:o}", "type",
	    EPOCH_TYPE, "version", 1, "org", json_hex(e->org, ORG_LEN),
	    "week", json_week(e->week), "keyset",
	    json_hex(e->keyset, HASH_LEN), "blocks", blocks), KEYSET_MAX,
	    out);
}

static enum err
block_read(const json_t *o, struct epoch_block *b)
{
	static const char *const keys[] = {"desk", "person", "recipient",
	    "minisig", NULL};
	const char *recipient = NULL;
	int64_t desk = 0;
	enum err e;

	if ((e = json_keys(o, keys)) != OK ||
	    (e = json_int_field(o, "desk", 1, 63, &desk)) != OK ||
	    (e = json_copy_field(o, "person", 1, b->person, KEYSET_ID)) !=
	    OK ||
	    (e = json_string_field(o, "recipient", AGE_RECIPIENT_TEXT,
	    AGE_RECIPIENT_TEXT, &recipient)) != OK ||
	    (e = json_copy_field(o, "minisig", 1, b->minisig,
	    SIGN_TEXT_MAX)) != OK) {
		return e;
	}
	b->desk = (unsigned)desk;
	return age_recipient_parse(recipient, AGE_RECIPIENT_TEXT,
	    &b->recipient);
}

enum err
epoch_block_check(const struct epoch *e, const struct epoch_block *b,
    const struct keyset *k)
{
	const struct keyset_person *who = keyset_person(k, b->person);
	struct sign_purpose why = {.purpose = "epoch", .desk = b->desk};
	struct buf text = buf_new(4096);
	enum err r;

	if (who == NULL || who->role != PERSON_HOLDER ||
	    who->desk != b->desk) {
		return ERR_CONFLICT;
	}
	memcpy(why.org, k->org, ORG_LEN);
	block_text(e->org, e->week, b, &text);
	r = text.failed ? ERR_MEMORY : keyset_revoked(k, &who->key)
	    ? ERR_SIGNATURE : sign_check(&who->key, &why, text.p, text.len,
	    b->minisig, strlen(b->minisig));
	buf_free(&text);
	return r;
}

/* One block for each holder, no more */
static enum err
blocks_complete(const struct epoch *e, const struct keyset *k)
{
	unsigned holders = 0;

	for (unsigned i = 0; i < k->people; i++) {
		holders += k->person[i].role == PERSON_HOLDER;
	}
	if (holders != e->blocks) {
		return ERR_CONFLICT;
	}
	for (unsigned i = 0; i < e->blocks; i++) {
		for (unsigned n = 0; n < i; n++) {
			if (strcmp(e->block[n].person,
			    e->block[i].person) == 0) {
				return ERR_CONFLICT;
			}
		}
	}
	return OK;
}

enum err
epoch_form(const void *p, size_t len, struct epoch **out)
{
	static const char *const keys[] = {"type", "version", "org", "week",
	    "keyset", "blocks", NULL};
	struct epoch *e = calloc(1, sizeof(*e));
	const json_t *blocks = NULL;
	json_t *o = NULL;
	enum err r = e == NULL ? ERR_MEMORY
	    : json_read_type(p, len, KEYSET_MAX, EPOCH_TYPE, &o);

	if (r != OK || (r = json_keys(o, keys)) != OK ||
	    (r = json_hex_field(o, "org", e->org, ORG_LEN)) != OK ||
	    (r = json_week_field(o, "week", &e->week)) != OK ||
	    (r = json_hex_field(o, "keyset", e->keyset, HASH_LEN)) != OK ||
	    (r = json_array_field(o, "blocks", KEYSET_PEOPLE_MAX,
	    &blocks)) != OK) {
		goto out;
	}
	for (size_t i = 0; r == OK && i < json_array_size(blocks); i++) {
		r = block_read(json_array_get(blocks, i),
		    &e->block[e->blocks++]);
	}
	if (r == OK) {
		*out = e;
		e = NULL; /* transferred */
	}
out:
	json_decref(o);
	epoch_free(e);
	return r;
}

enum err
epoch_parse(const void *p, size_t len, const struct keyset *k,
    struct epoch **out)
{
	struct epoch *e = NULL;
	enum err r = epoch_form(p, len, &e);

	if (r == OK && (memcmp(e->org, k->org, ORG_LEN) != 0 ||
	    memcmp(e->keyset, k->hash, HASH_LEN) != 0)) {
		r = ERR_FOREIGN;
	}
	for (unsigned i = 0; r == OK && i < e->blocks; i++) {
		r = epoch_block_check(e, &e->block[i], k);
	}
	if (r == OK && (r = blocks_complete(e, k)) == OK) {
		*out = e;
		e = NULL; /* transferred */
	}
	epoch_free(e);
	return r;
}

void
epoch_free(struct epoch *e)
{
	free(e);
}

unsigned
epoch_recipients(const struct epoch *e, unsigned desk,
    struct age_recipient out[KEYSET_HOLDERS_MAX])
{
	unsigned n = 0;

	for (unsigned i = 0; i < e->blocks && n < KEYSET_HOLDERS_MAX; i++) {
		if (e->block[i].desk == desk) {
			out[n++] = e->block[i].recipient;
		}
	}
	return n;
}
