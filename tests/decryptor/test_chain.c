/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The intake chain: whoever carries the stick cannot leave a manifest away,
 * change, repeat or move one, and the gateway cannot sign two of a number. A
 * real casebook; the gateway is the test's.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "decryptor/casebook.h"
#include "decryptor/files.h"
#include "decryptor/intake.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"
#include "../unit/said.h"

#define TODAY 20781
#define ok(x) assert_int_equal((x), OK)
#define is(x, e) assert_int_equal((x), (e))

static const uint8_t key[32] = {7};

struct place {
	char path[64];
	int dir, stick;
	struct desk d;
	struct keyset keyset;
	uint8_t gateway[SIGN_SEED];
	uint8_t last[HASH_LEN]; /* of what was put last */
	struct intake_result r;
};

static void
stick_new(struct place *p)
{
	if (p->stick >= 0) {
		close(p->stick);
		folder_remove(p->dir, "stick");
	}
	ok(folder_open(p->dir, "stick", true, &p->stick));
}

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	assert_non_null(p);
	ok(secret_setup());
	strcpy(p->path, "/tmp/meldluik-chain.XXXXXX");
	assert_non_null(mkdtemp(p->path));
	p->dir = open(p->path, O_RDONLY | O_DIRECTORY);
	p->stick = -1;
	stick_new(p);
	ok(casebook_create(p->dir, p->path, key));
	p->d.today = TODAY;
	p->d.ring = keyring_new();
	assert_non_null(p->d.ring);
	p->d.ring->desk = 1;
	memset(p->d.ring->org, 5, ORG_LEN);
	memset(p->keyset.org, 5, ORG_LEN);
	p->keyset.has_gateway = true;
	p->keyset.generation = 1;
	sign_keypair(p->gateway, &p->keyset.gateway);
	p->d.keyset = &p->keyset;
	p->d.state = state_new();
	assert_non_null(p->d.state);
	ok(casebook_open(p->dir, p->path, key, &p->d.book));
	ok(desk_record(&p->d, json_pack("{s:s,s:s,s:s,s:i,s:i}", "e", "init",
	    "day", "2026-11-02", "person", "coordinator", "desk", 1,
	    "tenure", 1)));
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	casebook_close(p->d.book);
	state_free(p->d.state);
	keyring_free(p->d.ring);
	folder_remove(p->dir, "casebook");
	folder_remove(p->dir, "stick");
	unlinkat(p->dir, "casekeys", 0);
	close(p->stick);
	close(p->dir);
	rmdir(p->path);
	free(p);
	return 0;
}

static void
put_file(struct place *p, uint64_t named, const char *end,
    const struct buf *b)
{
	char name[64];

	snprintf(name, sizeof name, "manifest-%llu.json%s",
	    (unsigned long long)named, end);
	ok(file_replace(p->stick, name, b->p, b->len));
}

/* ${m} in the file of manifest ${named}, as its gateway signs it */
static void
put_as(struct place *p, struct inbound *m, uint64_t named)
{
	struct sign_purpose why = {.purpose = "inbound"};
	struct buf doc = buf_new(INBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);

	memcpy(why.org, p->keyset.org, ORG_LEN);
	ok(inbound_write(m, &doc));
	ok(sign_make(p->gateway, &why, doc.p, doc.len, &sig));
	put_file(p, named, "", &doc);
	put_file(p, named, ".minisig", &sig);
	memcpy(p->last, m->hash, HASH_LEN);
	buf_free(&doc);
	buf_free(&sig);
}

/* The one after what was put last */
static struct inbound
manifest(const struct place *p, uint64_t serial)
{
	struct inbound m = {.generation = generation_of(serial),
		.serial = serial, .day = TODAY};

	memcpy(m.org, p->keyset.org, ORG_LEN);
	if (serial > generation_base(m.generation) + 1) {
		memcpy(m.previous, p->last, HASH_LEN);
	}
	return m;
}

static void
put(struct place *p, uint64_t first, uint64_t last)
{
	for (uint64_t n = first; n <= last; n++) {
		struct inbound m = manifest(p, n);
		put_as(p, &m, n);
	}
}

static enum err
import(struct place *p)
{
	memset(&p->r, 0, sizeof p->r);
	return chain_import(&p->d, p->stick, &p->r);
}

