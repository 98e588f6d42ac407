/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The gateway's configuration: one ini file, read once by the monitor and
 * handed to the other processes as bytes. Every key is named in
 * packaging/man/meldluik-gateway.8; an unknown key is an error.
 */
#ifndef MELDLUIK_GATEWAY_CONFIG_H
#define MELDLUIK_GATEWAY_CONFIG_H

#include "meldluik/keyset.h"

#define CONFIG_MAX 65536u
#define CONFIG_LISTENERS 4u
#define CONFIG_VALUE 256u

struct config {
	char store_path[CONFIG_VALUE];
	uint64_t bulk, reserve, floor, ballast;
	unsigned grace, chaff, uploads;
	unsigned generation; /* 0: as the store is */
	char listen_public[CONFIG_LISTENERS][CONFIG_VALUE];
	unsigned listeners;
	char listen_circuits[CONFIG_VALUE]; /* one of them; "": none */
	char listen_courier[CONFIG_VALUE]; /* "": no courier door */
	char listen_metrics[CONFIG_VALUE]; /* "unix:/...", "": no counters */
	uint8_t credential[HASH_LEN];      /* H(token) */
	bool has_credential;
	struct sign_pk identity;
	bool has_identity;
	char onion[KEYSET_URL], https[KEYSET_URL];
	char contact[CONFIG_VALUE]; /* of security.txt; "": none */
	/* Of the pages; "": Dutch and English, as built, none */
	char languages[CONFIG_VALUE], checked[CONFIG_VALUE];
	char organisation[CONFIG_VALUE];
	unsigned header_seconds, idle_seconds, body_rate, body_grace;
	unsigned connections;
	unsigned circuit_connections, circuit_requests, circuit_texts;
	uint64_t circuit_bytes;
	unsigned texts_minute, texts_burst; /* 0: by the room there is */
};

/*
 * Parses ${text} (NUL-ended). ERR_FORMAT sets ${line} to the first wrong
 * line, 0 when a needed key is absent. ERR_CONFLICT: the courier's door and
 * its credential are not both there; ERR_NO_MATCH: circuits names no UNIX
 * socket of public; ERR_POLICY: metrics is no UNIX socket of its own.
 */
enum err config_parse(const char *text, struct config *out, int *line);
/* Index of the listener that tor writes its line to; ->listeners: none */
unsigned config_circuits(const struct config *c);
/* Reads a file of at most CONFIG_MAX bytes into ${out} */
enum err config_load(int fd, struct buf *out);

#endif
