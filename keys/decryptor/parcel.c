/* SPDX-License-Identifier: EUPL-1.2 */
/* Writing of parcels; see the header. */
#include <stdlib.h>
#include <string.h>

#include "../seal/tarwrite.h"
#include "attachment.h"
#include "files.h"
#include "kept.h"
#include "meldluik/envelope.h"
#include "meldluik/json.h"
#include "org.h"
#include "parcel.h"

#define TEXTS_MAX (4u << 20)

struct part { /* a file of the parcel: bytes, or an attachment at rest */
	char name[REPORT_NAME_MAX + 1];
	char inside[TAR_NAME]; /* its name in the tar */
	char media_type[128];
	uint64_t size;
	uint8_t sha256[HASH_LEN], original[HASH_LEN];
	struct buf bytes;
	const struct content_file *file;
};
struct packing {
	struct desk *d;
	size_t k;
	unsigned to;
	struct part *part; /* the note first */
	unsigned parts, room;
	/* All but the note, when they are more than an envelope takes */
	struct part tar;
	bool packed;
	struct content **content;
	size_t contents;
	struct report *report;
};

static struct part *
part_add(struct packing *p, const char *name, const char *type)
{
	struct part *one;

	if (p->parts == p->room) {
		return NULL;
	}
	one = &p->part[p->parts++];
	memset(one, 0, sizeof *one);
	snprintf(one->name, sizeof one->name, "%s", name);
	snprintf(one->inside, sizeof one->inside, "%s", name);
	snprintf(one->media_type, sizeof one->media_type, "%s", type);
	one->bytes = buf_new_secret(TEXTS_MAX);
	return one;
}

static enum err
part_bytes(struct packing *p, const char *name, const char *type,
    const void *bytes, size_t len)
{
	struct part *one = part_add(p, name, type);

	if (one == NULL) {
		return ERR_LIMIT;
	}
	buf_put(&one->bytes, bytes, len);
	one->size = len;
	hash_bytes(bytes, len, one->sha256);
	return one->bytes.failed ? ERR_LIMIT : OK;
}

/* The files of the parcel as they go into the envelope */
static unsigned
parcel_files(const struct packing *p)
{
	return p->packed ? 2 : p->parts;
}

static struct part *
parcel_file(struct packing *p, unsigned i)
{
	return p->packed && i == 1 ? &p->tar : &p->part[i];
}

/* Every message: its json as it stood, its signature, its files */
static enum err
message_pack(struct packing *p, const struct message *m, unsigned number)
{
	struct content *c = NULL;
	char name[64];
	enum err e = desk_content(p->d, m, &c);

	if (e != OK) {
		return e;
	}
	p->content[p->contents++] = c;
	if (c->json.len > 0) {
		snprintf(name, sizeof name, "message-%02u.json", number);
		e = part_bytes(p, name, "application/json", c->json.p,
		    c->json.len);
	} else { /* entered by hand */
		const char *what = content_answer(c->report, "what");
		snprintf(name, sizeof name, "message-%02u.txt", number);
		e = what == NULL ? OK : part_bytes(p, name, "text/plain",
		    what, strlen(what));
	}
	if (e == OK && c->signature.len > 0) {
		snprintf(name, sizeof name, "message-%02u.json.minisig",
		    number);
		e = part_bytes(p, name, "text/plain", c->signature.p,
		    c->signature.len);
	}
	for (unsigned i = 0; e == OK && i < c->files; i++) {
		const struct report_attachment *a = &c->report->attachment[i];
		struct part *one = part_add(p, a->name, a->media_type);
		if (one == NULL) {
			return ERR_LIMIT;
		}
		/* the reporter's name of it stands in the json */
		snprintf(one->inside, sizeof one->inside,
		    "message-%02u-file-%02u", number, i + 1);
		one->size = a->size;
		memcpy(one->sha256, a->sha256, HASH_LEN);
		memcpy(one->original, a->original, HASH_LEN);
		one->file = &c->file[i];
	}
	return e;
}

static enum err
answer_pack(struct packing *p, day_t day, const char *what,
    const uint8_t record[RECORD_ID], struct buf *text)
{
	char on[DAY_TEXT];
	enum err e;

	day_text(day, on);
	buf_text(text, "== ");
	buf_text(text, on);
	buf_text(text, " ");
	buf_text(text, what);
	buf_text(text, "\n");
	e = record_get(p->d->book, record, text);
	buf_text(text, "\n\n");
	return e;
}

