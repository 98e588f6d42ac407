/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Sealed bytes to the gateway: one request, or parts that resume. The
 * receipt is believed only with the gateway's signature over exactly what
 * was sent.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "files.h"
#include "meldluik/json.h"
#include "reporter.h"
#include "shown.h"

#define RECEIPT_MAX 2048u
#define ANSWER_MAX 512u
#define ASK_NEXT "Upload-Part: 1048576" /* no upload has that many */

struct upload {
	char id[UPLOAD_HEX];
	char epoch[48], digest[96];
	uint64_t parts;
	bool asked; /* for the receipt, with all that is to be sent */
};

static const char *
send_trouble(const struct reporter *r, enum err e, const struct answer *a)
{
	switch (e) {
	case ERR_STALE:
		return "the week of these keys is closed; seal the message "
		    "again";
	case ERR_FULL:
		return "the gateway takes only messages without attachments "
		    "now. Send the text alone, and the files later";
	case ERR_BUSY:
		return "the gateway is very busy; nothing was received. Try "
		    "again later";
	case ERR_IO:
		return a->status == 0 ? transfer_trouble(r->t) :
		    "the gateway has a fault; nothing was received";
	case ERR_UNKNOWN:
		return "the gateway does not know this upload any more; send "
		    "again";
	default:
		return err_text(e);
	}
}

/*
 * An answer that was lost is no refusal: who believes that nothing came
 * throws the code away, or reports once more under another.
 */
static void
unsure_say(const struct reporter *r, bool again, const struct answer *a)
{
	say("it cannot be told whether this was received: %s", a->status == 0 ?
	    transfer_trouble(r->t) : "no word of it, and now the gateway is "
	    "busy or has a fault");
	if (again) {
		say("send the same file again: it counts only once");
	} else {
		say("%swhat is sent anew is a message of its own",
		    r->o->no_mailbox ? "" : "keep the code: if it came, "
		    "`check` shows an answer to it within a week; ");
	}
}

static enum err
receipt_take(struct reporter *r, const struct sealed *s,
    const struct buf *note)
{
	struct receipt got;
	char day[DAY_TEXT];
	enum err e;

	if (!r->k->has_gateway) {
		say("received, but the keyset names no gateway key: the "
		    "receipt cannot be checked");
		e = OK;
	} else {
		e = receipt_check(note->p, note->len, &r->k->gateway, &got);
		if (e == OK && (memcmp(got.envelope, s->hash, HASH_LEN) != 0 ||
		    memcmp(got.org, r->k->org, ORG_LEN) != 0 ||
		    strcmp(got.epoch, s->epoch) != 0)) {
			e = ERR_SIGNATURE;
		}
		if (e != OK) {
			say("the gateway answered, but not with a receipt of "
			    "this message. Do not rely on it: send again");
			return e;
		}
		day_text(got.day, day);
		printf("Received on %s. The receipt is signed by the gateway.\n",
		    day);
	}
	if (r->o->receipt != NULL) {
		e = file_write_path(r->o->receipt, note->p, note->len, 0600);
		if (e != OK) {
			say("--receipt %s: %s (the message was received)",
			    r->o->receipt, err_text(e));
		}
	}
	return e;
}

static enum err
whole_send(struct reporter *r, const struct sealed *s, uint64_t offset,
    struct upload *u, struct answer *a)
{
	uint8_t *p = malloc((size_t)s->size);
	const char *headers[] = { u->epoch, u->digest, NULL };
	struct request q = { "PUT", "/v1/envelopes", headers, p,
		(size_t)s->size, RECEIPT_MAX };
	enum err e;

	if (p == NULL) {
		return ERR_MEMORY;
	}
	e = fd_read_at(s->fd, offset, p, (size_t)s->size);
	if (e == OK) {
		u->asked = true;
		e = transfer_patient(r->t, &q, a);
	}
	if (e == OK) {
		e = answer_err(a);
	}
	free(p);
	return e;
}

static enum err
upload_begin(struct reporter *r, struct upload *u, struct answer *a)
{
	const char *headers[] = { u->epoch, NULL };
	struct request q = { "POST", "/v1/uploads", headers, NULL, 0,
		ANSWER_MAX };
	uint8_t id[16];
	json_t *o = NULL;
	enum err e;

	if ((e = transfer_patient(r->t, &q, a)) == OK &&
	    (e = answer_err(a)) == OK && (e = json_read(a->body.p,
	    a->body.len, ANSWER_MAX, &o)) == OK &&
	    (e = json_hex_field(o, "upload", id, sizeof(id))) == OK) {
		hex_encode(id, sizeof(id), u->id);
	}
	json_decref(o);
	return e;
}

