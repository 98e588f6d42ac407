/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Is a page of the shape that our gateway serves? Not a parser of HTML: every
 * "<" must begin a tag that our templates have, in lower case, with double
 * quotes, and no "<" in a value. So a browser finds no other tag in it than
 * are seen here, in whatever state it reads.
 */
#include <stdio.h>
#include <string.h>

#include "meldluik/listed.h"
#include "pageshape.h"

#define WORD_MAX 24u

/* The head in its order: a script of it runs, in no template nor title */
static const char *const head[] = { "html", "head", "meta", "meta", "meta",
	"title", "/title", "link", "link", "script", "/head", "body" };
#define HEAD (sizeof(head) / sizeof(*head))
#define HEAD_SCRIPT 9u

static const char *const elements[] = { "a", "aside", "b", "bdi", "br",
	"button", "details", "div", "fieldset", "footer", "form", "h1", "h2",
	"header", "input", "label", "legend", "li", "main", "nav", "ol", "p",
	"section", "small", "span", "summary", "template", "textarea", "time",
	"ul", NULL };
static const char *const ends[] = { "body", "html", NULL };
/* none that runs, loads or sends; those of values are judged below */
static const char *const attributes[] = { "action", "aria-current",
	"aria-describedby", "aria-invalid", "aria-label", "aria-labelledby",
	"autocapitalize", "autocomplete", "charset", "checked", "class",
	"content", "data-ack-days", "data-ask", "data-default", "data-desks",
	"data-feedback-months", "data-ml", "datetime", "dir", "download",
	"for", "href", "hreflang", "id", "lang", "method", "name", "rel",
	"required", "rows", "spellcheck", "type", "value", NULL };
/* else document.NAME, which the script may ask, is what bears it */
static const char *const named[] = { "meta", "input", "textarea", "button",
	NULL };
static const char *const links[] = { "/", "#", "https://", "http://",
	"mailto:", "tel:", NULL };
static const char *const heads[] = { "/style.css", "data:image/svg+xml,",
	NULL };

static bool
begins(const char *const *list, const char *s)
{
	while (*list != NULL && strncmp(s, *list, strlen(*list)) != 0) {
		list++;
	}
	return *list != NULL;
}

/* Letters of a name; 0: none, or too many */
static size_t
word(const char *s, char out[WORD_MAX])
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (n == 0 || n >= WORD_MAX) {
		return 0;
	}
	memcpy(out, s, n);
	out[n] = '\0';
	return n;
}

static bool
value_right(const char *element, const char *name, const char *s, size_t n)
{
	if (memchr(s, '<', n) != NULL) {
		return false;
	}
	if (strcmp(name, "href") == 0) {
		return begins(strcmp(element, "link") == 0 ? heads : links,
		    s);
	}
	return strcmp(name, "action") != 0 ||
	    strspn(s, "abcdefghijklmnopqrstuvwxyz-") == n;
}

/* From behind the name of an element to behind its ">"; NULL: ${why} */
static const char *
attributes_read(const char *s, const char *element, char why[PAGE_WHY])
{
	char name[WORD_MAX];
	const char *end;
	size_t n;

	while (*s == ' ') {
		n = word(s + 1, name);
		if (n == 0 || !word_listed(attributes, name) ||
		    (strcmp(name, "name") == 0 &&
		    !word_listed(named, element))) {
			(void)snprintf(why, PAGE_WHY, "<%s> has the attribute "
			    "%s, which our pages do not have", element,
			    n == 0 ? "without a name" : name);
			return NULL;
		}
		s += 1 + n;
		if (*s != '=') {
			continue;
		}
		end = s[1] == '"' ? strchr(s + 2, '"') : NULL;
		if (end == NULL || !value_right(element, name, s + 2,
		    (size_t)(end - s - 2))) {
			(void)snprintf(why, PAGE_WHY, "%s of <%s> has a value "
			    "that our pages do not have", name, element);
			return NULL;
		}
		s = end + 1;
	}
	if (*s != '>') {
		(void)snprintf(why, PAGE_WHY, "<%s> is not written as our "
		    "pages write it", element);
		return NULL;
	}
	return s + 1;
}

