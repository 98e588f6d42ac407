/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Envelopes, seal side: the tar of a message, padded to its class, streamed
 * into an age file for the holders of one desk and throw-away recipients.
 * Plaintext passes through here in pieces; the only piece kept is one part
 * of an attachment of unknown size, in secret memory.
 *
 * The class is chosen as if report.json had its greatest length. So neither
 * the length of the text nor the signature shows, and the size of a message
 * is known before it is sealed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "meldluik/envelope.h"
#include "meldluik/secret.h"
#include "tarwrite.h"

#define PARTS_MAX 9999u
#define PART_FIRST 65536u
#define NAME_REPORT "report.json"
#define NAME_SIGNATURE "report.json.minisig"
#define PURPOSE_REPORT "report"

/* report.json, its signature and the end mark at their greatest */
static uint64_t
closing_bytes(void)
{
	return tar_member(REPORT_JSON_MAX) + tar_member(SIGN_TEXT_MAX) +
	    TAR_END;
}

enum stage { STAGE_BETWEEN, STAGE_SIZED, STAGE_UNSIZED, STAGE_PADDING,
	STAGE_DONE };

struct envelope {
	struct age_seal *seal;
	struct hash_state *hash; /* of the attachment being written */
	enum stage stage;
	enum err failed;         /* sticky: a half member cannot be mended */
	unsigned attachments;    /* begun */
	uint64_t size;           /* bytes taken of this attachment */
	uint64_t declared;       /* STAGE_SIZED */
	unsigned parts;          /* STAGE_UNSIZED: written */
	uint8_t *part;           /* STAGE_UNSIZED: the part being filled */
	size_t part_room;
	size_t part_len;
	uint64_t class_size;     /* STAGE_PADDING */
	struct {
		uint64_t size;
		uint8_t sha256[HASH_LEN];
	} done[REPORT_ATTACHMENTS_MAX];
};

enum err
envelope_header_check(const uint8_t *p, size_t len)
{
	struct age_header h;
	enum err e;

	if (len < ENVELOPE_HEADER) {
		return ERR_FORMAT;
	}
	e = age_header_parse(p, ENVELOPE_HEADER, &h);
	if (e != OK) {
		return e == ERR_BUSY ? ERR_POLICY : e;
	}
	return age_header_all_hybrid(&h, ENVELOPE_STANZAS);
}

uint64_t
envelope_predict(const uint64_t *sizes, unsigned n)
{
	uint64_t payload = closing_bytes(), class_size;

	for (unsigned i = 0; i < n; i++) {
		if (sizes[i] > ENVELOPE_CLASS_MAX) {
			return 0;
		}
		payload += tar_member(sizes[i]);
	}
	class_size = envelope_class(payload);
	return class_size == 0 ? 0 : envelope_sealed_size(class_size);
}

enum err
envelope_new(const struct age_recipient *holders, unsigned n, age_sink sink,
    void *arg, unsigned threads, struct envelope **out)
{
	struct age_recipient all[ENVELOPE_STANZAS];
	struct envelope *e = NULL;
	enum err r;

	if (n < 1 || n > ENVELOPE_STANZAS) {
		return ERR_USAGE;
	}
	memcpy(all, holders, n * sizeof(*holders));
	for (unsigned i = n; i < ENVELOPE_STANZAS; i++) {
		if ((r = age_recipient_throwaway(&all[i])) != OK) {
			return r;
		}
	}
	for (unsigned i = ENVELOPE_STANZAS - 1; i > 0; i--) {
		unsigned j = randombytes_uniform(i + 1);
		struct age_recipient swap = all[i];

		all[i] = all[j];
		all[j] = swap;
	}
	e = calloc(1, sizeof(*e));
	if (e == NULL || (e->hash = hash_new()) == NULL) {
		r = ERR_MEMORY;
		goto out;
	}
	if ((r = age_seal_new(all, ENVELOPE_STANZAS, sink, arg, threads,
	    &e->seal)) != OK) {
		goto out;
	}
	*out = e;
	e = NULL; /* transferred */
out:
	envelope_free(e);
	return r;
}

void
envelope_free(struct envelope *e)
{
	if (e == NULL) {
		return;
	}
	age_seal_free(e->seal);
	hash_free(e->hash);
	secret_free(e->part);
	secret_wipe(e, sizeof(*e));
	free(e);
}

static enum err
fail(struct envelope *e, enum err r)
{
	if (r != OK) {
		e->failed = r;
	}
	return r;
}

