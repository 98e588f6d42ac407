/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Keeps the newest public files and lets readers hold an older version
 * until they are done. The store verified every signature when the bundle
 * was applied; parsing here checks again, because pages seal to these keys.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../process/events.h"
#include "meldluik/bytes.h"
#include "meldluik/keyset.h"
#include "snapshot.h"

struct memory { /* one mapping, shared by snapshots of several days */
	atomic_uint uses;
	uint8_t *p;
	size_t len;
};

struct entry {
	char path[SNAPSHOT_PATH];
	const uint8_t *p;
	size_t len;
};

struct snapshot {
	atomic_uint uses;
	struct memory *memory;
	struct entry *entry;
	unsigned entries;
	struct keyset *keyset;
	struct epoch *epoch;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct snapshot *current;

static void
memory_release(struct memory *m)
{
	if (m != NULL && atomic_fetch_sub(&m->uses, 1) == 1) {
		munmap(m->p, m->len);
		free(m);
	}
}

void
snapshot_release(const struct snapshot *s)
{
	struct snapshot *m = (struct snapshot *)(uintptr_t)s;

	if (m == NULL || atomic_fetch_sub(&m->uses, 1) != 1) {
		return;
	}
	keyset_free(m->keyset);
	epoch_free(m->epoch);
	memory_release(m->memory);
	free(m->entry);
	free(m);
}

const struct snapshot *
snapshot_take(void)
{
	struct snapshot *s;

	pthread_mutex_lock(&lock);
	s = current;
	if (s != NULL) {
		atomic_fetch_add(&s->uses, 1);
	}
	pthread_mutex_unlock(&lock);
	return s;
}

bool
snapshot_file(const struct snapshot *s, const char *path,
    struct public_file *out)
{
	unsigned i;

	if (s == NULL) {
		return false;
	}
	for (i = 0; i < s->entries; i++) {
		if (strcmp(s->entry[i].path, path) == 0) {
			out->p = s->entry[i].p;
			out->len = s->entry[i].len;
			return true;
		}
	}
	return false;
}

const struct keyset *
snapshot_keyset(const struct snapshot *s)
{
	return s == NULL ? NULL : s->keyset;
}

const struct epoch *
snapshot_epoch(const struct snapshot *s)
{
	return s == NULL ? NULL : s->epoch;
}

static enum err
read_entries(struct snapshot *s)
{
	struct reader r = reader_of(s->memory->p, s->memory->len);
	uint64_t offset, len;
	uint32_t n, i;

	n = reader_u32(&r);
	if (r.failed || n > SNAPSHOT_FILES) {
		return ERR_LIMIT;
	}
	s->entry = calloc(n + 1, sizeof(*s->entry));
	if (s->entry == NULL) {
		return ERR_MEMORY;
	}
	for (i = 0; i < n; i++) {
		reader_copy(&r, s->entry[i].path, SNAPSHOT_PATH);
		offset = reader_u64(&r);
		len = reader_u64(&r);
		if (r.failed || s->entry[i].path[SNAPSHOT_PATH - 1] != '\0' ||
		    offset > s->memory->len ||
		    len > s->memory->len - offset) {
			return ERR_FORMAT;
		}
		s->entry[i].p = s->memory->p + offset;
		s->entry[i].len = len;
	}
	s->entries = n;
	return OK;
}

/* The newest week that has begun; it stays in use when none follows */
static enum err
choose_epoch(struct snapshot *s, day_t today)
{
	const struct entry *e, *best = NULL;
	char week[WEEK_TEXT];
	day_t monday, best_week = DAY_MIN;
	enum err r;

	for (e = s->entry; e < s->entry + s->entries; e++) {
		if (strncmp(e->path, "epochs/", 7) != 0 ||
		    strcmp(e->path + 7 + 8, ".json") != 0) {
			continue;
		}
		memcpy(week, e->path + 7, 8);
		week[8] = '\0';
		if (week_parse(week, &monday) == OK && monday <= today &&
		    (best == NULL || monday > best_week)) {
			best = e;
			best_week = monday;
		}
	}
	if (best == NULL) {
		return OK;
	}
	r = epoch_parse(best->p, best->len, s->keyset, &s->epoch);
	if (r == OK && s->epoch->week != best_week) {
		epoch_free(s->epoch);
		s->epoch = NULL;
		r = ERR_CONFLICT; /* a week whose keys may be destroyed */
	}
	return r;
}

static enum err
parse_keys(struct snapshot *s, day_t today)
{
	struct public_file doc, sig;
	enum err e;

	if (!snapshot_file(s, "keyset.json", &doc)) {
		return OK; /* not open yet */
	}
	if (!snapshot_file(s, "keyset.json.minisig", &sig)) {
		return ERR_FORMAT;
	}
	e = keyset_parse(doc.p, doc.len, sig.p, sig.len, NULL, &s->keyset);
	if (e != OK) {
		return e;
	}
	if (keyset_expired(s->keyset, today) ||
	    keyset_withdrawn(s->keyset)) {
		return OK; /* shown, but nothing is sealed under it */
	}
	return choose_epoch(s, today);
}

static enum err
install(struct memory *m, day_t today)
{
	struct snapshot *s = calloc(1, sizeof(*s)), *old;
	enum err e;

	if (s == NULL) {
		memory_release(m);
		return ERR_MEMORY;
	}
	atomic_init(&s->uses, 1);
	s->memory = m;
	if ((e = read_entries(s)) != OK) {
		log_event(EVENT_BAD_PUBLIC);
		snapshot_release(s);
		return e;
	}
	if (parse_keys(s, today) != OK) {
		log_event(EVENT_BAD_PUBLIC);
	}
	pthread_mutex_lock(&lock);
	old = current;
	current = s;
	pthread_mutex_unlock(&lock);
	snapshot_release(old);
	return OK;
}

enum err
snapshot_load(int fd)
{
	const int want = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;
	struct memory *m = NULL;
	enum err e = ERR_FORMAT;
	off_t size;

	/* Unsealed memory could shrink under a reader and end it */
	if ((fcntl(fd, F_GET_SEALS) & want) != want || (size = lseek(fd, 0, SEEK_END)) < 4) {
		goto out;
	}
	e = ERR_MEMORY;
	m = calloc(1, sizeof(*m));
	if (m == NULL) {
		goto out;
	}
	m->len = (size_t)size;
	atomic_init(&m->uses, 1);
	m->p = mmap(NULL, m->len, PROT_READ, MAP_SHARED, fd, 0);
	if (m->p == MAP_FAILED) {
		free(m);
		goto out;
	}
	e = install(m, exchange_today());
out:
	close(fd);
	return e;
}

void
snapshot_day(int32_t today)
{
	struct memory *m = NULL;

	pthread_mutex_lock(&lock);
	if (current != NULL) {
		m = current->memory;
		atomic_fetch_add(&m->uses, 1);
	}
	pthread_mutex_unlock(&lock);
	if (m != NULL) {
		(void)install(m, today);
	}
}
