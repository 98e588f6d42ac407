/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A desk of two people, without a home, that is handed documents of the
 * offline desk (keys/DESK.md) by the other one, who signs whatever
 * he is given: for the fuzz targets and for the vectors.
 */
#ifndef TESTS_DECRYPTOR_NOTES_H
#define TESTS_DECRYPTOR_NOTES_H

#include <stdlib.h>
#include <string.h>

#include "decryptor/acts.h"
#include "decryptor/adviserbook.h"
#include "decryptor/content.h"
#include "decryptor/dossier.h"
#include "decryptor/heir.h"
#include "decryptor/papers.h"
#include "decryptor/parcel.h"
#include "decryptor/redact.h"
#include "decryptor/weeks.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"

#define NOTES_CASE "2026-7K3Q"
static const uint8_t notes_mine[SIGN_SEED] = {1};
static const uint8_t notes_his[SIGN_SEED] = {2};
static struct desk notes_desk = {.dir = -1, .public = -1, .attachments = -1,
	.lock = -1};

static inline void
notes_end(void)
{
	keyring_free(notes_desk.ring);
	free(notes_desk.keyset);
	state_free(notes_desk.state);
	profile_free(notes_desk.profile);
	holidays_free(notes_desk.holidays);
}

static inline void
notes_person(const char *id, unsigned desk, const uint8_t seed[SIGN_SEED])
{
	struct keyset *k = notes_desk.keyset;
	struct keyset_person *p = &k->person[k->people++];

	strcpy(p->id, id);
	p->desk = desk;
	sign_pk_of(seed, &p->key);
}

static inline bool
notes_begin(void)
{
	struct desk *d = &notes_desk;
	json_t *o;
	enum err e;

	if (d->ring != NULL) {
		return true;
	}
	if (secret_setup() != OK) {
		return false;
	}
	json_setup();
	d->ring = keyring_new();
	d->keyset = calloc(1, sizeof *d->keyset);
	d->state = state_new();
	if (d->ring == NULL || d->keyset == NULL || d->state == NULL ||
	    desk_policy(d) != OK || atexit(notes_end) != 0) {
		return false;
	}
	strcpy(d->ring->person, "an");
	d->ring->desk = 1;
	memcpy(d->ring->operational, notes_mine, SIGN_SEED);
	d->keyset->desks = 2;
	d->keyset->desk[0].number = 1;
	d->keyset->desk[1].number = 2;
	notes_person("an", 1, notes_mine);
	notes_person("bo", 1, notes_his);
	notes_person("bo2", 2, notes_his);
	day_parse("2026-12-01", &d->today);
	o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:i,s:s,s:s,s:s,s:s,s:s,s:s,s:s,"
	    "s:i}", "e", "message", "day", "2026-11-03", "case", NOTES_CASE,
	    "sha256", "", "route", "mailbox", "kind", 0, "message_id",
	    "00112233445566778899aabbccddeeff", "payload", "00112233445566"
	    "778899aabbccddeeff00112233445566778899aabbccddeeff", "signer",
	    "", "language", "nl", "received", "2026-11-02", "record",
	    "00112233445566778899aabbccddeeff", "key",
	    "00112233445566778899aabbccddeeff", "attachments", 0);
	e = state_apply(d->state, o);
	json_decref(o);
	return e == OK;
}

static inline enum err
notes_signed(const char *purpose, unsigned desk, const uint8_t *doc,
    size_t len, struct buf *out)
{
	struct sign_purpose why = {.purpose = purpose, .desk = desk};

	return note_make(notes_his, &why, doc, len, out);
}

static inline enum err
notes_approval(const uint8_t *doc, size_t len)
{
	struct buf file = buf_new(1u << 20), out = buf_new(65536);
	struct signing told = {.summary = buf_new(65536)};
	struct refusal why;
	enum err e = notes_signed("approval", 1, doc, len, &file);

	e = e == OK ? act_sign(&notes_desk, file.p, file.len, &out, &told,
	    &why) : e;
	buf_free(&file);
	buf_free(&out);
	buf_free(&told.summary);
	return e;
}

static inline enum err
notes_heir(const uint8_t *doc, size_t len)
{
	struct buf file = buf_new(1u << 20);
	struct age_recipient to;
	char person[KEYSET_ID];
	enum err e = notes_signed("heir", 1, doc, len, &file);

	e = e == OK ? heir_parse(&notes_desk, file.p, file.len, person, &to) :
	    e;
	buf_free(&file);
	return e;
}

/* The note beside a backup for a deputy; what it says is in it */
static inline enum err
notes_deputy(const uint8_t *doc, size_t len)
{
	struct buf file = buf_new(1u << 20);
	uint8_t hash[HASH_LEN];
	char text[2 * HASH_LEN + 1];
	enum err e = notes_signed("deputy", 1, doc, len, &file);

	e = e == OK ? heir_backup_check(&notes_desk, file.p, file.len, hash) :
	    e;
	if (e == OK) {
		hex_encode(hash, HASH_LEN, text);
		if (memmem(doc, len, text, sizeof text - 1) == NULL &&
		    memchr(doc, '\\', len) == NULL) {
			abort();
		}
	}
	buf_free(&file);
	return e;
}

