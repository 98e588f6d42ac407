/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Requests of further holders, and the folder that brings keyset and blocks
 * to their machines. A request is untrusted until the founder compared its
 * fingerprint; every block in it must verify under the key it names.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ceremony.h"
#include "files.h"
#include "founding.h"
#include "meldluik/json.h"
#include "terminal.h"

#define REQUEST_TYPE "meldluik-holder-request"

enum err
request_write(struct desk *d, struct buf *out)
{
	struct org_blocks blocks = {NULL, 0, 0};
	json_t *o = json_object(), *list = json_array();
	char key[SIGN_KEY_TEXT];
	struct sign_pk pk;
	enum err e = blocks_load(d, &blocks);

	sign_pk_of(d->ring->operational, &pk);
	sign_pk_text(&pk, key);
	json_object_set_new(o, "type", json_string(REQUEST_TYPE));
	json_object_set_new(o, "version", json_integer(1));
	event_hex(o, "org", d->ring->org, ORG_LEN);
	json_object_set_new(o, "desk", json_integer(d->ring->desk));
	json_object_set_new(o, "person", json_string(d->ring->person));
	json_object_set_new(o, "role", json_string(d->ring->role ==
	    PERSON_HOLDER ? "holder" : "approver"));
	json_object_set_new(o, "key", json_string(key));
	for (size_t i = 0; e == OK && i < blocks.count; i++) {
		const struct org_block *b = &blocks.block[i];
		/* after a theft: what the key of before signed is refused */
		if (b->block.desk == d->ring->desk &&
		    strcmp(b->block.person, d->ring->person) == 0 &&
		    b->week >= week_of(d->today) && block_check(d->ring->org,
		    b->week, &pk, &b->block) == OK) {
			json_array_append_new(list,
			    block_json(b->week, &b->block));
		}
	}
	json_object_set_new(o, "blocks", list);
	if (e == OK) {
		e = json_write(o, out);
	}
	json_decref(o);
	blocks_free(&blocks);
	return e;
}

/* Puts the person into ${k}, or finds the same one there */
static enum err
person_add(struct keyset *k, const char *id, unsigned desk,
    enum person_role role, const struct sign_pk *key, bool replace,
    bool *fresh)
{
	enum err e;

	*fresh = false;
	if (keyset_revoked(k, key)) {
		return ERR_STALE;
	}
	for (unsigned i = 0; i < k->people; i++) {
		struct keyset_person *p = &k->person[i];
		if (strcmp(p->id, id) != 0) {
			continue;
		}
		if (p->desk != desk || p->role != role) {
			return ERR_CONFLICT;
		}
		if (sign_pk_equal(&p->key, key)) {
			return OK;
		}
		if (!replace) {
			return ERR_CONFLICT;
		}
		e = keyset_revoke(k, &p->key);
		p->key = *key;
		*fresh = true;
		return e;
	}
	if (replace) {
		return ERR_UNKNOWN;
	}
	if (keyset_desk(k, desk)->successor != 0) {
		return ERR_POLICY;
	}
	if (k->people == KEYSET_PEOPLE_MAX || (role == PERSON_HOLDER &&
	    keyset_holders(k, desk) >= KEYSET_HOLDERS_MAX)) {
		return ERR_FULL;
	}
	strcpy(k->person[k->people].id, id);
	k->person[k->people].desk = desk;
	k->person[k->people].role = role;
	k->person[k->people].key = *key;
	k->people++;
	*fresh = true;
	return OK;
}

static enum err
blocks_take(const json_t *list, const uint8_t org[ORG_LEN], unsigned desk,
    const char *person, const struct sign_pk *key, struct org_blocks *b)
{
	json_t *v;
	size_t i;

	json_array_foreach ((json_t *)(uintptr_t)list, i, v) {
		struct epoch_block block;
		day_t week;
		enum err e = block_of_json(v, &week, &block);
		if (e == OK && (block.desk != desk ||
		    strcmp(block.person, person) != 0)) {
			e = ERR_FORMAT;
		}
		if (e == OK) {
			e = block_check(org, week, key, &block);
		}
		if (e == OK) {
			e = blocks_put(b, week, &block);
		}
		if (e != OK) {
			return e;
		}
	}
	return OK;
}

