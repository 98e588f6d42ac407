/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A desk and a stick with bundles for it: real envelopes, and a gateway that
 * is the test's.
 */
#ifndef TESTS_DECRYPTOR_STICK_H
#define TESTS_DECRYPTOR_STICK_H

#include "home.h"

#include "decryptor/content.h"
#include "decryptor/intake.h"
#include "decryptor/lost.h"
#include "meldluik/envelope.h"

#define LISTED_MAX 80u

struct place {
	struct home *h;
	struct desk *d;
	int stick, envelopes;
	struct inbound_envelope listed[LISTED_MAX];
	size_t n;
	uint64_t serial;
	uint8_t last[HASH_LEN];
	day_t day;
	unsigned ids; /* of messages */
	struct intake_result r;
};

static inline int
setup(void **state)
{
	struct place *p = home_place(sizeof *p);

	p->day = HOME_TODAY;
	ok(folder_open(p->h->dir, "stick", true, &p->stick));
	ok(folder_open(p->stick, "envelopes", true, &p->envelopes));
	*state = p;
	return 0;
}

static inline int
teardown(void **state)
{
	struct place *p = *state;

	close(p->envelopes);
	close(p->stick);
	home_place_free(p);
	return 0;
}

static inline void
code(struct place *p, struct code_keys *keys)
{
	struct code c;

	ok(code_new(1, &c));
	code_derive(&c, p->d->keyset->org, keys);
}

/* A message with an id of its own; ${keys}: of the code, or NULL */
static inline struct report *
report(struct place *p, enum report_kind kind, const struct code_keys *keys)
{
	static const uint8_t none[16];
	struct report *r = report_new();

	assert_non_null(r);
	r->kind = kind;
	memcpy(r->org, p->d->keyset->org, ORG_LEN);
	memcpy(r->keyset, p->d->keyset->hash, HASH_LEN);
	week_text(week_of(p->day), r->epoch);
	r->desk = 1;
	r->sealed_by = SEALED_CLI;
	strcpy(r->language, "nl");
	strcpy(r->relation, "employee");
	ok(report_answer_add(r, "what", "GEHEIM", 6));
	r->message_id[0] = (uint8_t)++p->ids;
	if (keys != NULL) {
		ok(kind == REPORT_REPORT || kind == REPORT_ADVICE ?
		    report_thread_first(r, keys) :
		    report_thread_later(r, keys, none));
	}
	return r;
}

static inline enum err
to_buf(void *arg, const uint8_t *bytes, size_t len)
{
	buf_put(arg, bytes, len);
	return OK;
}

static inline void
list(struct place *p, const struct buf *sealed, char name[BODY_NAME])
{
	struct inbound_envelope *e = &p->listed[p->n++];

	assert_true(p->n <= LISTED_MAX);
	hash_bytes(sealed->p, sealed->len, e->sha256);
	e->size = sealed->len;
	e->day = p->day;
	e->week = week_of(p->day);
	body_name(e->sha256, name);
	ok(file_replace(p->envelopes, name, sealed->p, sealed->len));
}

static inline void
attach(struct envelope *e, struct report *r)
{
	uint8_t hash[HASH_LEN];
	uint64_t size;

	ok(envelope_attachment(e, 4));
	ok(envelope_write(e, "PDF!", 4));
	ok(envelope_attachment_end(e, &size, hash));
	ok(report_attachment_add(r, "a.pdf", "application/pdf", size, hash));
}

struct sealing {
	const struct code_keys *signer; /* of what comes later */
	bool attached, away; /* away: to somebody else */
};

/* Seals ${r}, which it frees, and puts it on the stick and the list */
static inline void
seal(struct place *p, struct report *r, const struct sealing *how)
{
	const struct keyring_week *w = keyring_week(p->d->ring,
	    week_of(p->day));
	struct buf sealed = buf_new(1u << 20);
	struct age_recipient to;
	struct envelope *e = NULL;
	char name[BODY_NAME];

	if (how->away) {
		ok(age_recipient_throwaway(&to));
	} else {
		assert_non_null(w);
		ok(age_identity_recipient(w->seed, &to));
	}
	ok(envelope_new(&to, 1, to_buf, &sealed, 1, &e));
	if (how->attached) {
		attach(e, r);
	}
	ok(envelope_finish(e, r, how->signer == NULL ? NULL :
	    how->signer->thread));
	list(p, &sealed, name);
	envelope_free(e);
	report_free(r);
	buf_free(&sealed);
}

static inline void
put(struct place *p, enum report_kind kind, const struct code_keys *keys)
{
	struct sealing how = {.signer = kind == REPORT_FOLLOW_UP ||
	    kind == REPORT_WITHDRAWAL ? keys : NULL};

	seal(p, report(p, kind, keys), &how);
}

/* What was listed since the last one, as its gateway signs it */
static inline void
cut(struct place *p)
{
	struct sign_purpose why = {.purpose = "inbound"};
	struct buf doc = buf_new(INBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct inbound m = {.generation = 1, .serial = ++p->serial,
		.day = HOME_TODAY, .envelope = p->listed, .envelopes = p->n};
	char name[64];

	memcpy(m.org, p->d->keyset->org, ORG_LEN);
	memcpy(why.org, m.org, ORG_LEN);
	memcpy(m.previous, p->last, HASH_LEN);
	ok(inbound_write(&m, &doc));
	ok(sign_make(p->h->gateway, &why, doc.p, doc.len, &sig));
	snprintf(name, sizeof name, "manifest-%u.json", (unsigned)p->serial);
	ok(file_replace(p->stick, name, doc.p, doc.len));
	strcat(name, ".minisig");
	ok(file_replace(p->stick, name, sig.p, sig.len));
	memcpy(p->last, m.hash, HASH_LEN);
	p->n = 0;
	buf_free(&doc);
	buf_free(&sig);
}

static inline enum err
import(struct place *p)
{
	memset(&p->r, 0, sizeof p->r);
	return bodies_import(p->d, p->stick, &p->r);
}

/* What was listed, in a manifest that is known here: its bodies are next */
static inline void
bring(struct place *p)
{
	cut(p);
	ok(chain_import(p->d, p->stick, &p->r));
}

static inline bool
complete(const struct place *p)
{
	const struct state *s = p->d->state;

	return s->manifests > 0 && s->manifest[s->manifests - 1].complete;
}

static inline void
gone(struct place *p, const char *name)
{
	assert_int_equal(unlinkat(p->envelopes, name, 0), 0);
}

static inline void
write_off(struct place *p, const uint8_t sha256[HASH_LEN])
{
	json_t *o = event_new(p->d, "body_lost");

	event_hex(o, "sha256", sha256, HASH_LEN);
	json_object_set_new(o, "serial", json_integer(1));
	ok(desk_record(p->d, o));
}

#endif
