/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * One mail over SMTP with TLS, by libcurl: smtps://, or smtp:// where the
 * connection must become TLS before anything is said. Certificates are
 * verified; there is no way to switch that off.
 */
#ifndef MELDLUIK_MAIL_H
#define MELDLUIK_MAIL_H

#include "meldluik/bytes.h"

#define MAIL_ADDRESS_MAX 254u  /* RFC 5321, 4.5.3.1.3 less the brackets */
#define MAIL_PASSWORD_MAX 256u

struct mail {
	const char *server;
	const char *user, *password; /* the second secret; or both NULL */
	const char *from, *to;
	const char *ca_file; /* NULL: what the system trusts */
};

/* "name@host" of printable ASCII without quotes, spaces or brackets: what
 * can stand in an envelope and a header as it is */
bool mail_address_ok(const char *s);
/*
 * Sends ${text}, header and body with CRLF line ends. ERR_USAGE: an address
 * cannot be used; ERR_POLICY: ${server} is not smtp:// or smtps://; ERR_IO:
 * not sent, and ${trouble} (a phrase of libcurl) says why.
 */
enum err mail_send(const struct mail *m, const char *text,
    const char **trouble);

#endif
