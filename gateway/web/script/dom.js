// SPDX-License-Identifier: EUPL-1.2
// Makes elements. Text only ever becomes a text node, and style only ever
// comes from the style sheet: the page's CSP allows nothing else.
export function el(tag, props = {}, ...children) {
	const e = document.createElement(tag);
	for (const [k, v] of Object.entries(props)) {
		if (k.startsWith("on")) {
			e.addEventListener(k.slice(2), v);
		} else if (v !== false && v !== undefined) {
			e.setAttribute(k, v === true ? "" : v);
		}
	}
	e.append(...children.flat().filter((c) => c !== null));
	return e;
}

export const $ = (selector, within = document) =>
	within.querySelector(selector);

// Shows one step of the flow and moves the reader there
export function show(box, ...nodes) {
	box.replaceChildren(...nodes.filter((n) => n !== null));
	const head = $("h1", box);
	if (head) {
		// on paper and in the list of jobs too: the code's says no more
		document.title = head.textContent;
		point(head);
	}
	window.scrollTo(0, 0);
}

export function dayWords(day, language) {
	return new Intl.DateTimeFormat(language, { dateStyle: "full",
		timeZone: "UTC" }).format(new Date(day + "T12:00:00Z"));
}

// From left to right also in Arabic, where it read "kB 9.6"
export function sizeWords(n, language) {
	const [value, unit] = n < 1048576 ? [n / 1024, "kB"] :
		n < 1073741824 ? [n / 1048576, "MB"] : [n / 1073741824, "GB"];
	return "\u2066" + new Intl.NumberFormat(language,
		{ maximumFractionDigits: 1 }).format(value) + ` ${unit}\u2069`;
}

// Firefox writes texts of a textarea to the disk unless this is said
const PRIVATE = { autocomplete: "off", spellcheck: "false" };

export function area(id, label, hint, rows, slot) {
	const props = { id: "ml-" + id, rows, ...PRIVATE };
	if (hint) {
		props["aria-describedby"] = `ml-${id}-h`;
	}
	if (slot) { // the one field that is needed
		props.class = "slot";
		props["aria-describedby"] += ` ml-${id}-e`;
	}
	return el("div", { class: "field" },
		el("label", { for: "ml-" + id }, label),
		hint ? el("p", { class: "hint", id: `ml-${id}-h` }, hint) : null,
		slot ? notice(`ml-${id}-e`, "err") : null,
		el("textarea", props));
}

// Says beside a field what is wrong with it, and goes there: a browser that
// goes to a long field shows its end
export function fault(field, said, text) {
	said.textContent = text;
	field.setAttribute("aria-invalid", "true");
	field.addEventListener("input", () => {
		said.textContent = "";
		field.removeAttribute("aria-invalid");
	}, { once: true });
	field.focus();
	said.scrollIntoView();
}

// Goes to what is said or goes on, where what had the focus is hidden
export function point(node) {
	node.tabIndex = -1;
	node.focus();
	node.scrollIntoView();
}

// The nodes of a text whose tags are b, bdi, and a with a page's name
export const rich = (text) => text.split(/(<.*?<.*?>)/).map((part) => {
	const [, tag, page, words] = /^<(\w+) ?(\w*)>(.*)</.exec(part) ?? [];
	return !tag ? part : el(tag, page ? { href:
		`/${document.documentElement.lang}/${page}` } :
		tag === "bdi" ? { dir: "ltr" } : {}, words);
});

// Radio buttons; ${choices}: [value, label, note or null]
export const picks = (name, legend, choices) => el("fieldset", {},
	el("legend", {}, legend), choices.map(([value, label, note]) =>
		el("label", { class: "pick" },
			el("input", { type: "radio", name, value }),
			el("span", {}, label,
				note ? el("small", {}, " " + note) : null))));

const SVG = "http://www.w3.org/2000/svg";

export function svgQr(size, path, label) {
	const make = (tag, props) => {
		const e = document.createElementNS(SVG, tag);
		for (const [k, v] of Object.entries(props)) {
			e.setAttribute(k, v);
		}
		return e;
	};
	const svg = make("svg", { class: "qr", viewBox: `0 0 ${size} ${size}`,
		width: 180, height: 180, role: "img", "aria-label": label,
		"shape-rendering": "crispEdges" });
	svg.append(make("rect", { width: size, height: size, fill: "#fff" }),
		make("path", { d: path, fill: "#000" }));
	return svg;
}

export const PRIVATE_INPUT = { ...PRIVATE, autocapitalize: "characters" };

// A message beside what it is about, read out when it comes
export function notice(id, cls) {
	return el("p", { id, class: cls, role: cls === "err" ? "alert" :
		"status" });
}
