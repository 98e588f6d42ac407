/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Whom the report is sealed to: keyset and epoch, from a folder or from the
 * gateway, against the fingerprint on paper and what was seen before.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "reporter.h"
#include "shown.h"

#define WEEKS_BACK 26
#define OLD_DAYS 14 /* from the Monday of a week that ended over 7 days ago */

void
trust_close(struct reporter *r)
{
	epoch_free(r->epoch);
	keyset_free(r->k);
	r->epoch = NULL;
	r->k = NULL;
}

static enum err
keyset_folder(struct reporter *r, struct keyset_files *f)
{
	enum err e;
	int dir;

	f->doc = buf_new(KEYSET_MAX);
	f->sig = buf_new(SIGN_TEXT_MAX);
	if ((e = folder_open(AT_FDCWD, r->o->keyset, false, &dir)) != OK) {
		return e;
	}
	if ((e = file_read(dir, "keyset.json", &f->doc)) == OK &&
	    (e = file_read(dir, "keyset.json.minisig", &f->sig)) == OK) {
		e = keyset_accept(f, r->o->fingerprint, &r->k);
	}
	close(dir);
	return e;
}

static const char *
keyset_trouble(const struct reporter *r, enum err e)
{
	switch (e) {
	case ERR_FOREIGN:
		return "its fingerprint is not the one you gave. Do not send "
		    "anything here";
	case ERR_SIGNATURE:
		return "its signature is wrong. Do not send anything here";
	case ERR_UNKNOWN:
		return "there is none: this channel is not open";
	case ERR_IO:
		return r->t != NULL ? transfer_trouble(r->t) : err_text(e);
	default:
		return err_text(e);
	}
}

enum err
trust_open(struct reporter *r)
{
	struct keyset_files f;
	char fingerprint[FINGERPRINT_TEXT];
	enum err e;

	memset(&f, 0, sizeof(f));
	if (r->o->keyset != NULL) {
		e = keyset_folder(r, &f);
	} else if (r->t != NULL) {
		e = keyset_fetch(r->t, r->o->fingerprint, &f, &r->k);
	} else {
		say("give --gateway URL or --keyset DIR");
		return ERR_USAGE;
	}
	if (e != OK) {
		say("keyset: %s", keyset_trouble(r, e));
		goto out;
	}
	if (keyset_withdrawn(r->k)) {
		(void)state_keyset(r->o, &f, r->k); /* remembered for ever */
		say("this organisation withdrew its key: it may be in wrong "
		    "hands. Do not send anything here; use another channel "
		    "until a poster shows a new fingerprint");
		e = ERR_STALE;
		goto out;
	}
	if (r->reads && keyset_expired(r->k, r->o->today)) {
		say("the keyset has expired: answers can be read, and nothing "
		    "can be sent");
	} else if (keyset_expired(r->k, r->o->today)) {
		say("the keyset has expired; its keys must not be used any "
		    "more. Use another channel or ask for the new keyset");
		e = ERR_STALE;
		goto out;
	}
	if ((e = state_keyset(r->o, &f, r->k)) != OK) {
		goto out;
	}
	if (r->o->fingerprint == NULL) {
		sign_fingerprint(&r->k->identity, fingerprint);
		say("fingerprint %s", fingerprint);
		say("compare it with a poster or another paper of your "
		    "organisation; --fingerprint makes this program do it");
	}
out:
	keyset_files_clear(&f);
	return e;
}

enum err
trust_again(struct reporter *r)
{
	struct keyset *old = r->k;
	enum err e;

	if (r->o->keyset != NULL) {
		return OK; /* a folder says what it said */
	}
	r->k = NULL;
	e = trust_open(r);
	if (e == OK && !sign_pk_equal(&old->identity, &r->k->identity)) {
		say("keyset: it is of another organisation than a moment ago. "
		    "Do not send anything here");
		e = ERR_FOREIGN;
	}
	keyset_free(old);
	return e;
}

