/* SPDX-License-Identifier: EUPL-1.2 */
/* The public files for web: one sealed memory, written anew at each change. */
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../http/snapshot.h"
#include "events.h"
#include "meldluik/fd.h"
#include "storeproc.h"

#define SHOW_AGAIN 60 /* seconds: each try reads all of it */

struct listing {
	struct buf head;
	struct store *store;
	struct {
		char path[SNAPSHOT_PATH];
		uint64_t size;
	} *file;
	unsigned files;
};

static enum err
list_one(void *arg, const char *path, uint64_t size)
{
	struct listing *l = arg;

	if (l->files == SNAPSHOT_FILES || strlen(path) >= SNAPSHOT_PATH) {
		return ERR_LIMIT;
	}
	memcpy(l->file[l->files].path, path, strlen(path) + 1);
	l->file[l->files++].size = size;
	return OK;
}

static enum err
fill_public(struct listing *l, int fd)
{
	struct buf b;
	uint64_t total, at = 4 + (uint64_t)SNAPSHOT_ENTRY * l->files;
	enum err e = OK;
	unsigned i;
	size_t n;

	buf_u32(&l->head, l->files);
	for (i = 0; i < l->files; i++) {
		n = strlen(l->file[i].path);
		buf_put(&l->head, l->file[i].path, n);
		buf_zeros(&l->head, SNAPSHOT_PATH - n);
		buf_u64(&l->head, at);
		buf_u64(&l->head, l->file[i].size);
		at += l->file[i].size;
	}
	if (l->head.failed || fd_write(fd, l->head.p, l->head.len) != OK) {
		return ERR_MEMORY;
	}
	for (i = 0; i < l->files && e == OK; i++) {
		for (at = 0; at < l->file[i].size && e == OK; at += n) {
			b = buf_new(SLOT_LARGE_LEN);
			e = store_public_range(l->store, l->file[i].path, at,
			    SLOT_LARGE_LEN, &b, &total);
			n = b.len;
			if (e == OK && (n == 0 || total != l->file[i].size ||
			    fd_write(fd, b.p, n) != OK)) {
				e = ERR_IO;
			}
			buf_free(&b);
		}
	}
	return e;
}

void
show_when_due(struct keeper *k, int64_t now)
{
	enum err e;

	if (k->link < 0 || now < k->show_at || (!k->show &&
	    store_public_version(k->store) == k->shown)) {
		return;
	}
	e = show_public(k);
	if (e == OK) {
		return;
	}
	k->show = true;
	k->show_at = now + SHOW_AGAIN;
	if (e != ERR_BUSY) {
		log_event(EVENT_STORE_FAILED);
	}
}

enum err
show_public(struct keeper *k)
{
	const char message = IPC_PUBLIC;
	struct listing l;
	enum err e;
	int fd;

	memset(&l, 0, sizeof(l));
	l.store = k->store;
	l.head = buf_new(4 + (size_t)SNAPSHOT_ENTRY * SNAPSHOT_FILES);
	l.file = calloc(SNAPSHOT_FILES, sizeof(*l.file));
	fd = memfd_create("public", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (l.file == NULL || fd < 0) {
		e = ERR_MEMORY;
		goto out;
	}
	e = store_public_list(k->store, list_one, &l);
	if (e == OK) {
		e = fill_public(&l, fd);
	}
	if (e != OK) {
		goto out;
	}
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK |
	    F_SEAL_GROW | F_SEAL_SEAL) != 0) {
		e = ERR_IO;
		goto out;
	}
	/* Not taken: its queue is full, or that web is gone and the next one
	 * is shown all anew */
	if (!ipc_send(k->link, &message, 1, &fd, 1)) {
		e = ERR_BUSY;
		goto out;
	}
	k->shown = store_public_version(k->store);
	k->show = false;
out:
	if (fd >= 0) {
		close(fd);
	}
	free(l.file);
	buf_free(&l.head);
	malloc_trim(0); /* what opening and listing took, at once */
	return e;
}
