/* SPDX-License-Identifier: EUPL-1.2 */
/* Linked only while gateway/pages is not built: no page, plain 404. */
#include "../pages/setup.h"
#include "exchange.h"

enum err
pages_setup(const struct pages_config *c, char why[PAGES_WHY])
{
	(void)c;
	why[0] = '\0';
	return OK;
}

void
pages_languages(char out[PAGES_LANGUAGES])
{
	out[0] = '\0';
}

const struct handler page_handlers[] = {
	{METHOD_GET, NULL, 0, NULL, NULL, NULL, NULL},
};
