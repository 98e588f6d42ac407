/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What stands around the gateway: its units, a TLS terminator, Tor. Reads
 * their configuration as text; it can miss what is written in an unusual
 * way, so the guide also says how to look with one's own eyes.
 */
#include <ctype.h>
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

/* What a server of nginx must say: all of it where the gateway is behind it,
 * of its logs also beside it: Debian's own site, or one that only redirects,
 * is asked before */
static const struct nginx_line {
	const char *name, *value, *why;
	bool beside;
} nginx_lines[] = {
	{"access_log", "off", "it logs who comes when", true},
	{"error_log", "/dev/null", "its error log names addresses", true},
	{"proxy_request_buffering", "off", "it writes what passes to a disk",
	    false},
	{"proxy_max_temp_file_size", "0", "it writes answers to a disk",
	    false},
};
#define NGINX_LINES (sizeof(nginx_lines) / sizeof(*nginx_lines))

/* The next "server { ... }" from ${from} on; ${end} is behind it */
static const char *
server_next(const char *from, const char **end)
{
	const char *at = from, *p = from;
	unsigned deep = 0;

	while ((at = strstr(at, "server")) != NULL) {
		p = at + strlen("server");
		p += strspn(p, " \t\n");
		if (*p == '{' && (at == from ||
		    strchr(" \t\n;{}", at[-1]) != NULL)) {
			break;
		}
		at++;
	}
	for (; at != NULL && *p != '\0'; p++) {
		deep += *p == '{';
		if (*p == '}' && --deep == 0) {
			p++;
			break;
		}
	}
	*end = p;
	return at;
}

/* Says it, and nowhere another */
static bool
only_says(const char *text, const char *name, const char *value)
{
	const char *p = text;
	bool said = false;

	while ((p = strstr(p, name)) != NULL) {
		p += strlen(name);
		if (*p == ' ' || *p == '\t') {
			p += strspn(p, " \t");
			if (strncmp(p, value, strlen(value)) != 0) {
				return false;
			}
			said = true;
		}
	}
	return said;
}

/* The first line that one server lacks, which has it from ${around} where it
 * says none */
static const struct nginx_line *
server_lacks(const char *server, const char *around, bool ours)
{
	for (size_t i = 0; i < NGINX_LINES; i++) {
		const struct nginx_line *l = &nginx_lines[i];

		if ((ours || l->beside) && !only_says(has(server, l->name) ?
		    server : around, l->name, l->value)) {
			return l;
		}
	}
	return NULL;
}

/* Of all servers in ${text}, which is cut up; what is left is ${around} */
static const struct nginx_line *
nginx_lacks(const struct doctor *d, char *text)
{
	const struct nginx_line *lack = NULL;
	char *around = strdup(text), *server = strdup(text);
	const char *end = text, *at;
	bool direct = false;

	if (around == NULL || server == NULL) {
		goto out;
	}
	while ((at = server_next(end, &end)) != NULL) {
		memset(around + (at - text), ' ', (size_t)(end - at));
	}
	for (int pass = 0; pass < 2 && lack == NULL; pass++) {
		/* first: does one lead here by itself, or through a name? */
		for (end = text; lack == NULL &&
		    (at = server_next(end, &end)) != NULL;) {
			memcpy(server, at, (size_t)(end - at));
			server[end - at] = '\0';
			if (pass == 0) {
				direct = direct || leads_here(d, server);
			} else {
				lack = server_lacks(server, around,
				    !direct || leads_here(d, server));
			}
		}
	}
out:
	free(around);
	free(server);
	return lack;
}

static void
check_nginx(struct doctor *d, char *text)
{
	static const char *const never[] = {"$remote_addr", "$binary_remote",
		"$proxy_add_x_forwarded_for", "$realip"};
	const struct nginx_line *lack = nginx_lacks(d, text);

	if (lack != NULL) {
		doctor_mend(d, "terminator", "nginx: %s; do: %s %s; in %s (see "
		    "examples/terminator/nginx.conf)", lack->why, lack->name,
		    lack->value, lack->beside ? "every server { }, also that "
		    "of sites-enabled/default, or remove it" :
		    "the server of the gateway");
		return;
	}
	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++) {
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
	struct buf nginx = buf_new(8 * DOCTOR_FILE);

	buf_put(&nginx, site, site == NULL ? 0 : strlen(site));
	buf_put(&nginx, conf, conf == NULL ? 0 : strlen(conf));
	if (leads_here(d, buf_cstr(&nginx))) {
		check_nginx(d, (char *)nginx.p);
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
	buf_free(&nginx);
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
	bool leads;

	if (torrc != NULL) {
		buf_put(&all, torrc, strlen(torrc));
		buf_put(&all, "\n", 1);
	}
	if (more != NULL) {
		buf_put(&all, more, strlen(more));
	}
	text = buf_cstr(&all) != NULL ? (const char *)all.p : "";
	leads = leads_here(d, text);
	for (size_t i = 0; i < all.len; i++) { /* as tor reads its options */
		all.p[i] = (uint8_t)tolower(all.p[i]);
	}
	if (!leads) {
		doctor_mend(d, "tor", "no onion service leads to the gateway; "
		    "do: apt-get install tor, and examples/tor/torrc.snippet");
	} else if (says(text, "hiddenservicesinglehopmode", "1") ||
	    says(text, "hiddenservicenonanonymousmode", "1")) {
		doctor_mend(d, "tor", "single hop: the reporter's guard is "
		    "told where the server is and when; do: take "
		    "HiddenServiceSingleHopMode and "
		    "HiddenServiceNonAnonymousMode out of torrc");
	} else if (says(text, "safelogging", "0")) {
		doctor_mend(d, "tor", "it logs addresses; do: take SafeLogging "
		    "out of torrc");
	} else if (!says(text, "hiddenservicepowdefensesenabled", "1")) {
		doctor_mend(d, "tor", "no proof of work against floods; do: "
		    "HiddenServicePoWDefensesEnabled 1 (needs tor 0.4.8)");
	} else if (says(text, "hiddenserviceexportcircuitid", "haproxy") !=
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