/* What the reporter was told in any way, and what a talk was agreed to be */
static enum err
answers_pack(struct packing *p)
{
	const struct state *s = p->d->state;
	struct buf text = buf_new_secret(TEXTS_MAX);
	char what[160];
	enum err e = OK;

	for (size_t i = 0; i < s->answers && e == OK; i++) {
		if (s->answer[i].kase != p->k || s->kase[p->k].destroyed ||
		    s->answer[i].taken_back != DAY_NONE) {
			continue;
		}
		snprintf(what, sizeof what, "%s%s",
		    reply_kind_word(s->answer[i].kind),
		    s->answer[i].posted == DAY_NONE ? " (not posted)" : "");
		e = answer_pack(p, s->answer[i].drafted, what,
		    s->answer[i].record, &text);
	}
	for (size_t i = 0; i < s->kepts && e == OK; i++) {
		const struct kept *k = &s->kept[i];
		if (k->kase == p->k && !s->kase[p->k].destroyed &&
		    (k->with == KEPT_GIVEN || k->with == KEPT_TALK)) {
			kept_title(k, what);
			e = answer_pack(p, k->day, what, k->record, &text);
		}
	}
	if (e == OK && text.len > 0) {
		e = text.failed ? ERR_LIMIT : part_bytes(p, "answers.txt",
		    "text/plain", text.p, text.len);
	}
	buf_free(&text);
	return e;
}

void
moved_write(json_t *o, const struct moved *m)
{
	if (m->ack != DAY_NONE) {
		event_day(o, "ack", m->ack);
		json_object_set_new(o, "ack_by",
		    json_string(given_by_word(m->ack_by)));
	}
	if (m->ack_written != DAY_NONE) {
		event_day(o, "ack_written", m->ack_written);
	}
	if (m->feedback != DAY_NONE) {
		event_day(o, "feedback", m->feedback);
	}
	if (m->withdrawn) {
		json_object_set_new(o, "withdrawn", json_true());
	}
	if (m->ack_waiver[0] != 0) {
		json_object_set_new(o, "ack_waiver",
		    json_string(m->ack_waiver));
	}
	if (m->extended) {
		json_object_set_new(o, "extended", json_true());
	}
}

/* The note, once all files are known; it takes the first place */
static enum err
note_pack(struct packing *p, char code[20])
{
	struct sign_purpose why = {.purpose = "transfer",
		.desk = p->d->ring->desk};
	const struct kase *k = &p->d->state->kase[p->k];
	struct buf doc = buf_new(TRANSFER_MAX), note = buf_new(TRANSFER_MAX);
	json_t *o = json_object(), *files = json_array();
	uint8_t hash[HASH_LEN];
	struct moved said;
	enum err e;

	memcpy(why.org, p->d->ring->org, ORG_LEN);
	json_object_set_new(o, "type", json_string(TRANSFER_TYPE));
	json_object_set_new(o, "version", json_integer(1));
	event_hex(o, "org", p->d->ring->org, ORG_LEN);
	json_object_set_new(o, "desk", json_integer(p->d->ring->desk));
	json_object_set_new(o, "to", json_integer(p->to));
	event_day(o, "day", p->d->today);
	json_object_set_new(o, "case", json_string(k->ref));
	event_day(o, "received", k->received);
	json_object_set_new(o, "route", json_string(k->route));
	json_object_set_new(o, "oral", json_boolean(k->oral));
	json_object_set_new(o, "kind", json_string(k->type));
	json_object_set_new(o, "origin", json_string(k->origin));
	json_object_set_new(o, "wbk", json_string(k->wbk));
	said.ack = k->ack_posted;
	said.ack_by = k->ack_by;
	said.ack_written = k->ack_posted == DAY_NONE ? DAY_NONE :
	    kase_ack_written(k);
	said.feedback = k->feedback_posted;
	said.withdrawn = k->withdrawn;
	said.extended = k->extended;
	strcpy(said.ack_waiver, k->ack_waiver);
	moved_write(o, &said);
	for (unsigned i = 1; i < parcel_files(p); i++) {
		char hex[2 * HASH_LEN + 1];
		hex_encode(parcel_file(p, i)->sha256, HASH_LEN, hex);
		json_array_append_new(files, json_string(hex));
	}
	json_object_set_new(o, "files", files);
	e = json_write(o, &doc);
	if (e == OK) {
		e = note_make(p->d->ring->operational, &why, doc.p, doc.len,
		    &note);
	}
	if (e == OK) {
		struct part *one = &p->part[0];
		hash_bytes(doc.p, doc.len, hash);
		hex_encode(hash, 8, code);
		buf_put(&one->bytes, note.p, note.len);
		one->size = note.len;
		hash_bytes(note.p, note.len, one->sha256);
		e = one->bytes.failed ? ERR_LIMIT : OK;
	}
	json_decref(o);
	buf_free(&doc);
	buf_free(&note);
	return e;
}

