/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Forwarding outside the organisation. The plan is what two people sign
 * for; consent or legal duty, the word to the reporter and the review are
 * checked by policy before a byte leaves.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "acts_private.h"
#include "dossier.h"
#include "files.h"

/* Bytes to name what goes, and as many for what stays: all of it and the
 * asker's own words fit SUMMARY_MAX */
#define PARTS_SIGNED 1000u

static enum err
to_fd(void *arg, const uint8_t *p, size_t len)
{
	return fd_write(*(int *)arg, p, len);
}

static enum err
to_seal(void *arg, const uint8_t *p, size_t len)
{
	return age_seal_write(arg, p, len);
}

static bool
duty_there(const struct desk *d, size_t k, const struct target *t)
{
	return ground_day(d->state, k, GROUND_DUTY, t) != DAY_NONE;
}

enum err
act_forward_text(struct desk *d, size_t k, const struct target *t,
    struct refusal *why)
{
	struct rule rule;

	if (!d->state->kase[k].withdrawn || duty_there(d, k, t) ||
	    !rule_find(d->profile, "S-CONSENT", &rule)) {
		return OK;
	}
	return refuse_rule_words(why, &rule, "De melder heeft deze melding "
	    "ingetrokken, en daarmee de toestemming. Zij gaat alleen naar "
	    "buiten als voor deze ontvanger een wettelijke plicht is "
	    "vastgelegd.", "The reporter withdrew this report, and the "
	    "consent with it. It goes outside only when a legal duty is "
	    "recorded for this receiver.");
}

static enum err
plan_text(struct desk *d, size_t k, const struct plan *p,
    struct refusal *why)
{
	struct target t = target_of(p->to, p->receiver);

	return act_forward_text(d, k, &t, why);
}

/* The newest signatures for exactly this plan */
static enum err
forward_check(struct desk *d, size_t k, const struct plan *p,
    size_t *request, struct refusal *why)
{
	const struct state *s = d->state;
	struct target t = target_of(p->to, p->receiver);
	struct forward_facts f = {.to = p->to, .today = d->today,
		.consent = consent_holds(d->state, k, &t),
		.legal_duty = duty_there(d, k, &t),
		.reporter_told = act_by_then(ground_day(s, k, GROUND_TOLD,
		    &t), d->today),
		.telling_endangers = p->endangers[0] != 0,
		.modified = p->modified, .reviewed = p->reviewed,
		.with_identity = p->with_identity,
		.named = p->name[0] != 0, .agreement = p->agreement,
		.until = p->until};
	char detail[2 * HASH_LEN + 1];
	struct rule rule;
	enum err e;

	hex_encode(p->sha256, HASH_LEN, detail);
	if (act_approved(d, ACT_FORWARD, k, detail, request, NULL) == OK) {
		f.signer_count = act_signers_of(d, *request, f.signers);
	}
	if (forward_may(d->profile, &f, &rule) != OK) {
		return refuse_rule(why, &rule);
	}
	/* An investigator works for the desk: the case stays in progress */
	if (p->to == DEST_INVESTIGATOR) {
		return OK;
	}
	e = act_step_may(d, k, CASE_FORWARDED, true, detail, request, why);
	/* The reporter is not told beforehand where that would endanger the
	 * investigation (Dir 16(3)); the plan that two people signed says
	 * why, and forward_may has seen them */
	return e != OK && f.telling_endangers &&
	    strcmp(why->rule, "S-TOLD") == 0 ? OK : e;
}