/* Refused as a whole, with these words: what was there before is there, and
 * no more */
static void
refused(struct place *p, enum err why, const char *words)
{
	size_t n = p->d.state->manifests;
	uint64_t events = journal_length(p->d.book);
	enum err e;

	said_begin();
	e = import(p);
	assert_true(said_end(words));
	is(e, why);
	assert_int_equal(p->d.state->manifests, n);
	assert_int_equal(journal_length(p->d.book), events);
}

static void
goes_on(void **state)
{
	struct place *p = *state;
	struct inbound *m = NULL;

	put(p, 1, 3);
	ok(import(p));
	assert_int_equal(p->r.fresh, 3);
	assert_int_equal(p->r.first, 1);
	assert_int_equal(p->r.last, 3);
	assert_false(p->r.replayed);
	assert_memory_equal(p->d.state->manifest[2].hash, p->last, HASH_LEN);
	ok(import(p)); /* again */
	assert_true(p->r.replayed);
	assert_int_equal(p->r.fresh, 0);
	put(p, 4, 11); /* in the order of numbers, not of names */
	ok(import(p));
	assert_int_equal(p->r.fresh, 8);
	assert_int_equal(p->d.state->manifests, 11);
	ok(manifest_load(&p->d, &p->d.state->manifest[10], &m));
	assert_int_equal(m->serial, 11);
	assert_memory_equal(m->hash, p->last, HASH_LEN);
	inbound_free(m);
	m = NULL;
	p->d.ring->org[0] ^= 1;
	is(manifest_load(&p->d, &p->d.state->manifest[10], &m),
	    ERR_SIGNATURE);
	p->d.state->manifest[10].record[0] ^= 1;
	is(manifest_load(&p->d, &p->d.state->manifest[10], &m), ERR_UNKNOWN);
	assert_null(m);
}

static void
other_names(void **state)
{
	static const char *const name[] = {"manifest-02.json",
		"manifest-0.json", "manifest-2.json.tmp", "manifest-2.jso",
		"manifest-x.json", "manifest-+2.json", "x"};
	struct place *p = *state;

	refused(p, ERR_UNKNOWN, "there is no manifest"); /* an empty folder */
	put(p, 1, 1);
	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		ok(file_replace(p->stick, name[i], "{}", 2));
	}
	ok(import(p));
	assert_int_equal(p->r.fresh, 1);
	is(chain_import(&p->d, -1, &p->r), ERR_IO);
	put(p, 2, 2);
	p->d.keyset->has_gateway = false; /* nobody's signature would do */
	is(import(p), ERR_UNKNOWN);
	p->d.keyset->has_gateway = true;
}

static void
edited(void **state)
{
	struct place *p = *state;
	struct buf none = buf_new(1);
	struct inbound m;
	int fd;

	put(p, 1, 2);
	m = manifest(p, 3);
	m.day++;
	p->gateway[0] ^= 1;
	put_as(p, &m, 3);
	refused(p, ERR_SIGNATURE, "was edited"); /* and 1 and 2 too */
	p->gateway[0] ^= 1;
	m.org[0] ^= 1;
	put_as(p, &m, 3);
	refused(p, ERR_FOREIGN, "manifest 3 is of another organisation");
	m.org[0] ^= 1;
	put_as(p, &m, 3);
	put_file(p, 3, "", &none);
	refused(p, ERR_SIGNATURE, "was edited");
	put_as(p, &m, 3);
	ok(unlinkat(p->stick, "manifest-3.json.minisig", 0) == 0 ? OK :
	    ERR_IO);
	refused(p, ERR_UNKNOWN, "has no signature beside it");
	ok(unlinkat(p->stick, "manifest-3.json", 0) == 0 ? OK : ERR_IO);
	ok(folder_open(p->stick, "manifest-3.json", true, &fd));
	close(fd);
	refused(p, ERR_POLICY, "manifest 3 cannot be read");
	ok(unlinkat(p->stick, "manifest-3.json", AT_REMOVEDIR) == 0 ? OK :
	    ERR_IO);
	put_as(p, &m, 3);
	ok(import(p));
	buf_free(&none);
}

