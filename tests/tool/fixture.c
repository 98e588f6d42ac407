/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A throw-away organisation for scripts: keys, keyset, weeks, lanes, and an
 * outbound folder per desk that the gateway's courier door takes. The keys
 * lie open in the folder; nothing here is for real use.
 *
 *   fixture DIR --gateway-card FILE --today YYYY-MM-DD
 *       [--weeks N] [--desks N] [--holders N] [--slots N] [--serial N]
 *       [--code CODE --reply TEXT... [--forged N] [--asked-by N]]  replies on
 *           the lane of the code's desk; from the second on a question, by
 *           desk N where that is given; N signed by a stranger
 *       [--profile eu]  its desks
 *
 *   DIR/keyset.json[.minisig], DIR/epochs/2026-W48.json
 *   DIR/keys/identity.pub            base64, for [identity] key
 *   DIR/keys/PERSON.seed             operational Ed25519 seed, 32 bytes
 *   DIR/keys/epochs/PERSON-WEEK.txt  age identity
 *   DIR/outbound-N/                  as FORMAT.md section 9
 *
 * With an existing DIR only new outbound folders are made, with the given
 * --serial (keyset and weeks stay).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "meldluik/board.h"
#include "meldluik/bundle.h"
#include "meldluik/secret.h"

#define PATH 1024
#define WEEKS_MAX 60

static const char *root;
static struct keyset keyset;
static uint8_t seed[KEYSET_PEOPLE_MAX][SIGN_SEED];

static void
check(enum err e, const char *what)
{
	if (e != OK) {
		fprintf(stderr, "fixture: %s: %s\n", what, err_text(e));
		exit(1);
	}
}

static const char *
path_of(const char *a, const char *b)
{
	static char p[PATH];

	snprintf(p, sizeof(p), "%s/%s%s", root, a, b);
	return p;
}

static void
save(const char *a, const char *b, const void *p, size_t len)
{
	FILE *f = fopen(path_of(a, b), "wb");

	if (f == NULL || (len > 0 && fwrite(p, 1, len, f) != len) ||
	    fclose(f) != 0) {
		perror(path_of(a, b));
		exit(1);
	}
}

static struct buf
load(const char *path)
{
	struct buf b = buf_new(1u << 24);
	uint8_t piece[4096];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL) {
		perror(path);
		exit(1);
	}
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0) {
		buf_put(&b, piece, n);
	}
	fclose(f);
	return b;
}

static void
folder(const char *a, const char *b)
{
	mkdir(path_of(a, b), 0700);
}

static bool external; /* desks of the profile "eu" */

static void
make_people(unsigned desks, unsigned holders)
{
	static const char *const of_nl[] = {"meldpunt", "secretaris",
	    "bestuur", "waarnemer"}; /* of the routing tables */
	static const char *const of_eu[] = {"intake", "audit", "a", "b"};
	const char *const *ids = external ? of_eu : of_nl;
	unsigned d, h;

	for (d = 1; d <= desks; d++) {
		struct keyset_desk *k = &keyset.desk[keyset.desks++];

		k->number = d;
		snprintf(k->id, sizeof(k->id), "%s", ids[(d - 1) % 4]);
		if (d > 4) {
			snprintf(k->id, sizeof(k->id), "desk-%u", d);
		}
		if (external && d == 1) {
			snprintf(k->not_about[k->not_abouts++], KEYSET_ID,
			    "eigen-medewerker");
		}
		k->names = 2;
		snprintf(k->name[0].language, 17, "nl");
		snprintf(k->name[0].name, KEYSET_NAME, "Meldpunt %u", d);
		snprintf(k->name[1].language, 17, "en");
		snprintf(k->name[1].name, KEYSET_NAME, "Desk %u", d);
		for (h = 0; h < holders; h++) {
			struct keyset_person *p =
			    &keyset.person[keyset.people];

			snprintf(p->id, sizeof(p->id), "desk%u-%c", d,
			    'a' + (int)h);
			p->desk = d;
			p->role = PERSON_HOLDER;
			sign_keypair(seed[keyset.people++], &p->key);
		}
	}
}

