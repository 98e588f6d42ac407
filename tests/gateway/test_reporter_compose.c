/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * seal, send, follow-up, withdraw: nothing leaves before its writer has the
 * code and was told who reads it, to no desk that must not read it, and to
 * none that was not named. What they call is the test's, and notes it.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "files.h"
#include "reporter.h"
#include "store_cmocka.h"
#include "../unit/said.h"

#define SENDS 8u

/* What was called, a letter each: t trust_open, e trust_epoch, a trust_again,
 * s message_seal, c code_show, m message_send, o sealed_save, b boards_read,
 * r reader_say */
static char did[64];

static struct gateway {
	struct kit_org org;
	struct epoch epoch;
	enum err trusts, epochs, agains, seals, shows, saves, types, reads;
	enum err says[SENDS]; /* of the next sends */
	unsigned said, reader; /* who answered last; 0: nobody */
	void (*again)(void);   /* what is another after a 410 */
	enum report_kind kind;
	unsigned desk, files;
	bool coded;
	char words[64];
	uint64_t offset;
	uint8_t hash[HASH_LEN];
} g;

static struct reporter_options o;
static struct reporter r;
static struct code code;
static char folder[64], text[80];

static enum err
done(char letter, enum err e)
{
	size_t n = strlen(did);

	assert_in_range(n, 0, sizeof(did) - 2);
	did[n] = letter;
	did[n + 1] = '\0';
	return e;
}

enum err trust_open(struct reporter *x)
{
	x->k = g.trusts == OK ? &g.org.keyset : NULL;
	return done('t', g.trusts);
}

enum err trust_epoch(struct reporter *x)
{
	x->epoch = &g.epoch;
	return done('e', g.epochs);
}

enum err trust_again(struct reporter *x)
{
	assert_int_equal(x->closed[x->closeds - 1], g.epoch.week);
	g.epoch.week += 7;
	if (g.again != NULL) {
		g.again();
	}
	return done('a', g.agains);
}

enum err message_seal(struct reporter *x, enum report_kind kind,
    unsigned desk, const struct buf *words, const struct code *c,
    struct sealed *out)
{
	(void)x;
	g.kind = kind;
	g.desk = desk;
	g.coded = c != NULL;
	snprintf(g.words, sizeof(g.words), "%.*s", (int)words->len,
	    (const char *)words->p);
	if (g.seals == OK) {
		memset(out, 0, sizeof(*out));
		out->fd = memfd_create("sealed", MFD_CLOEXEC);
		assert_true(out->fd >= 0);
		week_text(g.epoch.week, out->epoch);
	}
	return done('s', g.seals);
}

enum err message_send(struct reporter *x, const struct sealed *s,
    uint64_t offset)
{
	(void)x;
	assert_true(fcntl(s->fd, F_GETFD) >= 0);
	g.offset = offset;
	memcpy(g.hash, s->hash, HASH_LEN);
	assert_in_range(g.said, 0, SENDS - 1);
	return done('m', g.says[g.said++]);
}

enum err sealed_save(struct reporter *x, const struct sealed *s)
{
	(void)x;
	assert_true(fcntl(s->fd, F_GETFD) >= 0);
	return done('o', g.saves);
}

enum err code_ask(const struct reporter_options *opt, struct code *out)
{
	(void)opt;
	*out = code;
	return g.types;
}

enum err code_show(const struct reporter_options *opt, const struct code *c)
{
	(void)opt;
	assert_int_equal(code_desk(c), g.desk);
	return done('c', g.shows);
}

enum err boards_read(struct reporter *x, const struct code *c, bool typed,
    struct boards *b)
{
	(void)x;
	(void)b;
	assert_true(typed);
	assert_memory_equal(c, &code, sizeof(code));
	return done('b', g.reads);
}

void boards_clear(struct boards *b) { (void)b; }

unsigned boards_reader(const struct reporter *x, const struct boards *b,
    const struct code *c)
{
	(void)x;
	(void)b;
	(void)c;
	return g.reader;
}

void reader_say(const struct reporter *x, const char *what, unsigned desk)
{
	(void)x;
	(void)what;
	(void)done('r', OK);
	g.desk = desk;
}

static void
write_text(const char *words)
{
	ok(file_write_path(text, words, strlen(words), 0600));
}

