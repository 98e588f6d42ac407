/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Under valgrind (poison.h): codes, mailboxes, shares, passphrases, signing
 * keys and tokens.
 *
 *   secret_poison code      a code as written and as typed, and what is
 *                           derived from it
 *   secret_poison mailbox   a shard read with a code that has a reply in it,
 *                           and with one that has none
 *   secret_poison shares    shares printed, typed and put together
 *   secret_poison pass      a file sealed and opened by a passphrase
 *   secret_poison sign      a note signed
 *   secret_poison courier   the courier's token
 *   secret_poison desk      ticket and cookie of the desk's page
 *   secret_poison control   the first that differs ends it: reported
 *   secret_poison lookup    a share's bytes as an address: reported
 */
#include "poison.h"

#ifdef HAVE_MEMCHECK
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "http/credential.h"
#include "meldluik/age_open.h"
#include "meldluik/mailbox.h"
#include "meldluik/secret.h"
#include "meldluik/shares.h"
#include "seal/age_header.h"
#include "decryptor/ui/ui.h"
#include "../unit/org.h"

enum err __real_age_open_small(const struct age_identity *id,
    const uint8_t *p, size_t len, struct buf *out);
enum err __wrap_age_open_small(const struct age_identity *id,
    const uint8_t *p, size_t len, struct buf *out);
enum err __wrap_age_scrypt_key(const char *pass, size_t len,
    const uint8_t salt[16], unsigned log_n, uint8_t key[32]);
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

/* A token in a header: only bits are hidden that tell its letters and its
 * digits apart among themselves, so that its end stays seen */
static void
hide_token(char *s)
{
	for (; *s != 0; s++) {
		uint8_t bits = *s >= 'A' ? 0x1f : *s >= '8' ? 1 : 7;

		(void)VALGRIND_SET_VBITS(s, &bits, 1);
	}
}

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
	SHOW(text, sizeof(text));
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
		/* where to read is asked of the server in the clear */
		shard = slot_shard(mailbox_keys(m)->tag_key, l->shards);
		SHOW(&shard, sizeof(shard));
		good = mailbox_read_constant(m, org.keyset, l, bytes->p +
		    shard * lane_shard_bytes(l), lane_shard_bytes(l), &r) ==
		    OK && r.replies == replies && r.damaged == 0;
	}
	mailbox_replies_clear(&r);
	mailbox_free(m);
	return good;
}

static bool
mailbox_run(void)
{
	struct reply r = {.desk = 1, .day = ORG_TODAY, .kind = REPLY_QUESTION,
	    .language = "nl"};
	struct lane l = {.desk = 1, .tenure = 1, .serial = 1,
	    .day = ORG_TODAY};
	struct buf note[SLOT_LIVE_MAX], bytes = buf_new(64 << 20);
	struct lane_thread t = {.notes = 0};
	struct code c, stranger;
	struct code_keys k;
	bool good;

	memset(note, 0, sizeof(note));
	memcpy(r.org, org.keyset->org, ORG_LEN);
	memcpy(l.org, org.keyset->org, ORG_LEN);
	good = code_new(1, &c) == OK && code_new(1, &stranger) == OK;
	code_derive(&c, org.keyset->org, &k);
	memcpy(r.receipt[r.receipts++], k.message_id, MESSAGE_ID_LEN);
	good = good && reply_notes(&r, "vraag", 5, org.operational[0], note,
	    &t.notes) == OK;
	memcpy(t.tag_key, k.tag_key, sizeof(t.tag_key));
	for (unsigned i = 0; i < t.notes; i++) {
		t.note[i] = (struct bytes){note[i].p, note[i].len};
	}
	good = good && age_identity_recipient(k.mailbox, &t.recipient) == OK
	    && lane_make(&l, &t, 1, LANE_SLOTS_MIN, to_buf, &bytes) == OK &&
	    mailbox_finds(c, &l, &bytes, 1) &&
	    mailbox_finds(stranger, &l, &bytes, 0);
	for (unsigned i = 0; i < SLOT_LIVE_MAX; i++) {
		buf_free(&note[i]);
	}
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
	char pass[] = "vijf losse woorden voor dit", again[] =
	    "vijf losse woorden voor dit";
	struct buf sealed = buf_new(1 << 20), plain = buf_new(1 << 20);
	struct age_seal *s = NULL;
	bool good;

	HIDE(pass, sizeof(pass) - 1);
	HIDE(again, sizeof(again) - 1);
	good = secret_equal(pass, again, sizeof(pass) - 1) &&
	    age_seal_new_scrypt(pass, sizeof(pass) - 1, to_buf, &sealed,
	    &s) == OK && age_seal_write(s, "plain", 5) == OK &&
	    age_seal_end(s) == OK;
	age_seal_free(s);
	SHOW(sealed.p, sealed.len);
	good = good && age_open_buf_scrypt(again, sizeof(again) - 1,
	    sealed.p, sealed.len, &plain) == OK;
	again[3] ^= 1;
	good = good && age_open_buf_scrypt(again, sizeof(again) - 1,
	    sealed.p, sealed.len, &plain) == ERR_NO_MATCH;
	buf_free(&sealed);
	buf_free(&plain);
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
	hide_token(header + 7);
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
	hide_token(ui.ticket);
	hide_token(ticket);
	good = session_begin(&ui, ticket);
	snprintf(cookie, sizeof(cookie), "desk=%s", ui.session);
	hide_token(ui.session);
	hide_token(cookie + 5);
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
	{"shares", shares_run},
	{"pass", pass_run},
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
