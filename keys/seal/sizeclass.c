/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Size classes {4,5,6,7} x 2^k: what an observer learns of a message is one
 * of 61 sizes, at most a quarter above the truth. Pure arithmetic.
 */
#include "meldluik/envelope.h"

#define QUARTERS_MIN 4u
#define QUARTERS_MAX 7u

_Static_assert(ENVELOPE_HEADER == AGE_HEADER_LEN(ENVELOPE_STANZAS),
    "header of four hybrid stanzas");
_Static_assert(ENVELOPE_CLASS_MIN % AGE_CHUNK == 0, "floor");

/* The class after ${class_size}; one past the last is above the maximum */
static uint64_t
class_next(uint64_t class_size, unsigned *quarters)
{
	uint64_t unit = class_size / *quarters;

	if (*quarters == QUARTERS_MAX) {
		*quarters = QUARTERS_MIN;
		return 2 * QUARTERS_MIN * unit;
	}
	(*quarters)++;
	return class_size + unit;
}

uint64_t
envelope_class(uint64_t payload)
{
	unsigned quarters = QUARTERS_MIN;
	uint64_t c = ENVELOPE_CLASS_MIN;

	if (payload > ENVELOPE_CLASS_MAX) {
		return 0;
	}
	while (c < payload) {
		c = class_next(c, &quarters);
	}
	return c;
}

uint64_t
envelope_sealed_size(uint64_t class_size)
{
	return ENVELOPE_HEADER + AGE_NONCE + class_size +
	    AGE_TAG * ((class_size + AGE_CHUNK - 1) / AGE_CHUNK);
}

uint64_t
envelope_class_of(uint64_t sealed)
{
	unsigned quarters = QUARTERS_MIN;
	uint64_t c = ENVELOPE_CLASS_MIN;

	while (c <= ENVELOPE_CLASS_MAX && envelope_sealed_size(c) < sealed) {
		c = class_next(c, &quarters);
	}
	if (c > ENVELOPE_CLASS_MAX || envelope_sealed_size(c) != sealed) {
		return 0;
	}
	return c;
}

enum err
envelope_size_check(uint64_t size)
{
	return envelope_class_of(size) == 0 ? ERR_LIMIT : OK;
}
