/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Shared by fold.c (state and lookups) and events.c, events_intake.c (one
 * function an event).
 */
#ifndef DECRYPTOR_FOLD_PRIVATE_H
#define DECRYPTOR_FOLD_PRIVATE_H

#include "fold.h"

struct event_rule {
	const char *name;
	enum err (*apply)(struct state *s, const json_t *o);
};
extern const struct event_rule event_rules[];
extern const size_t event_rules_count;

/* Fields of an event; ERR_FORMAT when absent or wrong */
enum err event_field_day(const json_t *o, const char *key, day_t *out);
enum err event_field_serial(const json_t *o, const char *key, uint64_t *out);
enum err event_field_word(const json_t *o, const char *key, char *out,
    size_t size);
enum err event_field_case(const struct state *s, const json_t *o,
    size_t *out);
/* Appends to a list grown by state_room; the caller frees it, also after a
 * failure */
enum err event_take_weeks(const json_t *o, const char *key, day_t **list,
    size_t *count, size_t *room);

/* ${to} and ${receiver} */
enum err event_field_target(const json_t *o, struct target *out);
/* Does an answer tell of a forwarding, and of which; ${any}: it is not said */
enum err event_field_tells(const json_t *o, bool *tells, bool *any,
    struct target *out);

/* events_intake.c */
enum err body_add(struct state *s, const char *hex);
void keys_renewed(struct state *s, day_t day, day_t reach);
enum err on_start(struct state *s, const json_t *o);
enum err on_manifest(struct state *s, const json_t *o);
enum err on_complete(struct state *s, const json_t *o);
enum err on_import(struct state *s, const json_t *o);
enum err on_read(struct state *s, const json_t *o);
enum err on_body_lost(struct state *s, const json_t *o);
enum err on_message(struct state *s, const json_t *o);
enum err on_match(struct state *s, const json_t *o);
enum err on_begin(struct state *s, const json_t *o);
enum err on_duplicate(struct state *s, const json_t *o);

/* events.c */
enum err on_note(struct state *s, const json_t *o);

/* events_work.c, events_end.c */
enum err on_state(struct state *s, const json_t *o);
enum err on_conflict(struct state *s, const json_t *o);
enum err on_triage(struct state *s, const json_t *o);
enum err on_codes(struct state *s, const json_t *o);
enum err on_assign(struct state *s, const json_t *o);
enum err on_link(struct state *s, const json_t *o);
enum err on_given(struct state *s, const json_t *o);
enum err on_oral(struct state *s, const json_t *o);
enum err on_term(struct state *s, const json_t *o);
enum err on_request(struct state *s, const json_t *o);
enum err on_approval(struct state *s, const json_t *o);
enum err on_used(struct state *s, const json_t *o);
enum err on_retention(struct state *s, const json_t *o);
enum err on_hold(struct state *s, const json_t *o);
enum err on_case_destroyed(struct state *s, const json_t *o);
enum err on_late_destroyed(struct state *s, const json_t *o);
enum err on_resealed(struct state *s, const json_t *o);
enum err on_handed_over(struct state *s, const json_t *o);
enum err on_from_desk(struct state *s, const json_t *o);
enum err on_extraction(struct state *s, const json_t *o);
enum err on_extraction_removed(struct state *s, const json_t *o);
enum err on_takeover(struct state *s, const json_t *o);
enum err on_entry(struct state *s, const json_t *o);
enum err on_entry_gone(struct state *s, const json_t *o);

/* events_forward.c */
enum err on_consent(struct state *s, const json_t *o);
enum err on_ground(struct state *s, const json_t *o);
enum err on_forward(struct state *s, const json_t *o);
enum err on_forward_plan(struct state *s, const json_t *o);
/* What case ${k} had for a forwarding to ${t} (NULL: to anyone) ends */
void grounds_end(struct state *s, size_t k, const struct target *t);
/* The reporter was told on ${day} of a forwarding; ${drafted}: forwardings of
 * the casebook when it was written, NOT_FOUND: the day tells */
struct telling {
	size_t kase;
	bool any;
	struct target target;
	day_t day;
	size_t drafted;
};
enum err telling_counts(struct state *s, const struct telling *t);

/* What an answer that reached the reporter means for the case; ${present}:
 * it was written of the decision that stands now */
struct answer_given {
	enum reply_kind kind;
	day_t day;
	enum given_by by;
	bool reasoned, options, present;
};
/* Day on which an answer counts that was ${said} to be posted: nobody is
 * answered before receipt, so a clock stood back; that is kept with ${k} */
day_t answer_day(struct kase *k, day_t said);
void answer_counts(struct kase *k, const struct answer_given *a);

/* Keeps ${k} with the words that event ${o} of its case names, if it does; its
 * day is that of the event where ${k} says none */
enum err kept_put(struct state *s, const json_t *o, struct kept k);

/* Room for one more in a grown array; NULL: no memory */
void *state_room(void *p, size_t *room, size_t count, size_t each);

#endif
