// SPDX-License-Identifier: EUPL-1.2
// The list of files to send. Name, size and time are kept at the moment of
// choice: later answers of the browser about a changed file are not to be
// trusted (reading.js). From pictures hidden data can be taken, file by
// file; the hash of the original goes along, the original does not.
import { Refused } from "./bytes.js";
import { envelopeSize } from "./envelope.js";
import { $, el, sizeWords } from "./dom.js";
import { fileChosen, fileWhole } from "./reading.js";
import { scrub, SCRUB_MAX } from "./scrub.js";
import { t } from "./strings.js";

const PICTURE = /^image\/(jpeg|png|webp)$/;
const MANY = 32;

// The most that still fits an envelope (keys/FORMAT.md section 3)
export const filesLimit = 2147483648 - 262144;

export class Files {
	constructor(language, changed, limit = filesLimit) {
		this.list = [];
		this.language = language;
		this.changed = changed;
		this.limit = limit;
		this.names = el("ul", { class: "files" });
		this.size = el("p", { class: "hint", role: "status",
			id: "ml-files-size" });
		const input = el("input", { type: "file", id: "ml-files",
			multiple: true, "aria-describedby": "ml-files-h",
			onchange: () => {
				this.list.push(...Array.from(input.files, (f) =>
					Object.assign(fileChosen(f), { clean:
						PICTURE.test(f.type) && f.size <= SCRUB_MAX })));
				input.value = "";
				this.draw();
			} });
		this.node = el("details", {}, el("summary", {}, t("sum_files")),
			el("div", { class: "field" },
				el("label", { for: "ml-files" }, t("files")),
				el("p", { class: "hint", id: "ml-files-h" },
					t("files_hint", sizeWords(limit, language))),
				input, this.names, this.size));
	}

	words(n) {
		return sizeWords(n, this.language);
	}

	row(f, i) {
		const remove = el("button", { type: "button", class: "alt",
			"aria-label": `${t("files_remove")}: ${f.name}`,
			onclick: () => {
				f.removed = true;
				this.list.splice(i, 1);
				this.draw();
				$("#ml-files").focus();
			} }, t("files_remove"));
		const offer = PICTURE.test(f.type) && f.size <= SCRUB_MAX ?
			el("label", { class: "pick" },
				el("input", { type: "checkbox", class: "ml-clean", checked: f.clean,
					onchange: (e) => {
						f.clean = e.target.checked;
					} }),
				el("span", {}, t("files_clean"), " ",
					el("small", {}, t("files_hash")))) :
			el("p", { class: "hint" }, t("files_plain"));
		const li = el("li", {}, el("p", { class: "row" },
			el("bdi", {}, f.name), ` (${this.words(f.size)}) `, remove),
		offer);
		f.seen.finally(() => {
			li.dataset.seen = "1"; // from here on a change is noticed
		}).catch(() => {});
		return li;
	}

	// Said before anything is sent
	trouble() {
		const sum = this.list.reduce((n, f) => n + f.size, 0);
		return this.list.length > MANY ? t("files_many") :
			sum > this.limit ? t("files_over",
				this.words(sum - this.limit)) : "";
	}

	draw() {
		this.names.replaceChildren(...this.list.map((f, i) =>
			this.row(f, i)));
		const wrong = this.trouble();
		this.size.className = wrong ? "err" : "hint";
		this.size.textContent = wrong || (this.list.length === 0 ? "" :
			t("files_size", this.words(envelopeSize(this.list))));
		this.changed();
	}

	clear() {
		this.list = [];
		this.draw();
	}

	// What is sealed: clean copies where wanted, else the files
	async chosen() {
		const out = [];
		for (const f of this.list) {
			const file = { ...f, seen: await f.seen };
			if (!f.clean) {
				out.push(file);
				continue;
			}
			const whole = await fileWhole(file);
			const bytes = scrub(whole.bytes);
			if (!bytes) {
				throw new Refused("file-odd", f.name);
			}
			out.push({ ...file, blob: new Blob([bytes]),
				size: bytes.length, lastModified: undefined,
				seen: null, original: whole.hashed });
		}
		return out;
	}
}
