/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Loads a profile: strict JSON in, checked tree out. What a section may hold
 * is checked by the module that reads it, all before anything is used.
 */
#include <stdlib.h>
#include <string.h>

#include "embedded.h"
#include "profile_private.h"

#define LABEL_MAX 512

const char *
json_text(const json_t *o, const char *key, const char *otherwise)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? otherwise : s;
}

const char *
json_label(const json_t *o, const char *lang, const char *otherwise)
{
	const char *s = lang == NULL ? NULL : json_text(o, lang, NULL);

	return s != NULL ? s : json_text(o, "en", otherwise);
}

bool
json_holds(const json_t *list, const char *s)
{
	size_t i;
	json_t *item;

	json_array_foreach (list, i, item) {
		if (strcmp(json_string_value(item), s) == 0) {
			return true;
		}
	}
	return false;
}

bool
json_has_text(const json_t *o, const char *key, size_t max)
{
	const json_t *s = json_object_get(o, key);
	size_t len = json_string_length(s);

	/* A NUL inside would make C see another text than the reader. */
	return json_is_string(s) && len > 0 && len <= max &&
	    strlen(json_string_value(s)) == len;
}

bool
json_has_labels(const json_t *o)
{
	return json_has_text(o, "nl", LABEL_MAX) &&
	    json_has_text(o, "en", LABEL_MAX);
}

bool
json_is_strings(const json_t *list, size_t max)
{
	size_t i;
	json_t *item;

	if (!json_is_array(list) || json_array_size(list) > max) {
		return false;
	}
	json_array_foreach (list, i, item) {
		if (!json_is_string(item) || json_string_length(item) == 0 ||
		    strlen(json_string_value(item)) !=
		    json_string_length(item)) {
			return false;
		}
	}
	return true;
}

enum err
policy_data(const char *name, struct bytes *out)
{
	for (const struct embedded *e = policy_embedded; e->name != NULL;
	    e++) {
		if (strcmp(e->name, name) == 0) {
			*out = (struct bytes){ e->p, e->len };
			return OK;
		}
	}
	return ERR_UNKNOWN;
}

static enum err
parse(const void *p, size_t len, json_t **out)
{
	json_t *root;

	if (len > PROFILE_MAX) {
		return ERR_LIMIT;
	}
	root = json_loadb(p, len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(root)) {
		json_decref(root);
		return ERR_FORMAT;
	}
	*out = root;
	return OK;
}

/* Lays ${over} on ${base}: whole sections, but vocabularies and rules name
 * by name */
static enum err
lay_over(json_t *base, json_t *over)
{
	const char *key;
	json_t *value, *below;
	int failed;

	json_object_foreach (over, key, value) {
		below = json_object_get(base, key);
		if ((strcmp(key, "vocabularies") == 0 ||
		    strcmp(key, "rules") == 0)) {
			if (!json_is_object(value)) {
				return ERR_FORMAT;
			}
			failed = json_object_update(below, value);
		} else {
			failed = json_object_set(base, key, value);
		}
		if (failed != 0) {
			return ERR_MEMORY;
		}
	}
	return OK;
}

/* Replaces ${root} by the profile it extends with itself laid over it */
static enum err
extend(json_t **root)
{
	json_t *base = NULL;
	struct bytes bytes;
	char file[16] = "";
	const char *name;
	enum err e;

	name = json_text(*root, "extends", "");
	if (strlen(name) < 1 || strlen(name) > 8) {
		return ERR_UNKNOWN;
	}
	strcat(strcat(file, name), ".json");
	e = policy_data(file, &bytes);
	if (e == OK) {
		e = parse(bytes.p, bytes.len, &base);
	}
	if (e == OK && json_object_get(base, "extends") != NULL) {
		e = extend(&base);
	}
	if (e == OK) {
		e = lay_over(base, *root);
	}
	if (e == OK) {
		json_object_del(base, "extends");
		json_decref(*root);
		*root = base;
		base = NULL; /* transferred */
	}
	json_decref(base);
	return e;
}

static enum err
check(struct profile *p)
{
	enum err e = OK;

	if (!json_has_text(p->root, "profile", CODE_TEXT_MAX) ||
	    !json_is_boolean(json_object_get(p->root, "external"))) {
		return ERR_FORMAT;
	}
	p->external = json_is_true(json_object_get(p->root, "external"));
	e = e == OK ? taxonomy_check(p) : e;
	e = e == OK ? clocks_check(p) : e;
	e = e == OK ? rules_check(p) : e;
	e = e == OK ? routing_data_check(p) : e;
	e = e == OK ? casestate_check(p) : e;
	e = e == OK ? retention_check(p) : e;
	e = e == OK ? forward_data_check(p) : e;
	e = e == OK ? annual_check(p) : e;
	return e;
}

enum err
profile_load(const void *json, size_t len, struct profile **out)
{
	struct profile *p;
	enum err e;

	p = calloc(1, sizeof *p);
	if (p == NULL) {
		return ERR_MEMORY;
	}
	e = parse(json, len, &p->root);
	if (e == OK && json_object_get(p->root, "extends") != NULL) {
		e = extend(&p->root);
	}
	if (e == OK) {
		e = check(p);
	}
	if (e == OK) {
		*out = p;
		p = NULL; /* transferred */
	}
	profile_free(p);
	return e;
}

enum err
profile_builtin(const char *name, struct profile **out)
{
	struct bytes bytes;
	char file[16] = "";
	enum err e;

	if (strlen(name) < 1 || strlen(name) > 8) {
		return ERR_UNKNOWN;
	}
	strcat(strcat(file, name), ".json");
	e = policy_data(file, &bytes);
	return e == OK ? profile_load(bytes.p, bytes.len, out) : e;
}

void
profile_free(struct profile *p)
{
	if (p != NULL) {
		json_decref(p->root);
		free(p);
	}
}

const char *
profile_name(const struct profile *p)
{
	return json_text(p->root, "profile", "");
}

bool
profile_external(const struct profile *p)
{
	return p->external;
}
