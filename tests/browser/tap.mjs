// SPDX-License-Identifier: EUPL-1.2
// A TCP relay on loopback that keeps what clients send, request by request,
// and can cut connections in the middle of a body:
//   const tap = await tapOpen(port);      tap.port is where browsers go
//   tap.requests                          [{line, headers, length, raw,
//                                         answered}]: bytes that came back
//   tap.cut = { every: BYTES, times: N }  ends a connection after so many
//                                         bytes sent by clients, N times
//   tap.lose = /^POST /                   the next such request on a connection
//                                         that was used before reaches the
//                                         gateway, and its answer goes to
//                                         tap.lost; then the connection dies
//   tap.instead = [/^PUT /, ANSWER]       the next such request never reaches
//                                         the gateway whole; ANSWER (bytes of
//                                         HTTP) comes back, and the end
import net from "node:net";

const HEAD_END = "\r\n\r\n";

// Takes whole requests off the front of ${have}; the rest is returned
function take(have, requests) {
	for (;;) {
		const at = have.indexOf(HEAD_END);
		if (at < 0) {
			return have;
		}
		const raw = have.subarray(0, at).toString("latin1");
		const [line, ...headers] = raw.split("\r\n");
		const found = headers.find((h) => /^content-length:/i.test(h));
		const length = found ? Number(found.split(":")[1]) : 0;
		const end = at + HEAD_END.length + length;
		if (have.length < end) {
			return have;
		}
		requests.push({ line, headers, length, raw, size: end,
			answered: 0 });
		have = have.subarray(end);
	}
}

export async function tapOpen(target) {
	const tap = { requests: [], cut: null, cuts: 0, seen: 0, lose: null,
		lost: "", instead: null };
	const server = net.createServer((client) => {
		const gateway = net.connect(target, "127.0.0.1");
		let have = Buffer.alloc(0), last = null;
		const end = () => {
			client.destroy();
			gateway.destroy();
		};
		client.on("error", end).on("close", end);
		let lied = false;
		gateway.on("error", end).on("close", () => lied || end());
		let losing = null;
		gateway.on("data", (b) => {
			if (losing) {
				losing = Buffer.concat([losing, b]);
				const answer = [];
				take(losing, answer);
				if (answer.length > 0) {
					tap.lost = losing.toString();
					end();
				}
				return;
			}
			if (last) {
				last.answered += b.length;
			}
			client.write(b);
		});
		client.on("data", (b) => {
			if (tap.cut) {
				tap.seen += b.length;
				if (tap.cuts < tap.cut.times &&
					tap.seen >= tap.cut.every) {
					tap.seen = 0;
					tap.cuts++;
					end();
					return;
				}
			} else {
				const before = tap.requests.length;
				have = take(Buffer.concat([have, b]), tap.requests);
				const used = last !== null;
				last = tap.requests.length > before ?
					tap.requests.at(-1) : last;
				if (tap.requests.length > before &&
					tap.instead?.[0].test(last.line)) {
					lied = true;
					gateway.destroy();
					client.end(tap.instead[1]);
					tap.instead = null;
					return;
				}
				if (used && tap.lose?.test(last.line) &&
					tap.requests.length > before) {
					tap.lose = null;
					losing = Buffer.alloc(0);
				}
			}
			gateway.write(b);
		});
	});
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	tap.port = server.address().port;
	tap.close = () => server.close();
	return tap;
}
