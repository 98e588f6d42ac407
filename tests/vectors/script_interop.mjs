// SPDX-License-Identifier: EUPL-1.2
// The modules of the page against the C programs; 30-script-interop.sh
// bundles this with them and runs it: node bundle.cjs BIN DIR
import assert from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync }
	from "node:fs";
import { webcrypto } from "node:crypto";
import { bech32 } from "@scure/base";
import { ageOpen } from "../../gateway/web/script/age.js";
import { concat, hash, hex, random, text, to64, unhex, utf8 }
	from "../../gateway/web/script/bytes.js";
import { laneParse, laneRange, repliesJoin, shardCheck, shardOpen }
	from "../../gateway/web/script/board.js";
import { deskAnswering } from "../../gateway/web/script/checkback.js";
import { codeDerive, codeNew, codeParse, codeText }
	from "../../gateway/web/script/code.js";
import { envelopeSize, seal, sealBegin } from "../../gateway/web/script/envelope.js";
import { deskNow, deskPick, epochParse, keysetParse, receiptCheck }
	from "../../gateway/web/script/keyset.js";
import { sizeWords } from "../../gateway/web/script/dom.js";
import { qr } from "../../gateway/web/script/qr.js";
import { fingerprint, keyOf, keyText, signCheck, signMake }
	from "../../gateway/web/script/minisign.js";
import { recipientCheck, recipientOf, recipientThrowaway }
	from "../../gateway/web/script/recipient.js";
import { reportNew, threadFirst, threadLater }
	from "../../gateway/web/script/report.js";

// Node 18 has it, but not as a global. "plain": as a page over plain http
// has it, where the library checks signatures and not the browser
const [bin, dir, where] = process.argv.slice(2);
Object.defineProperty(globalThis, "crypto", { value: where === "plain" ?
	{ getRandomValues: (b) => webcrypto.getRandomValues(b) } : webcrypto });
const DAY = "2026-11-24", WEEK = "2026-W48";
const c = (tool, args, input) => execFileSync(`${bin}/${tool}`, args,
	{ input, maxBuffer: 1 << 28, stdio: ["pipe", "pipe", "pipe"] });
const file = (name) => new Uint8Array(readFileSync(`${dir}/v1/${name}`));
let checks = 0;
const same = (a, b) => {
	assert.deepStrictEqual(a, b);
	checks++;
};
const refused = async (word, act) => {
	await assert.rejects(async () => act(), (e) => e.word === word);
	checks++;
};

c("orgtool", ["make", dir, DAY]);
const k = await keysetParse(file("keyset.json"),
	text(file("keyset.json.minisig")));
same(fingerprint(k.identity), c("orgtool", ["fingerprint"]).toString()
	.trim());
const epoch = await epochParse(file(`epochs/${WEEK}.json`), k);
same([epoch.of(1).length, epoch.of(2).length], [2, 1]);
same([deskPick(k, "coordinator", ["meldpunt"]).number,
	deskPick(k, "x", ["meldpunt"]).number], [2, 1]);

// Signed documents with one thing wrong
const doc = JSON.parse(text(file(`epochs/${WEEK}.json`)));
const changed = (f) => {
	const o = structuredClone(doc);
	f(o);
	return utf8(JSON.stringify(o));
};
await refused("blocks", () => epochParse(changed((o) => o.blocks.pop()), k));
await refused("format", () => epochParse(changed((o) => {
	o.blocks[1] = o.blocks[0];
}), k));
await refused("signature", () => epochParse(changed((o) => {
	o.blocks[0].recipient = recipientThrowaway();
}), k));
await refused("foreign", () => epochParse(changed((o) => {
	o.keyset = "0".repeat(64);
}), k));
await refused("format", () => epochParse(changed((o) => {
	o.more = 1;
}), k));
await refused("format", () => epochParse(utf8(text(
	file(`epochs/${WEEK}.json`)).replace("{", '{"type":"meldluik-epoch",')),
k));
const bent = file("keyset.json");
bent[bent.indexOf(71)]++;
await refused("signature", () => keysetParse(bent,
	text(file("keyset.json.minisig"))));

