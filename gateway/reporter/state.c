/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * --state DIR: the highest keyset and board and the newest page seen, so that
 * an old one shown again is refused, and uploads that were cut. It tells that
 * this channel was used here: hence only when asked for.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "reporter.h"
#include "shown.h"

static enum err
state_open(const struct reporter_options *o, int *dir)
{
	enum err e = folder_open(AT_FDCWD, o->state, true, dir);

	if (e != OK) {
		say("--state %s: %s", o->state, err_text(e));
	}
	return e;
}

#define LOG_MAX 262144u

/*
 * Two keysets of one serial, both signed by the identity: whoever holds that
 * key showed different people different ones. The proof is four files that
 * anybody checks with minisign.
 */
static void
fraud_keep(const struct reporter_options *o, int dir,
    const struct keyset_files *seen, const struct keyset_files *shown,
    const struct keyset *k)
{
	char name[64], key[SIGN_KEY_TEXT], text[1024];
	int proof = -1, n;
	enum err e;

	(void)snprintf(name, sizeof(name), "fraud-%" PRIu64, k->serial);
	sign_pk_text(&k->identity, key);
	n = snprintf(text, sizeof(text), "Two keysets with serial %" PRIu64
	    ", both signed by one identity key: a fork.\nAn honest "
	    "organisation signs one. Check it yourself:\n\n"
	    "  minisign -V -P %s -m seen.json\n"
	    "  minisign -V -P %s -m shown.json\n"
	    "  sha256sum seen.json shown.json\n\nShow this folder to the "
	    "organisation, the press or a supervisor.\n", k->serial, key,
	    key);
	e = folder_open(dir, name, true, &proof);
	if (e == OK) {
		e = file_write(proof, "seen.json", seen->doc.p,
		    seen->doc.len, 0600);
	}
	if (e == OK) {
		e = file_write(proof, "seen.json.minisig", seen->sig.p,
		    seen->sig.len, 0600);
	}
	if (e == OK) {
		e = file_write(proof, "shown.json", shown->doc.p,
		    shown->doc.len, 0600);
	}
	if (e == OK) {
		e = file_write(proof, "shown.json.minisig", shown->sig.p,
		    shown->sig.len, 0600);
	}
	if (e == OK) {
		e = file_write(proof, "README", text, (size_t)n, 0600);
	}
	if (proof >= 0) {
		close(proof);
	}
	if (e == OK) {
		say("the proof is in %s/%s; its README says how anybody "
		    "checks it", o->state, name);
	} else {
		say("the proof could not be written: %s", err_text(e));
	}
}

/* What is remembered. Killed while the pair was renewed (keyset_keep), the
 * new signature stands beside the old document; the new one waits. */
static enum err
keyset_seen(int dir, struct keyset_files *seen, struct keyset **old)
{
	enum err e;

	seen->doc = buf_new(KEYSET_MAX);
	seen->sig = buf_new(SIGN_TEXT_MAX);
	if ((e = file_read(dir, "keyset.json", &seen->doc)) == OK) {
		e = file_read(dir, "keyset.json.minisig", &seen->sig);
	}
	if (e == OK) {
		e = keyset_accept(seen, NULL, old);
	}
	if (e == ERR_SIGNATURE) {
		buf_clear(&seen->doc);
		if (file_read(dir, "keyset.next", &seen->doc) == OK) {
			e = keyset_accept(seen, NULL, old);
		}
	}
	return e;
}

static enum err
keyset_keep(int dir, const struct keyset_files *f)
{
	enum err e = file_write(dir, "keyset.next", f->doc.p, f->doc.len,
	    0600);

	if (e == OK) {
		e = file_write(dir, "keyset.json.minisig", f->sig.p,
		    f->sig.len, 0600);
	}
	if (e == OK && renameat(dir, "keyset.next", dir, "keyset.json") !=
	    0) {
		e = ERR_IO;
	}
	return e == OK ? folder_sync(dir) : e;
}

/*
 * A line "DAY WORD HASH" at the end of log ${name}, unless the hash is in it:
 * a log to compare. Added before what it tells of is kept, so a killed run
 * may have done so. One that grew too long begins anew.
 */
static enum err
log_add(const struct reporter_options *o, int dir, const char *name,
    const char *word, const uint8_t hash[HASH_LEN])
{
	struct buf b = buf_new(LOG_MAX);
	char line[160], day[DAY_TEXT], hex[2 * HASH_LEN + 1];
	enum err e = file_read(dir, name, &b);

	if (e == ERR_LIMIT || e == ERR_UNKNOWN) {
		buf_clear(&b);
		e = OK;
	}
	day_text(o->today, day);
	hex_encode(hash, HASH_LEN, hex);
	if (e == OK && b.len > 0 && memmem(b.p, b.len, hex, strlen(hex)) !=
	    NULL) {
		buf_free(&b);
		return OK;
	}
	(void)snprintf(line, sizeof(line), "%s %s %s\n", day, word, hex);
	buf_text(&b, line);
	if (e == OK) {
		e = b.failed ? ERR_LIMIT : file_write(dir, name, b.p, b.len,
		    0600);
	}
	buf_free(&b);
	return e;
}

