/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Included before every source of a tree whose checks can be taken out one
 * by one (tests/mutation): each stands in GUARD(number, what it is without,
 * the check). The check is always evaluated, only its answer is replaced.
 */
#ifndef MELDLUIK_GUARD_H
#define MELDLUIK_GUARD_H

int guard_value(unsigned number, int without, int value);

#define GUARD(number, without, ...) \
	guard_value(number, without, (__VA_ARGS__) ? 1 : 0)

#endif
