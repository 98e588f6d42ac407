/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the reporter's program trusts and refuses: keyset, weekly keys, the
 * signed page and receipts, from a gateway that is the test's (transfer_get
 * is linked here) or from a folder.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "meldluik/envelope.h"
#include "reporter.h"
#include "store_cmocka.h"
#include "../unit/said.h"

#define NOW (THIS_WEEK + 1)

static struct served {
	char path[80];
	struct buf b;
} served[32];
static unsigned serveds;
static enum err pages; /* what the look at the pages says */

static struct served *served_find(const char *path)
{
	for (unsigned i = 0; i < serveds; i++) {
		if (strcmp(served[i].path, path) == 0) {
			return &served[i];
		}
	}
	return NULL;
}

enum err transfer_get(struct transfer *t, const char *path, size_t max,
    struct buf *out)
{
	const struct served *s = served_find(path);

	(void)t;
	if (s == NULL) {
		return ERR_UNKNOWN;
	}
	if (s->b.len > max) {
		return ERR_LIMIT;
	}
	buf_put(out, s->b.p, s->b.len);
	return OK;
}

const char *transfer_trouble(const struct transfer *t)
{
	(void)t;
	return "trouble";
}

enum err pages_look(struct reporter *r, const struct page *g)
{
	(void)r;
	assert_int_equal(g->files, 1);
	return pages;
}

/* Is, from now on, at ${path}; ${p} NULL: nothing is there */
static void serve(const char *path, const void *p, size_t len)
{
	struct served *s = served_find(path);

	if (s == NULL) {
		s = &served[serveds++];
		assert_in_range(serveds, 1, 32);
		snprintf(s->path, sizeof(s->path), "%s", path);
	}
	buf_free(&s->b);
	if (p == NULL) {
		*s = served[--serveds];
		memset(&served[serveds], 0, sizeof(*s));
		return;
	}
	s->b = buf_new(len + 1);
	buf_put(&s->b, p, len);
}

struct case_of {
	struct kit_org org;
	struct reporter_options o;
	struct reporter r;
	char folder[64], state[80], receipt[80], sealed[80];
};

static void serve_org(const struct kit_org *o)
{
	serve("/v1/keyset.json", o->doc.p, o->doc.len);
	serve("/v1/keyset.json.minisig", o->sig.p, o->sig.len);
}

/* The keys of ${monday} at the place of the week ${at} */
static void serve_week(const struct kit_org *o, day_t monday, day_t at)
{
	struct kit_bundle *b = malloc(sizeof(*b));
	char path[80], week[WEEK_TEXT];

	assert_non_null(b);
	kit_bundle_make(b, o, 1, 1, NOW, monday, 1);
	week_text(at, week);
	snprintf(path, sizeof(path), "/v1/epochs/%s.json", week);
	serve(path, b->file[b->o.files - 1].p, b->file[b->o.files - 1].len);
	kit_bundle_clear(b);
	free(b);
}

static int begin(void **state)
{
	struct case_of *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	ok(secret_setup());
	kit_folder(c->folder);
	snprintf(c->state, sizeof(c->state), "%s/state", c->folder);
	snprintf(c->receipt, sizeof(c->receipt), "%s/receipt", c->folder);
	snprintf(c->sealed, sizeof(c->sealed), "%s/sealed", c->folder);
	kit_org_make(&c->org, "one", NOW);
	c->o.today = NOW;
	c->o.language = "en";
	c->r.o = &c->o;
	c->r.t = (struct transfer *)c; /* never looked into */
	serve_org(&c->org);
	serve_week(&c->org, THIS_WEEK, THIS_WEEK);
	pages = OK;
	*state = c;
	return 0;
}

static int end(void **state)
{
	struct case_of *c = *state;

	trust_close(&c->r);
	kit_org_clear(&c->org);
	kit_remove(c->folder);
	while (serveds > 0) {
		buf_free(&served[--serveds].b);
	}
	memset(served, 0, sizeof(served));
	free(c);
	return 0;
}

