/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * For scripts: a whole made-up organisation with fixed test keys, as files a
 * gateway would serve, without a gateway. Nothing here is a product path.
 *
 *   orgtool make DIR DAY            DIR/v1/keyset.json[.minisig], the epochs
 *                                   of that week and the next, empty lanes
 *   orgtool board DIR DAY CODE SERIAL [REPLY...]   lane of the code's desk
 *                                   with these replies, each a message
 *   orgtool receipt DAY WEEK < envelope            signed note, as the gateway
 *   orgtool open DIR PERSON WEEK DEST < envelope   judged; DEST/01 ...,
 *                                   DEST/report.json, DEST/signature
 *   orgtool report < report.json    strict parser; prints kind and thread
 *   orgtool mailbox DIR DESK CODE   replies as the C side reads them
 *   orgtool fingerprint
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "meldluik/envelope_open.h"
#include "meldluik/mailbox.h"
#include "meldluik/secret.h"

#define PIECE 65536u
#define ROOM (1u << 20)

static const uint8_t org[ORG_LEN] = { 0x0f, 0x12, 0x34, 0x56, 0x78, 0x9a,
	0xbc, 0xde, 0xf0, 1, 2, 3, 4, 5, 6, 7 };

static const struct {
	const char *id;
	unsigned desk;
} people[] = { { "anna", 1 }, { "bert", 1 }, { "carla", 2 } };
#define PEOPLE (sizeof(people) / sizeof(people[0]))

static void
check(enum err e, const char *what)
{
	if (e != OK) {
		fprintf(stderr, "orgtool: %s: %s\n", what, err_text(e));
		exit(1);
	}
}

/* A test key from its name: nothing secret here */
static void
seed_of(const char *what, const char *who, uint8_t seed[32])
{
	char text[128];

	snprintf(text, sizeof(text), "orgtool %s %s", what, who);
	hash_bytes(text, strlen(text), seed);
}

static struct buf
read_in(FILE *f)
{
	struct buf b = buf_new(1u << 28);
	uint8_t piece[PIECE];
	size_t n;

	while ((n = fread(piece, 1, sizeof(piece), f)) > 0) {
		buf_put(&b, piece, n);
	}
	return b;
}

static struct buf
read_file(const char *dir, const char *name)
{
	char path[1024];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if ((f = fopen(path, "rb")) == NULL) {
		check(ERR_IO, path);
		exit(1);
	}
	struct buf b = read_in(f);
	fclose(f);
	return b;
}

static void
write_file(const char *dir, const char *name, const struct buf *b)
{
	char path[1024];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (b->failed || (f = fopen(path, "wb")) == NULL ||
	    fwrite(b->p, 1, b->len, f) != b->len || fclose(f) != 0) {
		check(ERR_IO, path);
	}
}

static void
write_signed(const char *dir, const char *name, const struct buf *b,
    const char *purpose, unsigned desk, const uint8_t seed[32])
{
	struct sign_purpose why = { .purpose = purpose, .desk = desk };
	struct buf sig = buf_new(SIGN_TEXT_MAX);
	char path[256];

	memcpy(why.org, org, ORG_LEN);
	check(sign_make(seed, &why, b->p, b->len, &sig), "sign");
	write_file(dir, name, b);
	snprintf(path, sizeof(path), "%s.minisig", name);
	write_file(dir, path, &sig);
	buf_free(&sig);
}

static void
desk_fill(struct keyset_desk *d, unsigned number, const char *id,
    const char *name, const char *not_about)
{
	d->number = number;
	strcpy(d->id, id);
	strcpy(d->name[0].language, "nl");
	strcpy(d->name[0].name, name);
	d->names = 1;
	strcpy(d->not_about[0], not_about);
	d->not_abouts = 1;
}

static struct keyset *
keyset_fill(day_t day)
{
	struct keyset *k = calloc(1, sizeof(*k));
	uint8_t seed[32];

	memcpy(k->org, org, ORG_LEN);
	strcpy(k->organisation, "Gemeente Voorbeeld");
	k->serial = k->generation = 1;
	k->day = day;
	k->not_after = day_add_months(day, 12);
	seed_of("identity", "", seed);
	sign_pk_of(seed, &k->identity);
	seed_of("gateway", "", seed);
	sign_pk_of(seed, &k->gateway);
	k->has_gateway = true;
	desk_fill(&k->desk[0], 1, "meldpunt", "Meldpunt integriteit",
	    "coordinator");
	desk_fill(&k->desk[1], 2, "secretaris", "Gemeentesecretaris",
	    "gemeentesecretaris");
	k->desks = 2;
	for (size_t i = 0; i < PEOPLE; i++) {
		struct keyset_person *p = &k->person[k->people++];
		strcpy(p->id, people[i].id);
		p->desk = people[i].desk;
		p->role = PERSON_HOLDER;
		seed_of("operational", p->id, seed);
		sign_pk_of(seed, &p->key);
	}
	return k;
}

