/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * notify: the same mail each day, of the same size, whatever there is; the
 * deputy has it too when something waits for longer than the patience, also
 * where the coordinator's could not be sent. What is sent and what the gateway
 * says is the test's.
 */
#include "courier.h"
#include "mail.h"
#include "meldluik/secret.h"
#include "store_cmocka.h"
#include "../unit/said.h"

#define MAILS 4u

static struct {
	char to[260], text[2048], password[16], user[16], ca[16];
} mail[MAILS];
static unsigned mails, askings;
static enum err sends[MAILS], oldest, secret;
static bool any;
static day_t waits; /* since when */
static struct courier_config o;
static struct courier c;

enum err __wrap_mail_send(const struct mail *m, const char *text,
    const char **trouble);

enum err
__wrap_mail_send(const struct mail *m, const char *text, const char **trouble)
{
	assert_in_range(mails, 0, MAILS - 1);
	assert_string_equal(m->server, "smtps://mail.example");
	assert_string_equal(m->from, o.mail_from);
	snprintf(mail[mails].to, sizeof(mail[0].to), "%s", m->to);
	snprintf(mail[mails].text, sizeof(mail[0].text), "%s", text);
	snprintf(mail[mails].password, sizeof(mail[0].password), "%s",
	    m->password == NULL ? "" : m->password);
	snprintf(mail[mails].user, sizeof(mail[0].user), "%s",
	    m->user == NULL ? "" : m->user);
	*trouble = "no such luck";
	return sends[mails++];
}

enum err courier_oldest(struct courier *k, bool *is, day_t *day)
{
	assert_ptr_equal(k, &c);
	askings++;
	if (oldest == OK) {
		*is = any;
		*day = waits;
	}
	return oldest;
}

enum err courier_secret(const struct courier_config *k, const char *path,
    size_t max, char **out)
{
	assert_ptr_equal(k, &o);
	assert_string_equal(path, "mail");
	assert_int_equal(max, MAIL_PASSWORD_MAX);
	if (secret == OK) {
		*out = secret_new(8);
		assert_non_null(*out);
		strcpy(*out, "geheim");
	}
	return secret;
}

#define WORD(w) ((char *)(uintptr_t)(w))

static int
begin(void **state)
{
	(void)state;
	ok(secret_setup());
	memset(mail, 0, sizeof(mail));
	memset(sends, 0, sizeof(sends));
	oldest = secret = OK;
	any = true;
	waits = KIT_DAY;
	o = (struct courier_config){
		.mail_server = WORD("smtps://mail.example"),
		.mail_from = WORD("meldpunt@gemeente.example"),
		.mail_to = WORD("an@gemeente.example"),
		.mail_deputy = WORD("bo@gemeente.example") };
	c = (struct courier){ .config = &o };
	return 0;
}

/* On ${day} after what waits came: ends with ${want}, sends ${n}, says so */
static void
notifies(int day, enum err want, unsigned n, const char *words)
{
	enum err e;

	mails = askings = 0;
	said_begin();
	e = courier_notify(&c, KIT_DAY + (day_t)day);
	if (!said_end(words) || e != want || mails != n) {
		fail_msg("%s, %u mails, or not said: %s", err_text(e), mails,
		    words);
	}
}

static void
who_has_it(void **state)
{
	(void)state;
	notifies(2, OK, 1, "went to the coordinator");
	assert_string_equal(mail[0].to, "an@gemeente.example");
	assert_int_equal(askings, 1);
	notifies(3, OK, 2, "went to the deputy");
	assert_string_equal(mail[0].to, "an@gemeente.example");
	assert_string_equal(mail[1].to, "bo@gemeente.example");
	o.mail_patience = 9;
	notifies(8, OK, 1, "went to the coordinator");
	notifies(9, OK, 2, "went to the deputy");
	notifies(-40, OK, 1, "went to the coordinator"); /* a clock is wrong */
	any = false;
	notifies(9, OK, 1, "went to the coordinator");
	any = true;
	o.mail_deputy = NULL; /* then nothing is asked of the gateway */
	notifies(9, OK, 1, "went to the coordinator");
	assert_int_equal(askings, 0);
	o.mail_server = NULL;
	notifies(9, ERR_USAGE, 0, "has no [notify]");
}

/* The deputy is for a coordinator who cannot be reached; and a gateway that
 * is down keeps no mail from the coordinator */
