/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Keyset, epoch file, card, page, receipt and both manifests, each with its
 * right signature and broken in every member in turn; and numbers, names and
 * addresses at their ends. Round trips: test_keyset.c, test_bundle.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "every_field.h"
#include "meldluik/bundle.h"
#include "meldluik/secret.h"
#include "org_group.h"

static const char *const none[] = {NULL};

static const char zeros[] = "\"00000000000000000000000000000000"
    "00000000000000000000000000000000\"";

/* One member of the document, or of its ${object}, is now ${value}, JSON */
static enum err
changed(const struct buf *doc, field_judge judge, const char *object,
    const char *key, const char *value)
{
	json_t *d = json_loadb((char *)doc->p, doc->len, 0, NULL);
	json_t *o = object == NULL ? d : json_object_get(d, object);
	char *text;
	enum err e;

	json_object_set_new(o, key, json_loads(value, JSON_DECODE_ANY, NULL));
	text = json_dumps(d, JSON_COMPACT);
	e = judge(text, strlen(text));
	free(text);
	json_decref(d);
	return e;
}

static enum err
keyset_judge(const char *p, size_t len)
{
	struct buf sig = org_signed(org.identity, "keyset", 0, p, len);
	struct keyset *k = NULL;
	enum err e = keyset_parse(p, len, sig.p, sig.len, NULL, &k);

	keyset_free(k);
	buf_free(&sig);
	return e;
}

static void
keyset(void **state)
{
	static const char *const may[] = {"/succession left out",
	    "/release another key id", NULL};
	struct keyset k = *org.keyset;
	struct buf doc = buf_new(KEYSET_MAX);
	uint8_t before[SIGN_SEED], release[SIGN_SEED];
	struct sign_pk pk;

	(void)state;
	sign_keypair(before, &pk);
	assert_int_equal(keyset_succession_sign(&k, before), OK);
	sign_keypair(release, &k.release.key);
	k.has_release = true;
	assert_int_equal(keyset_revoke(&k, &pk), OK);
	k.person[k.people] = k.person[0];
	strcpy(k.person[k.people].id, "approver");
	k.person[k.people++].role = PERSON_APPROVER;
	assert_int_equal(keyset_write(&k, &doc), OK);
	assert_true(every_field((char *)doc.p, doc.len, keyset_judge, may) >
	    250);
	buf_free(&doc);
}

static enum err
epoch_judge(const char *p, size_t len)
{
	struct epoch *e = NULL;
	enum err r = epoch_parse(p, len, org.keyset, &e);

	epoch_free(e);
	return r;
}

static enum err
card_judge(const char *p, size_t len)
{
	struct card c;

	return card_parse(p, len, &c);
}

static enum err
page_judge(const char *p, size_t len)
{
	struct page g;

	return page_parse(p, len, &g);
}

static enum err
receipt_judge(const char *p, size_t len)
{
	struct sign_purpose why = {.purpose = "receipt"};
	struct buf note = buf_new(8192);
	struct receipt r;
	enum err e;

	memcpy(why.org, org.keyset->org, ORG_LEN);
	assert_int_equal(note_make(org.gateway, &why, p, len, &note), OK);
	e = receipt_check(note.p, note.len, &org.keyset->gateway, &r);
	buf_free(&note);
	return e;
}

static void
smaller_ones(void **state)
{
	static const char *const page_may[] = {"/files/a.js left out",
	    "/files/b.js left out", NULL};
	struct card c = {.key = org.keyset->gateway, .generation = 3};
	struct page g = {.release = "1.0", .files = 2};
	struct receipt r = {.generation = 1, .epoch = "2026-W48",
	    .day = ORG_TODAY};
	struct buf b = buf_new(8192);
	struct bytes sig, doc;

	(void)state;
	assert_true(every_field((char *)org.epoch_json.p,
	    org.epoch_json.len, epoch_judge, none) > 100);
	assert_int_equal(card_write(&c, &b), OK);
	every_field((char *)b.p, b.len, card_judge, none);
	buf_clear(&b);
	strcpy(g.file[0].name, "a.js");
	strcpy(g.file[1].name, "b.js");
	memset(g.file[0].sha256, 0xab, HASH_LEN);
	memset(g.file[1].sha256, 0xab, HASH_LEN);
	assert_int_equal(page_write(&g, &b), OK);
	every_field((char *)b.p, b.len, page_judge, page_may);
	buf_clear(&b);
	memcpy(r.org, org.keyset->org, ORG_LEN);
	assert_int_equal(receipt_make(&r, org.gateway, &b), OK);
	assert_int_equal(note_split(b.p, b.len, &sig, &doc), OK);
	every_field((const char *)doc.p, doc.len, receipt_judge, none);
	buf_free(&b);
}

