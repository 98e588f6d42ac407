/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `extract ID --to DIR`: attachments under neutral names, never executable,
 * never opened. The names and types the reporter gave stand in a text file
 * beside them, with control characters made visible.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attachment.h"
#include "files.h"
#include "terminal.h"
#include "verbs.h"

static enum err
one_file(struct desk *d, int dir, const char *name,
    const struct content_file *f, const struct report_attachment *a)
{
	uint8_t hash[HASH_LEN];
	uint64_t size = 0;
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	enum err e;

	if (fd < 0) {
		say_error("%s is there already; give an empty folder", name);
		return ERR_CONFLICT;
	}
	e = attachment_read(d->attachments, f, fd, &size, hash);
	if (e == OK && (size != a->size || memcmp(hash, a->sha256,
	    HASH_LEN) != 0)) {
		e = ERR_CRYPT;
	}
	if (e == OK && fsync(fd) != 0) {
		e = ERR_IO;
	}
	close(fd);
	if (e != OK) {
		unlinkat(dir, name, 0);
		say_error("%s could not be written: %s", name, err_text(e));
	}
	return e;
}

static void
describe(FILE *f, const char *name, const struct report_attachment *a)
{
	char hex[2 * HASH_LEN + 1];

	hex_encode(a->sha256, HASH_LEN, hex);
	fprintf(f, "%s\n  name given: ", name);
	terminal_word(f, a->name);
	fprintf(f, "\n  type given: ");
	terminal_word(f, a->media_type);
	fprintf(f, "\n  size: %llu bytes\n  sha256: %s\n",
	    (unsigned long long)a->size, hex);
	if (report_attachment_cleaned(a)) {
		hex_encode(a->original, HASH_LEN, hex);
		fprintf(f, "  a copy without hidden data; sha256 of the "
		    "reporter's original: %s\n", hex);
	}
}

static enum err
message_out(struct desk *d, const struct message *m, int dir,
    unsigned number, FILE *list, unsigned *files)
{
	struct content *c = NULL;
	enum err e = desk_content(d, m, &c);

	if (e == OK) {
		fprintf(list, "message %u: %s\n", number,
		    report_kind_word(m->kind));
		for (unsigned i = 0; i < c->report->answers; i++) {
			fprintf(list, "[");
			terminal_word(list, c->report->answer[i].key);
			fprintf(list, "]\n");
			terminal_text(list, c->report->answer[i].text,
			    strlen(c->report->answer[i].text), true);
			fprintf(list, "\n");
		}
	}
	for (unsigned i = 0; e == OK && i < c->files; i++) {
		char name[64];
		snprintf(name, sizeof name, "m%02u-attachment-%02u.data",
		    number, i + 1);
		e = one_file(d, dir, name, &c->file[i],
		    &c->report->attachment[i]);
		if (e == OK) {
			describe(list, name, &c->report->attachment[i]);
			++*files;
		}
	}
	content_free(c);
	return e;
}

static enum err
extract(struct desk *d, size_t k, int dir, unsigned *files)
{
	const struct state *s = d->state;
	int fd = openat(dir, "message.txt", O_WRONLY | O_CREAT | O_EXCL |
	    O_CLOEXEC | O_NOFOLLOW, 0600);
	FILE *list = fd < 0 ? NULL : fdopen(fd, "w");
	unsigned number = 0;
	enum err e = OK;

	if (list == NULL) {
		say_error("message.txt is there already; give an empty "
		    "folder");
		if (fd >= 0) {
			close(fd);
		}
		return ERR_CONFLICT;
	}
	fprintf(list, "case %s\n", s->kase[k].ref);
	for (size_t i = 0; i < s->messages && e == OK; i++) {
		if (s->message[i].kase == k) {
			e = message_out(d, &s->message[i], dir, ++number,
			    list, files);
		}
	}
	if (fflush(list) != 0 || fsync(fileno(list)) != 0) {
		e = e == OK ? ERR_IO : e;
	}
	fclose(list);
	return e;
}

int
verb_extract(struct desk *d, int argc, char **argv)
{
	const char *ref = NULL, *to = NULL;
	struct option_rule rules[] = {{.name = "to", .value = &to}};
	unsigned files = 0;
	json_t *o;
	size_t k = 0;
	int dir = -1;
	enum err e;

	if (!options_take(argc, argv, rules, 1, &ref, 1, NULL)) {
		return EXIT_USAGE;
	}
	if (ref == NULL || to == NULL) {
		say_error("use: extract ID --to DIR");
		return EXIT_USAGE;
	}
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK && (k = desk_case(d, ref)) == NOT_FOUND) {
		e = ERR_UNKNOWN;
	}
	if (e == OK) {
		e = desk_imported(d);
	}
	if (e == OK && d->state->kase[k].withdrawn) {
		say_error("the reporter withdrew this report; it is not "
		    "given out");
		e = ERR_POLICY;
	}
	if (e == OK) {
		mkdir(to, 0700);
		dir = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (dir < 0) {
			say_error("cannot open the folder %s", to);
			e = ERR_IO;
		}
	}
	if (e == OK) { /* taking content out is an act: it is in the journal */
		o = event_new(d, "extract");
		json_object_set_new(o, "case",
		    json_string(d->state->kase[k].ref));
		e = desk_record(d, o);
	}
	if (e == OK) {
		e = extract(d, k, dir, &files);
	}
	if (dir >= 0) {
		close(dir);
	}
	if (e == OK && !d->json) {
		printf("Wrote message.txt and %u attachment(s) to %s. Open "
		    "them only on a machine you can lose.\n", files, to);
	} else if (e == OK) {
		o = json_object();
		json_object_set_new(o, "attachments", json_integer(files));
		print_json(o);
	}
	return exit_of(e);
}
