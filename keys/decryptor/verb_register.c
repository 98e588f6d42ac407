/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `register import|show|export`: the rows of the register as CSV files.
 * What comes in is checked whole and sealed as one record before the journal
 * names it; what goes out is new files only.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "registerbook.h"
#include "terminal.h"
#include "verbs.h"

static size_t
rows_all(const struct registry *r)
{
	size_t n = 0;

	for (int t = 0; t < TABLE_COUNT; t++) {
		n += registry_rows(r, (enum register_table)t);
	}
	return n;
}

static bool
imported_before(const struct desk *d, const uint8_t sha256[HASH_LEN])
{
	for (size_t i = 0; i < d->state->row_imports; i++) {
		if (memcmp(d->state->rows[i].sha256, sha256, HASH_LEN) == 0) {
			return true;
		}
	}
	return false;
}

static enum err
rows_store(struct desk *d, const struct buf *rows,
    const uint8_t sha256[HASH_LEN], bool replace)
{
	uint8_t record[RECORD_ID];
	json_t *o;
	enum err e = casebook_begin(d->book);

	if (e == OK) {
		e = record_put(d->book, NULL, rows->p, rows->len, record);
		if (e == OK) {
			o = event_new(d, "register");
			event_hex(o, "sha256", sha256, HASH_LEN);
			event_hex(o, "record", record, RECORD_ID);
			json_object_set_new(o, "replaces",
			    json_boolean(replace));
			e = desk_event(d, o);
		}
		e = desk_end(d, e);
	}
	if (e != OK) {
		say_error("the casebook could not be written: %s; nothing "
		    "was changed", err_text(e));
	}
	return e;
}

static void
tell_import(const struct desk *d, const struct registry *r, unsigned files,
    const uint8_t sha256[HASH_LEN], bool again)
{
	json_t *o, *tables;

	if (!d->json && again) {
		printf("These rows are in the register already: nothing "
		    "changed.\n");
		return;
	}
	if (!d->json) {
		printf("Took in %zu rows of %u files.\n", rows_all(r), files);
		return;
	}
	o = json_object();
	tables = json_object();
	for (int t = 0; t < TABLE_COUNT; t++) {
		json_object_set_new(tables, register_file(
		    (enum register_table)t), json_integer((json_int_t)
		    registry_rows(r, (enum register_table)t)));
	}
	json_object_set_new(o, "changed", json_boolean(!again));
	json_object_set_new(o, "files", json_integer(files));
	event_hex(o, "sha256", sha256, HASH_LEN);
	json_object_set_new(o, "rows", tables);
	print_json(o);
}

static enum err
register_import(struct desk *d, const char *path, bool replace)
{
	struct buf rows = buf_new(RECORD_MAX);
	struct registry *r = NULL;
	uint8_t sha256[HASH_LEN];
	unsigned files = 0;
	bool again = false;
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e;

	if (dir < 0) {
		say_error("cannot open the folder %s", path);
		return ERR_IO;
	}
	e = registry_new(d->profile, &r);
	if (e == OK) {
		e = register_read(r, dir, &files);
	}
	close(dir);
	if (e == OK && (e = register_pack(r, &rows)) != OK) {
		say_error("this register is too large for one import");
	}
	if (e != OK) {
		goto out;
	}
	hash_bytes(rows.p, rows.len, sha256);
	again = imported_before(d, sha256) &&
	    (!replace || d->state->row_imports == 1);
	if (!again) {
		e = register_fits(d, &rows, replace);
	}
	if (e == OK && !again) {
		e = rows_store(d, &rows, sha256, replace);
	}
	if (e == OK) {
		tell_import(d, r, files, sha256, again);
	}
out:
	registry_free(r);
	buf_free(&rows);
	return e;
}

