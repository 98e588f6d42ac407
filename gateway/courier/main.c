/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * meldluik-courier: options, the two connections, the verb. Exit 0: done;
 * 1: not done, and said why; 2: used wrongly.
 */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "courier.h"
#include "fence.h"
#include "files.h"
#include "meldluik/secret.h"
#include "shown.h"

static const char help[] =
"Usage: meldluik-courier --config FILE VERB [DIR]\n"
"\n"
"Carries sealed bundles between the gateway and a stick. It can open nothing.\n"
"\n"
"  fetch DIR     what the desk has not confirmed, to DIR/inbound-DESK\n"
"  deliver DIR   DIR/outbound-DESK to the gateway; then reads the board back\n"
"  check DIR     is what DIR/outbound-DESK holds live on the board?\n"
"  notify        sends the daily mail of [notify]: the same every day\n"
"\n"
"  --config FILE   [gateway] url, door, credential_file, desk, and optional\n"
"                  proxy, fingerprint, gateway_key, ca_file, stall_seconds,\n"
"                  tries; [notify] server, from, to, and optional user,\n"
"                  password_file, deputy, ca_file, patience\n"
"  --secrets DIR   where secrets lie that are named without a slash\n"
"  --help, --version\n"
"\n"
"Exit: 0 done, 1 not done (and said why), 2 used wrongly.\n";

static void
waiting(void *arg, enum err why, unsigned seconds)
{
	(void)arg;
	say("%s; trying again in %u s", why == ERR_IO ?
	    "no answer from the gateway" : "the gateway is busy", seconds);
}

static bool
is_onion(const char *address)
{
	const char *at = strstr(address, ".onion");

	return at != NULL && (at[6] == '\0' || at[6] == ':' || at[6] == '/');
}

enum err
courier_secret(const struct courier_config *c, const char *path, size_t max,
    char **out)
{
	char beside[PATH_MAX];
	struct buf b = buf_new_secret(max + 2);
	char *secret = NULL;
	enum err e = OK;
	size_t n = 0;

	if (c->secrets != NULL && strchr(path, '/') == NULL) {
		if ((size_t)snprintf(beside, sizeof(beside), "%s/%s",
		    c->secrets, path) >= sizeof(beside)) {
			buf_free(&b);
			return ERR_USAGE;
		}
		path = beside;
	}
	if ((e = file_read_path(path, &b)) != OK) {
		say("%s: the credential cannot be read: %s", path,
		    err_text(e));
		goto out;
	}
	while (n < b.len && b.p[n] != '\n' && b.p[n] != '\r' &&
	    b.p[n] != '\0') {
		n++;
	}
	if (n == 0 || n > max) {
		say("%s: holds no credential", path);
		e = ERR_USAGE;
		goto out;
	}
	if ((secret = secret_new(n + 1)) == NULL) {
		e = ERR_MEMORY;
		goto out;
	}
	memcpy(secret, b.p, n);
	*out = secret;
out:
	buf_free(&b);
	return e;
}

static enum err
connection(const struct courier_config *c, const char *base,
    const char *token, bool proxied, struct transfer **out)
{
	struct transfer_options o = { base, proxied ? c->proxy : NULL,
		c->ca_file, token, c->stall, c->tries, waiting, NULL };
	enum err e = transfer_new(&o, out);

	if (e == ERR_POLICY) {
		say("%s: use https, or an onion address with proxy = "
		    "socks5h://127.0.0.1:9050 (plain http only to this "
		    "machine itself)", base);
	} else if (e == ERR_USAGE) {
		say("%s: the address must be https://name or "
		    "http://name.onion without a path, and the credential "
		    "1 to 128 of A-Z a-z 0-9 _ -", base);
	}
	return e;
}

enum err
courier_open(const struct courier_config *c, struct courier *out)
{
	char *token = NULL;
	enum err e;

	memset(out, 0, sizeof(*out));
	out->config = c;
	if ((e = courier_secret(c, c->credential,
	    TRANSFER_TOKEN_MAX, &token)) == OK &&
	    (e = connection(c, c->door, token, is_onion(c->door),
	    &out->door)) == OK) {
		e = connection(c, c->url, NULL, true, &out->reader);
	}
	secret_free(token);
	return e;
}

