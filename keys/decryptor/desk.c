/* SPDX-License-Identifier: EUPL-1.2 */
/* Opening and closing of a home; events into its journal. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "content.h"
#include "desk.h"
#include "files.h"
#include "meldluik/secret.h"
#include "org.h"
#include "terminal.h"
#include "weeks.h"

static enum err
folders(struct desk *d, bool make)
{
	enum err e = folder_open(d->dir, "public", make, &d->public);

	if (e == OK) {
		e = folder_open(d->dir, "attachments", make,
		    &d->attachments);
	}
	return e;
}

static enum err
take_lock(struct desk *d)
{
	d->lock = openat(d->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	if (d->lock < 0) {
		return ERR_IO;
	}
	if (flock(d->lock, LOCK_EX | LOCK_NB) != 0) {
		say_error("another meldluik-decryptor works in %s now",
		    d->home);
		return ERR_BUSY;
	}
	return OK;
}

/* Under the lock: nobody works with it now. Some of it is plain text of a
 * report. Links are removed, not followed. */
static void
cut_acts_clear(const struct desk *d)
{
	static const char *const room[] = {ROOM_FORWARD, ROOM_TAKEOVER,
		ROOM_BACKUP, ROOM_PARCEL};

	for (size_t i = 0; i < sizeof room / sizeof *room; i++) {
		if (unlinkat(d->dir, room[i], 0) != 0) {
			folder_remove(d->dir, room[i]);
		}
	}
}

enum err
desk_make(struct desk *d)
{
	struct stat st;
	enum err e;

	if (mkdir(d->home, 0700) != 0 && (stat(d->home, &st) != 0 ||
	    !S_ISDIR(st.st_mode))) {
		say_error("cannot make the folder %s", d->home);
		return ERR_IO;
	}
	d->dir = open(d->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->dir < 0) {
		say_error("cannot open the folder %s", d->home);
		return ERR_IO;
	}
	if (faccessat(d->dir, KEYRING_WAITS, F_OK, 0) == 0) {
		say_error("a restore to %s was cut off; remove that folder "
		    "and restore again", d->home);
		return ERR_CONFLICT;
	}
	if (faccessat(d->dir, "keyring.age", F_OK, 0) == 0 ||
	    faccessat(d->dir, "casebook", F_OK, 0) == 0) {
		say_error("%s already holds a desk; nothing was changed",
		    d->home);
		return ERR_CONFLICT;
	}
	e = folders(d, true);
	return e == OK ? take_lock(d) : e;
}

static enum err
open_folder(struct desk *d)
{
	enum err e;

	d->dir = open(d->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->dir < 0 || faccessat(d->dir, "keyring.age", F_OK, 0) != 0) {
		say_error("%s holds no desk; start with `init`", d->home);
		return ERR_UNKNOWN;
	}
	e = folders(d, false);
	if (e != OK) {
		say_error("a folder is missing in %s; `restore` a backup",
		    d->home);
		return e;
	}
	return take_lock(d);
}

enum err
desk_refold(struct desk *d)
{
	struct state *s = state_new();
	enum err e = s == NULL ? ERR_MEMORY :
	    journal_walk(d->book, state_fold, s);

	if (e != OK) {
		state_free(s);
		return e;
	}
	state_free(d->state);
	d->state = s;
	return OK;
}

/* A crash between the word of a destruction and the deed leaves keys; they
 * go now, before anything reads with them */
static enum err
keys_mark(struct desk *d)
{
	const struct state *s = d->state;
	bool dead = false;

	for (size_t i = 0; i < s->messages; i++) {
		const struct message *m = &s->message[i];
		if (state_key_gone(s, m)) {
			dead = casekey_drop(d->book, m->key) || dead;
		} else {
			casekey_mark(d->book, m->key);
		}
	}
	return dead ? casekeys_keep(d->book) : OK;
}

static enum err
open_casebook(struct desk *d)
{
	enum err e = casebook_open(d->dir, d->home, d->ring->casebook,
	    &d->book);

	if (e == OK) {
		e = desk_refold(d);
	}
	if (e == ERR_VERSION) {
		say_later("the casebook");
		return e;
	}
	if (e != OK) {
		say_error("the casebook cannot be read: %s. Do not go on with "
		    "it; keep a copy and `restore` the last backup",
		    e == ERR_CHAIN ? "its journal was changed" :
		    err_text(e));
		return e;
	}
	casebook_asides_erase(d->dir);
	e = first_event_pay(d);
	if (e == OK) {
		e = keys_mark(d);
	}
	return e == OK ? weeks_finish(d) : e;
}

