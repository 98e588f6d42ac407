/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What every page says of the organisation: who reads about whom, the two
 * dates, the fingerprint. All of it comes from the signed keyset, the
 * routing table and today; nothing is typed into a template.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "meldluik/secret.h"
#include "pages.h"

static struct profile *nl, *eu;
static struct holidays *holidays;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
load(void)
{
	if (profile_builtin("nl", &nl) != OK ||
	    profile_builtin("eu", &eu) != OK ||
	    holidays_builtin(&holidays) != OK) {
		abort(); /* compiled in: our own mistake */
	}
}

const char *
site_language(unsigned lang)
{
	return page_languages[lang].code;
}

const char *
site_text(unsigned lang, enum text_id t)
{
	return page_texts[t][lang];
}

void
site_date(unsigned lang, day_t d, bool weekday, char out[DATE_TEXT])
{
	int year, month, day;

	day_split(d, &year, &month, &day);
	snprintf(out, DATE_TEXT, "%s%s%d %s %d",
	    weekday ? site_text(lang, (enum text_id)(TEXT_DAY_1 +
	    day_weekday(d) - 1)) : "", weekday ? " " : "", day,
	    site_text(lang, (enum text_id)(TEXT_MONTH_1 + month - 1)), year);
}

static void
dates(struct site *s)
{
	struct clock_terms t = clocks_terms(s->profile);
	struct clock_input in = { .ack = DAY_NONE, .feedback = DAY_NONE };
	struct clocks c;

	in.received = exchange_today();
	if (clocks_compute(&t, holidays, &in, &c) != OK) {
		abort(); /* today is a day */
	}
	day_text(in.received, s->day_iso);
	day_text(c.ack_due, s->ack_iso);
	day_text(c.feedback_due, s->feedback_iso);
	site_date(s->lang, in.received, true, s->day);
	site_date(s->lang, c.ack_due, true, s->ack);
	site_date(s->lang, c.feedback_due, true, s->feedback);
	snprintf(s->ack_days, sizeof(s->ack_days), "%d", t.ack_days);
	snprintf(s->feedback_months, sizeof(s->feedback_months), "%d",
	    t.feedback_months);
}

static void
desks(struct site *s)
{
	const struct keyset *k = s->keyset;
	unsigned i;

	for (i = 0; i < k->desks; i++) {
		s->desk[i] = keyset_route(&k->desk[i], s->bar[i]);
	}
}

enum err
site_desk(const struct site *s, const char *role, unsigned *number)
{
	if (s->keyset == NULL) {
		return ERR_STALE;
	}
	return routing_pick(s->profile, role, s->desk, s->keyset->desks,
	    number);
}

const char *
site_desk_name(const struct site *s, unsigned number)
{
	const struct keyset_desk *d = s->keyset == NULL ? NULL :
	    keyset_desk_now(s->keyset, number);

	return d == NULL ? "" : keyset_desk_name(d, site_language(s->lang));
}

bool
site_role_known(const struct site *s, const char *role)
{
	size_t i, n = routing_roles(s->profile);

	for (i = 0; i < n; i++) {
		if (strcmp(routing_role(s->profile, i).code, role) == 0) {
			return true;
		}
	}
	return *role == '\0';
}

/* Who reads about whom: a row for each desk, the usual one first; desk 0 is
 * nobody */
static void
readers(struct site *s, const unsigned number[SITE_ROLES_MAX])
{
	size_t i, k, first, used = 0, rows = 0;

	for (i = 0; i < s->roles; i++) {
		struct view *v = &s->reader[rows];

		for (k = 0; number[k] != number[i]; k++) {
		}
		if (k < i) {
			continue; /* that desk has its row */
		}
		for (first = used; k < s->roles; k++) {
			if (number[k] == number[i]) {
				s->reader_role[used++] = s->role[k];
			}
		}
		view_init(v, &s->view);
		view_text(v, "desk", site_desk_name(s, number[i]));
		view_flag(v, "nobody", number[i] == 0);
		view_list(v, "roles", s->reader_role + first, used - first);
		rows++;
	}
	view_list(&s->view, "readers", s->reader, rows);
}

