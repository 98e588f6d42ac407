/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Envelopes, unseal side. Guards the coordinator's machine: what comes out
 * of an authentic age file was still written by anybody. Every rule of
 * keys/FORMAT.md section 3 is checked here and each refusal has a word of
 * its own; no byte of the message goes into it. Attachments pass through to
 * the sink; report.json is kept in secret memory until the end is verified.
 */
#include <stdlib.h>
#include <string.h>

#include "meldluik/envelope_open.h"
#include "meldluik/secret.h"
#include "tarread.h"

#define NAME_ATTACHMENT "attachments/"
#define NAME_REPORT "report.json"
#define NAME_SIGNATURE "report.json.minisig"
#define NAME_LEN(s) (sizeof(s) - 1)
#define PURPOSE_REPORT "report"

enum member { MEMBER_NONE, MEMBER_ATTACHMENT, MEMBER_REPORT,
	MEMBER_SIGNATURE };

struct attachment {
	uint64_t size;
	uint8_t sha256[HASH_LEN];
};

struct envelope_open {
	struct age_open *age;
	struct tarread *tar;
	struct hash_state *hash;
	envelope_part_sink sink;
	void *arg;
	enum err failed;
	const char *fault;
	uint8_t head[ENVELOPE_HEADER];
	size_t head_len;
	uint64_t sealed;       /* bytes given */
	enum member member;    /* the one being read, or the last read */
	unsigned attachments;
	bool in_parts;         /* the last attachment is in parts */
	unsigned part;         /* number of its last part */
	uint64_t part_size;
	struct attachment attachment[REPORT_ATTACHMENTS_MAX];
	struct buf json, signature;
};

static enum err
refuse(struct envelope_open *o, enum err e, const char *fault)
{
	if (o->failed == OK) {
		o->failed = e;
		o->fault = fault;
	}
	return o->failed;
}

/* ${n} decimal digits at ${s} that are not all zero, or 0 */
static unsigned
number(const char *s, size_t n)
{
	unsigned v = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9') {
			return 0;
		}
		v = 10 * v + (unsigned)(s[i] - '0');
	}
	return v;
}

/* "attachments/NN" or "attachments/NN.PPPP"; ${part} 0 for the first form */
static bool
attachment_name(const char *name, unsigned *nn, unsigned *part)
{
	size_t len = strlen(name), at = NAME_LEN(NAME_ATTACHMENT);

	if (strncmp(name, NAME_ATTACHMENT, at) != 0 ||
	    (len != at + 2 && len != at + 7)) {
		return false;
	}
	*nn = number(name + at, 2);
	*part = 0;
	if (len == at + 7) {
		*part = number(name + at + 3, 4);
		if (name[at + 2] != '.' || *part == 0) {
			return false;
		}
	}
	return *nn >= 1 && *nn <= REPORT_ATTACHMENTS_MAX;
}

static void
attachment_done(struct envelope_open *o)
{
	if (o->member == MEMBER_ATTACHMENT) {
		hash_end(o->hash, o->attachment[o->attachments - 1].sha256);
	}
}

static enum err
attachment_begin(struct envelope_open *o, unsigned nn, unsigned part,
    uint64_t size)
{
	if (o->member == MEMBER_REPORT || o->member == MEMBER_SIGNATURE) {
		return refuse(o, ERR_FORMAT, "member-after-report");
	}
	if (size > ENVELOPE_CLASS_MAX) {
		return refuse(o, ERR_LIMIT, "attachment-size");
	}
	if (part > 0 && size > ENVELOPE_PART) {
		return refuse(o, ERR_LIMIT, "part-size");
	}
	if (nn == o->attachments && o->in_parts && part == o->part + 1) {
		if (o->part_size != ENVELOPE_PART || size == 0) {
			return refuse(o, ERR_FORMAT, "part-not-full");
		}
		o->part = part;
		o->part_size = size;
		return OK;
	}
	if (nn < o->attachments || (nn == o->attachments &&
	    (o->in_parts ? part <= o->part : part == 0))) {
		return refuse(o, ERR_CONFLICT, "member-duplicate");
	}
	if (nn != o->attachments + 1 || part > 1) {
		return refuse(o, ERR_FORMAT, "member-order");
	}
	attachment_done(o);
	o->attachments = nn;
	o->in_parts = part == 1;
	o->part = part;
	o->part_size = size;
	o->member = MEMBER_ATTACHMENT;
	return OK;
}