static void
show_json(const struct desk *d, const struct registry *r,
    const struct left_out *left_out)
{
	json_t *o = json_object(), *tables = json_object(),
	    *list = json_array();

	for (int t = 0; t < TABLE_COUNT; t++) {
		json_object_set_new(tables, register_file(
		    (enum register_table)t), json_integer((json_int_t)
		    registry_rows(r, (enum register_table)t)));
	}
	for (size_t i = 0; i < d->state->row_imports; i++) {
		json_t *one = json_object();
		event_day(one, "day", d->state->rows[i].day);
		event_hex(one, "sha256", d->state->rows[i].sha256, HASH_LEN);
		json_array_append_new(list, one);
	}
	json_object_set_new(o, "rows", tables);
	json_object_set_new(o, "imports", list);
	json_object_set_new(o, "left_out", json_integer(
	    (json_int_t)left_out->no_type + left_out->refused));
	print_json(o);
}

static enum err
register_show(struct desk *d)
{
	struct registry *r = NULL;
	struct left_out left_out;
	enum err e = register_whole(d, 0, &r, &left_out);

	if (e == OK && d->json) {
		show_json(d, r, &left_out);
	} else if (e == OK) {
		for (int t = 0; t < TABLE_COUNT; t++) {
			printf("%-18s %zu rows\n", register_file(
			    (enum register_table)t),
			    registry_rows(r, (enum register_table)t));
		}
		for (size_t i = 0; i < d->state->row_imports; i++) {
			char day[DAY_TEXT], hex[2 * HASH_LEN + 1];
			day_text(d->state->rows[i].day, day);
			hex_encode(d->state->rows[i].sha256, HASH_LEN, hex);
			printf("import of %s, SHA-256 %.16s\n", day, hex);
		}
	}
	registry_free(r);
	return e;
}

static enum err
tables_write(const struct registry *r, int dir)
{
	enum err e = OK;

	for (int t = 0; t < TABLE_COUNT; t++) {
		if (faccessat(dir, register_file((enum register_table)t),
		    F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
			say_error("%s is there already; give an empty folder",
			    register_file((enum register_table)t));
			return ERR_CONFLICT;
		}
	}
	for (int t = 0; t < TABLE_COUNT && e == OK; t++) {
		struct buf csv = buf_new((size_t)CSV_MAX * 4);
		registry_export(r, (enum register_table)t, &csv);
		e = csv.failed ? ERR_LIMIT : file_create(dir, register_file(
		    (enum register_table)t), csv.p, csv.len);
		buf_free(&csv);
	}
	if (e != OK) {
		say_error("the register could not be written: %s. Remove what "
		    "was written and try again", err_text(e));
	}
	return e;
}

static bool
notes_taken(const struct state *s)
{
	for (size_t i = 0; i < s->entries; i++) {
		if (strcmp(s->entry[i].what, "adviser") == 0) {
			return true;
		}
	}
	return false;
}

static enum err
register_export(struct desk *d, const char *path)
{
	struct registry *r = NULL;
	struct left_out left_out;
	int dir = -1;
	enum err e = register_rows(d, 0, &r, &left_out);

	if (e != OK) {
		return e;
	}
	mkdir(path, 0700);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0) {
		say_error("cannot open the folder %s", path);
		e = ERR_IO;
	} else {
		e = tables_write(r, dir);
		close(dir);
	}
	if (e == OK && !d->json) {
		printf("Wrote %zu rows to %s.\n", rows_all(r), path);
	}
	if (e == OK && notes_taken(d->state)) {
		say_error("the figures of advisers are not among them: they "
		    "are no rows, and go on counting here. Another desk "
		    "takes in their files itself, see `adviser take`");
	}
	registry_free(r);
	return e;
}

