/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Epoch blocks: each names the recipient of one holder for one week, signed
 * by that holder. A block does not name the keyset, so a new keyset needs no
 * new blocks, only new epoch files around them.
 */
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "meldluik/json.h"
#include "meldluik/code.h"
#include "org.h"
#include "terminal.h"

#define BLOCKS_TYPE "meldluik-desk-blocks"

json_t *
block_json(day_t week, const struct epoch_block *block)
{
	char text[AGE_RECIPIENT_TEXT + 1], name[WEEK_TEXT];
	json_t *o = json_object();

	week_text(week, name);
	age_recipient_text(&block->recipient, text);
	json_object_set_new(o, "week", json_string(name));
	json_object_set_new(o, "desk", json_integer(block->desk));
	json_object_set_new(o, "person", json_string(block->person));
	json_object_set_new(o, "recipient", json_string(text));
	json_object_set_new(o, "minisig", json_string(block->minisig));
	return o;
}

enum err
block_of_json(const json_t *o, day_t *week, struct epoch_block *block)
{
	const char *name, *person, *recipient, *minisig;
	int64_t desk;
	enum err e;

	memset(block, 0, sizeof *block);
	if ((e = json_string_field(o, "week", WEEK_TEXT - 1, WEEK_TEXT - 1,
	    &name)) != OK || (e = week_parse(name, week)) != OK ||
	    (e = json_int_field(o, "desk", 1, CODE_DESK_MAX, &desk)) !=
	    OK || (e = json_string_field(o, "person", 1, KEYSET_ID - 1,
	    &person)) != OK || (e = json_string_field(o, "recipient", 1,
	    AGE_RECIPIENT_TEXT, &recipient)) != OK ||
	    (e = json_string_field(o, "minisig", 1, SIGN_TEXT_MAX - 1,
	    &minisig)) != OK) {
		return e;
	}
	block->desk = (unsigned)desk;
	strcpy(block->person, person);
	strcpy(block->minisig, minisig);
	return age_recipient_parse(recipient, strlen(recipient),
	    &block->recipient);
}

enum err
blocks_put(struct org_blocks *b, day_t week, const struct epoch_block *block)
{
	size_t i = 0;

	while (i < b->count && (b->block[i].week != week ||
	    b->block[i].block.desk != block->desk ||
	    strcmp(b->block[i].block.person, block->person) != 0)) {
		i++;
	}
	if (i == b->count) {
		if (b->count == BLOCKS_MAX) {
			return ERR_FULL;
		}
		if (b->count == b->room) {
			size_t room = b->room * 2 + 32;
			struct org_block *more = reallocarray(b->block, room,
			    sizeof *more);
			if (more == NULL) {
				return ERR_MEMORY;
			}
			b->block = more;
			b->room = room;
		}
		b->count++;
	}
	b->block[i].week = week;
	b->block[i].block = *block;
	return OK;
}

const struct epoch_block *
blocks_find(const struct org_blocks *b, day_t week, unsigned desk,
    const char *person)
{
	for (size_t i = 0; i < b->count; i++) {
		if (b->block[i].week == week &&
		    b->block[i].block.desk == desk &&
		    strcmp(b->block[i].block.person, person) == 0) {
			return &b->block[i].block;
		}
	}
	return NULL;
}

bool
blocks_has(const struct org_blocks *b, day_t week, unsigned desk,
    const char *person)
{
	return blocks_find(b, week, desk, person) != NULL;
}

void
blocks_free(struct org_blocks *b)
{
	free(b->block);
	memset(b, 0, sizeof *b);
}

/* Of other holders nothing needs the keys of weeks long ended, and the list
 * has an end; which keys of one's own there were says what was lost */
bool
block_outdated(const struct desk *d, day_t week,
    const struct epoch_block *block)
{
	return week < week_of(d->today) - 7 * BLOCKS_WEEKS &&
	    (block->desk != d->ring->desk ||
	    strcmp(block->person, d->ring->person) != 0);
}

enum err
blocks_parse(const void *p, size_t len, const uint8_t org[ORG_LEN],
    struct org_blocks *b)
{
	uint8_t theirs[ORG_LEN];
	json_t *o = NULL, *v;
	const json_t *list;
	size_t i;
	enum err e = json_read_type(p, len, BLOCKS_FILE_MAX, BLOCKS_TYPE, &o);

	if (e == OK) {
		e = json_hex_field(o, "org", theirs, ORG_LEN);
	}
	if (e == OK && memcmp(theirs, org, ORG_LEN) != 0) {
		e = ERR_FOREIGN;
	}
	if (e == OK) {
		e = json_array_field(o, "blocks", BLOCKS_MAX, &list);
	}
	if (e == OK) {
		json_array_foreach ((json_t *)(uintptr_t)list, i, v) {
			struct epoch_block block;
			day_t week;
			e = block_of_json(v, &week, &block);
			if (e == OK) {
				e = blocks_put(b, week, &block);
			}
			if (e != OK) {
				break;
			}
		}
	}
	json_decref(o);
	return e;
}

