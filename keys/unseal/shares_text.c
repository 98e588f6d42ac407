/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Shares as people type them. Twenty characters and four that check them and
 * all lines before make a line, so that a slip is found at the line where it
 * was made, and named: the paper lies beside the keyboard, and what is told
 * is only what stands on it.
 */
#include <string.h>

#include "crockford.h"
#include "labels.h"
#include "meldluik/code.h"
#include "meldluik/secret.h"
#include "shares_private.h"

#define LINE_DATA 20u
#define LINE_CHECK 4u
#define BODY_MAX (SHARE_HEAD + SHARE_SECRET + SHARES_MAX * SHARE_COMMIT)
#define CHARS_MAX (SHARE_LINES_MAX * SHARE_LINE)
#define QR_HEAD "MELDLUIK-SHARE-1:"
#define QR_MARK "MELDLUIK-SHARE-"

static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static size_t
body_len(unsigned n)
{
	return SHARE_HEAD + SHARE_SECRET + n * SHARE_COMMIT;
}

/* Characters of the whole share, checks not counted */
static size_t
body_chars(unsigned n)
{
	return (8 * body_len(n) + 4) / 5;
}

/* Characters of line ${i} (from 0), checks not counted; 0: no such line */
static size_t
line_chars(unsigned n, unsigned i)
{
	size_t all = body_chars(n), before = (size_t)i * LINE_DATA;

	return before >= all ? 0 : all - before < LINE_DATA ? all - before :
	    LINE_DATA;
}

/* Check of the first ${len} characters, which end line ${line} */
static void
line_check(const char *chars, size_t len, unsigned line,
    char out[LINE_CHECK])
{
	uint8_t in[sizeof LABEL_SHARE_LINE + CHARS_MAX], h[HASH_LEN];
	char text[6];
	size_t at = sizeof LABEL_SHARE_LINE - 1;

	memcpy(in, LABEL_SHARE_LINE, at);
	in[at++] = (uint8_t)line;
	memcpy(in + at, chars, len);
	hash_bytes(in, at + len, h);
	crockford_encode(h, 3, text);
	memcpy(out, text, LINE_CHECK);
	secret_wipe(in, sizeof in);
	secret_wipe(h, sizeof h);
	secret_wipe(text, sizeof text);
}

/* All lines without separators, the check after each */
static size_t
share_chars(const struct share *s, char out[CHARS_MAX + 1])
{
	uint8_t body[BODY_MAX];
	char all[CHARS_MAX + 1];
	size_t n = 0, done = 0, part;

	share_head(s, body);
	memcpy(body + SHARE_HEAD, s->data, SHARE_SECRET);
	memcpy(body + SHARE_HEAD + SHARE_SECRET, s->commit,
	    s->n * SHARE_COMMIT);
	crockford_encode(body, body_len(s->n), all);
	for (unsigned i = 0; (part = line_chars(s->n, i)) > 0; i++) {
		memcpy(out + n, all + done, part);
		n += part;
		done += part;
		line_check(all, done, i + 1, out + n);
		n += LINE_CHECK;
	}
	out[n] = 0;
	secret_wipe(body, sizeof body);
	secret_wipe(all, sizeof all);
	return n;
}

void
share_text(const struct share *s, char out[SHARE_TEXT])
{
	char chars[CHARS_MAX + 1];
	size_t n = share_chars(s, chars), in_line = 0, line = 0;
	char *p = out;

	for (size_t i = 0; i < n; i++) {
		size_t data = line_chars(s->n, (unsigned)line);
		if (in_line == data) {
			*p++ = ' '; /* a wider gap before the check */
		}
		if (in_line > 0 && (in_line == data ||
		    (in_line < data && in_line % 4 == 0))) {
			*p++ = ' ';
		}
		*p++ = chars[i];
		if (++in_line == data + LINE_CHECK) {
			*p++ = '\n';
			in_line = 0;
			line++;
		}
	}
	*p = 0;
	secret_wipe(chars, sizeof chars);
}

