/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Terminal in and out. Holds the passphrase only in secret memory; never
 * takes it from the arguments or the environment.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "files.h"
#include "meldluik/secret.h"
#include "terminal.h"

/* Length of the UTF-8 character at ${s}, 0 if it is none */
static size_t
character(const uint8_t *s, size_t left, uint32_t *code)
{
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;

	if (n > left || (s[0] != 0 && !utf8_valid(s, n))) {
		return 0;
	}
	*code = n == 1 ? s[0] : s[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		*code = *code << 6 | (s[i] & 0x3fu);
	}
	return n;
}

static bool
is_hidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad ||
	    c == 0x61c || c == 0x180e || (c >= 0x200b && c <= 0x200f) ||
	    (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	    c == 0xfeff || (c >= 0xfff0 && c <= 0xfffb) ||
	    (c >= 0xe0000 && c <= 0xe0fff);
}

void
terminal_text(FILE *f, const char *s, size_t len, bool lines)
{
	const uint8_t *p = (const uint8_t *)s;

	while (len > 0) {
		uint32_t code = 0;
		size_t n = character(p, len, &code);
		if (n == 0) {
			fputs("<FFFD>", f);
			n = 1;
		} else if (lines && (code == '\n' || code == '\t')) {
			fputc((int)code, f);
		} else if (is_hidden(code)) {
			fprintf(f, "<U+%04X>", (unsigned)code);
		} else {
			fwrite(p, 1, n, f);
		}
		p += n;
		len -= n;
	}
}

void
terminal_word(FILE *f, const char *s)
{
	terminal_text(f, s, strlen(s), false);
}

static struct buf *keep;

void
say_error_keep(struct buf *b)
{
	keep = b;
}

void
say_error(const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	if (keep != NULL) {
		buf_text(keep, keep->len == 0 ? "" : "; ");
		buf_text(keep, line);
		return;
	}
	fflush(stdout);
	fputs("meldluik-decryptor: ", stderr);
	terminal_word(stderr, line);
	fputc('\n', stderr);
}

void
say_later(const char *what)
{
	say_error("%s was written by a later version of this program: use that "
	    "version. Nothing was changed", what);
}

void
print_json(json_t *o)
{
	json_dumpf(o, stdout, JSON_ENSURE_ASCII | JSON_INDENT(1));
	fputc('\n', stdout);
	json_decref(o);
}

static enum err
passphrase_file(const char *file, char *pass, size_t *len)
{
	struct buf b = buf_new_secret(65536);
	enum err e = file_read_path(file, &b);
	const uint8_t *end;

	if (e == OK) {
		end = b.len == 0 ? NULL : memchr(b.p, '\n', b.len);
		*len = end == NULL ? b.len : (size_t)(end - b.p);
		if (*len > 0 && b.p[*len - 1] == '\r') {
			--*len;
		}
		if (*len > PASSPHRASE_MAX) {
			e = ERR_LIMIT;
		} else if (*len > 0) {
			memcpy(pass, b.p, *len);
		}
	}
	buf_free(&b);
	return e;
}

static bool dutch;

void
terminal_dutch(bool on)
{
	dutch = on;
}

const char *
terminal_say(const char *nl, const char *en)
{
	return dutch ? nl : en;
}

static enum err
passphrase_typed(const char *question, char *pass, size_t *len)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct termios old, quiet;
	enum err e = OK;
	size_t n = 0;
	char c;

	if (fd < 0 || tcgetattr(fd, &old) != 0) {
		if (fd >= 0) {
			close(fd);
		}
		return ERR_IO;
	}
	quiet = old;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	if (tcsetattr(fd, TCSAFLUSH, &quiet) != 0 ||
	    fd_write(fd, question, strlen(question)) != OK) {
		e = ERR_IO;
	}
	while (e == OK && fd_read(fd, &c, 1) == OK && c != '\n') {
		if (n == PASSPHRASE_MAX) {
			e = ERR_LIMIT;
			break;
		}
		pass[n++] = c;
	}
	tcsetattr(fd, TCSAFLUSH, &old);
	fd_write(fd, "\n", 1);
	close(fd);
	c = 0;
	*len = n;
	return e;
}

