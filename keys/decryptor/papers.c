/* SPDX-License-Identifier: EUPL-1.2 */
/* public/papers.json: the record of the paper shares. */
#include <sodium.h>
#include <string.h>

#include "meldluik/json.h"
#include "meldluik/secret.h"
#include "papers.h"

#define PAPERS_TYPE "meldluik-papers"
#define PAPERS_MAX 65536u

static json_t *
set_json(const struct paper_set *s)
{
	json_t *o = json_object(), *list = json_array();
	char hex[2 * SHARE_COMMIT + 1];

	json_object_set_new(o, "kind", json_string(s->kind == SHARE_IDENTITY ?
	    "identity" : "backup"));
	json_object_set_new(o, "k", json_integer(s->k));
	json_object_set_new(o, "n", json_integer(s->n));
	event_day(o, "day", s->day);
	for (unsigned i = 0; i < s->n; i++) {
		json_t *sheet = json_object();
		hex_encode(s->commit[i], SHARE_COMMIT, hex);
		json_object_set_new(sheet, "commitment", json_string(hex));
		json_object_set_new(sheet, "keeper",
		    json_string(s->keeper[i]));
		if (s->proven[i]) {
			event_day(sheet, "proven", s->proven_day[i]);
		}
		json_array_append_new(list, sheet);
	}
	json_object_set_new(o, "sheets", list);
	return o;
}

enum err
papers_write(const struct papers *p, const uint8_t org[ORG_LEN],
    struct buf *out)
{
	char recipient[AGE_RECIPIENT_TEXT + 1];
	json_t *o = json_object(), *list = json_array();
	enum err e;

	json_object_set_new(o, "type", json_string(PAPERS_TYPE));
	json_object_set_new(o, "version", json_integer(1));
	event_hex(o, "org", org, ORG_LEN);
	if (p->has_backup) {
		age_recipient_text(&p->backup, recipient);
		json_object_set_new(o, "backup", json_string(recipient));
	}
	for (unsigned i = 0; i < p->sets; i++) {
		json_array_append_new(list, set_json(&p->set[i]));
	}
	json_object_set_new(o, "sets", list);
	e = json_write(o, out);
	json_decref(o);
	return e;
}

static enum err
day_field(const json_t *o, const char *key, day_t *out)
{
	const char *s;
	enum err e = json_string_field(o, key, DAY_TEXT - 1, DAY_TEXT - 1,
	    &s);

	return e == OK ? day_parse(s, out) : e;
}

static enum err
sheet_read(const json_t *o, struct paper_set *s, unsigned i)
{
	static const char *const keys[] = {"commitment", "keeper", "proven",
		NULL};
	const char *keeper;
	enum err e;

	if ((e = json_keys(o, keys)) != OK ||
	    (e = json_hex_field(o, "commitment", s->commit[i],
	    SHARE_COMMIT)) != OK || (e = json_string_field(o, "keeper", 0,
	    PAPER_KEEPER - 1, &keeper)) != OK) {
		return e;
	}
	strcpy(s->keeper[i], keeper);
	if (json_object_get(o, "proven") != NULL) {
		s->proven[i] = true;
		e = day_field(o, "proven", &s->proven_day[i]);
	}
	return e;
}

static enum err
set_read(const json_t *o, struct paper_set *s)
{
	static const char *const keys[] = {"kind", "k", "n", "day", "sheets",
		NULL};
	const json_t *list;
	const char *kind;
	int64_t k, n;
	enum err e;

	memset(s, 0, sizeof *s);
	if ((e = json_keys(o, keys)) != OK ||
	    (e = json_string_field(o, "kind", 1, 16, &kind)) != OK ||
	    (e = json_int_field(o, "n", SHARES_MIN, SHARES_MAX, &n)) != OK ||
	    (e = json_int_field(o, "k", SHARES_MIN, n, &k)) != OK ||
	    (e = day_field(o, "day", &s->day)) != OK ||
	    (e = json_array_field(o, "sheets", SHARES_MAX, &list)) != OK) {
		return e;
	}
	s->kind = strcmp(kind, "identity") == 0 ? SHARE_IDENTITY :
	    SHARE_BACKUP;
	if (json_array_size(list) != (size_t)n ||
	    (s->kind == SHARE_BACKUP && strcmp(kind, "backup") != 0)) {
		return ERR_FORMAT;
	}
	s->k = (unsigned)k;
	s->n = (unsigned)n;
	for (unsigned i = 0; i < s->n && e == OK; i++) {
		e = sheet_read(json_array_get(list, i), s, i);
	}
	return e;
}

enum err
papers_parse(const void *p, size_t len, const uint8_t *org,
    struct papers *out)
{
	static const char *const keys[] = {"type", "version", "org", "backup",
		"sets", NULL};
	uint8_t theirs[ORG_LEN];
	const json_t *list;
	const char *text;
	json_t *o = NULL;
	enum err e = json_read_type(p, len, PAPERS_MAX, PAPERS_TYPE, &o);

	memset(out, 0, sizeof *out);
	if (e != OK || (e = json_keys(o, keys)) != OK ||
	    (e = json_hex_field(o, "org", theirs, ORG_LEN)) != OK ||
	    (e = json_array_field(o, "sets", PAPER_SETS_MAX, &list)) != OK) {
		goto out;
	}
	if (org != NULL && memcmp(theirs, org, ORG_LEN) != 0) {
		e = ERR_FOREIGN;
	}
	if (e == OK && json_object_get(o, "backup") != NULL) {
		e = json_string_field(o, "backup", 1, AGE_RECIPIENT_TEXT,
		    &text);
		if (e == OK) {
			e = age_recipient_parse(text, strlen(text),
			    &out->backup);
		}
		out->has_backup = e == OK;
	}
	for (size_t i = 0; e == OK && i < json_array_size(list); i++) {
		e = set_read(json_array_get(list, i),
		    &out->set[out->sets++]);
	}
out:
	json_decref(o);
	return e;
}

