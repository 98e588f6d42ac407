/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The code as a drawing, inline: an address of an image would carry it. The
 * library copies its input into ordinary heap and frees it unwiped, so the
 * small blocks it used are taken back from this thread's cache and wiped;
 * its larger blocks hold modules, not text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <qrencode.h>

#include "meldluik/secret.h"
#include "pages.h"

#define MARGIN 4u /* quiet zone, ISO/IEC 18004 */
#define SCRUB_STEP 16u
#define SCRUB_MAX 1040u /* the cache keeps no larger ones */
#define SCRUB_EACH 8u /* the cache keeps seven of a size */

/* Freed blocks come back last first, so these are the ones just left */
static void
scrub(void)
{
	void *block[SCRUB_MAX / SCRUB_STEP][SCRUB_EACH];
	size_t i, k;

	for (i = 0; i < SCRUB_MAX / SCRUB_STEP; i++) {
		for (k = 0; k < SCRUB_EACH; k++) {
			size_t n = i * SCRUB_STEP + 8;

			block[i][k] = malloc(n);
			if (block[i][k] != NULL) {
				secret_wipe(block[i][k], n);
			}
		}
	}
	for (i = 0; i < SCRUB_MAX / SCRUB_STEP; i++) {
		for (k = 0; k < SCRUB_EACH; k++) {
			free(block[i][k]);
		}
	}
}

/* Every run of dark modules of a row is one "Mx yhNv1h-Nz" */
static enum err
draw(const QRcode *q, char out[SVG_PATH_MAX])
{
	unsigned width = (unsigned)q->width, x, y, from;
	size_t used = 0;

	for (y = 0; y < width; y++) {
		for (x = 0; x < width; x++) {
			if ((q->data[y * width + x] & 1) == 0) {
				continue;
			}
			from = x;
			while (x < width && (q->data[y * width + x] & 1)) {
				x++;
			}
			if (SVG_PATH_MAX - used < 40) {
				return ERR_LIMIT;
			}
			used += (size_t)snprintf(out + used,
			    SVG_PATH_MAX - used, "M%u %uh%uv1h-%uz",
			    from + MARGIN, y + MARGIN, x - from, x - from);
		}
	}
	return OK;
}

enum err
qr_path(const char *text, char out[SVG_PATH_MAX], unsigned *size)
{
	QRcode *q = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	enum err e;

	if (q == NULL) {
		scrub();
		return ERR_MEMORY;
	}
	e = draw(q, out);
	*size = (unsigned)q->width + 2 * MARGIN;
	secret_wipe(q->data, (size_t)q->width * (size_t)q->width);
	QRcode_free(q);
	scrub();
	return e;
}
