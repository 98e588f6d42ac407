/* SPDX-License-Identifier: EUPL-1.2 */
/* What --state remembers of keysets, boards, pages and uploads, what it says
 * and refuses, and what it does with a folder that was damaged. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "files.h"
#include "reporter.h"
#include "store_cmocka.h"
#include "../unit/said.h"

#define NOW (THIS_WEEK + 1)

static const char *no_rename; /* onto this name: it fails */

int __real_renameat(int a, const char *from, int b, const char *to);
int __wrap_renameat(int a, const char *from, int b, const char *to);
int __wrap_renameat(int a, const char *from, int b, const char *to)
{
	if (no_rename != NULL && strcmp(to, no_rename) == 0) {
		errno = EIO;
		return -1;
	}
	return __real_renameat(a, from, b, to);
}

/* Of folders that are not open */
static unsigned closes;

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
	int r = __real_close(fd);

	closes += r != 0 && errno == EBADF;
	return r;
}

struct case_of {
	struct kit_org org;
	struct reporter_options o;
	char folder[64], state[80], nowhere[80];
};

static int begin(void **state)
{
	struct case_of *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	ok(secret_setup());
	kit_folder(c->folder);
	snprintf(c->state, sizeof(c->state), "%s/state", c->folder);
	snprintf(c->nowhere, sizeof(c->nowhere), "%s/none/state", c->folder);
	kit_org_make(&c->org, "one", NOW);
	c->o.today = NOW;
	c->o.state = c->state;
	*state = c;
	return 0;
}

static int end(void **state)
{
	struct case_of *c = *state;

	no_rename = NULL;
	assert_int_equal(closes, 0);
	kit_org_clear(&c->org);
	kit_remove(c->folder);
	free(c);
	return 0;
}

static enum err see(struct case_of *c, const struct kit_org *org)
{
	struct keyset_files f = { .doc = org->doc, .sig = org->sig };

	return state_keyset(&c->o, &f, &org->keyset);
}

/* The error, and whether ${text} was said */
static enum err said_of(struct case_of *c, const struct kit_org *org,
    const char *text, bool *said)
{
	enum err e;

	said_begin();
	e = see(c, org);
	*said = said_end(text);
	return e;
}

static void write_file(struct case_of *c, const char *name, const void *p,
    size_t len)
{
	int dir;

	ok(folder_open(AT_FDCWD, c->state, true, &dir));
	ok(file_write(dir, name, p, len, 0600));
	close(dir);
}

static bool there(struct case_of *c, const char *name)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", c->state, name);
	return access(path, F_OK) == 0;
}

static void only_when_asked_for(void **state)
{
	struct case_of *c = *state;
	struct lane l = { .desk = 1, .tenure = 1, .serial = 1 };
	struct page g = { .release = "1" };
	uint8_t hash[HASH_LEN] = { 0 };
	char id[UPLOAD_HEX];

	c->o.state = NULL;
	said_begin();
	ok(see(c, &c->org));
	ok(state_lane(&c->o, &l));
	ok(state_no_lane(&c->o, 1));
	ok(state_page(&c->o, &g, hash));
	state_upload_keep(&c->o, hash, "0123456789abcdef0123456789abcdef");
	assert_false(state_upload(&c->o, hash, id));
	assert_false(said_end("--state"));
	assert_false(there(c, ""));
	assert_int_equal(closes, 0);
}

/* A folder that cannot be made is said, and stops what asks for it */
static void a_folder_that_cannot_be(void **state)
{
	struct case_of *c = *state;
	struct lane l = { .desk = 1, .tenure = 1, .serial = 1 };
	struct page g = { .release = "1" };
	uint8_t hash[HASH_LEN] = { 0 };
	char id[UPLOAD_HEX];
	bool said;

	c->o.state = c->nowhere;
	is(said_of(c, &c->org, "--state", &said), ERR_UNKNOWN);
	assert_true(said);
	is(said_of(c, &c->org, "keyset:", &said), ERR_UNKNOWN);
	assert_false(said);
	is(state_lane(&c->o, &l), ERR_UNKNOWN);
	is(state_no_lane(&c->o, 1), ERR_UNKNOWN);
	is(state_page(&c->o, &g, hash), ERR_UNKNOWN);
	assert_false(state_upload(&c->o, hash, id));
	state_upload_keep(&c->o, hash, NULL);
	assert_int_equal(closes, 0);
}

