/* SPDX-License-Identifier: EUPL-1.2 */
/* The coordinator's handbook, in the language of the page. */
#include "ui.h"

void
page_handbook(struct visit *v)
{
	visit_page(v, PAGE_HANDBOOK, TEXT_TITLE_HANDBOOK, 0);
}
