/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The second signature: here with an own keyring and passphrase, on paper,
 * or carried on a stick to the other's machine and back.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../files.h"
#include "ui.h"

#define REQUEST_FILE_MAX 65536u

/* A request by the first 16 characters of its id */
static size_t
request_of(const struct state *s, const char *id)
{
	char hex[2 * HASH_LEN + 1];

	for (size_t i = 0; i < s->requests && strlen(id) == 16; i++) {
		hex_encode(s->request[i].id, HASH_LEN, hex);
		if (strncmp(hex, id, 16) == 0) {
			return i;
		}
	}
	return NOT_FOUND;
}

static enum err
carry_out(struct visit *v, size_t request, struct refusal *why)
{
	struct buf file = buf_new(REQUEST_FILE_MAX);
	int dir = place_open(v, field(v, "place"));
	const char *name = visit_text(v, "verzoek-%s.txt", field(v, "id"));
	enum err e;

	if (dir < 0) {
		return refuse(why, ERR_UNKNOWN, v->ui->notice,
		    v->ui->notice);
	}
	e = act_request_file(v->d, request, &file, why);
	if (e == OK && (e = file_create(dir, name, file.p, file.len)) !=
	    OK) {
		refuse_err(why, e);
	}
	close(dir);
	buf_free(&file);
	return e;
}

static enum err
take_in(struct visit *v, struct refusal *why)
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

void
page_approve(struct visit *v)
{
	const char *how = field(v, "how");
	size_t request = request_of(v->d->state, field(v, "id"));
	struct refusal why;
	day_t day = v->d->today;
	enum err e;

	if (strcmp(how, "take") == 0) {
		e = take_in(v, &why);
	} else if (request == NOT_FOUND) {
		e = refuse(&why, ERR_UNKNOWN, "Dat verzoek is er niet.",
		    "There is no such request.");
	} else if (strcmp(how, "here") == 0) {
		e = act_sign_here(v->d, request, field(v, "keyring"),
		    field(v, "passphrase"), fields_len(v->form,
		    "passphrase"), &why);
	} else if (strcmp(how, "carry") == 0) {
		e = carry_out(v, request, &why);
	} else if (field(v, "day")[0] != 0 &&
	    day_parse(field(v, "day"), &day) != OK) {
		e = refuse(&why, ERR_USAGE, "Dat is geen dag.",
		    "That is no day.");
	} else {
		e = act_paper(v->d, request, field(v, "person"), day, &why);
	}
	if (e != OK) {
		notice_refusal(v, &why);
	} else {
		notice_good(v, strcmp(how, "carry") == 0 ? TEXT_CARRIED :
		    TEXT_SIGNED, NULL);
	}
	visit_go(v, "/case/%s#signatures", v->d->state->kase[v->k].ref);
}