/* For Woo requests: type, year, outcome, and nothing else */
static enum err
register_public(struct desk *d, const char *from, const char *to,
    const char *out)
{
	struct buf csv = buf_new((size_t)CSV_MAX);
	struct registry *r = NULL;
	struct left_out left_out;
	day_t first, last;
	enum err e;

	if (from == NULL || to == NULL || out == NULL ||
	    day_parse(from, &first) != OK || day_parse(to, &last) != OK ||
	    last < first) {
		say_error("use: register public --from DAY --to DAY --out "
		    "FILE.csv");
		return ERR_USAGE;
	}
	e = register_whole(d, 0, &r, &left_out);
	if (e == OK) {
		registry_export_public(r, first, last, &csv);
		e = csv.failed ? ERR_LIMIT : verb_write(out, &csv);
	}
	registry_free(r);
	buf_free(&csv);
	return e;
}

static bool
year_of(const char *word, int *year)
{
	if (word == NULL || strlen(word) != 4 ||
	    strspn(word, "0123456789") != 4) {
		say_error("--year takes a year such as 2026");
		return false;
	}
	*year = atoi(word);
	return true;
}

static enum err
register_section(struct desk *d, const char *year, const char *name,
    const char *file)
{
	struct buf text = buf_new_secret(65536);
	struct refusal why;
	int y;
	enum err e;

	if (!year_of(year, &y)) {
		return ERR_USAGE;
	}
	if (name == NULL || name[0] == 0 || strlen(name) >= CODE_WORD ||
	    !utf8_valid(name, strlen(name))) {
		say_error("--name takes the heading, at most 32 bytes");
		return ERR_USAGE;
	}
	e = verb_text(file, &text);
	if (e == OK && (e = act_row(d, "section", y, name, text.p, text.len,
	    &why)) != OK) {
		tell_refusal(&why);
	}
	buf_free(&text);
	return e;
}

static enum err
register_close(struct desk *d, const char *year, bool without_stick)
{
	struct refusal why;
	int y;
	enum err e;

	if (!year_of(year, &y)) {
		return ERR_USAGE;
	}
	e = act_year_close(d, y, without_stick, &why);
	if (e != OK) {
		tell_refusal(&why);
	} else if (!d->json) {
		printf("The figures of %d are frozen.\n", y);
	}
	return e;
}

int
verb_register(struct desk *d, int argc, char **argv)
{
	const char *word[2] = {"", NULL}, *from = NULL, *to = NULL,
	    *out = NULL, *year = NULL, *name = NULL, *file = NULL;
	bool replace = false, without_stick = false;
	struct option_rule rules[] = {
		{.name = "replace", .flag = &replace},
		{.name = "without-stick", .flag = &without_stick},
		{.name = "from", .value = &from},
		{.name = "to", .value = &to},
		{.name = "out", .value = &out},
		{.name = "year", .value = &year},
		{.name = "name", .value = &name},
		{.name = "file", .value = &file},
	};
	static const char *const verbs[] = {"import", "show", "export",
		"public", "section", "close"};
	unsigned v = 0;
	enum err e;

	if (!options_take(argc, argv, rules, 8, word, 2, NULL)) {
		return EXIT_USAGE;
	}
	while (v < 6 && strcmp(word[0], verbs[v]) != 0) {
		v++;
	}
	if (v == 6 || (word[1] != NULL) != (v == 0 || v == 2) ||
	    (replace && v != 0) || (without_stick && v != 5)) {
		say_error("use: register import DIR [--replace] | show | "
		    "export DIR | public --from DAY --to DAY --out FILE | "
		    "section --year Y --name HEADING [--file FILE] | close "
		    "--year Y [--without-stick]");
		return EXIT_USAGE;
	}
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK) {
		e = desk_policy(d);
	}
	if (e == OK) {
		e = v == 0 ? register_import(d, word[1], replace) : v == 1 ?
		    register_show(d) : v == 2 ? register_export(d, word[1]) :
		    v == 3 ? register_public(d, from, to, out) : v == 4 ?
		    register_section(d, year, name, file) :
		    register_close(d, year, without_stick);
	}
	return exit_of(e);
}
