/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * seal, send, follow-up, withdraw: what is written, to which desk, and
 * whether it goes to a file or to the gateway.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "meldluik/routing.h"
#include "meldluik/secret.h"
#include "reporter.h"
#include "shown.h"

static enum err
text_get(const struct reporter_options *o, struct buf *out)
{
	enum err e;

	if (o->text == NULL) {
		say("give --text FILE, or --text - to type it (end with "
		    "Ctrl-D)");
		return ERR_USAGE;
	}
	if ((e = file_read_path(o->text, out)) != OK) {
		say("--text: %s", e == ERR_LIMIT ? "is longer than 48 KiB; "
		    "put more in a file and --attach it" : err_text(e));
	} else if (out->len == 0 || !utf8_valid(out->p, out->len)) {
		say("--text: is empty or no UTF-8 text");
		e = ERR_USAGE;
	}
	return e;
}

static void
roles_say(const struct reporter *r, const struct profile *p)
{
	say("--about takes whom the report is about:");
	for (size_t i = 0; i < routing_roles(p); i++) {
		say("  %-22s %s", routing_role(p, i).code,
		    routing_label(p, i, r->o->language));
	}
}

/* By whom it is about, as the page does, among ${n} desks */
static enum err
desk_route(const struct reporter *r, const struct route_desk *desks,
    size_t n, unsigned *out)
{
	struct law l;
	enum err e = law_open(r->k, &l);

	if (e == OK) {
		e = routing_pick(l.p, r->o->about, desks, n, out);
	}
	if (e == ERR_POLICY && r->o->desk != 0) {
		say("desk %u must not read a report about that person: leave "
		    "out --desk, and another reads it", r->o->desk);
	} else if (e == ERR_POLICY) {
		say("no desk here may read a report about that person: use "
		    "an outside channel (Huis voor Klokkenluiders, or the "
		    "authority of the field)");
	} else if (e == ERR_UNKNOWN && l.p != NULL) {
		say("there is no such role: \"%.*s\"",
		    (int)strnlen(r->o->about, SAID_MAX), r->o->about);
		roles_say(r, l.p);
	} else if (e != OK) {
		say("the desks cannot be told apart: %s", err_text(e));
	} else if (r->o->about == NULL) {
		say("%s", routing_default_warning(l.p, r->o->language));
		roles_say(r, l.p);
	}
	law_close(&l);
	return e;
}

/* By --desk, which may be one that must not read it; else by --about */
static enum err
desk_pick(const struct reporter *r, unsigned *out)
{
	struct route_desk desks[KEYSET_DESKS_MAX];
	const char *roles[KEYSET_DESKS_MAX][KEYSET_ROLES];
	const struct keyset *k = r->k;
	const struct keyset_desk *d;

	if (r->o->desk == 0) {
		for (unsigned i = 0; i < k->desks; i++) {
			desks[i] = keyset_route(&k->desk[i], roles[i]);
		}
		return desk_route(r, desks, k->desks, out);
	}
	d = keyset_desk_now(k, r->o->desk);
	if (d == NULL) {
		say("there is no desk %u", r->o->desk);
		return ERR_UNKNOWN;
	}
	*out = d->number;
	if (r->o->about == NULL) {
		return OK;
	}
	desks[0] = keyset_route(d, roles[0]);
	return desk_route(r, desks, 1, out);
}

/* After a 410 the keyset may be another: never to a desk that was not named */
static enum err
desk_stays(const struct reporter *r, enum report_kind kind, unsigned desk)
{
	const struct keyset_desk *d = keyset_desk_now(r->k, desk);
	unsigned now = d == NULL ? 0 : d->number;
	enum err e = OK;

	if (kind == REPORT_REPORT || kind == REPORT_ADVICE) {
		e = desk_pick(r, &now);
	}
	if (e == OK && now != desk) {
		say("who reads this changed just now, and nothing was sent. "
		    "Begin again, and look who reads it");
		e = ERR_POLICY;
	}
	return e;
}

