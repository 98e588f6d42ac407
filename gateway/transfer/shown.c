/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Terminal in and out. The code passes here once, in and out; nothing of it
 * is kept.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "files.h"
#include "meldluik/secret.h"
#include "shown.h"

#define TERMINAL "/dev/tty"
#define INTERRUPT '\003'

static const char *program = "meldluik";

void
shown_program(const char *name)
{
	program = name;
}

/* Length of the UTF-8 character at ${s} of ${left} bytes, 0 if none */
static size_t
utf8_next(const char *s, size_t left, uint32_t *cp)
{
	unsigned char c = (unsigned char)*s;
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 :
	    c < 0xf5 ? 4 : 0;

	if (n == 0 || n > left || (c != 0 && !utf8_valid(s, n))) {
		return 0;
	}
	*cp = n == 1 ? c : c & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		*cp = *cp << 6 | ((unsigned char)s[i] & 0x3fu);
	}
	return n;
}

/* Controls, direction marks, invisible joins and tags */
static bool
must_show(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c ||
	    (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || c == 0xad ||
	    (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);
}

void
shown_text(FILE *f, const char *s, size_t len, bool lines)
{
	uint32_t c = 0;

	for (size_t i = 0, n; i < len; i += n) {
		n = utf8_next(s + i, len - i, &c);
		if (n == 0) {
			fputs("<FFFD>", f);
			n = 1;
		} else if (must_show(c) &&
		    !(lines && (c == '\n' || c == '\t'))) {
			fprintf(f, "<U+%04X>", (unsigned)c);
		} else {
			fwrite(s + i, 1, n, f);
		}
	}
}

void
say(const char *fmt, ...)
{
	char line[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n < 0) {
		return;
	}
	fprintf(stderr, "%s: ", program);
	shown_text(stderr, line, (size_t)n < sizeof(line) ? (size_t)n :
	    sizeof(line) - 1, false);
	fputc('\n', stderr);
}

struct progress
progress_begin(const char *what, uint64_t total, uint64_t from)
{
	struct progress p = { what, total, from, -1,
		isatty(STDERR_FILENO) == 1 };

	progress_at(&p, from);
	return p;
}

void
progress_at(struct progress *p, uint64_t done)
{
	static const char bar[] = "########################################";
	int percent = p->total == 0 ? 100 : (int)(done * 100 / p->total);

	if (p->bar && percent != p->last) {
		fprintf(stderr, "\r%s [%-40.*s] %3d %%", p->what,
		    percent * 40 / 100, bar, percent);
		fflush(stderr);
	} else if (!p->bar && (p->last < 0 ? 0 : p->last / 10) !=
	    percent / 10) {
		fprintf(stderr, "%s: %d %% of %llu bytes\n", p->what, percent,
		    (unsigned long long)p->total);
	}
	p->last = percent;
}

void
progress_end(struct progress *p)
{
	if (p->bar) {
		fputc('\n', stderr);
	}
}

enum err
terminal_show(const char *text)
{
	int fd = open(TERMINAL, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	enum err e;

	if (fd < 0) {
		return ERR_USAGE;
	}
	e = fd_write(fd, text, strlen(text));
	close(fd);
	return e;
}

enum err
terminal_ask(const char *question, char *out, size_t size, size_t *len)
{
	int fd = open(TERMINAL, O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct termios old, quiet;
	size_t n = 0;
	ssize_t got;
	enum err e = OK;
	char c = 0;

	if (fd < 0) {
		return ERR_USAGE;
	}
	if (tcgetattr(fd, &old) != 0) {
		close(fd);
		return ERR_USAGE;
	}
	quiet = old;
	/* Ctrl-C is read as a character that ends a line, so that echo always
	 * comes back */
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	quiet.c_lflag |= ECHONL;
	quiet.c_cc[VEOL] = INTERRUPT;
	if ((e = fd_write(fd, question, strlen(question))) != OK ||
	    tcsetattr(fd, TCSAFLUSH, &quiet) != 0) {
		close(fd);
		return e != OK ? e : ERR_IO;
	}
	for (;;) {
		got = read(fd, &c, 1);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0 || c == '\n' || c == INTERRUPT) {
			break;
		}
		if (n + 1 < size) {
			out[n] = c;
		}
		n++;
	}
	(void)tcsetattr(fd, TCSAFLUSH, &old);
	close(fd);
	if (got < 0 || c == INTERRUPT || n + 1 > size) {
		secret_wipe(out, size);
		return n + 1 > size ? ERR_LIMIT : ERR_IO;
	}
	out[n] = '\0';
	*len = n;
	return OK;
}
