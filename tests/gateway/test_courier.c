/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a courier takes from a gateway and gives to it: nothing stands on the
 * stick under a name that it does not deserve, nothing of this machine goes
 * out, and what is cut is gone on with.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "courier_gateway.h"
#include "files.h"
#include "../unit/said.h"

/* The path of envelope ${i} on the stick */
static const char *
place(unsigned i, const char *ending)
{
	static char path[200];
	char hex[2 * HASH_LEN + 1];

	hex_encode(g.hash[i], HASH_LEN, hex);
	snprintf(path, sizeof(path), "%s/inbound-1/envelopes/%s.%s", folder,
	    hex, ending);
	return path;
}

static void
write_at(const char *path, const void *p, size_t len)
{
	ok(file_write_path(path, p, len, 0600));
}

static bool
here(unsigned i)
{
	struct buf b = buf_new(LARGE + 65536);
	bool same = file_read_path(place(i, "age"), &b) == OK &&
	    b.len == g.envelope[i].len &&
	    memcmp(b.p, g.envelope[i].p, b.len) == 0;

	buf_free(&b);
	return same && access(place(i, "part"), F_OK) != 0;
}

static enum err
fetch(void)
{
	g.asks = 0;
	return courier_fetch(&c, folder);
}

/* How often ${what} was asked for */
static unsigned
times(const char *what)
{
	unsigned n = 0;

	for (unsigned i = 0; i < g.asks; i++) {
		n += strstr(g.asked[i], what) != NULL;
	}
	return n;
}

static void
comes_whole(void **state)
{
	char hex[2 * HASH_LEN + 1];

	(void)state;
	ok(fetch());
	for (unsigned i = 0; i < ENVELOPES; i++) {
		assert_true(here(i));
	}
	assert_int_equal(times("bundle/envelope"), 3 + 4);
	hex_encode(g.hash[0], 4, hex); /* texts before attachments */
	assert_non_null(strstr(g.asked[g.asks - 1], hex));
	hex_encode(g.hash[1], 4, hex); /* and what waits longest */
	assert_non_null(strstr(g.asked[g.asks - 7], hex));
	ok(fetch()); /* nothing of it again */
	assert_int_equal(times("bundle/envelope"), 0);
	write_at(place(1, "age"), "edited", 6);
	ok(fetch());
	assert_true(here(1));
	assert_int_equal(times("bundle/envelope"), 1);
	g.first = g.manifests + 1; /* the desk has all of it */
	ok(fetch());
	assert_int_equal(times("bundle/manifest"), 0);
}

static void
a_full_stick(void **state)
{
	(void)state;
	g.room = LARGE;
	is(fetch(), ERR_FULL);
	assert_true(here(1) && here(2) && here(3)); /* they fit */
	assert_int_not_equal(access(place(0, "age"), F_OK), 0);
	write_at(place(0, "part"), g.envelope[0].p, 200000);
	ok(fetch()); /* so much of it is there */
	assert_true(here(0));
	is(courier_fetch(&c, "/none"), ERR_UNKNOWN);
}

static void
goes_on_after_a_cut(void **state)
{
	(void)state;
	ok(fetch());
	assert_int_equal(unlink(place(0, "age")), 0);
	write_at(place(0, "part"), g.envelope[0].p, 1500000);
	ok(fetch());
	assert_true(here(0));
	assert_int_equal(times("bytes=1500000-"), 1);
	assert_int_equal(unlink(place(0, "age")), 0);
	write_at(place(0, "part"), "not the beginning of it", 23);
	ok(fetch());
	assert_true(here(0));
	assert_int_equal(times("bytes=0-"), 1); /* once more, from there */
	assert_int_equal(unlink(place(1, "age")), 0);
	write_at(place(1, "part"), g.envelope[0].p, g.envelope[0].len);
	ok(fetch()); /* longer than it can be */
	assert_true(here(1));
	assert_int_equal(times("bytes=0-"), 1);
	assert_int_equal(unlink(place(1, "age")), 0);
	write_at(place(1, "part"), g.envelope[1].p, g.envelope[1].len);
	ok(fetch()); /* all of it: there is nothing to ask for */
	assert_true(here(1));
	assert_int_equal(times("bundle/envelope"), 0);
	g.lie[2] = SHORT;
	assert_int_equal(unlink(place(2, "age")), 0);
	ok(fetch());
	assert_true(here(2));
}

