/* SPDX-License-Identifier: EUPL-1.2 */
/* The daily mail's way out. Holds the mail server's password while it runs. */
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "mail.h"

#define MAIL_SECONDS 120L

bool
mail_address_ok(const char *s)
{
	const char *at = strchr(s, '@');
	size_t n = strlen(s);

	return n <= MAIL_ADDRESS_MAX && at != NULL && at != s &&
	    at[1] != '\0' && strchr(at + 1, '@') == NULL &&
	    strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789@._+-=") == n;
}

struct unsent {
	const char *p;
	size_t len;
};

static size_t
give(char *to, size_t one, size_t n, void *arg)
{
	struct unsent *u = arg;
	size_t len = one * n < u->len ? one * n : u->len;

	memcpy(to, u->p, len);
	u->p += len;
	u->len -= len;
	return len;
}

enum err
mail_send(const struct mail *m, const char *text, const char **trouble)
{
	struct unsent u = { text, strlen(text) };
	struct curl_slist *to = NULL;
	CURLcode code = CURLE_OUT_OF_MEMORY;
	CURL *c;

	if (!mail_address_ok(m->from) || !mail_address_ok(m->to)) {
		return ERR_USAGE;
	}
	if (strncmp(m->server, "smtps://", 8) != 0 &&
	    strncmp(m->server, "smtp://", 7) != 0) {
		return ERR_POLICY;
	}
	if ((c = curl_easy_init()) == NULL ||
	    (to = curl_slist_append(NULL, m->to)) == NULL) {
		curl_easy_cleanup(c);
		return ERR_MEMORY;
	}
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(c, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_NOPROXY, "");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, MAIL_SECONDS);
	curl_easy_setopt(c, CURLOPT_URL, m->server);
	curl_easy_setopt(c, CURLOPT_MAIL_FROM, m->from);
	curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(c, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(c, CURLOPT_READDATA, &u);
	if (m->ca_file != NULL) {
		curl_easy_setopt(c, CURLOPT_CAINFO, m->ca_file);
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	}
	if (m->user == NULL ||
	    (curl_easy_setopt(c, CURLOPT_USERNAME, m->user) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_PASSWORD, m->password) ==
	    CURLE_OK)) {
		code = curl_easy_perform(c);
	}
	*trouble = curl_easy_strerror(code);
	curl_slist_free_all(to);
	curl_easy_cleanup(c);
	return code == CURLE_OK ? OK : code == CURLE_OUT_OF_MEMORY ?
	    ERR_MEMORY : ERR_IO;
}