static enum err
deliver(struct reporter *r, enum report_kind kind, unsigned desk,
    const struct buf *text, const struct code *code, bool show)
{
	struct sealed s;
	enum err e;

	for (unsigned i = 0;; i++) {
		if ((e = trust_epoch(r)) != OK ||
		    (e = message_seal(r, kind, desk, text, code, &s)) != OK) {
			return e;
		}
		/* the code before anything leaves: a report that came in
		 * without its writer having the code is deaf */
		if (show && i == 0 && (e = code_show(r->o, code)) != OK) {
			close(s.fd);
			return e;
		}
		e = r->o->out != NULL ? sealed_save(r, &s) :
		    message_send(r, &s, 0);
		close(s.fd);
		if (e != ERR_STALE || r->closeds == REPORTER_RESEALS) {
			break;
		}
		r->closed[r->closeds++] = r->epoch->week;
		say("sealing again with the keys of another week");
		if ((e = trust_again(r)) != OK ||
		    (e = desk_stays(r, kind, desk)) != OK) {
			return e;
		}
	}
	if (e == OK && r->o->out != NULL) {
		printf("Sealed for week %s in %s. It is accepted until a week "
		    "after that.\n", s.epoch, r->o->out);
	}
	return e;
}

static enum err
ready(struct reporter *r)
{
	enum err e;

	if (r->o->out == NULL && r->t == NULL) {
		say("give --gateway URL to send, or --out FILE to seal to a "
		    "file");
		return ERR_USAGE;
	}
	if ((e = options_good(r->o)) != OK || (e = trust_open(r)) != OK) {
		return e;
	}
	return relation_good(r->k, r->o->relation, r->o->language);
}

static enum err
report_new_send(struct reporter *r)
{
	struct buf text = buf_new_secret(REPORT_JSON_MAX);
	struct code *code = secret_new(sizeof(*code));
	unsigned desk = 0;
	enum err e = ERR_MEMORY;

	if (code == NULL) {
		goto out;
	}
	if ((e = text_get(r->o, &text)) != OK || (e = ready(r)) != OK ||
	    (e = desk_pick(r, &desk)) != OK ||
	    (!r->o->no_mailbox && (e = code_new(desk, code)) != OK)) {
		goto out;
	}
	reader_say(r, "this report can be read by", desk);
	if (r->o->attachments > 0) {
		say("attached files go as they are, with what is hidden in "
		    "them (place, camera, author). Clean copies first, for "
		    "example with mat2");
	}
	e = deliver(r, r->o->advice ? REPORT_ADVICE : REPORT_REPORT, desk,
	    &text, r->o->no_mailbox ? NULL : code, !r->o->no_mailbox);
out:
	secret_free(code);
	buf_free(&text);
	return e;
}

enum err
verb_seal(struct reporter *r, int argc, char **argv)
{
	(void)argv;
	if (argc != 0 || r->o->out == NULL) {
		say("seal needs --out FILE");
		return ERR_USAGE;
	}
	return report_new_send(r);
}

