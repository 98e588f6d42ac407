/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Where a report may go, and what must be settled first: the authorities as
 * data, and the guards on forwarding to a desk, an authority, a named
 * investigator or the police.
 */
#ifndef MELDLUIK_FORWARD_H
#define MELDLUIK_FORWARD_H

#include "meldluik/calendar.h"
#include "meldluik/foureyes.h"

struct authority {
	const char *code;  /* "IGJ" */
	const char *phone; /* "" when unknown */
	const char *site;
	bool designated;   /* by the law, as an external channel */
	bool police;
	bool confirmed;    /* the data says it was read in a source */
};

size_t forward_authorities(const struct profile *p);
struct authority forward_authority(const struct profile *p, size_t i);
const char *forward_label(const struct profile *p, size_t i,
    const char *lang);
/* Place of ${code}, or -1 */
int forward_find(const struct profile *p, const char *code);
/*
 * forward_for_area(p, area, out, max): places of the authorities for a
 * Directive area ("HLTH"), designated ones first; returns how many were
 * written.
 */
size_t forward_for_area(const struct profile *p, const char *area,
    size_t *out, size_t max);

enum destination {
	DEST_DESK,         /* another desk: unmodified (Dir 12(3)) */
	DEST_AUTHORITY,
	DEST_INVESTIGATOR, /* named, until a date, under an agreement */
	DEST_POLICE        /* Sv 162 */
};

struct forward_facts {
	enum destination to;
	day_t today;
	bool consent;            /* explicit, recorded */
	bool legal_duty;
	bool reporter_told;
	bool telling_endangers;  /* recorded with a reason (Dir 16(3)) */
	bool modified;           /* fields or files left out or redacted */
	bool reviewed;           /* somebody looked for identifying parts */
	bool with_identity;      /* the dossier names the reporter */
	bool named;              /* investigator: person or firm */
	bool agreement;          /* investigator: processor agreement */
	day_t until;             /* investigator: end of access */
	struct signer signers[SIGNERS_MAX];
	size_t signer_count;
};

/* Does an authority get a dossier only with consent or by duty? Not from
 * another authority (Dir 11(6)) */
bool forward_consent(const struct profile *p);
/* OK, or ERR_POLICY and the rule that forbids it */
enum err forward_may(const struct profile *p, const struct forward_facts *f,
    struct rule *why);

/*
 * forward_carries(p, field): whether a dossier carries a field of
 * report.json ("answers.what") unless somebody chooses otherwise. Fields the
 * profile does not name are left out.
 */
bool forward_carries(const struct profile *p, const char *field);

#endif
