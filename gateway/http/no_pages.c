/* SPDX-License-Identifier: EUPL-1.2 */
/* Linked only while gateway/pages is not built: no page, plain 404. */
#include "exchange.h"

const struct handler page_handlers[] = {
	{METHOD_GET, NULL, 0, NULL, NULL, NULL, NULL},
};