static enum err
role_field(const json_t *o, enum person_role *role)
{
	const char *text;
	enum err e = json_string_field(o, "role", 1, 16, &text);

	if (e == OK) {
		*role = strcmp(text, "holder") == 0 ? PERSON_HOLDER :
		    PERSON_APPROVER;
		e = *role == PERSON_APPROVER && strcmp(text, "approver") != 0
		    ? ERR_FORMAT : OK;
	}
	return e;
}

/* Before anything is signed or revoked. Who sits at a terminal answers; a
 * script was started by somebody who compared */
static enum err
compared(const struct desk *d, const char *person, const struct sign_pk *key)
{
	char print[FINGERPRINT_TEXT], answer[16];
	enum err e = OK;

	if (d->json) {
		return OK;
	}
	sign_fingerprint(key, print);
	printf("Compare this key of %s by voice, before it is signed:\n  %s\n",
	    person, print);
	fflush(stdout);
	if (isatty(0) && isatty(1)) {
		e = terminal_ask("Is it the same? (yes/no) ", answer,
		    sizeof answer);
		e = e != OK || (strcmp(answer, "yes") != 0 &&
		    strcmp(answer, "ja") != 0) ? ERR_NO_MATCH : OK;
	}
	return e;
}

enum err
request_take(struct desk *d, const void *p, size_t len, bool replace)
{
	static const char *const keys[] = {"type", "version", "org", "desk",
		"person", "role", "key", "blocks", NULL};
	struct org_blocks blocks = {NULL, 0, 0};
	uint8_t org[ORG_LEN];
	char fingerprint[FINGERPRINT_TEXT];
	struct keyset *k = NULL;
	const char *person, *text;
	const json_t *list;
	struct sign_pk key;
	json_t *o = NULL;
	enum person_role role;
	int64_t desk;
	bool fresh;
	enum err e = json_read_type(p, len, REQUEST_MAX, REQUEST_TYPE, &o);

	if (e != OK || (e = json_keys(o, keys)) != OK ||
	    (e = role_field(o, &role)) != OK || (e = json_hex_field(o, "org", org, ORG_LEN)) != OK ||
	    (e = json_int_field(o, "desk", 1, CODE_DESK_MAX, &desk)) != OK ||
	    (e = json_string_field(o, "person", 1, KEYSET_ID - 1,
	    &person)) != OK || (e = json_string_field(o, "key", 1,
	    SIGN_KEY_TEXT - 1, &text)) != OK ||
	    (e = sign_pk_parse(text, &key)) != OK ||
	    (e = json_array_field(o, "blocks", KEYRING_WEEKS_MAX, &list)) !=
	    OK) {
		goto out;
	}
	if (memcmp(org, d->keyset->org, ORG_LEN) != 0) {
		e = ERR_FOREIGN;
		goto out;
	}
	if (role == PERSON_APPROVER && json_array_size(list) != 0) {
		e = ERR_FORMAT;
		goto out;
	}
	k = malloc(sizeof *k);
	if (k == NULL) {
		e = ERR_MEMORY;
		goto out;
	}
	*k = *d->keyset;
	if ((e = founding_desk(d, k, (unsigned)desk)) != OK ||
	    (e = person_add(k, person, (unsigned)desk, role, &key, replace,
	    &fresh)) != OK ||
	    (e = blocks_load(d, &blocks)) != OK ||
	    (e = blocks_take(list, org, (unsigned)desk, person, &key,
	    &blocks)) != OK) {
		goto out;
	}
	if (fresh && (e = compared(d, person, &key)) == OK) {
		e = org_keyset_save(d, k);
	}
	if (e == OK) {
		e = blocks_save(d, &blocks);
	}
	if (e == OK && !d->json) {
		sign_fingerprint(&key, fingerprint);
		printf("%s %s (%s) at desk %u, with this key:\n"
		    "  %s\n", replace ? "Replaced the key of" : fresh ?
		    "Added" : "Renewed", person, role == PERSON_HOLDER ?
		    "holder" : "approver", (unsigned)desk, fingerprint);
	}
out:
	free(k);
	blocks_free(&blocks);
	json_decref(o);
	return e;
}

