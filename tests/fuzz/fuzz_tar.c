/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The first byte says in which pieces the rest arrives. A tar that is
 * accepted is, byte for byte, what writing its members again gives.
 */
#include <stdlib.h>
#include <string.h>

#include "../../keys/unseal/tarread.h"
#include "meldluik/bytes.h"
#include "meldluik/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

struct again {
	struct buf b;
	size_t pad;
};

static enum err
member(void *arg, const char *name, uint64_t size)
{
	struct again *a = arg;
	uint8_t head[TAR_BLOCK];

	buf_zeros(&a->b, a->pad);
	tar_header(name, size, head);
	buf_put(&a->b, head, sizeof(head));
	a->pad = tar_pad(size);
	return size > 1u << 20 ? ERR_LIMIT : OK;
}

static enum err
data(void *arg, const uint8_t *p, size_t len)
{
	struct again *a = arg;

	if (len == 0) {
		abort();
	}
	buf_put(&a->b, p, len);
	return OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static const struct tarread_handler h = { member, data };
	struct again a = { buf_new(1u << 22), 0 };
	struct tarread *t;
	size_t step;
	uint64_t total = 0;
	enum err e = OK;

	if (len == 0) {
		return 0;
	}
	step = p[0] == 0 ? len : p[0];
	p++;
	len--;
	t = tarread_new(&h, &a);
	if (t == NULL) {
		abort();
	}
	for (size_t i = 0; i < len && e == OK; i += step) {
		e = tarread_write(t, p + i, len - i < step ? len - i : step);
	}
	if (e == OK && tarread_end(t, &total) == OK) {
		buf_zeros(&a.b, a.pad);
		if (total != len || a.b.failed || a.b.len + TAR_END > len ||
		    memcmp(a.b.p == NULL ? p : a.b.p, p, a.b.len) != 0) {
			abort();
		}
		for (size_t i = a.b.len; i < len; i++) {
			if (p[i] != 0) {
				abort();
			}
		}
	}
	tarread_free(t);
	buf_free(&a.b);
	return 0;
}
