/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * For scripts: keys and signatures of ours beside those of Debian's
 * minisign. Test keys only: the seed stands on the command line.
 *
 *   signtool pub SEED                             a .pub file
 *   signtool sec SEED                             a minisign secret key file
 *   signtool sign SEED PURPOSE ORG DESK < doc     the four lines
 *   signtool note SEED PURPOSE ORG DESK < doc     a signed note
 *   signtool check KEY PURPOSE ORG DESK SIGFILE < doc
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "meldluik/minisign.h"
#include "meldluik/secret.h"

#define DOC_MAX (1u << 20)

static struct buf
read_all(FILE *f)
{
	struct buf b = buf_new(DOC_MAX);
	uint8_t piece[4096];
	size_t n;

	while ((n = fread(piece, 1, sizeof(piece), f)) > 0) {
		buf_put(&b, piece, n);
	}
	return b;
}

/* minisign.h of minisign 0.11: SeckeyStruct without a passphrase */
static void
secret_file(const uint8_t seed[SIGN_SEED])
{
	uint8_t blob[158] = { 'E', 'd', 0, 0, 'B', '2' }, h[HASH_LEN];
	uint8_t sk[64], pk[32];
	uint8_t *keynum = blob + 6 + 32 + 16;
	crypto_generichash_state st;
	char text[256];

	crypto_sign_seed_keypair(pk, sk, seed);
	hash_bytes(pk, sizeof(pk), h);
	memcpy(keynum, h, 8);
	memcpy(keynum + 8, sk, 64);
	crypto_generichash_init(&st, NULL, 0, 32);
	crypto_generichash_update(&st, blob, 2);
	crypto_generichash_update(&st, keynum, 72);
	crypto_generichash_final(&st, keynum + 72, 32);
	sodium_bin2base64(text, sizeof(text), blob, sizeof(blob),
	    sodium_base64_VARIANT_ORIGINAL);
	printf("untrusted comment: minisign secret key\n%s\n", text);
}

int
main(int argc, char **argv)
{
	struct sign_purpose why = { .purpose = "" };
	struct buf out = buf_new(2 * DOC_MAX), doc, sig;
	uint8_t seed[SIGN_SEED] = { 0 };
	struct sign_pk pk;
	enum err e = ERR_USAGE;
	FILE *f;

	if (secret_setup() != OK || argc < 3) {
		return 2;
	}
	if (argc >= 6) {
		why.purpose = argv[3];
		if (hex_decode(argv[4], why.org, ORG_LEN) != OK) {
			return 2;
		}
		why.desk = (unsigned)atoi(argv[5]);
	}
	if (strcmp(argv[1], "check") != 0) {
		if (hex_decode(argv[2], seed, SIGN_SEED) != OK) {
			return 2;
		}
		sign_pk_of(seed, &pk);
	}
	if (strcmp(argv[1], "pub") == 0) {
		e = sign_pk_file(&pk, &out);
	} else if (strcmp(argv[1], "sec") == 0) {
		secret_file(seed);
		return 0;
	} else if (strcmp(argv[1], "sign") == 0 && argc == 6) {
		doc = read_all(stdin);
		e = sign_make(seed, &why, doc.p, doc.len, &out);
	} else if (strcmp(argv[1], "note") == 0 && argc == 6) {
		doc = read_all(stdin);
		e = note_make(seed, &why, doc.p, doc.len, &out);
	} else if (strcmp(argv[1], "check") == 0 && argc == 7) {
		doc = read_all(stdin);
		if ((f = fopen(argv[6], "rb")) == NULL ||
		    sign_pk_parse(argv[2], &pk) != OK) {
			return 2;
		}
		sig = read_all(f);
		fclose(f);
		e = sign_check(&pk, &why, doc.p, doc.len, sig.p, sig.len);
	}
	fwrite(out.p, 1, out.len, stdout);
	if (e != OK) {
		fprintf(stderr, "signtool: %s\n", err_text(e));
	}
	return e == OK ? 0 : 1;
}