static enum err opened(struct case_of *c)
{
	trust_close(&c->r);
	return trust_open(&c->r);
}

/* Is ${text} said, on either output, when ${ask} is done? */
static bool says(struct case_of *c, enum err (*ask)(struct case_of *),
    const char *text)
{
	said_begin();
	(void)ask(c);
	return said_end(text);
}

static enum err look_at_page(struct case_of *c)
{
	trust_close(&c->r);
	return verb_verify(&c->r, 1, (char *[]){ (char[]){ "page" } });
}

static enum err look_at_week(struct case_of *c)
{
	return trust_epoch(&c->r);
}

static void the_keyset(void **state)
{
	struct case_of *c = *state;
	char print[FINGERPRINT_TEXT];
	struct kit_org other;

	ok(opened(c));
	assert_int_equal(c->r.k->serial, 1);
	sign_fingerprint(&c->r.k->identity, print);
	kit_org_make(&other, "other", NOW);
	serve_org(&other);
	ok(opened(c));
	c->o.fingerprint = print;
	is(opened(c), ERR_FOREIGN);
	assert_null(c->r.k);
	serve_org(&c->org);
	ok(opened(c));
	/* the document of one, the signature of the other */
	serve("/v1/keyset.json.minisig", other.sig.p, other.sig.len);
	is(opened(c), ERR_SIGNATURE);
	assert_null(c->r.k);
	serve("/v1/keyset.json.minisig", NULL, 0);
	is(opened(c), ERR_UNKNOWN);
	serve_org(&c->org);
	serve("/v1/keyset.json", NULL, 0);
	is(opened(c), ERR_UNKNOWN);
	c->r.t = NULL;
	is(opened(c), ERR_USAGE);
	kit_org_clear(&other);
}

static void an_expired_keyset_only_reads(void **state)
{
	struct case_of *c = *state;

	c->o.today = c->org.keyset.not_after;
	ok(opened(c));
	c->o.today++;
	is(opened(c), ERR_STALE);
	c->r.reads = true;
	ok(opened(c));
}

static void a_withdrawn_key_is_refused_for_ever(void **state)
{
	struct case_of *c = *state;
	struct kit_org before;

	c->o.state = c->state;
	ok(opened(c));
	kit_org_make(&before, "one", NOW);
	ok(keyset_revoke(&c->org.keyset, &c->org.keyset.identity));
	kit_org_next(&c->org, KEYSET_SERIAL_LAST, NOW);
	serve_org(&c->org);
	is(opened(c), ERR_STALE);
	c->r.reads = true;
	is(opened(c), ERR_STALE);
	serve_org(&before);
	is(opened(c), ERR_STALE);
	c->o.state = NULL;
	ok(opened(c));
	kit_org_clear(&before);
}

static void an_older_keyset_than_remembered(void **state)
{
	struct case_of *c = *state;
	struct kit_org old;

	c->o.state = c->state;
	kit_org_make(&old, "one", NOW);
	kit_org_next(&c->org, 2, NOW);
	serve_org(&c->org);
	ok(opened(c));
	assert_true(says(c, opened, "fingerprint"));
	serve_org(&old);
	is(opened(c), ERR_STALE);
	assert_false(says(c, opened, "fingerprint")); /* nothing to compare */
	kit_org_clear(&old);
}

/* After a 410 the keyset may be a newer one, and no other organisation's */
static void again_only_of_the_same(void **state)
{
	struct case_of *c = *state;
	struct kit_org other;

	ok(opened(c));
	kit_org_next(&c->org, 2, NOW);
	serve_org(&c->org);
	ok(trust_again(&c->r));
	assert_int_equal(c->r.k->serial, 2);
	kit_org_make(&other, "other", NOW);
	serve_org(&other);
	is(trust_again(&c->r), ERR_FOREIGN);
	kit_org_clear(&other);
}

