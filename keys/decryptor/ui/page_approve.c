/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The second signature: here with an own keyring and passphrase, on paper,
 * or carried on a stick to the other's machine and back.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../files.h"
#include "case.h"

#define REQUEST_FILE_MAX 65536u

/* The request that the form names by the first 16 characters of its id */
static enum err
request_of(const struct visit *v, size_t *request, struct refusal *why)
{
	const struct state *s = v->d->state;
	const char *id = field(v, "id");
	char hex[2 * HASH_LEN + 1];

	for (size_t i = 0; i < s->requests && strlen(id) == 16; i++) {
		hex_encode(s->request[i].id, HASH_LEN, hex);
		if (strncmp(hex, id, 16) == 0) {
			*request = i;
			return OK;
		}
	}
	return refuse(why, ERR_UNKNOWN, "Dat verzoek is er niet.",
	    "There is no such request.");
}

static enum err
do_carry(struct visit *v, struct refusal *why)
{
	struct buf file = buf_new(REQUEST_FILE_MAX);
	int dir = place_need(v, field(v, "place"), why);
	const char *name = visit_text(v, "verzoek-%s.txt", field(v, "id"));
	size_t request;
	enum err e;

	if (dir < 0) {
		return why->e;
	}
	e = request_of(v, &request, why);
	if (e == OK) {
		e = act_request_file(v->d, request, &file, why);
	}
	if (e == OK && (e = file_create(dir, name, file.p, file.len)) !=
	    OK) {
		e == ERR_CONFLICT ? refuse(why, e, "Dit verzoek staat daar "
		    "al.", "This request is there already.") :
		    refuse(why, e, "Het verzoek kan daar niet worden "
		    "geschreven.", "The request cannot be written there.");
	}
	close(dir);
	buf_free(&file);
	return e;
}

enum err
request_ask(struct visit *v, int dir, const char *detail, const char *summary,
    const char **asked, struct refusal *why)
{
	struct buf file = buf_new(65536);
	size_t request;
	enum err e = act_ceremony_ask(v->d, detail, summary, &request, why);

	*asked = visit_text(v, "verzoek-%s.txt", detail);
	if (e == OK) {
		e = act_request_file(v->d, request, &file, why);
	}
	if (e == OK && (e = file_create(dir, *asked, file.p, file.len)) !=
	    OK && e != ERR_CONFLICT) { /* it may be there already */
		refuse_err(why, e);
	}
	buf_free(&file);
	return e == ERR_CONFLICT ? OK : e;
}

enum err
request_take_file(struct visit *v, struct refusal *why)
{
	struct buf file = buf_new(REQUEST_FILE_MAX);
	size_t request;
	enum err e = file_read_path(field(v, "file"), &file);

	if (e != OK) {
		refuse_err(why, e);
	} else {
		e = act_take(v->d, file.p, file.len, &request, why);
	}
	buf_free(&file);
	return e;
}

static enum err
do_here(struct visit *v, struct refusal *why)
{
	size_t request;
	enum err e = request_of(v, &request, why);

	return e != OK ? e : act_sign_here(v->d, request,
	    field(v, "keyring"), field(v, "passphrase"),
	    fields_len(v->form, "passphrase"), why);
}

static enum err
do_paper(struct visit *v, struct refusal *why)
{
	day_t day = v->d->today;
	size_t request;
	enum err e = request_of(v, &request, why);

	if (e == OK && field(v, "day")[0] != 0 &&
	    day_parse(field(v, "day"), &day) != OK) {
		e = refuse(why, ERR_USAGE, "Dat is geen dag.",
		    "That is no day.");
	}
	return e != OK ? e : act_paper(v->d, request, field(v, "person"),
	    day, why);
}

/* Only a form leads here; what it shows is the page of the case, or of the
 * keys for what belongs to none */
void
page_approve(struct visit *v)
{
	static const struct deed deeds[] = {
		{"here", do_here, TEXT_SIGNED, "#signatures"},
		{"paper", do_paper, TEXT_SIGNED, "#signatures"},
		{"take", request_take_file, TEXT_SIGNED, "#signatures"},
		{"carry", do_carry, TEXT_CARRIED, "#signatures"},
		{NULL, NULL, TEXTS, NULL}
	};

	case_form(v, v->k == NOT_FOUND ? page_keys : page_case, "how", deeds,
	    "#signatures");
}
