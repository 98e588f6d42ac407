/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * meldluik-reporter: options and verbs. Exit 0: done; 1: not done, and said
 * why; 2: used wrongly. The clock is read here only.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "fence.h"
#include "meldluik/secret.h"
#include "reporter.h"
#include "shown.h"

static const char help[] =
"Usage: meldluik-reporter [--gateway URL] [--proxy socks5h://HOST:PORT] VERB\n"
"\n"
"  seal --out FILE    seals a report to a file; with --keyset DIR no network\n"
"  send FILE          sends a sealed file\n"
"  send --text FILE   seals and sends in one go\n"
"  check              reads the answers; asks for the code\n"
"  follow-up          adds to a report; asks for the code\n"
"  withdraw           withdraws a report; asks for the code\n"
"  verify keyset | page | all | receipt FILE [--sealed FILE]\n"
"\n"
"What to say: --text FILE|-  --attach FILE (repeat)  --answer KEY=FILE\n"
"  --desk N | --about ROLE  --relation WORD  --language nl  --advice\n"
"  --last-reply ID  --no-mailbox\n"
"Whom to trust: --fingerprint XXXX-...  --keyset DIR  --state DIR\n"
"  --old-keys (of weeks long over: perhaps nobody can read it any more)\n"
"Code: on the terminal, or --code-file FILE (read), --code-fd N (written)\n"
"Other: --receipt FILE  --json  --ca FILE  --tries N  --help  --version\n"
"\n"
"Exit: 0 done, 1 not done (and said why), 2 used wrongly.\n";

enum {
	OPT_GATEWAY = 256, OPT_PROXY, OPT_CA, OPT_KEYSET, OPT_STATE,
	OPT_FINGERPRINT, OPT_TEXT, OPT_ABOUT, OPT_RELATION, OPT_LANGUAGE,
	OPT_OUT, OPT_RECEIPT, OPT_CODE_FILE, OPT_LAST_REPLY, OPT_SEALED,
	OPT_ATTACH, OPT_ANSWER, OPT_DESK, OPT_TRIES, OPT_CODE_FD, OPT_ADVICE,
	OPT_NO_MAILBOX, OPT_JSON, OPT_OLD_KEYS, OPT_HELP, OPT_VERSION
};

static const struct option options[] = {
	{ "gateway", required_argument, NULL, OPT_GATEWAY },
	{ "proxy", required_argument, NULL, OPT_PROXY },
	{ "ca", required_argument, NULL, OPT_CA },
	{ "keyset", required_argument, NULL, OPT_KEYSET },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "fingerprint", required_argument, NULL, OPT_FINGERPRINT },
	{ "text", required_argument, NULL, OPT_TEXT },
	{ "about", required_argument, NULL, OPT_ABOUT },
	{ "relation", required_argument, NULL, OPT_RELATION },
	{ "language", required_argument, NULL, OPT_LANGUAGE },
	{ "out", required_argument, NULL, OPT_OUT },
	{ "receipt", required_argument, NULL, OPT_RECEIPT },
	{ "code-file", required_argument, NULL, OPT_CODE_FILE },
	{ "last-reply", required_argument, NULL, OPT_LAST_REPLY },
	{ "sealed", required_argument, NULL, OPT_SEALED },
	{ "attach", required_argument, NULL, OPT_ATTACH },
	{ "answer", required_argument, NULL, OPT_ANSWER },
	{ "desk", required_argument, NULL, OPT_DESK },
	{ "tries", required_argument, NULL, OPT_TRIES },
	{ "code-fd", required_argument, NULL, OPT_CODE_FD },
	{ "advice", no_argument, NULL, OPT_ADVICE },
	{ "no-mailbox", no_argument, NULL, OPT_NO_MAILBOX },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "old-keys", no_argument, NULL, OPT_OLD_KEYS },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

#define BIT(option) (1u << ((option) - OPT_GATEWAY))
/* What makes up a new message, and what opens an old one */
#define NEW (BIT(OPT_TEXT) | BIT(OPT_ATTACH) | BIT(OPT_ANSWER) | \
	BIT(OPT_DESK) | BIT(OPT_ABOUT) | BIT(OPT_RELATION) | BIT(OPT_ADVICE) | \
	BIT(OPT_NO_MAILBOX) | BIT(OPT_OUT) | BIT(OPT_OLD_KEYS))
