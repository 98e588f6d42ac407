// SPDX-License-Identifier: EUPL-1.2
// Makes what the reporter's browser gets: node build.mjs OUT RELEASE, run by
// CMake in a copy of this folder beside its node_modules. The same sources
// give the same bytes: page.json's hashes are signed by people.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const [out, release] = process.argv.slice(2);

export const options = (root) => ({
	bundle: true, minify: true, format: "iife", target: "es2020",
	charset: "utf8", legalComments: "none", write: false,
	logLevel: "warning",
	alias: { "typage": root + "node_modules/age-encryption/dist",
		"@noble/curves/nist.js": root + "script/no_nist.js" },
});

const sha = (data, as) => createHash("sha256").update(data).digest(as);

async function bundle(entry) {
	const made = await build({ ...options(process.cwd() + "/"),
		entryPoints: [entry] });
	return made.outputFiles[0].text;
}

// </script> in a string would end the element
const inline = (js) => js.replace(/<\/(script)/gi, "<\\/$1")
	.replace(/<!--/g, "<\\!--").trim();

async function offline() {
	const js = inline(await bundle("offline/offline.js"));
	const css = readFileSync("offline/offline.css", "utf8").trim();
	return readFileSync("offline/offline.html", "utf8")
		.replace("@SCRIPT_HASH@", () => sha(js, "base64"))
		.replace("@STYLE_HASH@", () => sha(css, "base64"))
		.replace("@RELEASE@", () => release)
		.replace("@STYLE@", () => css)
		.replace("@SCRIPT@", () => js);
}

const files = { "offline.html": await offline(),
	"script.js": await bundle("script/main.js") };
const page = { type: "meldluik-page", version: 1, release, files: {} };
mkdirSync(out, { recursive: true });
for (const [name, data] of Object.entries(files)) {
	writeFileSync(`${out}/${name}`, data);
	page.files[name] = sha(data, "hex");
}
writeFileSync(`${out}/script.js.gz`, gzipSync(files["script.js"],
	{ level: 9 }));
writeFileSync(`${out}/page.json`, JSON.stringify(page) + "\n");
