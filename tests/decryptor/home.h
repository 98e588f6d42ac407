/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A desk of `an` in a folder of its own, as `init` makes it, with a gateway
 * that is the test's; `bo` is the second person of its keyset. For programs
 * with soft_scrypt.c.
 */
#ifndef TESTS_DECRYPTOR_HOME_H
#define TESTS_DECRYPTOR_HOME_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "decryptor/acts.h"
#include "decryptor/attachment.h"
#include "decryptor/content.h"
#include "decryptor/files.h"
#include "decryptor/founding.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"

#define HOME_TODAY 20781 /* 2026-11-24 */
#define HOME_PASS "drie woorden lang"
#define HOME_WORDS 14u /* of a verb, with its name and NULL */
#define ok(x) assert_int_equal((x), OK)
#define is(x, e) assert_int_equal((x), (e))

struct home {
	char path[64], at[80]; /* at: of the desk, in path */
	int dir;
	struct desk d;
	uint8_t gateway[SIGN_SEED], bo[SIGN_SEED];
};

static inline struct desk
home_desk(const char *at)
{
	struct desk d = {.home = at, .today = HOME_TODAY, .today_given = true,
		.dir = -1, .public = -1, .attachments = -1, .lock = -1,
		.passlen = sizeof HOME_PASS - 1};

	d.pass = secret_new(sizeof HOME_PASS);
	assert_non_null(d.pass);
	memcpy(d.pass, HOME_PASS, sizeof HOME_PASS);
	return d;
}

/* A person more in the keyset, with a key of their own */
static inline void
home_person(struct home *h, const char *id, uint8_t seed[SIGN_SEED])
{
	struct keyset *k = malloc(sizeof *k);
	struct keyset_person *p;

	assert_non_null(k);
	*k = *h->d.keyset;
	p = &k->person[k->people++];
	*p = (struct keyset_person){.desk = 1, .role = PERSON_APPROVER};
	strcpy(p->id, id);
	sign_keypair(seed, &p->key);
	ok(org_keyset_save(&h->d, k));
	free(k);
}

static inline struct home *
home_new(void)
{
	struct card card = {.generation = 1};
	struct home *h = calloc(1, sizeof *h);

	assert_non_null(h);
	ok(secret_setup());
	json_setup();
	strcpy(h->path, "/tmp/meldluik-home.XXXXXX");
	assert_non_null(mkdtemp(h->path));
	h->dir = open(h->path, O_RDONLY | O_DIRECTORY);
	assert_true(h->dir >= 0);
	snprintf(h->at, sizeof h->at, "%s/desk", h->path);
	h->d = home_desk(h->at);
	strcpy(card.https, "https://meldpunt.example");
	sign_keypair(h->gateway, &card.key);
	ok(founding_first(&h->d, 1, "an", "Organisatie", &card));
	home_person(h, "bo", h->bo);
	return h;
}

static inline void
home_free(struct home *h)
{
	desk_close(&h->d);
	folder_remove(h->dir, "desk");
	folder_remove(h->dir, "stick");
	close(h->dir);
	rmdir(h->path);
	free(h);
}

/*
 * What a test works with: a type of its own that begins with a home and its
 * desk, here of ${size} bytes, the others 0
 */
struct home_place {
	struct home *h;
	struct desk *d;
};

static inline void *
home_place(size_t size)
{
	struct home_place at = {.h = home_new()};
	void *p = calloc(1, size);

	assert_non_null(p);
	at.d = &at.h->d;
	memcpy(p, &at, sizeof at);
	return p;
}

static inline void
home_place_free(void *place)
{
	struct home_place at;

	memcpy(&at, place, sizeof at);
	home_free(at.h);
	free(place);
}

/* A new case, told by hand */
static inline size_t
home_case(struct home *h)
{
	struct act_entry w = {.kind = REPORT_REPORT, .kase = NOT_FOUND,
		.day = h->d.today, .route = "", .language = "nl",
		.text = "GEHEIM", .len = 6};
	char ref[REF_TEXT], text[CODE_TEXT];
	struct refusal why;

	ok(act_enter(&h->d, &w, ref, text, &why));
	return h->d.state->kases - 1;
}