void
share_qr(const struct share *s, char out[SHARE_QR])
{
	memcpy(out, QR_HEAD, sizeof QR_HEAD - 1);
	share_chars(s, out + sizeof QR_HEAD - 1);
}

/* The line in one spelling. ERR_FORMAT, with the place of a letter that is
 * none, or with the number of characters. */
static enum err
line_read(const char *s, size_t len, size_t want, char *out,
    struct share_fault *f)
{
	uint8_t bits[SHARE_LINE];
	char text[2 * SHARE_LINE];
	unsigned n = 0, wrong = 0;
	char one[2] = {0, 0};
	enum err e = OK;

	for (size_t i = 0; i < len; i++) {
		if (crockford_separator(s[i])) {
			continue;
		}
		one[0] = s[i];
		if (n < 999) {
			n++;
		}
		if (wrong == 0 && crockford_decode(one, 1, bits, 5) != OK) {
			wrong = n;
		}
	}
	if (wrong != 0) {
		f->place = wrong;
		e = ERR_FORMAT;
	} else if (n != want) {
		f->want = (unsigned)want;
		f->got = n;
		e = ERR_FORMAT;
	} else if ((e = crockford_decode(s, len, bits, 5 * want)) == OK) {
		crockford_encode(bits, (5 * want + 7) / 8, text);
		memcpy(out, text, want);
	}
	secret_wipe(bits, sizeof bits);
	secret_wipe(text, sizeof text);
	secret_wipe(one, sizeof one);
	return e;
}

/* ${chars}: all before, then this line of ${want} characters */
static bool
line_fits(const char *chars, size_t before, size_t want, unsigned line)
{
	char check[LINE_CHECK];
	size_t data = before + want - LINE_CHECK;
	bool fits;

	line_check(chars, data, line, check);
	fits = secret_equal(check, chars + data, LINE_CHECK);
	secret_wipe(check, sizeof check);
	return fits;
}

static void
swap(char *a, char *b)
{
	char c = *a;

	*a = *b;
	*b = c;
}

/* Which single slip explains the line? Nothing is said when two would. */
static void
line_explain(char *chars, size_t before, size_t want, unsigned line,
    struct share_fault *f)
{
	unsigned found = 0;

	for (size_t i = before; i < before + want; i++) {
		char typed = chars[i];
		for (size_t l = 0; l < sizeof letters - 1; l++) {
			chars[i] = letters[l];
			if (letters[l] != typed &&
			    line_fits(chars, before, want, line)) {
				found++;
				f->place = (unsigned)(i - before + 1);
				f->meant = letters[l];
			}
		}
		chars[i] = typed;
		if (i + 1 < before + want && chars[i] != chars[i + 1]) {
			swap(&chars[i], &chars[i + 1]);
			if (line_fits(chars, before, want, line)) {
				found++;
				f->place = (unsigned)(i - before + 1);
				f->meant = chars[i];
			}
			swap(&chars[i], &chars[i + 1]);
		}
	}
	if (found != 1) {
		f->place = 0;
		f->meant = 0;
	}
}

/* Version, kind and numbers from the first line */
static enum err
head_read(const char *chars, struct share *s)
{
	uint8_t b[SHARE_HEAD + 1];
	enum err e = crockford_decode(chars, 5, b, 25);

	if (e != OK) {
		return e;
	}
	if (b[0] >> 4 != SHARE_VERSION) {
		return ERR_VERSION;
	}
	s->kind = (enum share_kind)(b[0] & 15);
	s->k = b[1] >> 4;
	s->n = b[1] & 15;
	s->x = b[2];
	if (s->kind != SHARE_IDENTITY && s->kind != SHARE_BACKUP) {
		return ERR_VERSION;
	}
	return s->k < SHARES_MIN || s->n < s->k || s->n > SHARES_MAX ||
	    s->x < 1 || s->x > s->n ? ERR_FORMAT : OK;
}