/* The next number a 409 states, or 0 */
static uint64_t
answer_next(const struct answer *a)
{
	json_t *o = NULL;
	int64_t next = 0;

	if (json_read(a->body.p, a->body.len, ANSWER_MAX, &o) == OK) {
		(void)json_int_field(o, "next", 1, INT32_MAX, &next);
	}
	json_decref(o);
	return (uint64_t)next;
}

static enum err
part_send(struct reporter *r, const struct sealed *s, uint64_t offset,
    const struct upload *u, uint64_t n, uint8_t *piece, uint64_t *next,
    struct answer *a)
{
	uint64_t from = (n - 1) * ENVELOPE_PART;
	uint64_t left = s->size - from;
	char id[64], number[48];
	const char *headers[] = { id, number, NULL };
	struct request q = { "PUT", "/v1/uploads", headers, piece,
		left < ENVELOPE_PART ? (size_t)left : ENVELOPE_PART,
		ANSWER_MAX };
	enum err e;

	(void)snprintf(id, sizeof(id), "Upload-Id: %s", u->id);
	(void)snprintf(number, sizeof(number), "Upload-Part: %llu",
	    (unsigned long long)n);
	if ((e = fd_read_at(s->fd, offset + from, piece, q.len)) != OK ||
	    (e = transfer_patient(r->t, &q, a)) != OK) {
		return e;
	}
	if (a->status == 409) {
		*next = answer_next(a);
		return *next >= 1 && *next <= u->parts + 1 && *next != n ? OK :
		    ERR_CONFLICT;
	}
	*next = n + 1;
	return answer_err(a);
}

/* The part that the gateway wants next: any other number is answered with
 * it. False: it knows no such upload. */
static bool
upload_next(struct reporter *r, const struct upload *u, struct answer *a,
    uint64_t *n)
{
	char id[64];
	const char *headers[] = { id, ASK_NEXT, NULL };
	struct request q = { "PUT", "/v1/uploads", headers, "", 1,
		ANSWER_MAX };

	answer_clear(a);
	(void)snprintf(id, sizeof(id), "Upload-Id: %s", u->id);
	if (transfer_patient(r->t, &q, a) != OK || a->status != 409) {
		return false;
	}
	*n = answer_next(a);
	return *n >= 1 && *n <= u->parts + 1;
}

/* Where an upload of an earlier run stands; false: begin anew */
static bool
upload_resume(struct reporter *r, const struct sealed *s, struct upload *u,
    struct answer *a, uint64_t *n)
{
	if (!state_upload(r->o, s->hash, u->id) ||
	    !upload_next(r, u, a, n)) {
		return false;
	}
	say("going on at part %llu of %llu", (unsigned long long)*n,
	    (unsigned long long)u->parts);
	return true;
}

/* From part ${n} on */
static enum err
parts_send(struct reporter *r, const struct sealed *s, uint64_t offset,
    const struct upload *u, uint64_t n, struct answer *a)
{
	uint8_t *piece = malloc(ENVELOPE_PART);
	struct progress p;
	uint64_t next = 1, rounds = 0, done;
	enum err e = OK;

	if (piece == NULL) {
		return ERR_MEMORY;
	}
	p = progress_begin("send", s->size, (n - 1) * ENVELOPE_PART <
	    s->size ? (n - 1) * ENVELOPE_PART : s->size);
	/* a gateway that sends us back and forth must end */
	while (e == OK && n <= u->parts && rounds++ < 2 * u->parts + 16) {
		answer_clear(a);
		e = part_send(r, s, offset, u, n, piece, &next, a);
		n = next;
		done = (n - 1) * ENVELOPE_PART;
		progress_at(&p, done < s->size ? done : s->size);
	}
	progress_end(&p);
	free(piece);
	return e == OK && n <= u->parts ? ERR_CONFLICT : e;
}

static enum err
upload_finish(struct reporter *r, struct upload *u, struct answer *a)
{
	char id[64];
	const char *headers[] = { u->epoch, u->digest, id, NULL };
	struct request q = { "PUT", "/v1/envelopes", headers, NULL, 0,
		RECEIPT_MAX };
	enum err e;

	(void)snprintf(id, sizeof(id), "Upload-Id: %s", u->id);
	u->asked = true;
	e = transfer_patient(r->t, &q, a);
	return e == OK ? answer_err(a) : e;
}