/* Weeks that are over, as another holder of the desk says */
static inline enum err
notes_weeks(const uint8_t *doc, size_t len)
{
	struct buf file = buf_new(1u << 20);
	struct weeks_noted noted;
	enum err e = notes_signed("weeks", 1, doc, len, &file);

	e = e == OK ? weeks_note_parse(&notes_desk, file.p, file.len,
	    &noted) : e;
	for (size_t i = 0; e == OK && i < noted.n; i++) {
		if (week_of(noted.week[i]) != noted.week[i]) {
			abort();
		}
	}
	buf_free(&file);
	return e;
}

/* Beside the note came one file, of 32 bytes 0x11 as its hash */
static inline enum err
notes_transfer(const uint8_t *doc, size_t len)
{
	struct buf file = buf_new(1u << 20);
	struct content *c = content_new();
	uint8_t hash[HASH_LEN];
	struct transfer t;
	enum err e = notes_signed("transfer", 2, doc, len, &file);

	memset(&t, 0, sizeof t);
	memset(hash, 0x11, sizeof hash);
	c->report = report_new();
	report_attachment_add(c->report, TRANSFER_NAME, "text/plain", 1,
	    hash);
	report_attachment_add(c->report, "a", "text/plain", 1, hash);
	c->files = 2;
	e = e == OK ? transfer_parse(&notes_desk, file.p, file.len, c, &t) :
	    e;
	content_free(c);
	buf_free(&file);
	return e;
}

static inline enum err
notes_adviser(const uint8_t *doc, size_t len)
{
	struct buf file = buf_new(1u << 20);
	char person[KEYSET_ID] = "";
	struct bytes words;
	struct refusal why;
	int year = 0;
	enum err e = notes_signed("adviser", 1, doc, len, &file);

	e = e == OK ? adviser_note_open(&notes_desk, file.p, file.len, person,
	    &year, &words, &why) : e;
	if (e == OK && (strncmp(person, "bo", 2) != 0 || year < 1970 ||
	    words.len != len)) {
		abort();
	}
	buf_free(&file);
	return e;
}

/* The words of a plan, where it has some, left out of a text */
static inline enum err
notes_plan(const uint8_t *doc, size_t len)
{
	static const char text[] = "Jan zag alles, \xe2\x82\xac 5. JAN ook.";
	struct plan p = {.o = NULL};
	struct refusal why;
	enum err e = plan_parse(&notes_desk, 0, doc, len, &p, &why);
	size_t i;
	json_t *f;

	if (e == OK) {
		json_array_foreach (json_object_get(p.o, "fields"), i, f) {
			struct buf out = buf_new(65536);
			enum err one = redact_text(text, sizeof text - 1,
			    json_object_get(f, "redact"), &out);
			if (one == OK && !utf8_valid(out.p, out.len)) {
				abort();
			}
			e = e == OK ? one : e;
			buf_free(&out);
		}
	}
	plan_free(&p);
	return e;
}

/* The record of the paper shares, here or on a stick (recover --drill) */
static inline enum err
notes_papers(const uint8_t *doc, size_t len)
{
	struct papers *p = malloc(sizeof *p), *back = malloc(sizeof *back);
	struct buf again = buf_new(1u << 20), third = buf_new(1u << 20);
	enum err e = p == NULL || back == NULL ? ERR_MEMORY :
	    papers_parse(doc, len, notes_desk.ring->org, p);

	for (unsigned i = 0; e == OK && i < p->sets; i++) {
		struct share share = {.kind = p->set[i].kind,
			.k = p->set[i].k, .n = p->set[i].n, .x = 1};
		char name[SHARE_SET];

		memcpy(share.commit, p->set[i].commit, sizeof share.commit);
		paper_set_name(&p->set[i], name);
		papers_proven(&p->set[i]);
		papers_replaced(p, &share);
		if (papers_set(p, p->set[i].kind) == NULL ||
		    paper_fits(&p->set[i], &share) != OK) {
			abort();
		}
	}
	/* what is kept of it is read as the same again */
	if (e == OK && (papers_write(p, notes_desk.ring->org, &again) != OK ||
	    papers_parse(again.p, again.len, notes_desk.ring->org, back) !=
	    OK || papers_write(back, notes_desk.ring->org, &third) != OK ||
	    third.len != again.len ||
	    memcmp(third.p, again.p, third.len) != 0)) {
		abort();
	}
	free(p);
	free(back);
	buf_free(&again);
	buf_free(&third);
	return e;
}

#endif
