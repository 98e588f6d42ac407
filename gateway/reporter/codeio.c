/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The code in and out: once on the terminal, never in an argument, never in
 * the environment. All of it in secret memory.
 */
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "meldluik/secret.h"
#include "reporter.h"
#include "shown.h"

#define TYPED_MAX 256u
#define TRIES 3u

enum err
code_ask(const struct reporter_options *o, struct code *out)
{
	struct buf b = buf_new_secret(TYPED_MAX);
	char *typed = secret_new(TYPED_MAX);
	size_t len = 0;
	enum err e = ERR_MEMORY;

	if (typed == NULL) {
		goto out;
	}
	if (o->code_file != NULL) {
		if ((e = file_read_path(o->code_file, &b)) == ERR_LIMIT) {
			e = ERR_FORMAT;
		} else if (e != OK) {
			say("--code-file: %s", err_text(e));
			e = ERR_IO;
		} else {
			e = b.len == 0 ? ERR_FORMAT :
			    code_parse((const char *)b.p, b.len, out);
		}
		goto out;
	}
	for (unsigned i = 0; i < TRIES; i++) {
		e = terminal_ask("Code: ", typed, TYPED_MAX, &len);
		if (e == ERR_USAGE) {
			say("there is no terminal; use --code-file FILE");
		}
		if (e != OK && e != ERR_LIMIT) {
			e = e == ERR_USAGE ? e : ERR_IO;
			break;
		}
		e = e == OK ? code_parse(typed, len, out) : ERR_FORMAT;
		if (e == OK) {
			break;
		}
		say("%s", e == ERR_CRYPT ? "there is a typing mistake in the "
		    "code" : "this is not a code: it has 28 letters and "
		    "digits");
	}
out:
	secret_free(typed);
	buf_free(&b);
	return e;
}

enum err
code_show(const struct reporter_options *o, const struct code *c)
{
	static const char head[] = "\nYour code, shown this once. Write it "
	    "down; without it nobody can read the answers:\n\n    ";
	char *text = secret_new(sizeof(head) + CODE_TEXT + 2);
	enum err e;

	if (text == NULL) {
		return ERR_MEMORY;
	}
	if (o->code_fd >= 0) {
		code_text(c, text);
		text[CODE_TEXT - 1] = '\n';
		e = fd_write(o->code_fd, text, CODE_TEXT);
	} else {
		memcpy(text, head, sizeof(head) - 1);
		code_text(c, text + sizeof(head) - 1);
		memcpy(text + sizeof(head) - 1 + CODE_TEXT - 1, "\n\n", 3);
		e = terminal_show(text);
	}
	secret_free(text);
	if (e != OK) {
		say("there is no terminal to show the code on; use "
		    "--code-fd N or --no-mailbox. Nothing was sent");
	}
	return e;
}
