#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: ThreadSanitizer sees no race and no lock taken in two orders: in the
# store with its crew and writer, in sealing with helpers, and in the gateway
# under every kind of request at once. FULL=1: every unit program
# but those of confined.txt, and more visitors. A planted race is seen.
. "$(dirname "$0")/lib.sh"
need gcc
planted thread '#include <pthread.h>
static int n;
static void *add(void *p) { n++; return p; }
int main(void) { pthread_t t; pthread_create(&t, 0, add, 0); n++;
return pthread_join(t, 0); }'
ways=4
programs='test_store_intake test_store_upload test_store_outbound test_store_live
test_store_flood test_age_seal test_envelope test_web_circuit test_secret'
if [ -n "${FULL:-}" ]; then
	ways=24
	programs=$(all_units)
fi
# shellcheck disable=SC2086
tree tsan gateway_sanitized fixture fixture-seal codetool $programs
# shellcheck disable=SC2086
units $programs
gateway_load "$ways"