static void weeks(void **state)
{
	struct case_of *c = *state;
	struct kit_org other;

	ok(opened(c));
	ok(trust_epoch(&c->r));
	assert_int_equal(c->r.epoch->week, THIS_WEEK);
	/* those of another week in its place, later or over */
	serve_week(&c->org, THIS_WEEK + 7, THIS_WEEK);
	is(trust_epoch(&c->r), ERR_STALE);
	assert_true(says(c, look_at_week, "still to come"));
	serve_week(&c->org, THIS_WEEK - 7, THIS_WEEK);
	is(trust_epoch(&c->r), ERR_STALE);
	assert_true(says(c, look_at_week, "is over"));
	assert_int_equal(c->r.epoch->week, THIS_WEEK);
	kit_org_make(&other, "other", NOW);
	serve_week(&other, THIS_WEEK, THIS_WEEK);
	is(trust_epoch(&c->r), ERR_FOREIGN);
	kit_org_clear(&other);
	/* the newest that is there, and not too old */
	serve_week(&c->org, THIS_WEEK, THIS_WEEK);
	c->o.today = THIS_WEEK + 13;
	ok(trust_epoch(&c->r));
	c->o.today = THIS_WEEK + 14;
	is(trust_epoch(&c->r), ERR_POLICY);
	c->o.old_keys = true;
	ok(trust_epoch(&c->r));
	serveds = 2; /* the keyset only */
	buf_free(&served[2].b);
	is(trust_epoch(&c->r), ERR_UNKNOWN);
}

/* Of a week that the gateway closed no key is taken again; next week's may */
static void closed_weeks(void **state)
{
	struct case_of *c = *state;

	ok(opened(c));
	c->r.closed[c->r.closeds++] = THIS_WEEK;
	is(trust_epoch(&c->r), ERR_STALE);
	serve_week(&c->org, THIS_WEEK + 7, THIS_WEEK + 7);
	ok(trust_epoch(&c->r));
	assert_int_equal(c->r.epoch->week, THIS_WEEK + 7);
}

static void put_file(const char *folder, const char *name,
    const struct buf *b)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(b->p, 1, b->len, f), b->len);
	fclose(f);
}

/* From a folder nothing is asked of a gateway */
static void a_folder(void **state)
{
	struct case_of *c = *state;
	char week[WEEK_TEXT], name[40], from[80];
	struct buf none;

	memset(&none, 0, sizeof(none));
	c->o.keyset = c->state;
	is(opened(c), ERR_UNKNOWN);
	assert_int_equal(mkdir(c->state, 0700), 0);
	put_file(c->state, "keyset.json", &c->org.doc);
	is(opened(c), ERR_UNKNOWN);
	put_file(c->state, "keyset.json.minisig", &c->org.sig);
	serve("/v1/keyset.json", NULL, 0);
	ok(opened(c));
	ok(trust_again(&c->r));
	assert_non_null(c->r.k);
	is(trust_epoch(&c->r), ERR_UNKNOWN);
	week_text(THIS_WEEK, week);
	snprintf(from, sizeof(from), "/v1/epochs/%s.json", week);
	snprintf(name, sizeof(name), "%s.json", week);
	put_file(c->state, name, &served_find(from)->b);
	serve(from, NULL, 0);
	ok(trust_epoch(&c->r));
	c->o.keyset = "/nowhere";
	is(trust_epoch(&c->r), ERR_UNKNOWN);
}

/* ${second} NULL: one word only; ${first} NULL: none */
static enum err verify(struct case_of *c, const char *first,
    const char *second)
{
	char a[80] = "", b[80] = "", *argv[] = { a, b };

	snprintf(a, sizeof(a), "%s", first != NULL ? first : "");
	snprintf(b, sizeof(b), "%s", second != NULL ? second : "");
	trust_close(&c->r);
	return verb_verify(&c->r, (first != NULL) + (second != NULL), argv);
}

