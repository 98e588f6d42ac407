// SPDX-License-Identifier: EUPL-1.2
// What /proc says of the processes of a browser that hold pages:
//   pageMiB(pid)      memory (PSS) of the largest of them
//   pageSeconds(pid)  processor time of all of them, user and system
import { execFileSync } from "node:child_process";
import fs from "node:fs";

const TICKS = Number(execFileSync("getconf", ["CLK_TCK"]));

function children(pid) {
	const found = [];
	try {
		for (const task of fs.readdirSync(`/proc/${pid}/task`)) {
			const said = fs.readFileSync(
				`/proc/${pid}/task/${task}/children`, "utf8");
			for (const one of said.split(" ").filter(Boolean)) {
				found.push(Number(one), ...children(one));
			}
		}
	} catch {
		// ended meanwhile
	}
	return found;
}

// ${f}(a reader of its files) of each process that holds pages
function each(pid, f) {
	const out = [];
	for (const one of children(pid)) {
		const read = (name) => fs.readFileSync(`/proc/${one}/${name}`,
			"utf8");
		try {
			const line = read("cmdline");
			if (/--type=renderer|-contentproc/.test(line) &&
				!/\0(socket|rdd|utility|gpu|forkserver)\0?$/.test(line)) {
				out.push(f(read));
			}
		} catch {
			// ended meanwhile
		}
	}
	return out;
}

export const pageMiB = (pid) => Math.max(0, ...each(pid, (read) =>
	Number(/^Pss: *(\d+)/m.exec(read("smaps_rollup"))[1]) / 1024));

export const pageSeconds = (pid) => each(pid, (read) => {
	const fields = read("stat").split(") ")[1].split(" ");
	return (Number(fields[11]) + Number(fields[12])) / TICKS;
}).reduce((a, b) => a + b, 0);
