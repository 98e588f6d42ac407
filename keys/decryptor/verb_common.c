/* SPDX-License-Identifier: EUPL-1.2 */
/* What verbs share between arguments and acts. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "terminal.h"
#include "verbs.h"

enum err
verb_case(struct desk *d, const char *ref, const char *usage, size_t *k)
{
	enum err e;

	if (ref == NULL) {
		say_error("use: %s", usage);
		return ERR_USAGE;
	}
	e = d->state != NULL ? OK : desk_open(d, DESK_CASEBOOK);
	if (e == OK && (*k = desk_case(d, ref)) == NOT_FOUND) {
		e = ERR_UNKNOWN;
	}
	return e;
}

void
verb_destroyed_tell(const struct desk *d, size_t k)
{
	struct destroyed_unread n = act_destroyed_unread(d, k);

	if (n.messages > 0) {
		say_error("%zu message(s) with attachments of %s could not be "
		    "read; they are destroyed all the same", n.messages,
		    d->state->kase[k].ref);
	}
	if (n.folders > 0) {
		say_error("where %zu folder(s) of %s were extracted to cannot "
		    "be read; find and erase them yourself", n.folders,
		    d->state->kase[k].ref);
	}
}

enum err
verb_text(const char *file, struct buf *text)
{
	enum err e = text_get(file, text);

	if (e == ERR_FORMAT) {
		say_error("the text is empty or not UTF-8");
	} else if (e == ERR_LIMIT) {
		say_error("the text is too long");
	} else if (e != OK) {
		say_error("the text cannot be read: %s", err_text(e));
	}
	return e;
}

void
room_warn(const struct desk *d)
{
	size_t room = d->book == NULL || d->state == NULL ? CASEKEYS_MAX :
	    casebook_room(d->book);

	if (room < CASES_WARN) {
		say_error("the casebook has room for %zu more cases: destroy "
		    "those whose term is over (`clocks`), or no report can be "
		    "imported then", room);
	}
}

void
tell_refusal(const struct refusal *why)
{
	if (why->rule[0] == 0) {
		say_error("%s", why->en);
	} else {
		say_error("%s [%s: %s]", why->en, why->rule, why->article);
	}
}

static void
authorities_list(const struct desk *d)
{
	for (size_t i = 0; i < forward_authorities(d->profile); i++) {
		fprintf(stderr, "  %-6s %s\n", forward_authority(d->profile,
		    i).code, forward_label(d->profile, i, "en"));
	}
}

enum err
verb_target(struct desk *d, const char *to, const char *receiver,
    struct target *out)
{
	enum destination where = DEST_AUTHORITY;
	enum err e = desk_policy(d);

	if (e != OK) {
		say_error("the policy cannot be read: %s", err_text(e));
		return e;
	}
	if ((to == NULL && receiver == NULL) || (to != NULL &&
	    destination_parse(to, &where) != OK) || where == DEST_DESK) {
		say_error("say where it goes: --to authority --receiver "
		    "CODE, --to investigator or --to police (to another "
		    "desk: `recuse`)");
		return ERR_USAGE;
	}
	if (where == DEST_AUTHORITY && (receiver == NULL ||
	    forward_find(d->profile, receiver) < 0)) {
		say_error("--receiver is one of:");
		authorities_list(d);
		return ERR_USAGE;
	}
	*out = target_of(where, receiver == NULL ? "" : receiver);
	return OK;
}

bool
verb_day(const struct desk *d, const char *word, const char *option,
    day_t *out)
{
	*out = d->today;
	if (word != NULL && (day_parse(word, out) != OK ||
	    *out > d->today)) {
		say_error("--%s takes a day such as 2026-11-24, not in the "
		    "future", option);
		return false;
	}
	return true;
}

enum err
verb_write(const char *path, const struct buf *text)
{
	enum err e = file_create(AT_FDCWD, path, text->p, text->len);

	if (e == ERR_CONFLICT) {
		say_error("%s is there already; give a new name", path);
	} else if (e != OK) {
		say_error("%s could not be written: %s", path, err_text(e));
	}
	return e;
}

/* Asks for the second signature, or says that it is awaited */
static enum err
second_ask(struct desk *d, const char *detail, const char *summary,
    const char *file)
{
	struct buf b = buf_new(65536);
	struct refusal why;
	size_t r = NOT_FOUND;
	enum err e = act_ceremony_ask(d, detail, summary, &r, &why);

	if (e == OK && file != NULL) {
		e = act_request_file(d, r, &b, &why);
	}
	if (e != OK) {
		say_error("%s", why.en);
	} else if (file != NULL && (e = file_create(AT_FDCWD, file, b.p,
	    b.len)) != OK) {
		say_error("cannot write %s: %s", file, err_text(e));
	}
	if (e == OK) {
		printf("%s\nA second person must sign this: `approve --sign "
		    "FILE --out FILE` on their machine, `approve\n--take FILE` "
		    "here, then this command again.\n", summary);
	}
	buf_free(&b);
	return e;
}

enum err
verb_two_people(struct desk *d, const char *detail, const char *summary,
    const char *file, size_t *request)
{
	struct refusal why;
	enum err e;

	if (act_approved(d, ACT_KEY_CEREMONY, NOT_FOUND, detail, request,
	    &why) == OK) {
		return OK;
	}
	e = second_ask(d, detail, summary, file);
	if (e == OK) {
		tell_refusal(&why);
		e = why.e;
	}
	return e;
}