static void
make_epoch(day_t week)
{
	static struct epoch e;
	char text[WEEK_TEXT], name[128], identity[AGE_IDENTITY_TEXT_MAX + 1];
	uint8_t age_seed[AGE_HYBRID_SEED];
	struct sign_pk unused;
	struct buf out = buf_new(KEYSET_MAX);
	unsigned i;

	memset(&e, 0, sizeof(e));
	memcpy(e.org, keyset.org, ORG_LEN);
	memcpy(e.keyset, keyset.hash, HASH_LEN);
	e.week = week;
	week_text(week, text);
	for (i = 0; i < keyset.people; i++) {
		struct epoch_block *b = &e.block[e.blocks++];

		b->desk = keyset.person[i].desk;
		memcpy(b->person, keyset.person[i].id, KEYSET_ID);
		sign_keypair(age_seed, &unused); /* 32 random bytes */
		check(age_identity_recipient(age_seed, &b->recipient),
		    "recipient");
		age_identity_text(age_seed, identity);
		snprintf(name, sizeof(name), "%s-%s.txt", b->person, text);
		strcat(identity, "\n");
		save("keys/epochs/", name, identity, strlen(identity));
		check(epoch_block_sign(keyset.org, week, seed[i], b),
		    "epoch block");
	}
	check(epoch_write(&e, &out), "epoch");
	snprintf(name, sizeof(name), "%s.json", text);
	save("epochs/", name, out.p, out.len);
	buf_free(&out);
}

static void
make_org(const char *card_path, day_t today, unsigned desks,
    unsigned holders, unsigned weeks)
{
	struct buf card_text = load(card_path), out = buf_new(KEYSET_MAX);
	struct buf sig = buf_new(SIGN_TEXT_MAX);
	struct sign_purpose why = {.purpose = "keyset"};
	uint8_t identity[SIGN_SEED];
	char text[SIGN_KEY_TEXT], name[64];
	struct sign_pk pk;
	struct card card;
	unsigned i;

	check(card_parse(card_text.p, card_text.len, &card), "card");
	sign_keypair(identity, &pk);
	memcpy(keyset.org, pk.pk, ORG_LEN); /* random enough, and its own */
	sign_keypair(identity, &keyset.identity);
	snprintf(keyset.organisation, KEYSET_NAME, "Gemeente Proefdorp");
	keyset.serial = 1;
	keyset.day = today;
	keyset.not_after = day_add_months(today, 12);
	keyset.has_gateway = true;
	keyset.gateway = card.key;
	keyset.generation = card.generation;
	memcpy(keyset.onion, card.onion, KEYSET_URL);
	memcpy(keyset.https, card.https, KEYSET_URL);
	make_people(desks, holders);
	check(keyset_write(&keyset, &out), "keyset");
	memcpy(why.org, keyset.org, ORG_LEN);
	check(sign_make(identity, &why, out.p, out.len, &sig), "sign");
	save("", "keyset.json", out.p, out.len);
	save("", "keyset.json.minisig", sig.p, sig.len);
	save("keys/", "identity.seed", identity, SIGN_SEED);
	sign_pk_text(&keyset.identity, text);
	save("keys/", "identity.pub", text, strlen(text));
	for (i = 0; i < keyset.people; i++) {
		snprintf(name, sizeof(name), "%s.seed", keyset.person[i].id);
		save("keys/", name, seed[i], SIGN_SEED);
	}
	for (i = 0; i < weeks; i++) {
		make_epoch(week_of(today) + 7 * (day_t)i);
	}
	buf_free(&card_text);
	buf_free(&out);
	buf_free(&sig);
}

static void
load_org(void)
{
	char doc_path[PATH], name[64];
	struct buf doc, sig, s;
	struct keyset *k;
	unsigned i;

	snprintf(doc_path, sizeof(doc_path), "%s/keyset.json", root);
	doc = load(doc_path);
	sig = load(path_of("", "keyset.json.minisig"));
	check(keyset_parse(doc.p, doc.len, sig.p, sig.len, NULL, &k),
	    "keyset.json");
	keyset = *k;
	for (i = 0; i < keyset.people; i++) {
		snprintf(name, sizeof(name), "%s.seed", keyset.person[i].id);
		s = load(path_of("keys/", name));
		memcpy(seed[i], s.p, SIGN_SEED);
		buf_free(&s);
	}
	keyset_free(k);
	buf_free(&doc);
	buf_free(&sig);
}

