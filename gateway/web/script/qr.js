// SPDX-License-Identifier: EUPL-1.2
// A QR code as an SVG path. A file of its own, which every reporter with
// scripts gets while the code is shown: it is not needed before. The
// offline page has it inside.
import { encode } from "uqr";

const MARGIN = 4; // quiet zone, ISO/IEC 18004

// { size, path } of ${text}: every run of dark modules is one rectangle
export function qr(text) {
	const { data, size } = encode(text, { ecc: "M", border: 0 });
	let path = "";
	data.forEach((row, y) => {
		for (let x = 0; x < size; x++) {
			const from = x;
			while (x < size && row[x]) {
				x++;
			}
			if (x > from) {
				path += `M${from + MARGIN} ${y + MARGIN}h${x - from}v1h${
					from - x}z`;
			}
		}
	});
	return { size: size + 2 * MARGIN, path };
}

globalThis.meldluikQr = qr;
