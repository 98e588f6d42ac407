// SPDX-License-Identifier: EUPL-1.2
// Reads the whole board with a code. Requests depend on the keyset alone: a
// right code, a wrong one and none ask for the same files in the same order.
// (Above 256 slots a lane has shards, and the Range names one of them; a
// missing code then takes a random one.)
import { demand, random, text } from "./bytes.js";
import { codeDerive, codeDesk } from "./code.js";
import { laneParse, laneRange, repliesJoin, shardCheck, shardOpen }
	from "./board.js";
import { deskNow } from "./keyset.js";
import { daysBetween, today } from "./week.js";
import { insist } from "./upload.js";

const OLD_DAYS = 28;
const seen = new Map(); // desk -> [tenure, serial]

const before = (a, b) => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

async function shardFetch(lane, range, tell) {
	const to = range.from + range.length - 1;
	const answer = await insist(`/v1/board/${lane.desk}`, range.whole ? {} :
		{ headers: { Range: `bytes=${range.from}-${to}` } }, tell);
	demand(answer.status === (range.whole ? 200 : 206), "server",
		String(answer.status));
	shardCheck(lane, range, answer.body);
	return answer.body;
}

/*
 * ${code} null: none was typed. Returns {replies, damaged, old}: lanes that
 * do not verify are counted, not fatal: one bad lane must not hide another
 * desk's answer. So is one that is not there where it was before, or where
 * the desk of the code is to answer: another desk may have answered nobody.
 */
export async function boardRead(k, code, tell) {
	const keys = codeDerive(code ?? random(15), k.org);
	const own = code && deskNow(k, codeDesk(code));
	const out = { replies: [], damaged: 0, old: 0 };
	const notes = [], lanes = [];
	const desks = k.desks.map((d) => d.number).sort((a, b) => a - b);
	for (const [i, desk] of desks.entries()) {
		tell("board", i / desks.length);
		const wait = (state, s) => tell(state, i / desks.length, s);
		const doc = await insist(`/v1/board/${desk}.json`, {}, wait);
		const sig = await insist(`/v1/board/${desk}.json.minisig`, {}, wait);
		if (doc.status !== 200 || sig.status !== 200) {
			out.damaged += !own || own.number === desk || seen.has(desk);
			continue;
		}
		try {
			const lane = await laneParse(doc.body, text(sig.body), k, desk);
			const order = [lane.tenure, lane.serial];
			demand(!seen.has(desk) || !before(order, seen.get(desk)),
				"stale");
			const range = laneRange(lane, keys.tagKey);
			const shard = await shardFetch(lane, range, wait);
			seen.set(desk, order);
			if (daysBetween(lane.day, today()) > OLD_DAYS) {
				out.old++;
			}
			lanes.push([lane, shard]);
		} catch (e) {
			if (!e.word) {
				throw e;
			}
			out.damaged++;
		}
	}
	tell("board", 1);
	// How long this takes depends on the code: nothing is asked for after it
	for (const [lane, shard] of lanes) {
		const opened = await shardOpen(lane, shard, keys, k);
		notes.push(...opened.notes);
		out.damaged += opened.damaged;
	}
	const { replies, damaged } = repliesJoin(notes);
	// newest first; of one day, the later slot
	out.replies = replies.reverse().sort((a, b) => a.day < b.day ? 1 :
		a.day > b.day ? -1 : 0);
	out.damaged += damaged;
	return { ...out, keys };
}

// As mailbox_answering of the programs: the desk of the newest reply, ${own}
// (of the code) when there is none; of one day another than that, the highest
export function deskAnswering(replies, own) {
	const best = { day: "", desk: own };
	for (const { day, desk } of replies) {
		if (day > best.day || day === best.day && desk !== own &&
			(best.desk === own || desk > best.desk)) {
			Object.assign(best, { day, desk });
		}
	}
	return best.desk;
}
