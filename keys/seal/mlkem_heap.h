/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Included before the package's fips202.c only: its SHAKE contexts hold
 * secrets, are freed unwiped, and a failed malloc would end the process. Its
 * heap calls come to the pool in mlkem.c, which never fails.
 */
#ifndef MELDLUIK_MLKEM_HEAP_H
#define MELDLUIK_MLKEM_HEAP_H

#include <stddef.h>
#include <stdlib.h>

void *mlkem_malloc(size_t len);
void mlkem_free(void *p);
#define malloc(n) mlkem_malloc(n)
#define free(p) mlkem_free(p)

#endif
