#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer say
# nothing of the unit programs nor of the gateway under every kind of
# request. Short form: the programs of the seal, the store, the parsers of web
# and what runs a tool of others; FULL=1: all but those of confined.txt, and
# more visitors. A planted overflow is seen.
. "$(dirname "$0")/lib.sh"
need gcc
planted address,undefined '#include <stdlib.h>
int main(int n, char **v) { char *p = malloc(2); (void)v; return p[n + 1]; }'
ways=4
programs='test_age_header test_age_open test_board test_bundle test_code
test_envelope test_json test_minisign test_pages_form test_report test_scrub
test_shares test_store_intake test_store_upload test_web_circuit'
if [ -n "${FULL:-}" ]; then
	ways=24
	programs=$(all_units)
fi
# shellcheck disable=SC2086
tree asan gateway_sanitized fixture fixture-seal codetool $programs
# shellcheck disable=SC2086
units $programs
gateway_load "$ways"
