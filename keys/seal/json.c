/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Strict JSON (keys/FORMAT.md section 1). jansson refuses bad UTF-8, double
 * keys and raw control characters; added here is what it lets pass: white
 * space around the document, deep nesting, real and negative numbers.
 *
 * Plaintext of reports passes through jansson, so its memory is wiped when
 * freed. What it holds while alive is ordinary heap, not secret memory.
 */
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "meldluik/json.h"
#include "meldluik/listed.h"
#include "meldluik/secret.h"

#define JSON_DEPTH 8
#define JSON_INT_MAX 9007199254740991 /* 2^53 - 1: exact in a browser */
#define JSON_X "x_"                   /* keys that readers ignore */

static pthread_once_t json_once = PTHREAD_ONCE_INIT;

/* Any pointer of malloc will do, also from before json_setup, and what
 * json_dumps returns may go to plain free(). */
static void
json_wipe_free(void *p)
{
	if (p != NULL) {
		secret_wipe(p, malloc_usable_size(p));
		free(p);
	}
}

static void
json_setup_once(void)
{
	json_set_alloc_funcs(malloc, json_wipe_free);
	/* jansson would open /dev/urandom later, inside a sandbox */
	json_object_seed(randombytes_random() | 1);
}

void
json_setup(void)
{
	pthread_once(&json_once, json_setup_once);
}

/* Nesting and signs, before the recursive parser sees the bytes */
static enum err
json_scan(const char *p, size_t len)
{
	unsigned depth = 0;
	bool text = false;

	for (size_t i = 0; i < len; i++) {
		if (text) {
			if (p[i] == '\\') {
				i++;
			} else if (p[i] == '"') {
				text = false;
			}
			continue;
		}
		switch (p[i]) {
		case '"':
			text = true;
			break;
		case '{':
		case '[':
			if (++depth > JSON_DEPTH) {
				return ERR_LIMIT;
			}
			break;
		case '}':
		case ']':
			if (depth == 0) {
				return ERR_FORMAT;
			}
			depth--;
			break;
		case '-': /* below zero, or a second way to write zero */
			return ERR_FORMAT;
		}
	}
	return OK;
}

static enum err
json_numbers(const json_t *v)
{
	const char *key;
	json_t *sub;
	size_t i;
	enum err e;

	switch (json_typeof(v)) {
	case JSON_REAL:
		return ERR_FORMAT;
	case JSON_INTEGER:
		if (json_integer_value(v) < 0 ||
		    json_integer_value(v) > JSON_INT_MAX) {
			return ERR_FORMAT;
		}
		return OK;
	case JSON_OBJECT:
		/* jansson walks no const object; nothing is changed */
		json_object_foreach((json_t *)(uintptr_t)v, key, sub) {
			if ((e = json_numbers(sub)) != OK) {
				return e;
			}
		}
		return OK;
	case JSON_ARRAY:
		json_array_foreach(v, i, sub) {
			if ((e = json_numbers(sub)) != OK) {
				return e;
			}
		}
		return OK;
	default:
		return OK;
	}
}

enum err
json_read(const void *p, size_t len, size_t max, json_t **out)
{
	const char *s = p;
	size_t body = len;
	json_t *o = NULL;
	enum err e;

	json_setup();
	if (len > max) {
		return ERR_LIMIT;
	}
	if (body > 0 && s[body - 1] == '\n') {
		body--;
	}
	if (body < 2 || s[0] != '{' || s[body - 1] != '}') {
		return ERR_FORMAT;
	}
	if ((e = json_scan(s, body)) != OK) {
		return e;
	}
	o = json_loadb(s, body, JSON_REJECT_DUPLICATES, NULL);
	if (o == NULL) {
		return ERR_FORMAT;
	}
	if ((e = json_numbers(o)) != OK) {
		json_decref(o);
		return e;
	}
	*out = o;
	return OK;
}

enum err
json_read_type(const void *p, size_t len, size_t max, const char *type,
    json_t **out)
{
	json_t *o = NULL;
	const char *t;
	int64_t version;
	enum err e;

	if ((e = json_read(p, len, max, &o)) != OK) {
		return e;
	}
	if ((e = json_string_field(o, "type", 1, 64, &t)) != OK ||
	    (e = json_int_field(o, "version", 0, JSON_INT_MAX, &version)) !=
	    OK) {
		goto out;
	}
	if (strcmp(t, type) != 0 || version != 1) {
		e = ERR_VERSION;
		goto out;
	}
	*out = o;
	o = NULL; /* transferred */
out:
	json_decref(o);
	return e;
}

enum err
json_keys(const json_t *o, const char *const *allowed)
{
	const char *key;
	json_t *v;

	if (!json_is_object(o)) {
		return ERR_FORMAT;
	}
	json_object_foreach((json_t *)(uintptr_t)o, key, v) {
		if (strncmp(key, JSON_X, strlen(JSON_X)) != 0 &&
		    !word_listed(allowed, key)) {
			return ERR_FORMAT;
		}
	}
	return OK;
}

enum err
json_string_field(const json_t *o, const char *key, size_t min, size_t max,
    const char **out)
{
	const json_t *v = json_object_get(o, key);

	if (!json_is_string(v) || json_string_length(v) < min ||
	    json_string_length(v) > max) {
		return ERR_FORMAT;
	}
	*out = json_string_value(v);
	return OK;
}

enum err
json_int_field(const json_t *o, const char *key, int64_t min, int64_t max,
    int64_t *out)
{
	const json_t *v = json_object_get(o, key);

	if (!json_is_integer(v) || json_integer_value(v) < min ||
	    json_integer_value(v) > max) {
		return ERR_FORMAT;
	}
	*out = json_integer_value(v);
	return OK;
}

enum err
json_hex_field(const json_t *o, const char *key, uint8_t *out, size_t len)
{
	const char *s;
	enum err e;

	if ((e = json_string_field(o, key, 2 * len, 2 * len, &s)) != OK) {
		return e;
	}
	return hex_decode(s, out, len);
}

enum err
json_array_field(const json_t *o, const char *key, size_t max,
    const json_t **out)
{
	const json_t *v = json_object_get(o, key);

	*out = NULL;
	if (!json_is_array(v) || json_array_size(v) > max) {
		return ERR_FORMAT;
	}
	*out = v;
	return OK;
}

enum err
json_object_field(const json_t *o, const char *key, const json_t **out)
{
	const json_t *v = json_object_get(o, key);

	*out = NULL;
	if (!json_is_object(v)) {
		return ERR_FORMAT;
	}
	*out = v;
	return OK;
}

static int
json_to_buf(const char *p, size_t len, void *arg)
{
	struct buf *out = arg;

	buf_put(out, p, len);
	return out->failed ? -1 : 0;
}

enum err
json_write(const json_t *o, struct buf *out)
{
	json_setup();
	if (out->failed) {
		return ERR_LIMIT;
	}
	if (json_dump_callback(o, json_to_buf, out, JSON_COMPACT) != 0) {
		return out->failed ? ERR_LIMIT : ERR_USAGE;
	}
	buf_u8(out, '\n');
	return out->failed ? ERR_LIMIT : OK;
}
