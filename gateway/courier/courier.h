/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The courier: carries sealed, signed bundles between the gateway's door and
 * a stick. It opens nothing, decides nothing and keeps nothing; what it
 * checks, it checks to say early what the offline desk would say late.
 */
#ifndef MELDLUIK_COURIER_H
#define MELDLUIK_COURIER_H

#include "keysfetch.h"
#include "meldluik/bundle.h"
#include "meldluik/envelope.h"

#define COURIER_PIECE 1048576u /* bytes of a piece, FORMAT.md section 12 */
#define COURIER_FOLDER 32u     /* "outbound-63" and a NUL, with room */

struct courier_config {
	char *url;         /* public address, read as any reader reads it */
	char *door;        /* the courier's listener */
	char *credential;  /* file that holds the token */
	char *proxy;       /* socks5h://..., for url, and for an onion door */
	char *fingerprint; /* of the identity, or NULL */
	char *gateway_key; /* overrides the keyset's, or NULL */
	char *ca_file;     /* or NULL */
	unsigned desk;
	unsigned stall, tries; /* 0: as shipped */
	/* [notify]: all of server, from, to, or none */
	char *mail_server;   /* smtps://host[:port], or smtp:// with STARTTLS */
	char *mail_user, *mail_password; /* the second a file; or both NULL */
	char *mail_from, *mail_to;
	char *mail_deputy;   /* or NULL */
	char *mail_ca;       /* or NULL */
	unsigned mail_patience; /* days; 0: COURIER_PATIENCE */
	const char *secrets; /* folder of secrets named without a slash */
};
#define COURIER_PATIENCE 3u

/* ERR_USAGE after saying what is wrong with the file */
enum err courier_config_read(const char *path, struct courier_config *out);
void courier_config_clear(struct courier_config *c);
/* First line of the secret file ${path} in secret memory: at most ${max}
 * bytes; secret_free. ERR_USAGE after saying why. */
enum err courier_secret(const struct courier_config *c, const char *path,
    size_t max, char **out);

struct courier {
	const struct courier_config *config;
	struct transfer *door, *reader;
};
enum err courier_open(const struct courier_config *c, struct courier *out);
void courier_close(struct courier *c);

/* Says in plain words why the door refused; returns ${e} */
enum err courier_refused(const struct courier *c, const char *what,
    enum err e, const struct answer *a);

/* The verbs. Each says what it did, or what is wrong. */
enum err courier_fetch(struct courier *c, const char *dir);
enum err courier_deliver(struct courier *c, const char *dir);
/* Compares the board with the outbound bundle in ${dir}; OK: it is live.
 * ERR_BUSY: not yet. */
enum err courier_check(struct courier *c, const char *dir);
/* The daily mail; also to the deputy when something has waited longer than
 * the patience. ${today}: of the mail's date. */
enum err courier_notify(struct courier *c, day_t today);

/* Day of the oldest manifest that the desk has not confirmed; ${any}: is
 * there one? Cuts a manifest, as a fetch does. */
enum err courier_oldest(struct courier *c, bool *any, day_t *day);

/* An envelope that a manifest lists, and where it is in the queue */
struct wanted {
	struct inbound_envelope e;
	uint64_t serial; /* of the manifest that lists it */
};
struct bodies {
	size_t there;   /* were on the stick already */
	size_t fetched;
	size_t gone;    /* erased at the gateway meanwhile */
	size_t damaged; /* at the gateway, or what came has another hash */
	size_t no_room; /* come next time */
};
/* Fetches what is not in folder ${dir}, in the order given. ERR_FULL, and
 * ERR_CRYPT where only damaged ones are not there, after everything else was
 * fetched. */
enum err bodies_fetch(struct courier *c, int dir, const struct wanted *w,
    size_t n, struct bodies *out);

#endif
