/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Sealed bytes to a gateway that is the test's: what is sent is all of it and
 * nothing else, and received is what the gateway signed for exactly that.
 */
#include <fcntl.h>
#include <unistd.h>

#include <sodium.h>

#define ANSWER_TRIES 1
#include "answering.h"
#include "files.h"
#include "reporter.h"
#include "store_cmocka.h"
#include "../unit/said.h"

#define LARGE 3145728u
#define ASKED 64u
#define CUT 1

/* What the receipt is of */
enum lie { TRUE_ONE, OTHER_ENVELOPE, OTHER_ORG, OTHER_WEEK, OTHER_KEY,
	NO_RECEIPT, OTHER_STATUS };

static struct gateway {
	struct kit_org org;
	uint8_t seed[SIGN_SEED], other[SIGN_SEED];
	struct buf got; /* what came */
	enum lie lie;
	long says[8]; /* of the next requests; 0: as it is */
	unsigned said, parts, loses;
	bool begun, knows, silly, back; /* back: to the first, once */
	const char *asked; /* what is answered to who asks for the next part */
	unsigned asks;
} g;

static struct reporter_options o;
static struct reporter r;
static struct sealed s;
static struct buf envelope;
static char folder[64], kept[UPLOAD_HEX];

static void
receipted(struct answer *a)
{
	struct receipt t = {.generation = 1, .day = KIT_DAY};

	memcpy(t.org, g.org.keyset.org, ORG_LEN);
	memcpy(t.envelope, s.hash, HASH_LEN);
	strcpy(t.epoch, s.epoch);
	t.org[0] ^= g.lie == OTHER_ORG;
	t.envelope[0] ^= g.lie == OTHER_ENVELOPE;
	if (g.lie == OTHER_WEEK) {
		week_text(week_of(KIT_DAY) + 7, t.epoch);
	}
	a->status = g.lie == OTHER_STATUS ? 200 : 201;
	if (g.lie == NO_RECEIPT) {
		buf_text(&a->body, "{}");
	} else {
		ok(receipt_make(&t, g.lie == OTHER_KEY ? g.other : g.seed,
		    &a->body));
	}
}

static void
next_is(struct answer *a, unsigned long n)
{
	char text[40];

	snprintf(text, sizeof(text), "{\"next\":%lu}", n);
	buf_clear(&a->body);
	buf_text(&a->body, text);
	a->status = 409;
}

static void
part(const struct request *q, struct answer *a)
{
	unsigned long n = strtoul(header(q, "Upload-Part"), NULL, 10);

	if (!g.knows) {
		a->status = 404;
	} else if (g.asked != NULL && n > 1000) {
		a->status = 409;
		buf_text(&a->body, g.asked);
	} else if (g.back && n == 3) {
		g.back = false;
		g.parts = 0;
		g.got.len = 0;
		next_is(a, 1);
	} else if (g.silly || n != g.parts + 1) {
		next_is(a, g.silly ? n == 1 ? 2 : 1 : g.parts + 1);
	} else {
		assert_true(q->len == ENVELOPE_PART ||
		    g.got.len + q->len == envelope.len);
		buf_put(&g.got, q->body, q->len);
		g.parts++;
		a->status = 204;
	}
}

static void
finish(const struct request *q, struct answer *a)
{
	if (*header(q, "Upload-Id") != '\0' && g.loses > 0) {
		g.loses--; /* the last part did not reach the disk */
		g.parts--;
		g.got.len = g.parts * (size_t)ENVELOPE_PART;
		a->status = 400;
		return;
	}
	if (*header(q, "Upload-Id") == '\0') {
		buf_put(&g.got, q->body, q->len);
	}
	assert_string_equal(header(q, "Epoch"), s.epoch);
	assert_non_null(strstr(header(q, "Content-Digest"), "sha-256=:"));
	receipted(a);
}

enum err
transfer_once(struct transfer *t, const struct request *q, struct answer *a)
{
	(void)t;
	answer_begin(a, q);
	assert_in_range(g.asks++, 0, ASKED - 1);
	if (g.says[g.said] != 0) {
		a->status = g.says[g.said++];
		if (a->status == CUT) { /* the answer is lost */
			a->status = 0;
			a->unsure = true;
			return ERR_IO;
		}
	} else if (strcmp(q->method, "POST") == 0) {
		assert_string_equal(q->path, "/v1/uploads");
		buf_clear(&g.got);
		g.parts = 0;
		g.begun = g.knows = true;
		a->status = 201;
		buf_text(&a->body,
		    "{\"upload\":\"00112233445566778899aabbccddeeff\"}");
	} else if (strcmp(q->path, "/v1/uploads") == 0) {
		assert_string_equal(header(q, "Upload-Id"),
		    "00112233445566778899aabbccddeeff");
		part(q, a);
	} else {
		assert_string_equal(q->path, "/v1/envelopes");
		finish(q, a);
	}
	return OK;
}

