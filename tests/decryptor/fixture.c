/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Plays gateway and reporter for the scripts of the offline desk, with the
 * product's own seal side. A gateway is a folder: gateway.seed, card.json,
 * serial, head, pending (lines "sha size day week"), manifest-N.json and
 * envelopes/. A script makes a fork or a rollback by copying the folder.
 */
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "meldluik/bundle.h"
#include "meldluik/envelope.h"
#include "meldluik/mailbox.h"
#include "meldluik/secret.h"

static void
must(enum err e, const char *what)
{
	if (e != OK) {
		fprintf(stderr, "desk_fixture: %s: %s\n", what, err_text(e));
		exit(1);
	}
}

static void
read_file(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	uint8_t piece[65536];
	size_t n;

	if (f == NULL) {
		perror(path);
		exit(1);
	}
	while ((n = fread(piece, 1, sizeof piece, f)) > 0) {
		buf_put(out, piece, n);
	}
	fclose(f);
}

static void
write_file(const char *path, const void *p, size_t len)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL || fwrite(p, 1, len, f) != len || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

static const char *
path2(const char *a, const char *b)
{
	static char path[8][4096];
	static unsigned i;

	i = (i + 1) % 8;
	snprintf(path[i], sizeof path[i], "%s/%s", a, b);
	return path[i];
}

/* Value of "--name" in the arguments, or NULL */
static const char *
option(int argc, char **argv, const char *name)
{
	for (int i = 0; i + 1 < argc; i++) {
		if (strcmp(argv[i], name) == 0) {
			return argv[i + 1];
		}
	}
	return NULL;
}

static int
gateway_new(const char *gw)
{
	struct card card = {.generation = 1};
	struct buf doc = buf_new(65536);
	uint8_t seed[SIGN_SEED];

	mkdir(gw, 0700);
	mkdir(path2(gw, "envelopes"), 0700);
	sign_keypair(seed, &card.key);
	strcpy(card.https, "https://meldpunt.example");
	must(card_write(&card, &doc), "card");
	write_file(path2(gw, "gateway.seed"), seed, sizeof seed);
	write_file(path2(gw, "card.json"), doc.p, doc.len);
	write_file(path2(gw, "pending"), "", 0);
	return 0;
}

