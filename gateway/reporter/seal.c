/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * From text and files to a sealed envelope. The text stays in secret memory;
 * what reaches a file is sealed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "files.h"
#include "meldluik/secret.h"
#include "reporter.h"
#include "shown.h"

#define PIECE 65536u
#define ATTACHMENT_MAX 2147483648u

struct sink {
	int fd;
	struct hash_state *h;
};

static enum err
sink_write(void *arg, const uint8_t *p, size_t len)
{
	struct sink *s = arg;

	hash_write(s->h, p, len);
	return fd_write(s->fd, p, len);
}

static int
nameless_file(void)
{
	const char *dir = getenv("TMPDIR");
	char name[4096];
	int fd;

	if (dir == NULL || *dir != '/') {
		dir = "/tmp";
	}
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 || (size_t)snprintf(name, sizeof(name),
	    "%s/meldluik-XXXXXX", dir) >= sizeof(name)) {
		return fd;
	}
	fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0) {
		(void)unlink(name);
	}
	return fd;
}

static enum err
attachment_put(struct envelope *v, struct report *report, const char *path,
    struct progress *p, uint64_t *done)
{
	const char *name = strrchr(path, '/');
	uint8_t *piece = secret_new(PIECE), hash[HASH_LEN];
	struct stat st;
	uint64_t size = 0;
	ssize_t n;
	enum err e = ERR_MEMORY;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (piece == NULL) {
		goto out;
	}
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		e = ERR_IO;
		goto out;
	}
	if ((e = envelope_attachment(v, (uint64_t)st.st_size)) != OK) {
		goto out;
	}
	while (e == OK && (n = read(fd, piece, PIECE)) != 0) {
		if (n < 0) {
			e = errno == EINTR ? OK : ERR_IO;
			continue;
		}
		e = envelope_write(v, piece, (size_t)n);
		*done += (uint64_t)n;
		progress_at(p, *done);
	}
	if (e == OK && (e = envelope_attachment_end(v, &size, hash)) == OK) {
		e = report_attachment_add(report, name == NULL ? path :
		    name + 1, "application/octet-stream", size, hash);
	}
out:
	secret_free(piece);
	if (fd >= 0) {
		close(fd);
	}
	return e;
}

static enum err
attachments_total(const struct reporter_options *o, uint64_t *total)
{
	struct stat st;

	for (unsigned i = 0; i < o->attachments; i++) {
		if (stat(o->attach[i], &st) != 0 || !S_ISREG(st.st_mode)) {
			say("%s: is not a file that can be read",
			    o->attach[i]);
			return ERR_USAGE;
		}
		*total += (uint64_t)st.st_size;
		if (*total > ATTACHMENT_MAX) {
			say("together the files are larger than 2 GiB");
			return ERR_LIMIT;
		}
	}
	return OK;
}

static enum err
answer_put(struct report *report, const char *answer)
{
	struct buf b = buf_new_secret(REPORT_JSON_MAX);
	const char *file = strchr(answer, '=');
	char key[ANSWER_KEY];
	enum err e = ERR_USAGE;

	if (!answer_key(answer, key)) {
		goto out;
	}
	if ((e = file_read_path(file + 1, &b)) == OK) {
		e = report_answer_add(report, key, b.len == 0 ? "" :
		    (const char *)b.p, b.len);
	}
	if (e != OK) {
		say("--answer %s: %s", key, e == ERR_CONFLICT ?
		    "is given twice (--text is the answer \"what\")" :
		    err_text(e));
	}
out:
	buf_free(&b);
	return e;
}

