/* SPDX-License-Identifier: EUPL-1.2 */
/* The profile of the organisation, and the words of --relation in it. */
#include <string.h>

#include "law.h"
#include "meldluik/taxonomy.h"
#include "shown.h"

enum err
law_open(const struct keyset *k, struct law *l)
{
	enum err e;

	memset(l, 0, sizeof(*l));
	e = profile_builtin("nl", &l->nl);
	if (e == OK) {
		e = profile_builtin("eu", &l->eu);
	}
	if (e == OK) {
		l->p = keyset_profile(k, l->nl, l->eu);
	}
	return e;
}

void
law_close(struct law *l)
{
	profile_free(l->nl);
	profile_free(l->eu);
}

enum err
relation_good(const struct keyset *k, const char *word, const char *lang)
{
	const struct vocabulary *v;
	struct law l;
	enum err e = law_open(k, &l);

	if (e != OK) {
		say("the profile cannot be read: %s", err_text(e));
		goto out;
	}
	v = taxonomy_find(l.p, "reporter");
	if (v != NULL && vocabulary_index(v, word) >= 0) {
		goto out;
	}
	e = ERR_USAGE;
	say("--relation: there is no \"%.*s\"", (int)strnlen(word, SAID_MAX),
	    word);
	say("--relation takes what you are to the organisation:");
	for (size_t i = 0; v != NULL && i < vocabulary_count(v); i++) {
		say("  %-22s %s", vocabulary_code(v, i),
		    vocabulary_label(v, i, NULL, lang));
	}
out:
	law_close(&l);
	return e;
}