enum err
desk_open(struct desk *d, enum desk_depth depth)
{
	enum err e = open_folder(d);

	if (e == OK) {
		cut_acts_clear(d);
	}
	if (e == OK && depth >= DESK_KEYRING) {
		e = keyringfile_load(d);
	}
	if (e == OK && depth >= DESK_KEYRING) {
		e = org_load(d);
		if (e == ERR_UNKNOWN) {
			e = OK; /* a holder who waits for the keyset */
		} else if (e == ERR_VERSION) {
			say_later("the keyset of this desk");
		} else if (e != OK) {
			say_error("the keyset in %s/public is not good: %s",
			    d->home, err_text(e));
		}
	}
	if (e == OK && depth >= DESK_CASEBOOK) {
		e = open_casebook(d);
	}
	return e;
}

void
desk_wipe(struct desk *d)
{
	secret_free(d->pass);
	d->pass = NULL;
	keyring_free(d->ring);
	d->ring = NULL;
	secret_free(d->identity);
	d->identity = NULL;
	secret_free(d->dice);
	d->dice = NULL;
}

void
desk_forget(void *desk)
{
	struct desk *d = desk;

	desk_wipe(d);
	casebook_forget(d->book);
	state_free(d->state);
	d->state = NULL;
}

void
desk_close(struct desk *d)
{
	casebook_close(d->book);
	state_free(d->state);
	keyset_free(d->keyset);
	profile_free(d->profile);
	holidays_free(d->holidays);
	desk_wipe(d);
	d->book = NULL;
	d->state = NULL;
	d->keyset = NULL;
	d->profile = NULL;
	d->holidays = NULL;
	int *fds[] = {&d->attachments, &d->public, &d->dir, &d->lock};
	for (unsigned i = 0; i < 4; i++) {
		if (*fds[i] >= 0) {
			close(*fds[i]);
			*fds[i] = -1;
		}
	}
}

json_t *
event_new(const struct desk *d, const char *name)
{
	json_t *o = json_object();

	json_object_set_new(o, "e", json_string(name));
	event_day(o, "day", d->today);
	return o;
}

void
event_hex(json_t *o, const char *key, const uint8_t *p, size_t len)
{
	char hex[2 * 64 + 1];

	hex_encode(p, len < 64 ? len : 64, hex);
	json_object_set_new(o, key, json_string(hex));
}

void
event_day(json_t *o, const char *key, day_t day)
{
	char text[DAY_TEXT];

	day_text(day, text);
	json_object_set_new(o, key, json_string(text));
}

void
thread_tag(const struct report *r, uint8_t out[TAG_ID])
{
	static const char label[] = "meldluik/v1/thread-tag";
	uint8_t in[sizeof label - 1 + sizeof r->tag_key], h[HASH_LEN];

	memcpy(in, label, sizeof label - 1);
	memcpy(in + sizeof label - 1, r->tag_key, sizeof r->tag_key);
	hash_bytes(in, sizeof in, h);
	memcpy(out, h, TAG_ID);
	secret_wipe(in, sizeof in);
}

void
event_thread(json_t *o, const struct report *r)
{
	char signer[SIGN_KEY_TEXT] = "";
	uint8_t tag[TAG_ID];

	if (r->thread == THREAD_FIRST || r->thread == THREAD_LATER) {
		sign_pk_text(&r->signer, signer);
	}
	json_object_set_new(o, "signer", json_string(signer));
	if (r->thread == THREAD_FIRST) {
		thread_tag(r, tag);
		event_hex(o, "tag", tag, TAG_ID);
	}
}

enum err
desk_event(struct desk *d, json_t *event)
{
	enum err e = event == NULL ? ERR_MEMORY :
	    journal_append(d->book, event);

	if (e == OK) {
		e = state_apply(d->state, event);
	}
	json_decref(event);
	return e;
}

enum err
desk_end(struct desk *d, enum err e)
{
	enum err fold;

	if (e == OK) {
		e = casebook_commit(d->book);
	} else {
		casebook_abort(d->book);
	}
	if (e == OK) {
		return OK;
	}
	fold = desk_refold(d);
	return fold != OK ? fold : e;
}

