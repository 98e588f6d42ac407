// SPDX-License-Identifier: EUPL-1.2
// The modules of the reporter's page, as an open page runs them: keys are
// fetched, then a message is sent. node bundle.mjs URL; the receipt's JSON on
// standard output.
import { webcrypto } from "node:crypto";
import { dispatch } from "../../gateway/web/script/compose.js";
import { deskNow } from "../../gateway/web/script/keyset.js";
import { epochFetch, keysetFetch } from "../../gateway/web/script/keys.js";
import { codeDerive, codeNew } from "../../gateway/web/script/code.js";
import { threadFirst } from "../../gateway/web/script/report.js";

globalThis.crypto ??= webcrypto;
const base = process.argv[2], real = globalThis.fetch;
globalThis.fetch = (path, options = {}) => real(base + path,
	{ method: options.method, headers: options.headers,
		body: options.body, signal: options.signal });
const tell = (state) => console.error(state);
const k = await keysetFetch(tell);
const epoch = await epochFetch(k, tell);
const keys = codeDerive(codeNew(1), k.org);
const ctx = { k, epoch, script: null, reader: () => deskNow(ctx.k, 1) };
const receipt = await dispatch(ctx, {
	kind: "report", org: k.org, desk: 1, messageId: keys.messageId,
	sealedBy: "browser", language: "nl", relation: "not_said", about: "",
	answers: { what: "Van een open pagina." }, files: [],
	thread: threadFirst(keys),
}, [], null, tell);
console.log(JSON.stringify({ envelope: receipt.envelope, first: epoch.week,
	epoch: receipt.epoch }));
