/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The one session: a ticket that works once, a cookie, a form token, and the
 * lock. Tokens live in this process only and are compared in constant time.
 */
#include <sodium.h>
#include <string.h>
#include <time.h>

#include "meldluik/secret.h"
#include "ui.h"

#define COOKIE "desk="

static int64_t
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t); /* counts sleep too */
	return t.tv_sec;
}

static void
token_new(char out[UI_TOKEN_TEXT])
{
	uint8_t raw[UI_TOKEN];

	randombytes_buf(raw, sizeof raw);
	sodium_bin2hex(out, UI_TOKEN_TEXT, raw, sizeof raw);
	secret_wipe(raw, sizeof raw);
}

static bool
token_is(const char *have, const char *given, size_t len)
{
	return have[0] != 0 && len == UI_TOKEN_TEXT - 1 &&
	    secret_equal(have, given, len);
}

void
session_ticket(struct ui *ui)
{
	token_new(ui->ticket);
}

bool
session_begin(struct ui *ui, const char *ticket)
{
	if (!token_is(ui->ticket, ticket, strlen(ticket))) {
		return false;
	}
	secret_wipe(ui->ticket, sizeof ui->ticket);
	token_new(ui->session);
	token_new(ui->csrf);
	session_touch(ui);
	return true;
}

bool
session_good(const struct ui *ui, const char *cookie)
{
	const char *p = cookie;

	while (p != NULL) {
		p += strspn(p, " ;");
		if (strncmp(p, COOKIE, strlen(COOKIE)) == 0) {
			p += strlen(COOKIE);
			return token_is(ui->session, p, strcspn(p, "; "));
		}
		p = strchr(p, ';');
	}
	return false;
}

bool
session_form(const struct ui *ui, const struct fields *f)
{
	return token_is(ui->csrf, fields_get(f, "token"),
	    fields_len(f, "token"));
}

void
session_touch(struct ui *ui)
{
	ui->touched = seconds();
}

bool
session_idle(const struct ui *ui)
{
	return (ui->unlocked || founding_secrets(ui) ||
	    ui->refused != NULL) &&
	    seconds() - ui->touched >= (int64_t)ui->idle * 60;
}

enum err
session_unlock(struct ui *ui, const char *pass, size_t len)
{
	struct desk *d = ui->desk;
	enum err e;

	if (len == 0 || len > 1024) {
		return ERR_NO_MATCH;
	}
	d->pass = secret_new(len + 1);
	if (d->pass == NULL) {
		return ERR_MEMORY;
	}
	memcpy(d->pass, pass, len);
	d->passlen = len;
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK) {
		e = desk_policy(d);
	}
	if (e != OK) {
		desk_close(d);
		ui->tries += e == ERR_NO_MATCH;
		return e;
	}
	ui->unlocked = true;
	ui->tries = 0;
	session_touch(ui);
	return OK;
}

void
session_lock(struct ui *ui)
{
	desk_close(ui->desk);
	founding_rest(ui);
	ui->unlocked = false;
	fields_free(ui->refused);
	ui->refused = NULL;
	secret_wipe(ui->notice, sizeof ui->notice);
	secret_wipe(ui->seen, sizeof ui->seen);
}
