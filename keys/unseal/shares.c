/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Shares of a key: made, laid together, judged. libgfshare combines wrong
 * shares to silent garbage, so nothing reaches it before every share was
 * held against the commitments that all sheets of a set carry.
 */
#include <string.h>

#include <libgfshare.h>
#include <sodium.h>

#include "labels.h"
#include "crockford.h"
#include "meldluik/code.h"
#include "meldluik/secret.h"
#include "meldluik/shares.h"
#include "shares_private.h"

static void
fill_random(unsigned char *p, unsigned int len)
{
	randombytes_buf(p, len);
}

static void
share_commit(const struct share *s, uint8_t out[SHARE_COMMIT])
{
	uint8_t in[sizeof LABEL_SHARE - 1 + SHARE_HEAD + SHARE_SECRET];
	uint8_t h[HASH_LEN];
	size_t at = sizeof LABEL_SHARE - 1;

	memcpy(in, LABEL_SHARE, at);
	share_head(s, in + at);
	memcpy(in + at + SHARE_HEAD, s->data, SHARE_SECRET);
	hash_bytes(in, sizeof in, h);
	memcpy(out, h, SHARE_COMMIT);
	secret_wipe(in, sizeof in);
}

bool
share_honest(const struct share *s)
{
	uint8_t commit[SHARE_COMMIT];

	share_commit(s, commit);
	return secret_equal(commit, s->commit[s->x - 1], SHARE_COMMIT);
}

enum err
shares_split(enum share_kind kind, unsigned k, unsigned n,
    const uint8_t secret[SHARE_SECRET], struct share *out)
{
	uint8_t numbers[SHARES_MAX], copy[SHARE_SECRET];
	gfshare_ctx *g;

	if (k < SHARES_MIN || n < k || n > SHARES_MAX) {
		return ERR_USAGE;
	}
	for (unsigned i = 0; i < n; i++) {
		numbers[i] = (uint8_t)(i + 1);
	}
	gfshare_fill_rand = fill_random;
	g = gfshare_ctx_init_enc(numbers, n, (unsigned char)k, SHARE_SECRET);
	if (g == NULL) {
		return ERR_MEMORY;
	}
	memcpy(copy, secret, sizeof copy);
	gfshare_ctx_enc_setsecret(g, copy);
	secret_wipe(copy, sizeof copy);
	for (unsigned i = 0; i < n; i++) {
		memset(&out[i], 0, sizeof out[i]);
		out[i].kind = kind;
		out[i].k = k;
		out[i].n = n;
		out[i].x = i + 1;
		gfshare_ctx_enc_getshare(g, (unsigned char)i, out[i].data);
	}
	gfshare_ctx_free(g);
	for (unsigned i = 0; i < n; i++) {
		share_commit(&out[i], out[0].commit[i]);
	}
	for (unsigned i = 1; i < n; i++) {
		memcpy(out[i].commit, out[0].commit, sizeof out[0].commit);
	}
	return OK;
}

static bool
same_set(const struct share *a, const struct share *b)
{
	return a->kind == b->kind && a->k == b->k && a->n == b->n &&
	    memcmp(a->commit, b->commit, a->n * SHARE_COMMIT) == 0;
}

/* The set that most shares are of; the first of equals */
static unsigned
common_set(const struct share *s, unsigned count)
{
	unsigned best = 0, most = 0;

	for (unsigned i = 0; i < count; i++) {
		unsigned same = 0;
		for (unsigned j = 0; j < count; j++) {
			same += same_set(&s[i], &s[j]);
		}
		if (same > most) {
			most = same;
			best = i;
		}
	}
	return best;
}

static enum err
fault(struct shares_fault *f, enum shares_trouble what, unsigned which,
    enum err e)
{
	if (f != NULL) {
		f->what = what;
		f->which = which;
	}
	return e;
}

enum err
shares_combine(const struct share *s, unsigned count,
    uint8_t secret[SHARE_SECRET], struct shares_fault *f)
{
	uint8_t numbers[SHARES_MAX], data[SHARES_MAX][SHARE_SECRET];
	unsigned have = 0, common;
	gfshare_ctx *g = NULL;
	enum err e = OK;

	fault(f, SHARES_FINE, 0, OK);
	if (count == 0) {
		return fault(f, SHARES_FEW, 0, ERR_POLICY);
	}
	for (unsigned i = 0; i < count; i++) {
		if (!share_honest(&s[i])) {
			return fault(f, SHARES_LYING, i, ERR_SIGNATURE);
		}
	}
	common = common_set(s, count);
	for (unsigned i = 0; i < count; i++) {
		bool twice = false;
		if (!same_set(&s[common], &s[i])) {
			e = fault(f, SHARES_MIXED, i, ERR_CONFLICT);
			goto out;
		}
		for (unsigned j = 0; j < have; j++) {
			twice = twice || numbers[j] == s[i].x;
		}
		if (!twice && have < s[i].k) {
			numbers[have] = (uint8_t)s[i].x;
			memcpy(data[have++], s[i].data, SHARE_SECRET);
		}
	}
	if (have < s[0].k) {
		e = fault(f, SHARES_FEW, 0, ERR_POLICY);
		goto out;
	}
	gfshare_fill_rand = fill_random;
	g = gfshare_ctx_init_dec(numbers, have, SHARE_SECRET);
	if (g == NULL) {
		e = ERR_MEMORY;
		goto out;
	}
	for (unsigned i = 0; i < have; i++) {
		gfshare_ctx_dec_giveshare(g, (unsigned char)i, data[i]);
	}
	gfshare_ctx_dec_extract(g, secret);
	gfshare_ctx_free(g);
out:
	secret_wipe(data, sizeof data);
	return e;
}

void
share_set(const struct share *s, char out[SHARE_SET])
{
	uint8_t in[sizeof LABEL_SHARE_SET - 1 + SHARE_HEAD +
	    SHARES_MAX * SHARE_COMMIT];
	size_t at = sizeof LABEL_SHARE_SET - 1;
	struct share none = *s;
	char text[SHARE_SET];
	uint8_t h[HASH_LEN];

	none.x = 0;
	memcpy(in, LABEL_SHARE_SET, at);
	share_head(&none, in + at);
	at += SHARE_HEAD;
	memcpy(in + at, s->commit, s->n * SHARE_COMMIT);
	hash_bytes(in, at + s->n * SHARE_COMMIT, h);
	crockford_encode(h, 5, text);
	crockford_group(text, 8, out);
	secret_wipe(&none, sizeof none);
}
