/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `keyset`: show it, print its fingerprint, change it (identity key only),
 * and carry it between machines. `holder request` and `rotate` make the keys
 * that it names.
 */
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "founding.h"
#include "newgateway.h"
#include "pagesign.h"
#include "terminal.h"
#include "verbs.h"
#include "weeks.h"

#define KEYSET_MONTHS 13

static json_t *
keyset_json(const struct desk *d, struct org_blocks *blocks)
{
	const struct keyset *k = d->keyset;
	char text[FINGERPRINT_TEXT];
	json_t *o = json_object(), *list = json_array(), *weeks;

	event_hex(o, "org", k->org, ORG_LEN);
	json_object_set_new(o, "organisation", json_string(k->organisation));
	json_object_set_new(o, "serial", json_integer((json_int_t)k->serial));
	event_hex(o, "sha256", k->hash, HASH_LEN);
	event_day(o, "day", k->day);
	event_day(o, "not_after", k->not_after);
	sign_fingerprint(&k->identity, text);
	json_object_set_new(o, "fingerprint", json_string(text));
	if (k->has_gateway) {
		sign_fingerprint(&k->gateway, text);
		json_object_set_new(o, "gateway", json_string(text));
		json_object_set_new(o, "generation",
		    json_integer((json_int_t)k->generation));
		json_object_set_new(o, "onion", json_string(k->onion));
		json_object_set_new(o, "https", json_string(k->https));
	}
	if (k->has_release) {
		char key[SIGN_KEY_TEXT];
		sign_program_pk_text(&k->release, key);
		json_object_set_new(o, "release", json_string(key));
	}
	for (unsigned i = 0; i < k->desks; i++) {
		json_t *desk = json_object();
		json_object_set_new(desk, "number",
		    json_integer(k->desk[i].number));
		json_object_set_new(desk, "id", json_string(k->desk[i].id));
		json_object_set_new(desk, "holders",
		    json_integer(keyset_holders(k, k->desk[i].number)));
		json_array_append_new(list, desk);
	}
	json_object_set_new(o, "desks", list);
	list = json_array();
	for (unsigned i = 0; i < k->people; i++) {
		json_t *person = json_object();
		json_object_set_new(person, "id",
		    json_string(k->person[i].id));
		json_object_set_new(person, "desk",
		    json_integer(k->person[i].desk));
		json_object_set_new(person, "role", json_string(
		    k->person[i].role == PERSON_HOLDER ? "holder" :
		    "approver"));
		sign_fingerprint(&k->person[i].key, text);
		json_object_set_new(person, "fingerprint",
		    json_string(text));
		json_array_append_new(list, person);
	}
	json_object_set_new(o, "people", list);
	weeks = json_array();
	for (int i = 0; i < WEEKS_MADE; i++) {
		day_t week = week_of(d->today) + 7 * i;
		struct buf b = buf_new(KEYSET_MAX);
		const struct keyset_person *lacks;
		char name[WEEK_TEXT];
		if (blocks_epoch(blocks, k, week, &b, &lacks) == OK) {
			week_text(week, name);
			json_array_append_new(weeks, json_string(name));
		}
		buf_free(&b);
	}
	json_object_set_new(o, "weeks", weeks);
	return o;
}

static void
keyset_print(const struct desk *d, const json_t *o)
{
	const struct keyset *k = d->keyset;
	char text[FINGERPRINT_TEXT], until[DAY_TEXT];

	day_text(k->not_after, until);
	sign_fingerprint(&k->identity, text);
	printf("Organisation  ");
	terminal_word(stdout, k->organisation);
	printf("\nFingerprint   %s\nKeyset        %llu, valid until %s%s\n",
	    text, (unsigned long long)k->serial, until,
	    keyset_expired(k, d->today) ? " (EXPIRED: `keyset --renew`)" :
	    "");
	if (k->has_gateway) {
		sign_fingerprint(&k->gateway, text);
		printf("Gateway       %s\n", text);
	} else {
		printf("Gateway       none yet\n");
	}
	if (k->has_release) {
		char key[SIGN_KEY_TEXT];
		sign_program_pk_text(&k->release, key);
		printf("Release key   %s\n", key);
	}
	for (unsigned i = 0; i < k->desks; i++) {
		printf("Desk %-2u       ", k->desk[i].number);
		terminal_word(stdout, keyset_desk_name(&k->desk[i], "en"));
		printf(" (%s), %u holder(s)\n", k->desk[i].id,
		    keyset_holders(k, k->desk[i].number));
	}
	for (unsigned i = 0; i < k->people; i++) {
		sign_fingerprint(&k->person[i].key, text);
		printf("  %-16s desk %u  %s\n", k->person[i].id,
		    k->person[i].desk, text);
	}
	printf("Weeks with keys of every holder: %zu\n",
	    json_array_size(json_object_get(o, "weeks")));
}

