/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See store_kit.h. Failing here is a fault of the test's own, so it ends the
 * program.
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store_kit.h"

void kit_check(int ok, const char *what, const char *file, int line)
{
	if (!ok) {
		fprintf(stderr, "%s:%d: %s\n", file, line, what);
		abort();
	}
}

static void seed_of(const char *word, const char *what, unsigned n,
    uint8_t out[32])
{
	char text[128];

	snprintf(text, sizeof(text), "test/%s/%s/%u", word, what, n);
	hash_bytes(text, strlen(text), out);
}

static void keyset_seal(struct kit_org *o)
{
	struct sign_purpose why = { .purpose = "keyset" };

	memcpy(why.org, o->keyset.org, ORG_LEN);
	buf_free(&o->doc);
	buf_free(&o->sig);
	o->doc = buf_new(KEYSET_MAX);
	o->sig = buf_new(SIGN_TEXT_MAX);
	KIT_CHECK(keyset_write(&o->keyset, &o->doc) == OK);
	KIT_CHECK(sign_make(o->identity, &why, o->doc.p, o->doc.len,
		      &o->sig) == OK);
}

void kit_org_make(struct kit_org *o, const char *word, day_t today)
{
	struct keyset *k = &o->keyset;
	uint8_t org[32];
	char text[SIGN_KEY_TEXT];
	struct sign_pk pk;

	memset(o, 0, sizeof(*o));
	seed_of(word, "org", 0, org);
	seed_of(word, "identity", 0, o->identity);
	seed_of(word, "release", 0, o->release);
	memcpy(k->org, org, ORG_LEN);
	snprintf(k->organisation, sizeof(k->organisation), "Test");
	k->serial = 1;
	k->day = today;
	k->not_after = today + 365;
	sign_pk_of(o->identity, &k->identity);
	sign_pk_of(o->release, &pk);
	sign_pk_text(&pk, text);
	if (sign_program_pk_parse(text, &k->release) != OK) {
		abort();
	}
	k->has_release = true;
	k->generation = 1;
	k->desks = k->people = KIT_DESKS;
	for (unsigned i = 0; i < KIT_DESKS; i++) {
		uint8_t seed[32];

		k->desk[i].number = i + 1;
		snprintf(k->desk[i].id, KEYSET_ID, "desk-%u", i + 1);
		snprintf(k->desk[i].name[0].language, 17, "en");
		snprintf(k->desk[i].name[0].name, KEYSET_NAME, "Desk %u",
		    i + 1);
		k->desk[i].names = 1;
		seed_of(word, "holder", i, o->holder[i]);
		snprintf(k->person[i].id, KEYSET_ID, "person-%u", i + 1);
		k->person[i].desk = i + 1;
		k->person[i].role = PERSON_HOLDER;
		sign_pk_of(o->holder[i], &k->person[i].key);
		seed_of(word, "epoch", i, seed);
		KIT_CHECK(age_identity_recipient(seed, &o->recipient[i]) ==
		    OK);
	}
	keyset_seal(o);
}

void kit_org_next(struct kit_org *o, uint64_t serial, day_t today)
{
	memcpy(o->keyset.previous, o->keyset.hash, HASH_LEN);
	o->keyset.serial = serial;
	o->keyset.day = today;
	o->keyset.not_after = today + 365;
	keyset_seal(o);
}

void kit_org_clear(struct kit_org *o)
{
	buf_free(&o->doc);
	buf_free(&o->sig);
}

void kit_bundle_add(struct kit_bundle *b, const char *path, const void *p,
    size_t len)
{
	struct outbound_file *f = &b->o.file[b->o.files];

	snprintf(f->path, sizeof(f->path), "%s", path);
	hash_bytes(p, len, f->sha256);
	b->file[b->o.files] = buf_new(len + 1);
	buf_put(&b->file[b->o.files], p, len);
	b->o.files++;
}

static enum err to_buf(void *arg, const uint8_t *p, size_t len)
{
	buf_put(arg, p, len);
	return ((struct buf *)arg)->failed ? ERR_MEMORY : OK;
}

static void add_lane(struct kit_bundle *b, const struct kit_org *o)
{
	struct sign_purpose why = { .purpose = "lane", .desk = b->o.desk };
	struct lane l = { .desk = b->o.desk,
		.tenure = b->o.tenure,
		.serial = b->o.serial,
		.day = b->o.day };
	struct buf bin = buf_new(1 << 22), doc = buf_new(LANE_MANIFEST_MAX);
	struct buf sig = buf_new(SIGN_TEXT_MAX);

	memcpy(why.org, o->keyset.org, ORG_LEN);
	memcpy(l.org, o->keyset.org, ORG_LEN);
	KIT_CHECK(lane_make(&l, NULL, 0, LANE_SLOTS_MIN, to_buf, &bin) == OK);
	KIT_CHECK(lane_write(&l, &doc) == OK);
	KIT_CHECK(sign_make(o->holder[b->o.desk - 1], &why, doc.p, doc.len,
		      &sig) == OK);
	kit_bundle_add(b, "lane.json", doc.p, doc.len);
	kit_bundle_add(b, "lane.json.minisig", sig.p, sig.len);
	kit_bundle_add(b, "lane.bin", bin.p, bin.len);
	lane_clear(&l);
	buf_free(&bin);
	buf_free(&doc);
	buf_free(&sig);
}