/* May tag ${at} of the page be ${name}? */
static bool
in_place(const char *name, bool closing, unsigned at)
{
	if (at < HEAD) {
		return closing == (*head[at] == '/') &&
		    strcmp(name, head[at] + closing) == 0;
	}
	return word_listed(elements, name) ||
	    (closing && word_listed(ends, name));
}

/* One tag, from behind its "<"; ${text}: what it opens holds text only */
static const char *
tag_read(const char *s, unsigned at, const char **text, char why[PAGE_WHY])
{
	static const char *const texts[] = { "title", "textarea", NULL };
	bool closing = *s == '/';
	char name[WORD_MAX];
	size_t n = word(s + closing, name);

	if (n == 0 || !in_place(name, closing, at)) {
		(void)snprintf(why, PAGE_WHY, "there is a tag <%s%s> where "
		    "our pages have none", closing ? "/" : "",
		    n == 0 ? "?" : name);
		return NULL;
	}
	s += closing + n;
	if (*text != NULL && (!closing || strcmp(name, *text) != 0)) {
		(void)snprintf(why, PAGE_WHY, "there is a tag in a <%s>",
		    *text);
		return NULL;
	}
	*text = NULL;
	for (unsigned i = 0; !closing && texts[i] != NULL; i++) {
		if (strcmp(texts[i], name) == 0) {
			*text = texts[i];
		}
	}
	if (closing && *s != '>') {
		(void)snprintf(why, PAGE_WHY, "</%s> is not written as our "
		    "pages write it", name);
		return NULL;
	}
	return attributes_read(s, name, why);
}

/* No byte that ends a text early or is read as another code of letters */
static bool
letters_right(const char *s, size_t len)
{
	if (strlen(s) != len) {
		return false;
	}
	while (*s == '\n' || *s == '\t' || (unsigned char)*s >= ' ') {
		s++;
	}
	return *s == '\0';
}

enum err
page_shape(struct buf *page, const char *lang, bool scripted,
    char why[PAGE_WHY])
{
	const char *s = buf_cstr(page), *text = NULL;
	char script[80], start[48];
	unsigned at = 0;

	(void)snprintf(start, sizeof(start), "<!DOCTYPE html>\n<html%s%s%s",
	    lang != NULL ? " lang=\"" : "", lang != NULL ? lang : "",
	    lang != NULL ? "\"" : "");
	(void)snprintf(script, sizeof(script),
	    "script src=\"/script.%s.js\" defer></script>",
	    lang != NULL ? lang : "");
	if (s == NULL || !letters_right(s, page->len) ||
	    strncmp(s, start, strlen(start)) != 0) {
		(void)snprintf(why, PAGE_WHY, "it does not begin as our "
		    "pages do, or has other bytes than text");
		return ERR_FORMAT;
	}
	s += strlen("<!DOCTYPE html>\n");
	while ((s = strchr(s, '<')) != NULL) {
		s++;
		if (at == HEAD_SCRIPT && !scripted) {
			at++;
		} else if (at == HEAD_SCRIPT) {
			if (strncmp(s, script, strlen(script)) != 0) {
				(void)snprintf(why, PAGE_WHY, "it does not "
				    "load /script.%s.js and nothing else",
				    lang);
				return ERR_FORMAT;
			}
			s += strlen(script);
			at++;
			continue;
		}
		if ((s = tag_read(s, at, &text, why)) == NULL) {
			return ERR_FORMAT;
		}
		at++;
	}
	if (at < HEAD) {
		(void)snprintf(why, PAGE_WHY, "it ends in its head");
		return ERR_FORMAT;
	}
	return OK;
}
