/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the programs under valgrind share: secrets are marked undefined, so
 * that every branch and every address made of them is reported (the method
 * of ctgrind). poison.c holds the linker's wrappers (--wrap) that name what
 * is public by design; nothing else is. Its main runs the one case that is
 * named on the command line.
 */
#ifndef MELDLUIK_TEST_POISON_H
#define MELDLUIK_TEST_POISON_H

#include <stdbool.h>

#if defined(__has_include)
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#define HAVE_MEMCHECK 1
#endif
#endif

#ifdef HAVE_MEMCHECK
#define HIDE(p, n) VALGRIND_MAKE_MEM_UNDEFINED(p, n)
#define SHOW(p, n) VALGRIND_MAKE_MEM_DEFINED(p, n)

extern bool poison_random; /* what is drawn is secret too */

/* A text whose end is looked for: only bits are hidden that tell its letters
 * and its digits apart among themselves, so that the end stays seen */
void poison_text(char *s);

struct poison_case {
	const char *name; /* NULL behind the last */
	bool (*run)(void); /* false: it did not do what it should */
};

/* Of the program: its cases, and what all of them need beforehand */
extern const struct poison_case poison_cases[];
bool poison_ready(void);
#endif

#endif