/*
 * In parts. A store that ended loses what it took in the last two seconds, and
 * says so at the end only: the digest is of less than was sent. Then what is
 * missing is sent again.
 */
static enum err
upload_send(struct reporter *r, const struct sealed *s, uint64_t offset,
    struct upload *u, struct answer *a)
{
	uint64_t n = 1;
	unsigned rounds = 0;
	enum err e = OK;

	u->parts = (s->size + ENVELOPE_PART - 1) / ENVELOPE_PART;
	/* only a file sealed before, which has an offset, is ever the same */
	if (offset == 0 || !upload_resume(r, s, u, a, &n)) {
		answer_clear(a);
		n = 1;
		e = upload_begin(r, u, a);
		if (e == OK && offset != 0) {
			state_upload_keep(r->o, s->hash, u->id);
		}
	}
	while (e == OK) {
		u->asked = false;
		if ((e = parts_send(r, s, offset, u, n, a)) != OK) {
			break;
		}
		answer_clear(a);
		e = upload_finish(r, u, a);
		if (a->status != 400 || rounds++ == REPORTER_RESEALS ||
		    !upload_next(r, u, a, &n) || n > u->parts) {
			break;
		}
		say("the gateway lost the last parts; going on at part %llu "
		    "of %llu", (unsigned long long)n,
		    (unsigned long long)u->parts);
		e = OK;
	}
	return e;
}

enum err
message_send(struct reporter *r, const struct sealed *s, uint64_t offset)
{
	char b64[48];
	struct upload u;
	struct answer a;
	enum err e;

	memset(&a, 0, sizeof(a));
	memset(&u, 0, sizeof(u));
	sodium_bin2base64(b64, sizeof(b64), s->hash, HASH_LEN,
	    sodium_base64_VARIANT_ORIGINAL);
	(void)snprintf(u.epoch, sizeof(u.epoch), "Epoch: %s", s->epoch);
	(void)snprintf(u.digest, sizeof(u.digest),
	    "Content-Digest: sha-256=:%s:", b64);
	if (s->size <= ENVELOPE_WHOLE_MAX) {
		e = whole_send(r, s, offset, &u, &a);
	} else {
		e = upload_send(r, s, offset, &u, &a);
	}
	if (offset != 0 && (e == OK || e == ERR_STALE)) {
		state_upload_keep(r->o, s->hash, NULL);
	}
	if (u.asked && a.unsure && (e == ERR_IO || e == ERR_BUSY)) {
		unsure_say(r, offset != 0, &a);
	} else if (e != OK) {
		say("not received: %s", send_trouble(r, e, &a));
	} else if (a.status != 201) {
		say("the answer is not that of a gateway");
		e = ERR_FORMAT;
	} else {
		e = receipt_take(r, s, &a.body);
	}
	answer_clear(&a);
	return e;
}

/* The upload file: head, sealed bytes, tail */
enum err
sealed_save(struct reporter *r, const struct sealed *s)
{
	struct buf head = buf_new(4096), tail = buf_new(4096);
	uint8_t *piece = malloc(ENVELOPE_PART);
	uint64_t at = 0;
	size_t n;
	int fd = -1;
	enum err e = ERR_MEMORY;

	if (piece == NULL) {
		goto out;
	}
	fd = open(r->o->out, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		say("--out %s: cannot be made (an existing file is never "
		    "replaced)", r->o->out);
		e = ERR_IO;
		goto out;
	}
	if ((e = upload_file_head(r->k->org, s->epoch, s->size, &head)) ==
	    OK && (e = upload_file_tail(s->size, &tail)) == OK) {
		e = fd_write(fd, head.p, head.len);
	}
	while (e == OK && at < s->size) {
		n = s->size - at < ENVELOPE_PART ? (size_t)(s->size - at) :
		    ENVELOPE_PART;
		if ((e = fd_read_at(s->fd, at, piece, n)) == OK) {
			e = fd_write(fd, piece, n);
		}
		at += n;
	}
	if (e == OK && (e = fd_write(fd, tail.p, tail.len)) == OK &&
	    fsync(fd) != 0) {
		e = ERR_IO;
	}
	if (e != OK) {
		(void)unlink(r->o->out);
		say("--out %s: %s", r->o->out, err_text(e));
	}
out:
	if (fd >= 0) {
		close(fd);
	}
	free(piece);
	buf_free(&head);
	buf_free(&tail);
	return e;
}