static enum err
keyset_show(struct desk *d)
{
	struct org_blocks blocks = {NULL, 0, 0};
	enum err e = blocks_load(d, &blocks);
	json_t *o = e == OK ? keyset_json(d, &blocks) : NULL;

	if (o != NULL && d->json) {
		print_json(o);
		o = NULL; /* transferred */
	} else if (o != NULL) {
		keyset_print(d, o);
	}
	json_decref(o);
	blocks_free(&blocks);
	return e;
}

struct keyset_wish {
	const char *card, *page, *release, *holder, *accept, *publish,
	    *fingerprint, *request;
	bool renew;
};

static enum err
keyset_change(struct desk *d, const struct keyset_wish *w)
{
	struct keyset *k = malloc(sizeof *k);
	size_t request = NOT_FOUND;
	enum err e = OK;

	if (k == NULL) {
		return ERR_MEMORY;
	}
	*k = *d->keyset;
	if (w->card != NULL) {
		e = newgateway_take(d, w->card, w->request, k, &request);
	}
	if (e == OK && w->release != NULL) {
		e = pagesign_release(d, w->release, w->page, k);
	}
	if (e == OK && w->renew) {
		k->not_after = day_add_months(d->today, KEYSET_MONTHS);
	}
	if (e == OK) {
		e = org_keyset_save(d, k);
	}
	if (e == OK) {
		e = journal_keyset(d);
	}
	if (e == OK) {
		e = newgateway_done(d, request);
	}
	free(k);
	return e;
}

static enum err
keyset_work(struct desk *d, const struct keyset_wish *w)
{
	enum err e;

	if (w->accept != NULL) {
		e = org_accept(d, w->accept, w->fingerprint);
		if (e != OK) {
			say_error("the keyset in %s cannot be accepted: %s",
			    w->accept, err_text(e));
		}
		if (e == OK) {
			e = journal_keyset(d);
		}
		return e == OK ? weeks_note_accept(d, w->accept) : e;
	}
	e = desk_keyset_need(d);
	if (e == OK && (w->card != NULL || w->release != NULL || w->renew)) {
		e = keyset_change(d, w);
	}
	if (e == OK && w->holder != NULL) {
		e = request_file_take(d, w->holder, false);
	}
	if (e == OK && w->page != NULL) {
		e = pagesign_take(d, w->page);
	}
	if (e == OK && w->publish != NULL) {
		e = org_publish(d, w->publish);
		if (e == OK) {
			e = weeks_note_publish(d, w->publish);
		}
		if (e != OK && e != ERR_STALE) {
			say_error("cannot write to %s: %s", w->publish,
			    err_text(e));
		}
	}
	return e;
}

/* What is not done is never taken for done: --accept takes another's keyset
 * and changes nothing of it */
static bool
wish_fits(const struct keyset_wish *w)
{
	if (w->accept != NULL && (w->card != NULL || w->page != NULL ||
	    w->release != NULL || w->holder != NULL || w->publish != NULL ||
	    w->renew)) {
		say_error("--accept goes with --fingerprint only: give the "
		    "rest in a `keyset` of its own, after it");
		return false;
	}
	if (w->accept == NULL && w->fingerprint != NULL) {
		say_error("--fingerprint goes with --accept");
		return false;
	}
	if (w->card == NULL && w->request != NULL) {
		say_error("--request goes with --card");
		return false;
	}
	return true;
}

int
verb_keyset(struct desk *d, int argc, char **argv)
{
	struct keyset_wish w = {.renew = false};
	const char *word = NULL;
	char print[FINGERPRINT_TEXT];
	unsigned words = 0;
	struct option_rule rules[] = {
		{.name = "card", .value = &w.card},
		{.name = "page", .value = &w.page},
		{.name = "release", .value = &w.release},
		{.name = "add-holder", .value = &w.holder},
		{.name = "accept", .value = &w.accept},
		{.name = "publish", .value = &w.publish},
		{.name = "fingerprint", .value = &w.fingerprint},
		{.name = "request", .value = &w.request},
		{.name = "renew", .flag = &w.renew},
		SHARE_RULE(d),
	};
	enum err e;

	if (!options_take(argc, argv, rules, sizeof rules / sizeof *rules,
	    &word, 1, &words)) {
		return EXIT_USAGE;
	}
	if (words == 1 && strcmp(word, "show") != 0 && strcmp(word,
	    "fingerprint") != 0 && strcmp(word, "calendar") != 0) {
		say_error("`keyset` knows `show`, `fingerprint` and "
		    "`calendar`");
		return EXIT_USAGE;
	}
	if (!wish_fits(&w)) {
		return EXIT_USAGE;
	}
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK) {
		e = keyset_work(d, &w);
	}
	if (e == OK && words == 1 && strcmp(word, "calendar") == 0) {
		e = calendar_show(d);
	} else if (e == OK && words == 1 && strcmp(word, "fingerprint") == 0 &&
	    !d->json) {
		sign_fingerprint(&d->keyset->identity, print);
		printf("%s\n", print);
	} else if (e == OK) {
		e = keyset_show(d);
	}
	return exit_of(e);
}