static void
one_without_the_other(void **state)
{
	(void)state;
	sends[0] = ERR_IO;
	notifies(3, ERR_IO, 2, "to the coordinator was not sent: no such luck");
	notifies(3, ERR_IO, 2, "went to the deputy");
	sends[0] = ERR_NO_MATCH;
	notifies(2, ERR_NO_MATCH, 1, err_text(ERR_NO_MATCH));
	sends[0] = OK;
	sends[1] = ERR_IO;
	notifies(3, ERR_IO, 2, "to the deputy was not sent");
	sends[1] = ERR_POLICY;
	notifies(3, ERR_POLICY, 2, "both over TLS");
	oldest = ERR_NO_MATCH;
	notifies(3, ERR_NO_MATCH, 1, "whether the deputy must know cannot be");
	notifies(3, ERR_NO_MATCH, 1, "went to the coordinator");
	sends[0] = ERR_IO;
	notifies(3, ERR_IO, 1, "to the coordinator was not sent");
}

static void
password(void **state)
{
	(void)state;
	notifies(3, OK, 2, "");
	assert_string_equal(mail[0].password, "");
	o.mail_password = WORD("mail");
	o.mail_user = WORD("wie");
	notifies(3, OK, 2, "");
	assert_string_equal(mail[0].password, "geheim");
	assert_string_equal(mail[1].password, "geheim");
	assert_string_equal(mail[1].user, "wie");
	secret = ERR_UNKNOWN; /* none goes without it */
	notifies(3, ERR_UNKNOWN, 0, "");
}

/* An address is one, or what is behind it would be lines of the mail */
static void
addresses(void **state)
{
	(void)state;
	o.mail_to = WORD("an@gemeente.example>\r\nBcc: <x@y.example");
	notifies(3, ERR_USAGE, 1, "are name@host");
	assert_string_equal(mail[0].to, "bo@gemeente.example");
	o.mail_to = WORD("an@gemeente.example");
	o.mail_deputy = WORD("bo");
	notifies(3, ERR_USAGE, 1, "are name@host");
	o.mail_from = WORD("meldpunt");
	notifies(3, ERR_USAGE, 0, "are name@host");
}

/* Where two mails of an address differ: not in size, and in the digits of the
 * date and the id only */
static void
same_every_day(void **state)
{
	static char first[2048];
	static char address[2][260];
	const char *id, *day;
	size_t n;

	(void)state;
	notifies(0, OK, 1, "");
	memcpy(first, mail[0].text, sizeof(first));
	assert_int_equal(strncmp(first, "Date: 24 Nov 2026 00:00:00 +0000\r\n"
	    "From: <meldpunt@gemeente.example>\r\nTo: <an@gemeente.example>"
	    "\r\nSubject: Meldpunt: dagelijks bericht\r\nMessage-ID: <", 145),
	    0);
	notifies(200, OK, 2, ""); /* 12 June */
	n = strlen(first);
	assert_int_equal(strlen(mail[0].text), n);
	day = strstr(first, "Date: ") + 6;
	id = strstr(first, "Message-ID: <") + 13;
	assert_int_equal(strspn(id, "0123456789abcdef"), 32);
	assert_memory_equal(id + 32, "@gemeente.example>\r\n", 20);
	assert_memory_not_equal(id, mail[0].text + (id - first), 32);
	for (size_t i = 0; i < n; i++) {
		bool may = (first + i >= day && first + i < day + 11) ||
		    (first + i >= id && first + i < id + 32);
		if (!may && first[i] != mail[0].text[i]) {
			fail_msg("at %zu: %.20s", i, mail[0].text + i);
		}
	}
	assert_non_null(strstr(mail[0].text, "Date: 12 Jun 2027 "));
	/* what the deputy reads is no other */
	assert_string_equal(strstr(mail[1].text, "Auto-Submitted: "),
	    strstr(mail[0].text, "Auto-Submitted: "));
	/* the longest addresses cut nothing off */
	for (unsigned i = 0; i < 2; i++) {
		memset(address[i], 'a', MAIL_ADDRESS_MAX);
		address[i][1] = '@';
		address[i][MAIL_ADDRESS_MAX] = '\0';
	}
	o.mail_from = address[0];
	o.mail_to = address[1];
	notifies(0, OK, 1, "");
	assert_string_equal(strstr(mail[0].text, "Auto-Submitted: "),
	    strstr(first, "Auto-Submitted: "));
}

#define CASE(f) cmocka_unit_test_setup(f, begin)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(who_has_it),
		CASE(one_without_the_other),
		CASE(password),
		CASE(addresses),
		CASE(same_every_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