#define FIRST (BIT(OPT_DESK) | BIT(OPT_ABOUT) | BIT(OPT_ADVICE) | \
	BIT(OPT_NO_MAILBOX))
#define CODES (BIT(OPT_CODE_FILE) | BIT(OPT_CODE_FD))
#define LATER (BIT(OPT_LAST_REPLY) | BIT(OPT_CODE_FILE))

/* An option that a verb has no use for is refused: who gave it would believe
 * that it was heeded. */
static const struct verb {
	const char *name;
	enum err (*verb)(struct reporter *r, int argc, char **argv);
	uint32_t refused, refused_with_file;
} verbs[] = {
	{ "seal", verb_seal, LATER | BIT(OPT_SEALED), 0 },
	{ "send", verb_send, LATER | BIT(OPT_SEALED),
	    NEW | CODES | BIT(OPT_LANGUAGE) },
	{ "check", verb_check, NEW | BIT(OPT_LAST_REPLY) | BIT(OPT_SEALED) |
	    BIT(OPT_RECEIPT) | BIT(OPT_CODE_FD), 0 },
	{ "verify", verb_verify, NEW | CODES | BIT(OPT_LAST_REPLY) |
	    BIT(OPT_RECEIPT), 0 },
	{ "follow-up", verb_follow_up, (FIRST & ~BIT(OPT_DESK)) |
	    BIT(OPT_SEALED) | BIT(OPT_CODE_FD), 0 },
	{ "withdraw", verb_withdraw, (FIRST & ~BIT(OPT_DESK)) |
	    BIT(OPT_SEALED) | BIT(OPT_CODE_FD), 0 },
};

/* Says the first option of the command line that ${verb} does not take */
static bool
fitting(const struct verb *v, const struct reporter_options *o, bool file)
{
	uint32_t bad;

	file = file && v->refused_with_file != 0;
	bad = o->given & (v->refused | (file ? v->refused_with_file : 0));
	for (size_t i = 0; bad != 0 && options[i].name != NULL; i++) {
		if ((bad & BIT(options[i].val)) != 0) {
			say("%s%s does not take --%s; nothing was done",
			    v->name, file ? " FILE" : "", options[i].name);
			break;
		}
	}
	return bad == 0;
}

static const char *
option_name(int opt)
{
	size_t i = 0;

	while (options[i].val != opt) {
		i++;
	}
	return options[i].name;
}

static bool
number(int opt, const char *s, unsigned min, unsigned max, unsigned *out)
{
	size_t n = strlen(s);

	*out = n == 0 || n > 6 || strspn(s, "0123456789") != n ? max + 1 :
	    (unsigned)strtoul(s, NULL, 10);
	if (*out >= min && *out <= max) {
		return true;
	}
	say("--%s takes a number from %u to %u, not \"%.*s\"",
	    option_name(opt), min, max, (int)strnlen(s, SAID_MAX), s);
	return false;
}

static bool
take_option(struct reporter_options *o, int opt, const char *arg)
{
	const char **texts[] = { &o->gateway, &o->proxy, &o->ca_file,
		&o->keyset, &o->state, &o->fingerprint, &o->text, &o->about,
		&o->relation, &o->language, &o->out, &o->receipt,
		&o->code_file, &o->last_reply, &o->sealed };
	unsigned fd = 0;

	if (opt >= OPT_GATEWAY && opt <= OPT_VERSION) {
		o->given |= BIT(opt);
	}
	if (opt >= OPT_GATEWAY && opt <= OPT_SEALED) {
		*texts[opt - OPT_GATEWAY] = arg;
		return true;
	}
	switch (opt) {
	case OPT_ATTACH:
		if (o->attachments == REPORT_ATTACHMENTS_MAX) {
			say("at most 32 files");
			return false;
		}
		o->attach[o->attachments++] = arg;
		return true;
	case OPT_ANSWER:
		if (o->answers == REPORTER_ANSWERS ||
		    strchr(arg, '=') == NULL) {
			say("--answer KEY=FILE, at most 32 of them");
			return false;
		}
		o->answer[o->answers++] = arg;
		return true;
	case OPT_DESK:
		return number(opt, arg, 1, CODE_DESK_MAX, &o->desk);
	case OPT_TRIES:
		return number(opt, arg, 1, 1000, &o->tries);
	case OPT_CODE_FD:
		if (!number(opt, arg, 0, 1023, &fd)) {
			return false;
		}
		o->code_fd = (int)fd;
		return true;
	case OPT_ADVICE:
		o->advice = true;
		return true;
	case OPT_NO_MAILBOX:
		o->no_mailbox = true;
		return true;
	case OPT_JSON:
		o->json = true;
		return true;
	case OPT_OLD_KEYS:
		o->old_keys = true;
		return true;
	default:
		return false;
	}
}

