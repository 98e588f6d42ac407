/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The courier's configuration: [gateway] and [notify]. An unknown key is an
 * error: a mistyped `proxy` must not silently mean "no Tor".
 */
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "courier.h"
#include "meldluik/code.h"
#include "shown.h"

struct reading {
	struct courier_config *c;
	bool failed;
};

static bool
set_text(char **to, const char *value)
{
	if (*to != NULL || *value == '\0') {
		return false;
	}
	*to = strdup(value);
	return *to != NULL;
}

static bool
set_number(unsigned *to, const char *value, unsigned max)
{
	unsigned v = 0;

	if (*to != 0 || *value == '\0' || strlen(value) > 6 ||
	    strspn(value, "0123456789") != strlen(value)) {
		return false;
	}
	v = (unsigned)strtoul(value, NULL, 10);
	*to = v;
	return v >= 1 && v <= max;
}

static int
take(void *arg, const char *section, const char *key, const char *value)
{
	struct reading *r = arg;
	struct courier_config *c = r->c;
	struct {
		const char *key;
		char **to;
	} texts[] = {
		{ "url", &c->url },
		{ "door", &c->door },
		{ "credential_file", &c->credential },
		{ "proxy", &c->proxy },
		{ "fingerprint", &c->fingerprint },
		{ "gateway_key", &c->gateway_key },
		{ "ca_file", &c->ca_file },
	}, mail[] = {
		{ "server", &c->mail_server },
		{ "user", &c->mail_user },
		{ "password_file", &c->mail_password },
		{ "from", &c->mail_from },
		{ "to", &c->mail_to },
		{ "deputy", &c->mail_deputy },
		{ "ca_file", &c->mail_ca },
	};
	bool known = false, fine = false;

	if (strcmp(section, "gateway") == 0) {
		for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
			if (strcmp(key, texts[i].key) == 0) {
				known = true;
				fine = set_text(texts[i].to, value);
			}
		}
		if (strcmp(key, "desk") == 0) {
			known = true;
			fine = set_number(&c->desk, value, CODE_DESK_MAX);
		} else if (strcmp(key, "stall_seconds") == 0) {
			known = true;
			fine = set_number(&c->stall, value, 3600);
		} else if (strcmp(key, "tries") == 0) {
			known = true;
			fine = set_number(&c->tries, value, 100);
		}
	}
	if (strcmp(section, "notify") == 0) {
		for (size_t i = 0; i < sizeof(mail) / sizeof(mail[0]); i++) {
			if (strcmp(key, mail[i].key) == 0) {
				known = true;
				fine = set_text(mail[i].to, value);
			}
		}
		if (strcmp(key, "patience") == 0) {
			known = true;
			fine = set_number(&c->mail_patience, value, 30);
		}
	}
	if (!known) {
		say("configuration: [%s] %s is not a setting of the courier",
		    section, key);
		r->failed = true;
	} else if (!fine) {
		say("configuration: %s has no value that can be used, or "
		    "stands there twice", key);
		r->failed = true;
	}
	return 1;
}

enum err
courier_config_read(const char *path, struct courier_config *out)
{
	struct courier_config c;
	struct reading r = { &c, false };
	int line;

	memset(&c, 0, sizeof(c));
	line = ini_parse(path, take, &r);
	if (line < 0) {
		say("%s: cannot be read", path);
		r.failed = true;
	} else if (line > 0) {
		say("%s: line %d is not `key = value`", path, line);
		r.failed = true;
	} else if (!r.failed && (c.url == NULL || c.door == NULL ||
	    c.credential == NULL || c.desk == 0)) {
		say("%s: url, door, credential_file and desk must stand in "
		    "[gateway]", path);
		r.failed = true;
	} else if (!r.failed && ((c.mail_user != NULL) !=
	    (c.mail_password != NULL) || (c.mail_server != NULL) !=
	    (c.mail_to != NULL) || (c.mail_server != NULL) !=
	    (c.mail_from != NULL))) {
		say("%s: [notify] needs server, from and to together, and "
		    "user with password_file", path);
		r.failed = true;
	}
	if (r.failed) {
		courier_config_clear(&c);
		return ERR_USAGE;
	}
	*out = c;
	return OK;
}

void
courier_config_clear(struct courier_config *c)
{
	free(c->url);
	free(c->door);
	free(c->credential);
	free(c->proxy);
	free(c->fingerprint);
	free(c->gateway_key);
	free(c->ca_file);
	free(c->mail_server);
	free(c->mail_user);
	free(c->mail_password);
	free(c->mail_from);
	free(c->mail_to);
	free(c->mail_deputy);
	free(c->mail_ca);
	memset(c, 0, sizeof(*c));
}