enum err
share_entry_line(struct share_entry *e, const char *s, size_t len,
    struct share_fault *f)
{
	struct share head;
	size_t data;
	enum err r;

	memset(f, 0, sizeof *f);
	f->line = e->lines + 1;
	data = e->lines == 0 ? LINE_DATA : line_chars(e->n, e->lines);
	if (data == 0) {
		return ERR_USAGE;
	}
	r = line_read(s, len, data + LINE_CHECK, e->chars + e->len, f);
	if (r == OK && !line_fits(e->chars, e->len, data + LINE_CHECK,
	    f->line)) {
		line_explain(e->chars, e->len, data + LINE_CHECK, f->line, f);
		r = ERR_CRYPT;
	}
	if (r == OK && e->lines == 0) {
		r = head_read(e->chars, &head);
		e->n = r == OK ? head.n : 0;
	}
	if (r == OK) {
		e->lines++;
		e->len += data;
	}
	secret_wipe(e->chars + e->len, sizeof e->chars - e->len);
	return r;
}

bool
share_entry_done(const struct share_entry *e)
{
	return e->lines > 0 && line_chars(e->n, e->lines) == 0;
}

enum err
share_entry_end(const struct share_entry *e, struct share *out)
{
	uint8_t body[BODY_MAX + 1];
	struct share s;
	size_t len;
	enum err r;

	if (!share_entry_done(e)) {
		return ERR_USAGE;
	}
	memset(&s, 0, sizeof s);
	r = head_read(e->chars, &s);
	if (r == OK) {
		r = crockford_decode(e->chars, e->len, body, 5 * e->len);
	}
	if (r == OK) {
		len = body_len(s.n);
		/* bits after the last byte: one spelling only */
		r = 5 * e->len > 8 * len && body[len] != 0 ? ERR_FORMAT : OK;
		memcpy(s.data, body + SHARE_HEAD, SHARE_SECRET);
		memcpy(s.commit, body + SHARE_HEAD + SHARE_SECRET,
		    s.n * SHARE_COMMIT);
	}
	if (r == OK && !share_honest(&s)) {
		r = ERR_SIGNATURE;
	}
	if (r == OK) {
		*out = s;
	}
	secret_wipe(body, sizeof body);
	secret_wipe(&s, sizeof s);
	return r;
}

enum err
share_parse(const char *s, size_t len, struct share *out,
    struct share_fault *f)
{
	struct share_entry e;
	char line[SHARE_LINE];
	size_t n = 0;
	enum err r = OK;

	memset(f, 0, sizeof *f);
	memset(&e, 0, sizeof e);
	if (len > SHARE_TYPED_MAX) {
		return ERR_LIMIT;
	}
	if (len >= sizeof QR_HEAD - 1 && memcmp(s, QR_MARK, sizeof QR_MARK -
	    1) == 0) {
		if (memcmp(s, QR_HEAD, sizeof QR_HEAD - 1) != 0) {
			return ERR_VERSION;
		}
		s += sizeof QR_HEAD - 1;
		len -= sizeof QR_HEAD - 1;
	}
	for (size_t i = 0; i < len && r == OK; i++) {
		size_t want = e.lines == 0 ? SHARE_LINE :
		    line_chars(e.n, e.lines) + LINE_CHECK;
		if (crockford_separator(s[i])) {
			continue;
		}
		if (share_entry_done(&e)) {
			f->line = e.lines + 1;
			r = ERR_FORMAT; /* more than a share */
			break;
		}
		line[n++] = s[i];
		if (n == want) {
			r = share_entry_line(&e, line, n, f);
			n = 0;
		}
	}
	if (r == OK && !share_entry_done(&e)) {
		f->line = e.lines + 1;
		f->want = SHARE_LINE;
		f->got = (unsigned)n;
		r = ERR_FORMAT;
	}
	if (r == OK) {
		r = share_entry_end(&e, out);
	}
	secret_wipe(line, sizeof line);
	secret_wipe(&e, sizeof e);
	return r;
}
