/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a file is by its first bytes, never by its name. A kind chooses the
 * ending of the neutral name and whether a scrubbed copy can be made; it is
 * no promise that the file is harmless.
 */
#ifndef DECRYPTOR_FILEKIND_H
#define DECRYPTOR_FILEKIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FILEKIND_HEAD 4096u

struct filekind {
	const char *word;   /* "JPEG image" */
	const char *nl;     /* "JPEG-beeld" */
	const char *ending; /* "jpg"; "data" for what is not known */
	bool scrub;         /* metadata can be taken away by mat2 */
	bool active;        /* can run something when opened */
};

/* Never NULL. ${len}: up to FILEKIND_HEAD bytes from the start of the file */
const struct filekind *filekind_of(const uint8_t *p, size_t len);
/* ${word} of a kind in a language; ${word} itself where there is no other */
const char *filekind_label(const char *word, const char *language);

#endif