static enum err
to_buf(void *arg, const uint8_t *p, size_t len)
{
	struct buf *b = arg;

	buf_put(b, p, len);
	return b->failed ? ERR_FULL : OK;
}

static void
put_file(struct outbound *o, const char *dir, const char *path, const void *p,
    size_t len)
{
	struct outbound_file *f = &o->file[o->files++];

	snprintf(f->path, sizeof(f->path), "%s", path);
	hash_bytes(p, len, f->sha256);
	save(dir, path, p, len);
}

static void
copy_file(struct outbound *o, const char *dir, const char *path)
{
	struct buf b = load(path_of("", path));

	put_file(o, dir, path, b.p, b.len);
	buf_free(&b);
}

static const uint8_t *
seed_of_desk(unsigned desk)
{
	unsigned i;

	for (i = 0; keyset.person[i].desk != desk; i++) {
		;
	}
	return seed[i];
}

static const char *reply_code, *reply_text[SLOT_LIVE_MAX];
static unsigned replies, asker;
static unsigned long forged; /* so many of them, signed by a stranger */

/* The thread of --code with its replies; its notes stay until the end */
static void
make_thread(unsigned desk, day_t day, struct lane_thread *t)
{
	static struct buf notes[SLOT_LIVE_MAX][SLOT_LIVE_MAX];
	static const uint8_t stranger[SIGN_SEED] = {1};
	struct code_keys keys;
	struct code c;
	unsigned i, k, parts;

	check(code_parse(reply_code, strlen(reply_code), &c), "code");
	code_derive(&c, keyset.org, &keys);
	memcpy(t->tag_key, keys.tag_key, sizeof(t->tag_key));
	check(age_identity_recipient(keys.mailbox, &t->recipient), "mailbox");
	for (i = 0; i < replies; i++) {
		struct reply r = {.desk = desk, .day = day, .language = "nl",
		    .kind = i == 0 ? REPLY_ACKNOWLEDGEMENT : REPLY_QUESTION,
		    .receipts = 1};

		if ((i > 0 && asker > 0 ? asker : code_desk(&c)) != desk) {
			continue;
		}
		memcpy(r.org, keyset.org, ORG_LEN);
		r.reply_id[0] = (uint8_t)(i + 1);
		memcpy(r.receipt[0], keys.message_id, MESSAGE_ID_LEN);
		check(reply_notes(&r, reply_text[i], strlen(reply_text[i]),
		    i < forged ? stranger : seed_of_desk(desk), notes[i],
		    &parts), "reply");
		for (k = 0; k < parts && t->notes < SLOT_LIVE_MAX; k++) {
			t->note[t->notes].p = notes[i][k].p;
			t->note[t->notes++].len = notes[i][k].len;
		}
	}
}