static enum err
inbound_judge(const char *p, size_t len)
{
	struct buf sig = org_signed(org.gateway, "inbound", 0, p, len);
	struct inbound *m = NULL;
	enum err e = inbound_parse(p, len, sig.p, sig.len,
	    &org.keyset->gateway, org.keyset->org, &m);

	inbound_free(m);
	buf_free(&sig);
	return e;
}

static enum err
outbound_judge(const char *p, size_t len)
{
	struct buf sig = org_signed(org.operational[0], "outbound", 1, p, len);
	struct outbound *m = NULL;
	enum err e = outbound_parse(p, len, sig.p, sig.len, org.keyset, &m);

	outbound_free(m);
	buf_free(&sig);
	return e;
}

static void
manifests(void **state)
{
	static const char *const in_may[] = {"/applied/0/tenure largest",
	    "/applied/0/serial largest", NULL};
	static const char *const out_may[] = {"/tenure largest",
	    "/serial largest", "/files/lane.bin left out",
	    "/files/lane.json left out",
	    "/confirmed/serial largest",
	    "/confirmed/serial zero", "/intake/serial largest", NULL};
	struct inbound_envelope v = {.size = 71866, .day = ORG_TODAY,
	    .week = week_of(ORG_TODAY)};
	day_t closed = week_of(ORG_TODAY) - 21;
	struct inbound m = {.generation = 1, .serial = 1, .day = ORG_TODAY,
	    .envelope = &v, .envelopes = 1, .closed = &closed, .closeds = 1,
	    .applieds = 1};
	struct outbound *o = calloc(1, sizeof(*o));
	struct buf doc = buf_new(INBOUND_MAX);
	char path[4096] = "";

	(void)state;
	memcpy(m.org, org.keyset->org, ORG_LEN);
	memset(v.sha256, 0xab, HASH_LEN);
	m.applied[0] = (struct inbound_applied){.desk = 1, .tenure = 1,
	    .serial = 4, .day = ORG_TODAY};
	assert_int_equal(inbound_write(&m, &doc), OK);
	every_field((char *)doc.p, doc.len, inbound_judge, in_may);
	buf_clear(&doc);
	m.org[0] ^= 1; /* under a signature for this organisation */
	assert_int_equal(inbound_write(&m, &doc), OK);
	assert_int_equal(inbound_judge((char *)doc.p, doc.len), ERR_FOREIGN);
	buf_clear(&doc);

	memcpy(o->org, org.keyset->org, ORG_LEN);
	o->desk = 1;
	o->tenure = o->serial = o->confirmed_serial = 1;
	o->day = ORG_TODAY;
	strcpy(o->file[o->files++].path, "lane.bin");
	strcpy(o->file[o->files++].path, "lane.json");
	memset(o->file[0].sha256, 0xab, HASH_LEN);
	memset(o->file[1].sha256, 0xab, HASH_LEN);
	assert_int_equal(outbound_write(o, &doc), OK);
	every_field((char *)doc.p, doc.len, outbound_judge, out_may);
	memset(path, 'a', sizeof(path) - 1);
	assert_int_equal(changed(&doc, outbound_judge, "files", "../lane.bin",
	    zeros), ERR_FORMAT);
	assert_int_equal(changed(&doc, outbound_judge, "files", path, zeros),
	    ERR_FORMAT);
	buf_clear(&doc);
	o->org[0] ^= 1;
	assert_int_equal(outbound_write(o, &doc), OK);
	assert_int_equal(outbound_judge((char *)doc.p, doc.len), ERR_FOREIGN);
	buf_free(&doc);
	free(o);
}

