/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * --state DIR: the highest keyset and board seen, so that an old one shown
 * again is refused, and uploads that were cut. It tells that this channel was
 * used here: hence only when asked for.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "reporter.h"
#include "shown.h"

static enum err
state_open(const struct reporter_options *o, int *dir)
{
	enum err e = folder_open(AT_FDCWD, o->state, true, dir);

	if (e != OK) {
		say("--state %s: %s", o->state, err_text(e));
	}
	return e;
}

enum err
state_keyset(const struct reporter_options *o, const struct keyset_files *f,
    const struct keyset *k)
{
	struct keyset_files seen;
	struct keyset *old = NULL;
	enum err e;
	int dir;

	if (o->state == NULL) {
		return OK;
	}
	if ((e = state_open(o, &dir)) != OK) {
		return e;
	}
	seen.doc = buf_new(KEYSET_MAX);
	seen.sig = buf_new(SIGN_TEXT_MAX);
	e = file_read(dir, "keyset.json", &seen.doc);
	if (e == OK && (e = file_read(dir, "keyset.json.minisig",
	    &seen.sig)) == OK && (e = keyset_accept(&seen, NULL, &old)) ==
	    OK) {
		e = keyset_follows(old, k, o->today);
	} else if (e == ERR_UNKNOWN) {
		e = OK;
	}
	if (e == OK && (old == NULL || k->serial > old->serial)) {
		if ((e = file_write(dir, "keyset.json.minisig", f->sig.p,
		    f->sig.len, 0600)) == OK) {
			e = file_write(dir, "keyset.json", f->doc.p,
			    f->doc.len, 0600);
		}
	}
	if (e != OK) {
		say("keyset: %s", e == ERR_STALE ? "it is older than the one "
		    "seen before, and was refused" : e == ERR_CHAIN ?
		    "there are two different keysets of the same number: "
		    "somebody shows you another one than others see" :
		    e == ERR_FOREIGN || e == ERR_SIGNATURE ? "it is not of "
		    "the organisation that --state remembers" : err_text(e));
	}
	keyset_free(old);
	keyset_files_clear(&seen);
	close(dir);
	return e;
}

enum err
state_lane(const struct reporter_options *o, const struct lane *l)
{
	struct buf b = buf_new(64);
	uint64_t tenure, serial;
	char name[32], text[64];
	enum err e;
	int dir, n, used = 0;

	if (o->state == NULL) {
		return OK;
	}
	if ((e = state_open(o, &dir)) != OK) {
		return e;
	}
	(void)snprintf(name, sizeof(name), "lane-%u", l->desk);
	e = file_read(dir, name, &b);
	if (e == ERR_UNKNOWN) {
		e = OK;
	} else if (e == OK) {
		if (buf_cstr(&b) == NULL || sscanf((const char *)b.p,
		    "%" SCNu64 " %" SCNu64 "\n%n", &tenure, &serial,
		    &used) != 2 || (size_t)used != b.len) {
			e = ERR_FORMAT;
		} else if (l->tenure < tenure || (l->tenure == tenure &&
		    l->serial < serial)) {
			e = ERR_STALE;
		}
	}
	if (e == OK) {
		n = snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64 "\n",
		    l->tenure, l->serial);
		e = file_write(dir, name, text, (size_t)n, 0600);
	}
	buf_free(&b);
	close(dir);
	return e;
}

/* 16 bytes of the hash tell two files apart */
static bool
upload_name(const struct reporter_options *o, const uint8_t hash[HASH_LEN],
    char name[48], int *dir)
{
	char hex[33];

	if (o->state == NULL || state_open(o, dir) != OK) {
		return false;
	}
	hex_encode(hash, 16, hex);
	(void)snprintf(name, 48, "upload-%s", hex);
	return true;
}

bool
state_upload(const struct reporter_options *o, const uint8_t hash[HASH_LEN],
    char id[UPLOAD_HEX])
{
	struct buf b = buf_new(64);
	uint8_t bytes[16];
	char name[48];
	bool known = false;
	int dir;

	if (!upload_name(o, hash, name, &dir)) {
		return false;
	}
	if (file_read(dir, name, &b) == OK && b.len == UPLOAD_HEX &&
	    b.p[UPLOAD_HEX - 1] == '\n') {
		memcpy(id, b.p, UPLOAD_HEX);
		id[UPLOAD_HEX - 1] = '\0';
		known = hex_decode(id, bytes, sizeof(bytes)) == OK;
	}
	buf_free(&b);
	close(dir);
	return known;
}

void
state_upload_keep(const struct reporter_options *o,
    const uint8_t hash[HASH_LEN], const char *id)
{
	char name[48], line[UPLOAD_HEX];
	int dir;

	if (!upload_name(o, hash, name, &dir)) {
		return;
	}
	if (id == NULL) {
		(void)unlinkat(dir, name, 0);
	} else {
		memcpy(line, id, UPLOAD_HEX - 1);
		line[UPLOAD_HEX - 1] = '\n';
		(void)file_write(dir, name, line, sizeof(line), 0600);
	}
	close(dir);
}
