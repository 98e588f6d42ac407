// SPDX-License-Identifier: EUPL-1.2
// Fetches and verifies what a page seals with: the keyset, and the epoch of
// this week or the newest before it.
import { demand, Refused, text } from "./bytes.js";
import { epochParse, keysetFollows, keysetParse, withdrawn }
	from "./keyset.js";
import { dayAdd, today, weekOf } from "./week.js";
import { insist } from "./upload.js";

const WEEKS_BACK = 25;

async function file(path, tell) {
	const answer = await insist(path, {}, tell);
	demand([200, 404].includes(answer.status), "server",
		String(answer.status));
	return answer.status === 200 ? answer.body : null;
}

// The newest of this visit; nothing is kept after it
let seen = null;

export async function keysetFetch(tell, pinned) {
	const [doc, sig] = await Promise.all([file("/v1/keyset.json", tell),
		file("/v1/keyset.json.minisig", tell)]);
	demand(doc && sig, "not-open");
	const k = await keysetParse(doc, text(sig), pinned);
	if (seen) {
		keysetFollows(seen, k);
	}
	seen = k; // a withdrawal too: nothing comes after it
	demand(!withdrawn(k), "withdrawn");
	return k;
}

const weekFetch = (week, tell) => file(`/v1/epochs/${week}.json`, tell);

// This week's file, asked for before the keyset is there
export function epochAhead(tell) {
	const ahead = weekFetch(weekOf(today()), tell);
	ahead.catch(() => {}); // said by who takes it
	return ahead;
}

// ${closed}: weeks the gateway answered 410 to; ${ahead}: see above
export async function epochFetch(k, tell, closed = [], ahead = null) {
	const day = today();
	demand(k.notAfter >= day, "not-open", "keyset expired");
	// after a 410 our clock may be a week behind
	for (let back = closed.length ? -1 : 0; back <= WEEKS_BACK; back++) {
		const week = weekOf(dayAdd(day, -7 * back));
		if (closed.includes(week)) {
			continue;
		}
		const doc = await (back === 0 && ahead || weekFetch(week, tell));
		if (doc) {
			const e = await epochParse(doc, k);
			demand(e.week === week, "week", e.week);
			return e;
		}
	}
	throw new Refused("not-open", "no epoch");
}