/* More than the largest of everything that has a largest number */
static void
too_many(void **state)
{
	struct outbound *o = calloc(1, sizeof(*o));
	uint8_t *big = calloc(1, INBOUND_MAX + 1);
	struct buf doc = buf_new(OUTBOUND_MAX);
	char path[65] = "epochs/", *text;
	struct inbound *m = NULL;
	json_t *d, *files;

	(void)state;
	memcpy(o->org, org.keyset->org, ORG_LEN);
	o->desk = 1;
	o->tenure = o->serial = 1;
	assert_int_equal(outbound_write(o, &doc), OK);
	d = json_loadb((char *)doc.p, doc.len, 0, NULL);
	files = json_object_get(d, "files");
	for (int i = 0; i <= (int)OUTBOUND_FILES; i++) {
		text = json_dumps(d, JSON_COMPACT);
		assert_int_equal(outbound_judge(text, strlen(text)), OK);
		free(text);
		week_text(week_of(ORG_TODAY) + 7 * i, path + 7);
		strcat(path, ".json");
		json_object_set_new(files, path, json_string("0000000000000000"
		    "000000000000000000000000000000000000000000000000"));
	}
	text = json_dumps(d, JSON_COMPACT);
	assert_int_equal(outbound_judge(text, strlen(text)), ERR_FORMAT);
	free(text);
	json_decref(d);
	buf_free(&doc);
	free(o);
	/* said before the signature is looked at */
	assert_non_null(big);
	assert_int_equal(inbound_parse(big, INBOUND_MAX + 1, "", 0,
	    &org.keyset->gateway, org.keyset->org, &m), ERR_LIMIT);
	free(big);
}

/* The document with ${n} copies of the first element of ${list} */
static enum err
repeated(const struct buf *doc, field_judge judge, const char *list, size_t n)
{
	json_t *d = json_loadb((char *)doc->p, doc->len, 0, NULL);
	json_t *l = json_object_get(d, list);
	char *text;
	enum err e;

	while (json_array_size(l) < n) {
		json_array_append(l, json_array_get(l, 0));
	}
	text = json_dumps(d, JSON_COMPACT);
	e = judge(text, strlen(text));
	free(text);
	json_decref(d);
	return e;
}

/* Lists far longer than the memory for them */
static void
long_lists(void **state)
{
	struct buf *k = &org.keyset_json, more = buf_new(KEYSET_MAX);
	struct keyset revoking = *org.keyset;

	(void)state;
	assert_int_equal(repeated(k, keyset_judge, "desks", 1200), ERR_FORMAT);
	assert_int_equal(repeated(k, keyset_judge, "people", 1700),
	    ERR_FORMAT);
	assert_int_equal(keyset_revoke(&revoking, &revoking.person[0].key),
	    OK);
	assert_int_equal(keyset_write(&revoking, &more), OK);
	assert_int_equal(repeated(&more, keyset_judge, "revoked", 64), OK);
	assert_int_equal(repeated(&more, keyset_judge, "revoked", 4000),
	    ERR_FORMAT);
	assert_int_equal(repeated(&org.epoch_json, epoch_judge, "blocks",
	    100), ERR_FORMAT);
	buf_free(&more);
}

/* The first desk of the keyset with ${n} names, and one in ${language} */
static enum err
named(unsigned n, const char *language, const char *not_about)
{
	json_t *d = json_loadb((char *)org.keyset_json.p,
	    org.keyset_json.len, 0, NULL);
	json_t *desk = json_array_get(json_object_get(d, "desks"), 0);
	json_t *names = json_object();
	char *text, key[16];
	enum err e;

	for (unsigned i = 0; i < n; i++) {
		snprintf(key, sizeof(key), "l%u", i);
		json_object_set_new(names, key, json_string("Naam"));
	}
	if (language != NULL) {
		json_object_set_new(names, language, json_string("Naam"));
	}
	json_object_set_new(desk, "names", names);
	json_array_append_new(json_object_get(desk, "not_about"),
	    json_string(not_about));
	text = json_dumps(d, JSON_COMPACT);
	e = keyset_judge(text, strlen(text));
	free(text);
	json_decref(d);
	return e;
}

/* The second desk answers for the first, which bars coordinator and ${role};
 * the second bars secretary. As the script reads it: script_interop.mjs */
static enum err
succeeded(const char *role)
{
	json_t *d = json_loadb((char *)org.keyset_json.p,
	    org.keyset_json.len, 0, NULL);
	json_t *desk = json_array_get(json_object_get(d, "desks"), 0);
	char *text;
	enum err e;

	json_object_set_new(desk, "successor", json_integer(2));
	json_array_append_new(json_object_get(desk, "not_about"),
	    json_string(role));
	text = json_dumps(d, JSON_COMPACT);
	e = keyset_judge(text, strlen(text));
	free(text);
	json_decref(d);
	return e;
}