/* Everything of report.json but the attachments */
static enum err
report_fill(struct reporter *r, struct report *report,
    enum report_kind kind, unsigned desk, const struct buf *text,
    const struct code_keys *keys, const struct sealed *s)
{
	const struct reporter_options *o = r->o;
	uint8_t last[16];
	enum err e = OK;

	report->kind = kind;
	memcpy(report->org, r->k->org, ORG_LEN);
	memcpy(report->keyset, r->k->hash, HASH_LEN);
	memcpy(report->epoch, s->epoch, WEEK_TEXT);
	report->desk = desk;
	report->sealed_by = SEALED_CLI;
	randombytes_buf(report->message_id, MESSAGE_ID_LEN);
	if (snprintf(report->language, sizeof(report->language), "%s",
	    o->language) >= (int)sizeof(report->language) ||
	    snprintf(report->relation, sizeof(report->relation), "%s",
	    o->relation) >= (int)sizeof(report->relation) ||
	    snprintf(report->about, sizeof(report->about), "%s",
	    o->about == NULL ? "" : o->about) >=
	    (int)sizeof(report->about)) {
		return ERR_USAGE;
	}
	if (text != NULL && text->len > 0) {
		e = report_answer_add(report, "what", (const char *)text->p,
		    text->len);
	}
	for (unsigned i = 0; e == OK && i < o->answers; i++) {
		e = answer_put(report, o->answer[i]);
	}
	if (e != OK || keys == NULL) {
		return e;
	}
	if (kind == REPORT_REPORT || kind == REPORT_ADVICE) {
		return report_thread_first(report, keys);
	}
	if (o->last_reply != NULL &&
	    hex_decode(o->last_reply, last, sizeof(last)) != OK) {
		return ERR_USAGE;
	}
	return report_thread_later(report, keys,
	    o->last_reply != NULL ? last : NULL);
}

enum err
message_seal(struct reporter *r, enum report_kind kind, unsigned desk,
    const struct buf *text, const struct code *code, struct sealed *out)
{
	struct age_recipient holders[KEYSET_HOLDERS_MAX];
	bool later = kind == REPORT_FOLLOW_UP || kind == REPORT_WITHDRAWAL;
	struct report *report = report_new();
	struct code_keys *keys = secret_new(sizeof(*keys));
	struct sink sink = { nameless_file(), hash_new() };
	struct envelope *v = NULL;
	struct sealed s;
	struct progress p = { 0 };
	uint64_t total = 0, done = 0;
	unsigned n = epoch_recipients(r->epoch, desk, holders);
	struct stat st;
	enum err e = ERR_MEMORY;

	memset(&s, 0, sizeof(s));
	if (report == NULL || keys == NULL || sink.h == NULL) {
		goto out;
	}
	if (sink.fd < 0) {
		say("no temporary file can be made; set TMPDIR");
		e = ERR_IO;
		goto out;
	}
	if (n == 0) {
		say("desk %u has no keys this week", desk);
		e = ERR_UNKNOWN;
		goto out;
	}
	week_text(r->epoch->week, s.epoch);
	if (code != NULL) {
		code_derive(code, r->k->org, keys);
	}
	if ((e = attachments_total(r->o, &total)) != OK ||
	    (e = report_fill(r, report, kind, desk, text,
	    code != NULL ? keys : NULL, &s)) != OK ||
	    (e = envelope_new(holders, n, sink_write, &sink, 1, &v)) != OK) {
		goto out;
	}
	if (total > 0) {
		p = progress_begin("seal", total, 0);
	}
	for (unsigned i = 0; e == OK && i < r->o->attachments; i++) {
		e = attachment_put(v, report, r->o->attach[i], &p, &done);
	}
	if (total > 0) {
		progress_end(&p);
	}
	if (e == OK) {
		e = envelope_finish(v, report, later ? keys->thread : NULL);
	}
	if (e == OK && fstat(sink.fd, &st) != 0) {
		e = ERR_IO;
	}
	if (e == OK) {
		s.size = (uint64_t)st.st_size;
		hash_end(sink.h, s.hash);
		s.fd = sink.fd;
		sink.fd = -1; /* transferred */
		*out = s;
	}
out:
	if (e == ERR_LIMIT) {
		say("the text is longer than 48 KiB, or there is too much: "
		    "put more text in a file and --attach it");
	} else if (e == ERR_FULL) {
		say("there is no room for the sealed message; set TMPDIR");
	} else if (e != OK) {
		say("the message cannot be sealed: %s", err_text(e));
	}
	envelope_free(v);
	report_free(report);
	secret_free(keys);
	hash_free(sink.h);
	if (sink.fd >= 0) {
		close(sink.fd);
	}
	return e;
}
