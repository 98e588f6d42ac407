/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * check: everybody downloads the same board, whatever the code, and opens
 * his own slots here. All requests are made before the first slot is opened,
 * so that neither their number nor their moments tell anything.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meldluik/json.h"
#include "meldluik/secret.h"
#include "reporter.h"
#include "shown.h"

#define OLD_DAYS 28

struct fetched {
	bool there;
	struct lane l;
	struct buf shard;
};

/* The mailbox's shard of a lane: the whole of it while it is one shard */
static enum err
shard_get(struct reporter *r, const struct lane *l, uint32_t shard,
    struct buf *out)
{
	uint64_t size = lane_shard_bytes(l);
	char path[32], range[64];
	const char *headers[] = { range, NULL };
	struct request q = { "GET", path, l->shards > 1 ? headers : NULL,
		NULL, 0, (size_t)size };
	struct answer a;
	enum err e;

	(void)snprintf(path, sizeof(path), "/v1/board/%u", l->desk);
	(void)snprintf(range, sizeof(range), "Range: bytes=%llu-%llu",
	    (unsigned long long)(shard * size),
	    (unsigned long long)((shard + 1) * size - 1));
	e = transfer_patient(r->t, &q, &a);
	if (e == OK && (e = answer_err(&a)) == OK &&
	    a.status != (l->shards > 1 ? 206 : 200)) {
		e = ERR_FORMAT;
	}
	if (e == OK && l->shards > 1 && (!a.ranged ||
	    a.from != shard * size || a.total != lane_bytes(l))) {
		e = ERR_FORMAT;
	}
	if (e == OK) {
		e = lane_shard_check(l, shard, a.body.p, a.body.len);
	}
	if (e == OK) {
		buf_put(out, a.body.p, a.body.len);
		e = out->failed ? ERR_LIMIT : OK;
	}
	answer_clear(&a);
	return e;
}

unsigned
boards_reader(const struct reporter *r, const struct boards *b,
    const struct code *code)
{
	const struct keyset_desk *d = keyset_desk_now(r->k,
	    mailbox_answering(b->lane, b->lanes, code_desk(code)));

	return d == NULL ? 0 : d->number;
}

void
reader_say(const struct reporter *r, const char *what, unsigned desk)
{
	const struct keyset_desk *d = keyset_desk(r->k, desk);

	if (d != NULL) {
		say("%s desk %u, %s", what, desk,
		    keyset_desk_name(d, r->o->language));
	}
}

static enum err
lane_get(struct reporter *r, unsigned desk, const uint8_t tag_key[32],
    struct fetched *f)
{
	struct buf doc = buf_new(LANE_MANIFEST_MAX);
	struct buf sig = buf_new(SIGN_TEXT_MAX);
	uint32_t shard;
	char path[40];
	enum err e;

	(void)snprintf(path, sizeof(path), "/v1/board/%u.json", desk);
	e = transfer_get(r->t, path, LANE_MANIFEST_MAX, &doc);
	if (e == ERR_UNKNOWN && (e = state_no_lane(r->o, desk)) == OK) {
		say("board of desk %u: is not there. That desk has answered "
		    "nobody yet, or its answers are held back", desk);
		goto out;
	}
	(void)snprintf(path, sizeof(path), "/v1/board/%u.json.minisig", desk);
	if (e != OK || (e = transfer_get(r->t, path, SIGN_TEXT_MAX, &sig)) !=
	    OK || (e = lane_parse(doc.p, doc.len, sig.p, sig.len, r->k, desk,
	    &f->l)) != OK) {
		goto out;
	}
	f->there = true;
	shard = slot_shard(tag_key, f->l.shards);
	f->shard = buf_new((size_t)lane_shard_bytes(&f->l));
	e = shard_get(r, &f->l, shard, &f->shard);
out:
	if (e != OK) {
		say("board of desk %u: %s", desk, e == ERR_IO ?
		    transfer_trouble(r->t) : e == ERR_SIGNATURE ?
		    "its signature is wrong" : e == ERR_STALE ?
		    "it was there before and is not now: answers are held "
		    "back" : err_text(e));
	} else if (f->there && (e = state_lane(r->o, &f->l)) != OK) {
		say("board of desk %u: %s", desk, e == ERR_STALE ?
		    "it is older than the one seen before, and was refused" :
		    err_text(e));
	} else if (f->there && f->l.day + OLD_DAYS < r->o->today) {
		say("board of desk %u: is more than four weeks old; answers "
		    "may be missing", desk);
	}
	buf_free(&doc);
	buf_free(&sig);
	return e;
}

static void
reply_print(const struct reply *y, const struct reporter *r)
{
	const struct keyset_desk *d = keyset_desk(r->k, y->desk);
	char day[DAY_TEXT];

	day_text(y->day, day);
	printf("\n%s  %s  ", day, reply_kind_word(y->kind));
	if (d != NULL) {
		const char *name = keyset_desk_name(d, r->o->language);

		shown_text(stdout, name, strlen(name), false);
	}
	printf("\n\n");
	shown_text(stdout, y->text, strlen(y->text), true);
	putchar('\n');
}

static json_t *
reply_json(const struct reply *y)
{
	char day[DAY_TEXT], id[33], hex[2 * MESSAGE_ID_LEN + 1];
	json_t *list = json_array(), *o;

	day_text(y->day, day);
	hex_encode(y->reply_id, 16, id);
	for (unsigned i = 0; i < y->receipts; i++) {
		hex_encode(y->receipt[i], MESSAGE_ID_LEN, hex);
		json_array_append_new(list, json_string(hex));
	}
	o = json_pack("{s:i,s:s,s:s,s:s,s:s,s:s,s:o}", "desk", (int)y->desk,
	    "reply_id", id, "day", day, "kind", reply_kind_word(y->kind),
	    "language", y->language, "text", y->text, "receipts", list);
	return o;
}