static enum err
member_begin(void *arg, const char *name, uint64_t size)
{
	struct envelope_open *o = arg;
	unsigned nn, part;

	if (attachment_name(name, &nn, &part)) {
		return attachment_begin(o, nn, part, size);
	}
	if (strcmp(name, NAME_REPORT) == 0) {
		if (o->member == MEMBER_REPORT ||
		    o->member == MEMBER_SIGNATURE) {
			return refuse(o, ERR_CONFLICT, "member-duplicate");
		}
		if (size > REPORT_JSON_MAX) {
			return refuse(o, ERR_LIMIT, "report-size");
		}
		attachment_done(o);
		o->member = MEMBER_REPORT;
		return OK;
	}
	if (strcmp(name, NAME_SIGNATURE) == 0) {
		if (o->member == MEMBER_SIGNATURE) {
			return refuse(o, ERR_CONFLICT, "member-duplicate");
		}
		if (o->member != MEMBER_REPORT) {
			return refuse(o, ERR_FORMAT, "member-order");
		}
		if (size >= SIGN_TEXT_MAX) {
			return refuse(o, ERR_LIMIT, "signature-size");
		}
		o->member = MEMBER_SIGNATURE;
		return OK;
	}
	return refuse(o, ERR_FORMAT, "member-unknown");
}

static enum err
member_data(void *arg, const uint8_t *p, size_t len)
{
	struct envelope_open *o = arg;
	struct buf *to;
	enum err e;

	if (o->member == MEMBER_ATTACHMENT) {
		o->attachment[o->attachments - 1].size += len;
		hash_write(o->hash, p, len);
		if (o->sink != NULL && (e = o->sink(o->arg, o->attachments, p,
		    len)) != OK) {
			return refuse(o, e, "sink");
		}
		return OK;
	}
	to = o->member == MEMBER_REPORT ? &o->json : &o->signature;
	buf_put(to, p, len);
	return to->failed ? refuse(o, ERR_MEMORY, "memory") : OK;
}

/* Opened chunks of the age file */
static enum err
payload_take(void *arg, const uint8_t *p, size_t len)
{
	struct envelope_open *o = arg;
	enum err e = tarread_write(o->tar, p, len);

	if (e != OK) {
		return refuse(o, e, tar_fault_word(tarread_fault(o->tar)));
	}
	return OK;
}

enum err
envelope_open_new(struct age_identity *const *ids, size_t n,
    envelope_part_sink sink, void *arg, unsigned threads,
    struct envelope_open **out)
{
	static const struct tarread_handler handler = { member_begin,
		member_data };
	struct envelope_open *o = calloc(1, sizeof(*o));
	enum err e;

	if (o == NULL) {
		return ERR_MEMORY;
	}
	o->sink = sink;
	o->arg = arg;
	o->fault = "";
	o->json = buf_new_secret(REPORT_JSON_MAX);
	o->signature = buf_new_secret(SIGN_TEXT_MAX);
	o->tar = tarread_new(&handler, o);
	o->hash = hash_new();
	if (o->tar == NULL || o->hash == NULL) {
		e = ERR_MEMORY;
		goto out;
	}
	if ((e = age_open_new(ids, n, payload_take, o, threads, &o->age)) !=
	    OK) {
		goto out;
	}
	*out = o;
	o = NULL; /* transferred */
out:
	envelope_open_free(o);
	return e;
}

void
envelope_open_free(struct envelope_open *o)
{
	if (o == NULL) {
		return;
	}
	age_open_free(o->age);
	tarread_free(o->tar);
	hash_free(o->hash);
	buf_free(&o->json);
	buf_free(&o->signature);
	secret_wipe(o, sizeof(*o));
	free(o);
}

void
envelope_content_free(struct envelope_content *c)
{
	report_free(c->report);
	buf_free(&c->json);
	buf_free(&c->signature);
	memset(c, 0, sizeof(*c));
}

const char *
envelope_open_fault(const struct envelope_open *o)
{
	return o->fault;
}

