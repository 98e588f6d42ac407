/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Child and parent of one opening. Frames on the pipe: type, number, length
 * (4 bytes), body. The parent bounds each and the sum of all; a child that
 * dies, stops early or speaks out of turn makes the envelope "damaged", and
 * the import goes on. One that was killed from outside read nothing: the
 * import ends and can be run again.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "meldluik/envelope_open.h"
#include "meldluik/secret.h"
#include "opener.h"
#include "sandbox.h"

#define FRAME_HEAD 6u
#define FRAME_MAX 65536u
/* Exit of a child without sandbox or readable file: no fault of the envelope,
 * which must not count as read, else the gateway would erase it */
#define CHILD_UNABLE 3
#define END_LEN (1u + HASH_LEN + HASH_LEN + 8u)

enum frame { FRAME_PIECE = 1, FRAME_REPORT, FRAME_JSON, FRAME_SIGNATURE,
	FRAME_END };

static enum err
frame_send(int fd, enum frame type, unsigned number, const void *p,
    size_t len)
{
	uint8_t head[FRAME_HEAD] = {(uint8_t)type, (uint8_t)number,
		(uint8_t)(len >> 24), (uint8_t)(len >> 16),
		(uint8_t)(len >> 8), (uint8_t)len};
	enum err e = fd_write(fd, head, sizeof head);

	return e == OK ? fd_write(fd, p, len) : e;
}

static enum err
piece_send(void *arg, unsigned number, const uint8_t *p, size_t len)
{
	enum err e = OK;

	while (len > 0 && e == OK) {
		size_t n = len < FRAME_MAX ? len : FRAME_MAX;
		e = frame_send(*(int *)arg, FRAME_PIECE, number, p, n);
		p += n;
		len -= n;
	}
	return e;
}

/* Texts over one frame are cut; frames of a kind concatenate */
static enum err
text_send(int fd, enum frame type, const struct buf *b)
{
	enum err e = OK;

	for (size_t at = 0; at < b->len && e == OK; at += FRAME_MAX) {
		size_t n = b->len - at;
		e = frame_send(fd, type, 0, b->p + at,
		    n < FRAME_MAX ? n : FRAME_MAX);
	}
	return e;
}

static enum err
content_send(int fd, struct envelope_content *c)
{
	struct buf flat = buf_new_secret(CONTENT_FLAT_MAX);
	enum err e = report_flatten(c->report, &flat);

	if (e == OK) {
		e = text_send(fd, FRAME_REPORT, &flat);
	}
	if (e == OK) {
		e = text_send(fd, FRAME_JSON, &c->json);
	}
	if (e == OK) {
		e = text_send(fd, FRAME_SIGNATURE, &c->signature);
	}
	buf_free(&flat);
	return e;
}

/*
 * The child. The whole file is hashed even when its header is sealed to
 * somebody else: only the body that the manifest lists may count as read,
 * or a swapped file on the stick would have a report erased.
 */
static void
child(int in, int out, struct age_identity *const *ids, size_t n)
{
	struct envelope_open *o = NULL;
	struct envelope_content c;
	struct hash_state *h = hash_new();
	uint8_t piece[32768], end[END_LEN] = {0};
	uint64_t size = 0;
	enum err e;
	ssize_t got;

	memset(&c, 0, sizeof c);
	if (h == NULL || sandbox_enter(in, out) != OK) {
		_exit(CHILD_UNABLE);
	}
	e = n == 0 ? ERR_NO_MATCH :
	    envelope_open_new(ids, n, piece_send, &out, 1, &o);
	while ((got = read(in, piece, sizeof piece)) > 0) {
		hash_write(h, piece, (size_t)got);
		size += (uint64_t)got;
		if (e == OK) {
			e = envelope_open_write(o, piece, (size_t)got);
		}
	}
	if (got < 0) {
		_exit(CHILD_UNABLE);
	}
	if (e == OK) {
		e = envelope_open_end(o, &c);
	}
	if (e == OK) {
		memcpy(end + 1 + HASH_LEN, c.payload, HASH_LEN);
		e = content_send(out, &c);
		envelope_content_free(&c);
	}
	envelope_open_free(o);
	end[0] = (uint8_t)e;
	hash_end(h, end + 1);
	for (unsigned i = 0; i < 8; i++) {
		end[1 + 2 * HASH_LEN + i] = (uint8_t)(size >> (56 - 8 * i));
	}
	e = frame_send(out, FRAME_END, 0, end, sizeof end);
	_exit(e == OK ? 0 : 5);
}

