/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * meldluik-gateway: options only. The work is in process/ (three processes),
 * http/ (web's engine), pages/, store/ and doctor/.
 */
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "meldluik/keyset.h"
#include "meldluik/secret.h"
#include "meldluik/store.h"
#include "doctor/doctor.h"
#include "pages/setup.h"
#include "process/ipc.h"
#include "process/roles.h"

#define CONFIG_DEFAULT "/etc/meldluik/gateway.ini"

static const char usage[] =
    "usage: meldluik-gateway [--config FILE]        run the gateway\n"
    "       meldluik-gateway card [--config FILE]   print the gateway card\n"
    "       meldluik-gateway doctor [--config FILE] [--root FOLDER]\n"
    "                                               what is to mend here\n"
    "       meldluik-gateway --help | --version\n";

static int
complain(const char *what, const char *why)
{
	fprintf(stderr, "meldluik-gateway: %s: %s\n", what, why);
	return EXIT_USAGE;
}

static int
load(const char *path, struct config *c, struct buf *text)
{
	struct pages_config pages;
	char where[32], why[PAGES_WHY];
	enum err e;
	int fd, line;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return complain(path, "cannot be opened");
	}
	e = config_load(fd, text);
	close(fd);
	if (e != OK) {
		return complain(path, err_text(e));
	}
	e = config_parse((const char *)text->p, c, &line);
	if (e == ERR_FORMAT) {
		snprintf(where, sizeof(where), "line %d is wrong", line);
		return complain(path, where);
	}
	if (e == ERR_USAGE) {
		return complain(path, "[store] path must be absolute");
	}
	if (e == ERR_CONFLICT) {
		return complain(path, "[listen] courier and [courier] "
		    "credential_hash need each other");
	}
	if (e == ERR_NO_MATCH) {
		return complain(path, "[listen] circuits must be a unix: "
		    "address that stands in public");
	}
	if (e == ERR_POLICY) {
		return complain(path, "[listen] metrics must be a unix: "
		    "address that is neither in public nor the courier's");
	}
	if (e != OK) {
		return complain(path, err_text(e));
	}
	pages.languages = c->languages;
	pages.checked = c->checked;
	pages.organisation = c->organisation;
	e = pages_setup(&pages, why);
	return e == OK ? EXIT_GOOD : complain(path, why);
}

/*
 * The store belongs to the gateway's user. Root, who has every right, gives
 * them up for those of the owner, so that no file in it becomes root's. A
 * folder above it may be root's alone (/var/lib/private), so root goes in
 * first, and ${here} is that place.
 */
static int
become_owner(const struct config *c, struct config *here)
{
	struct stat st;

	*here = *c;
	if (geteuid() != 0 || stat(c->store_path, &st) != 0 ||
	    st.st_uid == 0) {
		return EXIT_GOOD;
	}
	(void)snprintf(here->store_path, sizeof(here->store_path), ".");
	if (chdir(c->store_path) != 0 || setgroups(0, NULL) != 0 ||
	    setgid(st.st_gid) != 0 || setuid(st.st_uid) != 0) {
		return complain(c->store_path, "its owner cannot be taken on");
	}
	return EXIT_GOOD;
}

/* Document on standard output, what is read aloud on standard error */
static int
card_main(const struct config *c)
{
	static struct config here;
	char fingerprint[FINGERPRINT_TEXT];
	struct store *store = NULL;
	struct card card;
	struct buf out = buf_new(65536);
	enum err e;

	memset(&card, 0, sizeof(card));
	if (become_owner(c, &here) != EXIT_GOOD) {
		return EXIT_USAGE;
	}
	e = store_open_configured(&here, &store);
	if (e != OK) {
		goto out;
	}
	card.key = *store_key(store);
	card.generation = store_generation(store);
	memcpy(card.onion, c->onion, sizeof(card.onion));
	memcpy(card.https, c->https, sizeof(card.https));
	e = card_write(&card, &out);
	if (e != OK) {
		goto out;
	}
	if (fwrite(out.p, 1, out.len, stdout) != out.len ||
	    fflush(stdout) != 0) {
		e = ERR_IO;
		goto out;
	}
	sign_fingerprint(&card.key, fingerprint);
	fprintf(stderr, "fingerprint %s\n", fingerprint);
out:
	store_close(store);
	buf_free(&out);
	if (e != OK) {
		complain(c->store_path, e == ERR_BUSY ?
		    "in use; stop the gateway first" : e == ERR_CONFLICT ?
		    "is of another generation than the configuration says; "
		    "a gateway is made anew in an empty folder" :
		    e == ERR_CRYPT ? "lacks a file, or has one that is "
		    "damaged or older than the rest" : err_text(e));
		return EXIT_TROUBLE;
	}
	return EXIT_GOOD;
}

int
main(int argc, char **argv)
{
	const char *path = CONFIG_DEFAULT;
	static struct config c;
	struct buf text;
	struct stat st;
	const char *root = "";
	bool card = false, doctor = false;
	int i, status;

	if (secret_setup() != OK) {
		return EXIT_TROUBLE;
	}
	umask(077);
	if (argc >= 2 && strncmp(argv[1], "role-", 5) == 0) {
		/* only the monitor leaves a socket there */
		if (fstat(FD_CONTROL, &st) != 0 || !S_ISSOCK(st.st_mode)) {
			return complain(argv[1], "not for hand use");
		}
		if (strcmp(argv[1], ROLE_WORD_WEB) == 0) {
			return web_main();
		}
		return store_main(argc > 2);
	}
	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			fputs(usage, stdout);
			return EXIT_GOOD;
		}
		if (strcmp(argv[i], "--version") == 0) {
			puts("meldluik-gateway " MELDLUIK_VERSION);
			return EXIT_GOOD;
		}
		if (strcmp(argv[i], "card") == 0 && !card && !doctor) {
			card = true;
		} else if (strcmp(argv[i], "doctor") == 0 && !card) {
			doctor = true;
		} else if (strcmp(argv[i], "--root") == 0 && doctor &&
		    i + 1 < argc) {
			root = argv[++i];
		} else if (strcmp(argv[i], "--config") == 0 && i + 1 < argc) {
			path = argv[++i];
		} else {
			complain(argv[i], "not understood there");
			fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	status = load(path, &c, &text);
	if (status != EXIT_GOOD) {
		return status;
	}
	if (card) {
		status = card_main(&c);
	} else if (doctor) {
		status = doctor_main(&c, path, root,
		    day_of_utc((int64_t)time(NULL)));
	} else if (c.listeners == 0) {
		status = complain(path, "[listen] public is missing");
	} else {
		status = monitor_main(&c, &text);
		if (status == EXIT_USAGE) {
			complain(path, "a listener cannot be opened; does the "
			    "gateway run already?");
		}
	}
	buf_free(&text);
	return status;
}
