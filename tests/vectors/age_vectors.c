/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Runs every vector of tests/vectors/age (C2SP/CCTV) through the opening
 * stream, whole, byte by byte and with two threads, and compares verdict
 * and released plaintext. Where a payload fails, what was released must be
 * a prefix of what the vector expects: this reader looks ahead and releases
 * less than one that guesses the final flag.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>
#include <zlib.h>

#include "age_header.h"
#include "age_open_private.h"
#include "meldluik/secret.h"
#include "x25519.h"

#define FILE_MAX (64u << 20)

enum verdict { SUCCESS, NO_MATCH, HMAC, HEADER, PAYLOAD, VERDICTS };

static const char *const names[VERDICTS] = {"success", "no match",
    "HMAC failure", "header failure", "payload failure"};

struct vector {
	enum verdict expect;
	uint8_t payload[32]; /* SHA-256 */
	uint8_t file_key[AGE_FILE_KEY];
	char pass[64];
	bool scrypt, zlib;
	struct vector_keys keys;
	struct buf file;
};

static enum err
take(void *arg, const uint8_t *p, size_t len)
{
	struct buf *b = arg;

	buf_put(b, p, len);
	return b->failed ? ERR_LIMIT : OK;
}

static int
line_read(struct vector *v, const char *s, size_t len)
{
	char line[256] = {0};
	char *value;

	if (len >= sizeof(line)) {
		return -1;
	}
	memcpy(line, s, len);
	value = strstr(line, ": ");
	if (value == NULL) {
		return -1;
	}
	*value = 0;
	value += 2;
	if (strcmp(line, "expect") == 0) {
		for (v->expect = 0; v->expect < VERDICTS; v->expect++) {
			if (strcmp(names[v->expect], value) == 0) {
				return 0;
			}
		}
		return -1;
	}
	if (strcmp(line, "payload") == 0) {
		return hex_decode(value, v->payload, 32) == OK ? 0 : -1;
	}
	if (strcmp(line, "identity") == 0) {
		return vector_key_add(&v->keys, value, strlen(value)) == OK
		    ? 0 : -1;
	}
	if (strcmp(line, "passphrase") == 0) {
		snprintf(v->pass, sizeof(v->pass), "%s", value);
		v->scrypt = true;
		return 0;
	}
	if (strcmp(line, "compressed") == 0) {
		v->zlib = true;
		return strcmp(value, "zlib") == 0 ? 0 : -1;
	}
	if (strcmp(line, "file key") == 0) {
		/* one vector has a longer one: it never gets that far */
		return strlen(value) != 2 * AGE_FILE_KEY ||
		    hex_decode(value, v->file_key, AGE_FILE_KEY) == OK ? 0 : -1;
	}
	return strcmp(line, "comment") == 0 ? 0 : -1;
}

static int
vector_read(struct vector *v, const char *path)
{
	static uint8_t raw[1 << 20], *big;
	const uint8_t *p = raw, *lf;
	FILE *f = fopen(path, "rb");
	size_t len;

	if (f == NULL) {
		return -1;
	}
	len = fread(raw, 1, sizeof(raw), f);
	fclose(f);
	if (len == sizeof(raw)) {
		return -1;
	}
	for (;;) {
		lf = memchr(p, '\n', len);
		if (lf == NULL) {
			return -1;
		}
		size_t n = (size_t)(lf - p);
		if (n > 0 && line_read(v, (const char *)p, n) != 0) {
			return -1;
		}
		p += n + 1;
		len -= n + 1;
		if (n == 0) {
			break;
		}
	}
	v->file = buf_new(FILE_MAX);
	if (v->zlib) {
		uLongf got = FILE_MAX;
		big = big != NULL ? big : malloc(FILE_MAX);
		if (big == NULL || uncompress(big, &got, p, len) != Z_OK) {
			return -1;
		}
		buf_put(&v->file, big, got);
	} else {
		buf_put(&v->file, p, len);
	}
	return v->file.failed ? -1 : 0;
}

static enum verdict
verdict_of(enum err e, bool in_payload)
{
	if (e == OK) {
		return SUCCESS;
	}
	if (in_payload) {
		return PAYLOAD;
	}
	return e == ERR_NO_MATCH ? NO_MATCH : e == ERR_CRYPT ? HMAC : HEADER;
}

/* ${piece} bytes at a time; ${out} gets what was released */
static enum verdict
vector_open(struct vector *v, size_t piece, unsigned threads,
    struct buf *out)
{
	struct age_open *o = NULL;
	enum verdict got;
	enum err e;

	if (v->scrypt) {
		e = age_open_new_scrypt(v->pass, strlen(v->pass), take, out,
		    &o);
		if (e == OK) {
			age_open_scrypt_least(o, 1);
		}
	} else {
		e = age_open_new_with(vector_unwrap, &v->keys, take, out,
		    threads, &o);
	}
	for (size_t i = 0; e == OK && i < v->file.len; i += piece) {
		size_t n = v->file.len - i < piece ? v->file.len - i : piece;
		e = age_open_write(o, v->file.p + i, n);
	}
	if (o != NULL && e == OK) {
		e = age_open_end(o);
	}
	got = verdict_of(e, o != NULL && age_open_in_payload(o));
	age_open_free(o);
	return got;
}