static void
successor_of_a_desk(void **state)
{
	(void)state;
	assert_int_equal(succeeded("secretary"), OK);
	assert_int_equal(succeeded("secretar"), ERR_FORMAT);
	assert_int_equal(succeeded("x"), ERR_FORMAT);
}

static void
names_of_a_desk(void **state)
{
	static char much[2000];

	(void)state;
	memset(much, 'a', sizeof(much) - 1);
	assert_int_equal(named(8, NULL, "x"), OK);
	assert_int_equal(named(9, NULL, "x"), ERR_FORMAT);
	assert_int_equal(named(800, NULL, "x"), ERR_FORMAT);
	assert_int_equal(named(0, NULL, "x"), ERR_FORMAT);
	assert_int_equal(named(1, "n", "x"), ERR_FORMAT);
	assert_int_equal(named(1, "abcdefghijklmnop", "x"), OK);
	assert_int_equal(named(1, "abcdefghijklmnopq", "x"), ERR_FORMAT);
	assert_int_equal(named(1, much, "x"), ERR_FORMAT);
	assert_int_equal(named(1, NULL, "a-role_1"), OK);
	assert_int_equal(named(1, NULL, much), ERR_FORMAT);
}

static void
addresses_and_names(void **state)
{
	static const struct {
		const char *url;
		enum err want;
	} url[] = {
		{"\"\"", OK}, {"\"http://a.onion\"", OK},
		{"\"https://melden.example/x\"", OK},
		{"\"ftp://a\"", ERR_FORMAT}, {"\"javascript:x\"", ERR_FORMAT},
		{"\"http:/a\"", ERR_FORMAT}, {"\"https:/a\"", ERR_FORMAT},
		{"\"http://a b\"", ERR_FORMAT},
		{"\"http://a\\\"b\"", ERR_FORMAT},
		{"\"http://a<b\"", ERR_FORMAT}, {"\"http://a>b\"", ERR_FORMAT},
		{"\"http://a\\\\b\"", ERR_FORMAT},
		{"\"http://a\\u007f\"", ERR_FORMAT},
		{"\"http://\\u00e9\"", ERR_FORMAT},
	};
	static const char *const bad_name[] = {"", ".htaccess", "a/b", "A",
	    "a b", "a\xc3\xa9", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaa"};
	struct card c = {.key = org.keyset->gateway, .generation = 3};
	struct page g = {.release = "1.0"};
	struct buf b = buf_new(8192);

	(void)state;
	assert_int_equal(card_write(&c, &b), OK);
	for (size_t i = 0; i < sizeof(url) / sizeof(*url); i++) {
		if (changed(&b, card_judge, "addresses", "onion",
		    url[i].url) != url[i].want || changed(&b, card_judge,
		    "addresses", "https", url[i].url) != url[i].want) {
			fail_msg("%s", url[i].url);
		}
	}
	buf_clear(&b);
	assert_int_equal(page_write(&g, &b), OK);
	for (size_t i = 0; i < sizeof(bad_name) / sizeof(*bad_name); i++) {
		if (changed(&b, page_judge, "files", bad_name[i], zeros) == OK) {
			fail_msg("%s", bad_name[i]);
		}
	}
	assert_int_equal(changed(&b, page_judge, "files", "a.b-c_1", zeros),
	    OK);
	for (unsigned i = 0; i < PAGE_FILES_MAX; i++) {
		snprintf(g.file[g.files++].name, 65, "f%u", i);
	}
	buf_clear(&b);
	assert_int_equal(page_write(&g, &b), OK);
	assert_int_equal(page_judge((char *)b.p, b.len), OK);
	assert_int_equal(changed(&b, page_judge, "files", "one", zeros),
	    ERR_FORMAT);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keyset),
		cmocka_unit_test(smaller_ones),
		cmocka_unit_test(manifests),
		cmocka_unit_test(too_many),
		cmocka_unit_test(long_lists),
		cmocka_unit_test(names_of_a_desk),
		cmocka_unit_test(successor_of_a_desk),
		cmocka_unit_test(addresses_and_names),
	};

	return cmocka_run_group_tests(tests, org_setup,
	    org_teardown);
}
