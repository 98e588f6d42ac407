// SPDX-License-Identifier: EUPL-1.2
// Makes what the reporter's browser gets: node build.mjs OUT RELEASE
// PROFILE..., run by CMake in a copy of this folder beside its node_modules. The same
// sources give the same bytes: page.json's hashes are signed by people. A
// script per language carries the texts of that one; the offline page carries
// all, and the roles of each PROFILE, which a page gets from the gateway.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { minify } from "terser";
import { keysCheck, routing, texts } from "./texts.mjs";

const [out, release, ...profiles] = process.argv.slice(2);
const all = texts(process.cwd());
const notHere = keysCheck(process.cwd(), Object.keys(all.nl.text));

const PLACE = "MELDLUIK_TEXTS"; // stands for them until all else is small

const textsPlugin = {
	name: "texts", setup(b) {
		b.onLoad({ filter: /\/script\/texts\.js$/ }, () =>
			({ contents: `export const texts = ${PLACE};`,
				loader: "js" }));
	},
};

// Names are left to terser, which drops what calls these alone make: noble's
// kinds of keys and ciphers that this page does not use (script/no_nist.js)
const UNUSED = ["QSF", "createKitchenSink", "ecdhKem", "expandSeedXof",
	"createKyber", "createCipher", "wrapCipher", "_poly1305_aead"];

const options = (root) => ({
	bundle: true, minifySyntax: true, minifyWhitespace: true,
	format: "iife", target: "es2022",
	charset: "utf8", legalComments: "none", write: false,
	logLevel: "warning",
	alias: { "typage": root + "node_modules/age-encryption/dist",
		"@noble/curves/nist.js": root + "script/no_nist.js" },
	plugins: [textsPlugin],
});

const sha = (data, as) => createHash("sha256").update(data).digest(as);

async function bundle(entry) {
	const made = await build({ ...options(process.cwd() + "/"),
		entryPoints: [entry] });
	const small = await minify(made.outputFiles[0].text, {
		ecma: 2020, mangle: true, compress: { passes: 6, inline: 1,
			lhs_constants: false, sequences: false, // pack smaller
			pure_funcs: UNUSED, pure_getters: true },
		format: { comments: false } });
	return small.code + "\n";
}

const filled = (js, languages) =>
	js.replace(PLACE, () => JSON.stringify(languages));

// </script> in a string would end the element
const inline = (js) => js.replace(/<\/(script)/gi, "<\\/$1")
	.replace(/<!--/g, "<\\!--").trim();

async function offline() {
	const js = inline(filled(await bundle("offline/offline.js"), all));
	const css = ["style.css", "offline/offline.css"].map((f) =>
		readFileSync(f, "utf8")).join("").trim();
	return readFileSync("offline/offline.html", "utf8")
		.replace("@SCRIPT_HASH@", () => sha(js, "base64"))
		.replace("@STYLE_HASH@", () => sha(css, "base64"))
		.replace("@RELEASE@", () => release)
		.replace("@STYLE@", () => css)
		.replace("@SCRIPT@", () => js);
}

// For programs of node that import parts of the script from this folder
writeFileSync("script/texts.js",
	`export const texts = ${JSON.stringify(all)};\n`);
writeFileSync("offline/roles.js", `export const profiles = ${JSON.stringify(
	profiles.map(routing))};\n`);
const script = await bundle("script/main.js");
const files = { "offline.html": await offline(),
	"style.css": readFileSync("style.css") };
for (const [code, { text, ...about }] of Object.entries(all)) {
	files[`script.${code}.js`] = filled(script, { [code]: { ...about,
		text: Object.fromEntries(Object.entries(text).filter(([key]) =>
			!notHere.includes(key))) } });
}
const page = { type: "meldluik-page", version: 1, release, files: {} };
mkdirSync(out, { recursive: true });
for (const [name, data] of Object.entries(files)) {
	writeFileSync(`${out}/${name}`, data);
	page.files[name] = sha(data, "hex");
}
writeFileSync(`${out}/page.json`, JSON.stringify(page) + "\n");