static void
make_outbound(unsigned desk, uint64_t serial, day_t today, day_t first,
    unsigned weeks, uint32_t slots)
{
	static struct outbound o;
	struct lane lane;
	struct lane_thread thread = {.notes = 0};
	struct buf bin = buf_new((size_t)slots * SLOT_LEN + SLOT_LEN);
	struct buf doc = buf_new(OUTBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct sign_purpose why = {.purpose = "lane", .desk = desk};
	const uint8_t *key = seed_of_desk(desk);
	char dir[32], path[64], text[WEEK_TEXT];
	unsigned i;

	snprintf(dir, sizeof(dir), "outbound-%u/", desk);
	folder(dir, "");
	folder(dir, "epochs");
	memset(&o, 0, sizeof(o));
	memset(&lane, 0, sizeof(lane));
	memcpy(o.org, keyset.org, ORG_LEN);
	memcpy(lane.org, keyset.org, ORG_LEN);
	memcpy(why.org, keyset.org, ORG_LEN);
	o.desk = lane.desk = desk;
	o.tenure = lane.tenure = 1;
	o.serial = lane.serial = serial;
	o.day = lane.day = today;
	if (reply_code != NULL) {
		make_thread(desk, today, &thread);
	}
	check(lane_make(&lane, &thread, thread.notes > 0, slots, to_buf,
	    &bin), "lane");
	check(lane_write(&lane, &doc), "lane manifest");
	check(sign_make(key, &why, doc.p, doc.len, &sig), "sign");
	put_file(&o, dir, "lane.bin", bin.p, bin.len);
	put_file(&o, dir, "lane.json", doc.p, doc.len);
	put_file(&o, dir, "lane.json.minisig", sig.p, sig.len);
	copy_file(&o, dir, "keyset.json");
	copy_file(&o, dir, "keyset.json.minisig");
	for (i = 0; i < weeks; i++) {
		week_text(first + 7 * (day_t)i, text);
		snprintf(path, sizeof(path), "epochs/%s.json", text);
		copy_file(&o, dir, path);
	}
	buf_clear(&doc);
	buf_clear(&sig);
	why.purpose = "outbound";
	check(outbound_write(&o, &doc), "outbound");
	check(sign_make(key, &why, doc.p, doc.len, &sig), "sign");
	save(dir, "outbound.json.minisig", sig.p, sig.len);
	save(dir, "outbound.json", doc.p, doc.len);
	lane_clear(&lane);
	buf_free(&bin);
	buf_free(&doc);
	buf_free(&sig);
}

int
main(int argc, char **argv)
{
	unsigned long desks = 1, holders = 2, weeks = 13, slots = 16;
	unsigned long serial = 1;
	const char *card = NULL, *day = NULL;
	day_t today;
	int i;

	for (i = 2; i + 1 < argc; i += 2) {
		unsigned long n = strtoul(argv[i + 1], NULL, 10);

		if (strcmp(argv[i], "--gateway-card") == 0) {
			card = argv[i + 1];
		} else if (strcmp(argv[i], "--today") == 0) {
			day = argv[i + 1];
		} else if (strcmp(argv[i], "--weeks") == 0) {
			weeks = n;
		} else if (strcmp(argv[i], "--desks") == 0) {
			desks = n;
		} else if (strcmp(argv[i], "--holders") == 0) {
			holders = n;
		} else if (strcmp(argv[i], "--slots") == 0) {
			slots = n;
		} else if (strcmp(argv[i], "--serial") == 0) {
			serial = n;
		} else if (strcmp(argv[i], "--profile") == 0) {
			external = strcmp(argv[i + 1], "eu") == 0;
		} else if (strcmp(argv[i], "--forged") == 0) {
			forged = n;
		} else if (strcmp(argv[i], "--asked-by") == 0) {
			asker = (unsigned)n;
		} else if (strcmp(argv[i], "--code") == 0) {
			reply_code = argv[i + 1];
		} else if (strcmp(argv[i], "--reply") == 0 &&
		    replies < SLOT_LIVE_MAX) {
			reply_text[replies++] = argv[i + 1];
		} else {
			break;
		}
	}
	if (argc < 2 || i != argc || card == NULL || day == NULL ||
	    day_parse(day, &today) != OK || weeks < 1 || weeks > WEEKS_MAX ||
	    desks < 1 || desks > KEYSET_DESKS_MAX || holders < 1 ||
	    holders > KEYSET_HOLDERS_MAX) {
		fprintf(stderr, "usage: fixture DIR --gateway-card FILE "
		    "--today DAY [--weeks N] [--desks N] [--holders N] "
		    "[--slots N] [--serial N] [--profile eu] "
		    "[--code CODE --reply TEXT... [--forged N] "
		    "[--asked-by N]]\n");
		return 2;
	}
	check(secret_setup(), "start");
	root = argv[1];
	folder("", "");
	folder("keys", "");
	folder("keys/epochs", "");
	folder("epochs", "");
	if (serial == 1) {
		make_org(card, today, (unsigned)desks, (unsigned)holders,
		    (unsigned)weeks);
	} else {
		load_org();
	}
	for (i = 0; i < (int)keyset.desks; i++) {
		make_outbound(keyset.desk[i].number, serial, today,
		    week_of(today), (unsigned)weeks, (uint32_t)slots);
	}
	return 0;
}
