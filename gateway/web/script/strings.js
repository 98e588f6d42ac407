// SPDX-License-Identifier: EUPL-1.2
// Texts of the page in the reporter's language, from the PO files. The build
// writes texts.js: one language for a script of the page, all for the
// offline page. {0} stands for a value.
import { texts } from "./texts.js";

export const languages = Object.entries(texts).map(([code, l]) =>
	({ code, name: l.name, rtl: l.rtl, checked: l.checked }));

let chosen = Object.values(texts)[0].text;

export function stringsChoose(language) {
	chosen = (texts[language] ?? Object.values(texts)[0]).text;
}

export const t = (key, ...values) => chosen[key].replace(/\{(\d)\}/g,
	(_, i) => String(values[i]));
