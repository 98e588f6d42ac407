/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The card of a gateway, taken into the keyset. The first one is the
 * founder's act. A gateway that was made anew has another key and the next
 * generation: whoever could bring in a card alone could bring in a gateway
 * alone, so two people sign for it, and what the old one listed and this
 * desk never read is named before.
 */
#include <stdio.h>
#include <string.h>

#include "acts_private.h"
#include "files.h"
#include "intake.h"
#include "newgateway.h"
#include "terminal.h"
#include "verbs.h"

static enum err
unread_count(const struct desk *d, unsigned *unread)
{
	enum err e = OK;

	*unread = 0;
	for (size_t i = 0; i < d->state->manifests && e == OK; i++) {
		struct inbound *m = NULL;
		if (d->state->manifest[i].complete) {
			continue;
		}
		e = manifest_load(d, &d->state->manifest[i], &m);
		for (size_t j = 0; e == OK && j < m->envelopes; j++) {
			*unread += !state_body_read(d->state,
			    m->envelope[j].sha256);
		}
		inbound_free(m);
	}
	return e;
}

/* Another key: the next generation, and two people */
static enum err
anew(struct desk *d, const struct keyset *k, const struct card *card,
    const char *file, size_t *request)
{
	char fingerprint[FINGERPRINT_TEXT], detail[DETAIL_TEXT];
	char summary[1024];
	unsigned unread;
	enum err e;

	sign_fingerprint(&card->key, fingerprint);
	if (card->generation <= k->generation) {
		say_error("this card is of another gateway, %s, of generation "
		    "%llu, and the keyset knows generation %llu. A gateway "
		    "that was made anew needs `generation = %llu` under "
		    "[store] in gateway.ini, before its first start",
		    fingerprint, (unsigned long long)card->generation,
		    (unsigned long long)k->generation,
		    (unsigned long long)k->generation + 1);
		return ERR_CONFLICT;
	}
	e = unread_count(d, &unread);
	if (e != OK) {
		say_error("the manifests cannot be read: %s", err_text(e));
		return e;
	}
	snprintf(detail, sizeof detail, "gateway-%llu-%s",
	    (unsigned long long)card->generation, fingerprint);
	snprintf(summary, sizeof summary, "Ga verder met een server die "
	    "opnieuw is gemaakt: %s, generatie %llu in plaats van %llu. Lees "
	    "dit met IT na. %u berichten in de lijsten van de oude zijn op "
	    "deze computer nooit gelezen: neem eerst elke stick in.\n\nGo on with a gateway that was made "
	    "anew: %s, generation %llu in the place of %llu. Read this out "
	    "with IT. %u bodies that the old one listed were never read on "
	    "this machine: import every stick before.", fingerprint,
	    (unsigned long long)card->generation,
	    (unsigned long long)k->generation, unread, fingerprint,
	    (unsigned long long)card->generation,
	    (unsigned long long)k->generation, unread);
	return verb_two_people(d, detail, summary, file, request);
}

enum err
newgateway_take(struct desk *d, const char *path, const char *file,
    struct keyset *k, size_t *request)
{
	struct buf b = buf_new(65536);
	struct card card;
	enum err e = file_read_path(path, &b);

	*request = NOT_FOUND;
	if (e == OK) {
		e = card_parse(b.p, b.len, &card);
	}
	buf_free(&b);
	if (e != OK) {
		say_error("the card cannot be used: %s", err_text(e));
		return e;
	}
	if (k->has_gateway && !sign_pk_equal(&k->gateway, &card.key)) {
		e = anew(d, k, &card, file, request);
	} else if (k->has_gateway && card.generation != k->generation) {
		/* a card is not signed: no receipt would agree any more */
		say_error("this card has the key that the keyset knows and "
		    "another generation: it was changed on the way");
		e = ERR_CONFLICT;
	}
	if (e == OK) {
		k->has_gateway = true;
		k->gateway = card.key;
		k->generation = card.generation;
		memcpy(k->onion, card.onion, sizeof k->onion);
		memcpy(k->https, card.https, sizeof k->https);
	}
	return e;
}

enum err
newgateway_done(struct desk *d, size_t request)
{
	enum err e;

	if (request == NOT_FOUND) {
		return OK;
	}
	e = casebook_begin(d->book);
	if (e != OK) {
		return e;
	}
	return desk_end(d, act_used_put(d, request));
}
