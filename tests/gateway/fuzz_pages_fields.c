/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The urlencoded form: what is taken is UTF-8 without NUL or CR, and written
 * again it reads the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meldluik/secret.h"
#include "meldluik/fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static void
again(const struct fields *f)
{
	struct buf b = buf_new(8u << 20);
	struct fields *g = fields_new();
	const char *name;
	char hex[4];

	if (g == NULL) {
		exit(0);
	}
	for (unsigned i = 0; (name = fields_name(f, i)) != NULL; i++) {
		const char *v = fields_get(f, name);
		size_t n = fields_len(f, name);

		if (strlen(v) != n || strchr(v, '\r') != NULL ||
		    (n > 0 && !utf8_valid(v, n))) {
			abort();
		}
		buf_text(&b, i == 0 ? "" : "&");
		buf_text(&b, name);
		buf_text(&b, "=");
		for (size_t j = 0; j < n; j++) {
			(void)snprintf(hex, sizeof(hex), "%%%02X",
			    (unsigned)(uint8_t)v[j]);
			buf_text(&b, hex);
		}
	}
	if (b.len <= FIELDS_BYTES) {
		if (form_urlencoded(b.p, b.len, g) != OK) {
			abort();
		}
		for (unsigned i = 0; (name = fields_name(f, i)) != NULL;
		    i++) {
			if (strcmp(fields_get(f, name),
			    fields_get(g, name)) != 0) {
				abort();
			}
		}
	}
	fields_free(g);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct fields *f;

	if (secret_setup() != OK || (f = fields_new()) == NULL) {
		return 0;
	}
	if (form_urlencoded(p, len, f) == OK) {
		again(f);
	}
	fields_free(f);
	return 0;
}