static int
begin(void **state)
{
	(void)state;
	ok(secret_setup());
	memset(&g, 0, sizeof(g));
	memset(&o, 0, sizeof(o));
	kit_folder(folder);
	snprintf(text, sizeof(text), "%s/text", folder);
	write_text("Er klopt iets niet.");
	kit_org_make(&g.org, "one", KIT_DAY);
	strcpy(g.org.keyset.desk[0].not_about[0], "coordinator");
	g.org.keyset.desk[0].not_abouts = 1;
	g.epoch.week = week_of(KIT_DAY);
	ok(code_new(2, &code));
	o.text = text;
	o.language = "en";
	o.relation = "employee";
	r = (struct reporter){.o = &o,
		.t = (struct transfer *)&g}; /* never looked into */
	g.files = kit_files_open();
	return 0;
}

static int
end(void **state)
{
	(void)state;
	assert_int_equal(kit_files_open(), g.files);
	kit_org_clear(&g.org);
	kit_remove(folder);
	return 0;
}

/* The verb ends with ${want}, called ${calls} and said ${words} */
static void
runs(enum err (*verb)(struct reporter *, int, char **), char *file,
    enum err want, const char *calls, const char *words)
{
	enum err e;

	did[0] = '\0';
	g.said = 0;
	r.closeds = 0;
	said_begin();
	e = verb(&r, file != NULL, &file);
	if (!said_end(words) || e != want || strcmp(did, calls) != 0) {
		fail_msg("%s, \"%s\" and not \"%s\", or not said: %s",
		    err_text(e), did, calls, words);
	}
}

#define sends(want, calls, words) runs(verb_send, NULL, want, calls, words)

/* Who reads it is said, then the code, and only then it leaves */
static void
in_this_order(void **state)
{
	(void)state;
	sends(OK, "trescm", "");
	assert_int_equal(g.kind, REPORT_REPORT);
	assert_int_equal(g.desk, 1);
	assert_true(g.coded);
	assert_string_equal(g.words, "Er klopt iets niet.");
	assert_int_equal(g.offset, 0);
	o.advice = true;
	o.attachments = 1;
	sends(OK, "trescm", "Clean copies first");
	assert_int_equal(g.kind, REPORT_ADVICE);
	g.shows = ERR_IO; /* it could not be shown: nothing is sent */
	sends(ERR_IO, "tresc", "");
	o.no_mailbox = true;
	sends(OK, "tresm", "");
	assert_false(g.coded);
	g.seals = ERR_FULL;
	sends(ERR_FULL, "tres", "");
	g.epochs = ERR_POLICY;
	sends(ERR_POLICY, "tre", "");
	g.trusts = ERR_FOREIGN;
	sends(ERR_FOREIGN, "t", "");
}

static void
to_a_file(void **state)
{
	(void)state;
	runs(verb_seal, NULL, ERR_USAGE, "", "seal needs --out FILE");
	o.out = "somewhere";
	sends(ERR_USAGE, "", "send needs --gateway URL");
	runs(verb_seal, text, ERR_USAGE, "", "seal needs --out FILE");
	r.t = NULL;
	runs(verb_seal, NULL, OK, "tresco", "Sealed for week 2026-W48 in "
	    "somewhere");
	g.saves = ERR_IO;
	runs(verb_seal, NULL, ERR_IO, "tresco", "");
	o.out = NULL;
	sends(ERR_USAGE, "", "send needs --gateway URL");
	runs(verb_follow_up, NULL, ERR_USAGE, "", "give --gateway URL");
}

static void
no_text(void **state)
{
	static char large[REPORT_JSON_MAX + 2];

	(void)state;
	o.text = NULL;
	sends(ERR_USAGE, "", "give --text FILE");
	o.text = "/nowhere";
	sends(ERR_UNKNOWN, "", "--text: ");
	o.text = text;
	write_text("");
	sends(ERR_USAGE, "", "is empty or no UTF-8 text");
	write_text("\xff\xfe");
	sends(ERR_USAGE, "", "is empty or no UTF-8 text");
	memset(large, 'a', REPORT_JSON_MAX + 1);
	write_text(large);
	sends(ERR_LIMIT, "", "is longer than 48 KiB");
	runs(verb_follow_up, NULL, ERR_LIMIT, "", "is longer than 48 KiB");
	runs(verb_withdraw, NULL, ERR_LIMIT, "", "is longer than 48 KiB");
	write_text("a");
	o.relation = "nobody";
	sends(ERR_USAGE, "t", "--relation: there is no");
	o.relation = "employee";
	o.language = "E N";
	sends(ERR_USAGE, "", "--language takes");
}