static bool
hash_is(const uint8_t *p, size_t len, const uint8_t want[32])
{
	uint8_t h[32];

	crypto_hash_sha256(h, p == NULL ? (const uint8_t *)"" : p, len);
	return memcmp(h, want, 32) == 0;
}

/*
 * What a reader releases that tries the flag 0 and then 1 instead of looking
 * ahead, from the file key that the vector states. By libsodium, so that it
 * shares nothing with the stream under test.
 */
static bool
reference(const struct vector *v, struct buf *out)
{
	const size_t full = (size_t)AGE_CHUNK + AGE_TAG;
	static uint8_t plain[AGE_CHUNK];
	struct age_header h;
	uint8_t key[32], nonce[12] = {0};
	const uint8_t *p;
	size_t left;

	if (age_header_parse(v->file.p, v->file.len, &h) != OK ||
	    v->file.len - h.len < AGE_NONCE) {
		return false;
	}
	p = v->file.p + h.len;
	left = v->file.len - h.len - AGE_NONCE;
	age_payload_key(v->file_key, p, key);
	p += AGE_NONCE;
	for (unsigned n = 0; left >= AGE_TAG && nonce[11] == 0; n++) {
		size_t len = left < full ? left : full;
		bool good = false;
		nonce[9] = (uint8_t)(n >> 8);
		nonce[10] = (uint8_t)n;
		for (nonce[11] = len < full; !good && nonce[11] < 2;
		    nonce[11]++) {
			good = crypto_aead_chacha20poly1305_ietf_decrypt(plain,
			    NULL, NULL, p, len, NULL, 0, nonce, key) == 0;
		}
		nonce[11]--;
		if (!good) {
			break;
		}
		buf_put(out, plain, len - AGE_TAG);
		p += len;
		left -= len;
	}
	return !out->failed;
}

static bool
prefix_is(const struct vector *v, const struct buf *out)
{
	struct buf whole = buf_new(FILE_MAX);
	bool same = reference(v, &whole) &&
	    hash_is(whole.p, whole.len, v->payload) &&
	    out->len <= whole.len &&
	    (out->len == 0 || memcmp(out->p, whole.p, out->len) == 0);

	buf_free(&whole);
	return same;
}

static int
vector_run(const char *dir, const char *name, unsigned right[VERDICTS],
    unsigned total[VERDICTS], unsigned *shorter)
{
	char path[4096];
	struct vector v = {.expect = VERDICTS};
	const size_t pieces[3] = {FILE_MAX, 4093, 1};
	int bad = 0;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (vector_read(&v, path) != 0 || v.expect == VERDICTS) {
		printf("%-40s cannot be read\n", name);
		return 1;
	}
	total[v.expect]++;
	for (int i = 0; i < 3; i++) {
		if (pieces[i] == 1 && v.file.len > 200000) {
			continue;
		}
		struct buf out = buf_new(FILE_MAX);
		enum verdict got = vector_open(&v, pieces[i], i == 1 ? 2 : 1,
		    &out);
		bool text = true;
		if (v.expect == SUCCESS) {
			text = hash_is(out.p, out.len, v.payload);
		} else if (v.expect == PAYLOAD) {
			text = prefix_is(&v, &out);
			*shorter += i == 0 && text &&
			    !hash_is(out.p, out.len, v.payload);
		} else {
			text = out.len == 0;
		}
		if (got != v.expect || !text) {
			printf("%-40s expected %s, got %s%s (pieces of %zu)\n",
			    name, names[v.expect], names[got],
			    text ? "" : ", other plaintext", pieces[i]);
			bad = 1;
		}
		buf_free(&out);
	}
	right[v.expect] += !bad;
	buf_free(&v.file);
	vector_keys_free(&v.keys);
	return bad;
}

int
main(int argc, char **argv)
{
	const char *dir = argc > 1 ? argv[1] : TESTS_DIR "/vectors/age";
	unsigned right[VERDICTS] = {0}, total[VERDICTS] = {0}, shorter = 0;
	unsigned files = 0, bad = 0;
	struct dirent *d;
	DIR *dp = opendir(dir);

	if (secret_setup() != OK || dp == NULL) {
		fprintf(stderr, "cannot start or no vectors in %s\n", dir);
		return 2;
	}
	while ((d = readdir(dp)) != NULL) {
		if (d->d_name[0] != '.' &&
		    strcmp(d->d_name, "README.md") != 0) {
			files++;
			bad += (unsigned)vector_run(dir, d->d_name, right,
			    total, &shorter);
		}
	}
	closedir(dp);
	printf("%-18s %6s %6s\n", "expected", "files", "right");
	for (int i = 0; i < VERDICTS; i++) {
		printf("%-18s %6u %6u\n", names[i], total[i], right[i]);
	}
	printf("%-18s %6u %6u  (%u released a shorter prefix)\n", "all",
	    files, files - bad, shorter);
	return bad == 0 && files >= 110 ? 0 : 1;
}
