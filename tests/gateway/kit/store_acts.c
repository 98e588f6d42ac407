/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See store_kit.h: the part that acts on a store. Apart from store_kit.c,
 * which programs without a store use too.
 */
#include <stdlib.h>
#include <string.h>

#include "store_kit.h"

enum err kit_bundle_stage(struct store *s, const struct kit_bundle *b)
{
	enum err r = OK;

	for (unsigned i = 0; r == OK && i < b->o.files; i++) {
		/* In two pieces, as a courier with a small buffer would */
		size_t half = b->file[i].len / 2;

		r = store_outbound_put(s, b->o.desk, b->o.file[i].path, 0,
		    b->file[i].p, half);
		if (r == OK) {
			r = store_outbound_put(s, b->o.desk,
			    b->o.file[i].path, half, b->file[i].p + half,
			    b->file[i].len - half);
		}
	}
	if (r == OK) {
		r = store_outbound_put(s, b->o.desk, "outbound.json", 0,
		    b->doc.p, b->doc.len);
	}
	if (r == OK) {
		r = store_outbound_put(s, b->o.desk, "outbound.json.minisig",
		    0, b->sig.p, b->sig.len);
	}
	return r;
}

void kit_install(struct store *s, const struct kit_org *o, day_t today)
{
	for (unsigned d = 1; d <= KIT_DESKS; d++) {
		struct kit_bundle *b = malloc(sizeof(*b));

		KIT_CHECK(b != NULL);
		kit_bundle_make(b, o, d, 1, today, week_of(today) - 7,
		    d == 1 ? 4 : 0);
		kit_bundle_seal(b, o);
		store_today(s, today);
		KIT_CHECK(kit_bundle_stage(s, b) == OK);
		KIT_CHECK(store_outbound_apply(s, d, NULL, today) == OK);
		KIT_CHECK(store_commit(s) == OK);
		kit_bundle_clear(b);
		free(b);
	}
}

enum err kit_confirm(struct store *s, const struct kit_org *o,
    unsigned desk, uint64_t bundle, uint64_t serial, day_t today)
{
	struct kit_bundle *b = malloc(sizeof(*b));
	struct buf doc = buf_new(INBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	enum err r;

	KIT_CHECK(b != NULL);
	KIT_CHECK(store_manifest(s, serial, &doc, &sig) == OK);
	kit_bundle_make(b, o, desk, bundle, today, 0, 0);
	b->o.confirmed_serial = b->o.intake_serial = serial;
	hash_bytes(doc.p, doc.len, b->o.confirmed);
	memcpy(b->o.intake, b->o.confirmed, HASH_LEN);
	kit_bundle_seal(b, o);
	r = kit_bundle_stage(s, b);
	if (r == OK) {
		r = store_outbound_apply(s, desk, NULL, today);
	}
	if (r == OK) {
		r = store_commit(s);
	}
	kit_bundle_clear(b);
	free(b);
	buf_free(&doc);
	buf_free(&sig);
	return r;
}

struct store_options kit_options(const char *path)
{
	struct store_options o = { .path = path,
		.bulk_bytes = 256 << 20,
		.text_reserve = 1 << 20,
		.free_floor = 1 << 20,
		.ballast = 1 << 20,
		.uploads_max = 4,
		.grace_days = 14 };

	return o;
}
