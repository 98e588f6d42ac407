/* SPDX-License-Identifier: EUPL-1.2 */
/* Days, weeks, keys and addresses as fields of JSON documents. */
#include <string.h>

#include "keyset_private.h"

enum err
json_copy_field(const json_t *o, const char *key, size_t min, char *out,
    size_t size)
{
	const char *s = NULL;
	enum err e = json_string_field(o, key, min, size - 1, &s);

	if (e == OK) {
		memset(out, 0, size);
		memcpy(out, s, strlen(s));
	}
	return e;
}

enum err
json_day_field(const json_t *o, const char *key, day_t *out)
{
	const char *s = NULL;
	enum err e = json_string_field(o, key, 10, 10, &s);

	return e != OK ? e : day_parse(s, out);
}

enum err
json_week_field(const json_t *o, const char *key, day_t *out)
{
	const char *s = NULL;
	enum err e = json_string_field(o, key, 8, 8, &s);

	return e != OK ? e : week_parse(s, out);
}

enum err
json_key_field(const json_t *o, const char *key, bool may_be_empty,
    bool *has, struct sign_pk *out)
{
	const char *s = NULL;
	enum err e = json_string_field(o, key, may_be_empty ? 0 : 1,
	    SIGN_KEY_TEXT, &s);

	if (e == OK && s[0] != 0) {
		e = sign_pk_parse(s, out);
	}
	if (e == OK && has != NULL) {
		*has = s[0] != 0;
	}
	return e;
}

bool
keyset_url_ok(const char *s)
{
	if (s[0] == 0) {
		return true;
	}
	if (strncmp(s, "http://", 7) != 0 && strncmp(s, "https://", 8) != 0) {
		return false;
	}
	for (; *s != 0; s++) {
		if (*s < 33 || *s > 126 || *s == '"' || *s == '<' ||
		    *s == '>' || *s == '\\') {
			return false;
		}
	}
	return true;
}

enum err
json_addresses_field(const json_t *o, char onion[KEYSET_URL],
    char https[KEYSET_URL])
{
	static const char *const keys[] = {"onion", "https", NULL};
	const json_t *a = NULL;
	enum err e;

	if ((e = json_object_field(o, "addresses", &a)) != OK ||
	    (e = json_keys(a, keys)) != OK ||
	    (e = json_copy_field(a, "onion", 0, onion, KEYSET_URL)) != OK ||
	    (e = json_copy_field(a, "https", 0, https, KEYSET_URL)) != OK) {
		return e;
	}
	return keyset_url_ok(onion) && keyset_url_ok(https) ? OK : ERR_FORMAT;
}

json_t *
json_hex(const uint8_t *p, size_t len)
{
	char text[2 * 64 + 1];

	if (len > 64) {
		return NULL;
	}
	hex_encode(p, len, text);
	return json_string(text);
}

json_t *
json_day(day_t d)
{
	char text[DAY_TEXT];

	day_text(d, text);
	return json_string(text);
}

json_t *
json_week(day_t monday)
{
	char text[WEEK_TEXT];

	week_text(monday, text);
	return json_string(text);
}

json_t *
json_key(const struct sign_pk *pk)
{
	char text[SIGN_KEY_TEXT] = "";

	if (pk != NULL) {
		sign_pk_text(pk, text);
	}
	return json_string(text);
}

enum err
json_finish(json_t *o, size_t max, struct buf *out)
{
	size_t before = out->len;
	enum err e = o == NULL ? ERR_MEMORY : json_write(o, out);

	json_decref(o);
	if (e == OK && out->len - before > max) {
		e = ERR_LIMIT;
	}
	return e;
}