enum err
desk_record(struct desk *d, json_t *event)
{
	enum err e = casebook_begin(d->book);

	if (e != OK) {
		json_decref(event);
		return e;
	}
	e = desk_end(d, desk_event(d, event));
	if (e != OK) {
		say_error("the casebook could not be written: %s; nothing "
		    "was changed", err_text(e));
	}
	return e;
}

void
say_superseded(void)
{
	say_error("another machine has taken over this desk; this one is "
	    "read-only now. Ask the other holders: if none of them did, the "
	    "gateway lies, and `takeover --deny` goes on here");
}

enum err
desk_keyset_need(const struct desk *d)
{
	if (d->keyset == NULL) {
		say_error("this desk has no keyset yet; take it in with "
		    "`keyset --accept DIR`");
		return ERR_UNKNOWN;
	}
	return OK;
}

const struct sign_pk *
desk_gateway(const struct desk *d)
{
	if (desk_keyset_need(d) != OK) {
		return NULL;
	}
	if (!d->keyset->has_gateway) {
		say_error("no gateway is known yet; add its card with "
		    "`keyset --card gateway.json`");
		return NULL;
	}
	return &d->keyset->gateway;
}

size_t
desk_case(const struct desk *d, const char *ref)
{
	size_t i = state_case(d->state, ref);

	if (i == NOT_FOUND) {
		say_error("there is no case with that reference; see `list`");
	}
	return i;
}

enum err
desk_imported(const struct desk *d)
{
	if (!d->state->importing) {
		return OK;
	}
	say_error("an import was cut off: import the same bundle again. Until "
	    "then no text is shown, as a withdrawal may be waiting in it");
	return ERR_BUSY;
}

bool
desk_text_shown(const struct desk *d, const struct message *m)
{
	const struct kase *k = &d->state->kase[m->kase];

	return (!k->withdrawn || m->kind == REPORT_WITHDRAWAL ||
	    m->received > k->withdrawn_on) &&
	    (!k->locked || (m->late && k->moved_to == 0));
}

bool
desk_ours_shown(const struct desk *d, size_t k)
{
	return !d->state->kase[k].locked;
}

enum err
desk_content(const struct desk *d, const struct message *m,
    struct content **out)
{
	struct buf b = buf_new_secret(CONTENT_MAX);
	enum err e = record_get(d->book, m->record, &b);

	if (e == OK) {
		e = content_parse(b.p, b.len, out);
	}
	buf_free(&b);
	return e;
}

static enum err
profile_own(struct desk *d)
{
	struct profile *nl = NULL, *eu = NULL;
	enum err e = profile_builtin("nl", &nl);

	if (e == OK) {
		e = profile_builtin("eu", &eu);
	}
	if (e == OK && (d->keyset != NULL ?
	    keyset_profile(d->keyset, nl, eu) == eu :
	    d->founded_as != NULL && strcmp(d->founded_as, "eu") == 0)) {
		d->profile = eu;
		eu = NULL; /* transferred */
	} else if (e == OK) {
		d->profile = nl;
		nl = NULL; /* transferred */
	}
	profile_free(nl);
	profile_free(eu);
	return e;
}

enum err
desk_policy(struct desk *d)
{
	enum err e = OK;

	if (d->profile == NULL) {
		e = profile_own(d);
	}
	if (e == OK && d->holidays == NULL) {
		e = holidays_builtin(&d->holidays);
	}
	return e;
}

bool
desk_terms_run(const struct kase *k)
{
	return k->kind == REPORT_REPORT;
}

/* The acknowledgement names a day for the feedback, which counts from when it
 * was written; it is posted later. The desk keeps to what it says (C4). */
static day_t
acknowledged(const struct kase *k)
{
	day_t day = kase_ack_written(k);

	if (day == DAY_NONE || (k->ack_posted != DAY_NONE &&
	    k->ack_posted < day)) {
		return k->ack_posted;
	}
	return day < k->received ? k->received : day;
}

enum err
desk_clocks(struct desk *d, const struct kase *k, struct clocks *out)
{
	struct clock_input in = {.received = k->received,
		.ack = acknowledged(k), .feedback = k->feedback_posted};
	struct clock_terms terms;
	enum err e = desk_policy(d);

	if (e == OK) {
		terms = clocks_terms(d->profile);
		in.external = profile_external(d->profile);
		in.extended = in.external && k->extended;
		in.waived = in.external && k->ack_waiver[0] != 0 &&
		    k->ack_posted == DAY_NONE;
		in.ack = in.waived ? DAY_NONE : in.ack;
		e = clocks_compute(&terms, d->holidays, &in, out);
	}
	return e;
}