/* ${whole}: every board was read */
static void
replies_show(struct reporter *r, const struct boards *b, unsigned later,
    bool whole)
{
	const struct reply *all[KEYSET_DESKS_MAX * SLOT_LIVE_MAX], *y;
	json_t *list = json_array(), *o;
	unsigned left[KEYSET_DESKS_MAX], n = 0, damaged = 0, held = 0;

	for (unsigned i = 0; i < b->lanes; i++) {
		left[i] = b->lane[i].replies;
		damaged += b->lane[i].damaged;
	}
	while ((y = mailbox_newest(b->lane, b->lanes, left)) != NULL) {
		all[n++] = y;
		held = y->receipts > held ? y->receipts : held;
	}
	if (!r->o->json && n == 1) {
		puts("There is a message for you.");
	} else if (!r->o->json && n > 1) {
		printf("There are %u messages for you.\n", n);
	}
	for (unsigned i = n; i-- > 0;) { /* the newest where the eye is */
		if (r->o->json) {
			json_array_append_new(list, reply_json(all[i]));
		} else {
			reply_print(all[i], r);
		}
	}
	if (r->o->json) {
		o = json_pack("{s:O,s:i,s:i,s:i}", "replies", list, "damaged",
		    (int)damaged, "missing", (int)b->missing, "later_desk",
		    (int)later);
		json_dumpf(o, stdout, JSON_ENSURE_ASCII | JSON_COMPACT);
		putchar('\n');
		json_decref(o);
	} else if (n == 0) {
		puts(whole ? "There is no answer for this code (yet)." :
		    "There is no answer for this code on the boards that "
		    "could be read.\nOne could not: try again later.");
	} else if (held > 0) {
		printf("\nThe desk has received %u of your messages. Did you "
		    "send something else more than two weeks ago? Then send "
		    "it again.\n", held);
	}
	if (damaged > 0) {
		say("%u answers for this code are damaged or not signed by a "
		    "holder of the desk; they are not shown", damaged);
	}
	json_decref(list);
}

void
boards_clear(struct boards *b)
{
	for (unsigned i = 0; i < b->lanes; i++) {
		mailbox_replies_clear(&b->lane[i]);
	}
	b->lanes = b->missing = 0;
}

/* Opens what came; all of it, or none */
static enum err
boards_open(const struct reporter *r, const struct code *code,
    const struct fetched *f, struct boards *b)
{
	struct mailbox *m = NULL;
	enum err e = mailbox_new(code, r->k->org, &m);

	for (unsigned i = 0; e == OK && i < r->k->desks; i++) {
		b->missing += !f[i].there;
		if (f[i].there) {
			e = mailbox_read(m, r->k, &f[i].l, f[i].shard.p,
			    f[i].shard.len, &b->lane[b->lanes]);
			b->lanes += e == OK;
		}
	}
	mailbox_free(m);
	if (e != OK) {
		boards_clear(b);
		say("the answers cannot be read: %s", err_text(e));
	}
	return e;
}

enum err
boards_read(struct reporter *r, const struct code *code, bool typed,
    struct boards *b)
{
	struct code_keys *keys = secret_new(sizeof(*keys));
	struct fetched *f = calloc(KEYSET_DESKS_MAX, sizeof(*f));
	enum err e = ERR_MEMORY, one;

	memset(b, 0, sizeof(*b));
	if (keys == NULL || f == NULL) {
		goto out;
	}
	e = OK;
	code_derive(code, r->k->org, keys);
	/* desk numbers in order, not the order of the keyset */
	for (unsigned n = 1; n <= CODE_DESK_MAX; n++) {
		for (unsigned i = 0; i < r->k->desks; i++) {
			if (r->k->desk[i].number == n && (one = lane_get(r,
			    n, keys->tag_key, &f[i])) != OK) {
				f[i].there = false;
				e = one;
			}
		}
	}
	transfer_renew(r->t); /* closed before the first slot is opened */
	if (typed && (one = boards_open(r, code, f, b)) != OK) {
		e = one;
	} else {
		b->opened = typed;
	}
out:
	for (unsigned i = 0; f != NULL && i < KEYSET_DESKS_MAX; i++) {
		lane_clear(&f[i].l);
		buf_free(&f[i].shard);
	}
	free(f);
	secret_free(keys);
	return e;
}

enum err
verb_check(struct reporter *r, int argc, char **argv)
{
	struct code *code = secret_new(sizeof(*code));
	struct boards b = {.lanes = 0};
	enum err e = ERR_MEMORY, typed = OK;
	unsigned later;

	(void)argv;
	if (code == NULL) {
		goto out;
	}
	if (argc != 0 || r->t == NULL) {
		say("check needs --gateway URL");
		e = ERR_USAGE;
		goto out;
	}
	typed = code_ask(r->o, code);
	if (typed == ERR_USAGE || typed == ERR_IO || typed == ERR_MEMORY) {
		e = typed;
		goto out;
	}
	/* What is no code makes the same requests as one that is */
	if (typed != OK && (e = code_new(1, code)) != OK) {
		goto out;
	}
	r->reads = true;
	if ((e = trust_open(r)) != OK) {
		goto out;
	}
	e = boards_read(r, code, typed == OK, &b);
	if (typed != OK) {
		say("this is not a code: %s", typed == ERR_CRYPT ?
		    "there is a typing mistake in it" : err_text(typed));
		e = typed;
	} else if (b.opened) {
		later = boards_reader(r, &b, code);
		replies_show(r, &b, later, e == OK);
		reader_say(r, READS_LATER, later);
	}
out:
	boards_clear(&b);
	secret_free(code);
	return e;
}