static enum err
epoch_read(struct reporter *r, day_t monday, struct buf *b)
{
	char week[WEEK_TEXT], path[64];
	enum err e;
	int dir;

	week_text(monday, week);
	if (r->o->keyset == NULL) {
		(void)snprintf(path, sizeof(path), "/v1/epochs/%s.json", week);
		return transfer_get(r->t, path, KEYSET_MAX, b);
	}
	if ((e = folder_open(AT_FDCWD, r->o->keyset, false, &dir)) != OK) {
		return e;
	}
	(void)snprintf(path, sizeof(path), "epochs/%s.json", week);
	e = file_read(dir, path, b);
	if (e == ERR_UNKNOWN) {
		e = file_read(dir, path + strlen("epochs/"), b);
	}
	close(dir);
	return e;
}

static bool
week_closed(const struct reporter *r, day_t monday)
{
	bool closed = false;

	for (unsigned i = 0; i < r->closeds; i++) {
		closed |= r->closed[i] == monday;
	}
	return closed;
}

/* ${epoch} (NULL: none could be read) is not what was wanted for ${monday} */
static void
epoch_trouble(const struct reporter *r, const struct epoch *epoch,
    day_t monday, enum err e)
{
	char want[WEEK_TEXT], got[WEEK_TEXT];

	if (epoch != NULL && epoch->week != monday) {
		week_text(monday, want);
		week_text(epoch->week, got);
		say("weekly keys: in the place of week %s stand those of week "
		    "%s, which %s. Do not send anything here", want, got,
		    epoch->week > monday ? "is still to come" : "is over");
		return;
	}
	say("weekly keys: %s", e == ERR_UNKNOWN ?
	    "there are none; this channel is not open" :
	    e == ERR_STALE && r->closeds > 0 ?
	    "the gateway takes none of the weeks there are; is the date of "
	    "this computer right?" :
	    e == ERR_FOREIGN ? "they are not of this keyset" :
	    e == ERR_SIGNATURE ? "a signature of a holder is wrong. Do not "
	    "send anything here" : err_text(e));
}

/* Weeks are published 13 ahead: old ones are never normal. A gateway that
 * holds the newer ones back would get a message that nobody can open. */
static enum err
epoch_fresh(const struct reporter *r, const struct epoch *epoch)
{
	char week[WEEK_TEXT];

	if (epoch->week + OLD_DAYS > r->o->today) {
		return OK;
	}
	week_text(epoch->week, week);
	say("weekly keys: THE NEWEST ARE OLD, of week %s. That is never normal "
	    "(or is the date of this computer wrong?): perhaps somebody holds "
	    "the newer ones back, and perhaps nobody can read what you send",
	    week);
	if (r->o->old_keys) {
		return OK;
	}
	say("nothing was sent. Use another channel; --old-keys goes on all "
	    "the same");
	return ERR_POLICY;
}

enum err
trust_epoch(struct reporter *r)
{
	day_t monday = week_of(r->o->today);
	struct buf b = buf_new(KEYSET_MAX);
	struct epoch *epoch = NULL;
	enum err e = ERR_UNKNOWN;

	monday += r->closeds > 0 ? 7 : 0;
	for (int i = 0; i < WEEKS_BACK && e == ERR_UNKNOWN; i++) {
		buf_clear(&b);
		if (!week_closed(r, monday)) {
			e = epoch_read(r, monday, &b);
		}
		monday -= e == ERR_UNKNOWN ? 7 : 0;
	}
	if (e == OK && (e = epoch_parse(b.p, b.len, r->k, &epoch)) == OK &&
	    epoch->week != monday) {
		e = ERR_STALE;
	}
	if (e == ERR_UNKNOWN && r->closeds > 0) {
		e = ERR_STALE;
	}
	buf_free(&b);
	if (e != OK) {
		epoch_trouble(r, epoch, monday, e);
	} else {
		e = epoch_fresh(r, epoch);
	}
	if (e != OK) {
		epoch_free(epoch);
		return e;
	}
	epoch_free(r->epoch);
	r->epoch = epoch;
	return OK;
}
