/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * From a code to the replies on a lane. Everything here is secret but the
 * lane; the constant form does the same work for every code.
 */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "meldluik/mailbox.h"
#include "meldluik/secret.h"

struct mailbox {
	struct code_keys keys;
	uint8_t org[ORG_LEN];
	struct age_identity *identity;
};

/* Parts of replies as they are found */
struct found {
	struct reply part[SLOT_LIVE_MAX];
	unsigned parts;
};

enum err
mailbox_new(const struct code *c, const uint8_t org[ORG_LEN],
    struct mailbox **out)
{
	struct mailbox *m = secret_new(sizeof(*m));
	enum err e;

	if (m == NULL) {
		return ERR_MEMORY;
	}
	code_derive(c, org, &m->keys);
	memcpy(m->org, org, ORG_LEN);
	if ((e = age_identity_new(m->keys.mailbox, &m->identity)) != OK) {
		mailbox_free(m);
		return e;
	}
	*out = m;
	return OK;
}

void
mailbox_free(struct mailbox *m)
{
	if (m != NULL) {
		age_identity_free(m->identity);
		secret_free(m);
	}
}

const struct code_keys *
mailbox_keys(const struct mailbox *m)
{
	return &m->keys;
}

void
mailbox_replies_clear(struct mailbox_replies *r)
{
	for (unsigned i = 0; i < r->replies; i++) {
		reply_clear(&r->reply[i]);
	}
	secret_free(r->reply);
	*r = (struct mailbox_replies){.reply = NULL};
}

unsigned
mailbox_answering(const struct mailbox_replies *lane, unsigned lanes,
    unsigned own)
{
	unsigned desk = own;
	day_t day = DAY_NONE;

	for (unsigned i = 0; i < lanes; i++) {
		for (unsigned n = 0; n < lane[i].replies; n++) {
			const struct reply *y = &lane[i].reply[n];

			if (day == DAY_NONE || y->day > day ||
			    (y->day == day && y->desk != own &&
			    (desk == own || y->desk > desk))) {
				desk = y->desk;
				day = y->day;
			}
		}
	}
	return desk;
}

const struct reply *
mailbox_newest(const struct mailbox_replies *lane, unsigned lanes,
    unsigned *left)
{
	const struct reply *newest = NULL, *y;
	unsigned from = 0;

	for (unsigned i = 0; i < lanes; i++) {
		if (left[i] == 0) {
			continue;
		}
		y = &lane[i].reply[left[i] - 1];
		if (newest == NULL || y->day >= newest->day) {
			newest = y;
			from = i;
		}
	}
	if (newest != NULL) {
		left[from]--;
	}
	return newest;
}

/* The document of an opened slot: signed by a holder, of this desk */
static enum err
slot_read(const struct keyset *k, unsigned desk, const struct buf *plain,
    struct reply *out)
{
	struct bytes sig, doc;
	enum err e = note_split(plain->p, plain->len, &sig, &doc);

	if (e != OK ||
	    (e = keyset_holder_check(k, desk, "reply", doc.p, doc.len, sig.p,
	    sig.len, NULL)) != OK ||
	    (e = reply_parse(doc.p, doc.len, out)) != OK) {
		return e;
	}
	if (out->desk != desk || memcmp(out->org, k->org, ORG_LEN) != 0) {
		reply_clear(out);
		return ERR_FOREIGN;
	}
	return OK;
}

/* Opens one slot; counts it as damaged if it is ours and does not verify */
static void
slot_take(const struct mailbox *m, const struct keyset *k, unsigned desk,
    const uint8_t *slot, bool ours, struct found *f, unsigned *damaged)
{
	struct buf plain = buf_new_secret(SLOT_PLAIN);
	enum err e = age_open_small(m->identity, slot + SLOT_TAG,
	    SLOT_LEN - SLOT_TAG, &plain);

	if (ours) {
		if (e == OK) {
			e = slot_read(k, desk, &plain, &f->part[f->parts]);
		}
		if (e == OK) {
			f->parts++;
		} else {
			(*damaged)++;
		}
	}
	buf_free(&plain);
}

/* Puts the text of ${parts} parts of one reply together */
static enum err
reply_join(struct found *f, const unsigned *at, unsigned parts,
    struct reply *out)
{
	size_t len = 0;
	struct reply *first = &f->part[at[0]];

	for (unsigned i = 0; i < parts; i++) {
		len += strlen(f->part[at[i]].text);
	}
	char *text = secret_new(len + 1);
	if (text == NULL) {
		return ERR_MEMORY;
	}
	len = 0;
	for (unsigned i = 0; i < parts; i++) {
		size_t n = strlen(f->part[at[i]].text);
		memcpy(text + len, f->part[at[i]].text, n);
		len += n;
	}
	*out = *first;
	out->text = text;
	out->part = out->parts = 1;
	return OK;
}