static void
epoch_seed(const char *person, const char *week, uint8_t seed[32])
{
	char what[32];

	snprintf(what, sizeof(what), "epoch-%s", week);
	seed_of(what, person, seed);
}

static void
epoch_make(const char *dir, const struct keyset *k, day_t monday)
{
	struct epoch *e = calloc(1, sizeof(*e));
	struct buf out = buf_new(KEYSET_MAX);
	char week[WEEK_TEXT], name[64];
	uint8_t seed[32];

	week_text(monday, week);
	memcpy(e->org, org, ORG_LEN);
	e->week = monday;
	memcpy(e->keyset, k->hash, HASH_LEN);
	for (unsigned i = 0; i < k->people; i++) {
		struct epoch_block *b = &e->block[e->blocks++];
		b->desk = k->person[i].desk;
		strcpy(b->person, k->person[i].id);
		epoch_seed(b->person, week, seed);
		check(age_identity_recipient(seed, &b->recipient), "epoch");
		seed_of("operational", b->person, seed);
		check(epoch_block_sign(org, monday, seed, b), "block");
	}
	check(epoch_write(e, &out), "epoch");
	snprintf(name, sizeof(name), "v1/epochs/%s.json", week);
	write_file(dir, name, &out);
	epoch_free(e);
	buf_free(&out);
}

static enum err
to_buf(void *arg, const uint8_t *p, size_t len)
{
	buf_put(arg, p, len);
	return OK;
}

static void
lane_put(const char *dir, unsigned desk, day_t day, uint64_t serial,
    const struct lane_thread *threads, size_t n)
{
	struct lane l = { .desk = desk, .tenure = 1, .serial = serial,
		.day = day };
	struct buf bin = buf_new(1u << 24), doc = buf_new(LANE_MANIFEST_MAX);
	uint8_t seed[32];
	char name[64];

	memcpy(l.org, org, ORG_LEN);
	check(lane_make(&l, threads, n, 0, to_buf, &bin), "lane");
	check(lane_write(&l, &doc), "manifest");
	seed_of("operational", desk == 1 ? "anna" : "carla", seed);
	snprintf(name, sizeof(name), "v1/board/%u.json", desk);
	write_signed(dir, name, &doc, "lane", desk, seed);
	snprintf(name, sizeof(name), "v1/board/%u", desk);
	write_file(dir, name, &bin);
	lane_clear(&l);
	buf_free(&bin);
	buf_free(&doc);
}

static void
verb_make(const char *dir, day_t day)
{
	static const char *const folders[] = { "", "v1", "v1/epochs",
		"v1/board" };
	struct keyset *k = keyset_fill(day);
	struct buf out = buf_new(KEYSET_MAX);
	uint8_t seed[32];
	char path[1024];

	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, folders[i]);
		mkdir(path, 0755);
	}
	check(keyset_write(k, &out), "keyset");
	seed_of("identity", "", seed);
	write_signed(dir, "v1/keyset.json", &out, "keyset", 0, seed);
	epoch_make(dir, k, week_of(day));
	epoch_make(dir, k, week_of(day) + 7);
	lane_put(dir, 1, day, 1, NULL, 0);
	lane_put(dir, 2, day, 1, NULL, 0);
	free(k);
	buf_free(&out);
}

static struct code
code_of(const char *text)
{
	struct code c;

	check(code_parse(text, strlen(text), &c), "code");
	return c;
}

static void
verb_board(const char *dir, day_t day, const char *text, uint64_t serial,
    int n, char **replies)
{
	struct code c = code_of(text);
	struct lane_thread t = { .notes = 0 };
	struct buf notes[SLOT_LIVE_MAX];
	struct code_keys keys;
	uint8_t seed[32];

	code_derive(&c, org, &keys);
	memcpy(t.tag_key, keys.tag_key, sizeof(t.tag_key));
	check(age_identity_recipient(keys.mailbox, &t.recipient), "mailbox");
	seed_of("operational", code_desk(&c) == 1 ? "anna" : "carla", seed);
	for (int i = 0; i < n; i++) {
		struct reply r = { .desk = code_desk(&c), .day = day,
			.kind = i == 0 ? REPLY_ACKNOWLEDGEMENT :
			REPLY_QUESTION, .language = "nl" };
		unsigned parts = 0;

		memcpy(r.org, org, ORG_LEN);
		r.reply_id[0] = (uint8_t)(i + 1);
		memcpy(r.receipt[0], keys.message_id, MESSAGE_ID_LEN);
		r.receipts = 1;
		check(reply_notes(&r, replies[i], strlen(replies[i]), seed,
		    notes, &parts), "reply");
		for (unsigned k = 0; k < parts; k++) {
			t.note[t.notes].p = notes[k].p;
			t.note[t.notes++].len = notes[k].len;
		}
	}
	lane_put(dir, code_desk(&c), day, serial, &t, n > 0);
}