static void add_epoch(struct kit_bundle *b, const struct kit_org *o,
    day_t monday)
{
	struct epoch *e = calloc(1, sizeof(*e));
	struct buf doc = buf_new(KEYSET_MAX);
	char path[65], week[WEEK_TEXT];

	KIT_CHECK(e != NULL);
	memcpy(e->org, o->keyset.org, ORG_LEN);
	memcpy(e->keyset, o->keyset.hash, HASH_LEN);
	e->week = monday;
	for (unsigned i = 0; i < o->keyset.people; i++) {
		struct epoch_block *k = &e->block[e->blocks++];

		k->desk = o->keyset.person[i].desk;
		snprintf(k->person, KEYSET_ID, "%s", o->keyset.person[i].id);
		k->recipient = o->recipient[i];
		KIT_CHECK(epoch_block_sign(e->org, monday, o->holder[i], k) ==
		    OK);
	}
	KIT_CHECK(epoch_write(e, &doc) == OK);
	week_text(monday, week);
	snprintf(path, sizeof(path), "epochs/%s.json", week);
	kit_bundle_add(b, path, doc.p, doc.len);
	buf_free(&doc);
	free(e);
}

void kit_bundle_make(struct kit_bundle *b, const struct kit_org *o,
    unsigned desk, uint64_t serial, day_t today, day_t monday,
    unsigned weeks)
{
	memset(b, 0, sizeof(*b));
	memcpy(b->o.org, o->keyset.org, ORG_LEN);
	b->o.desk = desk;
	b->o.tenure = 1;
	b->o.serial = serial;
	b->o.day = today;
	add_lane(b, o);
	if (weeks > 0) {
		kit_bundle_add(b, "keyset.json", o->doc.p, o->doc.len);
		kit_bundle_add(b, "keyset.json.minisig", o->sig.p,
		    o->sig.len);
	}
	for (unsigned i = 0; i < weeks; i++) {
		add_epoch(b, o, monday + 7 * (day_t)i);
	}
}

void kit_bundle_seal(struct kit_bundle *b, const struct kit_org *o)
{
	struct sign_purpose why = { .purpose = "outbound",
		.desk = b->o.desk };

	memcpy(why.org, o->keyset.org, ORG_LEN);
	buf_free(&b->doc);
	buf_free(&b->sig);
	b->doc = buf_new(OUTBOUND_MAX);
	b->sig = buf_new(SIGN_TEXT_MAX);
	KIT_CHECK(outbound_write(&b->o, &b->doc) == OK);
	KIT_CHECK(sign_make(o->holder[b->o.desk - 1], &why, b->doc.p,
		      b->doc.len, &b->sig) == OK);
}

void kit_bundle_clear(struct kit_bundle *b)
{
	for (unsigned i = 0; i < OUTBOUND_FILES; i++) {
		buf_free(&b->file[i]);
	}
	buf_free(&b->doc);
	buf_free(&b->sig);
}

void kit_envelope(struct buf *out, uint64_t class_size)
{
	struct age_recipient to[ENVELOPE_STANZAS];
	struct age_seal *seal = NULL;

	*out = buf_new((size_t)envelope_sealed_size(class_size));
	for (unsigned i = 0; i < ENVELOPE_STANZAS; i++) {
		KIT_CHECK(age_recipient_throwaway(&to[i]) == OK);
	}
	KIT_CHECK(age_seal_new(to, ENVELOPE_STANZAS, to_buf, out, 1, &seal) ==
	    OK);
	KIT_CHECK(age_seal_zeros(seal, class_size) == OK);
	KIT_CHECK(age_seal_end(seal) == OK);
	age_seal_free(seal);
	KIT_CHECK(out->len == envelope_sealed_size(class_size));
}

void kit_envelope_vary(struct buf *e, uint64_t number)
{
	uint8_t seed[32];

	/* Sealed bytes look random whatever they hold. */
	hash_bytes(&number, sizeof(number), seed);
	memcpy(e->p + e->len - 100, seed, sizeof(seed));
}

unsigned kit_files_open(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 256; fd++) {
		n += fcntl(fd, F_GETFD) != -1;
	}
	return n;
}

void kit_folder(char out[64])
{
	const char *tmp = getenv("TMPDIR");

	snprintf(out, 64, "%s/store.XXXXXX", tmp != NULL ? tmp : "/tmp");
	KIT_CHECK(mkdtemp(out) != NULL);
}

static int remove_one(const char *path, const struct stat *st, int type,
    struct FTW *f)
{
	(void)st;
	(void)type;
	(void)f;
	return remove(path);
}

void kit_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
