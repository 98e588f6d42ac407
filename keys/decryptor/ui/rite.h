/* SPDX-License-Identifier: EUPL-1.2 */
/* Between page_ceremony.c, which asks, and ceremony_take.c, which answers. */
#ifndef DECRYPTOR_UI_RITE_H
#define DECRYPTOR_UI_RITE_H

#include "ui.h"

/* The page of what is wanted now, with what was typed if it was wrong */
void rite_form(struct visit *v);
/* Name of the form that asks for ${want} */
const char *rite_name(enum ceremony_want want);
/* A form that was sent */
void rite_take(struct visit *v);

#endif