/* Never a desk that must not read about that person */
static void
who_reads(void **state)
{
	struct keyset *k = &g.org.keyset;

	(void)state;
	sends(OK, "trescm", "If you choose nothing");
	o.about = "coordinator";
	sends(OK, "trescm", "");
	assert_int_equal(g.desk, 2);
	o.desk = 1;
	sends(ERR_POLICY, "t", "leave out --desk, and another reads it");
	o.desk = 2;
	sends(OK, "trescm", "");
	assert_int_equal(g.desk, 2);
	strcpy(k->desk[1].not_about[0], "coordinator");
	k->desk[1].not_abouts = 1;
	o.desk = 0;
	sends(ERR_POLICY, "t", "use an outside channel");
	o.about = "nobody-such";
	sends(ERR_UNKNOWN, "t", "there is no such role: \"nobody-such\"");
	sends(ERR_UNKNOWN, "t", "--about takes whom the report is about:");
	o.about = NULL;
	o.desk = 3;
	sends(ERR_UNKNOWN, "t", "there is no desk 3");
	o.desk = 2;
	k->desk[1].successor = 1; /* another goes on with what was of it */
	sends(OK, "trescm", "");
	assert_int_equal(g.desk, 1);
	k->desk[1].successor = 0;
	sends(OK, "trescm", "");
	assert_int_equal(g.desk, 2);
}

static void
other_reads(void)
{
	g.org.keyset.desk[0].successor = 2;
}

static void
may_not_read(void)
{
	strcpy(g.org.keyset.desk[1].not_about[0], "coordinator");
	g.org.keyset.desk[1].not_abouts = 1;
}

/* A week that closed is sealed again, so often, and to nobody else */
static void
closed_week(void **state)
{
	(void)state;
	g.says[0] = g.says[1] = ERR_STALE;
	sends(OK, "trescmaesmaesm", "with the keys of another week");
	assert_int_equal(r.closeds, 2);
	for (unsigned i = 0; i < SENDS; i++) {
		g.says[i] = ERR_STALE;
	}
	sends(ERR_STALE, "trescmaesmaesmaesmaesm", "");
	assert_int_equal(r.closeds, REPORTER_RESEALS);
	g.says[0] = ERR_IO;
	sends(ERR_IO, "trescm", "");
	g.says[0] = ERR_STALE;
	g.agains = ERR_FOREIGN;
	sends(ERR_FOREIGN, "trescma", "");
	g.agains = OK;
	o.about = "coordinator";
	g.again = may_not_read; /* any more */
	sends(ERR_POLICY, "trescma", "use an outside channel");
	o.about = NULL;
	o.desk = 1;
	g.again = other_reads;
	sends(ERR_POLICY, "trescma", "who reads this changed just now");
}

/* So with what is added: to whom it goes is told anew by a person only */
static void
closed_later(void **state)
{
	(void)state;
	ok(code_new(1, &code));
	g.reader = 1;
	g.says[0] = ERR_STALE;
	runs(verb_follow_up, NULL, OK, "tbresmaesm", "another week");
	g.again = other_reads;
	runs(verb_follow_up, NULL, ERR_POLICY, "tbresma",
	    "who reads this changed just now");
}

static void
gone(void)
{
	g.org.keyset.desks = 1;
}

