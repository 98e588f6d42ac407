/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Recusal: a case goes to another desk, whole and unmodified, and access to
 * it ends here. Two people who are no subject sign. Until the other desk has
 * it the keys stay, locked, so that a lost stick loses nothing; then they
 * are destroyed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acts_private.h"
#include "attachment.h"
#include "extraction.h"
#include "files.h"
#include "parcel.h"

static enum err
parcel_file(struct desk *d, size_t k, unsigned to, const char *path,
    char code[20], struct refusal *why)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	enum err e = fd < 0 ? ERR_IO : OK;

	if (e != OK) {
		return refuse(why, e, "Het pakket kan daar niet worden "
		    "geschreven; geef een nieuwe naam.",
		    "The parcel cannot be written there; give a new name.");
	}
	e = parcel_write(d, k, to, fd, code);
	if (e == OK && fsync(fd) != 0) {
		e = ERR_IO;
	}
	close(fd);
	if (e != OK) {
		unlink(path);
	}
	if (e == ERR_LIMIT) {
		return refuse(why, e, "Dit dossier is te groot voor een "
		    "pakket.",
		    "This case is too large for one parcel.");
	}
	if (e == ERR_UNKNOWN) {
		return refuse(why, e, "Er zijn geen sleutels van dat meldpunt "
		    "voor deze week.",
		    "There are no keys of that desk for this week.");
	}
	return e == OK ? OK : refuse_err(why, e);
}

bool
recuse_desk(const struct desk *d, size_t k, unsigned to)
{
	const struct kase *c = &d->state->kase[k];
	const struct keyset_desk *desk = d->keyset == NULL ? NULL :
	    keyset_desk(d->keyset, to);

	return desk != NULL && to != d->ring->desk &&
	    keyset_holders(d->keyset, to) > 0 && (desk->successor == 0 ||
	    (c->resealed && c->moved_to == to));
}

/* A subject of the case may hand it over, though not sign for it. Of a case
 * that was handed over, what came since goes the same way. */
static enum err
recuse_case(const struct desk *d, size_t k, struct refusal *why)
{
	const struct kase *c = &d->state->kase[k];

	if (c->destroyed && (c->moved_to == 0 ||
	    state_late(d->state, k) == 0)) {
		return refuse(why, ERR_POLICY, "Dit dossier is hier niet "
		    "meer.", "This case is not here any more.");
	}
	return OK;
}

enum err
act_recuse(struct desk *d, size_t k, unsigned to, const char *reason,
    size_t len, const char *path, char code[20], struct refusal *why)
{
	char detail[8];
	size_t request = NOT_FOUND;
	bool again = d->state->kase[k].resealed;
	json_t *o;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	snprintf(detail, sizeof detail, "%u", to);
	if ((e = recuse_case(d, k, why)) == OK) {
		e = act_imported(d, why);
	}
	if (e == OK && !recuse_desk(d, k, to)) {
		e = refuse(why, ERR_UNKNOWN, "Zo'n ander meldpunt is er niet.",
		    "There is no such other desk.");
	}
	if (e == OK && again && d->state->kase[k].moved_to != to) {
		e = refuse(why, ERR_CONFLICT, "Dit dossier ging al naar een "
		    "ander meldpunt.",
		    "This case went to another desk already.");
	}
	if (e == OK && !again) {
		e = act_text_check(reason, len, ACT_TEXT_MAX, why);
	}
	if (e == OK && !again) {
		e = act_step_may(d, k, CASE_RECUSAL, true, detail, &request,
		    why);
	}
	if (e == OK) {
		e = parcel_file(d, k, to, path, code, why);
	}
	if (e == OK && !again) {
		e = act_step_put(d, k, CASE_RECUSAL, reason, len, request);
	}
	if (e == OK) {
		o = act_event(d, "resealed", k);
		json_object_set_new(o, "to_desk", json_integer(to));
		json_object_set_new(o, "code", json_string(code));
		e = desk_event(d, o);
	}
	return act_end(d, e, why);
}

/* The code proves the last parcel and nothing that came after it */
static enum err
handed_over_may(const struct desk *d, size_t k, const char *code,
    struct refusal *why)
{
	const struct kase *c = &d->state->kase[k];

