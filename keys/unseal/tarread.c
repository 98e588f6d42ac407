/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Strict tar reader. Its input is what a hostile reporter sealed. libarchive
 * is not used for it: it pulls where we are pushed, and it reads a dozen
 * formats, sparse maps and extended headers that we must refuse; a table of
 * five states is less to trust. It knows no file system.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>


#include "tarread.h"

enum state {
	STATE_HEADER,
	STATE_DATA,
	STATE_PAD,
	STATE_END, /* one zero block seen */
	STATE_TAIL /* both; only zeros may follow */
};

struct tarread {
	struct tarread_handler h;
	void *arg;
	enum state state;
	enum err failed;
	enum tar_fault fault;
	uint64_t total;
	uint64_t left; /* STATE_DATA, STATE_PAD: bytes to come */
	size_t pad;    /* STATE_DATA: zeros that follow */
	uint8_t block[TAR_BLOCK];
	size_t have;   /* STATE_HEADER, STATE_END: bytes of block */
};

struct tarread *
tarread_new(const struct tarread_handler *h, void *arg)
{
	struct tarread *t = calloc(1, sizeof(*t));

	if (t != NULL) {
		t->h = *h;
		t->arg = arg;
	}
	return t;
}

void
tarread_free(struct tarread *t)
{
	free(t);
}

static enum err
refuse(struct tarread *t, enum tar_fault f)
{
	t->fault = f;
	t->failed = tar_fault_err(f);
	return t->failed;
}

static void
data_done(struct tarread *t)
{
	t->left = t->pad;
	t->state = t->left > 0 ? STATE_PAD : STATE_HEADER;
}

/* No secret: what it finds is padding, or a fault */
static bool
zeros(const uint8_t *p, size_t len)
{
	static const uint8_t zero[4096];

	while (len > sizeof zero && memcmp(p, zero, sizeof zero) == 0) {
		p += sizeof zero;
		len -= sizeof zero;
	}
	return len <= sizeof zero && memcmp(p, zero, len) == 0;
}

static enum err
block_take(struct tarread *t)
{
	char name[TAR_NAME];
	uint64_t size;
	enum tar_fault f;

	t->have = 0;
	if (zeros(t->block, TAR_BLOCK)) {
		t->state = t->state == STATE_END ? STATE_TAIL : STATE_END;
		return OK;
	}
	if (t->state == STATE_END) {
		return refuse(t, TAR_TRAILING);
	}
	if ((f = tar_header_read(t->block, name, &size)) != TAR_FINE) {
		return refuse(t, f);
	}
	t->left = size;
	t->pad = tar_pad(size);
	t->state = STATE_DATA;
	if ((t->failed = t->h.member(t->arg, name, size)) != OK) {
		return t->failed;
	}
	if (size == 0) {
		data_done(t);
	}
	return OK;
}

/* How much of ${len} bytes the present state takes at once */
static size_t
share(const struct tarread *t, size_t len)
{
	uint64_t most;

	switch (t->state) {
	case STATE_DATA:
	case STATE_PAD:
		most = t->left;
		break;
	case STATE_TAIL:
		most = len;
		break;
	default:
		most = TAR_BLOCK - t->have;
		break;
	}
	return most < len ? (size_t)most : len;
}

enum err
tarread_write(struct tarread *t, const uint8_t *p, size_t len)
{
	while (t->failed == OK && len > 0) {
		size_t n = share(t, len);

		switch (t->state) {
		case STATE_HEADER:
		case STATE_END:
			memcpy(t->block + t->have, p, n);
			t->have += n;
			if (t->have == TAR_BLOCK) {
				block_take(t);
			}
			break;
		case STATE_DATA:
			t->left -= n;
			t->failed = t->h.data(t->arg, p, n);
			if (t->failed == OK && t->left == 0) {
				data_done(t);
			}
			break;
		case STATE_PAD:
			if (!zeros(p, n)) {
				refuse(t, TAR_PADDING);
				break;
			}
			t->left -= n;
			if (t->left == 0) {
				t->state = STATE_HEADER;
			}
			break;
		case STATE_TAIL:
			if (!zeros(p, n)) {
				refuse(t, TAR_TRAILING);
			}
			break;
		}
		t->total += n;
		p += n;
		len -= n;
	}
	return t->failed;
}

enum err
tarread_end(struct tarread *t, uint64_t *total)
{
	if (t->failed != OK) {
		return t->failed;
	}
	if (t->state != STATE_TAIL || t->total % TAR_BLOCK != 0) {
		return refuse(t, TAR_CUT);
	}
	*total = t->total;
	return OK;
}

enum tar_fault
tarread_fault(const struct tarread *t)
{
	return t->fault;
}
