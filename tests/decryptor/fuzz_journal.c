/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The journal's value and the fold. First byte even: the rest is a sealed
 * value as it might lie in a damaged database. Odd: the rest is JSON, one
 * event a line, folded into one state, as if the key holder wrote it.
 */
#include <stdlib.h>
#include <string.h>

#include "decryptor/fold.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static const uint8_t key[32];
	uint8_t zero[HASH_LEN] = {0}, hash[HASH_LEN];
	struct state *s;
	json_t *o = NULL;

	if (len == 0 || secret_setup() != OK) {
		return 0;
	}
	if ((p[0] & 1) == 0) {
		if (journal_open(key, 1, zero, p + 1, len - 1, &o, hash) ==
		    OK) {
			json_decref(o);
		}
		return 0;
	}
	s = state_new();
	p++;
	len--;
	while (len > 0) {
		const uint8_t *end = memchr(p, '\n', len);
		size_t n = end == NULL ? len : (size_t)(end - p);
		o = NULL;
		if (json_read(p, n, EVENT_MAX, &o) == OK &&
		    state_apply(s, o) != OK) {
			json_decref(o);
			break;
		}
		json_decref(o);
		n += end != NULL;
		p += n;
		len -= n;
	}
	hash[0] = (uint8_t)state_complete(s);
	state_confirmed(s, hash);
	state_body_read(s, zero);
	state_free(s);
	return 0;
}
