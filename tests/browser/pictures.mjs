// SPDX-License-Identifier: EUPL-1.2
// The README's pictures of the reporter's pages.
//   node pictures.mjs URL CODE FOLDER
import { open } from "./drive.mjs";
import { script } from "./reporter.mjs";

const [url, code, folder] = process.argv.slice(2);
const SIZE = { width: 760, height: 560 };
const b = await open("chromium", { lang: "en" });

async function take(name) {
	await b.page.setViewport(SIZE);
	await b.run(() => window.scrollTo(0, 0));
	await b.page.screenshot({ path: `${folder}/${name}.webp`, quality: 80 });
}

await b.goto(`${url}/en/`);
await take("reporter-start");
await script.check(b, url, code);
await take("reporter-answer");
await b.close();
