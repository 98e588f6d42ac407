/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Taking a case's content out: under neutral names, never executable, the
 * kind by content, the original's hash kept. This program opens none of it;
 * scrubbed copies are made by mat2 in a sandbox (scrub.h). The journal names
 * the folder before anything is written there.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "acts_private.h"
#include "attachment.h"
#include "extraction.h"
#include "filekind.h"
#include "files.h"
#include "scrub.h"
#include "terminal.h"

struct extracting {
	struct desk *d;
	const char *path;
	int dir;
	FILE *list;
	bool scrub;
	struct extract_result *r;
};

static void
stem_of(unsigned message, unsigned file, char out[64])
{
	snprintf(out, 64, "m%02u-attachment-%02u", message, file);
}

static enum err
head_read(int dir, const char *name, const struct filekind **kind)
{
	uint8_t head[FILEKIND_HEAD];
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = fd < 0 ? -1 : pread(fd, head, sizeof head, 0);

	if (fd >= 0) {
		close(fd);
	}
	*kind = filekind_of(head, n < 0 ? 0 : (size_t)n);
	return n < 0 ? ERR_IO : OK;
}

static enum err
one_file(struct extracting *x, const char *stem,
    const struct content_file *f, const struct report_attachment *a,
    char name[80], const struct filekind **kind)
{
	uint8_t hash[HASH_LEN];
	uint64_t size = 0;
	char tmp[80];
	int fd;
	enum err e;

	snprintf(tmp, sizeof tmp, "%s.part", stem);
	fd = openat(x->dir, tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	if (fd < 0) {
		return ERR_CONFLICT;
	}
	e = attachment_read(x->d->attachments, f, fd, &size, hash);
	if (e == OK && (size != a->size || memcmp(hash, a->sha256,
	    HASH_LEN) != 0)) {
		e = ERR_CRYPT;
	}
	if (e == OK && fsync(fd) != 0) {
		e = ERR_IO;
	}
	close(fd);
	if (e == OK) {
		e = head_read(x->dir, tmp, kind);
	}
	if (e == OK) {
		snprintf(name, 80, "%s.%s", stem, (*kind)->ending);
		e = renameat(x->dir, tmp, x->dir, name) == 0 ? OK : ERR_IO;
	}
	if (e != OK) {
		unlinkat(x->dir, tmp, 0);
	}
	return e;
}

static void
describe(struct extracting *x, json_t *o, const char *name,
    const struct report_attachment *a, const struct filekind *kind)
{
	char hex[2 * HASH_LEN + 1];
	FILE *f = x->list;

	json_object_set_new(o, "file", json_string(name));
	json_object_set_new(o, "kind", json_string(kind->word));
	json_object_set_new(o, "active", json_boolean(kind->active));
	json_object_set_new(o, "name", json_string(a->name));
	json_object_set_new(o, "type", json_string(a->media_type));
	json_object_set_new(o, "size", json_integer((json_int_t)a->size));
	event_hex(o, "sha256", a->sha256, HASH_LEN);
	hex_encode(a->sha256, HASH_LEN, hex);
	fprintf(f, "%s\n  kind by content: %s%s\n  name given: ", name,
	    kind->word, kind->active ? " (can run something when opened)" :
	    "");
	terminal_word(f, a->name);
	fprintf(f, "\n  type given: ");
	terminal_word(f, a->media_type);
	fprintf(f, "\n  size: %llu bytes\n  sha256 of the original: %s\n",
	    (unsigned long long)a->size, hex);
	if (report_attachment_cleaned(a)) {
		event_hex(o, "original", a->original, HASH_LEN);
		hex_encode(a->original, HASH_LEN, hex);
		fprintf(f, "  a copy without hidden data; sha256 of the "
		    "reporter's original: %s\n", hex);
	}
}

/* What the tool printed as text: it read a hostile file */
static void
metadata_put(json_t *o, struct buf *report)
{
	for (size_t i = 0; !utf8_valid((const char *)report->p,
	    report->len) && i < report->len; i++) {
		report->p[i] = report->p[i] < 0x80 ? report->p[i] : '?';
	}
	json_object_set_new(o, "metadata", json_stringn_nocheck(
	    (const char *)report->p, report->len));
}

/* A scrubbed copy beside the original, and what was found in it */
static enum err
scrubbed(struct extracting *x, json_t *o, const char *stem, const char *name,
    const struct filekind *kind)
{
	struct buf report = buf_new(SCRUB_REPORT_MAX);
	char copy[80];
	uint8_t hash[HASH_LEN];
	char hex[2 * HASH_LEN + 1];
	enum scrub_result s;

	if (!x->scrub || !kind->scrub) {
		fprintf(x->list, "  scrubbed copy: %s\n", kind->scrub ?
		    "not asked for" : "not possible for this kind");
		json_object_set_new(o, "no_copy", json_string(kind->scrub ?
		    "not_asked" : "kind"));
		return OK;
	}
	snprintf(copy, sizeof copy, "%s.clean.%s", stem, kind->ending);
	s = scrub_file(x->dir, name, copy, kind->ending, &report, hash);
	if (s == SCRUB_DONE) {
		hex_encode(hash, HASH_LEN, hex);
		fprintf(x->list, "  scrubbed copy: %s\n  sha256 of the copy: "
		    "%s\n", copy, hex);
		json_object_set_new(o, "copy", json_string(copy));
		json_object_set_new(o, "copy_sha256", json_string(hex));
		x->r->scrubbed++;
	} else {
		fprintf(x->list, "  scrubbed copy: none: %s\n",
		    s == SCRUB_NO_TOOL ? "mat2 and bubblewrap are not "
		    "installed" : "the tool could not read this file, or not "
		    "clean all of it");
		json_object_set_new(o, "no_copy", json_string(
		    s == SCRUB_NO_TOOL ? "no_tool" : "failed"));
		x->r->unscrubbed++;
	}
	if (report.len > 0) {
		metadata_put(o, &report);
		fprintf(x->list, "  metadata found:\n");
		terminal_text(x->list, (const char *)report.p, report.len,
		    true);
		fprintf(x->list, "\n");
	}
	buf_free(&report);
	return OK;
}

/* What cannot be read is named, and the rest written */
static enum err
left_out(struct extracting *x, enum err e, const char *name)
{
	if (!record_lost(e)) {
		return e;
	}
	fprintf(x->list, "%s: CANNOT BE READ: %s\n", name, err_text(e));
	json_array_append_new(x->r->lost, json_string(name));
	return OK;
}

static enum err
message_out(struct extracting *x, const struct message *m, unsigned number)
{
	struct content *c = NULL;
	enum err e = desk_content(x->d, m, &c);
	char stem[64];

	snprintf(stem, sizeof stem, "m%02u", number);
	if (e != OK) {
		return left_out(x, e, stem);
	}
	fprintf(x->list, "message %u: %s\n", number,
	    report_kind_word(m->kind));
	for (unsigned i = 0; i < c->report->answers; i++) {
		fprintf(x->list, "[");
		terminal_word(x->list, c->report->answer[i].key);
		fprintf(x->list, "]\n");
		terminal_text(x->list, c->report->answer[i].text,
		    strlen(c->report->answer[i].text), true);
		fprintf(x->list, "\n");
	}
	for (unsigned i = 0; e == OK && i < c->files; i++) {
		const struct filekind *kind = NULL;
		char name[80];
		stem_of(number, i + 1, stem);
		e = one_file(x, stem, &c->file[i], &c->report->attachment[i],
		    name, &kind);
		if (e == OK) {
			json_t *o = json_object();
			json_array_append_new(x->r->list, o);
			describe(x, o, name, &c->report->attachment[i], kind);
			x->r->files++;
			e = scrubbed(x, o, stem, name, kind);
		} else {
			e = left_out(x, e, stem);
		}
	}
	content_free(c);
	return e;
}

static enum err
write_all(struct extracting *x, size_t k)
{
	const struct state *s = x->d->state;
	int fd = openat(x->dir, "message.txt", O_WRONLY | O_CREAT | O_EXCL |
	    O_CLOEXEC | O_NOFOLLOW, 0600);
	unsigned number = 0;
	enum err e = OK;

	x->list = fd < 0 ? NULL : fdopen(fd, "w");
	if (x->list == NULL) {
		if (fd >= 0) {
			close(fd);
		}
		return ERR_CONFLICT;
	}
	fprintf(x->list, "case %s\n", s->kase[k].ref);
	for (size_t i = 0; i < s->messages && e == OK; i++) {
		if (s->message[i].kase != k) {
			continue;
		}
		number++;
		if (desk_text_shown(x->d, &s->message[i])) {
			e = message_out(x, &s->message[i], number);
		}
	}
	if (ferror(x->list) != 0 || fflush(x->list) != 0 ||
	    fsync(fileno(x->list)) != 0) {
		e = e == OK ? ERR_IO : e;
	}
	fclose(x->list);
	return e;
}

static json_t *
names_of(const struct state *s, size_t k)
{
	json_t *names = json_array();
	unsigned number = 0;

	json_array_append_new(names, json_string("message"));
	for (size_t i = 0; i < s->messages; i++) {
		if (s->message[i].kase != k) {
			continue;
		}
		number++;
		for (unsigned j = 0; j < s->message[i].attachments; j++) {
			char stem[64];
			stem_of(number, j + 1, stem);
			json_array_append_new(names, json_string(stem));
		}
	}
	return names;
}

/* Withdrawn, and nothing came since */
static bool
all_withdrawn(const struct desk *d, size_t k)
{
	const struct state *s = d->state;
	bool all = s->kase[k].withdrawn;

	for (size_t i = 0; i < s->messages && all; i++) {
		const struct message *m = &s->message[i];
		all = m->kase != k || m->kind == REPORT_WITHDRAWAL ||
		    !desk_text_shown(d, m);
	}
	return all;
}

static enum err
extract_may(struct desk *d, size_t k, struct refusal *why)
{
	enum err e = act_case(d, k, why);

	if (e == OK && all_withdrawn(d, k)) {
		e = refuse(why, ERR_POLICY, "De melder heeft deze melding "
		    "ingetrokken: de inhoud wordt niet getoond.",
		    "The reporter withdrew this report: its content is not "
		    "shown.");
	}
	return e == OK ? act_imported(d, why) : e;
}

/* The folder to write to, made when it is not there */
static enum err
room_open(const char *path, int *out, struct refusal *why)
{
	bool made = mkdir(path, 0700) == 0;
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e = OK;

	if (dir < 0) {
		return refuse(why, ERR_IO, "De map kan niet open.",
		    "The folder cannot be opened.");
	}
	if (courier_stick(dir)) {
		e = refuse(why, ERR_POLICY, "Op deze schijf of stick staan "
		    "bundels van de koerier. Wat wordt uitgepakt is niet "
		    "verzegeld en mag niet mee: geef een map op een andere "
		    "stick.", "Bundles of the courier's lie on that disk or "
		    "stick. What is taken out is not sealed and must not go "
		    "along: give a folder on another stick.");
	} else if (faccessat(dir, "message.txt", F_OK,
	    AT_SYMLINK_NOFOLLOW) == 0) {
		e = refuse(why, ERR_CONFLICT, "Daar staat al iets: geef een "
		    "lege map.", "message.txt is there already; give an "
		    "empty folder.");
	}
	if (e == OK) {
		*out = dir;
		return OK;
	}
	close(dir);
	if (made) {
		rmdir(path);
	}
	return e;
}

enum err
act_extract(struct desk *d, size_t k, const char *path, bool scrub,
    struct extract_result *r, struct refusal *why)
{
	struct extracting x = {.d = d, .path = path, .dir = -1,
		.scrub = scrub, .r = r};
	json_t *names = NULL;
	enum err e = act_begin(d, why);

	memset(r, 0, sizeof *r);
	r->list = json_array();
	r->lost = json_array();
	if (e != OK) {
		return e;
	}
	e = extract_may(d, k, why);
	if (e == OK) {
		e = room_open(path, &x.dir, why);
	}
	if (e == OK) {
		names = names_of(d->state, k);
		e = extraction_note(d, k, path, names);
		json_decref(names);
	}
	e = act_end(d, e, why);
	if (e == OK && (e = write_all(&x, k)) != OK) {
		refuse_word(why, e, "Niet alles kon worden geschreven (%s). "
		    "Geef een lege map op een schijf met ruimte.", "Not "
		    "everything could be written (%s). Give an empty folder "
		    "on a disk with room.", err_text(e));
	}
	if (x.dir >= 0) {
		close(x.dir);
	}
	return e;
}
