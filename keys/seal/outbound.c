/* SPDX-License-Identifier: EUPL-1.2 */
/* Outbound manifests: what a desk sends to the gateway, as a whole
 * (keys/FORMAT.md section 9). */
#include <stdlib.h>
#include <string.h>

#include "keyset_private.h"
#include "meldluik/bundle.h"

#define OUTBOUND_TYPE "meldluik-outbound"

bool
outbound_path_ok(const char *path)
{
	static const char *const fixed[] = {"lane.json", "lane.json.minisig",
	    "lane.bin", "keyset.json", "keyset.json.minisig", "page.json",
	    "page.json.minisig", "page.json.holder.minisig", NULL};
	char week[WEEK_TEXT] = "";
	day_t monday;

	for (size_t i = 0; fixed[i] != NULL; i++) {
		if (strcmp(path, fixed[i]) == 0) {
			return true;
		}
	}
	if (strlen(path) != 20 || strncmp(path, "epochs/", 7) != 0 ||
	    strcmp(path + 15, ".json") != 0) {
		return false;
	}
	memcpy(week, path + 7, 8);
	return week_parse(week, &monday) == OK;
}

static json_t *
link_json(uint64_t serial, const uint8_t hash[HASH_LEN])
{
	return json_pack("{s:I,s:o}", "serial", (json_int_t)serial, "sha256",
	    json_hex(hash, HASH_LEN));
}

enum err
outbound_write(struct outbound *o, struct buf *out)
{
	json_t *files = json_object();
	size_t before = out->len;
	enum err e;

	json_setup();
	for (unsigned i = 0; i < o->files; i++) {
		if (!outbound_path_ok(o->file[i].path)) {
			json_decref(files);
			return ERR_USAGE;
		}
		json_object_set_new(files, o->file[i].path,
		    json_hex(o->file[i].sha256, HASH_LEN));
	}
	e = json_finish(json_pack(
	    "{s:s,s:i,s:o,s:i,s:I,s:I,s:o,s:o,s:o,s:o,s:o}", "type",
	    OUTBOUND_TYPE, "version", 1, "org", json_hex(o->org, ORG_LEN),
	    "desk", (int)o->desk, "tenure", (json_int_t)o->tenure, "serial",
	    (json_int_t)o->serial, "previous",
	    json_hex(o->previous, HASH_LEN), "day", json_day(o->day),
	    "files", files, "confirmed", link_json(o->confirmed_serial,
	    o->confirmed), "intake", link_json(o->intake_serial,
	    o->intake)), OUTBOUND_MAX, out);
	if (e == OK) {
		hash_bytes(out->p + before, out->len - before, o->hash);
	}
	return e;
}

static enum err
link_read(const json_t *o, const char *key, uint64_t *serial,
    uint8_t hash[HASH_LEN])
{
	static const char *const keys[] = {"serial", "sha256", NULL};
	const json_t *l = NULL;
	int64_t v = 0;
	enum err e;

	if ((e = json_object_field(o, key, &l)) != OK ||
	    (e = json_keys(l, keys)) != OK ||
	    (e = json_int_field(l, "serial", 0, INT64_MAX >> 10, &v)) != OK) {
		return e;
	}
	*serial = (uint64_t)v;
	return json_hex_field(l, "sha256", hash, HASH_LEN);
}

static enum err
files_read(const json_t *files, struct outbound *m)
{
	const char *path;
	json_t *value;

	json_t *iterate = (json_t *)(uintptr_t)files; /* read only */
	json_object_foreach(iterate, path, value) {
		struct outbound_file *f = &m->file[m->files];
		if (m->files == OUTBOUND_FILES || !outbound_path_ok(path)) {
			return ERR_FORMAT;
		}
		memcpy(f->path, path, strlen(path) + 1);
		enum err e = json_hex_field(files, path, f->sha256,
		    HASH_LEN);
		if (e != OK) {
			return e;
		}
		m->files++;
	}
	return OK;
}

static enum err
outbound_read(const json_t *o, struct outbound *m)
{
	static const char *const keys[] = {"type", "version", "org", "desk",
	    "tenure", "serial", "previous", "day", "files", "confirmed",
	    "intake", NULL};
	const json_t *files = NULL;
	int64_t desk = 0, tenure = 0, serial = 0;
	enum err e;

	if ((e = json_keys(o, keys)) != OK ||
	    (e = json_hex_field(o, "org", m->org, ORG_LEN)) != OK ||
	    (e = json_int_field(o, "desk", 1, 63, &desk)) != OK ||
	    (e = json_int_field(o, "tenure", 1, INT64_MAX >> 10, &tenure)) !=
	    OK ||
	    (e = json_int_field(o, "serial", 1, INT64_MAX >> 10, &serial)) !=
	    OK ||
	    (e = json_hex_field(o, "previous", m->previous, HASH_LEN)) !=
	    OK ||
	    (e = json_day_field(o, "day", &m->day)) != OK ||
	    (e = json_object_field(o, "files", &files)) != OK ||
	    (e = link_read(o, "confirmed", &m->confirmed_serial,
	    m->confirmed)) != OK ||
	    (e = link_read(o, "intake", &m->intake_serial, m->intake)) !=
	    OK) {
		return e;
	}
	m->desk = (unsigned)desk;
	m->tenure = (uint64_t)tenure;
	m->serial = (uint64_t)serial;
	return files_read(files, m);
}

enum err
outbound_parse(const void *p, size_t len, const void *sig, size_t siglen,
    const struct keyset *k, struct outbound **out)
{
	struct outbound *m = NULL;
	json_t *o = NULL;
	enum err e = json_read_type(p, len, OUTBOUND_MAX, OUTBOUND_TYPE, &o);

	if (e != OK) {
		return e;
	}
	m = calloc(1, sizeof(*m));
	e = m == NULL ? ERR_MEMORY : outbound_read(o, m);
	if (e == OK && k != NULL) {
		e = memcmp(m->org, k->org, ORG_LEN) != 0 ? ERR_FOREIGN
		    : keyset_holder_check(k, m->desk, "outbound", p, len, sig,
		    siglen, NULL);
	}
	if (e == OK) {
		hash_bytes(p, len, m->hash);
		*out = m;
		m = NULL; /* transferred */
	}
	json_decref(o);
	outbound_free(m);
	return e;
}

void
outbound_free(struct outbound *o)
{
	free(o);
}