/* A message with content ${c} of case ${ref}, from no envelope */
static inline void
home_message(struct home *h, const char *ref, enum report_kind kind,
    const struct content *c)
{
	struct desk *d = &h->d;
	struct buf plain = buf_new_secret(CONTENT_MAX);
	uint8_t key[KEY_ID], record[RECORD_ID];
	json_t *o = event_new(d, "message");

	ok(content_write(c, &plain));
	ok(casekey_take(d->book, key));
	ok(casebook_begin(d->book));
	ok(record_put(d->book, key, plain.p, plain.len, record));
	json_object_set_new(o, "sha256", json_string(""));
	json_object_set_new(o, "case", json_string(ref));
	json_object_set_new(o, "kind", json_integer(kind));
	event_hex(o, "message_id", c->report->message_id, MESSAGE_ID_LEN);
	event_hex(o, "payload", c->report->keyset, HASH_LEN);
	event_thread(o, c->report);
	json_object_set_new(o, "language", json_string("nl"));
	event_day(o, "received", d->today);
	event_hex(o, "record", record, RECORD_ID);
	event_hex(o, "key", key, KEY_ID);
	json_object_set_new(o, "attachments", json_integer(c->files));
	json_object_set_new(o, "route", json_string("mailbox"));
	ok(desk_end(d, desk_event(d, o)));
	buf_free(&plain);
}

/* A report to fill, and a file in it; ${lies}: which is not as it says */
static inline struct content *
home_content(void)
{
	struct content *c = content_new();

	assert_non_null(c);
	c->report = report_new();
	assert_non_null(c->report);
	strcpy(c->report->epoch, "2026-W48");
	c->report->desk = 1;
	strcpy(c->report->language, "nl");
	strcpy(c->report->relation, "employee");
	return c;
}

static inline void
home_file(struct home *h, struct content *c, const char *bytes, bool lies)
{
	struct attachment_writer *w = NULL;
	struct content_file *f = &c->file[c->files++];
	uint8_t hash[HASH_LEN];

	ok(attachment_begin(h->d.attachments, &w));
	ok(attachment_write(w, (const uint8_t *)bytes, strlen(bytes)));
	ok(attachment_end(w, f));
	attachment_free(w);
	ok(attachment_keep(h->d.attachments, f));
	hash_bytes(bytes, strlen(bytes), hash);
	hash[0] ^= lies;
	ok(report_attachment_add(c->report, "van-Jan-Jansen.txt",
	    "text/plain", strlen(bytes), hash));
}

/* The keyring file of ${id}, who signs with ${seed}, as ${name} beside the
 * desk */
static inline void
home_ring(struct home *h, const char *id, const uint8_t seed[SIGN_SEED],
    const char *name)
{
	struct keyring *k = keyring_new();
	struct buf b = buf_new(KEYRING_MAX);

	assert_non_null(k);
	memcpy(k->org, h->d.ring->org, ORG_LEN);
	strcpy(k->person, id);
	k->desk = 1;
	k->role = PERSON_APPROVER;
	memcpy(k->operational, seed, SIGN_SEED);
	ok(keyring_seal(k, HOME_PASS, sizeof HOME_PASS - 1, &b));
	ok(file_replace(h->dir, name, b.p, b.len));
	keyring_free(k);
	buf_free(&b);
}

/* A verb and its words up to NULL, as main gives them: how many */
static inline int
home_words(const char *verb, va_list list, char *argv[HOME_WORDS])
{
	int n = 0;

	for (const char *word = verb; word != NULL;
	    word = va_arg(list, const char *)) {
		assert_true((unsigned)n + 1 < HOME_WORDS);
		argv[n++] = (char *)(uintptr_t)word;
	}
	argv[n] = NULL;
	return n;
}

/* As another start of the program finds it */
static inline void
home_again(struct home *h)
{
	desk_close(&h->d);
	h->d = home_desk(h->at);
	ok(desk_open(&h->d, DESK_CASEBOOK));
}

#endif
