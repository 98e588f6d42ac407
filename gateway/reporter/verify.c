/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * verify: does what the gateway shows, and what it signed, hold? Public data
 * only.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "meldluik/json.h"
#include "reporter.h"
#include "shown.h"

#define PAGE_JSON_MAX 65536u
#define PAGE_FILE_MAX 8388608u
#define RECEIPT_MAX 2048u

static enum err
verify_keyset(struct reporter *r)
{
	const struct keyset *k = r->k;
	char fingerprint[FINGERPRINT_TEXT], until[DAY_TEXT];

	sign_fingerprint(&k->identity, fingerprint);
	day_text(k->not_after, until);
	printf("Organisation  ");
	shown_text(stdout, k->organisation, strlen(k->organisation), false);
	printf("\nFingerprint   %s%s\nKeyset        %llu, valid until %s\n",
	    fingerprint, r->o->fingerprint != NULL ? " (as you gave it)" : "",
	    (unsigned long long)k->serial, until);
	for (unsigned i = 0; i < k->desks; i++) {
		const char *name = keyset_desk_name(&k->desk[i],
		    r->o->language);
		unsigned n = keyset_holders(k, k->desk[i].number);

		printf("Desk %-8u ", k->desk[i].number);
		shown_text(stdout, name, strlen(name), false);
		printf(", read by %u %s", n, n == 1 ? "person" : "people");
		for (unsigned j = 0; j < k->desk[i].not_abouts; j++) {
			printf("%s %s", j == 0 ? ", never what is about" : ",",
			    k->desk[i].not_about[j]);
		}
		putchar('\n');
	}
	return OK;
}

/* By a holder of any desk; and by the release key, if the keyset has one:
 * as the gateway asks of who delivers it (FORMAT.md section 7) */
static enum err
page_signed(struct reporter *r, const struct buf *doc)
{
	/* one release for all organisations: its signature names none */
	struct sign_purpose why = { .purpose = "page", .desk = 0 };
	struct buf sig = buf_new(SIGN_TEXT_MAX);
	bool release = !r->k->has_release, holder = false;

	if (r->k->has_release && transfer_get(r->t, "/v1/page.json.minisig",
	    SIGN_TEXT_MAX, &sig) == OK && sign_program_check(&r->k->release, &why,
	    doc->p, doc->len, sig.p, sig.len) == OK) {
		puts("page.json is signed by the release key");
		release = true;
	}
	buf_clear(&sig);
	if (transfer_get(r->t, "/v1/page.json.holder.minisig", SIGN_TEXT_MAX,
	    &sig) == OK) {
		for (unsigned i = 0; i < r->k->desks; i++) {
			unsigned n = r->k->desk[i].number;

			if (keyset_holder_check(r->k, n, "page", doc->p,
			    doc->len, sig.p, sig.len, NULL) == OK) {
				printf("page.json is signed by a holder of "
				    "desk %u\n", n);
				holder = true;
			}
		}
	}
	buf_free(&sig);
	if (!release) {
		say("page.json: the release key of the keyset did not sign "
		    "it");
	}
	if (!holder) {
		say("page.json: no holder signed it");
	}
	return release && holder ? OK : ERR_SIGNATURE;
}

static enum err
verify_page(struct reporter *r)
{
	struct buf doc = buf_new(PAGE_JSON_MAX);
	uint8_t hash[HASH_LEN];
	struct page page;
	char path[80];
	enum err e, last;

	if (r->t == NULL) {
		say("verify page needs --gateway URL");
		return ERR_USAGE;
	}
	if ((e = transfer_get(r->t, "/v1/page.json", PAGE_JSON_MAX, &doc)) !=
	    OK || (e = page_parse(doc.p, doc.len, &page)) != OK ||
	    (e = page_signed(r, &doc)) != OK) {
		if (e != ERR_SIGNATURE) {
			say("page.json: %s", e == ERR_UNKNOWN ?
			    "there is none" : err_text(e));
		}
		goto out;
	}
	hash_bytes(doc.p, doc.len, hash);
	if ((e = state_page(r->o, &page, hash)) != OK) {
		goto out;
	}
	for (unsigned i = 0; i < page.files; i++) {
		struct buf b = buf_new(PAGE_FILE_MAX);

		(void)snprintf(path, sizeof(path), "/%s", page.file[i].name);
		last = transfer_get(r->t, path, PAGE_FILE_MAX, &b);
		if (last == OK) {
			hash_bytes(b.p, b.len, hash);
			last = memcmp(hash, page.file[i].sha256, HASH_LEN) ==
			    0 ? OK : ERR_CHAIN;
		}
		if (last == OK) {
			printf("%s is the signed one\n", path);
		} else {
			say("%s: %s", path, last == ERR_CHAIN ? "is NOT the "
			    "signed one; do not use this page" :
			    err_text(last));
			e = last;
		}
		buf_free(&b);
	}
	if ((last = pages_look(r, &page)) != OK) {
		e = last;
	}
	say("this tells what was served to this program now; a hostile "
	    "server could serve others something else");
out:
	buf_free(&doc);
	return e;
}