static enum err
write_out(struct desk *d, size_t k, const struct plan *p,
    const struct act_sealing *to, int fd, struct refusal *why)
{
	struct buf page = buf_new_secret(8u << 20);
	struct age_seal *seal = NULL;
	enum err e;

	if (to->recipient == NULL && to->pass == NULL) {
		e = dossier_page(d, k, p, &page, why);
		if (e == OK) {
			e = fd_write(fd, page.p, page.len);
		}
		buf_free(&page);
		return e == OK || why->e != OK ? e : refuse_err(why, e);
	}
	e = to->recipient != NULL ? age_seal_new(to->recipient, 1, to_fd,
	    &fd, 1, &seal) : age_seal_new_scrypt(to->pass, to->passlen,
	    to_fd, &fd, &seal);
	if (e == OK) {
		e = dossier_write(d, k, p, to_seal, seal, why);
	}
	if (e == OK) {
		e = age_seal_end(seal);
	}
	age_seal_free(seal);
	return e == OK || why->e != OK ? e : refuse_err(why, e);
}

static enum err
forward_put(struct desk *d, size_t k, const struct plan *p,
    const void *plan, size_t len, size_t request)
{
	struct target t = target_of(p->to, p->receiver);
	uint8_t record[RECORD_ID];
	json_t *o;
	enum err e = act_text(d, k, plan, len, record);

	if (e != OK) {
		return e;
	}
	o = act_event(d, "forward", k);
	json_object_set_new(o, "to", json_string(destination_word(p->to)));
	json_object_set_new(o, "receiver", json_string(t.receiver));
	event_hex(o, "plan", p->sha256, HASH_LEN);
	event_hex(o, "record", record, RECORD_ID);
	json_object_set_new(o, "duty", json_boolean(
	    !consent_holds(d->state, k, &t) && duty_there(d, k, &t)));
	if (p->until != DAY_NONE) {
		event_day(o, "until", p->until);
	}
	e = desk_event(d, o);
	if (e == OK && p->to != DEST_INVESTIGATOR) {
		e = act_step_put(d, k, CASE_FORWARDED, NULL, 0, request);
		return e == OK ? act_code_put(d, k, KASE_OUTCOME,
		    "doorgezonden") : e;
	}
	return e == OK && request != NOT_FOUND ? act_used_put(d, request) :
	    e;
}

enum err
act_forward(struct desk *d, size_t k, const void *plan, size_t len,
    const struct act_sealing *to, const char *path, struct refusal *why)
{
	size_t request = NOT_FOUND;
	struct plan p = {.o = NULL};
	int fd = -1;
	enum err e = act_begin(d, why);

	if (e != OK) {
		return e;
	}
	e = act_case(d, k, why);
	if (e == OK) {
		e = act_imported(d, why);
	}
	if (e == OK) {
		e = plan_parse(d, k, plan, len, &p, why);
	}
	if (e == OK) {
		e = plan_text(d, k, &p, why);
	}
	if (e == OK) {
		e = forward_check(d, k, &p, &request, why);
	}
	if (e == OK && path != NULL) {
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
		    O_NOFOLLOW, 0600);
		if (fd < 0) {
			e = refuse(why, ERR_IO, "Het dossier kan daar niet "
			    "worden geschreven; geef een nieuwe naam.", "The "
			    "dossier cannot be written there; give a new "
			    "name.");
		}
	}
	if (e == OK && path != NULL) {
		e = write_out(d, k, &p, to, fd, why);
	}
	if (e == OK && path != NULL && fsync(fd) != 0) {
		e = ERR_IO;
	}
	if (e == OK) {
		e = forward_put(d, k, &p, plan, len, request);
	}
	plan_free(&p);
	e = act_end(d, e, why);
	if (fd >= 0) {
		close(fd);
		if (e != OK) {
			unlink(path);
		}
	}
	return e;
}

enum err
act_forward_keep(struct desk *d, size_t k, const void *plan, size_t len,
    struct refusal *why)
{
	struct buf page = buf_new_secret(8u << 20);
	struct plan p = {.o = NULL};
	uint8_t record[RECORD_ID];
	json_t *o;
	enum err e = act_begin(d, why);

