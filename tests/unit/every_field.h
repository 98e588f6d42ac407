/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Breaks a good JSON document in every member in turn, at any depth: left
 * out, of every other kind, a number at its ends, hexadecimal, days, weeks and
 * keys that are almost right, a key that nobody knows. A parser says
 * ERR_FORMAT or ERR_VERSION to each, so that no later check, as of a
 * signature, hides that an earlier one is missing; but what the test names as
 * "/path how".
 */
#ifndef MELDLUIK_TEST_EVERY_FIELD_H
#define MELDLUIK_TEST_EVERY_FIELD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meldluik/json.h"

/* Signs the document if it must be signed, and parses it */
typedef enum err (*field_judge)(const char *p, size_t len);

struct field_walk {
	json_t *root;
	field_judge judge;
	const char *const *may; /* NULL-ended */
	unsigned broken;
};

static void
field_try(struct field_walk *w, const char *path, const char *how, bool good)
{
	char name[300], *text = json_dumps(w->root, JSON_COMPACT);
	enum err e = w->judge(text, strlen(text));

	snprintf(name, sizeof(name), "%s %s", path, how);
	for (size_t i = 0; w->may[i] != NULL; i++) {
		good |= strcmp(w->may[i], name) == 0;
	}
	if (good ? e != OK : e != ERR_FORMAT && e != ERR_VERSION) {
		fail_msg("%s: %s", name, err_text(e));
	}
	w->broken += !good;
	free(text);
}

/* ${v} in the place of member ${key}, or of element ${i} where key is NULL */
static void
field_put(json_t *o, const char *key, size_t i, json_t *v)
{
	if (key != NULL) {
		json_object_set_new(o, key, v);
	} else {
		json_array_set_new(o, i, v);
	}
}

static bool
field_is_hex(const char *s)
{
	return strlen(s) >= 16 && strspn(s, "0123456789abcdef") == strlen(s);
}

static bool
field_is_day(const char *s)
{
	return strlen(s) == 10 && s[4] == '-' && s[7] == '-' &&
	    strspn(s, "0123456789-") == 10;
}

static bool
field_is_week(const char *s)
{
	return strlen(s) == 8 && memcmp(s + 4, "-W", 2) == 0;
}

static bool
field_is_key(const char *s)
{
	return strlen(s) == 56 && memcmp(s, "RW", 2) == 0;
}

/* Almost the string ${s}: returns the name of the ${n}-th way, or NULL */
static const char *
field_near(const char *s, unsigned n, char out[4096])
{
	static const char *const hex[] = {"short", "long", "upper", "no hex"};
	static const char *const day[] = {"day 0", "month 13", "no day"};
	size_t len = strlen(s);

	if (len + 3 > 4096) {
		return NULL;
	}
	strcpy(out, s);
	if (field_is_hex(s)) {
		switch (n) {
		case 0: out[len - 2] = '\0'; break;
		case 1: strcat(out, "00"); break;
		case 2: out[len - 1] = 'A'; break;
		case 3: out[0] = 'g'; break;
		default: return NULL;
		}
		return hex[n];
	}
	if (field_is_day(s)) {
		switch (n) {
		case 0: memcpy(out + 8, "00", 2); break;
		case 1: memcpy(out + 5, "13", 2); break;
		case 2: out[4] = '/'; break;
		default: return NULL;
		}
		return day[n];
	}
	if (field_is_week(s) && n == 0) {
		memcpy(out + 6, "60", 2);
		return "week 60";
	}
	if (field_is_key(s) && n == 0) {
		out[8] = out[8] == 'A' ? 'B' : 'A';
		return "another key id";
	}
	return NULL;
}

static void field_walk(struct field_walk *w, json_t *v, const char *path);

static void
field_one(struct field_walk *w, json_t *o, const char *key, size_t i,
    json_t *v, const char *path)
{
	static const struct {
		const char *how;
		json_type type;
		const char *text;
	} other[] = {
		{"null", JSON_NULL, "null"}, {"true", JSON_TRUE, "true"},
		{"number", JSON_INTEGER, "1"}, {"text", JSON_STRING, "\"1\""},
		{"list", JSON_ARRAY, "[]"}, {"object", JSON_OBJECT, "{}"},
	};
	char near[4096];
	const char *how;

	json_incref(v);
	if (key != NULL) {
		json_object_del(o, key);
		field_try(w, path, "left out", false);
	}
	for (size_t k = 0; k < sizeof(other) / sizeof(*other); k++) {
		if (other[k].type != json_typeof(v)) {
			field_put(o, key, i, json_loads(other[k].text,
			    JSON_DECODE_ANY, NULL));
			field_try(w, path, other[k].how, false);
		}
	}
	if (json_is_integer(v)) {
		field_put(o, key, i, json_integer(0));
		field_try(w, path, "zero", json_integer_value(v) == 0);
		field_put(o, key, i, json_integer(9007199254740991));
		field_try(w, path, "largest", false);
	}
	for (unsigned n = 0; json_is_string(v) && (how =
	    field_near(json_string_value(v), n, near)) != NULL; n++) {
		field_put(o, key, i, json_string(near));
		field_try(w, path, how, false);
	}
	field_put(o, key, i, json_incref(v));
	field_walk(w, v, path);
	json_decref(v);
}

static void
field_walk(struct field_walk *w, json_t *v, const char *path)
{
	char below[200], *name[64];
	const char *key;
	json_t *sub;
	size_t i, n = 0;

	if (json_is_object(v)) {
		json_object_set_new(v, "unknown", json_integer(1));
		field_try(w, path, "unknown key", false);
		json_object_del(v, "unknown");
		json_object_foreach(v, key, sub) {
			name[n++] = strdup(key);
		}
	}
	for (i = 0; i < n; i++) {
		snprintf(below, sizeof(below), "%s/%s", path, name[i]);
		field_one(w, v, name[i], 0, json_object_get(v, name[i]),
		    below);
		free(name[i]);
	}
	json_array_foreach(v, i, sub) {
		snprintf(below, sizeof(below), "%s/%zu", path, i);
		field_one(w, v, NULL, i, sub, below);
	}
}

/* How many ways there were to break it */
static inline unsigned
every_field(const char *doc, size_t len, field_judge judge,
    const char *const *may)
{
	struct field_walk w = {.judge = judge, .may = may};

	w.root = json_loadb(doc, len, 0, NULL);
	if (w.root == NULL) {
		fail_msg("not JSON");
	}
	field_try(&w, "", "as it is", true);
	json_object_set_new(w.root, "x_later", json_integer(1));
	field_try(&w, "", "a key that is ignored", true);
	json_object_del(w.root, "x_later");
	field_walk(&w, w.root, "");
	field_try(&w, "", "put right again", true);
	json_decref(w.root);
	return w.broken;
}

#endif
