/* SPDX-License-Identifier: EUPL-1.2 */
/* Intake of whole envelopes: what is refused, what is receipted, what lasts. */
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store_cmocka.h"

static void not_open_before_a_keyset(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	uint8_t id[UPLOAD_ID];
	struct buf e;
	uint64_t serial = 9;

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	assert_false(store_has_keyset(w->s));
	is(put(w, &e, THIS_WEEK, &r), ERR_STALE);
	is(store_upload_begin(w->s, THIS_WEEK, id), ERR_STALE);
	ok(store_manifest_cut(w->s, &serial));
	assert_int_equal(serial, 0);
	buf_free(&e);
}

static void receipt_lists_and_returns_the_bytes(void **state)
{
	struct world *w = *state;
	struct store_receipt r, again;
	struct receipt doc;
	struct buf e, back = buf_new(ENVELOPE_WHOLE_MAX);
	struct buf m = buf_new(INBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct inbound *in = NULL;
	uint64_t serial, total;
	uint8_t hash[HASH_LEN];

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	hash_bytes(e.p, e.len, hash);
	ok(put(w, &e, THIS_WEEK, &r));
	ok(store_commit(w->s));
	ok(receipt_check(r.note, r.len, store_key(w->s), &doc));
	assert_memory_equal(doc.envelope, hash, HASH_LEN);
	assert_int_equal(doc.day, KIT_DAY);
	/* The same bytes, another day, after a restart: the same receipt */
	world_reopen(w);
	store_today(w->s, KIT_DAY + 1);
	ok(put(w, &e, THIS_WEEK, &again));
	assert_int_equal(again.len, r.len);
	assert_memory_equal(again.note, r.note, r.len);
	/* Not to be had before it is listed */
	is(store_envelope(w->s, hash, 0, 10, &back, &total), ERR_UNKNOWN);
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	ok(store_manifest(w->s, serial, &m, &sig));
	ok(inbound_parse(m.p, m.len, sig.p, sig.len, store_key(w->s),
	    w->org.keyset.org, &in));
	assert_int_equal(in->envelopes, 1);
	assert_memory_equal(in->envelope[0].sha256, hash, HASH_LEN);
	ok(store_envelope(w->s, hash, 0, ENVELOPE_WHOLE_MAX, &back, &total));
	assert_int_equal(total, e.len);
	assert_int_equal(back.len, e.len);
	assert_memory_equal(back.p, e.p, e.len);
	buf_clear(&back);
	ok(store_envelope(w->s, hash, 70000, 5000, &back, &total));
	assert_int_equal(back.len, e.len - 70000);
	assert_memory_equal(back.p, e.p + 70000, back.len);
	is(store_envelope(w->s, hash, e.len + 1, 1, &back, &total),
	    ERR_LIMIT);
	inbound_free(in);
	buf_free(&e);
	buf_free(&back);
	buf_free(&m);
	buf_free(&sig);
}

static void wrong_bytes_are_refused(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	uint8_t digest[HASH_LEN] = { 1 };
	struct buf e;
	uint64_t serial;

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	is(store_put(w->s, e.p, e.len, digest, THIS_WEEK, &r), ERR_CRYPT);
	hash_bytes(e.p, e.len - 1, digest);
	is(store_put(w->s, e.p, e.len - 1, digest, THIS_WEEK, &r), ERR_LIMIT);
	is(store_put(w->s, e.p, 0, digest, THIS_WEEK, &r), ERR_LIMIT);
	is(store_put(w->s, e.p, ENVELOPE_WHOLE_MAX + 1, digest, THIS_WEEK,
	       &r),
	    ERR_LIMIT);
	e.p[0] ^= 1;
	assert_int_not_equal(put(w, &e, THIS_WEEK, &r), OK);
	e.p[0] ^= 1;
	e.p[1000] = '!'; /* inside a stanza's base64 */
	assert_int_not_equal(put(w, &e, THIS_WEEK, &r), OK);
	ok(store_commit(w->s));
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	/* The manifest tells of the lanes that went live, of no envelope */
	assert_int_equal(serial, 1);
	ok(store_manifest_cut(w->s, &serial));
	assert_int_equal(serial, 1);
	buf_free(&e);
}

static void weeks_are_accepted_until_their_last_day(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	struct buf e;
	day_t last = week_of(KIT_DAY) - 7, newest = last + 21;
	uint64_t n = 0;

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
#define fresh() kit_envelope_vary(&e, n++)
	fresh();
	is(put(w, &e, last - 7, &r), ERR_STALE); /* never published */
	is(put(w, &e, THIS_WEEK + 7, &r), ERR_STALE); /* not begun */
	is(put(w, &e, THIS_WEEK + 1, &r), ERR_STALE); /* no Monday */
	ok(put(w, &e, last, &r));
	store_today(w->s, epoch_last_day(last));
	fresh();
	ok(put(w, &e, last, &r));
	store_today(w->s, epoch_last_day(last) + 1);
	fresh();
	is(put(w, &e, last, &r), ERR_STALE);
	/* No later week than the newest: it stays open */
	store_today(w->s, epoch_last_day(newest) + 100);
	fresh();
	ok(put(w, &e, newest, &r));
	fresh();
	is(put(w, &e, newest - 7, &r), ERR_STALE);
	buf_free(&e);
}

static void abort_keeps_nothing(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	uint64_t serial, total;
	uint8_t hash[HASH_LEN];
	struct buf e, back = buf_new(ENVELOPE_WHOLE_MAX);

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	hash_bytes(e.p, e.len, hash);
	ok(put(w, &e, THIS_WEEK, &r));
	assert_true(store_pending(w->s) > e.len);
	store_abort(w->s);
	assert_int_equal(store_pending(w->s), 0);
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	is(store_envelope(w->s, hash, 0, 1, &back, &total), ERR_UNKNOWN);
	ok(put(w, &e, THIS_WEEK, &r));
	ok(store_commit(w->s));
	buf_free(&e);
	buf_free(&back);
}

static void folder_is_ours_alone(void **state)
{
	struct world *w = *state;
	struct store *other = NULL;
	struct sign_pk pk = *store_key(w->s);

	is(store_open(&w->o, &other), ERR_BUSY);
	assert_null(other);
	world_reopen(w);
	assert_true(sign_pk_equal(&pk, store_key(w->s)));
	assert_int_equal(store_generation(w->s), 1);
	store_close(w->s);
	w->s = NULL;
	w->o.generation = 2; /* only a folder made now takes another */
	is(store_open(&w->o, &w->s), ERR_CONFLICT);
	w->o.generation = 1;
	ok(store_open(&w->o, &w->s));
	assert_true(store_has_keyset(w->s));
	store_close(w->s);
	w->s = NULL;
	assert_int_equal(chmod(w->path, 0755), 0);
	is(store_open(&w->o, &w->s), ERR_POLICY);
	assert_int_equal(chmod(w->path, 0700), 0);
	ok(store_open(&w->o, &w->s));
}

static void lost_key_file_is_said(void **state)
{
	struct world *w = *state;
	char path[128];

	store_close(w->s);
	w->s = NULL;
	snprintf(path, sizeof(path), "%s/keys.bin", w->path);
	assert_int_equal(unlink(path), 0);
	is(store_open(&w->o, &w->s), ERR_CRYPT);
	assert_null(w->s);
}

/* Does any file below ${path} hold these bytes? */
static bool folder_holds(const char *path, const void *p, size_t len)
{
	char name[512];
	struct dirent *d;
	bool found = false;
	DIR *dir = opendir(path);

	assert_non_null(dir);
	while ((d = readdir(dir)) != NULL) {
		struct stat st;
		void *all;
		FILE *f;

		snprintf(name, sizeof(name), "%s/%s", path, d->d_name);
		if (d->d_name[0] == '.' || stat(name, &st) != 0) {
			continue;
		}
		if (S_ISDIR(st.st_mode)) {
			found = found || folder_holds(name, p, len);
			continue;
		}
		all = malloc((size_t)st.st_size + 1);
		f = fopen(name, "rb");
		assert_non_null(f);
		assert_int_equal(fread(all, 1, (size_t)st.st_size, f),
		    st.st_size);
		found = found || memmem(all, (size_t)st.st_size, p, len);
		fclose(f);
		free(all);
	}
	closedir(dir);
	return found;
}

static void nothing_stands_in_clear(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	uint8_t hash[HASH_LEN];
	char hex[2 * HASH_LEN + 1];
	uint64_t serial;
	struct buf e;

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	hash_bytes(e.p, e.len, hash);
	hex_encode(hash, HASH_LEN, hex);
	ok(put(w, &e, THIS_WEEK, &r));
	ok(store_manifest_cut(w->s, &serial));
	ok(store_commit(w->s));
	assert_true(folder_holds(w->path, "MLDROOT1", 8)); /* it can find */
	assert_false(folder_holds(w->path, e.p, 64));
	assert_false(folder_holds(w->path, e.p + 7000, 32));
	assert_false(folder_holds(w->path, hash, HASH_LEN));
	assert_false(folder_holds(w->path, hex, 2 * HASH_LEN));
	assert_false(folder_holds(w->path, "meldluik-inbound", 16));
	buf_free(&e);
}

/* Numbers that a resend did not need are used by the next; but not when the
 * daily batch came between, which destroys keys of no record. */
static void resend_and_the_day_between(void **state)
{
	struct world *w = *state;
	struct store_receipt r;
	struct buf e;

	kit_envelope(&e, ENVELOPE_CLASS_MIN);
	for (unsigned i = 0; i < 3; i++) {
		kit_envelope_vary(&e, i);
		ok(put(w, &e, THIS_WEEK, &r));
		ok(put(w, &e, THIS_WEEK, &r));
		ok(store_commit(w->s));
		if (i == 1) {
			ok(store_daily(w->s, KIT_DAY));
		}
	}
	buf_free(&e);
}

/* Begun together, ended in another order; receipts come with the commit */
static void many_at_once(void **state)
{
	struct world *w = *state;
	struct store_receipt r[3] = { { .len = 0 } };
	struct store_put *t[3];
	uint8_t digest[3][HASH_LEN];
	struct receipt doc;
	struct buf e[3];

	for (unsigned i = 0; i < 3; i++) {
		kit_envelope(&e[i], i == 2 ? 131072 : ENVELOPE_CLASS_MIN);
		hash_bytes(e[i].p, e[i].len, digest[i]);
		ok(store_put_begin(w->s, e[i].p, e[i].len, digest[i],
		    THIS_WEEK, &t[i]));
	}
	ok(store_put_end(w->s, t[2], &r[2]));
	ok(store_put_end(w->s, t[0], &r[0]));
	is(store_put_end(w->s, t[0], &r[0]), ERR_USAGE);
	ok(store_put_end(w->s, t[1], &r[1]));
	ok(store_commit(w->s));
	for (unsigned i = 0; i < 3; i++) {
		ok(receipt_check(r[i].note, r[i].len, store_key(w->s), &doc));
		assert_memory_equal(doc.envelope, digest[i], HASH_LEN);
		assert_true(store_has(w->s, digest[i]));
		buf_free(&e[i]);
	}
	/* What was begun and never ended is forgotten with the batch */
	kit_envelope(&e[0], ENVELOPE_CLASS_MIN);
	hash_bytes(e[0].p, e[0].len, digest[0]);
	ok(store_put_begin(w->s, e[0].p, e[0].len, digest[0], THIS_WEEK,
	    &t[0]));
	store_abort(w->s);
	assert_false(store_has(w->s, digest[0]));
	ok(put(w, &e[0], THIS_WEEK, &r[0]));
	ok(store_commit(w->s));
	buf_free(&e[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(not_open_before_a_keyset,
		    world_new, world_free),
		cmocka_unit_test_setup_teardown(
		    receipt_lists_and_returns_the_bytes, world_installed,
		    world_free),
		cmocka_unit_test_setup_teardown(wrong_bytes_are_refused,
		    world_installed, world_free),
		cmocka_unit_test_setup_teardown(
		    weeks_are_accepted_until_their_last_day, world_installed,
		    world_free),
		cmocka_unit_test_setup_teardown(abort_keeps_nothing,
		    world_installed, world_free),
		cmocka_unit_test_setup_teardown(folder_is_ours_alone,
		    world_installed, world_free),
		cmocka_unit_test_setup_teardown(lost_key_file_is_said,
		    world_installed, world_free),
		cmocka_unit_test_setup_teardown(nothing_stands_in_clear,
		    world_installed, world_free),
		cmocka_unit_test_setup_teardown(resend_and_the_day_between,
		    world_installed, world_free),
		cmocka_unit_test_setup_teardown(many_at_once, world_installed,
		    world_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
