// SPDX-License-Identifier: EUPL-1.2
// The list of files to send. Name, size and time are kept at the moment of
// choice: later answers of the browser about a changed file are not to be
// trusted (reading.js).
import { envelopeSize } from "./envelope.js";
import { $, el, sizeWords } from "./dom.js";
import { fileChosen, fileWhole } from "./reading.js";
import { scrub, SCRUB_MAX } from "./scrub.js";
import { t } from "./strings.js";

export class Files {
	constructor(language, changed) {
		this.list = [];
		this.language = language;
		this.changed = changed;
		this.names = el("ul");
		this.size = el("p", { class: "hint", role: "status" });
		this.clean = el("input", { type: "checkbox", id: "ml-clean",
			checked: true });
		const input = el("input", { type: "file", id: "ml-files",
			multiple: true, "aria-describedby": "ml-files-h",
			onchange: () => {
				this.list.push(...Array.from(input.files, fileChosen));
				input.value = "";
				this.draw();
			} });
		this.node = el("div", { class: "field" },
			el("label", { for: "ml-files" }, t("files")),
			el("p", { class: "hint", id: "ml-files-h" },
				t("files_hint")),
			input, this.names, this.size,
			el("label", { class: "pick" }, this.clean,
				el("span", {}, t("files_clean"))));
	}

	row(f, i) {
		const li = el("li", {},
			`${f.name} (${sizeWords(f.size, this.language)}) `,
			el("button", { type: "button", class: "alt",
				"aria-label": `${t("files_remove")}: ${f.name}`,
				onclick: () => {
					f.removed = true;
					this.list.splice(i, 1);
					this.draw();
					$("#ml-files").focus();
				} }, t("files_remove")));
		f.seen.finally(() => {
			li.dataset.seen = "1"; // from here on a change is noticed
		}).catch(() => {});
		return li;
	}

	draw() {
		this.names.replaceChildren(...this.list.map((f, i) =>
			this.row(f, i)));
		try {
			this.size.textContent = this.list.length === 0 ? "" :
				t("files_size", sizeWords(envelopeSize(this.list),
					this.language));
		} catch {
			this.size.textContent = t("err_large");
		}
		this.changed();
	}

	clear() {
		this.list = [];
		this.draw();
	}

	// What is sealed: clean copies of pictures, if wanted, else the files
	async chosen() {
		const out = [];
		for (const f of this.list) {
			const picture = this.clean.checked && f.size <= SCRUB_MAX &&
				/^image\/(jpeg|png)$/.test(f.type);
			const file = { ...f, seen: await f.seen };
			const whole = picture ? await fileWhole(file) : null;
			const bytes = whole && scrub(whole.bytes);
			out.push(bytes ? { ...file, blob: new Blob([bytes]),
				size: bytes.length, lastModified: undefined,
				seen: null, original: whole.hashed } : file);
		}
		return out;
	}
}
