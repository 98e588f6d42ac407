/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Manifests of the bundles that the courier carries (keys/FORMAT.md section
 * 9). Only documents are handled here; folders and files are the programs'.
 */
#ifndef MELDLUIK_BUNDLE_H
#define MELDLUIK_BUNDLE_H

#include "meldluik/board.h"

#define INBOUND_MAX 16777216u   /* bytes of a manifest */
#define INBOUND_ENVELOPES 65536u /* in one manifest; more go to the next */
#define OUTBOUND_MAX 1048576u
#define OUTBOUND_FILES 256u

/*
 * A gateway whose store was lost is made anew: new key, next generation. The
 * serials of generation g are GENERATION_SERIALS * (g - 1) + 1 and up, so that
 * manifests of all generations stand in one order.
 */
#define GENERATION_SERIALS UINT64_C(1000000000)
uint64_t generation_base(uint64_t generation); /* one less than its first */
uint64_t generation_of(uint64_t serial);       /* serial 0: 1 */

struct inbound_envelope {
	uint8_t sha256[HASH_LEN];
	uint64_t size;
	day_t day;
	day_t week;
};
struct inbound_applied {
	unsigned desk;
	uint64_t tenure, serial;
	uint8_t sha256[HASH_LEN];
	day_t day;
};
struct inbound {
	uint8_t org[ORG_LEN];
	uint64_t generation, serial;
	uint8_t previous[HASH_LEN];
	day_t day;
	struct inbound_envelope *envelope;
	size_t envelopes;
	day_t *closed; /* Mondays */
	size_t closeds;
	struct inbound_applied applied[KEYSET_DESKS_MAX];
	unsigned applieds;
	uint8_t hash[HASH_LEN]; /* of the bytes written or parsed */
};
enum err inbound_write(struct inbound *m, struct buf *out);
/* Verifies the gateway's signature; links are the caller's question */
enum err inbound_parse(const void *p, size_t len, const void *sig,
    size_t siglen, const struct sign_pk *gateway, const uint8_t org[ORG_LEN],
    struct inbound **out);
void inbound_free(struct inbound *m);
/* ${prev_hash} is NULL before the first of a generation. ERR_CHAIN names a
 * gap, replay, rollback or fork; ERR_FOREIGN another generation */
enum err inbound_follows(uint64_t prev_serial, const uint8_t *prev_hash,
    uint64_t generation, const struct inbound *m);

struct outbound_file {
	char path[65]; /* lane.bin, epochs/2026-W48.json ... a fixed set */
	uint8_t sha256[HASH_LEN];
};
struct outbound {
	uint8_t org[ORG_LEN];
	unsigned desk;
	uint64_t tenure, serial;
	uint8_t previous[HASH_LEN];
	day_t day;
	struct outbound_file file[OUTBOUND_FILES];
	unsigned files;
	uint64_t confirmed_serial;
	uint8_t confirmed[HASH_LEN];
	uint64_t intake_serial;
	uint8_t intake[HASH_LEN];
	uint8_t hash[HASH_LEN];
};
enum err outbound_write(struct outbound *o, struct buf *out);
/* ${k} NULL: parsed without a signature check (first keyset in the bundle) */
enum err outbound_parse(const void *p, size_t len, const void *sig,
    size_t siglen, const struct keyset *k, struct outbound **out);
void outbound_free(struct outbound *o);
/* One of the paths of FORMAT.md section 9; nothing else ever becomes a file
 * name */
bool outbound_path_ok(const char *path);

#endif
