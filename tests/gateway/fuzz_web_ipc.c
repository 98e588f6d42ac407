/* SPDX-License-Identifier: EUPL-1.2 */
/* A request or answer that decodes keeps the table, and encodes as it was. */
#include <stdlib.h>
#include <string.h>

#include "process/ipc.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	uint8_t again[IPC_REQUEST_LEN];
	struct ipc_request r;
	struct ipc_answer a;
	const struct ipc_rule *rule;

	if (ipc_request_decode(p, len, true, &r) == OK) {
		rule = &ipc_rules[r.q.what];
		if (r.len > rule->max || r.len < rule->min ||
		    (r.slot != SLOT_NONE && (r.slot >= SLOTS ||
		    r.len > slot_len(r.slot)))) {
			abort();
		}
		ipc_request_encode(&r, again);
		if (memcmp(again, p, len) != 0) {
			abort();
		}
	}
	if (ipc_request_decode(p, len, false, &r) == OK &&
	    ipc_rules[r.q.what].when == IPC_COURIER) {
		abort();
	}
	if (ipc_answer_decode(p, len, &a) == OK && a.slot != SLOT_NONE &&
	    a.a.payload_len > slot_len(a.slot)) {
		abort();
	}
	return 0;
}
