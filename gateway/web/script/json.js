// SPDX-License-Identifier: EUPL-1.2
// Strict JSON documents (keys/FORMAT.md section 1): JSON.parse takes
// duplicate keys, reals and deep nesting, which the rules refuse.
import { demand, text } from "./bytes.js";

const DEPTH = 8;
const TOKEN = /[ \t\n\r]*([{}[\],:]|"(?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)/y;

class Parser {
	constructor(s) {
		this.s = s;
		this.at = 0;
	}

	take() {
		TOKEN.lastIndex = this.at;
		const m = TOKEN.exec(this.s);
		demand(m, "format", "json");
		this.at = TOKEN.lastIndex;
		return m[1];
	}

	string(t) {
		demand(t[0] === '"', "format", "json");
		const s = JSON.parse(t);
		demand(!s.includes("\0") && !/\p{Cs}/u.test(s), "format",
			"json string");
		return s;
	}

	object(depth) {
		const o = Object.create(null);
		let t = this.take();
		if (t === "}") {
			return o;
		}
		for (;;) {
			const key = this.string(t);
			demand(!(key in o), "format", "duplicate key");
			demand(this.take() === ":", "format", "json");
			o[key] = this.value(this.take(), depth);
			t = this.take();
			if (t === "}") {
				return o;
			}
			demand(t === ",", "format", "json");
			t = this.take();
		}
	}

	array(depth) {
		const a = [];
		let t = this.take();
		if (t === "]") {
			return a;
		}
		for (;;) {
			a.push(this.value(t, depth));
			t = this.take();
			if (t === "]") {
				return a;
			}
			demand(t === ",", "format", "json");
			t = this.take();
		}
	}

	value(t, depth) {
		if (t === "{" || t === "[") {
			demand(depth < DEPTH, "format", "depth");
			return t === "{" ? this.object(depth + 1) :
				this.array(depth + 1);
		}
		if (t[0] === '"') {
			return this.string(t);
		}
		if (t === "true" || t === "false" || t === "null") {
			return JSON.parse(t);
		}
		demand(/^(0|[1-9][0-9]*)$/.test(t) &&
			Number.isSafeInteger(Number(t)), "format", "number");
		return Number(t);
	}
}

// The object in these bytes, of this type, with no keys but the allowed
export function jsonRead(bytes, max, type, allowed) {
	demand(bytes.length <= max, "limit", type);
	const s = text(bytes);
	const p = new Parser(s);
	demand(p.take() === "{", "format", type);
	const o = p.object(1);
	demand(["", "\n"].includes(s.slice(p.at)), "format", "trailing");
	demand(o.type === type, "version", type);
	demand(o.version === 1, "version", type);
	jsonKeys(o, ["type", "version", ...allowed]);
	return o;
}

export function jsonKeys(o, allowed) {
	demand(o !== null && typeof o === "object" && !Array.isArray(o),
		"format", "object");
	for (const k of Object.keys(o)) {
		demand(allowed.includes(k) || k.startsWith("x_"), "format",
			"unknown key");
	}
}

export function isText(v, min, max) {
	demand(typeof v === "string" && v.length >= min &&
		new TextEncoder().encode(v).length <= max, "format", "string");
	return v;
}

export function isInt(v, min, max) {
	demand(Number.isSafeInteger(v) && v >= min && v <= max, "format",
		"integer");
	return v;
}

export function isList(v, max) {
	demand(Array.isArray(v) && v.length <= max, "format", "list");
	return v;
}

export function isMatch(v, pattern) {
	demand(typeof v === "string" && pattern.test(v), "format", "string");
	return v;
}
