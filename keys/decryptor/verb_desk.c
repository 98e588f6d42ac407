/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `desk` and what `holder` does to the keyset: who joins, who leaves, which
 * desk answers for a retired one. Every change is a new keyset, signed with
 * the identity (of the keyring or of k sheets).
 */
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "founding.h"
#include "terminal.h"
#include "verbs.h"

enum err
request_file_take(struct desk *d, const char *file, bool replace)
{
	struct buf b = buf_new(REQUEST_MAX);
	enum err e = file_read_path(file, &b);

	if (e == OK) {
		e = request_take(d, b.p, b.len, replace);
	}
	if (e == ERR_CONFLICT) {
		say_error("that id already belongs to another key or desk; a "
		    "new key of the same person: `holder replace`");
	} else if (e == ERR_STALE) {
		say_error("the key in this request was revoked before");
	} else if (e != OK) {
		say_error("the request cannot be used: %s", e == ERR_POLICY ?
		    "that desk is retired, nobody joins it any more" :
		    err_text(e));
	}
	if (e == OK) {
		e = journal_keyset(d);
	}
	buf_free(&b);
	return e;
}

enum err
journal_keyset(struct desk *d)
{
	json_t *o = event_new(d, "keyset");

	event_hex(o, "sha256", d->keyset->hash, HASH_LEN);
	json_object_set_new(o, "serial",
	    json_integer((json_int_t)d->keyset->serial));
	return desk_record(d, o);
}

/* Takes person ${i} out of ${k}; the key never counts again */
static enum err
person_drop(struct keyset *k, unsigned i)
{
	enum err e = keyset_revoke(k, &k->person[i].key);

	if (e == OK) {
		memmove(&k->person[i], &k->person[i + 1], (k->people - i - 1) *
		    sizeof k->person[0]);
		k->people--;
	}
	return e;
}

static enum err
blocks_forget(struct desk *d, const struct keyset *k)
{
	struct org_blocks blocks = {NULL, 0, 0};
	enum err e = blocks_load(d, &blocks);
	size_t n = 0;

	for (size_t i = 0; e == OK && i < blocks.count; i++) {
		if (keyset_person(k, blocks.block[i].block.person) != NULL) {
			blocks.block[n++] = blocks.block[i];
		}
	}
	if (e == OK && n < blocks.count) {
		blocks.count = n;
		e = blocks_save(d, &blocks);
	}
	blocks_free(&blocks);
	return e;
}

static enum err
keyset_finish(struct desk *d, struct keyset *k)
{
	enum err e = org_keyset_save(d, k);

	if (e == OK) {
		e = journal_keyset(d);
	}
	return e == OK ? blocks_forget(d, d->keyset) : e;
}

enum err
holder_remove(struct desk *d, const char *id)
{
	struct keyset *k = malloc(sizeof *k);
	unsigned i = 0, desk;
	enum err e = OK;

	if (k == NULL) {
		return ERR_MEMORY;
	}
	*k = *d->keyset;
	while (i < k->people && strcmp(k->person[i].id, id) != 0) {
		i++;
	}
	if (i == k->people) {
		say_error("the keyset names nobody of that id; see `keyset`");
		e = ERR_UNKNOWN;
	} else if (strcmp(id, d->ring->person) == 0) {
		say_error("this is your own machine: another holder removes "
		    "you, on theirs");
		e = ERR_POLICY;
	} else if (k->person[i].role == PERSON_HOLDER &&
	    keyset_desk(k, k->person[i].desk)->successor == 0 &&
	    keyset_holders(k, k->person[i].desk) == 1) {
		say_error("this is the last holder of the desk: add a "
		    "successor first, or `desk retire`");
		e = ERR_POLICY;
	}
	if (e == OK) {
		desk = k->person[i].desk;
		e = person_drop(k, i);
		if (e == OK) {
			e = keyset_finish(d, k);
		}
		if (e == OK && !d->json) {
			printf("%s is out: no report of a later bundle is "
			    "sealed to that key any more.\nNext: `export`, "
			    "`keyset --publish` for the others%s.\n", id,
			    desk == d->ring->desk ? ", and `holder rekey --to "
			    "NEWHOME`, so that the\ncasebook key they may have "
			    "kept opens nothing new" : "");
		}
	}
	free(k);
	return e;
}

/* A later message says nothing of whom it is about: who takes over the codes
 * must be one who may read about everybody the desk might read about */
static enum err
heir_judge(const struct keyset_desk *from, const struct keyset_desk *to)
{
	const char *role = keyset_desk_barred(from, to);

	if (role == NULL) {
		return OK;
	}
	say_error("desk %u must not read about \"%s\", desk %u may: what "
	    "still comes to its codes would reach the people it is about. "
	    "Name another desk, or keep this one and give it new holders "
	    "(`holder add`)", to->number, role, from->number);
	return ERR_POLICY;
}

