/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Take-over of a desk by another of its holders, from the last backup. The
 * casebook is built and its journal walked beside the home's own before
 * anything is replaced; what lay there keeps a name of its own until the new
 * key is in the keyring. The tenure
 * rises, so the gateway takes only this machine's bundles from then on and
 * the old machine turns read-only when it sees one.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "acts_private.h"
#include "archive_age.h"
#include "files.h"
#include "heir.h"
#include "heir_keys.h"
#include "meldluik/secret.h"
#include "papers.h"

/* A tenure above all that ${s} knows of */
static json_t *
tenure_event(const struct desk *d, const struct state *s, uint64_t *tenure)
{
	json_t *o = event_new(d, "takeover");

	*tenure = (s->tenure > s->applied_tenure ? s->tenure :
	    s->applied_tenure) + 1;
	json_object_set_new(o, "tenure", json_integer((json_int_t)*tenure));
	json_object_set_new(o, "person", json_string(d->ring->person));
	return o;
}

static enum err
stage_event(struct casebook *book, struct state *s, json_t *o)
{
	enum err e = journal_append(book, o);

	if (e == OK) {
		e = state_apply(s, o);
	}
	json_decref(o);
	return e;
}

/* Who goes on from here, and since when they have the keys */
static enum err
tenure_raise(struct desk *d, struct casebook *book, const struct heir_keys *h,
    uint64_t *tenure)
{
	json_t *o;
	enum err e = casebook_begin(book);

	if (e == OK) {
		e = stage_event(book, h->state, tenure_event(d, h->state,
		    tenure));
	}
	if (e == OK) {
		o = event_new(d, "keys_lost");
		heir_keys_tell(h, o);
		e = stage_event(book, h->state, o);
	}
	if (e == OK) {
		e = casebook_commit(book);
	} else {
		casebook_abort(book);
	}
	return e;
}

static bool
message_there(const struct state *s, const struct message *m)
{
	for (size_t i = 0; i < s->messages; i++) {
		const struct message *n = &s->message[i];
		if (m->entered ? memcmp(m->record, n->record, RECORD_ID) == 0 :
		    memcmp(m->message_id, n->message_id, MESSAGE_ID_LEN) == 0 &&
		    memcmp(m->payload, n->payload, HASH_LEN) == 0) {
			return true;
		}
	}
	return false;
}

/* The casebook that is here gives way, with its key: what ${theirs} lacks of
 * it is read by nobody any more. One that does not open loses nothing, as
 * after a take-over that was cut */
static enum err
own_check(struct desk *d, const struct state *theirs, struct refusal *why)
{
	struct state *own = state_new();
	struct casebook *book = NULL;
	char refs[10 * REF_TEXT + 8] = "";
	size_t last = NOT_FOUND;
	unsigned n = 0;
	enum err e = own == NULL ? ERR_MEMORY : OK;

	if (e == OK && (casebook_open(d->dir, d->home, d->ring->casebook,
	    &book) != OK || journal_walk(book, state_fold, own) != OK)) {
		own->messages = 0;
	}
	for (size_t i = 0; e == OK && i < own->messages; i++) {
		const struct message *m = &own->message[i];
		size_t at = strlen(refs), k = m->kase;
		if ((k != NOT_FOUND && own->kase[k].destroyed) || m->gone ||
		    message_there(theirs, m)) {
			continue;
		}
		if (n++ == 0 || k != last) {
			snprintf(refs + at, sizeof refs - at, "%s%s", at == 0 ?
			    "" : " ", k == NOT_FOUND ? "?" :
			    own->kase[k].ref);
		}
		last = k;
	}
	casebook_close(book);
	state_free(own);
	return e != OK || n == 0 ? e : refuse_word(why, ERR_CONFLICT,
	    "In uw eigen casusboek staat wat de reservekopie mist (%s); het is "
	    "na de overname niet meer te lezen. Wat de server nog bewaart, "
	    "komt bij de volgende import terug. Lees het nu (`list`, `show`, "
	    "`extract`), leg vast wat anders weg is, en geef de opdracht dan "
	    "met --leave-own.", "Your own casebook holds what the backup lacks "
	    "(%s); after the take-over nobody can read it. What the gateway "
	    "still keeps comes again with the next import. Read it now "
	    "(`list`, `show`, `extract`), keep what would be gone, and give "
	    "the command again with --leave-own.", refs);
}