void transfer_renew(struct transfer *t) { (void)t; }

bool state_upload(const struct reporter_options *opt,
    const uint8_t hash[HASH_LEN], char id[UPLOAD_HEX])
{
	(void)opt;
	assert_memory_equal(hash, s.hash, HASH_LEN);
	memcpy(id, kept, UPLOAD_HEX);
	return kept[0] != '\0';
}

void state_upload_keep(const struct reporter_options *opt,
    const uint8_t hash[HASH_LEN], const char *id)
{
	(void)opt;
	assert_memory_equal(hash, s.hash, HASH_LEN);
	memset(kept, 0, sizeof(kept));
	if (id != NULL) {
		memcpy(kept, id, UPLOAD_HEX);
	}
}

/* An envelope of ${size} in an open file, ${offset} bytes from its start */
static void
sealed(uint64_t size, size_t offset)
{
	char path[80];

	buf_free(&envelope);
	kit_envelope(&envelope, size);
	if (s.fd > 0) {
		close(s.fd);
	}
	snprintf(path, sizeof(path), "%s/sealed", folder);
	s.fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(s.fd >= 0);
	assert_int_equal(lseek(s.fd, (off_t)offset, SEEK_SET), offset);
	ok(fd_write(s.fd, envelope.p, envelope.len));
	s.size = envelope.len;
	hash_bytes(envelope.p, envelope.len, s.hash);
	week_text(week_of(KIT_DAY), s.epoch);
}

static int
begin(void **state)
{
	(void)state;
	ok(secret_setup());
	memset(&g, 0, sizeof(g));
	memset(&o, 0, sizeof(o));
	memset(kept, 0, sizeof(kept));
	memset(&s, 0, sizeof(s));
	kit_folder(folder);
	kit_org_make(&g.org, "one", KIT_DAY);
	sign_keypair(g.seed, &g.org.keyset.gateway);
	randombytes_buf(g.other, sizeof(g.other));
	g.org.keyset.has_gateway = true;
	g.got = buf_new(2 * LARGE);
	r = (struct reporter){.o = &o, .k = &g.org.keyset,
		.t = (struct transfer *)&g}; /* never looked into */
	sealed(ENVELOPE_CLASS_MIN, 0);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	close(s.fd);
	buf_free(&envelope);
	buf_free(&g.got);
	kit_org_clear(&g.org);
	kit_remove(folder);
	return 0;
}

static enum err
sends(size_t offset, const char *text)
{
	enum err e;

	g.asks = 0;
	said_begin();
	e = message_send(&r, &s, offset);
	if (!said_end(text)) {
		fail_msg("not said: %s (%s)", text, err_text(e));
	}
	return e;
}

static void
came(void)
{
	assert_int_equal(g.got.len, envelope.len);
	assert_memory_equal(g.got.p, envelope.p, envelope.len);
}

/* Received is only what the gateway signed for exactly this message */
static void
receipts(void **state)
{
	char path[80];
	struct buf note = buf_new(4096);

	(void)state;
	snprintf(path, sizeof(path), "%s/receipt", folder);
	o.receipt = path;
	for (enum lie l = OTHER_ENVELOPE; l <= NO_RECEIPT; l++) {
		g.lie = l;
		assert_int_not_equal(sends(0, "Do not rely on it"), OK);
		assert_int_not_equal(access(path, F_OK), 0);
	}
	g.lie = OTHER_STATUS;
	is(sends(0, "not that of a gateway"), ERR_FORMAT);
	assert_int_not_equal(access(path, F_OK), 0);
	g.lie = TRUE_ONE;
	buf_clear(&g.got);
	ok(sends(0, "Received on"));
	came();
	ok(file_read_path(path, &note));
	assert_true(note.len > 0);
	g.org.keyset.has_gateway = false;
	ok(sends(0, "the receipt cannot be checked"));
	buf_free(&note);
}

static void
refused(void **state)
{
	static const struct {
		long status;
		enum err e;
		const char *text;
	} all[] = { { 410, ERR_STALE, "seal the message again" },
		{ 507, ERR_FULL, "the files later" },
		{ 503, ERR_BUSY, "is very busy" },
		{ 500, ERR_IO, "has a fault" },
		{ 400, ERR_FORMAT, "not received" } };

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		g.said = 0;
		g.says[0] = all[i].status;
		is(sends(0, all[i].text), all[i].e);
	}
}