static void
not_what_is_listed(void **state)
{
	static const enum lie refused[] = {ALL_OF_IT, NO_RANGE, OTHER_PLACE,
		OTHER_SIZE, TOO_FAR};

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		g.lie[2] = refused[i];
		is(fetch(), ERR_FORMAT);
		assert_int_not_equal(access(place(2, "age"), F_OK), 0);
	}
	g.lie[2] = OTHER_BYTES;
	is(fetch(), ERR_CRYPT); /* and all else comes */
	assert_true(here(0) && here(1) && here(3));
	assert_int_not_equal(access(place(2, "age"), F_OK), 0);
	assert_int_not_equal(access(place(2, "part"), F_OK), 0);
	assert_int_equal(unlink(place(0, "age")), 0);
	g.lie[2] = SPOILED;
	is(fetch(), ERR_CRYPT);
	assert_true(here(0));
	assert_int_not_equal(access(place(2, "part"), F_OK), 0);
	g.lie[2] = ERASED;
	ok(fetch());
	assert_int_not_equal(access(place(2, "age"), F_OK), 0);
	assert_int_not_equal(access(place(2, "part"), F_OK), 0);
}

/* A stick that somebody prepared */
static void
links_and_pipes(void **state)
{
	char other[80];
	struct buf b = buf_new(64);

	(void)state;
	snprintf(other, sizeof(other), "%s/mine", folder);
	write_at(other, "mine", 4);
	ok(fetch());
	assert_int_equal(unlink(place(1, "age")), 0);
	assert_int_equal(mkfifo(place(1, "age"), 0600), 0);
	ok(fetch()); /* it waits for nobody */
	assert_true(here(1));
	assert_int_equal(unlink(place(1, "age")), 0);
	assert_int_equal(symlink(other, place(1, "part")), 0);
	assert_int_not_equal(fetch(), OK);
	ok(file_read_path(other, &b));
	assert_int_equal(b.len, 4);
	assert_int_equal(unlink(place(1, "part")), 0);
	assert_int_equal(mkfifo(place(1, "part"), 0600), 0);
	assert_int_not_equal(fetch(), OK);
	assert_int_equal(unlink(place(1, "part")), 0);
	write_at(other, g.envelope[1].p, g.envelope[1].len);
	assert_int_equal(symlink(other, place(1, "age")), 0);
	ok(fetch()); /* a link to the right bytes is no file */
	assert_true(here(1));
	buf_free(&b);
}

static void
whose_gateway(void **state)
{
	char key[SIGN_KEY_TEXT];
	uint8_t seed[SIGN_SEED];
	struct sign_pk pk;

	(void)state;
	config.fingerprint = (char *)(uintptr_t)"0000 0000";
	is(fetch(), ERR_FOREIGN);
	config.fingerprint = NULL;
	config.gateway_key = (char *)(uintptr_t)"no key";
	is(fetch(), ERR_USAGE);
	sign_keypair(seed, &pk);
	sign_pk_text(&pk, key);
	config.gateway_key = key; /* of another one */
	is(fetch(), ERR_SIGNATURE);
	assert_int_equal(times("bundle/envelope"), 0);
	sign_pk_text(&g.org.keyset.gateway, key);
	ok(fetch());
	config.gateway_key = NULL;
	g.org.keyset.has_gateway = false;
	kit_org_next(&g.org, 3, KIT_DAY);
	is(fetch(), ERR_SIGNATURE);
	config.gateway_key = key;
	ok(fetch());
	g.org.doc.p[g.org.doc.len / 2] ^= 1;
	assert_int_not_equal(fetch(), OK);
}

/* Nothing of a chain that breaks, and none in the place of another */
static void
a_chain_that_breaks(void **state)
{
	char path[120], other[SIGN_TEXT_MAX + 1];
	struct buf sig;
	day_t day = 0;
	bool any = false;

	(void)state;
	manifest(2, 2, 4, g.hash[0]); /* follows something else */
	is(fetch(), ERR_CHAIN);
	assert_int_equal(times("bundle/envelope"), 0);
	kit_remove(folder);
	kit_folder(folder);
	follows(2, 2, 4);
	ok(courier_oldest(&c, &any, &day));
	assert_true(any);
	assert_int_equal(day, KIT_DAY + 1);
	g.manifest[3] = g.manifest[0]; /* another number under this one */
	g.manifest[0] = g.manifest[1];
	is(fetch(), ERR_CHAIN);
	g.manifest[0] = g.manifest[3];
	memset(&g.manifest[3], 0, sizeof(g.manifest[3]));
	ok(fetch());
	snprintf(path, sizeof(path), "%s/inbound-1/manifest-1.json", folder);
	write_at(path, "{}", 2); /* what the stick has stays there */
	is(fetch(), ERR_CHAIN);
	assert_int_equal(unlink(path), 0);
	ok(fetch());
	strcat(path, ".minisig");
	sig = g.manifest[0].sig;
	memcpy(other, sig.p, sig.len);
	other[sig.len] = 'x'; /* with more behind it, and another one */
	write_at(path, other, sig.len + 1);
	is(fetch(), ERR_CHAIN);
	other[sig.len - 1] ^= 1;
	write_at(path, other, sig.len);
	is(fetch(), ERR_CHAIN);
	write_at(path, other, sizeof(other)); /* longer than there are any */
	is(fetch(), ERR_CHAIN);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	is(fetch(), ERR_CHAIN);
	config.fingerprint = (char *)(uintptr_t)"0000 0000";
	is(courier_oldest(&c, &any, &day), ERR_FOREIGN);
	config.fingerprint = NULL;
	g.cut = "{}";
	assert_int_not_equal(courier_oldest(&c, &any, &day), OK);
	g.cut = NULL;
	g.manifest[0].sig.p[g.manifest[0].sig.len / 2] ^= 1;
	assert_int_not_equal(courier_oldest(&c, &any, &day), OK);
	g.first = 3;
	ok(courier_oldest(&c, &any, &day));
	assert_false(any);
}