static void
moved_repeated_or_left_away(void **state)
{
	struct place *p = *state;
	uint8_t two[HASH_LEN];
	struct inbound m;

	put(p, 1, 1);
	m = manifest(p, 2);
	put_as(p, &m, 2);
	memcpy(two, p->last, HASH_LEN);
	put_as(p, &m, 3);
	refused(p, ERR_CHAIN, "reordered or replayed"); /* 2 again, as 3 */
	m = manifest(p, 3);
	memset(m.previous, 9, HASH_LEN);
	put_as(p, &m, 3);
	refused(p, ERR_CHAIN, "FORK"); /* of another chain */
	memcpy(p->last, two, HASH_LEN);
	m = manifest(p, 4);
	put_as(p, &m, 4);
	ok(unlinkat(p->stick, "manifest-3.json", 0) == 0 ? OK : ERR_IO);
	refused(p, ERR_CHAIN, "manifest 3 is missing");
	stick_new(p);
	memset(p->last, 0, HASH_LEN);
	put(p, 1, 2);
	m = manifest(p, 3);
	put_as(p, &m, 4); /* as it is, under another name */
	refused(p, ERR_CHAIN, "reordered or replayed");
}

static void
forks_and_old_sticks(void **state)
{
	struct place *p = *state;
	uint8_t one[HASH_LEN];
	struct inbound m;

	put(p, 1, 1);
	memcpy(one, p->last, HASH_LEN);
	put(p, 2, 3);
	ok(import(p));
	stick_new(p);
	memcpy(p->last, one, HASH_LEN);
	m = manifest(p, 2);
	m.day++;
	put_as(p, &m, 2); /* the same number, and another one */
	put(p, 3, 4);
	refused(p, ERR_CHAIN, "two different manifests");
	stick_new(p);
	put(p, 1, 2);
	refused(p, ERR_STALE, "ROLLED BACK");
}

/* As many manifests as a stick may have, and one more */
static void
too_many(void **state)
{
	struct place *p = *state;

	put(p, 1, 1);
	for (unsigned n = 2; n <= 65536 + 1; n++) {
		char name[64];
		int fd;

		snprintf(name, sizeof name, "manifest-%u.json", n);
		fd = openat(p->stick, name, O_WRONLY | O_CREAT, 0600);
		assert_true(fd >= 0);
		close(fd);
	}
	refused(p, ERR_LIMIT, "");
}

/* A gateway made anew: its first number, its key; and what the old one made
 * by the key that it had */
static void
generations(void **state)
{
	struct place *p = *state;
	uint64_t second = generation_base(2) + 1;
	uint64_t third = generation_base(3) + 1;
	uint8_t old[SIGN_SEED];
	struct inbound m;

	put(p, second, second);
	refused(p, ERR_FOREIGN, "the keyset names 1");
	stick_new(p);
	put(p, 1, 2);
	p->keyset.generation = 2;
	refused(p, ERR_UNKNOWN, "of which this desk read nothing");
	p->keyset.generation = 1;
	ok(import(p));
	put(p, second + 1, second + 1);
	memcpy(old, p->gateway, SIGN_SEED);
	sign_keypair(p->gateway, &p->keyset.gateway);
	p->keyset.generation = 2;
	m = manifest(p, second + 1);
	put_as(p, &m, second + 1);
	refused(p, ERR_CHAIN, "is missing"); /* its first */
	ok(unlinkat(p->stick, "manifest-1000000002.json", 0) == 0 ? OK :
	    ERR_IO);
	put(p, second, second + 1);
	ok(import(p)); /* with 1 and 2 of the old one, again */
	assert_int_equal(p->r.fresh, 2);
	sign_keypair(p->gateway, &p->keyset.gateway);
	p->keyset.generation = 3;
	put(p, third, third);
	ok(import(p)); /* and those of the first by the first one's key */
	assert_int_equal(p->r.fresh, 1);
	memcpy(p->gateway, old, SIGN_SEED);
	m = manifest(p, third + 1);
	put_as(p, &m, third + 1);
	refused(p, ERR_SIGNATURE, "was edited"); /* the old key ended */
}

static void
without_a_gateway(void **state)
{
	struct place *p = *state;
	struct chain_start start;

	put(p, 1, 1);
	p->keyset.has_gateway = false;
	refused(p, ERR_UNKNOWN, "no gateway is known");
	is(chain_start_find(&p->d, p->stick, 1, &start), ERR_UNKNOWN);
	p->d.keyset = NULL;
	refused(p, ERR_UNKNOWN, "no keyset yet");
}

