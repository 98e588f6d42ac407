/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The sealed head of the journal. First byte even: the rest is what lies at
 * position 0 of a damaged database. Odd: the rest is sealed first, as if the
 * key holder wrote it; then one plaintext alone is the head.
 */
#include <stdlib.h>
#include <string.h>

#include "decryptor/casebook_private.h"
#include "meldluik/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static const uint8_t key[32];
	static const char label[] = "meldluik/v1/journal-head";
	uint8_t right[8 + HASH_LEN] = {0};
	struct buf sealed = buf_new(65536);
	bool good = false;
	enum err e;

	if (len == 0 || secret_setup() != OK) {
		return 0;
	}
	memset(right + 7, 'a', sizeof right - 7);
	if ((p[0] & 1) == 0) {
		buf_put(&sealed, p + 1, len - 1);
	} else if (value_seal(key, label, sizeof label, p + 1, len - 1,
	    &sealed) == OK) {
		good = len - 1 == sizeof right &&
		    memcmp(p + 1, right, sizeof right) == 0;
	}
	e = journal_head_open(key, sealed.p, sealed.len, 'a', right + 8);
	if (e != (good ? OK : ERR_CHAIN)) {
		abort();
	}
	buf_free(&sealed);
	return 0;
}