static struct keyset *
keyset_load(const char *outbound)
{
	struct buf doc = buf_new(KEYSET_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct keyset *k = NULL;

	read_file(path2(outbound, "keyset.json"), &doc);
	read_file(path2(outbound, "keyset.json.minisig"), &sig);
	must(keyset_parse(doc.p, doc.len, sig.p, sig.len, NULL, &k), "keyset");
	return k;
}

static struct epoch *
epoch_load(const char *outbound, const struct keyset *k, const char *week)
{
	struct buf doc = buf_new(KEYSET_MAX);
	struct epoch *e = NULL;
	char name[64];

	snprintf(name, sizeof name, "epochs/%s.json", week);
	read_file(path2(outbound, name), &doc);
	must(epoch_parse(doc.p, doc.len, k, &e), "epoch");
	return e;
}

static void
pending_add(const char *gw, const struct buf *sealed, day_t day,
    const char *week)
{
	uint8_t hash[HASH_LEN];
	char hex[2 * HASH_LEN + 1], name[128], text[DAY_TEXT];
	FILE *f;

	hash_bytes(sealed->p, sealed->len, hash);
	hex_encode(hash, HASH_LEN, hex);
	snprintf(name, sizeof name, "envelopes/%s.age", hex);
	write_file(path2(gw, name), sealed->p, sealed->len);
	day_text(day, text);
	f = fopen(path2(gw, "pending"), "a");
	fprintf(f, "%s %zu %s %s\n", hex, sealed->len, text, week);
	fclose(f);
	printf("%s\n", hex);
}

static enum err
to_buf(void *arg, const uint8_t *p, size_t len)
{
	buf_put(arg, p, len);
	return ((struct buf *)arg)->failed ? ERR_LIMIT : OK;
}

static void
attach(struct envelope *e, struct report *r, const char *file,
    const char *name)
{
	struct buf data = buf_new(256u << 20);
	uint8_t hash[HASH_LEN];
	uint64_t size;

	read_file(file, &data);
	must(envelope_attachment(e, data.len), "attachment");
	must(envelope_write(e, data.p, data.len), "attachment");
	must(envelope_attachment_end(e, &size, hash), "attachment");
	must(report_attachment_add(r, name, "application/octet-stream", size,
	    hash), "attachment");
	buf_free(&data);
}

static void
code_load(const char *file, struct code *c)
{
	struct buf text = buf_new(256);

	read_file(file, &text);
	must(code_parse((const char *)text.p, text.len, c), "code");
}

static void
victim_copy(struct report *r, const char *file, const char *what)
{
	struct code_keys keys;
	struct code code;

	code_load(file, &code);
	code_derive(&code, r->org, &keys);
	if (strstr(what, "id") != NULL) {
		memcpy(r->message_id, keys.message_id, MESSAGE_ID_LEN);
	}
	if (strstr(what, "signer") != NULL) {
		sign_pk_of(keys.thread, &r->signer);
	}
	if (strstr(what, "tag") != NULL) {
		memcpy(r->tag_key, keys.tag_key, sizeof r->tag_key);
	}
	secret_wipe(&keys, sizeof keys);
}

/*
 * seal GW OUTBOUND --desk N --day D --text T [--code FILE] [--new-code FILE]
 *   [--kind report|advice|follow_up|withdrawal] [--attach FILE --name NAME]
 *   [--language L] [--asked QUESTION] [--foreign 1] [--wrong-signer 1]
 *   [--says-desk N]
 *   [--victim FILE --copies "id signer tag"]: what whoever read the first
 *   message of that code knows, put into this one
 */
static int
seal(int argc, char **argv)
{
	const char *gw = argv[0], *out = argv[1];
	const char *kind = option(argc, argv, "--kind");
	const char *codefile = option(argc, argv, "--code");
	const char *newcode = option(argc, argv, "--new-code");
	const char *file = option(argc, argv, "--attach");
	const char *name = option(argc, argv, "--name");
	const char *asked = option(argc, argv, "--asked");
	const char *language = option(argc, argv, "--language");
	const char *victim = option(argc, argv, "--victim");
	unsigned desk = (unsigned)atoi(option(argc, argv, "--desk"));
	struct keyset *k = keyset_load(out);
	struct age_recipient recipient[KEYSET_HOLDERS_MAX];
	struct buf sealed = buf_new(300u << 20);
	struct report *r = report_new();
	uint8_t last[16] = {0};
	struct code_keys keys;
	struct envelope *e = NULL;
	struct epoch *epoch;
	struct code code;
	char week[WEEK_TEXT];
	bool later = kind != NULL && (strcmp(kind, "follow_up") == 0 ||
	    strcmp(kind, "withdrawal") == 0);
	unsigned n;
	day_t day;

	must(day_parse(option(argc, argv, "--day"), &day), "day");
	week_text(week_of(day), week);
	epoch = epoch_load(out, k, week);
	n = epoch_recipients(epoch, desk, recipient);
	r->kind = kind == NULL ? REPORT_REPORT : strcmp(kind, "advice") == 0 ?
	    REPORT_ADVICE : strcmp(kind, "follow_up") == 0 ?
	    REPORT_FOLLOW_UP : later ? REPORT_WITHDRAWAL : REPORT_REPORT;
	memcpy(r->org, k->org, ORG_LEN);
	if (option(argc, argv, "--foreign") != NULL) {
		r->org[0] ^= 1;
	}
	memcpy(r->keyset, k->hash, HASH_LEN);
	strcpy(r->epoch, week);
	r->desk = option(argc, argv, "--says-desk") == NULL ? desk :
	    (unsigned)atoi(option(argc, argv, "--says-desk"));
	r->sealed_by = SEALED_CLI;
	strcpy(r->language, language == NULL ? "nl" : language);
	strcpy(r->relation, "employee");
	must(report_answer_add(r, "what", option(argc, argv, "--text"),
	    strlen(option(argc, argv, "--text"))), "text");
	if (asked != NULL) { /* an organisation's own question */
		must(report_answer_add(r, "q_own", "JA", 2), "answer");
		must(report_question_add(r, "q_own", asked, strlen(asked)),
		    "question");
	}
	if (newcode != NULL) {
		char text[CODE_TEXT];
		must(code_new(desk, &code), "code");
		code_text(&code, text);
		write_file(newcode, text, strlen(text));
	} else if (codefile != NULL) {
		code_load(codefile, &code);
	}
	if (newcode != NULL || codefile != NULL) {
		code_derive(&code, k->org, &keys);
		must(later ? report_thread_later(r, &keys, last) :
		    report_thread_first(r, &keys), "thread");
	}
	if (later || r->thread == THREAD_NONE) { /* else of the code */
		randombytes_buf(r->message_id, MESSAGE_ID_LEN);
	}
	if (victim != NULL) {
		victim_copy(r, victim, option(argc, argv, "--copies"));
	}
	must(envelope_new(recipient, n, to_buf, &sealed, 1, &e), "envelope");
	if (file != NULL) {
		attach(e, r, file, name == NULL ? "file" : name);
	}
	must(envelope_finish(e, r, later ? keys.thread : NULL), "finish");
	pending_add(gw, &sealed, day, week);
	envelope_free(e);
	report_free(r);
	epoch_free(epoch);
	keyset_free(k);
	secret_wipe(&keys, sizeof keys);
	buf_free(&sealed);
	return 0;
}

/* junk GW COUNT DAY: one real header to nobody, random bodies behind it */
static int
junk(int argc, char **argv)
{
	struct age_recipient nobody[ENVELOPE_STANZAS];
	struct buf sealed = buf_new(1u << 20);
	struct buf plain = buf_new(1u << 20);
	char week[WEEK_TEXT];
	day_t day;

	(void)argc;
	must(day_parse(argv[2], &day), "day");
	week_text(week_of(day), week);
	for (unsigned i = 0; i < ENVELOPE_STANZAS; i++) {
		must(age_recipient_throwaway(&nobody[i]), "throwaway");
	}
	buf_zeros(&plain, ENVELOPE_CLASS_MIN);
	must(age_seal_buf(nobody, ENVELOPE_STANZAS, plain.p, plain.len,
	    &sealed), "seal");
	for (int i = 0; i < atoi(argv[1]); i++) {
		randombytes_buf(sealed.p + ENVELOPE_HEADER,
		    sealed.len - ENVELOPE_HEADER);
		pending_add(argv[0], &sealed, day, week);
	}
	buf_free(&sealed);
	buf_free(&plain);
	return 0;
}

static void
pending_take(const char *gw, struct inbound *m)
{
	FILE *f = fopen(path2(gw, "pending"), "r");
	char hex[65], day[DAY_TEXT], week[WEEK_TEXT];
	unsigned long long size;

	m->envelope = calloc(INBOUND_ENVELOPES, sizeof *m->envelope);
	while (f != NULL && fscanf(f, "%64s %llu %10s %8s", hex, &size, day,
	    week) == 4) {
		struct inbound_envelope *e = &m->envelope[m->envelopes++];
		must(hex_decode(hex, e->sha256, HASH_LEN), "hash");
		e->size = size;
		must(day_parse(day, &e->day), "day");
		must(week_parse(week, &e->week), "week");
	}
	if (f != NULL) {
		fclose(f);
	}
	write_file(path2(gw, "pending"), "", 0);
}

static void
applied_take(struct inbound *m, const char *outbound, day_t day)
{
	struct buf doc = buf_new(OUTBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct inbound_applied *a = &m->applied[m->applieds++];
	struct keyset *k = keyset_load(outbound);
	struct outbound *o = NULL;

	read_file(path2(outbound, "outbound.json"), &doc);
	read_file(path2(outbound, "outbound.json.minisig"), &sig);
	must(outbound_parse(doc.p, doc.len, sig.p, sig.len, k, &o),
	    "outbound");
	a->desk = o->desk;
	a->tenure = o->tenure;
	a->serial = o->serial;
	a->day = day;
	memcpy(a->sha256, o->hash, HASH_LEN);
	outbound_free(o);
	keyset_free(k);
	buf_free(&doc);
	buf_free(&sig);
}

/* cut GW ORGDIR DAY [--applied OUTBOUND [--tenure N] [--serial N]]
 * [--closed WEEK] */
static int
cut(int argc, char **argv)
{
	const char *gw = argv[0];
	const char *applied = option(argc, argv, "--applied");
	const char *closed = option(argc, argv, "--closed");
	const char *tenure = option(argc, argv, "--tenure");
	const char *serial = option(argc, argv, "--serial");
	struct keyset *k = keyset_load(argv[1]);
	struct sign_purpose why = {.purpose = "inbound"};
	struct buf head = buf_new(256), seed = buf_new(64),
	    doc = buf_new(INBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct inbound *m = calloc(1, sizeof *m);
	char name[64];

	read_file(path2(gw, "gateway.seed"), &seed);
	memcpy(m->org, k->org, ORG_LEN);
	memcpy(why.org, k->org, ORG_LEN);
	m->generation = 1;
	m->serial = 1;
	if (access(path2(gw, "head"), F_OK) == 0) {
		read_file(path2(gw, "head"), &head);
		memcpy(m->previous, head.p, HASH_LEN);
		m->serial = head.p[HASH_LEN] * 256u + head.p[HASH_LEN + 1] + 1;
	}
	must(day_parse(argv[2], &m->day), "day");
	pending_take(gw, m);
	if (closed != NULL) {
		m->closed = calloc(1, sizeof *m->closed);
		m->closeds = 1;
		must(week_parse(closed, m->closed), "closed");
	}
	if (applied != NULL) {
		applied_take(m, applied, m->day);
	}
	if (applied != NULL && tenure != NULL) {
		m->applied[0].tenure = strtoull(tenure, NULL, 10);
	}
	if (applied != NULL && serial != NULL) {
		m->applied[0].serial = strtoull(serial, NULL, 10);
	}
	must(inbound_write(m, &doc), "manifest");
	must(sign_make(seed.p, &why, doc.p, doc.len, &sig), "sign");
	snprintf(name, sizeof name, "manifest-%u.json", (unsigned)m->serial);
	write_file(path2(gw, name), doc.p, doc.len);
	snprintf(name, sizeof name, "manifest-%u.json.minisig",
	    (unsigned)m->serial);
	write_file(path2(gw, name), sig.p, sig.len);
	hash_bytes(doc.p, doc.len, m->hash);
	buf_clear(&head);
	buf_put(&head, m->hash, HASH_LEN);
	buf_u16(&head, (uint16_t)m->serial);
	write_file(path2(gw, "head"), head.p, head.len);
	printf("%u\n", (unsigned)m->serial);
	buf_free(&head);
	buf_free(&seed);
	buf_free(&doc);
	buf_free(&sig);
	free(m->envelope);
	free(m->closed);
	free(m);
	keyset_free(k);
	return 0;
}

/* outbound DIR: checks all of it as a gateway would; prints numbers */
static int
outbound(int argc, char **argv)
{
	struct buf doc = buf_new(OUTBOUND_MAX), sig = buf_new(SIGN_TEXT_MAX);
	struct keyset *k = keyset_load(argv[0]);
	struct outbound *o = NULL;

	(void)argc;
	read_file(path2(argv[0], "outbound.json"), &doc);
	read_file(path2(argv[0], "outbound.json.minisig"), &sig);
	must(outbound_parse(doc.p, doc.len, sig.p, sig.len, k, &o),
	    "outbound");
	for (unsigned i = 0; i < o->files; i++) {
		struct buf file = buf_new(64u << 20);
		uint8_t hash[HASH_LEN];
		read_file(path2(argv[0], o->file[i].path), &file);
		hash_bytes(file.p, file.len, hash);
		must(memcmp(hash, o->file[i].sha256, HASH_LEN) == 0 ? OK :
		    ERR_CHAIN, o->file[i].path);
		if (strncmp(o->file[i].path, "epochs/", 7) == 0) {
			struct epoch *e = NULL;
			must(epoch_parse(file.p, file.len, k, &e), "epoch");
			epoch_free(e);
		}
		buf_free(&file);
	}
	printf("serial=%llu confirmed=%llu intake=%llu files=%u\n",
	    (unsigned long long)o->serial,
	    (unsigned long long)o->confirmed_serial,
	    (unsigned long long)o->intake_serial, o->files);
	outbound_free(o);
	keyset_free(k);
	buf_free(&doc);
	buf_free(&sig);
	return 0;
}

/* read OUTBOUND DESK CODEFILE: replies of one code, as a reader would */
static int
read_back(int argc, char **argv)
{
	struct buf doc = buf_new(LANE_MANIFEST_MAX),
	    sig = buf_new(SIGN_TEXT_MAX), bin = buf_new(64u << 20);
	struct keyset *k = keyset_load(argv[0]);
	struct mailbox_replies replies = {.reply = NULL};
	struct mailbox *m = NULL;
	struct lane lane;
	struct code code;
	uint32_t shard;
	uint64_t each;

	(void)argc;
	code_load(argv[2], &code);
	read_file(path2(argv[0], "lane.json"), &doc);
	read_file(path2(argv[0], "lane.json.minisig"), &sig);
	read_file(path2(argv[0], "lane.bin"), &bin);
	must(lane_parse(doc.p, doc.len, sig.p, sig.len, k,
	    (unsigned)atoi(argv[1]), &lane), "lane");
	must(mailbox_new(&code, k->org, &m), "mailbox");
	shard = slot_shard(mailbox_keys(m)->tag_key, lane.shards);
	each = lane_shard_bytes(&lane);
	must(lane_shard_check(&lane, shard, bin.p + shard * each, each),
	    "shard");
	must(mailbox_read(m, k, &lane, bin.p + shard * each, each, &replies),
	    "read");
	printf("slots=%u replies=%u damaged=%u\n", lane.slots,
	    replies.replies, replies.damaged);
	for (unsigned i = 0; i < replies.replies; i++) {
		printf("[%s] %u receipts, %s\n%s\n",
		    reply_kind_word(replies.reply[i].kind),
		    replies.reply[i].receipts, replies.reply[i].language,
		    replies.reply[i].text);
	}
	mailbox_replies_clear(&replies);
	mailbox_free(m);
	lane_clear(&lane);
	keyset_free(k);
	buf_free(&doc);
	buf_free(&sig);
	buf_free(&bin);
	return 0;
}

int
main(int argc, char **argv)
{
	must(secret_setup(), "secrets");
	if (argc >= 3 && strcmp(argv[1], "new") == 0) {
		return gateway_new(argv[2]);
	}
	if (argc >= 8 && strcmp(argv[1], "seal") == 0) {
		return seal(argc - 2, argv + 2);
	}
	if (argc == 5 && strcmp(argv[1], "junk") == 0) {
		return junk(argc - 2, argv + 2);
	}
	if (argc >= 5 && strcmp(argv[1], "cut") == 0) {
		return cut(argc - 2, argv + 2);
	}
	if (argc == 3 && strcmp(argv[1], "outbound") == 0) {
		return outbound(argc - 2, argv + 2);
	}
	if (argc == 5 && strcmp(argv[1], "read") == 0) {
		return read_back(argc - 2, argv + 2);
	}
	fprintf(stderr, "use: desk_fixture new|seal|junk|cut|outbound|read\n");
	return 2;
}
