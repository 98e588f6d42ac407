/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * minisign signatures, prehashed form, and signed notes (keys/FORMAT.md
 * section 2). Interoperates with Debian's `minisign`.
 */
#ifndef MELDLUIK_MINISIGN_H
#define MELDLUIK_MINISIGN_H

#include "meldluik/bytes.h"

#define SIGN_PK 32u
#define SIGN_ID 8u
#define SIGN_SEED 32u
#define SIGN_SK 64u          /* seed, then public key */
#define SIGN_TEXT_MAX 512u   /* four lines of ours, with NUL */
#define SIGN_KEY_TEXT 57u    /* base64 of 42 bytes, with NUL */
#define FINGERPRINT_TEXT 40u /* 8 groups of 4 and hyphens, with NUL */
#define ORG_LEN 16u
#define HASH_LEN 32u

struct sign_pk {
	uint8_t pk[SIGN_PK];
};

/*
 * A key that the minisign program made: its id is random and goes with it
 * (ours are made from the key, FORMAT.md section 2).
 */
struct sign_program_pk {
	uint8_t id[SIGN_ID];
	struct sign_pk key;
};

/* What a signature is for; the trusted comment is made from it. */
struct sign_purpose {
	const char *purpose;      /* word of the table in FORMAT.md */
	uint8_t org[ORG_LEN];
	unsigned desk;            /* 0: none */
};

/* A fresh key pair; ${seed} is secret */
void sign_keypair(uint8_t seed[SIGN_SEED], struct sign_pk *pk);
void sign_pk_of(const uint8_t seed[SIGN_SEED], struct sign_pk *pk);

/*
 * For who signs often: the pair once, into secret memory of the caller. The
 * functions with _sk save deriving it; a pair that does not belong together
 * must never be given, it betrays the seed.
 */
void sign_sk_of(const uint8_t seed[SIGN_SEED], uint8_t sk[SIGN_SK]);

/* The four lines, LF after each, appended to ${out} */
enum err sign_make(const uint8_t seed[SIGN_SEED],
    const struct sign_purpose *why, const void *p, size_t len,
    struct buf *out);
enum err sign_make_sk(const uint8_t sk[SIGN_SK],
    const struct sign_purpose *why, const void *p, size_t len,
    struct buf *out);
/* ERR_FORMAT: not a minisign file; ERR_SIGNATURE: anything else wrong */
enum err sign_check(const struct sign_pk *pk, const struct sign_purpose *why,
    const void *p, size_t len, const void *sig, size_t siglen);

/* As sign_check, by a key with an id of its own */
enum err sign_program_check(const struct sign_program_pk *pk,
    const struct sign_purpose *why, const void *p, size_t len,
    const void *sig, size_t siglen);

enum err sign_pk_parse(const char *s, struct sign_pk *out);
enum err sign_program_pk_parse(const char *s, struct sign_program_pk *out);
void sign_program_pk_text(const struct sign_program_pk *pk,
    char out[SIGN_KEY_TEXT]);
/* The key in a .pub file (a comment, the key, LF after each) */
enum err sign_program_pk_read(const void *p, size_t len,
    struct sign_program_pk *out);
void sign_pk_text(const struct sign_pk *pk, char out[SIGN_KEY_TEXT]);
/* A .pub file (two lines) appended to ${out} */
enum err sign_pk_file(const struct sign_pk *pk, struct buf *out);
void sign_fingerprint(const struct sign_pk *pk, char out[FINGERPRINT_TEXT]);
/* Compares what a person typed, as for codes */
bool sign_fingerprint_is(const struct sign_pk *pk, const char *typed);
bool sign_pk_equal(const struct sign_pk *a, const struct sign_pk *b);

/* Signed note: signature lines, empty line, document. */
enum err note_make(const uint8_t seed[SIGN_SEED],
    const struct sign_purpose *why, const void *doc, size_t len,
    struct buf *out);
enum err note_make_sk(const uint8_t sk[SIGN_SK],
    const struct sign_purpose *why, const void *doc, size_t len,
    struct buf *out);
/* Splits; views into the input; a zero byte ends the document, and only
 * zeros may follow it */
enum err note_split(const void *p, size_t len, struct bytes *sig,
    struct bytes *doc);

/* SHA-256, one-shot and running */
void hash_bytes(const void *p, size_t len, uint8_t out[HASH_LEN]);
struct hash_state;
struct hash_state *hash_new(void);
void hash_write(struct hash_state *h, const void *p, size_t len);
void hash_end(struct hash_state *h, uint8_t out[HASH_LEN]); /* reusable */
void hash_free(struct hash_state *h);

#endif
