/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Epoch blocks of files between desks (keys/DESK.md), the file
 * and one of them: what is read can be written, and reads the same.
 */
#include <stdlib.h>
#include <string.h>

#include "decryptor/org.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static const uint8_t org[ORG_LEN];
	struct org_blocks list = { NULL, 0, 0 };
	struct epoch_block block, again;
	json_t *o = NULL, *copy;
	day_t week, same;

	if (secret_setup() != OK) {
		return 0;
	}
	if (blocks_parse(p, len, org, &list) == OK &&
	    list.count > BLOCKS_MAX) {
		abort();
	}
	blocks_free(&list);
	if (json_read(p, len, 65536, &o) != OK) {
		return 0;
	}
	if (block_of_json(o, &week, &block) == OK) {
		copy = block_json(week, &block);
		if (block_of_json(copy, &same, &again) != OK ||
		    same != week || again.desk != block.desk ||
		    strcmp(again.person, block.person) != 0 ||
		    strcmp(again.minisig, block.minisig) != 0) {
			abort();
		}
		json_decref(copy);
	}
	json_decref(o);
	return 0;
}