static enum err
report_pack(struct packing *p)
{
	const struct report *from = p->content[0]->report;
	struct report *r = report_new();
	enum err e = r == NULL ? ERR_MEMORY : OK;

	if (e != OK) {
		return e;
	}
	p->report = r;
	r->kind = from->kind == REPORT_ADVICE ? REPORT_ADVICE : REPORT_REPORT;
	memcpy(r->org, from->org, ORG_LEN);
	memcpy(r->keyset, p->d->keyset->hash, HASH_LEN);
	week_text(week_of(p->d->today), r->epoch);
	r->desk = p->to;
	memcpy(r->message_id, from->message_id, MESSAGE_ID_LEN);
	r->sealed_by = from->sealed_by;
	memcpy(r->language, from->language, sizeof r->language);
	memcpy(r->relation, from->relation, sizeof r->relation);
	memcpy(r->about, from->about, sizeof r->about);
	r->thread = from->thread == THREAD_FIRST ? THREAD_FIRST : THREAD_NONE;
	memcpy(r->tag_key, from->tag_key, sizeof r->tag_key);
	r->recipient = from->recipient;
	r->signer = from->signer;
	for (unsigned i = 0; e == OK && i < from->answers; i++) {
		e = report_answer_add(r, from->answer[i].key,
		    from->answer[i].text, strlen(from->answer[i].text));
		if (e == OK && from->answer[i].asked != NULL) {
			e = report_question_add(r, from->answer[i].key,
			    from->answer[i].asked,
			    strlen(from->answer[i].asked));
		}
	}
	return e;
}

static enum err
to_fd(void *arg, const uint8_t *p, size_t len)
{
	return fd_write(*(int *)arg, p, len);
}

static enum err
to_envelope(void *arg, const uint8_t *p, size_t len)
{
	return envelope_write(arg, p, len);
}

static enum err
to_hash(void *arg, const uint8_t *p, size_t len)
{
	hash_write(arg, p, len);
	return OK;
}

/* A file of the case; an attachment must have the length that was told */
static enum err
part_out(struct packing *p, const struct part *one, age_sink sink, void *arg)
{
	uint8_t hash[HASH_LEN];
	uint64_t size = 0;
	enum err e;

	if (one->file == NULL) {
		return sink(arg, one->bytes.p, one->bytes.len);
	}
	e = attachment_stream(p->d->attachments, one->file, sink, arg, &size,
	    hash);
	return e == OK && (size != one->size || memcmp(hash, one->sha256,
	    HASH_LEN) != 0) ? ERR_CRYPT : e;
}

static enum err
tar_out(struct packing *p, age_sink sink, void *arg)
{
	static const uint8_t zeros[TAR_END];
	enum err e = OK;

	for (unsigned i = 1; e == OK && i < p->parts; i++) {
		uint8_t head[TAR_BLOCK];
		tar_header(p->part[i].inside, p->part[i].size, head);
		e = sink(arg, head, sizeof head);
		if (e == OK) {
			e = part_out(p, &p->part[i], sink, arg);
		}
		if (e == OK) {
			e = sink(arg, zeros, tar_pad(p->part[i].size));
		}
	}
	return e == OK ? sink(arg, zeros, TAR_END) : e;
}

/* More files than an envelope takes go as one; no case is too long to be
 * handed over. The note names its hash, so it is made twice. */
static enum err
tar_pack(struct packing *p)
{
	struct hash_state *h;
	enum err e;

	if (p->parts <= REPORT_ATTACHMENTS_MAX) {
		return OK;
	}
	p->packed = true;
	strcpy(p->tar.name, "case.tar");
	strcpy(p->tar.media_type, "application/x-tar");
	p->tar.size = TAR_END;
	for (unsigned i = 1; i < p->parts; i++) {
		p->tar.size += tar_member(p->part[i].size);
	}
	h = hash_new();
	e = h == NULL ? ERR_MEMORY : tar_out(p, to_hash, h);
	if (e == OK) {
		hash_end(h, p->tar.sha256);
	}
	hash_free(h);
	return e;
}

static enum err
parts_seal(struct packing *p, struct envelope *e)
{
	enum err r = OK;

	for (unsigned i = 0; r == OK && i < parcel_files(p); i++) {
		struct part *one = parcel_file(p, i);
		uint8_t hash[HASH_LEN];
		uint64_t size = 0;
		r = envelope_attachment(e, one->size);
		if (r == OK) {
			r = one == &p->tar ? tar_out(p, to_envelope, e) :
			    part_out(p, one, to_envelope, e);
		}
		if (r == OK) {
			r = envelope_attachment_end(e, &size, hash);
		}
		if (r == OK && memcmp(hash, one->sha256, HASH_LEN) != 0) {
			r = ERR_CRYPT;
		}
		if (r == OK) {
			r = report_attachment_add(p->report, one->name,
			    one->media_type, size, hash);
		}
		if (r == OK) {
			memcpy(p->report->attachment[i].original,
			    one->original, HASH_LEN);
		}
	}
	return r;
}

