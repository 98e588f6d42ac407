/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Columns of the register's tables, and what a single cell may hold. What
 * cells say together is checked in register.c.
 */
#include <string.h>

#include "register_private.h"

#define ID { "id", CELL_ID, NULL, true }

static const struct column report[] = {
	[REPORT_ID] = ID,
	[REPORT_RECEIVED] = { "received", CELL_MOMENT, NULL, true },
	[REPORT_KIND] = { "kind", CELL_CODE, "kind", true },
	[REPORT_TYPE] = { "type", CELL_CODE, "type", false },
	[REPORT_ORIGIN] = { "origin", CELL_CODE, "origin", false },
	[REPORT_ROUTE] = { "route", CELL_CODE, "route", false },
	[REPORT_ADVISER] = { "adviser", CELL_CODE, "adviser", false },
	[REPORT_SUBJECT_ROLE] = { "subject_role", CELL_CODE, "subject_role",
	    false },
	[REPORT_DEPARTMENT] = { "department", CELL_TEXT, NULL, false },
	[REPORT_INVESTIGATION] = { "investigation", CELL_CODE,
	    "investigation", false },
	[REPORT_INVESTIGATION_STATUS] = { "investigation_status", CELL_CODE,
	    "investigation_status", false },
	[REPORT_OUTCOME] = { "outcome", CELL_CODE, "outcome", false },
	[REPORT_MEASURES] = { "measures", CELL_MULTI, "measure", false },
	[REPORT_ACK_POSTED] = { "ack_posted", CELL_MOMENT, NULL, false },
	[REPORT_ACK_WAIVER] = { "ack_waiver", CELL_CODE, "ack_waiver",
	    false },
	[REPORT_FEEDBACK_POSTED] = { "feedback_posted", CELL_MOMENT, NULL,
	    false },
	[REPORT_EXTENSION_REASON] = { "extension_reason", CELL_TEXT, NULL,
	    false },
	[REPORT_CLOSED] = { "closed", CELL_DATE, NULL, false },
	[REPORT_WBK] = { "wbk", CELL_CODE, "wbk", false },
	[REPORT_CHANNEL] = { "channel", CELL_CODE, "channel", false },
	[REPORT_AREA] = { "area", CELL_MULTI, "area", false },
	[REPORT_LANGUAGE] = { "language", CELL_LANGUAGE, NULL, false },
	[REPORT_ANONYMOUS] = { "anonymous", CELL_CODE, "anonymous", false },
	[REPORT_RETENTION] = { "retention", CELL_RETENTION, NULL, false },
	[REPORT_NOTE] = { "note", CELL_TEXT, NULL, false },
};
static const struct column adviser_case[] = {
	[ADVISER_ID] = ID,
	[ADVISER_YEAR] = { "year", CELL_YEAR, NULL, true },
	[ADVISER_RELATIONS] = { "relations", CELL_MULTI, "relation", false },
	[ADVISER_KINDS] = { "kinds", CELL_MULTI, "adviser_kind", true },
	[ADVISER_HOURS_TALK] = { "hours_talk", CELL_NUMBER, NULL, true },
	[ADVISER_HOURS_TRACK] = { "hours_track", CELL_NUMBER, NULL, true },
	[ADVISER_LED_TO_REPORT] = { "led_to_report", CELL_FLAG, NULL, true },
};
static const struct column adviser_hours[] = {
	[HOURS_YEAR] = { "year", CELL_YEAR, NULL, true },
	[HOURS_ACTIVITY] = { "activity", CELL_CODE, "activity", true },
	[HOURS_HOURS] = { "hours", CELL_NUMBER, NULL, true },
};
static const struct column contact[] = {
	[CONTACT_ID] = ID,
	[CONTACT_DATE] = { "date", CELL_DATE, NULL, true },
	[CONTACT_ROUTE] = { "route", CELL_CODE, "contact_route", true },
	[CONTACT_IS_REPORT] = { "is_report", CELL_FLAG, NULL, true },
};
static const struct column advice[] = {
	[ADVICE_ID] = ID,
	[ADVICE_DATE] = { "date", CELL_DATE, NULL, true },
	[ADVICE_TOPIC] = { "topic", CELL_CODE, "advice_topic", false },
};
static const struct column talk[] = {
	[TALK_ID] = ID,
	[TALK_DATE] = { "date", CELL_DATE, NULL, true },
	[TALK_PARTICIPANTS] = { "participants", CELL_MULTI, "participant",
	    false },
};
static const struct column ledger[] = {
	[LEDGER_YEAR] = { "year", CELL_YEAR, NULL, true },
	[LEDGER_KEY] = { "key", CELL_KEY, NULL, true },
	[LEDGER_VALUE] = { "count", CELL_NUMBER, NULL, true },
};

