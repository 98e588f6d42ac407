/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Under valgrind (poison.h): codes, mailboxes, shares, passphrases, signing
 * keys and tokens.
 *
 *   secret_poison code      a code as written and as typed, and what is
 *                           derived from it
 *   secret_poison mailbox   a shard read with a code that has a reply in it,
 *                           and with one that has none
 *   secret_poison page      the same by the page without scripts: a code with
 *                           a reply, one without, and one mistyped
 *   secret_poison shares    shares printed, typed and put together
 *   secret_poison pass      a file sealed and opened by a passphrase
 *   secret_poison keyring   the passphrase of a desk: chosen, typed again,
 *                           its keyring written and opened
 *   secret_poison sign      a note signed
 *   secret_poison courier   the courier's token
 *   secret_poison desk      ticket and cookie of the desk's page
 *   secret_poison control   the first that differs ends it: reported
 *   secret_poison lookup    a share's bytes as an address: reported
 */
#include "poison.h"

#ifdef HAVE_MEMCHECK
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "http/credential.h"
#include "meldluik/age_open.h"
#include "meldluik/mailbox.h"
#include "meldluik/secret.h"
#include "meldluik/shares.h"
#include "seal/age_header.h"
#include "decryptor/ceremony.h"
#include "decryptor/files.h"
#include "decryptor/ui/ui.h"
#include "../unit/org.h"
#include "replies_poison.h"

enum err __real_age_open_small(const struct age_identity *id,
    const uint8_t *p, size_t len, struct buf *out);
enum err __wrap_age_open_small(const struct age_identity *id,
    const uint8_t *p, size_t len, struct buf *out);
enum err __wrap_age_scrypt_key(const char *pass, size_t len,
    const uint8_t salt[16], unsigned log_n, uint8_t key[32]);
enum err __real_age_open_buf_scrypt(const char *pass, size_t passlen,
    const uint8_t *p, size_t len, struct buf *out);
enum err __wrap_age_open_buf_scrypt(const char *pass, size_t passlen,
    const uint8_t *p, size_t len, struct buf *out);
uint32_t __real_slot_shard(const uint8_t tag_key[32],
    uint32_t shards);
uint32_t __wrap_slot_shard(const uint8_t tag_key[32],
    uint32_t shards);
void __real_code_text(const struct code *c, char out[CODE_TEXT]);
void __wrap_code_text(const struct code *c, char out[CODE_TEXT]);
bool __real_crockford_separator(char c);
bool __wrap_crockford_separator(char c);
int __real_crypto_aead_chacha20poly1305_ietf_encrypt(unsigned char *c,
    unsigned long long *clen, const unsigned char *m,
    unsigned long long mlen, const unsigned char *ad,
    unsigned long long adlen, const unsigned char *nsec,
    const unsigned char *npub, const unsigned char *k);
int __wrap_crypto_aead_chacha20poly1305_ietf_encrypt(unsigned char *c,
    unsigned long long *clen, const unsigned char *m,
    unsigned long long mlen, const unsigned char *ad,
    unsigned long long adlen, const unsigned char *nsec,
    const unsigned char *npub, const unsigned char *k);

/* Which slot was copied is secret, what is in it hangs on the board; what
 * opened is its reader's. */
enum err
__wrap_age_open_small(const struct age_identity *id, const uint8_t *p,
    size_t len, struct buf *out)
{
	enum err e;

	SHOW(p, len);
	e = __real_age_open_small(id, p, len, out);
	if (e == OK) {
		SHOW(out->p, out->len);
	}
	return e;
}

/* scrypt, which age v1 demands, takes addresses from a hash of the
 * passphrase: here another function of the same inputs. */
enum err
__wrap_age_scrypt_key(const char *pass, size_t len, const uint8_t salt[16],
    unsigned log_n, uint8_t key[32])
{
	(void)log_n;
	return crypto_generichash(key, 32, (const uint8_t *)pass, len, salt,
	    16) == 0 ? OK : ERR_MEMORY;
}

/* What a passphrase opened is its holder's */
enum err
__wrap_age_open_buf_scrypt(const char *pass, size_t passlen,
    const uint8_t *p, size_t len, struct buf *out)
{
	enum err e = __real_age_open_buf_scrypt(pass, passlen, p, len, out);

	if (e == OK) {
		SHOW(out->p, out->len);
	}
	return e;
}

