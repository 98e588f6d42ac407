/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * notify: the daily mail. It is sent every day, with the same text and the
 * same size, whether something came or not, so that nobody who sees the mail
 * learns that a report exists; nor could the courier tell, because decoys
 * come in every day too. What it does know is whether the desk keeps up:
 * when something waits unconfirmed for longer than the patience, the same
 * mail goes to the deputy as well.
 */
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "courier.h"
#include "mail.h"
#include "meldluik/secret.h"
#include "shown.h"

#define TEXT_MAX 2048u
#define ID_BYTES 16u

static const char body[] =
"Dit bericht van het meldpunt komt elke dag, ook als er niets is. Er staat\r\n"
"nooit iets anders in.\r\n"
"\r\n"
"Haal op de afgesproken dagen de post op met de stick en lees die op de\r\n"
"computer zonder netwerk in. Dit bericht zegt niet of er een melding is.\r\n"
"\r\n"
"Bent u de vervanger? Dan is de post langer blijven liggen dan afgesproken.\r\n"
"Vraag de coordinator of u het moet overnemen.\r\n"
"\r\n"
"-- \r\n"
"This message comes every day, even if there is nothing. It never says\r\n"
"anything else. Collect the mail on the agreed days. Are you the deputy?\r\n"
"Then it has waited for longer than agreed: ask the coordinator.\r\n";

/* Every field has one length: mails of one address differ in the date and
 * in the id only */
static void
compose(const struct courier_config *c, const char *to, day_t today,
    char out[TEXT_MAX])
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr",
		"May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	uint8_t random[ID_BYTES];
	char id[2 * ID_BYTES + 1];
	int year, month, day;

	randombytes_buf(random, sizeof(random));
	hex_encode(random, sizeof(random), id);
	day_split(today, &year, &month, &day);
	(void)snprintf(out, TEXT_MAX,
	    "Date: %02d %s %04d 00:00:00 +0000\r\n"
	    "From: <%s>\r\n"
	    "To: <%s>\r\n"
	    "Subject: Meldpunt: dagelijks bericht\r\n"
	    "Message-ID: <%s%s>\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=us-ascii\r\n"
	    "\r\n%s",
	    day, months[month - 1], year, c->mail_from, to, id,
	    strchr(c->mail_from, '@'), body);
}

static enum err
send_to(const struct courier_config *c, const char *who, const char *to,
    const char *password, day_t today)
{
	struct mail m = { c->mail_server, c->mail_user, password,
		c->mail_from, to, c->mail_ca };
	const char *trouble = "";
	char text[TEXT_MAX];
	enum err e = ERR_USAGE;

	if (mail_address_ok(to) && mail_address_ok(c->mail_from)) {
		compose(c, to, today, text);
		e = mail_send(&m, text, &trouble);
	}
	if (e == OK) {
		say("the daily mail went to the %s", who);
	} else if (e == ERR_USAGE) {
		say("[notify] from, to and deputy are name@host, of letters, "
		    "digits and . _ + - =");
	} else if (e == ERR_POLICY) {
		say("[notify] server is smtps://host or smtp://host; both "
		    "over TLS");
	} else {
		say("the daily mail to the %s was not sent: %s", who,
		    e == ERR_IO ? trouble : err_text(e));
	}
	return e;
}

enum err
courier_notify(struct courier *c, day_t today)
{
	const struct courier_config *o = c->config;
	unsigned patience = o->mail_patience != 0 ? o->mail_patience :
	    COURIER_PATIENCE;
	char *password = NULL;
	bool any = false;
	enum err e, known;
	day_t day = 0;

	if (o->mail_server == NULL) {
		say("the configuration has no [notify]");
		return ERR_USAGE;
	}
	if (o->mail_password != NULL && (e = courier_secret(o,
	    o->mail_password, MAIL_PASSWORD_MAX, &password)) != OK) {
		return e;
	}
	/* The mail goes out first: a gateway that is down delays nothing. And
	 * the deputy is for a coordinator who cannot be reached: gone, a full
	 * mailbox, a wrong address. */
	e = send_to(o, "coordinator", o->mail_to, password, today);
	if (o->mail_deputy != NULL) {
		known = courier_oldest(c, &any, &day);
		if (known != OK) {
			say("whether the deputy must know cannot be asked");
		} else if (any && today - day >= (day_t)patience) {
			known = send_to(o, "deputy", o->mail_deputy, password,
			    today);
		}
		e = e == OK ? known : e;
	}
	secret_free(password);
	return e;
}
