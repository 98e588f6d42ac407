/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Plays who has a full copy of a desk and its passphrase:
 *   desk_keys HOME PASSFILE KEYS PLAIN [HEX...]
 * HEX: other keys found somewhere. KEYS: every key of it as an age identity, one a line (keys that are no
 * X-Wing seed are taken for one all the same). PLAIN: everything that opens,
 * as it stood: keyring, case keys, journal, records.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decryptor/casebook_private.h"
#include "decryptor/content.h"
#include "decryptor/desk.h"
#include "decryptor/heir.h"
#include "meldluik/secret.h"

static FILE *keys, *plain;
static unsigned written;

static void
must(enum err e, const char *what)
{
	if (e != OK) {
		fprintf(stderr, "desk_keys: %s: %s\n", what, err_text(e));
		exit(1);
	}
}

static void
key(const uint8_t *p)
{
	char text[AGE_IDENTITY_TEXT_MAX];

	age_identity_text(p, text);
	fprintf(keys, "%s\n", text);
	fwrite(p, 1, 32, plain);
	written++;
}

static void
of_ring(const struct keyring *r)
{
	uint8_t seed[AGE_HYBRID_SEED];

	key(r->operational);
	key(r->casebook);
	if (r->has_identity) {
		key(r->identity);
	}
	for (unsigned i = 0; i < r->weeks; i++) {
		key(r->week[i].seed);
		for (unsigned j = 0; j < r->week[i].olders; j++) {
			key(r->week[i].older[j]);
		}
	}
	heir_seed(r, seed);
	key(seed);
}

static enum err
of_event(void *arg, uint64_t n, const json_t *event)
{
	char *text = json_dumps(event, JSON_COMPACT);

	(void)arg;
	(void)n;
	fputs(text, plain);
	free(text);
	return OK;
}

static void
of_records(struct casebook *b)
{
	struct buf out = buf_new_secret(RECORD_MAX);
	MDB_txn *txn;
	MDB_cursor *c;
	MDB_val k, v;

	if (mdb_txn_begin(b->env, NULL, MDB_RDONLY, &txn) != 0 ||
	    mdb_cursor_open(txn, b->records, &c) != 0) {
		must(ERR_IO, "records");
	}
	b->txn = txn; /* one of a thread: record_get takes it */
	while (mdb_cursor_get(c, &k, &v, MDB_NEXT) == 0) {
		struct content *content = NULL;
		buf_clear(&out);
		must(record_get(b, k.mv_data, &out), "a record");
		fwrite(out.p, 1, out.len, plain);
		if (content_parse(out.p, out.len, &content) == OK) {
			for (unsigned i = 0; i < content->files; i++) {
				key(content->file[i].key);
			}
		}
		content_free(content);
	}
	mdb_cursor_close(c);
	b->txn = NULL;
	mdb_txn_abort(txn);
	buf_free(&out);
}

int
main(int argc, char **argv)
{
	struct desk d = {.dir = -1, .public = -1, .attachments = -1,
		.lock = -1};

	if (argc < 5 || (keys = fopen(argv[3], "w")) == NULL ||
	    (plain = fopen(argv[4], "w")) == NULL) {
		fputs("use: desk_keys HOME PASSFILE KEYS PLAIN [HEX...]\n",
		    stderr);
		return 2;
	}
	must(secret_setup(), "secrets");
	d.home = argv[1];
	d.passfile = argv[2];
	must(day_parse("2026-11-24", &d.today), "day");
	must(desk_open(&d, DESK_CASEBOOK), "the desk");
	of_ring(d.ring);
	key(d.book->keys->journal);
	key(d.book->keys->records);
	key(d.book->keys->casekeys);
	for (size_t i = 0; i < d.book->casekeys; i++) {
		key(d.book->casekey[i].key);
	}
	for (int i = 5; i < argc; i++) {
		uint8_t other[32];
		must(hex_decode(argv[i], other, sizeof other), argv[i]);
		key(other);
	}
	of_records(d.book);
	must(journal_walk(d.book, of_event, NULL), "the journal");
	printf("%u\n", written);
	desk_close(&d);
	return fclose(keys) != 0 || fclose(plain) != 0;
}