/* Where to read is asked of a server in the clear, or lies in its memory */
uint32_t
__wrap_slot_shard(const uint8_t tag_key[32], uint32_t shards)
{
	uint32_t shard = __real_slot_shard(tag_key, shards);

	SHOW(&shard, sizeof(shard));
	return shard;
}

/* Written for its reader */
void
__wrap_code_text(const struct code *c, char out[CODE_TEXT])
{
	__real_code_text(c, out);
	SHOW(out, CODE_TEXT);
}

/* Where a typed text is divided is seen by everybody */
bool
__wrap_crockford_separator(char c)
{
	SHOW(&c, sizeof(c)); /* this copy only */
	return __real_crockford_separator(c);
}

/* What is sealed is written to a disk or sent */
int
__wrap_crypto_aead_chacha20poly1305_ietf_encrypt(unsigned char *c,
    unsigned long long *clen, const unsigned char *m,
    unsigned long long mlen, const unsigned char *ad,
    unsigned long long adlen, const unsigned char *nsec,
    const unsigned char *npub, const unsigned char *k)
{
	int r = __real_crypto_aead_chacha20poly1305_ietf_encrypt(c, clen, m,
	    mlen, ad, adlen, nsec, npub, k);

	SHOW(c, mlen + crypto_aead_chacha20poly1305_ietf_ABYTES);
	return r;
}

static volatile uint8_t sink;
static struct test_org org;

static bool
code_run(void)
{
	struct code c, back;
	struct code_keys k;
	char text[CODE_TEXT], wrong[CODE_TEXT];
	size_t len = CODE_TEXT - 1;
	bool good;

	if (code_new(1, &c) != OK) {
		return false;
	}
	HIDE(c.b + 1, CODE_LEN - 1); /* version and desk, public, before it */
	code_text(&c, text);
	memcpy(wrong, text, sizeof(wrong));
	wrong[7] = wrong[7] == '0' ? '1' : '0';
	HIDE(wrong + 2, len - 2);
	HIDE(text + 2, len - 2);
	good = code_parse(text, len, &back) == OK;
	code_derive(&back, org.keyset->org, &k);
	good = good && secret_equal(&c, &back, sizeof(c));
	return good && code_parse(wrong, len, &back) == ERR_CRYPT;
}

static enum err
to_buf(void *arg, const uint8_t *p, size_t len)
{
	struct buf *b = arg;

	buf_put(b, p, len);
	return b->failed ? ERR_MEMORY : OK;
}

static bool
mailbox_finds(struct code c, const struct lane *l, const struct buf *bytes,
    unsigned replies)
{
	struct mailbox_replies r = {.reply = NULL};
	struct mailbox *m = NULL;
	uint32_t shard;
	bool good;

	HIDE(&c, sizeof(c));
	good = mailbox_new(&c, org.keyset->org, &m) == OK;
	if (good) {
		shard = slot_shard(mailbox_keys(m)->tag_key, l->shards);
		good = mailbox_read_constant(m, org.keyset, l, bytes->p +
		    shard * lane_shard_bytes(l), lane_shard_bytes(l), &r) ==
		    OK && r.replies == replies && r.damaged == 0;
	}
	mailbox_replies_clear(&r);
	mailbox_free(m);
	return good;
}

/* A board of desk 1 with one reply, to ${c} */
static bool
board_make(const struct code *c, struct lane *l, struct buf *bytes)
{
	struct reply r = {.desk = 1, .day = ORG_TODAY, .kind = REPLY_QUESTION,
	    .language = "nl"};
	struct buf note[SLOT_LIVE_MAX];
	struct lane_thread t = {.notes = 0};
	struct code_keys k;
	bool good;

	*l = (struct lane){.desk = 1, .tenure = 1, .serial = 1,
	    .day = ORG_TODAY};
	memset(note, 0, sizeof(note));
	memcpy(r.org, org.keyset->org, ORG_LEN);
	memcpy(l->org, org.keyset->org, ORG_LEN);
	code_derive(c, org.keyset->org, &k);
	memcpy(r.receipt[r.receipts++], k.message_id, MESSAGE_ID_LEN);
	good = reply_notes(&r, "vraag", 5, org.operational[0], note,
	    &t.notes) == OK;
	memcpy(t.tag_key, k.tag_key, sizeof(t.tag_key));
	for (unsigned i = 0; i < t.notes; i++) {
		t.note[i] = (struct bytes){note[i].p, note[i].len};
	}
	good = good && age_identity_recipient(k.mailbox, &t.recipient) == OK
	    && lane_make(l, &t, 1, LANE_SLOTS_MIN, to_buf, bytes) == OK;
	for (unsigned i = 0; i < SLOT_LIVE_MAX; i++) {
		buf_free(&note[i]);
	}
	return good;
}