/* May the keyset in ${doc} replace the one held? It is then in *out */
static enum err
keyset_judge(const struct desk *d, const struct buf *doc,
    const struct buf *sig, const char *fingerprint, struct keyset **out)
{
	struct keyset *k = NULL;
	char print[FINGERPRINT_TEXT];
	enum err e = keyset_parse(doc->p, doc->len, sig->p, sig->len, NULL,
	    &k);

	if (e == OK && fingerprint != NULL &&
	    !sign_fingerprint_is(&k->identity, fingerprint)) {
		e = ERR_FOREIGN;
	}
	if (e == OK && d->keyset != NULL && !sign_pk_equal(&k->identity,
	    &d->keyset->identity)) {
		if (fingerprint == NULL) {
			sign_fingerprint(&k->identity, print);
			say_error("it is signed with another identity key, %s "
			    "the old one: %s. If a poster or the founder's "
			    "voice says the same, give it with --fingerprint",
			    keyset_vouched(d->keyset, k) ? "vouched for by" :
			    "NOT vouched for by", print);
			e = ERR_SIGNATURE;
		} else {
			e = keyset_succeeds(d->keyset, k, d->today);
		}
		goto out;
	}

	if (e == OK && memcmp(k->org, d->ring->org, ORG_LEN) != 0) {
		e = ERR_FOREIGN;
	}
	if (e == OK && d->keyset != NULL && k->serial <= d->keyset->serial) {
		e = k->serial == d->keyset->serial &&
		    memcmp(k->hash, d->keyset->hash, HASH_LEN) == 0 ? OK :
		    ERR_STALE;
	}
	if (e == OK && d->keyset != NULL &&
	    k->serial == d->keyset->serial + 1 &&
	    memcmp(k->previous, d->keyset->hash, HASH_LEN) != 0) {
		e = ERR_CHAIN;
	}
out:
	if (e == OK) {
		*out = k;
		k = NULL; /* transferred */
	}
	keyset_free(k);
	return e;
}

/* What others made for the weeks, as ${k} names them. Of one's own blocks,
 * one's own machine knows best; and one that is not of its person's key, as a
 * stranger or an old stick brings, takes no other one's place. ${lacking}: only
 * what ${blocks} has none of */
static enum err
blocks_accept(const struct desk *d, const struct keyset *k,
    const struct buf *doc, bool lacking, struct org_blocks *blocks)
{
	struct org_blocks other = {NULL, 0, 0};
	enum err e = blocks_parse(doc->p, doc->len, d->ring->org, &other);

	for (size_t i = 0; e == OK && i < other.count; i++) {
		const struct epoch_block *b = &other.block[i].block;
		const struct keyset_person *p = keyset_person(k, b->person);
		day_t week = other.block[i].week;
		if (lacking && blocks_has(blocks, week, b->desk, b->person)) {
			continue;
		}
		if (p != NULL && strcmp(b->person, d->ring->person) != 0 &&
		    !block_outdated(d, week, b) && p->desk == b->desk &&
		    block_check(k->org, week, &p->key, b) == OK) {
			e = blocks_put(blocks, week, b);
		}
	}
	blocks_free(&other);
	return e;
}

/* Is what lies there of this organisation, and newer than what was taken in
 * here? Others fetch it there: this machine's must not take its place */
