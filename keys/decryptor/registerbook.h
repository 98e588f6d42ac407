/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The register of this desk: rows taken in as files, and rows made from its
 * own cases. Codes, days and references only; never what a reporter wrote.
 */
#ifndef DECRYPTOR_REGISTERBOOK_H
#define DECRYPTOR_REGISTERBOOK_H

#include "desk.h"
#include "meldluik/annual.h"
#include "meldluik/register.h"

/* All tables as one record: for each a 32-bit length and its CSV */
enum err register_pack(const struct registry *r, struct buf *out);
/* Adds packed rows to ${r}, whose rows are of no use after a failure.
 * ${table}: where ${why} happened. */
enum err register_unpack(struct registry *r, const void *p, size_t len,
    enum register_table *table, struct register_error *why);
/* The files of folder ${dir} that have the name of a table; ${files} counts
 * them. Says in plain words what is wrong. */
enum err register_read(struct registry *r, int dir, unsigned *files);

/* The imported rows that count. Opens the profile of ${d}. */
enum err register_imported(struct desk *d, struct registry **out);
/* The same and the cases. ${left_out}: reports received in ${year} (0: ever)
 * that cannot be counted, each kind said on stderr. */
enum err register_whole(struct desk *d, int year, struct registry **out,
    unsigned *left_out);

#endif