static void
odd_cuts(void **state)
{
	static const char *const odd[] = {"{\"serial\":2,\"first\":4}", "{}",
		"{\"serial\":2}", "{\"serial\":-1,\"first\":1}",
		"{\"serial\":2,\"first\":0}", "[]", ""};

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		g.cut = odd[i];
		assert_int_not_equal(fetch(), OK);
		assert_int_equal(times("bundle/manifest"), 0);
	}
}

/* --- what goes out --- */

static struct kit_bundle *b;

static void
on_the_stick(const char *name, const void *p, size_t len)
{
	char path[128], *slash;

	snprintf(path, sizeof(path), "%s/outbound-1", folder);
	(void)mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/outbound-1/%s", folder, name);
	if ((slash = strchr(path + strlen(folder) + 12, '/')) != NULL) {
		*slash = '\0';
		(void)mkdir(path, 0700);
		*slash = '/';
	}
	write_at(path, p, len);
}

/* A bundle of desk ${desk} in outbound-1 */
static void
bundle(unsigned desk)
{
	b = malloc(sizeof(*b));
	assert_non_null(b);
	kit_bundle_make(b, &g.org, desk, 1, KIT_DAY, week_of(KIT_DAY), 1);
	kit_bundle_seal(b, &g.org);
	for (unsigned i = 0; i < b->o.files; i++) {
		on_the_stick(b->o.file[i].path, b->file[i].p, b->file[i].len);
		if (strcmp(b->o.file[i].path, "lane.json") == 0) {
			buf_free(&g.board);
			g.board = buf_new(b->file[i].len);
			buf_put(&g.board, b->file[i].p, b->file[i].len);
		}
	}
	on_the_stick("outbound.json", b->doc.p, b->doc.len);
	on_the_stick("outbound.json.minisig", b->sig.p, b->sig.len);
}

static void
bundle_end(void)
{
	kit_bundle_clear(b);
	free(b);
}

static enum err
deliver(void)
{
	g.asks = 0;
	return courier_deliver(&c, folder);
}

static void
goes_out(void **state)
{
	(void)state;
	is(deliver(), ERR_UNKNOWN); /* there is none */
	bundle(1);
	ok(deliver());
	for (unsigned i = 0; i < b->o.files; i++) {
		assert_true(times(b->o.file[i].path) > 0);
	}
	/* the list last of all, then: apply, and the board as others see it */
	assert_string_equal(g.asked[g.asks - 4],
	    "bundle/outbound outbound.json.minisig");
	assert_string_equal(g.asked[g.asks - 3],
	    "bundle/outbound outbound.json");
	assert_string_equal(g.asked[g.asks - 2], "bundle/apply");
	assert_string_equal(g.asked[g.asks - 1], "board/1.json");
	ok(courier_check(&c, folder));
	g.board.p[g.board.len - 1] ^= 1; /* not yet */
	g.slept = 0;
	is(courier_check(&c, folder), ERR_BUSY);
	assert_int_equal(g.slept, 3);
	g.board.len = 0;
	is(courier_check(&c, folder), ERR_UNKNOWN);
	ok(deliver()); /* applied is applied */
	bundle_end();
}

