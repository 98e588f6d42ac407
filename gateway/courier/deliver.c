/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * deliver: an outbound bundle to the gateway, then a look at the public
 * board as any reader has it. Nothing is sent before every file on the stick
 * has the hash that the bundle states.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "courier.h"
#include "files.h"
#include "meldluik/json.h"
#include "shown.h"

#define ANSWER_MAX 512u
#define LOOKS 3u /* at the board, a second apart */

/* A file of the bundle itself: a link on a borrowed stick must not make the
 * courier send something of this machine. */
static int
bundle_file(int dir, const char *path)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH };

	if (!outbound_path_ok(path) && strcmp(path, "outbound.json") != 0 &&
	    strcmp(path, "outbound.json.minisig") != 0) {
		return -1;
	}
	return (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
}

static enum err
bundle_open(const struct courier *c, const char *dir, int *out,
    struct outbound **bundle)
{
	struct buf doc = buf_new(OUTBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	char folder[COURIER_FOLDER];
	int top = -1, fd = -1;
	enum err e;

	(void)snprintf(folder, sizeof(folder), "outbound-%u",
	    c->config->desk);
	if ((e = folder_open(AT_FDCWD, dir, false, &top)) != OK ||
	    (e = folder_open(top, folder, false, &fd)) != OK) {
		say("%s: there is no bundle %s", dir, folder);
		goto out;
	}
	if ((e = file_read(fd, "outbound.json", &doc)) != OK ||
	    (e = file_read(fd, "outbound.json.minisig", &sig)) != OK ||
	    (e = outbound_parse(doc.p, doc.len, sig.p, sig.len, NULL,
	    bundle)) != OK) {
		say("%s/outbound.json: %s; %s", folder, err_text(e),
		    e == ERR_VERSION ? "a later desk made it: update this "
		    "program. Nothing was sent" : "make the export again");
		goto out;
	}
	if ((*bundle)->desk != c->config->desk) {
		say("%s: is of desk %u", folder, (*bundle)->desk);
		e = ERR_FOREIGN;
		goto out;
	}
	*out = fd;
	fd = -1; /* transferred */
out:
	close(fd);
	close(top);
	buf_free(&doc);
	buf_free(&sig);
	return e;
}

/* Every file is there with its hash; ${total} counts the bytes to send */
static enum err
bundle_check(int dir, const struct outbound *o, uint64_t *total)
{
	uint8_t hash[HASH_LEN];
	uint64_t size;
	enum err e;
	int fd;

	for (unsigned i = 0; i < o->files; i++) {
		size = 0;
		fd = bundle_file(dir, o->file[i].path);
		e = fd < 0 ? ERR_UNKNOWN : fd_hash(fd, &size, hash);
		if (fd >= 0) {
			close(fd);
		}
		if (e == OK && memcmp(hash, o->file[i].sha256, HASH_LEN) !=
		    0) {
			e = ERR_CHAIN;
		}
		if (e != OK) {
			say("%s on the stick %s. Nothing was sent; make the "
			    "export again", o->file[i].path, e == ERR_CHAIN ?
			    "was changed after the desk signed it" :
			    e == ERR_UNKNOWN ? "is missing" :
			    "cannot be read");
			return e;
		}
		*total += size;
	}
	return OK;
}

static enum err
piece_send(struct courier *c, const char *path, uint64_t at,
    const uint8_t *p, size_t len)
{
	char desk[32], name[96], offset[48];
	const char *headers[] = { desk, name, offset, NULL };
	struct request q = { "PUT", "/v1/bundle/outbound", headers, p, len,
		ANSWER_MAX };
	struct answer a;
	enum err e;

	(void)snprintf(desk, sizeof(desk), "Desk: %u", c->config->desk);
	(void)snprintf(name, sizeof(name), "Path: %s", path);
	(void)snprintf(offset, sizeof(offset), "Offset: %llu",
	    (unsigned long long)at);
	e = transfer_once(c->door, &q, &a);
	if (e == OK) {
		e = answer_err(&a);
	}
	if (e != OK && e != ERR_IO && e != ERR_BUSY && e != ERR_CONFLICT) {
		e = courier_refused(c, path, e, &a);
	}
	answer_clear(&a);
	return e;
}

/* ${p}: NULL for the two files that do not count */
static enum err
file_send_once(struct courier *c, int fd, const char *path, uint8_t *piece,
    struct progress *p, uint64_t *sent)
{
	uint64_t at = 0;
	ssize_t n;
	enum err e;