static bool
mailbox_run(void)
{
	struct buf bytes = buf_new(64 << 20);
	struct code c, stranger;
	struct lane l;
	bool good = code_new(1, &c) == OK && code_new(1, &stranger) == OK &&
	    board_make(&c, &l, &bytes) && mailbox_finds(c, &l, &bytes, 1) &&
	    mailbox_finds(stranger, &l, &bytes, 0);

	buf_free(&bytes);
	lane_clear(&l);
	return good;
}

static bool
page_run(void)
{
	struct buf doc = buf_new(LANE_MANIFEST_MAX),
	    sig = {.p = NULL}, bytes = buf_new(64 << 20);
	char text[CODE_TEXT], other[CODE_TEXT];
	struct page_board b;
	struct code c, stranger;
	struct lane l;
	bool good = code_new(1, &c) == OK && code_new(1, &stranger) == OK &&
	    board_make(&c, &l, &bytes) && lane_write(&l, &doc) == OK;

	if (good) {
		sig = org_sign(org.operational[0], "lane", l.org, 1, &doc);
		b = (struct page_board){org.keyset, {doc.p, doc.len},
			{sig.p, sig.len}, {bytes.p, bytes.len}};
		code_text(&c, text);
		code_text(&stranger, other);
		good = replies_poison(&b, text) == 1 && replies_poison(&b, other) == 0;
		text[7] = text[7] == '0' ? '1' : '0';
		good = good && replies_poison(&b, text) == UINT_MAX;
	}
	buf_free(&doc);
	buf_free(&sig);
	buf_free(&bytes);
	lane_clear(&l);
	return good;
}

/* Of a sheet, the first characters say kind and number; the last line ends
 * in commitments and their filling, which are no secret */
#define SHEET_HEAD 6u
#define SHEET_END 10u

static bool
shares_run(void)
{
	uint8_t secret[SHARE_SECRET], back[SHARE_SECRET];
	struct share s[3], typed;
	struct shares_fault wrong;
	struct share_fault slip;
	char text[SHARE_TEXT], qr[SHARE_QR];
	size_t len;

	randombytes_buf(secret, sizeof(secret));
	poison_random = true;
	HIDE(secret, sizeof(secret));
	if (shares_split(SHARE_IDENTITY, 2, 3, secret, s) != OK) {
		return false;
	}
	for (unsigned i = 0; i < 3; i++) { /* they stand in papers.json */
		SHOW(s[i].commit, sizeof(s[i].commit));
	}
	share_text(&s[1], text);
	share_qr(&s[2], qr);
	SHOW(text, sizeof(text));
	len = strlen(text);
	HIDE(text + SHEET_HEAD, len - SHEET_HEAD - SHEET_END);
	if (share_parse(text, len, &typed, &slip) != OK) {
		return false;
	}
	SHOW(typed.commit, sizeof(typed.commit));
	s[1] = typed;
	return shares_combine(s, 2, back, &wrong) == OK &&
	    secret_equal(secret, back, sizeof(back));
}

static bool
pass_run(void)
{
	char pass[] = "vijf losse woorden voor dit";
	struct buf sealed = buf_new(1 << 20), plain = buf_new(1 << 20);
	struct age_seal *s = NULL;
	bool good;

	HIDE(pass, sizeof(pass) - 1);
	good = age_seal_new_scrypt(pass, sizeof(pass) - 1, to_buf, &sealed,
	    &s) == OK && age_seal_write(s, "plain", 5) == OK &&
	    age_seal_end(s) == OK;
	age_seal_free(s);
	SHOW(sealed.p, sealed.len);
	good = good && age_open_buf_scrypt(pass, sizeof(pass) - 1,
	    sealed.p, sealed.len, &plain) == OK;
	pass[3] ^= 1;
	good = good && age_open_buf_scrypt(pass, sizeof(pass) - 1,
	    sealed.p, sealed.len, &plain) == ERR_NO_MATCH;
	buf_free(&sealed);
	buf_free(&plain);
	return good;
}

