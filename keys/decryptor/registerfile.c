/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Tables of the register as the files of a folder, and all of them as the
 * record that the journal names.
 */
#include <string.h>

#include "files.h"
#include "registerbook.h"
#include "terminal.h"

enum err
register_pack(const struct registry *r, struct buf *out)
{
	struct buf csv = buf_new(RECORD_MAX);
	enum err e = OK;

	for (int t = 0; t < TABLE_COUNT && e == OK; t++) {
		buf_clear(&csv);
		registry_export(r, (enum register_table)t, &csv);
		buf_u32(out, (uint32_t)csv.len);
		buf_put(out, csv.p, csv.len);
		e = csv.failed || out->failed ? ERR_LIMIT : OK;
	}
	buf_free(&csv);
	return e;
}

enum err
register_unpack(struct registry *r, const void *p, size_t len,
    enum register_table *table, struct register_error *why)
{
	struct reader in = reader_of(p, len);
	enum err e = OK;

	memset(why, 0, sizeof *why);
	why->column = why->nl = why->en = "";
	for (int t = 0; t < TABLE_COUNT && e == OK; t++) {
		struct bytes csv = reader_take(&in, reader_u32(&in));
		*table = (enum register_table)t;
		e = in.failed ? ERR_FORMAT :
		    registry_import(r, *table, csv.p, csv.len, why);
	}
	return e == OK && !reader_done(&in) ? ERR_FORMAT : e;
}

static void
tell_refusal(enum register_table t, const struct register_error *why)
{
	say_error("%s, line %zu%s%s: %s Nothing was changed",
	    register_file(t), why->line, why->column[0] == 0 ? "" :
	    ", column ", why->column, why->en);
}

enum err
register_read(struct registry *r, int dir, unsigned *files)
{
	enum err e = OK;

	*files = 0;
	for (int i = 0; i < TABLE_COUNT && e == OK; i++) {
		enum register_table t = (enum register_table)i;
		struct buf csv = buf_new(CSV_MAX);
		struct register_error why;
		enum err got = file_read(dir, register_file(t), &csv);
		if (got == OK) {
			++*files;
			e = registry_import(r, t, csv.p, csv.len, &why);
			if (e != OK) {
				tell_refusal(t, &why);
			}
		} else if (got != ERR_UNKNOWN) {
			say_error("%s cannot be read: %s. Nothing was changed",
			    register_file(t), err_text(got));
			e = got;
		}
		buf_free(&csv);
	}
	if (e == OK && *files == 0) {
		say_error("there is no file of the register in that folder; "
		    "see `register --help`");
		e = ERR_UNKNOWN;
	}
	return e;
}
