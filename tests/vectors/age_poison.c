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
#include "poison.h"

#ifdef HAVE_MEMCHECK
#include <sodium.h>
#include <string.h>

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

static bool
expand_run(void)
{
	HIDE(seed, sizeof(seed));
	return hybrid_expand(seed, &key, to.pk) == OK;
}

static bool
open_run(void)
{
	bool good;

	hide_key();
	good = hybrid_open(&key, enc, body, file_key) == OK &&
	    hybrid_seal(&other, file_key, enc, body) == OK;
	SHOW(enc, sizeof(enc));
	SHOW(body, sizeof(body));
	return good && hybrid_open(&key, enc, body, file_key) == ERR_NO_MATCH;
}

static bool
seal_run(void)
{
	poison_random = true;
	HIDE(file_key, sizeof(file_key));
	return hybrid_seal(&to, file_key, enc, body) == OK;
}

static void
mac_of_header(uint8_t mac[32])
{
	HIDE(file_key, sizeof(file_key));
	age_header_mac(file_key, (struct bytes){(const uint8_t *)"header", 6},
	    mac);
}

static bool
mac_run(void)
{
	uint8_t mac[32], other_mac[32] = {0};

	mac_of_header(mac);
	return !secret_equal(mac, other_mac, sizeof(mac));
}

static bool
text_run(void)
{
	char out[AGE_IDENTITY_TEXT_MAX];

	HIDE(seed, sizeof(seed));
	age_identity_text(seed, out);
	return true;
}

static bool
control_run(void)
{
	static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

	HIDE(seed, sizeof(seed));
	sink = (uint8_t)letters[seed[3] & 31];
	return true;
}

static bool
branch_run(void)
{
	uint8_t mac[32], other_mac[32] = {0};

	mac_of_header(mac);
	sink = memcmp(mac, other_mac, sizeof(mac)) == 0 ? 3 : 4;
	return true;
}

const struct poison_case poison_cases[] = {
	{"expand", expand_run},
	{"open", open_run},
	{"seal", seal_run},
	{"mac", mac_run},
	{"text", text_run},
	{"control", control_run},
	{"branch", branch_run},
	{NULL, NULL},
};

bool
poison_ready(void)
{
	randombytes_buf(seed, sizeof(seed));
	randombytes_buf(file_key, sizeof(file_key));
	return age_recipient_throwaway(&other) == OK &&
	    hybrid_expand(seed, &key, to.pk) == OK &&
	    hybrid_seal(&to, file_key, enc, body) == OK;
}
#endif
