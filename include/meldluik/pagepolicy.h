/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The header that every page of the gateway carries, and that who looks at
 * the gateway from outside asks for, to the letter: load nothing from
 * elsewhere, run nothing inline, live in no frame.
 */
#ifndef MELDLUIK_PAGEPOLICY_H
#define MELDLUIK_PAGEPOLICY_H

#define PAGE_POLICY_NAME "Content-Security-Policy"
#define PAGE_POLICY \
	"default-src 'none'; script-src 'self'; worker-src 'self'; " \
	"style-src 'self'; img-src data:; connect-src 'self'; " \
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
#define PAGE_HTML "text/html; charset=utf-8"

#endif