const struct table register_tables[TABLE_COUNT] = {
#define TABLE(t) { #t ".csv", t, sizeof t / sizeof *t }
	[TABLE_REPORT] = TABLE(report),
	[TABLE_ADVISER_CASE] = TABLE(adviser_case),
	[TABLE_ADVISER_HOURS] = TABLE(adviser_hours),
	[TABLE_CONTACT] = TABLE(contact),
	[TABLE_ADVICE] = TABLE(advice),
	[TABLE_TALK] = TABLE(talk),
	[TABLE_LEDGER] = TABLE(ledger),
#undef TABLE
};

/* Whole decimal number from ${min} to ${max}, without leading zeros */
static enum err
number_parse(const char *s, int64_t min, int64_t max, int64_t *out)
{
	int64_t v = 0;

	if (*s == '\0' || (s[0] == '0' && s[1] != '\0')) {
		return ERR_FORMAT;
	}
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9') {
			return ERR_FORMAT;
		}
		v = v * 10 + (*s - '0');
		if (v > NUMBER_MAX) {
			return ERR_LIMIT;
		}
	}
	if (v < min || v > max) {
		return ERR_FORMAT;
	}
	*out = v;
	return OK;
}

static bool
language_valid(const char *s)
{
	size_t len = strlen(s);

	return len >= 2 && len <= 16 &&
	    s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-")] == '\0';
}

/* Keys that end in a code of a vocabulary, and keys that stand alone */
bool
ledger_key_known(const struct profile *p, const char *key)
{
	static const struct {
		const char *prefix, *vocabulary;
	} families[] = {
		{ "reports.type.", "type" },
		{ "reports.origin.", "origin" },
		{ "reports.outcome.", "outcome" },
		{ "adviser.activity.", "activity" },
		{ "adviser.relation.", "relation" },
		{ "adviser.kind.", "adviser_kind" },
	};
	static const char *const single[] = { "reports.total",
		"reports.investigations.started",
		"reports.investigations.completed",
		"reports.talk_with_control_measure", "reports.ack.on_time",
		"reports.ack.late", "reports.ack.overdue",
		"reports.ack.pending", "reports.ack.waived",
		"reports.feedback.on_time", "reports.feedback.late",
		"reports.feedback.overdue", "reports.feedback.pending",
		"contacts.messages", "contacts.suspicions", "advice.total",
		"talks.total", "talks.registrar_only", "talks.with_mayor",
		"adviser.cases", "adviser.via", "adviser.door",
		"adviser.led_to_report", "adviser.hours_talk",
		"adviser.hours_track" };

	for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
		if (strcmp(single[i], key) == 0) {
			return true;
		}
	}
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		size_t len = strlen(families[i].prefix);

		if (strncmp(families[i].prefix, key, len) == 0) {
			return vocabulary_index(taxonomy_find(p,
			    families[i].vocabulary), key + len) >= 0;
		}
	}
	return false;
}

static int64_t
blank_value(enum cell kind)
{
	switch (kind) {
	case CELL_MOMENT:
	case CELL_DATE:
		return DAY_NONE;
	case CELL_CODE:
		return -1;
	default:
		return 0;
	}
}

enum err
cell_parse(const struct profile *p, const struct column *c, const char *s,
    int64_t *out)
{
	struct retention_class class;
	uint64_t mask = 0;
	day_t d = 0;
	enum err e = OK;

	if (*s == '\0') {
		*out = blank_value(c->kind);
		return c->required ? ERR_FORMAT : OK;
	}
	*out = 0;
	switch (c->kind) {
	case CELL_MOMENT:
		e = moment_parse(s, &d);
		*out = d;
		return e;
	case CELL_DATE:
		e = day_parse(s, &d);
		*out = d;
		return e;
	case CELL_CODE:
		*out = vocabulary_index(taxonomy_find(p, c->vocabulary), s);
		return *out < 0 ? ERR_UNKNOWN : OK;
	case CELL_MULTI:
		e = vocabulary_multi(taxonomy_find(p, c->vocabulary), s,
		    &mask);
		*out = (int64_t)mask;
		return e;
	case CELL_YEAR:
		return number_parse(s, 1970, 2199, out);
	case CELL_NUMBER:
		return number_parse(s, 0, NUMBER_MAX, out);
	case CELL_FLAG:
		return number_parse(s, 0, 1, out);
	case CELL_LANGUAGE:
		return language_valid(s) ? OK : ERR_FORMAT;
	case CELL_RETENTION:
		return retention_find(p, s, &class);
	case CELL_KEY:
		return ledger_key_known(p, s) ? OK : ERR_UNKNOWN;
	case CELL_ID:
		return strlen(s) <= ID_MAX ? OK : ERR_LIMIT;
	case CELL_TEXT:
		return strlen(s) <= CSV_CELL_MAX ? OK : ERR_LIMIT;
	}
	return ERR_USAGE;
}