/* Whether ${more} bytes of payload still leave room for the closing */
static bool
fits(const struct envelope *e, uint64_t more)
{
	uint64_t room = ENVELOPE_CLASS_MAX - closing_bytes();
	uint64_t taken = age_seal_taken(e->seal);

	return taken <= room && more <= room - taken;
}

static enum err
member_head(struct envelope *e, const char *name, uint64_t size)
{
	uint8_t head[TAR_BLOCK];

	tar_header(name, size, head);
	return age_seal_write(e->seal, head, sizeof(head));
}

static enum err
member_whole(struct envelope *e, const char *name, const void *p, size_t len)
{
	enum err r;

	if ((r = member_head(e, name, len)) != OK ||
	    (r = age_seal_write(e->seal, p, len)) != OK) {
		return r;
	}
	return age_seal_zeros(e->seal, tar_pad(len));
}

enum err
envelope_attachment(struct envelope *e, uint64_t size)
{
	char name[TAR_NAME];

	if (e->failed != OK) {
		return e->failed;
	}
	if (e->stage != STAGE_BETWEEN) {
		return ERR_USAGE;
	}
	if (e->attachments == REPORT_ATTACHMENTS_MAX ||
	    size > ENVELOPE_CLASS_MAX || !fits(e, tar_member(size))) {
		return ERR_LIMIT;
	}
	e->attachments++;
	e->size = 0;
	e->declared = size;
	e->stage = STAGE_SIZED;
	snprintf(name, sizeof(name), "attachments/%02u", e->attachments);
	return fail(e, member_head(e, name, size));
}

enum err
envelope_attachment_unsized(struct envelope *e)
{
	if (e->failed != OK) {
		return e->failed;
	}
	if (e->stage != STAGE_BETWEEN) {
		return ERR_USAGE;
	}
	if (e->attachments == REPORT_ATTACHMENTS_MAX) {
		return ERR_LIMIT;
	}
	e->attachments++;
	e->size = 0;
	e->parts = 0;
	e->part_len = 0;
	e->stage = STAGE_UNSIZED;
	return OK;
}

static enum err
part_flush(struct envelope *e)
{
	char name[TAR_NAME];
	enum err r;

	if (e->parts == PARTS_MAX || !fits(e, tar_member(e->part_len))) {
		return ERR_LIMIT;
	}
	e->parts++;
	snprintf(name, sizeof(name), "attachments/%02u.%04u",
	    e->attachments, e->parts);
	r = member_whole(e, name, e->part, e->part_len);
	e->part_len = 0;
	return r;
}

/* Room for ${len} bytes more, or for a whole part: most files are smaller, and
 * one that has only begun takes no megabyte */
static enum err
part_grow(struct envelope *e, size_t len)
{
	size_t room = e->part_room == 0 ? PART_FIRST : e->part_room;
	uint8_t *p;

	while (room < ENVELOPE_PART && room - e->part_len < len) {
		room *= 2;
	}
	if (room == e->part_room) {
		return OK;
	}
	if ((p = secret_new(room)) == NULL) {
		return ERR_MEMORY;
	}
	if (e->part_len > 0) {
		memcpy(p, e->part, e->part_len);
	}
	secret_free(e->part);
	e->part = p;
	e->part_room = room;
	return OK;
}

/* A full part is written when more comes, so that no empty part follows */
static enum err
part_write(struct envelope *e, const uint8_t *p, size_t len)
{
	enum err r;

	while (len > 0) {
		size_t n;

		if (e->part_len == ENVELOPE_PART &&
		    (r = part_flush(e)) != OK) {
			return r;
		}
		if ((r = part_grow(e, len)) != OK) {
			return r;
		}
		n = e->part_room - e->part_len;
		n = n < len ? n : len;
		memcpy(e->part + e->part_len, p, n);
		e->part_len += n;
		p += n;
		len -= n;
	}
	return OK;
}

enum err
envelope_write(struct envelope *e, const void *p, size_t len)
{
	if (e->failed != OK) {
		return e->failed;
	}
	if (len == 0) {
		return OK;
	}
	switch (e->stage) {
	case STAGE_SIZED:
		if (len > e->declared - e->size) {
			return fail(e, ERR_CONFLICT);
		}
		hash_write(e->hash, p, len);
		e->size += len;
		return fail(e, age_seal_write(e->seal, p, len));
	case STAGE_UNSIZED:
		hash_write(e->hash, p, len);
		e->size += len;
		return fail(e, part_write(e, p, len));
	default:
		return ERR_USAGE;
	}
}