/* Chosen in the ceremony, and drawn and typed back */
static bool
chosen(struct desk *d, const char *pass, const char *wrong, size_t len)
{
	struct ceremony c = {.d = d, .step = STEP_HOME, .dice = true,
		.carded = true};
	struct refusal why;
	bool good;

	if (ceremony_own(&c, pass, len, wrong, len, &why) != ERR_CONFLICT ||
	    ceremony_own(&c, pass, len, pass, len, &why) != OK) {
		return false;
	}
	c.offered = d->pass;
	d->pass = NULL;
	good = ceremony_repeat(&c, wrong, len, &why) == ERR_NO_MATCH &&
	    ceremony_repeat(&c, pass, len, &why) == OK;
	secret_free(c.offered);
	return good;
}

static bool
keyring_run(void)
{
	char pass[] = "vijf losse woorden voor dit", wrong[sizeof(pass)],
	    home[] = "/tmp/meldluik-poison.XXXXXX";
	struct desk d = {.ring = keyring_new(), .home = home};
	bool good = d.ring != NULL && mkdtemp(home) != NULL;

	memcpy(wrong, pass, sizeof(pass));
	wrong[3] ^= 1;
	poison_text(pass);
	poison_text(wrong);
	if (good) {
		d.dir = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		strcpy(d.ring->person, "an");
		d.ring->desk = 1;
		good = chosen(&d, pass, wrong, sizeof(pass) - 1) &&
		    keyringfile_save(&d) == OK;
		keyring_free(d.ring);
		d.ring = NULL;
	}
	good = good && keyringfile_load(&d) == OK;
	keyring_free(d.ring);
	d.ring = NULL;
	if (good) {
		memcpy(d.pass, wrong, sizeof(wrong) - 1);
		good = keyringfile_load(&d) == ERR_NO_MATCH;
	}
	secret_free(d.pass);
	close(d.dir);
	folder_remove(AT_FDCWD, home);
	return good;
}

static bool
sign_run(void)
{
	static const struct sign_purpose why = {.purpose = "reply",
	    .desk = 1};
	struct buf sig = buf_new(SIGN_TEXT_MAX);
	uint8_t seed[SIGN_SEED];
	bool good;

	randombytes_buf(seed, sizeof(seed));
	HIDE(seed, sizeof(seed));
	good = sign_make(seed, &why, "text", 4, &sig) == OK;
	buf_free(&sig);
	return good;
}

static bool
courier_run(void)
{
	char header[] = "Bearer TOKENOFTHECOURIER0123456789";
	uint8_t hash[HASH_LEN];
	bool good;

	hash_bytes(header + 7, strlen(header + 7), hash);
	poison_text(header + 7);
	good = credential_fits(header, hash);
	header[20] ^= 1;
	return good && !credential_fits(header, hash);
}

static bool
desk_run(void)
{
	static struct ui ui;
	char ticket[UI_TOKEN_TEXT], cookie[UI_TOKEN_TEXT + 5];
	bool good;

	session_ticket(&ui);
	memcpy(ticket, ui.ticket, sizeof(ticket));
	poison_text(ui.ticket);
	poison_text(ticket);
	good = session_begin(&ui, ticket);
	snprintf(cookie, sizeof(cookie), "desk=%s", ui.session);
	poison_text(ui.session);
	poison_text(cookie + 5);
	good = good && session_good(&ui, cookie);
	cookie[9] ^= 1;
	return good && !session_good(&ui, cookie);
}

static bool
control_run(void)
{
	struct code c;
	uint8_t a[15];

	if (code_new(1, &c) != OK) {
		return false;
	}
	memset(a, 0, sizeof(a));
	HIDE(&c, sizeof(c));
	sink = memcmp(c.b, a, sizeof(a)) == 0 ? 3 : 4;
	return true;
}

static bool
lookup_run(void)
{
	uint8_t secret[SHARE_SECRET], table[256];

	randombytes_buf(table, sizeof(table));
	randombytes_buf(secret, sizeof(secret));
	HIDE(secret, sizeof(secret));
	sink = table[secret[0]];
	return true;
}

const struct poison_case poison_cases[] = {
	{"code", code_run},
	{"mailbox", mailbox_run},
	{"page", page_run},
	{"shares", shares_run},
	{"pass", pass_run},
	{"keyring", keyring_run},
	{"sign", sign_run},
	{"courier", courier_run},
	{"desk", desk_run},
	{"control", control_run},
	{"lookup", lookup_run},
	{NULL, NULL},
};

bool
poison_ready(void)
{
	org_make(&org);
	return true;
}
#endif
