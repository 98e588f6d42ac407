/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Keyset, epoch files, page.json and the gateway card (keys/FORMAT.md
 * sections 6-8): who may read, sign and change what. Public data only.
 */
#ifndef MELDLUIK_KEYSET_H
#define MELDLUIK_KEYSET_H

#include "meldluik/age.h"
#include "meldluik/calendar.h"
#include "meldluik/minisign.h"
#include "meldluik/routing.h"

#define KEYSET_MAX 262144u /* bytes of keyset.json, of an epoch file */
#define KEYSET_DESKS_MAX 16u
#define KEYSET_PEOPLE_MAX 64u
#define KEYSET_HOLDERS_MAX 4u /* a desk */
#define KEYSET_ID 33u         /* id with NUL */
#define KEYSET_NAME 129u      /* UTF-8 with NUL */
#define KEYSET_LANGUAGES 8u
#define KEYSET_ROLES 16u
#define KEYSET_REVOKED_MAX 64u
#define GENERATION_MAX 1000000u /* gateways made anew */
#define KEYSET_URL 256u
#define KEYSET_SERIAL_LAST 9007199254740991u /* 2^53-1: of a revocation */

enum person_role { PERSON_HOLDER, PERSON_APPROVER };

struct keyset_name {
	char language[17];
	char name[KEYSET_NAME];
};
struct keyset_desk {
	unsigned number; /* 1..63 */
	char id[KEYSET_ID];
	struct keyset_name name[KEYSET_LANGUAGES];
	unsigned names;
	char not_about[KEYSET_ROLES][KEYSET_ID];
	unsigned not_abouts;
	unsigned successor; /* 0: none */
};
struct keyset_person {
	char id[KEYSET_ID];
	unsigned desk;
	enum person_role role;
	struct sign_pk key;
};
struct keyset {
	uint8_t org[ORG_LEN];
	char organisation[KEYSET_NAME];
	uint64_t serial;
	uint8_t previous[HASH_LEN];
	day_t day, not_after;
	struct sign_pk identity;
	bool has_release, has_gateway;
	struct sign_program_pk release; /* of the page; FORMAT.md section 7 */
	struct sign_pk gateway;
	uint64_t generation; /* 1..GENERATION_MAX */
	char onion[KEYSET_URL], https[KEYSET_URL];
	struct keyset_desk desk[KEYSET_DESKS_MAX];
	unsigned desks;
	struct keyset_person person[KEYSET_PEOPLE_MAX];
	unsigned people;
	struct sign_pk revoked[KEYSET_REVOKED_MAX];
	unsigned revokeds;
	/* The identity before this one, and its signature that this one follows */
	bool has_before;
	struct sign_pk before;
	char before_sig[SIGN_TEXT_MAX];
	uint8_t hash[HASH_LEN]; /* of the bytes it was parsed from or written to */
};

/* Signs nothing; fills hash. Invariants of FORMAT.md are checked. */
enum err keyset_write(struct keyset *k, struct buf *out);
/*
 * keyset_parse(p, len, sig, siglen, identity, out): ${identity} NULL: the
 * key the document names (trust on first use; show the fingerprint), else
 * ERR_SIGNATURE unless it is that one.
 */
enum err keyset_parse(const void *p, size_t len, const void *sig,
    size_t siglen, const struct sign_pk *identity, struct keyset **out);
void keyset_free(struct keyset *k);
/* May ${next} replace ${old} on ${today}? ERR_STALE lower or equal serial
 * (equal and same hash: OK), or expired; ERR_CHAIN wrong previous or fork;
 * ERR_FOREIGN other org; ERR_SIGNATURE other identity. */
enum err keyset_follows(const struct keyset *old, const struct keyset *next,
    day_t today);
/*
 * May ${next} of another identity replace ${old} on ${today}, when a person
 * compared the new fingerprint? As keyset_follows; after a revocation any
 * serial may. ERR_SIGNATURE: same identity (not a succession).
 */
enum err keyset_succeeds(const struct keyset *old, const struct keyset *next,
    day_t today);
/* Did the identity of ${old} sign that the one of ${next} follows it? */
bool keyset_vouched(const struct keyset *old, const struct keyset *next);
/* A revocation: the identity withdrew itself; nothing may be sent */
bool keyset_withdrawn(const struct keyset *k);
/* Signs with ${seed} of the identity before; fills before and before_sig */
enum err keyset_succession_sign(struct keyset *k,
    const uint8_t seed[SIGN_SEED]);