/* The page of a release, signed by ${release} and by ${holder} of desk 1 */
static void serve_page(const struct case_of *c, const char *name,
    const uint8_t *release, const uint8_t *holder)
{
	struct sign_purpose of_release = { .purpose = "page" };
	struct sign_purpose of_holder = { .purpose = "page", .desk = 1 };
	struct buf doc = buf_new(4096), sig = buf_new(SIGN_TEXT_MAX);
	struct page page = { .files = 1 };

	snprintf(page.release, sizeof(page.release), "%s", name);
	snprintf(page.file[0].name, sizeof(page.file[0].name), "page.js");
	hash_bytes("script", 6, page.file[0].sha256);
	ok(page_write(&page, &doc));
	memcpy(of_holder.org, c->org.keyset.org, ORG_LEN);
	serve("/v1/page.json", doc.p, doc.len);
	ok(sign_make(release, &of_release, doc.p, doc.len, &sig));
	serve("/v1/page.json.minisig", sig.p, sig.len);
	buf_clear(&sig);
	ok(sign_make(holder, &of_holder, doc.p, doc.len, &sig));
	serve("/v1/page.json.holder.minisig", sig.p, sig.len);
	serve("/page.js", "script", 6);
	buf_free(&doc);
	buf_free(&sig);
}

static void the_signed_page(void **state)
{
	struct case_of *c = *state;
	const uint8_t *release = c->org.release, *holder = c->org.holder[0];

	is(verify(c, "page", NULL), ERR_UNKNOWN);
	serve_page(c, "2", release, holder);
	ok(verify(c, "page", NULL));
	ok(verify(c, "all", NULL));
	serve_page(c, "2", holder, holder);
	is(verify(c, "page", NULL), ERR_SIGNATURE);
	serve_page(c, "2", release, release);
	is(verify(c, "page", NULL), ERR_SIGNATURE);
	serve_page(c, "2", release, c->org.holder[1]); /* not of this desk */
	is(verify(c, "page", NULL), ERR_SIGNATURE);
	serve_page(c, "2", release, holder);
	serve("/v1/page.json.minisig", NULL, 0);
	is(verify(c, "page", NULL), ERR_SIGNATURE);
	serve_page(c, "2", release, holder);
	serve("/v1/page.json.holder.minisig", NULL, 0);
	is(verify(c, "page", NULL), ERR_SIGNATURE);
	serve_page(c, "2", release, holder);
	serve("/page.js", "scripT", 6);
	is(verify(c, "page", NULL), ERR_CHAIN);
	is(verify(c, "all", NULL), ERR_CHAIN);
	serve("/page.js", NULL, 0);
	is(verify(c, "page", NULL), ERR_UNKNOWN);
	serve_page(c, "2", release, holder);
	pages = ERR_CONFLICT;
	is(verify(c, "page", NULL), ERR_CONFLICT);
	pages = OK;
	serve("/v1/page.json", "{}", 2);
	is(verify(c, "page", NULL), ERR_FORMAT);
}

static void an_older_page_than_remembered(void **state)
{
	struct case_of *c = *state;

	c->o.state = c->state;
	serve_page(c, "2", c->org.release, c->org.holder[0]);
	ok(verify(c, "page", NULL));
	assert_true(says(c, look_at_page, "is the signed one"));
	serve_page(c, "1", c->org.release, c->org.holder[0]);
	is(verify(c, "page", NULL), ERR_STALE);
	assert_false(says(c, look_at_page, "is the signed one"));
}

static void all_needs_keys_that_can_be_used(void **state)
{
	struct case_of *c = *state;

	serve_page(c, "2", c->org.release, c->org.holder[0]);
	serve_week(&c->org, THIS_WEEK - 7, THIS_WEEK);
	is(verify(c, "all", NULL), ERR_STALE);
	ok(verify(c, "page", NULL));
}