static enum err
file_send(struct reporter *r, const char *path)
{
	uint8_t head[4096], org[ORG_LEN];
	struct hash_state *h = NULL;
	uint8_t *piece = NULL;
	struct sealed s;
	size_t used = 0, n;
	ssize_t got;
	enum err e = OK;

	memset(&s, 0, sizeof(s));
	s.fd = open(path, O_RDONLY | O_CLOEXEC);
	got = s.fd < 0 ? -1 : pread(s.fd, head, sizeof(head), 0);
	if (got < 0) {
		say("%s: cannot be read", path);
		e = ERR_IO;
		goto out;
	}
	e = upload_file_parse(head, (size_t)got, org, s.epoch, &s.size,
	    &used);
	if (e != OK) {
		say("%s: is not a sealed message", path);
		goto out;
	}
	if ((e = trust_open(r)) != OK) {
		goto out;
	}
	if (memcmp(org, r->k->org, ORG_LEN) != 0) {
		say("%s: was sealed for another organisation", path);
		e = ERR_FOREIGN;
		goto out;
	}
	h = hash_new();
	piece = secret_new(65536);
	if (h == NULL || piece == NULL) {
		e = ERR_MEMORY;
		goto out;
	}
	for (uint64_t at = 0; e == OK && at < s.size; at += n) {
		n = s.size - at < 65536 ? (size_t)(s.size - at) : 65536;
		e = fd_read_at(s.fd, used + at, piece, n);
		if (e == OK && at == 0 &&
		    envelope_header_check(piece, ENVELOPE_HEADER) != OK) {
			e = ERR_FORMAT;
		}
		hash_write(h, piece, n);
	}
	if (e != OK) {
		say("%s: is damaged or not whole; seal it again", path);
		goto out;
	}
	hash_end(h, s.hash);
	e = message_send(r, &s, used);
out:
	hash_free(h);
	secret_free(piece);
	if (s.fd >= 0) {
		close(s.fd);
	}
	return e;
}

enum err
verb_send(struct reporter *r, int argc, char **argv)
{
	if (argc > 1 || r->t == NULL || r->o->out != NULL) {
		say("send needs --gateway URL, and FILE or --text FILE");
		return ERR_USAGE;
	}
	return argc == 1 ? file_send(r, argv[0]) : report_new_send(r);
}

/*
 * Who reads what is added: --desk, else the desk that answered last. Asked of
 * the boards each time: kept in --state it would tie a code to this machine.
 */
static enum err
desk_later(struct reporter *r, const struct code *code, unsigned *out)
{
	const struct keyset_desk *d = NULL;
	struct boards b = {.lanes = 0};
	enum err e = OK;

	if (r->o->desk != 0) {
		d = keyset_desk_now(r->k, r->o->desk);
	} else if (r->t == NULL) {
		say("the boards cannot be looked at without --gateway: if "
		    "another desk than that of the code answered, give "
		    "--desk N (`check` says which)");
		d = keyset_desk_now(r->k, code_desk(code));
	} else if ((e = boards_read(r, code, true, &b)) == OK) {
		d = keyset_desk(r->k, boards_reader(r, &b, code));
	} else {
		say("so it is not known which desk answered last, and nothing "
		    "was sent; --desk N chooses one");
	}
	boards_clear(&b);
	if (e == OK && d == NULL) {
		say("the desk of this code does not exist here");
		e = ERR_UNKNOWN;
	}
	if (e == OK) {
		*out = d->number;
	}
	return e;
}

static enum err
later_send(struct reporter *r, enum report_kind kind)
{
	struct buf text = buf_new_secret(REPORT_JSON_MAX);
	struct code *code = secret_new(sizeof(*code));
	unsigned desk = 0;
	enum err e = ERR_MEMORY;

	if (code == NULL) {
		goto out;
	}
	if ((kind == REPORT_FOLLOW_UP || r->o->text != NULL) &&
	    (e = text_get(r->o, &text)) != OK) {
		goto out;
	}
	if ((e = ready(r)) != OK) {
		goto out;
	}
	if ((e = code_ask(r->o, code)) != OK) {
		say("this code cannot be used: %s", e == ERR_CRYPT ?
		    "there is a typing mistake in it" : err_text(e));
		goto out;
	}
	if ((e = desk_later(r, code, &desk)) == OK) {
		reader_say(r, READS_LATER, desk);
		e = deliver(r, kind, desk, &text, code, false);
	}
out:
	secret_free(code);
	buf_free(&text);
	return e;
}

enum err
verb_follow_up(struct reporter *r, int argc, char **argv)
{
	(void)argv;
	return argc != 0 ? ERR_USAGE : later_send(r, REPORT_FOLLOW_UP);
}

enum err
verb_withdraw(struct reporter *r, int argc, char **argv)
{
	(void)argv;
	return argc != 0 ? ERR_USAGE : later_send(r, REPORT_WITHDRAWAL);
}
