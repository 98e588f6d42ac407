/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * sharetool KEYRING.json PAPERS.json DIR: what a ceremony leaves, without its
 * dialogue: papers.json with a set of identity and one of backup key, 2 of 3,
 * and the sheets DIR/identity-N, DIR/backup-N; DIR/other-N are of another
 * backup set, DIR/foreign-N of another identity.
 */
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "meldluik/age.h"
#include "meldluik/json.h"
#include "meldluik/secret.h"
#include "meldluik/shares.h"

#define N 3u

static const char *top;

static json_t *
split(const char *name, enum share_kind kind, const uint8_t seed[32])
{
	struct share s[SHARES_MAX];
	json_t *set = json_object(), *sheets = json_array();
	char path[1024], text[SHARE_TEXT], hex[2 * SHARE_COMMIT + 1];

	if (shares_split(kind, 2, N, seed, s) != OK) {
		return NULL;
	}
	for (unsigned i = 0; i < N; i++) {
		json_t *sheet = json_object();
		FILE *f;
		snprintf(path, sizeof path, "%s/%s-%u", top, name, i + 1);
		share_text(&s[i], text);
		f = fopen(path, "w");
		if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0) {
			return NULL;
		}
		hex_encode(s[i].commit[i], SHARE_COMMIT, hex);
		json_object_set_new(sheet, "commitment", json_string(hex));
		json_object_set_new(sheet, "keeper", json_string(""));
		json_array_append_new(sheets, sheet);
	}
	json_object_set_new(set, "kind", json_string(kind == SHARE_IDENTITY ?
	    "identity" : "backup"));
	json_object_set_new(set, "k", json_integer(2));
	json_object_set_new(set, "n", json_integer(N));
	json_object_set_new(set, "day", json_string("2026-11-24"));
	json_object_set_new(set, "sheets", sheets);
	return set;
}

int
main(int argc, char **argv)
{
	json_t *ring, *o = json_object(), *sets = json_array();
	uint8_t identity[32], backup[32], other[32];
	char recipient[AGE_RECIPIENT_TEXT + 1];
	struct age_recipient r;
	size_t got = 0;
	const char *text;

	if (argc != 4 || secret_setup() != OK) {
		return 2;
	}
	top = argv[3];
	ring = json_load_file(argv[1], 0, NULL);
	text = json_string_value(json_object_get(ring, "identity"));
	if (text == NULL || sodium_base642bin(identity, 32, text,
	    strlen(text), NULL, &got, NULL, sodium_base64_VARIANT_ORIGINAL) !=
	    0 || got != 32) {
		return 1;
	}
	randombytes_buf(backup, sizeof backup);
	randombytes_buf(other, sizeof other);
	if (age_identity_recipient(backup, &r) != OK) {
		return 1;
	}
	age_recipient_text(&r, recipient);
	json_decref(split("other", SHARE_BACKUP, other));
	json_decref(split("foreign", SHARE_IDENTITY, other));
	json_array_append_new(sets, split("identity", SHARE_IDENTITY,
	    identity));
	json_array_append_new(sets, split("backup", SHARE_BACKUP, backup));
	json_object_set_new(o, "type", json_string("meldluik-papers"));
	json_object_set_new(o, "version", json_integer(1));
	json_object_set(o, "org", json_object_get(ring, "org"));
	json_object_set_new(o, "backup", json_string(recipient));
	json_object_set_new(o, "sets", sets);
	got = (size_t)json_dump_file(o, argv[2], JSON_COMPACT);
	json_decref(ring);
	json_decref(o);
	return got == 0 ? 0 : 1;
}
