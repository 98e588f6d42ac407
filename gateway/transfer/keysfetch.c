/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Keyset: download and verify. Public data only.
 */
#include "keysfetch.h"

void
keyset_files_clear(struct keyset_files *f)
{
	buf_free(&f->doc);
	buf_free(&f->sig);
}

enum err
keyset_accept(const struct keyset_files *f, const char *pin,
    struct keyset **out)
{
	struct keyset *k = NULL;
	enum err e = keyset_parse(f->doc.p, f->doc.len, f->sig.p, f->sig.len,
	    NULL, &k);

	if (e != OK) {
		return e;
	}
	if (pin != NULL && !sign_fingerprint_is(&k->identity, pin)) {
		keyset_free(k);
		return ERR_FOREIGN;
	}
	*out = k;
	return OK;
}

enum err
keyset_fetch(struct transfer *t, const char *pin, struct keyset_files *f,
    struct keyset **out)
{
	enum err e;

	f->doc = buf_new(KEYSET_MAX);
	f->sig = buf_new(SIGN_TEXT_MAX);
	if ((e = transfer_get(t, "/v1/keyset.json", KEYSET_MAX,
	    &f->doc)) != OK ||
	    (e = transfer_get(t, "/v1/keyset.json.minisig", SIGN_TEXT_MAX,
	    &f->sig)) != OK) {
		return e;
	}
	return keyset_accept(f, pin, out);
}