/* Of every keyset seen, in order */
static enum err
heads_add(const struct reporter_options *o, int dir, const struct keyset *k)
{
	char serial[24];

	(void)snprintf(serial, sizeof(serial), "%" PRIu64, k->serial);
	return log_add(o, dir, "heads", serial, k->hash);
}

/* Another identity than remembered: only with its fingerprint from paper */
static enum err
identity_judge(const struct reporter_options *o, const struct keyset *old,
    const struct keyset *k)
{
	char print[FINGERPRINT_TEXT];

	if (o->fingerprint != NULL) { /* compared before */
		return keyset_succeeds(old, k, o->today);
	}
	sign_fingerprint(&k->identity, print);
	say("the organisation shows a new key, %s. Compare the new fingerprint "
	    "%s with a poster or another paper; if it is the same, give it "
	    "with --fingerprint. Until then do not send anything here",
	    keyset_vouched(old, k) ? "vouched for by the old one" :
	    "NOT vouched for by the old one", print);
	return ERR_USAGE;
}

enum err
state_keyset(const struct reporter_options *o, const struct keyset_files *f,
    const struct keyset *k)
{
	struct keyset_files seen;
	struct keyset *old = NULL;
	enum err e;
	int dir;

	if (o->state == NULL) {
		return OK;
	}
	if ((e = state_open(o, &dir)) != OK) {
		return e;
	}
	e = keyset_seen(dir, &seen, &old);
	if (e == OK) {
		e = memcmp(old->org, k->org, ORG_LEN) == 0 &&
		    !sign_pk_equal(&old->identity, &k->identity) ?
		    identity_judge(o, old, k) :
		    keyset_follows(old, k, o->today);
		if (e == ERR_CHAIN && old->serial == k->serial) {
			fraud_keep(o, dir, &seen, f, k);
		}
	} else if (e == ERR_UNKNOWN) {
		e = OK;
	}
	if (e == OK && (old == NULL || k->serial > old->serial ||
	    !sign_pk_equal(&old->identity, &k->identity))) {
		if ((e = heads_add(o, dir, k)) == OK) {
			e = keyset_keep(dir, f);
		}
	}
	if (e != OK && e != ERR_USAGE) { /* that was said */
		say("keyset: %s", e == ERR_STALE ? old != NULL &&
		    keyset_withdrawn(old) ? "the organisation withdrew this "
		    "key before; do not send anything here" :
		    "it is older than the one seen before, and was refused" :
		    e == ERR_CHAIN ? old != NULL && old->serial != k->serial ?
		    "it does not continue the one seen before: a link of the "
		    "chain was changed" :
		    "there are two different keysets of the same number: "
		    "somebody shows you another one than others see" :
		    e == ERR_FOREIGN || e == ERR_SIGNATURE ? "it is not of "
		    "the organisation that --state remembers" : err_text(e));
	}
	keyset_free(old);
	keyset_files_clear(&seen);
	close(dir);
	return e;
}

enum err
state_lane(const struct reporter_options *o, const struct lane *l)
{
	struct buf b = buf_new(64);
	uint64_t tenure, serial;
	char name[32], text[64];
	enum err e;
	int dir, n, used = 0;

	if (o->state == NULL) {
		return OK;
	}
	if ((e = state_open(o, &dir)) != OK) {
		return e;
	}
	(void)snprintf(name, sizeof(name), "lane-%u", l->desk);
	e = file_read(dir, name, &b);
	if (e == ERR_UNKNOWN) {
		e = OK;
	} else if (e == OK) {
		if (buf_cstr(&b) == NULL || sscanf((const char *)b.p,
		    "%" SCNu64 " %" SCNu64 "\n%n", &tenure, &serial,
		    &used) != 2 || (size_t)used != b.len) {
			e = ERR_FORMAT;
		} else if (l->tenure < tenure || (l->tenure == tenure &&
		    l->serial < serial)) {
			e = ERR_STALE;
		}
	}
	if (e == OK) {
		n = snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64 "\n",
		    l->tenure, l->serial);
		e = file_write(dir, name, text, (size_t)n, 0600);
	}
	buf_free(&b);
	close(dir);
	return e;
}