	if (!c->resealed || (c->destroyed && state_late(d->state, k) == 0)) {
		return refuse(why, ERR_CONFLICT, "Dit dossier wacht niet op "
		    "een ander meldpunt.",
		    "This case does not wait for another desk.");
	}
	if (c->messages != c->parcelled) {
		return refuse(why, ERR_CONFLICT, "Na het laatste pakket kwam "
		    "er nog een bericht bij dit dossier. Schrijf het pakket "
		    "opnieuw en breng het over; hier is niets vernietigd.",
		    "A message came to this case after the last parcel. Write "
		    "the parcel again and carry it over; nothing was "
		    "destroyed here.");
	}
	return strcasecmp(code, c->move_code) == 0 ? OK : refuse(why,
	    ERR_CONFLICT, "Dat is niet de code die het andere meldpunt bij "
	    "dit pakket ziet.", "That is not the code that the other desk "
	    "sees with this parcel.");
}

enum err
act_handed_over(struct desk *d, size_t k, const char *code,
    struct refusal *why)
{
	json_t *o;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	e = handed_over_may(d, k, code, why);
	if (e == OK) { /* while the key still tells where they are */
		e = extracts_remove(d, k);
	}
	if (e == OK) {
		o = act_event(d, "handed_over", k);
		e = desk_event(d, o);
	}
	e = act_end(d, e, why);
	if (e == OK && (e = case_keys_destroy(d, k)) != OK) {
		refuse_err(why, e);
	}
	return e;
}

/* ${sha256}: of a parcel that no message is of, or NULL */
static enum err
from_event(struct desk *d, const struct transfer *t, const char *ref,
    const uint8_t *sha256)
{
	json_t *o = event_new(d, "from_desk");

	if (sha256 != NULL) {
		event_hex(o, "sha256", sha256, HASH_LEN);
	}
	json_object_set_new(o, "case", json_string(ref));
	json_object_set_new(o, "desk", json_integer(t->from));
	json_object_set_new(o, "ref", json_string(t->ref));
	moved_write(o, &t->said);
	return desk_event(d, o);
}

static enum err
parcel_event(struct desk *d, const struct content *c,
    const struct transfer *t, const char *ref, bool more,
    const uint8_t sha256[HASH_LEN], const uint8_t payload[HASH_LEN],
    const uint8_t key[KEY_ID], const uint8_t record[RECORD_ID])
{
	const struct report *r = c->report;
	json_t *o = event_new(d, "message");
	enum err e;

	event_hex(o, "sha256", sha256, HASH_LEN);
	json_object_set_new(o, "case", json_string(ref));
	json_object_set_new(o, "kind", json_integer(more ? REPORT_FOLLOW_UP :
	    r->kind));
	event_hex(o, "message_id", r->message_id, MESSAGE_ID_LEN);
	event_hex(o, "payload", payload, HASH_LEN);
	event_thread(o, r);
	json_object_set_new(o, "language", json_string(r->language));
	event_day(o, "received", more ? d->today : t->received);
	event_hex(o, "record", record, RECORD_ID);
	event_hex(o, "key", key, KEY_ID);
	json_object_set_new(o, "attachments", json_integer(r->attachments));
	json_object_set_new(o, "route", json_string(t->route));
	json_object_set_new(o, "oral", json_boolean(t->oral));
	e = desk_event(d, o);
	if (e == OK) {
		e = from_event(d, t, ref, NULL);
	}
	if (e == OK && !more && t->type[0] != 0) {
		o = event_new(d, "classify");
		json_object_set_new(o, "case", json_string(ref));
		json_object_set_new(o, "kind", json_string("melding"));
		json_object_set_new(o, "type", json_string(t->type));
		json_object_set_new(o, "origin", json_string(t->origin));
		json_object_set_new(o, "wbk", json_string(t->wbk));
		e = desk_event(d, o);
	}
	return e;
}

static size_t
moved_before(const struct state *s, const struct transfer *t)
{
	for (size_t i = 0; i < s->kases; i++) {
		if (s->kase[i].from_desk == t->from &&
		    strcmp(s->kase[i].from_ref, t->ref) == 0) {
			return i;
		}
	}
	return NOT_FOUND;
}

/* Does case ${k} hold every file of the parcel but its note? What cannot be
 * read is not held: it comes once more rather than not at all */
static bool
parcel_held(const struct desk *d, size_t k, const struct content *c)
{
	bool held[REPORT_ATTACHMENTS_MAX] = {true}, all = true;

	for (size_t i = 0; i < d->state->messages; i++) {
		struct content *old = NULL;

		if (d->state->message[i].kase != k || desk_content(d,
		    &d->state->message[i], &old) != OK) {
			continue;
		}
		for (unsigned a = 1; a < c->files; a++) {
			for (unsigned b = 0; b < old->files; b++) {
				held[a] = held[a] || memcmp(
				    old->report->attachment[b].sha256,
				    c->report->attachment[a].sha256,
				    HASH_LEN) == 0;
			}
		}
		content_free(old);
	}
	for (unsigned a = 0; a < c->files; a++) {
		all = all && held[a];
	}
	return all;
}

