// SPDX-License-Identifier: EUPL-1.2
// Every page of the desk in both languages and themes: axe (WCAG 2.2 AA),
// html-validate, reflow at 320 px, no request but to the page itself.
//   node pages.mjs ORIGIN_URL PASSFILE STICK OUT    exit 1 at any fault
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { HtmlValidate } from 'html-validate';
import { chromium } from 'playwright-core';

const [url, pass, stick, out] = process.argv.slice(2);
const origin = new URL(url).origin;
const yearly = `file://${stick}/jaarverslag.html`;
const axe = fs.readFileSync(createRequire(import.meta.url)
  .resolve('axe-core/axe.min.js'), 'utf8');
const html = new HtmlValidate({ extends: ['html-validate:recommended'],
  rules: { 'void-style': 'off', // files are XML too
    'long-title': 'off', 'no-raw-characters': 'off',
    'autocomplete-password': 'off' } }); // nothing is to be remembered
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'] });
const context = await browser.newContext({ javaScriptEnabled: true });
const page = await context.newPage();
page.setDefaultTimeout(240000);
let faults = 0, pages = 0;
const fault = (where, what) => { faults++; console.log(where, what); };
page.on('request', (q) => {
  if (!q.url().startsWith(origin + '/') && q.url() !== yearly)
    fault('request', q.url());
});
page.on('console', (m) => {
  if (m.type() === 'error' && !/status of 40/.test(m.text()))
    fault('console', m.text());
});

async function check(path) {
  await judge(path, await (await page.goto(origin + path)).text());
  if (!path.startsWith('/nl/')) return;
  for (const words of await page.evaluate(() => [...document
    .querySelectorAll('main [lang=en]:not(a)')].map((e) => e.textContent))) {
    fault(path, `English on a Dutch page: ${words.slice(0, 80)}`);
  }
}
// The page that is shown, which came as ${source}
async function judge(path, source) {
  pages++;
  for (const { messages } of (await html.validateString(source)).results) {
    for (const m of messages) fault(path, `${m.line} ${m.ruleId}: ${m.message}`);
  }
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
    for (const v of violations) {
      for (const n of v.nodes.slice(0, 3)) {
        fault(path, `${colorScheme} ${v.id}: ${n.target.join(' ')}`);
      }
    }
    const name = path.replace(/[^a-z0-9]+/gi, '_') + colorScheme + '.png';
    if (out) await page.screenshot({ path: out + '/' + name, fullPage: true });
  }
  for (const word of await page.evaluate(() => [...document
    .querySelectorAll('.tag, .btn')].filter((e) => e.scrollWidth >
      e.clientWidth + 1).map((e) => e.textContent))) {
    fault(path, `${word} does not fit in its box`);
  }
  for (const word of await page.evaluate(() => [...document
    .querySelectorAll('.due .when')].filter((e) => e.scrollWidth >
      e.clientWidth).map((e) => e.textContent))) {
    fault(path, `${word} lies over what stands beside it`);
  }
  await page.setViewportSize({ width: 320, height: 700 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  if (wide > 320) fault(path, `${wide} px wide at 320`);
  await page.setViewportSize({ width: 1280, height: 900 });
}

await page.goto(url);
await page.waitForURL(/\/login$/);
await check('/nl/login');
await page.fill('#passphrase', fs.readFileSync(pass, 'utf8').trim());
await page.click('main button');
await page.waitForURL(/\/nl\/$/);
if (process.env.LATE) { // only what is said of it
  const said = (await page.textContent('.notice.red')).trim();
  if (!said.includes(process.env.LATE)) fault('/nl/', said);
  for (const lang of ['nl', 'en']) await check(`/${lang}/`);
  await browser.close();
  console.log(`${pages} pages of a late desk, ${faults} faults`);
  process.exit(faults ? 1 : 0);
}
const ref = (await page.getAttribute('.due a[href*="/case/"]', 'href'))
  .match(/case\/([^/]+)/)[1];
await page.goto(`${origin}/nl/case/${ref}/forward`); // with all its steps
await page.selectOption('#receiver', 'IGJ');
await page.click('button[value=plan]');
await page.waitForSelector('#send');
await page.goto(`${origin}/nl/case/${ref}`); // what is shown once
const own = await page.inputValue('#p-extract');
if (own === '' || own === stick) fault('extract', `${own} is proposed`);
const [taken] = await Promise.all([
  page.waitForResponse((r) => r.request().method() === 'POST'),
  page.click('form:has(input[value=extract]) button')]);
await page.waitForSelector('.hash');
await judge('extracted', await taken.text());
for (const lang of ['nl', 'en']) {
  for (const path of ['', 'inbox', 'register', 'report', 'report?year=2023',
    'adviser', 'keys', 'handbook', 'enter?what=report', `case/${ref}`, `case/${ref}/triage`,
    `case/${ref}/letter?kind=feedback`, `case/${ref}/letter?kind=forwarding`,
    `case/${ref}/recuse`, `case/${ref}/forward`, 'sign', 'no-such-page']) {
    await check(`/${lang}/${path}`);
  }
}
await page.goto(`${origin}/nl/report`); // and it says what is left out
if (!/2 melding\(en\) zonder soort/.test(await page.textContent('main'))) {
  fault('/nl/report', 'not a word of who does not count');
}
await page.goto(yearly);
await judge('yearly', fs.readFileSync(`${stick}/jaarverslag.html`, 'utf8'));
await browser.close();
console.log(`${pages} pages, ${faults} faults`);
process.exit(faults ? 1 : 0);