/* Hash of the envelope in an upload file */
static enum err
sealed_hash(const char *path, uint8_t out[HASH_LEN])
{
	struct hash_state *h = hash_new();
	uint8_t piece[4096], org[ORG_LEN];
	char epoch[WEEK_TEXT];
	uint64_t size = 0;
	size_t used = 0, n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : pread(fd, piece, sizeof(piece), 0);
	enum err e = h == NULL ? ERR_MEMORY : got < 0 ? ERR_IO :
	    upload_file_parse(piece, (size_t)got, org, epoch, &size, &used);

	for (uint64_t at = 0; e == OK && at < size; at += n) {
		n = size - at < sizeof(piece) ? (size_t)(size - at) :
		    sizeof(piece);
		e = fd_read_at(fd, used + at, piece, n);
		hash_write(h, piece, n);
	}
	if (e == OK) {
		hash_end(h, out);
	}
	hash_free(h);
	if (fd >= 0) {
		close(fd);
	}
	return e;
}

static enum err
verify_receipt(struct reporter *r, const char *path)
{
	struct buf b = buf_new(RECEIPT_MAX);
	char day[DAY_TEXT], hex[2 * HASH_LEN + 1];
	uint8_t hash[HASH_LEN];
	struct receipt got;
	enum err e = file_read_path(path, &b);

	if (e == OK && !r->k->has_gateway) {
		e = ERR_UNKNOWN;
	}
	if (e == OK) {
		e = receipt_check(b.p, b.len, &r->k->gateway, &got);
	}
	if (e == OK && memcmp(got.org, r->k->org, ORG_LEN) != 0) {
		e = ERR_FOREIGN;
	}
	if (e == OK && r->o->sealed != NULL &&
	    (e = sealed_hash(r->o->sealed, hash)) == OK &&
	    memcmp(hash, got.envelope, HASH_LEN) != 0) {
		e = ERR_CHAIN;
	}
	if (e != OK) {
		say("receipt: %s", e == ERR_CHAIN ?
		    "it is of another message than --sealed" :
		    e == ERR_SIGNATURE ? "it is not signed by this gateway" :
		    err_text(e));
	} else {
		day_text(got.day, day);
		hex_encode(got.envelope, HASH_LEN, hex);
		printf("The gateway received envelope %s on %s.\n", hex, day);
	}
	buf_free(&b);
	return e;
}

/* For the daily timer of anybody: one line when all is well */
static enum err
verify_all(struct reporter *r)
{
	char hex[2 * HASH_LEN + 1], day[DAY_TEXT], week[WEEK_TEXT];
	enum err e;

	if (r->t == NULL) {
		say("verify all needs --gateway URL");
		return ERR_USAGE;
	}
	if ((e = trust_epoch(r)) == OK) {
		e = verify_page(r);
	}
	if (e == OK) {
		hex_encode(r->k->hash, HASH_LEN, hex);
		day_text(r->o->today, day);
		week_text(r->epoch->week, week);
		printf("%s keyset %llu %s week %s: all holds\n", day,
		    (unsigned long long)r->k->serial, hex, week);
	}
	return e;
}

enum err
verb_verify(struct reporter *r, int argc, char **argv)
{
	enum err e;

	if (!(argc == 1 && (strcmp(argv[0], "keyset") == 0 ||
	    strcmp(argv[0], "page") == 0 || strcmp(argv[0], "all") == 0)) &&
	    !(argc == 2 && strcmp(argv[0], "receipt") == 0)) {
		say("verify takes keyset, page, all, or receipt FILE, not "
		    "\"%.*s\"", argc == 0 ? 0 : (int)strnlen(argv[0],
		    SAID_MAX), argc == 0 ? "" : argv[0]);
		return ERR_USAGE;
	}
	if ((e = trust_open(r)) != OK) {
		return e;
	}
	if (argc == 2) {
		return verify_receipt(r, argv[1]);
	}
	if (strcmp(argv[0], "all") == 0) {
		return verify_all(r);
	}
	return strcmp(argv[0], "page") == 0 ? verify_page(r) :
	    verify_keyset(r);
}
