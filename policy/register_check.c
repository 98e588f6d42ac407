/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the cells of one report must say together (tests/acceptance/SCHEMA.md
 * and the articles named). Each contradiction has a sentence of its own, so
 * that whoever fills the register in knows what to change.
 */
#include <string.h>

#include "register_private.h"

#define WHY(column, nl, en) \
	static const struct register_error refusal = { 0, column, nl, en }; \
	return &refusal

static bool
counts(const struct profile *p, const struct row *row, size_t column,
    const char *what)
{
	const struct vocabulary *v = taxonomy_find(p,
	    register_tables[TABLE_REPORT].column[column].vocabulary);
	int64_t i = row->value[column];

	return i >= 0 && vocabulary_counts_as(v, (size_t)i, what);
}

/* A blank channel is the profile's own. */
static bool
external(const struct profile *p, const struct row *row)
{
	const char *s = row->text[REPORT_CHANNEL];

	return *s == '\0' ? profile_external(p) : strcmp(s, "external") == 0;
}

static const struct register_error *
answers_conflict(const struct profile *p, const struct row *row)
{
	const int64_t *v = row->value;
	bool outside = external(p, row);

	if (v[REPORT_ACK_POSTED] != DAY_NONE &&
	    v[REPORT_ACK_POSTED] < v[REPORT_RECEIVED]) {
		WHY("ack_posted", "De bevestiging ligt vóór de ontvangst.",
		    "The acknowledgement lies before the receipt.");
	}
	if (v[REPORT_FEEDBACK_POSTED] != DAY_NONE &&
	    v[REPORT_FEEDBACK_POSTED] < v[REPORT_RECEIVED]) {
		WHY("feedback_posted",
		    "De terugkoppeling ligt vóór de ontvangst.",
		    "The feedback lies before the receipt.");
	}
	if (v[REPORT_ACK_WAIVER] >= 0 && !outside) {
		WHY("ack_waiver", "Afzien van bevestiging kan alleen bij het "
		    "externe kanaal [S-CHANNEL: Dir 11(2)].",
		    "Only the external channel may waive the "
		    "acknowledgement [S-CHANNEL: Dir 11(2)].");
	}
	if (v[REPORT_ACK_WAIVER] >= 0 && v[REPORT_ACK_POSTED] != DAY_NONE) {
		WHY("ack_waiver",
		    "Er is afgezien van bevestiging én er is er een geplaatst.",
		    "The acknowledgement is waived and posted at once.");
	}
	if (*row->text[REPORT_EXTENSION_REASON] != '\0' && (!outside ||
	    clocks_terms(p).extended_months == 0)) {
		WHY("extension_reason", "Verlengen kan alleen bij het externe "
		    "kanaal [S-CHANNEL: Dir 9(1)(f), 11(2)(d)].",
		    "Only the external channel knows an extension "
		    "[S-CHANNEL: Dir 9(1)(f), 11(2)(d)].");
	}
	return NULL;
}

static const struct register_error *
closing_conflict(const struct profile *p, const struct row *row)
{
	const int64_t *v = row->value;
	bool open = v[REPORT_CLOSED] == DAY_NONE;

	if (!open && (v[REPORT_FEEDBACK_POSTED] == DAY_NONE ||
	    v[REPORT_FEEDBACK_POSTED] > v[REPORT_CLOSED])) {
		WHY("closed", "Sluiten kan pas na de terugkoppeling "
		    "(Wbk 2(2); Dir 9(1)(f)).",
		    "Closing comes after the feedback (Wbk 2(2); "
		    "Dir 9(1)(f)).");
	}
	if (open && v[REPORT_OUTCOME] >= 0 &&
	    !counts(p, row, REPORT_OUTCOME, "running")) {
		WHY("outcome", "Een open zaak heeft uitkomst 'lopend'.",
		    "An open case has outcome 'lopend'.");
	}
	if (open && v[REPORT_MEASURES] != 0) {
		WHY("measures", "Een open zaak heeft nog geen maatregelen.",
		    "An open case has no measures yet.");
	}
	if (open && v[REPORT_INVESTIGATION_STATUS] >= 0 &&
	    !counts(p, row, REPORT_INVESTIGATION_STATUS, "running")) {
		WHY("investigation_status",
		    "In een open zaak is het onderzoek 'lopend'.",
		    "In an open case the investigation is 'lopend'.");
	}
	return NULL;
}

const struct register_error *
report_conflict(const struct profile *p, const struct row *row)
{
	const struct vocabulary *measure = taxonomy_find(p, "measure");
	const struct register_error *why;
	const int64_t *v = row->value;
	const char *adviser = row->text[REPORT_ADVISER];
	bool has_adviser = *adviser != '\0' && strcmp(adviser, "geen") != 0;
	bool started = counts(p, row, REPORT_INVESTIGATION, "started");

	if (counts(p, row, REPORT_KIND, "report") && v[REPORT_TYPE] < 0) {
		WHY("type", "Een melding heeft een soort schending nodig.",
		    "A report needs a type of breach.");
	}
	if (has_adviser != counts(p, row, REPORT_ROUTE, "adviser")) {
		WHY("adviser", "'via' of 'door' hoort bij de route "
		    "vertrouwenspersoon, en andersom.",
		    "'via' or 'door' goes with the route of a confidential "
		    "adviser, and the other way round.");
	}
	if (started != (v[REPORT_INVESTIGATION_STATUS] >= 0)) {
		WHY("investigation_status",
		    "Een onderzoek heeft een stand, geen onderzoek heeft er "
		    "geen.",
		    "An investigation has a status, no investigation has "
		    "none.");
	}
	for (size_t i = 0; i < vocabulary_count(measure); i++) {
		uint64_t bit = (uint64_t)1 << i;
		uint64_t all = (uint64_t)v[REPORT_MEASURES];

		if ((all & bit) != 0 && all != bit &&
		    vocabulary_counts_as(measure, i, "none")) {
			WHY("measures", "'geen' staat alleen.",
			    "'geen' stands alone.");
		}
	}
	why = answers_conflict(p, row);
	return why != NULL ? why : closing_conflict(p, row);
}
