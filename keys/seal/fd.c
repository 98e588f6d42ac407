/* SPDX-License-Identifier: EUPL-1.2 */
/* write(2) until all is written. Nothing here knows what it writes. */
#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#include "meldluik/fd.h"

enum err
fd_write(int fd, const void *p, size_t len)
{
	const uint8_t *at = p;
	ssize_t n;

	while (len > 0) {
		n = write(fd, at, len);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return n < 0 && (errno == ENOSPC || errno == EDQUOT ||
			    errno == EFBIG) ? ERR_FULL : ERR_IO;
		}
		at += n;
		len -= (size_t)n;
	}
	return OK;
}