struct parent {
	int pipe, dir;
	uint64_t left; /* bytes a child may still send */
	struct content *content;
	struct buf flat;
	struct attachment_writer *writer;
	unsigned number; /* of the attachment being written */
	uint8_t *body;
	uint8_t end[END_LEN];
};

static enum err
writer_close(struct parent *p)
{
	struct content *c = p->content;
	enum err e = OK;

	if (p->writer != NULL) {
		e = attachment_end(p->writer, &c->file[c->files]);
		if (e == OK) {
			c->files++;
		}
		attachment_free(p->writer);
		p->writer = NULL;
	}
	return e;
}

/* Up to and with attachment ${number}; those between are empty files */
static enum err
writer_for(struct parent *p, unsigned number)
{
	enum err e = OK;

	if (number > REPORT_ATTACHMENTS_MAX) {
		return ERR_FORMAT;
	}
	while (e == OK && p->number < number) {
		e = writer_close(p);
		if (e == OK) {
			e = attachment_begin(p->dir, &p->writer);
			p->number++;
		}
	}
	return e;
}

/* ERR_FORMAT: the child broke the rules; others: this machine failed */
static enum err
frame_take(struct parent *p, bool *done)
{
	uint8_t head[FRAME_HEAD];
	struct reader r;
	unsigned type, number;
	uint32_t len;
	enum err e = fd_read(p->pipe, head, sizeof head);

	if (e != OK) {
		return e == ERR_UNKNOWN ? ERR_FORMAT : e;
	}
	r = reader_of(head, sizeof head);
	type = reader_u8(&r);
	number = reader_u8(&r);
	len = reader_u32(&r);
	if (len > FRAME_MAX || len > p->left) {
		return ERR_FORMAT;
	}
	p->left -= len;
	if (len > 0 && fd_read(p->pipe, p->body, len) != OK) {
		return ERR_FORMAT;
	}
	switch (type) {
	case FRAME_PIECE:
		if (number < p->number || number == 0) {
			return ERR_FORMAT;
		}
		e = writer_for(p, number);
		return e == OK ? attachment_write(p->writer, p->body, len) : e;
	case FRAME_REPORT:
		buf_put(&p->flat, p->body, len);
		return p->flat.failed ? ERR_FORMAT : OK;
	case FRAME_JSON:
		buf_put(&p->content->json, p->body, len);
		return p->content->json.failed ? ERR_FORMAT : OK;
	case FRAME_SIGNATURE:
		buf_put(&p->content->signature, p->body, len);
		return p->content->signature.failed ? ERR_FORMAT : OK;
	case FRAME_END:
		if (len != END_LEN) {
			return ERR_FORMAT;
		}
		memcpy(p->end, p->body, END_LEN);
		*done = true;
		return OK;
	default:
		return ERR_FORMAT;
	}
}

struct opening {
	struct parent p;
	pid_t child;
	int fd;
	uint8_t sha256[HASH_LEN];
	uint64_t size;
};

/* What the child's end says, checked against what it sent */
static void
judge(struct parent *p, const uint8_t sha256[HASH_LEN], uint64_t size,
    struct opened_envelope *out)
{
	struct reader r = reader_of(p->end, END_LEN);
	unsigned code = reader_u8(&r);
	uint8_t hash[HASH_LEN];
	enum err e;

	reader_copy(&r, hash, HASH_LEN);
	reader_copy(&r, out->payload, HASH_LEN);
	if (memcmp(hash, sha256, HASH_LEN) != 0 || reader_u64(&r) != size) {
		out->what = OPENED_EDITED;
		return;
	}
	if (code == ERR_NO_MATCH) {
		out->what = OPENED_OTHER;
		return;
	}
	out->what = OPENED_DAMAGED;
	out->why = code < ERR_COUNT && code != OK ? (enum err)code :
	    ERR_FORMAT;
	if (code == ERR_MEMORY) {
		out->what = OPENED_FAILED;
		return;
	}
	if (code != OK) {
		return;
	}
	e = report_unflatten(p->flat.p, p->flat.len, &p->content->report);
	if (e == OK) {
		e = writer_for(p, p->content->report->attachments);
	}
	if (e == OK) {
		e = writer_close(p);
	}
	if (e == OK && p->content->files !=
	    p->content->report->attachments) {
		e = ERR_FORMAT;
	}
	if (e == OK) {
		out->what = OPENED_OURS;
		out->content = p->content;
		p->content = NULL; /* transferred */
	} else if (e != ERR_FORMAT && e != ERR_VERSION) {
		out->what = OPENED_FAILED;
		out->why = e;
	}
}