/* Each word is its own question, and there are no others */
static void words(void **state)
{
	struct case_of *c = *state;
	ok(verify(c, "keyset", NULL)); /* no page, no week is asked for */
	is(verify(c, "pages", NULL), ERR_USAGE);
	is(verify(c, "page", "page"), ERR_USAGE);
	is(verify(c, "receipt", NULL), ERR_USAGE);
	is(verify(c, NULL, NULL), ERR_USAGE);
	serve_week(&c->org, THIS_WEEK, THIS_WEEK);
	serve("/v1/keyset.json.minisig", "x", 1);
	is(verify(c, "keyset", NULL), ERR_FORMAT);
	/* without a gateway */
	c->o.keyset = c->state;
	assert_int_equal(mkdir(c->state, 0700), 0);
	put_file(c->state, "keyset.json", &c->org.doc);
	put_file(c->state, "keyset.json.minisig", &c->org.sig);
	c->r.t = NULL;
	ok(verify(c, "keyset", NULL));
	is(verify(c, "page", NULL), ERR_USAGE);
	is(verify(c, "all", NULL), ERR_USAGE);
}

static void receipts(void **state)
{
	struct case_of *c = *state;
	struct receipt r = { .generation = 1, .day = NOW };
	struct buf note = buf_new(4096), other = buf_new(4096);
	struct buf file = buf_new(1 << 20);
	uint8_t seed[SIGN_SEED];
	struct buf e;

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	memcpy(r.org, c->org.keyset.org, ORG_LEN);
	hash_bytes(e.p, e.len, r.envelope);
	week_text(THIS_WEEK, r.epoch);
	sign_keypair(seed, &c->org.keyset.gateway);
	ok(receipt_make(&r, seed, &note));
	put_file(c->folder, "receipt", &note);
	is(verify(c, "receipt", c->receipt), ERR_UNKNOWN); /* a keyset without its key */
	c->org.keyset.has_gateway = true;
	kit_org_next(&c->org, 2, NOW);
	serve_org(&c->org);
	ok(verify(c, "receipt", c->receipt));
	ok(upload_file_head(r.org, r.epoch, e.len, &file));
	buf_put(&file, e.p, e.len);
	ok(upload_file_tail(e.len, &file));
	put_file(c->folder, "sealed", &file);
	c->o.sealed = c->sealed;
	ok(verify(c, "receipt", c->receipt));
	file.p[file.len / 2] ^= 1;
	put_file(c->folder, "sealed", &file);
	is(verify(c, "receipt", c->receipt), ERR_CHAIN);
	file.len /= 2;
	put_file(c->folder, "sealed", &file);
	is(verify(c, "receipt", c->receipt), ERR_FORMAT);
	unlink(c->sealed);
	is(verify(c, "receipt", c->receipt), ERR_IO);
	c->o.sealed = NULL;
	/* another organisation's, by the same gateway; another gateway's */
	r.org[0] ^= 1;
	ok(receipt_make(&r, seed, &other));
	put_file(c->folder, "receipt", &other);
	is(verify(c, "receipt", c->receipt), ERR_FOREIGN);
	r.org[0] ^= 1;
	buf_clear(&other);
	ok(receipt_make(&r, c->org.release, &other));
	put_file(c->folder, "receipt", &other);
	is(verify(c, "receipt", c->receipt), ERR_SIGNATURE);
	buf_free(&note);
	buf_free(&other);
	buf_free(&file);
	buf_free(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#undef T
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
		T(the_keyset),
		T(an_expired_keyset_only_reads),
		T(a_withdrawn_key_is_refused_for_ever),
		T(an_older_keyset_than_remembered),
		T(again_only_of_the_same),
		T(weeks),
		T(closed_weeks),
		T(a_folder),
		T(the_signed_page),
		T(an_older_page_than_remembered),
		T(all_needs_keys_that_can_be_used),
		T(words),
		T(receipts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