static void an_older_keyset_is_said(void **state)
{
	struct case_of *c = *state;
	struct kit_org first;
	bool said;

	kit_org_make(&first, "one", NOW);
	ok(see(c, &first));
	kit_org_next(&c->org, 2, NOW);
	ok(see(c, &c->org));
	ok(see(c, &c->org));
	is(said_of(c, &first, "older than the one seen", &said), ERR_STALE);
	assert_true(said);
	kit_org_clear(&first);
}

/* The proof is four files and what to do with them */
static void a_fork_is_kept(void **state)
{
	static const char *const proof[] = { "fraud-2/seen.json",
		"fraud-2/seen.json.minisig", "fraud-2/shown.json",
		"fraud-2/shown.json.minisig", "fraud-2/README" };
	struct case_of *c = *state;
	struct kit_org fork;
	bool said;

	kit_org_make(&fork, "one", NOW);
	kit_org_next(&c->org, 2, NOW);
	kit_org_next(&fork, 2, NOW + 1);
	ok(see(c, &c->org));
	is(said_of(c, &fork, "two different keysets", &said), ERR_CHAIN);
	assert_true(said);
	for (size_t i = 0; i < sizeof(proof) / sizeof(proof[0]); i++) {
		assert_true(there(c, proof[i]));
	}
	ok(see(c, &c->org)); /* the first one stays what is remembered */
	kit_org_clear(&fork);
}

/* Only with its fingerprint from paper */
static void another_identity(void **state)
{
	struct case_of *c = *state;
	char print[FINGERPRINT_TEXT];
	struct kit_org other;
	bool said;

	ok(see(c, &c->org));
	kit_org_make(&other, "other", NOW);
	memcpy(other.keyset.org, c->org.keyset.org, ORG_LEN);
	memcpy(other.keyset.hash, c->org.keyset.hash, HASH_LEN);
	kit_org_next(&other, 2, NOW);
	is(said_of(c, &other, "NOT vouched for", &said), ERR_USAGE);
	assert_true(said);
	sign_fingerprint(&other.keyset.identity, print);
	c->o.fingerprint = print;
	ok(said_of(c, &other, "vouched", &said));
	assert_false(said);
	/* that one is remembered now */
	c->o.fingerprint = NULL;
	ok(see(c, &other));
	is(said_of(c, &c->org, "NOT vouched for", &said), ERR_USAGE);
	kit_org_clear(&other);
}

/* Cut between the two names of the pair, the newer one counts */
static void a_pair_that_was_cut(void **state)
{
	struct case_of *c = *state;
	struct kit_org first;

	kit_org_make(&first, "one", NOW);
	ok(see(c, &first));
	kit_org_next(&c->org, 2, NOW);
	no_rename = "keyset.json";
	is(see(c, &c->org), ERR_IO);
	no_rename = NULL;
	is(see(c, &first), ERR_STALE);
	ok(see(c, &c->org));
	kit_org_clear(&first);
}

static void boards(void **state)
{
	struct case_of *c = *state;
	struct lane l = { .desk = 3, .tenure = 2, .serial = 5 };

	ok(state_no_lane(&c->o, 3));
	ok(state_lane(&c->o, &l));
	ok(state_lane(&c->o, &l));
	is(state_no_lane(&c->o, 3), ERR_STALE);
	ok(state_no_lane(&c->o, 4));
	l.serial = 4;
	is(state_lane(&c->o, &l), ERR_STALE);
	l = (struct lane){ .desk = 3, .tenure = 1, .serial = 6 };
	is(state_lane(&c->o, &l), ERR_STALE);
	l.tenure = 3;
	l.serial = 1; /* another person's board begins anew */
	ok(state_lane(&c->o, &l));
	l = (struct lane){ .desk = 3, .tenure = 2, .serial = 5 };
	is(state_lane(&c->o, &l), ERR_STALE);
}

