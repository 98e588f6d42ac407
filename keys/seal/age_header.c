/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * age v1 header: a strict parser of hostile bytes, and the keys that hang
 * on a file key. Nothing parsed here is authenticated yet.
 */
#include <string.h>

#include <sodium.h>

#include "age_header.h"
#include "hkdf.h"
#include "hybrid.h"
#include "labels.h"
#include "meldluik/base64.h"
#include "meldluik/secret.h"

#define AGE_INTRO "age-encryption.org/v1\n"
#define AGE_LINE 64u /* columns of a full body line */

enum err
age_base64(struct bytes text, uint8_t *out, size_t outlen)
{
	return base64_exact((const char *)text.p, text.len, false, out,
	    outlen);
}

/* 1 + the value of a letter of base64; 0: none */
static const uint8_t letter[256] = {
	['A'] = 1, ['B'] = 2, ['C'] = 3, ['D'] = 4, ['E'] = 5, ['F'] = 6,
	['G'] = 7, ['H'] = 8, ['I'] = 9, ['J'] = 10, ['K'] = 11,
	['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
	['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21,
	['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26,
	['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31,
	['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36,
	['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41,
	['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46,
	['u'] = 47, ['v'] = 48, ['w'] = 49, ['x'] = 50, ['y'] = 51,
	['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
	['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61,
	['9'] = 62, ['+'] = 63, ['/'] = 64,
};

/*
 * libsodium decodes in constant time, for secrets; a header is public and
 * the gateway needs only to know that it is well formed, so it is looked up.
 */
bool
age_base64_ok(struct bytes text)
{
	bool none = false;
	unsigned last;

	if (text.len % 4 == 1) {
		return false;
	}
	if (text.len == 0) {
		return true;
	}
	for (size_t i = 0; i < text.len; i++) {
		none |= letter[text.p[i]] == 0;
	}
	if (none) {
		return false;
	}
	/* bits beyond the last whole byte are zero, or it has two writings */
	last = letter[text.p[text.len - 1]] - 1u;
	return text.len % 4 == 0 ||
	    (last & (text.len % 4 == 2 ? 15u : 3u)) == 0;
}

/* The next line without its LF; ERR_BUSY if there is no LF */
static enum err
age_line(struct reader *r, struct bytes *line)
{
	const uint8_t *lf = r->left == 0 ? NULL : memchr(r->p, '\n', r->left);

	if (lf == NULL) {
		return ERR_BUSY;
	}
	*line = reader_take(r, (size_t)(lf - r->p));
	reader_u8(r);
	return OK;
}

/* "-> type arg ..." after the arrow and its space */
static enum err
age_arguments(struct bytes line, struct age_stanza *st)
{
	size_t start = 0;
	unsigned n = 0;

	for (size_t i = 0; i <= line.len; i++) {
		if (i < line.len && line.p[i] != ' ') {
			if (line.p[i] < 33 || line.p[i] > 126) {
				return ERR_FORMAT;
			}
			continue;
		}
		if (i == start) {
			return ERR_FORMAT;
		}
		struct bytes word = {line.p + start, i - start};
		if (n == 0) {
			st->type = word;
		} else if (n <= 4) {
			st->args[n - 1] = word;
		}
		n++;
		start = i + 1;
	}
	st->nargs = n - 1;
	return OK;
}

static enum err
age_body(struct reader *r, struct age_stanza *st)
{
	struct bytes line;
	enum err e;

	st->body = (struct bytes){r->p, 0};
	do {
		if ((e = age_line(r, &line)) != OK) {
			return e;
		}
		if (line.len > AGE_LINE || !age_base64_ok(line)) {
			return ERR_FORMAT;
		}
		st->body_len += line.len * 3 / 4;
	} while (line.len == AGE_LINE);
	st->body.len = (size_t)(r->p - st->body.p);
	return OK;
}

static enum err
age_header_read(struct reader *r, const uint8_t *start,
    struct age_header *h)
{
	struct bytes line;
	enum err e;

	struct bytes intro = {start, sizeof(AGE_INTRO) - 1};
	size_t have = r->left < intro.len ? r->left : intro.len;
	if (memcmp(start, AGE_INTRO, have) != 0) {
		return ERR_FORMAT;
	}
	if (have < intro.len) {
		return ERR_BUSY;
	}
	reader_take(r, intro.len);
	for (;;) {
		if ((e = age_line(r, &line)) != OK) {
			return e;
		}
		if (line.len >= 3 && memcmp(line.p, "---", 3) == 0) {
			break;
		}
		if (line.len < 4 || memcmp(line.p, "-> ", 3) != 0) {
			return ERR_FORMAT;
		}
		if (h->stanzas == AGE_STANZAS_MAX) {
			return ERR_LIMIT;
		}
		struct age_stanza *st = &h->stanza[h->stanzas];
		line.p += 3;
		line.len -= 3;
		if ((e = age_arguments(line, st)) != OK ||
		    (e = age_body(r, st)) != OK) {
			return e;
		}
		h->stanzas++;
	}
	if (h->stanzas == 0 || line.len != 47 || line.p[3] != ' ' ||
	    age_base64((struct bytes){line.p + 4, 43}, h->mac, 32) != OK) {
		return ERR_FORMAT;
	}
	h->maced = (struct bytes){start, (size_t)(line.p - start) + 3};
	h->len = (size_t)(r->p - start);
	return OK;
}

enum err
age_header_parse(const uint8_t *p, size_t len, struct age_header *out)
{
	size_t limit = len < AGE_HEADER_MAX ? len : AGE_HEADER_MAX;
	struct reader r = reader_of(p, limit);
	enum err e;

	memset(out, 0, sizeof(*out));
	if (len == 0) {
		return ERR_BUSY;
	}
	e = age_header_read(&r, p, out);
	return e == ERR_BUSY && len >= AGE_HEADER_MAX ? ERR_LIMIT : e;
}

bool
age_stanza_is(const struct age_stanza *st, const char *type)
{
	return st->type.len == strlen(type) &&
	    memcmp(st->type.p, type, st->type.len) == 0;
}

enum err
age_stanza_body(const struct age_stanza *st, uint8_t *out, size_t len)
{
	/* what we read fits in one short line */
	if (st->body_len != len || len >= 48 || st->body.len == 0) {
		return ERR_FORMAT;
	}
	return age_base64((struct bytes){st->body.p, st->body.len - 1}, out,
	    len);
}

enum err
age_header_all_hybrid(const struct age_header *h, unsigned n)
{
	if (h->stanzas != n || h->len != AGE_HEADER_LEN(n)) {
		return ERR_POLICY;
	}
	for (unsigned i = 0; i < n; i++) {
		const struct age_stanza *st = &h->stanza[i];
		if (!age_stanza_is(st, HYBRID_TYPE) || st->nargs != 1 ||
		    st->body_len != HYBRID_BODY ||
		    st->args[0].len != AGE_HYBRID_ENC_TEXT ||
		    !age_base64_ok(st->args[0])) {
			return ERR_POLICY;
		}
	}
	return OK;
}

void
age_header_mac(const uint8_t file_key[AGE_FILE_KEY], struct bytes maced,
    uint8_t mac[32])
{
	uint8_t key[32];

	hkdf_sha256(file_key, AGE_FILE_KEY, NULL, 0, LABEL_AGE_HEADER, key,
	    sizeof(key));
	hmac_sha256(key, sizeof(key), &maced, 1, mac);
	secret_wipe(key, sizeof(key));
}

void
age_payload_key(const uint8_t file_key[AGE_FILE_KEY],
    const uint8_t nonce[AGE_NONCE], uint8_t key[32])
{
	hkdf_sha256(file_key, AGE_FILE_KEY, nonce, AGE_NONCE,
	    LABEL_AGE_PAYLOAD, key, 32);
}

enum err
age_scrypt_key(const char *pass, size_t len, const uint8_t salt[16],
    unsigned log_n, uint8_t key[32])
{
	uint8_t full[sizeof(LABEL_AGE_SCRYPT) - 1 + 16];

	memcpy(full, LABEL_AGE_SCRYPT, sizeof(LABEL_AGE_SCRYPT) - 1);
	memcpy(full + sizeof(LABEL_AGE_SCRYPT) - 1, salt, 16);
	return crypto_pwhash_scryptsalsa208sha256_ll((const uint8_t *)pass,
	    len, full, sizeof(full), (uint64_t)1 << log_n, 8, 1, key, 32) == 0
	    ? OK : ERR_MEMORY;
}

uint64_t
age_sealed_size(unsigned n, uint64_t plain)
{
	uint64_t chunks = plain == 0 ? 1 : (plain - 1) / AGE_CHUNK + 1;

	return AGE_HEADER_LEN(n) + AGE_NONCE + plain + chunks * AGE_TAG;
}
