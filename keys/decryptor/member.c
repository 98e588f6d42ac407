/* SPDX-License-Identifier: EUPL-1.2 */
/* A file in a tar, by libarchive: mode 0600, no owner, no time. */
#include <archive_entry.h>
#include <sys/stat.h>
#include <unistd.h>

#include "member.h"

#define PIECE 65536u

static enum err
head_add(struct archive *a, const char *path, int64_t size)
{
	struct archive_entry *entry = archive_entry_new();
	int rc;

	if (entry == NULL) {
		return ERR_MEMORY;
	}
	archive_entry_set_pathname(entry, path);
	archive_entry_set_size(entry, size);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	archive_entry_set_mtime(entry, 0, 0);
	rc = archive_write_header(a, entry);
	archive_entry_free(entry);
	return rc == ARCHIVE_OK ? OK : ERR_IO;
}

enum err
member_buf(struct archive *a, const char *path, const struct buf *b)
{
	enum err e = head_add(a, path, (int64_t)b->len);

	if (e == OK && archive_write_data(a, b->p, b->len) !=
	    (la_ssize_t)b->len) {
		e = ERR_IO;
	}
	return e;
}

enum err
member_fd(struct archive *a, const char *path, int fd)
{
	uint8_t piece[PIECE];
	struct stat st;
	int64_t left;
	enum err e;

	if (fstat(fd, &st) != 0 || lseek(fd, 0, SEEK_SET) != 0) {
		return ERR_IO;
	}
	e = head_add(a, path, st.st_size);
	for (left = st.st_size; left > 0 && e == OK;) {
		ssize_t n = read(fd, piece, left < (int64_t)PIECE ?
		    (size_t)left : PIECE);
		if (n <= 0 || archive_write_data(a, piece, (size_t)n) != n) {
			return ERR_IO;
		}
		left -= n;
	}
	return e;
}
