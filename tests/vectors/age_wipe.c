/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What is left on the stack after key expansion, sealing and opening. Each
 * runs in a thread whose stack is ours, which is then searched for every
 * 16-byte window of the secrets. The control runs the packaged sources bare
 * and must leave something, or this search could not find anything.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "hybrid.h"
#include "kem.h"
#include "meldluik/secret.h"
#include "mlkem.h"

#define STACK (1u << 20)
#define WINDOW 16u

static uint8_t *stack;
static uint8_t *seed, *file_key, *coins, *shared; /* secret memory */
static struct hybrid_key *key;
static struct age_recipient to;
static uint8_t enc[AGE_HYBRID_ENC], body[HYBRID_BODY];
static uint8_t mlkem_pk[MLKEM_PK], mlkem_ct[MLKEM_CT];
static enum err result;

static void *
do_expand(void *arg)
{
	(void)arg;
	result = hybrid_expand(seed, key, to.pk);
	return NULL;
}

static void *
do_seal(void *arg)
{
	(void)arg;
	result = hybrid_seal(&to, file_key, enc, body);
	return NULL;
}

static void *
do_open(void *arg)
{
	(void)arg;
	result = hybrid_open(key, enc, body, file_key);
	return NULL;
}

static void *
do_bare(void *arg)
{
	(void)arg;
	PQCLEAN_MLKEM768_CLEAN_crypto_kem_dec(shared, mlkem_ct, key->mlkem);
	result = OK;
	return NULL;
}

static void *
do_wrapped(void *arg)
{
	(void)arg;
	mlkem_dec(key->mlkem, mlkem_ct, shared);
	result = OK;
	return NULL;
}

/* Windows of ${p} that stand on the stack */
static unsigned
found(const uint8_t *p, size_t len)
{
	unsigned n = 0;

	for (size_t i = 0; i + WINDOW <= len; i += WINDOW) {
		if (!sodium_is_zero(p + i, WINDOW)) {
			n += memmem(stack, STACK, p + i, WINDOW) != NULL;
		}
	}
	return n;
}

static unsigned
run(const char *what, void *(*f)(void *))
{
	pthread_attr_t attr;
	pthread_t t;
	unsigned n;

	memset(stack, 0, STACK);
	result = ERR_IO;
	if (pthread_attr_init(&attr) != 0 ||
	    pthread_attr_setstack(&attr, stack, STACK) != 0 ||
	    pthread_create(&t, &attr, f, NULL) != 0 ||
	    pthread_join(t, NULL) != 0 || result != OK) {
		printf("%s: did not run\n", what);
		exit(1);
	}
	pthread_attr_destroy(&attr);
	n = found(seed, 32) + found(file_key, 16) + found(shared, 32) +
	    found(coins, 64) + found(key->mlkem, 1152) +
	    found(key->mlkem + 2368, 32) + found(key->x25519, 32);
	printf("%-24s %u pieces of secrets left\n", what, n);
	return n;
}

int
main(void)
{
	unsigned left, control;

	if (secret_setup() != OK || posix_memalign((void **)&stack, 4096,
	    STACK) != 0) {
		return 2;
	}
	seed = secret_new(32);
	file_key = secret_new(AGE_FILE_KEY);
	coins = secret_new(64);
	shared = secret_new(32);
	key = secret_new(sizeof(*key));
	if (seed == NULL || file_key == NULL || coins == NULL ||
	    shared == NULL || key == NULL) {
		return 2;
	}
	randombytes_buf(seed, 32);
	randombytes_buf(file_key, AGE_FILE_KEY);
	/* what the seed expands to */
	uint8_t *expanded = secret_new(96);
	if (expanded == NULL) {
		return 2;
	}
	mlkem_shake256(seed, 32, expanded, 96);
	memcpy(coins, expanded, 64);
	secret_free(expanded);
	left = run("expand", do_expand);
	left += run("seal", do_seal);
	left += run("open", do_open);
	memcpy(mlkem_pk, to.pk, sizeof(mlkem_pk));
	mlkem_enc(mlkem_pk, coins, mlkem_ct, shared);
	left += run("decapsulate", do_wrapped);
	control = run("decapsulate, not wiped", do_bare);
	secret_free(seed);
	secret_free(file_key);
	secret_free(coins);
	secret_free(shared);
	secret_free(key);
	free(stack);
	return left == 0 && control > 0 ? 0 : 1;
}
