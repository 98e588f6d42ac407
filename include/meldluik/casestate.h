/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The life of a case: states, and which steps the law allows when. The table
 * of transitions and the guards on each are data; what a guard means is
 * here. Pure: the caller folds its journal into `struct case_facts` and
 * asks.
 */
#ifndef MELDLUIK_CASESTATE_H
#define MELDLUIK_CASESTATE_H

#include "meldluik/calendar.h"
#include "meldluik/foureyes.h"

enum case_state {
	CASE_RECEIVED,      /* ontvangen */
	CASE_FETCHED,       /* opgehaald */
	CASE_OPENED,        /* geopend */
	CASE_TRIAGE,        /* triage */
	CASE_IN_PROGRESS,   /* in_behandeling */
	CASE_PRELIMINARY,   /* vooronderzoek */
	CASE_INVESTIGATION, /* onderzoek */
	CASE_DECISION,      /* besluit */
	CASE_ANSWERED,      /* teruggekoppeld */
	CASE_CLOSED,        /* gesloten */
	CASE_RETAINED,      /* bewaartermijn */
	CASE_DESTROYED,     /* vernietigd */
	CASE_ADVICE,        /* adviesvraag */
	CASE_NOT_ADMISSIBLE, /* niet_ontvankelijk */
	CASE_FORWARDED,     /* doorgezonden */
	CASE_RECUSAL,       /* wraking */
	CASE_ABORTED,       /* afgebroken */
	CASE_WITHDRAWN,     /* ingetrokken */
	CASE_REOPENED,      /* heropend */
	CASE_STATES
};

/* What the journal says of one case, and of the step asked for. */
struct case_facts {
	enum case_state state;
	day_t today;
	/* registration and triage */
	bool registered;       /* in the register on receipt (Wbk 2a) */
	bool classified;       /* type, origin and wbk chosen */
	bool conflict_checked; /* handler is no subject of the report */
	/* acknowledgement and feedback: posted or given, not drafted */
	bool ack_given;
	bool ack_waived;       /* external channel only (Dir 11(2)(b)) */
	bool feedback_given;
	bool feedback_reasoned; /* says why */
	bool options_told;     /* the outside channels were named */
	bool feedback_without_route; /* given as "no route" (four eyes) */
	bool outcome_recorded; /* of an advice question: the answer */
	bool unfounded_uninvestigated; /* outcome ongegrond, no investigation */
	bool reason_recorded;  /* of the step asked for */
	/* oral report: record offered for agreement, answer recorded or the
	 * wait recorded as "not confirmed" (Dir 18(2)-(4)) */
	bool oral;
	bool oral_record_offered;
	/* forwarding */
	bool consent;
	bool legal_duty;
	bool reporter_told;
	/* recusal: sealed again to another desk, access withdrawn */
	bool resealed;
	bool withdrawal_received; /* signed by the reporter's thread */
	/* end */
	bool retention_set;    /* class chosen */
	day_t destroy_on;      /* DAY_NEVER when the class is permanent */
	bool legal_hold;
	/* who signed the step asked for, the one who asks included */
	struct signer signers[SIGNERS_MAX];
	size_t signer_count;
};

const char *case_state_code(enum case_state s); /* never NULL */
enum err case_state_parse(const char *code, enum case_state *out);
const char *case_state_label(const struct profile *p, enum case_state s,
    const char *lang);
/* Open: legal clocks run. Not for CLOSED, RETAINED, DESTROYED. */
bool case_state_open(enum case_state s);

/* The states the table allows after ${from}, whatever the guards say;
 * returns how many, at most CASE_STATES */
size_t case_next(const struct profile *p, enum case_state from,
    enum case_state out[CASE_STATES]);

/*
 * case_may(p, f, to, why): OK, or ERR_POLICY with the rule that forbids the
 * step (the first in the table's order). No such step at all is the rule
 * "S-STEP".
 */
enum err case_may(const struct profile *p, const struct case_facts *f,
    enum case_state to, struct rule *why);

#endif