	if (e != OK) {
		buf_free(&page);
		return e;
	}
	e = act_case(d, k, why);
	if (e == OK) {
		e = plan_parse(d, k, plan, len, &p, why);
	}
	if (e == OK) {
		e = plan_text(d, k, &p, why);
	}
	if (e == OK) { /* what is to be left out is really there */
		e = dossier_page(d, k, &p, &page, why);
	}
	if (e == OK) {
		e = act_text(d, k, plan, len, record);
	}
	if (e == OK) {
		o = act_event(d, "forward_plan", k);
		event_hex(o, "record", record, RECORD_ID);
		e = desk_event(d, o);
	}
	plan_free(&p);
	buf_free(&page);
	return act_end(d, e, why);
}

enum err
act_forward_kept(struct desk *d, size_t k, struct buf *out)
{
	const struct kase *c = &d->state->kase[k];

	/* it holds words of the report: those that are left out */
	return c->planned && desk_ours_shown(d, k) ?
	    record_get(d->book, c->plan, out) : ERR_UNKNOWN;
}

/* A plan to look at; nothing is written */
static enum err
plan_look(struct desk *d, size_t k, const void *plan, size_t len,
    struct plan *p, struct refusal *why)
{
	enum err e = desk_policy(d);

	memset(why, 0, sizeof *why);
	e = e == OK ? act_case(d, k, why) : refuse_err(why, e);
	e = e == OK ? act_imported(d, why) : e;
	e = e == OK ? plan_parse(d, k, plan, len, p, why) : e;
	return e == OK ? plan_text(d, k, p, why) : e;
}

enum err
act_forward_may(struct desk *d, size_t k, const void *plan, size_t len,
    struct refusal *why)
{
	size_t request = NOT_FOUND;
	struct plan p = {.o = NULL};
	enum err e = plan_look(d, k, plan, len, &p, why);

	if (e == OK) {
		e = forward_check(d, k, &p, &request, why);
	}
	plan_free(&p);
	return e;
}

enum err
act_forward_show(struct desk *d, size_t k, const void *plan, size_t len,
    struct buf *page, uint8_t sha256[HASH_LEN], struct refusal *why)
{
	struct plan p = {.o = NULL};
	enum err e = plan_look(d, k, plan, len, &p, why);

	if (e == OK) {
		memcpy(sha256, p.sha256, HASH_LEN);
		e = dossier_page(d, k, &p, page, why);
	}
	plan_free(&p);
	return e;
}

enum err
act_forward_ask(struct desk *d, size_t k, const void *plan, size_t len,
    const char *shown, const char *words, size_t *request,
    struct refusal *why)
{
	struct buf text = buf_new_secret(SUMMARY_MAX + 1);
	char summary[SUMMARY_MAX], hex[2 * HASH_LEN + 1];
	struct plan p = {.o = NULL};
	enum err e = desk_policy(d);

	memset(why, 0, sizeof *why);
	e = e == OK ? act_case(d, k, why) : refuse_err(why, e);
	e = e == OK ? plan_parse(d, k, plan, len, &p, why) : e;
	if (e == OK) {
		hex_encode(p.sha256, HASH_LEN, hex);
		if (shown != NULL && strcmp(shown, hex) != 0) {
			e = refuse(why, ERR_STALE, "Dit is een ander plan dan "
			    "waarvoor handtekeningen gevraagd worden. Bekijk "
			    "het opnieuw.", "This is another plan than the "
			    "one to be signed for. Look at it again.");
		}
	}
	if (e == OK) {
		act_summary(d, ACT_FORWARD, k, hex, summary);
		buf_text(&text, summary);
		buf_text(&text, "\n");
		plan_words(d, p.o, false, PARTS_SIGNED, &text);
		buf_text(&text, words == NULL ? "" : words);
		e = buf_cstr(&text) != NULL ? OK : refuse(why, ERR_LIMIT,
		    "De tekst is te lang.", "The text is too long.");
	}
	if (e == OK) {
		e = act_request(d, ACT_FORWARD, k, hex, (char *)text.p,
		    request, why);
	}
	plan_free(&p);
	buf_free(&text);
	return e;
}