static enum err
desk_retire(struct desk *d, unsigned number, unsigned successor)
{
	struct keyset *k = malloc(sizeof *k);
	unsigned i = 0;
	enum err e = OK;

	if (k == NULL) {
		return ERR_MEMORY;
	}
	*k = *d->keyset;
	while (i < k->desks && k->desk[i].number != number) {
		i++;
	}
	if (i == k->desks || k->desk[i].successor != 0) {
		say_error("there is no such desk that still works");
		e = ERR_UNKNOWN;
	} else if (number == d->ring->desk) {
		say_error("this is your own desk: its successor retires it, "
		    "after everything here was handed over");
		e = ERR_POLICY;
	} else if (keyset_desk(k, successor) == NULL ||
	    keyset_desk(k, successor)->successor != 0 ||
	    successor == number) {
		say_error("the successor must be another desk that works");
		e = ERR_UNKNOWN;
	} else {
		e = heir_judge(&k->desk[i], keyset_desk(k, successor));
	}
	/* Its people stay for now: pages that are open seal to that desk still,
	 * and the successor takes a parcel of those only whom the keyset names */
	if (e == OK) {
		k->desk[i].successor = successor;
		e = keyset_finish(d, k);
	}
	if (e == OK && !d->json) {
		printf("Desk %u is retired; desk %u answers for its codes. "
		    "Next: `export`, `keyset --publish`.\n", number,
		    successor);
		retired_tell(d);
	}
	free(k);
	return e;
}

void
retired_tell(const struct desk *d)
{
	const struct keyset *k = d->keyset;

	for (unsigned i = 0; i < k->people; i++) {
		const struct keyset_person *p = &k->person[i];
		const struct keyset_desk *now = keyset_desk_now(k, p->desk);
		if (now != NULL && now->number != p->desk) {
			printf("%s of desk %u, which is retired, can still "
			    "hand over what reached it: import there, `recuse "
			    "--to %u`.\nAfter four weeks, when nothing is left "
			    "there: `holder remove %s`.\n", p->id, p->desk,
			    now->number, p->id);
		}
	}
}

static void
desks_json(const struct keyset *k)
{
	json_t *o = json_object(), *desks = json_array();

	for (unsigned i = 0; i < k->desks; i++) {
		json_t *desk = json_object(), *people = json_array();
		json_object_set_new(desk, "number",
		    json_integer(k->desk[i].number));
		json_object_set_new(desk, "id", json_string(k->desk[i].id));
		if (k->desk[i].successor != 0) {
			json_object_set_new(desk, "successor",
			    json_integer(k->desk[i].successor));
		}
		for (unsigned p = 0; p < k->people; p++) {
			if (k->person[p].desk == k->desk[i].number) {
				json_array_append_new(people, json_pack(
				    "{s:s, s:s}", "id", k->person[p].id,
				    "role", k->person[p].role ==
				    PERSON_HOLDER ? "holder" : "approver"));
			}
		}
		json_object_set_new(desk, "people", people);
		json_array_append_new(desks, desk);
	}
	json_object_set_new(o, "desks", desks);
	print_json(o);
}

static void
desks_show(const struct desk *d)
{
	const struct keyset *k = d->keyset;

	if (d->json) {
		desks_json(k);
		return;
	}
	for (unsigned i = 0; i < k->desks; i++) {
		printf("Desk %-2u %-16s ", k->desk[i].number, k->desk[i].id);
		if (k->desk[i].successor != 0) {
			printf("retired; desk %u answers",
			    k->desk[i].successor);
		} else {
			printf("%u holder(s)", keyset_holders(k,
			    k->desk[i].number));
		}
		for (unsigned p = 0; p < k->people; p++) {
			if (k->person[p].desk == k->desk[i].number) {
				printf("  %s%s", k->person[p].id,
				    k->person[p].role == PERSON_HOLDER ? "" :
				    " (approver)");
			}
		}
		putchar('\n');
	}
}

static bool
number_of(const char *s, unsigned *out)
{
	char *end = NULL;
	unsigned long n = s == NULL ? 0 : strtoul(s, &end, 10);

	*out = (unsigned)n;
	return n >= 1 && n <= CODE_DESK_MAX && *end == 0;
}

int
verb_desk(struct desk *d, int argc, char **argv)
{
	const char *word[2] = {NULL, NULL}, *heir = NULL;
	struct option_rule rules[] = {
		{.name = "successor", .value = &heir},
		SHARE_RULE(d),
	};
	unsigned words = 0, number = 0, successor = 0;
	bool show, add, retire;
	enum err e;

	if (!options_take(argc, argv, rules, 2, word, 2, &words)) {
		return EXIT_USAGE;
	}
	show = words == 0 || (words == 1 && strcmp(word[0], "show") == 0);
	add = words == 2 && strcmp(word[0], "add") == 0;
	retire = words == 2 && strcmp(word[0], "retire") == 0 &&
	    number_of(word[1], &number) && number_of(heir, &successor);
	if (!show && !add && !retire) {
		say_error("use: desk show | desk add REQUEST.json | desk "
		    "retire N --successor M");
		return EXIT_USAGE;
	}
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK) {
		e = desk_keyset_need(d);
	}
	if (e == OK && show) {
		desks_show(d);
	} else if (e == OK && add) {
		e = request_file_take(d, word[1], false);
	} else if (e == OK) {
		e = desk_retire(d, number, successor);
	}
	return exit_of(e);
}
