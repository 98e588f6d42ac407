/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Manifests of bundles. An inbound one is signed here first, so that the
 * parser behind the signature is reached: a gateway taken over by an enemy
 * signs what it likes.
 */
#include <stdlib.h>
#include <string.h>

#include "meldluik/bundle.h"
#include "meldluik/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static const uint8_t seed[SIGN_SEED] = {1};
	struct sign_purpose why = {.purpose = "inbound"};
	struct buf sig = buf_new(SIGN_TEXT_MAX), again = buf_new(INBOUND_MAX);
	struct inbound *in = NULL;
	struct outbound *out = NULL;
	struct sign_pk pk;

	if (secret_setup() != OK) {
		return 0;
	}
	sign_pk_of(seed, &pk);
	if (sign_make(seed, &why, p, len, &sig) == OK &&
	    inbound_parse(p, len, sig.p, sig.len, &pk, why.org, &in) == OK) {
		if (inbound_follows(0, NULL, in->generation, in) == OK &&
		    in->serial != 1) {
			abort();
		}
		if (inbound_write(in, &again) != OK) {
			abort();
		}
	}
	inbound_free(in);
	if (outbound_parse(p, len, NULL, 0, NULL, &out) == OK) {
		for (unsigned i = 0; i < out->files; i++) {
			if (!outbound_path_ok(out->file[i].path)) {
				abort();
			}
		}
	}
	outbound_free(out);
	buf_free(&sig);
	buf_free(&again);
	return 0;
}
