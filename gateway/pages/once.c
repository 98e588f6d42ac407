/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Makes a resent form harmless: the same form with the same content within a
 * day gets the receipt it got. Keeps no content, only a keyed digest under a
 * key of this process, and no clock finer than the day. Bounded: the oldest
 * gives way. An edited form is another digest, so nothing new is dropped.
 */
#include <pthread.h>
#include <string.h>

#include <sodium.h>

#include "meldluik/secret.h"
#include "pages.h"

#define ONCE_MAX 1024u

static struct {
	uint8_t digest[HASH_LEN];
	bool used;
	struct once_result result;
} table[ONCE_MAX];
static unsigned next;
static uint8_t key[crypto_generichash_KEYBYTES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;

static void
key_make(void)
{
	randombytes_buf(key, sizeof(key));
}

static void
add(crypto_generichash_state *h, const void *p, size_t len)
{
	uint64_t n = len; /* lengths first, so that fields cannot run over */

	crypto_generichash_update(h, (const uint8_t *)&n, sizeof(n));
	crypto_generichash_update(h, p, len);
}

void
once_digest(const struct fields *f, const uint8_t *more, size_t len,
    uint8_t out[HASH_LEN])
{
	crypto_generichash_state h;
	const char *name;
	unsigned i;

	pthread_once(&key_once, key_make);
	crypto_generichash_init(&h, key, sizeof(key), HASH_LEN);
	for (i = 0; (name = fields_name(f, i)) != NULL; i++) {
		add(&h, name, strlen(name));
		add(&h, fields_get(f, name), fields_len(f, name));
	}
	add(&h, more, len);
	crypto_generichash_final(&h, out, HASH_LEN);
	secret_wipe(&h, sizeof(h));
}

bool
once_find(const uint8_t digest[HASH_LEN], struct once_result *out)
{
	day_t today = exchange_today();
	bool found = false;
	unsigned i;

	pthread_mutex_lock(&lock);
	for (i = 0; i < ONCE_MAX; i++) {
		if (!table[i].used) {
			continue;
		}
		if (table[i].result.day + 1 < today) {
			secret_wipe(&table[i], sizeof(table[i]));
		} else if (secret_equal(table[i].digest, digest, HASH_LEN)) {
			*out = table[i].result;
			found = true;
		}
	}
	pthread_mutex_unlock(&lock);
	return found;
}

void
once_keep(const uint8_t digest[HASH_LEN], const struct once_result *r)
{
	pthread_mutex_lock(&lock);
	memcpy(table[next].digest, digest, HASH_LEN);
	table[next].result = *r;
	table[next].used = true;
	next = (next + 1) % ONCE_MAX;
	pthread_mutex_unlock(&lock);
}
