/* SPDX-License-Identifier: EUPL-1.2 */
/* page.json: the hashes of what a release serves (FORMAT.md section 7). */
#include <string.h>

#include "keyset_private.h"

#define PAGE_TYPE "meldluik-page"
#define PAGE_MAX 16384u

static bool
page_name_ok(const char *s)
{
	size_t n = strlen(s);

	return n >= 1 && n <= 64 && s[0] != '.' &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

enum err
page_write(const struct page *g, struct buf *out)
{
	json_t *files = json_object();

	json_setup();
	for (unsigned i = 0; i < g->files; i++) {
		json_object_set_new(files, g->file[i].name,
		    json_hex(g->file[i].sha256, HASH_LEN));
	}
	return json_finish(json_pack("{s:s,s:i,s:s,s:o}", "type", PAGE_TYPE,
	    "version", 1, "release", g->release, "files", files), PAGE_MAX,
	    out);
}

enum err
page_parse(const void *p, size_t len, struct page *out)
{
	static const char *const keys[] = {"type", "version", "release",
	    "files", NULL};
	struct page g = {.files = 0};
	const json_t *files = NULL;
	const char *name;
	json_t *o = NULL, *value;
	enum err e = json_read_type(p, len, PAGE_MAX, PAGE_TYPE, &o);

	if (e != OK || (e = json_keys(o, keys)) != OK ||
	    (e = json_copy_field(o, "release", 1, g.release, KEYSET_ID)) !=
	    OK ||
	    (e = json_object_field(o, "files", &files)) != OK) {
		goto out;
	}
	json_t *iterate = (json_t *)(uintptr_t)files; /* read only */
	json_object_foreach(iterate, name, value) {
		if (g.files == PAGE_FILES_MAX || !page_name_ok(name)) {
			e = ERR_FORMAT;
			goto out;
		}
		memcpy(g.file[g.files].name, name, strlen(name) + 1);
		e = json_hex_field(files, name, g.file[g.files].sha256,
		    HASH_LEN);
		if (e != OK) {
			goto out;
		}
		g.files++;
	}
	*out = g;
out:
	json_decref(o);
	return e;
}
