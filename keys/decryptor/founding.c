/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * New homes. Order matters: the keyring is written before anything names its
 * public keys, so no published key can be without its private half.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "founding.h"
#include "meldluik/routing.h"
#include "terminal.h"

#define KEYSET_MONTHS 13 /* FORMAT.md section 6 */

enum err
founding_home(struct desk *d, const uint8_t *org, unsigned desk,
    const char *person, enum person_role role, bool founder)
{
	struct org_blocks blocks = {NULL, 0, 0};
	struct sign_pk pk;
	json_t *event;
	enum err e = OK;

	d->ring = keyring_new();
	if (d->ring == NULL) {
		return ERR_MEMORY;
	}
	if (org != NULL) {
		memcpy(d->ring->org, org, ORG_LEN);
	} else {
		randombytes_buf(d->ring->org, ORG_LEN);
	}
	strcpy(d->ring->person, person);
	d->ring->desk = desk;
	d->ring->role = role;
	sign_keypair(d->ring->operational, &pk);
	dice_mix(d, d->ring->operational, SIGN_SEED);
	randombytes_buf(d->ring->casebook, sizeof d->ring->casebook);
	dice_mix(d, d->ring->casebook, sizeof d->ring->casebook);
	if (founder) {
		d->ring->has_identity = true;
		sign_keypair(d->ring->identity, &pk);
		dice_mix(d, d->ring->identity, SIGN_SEED);
	}
	/* an approver signs and reads nothing sealed: no weeks */
	e = blocks_own(d, week_of(d->today), role == PERSON_HOLDER ?
	    WEEKS_MADE : 0, &blocks);
	if (e == OK) {
		e = casebook_create(d->dir, d->home, d->ring->casebook);
	}
	if (e == OK) {
		e = keyringfile_save(d);
	}
	if (e == OK) {
		e = blocks_save(d, &blocks);
	}
	if (e == OK) {
		e = casebook_open(d->dir, d->home, d->ring->casebook,
		    &d->book);
	}
	if (e == OK && (d->state = state_new()) == NULL) {
		e = ERR_MEMORY;
	}
	if (e == OK) {
		event = event_new(d, "init");
		json_object_set_new(event, "person", json_string(person));
		json_object_set_new(event, "desk", json_integer(desk));
		json_object_set_new(event, "tenure", json_integer(1));
		if (d->rehearsal) {
			json_object_set_new(event, "rehearsal", json_true());
		}
		e = desk_record(d, event);
	}
	if (e != OK) {
		say_error("the desk could not be made in %s: %s", d->home,
		    err_text(e));
	}
	blocks_free(&blocks);
	return e;
}

enum err
founding_desk(struct desk *d, struct keyset *k, unsigned number)
{
	static const char *const languages[] = {"nl", "en"};
	struct keyset_desk *desk;
	struct route_desk proposed;
	enum err e = desk_policy(d);
	size_t i = 0;

	if (e != OK || keyset_desk(k, number) != NULL) {
		return e;
	}
	if (k->desks == KEYSET_DESKS_MAX) {
		return ERR_FULL;
	}
	while (i < routing_default_desks(d->profile) &&
	    routing_default_desk(d->profile, i).number != number) {
		i++;
	}
	if (i == routing_default_desks(d->profile)) {
		say_error("the rules for this country propose no desk %u",
		    number);
		return ERR_UNKNOWN;
	}
	proposed = routing_default_desk(d->profile, i);
	if (strlen(proposed.id) >= KEYSET_ID ||
	    proposed.must_not_reads > KEYSET_ROLES) {
		return ERR_LIMIT;
	}
	desk = &k->desk[k->desks];
	memset(desk, 0, sizeof *desk);
	desk->number = number;
	strcpy(desk->id, proposed.id);
	for (unsigned l = 0; l < 2; l++) {
		const char *name = routing_desk_label(d->profile, i,
		    languages[l]);
		if (strlen(name) >= KEYSET_NAME) {
			return ERR_LIMIT;
		}
		strcpy(desk->name[l].language, languages[l]);
		strcpy(desk->name[l].name, name);
		desk->names++;
	}
	for (size_t r = 0; r < proposed.must_not_reads; r++) {
		if (strlen(proposed.must_not_read[r]) >= KEYSET_ID) {
			return ERR_LIMIT;
		}
		strcpy(desk->not_about[desk->not_abouts++],
		    proposed.must_not_read[r]);
	}
	k->desks++;
	return OK;
}

enum err
founding_keyset(struct desk *d, const char *organisation,
    const struct card *card)
{
	struct keyset *k = calloc(1, sizeof *k);
	enum err e = k == NULL ? ERR_MEMORY : OK;

	if (e == OK) {
		memcpy(k->org, d->ring->org, ORG_LEN);
		strcpy(k->organisation, organisation);
		k->not_after = day_add_months(d->today, KEYSET_MONTHS);
		k->generation = 1;
		if (card != NULL) {
			k->has_gateway = true;
			k->gateway = card->key;
			k->generation = card->generation;
			memcpy(k->onion, card->onion, sizeof k->onion);
			memcpy(k->https, card->https, sizeof k->https);
		}
		k->people = 1;
		strcpy(k->person[0].id, d->ring->person);
		k->person[0].desk = d->ring->desk;
		k->person[0].role = PERSON_HOLDER;
		sign_pk_of(d->ring->operational, &k->person[0].key);
		e = founding_desk(d, k, d->ring->desk);
	}
	if (e == OK) {
		e = org_keyset_save(d, k);
	}
	free(k);
	return e;
}

enum err
founding_first(struct desk *d, unsigned number, const char *person,
    const char *organisation, const struct card *card)
{
	enum err e = desk_make(d);

	if (e == OK) {
		e = founding_home(d, NULL, number, person, PERSON_HOLDER,
		    true);
	}
	if (e == OK) {
		e = founding_keyset(d, organisation, card);
	}
	return e == OK ? journal_keyset(d) : e;
}
