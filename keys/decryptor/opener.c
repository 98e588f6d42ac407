/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The parent of the openings. It bounds each frame of a child and the sum of
 * all; a child that dies, stops early or speaks out of turn makes the
 * envelope "damaged", and the import goes on. One that was killed from
 * outside read nothing: the import ends and can be run again.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "meldluik/secret.h"
#include "opener_private.h"
#include "sandbox.h"

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

struct opener {
	int sock;
	pid_t nursery;
	uint8_t *body; /* of the frame at hand; secret, from the first on */
};

static void
opening_free(struct opening *o)
{
	if (o->p.pipe >= 0) {
		close(o->p.pipe);
	}
	close(o->fd);
	content_free(o->p.content);
	buf_free(&o->p.flat);
	free(o);
}

enum err
opener_new(const struct keyring_week *week, void (*wipe)(void *arg),
    void *arg, struct opener **out)
{
	struct opener *o = calloc(1, sizeof *o);
	int ends[2];
	pid_t self = getpid();
	enum err e = o == NULL ? ERR_MEMORY : sandbox_prepare();

	if (e != OK || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
	    ends) != 0) {
		free(o);
		return e == OK ? ERR_MEMORY : e;
	}
	o->nursery = fork();
	if (o->nursery == 0) {
		nursery_run(ends[1], self, week, wipe, arg);
	}
	close(ends[1]);
	o->sock = ends[0];
	if (o->nursery < 0) {
		opener_free(o);
		return ERR_MEMORY;
	}
	*out = o;
	return OK;
}

void
opener_free(struct opener *o)
{
	if (o != NULL) {
		close(o->sock); /* the nursery ends */
		while (o->nursery > 0 && waitpid(o->nursery, NULL, 0) < 0 &&
		    errno == EINTR) {
			continue;
		}
		secret_free(o->body);
		free(o);
	}
}

static bool
request_send(int sock, int in, int out)
{
	int fds[2] = {in, out};
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof fds)];
	} control;
	struct iovec one = {(char[]){0}, 1};
	struct msghdr m = {.msg_iov = &one, .msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof control.room};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	ssize_t n;

	memset(control.room, 0, sizeof control.room);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fds);
	memcpy(CMSG_DATA(c), fds, sizeof fds);
	do {
		n = sendmsg(sock, &m, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n == 1;
}

enum err
opener_start(struct opener *by, int fd, const uint8_t sha256[HASH_LEN],
    uint64_t size, int dir, struct opening **out)
{
	struct opening *o = calloc(1, sizeof *o);
	int ends[2];
	bool sent;

	if (by->body == NULL) {
		by->body = secret_new(FRAME_MAX);
	}
	if (o == NULL || by->body == NULL || pipe2(ends, O_CLOEXEC) != 0) {
		free(o);
		return ERR_MEMORY;
	}
	sent = request_send(by->sock, fd, ends[1]);
	close(ends[1]);
	if (!sent) {
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
	o->p.body = by->body;
	*out = o;
	return OK;
}

/* It says its number before it reads the envelope. False: there is none */
static bool
child_there(struct opening *o)
{
	uint8_t text[PID_LEN];
	struct reader r;

	if (o->child == 0 && fd_read(o->p.pipe, text, sizeof text) == OK) {
		r = reader_of(text, sizeof text);
		o->child = (pid_t)reader_u32(&r);
	}
	return o->child > 0;
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
	if (p->content == NULL || !child_there(o)) {
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
		if (child_there(o)) {
			kill(o->child, SIGKILL);
			child_wait(o, &status);
		}
		opening_free(o);
	}
}

void
opened_clear(struct opened_envelope *o)
{
	content_free(o->content);
	memset(o, 0, sizeof *o);
}
