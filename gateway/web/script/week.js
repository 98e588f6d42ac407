// SPDX-License-Identifier: EUPL-1.2
// Days and ISO weeks as keys/FORMAT.md writes them. A day is the date in
// Europe/Amsterdam; arithmetic is in UTC, where every day has 24 hours.
import { demand } from "./bytes.js";

const DAY_MS = 86400000;
const pad = (n, w) => String(n).padStart(w, "0");
const dateOf = (day) => new Date(day + "T00:00:00Z");
const dayOf = (date) => date.toISOString().slice(0, 10);

export function today(now = new Date()) {
	const part = {};
	for (const p of new Intl.DateTimeFormat("en-US", {
		timeZone: "Europe/Amsterdam", year: "numeric", month: "2-digit",
		day: "2-digit" }).formatToParts(now)) {
		part[p.type] = p.value;
	}
	return `${part.year}-${part.month}-${part.day}`;
}

export function dayCheck(s) {
	demand(typeof s === "string" && /^\d{4}-\d\d-\d\d$/.test(s) &&
		!Number.isNaN(dateOf(s).getTime()) && dayOf(dateOf(s)) === s,
	"format", "day");
	return s;
}

export const dayAdd = (day, n) =>
	dayOf(new Date(dateOf(day).getTime() + n * DAY_MS));
export const daysBetween = (from, to) =>
	Math.round((dateOf(to) - dateOf(from)) / DAY_MS);

// The day is cut to the month's last
export function dayAddMonths(day, n) {
	const d = dateOf(day), want = d.getUTCDate();
	d.setUTCDate(1);
	d.setUTCMonth(d.getUTCMonth() + n);
	const last = new Date(Date.UTC(d.getUTCFullYear(),
		d.getUTCMonth() + 1, 0)).getUTCDate();
	d.setUTCDate(Math.min(want, last));
	return dayOf(d);
}

// A week belongs to the year of its Thursday
export function weekOf(day) {
	const d = dateOf(day);
	d.setUTCDate(d.getUTCDate() + 4 - (d.getUTCDay() || 7));
	const first = Date.UTC(d.getUTCFullYear(), 0, 1);
	const n = 1 + Math.floor((d.getTime() - first) / DAY_MS / 7);
	return `${d.getUTCFullYear()}-W${pad(n, 2)}`;
}

export function weekCheck(s) {
	const m = /^(\d{4})-W(\d\d)$/.exec(s);
	demand(m && m[2] >= "01", "format", "week");
	const day = dayAdd(`${m[1]}-01-04`, 7 * (Number(m[2]) - 1));
	demand(weekOf(day) === s, "format", "week");
	return s;
}

// Ended more than seven days ago. Weeks are published 13 ahead, so the newest
// is never old but where somebody holds newer ones back, or nobody cares
export const weekOld = (week) => week < weekOf(dayAdd(today(), -7));