static enum err
recipients_find(struct desk *d, unsigned to,
    struct age_recipient out[KEYSET_HOLDERS_MAX], unsigned *n)
{
	struct org_blocks blocks = {NULL, 0, 0};
	enum err e = blocks_load(d, &blocks);

	*n = 0;
	for (size_t i = 0; e == OK && i < blocks.count; i++) {
		const struct epoch_block *b = &blocks.block[i].block;
		const struct keyset_person *p = keyset_person(d->keyset,
		    b->person);
		if (blocks.block[i].week == week_of(d->today) &&
		    b->desk == to && p != NULL && p->desk == to &&
		    p->role == PERSON_HOLDER && *n < KEYSET_HOLDERS_MAX &&
		    !keyset_revoked(d->keyset, &p->key) &&
		    block_check(d->ring->org, blocks.block[i].week, &p->key,
		    b) == OK) {
			out[(*n)++] = b->recipient;
		}
	}
	blocks_free(&blocks);
	return e == OK && *n == 0 ? ERR_UNKNOWN : e;
}

static enum err
seal(struct packing *p, int fd)
{
	struct age_recipient recipient[KEYSET_HOLDERS_MAX];
	struct buf head = buf_new(8192), tail = buf_new(8192);
	uint64_t sizes[REPORT_ATTACHMENTS_MAX], whole;
	struct envelope *env = NULL;
	unsigned n;
	enum err e = recipients_find(p->d, p->to, recipient, &n);

	for (unsigned i = 0; i < parcel_files(p); i++) {
		sizes[i] = parcel_file(p, i)->size;
	}
	whole = envelope_predict(sizes, parcel_files(p));
	if (e == OK) {
		e = whole == 0 ? ERR_LIMIT : upload_file_head(p->d->ring->org,
		    p->report->epoch, whole, &head);
	}
	if (e == OK) {
		e = fd_write(fd, head.p, head.len);
	}
	if (e == OK) {
		e = envelope_new(recipient, n, to_fd, &fd, 1, &env);
	}
	if (e == OK) {
		e = parts_seal(p, env);
	}
	if (e == OK) {
		e = envelope_finish(env, p->report, NULL);
	}
	if (e == OK) {
		e = upload_file_tail(whole, &tail);
	}
	if (e == OK) {
		e = fd_write(fd, tail.p, tail.len);
	}
	envelope_free(env);
	buf_free(&head);
	buf_free(&tail);
	return e;
}

static enum err
pack(struct packing *p, char code[20])
{
	const struct state *s = p->d->state;
	unsigned number = 0;
	enum err e = part_add(p, TRANSFER_NAME, "text/plain") == NULL ?
	    ERR_MEMORY : OK;

	for (size_t i = 0; e == OK && i < s->messages; i++) {
		/* of a case that was handed over, what came since */
		if (s->message[i].kase == p->k && (s->message[i].late ||
		    !s->kase[p->k].destroyed)) {
			e = message_pack(p, &s->message[i], ++number);
		}
	}
	if (e == OK && p->contents == 0) {
		e = ERR_UNKNOWN;
	}
	if (e == OK) {
		e = answers_pack(p);
	}
	if (e == OK) {
		e = tar_pack(p);
	}
	if (e == OK) {
		e = note_pack(p, code);
	}
	return e == OK ? report_pack(p) : e;
}

enum err
parcel_write(struct desk *d, size_t k, unsigned to, int fd, char code[20])
{
	/* the note, the answers; of each message json, signature and files */
	struct packing p = {.d = d, .k = k, .to = to, .room = 2 +
		2 * d->state->kase[k].messages + d->state->kase[k].attachments};
	enum err e = OK;

	p.part = calloc(p.room, sizeof *p.part);
	p.content = calloc(d->state->messages + 1, sizeof *p.content);
	if (p.part == NULL || p.content == NULL) {
		e = ERR_MEMORY;
	}
	if (e == OK) {
		e = pack(&p, code);
	}
	if (e == OK) {
		e = seal(&p, fd);
	}
	for (unsigned i = 0; p.part != NULL && i < p.parts; i++) {
		buf_free(&p.part[i].bytes);
	}
	for (size_t i = 0; p.content != NULL && i < p.contents; i++) {
		content_free(p.content[i]);
	}
	report_free(p.report);
	free(p.part);
	free(p.content);
	return e;
}