static void
added(void **state)
{
	(void)state;
	g.reader = 2;
	runs(verb_follow_up, NULL, OK, "tbresm", "");
	assert_int_equal(g.kind, REPORT_FOLLOW_UP);
	assert_int_equal(g.desk, 2);
	assert_true(g.coded);
	runs(verb_follow_up, text, ERR_USAGE, "", "");
	runs(verb_withdraw, text, ERR_USAGE, "", "");
	g.reader = 1; /* which answered last */
	runs(verb_withdraw, NULL, OK, "tbresm", "");
	assert_int_equal(g.kind, REPORT_WITHDRAWAL);
	assert_int_equal(g.desk, 1);
	assert_string_equal(g.words, "Er klopt iets niet.");
	o.text = NULL;
	runs(verb_withdraw, NULL, OK, "tbresm", "");
	assert_string_equal(g.words, "");
	runs(verb_follow_up, NULL, ERR_USAGE, "", "give --text FILE");
	o.text = text;
	g.reader = 0;
	runs(verb_follow_up, NULL, ERR_UNKNOWN, "tb", "does not exist here");
	g.reads = ERR_SIGNATURE;
	runs(verb_follow_up, NULL, ERR_SIGNATURE, "tb", "nothing was sent");
	g.types = ERR_CRYPT;
	runs(verb_follow_up, NULL, ERR_CRYPT, "t", "a typing mistake");
	g.types = ERR_FORMAT;
	runs(verb_follow_up, NULL, ERR_FORMAT, "t", "cannot be used");
	g.types = OK;
	o.desk = 1; /* asks no board */
	runs(verb_follow_up, NULL, OK, "tresm", "");
	assert_int_equal(g.desk, 1);
	o.desk = 7;
	runs(verb_follow_up, NULL, ERR_UNKNOWN, "t", "does not exist here");
	o.desk = 0;
	r.t = NULL;
	o.out = "somewhere";
	runs(verb_follow_up, NULL, OK, "treso", "the boards cannot be looked");
	assert_int_equal(g.desk, 2); /* of the code */
	g.says[0] = ERR_STALE;
	r.t = (struct transfer *)&g;
	o.out = NULL;
	o.desk = 2;
	g.again = gone;
	runs(verb_follow_up, NULL, ERR_POLICY, "tresma",
	    "who reads this changed just now");
}

/* An upload file for ${org} of which ${cut} bytes are missing; ${odd}: its
 * envelope is none */
static void
upload_file(const uint8_t org[ORG_LEN], size_t cut, bool odd)
{
	struct buf file = buf_new(1u << 20), sealed = buf_new(1u << 20);
	uint8_t hash[HASH_LEN];

	kit_envelope(&sealed, ENVELOPE_CLASS_MIN);
	sealed.p[3] ^= odd;
	ok(upload_file_head(org, "2026-W48", sealed.len, &file));
	assert_false(file.failed);
	buf_put(&file, sealed.p, sealed.len);
	ok(file_write_path(text, file.p, file.len - cut, 0600));
	hash_bytes(sealed.p, sealed.len, hash);
	memcpy(g.hash, hash, HASH_LEN);
	buf_free(&file);
	buf_free(&sealed);
}

/* One that was sealed before is whole, ours and one, before it is sent */
static void
sealed_before(void **state)
{
	uint8_t org[ORG_LEN], want[HASH_LEN];

	(void)state;
	memcpy(org, g.org.keyset.org, ORG_LEN);
	upload_file(org, 0, false);
	memcpy(want, g.hash, HASH_LEN);
	memset(g.hash, 0, HASH_LEN);
	runs(verb_send, text, OK, "tm", "");
	assert_memory_equal(g.hash, want, HASH_LEN);
	assert_int_equal(g.offset % 512, 0);
	assert_true(g.offset > 0);
	g.says[0] = ERR_STALE; /* it cannot be sealed again here */
	runs(verb_send, text, ERR_STALE, "tm", "");
	g.trusts = ERR_FOREIGN;
	runs(verb_send, text, ERR_FOREIGN, "t", "");
	g.trusts = OK;
	upload_file(org, 1, false);
	runs(verb_send, text, ERR_FORMAT, "t", "is damaged or not whole");
	upload_file(org, 0, true);
	runs(verb_send, text, ERR_FORMAT, "t", "is damaged or not whole");
	org[0] ^= 1;
	upload_file(org, 0, false);
	runs(verb_send, text, ERR_FOREIGN, "t", "for another organisation");
	write_text("Er klopt iets niet.");
	runs(verb_send, text, ERR_BUSY, "", "is not a sealed message");
	runs(verb_send, folder, ERR_IO, "", "cannot be read");
	assert_int_equal(unlink(text), 0);
	runs(verb_send, text, ERR_IO, "", "cannot be read");
}

static void
too_many_words(void **state)
{
	char *two[] = {text, text};

	(void)state;
	is(verb_send(&r, 2, two), ERR_USAGE);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(in_this_order),
		CASE(to_a_file),
		CASE(no_text),
		CASE(who_reads),
		CASE(closed_week),
		CASE(closed_later),
		CASE(added),
		CASE(sealed_before),
		CASE(too_many_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