enum err
passphrase_check(size_t len, bool fresh)
{
	return len > PASSPHRASE_MAX ? ERR_LIMIT : fresh && len <
	    PASSPHRASE_MIN ? ERR_POLICY : len == 0 ? ERR_USAGE : OK;
}

enum err
passphrase_get(const char *file, bool fresh, char **out, size_t *len)
{
	char *pass = secret_new(PASSPHRASE_MAX + 1);
	char *again = secret_new(PASSPHRASE_MAX + 1);
	size_t n = 0, m = 0;
	enum err e = pass == NULL || again == NULL ? ERR_MEMORY : OK;

	if (e == OK && file != NULL) {
		e = passphrase_file(file, pass, &n);
	} else if (e == OK) {
		e = passphrase_typed(terminal_say("Wachtzin: ",
		    "Passphrase: "), pass, &n);
		if (e == OK && fresh) {
			e = passphrase_typed(terminal_say("Nog een keer: ",
			    "The same again: "), again, &m);
			if (e == OK && (n != m ||
			    !secret_equal(pass, again, n))) {
				say_error("%s", terminal_say("de twee "
				    "wachtzinnen zijn niet gelijk",
				    "the two passphrases differ"));
				e = ERR_CONFLICT;
			}
		}
	}
	if (e == OK && (e = passphrase_check(n, fresh)) == ERR_POLICY) {
		char least[4];
		snprintf(least, sizeof least, "%u", PASSPHRASE_MIN);
		say_error("%s%s%s", terminal_say("de wachtzin is te kort; "
		    "neem er een van ten minste ", "the passphrase is too "
		    "short; use at least "), least, terminal_say(" tekens, "
		    "zoals vijf willekeurige woorden", " characters, such as "
		    "five random words"));
	} else if (e == ERR_USAGE) {
		say_error("%s", terminal_say("de wachtzin is leeg",
		    "the passphrase is empty"));
	}
	if (e == OK) {
		*out = pass;
		*len = n;
		pass = NULL; /* transferred */
	}
	secret_free(pass);
	secret_free(again);
	return e;
}

enum err
terminal_ask(const char *question, char *out, size_t size)
{
	fputs(question, stdout);
	fflush(stdout);
	if (fgets(out, (int)size, stdin) == NULL) {
		return ERR_IO;
	}
	if (strchr(out, '\n') == NULL && strlen(out) == size - 1) {
		/* the rest is no answer to the next question */
		int c = getchar();
		bool whole = c == '\n' || c == EOF;
		while (c != '\n' && c != EOF) {
			c = getchar();
		}
		if (!whole) {
			secret_wipe(out, size);
			return ERR_LIMIT;
		}
	}
	out[strcspn(out, "\r\n")] = 0;
	return OK;
}

enum err
text_get(const char *file, struct buf *out)
{
	uint8_t piece[4096];
	enum err e = OK;
	ssize_t n;

	if (file != NULL) {
		e = file_read_path(file, out);
	} else {
		while ((n = read(0, piece, sizeof piece)) != 0) {
			if (n < 0 && errno == EINTR) {
				continue;
			}
			if (n < 0) {
				e = ERR_IO;
				break;
			}
			buf_put(out, piece, (size_t)n);
		}
		secret_wipe(piece, sizeof piece);
		if (e == OK && out->failed) {
			e = ERR_LIMIT;
		}
	}
	while (e == OK && out->len > 0 && (out->p[out->len - 1] == '\n' ||
	    out->p[out->len - 1] == '\r')) {
		out->len--;
	}
	if (e == OK && (out->len == 0 || !utf8_valid(out->p, out->len))) {
		e = ERR_FORMAT;
	}
	return e;
}
