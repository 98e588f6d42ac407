/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * QR codes as inline SVG, drawn by libqrencode. What it copies to ordinary
 * heap lives until this short-lived program ends.
 */
#include <string.h>

#include <qrencode.h>

#include "annual_sheets.h"
#include "meldluik/secret.h"
#include "sheets_print.h"

#define QUIET 4 /* modules around it, ISO/IEC 18004 */

enum err
qr_svg(const char *text, unsigned mm, struct buf *out)
{
	QRecLevel level = strlen(text) > 1000 ? QR_ECLEVEL_L : QR_ECLEVEL_M;
	QRcode *q;
	int size;

	if (strlen(text) > QR_TEXT_MAX) {
		return ERR_LIMIT;
	}
	q = QRcode_encodeString(text, 0, level, QR_MODE_8, 1);
	if (q == NULL) {
		return ERR_MEMORY;
	}
	size = q->width + 2 * QUIET;
	put_format(out, "<svg class=\"qr\" xmlns=\"http://www.w3.org/2000/svg\""
	    " viewBox=\"0 0 %d %d\" width=\"%umm\" height=\"%umm\" "
	    "shape-rendering=\"crispEdges\" role=\"img\" aria-label=\"QR\">"
	    "<path fill=\"#fff\" d=\"M0 0h%dv%dh-%dz\"/><path d=\"", size,
	    size, mm, mm, size, size, size);
	for (int y = 0; y < q->width; y++) {
		for (int x = 0; x < q->width; x++) {
			int from = x;
			while (x < q->width &&
			    (q->data[y * q->width + x] & 1) != 0) {
				x++;
			}
			if (x > from) {
				put_format(out, "M%d %dh%dv1h-%dz",
				    from + QUIET, y + QUIET, x - from,
				    x - from);
			}
		}
	}
	buf_text(out, "\"/></svg>");
	secret_wipe(q->data, (size_t)q->width * (size_t)q->width);
	QRcode_free(q);
	return out->failed ? ERR_MEMORY : OK;
}