/* Adds a key that never counts again; the oldest gives way when full */
enum err keyset_revoke(struct keyset *k, const struct sign_pk *pk);
bool keyset_expired(const struct keyset *k, day_t today);
bool keyset_revoked(const struct keyset *k, const struct sign_pk *pk);
const struct keyset_desk *keyset_desk(const struct keyset *k, unsigned n);
const struct keyset_person *keyset_person(const struct keyset *k,
    const char *id);
/*
 * A role about which ${from} may read and ${to} must not, so that ${to} is no
 * successor of it: a later message says nothing of whom it is about. NULL:
 * none, it may be one.
 */
const char *keyset_desk_barred(const struct keyset_desk *from,
    const struct keyset_desk *to);
/* Follows successors; the desk that answers for number ${n} now, or NULL */
const struct keyset_desk *keyset_desk_now(const struct keyset *k, unsigned n);
const char *keyset_desk_name(const struct keyset_desk *d, const char *lang);
unsigned keyset_holders(const struct keyset *k, unsigned desk);
/* A desk for routing.h; ${roles} is filled, and must live as long */
struct route_desk keyset_route(const struct keyset_desk *d,
    const char *roles[KEYSET_ROLES]);
/* Which of the two embedded profiles the organisation is of: routing_own */
const struct profile *keyset_profile(const struct keyset *k,
    const struct profile *nl, const struct profile *eu);
/* Verifies ${sig} by any unrevoked holder of ${desk}; ${who} may be NULL */
enum err keyset_holder_check(const struct keyset *k, unsigned desk,
    const char *purpose, const void *p, size_t len, const void *sig,
    size_t siglen, const struct keyset_person **who);

/* Epoch files */
struct epoch_block {
	unsigned desk;
	char person[KEYSET_ID];
	struct age_recipient recipient;
	char minisig[SIGN_TEXT_MAX];
};
struct epoch {
	uint8_t org[ORG_LEN];
	day_t week; /* Monday */
	uint8_t keyset[HASH_LEN];
	struct epoch_block block[KEYSET_PEOPLE_MAX];
	unsigned blocks;
};
/* Signs a block with its holder's operational key */
enum err epoch_block_sign(const uint8_t org[ORG_LEN], day_t week,
    const uint8_t seed[SIGN_SEED], struct epoch_block *b);
enum err epoch_write(const struct epoch *e, struct buf *out);
/* ERR_SIGNATURE, ERR_FOREIGN (other keyset), ERR_CONFLICT (block missing or
 * extra) */
enum err epoch_parse(const void *p, size_t len, const struct keyset *k,
    struct epoch **out);
/* Its form only: no block is checked, and it may be of any keyset */
enum err epoch_form(const void *p, size_t len, struct epoch **out);
/* Is ${b} the block of a holder of ${k} for the organisation and week of
 * ${e}? ERR_CONFLICT: there is no such holder; ERR_SIGNATURE */
enum err epoch_block_check(const struct epoch *e, const struct epoch_block *b,
    const struct keyset *k);
void epoch_free(struct epoch *e);
/* Recipients of one desk; returns how many (0..4) */
unsigned epoch_recipients(const struct epoch *e, unsigned desk,
    struct age_recipient out[KEYSET_HOLDERS_MAX]);

/* page.json */
#define PAGE_FILES_MAX 16u
struct page {
	char release[KEYSET_ID];
	struct {
		char name[65];
		uint8_t sha256[HASH_LEN];
	} file[PAGE_FILES_MAX];
	unsigned files;
};
enum err page_write(const struct page *g, struct buf *out);
enum err page_parse(const void *p, size_t len, struct page *out);

/* Gateway card */
struct card {
	struct sign_pk key;
	uint64_t generation;
	char onion[KEYSET_URL], https[KEYSET_URL];
};
enum err card_write(const struct card *c, struct buf *out);
enum err card_parse(const void *p, size_t len, struct card *out);

/* Receipt (the document of the signed note) */
struct receipt {
	uint8_t org[ORG_LEN];
	uint64_t generation;
	uint8_t envelope[HASH_LEN];
	char epoch[WEEK_TEXT];
	day_t day;
};
/* The whole signed note, appended to ${out} */
enum err receipt_make(const struct receipt *r, const uint8_t seed[SIGN_SEED],
    struct buf *out);
enum err receipt_make_sk(const struct receipt *r, const uint8_t sk[SIGN_SK],
    struct buf *out);
enum err receipt_check(const void *note, size_t len,
    const struct sign_pk *gateway, struct receipt *out);

#endif
