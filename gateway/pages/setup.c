/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the pages know from the configuration: languages, the organisation's
 * words and colour, the style sheet with that colour. Set once before any
 * thread; read only after that.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pages.h"

#define STYLE_MAX 65536u

static struct organisation own;
static bool on[LANGUAGES], seen[LANGUAGES];
static unsigned first; /* language, of those that are on */
static struct buf style, style_small;

/*
 * Sets ${flag} for each code of ${list}, and ${head} to the first one if it
 * names any; false at an unknown one.
 */
static bool
list_read(const char *list, bool flag[LANGUAGES], unsigned *head)
{
	bool none = true;
	size_t n;
	unsigned l;

	while (*(list += strspn(list, " ,")) != '\0') {
		n = strcspn(list, " ,");
		l = language_find(list, n);
		if (l == LANGUAGES) {
			return false;
		}
		flag[l] = true;
		*head = none ? l : *head;
		none = false;
		list += n;
	}
	return true;
}

static enum err
file_read(const char *path, struct buf *out, char why[PAGES_WHY])
{
	uint8_t piece[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	while (fd >= 0 && (n = read(fd, piece, sizeof(piece))) > 0) {
		buf_put(out, piece, (size_t)n);
	}
	if (fd < 0 || n < 0 || out->failed) {
		snprintf(why, PAGES_WHY, "[site] organisation: %s", fd < 0 ?
		    "cannot be opened" : n < 0 ? "cannot be read" :
		    "more than 64 KiB");
		if (fd >= 0) {
			close(fd);
		}
		return ERR_IO;
	}
	close(fd);
	return OK;
}

/* Hover: a light colour gets darker, a dark page's colour lighter */
static uint32_t
shade(uint32_t c, bool darker)
{
	uint32_t out = 0;
	unsigned i;

	for (i = 0; i < 24; i += 8) {
		uint32_t v = c >> i & 0xff;

		v = darker ? v * 7 / 10 : 255 - (255 - v) * 6 / 10;
		out |= v << i;
	}
	return out;
}

static enum err
style_make(void)
{
	const struct embedded *base = page_static("/style.css");
	char colour[256];

	buf_free(&style);
	buf_free(&style_small);
	style = buf_new(STYLE_MAX);
	style_small = buf_new(STYLE_MAX);
	buf_put(&style, base->p, base->len);
	if (own.coloured) {
		snprintf(colour, sizeof(colour),
		    "@media screen{:root{--door:#%06x;--deep:#%06x}}\n"
		    "@media screen and (prefers-color-scheme:dark){:root"
		    "{--door:#%06x;--deep:#%06x}}\n", own.light,
		    shade(own.light, true), own.dark, shade(own.dark, false));
		buf_put(&style, colour, strlen(colour));
	}
	return !style.failed && pack_gzip(style.p, style.len, &style_small) ?
	    OK : ERR_MEMORY;
}

enum err
pages_setup(const struct pages_config *c, char why[PAGES_WHY])
{
	struct buf text = buf_new(ORGANISATION_MAX);
	char inside[PAGES_WHY];
	enum err e = OK;
	unsigned l, other;

	memset(on, 0, sizeof(on));
	organisation_free(&own);
	for (l = 0; l < LANGUAGES; l++) {
		seen[l] = page_languages[l].checked;
	}
	if (!list_read(*c->languages == '\0' ? "nl en" : c->languages, on,
	    &first) || !list_read(c->checked, seen, &other)) {
		snprintf(why, PAGES_WHY, "[site] languages, checked: there "
		    "are");
		for (l = 0; l < LANGUAGES; l++) {
			strncat(why, " ", PAGES_WHY - strlen(why) - 1);
			strncat(why, page_languages[l].code,
			    PAGES_WHY - strlen(why) - 1);
		}
		e = ERR_USAGE;
	} else if (*c->organisation != '\0' &&
	    (e = file_read(c->organisation, &text, why)) == OK) {
		e = organisation_parse(text.p, text.len, &own, inside);
		if (e != OK) {
			snprintf(why, PAGES_WHY, "[site] organisation: %.130s",
			    inside);
		}
	}
	buf_free(&text);
	if (e == OK && (e = style_make()) != OK) {
		snprintf(why, PAGES_WHY, "no memory for the style sheet");
	}
	return e;
}

bool
language_on(unsigned l)
{
	return on[l];
}

bool
language_checked(unsigned l)
{
	return seen[l];
}

unsigned
language_first(void)
{
	return first;
}

void
pages_languages(char out[PAGES_LANGUAGES])
{
	size_t n = 0;

	out[0] = '\0';
	for (unsigned l = 0; l < LANGUAGES && n < PAGES_LANGUAGES; l++) {
		if (on[l]) {
			n += (size_t)snprintf(out + n, PAGES_LANGUAGES - n,
			    "%s%s", n > 0 ? ", " : "", page_languages[l].code);
		}
	}
}

const struct organisation *
organisation(void)
{
	return &own;
}

const struct buf *
style_sheet(bool small)
{
	return small ? &style_small : &style;
}
