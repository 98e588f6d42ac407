/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The parent of a parsing child believes no frame of it: each rule broken
 * once, by a child that a hostile envelope took over. And a nursery or a child
 * that is not bound to its parent, or not confined, reads nothing. Real
 * nursery, real envelope; what the child says is the test's.
 */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "decryptor/content.h"
#include "decryptor/files.h"
#include "decryptor/opener_private.h"
#include "decryptor/sandbox.h"
#include "meldluik/envelope.h"
#include "meldluik/secret.h"

#define WEEK 20780 /* 2026-W48 */
#define ok(x) assert_int_equal((x), OK)

struct place {
	char path[64];
	int dir;
	struct keyring *ring;
	struct buf sealed, flat; /* an envelope, and the report of it */
	uint8_t sha256[HASH_LEN];
	struct opened_envelope o;
};

/* What the child does instead, once it is taken over; NULL: its work */
static void (*hostile)(const struct place *p, int out);
static struct place *place;
static bool unconfined, unprepared;
static unsigned bound, unbound_at, closed, unclosed_at;

enum err __real_sandbox_enter(int in, int out);
enum err __wrap_sandbox_enter(int in, int out);
enum err __real_sandbox_prepare(void);
enum err __wrap_sandbox_prepare(void);
bool __real_sandbox_bound(pid_t parent);
bool __wrap_sandbox_bound(pid_t parent);
int __real_close_range(unsigned first, unsigned last, int flags);
int __wrap_close_range(unsigned first, unsigned last, int flags);

enum err
__wrap_sandbox_enter(int in, int out)
{
	if (hostile != NULL) {
		hostile(place, out);
		_exit(0);
	}
	return unconfined ? ERR_IO : __real_sandbox_enter(in, out);
}

enum err
__wrap_sandbox_prepare(void)
{
	return unprepared ? ERR_IO : __real_sandbox_prepare();
}

bool
__wrap_sandbox_bound(pid_t parent)
{
	return ++bound != unbound_at && __real_sandbox_bound(parent);
}

int
__wrap_close_range(unsigned first, unsigned last, int flags)
{
	return ++closed == unclosed_at ? -1 : __real_close_range(first, last,
	    flags);
}

static enum err
to_buf(void *arg, const uint8_t *p, size_t len)
{
	buf_put(arg, p, len);
	return OK;
}

/* With two attachments, as the parent will hear of it */
static void
seal(struct place *p)
{
	struct report *r = report_new();
	struct age_recipient to;
	struct envelope *e = NULL;
	uint64_t size;
	uint8_t hash[HASH_LEN];

	assert_non_null(r);
	strcpy(r->epoch, "2026-W48");
	r->desk = 1;
	strcpy(r->language, "nl");
	strcpy(r->relation, "employee");
	ok(report_answer_add(r, "what", "GEHEIM", 6));
	ok(age_identity_recipient(p->ring->week[0].seed, &to));
	ok(envelope_new(&to, 1, to_buf, &p->sealed, 1, &e));
	for (int i = 0; i < 2; i++) {
		ok(envelope_attachment(e, 3));
		ok(envelope_write(e, "abc", 3));
		ok(envelope_attachment_end(e, &size, hash));
		ok(report_attachment_add(r, i == 0 ? "a" : "b", "text/plain",
		    size, hash));
	}
	ok(envelope_finish(e, r, NULL));
	ok(report_flatten(r, &p->flat));
	hash_bytes(p->sealed.p, p->sealed.len, p->sha256);
	envelope_free(e);
	report_free(r);
}

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	assert_non_null(p);
	ok(secret_setup());
	strcpy(p->path, "/tmp/meldluik-opening.XXXXXX");
	assert_non_null(mkdtemp(p->path));
	p->dir = open(p->path, O_RDONLY | O_DIRECTORY);
	p->ring = keyring_new();
	assert_non_null(p->ring);
	ok(keyring_week_add(p->ring, WEEK));
	p->sealed = buf_new(1u << 20);
	p->flat = buf_new(CONTENT_FLAT_MAX);
	seal(p);
	hostile = NULL;
	unconfined = unprepared = false;
	bound = unbound_at = closed = unclosed_at = 0;
	*state = place = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;
	char name[64];

	strcpy(name, strrchr(p->path, '/') + 1);
	close(p->dir);
	p->dir = open("/tmp", O_RDONLY | O_DIRECTORY);
	folder_remove(p->dir, name);
	close(p->dir);
	keyring_free(p->ring);
	buf_free(&p->sealed);
	buf_free(&p->flat);
	free(p);
	return 0;
}

