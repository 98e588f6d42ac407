// SPDX-License-Identifier: EUPL-1.2
// Runs a script as Windows Script Host would: its objects over node's files,
// and a context without anything of node's. node wsh.js SCRIPT [ARGUMENT]
// It cannot show that Windows agrees, only that the script asks for nothing
// that stands not in Microsoft's documentation of these objects.
const fs = require("fs"), vm = require("vm");
const [script, ...args] = process.argv.slice(2);

const objects = {
	"Scripting.FileSystemObject": () => ({
		FileExists: (p) => fs.existsSync(p) && fs.statSync(p).isFile(),
		FolderExists: (p) => fs.existsSync(p) &&
			fs.statSync(p).isDirectory(),
		GetFile: (p) => ({ Size: fs.statSync(p).size }),
		GetFolder: (p) => ({ Files: fs.readdirSync(p).filter((n) =>
			fs.statSync(p + "/" + n).isFile()).map((n) =>
			({ Name: n })) }),
		CreateFolder: (p) => fs.mkdirSync(p),
		MoveFile: (a, b) => {
			if (fs.existsSync(b)) {
				throw new Error("File already exists");
			}
			fs.renameSync(a, b);
		},
		OpenTextFile: (p, mode) => {
			if (mode !== 1) {
				throw new Error("Bad file mode");
			}
			return { ReadAll: () => {
				if (fs.statSync(p).size === 0) {
					throw new Error("Input past end of file");
				}
				return fs.readFileSync(p, "latin1");
			}, Close: () => {} };
		},
		CreateTextFile: (p, over) => {
			if (!over && fs.existsSync(p)) {
				throw new Error("File already exists");
			}
			fs.writeFileSync(p, "");
			return { Write: (s) => fs.appendFileSync(p, s, "latin1"),
				Close: () => {} };
		},
	}),
	"ADODB.Stream": () => ({
		Type: 2, Position: 0, open: false, data: Buffer.alloc(0),
		Open() { this.open = true; },
		Close() { this.open = false; },
		LoadFromFile(p) {
			if (!this.open || this.Type !== 1) {
				throw new Error("Operation is not allowed");
			}
			this.data = fs.readFileSync(p);
		},
		CopyTo(to, n) {
			to.data = this.data.subarray(this.Position,
				this.Position + n);
		},
		SaveToFile(p, how) {
			if (fs.existsSync(p) && how !== 2) {
				throw new Error("File could not be opened");
			}
			fs.writeFileSync(p, this.data);
		},
	}),
};
function Enumerator(list) {
	let i = 0;
	this.atEnd = () => i >= list.length;
	this.moveNext = () => i++;
	this.item = () => list[i];
}
class Quit extends Error {}
let status = 0;
const sandbox = {
	WScript: {
		Arguments: { length: args.length, Item: (i) => args[i] },
		Echo: (s) => console.log(s),
		Quit: (n) => {
			status = n;
			throw new Quit();
		},
	},
	ActiveXObject: function (name) {
		return objects[name]();
	},
	Enumerator,
	JSON: undefined, // the old engine has none
};
try {
	vm.runInNewContext(fs.readFileSync(script, "utf8"), sandbox);
} catch (e) {
	if (!(e instanceof Quit)) {
		console.error(e.message);
		status = 1;
	}
}
process.exit(status);