/* Nothing is sent of a bundle that is not the one that was made */
static void
not_what_was_made(void **state)
{
	char path[128], mine[128];
	struct buf *lane;
	unsigned i = 0;

	(void)state;
	bundle(1);
	while (strcmp(b->o.file[i].path, "lane.json") != 0) {
		i++;
	}
	lane = &b->file[i];
	snprintf(path, sizeof(path), "%s/outbound-1/lane.json", folder);
	lane->p[0] ^= 1;
	write_at(path, lane->p, lane->len);
	is(deliver(), ERR_CHAIN);
	assert_int_equal(g.asks, 0);
	lane->p[0] ^= 1;
	assert_int_equal(unlink(path), 0);
	is(deliver(), ERR_UNKNOWN);
	assert_int_equal(g.asks, 0);
	snprintf(mine, sizeof(mine), "%s/mine", folder);
	write_at(mine, lane->p, lane->len);
	assert_int_equal(symlink(mine, path), 0); /* of this machine */
	is(deliver(), ERR_UNKNOWN);
	assert_int_equal(g.asks, 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0); /* it waits for nobody */
	assert_int_not_equal(deliver(), OK);
	assert_int_equal(g.asks, 0);
	assert_int_equal(unlink(path), 0);
	write_at(path, lane->p, lane->len);
	snprintf(path, sizeof(path), "%s/outbound-1/outbound.json.minisig",
	    folder);
	assert_int_equal(unlink(path), 0);
	is(deliver(), ERR_UNKNOWN);
	assert_int_equal(g.asks, 0);
	on_the_stick("outbound.json.minisig", b->sig.p, b->sig.len);
	on_the_stick("outbound.json", "{}", 2);
	assert_int_not_equal(deliver(), OK);
	assert_int_equal(g.asks, 0);
	bundle_end();
	bundle(2); /* in the folder of desk 1 */
	is(deliver(), ERR_FOREIGN);
	is(courier_check(&c, folder), ERR_FOREIGN);
	assert_int_equal(g.asks, 0);
	bundle_end();
}

static void
a_busy_gateway(void **state)
{
	(void)state;
	bundle(1);
	g.says[0] = 503;
	g.says[1] = 409; /* of a piece that came twice */
	ok(deliver());
	assert_int_equal(g.said, 2);
	assert_int_equal(g.slept, 1 + 2);
	for (unsigned i = 2; i < 5; i++) {
		g.says[i] = 503;
	}
	is(deliver(), ERR_BUSY);
	assert_int_equal(g.said, 5);
	assert_int_equal(times("bundle/apply"), 0);
	g.says[5] = 401; /* no sense in trying again */
	is(deliver(), ERR_NO_MATCH);
	assert_int_equal(g.asks, 1);
	g.forgets = true; /* its answer was lost: the list once more */
	ok(deliver());
	assert_int_equal(times("bundle/apply"), 2);
	assert_int_equal(times("bundle/outbound outbound.json.minisig"), 2);
	bundle_end();
}

/* Whatever a stick holds: there is nothing to compare the board with */
static void
no_board(void **state)
{
	unsigned i = 0;

	(void)state;
	bundle(1);
	while (strcmp(b->o.file[i].path, "lane.json") != 0) {
		i++;
	}
	buf_free(&b->file[i]);
	b->o.files--;
	memmove(&b->o.file[i], &b->o.file[i + 1],
	    (b->o.files - i) * sizeof(b->o.file[0]));
	memmove(&b->file[i], &b->file[i + 1],
	    (b->o.files - i) * sizeof(b->file[0]));
	memset(&b->file[b->o.files], 0, sizeof(b->file[0]));
	buf_clear(&b->doc);
	buf_clear(&b->sig);
	kit_bundle_seal(b, &g.org);
	on_the_stick("outbound.json", b->doc.p, b->doc.len);
	on_the_stick("outbound.json.minisig", b->sig.p, b->sig.len);
	is(courier_check(&c, folder), ERR_FORMAT);
	bundle_end();
}

/* Taken is what the gateway says that it took */
static void
not_applied(void **state)
{
	static const struct {
		long status;
		const char *text;
		enum err e;
	} all[] = { { 409, "", ERR_CONFLICT }, { 404, "", ERR_UNKNOWN },
		{ 422, "{\"error\":\"signature\"}", ERR_SIGNATURE },
		{ 200, "{\"applied\":false}", ERR_FORMAT },
		{ 200, "{}", ERR_FORMAT }, { 200, "", ERR_FORMAT } };

	(void)state;
	bundle(1);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		enum err e;

		g.apply = all[i].status;
		g.applied = all[i].text;
		said_begin();
		e = deliver();
		assert_false(said_end("was taken by the gateway"));
		is(e, all[i].e);
		assert_int_equal(times("board/"), 0);
	}
	bundle_end();
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(comes_whole),
		CASE(a_full_stick),
		CASE(goes_on_after_a_cut),
		CASE(not_what_is_listed),
		CASE(links_and_pipes),
		CASE(whose_gateway),
		CASE(a_chain_that_breaks),
		CASE(odd_cuts),
		CASE(goes_out),
		CASE(not_what_was_made),
		CASE(a_busy_gateway),
		CASE(no_board),
		CASE(not_applied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
