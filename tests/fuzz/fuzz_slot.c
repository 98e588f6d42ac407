/* SPDX-License-Identifier: EUPL-1.2 */
/* What a reporter's client does with the plaintext of a slot: cut the signed
 * note, then parse reply.json. Also the reply alone, so that it is reached. */
#include <stdlib.h>
#include <string.h>

#include "meldluik/board.h"
#include "meldluik/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static void
reply_try(const uint8_t *p, size_t len)
{
	struct reply r;

	if (reply_parse(p, len, &r) == OK) {
		if (r.part < 1 || r.part > r.parts || r.parts >
		    SLOT_LIVE_MAX || r.receipts > REPLY_RECEIPTS_MAX ||
		    strlen(r.text) > len) {
			abort();
		}
		reply_clear(&r);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct bytes sig, doc;

	if (secret_setup() != OK) {
		return 0;
	}
	reply_try(p, len);
	if (note_split(p, len, &sig, &doc) == OK) {
		if (doc.p < p || doc.p + doc.len > p + len || sig.p < p ||
		    sig.p + sig.len > doc.p) {
			abort();
		}
		reply_try(doc.p, doc.len);
	}
	return 0;
}