static void
wipe_nothing(void *arg)
{
	(void)arg;
}

/* Opens what lies in file "in", read by ${flags} */
static enum opened
opened(struct place *p, int flags)
{
	struct opener *by = NULL;
	struct opening *o = NULL;
	int fd;
	enum opened what = OPENED_FAILED;

	ok(file_replace(p->dir, "in", p->sealed.p, p->sealed.len));
	fd = openat(p->dir, "in", flags);
	assert_true(fd >= 0);
	ok(opener_new(&p->ring->week[0], wipe_nothing, NULL, &by));
	if (opener_start(by, fd, p->sha256, p->sealed.len, p->dir, &o) ==
	    OK) {
		opener_finish(o, &p->o);
		what = p->o.what;
		assert_int_equal(p->o.content != NULL, what == OPENED_OURS);
	} else {
		close(fd);
	}
	opener_free(by);
	return what;
}

/* What lies beside "in": files of attachments */
static unsigned
files_left(const struct place *p)
{
	int fd = openat(p->dir, ".", O_RDONLY | O_DIRECTORY);
	DIR *d = fdopendir(fd);
	struct dirent *e;
	unsigned n = 0;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		n += e->d_name[0] != '.' && strcmp(e->d_name, "in") != 0;
	}
	closedir(d);
	return n;
}

static void
drop(struct place *p)
{
	for (unsigned i = 0; i < p->o.content->files; i++) {
		attachment_drop(p->dir, &p->o.content->file[i]);
	}
}

/* And nothing is left of what it sent, unless it is believed */
static void
becomes(struct place *p, void (*run)(const struct place *p, int out),
    enum opened what, enum err why)
{
	hostile = run;
	assert_int_equal(opened(p, O_RDONLY), what);
	if (what == OPENED_OURS) {
		drop(p);
	} else if (what == OPENED_DAMAGED || what == OPENED_FAILED) {
		assert_int_equal(p->o.why, why);
	}
	opened_clear(&p->o);
	assert_int_equal(files_left(p), 0);
}

static void
raw(int out, const void *bytes, size_t len)
{
	if (fd_write(out, bytes, len) != OK) {
		_exit(9);
	}
}

static void
head(int out, unsigned type, unsigned number, size_t len)
{
	uint8_t h[FRAME_HEAD] = {(uint8_t)type, (uint8_t)number,
		(uint8_t)(len >> 24), (uint8_t)(len >> 16),
		(uint8_t)(len >> 8), (uint8_t)len};

	raw(out, h, sizeof h);
}

static void
frame(int out, unsigned type, unsigned number, size_t len)
{
	static uint8_t body[FRAME_MAX];

	head(out, type, number, len);
	raw(out, body, len);
}

static void
end_of(const struct place *p, uint8_t end[END_LEN + 1], enum err code)
{
	memset(end, 0, END_LEN + 1);
	end[0] = (uint8_t)code;
	memcpy(end + 1, p->sha256, HASH_LEN);
	for (unsigned i = 0; i < 8; i++) {
		end[1 + 2 * HASH_LEN + i] =
		    (uint8_t)((uint64_t)p->sealed.len >> (56 - 8 * i));
	}
}

static void
end(const struct place *p, int out, enum err code)
{
	uint8_t e[END_LEN + 1];

	end_of(p, e, code);
	head(out, FRAME_END, 0, END_LEN);
	raw(out, e, END_LEN);
}

static void
text(const struct place *p, int out)
{
	head(out, FRAME_REPORT, 0, p->flat.len);
	raw(out, p->flat.p, p->flat.len);
}