/* As many rows as there are roles: with room for the most of them the rows
 * were 400 KiB, in each of the places for forms */
static bool
rows(struct site *s)
{
	size_t n = routing_roles(s->profile);

	s->roles = n < SITE_ROLES_MAX ? n : SITE_ROLES_MAX;
	s->role = calloc(3 * s->roles + 1, sizeof(*s->role));
	s->role_desks = calloc(s->roles + 1, sizeof(*s->role_desks));
	if (s->role == NULL || s->role_desks == NULL) {
		return false;
	}
	s->reader = s->role + s->roles;
	s->reader_role = s->reader + s->roles;
	return true;
}

static void
roles(struct site *s)
{
	unsigned usual = 0, number[SITE_ROLES_MAX] = { 0 };
	const char *id;
	size_t i, k;

	if (site_desk(s, "", &usual) == OK) {
		snprintf(s->default_desk, sizeof(s->default_desk), "%s",
		    site_desk_name(s, usual));
	}
	for (i = 0; i < s->roles; i++) {
		struct route_role r = routing_role(s->profile, i);
		struct view *v = &s->role[i];
		enum err e = site_desk(s, r.code, &number[i]);
		char *list = s->role_desks[i];
		size_t used = 0, room = sizeof(s->role_desks[i]);

		for (k = 0; (id = routing_prefer(s->profile, i, k)) != NULL &&
		    used + strlen(id) + 2 < room; k++) {
			used += (size_t)snprintf(list + used, room - used,
			    "%s%s", k > 0 ? " " : "", id);
		}
		view_init(v, &s->view);
		view_text(v, "code", r.code);
		view_text(v, "label", routing_label(s->profile, i,
		    site_language(s->lang)));
		view_text(v, "desks", list);
		view_text(v, "desk", e == OK ? site_desk_name(s, number[i]) :
		    "");
		view_flag(v, "nobody", e != OK);
		view_flag(v, "external", r.external_first);
		view_flag(v, "other_desk", e == OK && number[i] != usual);
	}
	readers(s, number);
}

static void
fingerprint(struct site *s)
{
	unsigned i;

	sign_fingerprint(&s->keyset->identity, s->print);
	memcpy(s->print_text, s->print, sizeof(s->print_text));
	for (i = 0; i < 8; i++) {
		memcpy(s->print_groups[i], s->print + i * 5, 4);
		view_init(&s->print_group[i], NULL);
		view_text(&s->print_group[i], "group", s->print_groups[i]);
	}
	for (i = 0; s->print[i] != '\0'; i++) {
		if (s->print[i] == '-') {
			s->print[i] = ' '; /* so that it breaks on paper */
		}
	}
}

static bool
one_holder(const struct keyset *k)
{
	unsigned i;

	for (i = 0; i < k->desks; i++) {
		if (k->desk[i].successor == 0 &&
		    keyset_holders(k, k->desk[i].number) == 1) {
			return true;
		}
	}
	return false;
}

static void
languages(struct site *s)
{
	unsigned l, n = 0;

	for (l = 0; l < LANGUAGES; l++) {
		struct view *v = &s->language[n];

		if (!language_on(l)) {
			continue;
		}
		view_init(v, NULL);
		view_text(v, "code", page_languages[l].code);
		view_text(v, "name", page_languages[l].name);
		view_flag(v, "current", l == s->lang);
		n++;
	}
	view_list(&s->view, "languages", s->language, n);
}

