/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a person sees and types. Text of reporters is hostile: it reaches a
 * terminal only through terminal_text, which shows control characters and
 * direction marks instead of obeying them.
 */
#ifndef DECRYPTOR_TERMINAL_H
#define DECRYPTOR_TERMINAL_H

#include <jansson.h>
#include <stdio.h>

#include "meldluik/bytes.h"

#define PASSPHRASE_MIN 12u
#define PASSPHRASE_MAX 1024u

/*
 * Prints ${len} bytes: LF and TAB stay (if ${lines}; else they too are
 * shown), other controls and bidirectional marks become <U+XXXX>, bytes that
 * are no UTF-8 become <FFFD>.
 */
void terminal_text(FILE *f, const char *s, size_t len, bool lines);
/* The same for a C string on one line */
void terminal_word(FILE *f, const char *s);
/* One line on stderr: the program's name, then the text, all escaped */
void say_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* ${what} has a version that this program does not know: the one thing to do
 * is to use the newer program, not to repair or restore anything */
void say_later(const char *what);
/* From now on say_error appends to ${b} instead, for the page; NULL: stderr
 * again */
void say_error_keep(struct buf *b);
/* One JSON document on stdout, ASCII only; takes the reference */
void print_json(json_t *o);

/* Questions and complaints about a passphrase are in Dutch from now on (the
 * ceremony speaks the language that was chosen), or in English */
void terminal_dutch(bool on);
const char *terminal_say(const char *nl, const char *en);
/*
 * The passphrase: first line of ${file}, or asked twice (${fresh}) or once
 * on the terminal without echo. Secret memory, freed with secret_free.
 */
enum err passphrase_get(const char *file, bool fresh, char **out,
    size_t *len);
/* Is a passphrase of ${len} bytes allowed? ${fresh}: a new one. ERR_USAGE:
 * empty; ERR_POLICY: too short; ERR_LIMIT: over PASSPHRASE_MAX */
enum err passphrase_check(size_t len, bool fresh);
/* One answer to one question on the terminal, without its LF */
enum err terminal_ask(const char *question, char *out, size_t size);
/* Text of a reply or note: ${file}, or stdin to its end. ${out} is a secret
 * buffer. ERR_FORMAT unless UTF-8. */
enum err text_get(const char *file, struct buf *out);

#endif