/* A report with two attachments */
static void
report(const struct place *p, int out)
{
	frame(out, FRAME_PIECE, 1, 3);
	frame(out, FRAME_PIECE, 2, 3);
	text(p, out);
}

static void
good(const struct place *p, int out)
{
	report(p, out);
	end(p, out, OK);
}

static void
good_and_killed(const struct place *p, int out)
{
	good(p, out);
	kill(getpid(), SIGKILL);
}

static void
works(void **state)
{
	struct place *p = *state;

	assert_int_equal(opened(p, O_RDONLY), OPENED_OURS);
	assert_int_equal(p->o.content->files, 2);
	assert_string_equal(content_answer(p->o.content->report, "what"),
	    "GEHEIM");
	drop(p);
	opened_clear(&p->o);
	becomes(p, good, OPENED_OURS, OK);
	becomes(p, good_and_killed, OPENED_OURS, OK);
}

static void
long_frame(const struct place *p, int out)
{
	report(p, out);
	head(out, FRAME_PIECE, 2, FRAME_MAX + 1);
	raw(out, p->sealed.p, FRAME_MAX + 1);
	end(p, out, OK);
}

static void
more_than_it_read(const struct place *p, int out)
{
	size_t most = p->sealed.len + CONTENT_MAX + END_LEN;

	report(p, out);
	for (size_t at = 0; at <= most; at += FRAME_MAX) {
		frame(out, FRAME_PIECE, 2, FRAME_MAX);
	}
	end(p, out, OK);
}

static void
cut_in_a_body(const struct place *p, int out)
{
	uint8_t e[END_LEN + 1];

	report(p, out);
	end_of(p, e, OK);
	head(out, FRAME_END, 0, END_LEN);
	raw(out, e, END_LEN - 1);
}

static void
backwards(const struct place *p, int out)
{
	frame(out, FRAME_PIECE, 2, 3);
	frame(out, FRAME_PIECE, 1, 3);
	text(p, out);
	end(p, out, OK);
}

static void
piece_of_none(const struct place *p, int out)
{
	frame(out, FRAME_PIECE, 0, 3);
	good(p, out);
}

static void
too_many(const struct place *p, int out)
{
	frame(out, FRAME_PIECE, 255, 3);
	end(p, out, OK);
}

static void
one_too_many(const struct place *p, int out)
{
	report(p, out);
	frame(out, FRAME_PIECE, 3, 3);
	end(p, out, OK);
}

static void
long_report(const struct place *p, int out)
{
	report(p, out);
	frame(out, FRAME_REPORT, 0, FRAME_MAX);
	frame(out, FRAME_REPORT, 0, FRAME_MAX);
	frame(out, FRAME_REPORT, 0, CONTENT_FLAT_MAX - 2 * FRAME_MAX);
	end(p, out, OK);
}

static void
long_json(const struct place *p, int out)
{
	report(p, out);
	frame(out, FRAME_JSON, 0, REPORT_JSON_MAX);
	frame(out, FRAME_JSON, 0, 1);
	end(p, out, OK);
}

static void
long_signature(const struct place *p, int out)
{
	report(p, out);
	frame(out, FRAME_SIGNATURE, 0, FRAME_MAX);
	end(p, out, OK);
}

static void
long_end(const struct place *p, int out)
{
	uint8_t e[END_LEN + 1];

	report(p, out);
	end_of(p, e, OK);
	head(out, FRAME_END, 0, sizeof e);
	raw(out, e, sizeof e);
}

static void
unknown_frame(const struct place *p, int out)
{
	frame(out, 77, 0, 3);
	good(p, out);
}

static void
report_is_none(const struct place *p, int out)
{
	frame(out, FRAME_REPORT, 0, 300);
	end(p, out, OK);
}

static enum err code;

static void
says(const struct place *p, int out)
{
	report(p, out);
	end(p, out, code);
}