static enum err
parcel_refused(enum err e, struct refusal *why)
{
	switch (e) {
	case ERR_CONFLICT:
		return refuse(why, e, "De bestanden van dit pakket zijn niet "
		    "die van de begeleidende brief.", "The files of this "
		    "parcel are not those of its note.");
	case ERR_STALE:
		return refuse(why, e, "Dit pakket is al ingelezen. De code is "
		    "niet meer te lezen: de weeksleutel is er niet meer. Vraag "
		    "het andere meldpunt het pakket opnieuw te schrijven.",
		    "This parcel was read before. Its code can be read no "
		    "more: its week key is gone. Ask the other desk to write "
		    "the parcel again.");
	case ERR_NO_MATCH:
		return refuse(why, e, "Dit pakket is niet voor u, of de "
		    "weeksleutel is er niet meer.",
		    "This parcel is not for you, or its week key is gone.");
	case ERR_SIGNATURE:
		return refuse(why, e, "Geen houder van een ander meldpunt "
		    "heeft dit pakket getekend.",
		    "No holder of another desk signed this parcel.");
	case ERR_FOREIGN:
		return refuse(why, e, "Dit pakket is van een andere "
		    "organisatie of voor een ander meldpunt.", "This parcel "
		    "is of another organisation or for another desk.");
	default:
		return refuse_word(why, e, "Het pakket is niet te lezen "
		    "(%s).", "The parcel cannot be read (%s).", err_text(e));
	}
}

/* A new case, or more of one that came before */
static enum err
parcel_add(struct desk *d, const struct content *c, const struct transfer *t,
    const char *ref, bool more, const uint8_t sha256[HASH_LEN],
    const uint8_t payload[HASH_LEN], struct refusal *why)
{
	struct buf plain = buf_new_secret(CONTENT_MAX);
	uint8_t key[KEY_ID], record[RECORD_ID];
	enum err e = content_write(c, &plain);

	if (e == OK) {
		e = casekey_take(d->book, key);
	}
	if (e != OK) {
		refuse_err(why, e);
	} else if ((e = act_begin(d, why)) == OK) {
		e = record_put(d->book, key, plain.p, plain.len, record);
		if (e == OK) {
			e = parcel_event(d, c, t, ref, more, sha256, payload,
			    key, record);
		}
		e = act_end(d, e, why);
	}
	buf_free(&plain);
	return e;
}

/* All of it is here. What its note says of the case may be new all the same,
 * unless it is the very same parcel */
static enum err
parcel_again(struct desk *d, const struct transfer *t, const char *ref,
    const uint8_t sha256[HASH_LEN], struct refusal *why)
{
	enum err e = t->read ? OK : act_begin(d, why);

	return t->read || e != OK ? e : act_end(d, from_event(d, t, ref,
	    sha256), why);
}

enum err
act_parcel_take(struct desk *d, const char *path, struct parcel_taken *out,
    struct refusal *why)
{
	uint8_t sha256[HASH_LEN], payload[HASH_LEN];
	struct content *c = NULL;
	struct transfer t;
	size_t known;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum err e;

	memset(why, 0, sizeof *why);
	if (fd < 0) {
		return refuse(why, ERR_IO, "Het pakket is niet te openen.",
		    "The parcel cannot be opened.");
	}
	e = d->keyset == NULL ? ERR_FOREIGN : parcel_open(d, fd, &c, &t,
	    sha256, payload);
	close(fd);
	if (e != OK) {
		return parcel_refused(e, why);
	}
	known = moved_before(d->state, &t);
	out->before = known != NOT_FOUND && ((t.read && d->state->kase[
	    known].destroyed) || parcel_held(d, known, c));
	if (known != NOT_FOUND) {
		strcpy(out->ref, d->state->kase[known].ref);
	} else {
		ref_new(d->state, t.received, out->ref);
	}
	memcpy(out->code, t.code, sizeof t.code);
	if (t.read && known == NOT_FOUND) {
		e = refuse(why, ERR_CONFLICT, "Dit pakket kwam al binnen als "
		    "melding.", "This parcel came in as a report before.");
	} else {
		e = out->before ? parcel_again(d, &t, out->ref,
		    sha256, why) :
		    parcel_add(d, c, &t, out->ref, known != NOT_FOUND, sha256,
		    payload, why);
	}
	for (unsigned i = 0; (e != OK || out->before) && i < c->files; i++) {
		attachment_drop(d->attachments, &c->file[i]);
	}
	content_free(c);
	return e;
}
