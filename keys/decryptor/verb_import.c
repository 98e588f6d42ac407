/* SPDX-License-Identifier: EUPL-1.2 */
/* `import DIR`: reads an inbound bundle and says what came. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "intake.h"
#include "lost.h"
#include "resume.h"
#include "terminal.h"
#include "verbs.h"

/* What did not come for a week of fetches, into ${o}, or said */
static void
tell_overdue(const struct desk *d, json_t *o)
{
	struct overdue list[LOST_SHOWN];
	json_t *all = json_array();
	size_t n = 0;

	(void)lost_overdue(d, list, &n);
	for (size_t i = 0; i < n; i++) {
		const struct overdue *b = &list[i];
		json_t *one = json_object();
		char hex[2 * HASH_LEN + 1], day[DAY_TEXT];
		hex_encode(b->sha256, HASH_LEN, hex);
		day_text(b->day, day);
		json_object_set_new(one, "sha256", json_string(hex));
		json_object_set_new(one, "size",
		    json_integer((json_int_t)b->size));
		json_object_set_new(one, "day", json_string(day));
		json_object_set_new(one, "manifest",
		    json_integer((json_int_t)b->serial));
		json_array_append_new(all, one);
		if (o == NULL) {
			say_error("%s (of %s, manifest %llu) has not come for "
			    "a week", hex, day, (unsigned long long)b->serial);
		}
	}
	if (o != NULL) {
		json_object_set(o, "overdue", all);
	} else if (n > 0) {
		say_error("until they come nothing later is confirmed, and "
		    "the gateway erases nothing. If the courier says that one "
		    "is damaged there, two people can write it off: `import "
		    "DIR --write-off HASH`");
	}
	json_decref(all);
}

static void
tell_json(const struct desk *d, const struct intake_result *r)
{
	json_t *o = json_object();

	json_object_set_new(o, "first", json_integer((json_int_t)r->first));
	json_object_set_new(o, "last", json_integer((json_int_t)r->last));
	json_object_set_new(o, "new_manifests", json_integer(r->fresh));
	json_object_set_new(o, "replayed", json_boolean(r->replayed));
	json_object_set_new(o, "reports", json_integer(r->reports));
	json_object_set_new(o, "messages", json_integer(r->messages));
	json_object_set_new(o, "withdrawals", json_integer(r->withdrawals));
	json_object_set_new(o, "duplicates", json_integer(r->duplicates));
	json_object_set_new(o, "conflicts", json_integer(r->conflicts));
	json_object_set_new(o, "damaged", json_integer(r->damaged));
	json_object_set_new(o, "foreign", json_integer(r->foreign));
	json_object_set_new(o, "missing",
	    json_integer((json_int_t)r->missing));
	json_object_set_new(o, "edited", json_integer((json_int_t)r->edited));
	json_object_set_new(o, "no_key", json_integer((json_int_t)r->no_key));
	json_object_set_new(o, "too_late",
	    json_integer((json_int_t)r->too_late));
	json_object_set_new(o, "posted", json_integer(r->posted));
	json_object_set_new(o, "applied_refused", json_integer(r->refused));
	json_object_set_new(o, "weeks_destroyed",
	    json_integer(r->weeks_destroyed));
	tell_overdue(d, o);
	print_json(o);
}

static void
line(unsigned long long n, const char *one, const char *many)
{
	if (n > 0) {
		printf("  %llu %s\n", n, n == 1 ? one : many);
	}
}

static void
tell(const struct intake_result *r)
{
	if (r->replayed) {
		printf("No new manifest: this bundle was imported before, or "
		    "nothing came since.\n");
	} else {
		printf("The chain is good up to manifest %llu.\n",
		    (unsigned long long)r->last);
	}
	line(r->reports, "new report or question", "new reports and questions");
	line(r->messages, "new message on a case", "new messages on cases");
	line(r->withdrawals, "withdrawal", "withdrawals");
	line(r->duplicates, "message that came twice",
	    "messages that came twice");
	line(r->conflicts, "CONFLICT: a second, different message of one code",
	    "CONFLICTS: second, different messages of one code");
	line(r->damaged, "message could not be read (damaged); it stays "
	    "counted", "messages could not be read (damaged)");
	line(r->foreign, "message of another organisation was set aside",
	    "messages of another organisation were set aside");
	line(r->posted, "reply is now posted", "replies are now posted");
	line(r->weeks_destroyed, "week key destroyed", "week keys destroyed");
}

