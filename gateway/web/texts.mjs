// SPDX-License-Identifier: EUPL-1.2
// Reads the PO files for the script: node texts.mjs is not run by itself;
// build.mjs and the tests import it. embed.c checks the files first, so here
// only what the script asks for and nobody has is an error.
import { readFileSync, readdirSync } from "node:fs";

export function po(path) {
	const found = {};
	let id = "", part = null;
	for (const line of readFileSync(path, "utf8").split("\n")) {
		const m = /^(?:(msgid|msgstr) )?(".*")$/.exec(line);
		if (!m) {
			continue;
		}
		part = m[1] ?? part;
		if (m[1] === "msgid") {
			id = "";
		}
		if (part === "msgid") {
			id += JSON.parse(m[2]);
		} else {
			found[id] = (found[id] ?? "") + JSON.parse(m[2]);
		}
	}
	return found;
}

const header = (strings, name) => {
	const m = new RegExp(`^${name}: (.*)$`, "m").exec(strings[""]);
	if (!m) {
		throw new Error(`no ${name} in a header`);
	}
	return m[1];
};

const sources = (folder) => readdirSync(folder)
	.filter((f) => f.endsWith(".js"))
	.map((f) => readFileSync(`${folder}/${f}`, "utf8")).join("\n");

// Names that are put together: no source has them whole
const MADE = /^(rel_|kind_|leave\d|do\d|code_keep\d)/;

// Every t("key") of the sources is a key of the map, and none is for nothing.
// Returns those that only the offline page asks for.
export function keysCheck(folder, keys) {
	const script = sources(folder + "/script");
	const source = script + sources(folder + "/offline");
	for (const [, key] of source.matchAll(/\bt\(\s*"(\w+)"\s*[,)]/g)) {
		if (!keys.includes(key)) {
			throw new Error(`strings.map has no ${key}`);
		}
	}
	for (const key of keys) {
		if (!MADE.test(key) && !source.includes(`"${key}"`)) {
			throw new Error(`strings.map: nobody asks for ${key}`);
		}
	}
	return keys.filter((key) => !MADE.test(key) &&
		!script.includes(`"${key}"`));
}

// Texts of which the script makes elements (rich of dom.js): of their tags
// the name stays, and of a link the page it leads to
const RICH = /^(do|code_keep)\d$/;
const tag = (all, name, rest) => name === "a" ?
	`<a ${/\/{{lang}}\/(\w+)"/.exec(rest)[1]}>` : `<${name}>`;

// What a text node may hold: no tags, no template values but a desk's name and
// how many replies there are
function plain(s, key, language, keep) {
	const out = s.replace(/<(\/?\w+)([^>]*)>/g, keep ? tag : "")
		.replace(/\{\{((default_)?desk|found)\}\}/, "{0}")
		.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
	if (out.includes("{{")) {
		throw new Error(`${language}: ${key} has a value of the page`);
	}
	return out;
}

// { nl: { name, rtl, checked, text: { key: "..." } }, ... }, nl and en first
export function texts(folder) {
	const map = readFileSync(folder + "/script/strings.map", "utf8")
		.split("\n").filter((l) => l && !l.startsWith("#"))
		.map((l) => l.split(" "));
	const codes = readdirSync(folder + "/po").filter((f) =>
		/^[a-z]{2}\.po$/.test(f)).map((f) => f.slice(0, 2));
	const rank = (c) => ["nl", "en"].includes(c) ? c === "en" : 2;
	codes.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
	return Object.fromEntries(codes.map((code) => {
		const strings = po(`${folder}/po/${code}.po`);
		const text = Object.fromEntries(map.map(([key, from]) => [key,
			from.split("|").map((k) => {
				if (!strings[k]) {
					throw new Error(`${code}: no ${k}`);
				}
				return plain(strings[k], k, code, RICH.test(key));
			}).join("|")]));
		return [code, { name: header(strings, "X-Name"),
			rtl: header(strings, "X-Direction") === "rtl",
			checked: header(strings, "X-Checked") === "yes", text }];
	}));
}

// The roles of a profile, which the first step asks for, and its desks
export function routing(profile) {
	const { roles, desks, default: usual } = JSON.parse(readFileSync(
		profile, "utf8")).routing;
	return { usual, desks: desks.map((d) => d.id),
		roles: roles.map(({ decides, ...role }) => role) };
}