static void boards_that_cannot_be_read(void **state)
{
	static const char *const bad[] = { "", "x", "1", "1 \n",
		"0 0\nx", "0 0\n0 0\n", "0 0 0" };
	struct case_of *c = *state;
	struct lane l = { .desk = 3, .tenure = 9, .serial = 9 };
	char large[80];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		write_file(c, "lane-3", bad[i], strlen(bad[i]));
		is(state_lane(&c->o, &l), ERR_FORMAT);
	}
	memset(large, ' ', sizeof(large));
	write_file(c, "lane-3", large, sizeof(large));
	is(state_lane(&c->o, &l), ERR_LIMIT);
	write_file(c, "lane-3", "0 0\n\0", 5);
	is(state_lane(&c->o, &l), ERR_FORMAT);
	write_file(c, "lane-3", "0 0\n", 4);
	ok(state_lane(&c->o, &l));
}

static enum err see_page(struct case_of *c, const char *release,
    uint8_t number)
{
	struct page g = { .files = 0 };
	uint8_t hash[HASH_LEN] = { number };

	snprintf(g.release, sizeof(g.release), "%s", release);
	return state_page(&c->o, &g, hash);
}

static void pages_that_go_back(void **state)
{
	struct case_of *c = *state;

	ok(see_page(c, "1.9", 1));
	ok(see_page(c, "1.9", 1));
	ok(see_page(c, "1.9", 2)); /* another of the same release */
	is(see_page(c, "1.9", 1), ERR_STALE); /* was replaced */
	ok(see_page(c, "1.10", 3));
	is(see_page(c, "1.9", 4), ERR_STALE); /* older, never seen */
	is(see_page(c, "1.10", 2), ERR_STALE);
	ok(see_page(c, "1.10", 3));
}

static void releases_that_no_log_can_hold(void **state)
{
	struct case_of *c = *state;

	is(see_page(c, "1 9", 1), ERR_FORMAT);
	is(see_page(c, "1\n9", 1), ERR_FORMAT);
	is(see_page(c, "1\x7f", 1), ERR_FORMAT);
	is(see_page(c, "\xc3\xa9", 1), ERR_FORMAT);
	assert_false(there(c, "pages"));
	ok(see_page(c, "!~", 1));
	assert_true(there(c, "pages"));
}

static void a_log_that_cannot_be_read(void **state)
{
	static const char *const bad[] = { "", "\n", "2026-11-24\n",
		"2026-11-24 1.9\n", "\n2026-11-24\n" };
	struct case_of *c = *state;
	bool said;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		write_file(c, "pages", bad[i], strlen(bad[i]));
		said_begin();
		is(see_page(c, "1.9", 1), ERR_FORMAT);
		said = said_end("the file pages of --state");
		assert_true(said);
	}
}

static void uploads_go_on(void **state)
{
	static const char text[] = "0123456789abcdef0123456789abcdef";
	struct case_of *c = *state;
	uint8_t hash[HASH_LEN] = { 1 }, other[HASH_LEN] = { 2 };
	char id[UPLOAD_HEX], name[] = "upload-01000000000000000000000000000000";

	assert_false(state_upload(&c->o, hash, id));
	state_upload_keep(&c->o, hash, text);
	assert_true(state_upload(&c->o, hash, id));
	assert_string_equal(id, text);
	assert_false(state_upload(&c->o, other, id));
	assert_true(there(c, name));
	/* not a line of 32 hex digits */
	write_file(c, name, "0123456789abcdef0123456789abcdeX\n", 33);
	assert_false(state_upload(&c->o, hash, id));
	write_file(c, name, "0123456789abcdef0123456789abcdef", 32);
	assert_false(state_upload(&c->o, hash, id));
	write_file(c, name, "0123456789abcdef0123456789abcdef0", 33);
	assert_false(state_upload(&c->o, hash, id));
	state_upload_keep(&c->o, hash, text);
	state_upload_keep(&c->o, hash, NULL);
	assert_false(there(c, name));
	assert_false(state_upload(&c->o, hash, id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#undef T
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
		T(only_when_asked_for),
		T(a_folder_that_cannot_be),
		T(an_older_keyset_is_said),
		T(a_fork_is_kept),
		T(another_identity),
		T(a_pair_that_was_cut),
		T(boards),
		T(boards_that_cannot_be_read),
		T(pages_that_go_back),
		T(releases_that_no_log_can_hold),
		T(a_log_that_cannot_be_read),
		T(uploads_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
