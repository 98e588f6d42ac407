/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What tests of the store share: a throw-away organisation of two desks with
 * keys made from fixed words (so that a second process makes the same ones),
 * real envelopes, and outbound bundles signed by its holders.
 */
#ifndef STORE_KIT_H
#define STORE_KIT_H

#include "meldluik/secret.h"
#include "meldluik/store.h"

#define KIT_DESKS 2u
#define KIT_DAY 20781 /* 2026-11-24, a Tuesday */

struct kit_org {
	uint8_t identity[SIGN_SEED], holder[4][SIGN_SEED];
	uint8_t release[SIGN_SEED];
	struct keyset keyset;
	struct buf doc, sig; /* keyset.json and its signature */
	struct age_recipient recipient[4];
};

/* Desks 1..KIT_DESKS, a holder each; serial 1. ${word} names the keys. */
void kit_org_make(struct kit_org *o, const char *word, day_t today);
/* Makes keyset ${serial}, following the one there is */
void kit_org_next(struct kit_org *o, uint64_t serial, day_t today);
void kit_org_clear(struct kit_org *o);

struct kit_bundle {
	struct outbound o;
	struct buf file[OUTBOUND_FILES];
	struct buf doc, sig;
};
/*
 * A bundle of ${desk} with lane, and with ${weeks} > 0 the keyset and that
 * many epoch files from ${monday} on. Not signed yet: change it, then seal.
 */
void kit_bundle_make(struct kit_bundle *b, const struct kit_org *o,
    unsigned desk, uint64_t serial, day_t today, day_t monday,
    unsigned weeks);
void kit_bundle_add(struct kit_bundle *b, const char *path, const void *p,
    size_t len);
void kit_bundle_seal(struct kit_bundle *b, const struct kit_org *o);
void kit_bundle_clear(struct kit_bundle *b);
enum err kit_bundle_stage(struct store *s, const struct kit_bundle *b);

/* Keyset, 4 weeks from last week on, lanes of both desks; live at once */
void kit_install(struct store *s, const struct kit_org *o, day_t today);
/* Desk confirms manifest ${serial} with bundle ${bundle} */
enum err kit_confirm(struct store *s, const struct kit_org *o,
    unsigned desk, uint64_t bundle, uint64_t serial, day_t today);

/* A real envelope of throw-away recipients; then copies that differ in
 * their sealed bytes, as cheap as a memcpy */
void kit_envelope(struct buf *out, uint64_t class_size);
void kit_envelope_vary(struct buf *e, uint64_t number);

/* A fresh folder below TMPDIR; removed with all in it by kit_remove */
void kit_folder(char out[64]);
void kit_remove(const char *path);
/* Descriptors that this process has; after each failure as many as before */
unsigned kit_files_open(void);
struct store_options kit_options(const char *path);

#define KIT_CHECK(x) kit_check((x), #x, __FILE__, __LINE__)
void kit_check(int ok, const char *what, const char *file, int line);

#endif
