/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What came by phone, letter or in a talk (Dir 9(2)): it stands beside the
 * mailbox and counts the same from the day it came. And rows that belong to
 * no case: activities, council talks, sections of the report.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "acts_private.h"
#include "content.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"

#define ROW_MAX 65536u

static enum err
entry_check(struct desk *d, const struct act_entry *w, struct refusal *why)
{
	const struct vocabulary *v = taxonomy_find(d->profile, "route");

	if (w->day > d->today) {
		return refuse(why, ERR_CONFLICT, "Die dag ligt in de "
		    "toekomst.", "That day lies in the future.");
	}
	if (w->route[0] != 0 && (v == NULL ||
	    vocabulary_index(v, w->route) < 0)) {
		return refuse(why, ERR_UNKNOWN, "Zo'n route staat niet in de "
		    "lijst.", "That route is not in the list.");
	}
	if (!report_language_valid(w->language)) {
		return refuse(why, ERR_USAGE, "Geef een taal als nl of en.",
		    "Give a language such as nl or en.");
	}
	if (w->mailbox && w->kind == REPORT_FOLLOW_UP) {
		return refuse(why, ERR_USAGE, "Een bericht krijgt geen eigen "
		    "postvak.", "A message gets no mailbox of its own.");
	}
	return act_text_check(w->text, w->len, REPORT_JSON_MAX - 1024u, why);
}

static enum err
entry_content(const struct desk *d, const struct act_entry *w,
    const struct code_keys *keys, struct content **out)
{
	struct content *c = content_new();
	enum err e = c == NULL ? ERR_MEMORY : OK;

	if (e == OK && (c->report = report_new()) == NULL) {
		e = ERR_MEMORY;
	}
	if (e == OK) {
		c->report->kind = w->kind;
		memcpy(c->report->org, d->ring->org, ORG_LEN);
		c->report->desk = d->ring->desk;
		week_text(week_of(w->day), c->report->epoch);
		randombytes_buf(c->report->message_id, MESSAGE_ID_LEN);
		strcpy(c->report->language, w->language);
		strcpy(c->report->relation, "not_said");
		c->report->thread = THREAD_NONE;
		c->report->sealed_by = SEALED_CLI;
		e = report_answer_add(c->report, "what", w->text, w->len);
	}
	if (e == OK && keys != NULL) {
		e = report_thread_first(c->report, keys);
	}
	if (e == OK) {
		*out = c;
		c = NULL; /* transferred */
	}
	content_free(c);
	return e;
}

/* What the record will hold: what cannot be read back is not kept, for a case
 * that nobody can read shuts every export */
static enum err
entry_record(const struct content *c, struct buf *plain)
{
	struct content *back = NULL;
	enum err e = content_write(c, plain);

	if (e == OK) {
		e = content_parse(plain->p, plain->len, &back);
	}
	content_free(back);
	return e;
}

static enum err
entry_event(struct desk *d, const struct act_entry *w,
    const struct content *c, const uint8_t key[KEY_ID],
    const uint8_t record[RECORD_ID], const char *ref)
{
	json_t *o = event_new(d, "message");
	uint8_t none[HASH_LEN] = {0};

	json_object_set_new(o, "sha256", json_string(""));
	json_object_set_new(o, "case", json_string(ref));
	json_object_set_new(o, "kind", json_integer(w->kind));
	event_hex(o, "message_id", c->report->message_id, MESSAGE_ID_LEN);
	event_hex(o, "payload", none, HASH_LEN);
	event_thread(o, c->report);
	json_object_set_new(o, "language", json_string(w->language));
	event_day(o, "received", w->day);
	event_hex(o, "record", record, RECORD_ID);
	event_hex(o, "key", key, KEY_ID);
	json_object_set_new(o, "attachments", json_integer(0));
	json_object_set_new(o, "route", json_string(w->route));
	json_object_set_new(o, "oral", json_boolean(w->oral));
	return desk_event(d, o);
}

enum err
act_enter(struct desk *d, const struct act_entry *w, char ref[REF_TEXT],
    char code_out[CODE_TEXT], struct refusal *why)
{
	struct buf plain = buf_new_secret(CONTENT_MAX);
	uint8_t key[KEY_ID], record[RECORD_ID];
	struct code_keys keys;
	struct content *c = NULL;
	struct code code;
	enum err e = desk_policy(d);

	memset(why, 0, sizeof *why);
	code_out[0] = 0;
	e = e == OK ? entry_check(d, w, why) : refuse_err(why, e);
	if (e == OK && w->mailbox) {
		e = code_new(d->ring->desk, &code);
		if (e == OK) {
			code_derive(&code, d->ring->org, &keys);
			code_text(&code, code_out);
		}
	}
	if (e == OK) {
		e = entry_content(d, w, w->mailbox ? &keys : NULL, &c);
	}
	if (e == OK) {
		e = entry_record(c, &plain);
	}
	if (e == OK) {
		e = casekey_take(d->book, key);
	}
	if (e != OK) {
		if (why->e == OK) {
			refuse_err(why, e);
		}
		goto out;
	}
	if ((e = act_begin(d, why)) != OK) {
		goto out;
	}
	if (w->kase != NOT_FOUND) {
		strcpy(ref, d->state->kase[w->kase].ref);
	} else {
		ref_new(d->state, w->day, ref);
	}
	e = record_put(d->book, key, plain.p, plain.len, record);
	if (e == OK) {
		e = entry_event(d, w, c, key, record, ref);
	}
	e = act_end(d, e, why);
out:
	if (e != OK) {
		secret_wipe(code_out, CODE_TEXT);
	}
	secret_wipe(&keys, sizeof keys);
	secret_wipe(&code, sizeof code);
	content_free(c);
	buf_free(&plain);
	return e;
}

enum err
act_enter_unmatched(struct desk *d, unsigned *cases, struct refusal *why)
{
	const struct state *s = d->state;
	enum err e = act_begin(d, why);

	*cases = 0;
	if (e != OK) {
		return e;
	}
	e = act_imported(d, why);
	if (e == OK && s->unmatched == 0) {
		e = refuse(why, ERR_UNKNOWN, "Er wacht geen bericht op zijn "
		    "eerste.", "No message waits for its first one.");
	}
	for (size_t i = 0; e == OK && i < s->messages; i++) {
		const struct message *m = &s->message[i];
		char ref[REF_TEXT], signer[SIGN_KEY_TEXT];
		json_t *o;
		if (m->kase != NOT_FOUND) {
			continue; /* also of a thread that just got one */
		}
		ref_new(s, m->received, ref);
		sign_pk_text(&m->signer, signer);
		o = event_new(d, "begin");
		json_object_set_new(o, "case", json_string(ref));
		json_object_set_new(o, "signer", json_string(signer));
		e = desk_event(d, o);
		*cases += e == OK;
	}
	return act_end(d, e, why);
}

enum err
act_row(struct desk *d, const char *what, int year, const char *name,
    const void *p, size_t len, struct refusal *why)
{
	uint8_t record[RECORD_ID];
	json_t *o;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	e = act_text_check(p, len, ROW_MAX, why);
	if (e == OK) {
		e = record_put(d->book, NULL, p, len, record);
	}
	if (e == OK) {
		o = event_new(d, "entry");
		json_object_set_new(o, "what", json_string(what));
		json_object_set_new(o, "year", json_integer(year));
		json_object_set_new(o, "name", json_string(name));
		json_object_set_new(o, "person",
		    json_string(d->ring->person));
		event_hex(o, "record", record, RECORD_ID);
		e = desk_event(d, o);
	}
	return act_end(d, e, why);
}