static bool
newer_lies(const struct desk *d, int dir, const char *path)
{
	struct buf doc = buf_new(KEYSET_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct keyset *k = NULL;
	bool newer = file_read(dir, "keyset.json", &doc) == OK &&
	    file_read(dir, "keyset.json.minisig", &sig) == OK &&
	    keyset_parse(doc.p, doc.len, sig.p, sig.len, NULL, &k) == OK &&
	    sign_pk_equal(&k->identity, &d->keyset->identity) &&
	    k->serial > d->keyset->serial;

	if (newer) {
		say_error("in %s lies keyset %llu, and this machine has %llu: "
		    "take that in with `keyset --accept` first, or give "
		    "another folder", path, (unsigned long long)k->serial,
		    (unsigned long long)d->keyset->serial);
	}
	keyset_free(k);
	buf_free(&doc);
	buf_free(&sig);
	return newer;
}

/* This machine's list of keys, with what another holder's there has beside */
static enum err
blocks_publish(const struct desk *d, int dir)
{
	struct buf there = buf_new(BLOCKS_FILE_MAX),
	    out = buf_new(BLOCKS_FILE_MAX);
	struct org_blocks all = {NULL, 0, 0};
	enum err e = blocks_load(d, &all);

	if (e == OK && file_read(dir, "blocks.json", &there) == OK &&
	    (e = blocks_accept(d, d->keyset, &there, true, &all)) !=
	    ERR_MEMORY) {
		e = OK; /* of nobody: it gives way */
	}
	if (e == OK) {
		e = blocks_write(d->ring->org, &all, &out);
	}
	if (e == OK) {
		e = file_replace(dir, "blocks.json", out.p, out.len);
	}
	blocks_free(&all);
	buf_free(&there);
	buf_free(&out);
	return e;
}

enum err
org_publish(const struct desk *d, const char *path)
{
	struct buf doc = buf_new(KEYSET_MAX), sig = buf_new(SIGN_TEXT_MAX),
	    note = buf_new(REVOCATION_MAX);
	int dir = -1;
	enum err e;

	mkdir(path, 0700);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	e = dir < 0 ? ERR_IO : org_keyset_files(d, &doc, &sig);
	if (e == OK && newer_lies(d, dir, path)) {
		e = ERR_STALE;
	}
	if (e == OK) {
		e = file_replace(dir, "keyset.json", doc.p, doc.len);
	}
	if (e == OK) {
		e = file_replace(dir, "keyset.json.minisig", sig.p, sig.len);
	}
	if (e == OK) {
		e = blocks_publish(d, dir);
	}
	if (e == OK && revocation_stored(d, &note) == OK) {
		e = file_replace(dir, "revocation.note", note.p, note.len);
	}
	if (dir >= 0) {
		close(dir);
	}
	buf_free(&doc);
	buf_free(&sig);
	buf_free(&note);
	return e;
}

enum err
org_accept(struct desk *d, const char *path, const char *fingerprint)
{
	struct buf doc = buf_new(KEYSET_MAX), sig = buf_new(SIGN_TEXT_MAX),
	    other = buf_new(BLOCKS_FILE_MAX), note = buf_new(REVOCATION_MAX);
	struct org_blocks blocks = {NULL, 0, 0};
	struct keyset *k = NULL;
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e = dir < 0 ? ERR_UNKNOWN :
	    file_read(dir, "keyset.json", &doc);

	if (e == OK) {
		e = file_read(dir, "keyset.json.minisig", &sig);
	}
	if (e == OK) {
		e = keyset_judge(d, &doc, &sig, fingerprint, &k);
	}
	if (e == OK) { /* a folder of the gateway has none */
		e = file_read(dir, "blocks.json", &other);
		e = e == ERR_UNKNOWN ? OK : e;
	}
	if (e == OK) {
		e = blocks_load(d, &blocks);
	}
	if (e == OK && other.len > 0) {
		e = blocks_accept(d, k, &other, false, &blocks);
	}
	if (e == OK) {
		e = blocks_save(d, &blocks);
	}
	if (e == OK) {
		e = org_keyset_store(d, &doc, &sig);
	}
	if (e == OK && file_read(dir, "revocation.note", &note) == OK) {
		e = revocation_take(d, &note);
	}
	if (dir >= 0) {
		close(dir);
	}
	blocks_free(&blocks);
	keyset_free(k);
	buf_free(&doc);
	buf_free(&sig);
	buf_free(&other);
	buf_free(&note);
	return e;
}
