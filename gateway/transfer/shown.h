/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a person sees and types. Text of others reaches a terminal only
 * through shown_text, which shows control characters and direction marks
 * instead of obeying them.
 */
#ifndef MELDLUIK_SHOWN_H
#define MELDLUIK_SHOWN_H

#include <stdio.h>

#include "meldluik/bytes.h"

/* Name that messages begin with; set once by main */
void shown_program(const char *name);
/* One line on stderr, all of it escaped. Never give it a secret. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* LF and TAB stay when ${lines}; other controls and bidirectional marks
 * become <U+XXXX>, what is no UTF-8 becomes <FFFD> */
void shown_text(FILE *f, const char *s, size_t len, bool lines);

/* Progress of ${done} of ${total} bytes on stderr: a bar on a terminal, else
 * one line at each tenth. ${what} is ours. */
struct progress {
	const char *what;
	uint64_t total, from;
	int last;
	bool bar;
};
struct progress progress_begin(const char *what, uint64_t total,
    uint64_t from);
void progress_at(struct progress *p, uint64_t done);
void progress_end(struct progress *p);

/*
 * terminal_ask(question, out, size, len): one line typed on the terminal
 * without echo. ${out} is secret memory of the caller. ERR_USAGE: there is
 * no terminal; ERR_LIMIT: too long.
 */
enum err terminal_ask(const char *question, char *out, size_t size,
    size_t *len);
/* Writes to the terminal itself, whatever stdout is; ERR_USAGE: none */
enum err terminal_show(const char *text);

#endif
