/* SPDX-License-Identifier: EUPL-1.2 */
/* What a program says on its outputs, between said_begin and said_end. */
#ifndef SAID_H
#define SAID_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int said_fd = -1, said_kept[2];

static inline void
said_begin(void)
{
	fflush(NULL);
	said_fd = memfd_create("said", MFD_CLOEXEC);
	assert_true(said_fd >= 0);
	for (int i = 0; i < 2; i++) {
		said_kept[i] = dup(1 + i);
		assert_true(said_kept[i] >= 0);
		assert_int_equal(dup2(said_fd, 1 + i), 1 + i);
	}
}

/* Was ${text} in it? */
static inline bool
said_end(const char *text)
{
	static char all[65536];
	ssize_t n;

	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		dup2(said_kept[i], 1 + i);
		close(said_kept[i]);
	}
	n = pread(said_fd, all, sizeof(all), 0);
	close(said_fd);
	assert_true(n >= 0);
	return memmem(all, (size_t)n, text, strlen(text)) != NULL;
}

#endif