/* Whole replies in the order of their first part; a missing part makes the
 * reply damaged */
static enum err
found_join(struct found *f, struct mailbox_replies *out)
{
	enum err e = OK;

	for (unsigned i = 0; e == OK && i < f->parts; i++) {
		struct reply *first = &f->part[i];
		unsigned at[SLOT_LIVE_MAX], have = 1;
		if (first->part != 1) {
			continue;
		}
		at[0] = i;
		for (unsigned n = 0; n < f->parts && have < first->parts;
		    n++) {
			struct reply *p = &f->part[n];
			if (p->part == have + 1 && p->parts == first->parts &&
			    memcmp(p->reply_id, first->reply_id, 16) == 0) {
				at[have++] = n;
				n = (unsigned)-1; /* look from the start */
			}
		}
		if (have != first->parts) {
			out->damaged++;
			continue;
		}
		e = reply_join(f, at, have, &out->reply[out->replies]);
		out->replies += e == OK;
	}
	return e;
}

static enum err
mailbox_finish(struct found *f, unsigned damaged,
    struct mailbox_replies *out)
{
	struct mailbox_replies r = {.damaged = damaged};
	enum err e = OK;

	r.reply = secret_new(SLOT_LIVE_MAX * sizeof(*r.reply));
	e = r.reply == NULL ? ERR_MEMORY : found_join(f, &r);
	for (unsigned i = 0; i < f->parts; i++) {
		reply_clear(&f->part[i]);
	}
	if (e == OK) {
		*out = r;
	} else {
		mailbox_replies_clear(&r);
	}
	return e;
}

enum err
mailbox_read(const struct mailbox *m, const struct keyset *k,
    const struct lane *l, const uint8_t *p, size_t len,
    struct mailbox_replies *out)
{
	struct found *f = secret_new(sizeof(*f));
	unsigned damaged = 0;
	uint8_t tag[SLOT_TAG];
	enum err e;

	if (f == NULL || len % SLOT_LEN != 0) {
		secret_free(f);
		return f == NULL ? ERR_MEMORY : ERR_FORMAT;
	}
	for (unsigned n = 0; n < SLOT_LIVE_MAX; n++) {
		slot_tag(m->keys.tag_key, l->nonce, n, tag);
		for (size_t i = 0; i < len; i += SLOT_LEN) {
			if (secret_equal(p + i, tag, SLOT_TAG)) {
				slot_take(m, k, l->desk, p + i, true, f,
				    &damaged);
				break;
			}
		}
	}
	e = mailbox_finish(f, damaged, out);
	secret_free(f);
	return e;
}

/* Copies the slot whose tag matches to ${slot} without a branch on which;
 * a random one stays if none does. All bytes of the shard are read. */
static uint8_t
slot_pick(const uint8_t *p, size_t len, const uint8_t tag[SLOT_TAG],
    uint8_t slot[SLOT_LEN])
{
	uint8_t any = 0;

	for (size_t i = 0; i < len; i += SLOT_LEN) {
		uint32_t differ = 0;
		for (size_t b = 0; b < SLOT_TAG; b++) {
			differ |= p[i + b] ^ tag[b];
		}
		uint8_t same = (uint8_t)((differ - 1) >> 31);
		uint8_t mask = (uint8_t)-same;
		any |= same;
		for (size_t b = 0; b < SLOT_LEN; b++) {
			slot[b] ^= mask & (slot[b] ^ p[i + b]);
		}
	}
	return any;
}

enum err
mailbox_read_constant(const struct mailbox *m, const struct keyset *k,
    const struct lane *l, const uint8_t *p, size_t len,
    struct mailbox_replies *out)
{
	static const uint8_t one = 1;
	struct found *f = secret_new(sizeof(*f));
	uint8_t *slot = secret_new(SLOT_LEN), tag[SLOT_TAG];
	unsigned damaged = 0;
	enum err e = ERR_MEMORY;

	if (f == NULL || slot == NULL || len == 0 || len % SLOT_LEN != 0) {
		e = f == NULL || slot == NULL ? e : ERR_FORMAT;
		goto out;
	}
	for (unsigned n = 0; n < SLOT_LIVE_MAX; n++) {
		memcpy(slot, p + SLOT_LEN *
		    randombytes_uniform((uint32_t)(len / SLOT_LEN)), SLOT_LEN);
		slot_tag(m->keys.tag_key, l->nonce, n, tag);
		uint8_t any = slot_pick(p, len, tag, slot);
		bool ours = secret_equal(&any, &one, sizeof(any));
		slot_take(m, k, l->desk, slot, ours, f, &damaged);
	}
	e = mailbox_finish(f, damaged, out);
out:
	secret_free(slot);
	secret_free(f);
	return e;
}