static void
own_words(struct site *s)
{
	const struct organisation *o = organisation();
	unsigned l = s->lang;

	words_view(&s->view, "contact", "contact_lang", &o->contact, l);
	words_view(&s->view, "phone", "phone_lang", &o->phone, l);
	words_view(&s->view, "post", "post_lang", &o->post, l);
	words_view(&s->view, "adviser", "adviser_lang", &o->adviser, l);
	words_view(&s->view, "dpo", "dpo_lang", &o->dpo, l);
	view_text(&s->view, "exit_url", o->exit.in[l] != NULL ?
	    o->exit.in[l] : site_text(l, TEXT_EXIT_URL));
}

struct site *
site_open(unsigned lang)
{
	const struct organisation *own = organisation();
	struct site *s = calloc(1, sizeof(*s));
	struct view *v;

	pthread_once(&once, load);
	if (s == NULL) {
		return NULL;
	}
	s->lang = lang;
	s->snapshot = snapshot_take();
	s->keyset = snapshot_keyset(s->snapshot);
	s->profile = s->keyset == NULL ? nl :
	    keyset_profile(s->keyset, nl, eu);
	s->epoch = snapshot_epoch(s->snapshot);
	if (!rows(s)) {
		site_close(s);
		return NULL;
	}
	dates(s);
	v = &s->view;
	view_init(v, NULL);
	if (s->keyset != NULL) {
		desks(s);
		fingerprint(s);
		s->withdrawn = keyset_withdrawn(s->keyset);
		view_flag(v, "one_holder", one_holder(s->keyset));
		view_list(v, "print_groups", s->print_group, 8);
	}
	roles(s);
	view_text(v, "lang", site_language(lang));
	view_flag(v, "rtl", page_languages[lang].rtl);
	view_flag(v, "unchecked", !language_checked(lang));
	languages(s);
	own_words(s);
	view_flag(v, "open", s->epoch != NULL);
	if (s->epoch != NULL) {
		week_text(s->epoch->week, s->week);
		view_text(v, "week", s->week);
		/* of a week that ended more than seven days ago: never normal */
		view_flag(v, "old_keys", s->epoch->week + 14 <=
		    exchange_today());
	}
	view_text(v, "organisation", own->name.in[lang] != NULL ?
	    own->name.in[lang] : s->keyset == NULL ? "" :
	    s->keyset->organisation);
	view_text(v, "fingerprint", s->keyset == NULL || s->withdrawn ? NULL :
	    s->print);
	view_flag(v, "withdrawn", s->withdrawn);
	view_text(v, "default_desk", s->default_desk);
	view_text(v, "default_role", routing_default(s->profile));
	view_text(v, "warning", routing_default_warning(s->profile,
	    site_language(lang)));
	view_list(v, "roles", s->role, s->roles);
	view_text(v, "ack_days", s->ack_days);
	view_text(v, "feedback_months", s->feedback_months);
	view_text(v, "ack_iso", s->ack_iso);
	view_text(v, "ack_date", s->ack);
	view_text(v, "feedback_iso", s->feedback_iso);
	view_text(v, "feedback_date", s->feedback);
	view_text(v, "day_iso", s->day_iso);
	view_text(v, "day_date", s->day);
	view_text(v, "onion", exchange_onion()[0] == '\0' ? NULL :
	    exchange_onion());
	return s;
}

void
site_close(struct site *s)
{
	if (s != NULL) {
		snapshot_release(s->snapshot);
		free(s->role);
		free(s->role_desks);
		free(s);
	}
}

void
receipt_number(const uint8_t envelope[HASH_LEN], char out[RECEIPT_NUMBER])
{
	char text[17];
	unsigned i, n = 0;

	crockford_encode(envelope, 10, text);
	for (i = 0; i < 16; i++) {
		if (i > 0 && i % 4 == 0) {
			out[n++] = ' ';
		}
		out[n++] = text[i];
	}
	out[n] = '\0';
}

void
form_id_new(char out[FORM_ID_TEXT])
{
	uint8_t id[FORM_ID];

	randombytes_buf(id, sizeof(id));
	hex_encode(id, sizeof(id), out);
}
