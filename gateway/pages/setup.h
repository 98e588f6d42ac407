/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the pages take from the configuration. Called once, before the
 * sandbox and the threads; monitor calls it too, only to complain early.
 */
#ifndef MELDLUIK_GATEWAY_PAGES_SETUP_H
#define MELDLUIK_GATEWAY_PAGES_SETUP_H

#include "meldluik/bytes.h"

#define PAGES_WHY 160u

struct pages_config {
	const char *languages;    /* "nl en pl"; "": Dutch and English */
	const char *checked;      /* those a speaker has checked here */
	const char *organisation; /* path of organisation.json; "": none */
};

/* ERR_USAGE, ERR_IO or ERR_FORMAT; ${why} says in English what is wrong */
enum err pages_setup(const struct pages_config *c, char why[PAGES_WHY]);

/* A form that the engine refuses before it is read: 413 or 503 */
struct exchange;
void page_refused(struct exchange *x, unsigned status);
/* What is not there, 404, not in this way, 405, or not now, 503: a page that
 * says so, the same whatever was asked for */
void page_lost(struct exchange *x, unsigned status);
/* The languages that are on, as security.txt lists them: "nl, en" */
#define PAGES_LANGUAGES 64u
void pages_languages(char out[PAGES_LANGUAGES]);

#endif