/* Taken in, and told so */
static void
taken(struct place *p, const char *words)
{
	enum err e;

	said_begin();
	e = import(p);
	assert_true(said_end(words));
	ok(e);
}

/* What the gateway says of this desk counts, unless it cannot be */
static void
what_was_applied(void **state)
{
	struct place *p = *state;
	struct inbound m = manifest(p, 1);

	m.applieds = 2;
	m.applied[0] = (struct inbound_applied){.desk = 2, .tenure = 1,
		.serial = 7, .day = TODAY};
	m.applied[1] = (struct inbound_applied){.desk = 3, .tenure = 1,
		.serial = 8, .day = TODAY};
	put_as(p, &m, 1);
	ok(import(p));
	assert_int_equal(p->d.state->applied_serial, 0);
	m = manifest(p, 2);
	m.applieds = 1;
	m.applied[0] = (struct inbound_applied){.desk = 1, .tenure = 1,
		.serial = UINT32_MAX, .day = TODAY};
	put_as(p, &m, 2);
	taken(p, "THE GATEWAY LIES");
	assert_int_equal(p->r.refused, 1);
	assert_int_equal(p->d.state->applied_serial, 0);
	m = manifest(p, 3);
	m.applieds = 1;
	m.applied[0] = (struct inbound_applied){.desk = 1, .tenure = 1,
		.serial = 1, .day = TODAY};
	put_as(p, &m, 3);
	taken(p, "knows only up to 0");
	assert_int_equal(p->r.refused, 0);
	assert_int_equal(p->d.state->applied_serial, 1);
	p->d.state->out_serial = 1; /* of other bytes */
	p->d.state->out_hash[0] = 1;
	put(p, 4, 4);
	taken(p, "that this machine did not make");
	m = manifest(p, 5);
	m.applieds = 1;
	m.applied[0] = (struct inbound_applied){.desk = 1, .tenure = 2,
		.serial = 1, .day = TODAY};
	put_as(p, &m, 5);
	taken(p, "another machine has taken over this desk");
}

/* People named where the chain goes on: what is before it is passed over,
 * and the first must be the one that was named */
static void
a_start(void **state)
{
	struct place *p = *state;
	struct chain_start start;
	struct inbound m;

	put(p, 1, 2);
	m = manifest(p, 3);
	m.applieds = 2;
	m.applied[0] = (struct inbound_applied){.desk = 1, .tenure = 3,
		.serial = 1, .day = TODAY};
	m.applied[1] = (struct inbound_applied){.desk = 2, .tenure = 5,
		.serial = 1, .day = TODAY};
	put_as(p, &m, 3);
	put(p, 4, 4);
	is(chain_start_find(&p->d, p->stick, 5, &start), ERR_UNKNOWN);
	ok(chain_start_find(&p->d, p->stick, 3, &start));
	assert_int_equal(start.serial, 3);
	assert_int_equal(start.tenure, 4); /* above what the gateway names */
	assert_memory_equal(start.previous, m.previous, HASH_LEN);
	ok(chain_start_find(&p->d, p->stick, 4, &start));
	assert_int_equal(start.tenure, 1);
	p->keyset.generation = 2;
	is(chain_start_find(&p->d, p->stick, 4, &start), ERR_UNKNOWN);
	p->keyset.generation = 1;
	/* 1 and 2 are read by nobody here, whatever they are */
	ok(chain_start_find(&p->d, p->stick, 3, &start));
	p->d.state->start = start;
	p->d.state->start.previous[0] ^= 1;
	refused(p, ERR_CHAIN, "FORK");
	p->d.state->start = start;
	ok(file_replace(p->stick, "manifest-2.json", "x", 1));
	ok(import(p));
	assert_int_equal(p->r.fresh, 2);
	assert_int_equal(p->d.state->manifest[0].serial, 3);
	is(chain_start_find(&p->d, p->stick, 2, &start), ERR_SIGNATURE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		T(goes_on),
		T(other_names),
		T(edited),
		T(moved_repeated_or_left_away),
		T(forks_and_old_sticks),
		T(too_many),
		T(generations),
		T(without_a_gateway),
		T(what_was_applied),
		T(a_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