	do {
		n = pread(fd, piece, COURIER_PIECE, (off_t)at);
		if (n < 0) {
			say("%s: cannot be read from the stick", path);
			return ERR_POLICY;
		}
		if (n == 0 && at > 0) {
			break;
		}
		if ((e = piece_send(c, path, at, piece, (size_t)n)) != OK) {
			return e;
		}
		at += (uint64_t)n;
		if (p != NULL) {
			progress_at(p, *sent + at);
		}
	} while (n == COURIER_PIECE);
	*sent += at;
	return OK;
}

/* A piece may not be repeated by itself: after a cut nobody knows whether it
 * was written, so the file is sent again from its beginning. */
static enum err
file_send(struct courier *c, int dir, const char *path, uint8_t *piece,
    struct progress *p, uint64_t *sent)
{
	unsigned wait = 1;
	int fd = bundle_file(dir, path);
	enum err e = ERR_UNKNOWN;

	if (fd < 0) {
		say("%s: cannot be opened", path);
		return e;
	}
	for (unsigned i = 1;; i++) {
		e = file_send_once(c, fd, path, piece, p, sent);
		if ((e != ERR_IO && e != ERR_BUSY && e != ERR_CONFLICT) ||
		    i >= transfer_tries(c->door)) {
			break;
		}
		transfer_waits(c->door, e, wait);
		transfer_renew(c->door);
		sleep(wait);
		wait = wait >= 30 ? 60 : wait * 2;
	}
	if (e == ERR_IO || e == ERR_BUSY || e == ERR_CONFLICT) {
		say("%s: not sent: %s. The stick is unchanged; deliver again",
		    path, e == ERR_IO ? transfer_trouble(c->door) :
		    err_text(e));
	}
	close(fd);
	return e;
}

/* ${again}: told with no word when the gateway has nothing to apply */
static enum err
apply(struct courier *c, bool again)
{
	char desk[32];
	const char *headers[] = { desk, NULL };
	struct request q = { "POST", "/v1/bundle/apply", headers, NULL, 0,
		ANSWER_MAX };
	struct answer a;
	json_t *o = NULL;
	enum err e;

	(void)snprintf(desk, sizeof(desk), "Desk: %u", c->config->desk);
	e = transfer_patient(c->door, &q, &a);
	if (e == OK && (e = answer_err(&a)) == OK) {
		e = json_read(a.body.p, a.body.len, ANSWER_MAX, &o);
		if (e == OK && !json_is_true(json_object_get(o, "applied"))) {
			e = ERR_FORMAT;
		}
	}
	if (e != OK && (e != ERR_UNKNOWN || again)) {
		e = courier_refused(c, "the gateway did not take the bundle",
		    e, &a);
	}
	json_decref(o);
	answer_clear(&a);
	return e;
}

/* Is the board the one of this bundle? */
static enum err
read_back(struct courier *c, const struct outbound *o)
{
	struct buf lane = buf_new(LANE_MANIFEST_MAX);
	const struct outbound_file *f = NULL;
	uint8_t hash[HASH_LEN];
	char path[32];
	enum err e;

	for (unsigned i = 0; i < o->files; i++) {
		if (strcmp(o->file[i].path, "lane.json") == 0) {
			f = &o->file[i];
		}
	}
	if (f == NULL) {
		say("the bundle holds no board");
		return ERR_FORMAT;
	}
	(void)snprintf(path, sizeof(path), "/v1/board/%u.json", o->desk);
	/* what was applied reaches the pages of the gateway a moment later */
	for (unsigned i = 0;; i++) {
		buf_clear(&lane);
		e = transfer_get(c->reader, path, LANE_MANIFEST_MAX, &lane);
		if (e == OK) {
			hash_bytes(lane.p, lane.len, hash);
			e = memcmp(hash, f->sha256, HASH_LEN) == 0 ? OK :
			    ERR_BUSY;
		}
		if ((e != ERR_BUSY && e != ERR_UNKNOWN) || i == LOOKS) {
			break;
		}
		sleep(1);
	}
	buf_free(&lane);
	if (e == OK) {
		say("read back at %s: the board of desk %u is the one of this "
		    "bundle (serial %llu); it is live", c->config->url,
		    o->desk, (unsigned long long)o->serial);
	} else if (e == ERR_BUSY) {
		say("read back at %s: the board of desk %u is not yet the one "
		    "of this bundle. Boards go live once a day: run check "
		    "later", c->config->url, o->desk);
	} else {
		say("the board cannot be read back at %s: %s",
		    c->config->url, e == ERR_IO ?
		    transfer_trouble(c->reader) : err_text(e));
	}
	return e;
}

static enum err
bundle_send(struct courier *c, int dir, const struct outbound *o,
    uint64_t total)
{
	uint8_t *piece = malloc(COURIER_PIECE);
	struct progress p;
	uint64_t sent = 0;
	enum err e = OK;

	if (piece == NULL) {
		return ERR_MEMORY;
	}
	p = progress_begin("deliver", total, 0);
	for (unsigned i = 0; e == OK && i < o->files; i++) {
		e = file_send(c, dir, o->file[i].path, piece, &p, &sent);
	}
	progress_end(&p);
	free(piece);
	return e;
}

/* The signed list, last of all */
static enum err
list_send(struct courier *c, int dir)
{
	uint8_t *piece = malloc(COURIER_PIECE);
	uint64_t sent = 0;
	enum err e = ERR_MEMORY;

	if (piece != NULL) {
		e = file_send(c, dir, "outbound.json.minisig", piece, NULL,
		    &sent);
	}
	if (e == OK) {
		e = file_send(c, dir, "outbound.json", piece, NULL, &sent);
	}
	free(piece);
	return e;
}

/*
 * When the answer to "apply" was lost it was applied, and what was staged is
 * gone: the second time the gateway does not know it. It knows the list, so
 * that is sent once more.
 */
static enum err
list_apply(struct courier *c, int dir)
{
	enum err e;

	if ((e = list_send(c, dir)) == OK &&
	    (e = apply(c, false)) == ERR_UNKNOWN &&
	    (e = list_send(c, dir)) == OK) {
		e = apply(c, true);
	}
	return e;
}

enum err
courier_deliver(struct courier *c, const char *dir)
{
	struct outbound *o = NULL;
	uint64_t total = 0;
	int fd = -1;
	enum err e;

	if ((e = bundle_open(c, dir, &fd, &o)) != OK ||
	    (e = bundle_check(fd, o, &total)) != OK ||
	    (e = bundle_send(c, fd, o, total)) != OK ||
	    (e = list_apply(c, fd)) != OK) {
		goto out;
	}
	say("outbound-%u: serial %llu of tenure %llu was taken by the gateway",
	    o->desk, (unsigned long long)o->serial,
	    (unsigned long long)o->tenure);
	/* Applied is applied; what the board shows is said, not an error */
	(void)read_back(c, o);
out:
	outbound_free(o);
	close(fd);
	return e;
}

enum err
courier_check(struct courier *c, const char *dir)
{
	struct outbound *o = NULL;
	int fd = -1;
	enum err e = bundle_open(c, dir, &fd, &o);

	if (e == OK) {
		e = read_back(c, o);
	}
	outbound_free(o);
	close(fd);
	return e;
}
