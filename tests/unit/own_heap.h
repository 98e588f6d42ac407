/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * OWN_HEAP: memory is the C library's, so that a test may look for what was
 * left in it. Under AddressSanitizer what was freed may not be read;
 * ThreadSanitizer maps terabytes beside it, through which such a search does
 * not come to an end.
 */
#ifndef MELDLUIK_TESTS_OWN_HEAP_H
#define MELDLUIK_TESTS_OWN_HEAP_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OWN_HEAP 0
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#undef OWN_HEAP
#define OWN_HEAP 0
#endif
#ifndef OWN_HEAP
#define OWN_HEAP 1
#endif

#endif