static enum err
papers_read(const struct desk *d, int dir, struct papers *out)
{
	struct buf doc = buf_new(PAPERS_MAX);
	enum err e = file_read(dir, "papers.json", &doc);

	memset(out, 0, sizeof *out);
	if (e == OK) {
		e = papers_parse(doc.p, doc.len, d->ring->org, out);
	} else if (e == ERR_UNKNOWN) {
		e = OK;
	}
	buf_free(&doc);
	return e;
}

enum err
papers_load(const struct desk *d, struct papers *out)
{
	return papers_read(d, d->public, out);
}

static day_t
newest_day(const struct papers *p)
{
	return p->sets == 0 ? DAY_NONE : p->set[p->sets - 1].day;
}

/* No record, where it is damaged: what it tells is worth no work stopped */
static enum err
papers_or_aside(const struct desk *d, int dir, struct papers *out,
    char as[ASIDE_NAME])
{
	enum err e = papers_read(d, dir, out);

	as[0] = 0;
	if (e == OK || e == ERR_MEMORY) {
		return e;
	}
	memset(out, 0, sizeof *out);
	e = file_aside(dir, "papers.json", d->public, ".damaged-", as);
	return e == OK ? folder_sync(d->public) : e;
}

enum err
papers_adopt(const struct desk *d, int dir, struct papers_aside *out)
{
	struct papers own, theirs;
	enum err e = papers_or_aside(d, dir, &theirs, out->theirs);

	if (e == OK) {
		e = papers_or_aside(d, d->public, &own, out->own);
	}
	if (e == OK && theirs.sets > 0 &&
	    newest_day(&theirs) >= newest_day(&own)) {
		e = papers_save(d, &theirs);
	}
	return e;
}

enum err
papers_save(const struct desk *d, const struct papers *p)
{
	struct buf doc = buf_new(PAPERS_MAX);
	enum err e = papers_write(p, d->ring->org, &doc);

	if (e == OK) {
		e = file_replace(d->public, "papers.json", doc.p, doc.len);
	}
	buf_free(&doc);
	return e;
}

struct paper_set *
papers_set(struct papers *p, enum share_kind kind)
{
	for (unsigned i = p->sets; i > 0; i--) {
		if (p->set[i - 1].kind == kind) {
			return &p->set[i - 1];
		}
	}
	return NULL;
}

bool
papers_proven(const struct paper_set *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (!s->proven[i]) {
			return false;
		}
	}
	return true;
}

void
paper_set_name(const struct paper_set *s, char out[SHARE_SET])
{
	struct share share = {.kind = s->kind, .k = s->k, .n = s->n, .x = 1};

	memcpy(share.commit, s->commit, sizeof share.commit);
	share_set(&share, out);
}

enum err
paper_fits(const struct paper_set *s, const struct share *share)
{
	return s->kind == share->kind && s->k == share->k &&
	    s->n == share->n && memcmp(s->commit, share->commit,
	    s->n * SHARE_COMMIT) == 0 ? OK : ERR_CONFLICT;
}

bool
papers_replaced(struct papers *p, const struct share *share)
{
	const struct paper_set *newest = papers_set(p, share->kind);

	for (unsigned i = 0; i < p->sets; i++) {
		if (paper_fits(&p->set[i], share) == OK) {
			return &p->set[i] != newest;
		}
	}
	return false;
}

/* The newest of a kind counts, so it stays, however often the other kind was
 * made since; of the rest the oldest is history */
static void
room_make(struct papers *p)
{
	unsigned i = 0;

	if (p->sets < PAPER_SETS_MAX) {
		return;
	}
	while (papers_set(p, p->set[i].kind) == &p->set[i]) {
		i++;
	}
	memmove(&p->set[i], &p->set[i + 1], (p->sets - i - 1) *
	    sizeof p->set[0]);
	p->sets--;
}

enum err
papers_make(struct desk *d, enum share_kind kind, unsigned k, unsigned n,
    struct papers *p, struct share out[SHARES_MAX])
{
	uint8_t seed[SHARE_SECRET];
	struct paper_set *s;
	enum err e = OK;

	if (kind == SHARE_IDENTITY && !d->ring->has_identity) {
		return ERR_POLICY;
	}
	room_make(p);
	if (kind == SHARE_IDENTITY) {
		memcpy(seed, d->ring->identity, sizeof seed);
	} else {
		randombytes_buf(seed, sizeof seed);
		dice_mix(d, seed, sizeof seed);
		e = age_identity_recipient(seed, &p->backup);
		p->has_backup = e == OK;
	}
	if (e == OK) {
		e = shares_split(kind, k, n, seed, out);
	}
	secret_wipe(seed, sizeof seed);
	if (e != OK) {
		return e;
	}
	s = &p->set[p->sets++];
	memset(s, 0, sizeof *s);
	s->kind = kind;
	s->k = k;
	s->n = n;
	s->day = d->today;
	memcpy(s->commit, out[0].commit, sizeof s->commit);
	return OK;
}