/* The staged casebook opens, is of this desk, and says who goes on */
static enum err
stage_check(struct desk *d, int stage, const uint8_t key[32],
    const struct takeover_wish *w, uint64_t *tenure, struct refusal *why)
{
	struct casebook *book = NULL;
	struct state *s = state_new();
	struct heir_keys keys;
	char path[4096];
	enum err e = s == NULL || snprintf(path, sizeof path,
	    "%s/" ROOM_TAKEOVER, d->home) >= (int)sizeof path ? ERR_MEMORY :
	    casebook_open(stage, path, key, &book);

	heir_keys_begin(&keys, s, d->ring);
	if (e == OK) {
		e = journal_walk(book, heir_keys_fold, &keys);
	}
	if (e == OK && s->desk != d->ring->desk) {
		e = ERR_FOREIGN;
	}
	if (e == OK && !w->leave_own) {
		e = own_check(d, s, why);
	}
	if (e == OK) {
		e = tenure_raise(d, book, &keys, tenure);
	}
	heir_keys_end(&keys);
	casebook_close(book);
	state_free(s);
	return e;
}

static enum err
set_aside(struct desk *d, const char *name)
{
	char as[ASIDE_NAME];
	enum err e = file_aside(d->dir, name, d->dir, ".before-", as);

	return e == ERR_UNKNOWN ? OK : e;
}

/* Each takes the place of what lies here under its name: that may be half a
 * file of a take-over by an older version, which was cut */
static enum err
attachments_in(struct desk *d, int stage)
{
	int fd = -1;
	enum err e = folder_open(stage, "attachments", false, &fd);
	DIR *list = e != OK ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (list == NULL) {
		if (fd >= 0) {
			close(fd);
		}
		return e == OK ? ERR_IO : e;
	}
	while (e == OK && (e = folder_next(list, &entry)) == OK &&
	    entry != NULL) {
		if (entry->d_name[0] != '.' && renameat(fd, entry->d_name,
		    d->attachments, entry->d_name) != 0) {
			e = ERR_IO;
		}
	}
	closedir(list);
	return e == OK ? folder_sync(d->attachments) : e;
}

static enum err
stage_in(struct desk *d, int stage, const uint8_t key[32])
{
	enum err e = attachments_in(d, stage);

	if (e == OK) {
		e = set_aside(d, "casebook");
	}
	if (e == OK) {
		e = set_aside(d, "casekeys");
	}
	if (e == OK && (renameat(stage, "casebook", d->dir, "casebook") !=
	    0 || renameat(stage, "casekeys", d->dir, "casekeys") != 0)) {
		e = ERR_IO;
	}
	if (e == OK) {
		e = folder_sync(d->dir);
	}
	if (e == OK) {
		memcpy(d->ring->casebook, key, 32);
		e = keyringfile_save(d);
	}
	if (e == OK) {
		casebook_asides_erase(d->dir);
	}
	return e;
}

/* What the note beside ${path} says that is inside */
static enum err
signed_inside(const struct desk *d, const char *path, uint8_t hash[HASH_LEN])
{
	struct buf note = buf_new(HEIR_MAX);
	char name[4096];
	enum err e = snprintf(name, sizeof name, "%s" HEIR_BACKUP_NOTE,
	    path) >= (int)sizeof name ? ERR_LIMIT :
	    file_read_path(name, &note);

	if (e == OK) {
		e = heir_backup_check(d, note.p, note.len, hash);
	}
	buf_free(&note);
	return e == OK ? OK : ERR_SIGNATURE;
}