/* What keeps the bundle from being confirmed */
static void
tell_open(const struct desk *d, const struct intake_result *r)
{
	if (r->missing > 0) {
		say_error("%llu listed bodies are not in this bundle; they "
		    "come with the next one",
		    (unsigned long long)r->missing);
		tell_overdue(d, NULL);
	}
	if (r->edited > 0) {
		say_error("%llu bodies are EDITED: not what the manifest "
		    "lists. Nothing is lost: fetch again with another stick",
		    (unsigned long long)r->edited);
	}
	if (r->no_key > 0) {
		say_error("%llu bodies are of weeks whose key this keyring "
		    "lost or never had (a restored backup, a take-over), and "
		    "may be reports to you: another holder of the desk must read them. They are not "
		    "confirmed, so the gateway keeps them. Once it closed the "
		    "week, two people can write it off: `rotate --destroy "
		    "WEEK`", (unsigned long long)r->no_key);
	}
	if (r->too_late > 0) {
		say_error("%llu bodies that were written off came after all, "
		    "too late: the key of their week is destroyed here. They "
		    "stay written off. If another holder of the desk still "
		    "has that key, import this stick there",
		    (unsigned long long)r->too_late);
	}
}

/* A file is a parcel of another desk */
static int
parcel_import(struct desk *d, const char *path)
{
	struct parcel_taken t;
	struct refusal why;
	json_t *o;
	enum err e = act_parcel_take(d, path, &t, &why);

	if (e != OK) {
		tell_refusal(&why);
	} else if (d->json) {
		o = json_object();
		json_object_set_new(o, "ref", json_string(t.ref));
		json_object_set_new(o, "code", json_string(t.code));
		json_object_set_new(o, "before", json_boolean(t.before));
		print_json(o);
	} else {
		printf("%s %s%s. Tell that desk this code, by voice:\n  "
		    "%s\n", t.before ? "All of this parcel was taken in "
		    "before, as" : "Took in a case of another desk as", t.ref,
		    t.before ? "; nothing was added" : "", t.code);
	}
	return exit_of(e);
}

/* The chain goes on at manifest ${word}: by the sheets that made this home,
 * or by two people */
static enum err
import_start(struct desk *d, int bundle, const char *word, const char *file)
{
	size_t request = NOT_FOUND;
	struct refusal why;
	struct resume r;
	enum err e = resume_find(d, bundle, word, &r, &why);

	if (e != OK) {
		tell_refusal(&why);
		return e;
	}
	if (!r.alone) {
		e = verb_two_people(d, r.detail, r.summary, file, &request);
	} else if (!d->json) {
		printf("%s\n", r.summary);
	}
	return e == OK ? resume_put(d, &r, request) : e;
}

/* Body ${hex} is lost at the gateway for good: two people go on without it */
static enum err
write_off(struct desk *d, int bundle, const char *hex, const char *file)
{
	char detail[DETAIL_TEXT], summary[LOST_SUMMARY];
	struct overdue b;
	struct refusal why;
	size_t request = NOT_FOUND;
	enum err e = lost_find(d, bundle, hex, &b, &why);

	if (e == ERR_CONFLICT) {
		return OK; /* as asked before; what is left is read */
	}
	if (e != OK) {
		tell_refusal(&why);
		return e;
	}
	lost_words(&b, detail, summary);
	e = verb_two_people(d, detail, summary, file, &request);
	return e == OK ? lost_put(d, &b, request) : e;
}

int
verb_import(struct desk *d, int argc, char **argv)
{
	struct intake_result r;
	const char *path = NULL, *start = NULL, *lost = NULL,
	    *request = NULL;
	struct option_rule rules[] = {
		{.name = "start", .value = &start},
		{.name = "write-off", .value = &lost},
		{.name = "request", .value = &request},
	};
	struct stat st;
	int bundle = -1;
	enum err e;

	memset(&r, 0, sizeof r);
	if (!options_take(argc, argv, rules, 3, &path, 1, NULL)) {
		return EXIT_USAGE;
	}
	if (path == NULL) {
		say_error("use: import DIR");
		return EXIT_USAGE;
	}
	e = desk_open(d, DESK_CASEBOOK);
	if (e == OK && state_superseded(d->state)) {
		say_superseded();
		e = ERR_STALE;
	}
	if (e == OK && stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
		return parcel_import(d, path);
	}
	if (e == OK && (bundle = bundle_open(d, path)) < 0) {
		e = ERR_UNKNOWN;
	}
	if (e == OK && start != NULL) {
		e = import_start(d, bundle, start, request);
	}
	if (e == OK && lost != NULL) {
		e = write_off(d, bundle, lost, request);
	}
	if (e == OK) {
		e = bundle_import(d, bundle, &r);
	}
	if (bundle >= 0) {
		close(bundle);
	}
	if (e == OK && d->json) {
		tell_json(d, &r);
	} else if (e == OK) {
		tell(&r);
	}
	if (e == OK) {
		tell_open(d, &r);
	}
	return e == OK && r.edited > 0 ? EXIT_REFUSED : exit_of(e);
}