// A successor bars nothing that the desk it answers for did not bar
const heir = (role) => {
	const o = JSON.parse(text(file("keyset.json"))), own = random(32);
	o.identity = keyText(keyOf(own));
	o.desks[0].successor = 2;
	o.desks[0].not_about.push(role);
	const bytes = utf8(JSON.stringify(o));
	return keysetParse(bytes, signMake(own, { purpose: "keyset",
		org: k.org, desk: 0 }, bytes));
};
same(deskNow(await heir("gemeentesecretaris"), 1).number, 2);
await refused("format", () => heir("gemeente"));

// Who reads what is added: as the cases of test_lane.c
const later = (...seen) => deskAnswering(seen.map(([day, desk]) =>
	({ day: `2026-11-2${day}`, desk })), 1);
same([later(), later([1, 1]), later([1, 1], [2, 2]), later([2, 2], [1, 1]),
	later([2, 1], [1, 2]), later([1, 1], [1, 2]), later([1, 2], [1, 1]),
	later([1, 2], [1, 3]), later([1, 3], [1, 1], [1, 2]),
	later([0, 3], [1, 2], [1, 1])], [1, 1, 2, 2, 1, 2, 2, 3, 3, 2]);

// Codes and what hangs from them
for (let i = 0; i < 20; i++) {
	const raw = codeNew(1 + i % 63), org = random(16);
	const keys = codeDerive(raw, org);
	same([codeText(raw), hex(keys.mailbox), hex(keys.thread),
		hex(keys.tagKey), hex(keys.messageId)],
	c("codetool", [hex(raw), hex(org)]).toString().trim().split("\n"));
	same(codeParse(codeText(raw).toLowerCase().replace(/-/g, " ")), raw);
}
await refused("code-typo", () => {
	const s = codeText(codeNew(1));
	return codeParse((s[5] === "7" ? s.slice(0, 5) + "8" :
		s.slice(0, 5) + "7") + s.slice(6));
});
await refused("code-length", () => codeParse("0000"));
await refused("code-letter", () => codeParse("U".repeat(28)));

