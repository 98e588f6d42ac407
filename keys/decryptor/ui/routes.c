/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Addresses. A table, so that a reviewer sees what a GET and what a POST can
 * reach; a GET changes nothing. References of cases are the only part of an
 * address that varies, and name nothing by themselves.
 */
#include <string.h>

#include "ui.h"

enum way { WAY_GET = 1, WAY_POST = 2, WAY_BOTH = 3 };

static const struct {
	const char *path; /* behind the language */
	enum way way;
	bool locked;      /* also while the desk is locked */
	void (*page)(struct visit *v);
} table[] = {
	{"/", WAY_GET, false, page_today},
	{"/login", WAY_BOTH, true, page_login},
	{"/lock", WAY_POST, true, page_lock},
	{"/ceremony", WAY_BOTH, true, page_ceremony},
	{"/paper", WAY_GET, false, page_paper},
	{"/inbox", WAY_GET, false, page_inbox},
	{"/enter", WAY_BOTH, false, page_enter},
	{"/register", WAY_GET, false, page_register},
	{"/search", WAY_POST, false, page_search},
	{"/bulk", WAY_POST, false, page_bulk},
	{"/report", WAY_BOTH, false, page_report},
	{"/adviser", WAY_BOTH, false, page_adviser},
	{"/keys", WAY_BOTH, false, page_keys},
	{"/keys/approve", WAY_POST, false, page_approve},
	{"/sign", WAY_BOTH, false, page_sign},
	{"/handbook", WAY_GET, false, page_handbook},
};

/* Behind "/case/REF" */
static const struct {
	const char *rest;
	enum way way;
	void (*page)(struct visit *v);
} of_case[] = {
	{"", WAY_BOTH, page_case},
	{"/triage", WAY_BOTH, page_triage},
	{"/letter", WAY_BOTH, page_letter},
	{"/forward", WAY_BOTH, page_forward},
	{"/recuse", WAY_BOTH, page_recuse},
	{"/approve", WAY_POST, page_approve},
};

static bool
way_ok(const struct visit *v, enum way way)
{
	return (way & (v->post ? WAY_POST : WAY_GET)) != 0;
}

static void
route_case(struct visit *v)
{
	const char *ref = v->path + strlen("/case/"), *end = strchr(ref, '/');
	size_t len = end == NULL ? strlen(ref) : (size_t)(end - ref);
	char name[REF_TEXT];

	if (len == 0 || len >= sizeof name) {
		visit_plain(v, 404, TEXT_NO_PAGE);
		return;
	}
	memcpy(name, ref, len);
	name[len] = 0;
	v->k = state_case(v->d->state, name);
	v->rest = end == NULL ? "" : end;
	if (v->k == NOT_FOUND) {
		visit_plain(v, 404, TEXT_NO_CASE);
		return;
	}
	for (size_t i = 0; i < sizeof of_case / sizeof *of_case; i++) {
		if (strcmp(of_case[i].rest, v->rest) == 0) {
			if (way_ok(v, of_case[i].way)) {
				of_case[i].page(v);
			} else {
				visit_plain(v, 405, TEXT_NO_WAY);
			}
			return;
		}
	}
	visit_plain(v, 404, TEXT_NO_PAGE);
}

/* The desk locked itself while somebody wrote. What was typed waits for the
 * passphrase, as long as an open desk would; no other's passphrase does. */
static void
route_locked(struct visit *v)
{
	if (v->post && strcmp(v->path, "/bulk") != 0 &&
	    strcmp(v->path, "/search") != 0 &&
	    field(v, "passphrase")[0] == 0 && field(v, "pass")[0] == 0) {
		visit_refused(v);
	}
	visit_go(v, "/login");
}

static void
dispatch(struct visit *v)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (strcmp(table[i].path, v->path) != 0) {
			continue;
		}
		if (!way_ok(v, table[i].way)) {
			visit_plain(v, 405, TEXT_NO_WAY);
		} else if (!v->ui->unlocked && !table[i].locked) {
			route_locked(v);
		} else {
			table[i].page(v);
		}
		return;
	}
	if (!v->ui->unlocked) {
		route_locked(v);
	} else if (strncmp(v->path, "/case/", 6) == 0) {
		route_case(v);
	} else {
		visit_plain(v, 404, TEXT_NO_PAGE);
	}
}

void
route(struct visit *v)
{
	uint64_t before = once_before(v);

	if (!once_again(v)) {
		dispatch(v);
		once_spend(v, before);
	}
}