enum err
blocks_load(const struct desk *d, struct org_blocks *b)
{
	struct buf doc = buf_new(BLOCKS_FILE_MAX);
	enum err e = file_read(d->public, "blocks.json", &doc);

	if (e == OK) {
		size_t n = 0;
		e = blocks_parse(doc.p, doc.len, d->ring->org, b);
		for (size_t i = 0; i < b->count; i++) {
			if (!block_outdated(d, b->block[i].week,
			    &b->block[i].block)) {
				b->block[n++] = b->block[i];
			}
		}
		b->count = n;
	} else if (e == ERR_UNKNOWN) {
		e = OK; /* none yet */
	}
	buf_free(&doc);
	return e;
}

enum err
blocks_write(const uint8_t org[ORG_LEN], const struct org_blocks *b,
    struct buf *out)
{
	json_t *o = json_object(), *list = json_array();
	enum err e;

	json_object_set_new(o, "type", json_string(BLOCKS_TYPE));
	json_object_set_new(o, "version", json_integer(1));
	event_hex(o, "org", org, ORG_LEN);
	for (size_t i = 0; i < b->count; i++) {
		json_array_append_new(list, block_json(b->block[i].week,
		    &b->block[i].block));
	}
	json_object_set_new(o, "blocks", list);
	e = json_write(o, out);
	json_decref(o);
	return e;
}

enum err
blocks_save(const struct desk *d, const struct org_blocks *b)
{
	struct buf doc = buf_new(BLOCKS_FILE_MAX);
	enum err e = blocks_write(d->ring->org, b, &doc);

	if (e == OK) {
		e = file_replace(d->public, "blocks.json", doc.p, doc.len);
	}
	buf_free(&doc);
	return e;
}

enum err
blocks_own(struct desk *d, day_t from, unsigned n, struct org_blocks *b)
{
	enum err e = OK;

	for (unsigned i = 0; i < n && e == OK; i++) {
		day_t week = from + 7 * (day_t)i;
		struct epoch_block block;
		const struct keyring_week *w;
		memset(&block, 0, sizeof block);
		if (keyring_week(d->ring, week) == NULL) {
			e = keyring_week_add(d->ring, week);
			if (e != OK) {
				break;
			}
			for (unsigned r = 0; r < d->ring->weeks; r++) {
				if (d->ring->week[r].week == week) {
					dice_mix(d, d->ring->week[r].seed,
					    AGE_HYBRID_SEED);
				}
			}
		}
		w = keyring_week(d->ring, week);
		block.desk = d->ring->desk;
		strcpy(block.person, d->ring->person);
		e = age_identity_recipient(w->seed, &block.recipient);
		if (e == OK) {
			e = epoch_block_sign(d->ring->org, week,
			    d->ring->operational, &block);
		}
		if (e == OK) {
			e = blocks_put(b, week, &block);
		}
	}
	return e;
}

enum err
block_check(const uint8_t org[ORG_LEN], day_t week,
    const struct sign_pk *key, const struct epoch_block *block)
{
	struct epoch *epoch = calloc(1, sizeof *epoch);
	struct keyset *k = calloc(1, sizeof *k);
	enum err e = epoch == NULL || k == NULL ? ERR_MEMORY : OK;

	/* The check of an epoch file, of an organisation of one holder */
	if (e == OK) {
		memcpy(k->org, org, ORG_LEN);
		k->people = 1;
		k->person[0].desk = block->desk;
		k->person[0].role = PERSON_HOLDER;
		k->person[0].key = *key;
		strcpy(k->person[0].id, block->person);
		memcpy(epoch->org, org, ORG_LEN);
		epoch->week = week;
		e = epoch_block_check(epoch, block, k);
	}
	epoch_free(epoch);
	free(k);
	return e;
}

enum err
blocks_epoch(const struct org_blocks *b, const struct keyset *k, day_t week,
    struct buf *out, const struct keyset_person **lacks)
{
	struct epoch *epoch = calloc(1, sizeof *epoch), *check = NULL;
	enum err e = epoch == NULL ? ERR_MEMORY : OK;

	for (unsigned i = 0; e == OK && i < k->people; i++) {
		const struct keyset_person *p = &k->person[i];
		const struct epoch_block *block;
		if (p->role != PERSON_HOLDER) {
			continue;
		}
		block = blocks_find(b, week, p->desk, p->id);
		/* of a key that was replaced since, or forged: as none */
		if (block == NULL || block_check(k->org,
		    week, &p->key, block) != OK) {
			e = ERR_UNKNOWN;
			*lacks = p;
		} else {
			epoch->block[epoch->blocks++] = *block;
		}
	}
	if (e == OK) {
		size_t at = out->len;
		memcpy(epoch->org, k->org, ORG_LEN);
		epoch->week = week;
		memcpy(epoch->keyset, k->hash, HASH_LEN);
		e = epoch_write(epoch, out);
		/* What clients would refuse must not leave this machine */
		if (e == OK) {
			e = epoch_parse(out->p + at, out->len - at, k,
			    &check);
		}
		if (e != OK) {
			out->len = at;
		}
	}
	epoch_free(check);
	free(epoch);
	return e;
}