// The drawing of a code, read by another program
const DOT = 4;
for (let i = 0; i < 8; i++) {
	const shown = codeText(codeNew(1 + i)), { size, path } = qr(shown);
	const dark = Array.from({ length: size }, () =>
		new Array(size).fill(0));
	for (const [, x, y, width] of path.matchAll(
		/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
		dark[y].fill(1, Number(x), Number(x) + Number(width));
	}
	writeFileSync(`${dir}/qr.pbm`, `P1 ${size * DOT} ${size * DOT}\n` +
		dark.map((row) => (row.map((d) => String(d).repeat(DOT)).join("") +
			"\n").repeat(DOT)).join(""));
	same(execFileSync("zbarimg", ["-q", "--raw", `${dir}/qr.pbm`],
		{ stdio: ["ignore", "pipe", "ignore"] }).toString().trim(), shown);
}
await refused("usage", () => qr("0".repeat(39)));

// Signatures, both ways and equal
const seed = random(32), org = "0f123456789abcdef001020304050607";
const why = { purpose: "report", org: unhex(org, 16), desk: 3 };
const words = utf8("een document\n");
same(signMake(seed, why, words), c("signtool",
	["sign", hex(seed), "report", org, "3"], words).toString());
writeFileSync(`${dir}/sig`, signMake(seed, why, words));
c("signtool", ["check", keyText(keyOf(seed)), "report", org, "3",
	`${dir}/sig`], words);
await refused("signature", () => signCheck([keyOf(seed)],
	{ ...why, desk: 4 }, words, signMake(seed, why, words)));
// Under the neutral point one signature fits every message: a browser's own
// Ed25519 takes it, and so does node's
const neutral = Uint8Array.from({ length: 32 }, (_, i) => i ? 0 : 1);
const fits = concat(neutral, new Uint8Array(32));
const words2 = signMake(seed, why, words).split("\n");
words2[1] = to64(concat(utf8("ED"), hash(neutral).slice(0, 8), fits));
words2[3] = to64(fits);
if (globalThis.crypto.subtle) {
	same(await crypto.subtle.verify("Ed25519", await crypto.subtle.importKey(
		"raw", neutral, "Ed25519", false, ["verify"]), fits, words), true);
}
await refused("signature", () => signCheck([neutral], why, words,
	words2.join("\n")));

// Recipients: noble would take the first of these
await refused("recipient", () => {
	const words5 = "age1pq1" + "l".repeat(1952);
	return recipientCheck(words5);
});
same(recipientOf(Uint8Array.from({ length: 32 }, (_, i) =>
	[101, 110, 118][i] ?? 0)), c("envtool", ["recipient"]).toString()
	.trim());

const points = ["00", "01", "ec", "ed", "ee"].map((first, i) => first +
	(i < 2 ? "00".repeat(31) : "ff".repeat(30) + "7f"));
points.push(
	"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157");
const one = bech32.fromWords(bech32.decode(epoch.of(1)[0], false).words);
for (const point of points) {
	for (const bit of [0, 128]) { // X25519 does not see it
		const u = unhex(point, 32);
		u[31] |= bit;
		await refused("recipient", () => recipientCheck(bech32.encode(
			"age1pq", bech32.toWords(concat(one.slice(0, 1184), u)),
			false)));
	}
}

// Envelopes: JS seals, C opens and judges
async function sealed(job) {
	const list = [];
	await seal(job, (b) => {
		list.push(b);
	});
	return Buffer.concat(list);
}
function opened(envelope, person) {
	const to = `${dir}/opened`;
	rmSync(to, { recursive: true, force: true });
	mkdirSync(to);
	c("orgtool", ["open", dir, person, WEEK, to], envelope);
	return to;
}
const code = codeNew(1), keys = codeDerive(code, k.org);
const about = { kind: "report", org: k.org, keyset: k.hash, epoch: WEEK,
	desk: 1, messageId: keys.messageId, sealedBy: "browser",
	language: "nl", relation: "employee", about: "leidinggevende",
	answers: { what: "Één \u{1f600} \"aanhaling\" \\ \ud800 \0 einde",
		when: "" }, thread: threadFirst(keys) };
const attachment = (size, name) => ({ blob: new Blob([random(
	Math.min(size, 65536)), new Uint8Array(Math.max(0, size - 65536))]),
name, type: "image/png", size });
for (let n = 1; n <= 4; n++) {
	const holders = [...epoch.of(1).slice(0, 1),
		...Array.from({ length: n - 1 }, recipientThrowaway)];
	const e = await sealed({ report: reportNew(about), files: [], holders });
	same(e.length, 71866);
	const r = readFileSync(opened(e, "anna") + "/report.json");
	same(c("orgtool", ["report"], r).toString(), "report first\n");
	same(JSON.parse(r).answers, { what:
		"Één \u{1f600} \"aanhaling\" \\ \ufffd  einde" });
}
for (const sizes of [[0], [1], [511, 512, 513], [65536], [300000, 5],
	[2000000]]) {
	const files = sizes.map((s, i) => attachment(s, `foto ${i} é.png`));
	const e = await sealed({ report: reportNew(about), files,
		holders: epoch.of(1) });
	same(e.length, envelopeSize(files));
	const to = opened(e, "bert");
	same(readdirSync(to).filter((f) => /^\d\d$/.test(f)).length,
		sizes.filter((s) => s > 0).length);
	for (const [i, f] of files.entries()) {
		if (f.size > 0) {
			same(readFileSync(`${to}/0${i + 1}`),
				Buffer.from(await f.blob.arrayBuffer()));
		}
	}
}
const shorter = { ...attachment(100000, "kort"), size: 100001 };
await refused("file-changed", () => sealed({ report: reportNew(about),
	files: [shorter], holders: epoch.of(1) }));
await refused("file-changed", () => sealed({ report: reportNew(about),
	files: [{ ...attachment(100000, "lang"), size: 99999 }],
	holders: epoch.of(1) }));
for (const kind of ["follow_up", "withdrawal"]) {
	const r = reportNew({ ...about, kind, messageId: random(16), relation:
		"not_said", about: "", answers: { what: "meer" },
	thread: threadLater(keys, "") });
	const e = await sealed({ report: r, files: [], holders: epoch.of(1),
		seed: keys.thread });
	same(e.length, 71866);
	opened(e, "anna");
	await assert.rejects(async () => opened(await sealed({ report: r,
		files: [], holders: epoch.of(1), seed: random(32) }), "anna"));
	checks++;
}

// C seals, JS opens
writeFileSync(`${dir}/plain`, Buffer.concat([random(65536), random(9999)]));
const theirs = c("envtool", ["seal", `${dir}/plain`]);
const envSeed = Uint8Array.from({ length: 32 }, (_, i) =>
	[101, 110, 118][i] ?? 0);
same(hex(await ageOpen(envSeed, new Uint8Array(theirs))),
	hex(c("envtool", ["payload"], theirs)));
await assert.rejects(ageOpen(envSeed, new Uint8Array(theirs).slice(0, -1)));
checks++;

// An envelope that was begun before its text: once, and for these only
sealBegin(epoch.of(1));
const heads = [];
for (const of of [2, 1, 1]) {
	if (of === 1) {
		sealBegin(epoch.of(1));
	}
	for (let n = 0; n < 2; n++) {
		const e = await sealed({ report: reportNew(about), files: [],
			holders: epoch.of(of) });
		heads.push(hex(e.subarray(0, 6298)));
		if (of === 1) {
			opened(e, "bert");
		}
	}
}
same(new Set(heads).size, heads.length);

// Receipts
const e = await sealed({ report: reportNew(about), files: [],
	holders: epoch.of(1) });
const want = { gateway: k.gateway, generation: 1, org: hex(k.org),
	epoch: WEEK, envelope: hex(new Uint8Array(await webcrypto.subtle.digest(
		"SHA-256", e))) };
const note = new Uint8Array(c("orgtool", ["receipt", DAY, WEEK], e));
same((await receiptCheck(note, want)).day, DAY);
await refused("signature", () => receiptCheck(note, { ...want,
	envelope: "0".repeat(64) }));

// The board: a lane made by C, read by both
const long = "Antwoord één. " + "woord ".repeat(2000);
c("orgtool", ["board", dir, DAY, codeText(code), "2", "Gelezen.", long]);
async function read(which) {
	const lane = await laneParse(file("board/1.json"),
		text(file("board/1.json.minisig")), k, 1);
	const shard = file("board/1"), r = codeDerive(which, k.org);
	shardCheck(lane, laneRange(lane, r.tagKey), shard);
	const o = await shardOpen(lane, shard, r, k);
	same(o.damaged, 0);
	return repliesJoin(o.notes).replies;
}
const replies = await read(code);
same(replies.map((r) => r.text), ["Gelezen.", long]);
same(c("orgtool", ["mailbox", dir, "1", codeText(code)]).toString(),
	`Gelezen.\n${long}\n`);
same(replies[0].receipts, [hex(keys.messageId)]);
same((await read(codeNew(1))).length, 0);

// Words that C does not say: a size runs from left to right in Arabic too
same(sizeWords(9830, "nl"), "\u20669,6 kB\u2069");
same(/^\u2066[^a-zA-Z]+ MB\u2069$/.test(sizeWords(9830000, "ar")), true);
console.log(`${checks} checks: script and C agree on codes, signatures, ` +
	"envelopes, receipts and the board");