static void
waiting(void *arg, enum err why, unsigned seconds)
{
	(void)arg;
	say("%s; trying again in %u s", why == ERR_IO ?
	    "no answer from the gateway" : "the gateway is busy", seconds);
}

/* A proxy that is meant but not used would show who sends. Else what there is
 * to know is said: only Tor hides where this machine is */
static bool
way_good(const struct reporter_options *o, const char *verb)
{
	static const char *const names[] = { "ALL_PROXY", "all_proxy",
		"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy" };

	if (o->gateway == NULL || o->proxy != NULL) {
		return true;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && *value != '\0') {
			say("the environment names a proxy (%s), which this "
			    "program does not use: give --proxy, or unset it",
			    names[i]);
			return false;
		}
	}
	if (strcmp(verb, "verify") != 0 &&
	    strncasecmp(o->gateway, "https:", 6) == 0) {
		say("this does not go through Tor: the network you use and "
		    "the gateway's see this machine's address");
	}
	return true;
}

static int
run(const struct reporter_options *o, const char *verb, int argc, char **argv)
{
	struct transfer_options t = { o->gateway, o->proxy, o->ca_file, NULL,
		0, o->tries, waiting, NULL };
	struct reporter r = { .o = o };
	const char *tmp = getenv("TMPDIR");
	bool unfenced = false;
	enum err e = OK;
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]) &&
	    strcmp(verbs[i].name, verb) != 0; i++) {
	}
	if (i == sizeof(verbs) / sizeof(verbs[0])) {
		say("there is no verb %s; see --help", verb);
		return 2;
	}
	if (!fitting(&verbs[i], o, argc > 0) || !way_good(o, verb)) {
		return 2;
	}
	/* Before the first byte of anybody: writes go where the user said,
	 * and to nameless files */
	if (fence_enter((const char *const[]){ o->out, o->receipt, o->state,
	    tmp != NULL && *tmp == '/' ? tmp : "/tmp" }, 4, &unfenced) != OK) {
		say("the system refuses the fence around this program");
		return 1;
	}
	if (unfenced) {
		say("this kernel has no Landlock: this program could write "
		    "wherever you can, if it were taken over");
	}
	if (o->gateway != NULL && transfer_new(&t, &r.t) != OK) {
		say("--gateway: use https://name, or http://name.onion with "
		    "--proxy socks5h://127.0.0.1:9050 (plain http only to "
		    "this machine itself)");
		return 2;
	}
	e = verbs[i].verb(&r, argc, argv);
	trust_close(&r);
	transfer_free(r.t);
	/* a line that was lost on the way counts, too */
	if ((ferror(stdout) != 0 || fflush(stdout) != 0) && e == OK) {
		e = ERR_IO;
	}
	return e == OK ? 0 : e == ERR_USAGE ? 2 : 1;
}

int
main(int argc, char **argv)
{
	struct reporter_options o;
	int opt;

	shown_program("meldluik-reporter");
	memset(&o, 0, sizeof(o));
	o.code_fd = -1;
	o.language = "nl";
	o.relation = "not_said";
	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == OPT_HELP) {
			fputs(help, stdout);
			return 0;
		}
		if (opt == OPT_VERSION) {
			puts("meldluik-reporter " MELDLUIK_VERSION);
			return 0;
		}
		if (!take_option(&o, opt, optarg)) {
			say("an option cannot be used; see --help");
			return 2;
		}
	}
	if (optind == argc) {
		fputs(help, stderr);
		return 2;
	}
	if (secret_setup() != OK) {
		say("the system refuses protected memory");
		return 1;
	}
	o.today = day_of_utc((int64_t)time(NULL));
	return run(&o, argv[optind], argc - optind - 1, argv + optind + 1);
}
