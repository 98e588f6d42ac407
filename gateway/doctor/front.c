/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What stands around the gateway: its units, a TLS terminator, Tor. Reads
 * their configuration as text; it can miss what is written in an unusual
 * way, so the guide also says how to look with one's own eyes.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"

static bool
has(const char *text, const char *word)
{
	return text != NULL && strstr(text, word) != NULL;
}

/* "${name} ${value}" with any white space between */
static bool
says(const char *text, const char *name, const char *value)
{
	const char *p = text;
	size_t n = strlen(name);

	while (p != NULL && (p = strstr(p, name)) != NULL) {
		p += n;
		if (*p == ' ' || *p == '\t') {
			p += strspn(p, " \t");
			if (strncmp(p, value, strlen(value)) == 0) {
				return true;
			}
		}
	}
	return false;
}

static bool
there(const struct doctor *d, const char *path)
{
	char full[PATH_MAX];

	(void)snprintf(full, sizeof(full), "%s%s", d->root, path);
	return access(full, F_OK) == 0;
}

static void
check_units(struct doctor *d)
{
	static const char *const drop[] = {
		"/etc/systemd/system/meldluik-gateway.service.d",
		"/etc/systemd/system/meldluik-gateway@.service.d",
	};
	static const char *const own[] = {
		"/etc/systemd/system/meldluik-gateway.service",
		"/etc/systemd/system/meldluik-gateway@.service",
	};
	size_t i;

	if (!there(d, "/lib/systemd/system/meldluik-gateway.service")) {
		doctor_mend(d, "units", "the shipped unit is not installed; "
		    "do: apt-get install --reinstall meldluik-gateway");
		return;
	}
	for (i = 0; i < 2; i++) {
		if (there(d, drop[i]) || there(d, own[i])) {
			doctor_mend(d, "units", "%s changes the shipped unit; "
			    "do: systemd-analyze security meldluik-gateway "
			    "(0.5 or less), or systemctl revert it",
			    there(d, drop[i]) ? drop[i] : own[i]);
			return;
		}
	}
	doctor_ok(d, "units", "as shipped");
}

/* Does a front lead to one of our listeners? */
static bool
leads_here(const struct doctor *d, const char *text)
{
	unsigned i;

	for (i = 0; i < d->config->listeners; i++) {
		if (has(text, d->config->listen_public[i])) {
			return true;
		}
	}
	return false;
}

static void
check_nginx(struct doctor *d, const char *text)
{
	static const struct {
		const char *name, *value, *why;
	} want[] = {
		{"access_log", "off", "it logs who comes when"},
		{"error_log", "/dev/null", "its error log names addresses"},
		{"proxy_request_buffering", "off",
		    "it writes what passes to a disk"},
		{"proxy_max_temp_file_size", "0",
		    "it writes answers to a disk"},
	};
	static const char *const never[] = {"$remote_addr", "$binary_remote",
		"$proxy_add_x_forwarded_for", "$realip"};
	size_t i;

	for (i = 0; i < sizeof(want) / sizeof(*want); i++) {
		if (!says(text, want[i].name, want[i].value)) {
			doctor_mend(d, "terminator", "nginx: %s; do: %s %s; in "
			    "the server of the gateway (see "
			    "examples/terminator/nginx.conf)", want[i].why,
			    want[i].name, want[i].value);
			return;
		}
	}
	for (i = 0; i < sizeof(never) / sizeof(*never); i++) {
		if (has(text, never[i])) {
			doctor_mend(d, "terminator", "nginx: %s hands on or "
			    "keeps an address; do: take it out", never[i]);
			return;
		}
	}
	doctor_ok(d, "terminator", "nginx logs and keeps nothing");
}

static void
check_terminator(struct doctor *d)
{
	char *site = doctor_folder(d, "/etc/nginx/sites-enabled");
	char *conf = doctor_folder(d, "/etc/nginx/conf.d");
	char *caddy = doctor_file(d, "/etc/caddy/Caddyfile");

	if (leads_here(d, site)) {
		check_nginx(d, site);
	} else if (leads_here(d, conf)) {
		check_nginx(d, conf);
	} else if (leads_here(d, caddy)) {
		if (!has(caddy, "-X-Forwarded-For")) {
			doctor_mend(d, "terminator", "caddy hands addresses "
			    "on; do: header_up -X-Forwarded-For (see "
			    "examples/terminator/Caddyfile)");
		} else if (!says(caddy, "output", "discard")) {
			doctor_mend(d, "terminator", "caddy logs errors with "
			    "addresses; do: log { output discard } (see "
			    "examples/terminator/Caddyfile)");
		} else {
			doctor_ok(d, "terminator", "caddy logs and keeps "
			    "nothing");
		}
	} else if (d->config->https[0] != '\0') {
		doctor_mend(d, "terminator", "[site] https is named, and no "
		    "nginx or caddy here leads to the gateway; do: look that "
		    "what does logs and buffers nothing (OPERATING.md)");
	} else {
		doctor_ok(d, "terminator", "none, and none promised");
	}
	free(site);
	free(conf);
	free(caddy);
}

static void
check_tor(struct doctor *d)
{
	char *torrc = doctor_file(d, "/etc/tor/torrc");
	char *more = doctor_folder(d, "/etc/tor/torrc.d");
	struct buf all = buf_new(5 * DOCTOR_FILE);
	const char *text;

	if (torrc != NULL) {
		buf_put(&all, torrc, strlen(torrc));
		buf_put(&all, "\n", 1);
	}
	if (more != NULL) {
		buf_put(&all, more, strlen(more));
	}
	text = buf_cstr(&all) != NULL ? (const char *)all.p : "";
	if (!leads_here(d, text)) {
		doctor_mend(d, "tor", "no onion service leads to the gateway; "
		    "do: apt-get install tor, and examples/tor/torrc.snippet");
	} else if (says(text, "HiddenServiceSingleHopMode", "1") ||
	    says(text, "HiddenServiceNonAnonymousMode", "1")) {
		doctor_mend(d, "tor", "single hop: the reporter's guard is "
		    "told where the server is and when; do: take "
		    "HiddenServiceSingleHopMode and "
		    "HiddenServiceNonAnonymousMode out of torrc");
	} else if (says(text, "SafeLogging", "0")) {
		doctor_mend(d, "tor", "it logs addresses; do: take SafeLogging "
		    "out of torrc");
	} else if (!says(text, "HiddenServicePoWDefensesEnabled", "1")) {
		doctor_mend(d, "tor", "no proof of work against floods; do: "
		    "HiddenServicePoWDefensesEnabled 1 (needs tor 0.4.8)");
	} else if (says(text, "HiddenServiceExportCircuitID", "haproxy") !=
	    (d->config->listen_circuits[0] != '\0')) {
		doctor_mend(d, "tor", "only one of tor and the gateway knows "
		    "of circuits, and nobody gets through; do: "
		    "HiddenServiceExportCircuitID haproxy in torrc and "
		    "circuits in [listen], or neither");
	} else if (d->config->onion[0] == '\0') {
		doctor_mend(d, "tor", "[site] onion does not name the address; "
		    "do: copy it from the hostname file of the service");
	} else {
		doctor_ok(d, "tor", "an onion service with proof of work");
	}
	free(torrc);
	free(more);
	buf_free(&all);
}

void
doctor_front(struct doctor *d)
{
	check_units(d);
	check_terminator(d);
	check_tor(d);
}