enum err
state_no_lane(const struct reporter_options *o, unsigned desk)
{
	char name[32];
	enum err e = OK;
	int dir;

	if (o->state == NULL) {
		return OK;
	}
	if ((e = state_open(o, &dir)) != OK) {
		return e;
	}
	(void)snprintf(name, sizeof(name), "lane-%u", desk);
	if (faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		e = ERR_STALE;
	}
	close(dir);
	return e;
}

/* The last line of the log of pages */
static enum err
page_last(struct buf *b, char day[DAY_TEXT], char release[KEYSET_ID],
    char hex[2 * HASH_LEN + 1])
{
	const char *s = buf_cstr(b), *line = s;

	for (const char *p = s; p != NULL && *p != '\0'; p++) {
		line = *p == '\n' && p[1] != '\0' ? p + 1 : line;
	}
	return line != NULL && sscanf(line, "%10s %32s %64s\n", day, release,
	    hex) == 3 ? OK : ERR_FORMAT;
}

/* Against the log ${b}: page.json has no number, but a release has */
static enum err
page_judge(const struct page *g, const uint8_t hash[HASH_LEN], struct buf *b)
{
	char day[DAY_TEXT], release[KEYSET_ID], last[2 * HASH_LEN + 1];
	char hex[2 * HASH_LEN + 1];
	enum err e = page_last(b, day, release, last);

	if (e != OK) {
		say("the file pages of --state: %s", err_text(e));
		return e;
	}
	hex_encode(hash, HASH_LEN, hex);
	if (strcmp(hex, last) == 0) {
		return OK;
	}
	if (memmem(b->p, b->len, hex, strlen(hex)) != NULL ||
	    strverscmp(g->release, release) < 0) {
		say("page.json: it goes back, to release %s from release %s, "
		    "seen since %s; it was refused. If the organisation says "
		    "that it went back, remove the file pages of --state",
		    g->release, release, day);
		return ERR_STALE;
	}
	say("page.json: another one than before, release %s after release %s, "
	    "seen since %s", g->release, release, day);
	return OK;
}

enum err
state_page(const struct reporter_options *o, const struct page *g,
    const uint8_t hash[HASH_LEN])
{
	struct buf b = buf_new(LOG_MAX);
	enum err e;
	int dir;

	if (o->state == NULL) {
		return OK;
	}
	if ((e = state_open(o, &dir)) != OK) {
		return e;
	}
	for (const char *p = g->release; *p != '\0' && e == OK; p++) {
		e = *p > ' ' && *p <= '~' ? OK : ERR_FORMAT;
	}
	if (e == OK && (e = file_read(dir, "pages", &b)) == OK) {
		e = page_judge(g, hash, &b);
	} else if (e == ERR_UNKNOWN) {
		e = OK;
	} else {
		say("page.json: its release cannot be remembered: %s",
		    err_text(e));
	}
	if (e == OK && (e = log_add(o, dir, "pages", g->release, hash)) !=
	    OK) {
		say("--state %s: %s", o->state, err_text(e));
	}
	buf_free(&b);
	close(dir);
	return e;
}

/* 16 bytes of the hash tell two files apart */
static bool
upload_name(const struct reporter_options *o, const uint8_t hash[HASH_LEN],
    char name[48], int *dir)
{
	char hex[33];

	if (o->state == NULL || state_open(o, dir) != OK) {
		return false;
	}
	hex_encode(hash, 16, hex);
	(void)snprintf(name, 48, "upload-%s", hex);
	return true;
}

bool
state_upload(const struct reporter_options *o, const uint8_t hash[HASH_LEN],
    char id[UPLOAD_HEX])
{
	struct buf b = buf_new(64);
	uint8_t bytes[16];
	char name[48];
	bool known = false;
	int dir;

	if (!upload_name(o, hash, name, &dir)) {
		return false;
	}
	if (file_read(dir, name, &b) == OK && b.len == UPLOAD_HEX &&
	    b.p[UPLOAD_HEX - 1] == '\n') {
		memcpy(id, b.p, UPLOAD_HEX);
		id[UPLOAD_HEX - 1] = '\0';
		known = hex_decode(id, bytes, sizeof(bytes)) == OK;
	}
	buf_free(&b);
	close(dir);
	return known;
}

void
state_upload_keep(const struct reporter_options *o,
    const uint8_t hash[HASH_LEN], const char *id)
{
	char name[48], line[UPLOAD_HEX];
	int dir;

	if (!upload_name(o, hash, name, &dir)) {
		return;
	}
	if (id == NULL) {
		(void)unlinkat(dir, name, 0);
	} else {
		memcpy(line, id, UPLOAD_HEX - 1);
		line[UPLOAD_HEX - 1] = '\n';
		(void)file_write(dir, name, line, sizeof(line), 0600);
	}
	close(dir);
}
