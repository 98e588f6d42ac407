/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What this desk knows of the paper shares: sets, their commitments, which
 * sheets were proven, who keeps them. Nothing of it opens anything; with it
 * a sheet can be proven right without laying k of them together.
 */
#ifndef DECRYPTOR_PAPERS_H
#define DECRYPTOR_PAPERS_H

#include "acts.h"
#include "files.h"
#include "meldluik/shares.h"

#define PAPER_SETS_MAX 8u
#define PAPER_KEEPER 65u /* UTF-8 with NUL */

struct paper_set {
	enum share_kind kind;
	unsigned k, n;
	day_t day;
	uint8_t commit[SHARES_MAX][SHARE_COMMIT];
	bool proven[SHARES_MAX];
	day_t proven_day[SHARES_MAX];
	char keeper[SHARES_MAX][PAPER_KEEPER];
};
struct papers {
	struct paper_set set[PAPER_SETS_MAX]; /* the newest of a kind counts */
	unsigned sets;
	bool has_backup;
	struct age_recipient backup; /* of the desk's backup key */
};

/* Empty when there is no file */
enum err papers_load(const struct desk *d, struct papers *out);
/* The record in folder ${dir}, of a holder of this desk, takes the place of
 * this machine's, unless sheets were made here since. None there: OK. One of
 * the two that is damaged counts for none, and is kept in public/ under the name
 * left in ${out} ("": it is not damaged) */
struct papers_aside {
	char own[ASIDE_NAME], theirs[ASIDE_NAME];
};
enum err papers_adopt(const struct desk *d, int dir,
    struct papers_aside *out);
enum err papers_save(const struct desk *d, const struct papers *p);
enum err papers_parse(const void *p, size_t len, const uint8_t *org,
    struct papers *out);
enum err papers_write(const struct papers *p, const uint8_t org[ORG_LEN],
    struct buf *out);
/* The newest set of a kind, or NULL */
struct paper_set *papers_set(struct papers *p, enum share_kind kind);
bool papers_proven(const struct paper_set *s);
void paper_set_name(const struct paper_set *s, char out[SHARE_SET]);
/* A sheet of a set that a newer one of its kind took the place of. One that
 * is not known here is not: it may be newer than this record */
bool papers_replaced(struct papers *p, const struct share *share);
/* ERR_CONFLICT: a sheet of another set than ${s} */
enum err paper_fits(const struct paper_set *s, const struct share *share);

/*
 * papers_make(d, kind, k, n, p, out): shares a fresh backup key or the
 * identity in the keyring, notes the set in ${p} (not saved).
 */
enum err papers_make(struct desk *d, enum share_kind kind, unsigned k,
    unsigned n, struct papers *p, struct share out[SHARES_MAX]);

/*
 * Shares from files of scanned or typed text, or typed on the terminal one
 * after another until there are enough. Says what is wrong with which; a
 * sheet that ${known} (NULL: nothing) calls replaced is refused.
 * ERR_UNKNOWN: none given and no terminal.
 */
enum err shares_get(const char *const *files, unsigned count,
    enum share_kind kind, struct papers *known,
    uint8_t secret[SHARE_SECRET]);
/* One share typed on the terminal, which speaks ${language} (nl or en); an
 * empty line gives up (ERR_UNKNOWN). What was typed is taken off the screen.
 * "FILE" words name a file. */
enum err share_ask(struct share *out, const char *language);
/* Typed or scanned text, and a file of it; ${why} says what is wrong */
enum err share_typed(const char *text, size_t len, struct share *out,
    struct refusal *why);
enum err share_file(const char *file, struct share *out,
    struct refusal *why);

/* The identity key for one verb: of the keyring, or of k shares (--share, or
 * typed). It is never saved. Says what is wrong. */
enum err identity_need(struct desk *d);

#endif
