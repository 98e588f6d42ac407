/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading of parcels; see parcel.h. A parcel is as hostile as any file. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attachment.h"
#include "files.h"
#include "meldluik/envelope.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"
#include "opener.h"
#include "parcel.h"

#define HEAD_MAX 4096u

static enum err
to_buf(void *arg, const uint8_t *p, size_t len)
{
	buf_put(arg, p, len);
	return ((struct buf *)arg)->failed ? ERR_LIMIT : OK;
}

/* The envelope alone into a file without a name, with hash and size */
static enum err
envelope_copy(struct desk *d, int fd, day_t *week, int *out, uint64_t *size,
    uint8_t sha256[HASH_LEN])
{
	struct hash_state *h = hash_new();
	uint8_t piece[32768], org[ORG_LEN];
	char epoch[WEEK_TEXT];
	size_t used = 0;
	ssize_t n = pread(fd, piece, HEAD_MAX, 0);
	uint64_t left = 0;
	enum err e = h == NULL ? ERR_MEMORY : n < 0 ? ERR_IO :
	    upload_file_parse(piece, (size_t)n, org, epoch, size, &used);

	if (e == ERR_BUSY) {
		e = ERR_FORMAT;
	}
	if (e == OK && memcmp(org, d->ring->org, ORG_LEN) != 0) {
		e = ERR_FOREIGN;
	}
	if (e == OK) {
		e = week_parse(epoch, week);
	}
	if (e == OK) {
		unlinkat(d->dir, ROOM_PARCEL, 0);
		*out = openat(d->dir, ROOM_PARCEL, O_RDWR | O_CREAT | O_EXCL |
		    O_CLOEXEC | O_NOFOLLOW, 0600);
		unlinkat(d->dir, ROOM_PARCEL, 0);
		e = *out < 0 || lseek(fd, (off_t)used, SEEK_SET) < 0 ?
		    ERR_IO : OK;
		left = *size;
	}
	while (e == OK && left > 0) {
		n = read(fd, piece, left < sizeof piece ? (size_t)left :
		    sizeof piece);
		if (n <= 0) {
			e = n < 0 ? ERR_IO : ERR_FORMAT;
			break;
		}
		hash_write(h, piece, (size_t)n);
		e = fd_write(*out, piece, (size_t)n);
		left -= (uint64_t)n;
	}
	if (e == OK) {
		hash_end(h, sha256);
		e = lseek(*out, 0, SEEK_SET) == 0 ? OK : ERR_IO;
	}
	hash_free(h);
	return e;
}

static enum err
note_fields(const struct desk *d, const json_t *o,
    const struct content *c, struct transfer *t)
{
	uint8_t org[ORG_LEN], hash[HASH_LEN];
	const json_t *files;
	const char *day;
	int64_t from, to;
	enum err e;

	if ((e = json_hex_field(o, "org", org, ORG_LEN)) != OK ||
	    (e = json_int_field(o, "desk", 1, CODE_DESK_MAX, &from)) != OK ||
	    (e = json_int_field(o, "to", 1, CODE_DESK_MAX, &to)) != OK ||
	    (e = json_string_field(o, "received", 10, 10, &day)) != OK ||
	    (e = day_parse(day, &t->received)) != OK ||
	    (e = json_array_field(o, "files", REPORT_ATTACHMENTS_MAX,
	    &files)) != OK) {
		return e;
	}
	static const struct {
		const char *key;
		size_t at, size;
	} words[] = {
		{"case", offsetof(struct transfer, ref), REF_TEXT},
		{"route", offsetof(struct transfer, route), CODE_WORD},
		{"kind", offsetof(struct transfer, type), CODE_WORD},
		{"origin", offsetof(struct transfer, origin), CODE_WORD},
		{"wbk", offsetof(struct transfer, wbk), CODE_WORD},
	};
	for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
		const char *s;
		e = json_string_field(o, words[i].key, 0, words[i].size - 1,
		    &s);
		if (e != OK) {
			return e;
		}
		memcpy((char *)t + words[i].at, s, strlen(s) + 1);
	}
	if ((e = moved_read(o, &t->said)) != OK) {
		return e;
	}
	t->oral = json_is_true(json_object_get(o, "oral"));
	t->from = (unsigned)from;
	if (memcmp(org, d->ring->org, ORG_LEN) != 0 ||
	    (unsigned)to != d->ring->desk || t->from == d->ring->desk) {
		return ERR_FOREIGN;
	}
	if (json_array_size(files) + 1 != c->files) {
		return ERR_CONFLICT;
	}
	for (unsigned i = 1; i < c->files; i++) {
		const char *hex = json_string_value(json_array_get(files,
		    i - 1));
		if (hex == NULL || hex_decode(hex, hash, HASH_LEN) != OK ||
		    memcmp(hash, c->report->attachment[i].sha256,
		    HASH_LEN) != 0) {
			return ERR_CONFLICT;
		}
	}
	return OK;
}