static void
broken_rules(void **state)
{
	static void (*const run[])(const struct place *p, int out) = {
		long_frame, more_than_it_read, cut_in_a_body, backwards,
		piece_of_none, too_many, one_too_many, long_report,
		long_json, long_signature, long_end, unknown_frame,
		report_is_none};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof run / sizeof *run; i++) {
		becomes(p, run[i], OPENED_DAMAGED, ERR_FORMAT);
	}
	code = ERR_POLICY;
	becomes(p, says, OPENED_DAMAGED, ERR_POLICY);
	code = ERR_COUNT + 1;
	becomes(p, says, OPENED_DAMAGED, ERR_FORMAT);
}

static void
other_hash(const struct place *p, int out)
{
	struct place q = *p;

	q.sha256[0] ^= 1;
	report(p, out);
	end(&q, out, OK);
}

static void
other_size(const struct place *p, int out)
{
	struct place q = *p;

	q.sealed.len++;
	report(p, out);
	end(&q, out, OK);
}

static int exits; /* 0: it is killed */

static void
ends(const struct place *p, int out)
{
	assert_true(p != NULL && out >= 0);
	if (exits == 0) {
		kill(getpid(), SIGKILL);
	}
	_exit(exits);
}

/* Only a body that the manifest lists, and that was judged, counts as read */
static void
not_read(void **state)
{
	struct place *p = *state;

	becomes(p, other_hash, OPENED_EDITED, OK);
	becomes(p, other_size, OPENED_EDITED, OK);
	code = ERR_NO_MATCH;
	becomes(p, says, OPENED_OTHER, OK);
	code = ERR_MEMORY;
	becomes(p, says, OPENED_FAILED, ERR_MEMORY);
	exits = 0;
	becomes(p, ends, OPENED_FAILED, ERR_MEMORY);
	exits = CHILD_UNABLE;
	becomes(p, ends, OPENED_FAILED, ERR_IO);
	exits = 5;
	becomes(p, ends, OPENED_DAMAGED, ERR_FORMAT);
	p->sealed.p[9000] ^= 1; /* the file is another one */
	becomes(p, ends, OPENED_EDITED, OK);
	hostile = NULL;
	assert_int_equal(opened(p, O_RDONLY), OPENED_EDITED);
}

/* Never read by one that is not confined, or lives on without its parent */
static void
not_confined(void **state)
{
	struct place *p = *state;
	struct opener *by = NULL;

	unconfined = true;
	assert_int_equal(opened(p, O_RDONLY), OPENED_FAILED);
	unconfined = false;
	for (unbound_at = 1; unbound_at <= 2; unbound_at++) {
		bound = 0;
		assert_int_equal(opened(p, O_RDONLY), OPENED_FAILED);
	}
	unbound_at = 0;
	for (unclosed_at = 1; unclosed_at <= 2; unclosed_at++) {
		closed = 0;
		assert_int_equal(opened(p, O_RDONLY), OPENED_FAILED);
	}
	unclosed_at = 0;
	unprepared = true;
	assert_int_equal(opener_new(NULL, wipe_nothing, NULL, &by), ERR_IO);
	assert_null(by);
	unprepared = false;
	assert_int_equal(opened(p, O_WRONLY), OPENED_FAILED);
	assert_int_equal(opened(p, O_RDONLY), OPENED_OURS);
	drop(p);
	opened_clear(&p->o);
}

/* A nursery that ended takes no request */
static void
without_nursery(void **state)
{
	struct place *p = *state;
	struct opener *by = NULL;
	struct opening *o = NULL;
	siginfo_t info;

	while (waitpid(-1, NULL, WNOHANG) > 0) { /* of the cases before */
		continue;
	}
	unbound_at = 1;
	ok(opener_new(&p->ring->week[0], wipe_nothing, NULL, &by));
	assert_int_equal(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(opener_start(by, open("/dev/null", O_RDONLY),
	    p->sha256, p->sealed.len, p->dir, &o), ERR_MEMORY);
	assert_null(o);
	opener_free(by);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(works),
		CASE(broken_rules),
		CASE(not_read),
		CASE(not_confined),
		CASE(without_nursery),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
