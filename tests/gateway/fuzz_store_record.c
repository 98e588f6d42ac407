/* SPDX-License-Identifier: EUPL-1.2 */
/* What the store decodes: entries, sessions, and names of files a courier
 * brings. Records are authenticated first; a decoder must hold all the
 * same. */
#include <stdlib.h>
#include <string.h>

#include "store/outbound_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static void must(bool yes)
{
	if (!yes) {
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct entry e = { 0 };
	struct session u;
	struct buf again = buf_new(1024);
	char path[80] = { 0 };
	uint8_t hash[HASH_LEN];
	day_t week;

	(void)entry_decode(p, len, &e);
	if (session_decode(p, len, &u) == OK) {
		/* One encoding per value, and no state that hashing could
		 * run past */
		session_encode(&u, &again);
		must(again.len == len && memcmp(again.p, p, len) == 0);
		hash_saved_write(u.state, p, len);
		hash_saved_end(u.state, hash);
	}
	memcpy(path, p, len < sizeof(path) - 1 ? len : sizeof(path) - 1);
	if (path_week(path, &week)) {
		must(strlen(path) == 20 && strchr(path + 7, '/') == NULL);
	}
	if (outbound_path_ok(path)) {
		must(path[0] != '/' && strstr(path, "..") == NULL &&
		    strlen(path) <= 64);
	}
	buf_free(&again);
	return 0;
}