/* Authenticate, then parse, then use */
enum err
transfer_parse(const struct desk *d, const void *p, size_t len,
    const struct content *c, struct transfer *t)
{
	uint8_t hash[HASH_LEN];
	struct bytes sig, doc;
	unsigned from = 0;
	json_t *o = NULL;
	enum err e = note_split(p, len, &sig, &doc);

	for (unsigned i = 0; e == OK && from == 0 && i < d->keyset->desks;
	    i++) {
		if (keyset_holder_check(d->keyset, d->keyset->desk[i].number,
		    "transfer", doc.p, doc.len, sig.p, sig.len, NULL) == OK) {
			from = d->keyset->desk[i].number;
		}
	}
	if (e == OK && from == 0) {
		e = ERR_SIGNATURE;
	}
	if (e == OK) {
		e = json_read_type(doc.p, doc.len, TRANSFER_MAX,
		    TRANSFER_TYPE, &o);
	}
	if (e == OK) {
		e = note_fields(d, o, c, t);
	}
	if (e == OK && t->from != from) {
		e = ERR_SIGNATURE;
	}
	if (e == OK) {
		hash_bytes(doc.p, doc.len, hash);
		hex_encode(hash, 8, t->code);
	}
	json_decref(o);
	return e;
}

static enum err
note_check(struct desk *d, const struct content *c, struct transfer *t)
{
	struct buf note = buf_new(TRANSFER_MAX);
	uint8_t hash[HASH_LEN];
	uint64_t size;
	enum err e = c->files < 1 || strcmp(c->report->attachment[0].name,
	    TRANSFER_NAME) != 0 ? ERR_FORMAT : attachment_stream(
	    d->attachments, &c->file[0], to_buf, &note, &size, hash);

	if (e == OK) {
		e = transfer_parse(d, note.p, note.len, c, t);
	}
	buf_free(&note);
	return e;
}

enum err
parcel_open(struct desk *d, int fd, struct content **content,
    struct transfer *t, uint8_t sha256[HASH_LEN], uint8_t payload[HASH_LEN])
{
	const struct keyring_week *w;
	struct opening *opening = NULL;
	struct opener *opener = NULL;
	struct opened_envelope o;
	uint64_t size = 0;
	day_t week = 0;
	int copy = -1;
	enum err e = envelope_copy(d, fd, &week, &copy, &size, sha256);

	memset(&o, 0, sizeof o);
	memset(t, 0, sizeof *t);
	t->read = e == OK && state_body_read(d->state, sha256);
	if (e == OK) {
		w = keyring_week(d->ring, week);
		e = w == NULL ? ERR_NO_MATCH : opener_new(w, desk_forget, d,
		    &opener);
	}
	if (e == OK) {
		e = opener_start(opener, copy, sha256, size, d->attachments,
		    &opening);
	}
	if (e == OK) {
		copy = -1; /* transferred */
		opener_finish(opening, &o);
	}
	if (e == OK && o.what != OPENED_OURS) {
		e = o.what == OPENED_OTHER ? ERR_NO_MATCH : o.why == OK ?
		    ERR_FORMAT : o.why;
	}
	for (unsigned i = 0; e == OK && i < o.content->files; i++) {
		e = attachment_keep(d->attachments, &o.content->file[i]);
	}
	if (e == OK) {
		e = note_check(d, o.content, t);
		for (unsigned i = 0; e != OK && i < o.content->files; i++) {
			attachment_drop(d->attachments, &o.content->file[i]);
		}
	}
	if (e == OK) {
		memcpy(payload, o.payload, HASH_LEN);
		*content = o.content;
		o.content = NULL; /* transferred */
	}
	opened_clear(&o);
	opener_free(opener);
	if (e == ERR_NO_MATCH && t->read) {
		e = ERR_STALE;
	}
	if (copy >= 0) {
		close(copy);
	}
	return e;
}