void
courier_close(struct courier *c)
{
	transfer_free(c->door);
	transfer_free(c->reader);
}

enum err
courier_refused(const struct courier *c, const char *what, enum err e,
    const struct answer *a)
{
	static const struct {
		enum err e;
		const char *text;
	} texts[] = {
		{ ERR_NO_MATCH, "the gateway does not know this credential" },
		{ ERR_SIGNATURE, "a signature is not by a present holder of "
		    "this desk" },
		{ ERR_FOREIGN, "it is of another organisation or desk" },
		{ ERR_CHAIN, "it does not continue what the gateway has" },
		{ ERR_STALE, "it is older than what the gateway has" },
		{ ERR_CONFLICT, "another bundle of the same number is applied"
		    " already" },
		{ ERR_FULL, "the gateway has no room" },
		{ ERR_BUSY, "the gateway is busy; try again later" },
		{ ERR_UNKNOWN, "the gateway does not have it" },
		{ ERR_CRYPT, "a file does not have its stated hash" },
	};
	const char *text = e == ERR_IO && a->status == 0 ?
	    transfer_trouble(c->door) : err_text(e);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].e == e) {
			text = texts[i].text;
		}
	}
	say("%s: %s", what, text);
	return e;
}

static int
run(const char *config, const char *secrets, const char *verb,
    const char *dir)
{
	static const struct {
		const char *name;
		enum err (*verb)(struct courier *c, const char *dir);
	} verbs[] = { { "fetch", courier_fetch },
		{ "deliver", courier_deliver }, { "check", courier_check } };
	struct courier_config c;
	struct courier k;
	enum err e = ERR_USAGE;
	bool mail = strcmp(verb, "notify") == 0, unfenced = false;
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]) &&
	    strcmp(verbs[i].name, verb) != 0; i++) {
	}
	if (!mail && i == sizeof(verbs) / sizeof(verbs[0])) {
		say("there is no verb %s; see --help", verb);
		return 2;
	}
	if (mail != (dir == NULL)) {
		say("%s takes %s folder; see --help", verb, mail ? "no" : "a");
		return 2;
	}
	if (courier_config_read(config, &c) != OK) {
		return 2;
	}
	c.secrets = secrets;
	/* Before the first byte of anybody: writes go to the stick alone */
	if (fence_enter((const char *const[]){ dir }, 1, &unfenced) != OK) {
		say("the system refuses the fence around this program");
		courier_config_clear(&c);
		return 1;
	}
	if (unfenced) {
		say("this kernel has no Landlock: this program could write "
		    "wherever you can, if it were taken over");
	}
	if ((e = courier_open(&c, &k)) == OK) {
		e = mail ? courier_notify(&k, day_of_utc((int64_t)time(NULL)))
		    : verbs[i].verb(&k, dir);
	}
	courier_close(&k);
	courier_config_clear(&c);
	return e == OK ? 0 : e == ERR_USAGE ? 2 : 1;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "secrets", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	const char *config = NULL, *secrets = NULL;
	int o;

	shown_program("meldluik-courier");
	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 'c':
			config = optarg;
			break;
		case 's':
			secrets = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			return 0;
		case 'v':
			puts("meldluik-courier " MELDLUIK_VERSION);
			return 0;
		default:
			return 2;
		}
	}
	if (argc - optind < 1) {
		fputs(help, stderr);
		return 2;
	}
	if (config == NULL || argc - optind > 2) {
		say(config == NULL ? "give --config FILE; see --help" :
		    "too many words; see --help");
		return 2;
	}
	if (secret_setup() != OK) {
		say("the system refuses protected memory");
		return 1;
	}
	return run(config, secrets, argv[optind],
	    argc - optind == 2 ? argv[optind + 1] : NULL);
}
