/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What people type between the characters of a code or a sheet. The one
 * thing of a typed character that may decide a branch, so it stands alone,
 * where a test can name it.
 */
#include "crockford.h"

bool
crockford_separator(char c)
{
	return c == ' ' || c == '-' || c == '\n' || c == '\r';
}
