/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Strict tar, push-style: bytes go in as they are opened, members come out.
 * Accepts only what keys/seal/tarwrite.h writes, two zero blocks, then zeros
 * to the end. Nothing is kept but one header.
 */
#ifndef MELDLUIK_TARREAD_H
#define MELDLUIK_TARREAD_H

#include "../seal/tarwrite.h"

struct tarread_handler {
	/* A member begins; its name has been checked for form, not meaning */
	enum err (*member)(void *arg, const char *name, uint64_t size);
	/* The next bytes of the member; never empty */
	enum err (*data)(void *arg, const uint8_t *p, size_t len);
};

struct tarread;
struct tarread *tarread_new(const struct tarread_handler *h, void *arg);
void tarread_free(struct tarread *t);
/* A failure, its own or a handler's, is sticky */
enum err tarread_write(struct tarread *t, const uint8_t *p, size_t len);
/* ERR_FORMAT (TAR_CUT) unless the end mark was seen. ${total}: all bytes */
enum err tarread_end(struct tarread *t, uint64_t *total);
/* What was wrong; TAR_FINE if nothing, or if a handler refused */
enum tar_fault tarread_fault(const struct tarread *t);

#endif