/* Nobody said that it was not received: so we do not */
static void
unsure(void **state)
{
	static const long says[] = { CUT, 502, 504 };

	(void)state;
	for (size_t i = 0; i < sizeof(says) / sizeof(says[0]); i++) {
		g.said = 0;
		g.says[0] = says[i];
		assert_int_not_equal(sends(0, "cannot be told"), OK);
		g.said = 0;
		assert_int_not_equal(sends(0, "keep the code"), OK);
	}
	g.said = 0;
	o.no_mailbox = true;
	assert_int_not_equal(sends(0, "busy or has a fault\nmeldluik: what "
	    "is sent anew"), OK);
	o.no_mailbox = false;
	sealed(ENVELOPE_CLASS_MIN, 512);
	g.said = 0;
	assert_int_not_equal(sends(512, "the same file again"), OK);
	sealed(LARGE, 0);
	g.said = 0; /* an upload that is not begun */
	assert_int_not_equal(sends(0, "not received"), OK);
}

static void
in_parts(void **state)
{
	(void)state;
	sealed(LARGE, 0);
	ok(sends(0, "Received on"));
	came();
	assert_string_equal(kept, ""); /* it was sealed just now */
	g.loses = 2;
	ok(sends(0, "going on at part"));
	came();
	g.loses = REPORTER_RESEALS + 1;
	assert_int_not_equal(sends(0, "not received"), OK);
	g.loses = 0;
	g.silly = true; /* back and forth for ever */
	is(sends(0, "not received"), ERR_CONFLICT);
	g.silly = false;
	g.back = true; /* what it lost it asks for, and gets it */
	ok(sends(0, "Received on"));
	came();
	g.parts = 0;
	assert_int_equal(ftruncate(s.fd, 2 * ENVELOPE_PART), 0);
	is(sends(0, "not received"), ERR_FORMAT);
	assert_int_equal(g.parts, 2); /* no more than there is */
	g.says[0] = 201; /* an upload without a name */
	g.said = 0;
	assert_int_not_equal(sends(0, "not received"), OK);
}

/* A file that was sealed before goes on where it was cut */
static void
goes_on(void **state)
{
	static const char *const odd[] = {"{}", "{\"next\":0}",
		"{\"next\":99}", ""};

	(void)state;
	sealed(LARGE, 100);
	ok(sends(100, "Received on"));
	came();
	assert_string_equal(kept, "");
	g.parts = 2;
	g.got.len = 2 * ENVELOPE_PART;
	strcpy(kept, "00112233445566778899aabbccddeeff");
	g.begun = false;
	ok(sends(100, "going on at part 3"));
	assert_false(g.begun);
	came();
	strcpy(kept, "00112233445566778899aabbccddeeff");
	g.knows = false; /* any more */
	ok(sends(100, "Received on"));
	assert_true(g.begun);
	came();
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		strcpy(kept, "00112233445566778899aabbccddeeff");
		g.asked = odd[i];
		g.begun = false;
		ok(sends(100, "Received on"));
		assert_true(g.begun);
		came();
	}
}

/* To a new file, whole; one that is there stays as it is */
static void
to_a_file(void **state)
{
	struct buf b = buf_new(LARGE), mine = buf_new(16);
	uint8_t org[ORG_LEN];
	char path[80], epoch[WEEK_TEXT];
	uint64_t size = 0;
	size_t used = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/out", folder);
	o.out = path;
	ok(sealed_save(&r, &s));
	ok(file_read_path(path, &b));
	ok(upload_file_parse(b.p, b.len, org, epoch, &size, &used));
	assert_memory_equal(org, g.org.keyset.org, ORG_LEN);
	assert_int_equal(size, envelope.len);
	assert_memory_equal(b.p + used, envelope.p, envelope.len);
	ok(file_write_path(path, "mine", 4, 0600));
	is(sealed_save(&r, &s), ERR_IO);
	ok(file_read_path(path, &mine));
	assert_int_equal(mine.len, 4);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(ftruncate(s.fd, 9), 0); /* it is not whole */
	is(sealed_save(&r, &s), ERR_FORMAT);
	assert_int_not_equal(access(path, F_OK), 0);
	buf_free(&b);
	buf_free(&mine);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(receipts),
		CASE(refused),
		CASE(unsure),
		CASE(in_parts),
		CASE(goes_on),
		CASE(to_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
