// SPDX-License-Identifier: EUPL-1.2
// typage against agec, both ways: keys, every size at the chunk borders, 1, 2
// and 4 recipients, every recipient opens. Arguments: agec, scratch folder.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { Decrypter, Encrypter, generateHybridIdentity, identityToRecipient }
	from "age-encryption";

const [agec, dir] = process.argv.slice(2);
const sizes = [0, 1, 65535, 65536, 65537, 10 << 20];
const max = 64 << 20;
let right = 0;
const wrong = [];

function check(what, ok) {
	if (ok) {
		right++;
	} else {
		wrong.push(what);
	}
}

function file(name, text) {
	const path = `${dir}/${name}`;
	writeFileSync(path, text, { mode: 0o600 });
	return path;
}

function agecRun(args, input) {
	const r = spawnSync(agec, args, { input, maxBuffer: max });
	return r.status === 0 ? r.stdout : null;
}

function same(a, b) {
	return a !== null && Buffer.compare(Buffer.from(a), b) === 0;
}

async function refused(f) {
	try {
		await f();
		return false;
	} catch {
		return true;
	}
}

const keys = [];
for (let i = 0; i < 4; i++) {
	// Two of the four are made here, two there.
	if (i % 2 === 0) {
		const identity = await generateHybridIdentity();
		keys.push({ identity,
			recipient: await identityToRecipient(identity) });
	} else {
		const r = spawnSync(agec, ["keygen"]);
		const identity = r.stdout.toString().trim();
		const recipient = r.stderr.toString().trim();
		check("keygen: same recipient",
			await identityToRecipient(identity) === recipient);
		keys.push({ identity, recipient });
	}
	keys[i].path = file(`id${i}`, keys[i].identity + "\n");
}
for (const size of sizes) {
	const plain = randomBytes(size);
	for (const n of [1, 2, 4]) {
		const set = keys.slice(0, n);
		const to = file(`to${n}`,
			set.map((k) => k.recipient + "\n").join(""));
		const what = `${size} bytes, ${n} recipients`;

		const ours = agecRun(["seal", to], plain);
		check(`${what}: sealed`, ours !== null);
		const e = new Encrypter();
		for (const k of set) {
			e.addRecipient(k.recipient);
		}
		const theirs = await e.encrypt(plain);
		check(`${what}: equal length`, ours?.length === theirs.length);
		for (const k of set) {
			const d = new Decrypter();
			d.addIdentity(k.identity);
			check(`${what}: they open ours`,
				same(await d.decrypt(ours), plain));
			check(`${what}: we open theirs`,
				same(agecRun(["open", k.path], theirs), plain));
		}
		if (n < 4) {
			const d = new Decrypter();
			d.addIdentity(keys[3].identity);
			check(`${what}: a stranger is refused there`,
				await refused(() => d.decrypt(ours)));
			check(`${what}: a stranger is refused here`,
				agecRun(["open", keys[3].path], theirs) === null);
		}
		if (size > 0) {
			const cut = theirs.slice(0, theirs.length - 1);
			check(`${what}: a cut file is refused here`,
				agecRun(["open", keys[0].path], cut) === null);
		}
	}
}
for (const w of wrong) {
	console.log(`WRONG ${w}`);
}
console.log(`typage: ${right} right, ${wrong.length} wrong ` +
	`(node ${process.versions.node})`);
process.exit(wrong.length === 0 && right >= 150 ? 0 : 1);
