/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * age v1 (age-encryption.org/v1), public-key side: hybrid recipients
 * (mlkem768x25519, that is X-Wing with HPKE) and passphrase (scrypt) files
 * are written here; headers are parsed here. Opening is in age_unwrap.h
 * (mailbox side) and age_open.h (unseal side).
 *
 * Caveats: age authenticates no sender; sign what is inside. A header is not
 * authenticated until it is unwrapped.
 * Sources: C2SP age specification; FIPS 203; draft-connolly-cfrg-xwing-kem;
 * RFC 9180; RFC 7914.
 */
#ifndef MELDLUIK_AGE_H
#define MELDLUIK_AGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "meldluik/bytes.h"
#include "meldluik/err.h"

#define AGE_CHUNK 65536u          /* plaintext bytes of a full chunk */
#define AGE_TAG 16u               /* Poly1305 tag after every chunk */
#define AGE_NONCE 16u             /* payload nonce after the header */
#define AGE_FILE_KEY 16u
#define AGE_HYBRID_PK 1216u       /* ML-KEM-768 ek 1184 + X25519 32 */
#define AGE_HYBRID_SEED 32u       /* X-Wing decapsulation key */
#define AGE_HYBRID_ENC 1120u      /* ML-KEM-768 ct 1088 + X25519 32 */
#define AGE_HYBRID_ENC_TEXT 1494u /* base64 of it, unpadded */
#define AGE_RECIPIENT_TEXT 1959u  /* "age1pq1...", without NUL */
#define AGE_IDENTITY_TEXT_MAX 96u /* "AGE-SECRET-KEY-PQ-1...", with NUL */
#define AGE_HEADER_MAX 32768u     /* bytes of header accepted */
#define AGE_STANZAS_MAX 16u       /* stanzas accepted */
#define AGE_HEADER_LEN(n) (70u + 1557u * (n)) /* of n hybrid stanzas */
#define AGE_SCRYPT_WRITE 18u      /* log2 N written */
#define AGE_SCRYPT_MIN 16u        /* log2 N accepted, from ... to */
#define AGE_SCRYPT_MAX 20u

/* A checked hybrid recipient. */
struct age_recipient {
	uint8_t pk[AGE_HYBRID_PK];
};

/*
 * age_recipient_parse(s, len, out): one "age1pq1..." string, lowercase, no
 * trailing byte. Checks Bech32, length, the FIPS 203 7.2 modulus check of
 * the ML-KEM half, and refuses an X25519 half of low order.
 */
enum err age_recipient_parse(const char *s, size_t len,
    struct age_recipient *out);

/* age_recipient_check(pk): the same checks on raw bytes */
enum err age_recipient_check(const struct age_recipient *r);

/* Writes AGE_RECIPIENT_TEXT characters and a NUL to ${out} */
void age_recipient_text(const struct age_recipient *r,
    char out[AGE_RECIPIENT_TEXT + 1]);

/* age_recipient_throwaway(out): a fresh recipient nobody can open; its
 * secret key is wiped at once. */
enum err age_recipient_throwaway(struct age_recipient *out);

/*
 * age_identity_recipient(seed, out): the recipient of an X-Wing seed. Here,
 * because making a mailbox (client, no-script path) needs it.
 */
enum err age_identity_recipient(const uint8_t seed[AGE_HYBRID_SEED],
    struct age_recipient *out);

/* Identity as text "AGE-SECRET-KEY-PQ-1..." and back. Branch-free on the
 * secret. The caller wipes ${out}. */
void age_identity_text(const uint8_t seed[AGE_HYBRID_SEED],
    char out[AGE_IDENTITY_TEXT_MAX]);
enum err age_identity_parse(const char *s, size_t len,
    uint8_t seed[AGE_HYBRID_SEED]);

/* Bytes of an age file with ${n} hybrid stanzas and ${plain} payload bytes */
uint64_t age_sealed_size(unsigned n, uint64_t plain);

/* Where sealed bytes go. Must take all ${len} bytes or fail. */
typedef enum err (*age_sink)(void *arg, const uint8_t *p, size_t len);

/*
 * Sealing stream. Memory is constant (a batch of chunks). Plaintext given to
 * age_seal_write is copied into secret memory and wiped after sealing.
 */
struct age_seal;

/*
 * age_seal_new(r, n, sink, arg, threads, out): writes the header for the
 * ${n} recipients in the order given (shuffle before, if order tells
 * something). ${threads}: 1, or how many cores may seal chunks of one batch;
 * output order never changes. Each recipient is checked again.
 */
enum err age_seal_new(const struct age_recipient *r, unsigned n,
    age_sink sink, void *arg, unsigned threads, struct age_seal **out);
/* The same, sealed to a passphrase of ${len} bytes (work factor 18) */
enum err age_seal_new_scrypt(const char *pass, size_t len, age_sink sink,
    void *arg, struct age_seal **out);
enum err age_seal_write(struct age_seal *s, const void *p, size_t len);
/* Zeros, without copying them from the caller */
enum err age_seal_zeros(struct age_seal *s, uint64_t len);
/* Seals the last chunk. The stream accepts nothing more. */
enum err age_seal_end(struct age_seal *s);
/* Plaintext bytes taken so far */
uint64_t age_seal_taken(const struct age_seal *s);
/* Wipes and frees; accepts NULL; without age_seal_end the output is a
 * truncated file that no reader accepts. */
void age_seal_free(struct age_seal *s);

/* One-shot: a whole age file in memory, appended to ${out}. */
enum err age_seal_buf(const struct age_recipient *r, unsigned n,
    const void *p, size_t len, struct buf *out);

/* A parsed, not yet authenticated header. Views point into the input. */
struct age_stanza {
	struct bytes type;
	struct bytes args[4]; /* arguments after the type */
	unsigned nargs;       /* may exceed 4: then only counted */
	struct bytes body;    /* base64 lines as they stand, LF included */
	size_t body_len;      /* bytes it decodes to */
};
struct age_header {
	struct age_stanza stanza[AGE_STANZAS_MAX];
	unsigned stanzas;
	struct bytes maced; /* from the first byte up to and with "---" */
	uint8_t mac[32];
	size_t len;         /* bytes of the header, final LF included */
};

/*
 * age_header_parse(p, len, out): strict: LF only, canonical base64, VCHAR
 * arguments, limits above. ERR_BUSY: ${len} ends before the header does and
 * more bytes may help (never when len >= AGE_HEADER_MAX, then ERR_LIMIT).
 */
enum err age_header_parse(const uint8_t *p, size_t len,
    struct age_header *out);

/*
 * age_header_all_hybrid(h, n): exactly ${n} stanzas, each a well-formed
 * mlkem768x25519 stanza (one argument of 1120 bytes, body of 32), and the
 * header is in the one encoding this project writes, AGE_HEADER_LEN(n)
 * bytes. Else ERR_POLICY.
 */
enum err age_header_all_hybrid(const struct age_header *h, unsigned n);

#endif
