/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Runs the ML-KEM-768 vectors of C2SP/CCTV that hold for final FIPS 203 (see
 * vectors/ml-kem-768/README.md): encapsulation, decapsulation, implicit
 * rejection, and the modulus check of public keys. Key generation of these
 * files is the draft's, G(d) instead of G(d || k): it must NOT reproduce.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "meldluik/bytes.h"
#include "meldluik/secret.h"
#include "mlkem.h"

#define DIR TESTS_DIR "/vectors/ml-kem-768/"
#define LINE 65536

static unsigned runs, bad;

static void
check(const char *what, bool right)
{
	runs++;
	bad += !right;
	printf("%-44s %s\n", what, right ? "right" : "WRONG");
}

/* The first "name = hex" of a file, exactly ${len} bytes */
static bool
field(const char *path, const char *name, uint8_t *out, size_t len)
{
	static char line[LINE];
	FILE *f = fopen(path, "r");
	size_t n = strlen(name);
	bool found = false;

	while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\r\n")] = 0;
		found = strncmp(line, name, n) == 0 &&
		    strncmp(line + n, " = ", 3) == 0 &&
		    hex_decode(line + n + 3, out, len) == OK;
	}
	if (f != NULL) {
		fclose(f);
	}
	return found;
}

static void
kem(const char *name, const char *path)
{
	uint8_t d[64], pk[MLKEM_PK], sk[MLKEM_SK], m[32], k[32], ct[MLKEM_CT];
	uint8_t pk2[MLKEM_PK], sk2[MLKEM_SK], k2[32], ct2[MLKEM_CT];
	char what[96];
	bool all = field(path, "d", d, 32) && field(path, "z", d + 32, 32) &&
	    field(path, "ek", pk, sizeof(pk)) &&
	    field(path, "dk", sk, sizeof(sk)) && field(path, "m", m, 32) &&
	    field(path, "K", k, 32) && field(path, "c", ct, sizeof(ct));

	snprintf(what, sizeof(what), "%s: file read", name);
	check(what, all);
	if (!all) {
		return;
	}
	mlkem_keypair(d, pk2, sk2);
	snprintf(what, sizeof(what), "%s: draft keygen differs", name);
	check(what, memcmp(pk, pk2, sizeof(pk)) != 0);
	snprintf(what, sizeof(what), "%s: key checks", name);
	check(what, mlkem_pk_check(pk) == OK && mlkem_sk_check(sk) == OK);
	mlkem_enc(pk, m, ct2, k2);
	snprintf(what, sizeof(what), "%s: encapsulate", name);
	check(what, memcmp(ct, ct2, sizeof(ct)) == 0 && memcmp(k, k2, 32) == 0);
	mlkem_dec(sk, ct, k2);
	snprintf(what, sizeof(what), "%s: decapsulate", name);
	check(what, memcmp(k, k2, 32) == 0);
	ct[700] ^= 4;
	mlkem_dec(sk, ct, k2);
	snprintf(what, sizeof(what), "%s: changed ciphertext", name);
	check(what, memcmp(k, k2, 32) != 0);
	sk[1200] ^= 1;
	snprintf(what, sizeof(what), "%s: damaged private key refused", name);
	check(what, mlkem_sk_check(sk) == ERR_FORMAT);
}

static void
strcmp_vector(void)
{
	const char *path = DIR "strcmp-ML-KEM-768.txt";
	uint8_t sk[MLKEM_SK], ct[MLKEM_CT], k[32], got[32];
	bool all = field(path, "dk", sk, sizeof(sk)) &&
	    field(path, "c", ct, sizeof(ct)) && field(path, "K", k, 32);

	check("strcmp: file read", all);
	if (all) {
		mlkem_dec(sk, ct, got);
		check("strcmp: rejection compares past a zero byte",
		    memcmp(got, k, 32) == 0);
	}
}

static void
modulus(void)
{
	static char line[LINE];
	uint8_t pk[MLKEM_PK];
	unsigned lines = 0, refused = 0;
	gzFile f = gzopen(DIR "modulus-ML-KEM-768.txt.gz", "rb");

	while (f != NULL && gzgets(f, line, sizeof(line)) != NULL) {
		line[strcspn(line, "\r\n")] = 0;
		if (hex_decode(line, pk, sizeof(pk)) != OK) {
			break;
		}
		lines++;
		refused += mlkem_pk_check(pk) == ERR_FORMAT;
	}
	if (f != NULL) {
		gzclose(f);
	}
	printf("modulus: %u keys, %u refused\n", lines, refused);
	check("modulus: every key is refused", lines == 780 &&
	    refused == lines);
}

int
main(void)
{
	if (secret_setup() != OK) {
		return 2;
	}
	kem("intermediate", DIR "intermediate-ML-KEM-768.txt");
	kem("unluckysample", DIR "unluckysample-ML-KEM-768.txt");
	strcmp_vector();
	modulus();
	printf("%u checks, %u wrong\n", runs, bad);
	return bad == 0 ? 0 : 1;
}
