/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The memory with public files that the store hands to web. First byte even:
 * the rest is that memory. Odd: the rest names files (length, path, length of
 * two bytes, bytes), laid out as the store does; an empty one is the real one
 * of an organisation. Whatever web then holds lies within the memory, and
 * nothing is sealed to keys of a week that has not begun, or of another week
 * than the name of its file.
 */
#include <stdlib.h>

#include "../../gateway/http/snapshot.c"
#include "../unit/org.h"
#include "meldluik/secret.h"

#define FILES 8u
#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static struct test_org org;

void
log_event(enum event e)
{
	(void)e;
}

int32_t
exchange_today(void)
{
	return ORG_TODAY;
}

static void
stop(void)
{
	org_free(&org);
}

static struct bytes
real(const char *path)
{
	const struct buf *b = strcmp(path, "keyset.json") == 0 ?
	    &org.keyset_json : strcmp(path, "keyset.json.minisig") == 0 ?
	    &org.keyset_sig : &org.epoch_json;

	return (struct bytes){b->p, b->len};
}

/* The memory of the files that ${p} names */
static void
lay_out(const uint8_t *p, size_t len, struct buf *out)
{
	struct reader r = reader_of(p, len);
	char path[FILES][SNAPSHOT_PATH] = {{0}};
	struct bytes file[FILES];
	uint64_t at;
	unsigned n = 0;

	while (n < FILES && !reader_done(&r)) {
		size_t size = reader_u8(&r) % SNAPSHOT_PATH;

		reader_copy(&r, path[n], size);
		size = reader_u16(&r);
		file[n] = reader_take(&r, size);
		if (r.failed) {
			break;
		}
		if (size == 0) {
			file[n] = real(path[n]);
		}
		n++;
	}
	at = 4 + n * SNAPSHOT_ENTRY;
	buf_u32(out, n);
	for (unsigned i = 0; i < n; i++) {
		buf_put(out, path[i], SNAPSHOT_PATH);
		buf_u64(out, at);
		buf_u64(out, file[i].len);
		at += file[i].len;
	}
	for (unsigned i = 0; i < n; i++) {
		buf_put(out, file[i].p, file[i].len);
	}
}

static void
judge(void)
{
	const struct snapshot *s = snapshot_take();
	const uint8_t *from, *end;
	char path[SNAPSHOT_PATH], week[WEEK_TEXT];
	struct public_file f;

	if (s == NULL) {
		return;
	}
	from = s->memory->p;
	end = from + s->memory->len;
	for (unsigned i = 0; i < s->entries; i++) {
		if (memchr(s->entry[i].path, '\0', SNAPSHOT_PATH) == NULL ||
		    !snapshot_file(s, s->entry[i].path, &f) || f.p < from ||
		    f.p > end || f.len > (size_t)(end - f.p)) {
			abort();
		}
	}
	if (snapshot_epoch(s) != NULL && (snapshot_keyset(s) == NULL ||
	    snapshot_epoch(s)->week > ORG_TODAY ||
	    keyset_expired(snapshot_keyset(s), ORG_TODAY))) {
		abort();
	}
	if (snapshot_epoch(s) != NULL) {
		week_text(snapshot_epoch(s)->week, week);
		snprintf(path, sizeof(path), "epochs/%s.json", week);
		if (!snapshot_file(s, path, &f)) {
			abort();
		}
	}
	snapshot_release(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct buf all = buf_new(1u << 21);
	int fd;

	if (len == 0 || secret_setup() != OK) {
		return 0;
	}
	if (org.keyset == NULL) {
		org_make(&org);
		if (atexit(stop) != 0) {
			abort();
		}
	}
	if ((p[0] & 1) == 0) {
		buf_put(&all, p + 1, len - 1);
	} else {
		lay_out(p + 1, len - 1, &all);
	}
	fd = memfd_create("public", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0 || all.failed ||
	    write(fd, all.p, all.len) != (ssize_t)all.len ||
	    fcntl(fd, F_ADD_SEALS, SEALS) != 0) {
		abort();
	}
	snapshot_load(fd); /* transferred */
	judge();
	snapshot_day(ORG_TODAY + (p[0] >> 1));
	judge();
	snapshot_release(current);
	current = NULL;
	buf_free(&all);
	return 0;
}