/* For a child that died before it could say what it had read */
static bool
file_is(int fd, const uint8_t sha256[HASH_LEN])
{
	struct hash_state *h = hash_new();
	uint8_t piece[32768], hash[HASH_LEN];
	ssize_t got = -1;

	if (h != NULL && lseek(fd, 0, SEEK_SET) == 0) {
		while ((got = read(fd, piece, sizeof piece)) > 0) {
			hash_write(h, piece, (size_t)got);
		}
		hash_end(h, hash);
	}
	hash_free(h);
	return got == 0 && memcmp(hash, sha256, HASH_LEN) == 0;
}

static void
parent(struct parent *p, const uint8_t sha256[HASH_LEN], uint64_t size,
    struct opened_envelope *out)
{
	bool done = false;
	enum err e = OK;

	while (e == OK && !done) {
		e = frame_take(p, &done);
	}
	if (e == OK) {
		judge(p, sha256, size, out);
	} else {
		out->what = e == ERR_FORMAT ? OPENED_DAMAGED : OPENED_FAILED;
		out->why = e;
	}
}

static void
opening_free(struct opening *o)
{
	if (o->p.pipe >= 0) {
		close(o->p.pipe);
	}
	close(o->fd);
	content_free(o->p.content);
	secret_free(o->p.body);
	buf_free(&o->p.flat);
	free(o);
}

enum err
opener_start(int fd, const uint8_t sha256[HASH_LEN], uint64_t size,
    struct age_identity *const *ids, size_t n, int dir,
    void (*wipe)(void *arg), void *arg, struct opening **out)
{
	struct opening *o = calloc(1, sizeof *o);
	int ends[2];

	if (o == NULL || pipe2(ends, O_CLOEXEC) != 0) {
		free(o);
		return ERR_MEMORY;
	}
	o->child = fork();
	if (o->child == 0) {
		close(ends[0]);
		wipe(arg);
		child(fd, ends[1], ids, n);
	}
	close(ends[1]);
	if (o->child < 0) {
		close(ends[0]);
		free(o);
		return ERR_MEMORY;
	}
	o->fd = fd;
	o->size = size;
	memcpy(o->sha256, sha256, HASH_LEN);
	o->p.pipe = ends[0];
	o->p.dir = dir;
	o->p.left = size + CONTENT_MAX + END_LEN;
	*out = o;
	return OK;
}

/* A child that ended without a word: what does that say of the envelope? */
static void
judge_end(struct opening *o, int status, struct opened_envelope *out)
{
	if (out->what != OPENED_DAMAGED) {
		return;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_UNABLE) {
		out->what = OPENED_FAILED;
		out->why = ERR_IO;
	} else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
		/* no envelope does that, its memory has a limit: the system
		 * had none left, or somebody ended it */
		out->what = OPENED_FAILED;
		out->why = ERR_MEMORY;
	} else if ((!WIFEXITED(status) || WEXITSTATUS(status) != 0) &&
	    !file_is(o->fd, o->sha256)) {
		out->what = OPENED_EDITED;
	}
}

static void
child_wait(const struct opening *o, int *status)
{
	while (waitpid(o->child, status, 0) < 0 && errno == EINTR) {
		continue;
	}
}

void
opener_finish(struct opening *o, struct opened_envelope *out)
{
	struct parent *p = &o->p;
	int status = 0;

	memset(out, 0, sizeof *out);
	p->flat = buf_new_secret(CONTENT_FLAT_MAX);
	p->content = content_new();
	p->body = secret_new(FRAME_MAX);
	if (p->content == NULL || p->body == NULL) {
		out->what = OPENED_FAILED;
		out->why = ERR_MEMORY;
		opener_cancel(o);
		return;
	}
	parent(p, o->sha256, o->size, out);
	close(p->pipe); /* a child that still writes ends here */
	p->pipe = -1;
	child_wait(o, &status);
	judge_end(o, status, out);
	if (p->writer != NULL) { /* not ended: its name is its own state's */
		struct content_file f;
		if (attachment_end(p->writer, &f) == OK) {
			attachment_drop(p->dir, &f);
		}
		attachment_free(p->writer);
	}
	for (unsigned i = 0; p->content != NULL && i < p->content->files;
	    i++) {
		attachment_drop(p->dir, &p->content->file[i]);
	}
	opening_free(o);
}

void
opener_cancel(struct opening *o)
{
	int status;

	if (o != NULL) {
		kill(o->child, SIGKILL);
		child_wait(o, &status);
		opening_free(o);
	}
}

void
opened_clear(struct opened_envelope *o)
{
	content_free(o->content);
	memset(o, 0, sizeof *o);
}
