/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Under valgrind (poison.h): the keys of age files.
 *
 *   age_poison expand    a seed to its key pair
 *   age_poison open      decapsulation and file key, of a right and of a
 *                        foreign stanza
 *   age_poison seal      encapsulation with poisoned randomness
 *   age_poison mac       header key, MAC and its comparison
 *   age_poison text      an identity as text
 *   age_poison control   a table look-up: must be reported
 *   age_poison branch    a comparison by memcmp: must be reported
 */
#include <stdio.h>
#include <string.h>

#include "poison.h"

#ifdef HAVE_MEMCHECK
#include <sodium.h>

#include "age_header.h"
#include "hybrid.h"
#include "meldluik/secret.h"

static uint8_t seed[32], file_key[16], enc[AGE_HYBRID_ENC], body[32];
static struct hybrid_key key;
static struct age_recipient to, other;
static volatile uint8_t sink;

static void
hide_key(void)
{
	/* s, z and the X25519 scalar; the public key and its hash are not */
	HIDE(key.mlkem, 1152);
	HIDE(key.mlkem + 2368, 32);
	HIDE(key.x25519, 32);
}

static int
run(const char *what)
{
	static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	struct bytes text = {(const uint8_t *)"header", 6};
	char out[AGE_IDENTITY_TEXT_MAX];
	uint8_t mac[32], mac2[32] = {0};

	if (strcmp(what, "expand") == 0) {
		HIDE(seed, sizeof(seed));
		return hybrid_expand(seed, &key, to.pk) != OK;
	}
	if (strcmp(what, "open") == 0) {
		int bad;
		hide_key();
		bad = hybrid_open(&key, enc, body, file_key) != OK;
		if (hybrid_seal(&other, file_key, enc, body) != OK) {
			return 1;
		}
		SHOW(enc, sizeof(enc));
		SHOW(body, sizeof(body));
		return bad || hybrid_open(&key, enc, body, file_key) !=
		    ERR_NO_MATCH;
	}
	if (strcmp(what, "seal") == 0) {
		poison_random = true;
		HIDE(file_key, sizeof(file_key));
		return hybrid_seal(&to, file_key, enc, body) != OK;
	}
	if (strcmp(what, "mac") == 0) {
		HIDE(file_key, sizeof(file_key));
		age_header_mac(file_key, text, mac);
		return secret_equal(mac, mac2, 32);
	}
	if (strcmp(what, "text") == 0) {
		HIDE(seed, sizeof(seed));
		age_identity_text(seed, out);
		return 0;
	}
	if (strcmp(what, "control") == 0) {
		HIDE(seed, sizeof(seed));
		sink = (uint8_t)letters[seed[3] & 31];
		return 0;
	}
	if (strcmp(what, "branch") == 0) {
		HIDE(file_key, sizeof(file_key));
		age_header_mac(file_key, text, mac);
		sink = memcmp(mac, mac2, 32) == 0 ? 3 : 4;
		return 0;
	}
	return 2;
}
#endif

int
main(int argc, char **argv)
{
#ifdef HAVE_MEMCHECK
	if (argc != 2 || secret_setup() != OK) {
		return 2;
	}
	randombytes_buf(seed, sizeof(seed));
	randombytes_buf(file_key, sizeof(file_key));
	if (age_recipient_throwaway(&other) != OK ||
	    hybrid_expand(seed, &key, to.pk) != OK ||
	    hybrid_seal(&to, file_key, enc, body) != OK) {
		return 2;
	}
	return run(argv[1]);
#else
	(void)argc;
	(void)argv;
	fputs("built without valgrind's headers\n", stderr);
	return 77;
#endif
}
