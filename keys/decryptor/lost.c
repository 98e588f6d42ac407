/* SPDX-License-Identifier: EUPL-1.2 */
/* Bodies that do not come, and those that two people wrote off. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "acts_private.h"
#include "intake.h"
#include "lost.h"

void
body_name(const uint8_t sha256[HASH_LEN], char out[BODY_NAME])
{
	hex_encode(sha256, HASH_LEN, out);
	strcpy(out + 2 * HASH_LEN, ".age");
}

int
bodies_folder(int bundle)
{
	return openat(bundle, "envelopes", O_RDONLY | O_DIRECTORY | O_CLOEXEC |
	    O_NOFOLLOW);
}

static bool
body_here(int folder, const uint8_t sha256[HASH_LEN])
{
	char name[BODY_NAME];
	struct stat st;

	body_name(sha256, name);
	return folder >= 0 && fstatat(folder, name, &st,
	    AT_SYMLINK_NOFOLLOW) == 0;
}

bool
lost_wanted(const struct desk *d, int folder, const struct manifest *m)
{
	const struct state *s = d->state;
	bool wanted = !m->complete;

	for (size_t i = 0; i < s->lost_bodies && !wanted; i++) {
		const struct lost_body *b = &s->lost_body[i];
		wanted = b->serial == m->serial && body_here(folder,
		    b->sha256) && !state_body_read(s, b->sha256);
	}
	return wanted;
}

bool
lost_too_late(const struct desk *d, const struct inbound_envelope *env)
{
	return state_body_lost(d->state, env->sha256) &&
	    keyring_week(d->ring, env->week) == NULL &&
	    state_week_destroyed(d->state, env->week);
}

/* Every body that is waited for, until ${each} says that it is enough */
static enum err
waiting_walk(const struct desk *d, bool (*each)(void *arg,
    const struct overdue *b), void *arg)
{
	const struct state *s = d->state;
	bool more = true;
	enum err e = OK;

	for (size_t i = state_generation_start(s); more && e == OK &&
	    i < s->manifests; i++) {
		const struct manifest *m = &s->manifest[i];
		struct inbound *in = NULL;
		if (m->complete) {
			continue;
		}
		e = manifest_load(d, m, &in);
		for (size_t j = 0; more && e == OK && j < in->envelopes; j++) {
			const struct inbound_envelope *env = &in->envelope[j];
			struct overdue b = {.size = env->size,
				.serial = m->serial, .day = env->day,
				.listed = m->day};
			memcpy(b.sha256, env->sha256, HASH_LEN);
			more = state_body_read(s, env->sha256) ||
			    state_body_lost(s, env->sha256) || each(arg, &b);
		}
		inbound_free(in);
	}
	return e;
}

struct overdue_list {
	day_t today;
	struct overdue *out;
	size_t n;
};

static bool
is_overdue(day_t today, const struct overdue *b)
{
	return today >= b->listed + LOST_DAYS;
}

static bool
overdue_add(void *arg, const struct overdue *b)
{
	struct overdue_list *l = arg;

	if (is_overdue(l->today, b)) {
		l->out[l->n++] = *b;
	}
	return l->n < LOST_SHOWN;
}

enum err
lost_overdue(const struct desk *d, struct overdue out[LOST_SHOWN], size_t *n)
{
	struct overdue_list l = {.today = d->today, .out = out};
	enum err e = waiting_walk(d, overdue_add, &l);

	*n = l.n;
	return e;
}

/* By the first characters of its hash, as the courier and `import` name it */
struct named {
	const char *hex;
	struct overdue *out;
	unsigned n;
};

static bool
has_name(const uint8_t sha256[HASH_LEN], const char *hex)
{
	char all[2 * HASH_LEN + 1];

	hex_encode(sha256, HASH_LEN, all);
	return strncmp(all, hex, strlen(hex)) == 0;
}

static bool
named_take(void *arg, const struct overdue *b)
{
	struct named *w = arg;

	if (has_name(b->sha256, w->hex)) {
		*w->out = *b;
		w->n++;
	}
	return true;
}

static bool
lost_before(const struct state *s, const char *hex)
{
	for (size_t i = 0; i < s->lost_bodies; i++) {
		if (has_name(s->lost_body[i].sha256, hex)) {
			return true;
		}
	}
	return false;
}

enum err
lost_find(struct desk *d, int bundle, const char *hex, struct overdue *out,
    struct refusal *why)
{
	struct named w = {.hex = hex, .out = out};
	int folder;
	bool here;
	enum err e;

	if (strlen(hex) < LOST_HEX || strspn(hex, "0123456789abcdef") !=
	    strlen(hex)) {
		return refuse(why, ERR_USAGE, "Noem het bericht bij de eerste "
		    "16 tekens van zijn hash, of meer.", "Name the body by the "
		    "first 16 characters of its hash, or more.");
	}
	if (lost_before(d->state, hex)) {
		return refuse(why, ERR_CONFLICT, "Dit bericht is al "
		    "afgeschreven.", "This body was written off before.");
	}
	if ((e = waiting_walk(d, named_take, &w)) != OK) {
		return refuse_err(why, e);
	}
	if (w.n != 1) {
		return refuse(why, ERR_UNKNOWN, "Op zo'n bericht wacht deze "
		    "desk niet.", "This desk waits for no such body.");
	}
	folder = bodies_folder(bundle);
	here = body_here(folder, out->sha256);
	if (folder >= 0) {
		close(folder);
	}
	if (here) {
		return refuse(why, ERR_POLICY, "Dit bericht staat op deze "
		    "stick: lees hem in.", "This body is on this stick: import "
		    "it.");
	}
	return is_overdue(d->today, out) ? OK : refuse(why, ERR_POLICY, "Het "
	    "kan nog komen: pas zeven dagen na de lijst waar het in staat mag "
	    "een bericht worden afgeschreven.", "It may still come: only seven "
	    "days after the manifest that lists it may a body be written off.");
}

void
lost_words(const struct overdue *b, char detail[DETAIL_TEXT],
    char summary[LOST_SUMMARY])
{
	char hex[2 * HASH_LEN + 1], day[DAY_TEXT];

	hex_encode(b->sha256, HASH_LEN, hex);
	day_text(b->day, day);
	snprintf(detail, DETAIL_TEXT, "lost-%.32s", hex);
	snprintf(summary, LOST_SUMMARY, "Schrijf het bericht %s af: %llu bytes, "
	    "dat de server op %s aannam en in lijst %llu noemt. Het kwam hier "
	    "nooit aan en kan een melding aan dit loket zijn: niemand leest "
	    "het dan, en de server mag wissen wat hij ervan heeft. Teken als IT "
	    "zegt dat het daar beschadigd is (de koerier noemt het) en geen "
	    "andere stick het heeft.\n\n"
	    "Write off the body %s: %llu bytes "
	    "that the gateway took on %s and listed in manifest %llu. It never "
	    "came here, and may be a report to this desk: nobody reads it "
	    "then, and the gateway may erase what it has of it. Sign when IT "
	    "says that it is damaged there (the courier names it) and no other "
	    "stick has it.", hex, (unsigned long long)b->size, day,
	    (unsigned long long)b->serial, hex, (unsigned long long)b->size,
	    day, (unsigned long long)b->serial);
}

enum err
lost_put(struct desk *d, const struct overdue *b, size_t request)
{
	json_t *o = event_new(d, "body_lost");

	event_hex(o, "sha256", b->sha256, HASH_LEN);
	json_object_set_new(o, "serial", json_integer((json_int_t)b->serial));
	return act_signed_record(d, o, request);
}