static enum err
takeover_refused(enum err e, struct refusal *why)
{
	switch (e) {
	case ERR_SIGNATURE:
		return refuse(why, e, "Geen houder van dit meldpunt tekende "
		    "deze reservekopie, of het bestand .note ernaast "
		    "ontbreekt: een ander kan haar hebben gemaakt.",
		    "No holder of this desk signed this backup, or the file "
		    ".note beside it is missing: somebody else may have made "
		    "it.");
	case ERR_NO_MATCH:
		return refuse(why, e, "Deze reservekopie is niet voor u "
		    "gemaakt.", "This backup was not made for you.");
	case ERR_FOREIGN:
		return refuse(why, e, "Deze reservekopie is van een ander "
		    "meldpunt.", "This backup is of another desk.");
	case ERR_CHAIN:
		return refuse(why, e, "Het journaal in de reservekopie is "
		    "veranderd.", "The journal in this backup was changed.");
	case ERR_CRYPT:
	case ERR_FORMAT:
		return refuse(why, e, "De reservekopie is beschadigd.",
		    "The backup is damaged.");
	default:
		return refuse_err(why, e);
	}
}

enum err
act_takeover(struct desk *d, const char *path, const struct takeover_wish *w,
    uint64_t *tenure, struct papers_aside *aside, struct refusal *why)
{
	uint8_t key[32], hash[HASH_LEN];
	int stage = -1, fd = open(path, O_RDONLY | O_CLOEXEC);
	enum err e;

	memset(why, 0, sizeof *why);
	memset(aside, 0, sizeof *aside);
	if (fd < 0) {
		return refuse(why, ERR_IO, "De reservekopie is niet te "
		    "openen.", "The backup cannot be opened.");
	}
	folder_remove(d->dir, ROOM_TAKEOVER);
	e = w->unsigned_too ? OK : signed_inside(d, path, hash);
	if (e == OK) {
		e = folder_open(d->dir, ROOM_TAKEOVER, true, &stage);
	}
	if (e == OK) {
		e = heirs_read(d, fd, stage, w->unsigned_too ? NULL : hash, key);
	}
	close(fd);
	if (e == OK) {
		e = stage_check(d, stage, key, w, tenure, why);
	}
	if (e == OK) {
		e = papers_adopt(d, stage, aside);
	}
	if (e == OK) {
		casebook_close(d->book);
		d->book = NULL;
		e = stage_in(d, stage, key);
	}
	secret_wipe(key, sizeof key);
	if (stage >= 0) {
		close(stage);
	}
	folder_remove(d->dir, ROOM_TAKEOVER);
	return e == OK || why->nl[0] != 0 ? e : takeover_refused(e, why);
}

/* Whom the keyset names no longer may well have been taken over */
static enum err
deny_may(const struct desk *d, struct refusal *why)
{
	if (!state_superseded(d->state)) {
		return refuse(why, ERR_CONFLICT, "Niemand zegt dat een andere "
		    "computer dit meldpunt heeft overgenomen.", "Nobody says "
		    "that another machine has taken over this desk.");
	}
	if (d->ring->role != PERSON_HOLDER || d->keyset == NULL ||
	    keyset_person(d->keyset, d->ring->person) == NULL) {
		return refuse(why, ERR_POLICY, "De sleutelset noemt u niet als "
		    "houder van dit meldpunt.",
		    "The keyset does not name you as a holder of this desk.");
	}
	return OK;
}

enum err
act_takeover_deny(struct desk *d, uint64_t *tenure, struct refusal *why)
{
	json_t *o;
	enum err e;

	memset(why, 0, sizeof *why);
	e = deny_may(d, why);
	if (e != OK) {
		return e;
	}
	e = casebook_begin(d->book);
	if (e == OK) {
		o = tenure_event(d, d->state, tenure);
		json_object_set_new(o, "denied", json_integer(
		    (json_int_t)d->state->applied_tenure));
		e = desk_event(d, o);
	}
	return act_end(d, e, why);
}