static void
verb_receipt(day_t day, const char *week)
{
	struct buf in = read_in(stdin), out = buf_new(ROOM);
	struct receipt r = { .generation = 1, .day = day };
	uint8_t seed[32];

	check(envelope_size_check(in.len), "size");
	check(envelope_header_check(in.p, in.len), "header");
	memcpy(r.org, org, ORG_LEN);
	hash_bytes(in.p, in.len, r.envelope);
	snprintf(r.epoch, sizeof(r.epoch), "%s", week);
	seed_of("gateway", "", seed);
	check(receipt_make(&r, seed, &out), "receipt");
	fwrite(out.p, 1, out.len, stdout);
	buf_free(&in);
	buf_free(&out);
}

static enum err
to_folder(void *arg, unsigned number, const uint8_t *p, size_t len)
{
	char path[1024];
	FILE *f;
	bool ok;

	snprintf(path, sizeof(path), "%s/%02u", (const char *)arg, number);
	if ((f = fopen(path, "ab")) == NULL) {
		return ERR_IO;
	}
	ok = fwrite(p, 1, len, f) == len;
	return fclose(f) == 0 && ok ? OK : ERR_IO;
}

static void
verb_open(const char *person, const char *week, char *dest)
{
	struct buf in = read_in(stdin);
	struct envelope_open *o = NULL;
	struct age_identity *id = NULL;
	struct envelope_content c;
	uint8_t seed[32];
	enum err e;

	epoch_seed(person, week, seed);
	check(age_identity_new(seed, &id), "identity");
	check(envelope_open_new(&id, 1, to_folder, dest, 1, &o), "open");
	e = envelope_open_write(o, in.p, in.len);
	e = e == OK ? envelope_open_end(o, &c) : e;
	check(e, envelope_open_fault(o));
	write_file(dest, "report.json", &c.json);
	write_file(dest, "signature", &c.signature);
	envelope_content_free(&c);
	envelope_open_free(o);
	age_identity_free(id);
	buf_free(&in);
}

static void
verb_report(void)
{
	static const char *const threads[] = { "none", "first", "later",
		"bad" };
	struct buf in = read_in(stdin);
	struct report *r = NULL;

	check(report_parse(in.p, in.len, &r), "report");
	printf("%s %s\n", report_kind_word(r->kind), threads[r->thread]);
	report_free(r);
	buf_free(&in);
}

static void
verb_mailbox(const char *dir, unsigned desk, const char *text)
{
	struct buf doc = read_file(dir, "v1/keyset.json");
	struct buf sig = read_file(dir, "v1/keyset.json.minisig");
	struct mailbox_replies found = { .replies = 0 };
	struct code c = code_of(text);
	struct mailbox *m = NULL;
	struct keyset *k = NULL;
	struct lane l = { .slots = 0 };
	char name[64];

	check(keyset_parse(doc.p, doc.len, sig.p, sig.len, NULL, &k),
	    "keyset");
	snprintf(name, sizeof(name), "v1/board/%u", desk);
	struct buf bin = read_file(dir, name);
	snprintf(name, sizeof(name), "v1/board/%u.json", desk);
	struct buf lane = read_file(dir, name);
	snprintf(name, sizeof(name), "v1/board/%u.json.minisig", desk);
	struct buf lsig = read_file(dir, name);
	check(lane_parse(lane.p, lane.len, lsig.p, lsig.len, k, desk, &l),
	    "lane");
	check(mailbox_new(&c, org, &m), "mailbox");
	check(mailbox_read(m, k, &l, bin.p, bin.len, &found), "read");
	for (unsigned i = 0; i < found.replies; i++) {
		puts(found.reply[i].text);
	}
	mailbox_replies_clear(&found);
	mailbox_free(m);
	lane_clear(&l);
	keyset_free(k);
}

static day_t
day_of(const char *s)
{
	day_t d;

	check(day_parse(s, &d), s);
	return d;
}

int
main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	check(secret_setup(), "memory");
	if (strcmp(verb, "make") == 0 && argc == 4) {
		verb_make(argv[2], day_of(argv[3]));
	} else if (strcmp(verb, "board") == 0 && argc >= 6) {
		verb_board(argv[2], day_of(argv[3]), argv[4],
		    strtoull(argv[5], NULL, 10), argc - 6, argv + 6);
	} else if (strcmp(verb, "receipt") == 0 && argc == 4) {
		verb_receipt(day_of(argv[2]), argv[3]);
	} else if (strcmp(verb, "open") == 0 && argc == 6) {
		verb_open(argv[3], argv[4], argv[5]);
	} else if (strcmp(verb, "report") == 0) {
		verb_report();
	} else if (strcmp(verb, "mailbox") == 0 && argc == 5) {
		verb_mailbox(argv[2], (unsigned)atoi(argv[3]), argv[4]);
	} else if (strcmp(verb, "fingerprint") == 0) {
		struct keyset *k = keyset_fill(DAY_MIN);
		char text[FINGERPRINT_TEXT];

		sign_fingerprint(&k->identity, text);
		puts(text);
		free(k);
	} else {
		return 2;
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