enum err
envelope_attachment_end(struct envelope *e, uint64_t *size,
    uint8_t sha256[HASH_LEN])
{
	unsigned i = e->attachments - 1;
	enum err r;

	if (e->failed != OK) {
		return e->failed;
	}
	if (e->stage == STAGE_SIZED) {
		r = e->size == e->declared ?
		    age_seal_zeros(e->seal, tar_pad(e->size)) : ERR_CONFLICT;
	} else if (e->stage == STAGE_UNSIZED) {
		r = part_flush(e);
		if (e->part != NULL) { /* it was not empty */
			secret_wipe(e->part, e->part_room);
		}
	} else {
		return ERR_USAGE;
	}
	if (r != OK) {
		return fail(e, r);
	}
	e->stage = STAGE_BETWEEN;
	e->done[i].size = e->size;
	hash_end(e->hash, e->done[i].sha256);
	*size = e->done[i].size;
	memcpy(sha256, e->done[i].sha256, HASH_LEN);
	return OK;
}

/* Does the report describe what was written? */
static bool
described(const struct envelope *e, const struct report *r)
{
	if (r->attachments != e->attachments) {
		return false;
	}
	for (unsigned i = 0; i < r->attachments; i++) {
		if (r->attachment[i].size != e->done[i].size ||
		    !secret_equal(r->attachment[i].sha256,
		    e->done[i].sha256, HASH_LEN)) {
			return false;
		}
	}
	return true;
}

/* A first message is unsigned, a later one signed by the key it names */
static bool
signer_right(const struct report *r, const uint8_t *seed)
{
	bool later = r->kind == REPORT_FOLLOW_UP ||
	    r->kind == REPORT_WITHDRAWAL;
	struct sign_pk pk;

	if (!later || seed == NULL) {
		return !later && seed == NULL;
	}
	sign_pk_of(seed, &pk);
	return r->thread == THREAD_LATER && sign_pk_equal(&pk, &r->signer);
}

static enum err
report_members(struct envelope *e, const struct report *r,
    const uint8_t *seed)
{
	struct buf json = buf_new_secret(REPORT_JSON_MAX);
	struct buf sig = buf_new_secret(SIGN_TEXT_MAX);
	struct sign_purpose why = { .purpose = PURPOSE_REPORT,
		.desk = r->desk };
	enum err err;

	memcpy(why.org, r->org, ORG_LEN);
	if ((err = report_write(r, &json)) != OK ||
	    (err = member_whole(e, NAME_REPORT, json.p, json.len)) != OK) {
		goto out;
	}
	if (seed != NULL) {
		if ((err = sign_make(seed, &why, json.p, json.len, &sig)) !=
		    OK) {
			goto out;
		}
		err = member_whole(e, NAME_SIGNATURE, sig.p, sig.len);
	}
out:
	buf_free(&json);
	buf_free(&sig);
	return err;
}

enum err
envelope_close(struct envelope *e, const struct report *r,
    const uint8_t *thread_seed)
{
	uint64_t before = age_seal_taken(e->seal), class_size;
	enum err err;

	if (e->failed != OK) {
		return e->failed;
	}
	if (e->stage != STAGE_BETWEEN || !signer_right(r, thread_seed)) {
		return ERR_USAGE;
	}
	if (!described(e, r)) {
		return ERR_CONFLICT;
	}
	class_size = envelope_class(before + closing_bytes());
	if (class_size == 0 || (e->attachments == 0 &&
	    class_size != ENVELOPE_CLASS_MIN)) {
		return ERR_LIMIT;
	}
	if ((err = report_members(e, r, thread_seed)) != OK) {
		/* Over the limit of text: nothing was written yet */
		if (age_seal_taken(e->seal) != before) {
			fail(e, err);
		}
		return err;
	}
	e->class_size = class_size;
	e->stage = STAGE_PADDING;
	return OK;
}

enum err
envelope_pad(struct envelope *e, uint64_t max, bool *done)
{
	uint64_t left;
	enum err r;

	if (e->failed != OK) {
		return e->failed;
	}
	if (e->stage != STAGE_PADDING) {
		return ERR_USAGE;
	}
	left = e->class_size - age_seal_taken(e->seal);
	*done = left <= max;
	if ((r = age_seal_zeros(e->seal, *done ? left : max)) != OK) {
		return fail(e, r);
	}
	if (*done) {
		e->stage = STAGE_DONE;
		r = age_seal_end(e->seal);
	}
	return fail(e, r);
}

enum err
envelope_finish(struct envelope *e, const struct report *r,
    const uint8_t *thread_seed)
{
	enum err err = envelope_close(e, r, thread_seed);
	bool done;

	return err != OK ? err : envelope_pad(e, UINT64_MAX, &done);
}
