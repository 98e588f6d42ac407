/* SPDX-License-Identifier: EUPL-1.2 */
/* A profile that loads answers every question without failing. */
#include <stdlib.h>
#include <string.h>

#include "meldluik/annual.h"
#include "meldluik/casestate.h"
#include "meldluik/forward.h"
#include "meldluik/retention.h"
#include "meldluik/routing.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct case_facts f = { .today = 20000 };
	struct profile *profile = NULL;
	struct rule why;

	if (profile_load(p, len, &profile) != OK) {
		return 0;
	}
	for (int s = 0; s < CASE_STATES; s++) {
		for (int to = 0; to < CASE_STATES; to++) {
			why = (struct rule){ 0 };
			f.state = (enum case_state)s;
			if (case_may(profile, &f, (enum case_state)to,
			    &why) != OK && why.article == NULL) {
				abort();
			}
		}
		if (strlen(case_state_label(profile, s, "nl")) == 0) {
			abort();
		}
	}
	for (size_t i = 0; i < routing_roles(profile); i++) {
		unsigned n;

		if (routing_pick(profile, routing_role(profile, i).code, NULL,
		    0, &n) != ERR_POLICY) {
			abort();
		}
	}
	for (size_t i = 0; i < routing_default_desks(profile); i++) {
		struct route_desk d = routing_default_desk(profile, i);

		for (size_t k = 0; k < d.must_not_reads; k++) {
			if (strlen(d.must_not_read[k]) == 0) {
				abort();
			}
		}
	}
	for (size_t i = 0; i < retention_classes(profile); i++) {
		struct retention_class c = retention_class(profile, i);
		day_t d;

		if (retention_end(&c, 20000, &d) != OK || d <= 20000) {
			abort();
		}
	}
	for (size_t i = 0; i < forward_authorities(profile); i++) {
		if (strlen(forward_authority(profile, i).site) == 0) {
			abort();
		}
	}
	profile_free(profile);
	return 0;
}
