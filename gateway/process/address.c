/* SPDX-License-Identifier: EUPL-1.2 */
/* One reading of an address for who listens there and who asks there. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "address.h"

static bool
tcp_parse(const char *text, struct sockaddr_storage *out, socklen_t *len)
{
	struct sockaddr_in *four = (struct sockaddr_in *)out;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
	char host[64];
	const char *colon = strrchr(text, ':');
	size_t n;
	long port;
	char *end;

	if (colon == NULL) {
		return false;
	}
	port = strtol(colon + 1, &end, 10);
	n = (size_t)(colon - text);
	if (*end != '\0' || port < 1 || port > 65535 || n >= sizeof(host)) {
		return false;
	}
	if (n > 2 && text[0] == '[' && text[n - 1] == ']') {
		memcpy(host, text + 1, n - 2);
		host[n - 2] = '\0';
		six->sin6_family = AF_INET6;
		six->sin6_port = htons((uint16_t)port);
		*len = sizeof(*six);
		return inet_pton(AF_INET6, host, &six->sin6_addr) == 1;
	}
	memcpy(host, text, n);
	host[n] = '\0';
	four->sin_family = AF_INET;
	four->sin_port = htons((uint16_t)port);
	*len = sizeof(*four);
	return inet_pton(AF_INET, host, &four->sin_addr) == 1;
}

bool
address_parse(const char *text, struct sockaddr_storage *out, socklen_t *len)
{
	struct sockaddr_un *u = (struct sockaddr_un *)out;

	memset(out, 0, sizeof(*out));
	if (strncmp(text, "unix:", 5) != 0) {
		return tcp_parse(text, out, len);
	}
	text += 5;
	if (strlen(text) >= sizeof(u->sun_path)) {
		return false;
	}
	u->sun_family = AF_UNIX;
	memcpy(u->sun_path, text, strlen(text) + 1);
	*len = sizeof(*u);
	return true;
}