enum err
envelope_open_write(struct envelope_open *o, const void *p, size_t len)
{
	const uint8_t *from = p;
	size_t n = ENVELOPE_HEADER - o->head_len;
	enum err e;

	if (o->failed != OK) {
		return o->failed;
	}
	if (len > ENVELOPE_SIZE_MAX - o->sealed) {
		return refuse(o, ERR_LIMIT, "envelope-size");
	}
	o->sealed += len;
	if (n > 0) {
		/* The header is judged as the gateway judges it */
		n = n < len ? n : len;
		memcpy(o->head + o->head_len, from, n);
		o->head_len += n;
		from += n;
		len -= n;
		if (o->head_len < ENVELOPE_HEADER) {
			return OK;
		}
		if ((e = envelope_header_check(o->head, o->head_len)) !=
		    OK) {
			return refuse(o, e, "envelope-header");
		}
		if ((e = age_open_write(o->age, o->head, o->head_len)) !=
		    OK) {
			return refuse(o, e, "age");
		}
	}
	if (len > 0 && (e = age_open_write(o->age, from, len)) != OK) {
		return refuse(o, e, "age");
	}
	return OK;
}

/* The end of the age file, of the tar, and the class */
static enum err
stream_end(struct envelope_open *o)
{
	uint64_t payload;
	enum err e;

	if (o->failed != OK) {
		return o->failed;
	}
	if (o->head_len < ENVELOPE_HEADER) {
		return refuse(o, ERR_FORMAT, "envelope-header");
	}
	if ((e = age_open_end(o->age)) != OK) {
		return refuse(o, e, "age");
	}
	if ((e = tarread_end(o->tar, &payload)) != OK) {
		return refuse(o, e, tar_fault_word(tarread_fault(o->tar)));
	}
	if (envelope_class(payload) != payload ||
	    envelope_sealed_size(payload) != o->sealed) {
		return refuse(o, ERR_LIMIT, "envelope-class");
	}
	if (o->member != MEMBER_REPORT && o->member != MEMBER_SIGNATURE) {
		return refuse(o, ERR_FORMAT, "report-missing");
	}
	if (o->attachments == 0 && payload != ENVELOPE_CLASS_MIN) {
		return refuse(o, ERR_POLICY, "text-class");
	}
	return OK;
}

static enum err
attachments_check(struct envelope_open *o, const struct report *r)
{
	if (r->attachments != o->attachments) {
		return refuse(o, ERR_CONFLICT, "attachment-count");
	}
	for (unsigned i = 0; i < r->attachments; i++) {
		if (r->attachment[i].size != o->attachment[i].size) {
			return refuse(o, ERR_CONFLICT, "attachment-length");
		}
		if (!secret_equal(r->attachment[i].sha256,
		    o->attachment[i].sha256, HASH_LEN)) {
			return refuse(o, ERR_CONFLICT, "attachment-hash");
		}
	}
	return OK;
}

static enum err
signature_check(struct envelope_open *o, const struct report *r)
{
	struct sign_purpose why = { .purpose = PURPOSE_REPORT,
		.desk = r->desk };
	bool later = r->kind == REPORT_FOLLOW_UP ||
	    r->kind == REPORT_WITHDRAWAL;
	enum err e;

	if (!later) {
		return o->member == MEMBER_SIGNATURE ?
		    refuse(o, ERR_FORMAT, "signature-unwanted") : OK;
	}
	if (o->member != MEMBER_SIGNATURE) {
		return refuse(o, ERR_SIGNATURE, "signature-missing");
	}
	if (r->thread != THREAD_LATER) {
		return refuse(o, ERR_SIGNATURE, "signer-missing");
	}
	memcpy(why.org, r->org, ORG_LEN);
	if ((e = sign_check(&r->signer, &why, o->json.p, o->json.len,
	    o->signature.p, o->signature.len)) != OK) {
		return refuse(o, e, "signature");
	}
	return OK;
}

enum err
envelope_open_end(struct envelope_open *o, struct envelope_content *out)
{
	struct report *r = NULL;
	enum err e;

	if ((e = stream_end(o)) != OK) {
		return e;
	}
	if ((e = report_parse(o->json.p, o->json.len, &r)) != OK) {
		return refuse(o, e, "report");
	}
	if ((e = attachments_check(o, r)) != OK ||
	    (e = signature_check(o, r)) != OK) {
		report_free(r);
		return e;
	}
	out->report = r;
	out->json = o->json;
	out->signature = o->signature;
	hash_bytes(out->json.p, out->json.len, out->payload);
	o->json = buf_new_secret(REPORT_JSON_MAX);      /* transferred */
	o->signature = buf_new_secret(SIGN_TEXT_MAX);   /* transferred */
	refuse(o, ERR_USAGE, "ended");
	return OK;
}
