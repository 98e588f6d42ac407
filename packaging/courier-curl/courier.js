// SPDX-License-Identifier: EUPL-1.2
// Writes todo.curl, what curl has to do next. For a machine that has curl but
// not meldluik-courier. Plain old JavaScript, so that both run it:
//   cscript //nologo //E:JScript courier.js STEP       (Windows, built in)
//   node courier.js STEP
// Steps: begin, manifests, envelopes, end; deliver. README.md says the rest.
// Nothing the gateway says becomes an option of curl but 64 hexadecimal digits
// and numbers: an enemy's gateway cannot name a file here.
var PIECE = 1048576;

// --- files, by Windows Script Host or by node ---
var io;
if (typeof WScript !== "undefined") {
	io = (function () {
		var fso = new ActiveXObject("Scripting.FileSystemObject");
		return {
			args: function () {
				return WScript.Arguments.length === 1 ?
					WScript.Arguments.Item(0) : "";
			},
			say: function (s) { WScript.Echo(s); },
			stop: function (n) { WScript.Quit(n); },
			size: function (p) {
				return fso.FileExists(p) ? fso.GetFile(p).Size : -1;
			},
			read: function (p) {
				var f, s;
				if (!fso.FileExists(p) || fso.GetFile(p).Size === 0) {
					return "";
				}
				f = fso.OpenTextFile(p, 1);
				s = f.ReadAll();
				f.Close();
				return s;
			},
			write: function (p, s) {
				var f = fso.CreateTextFile(p, true);
				f.Write(s);
				f.Close();
			},
			rename: function (a, b) { fso.MoveFile(a, b); },
			folder: function (p) {
				if (!fso.FolderExists(p)) {
					fso.CreateFolder(p);
				}
			},
			list: function (p) {
				var out = [], e;
				if (!fso.FolderExists(p)) {
					return out;
				}
				e = new Enumerator(fso.GetFolder(p).Files);
				for (; !e.atEnd(); e.moveNext()) {
					out.push(e.item().Name);
				}
				return out.sort();
			},
			slice: function (p, at, n, to) {
				var a = new ActiveXObject("ADODB.Stream");
				var b = new ActiveXObject("ADODB.Stream");
				a.Type = 1;
				b.Type = 1;
				a.Open();
				b.Open();
				a.LoadFromFile(p);
				a.Position = at;
				a.CopyTo(b, n);
				b.SaveToFile(to, 2);
				a.Close();
				b.Close();
			}
		};
	}());
} else {
	io = (function () {
		var fs = require("fs");
		return {
			args: function () {
				return process.argv.length === 3 ? process.argv[2] : "";
			},
			say: function (s) { console.log(s); },
			stop: function (n) { process.exit(n); },
			size: function (p) {
				return fs.existsSync(p) ? fs.statSync(p).size : -1;
			},
			read: function (p) {
				return fs.existsSync(p) ? fs.readFileSync(p, "latin1") : "";
			},
			write: function (p, s) { fs.writeFileSync(p, s); },
			rename: function (a, b) { fs.renameSync(a, b); },
			folder: function (p) { fs.mkdirSync(p, { recursive: true }); },
			list: function (p) {
				return fs.existsSync(p) ? fs.readdirSync(p).filter(
					function (n) {
						return fs.statSync(p + "/" + n).isFile();
					}).sort() : [];
			},
			slice: function (p, at, n, to) {
				fs.writeFileSync(to, fs.readFileSync(p).subarray(at,
					at + n));
			}
		};
	}());
}

function fail(s) {
	io.say("courier.js: " + s);
	io.stop(1);
	throw new Error(s);
}

function setting(name, form) {
	var m = new RegExp("^" + name + " *= *(\\S+) *$", "m").exec(
		io.read("settings.txt").replace(/\r/g, ""));
	if (!m || !form.test(m[1])) {
		fail("settings.txt: " + name + " is missing or wrong");
	}
	return m[1];
}

var door = setting("door", /^https?:\/\/[A-Za-z0-9.:\[\]-]+$/);
var desk = setting("desk", /^[1-9][0-9]?$/);
var inbound = "inbound-" + desk, outbound = "outbound-" + desk;
var common = io.read("common.curl").replace(/\r/g, "");
var todo = [];

// One request; ${lines} are lines of a curl config file
function request(path, lines) {
	todo.push(common + "url = \"" + door + path + "\"\n" +
		lines.join("\n") + "\n");
}

function post(path, to) {
	request(path, ["request = \"POST\"", "data = \"\"",
		"header = \"Content-Type:\"", "header = \"Desk: " + desk + "\"",
		"output = \"" + to + "\""]);
}

// An envelope that does not come keeps no other away; else the first that
// fails is the last
function save() {
	io.write("todo.curl", (io.args() === "envelopes" ? "" :
		"fail-early\n") + todo.join("next\n"));
	io.say(todo.length + " requests in todo.curl");
}

function cut() {
	var m = /^\{"serial":([0-9]{1,15}),"first":([0-9]{1,15})\}\s*$/.exec(
		io.read("cut.json"));
	if (!m) {
		fail("cut.json is not what a gateway answers; begin again");
	}
	return { first: Number(m[2]), last: Number(m[1]) };
}

function manifest(n) {
	return inbound + "/manifest-" + n + ".json";
}

function manifests() {
	var c = cut(), n;
	for (n = c.first; n <= c.last; n++) {
		if (io.size(manifest(n)) > 0 &&
			io.size(manifest(n) + ".minisig") > 0) {
			continue; // nothing that is there is fetched again
		}
		request("/v1/bundle/manifest.minisig", ["header = \"Serial: " + n +
			"\"", "output = \"" + manifest(n) + ".minisig\""]);
		request("/v1/bundle/manifest", ["header = \"Serial: " + n + "\"",
			"output = \"" + manifest(n) + "\""]);
	}
}

// Envelopes of the manifests: ${each}(hash, size)
function listed(each) {
	var c = cut(), n, m, text, re;
	for (n = c.first; n <= c.last; n++) {
		text = io.read(manifest(n));
		if (text === "") {
			fail(manifest(n) + " is not there: step manifests first");
		}
		re = /"sha256":"([0-9a-f]{64})","size":([0-9]{1,10})/g;
		while ((m = re.exec(text)) !== null) {
			each(m[1], Number(m[2]));
		}
	}
}

function body(hash) {
	return inbound + "/envelopes/" + hash;
}

// Texts first, then the rest; a part that is there goes on where it stopped,
// at whatever piece: one that did not come leaves no hole. One that is not
// there any more, or damaged, keeps nothing behind it from coming; answers.txt
// says which
function envelopes() {
	var all = [], i, at, part, lines;
	listed(function (hash, size) {
		if (io.size(body(hash) + ".age") !== size) {
			all.push({ hash: hash, size: size, n: all.length });
		}
	});
	all.sort(function (a, b) {
		return (a.size > PIECE) - (b.size > PIECE) || a.n - b.n;
	});
	for (i = 0; i < all.length; i++) {
		part = body(all[i].hash) + ".part";
		at = Math.max(io.size(part), 0);
		at = at > all[i].size ? 0 : at;
		for (; at < all[i].size; at += PIECE) {
			lines = ["header = \"Envelope: " + all[i].hash + "\"",
				"output = \"" + part + "\"", "retry = 2",
				"write-out = \"" + all[i].hash + " %{http_code}\\n\""];
			lines.push(at === 0 ? "range = \"0-" + (PIECE - 1) + "\"" :
				"continue-at = \"-\"");
			request("/v1/bundle/envelope", lines);
		}
	}
}

function end() {
	var whole = 0, missing = 0, gone = 0, answers = io.read("answers.txt");
	listed(function (hash, size) {
		var p = body(hash);
		if (io.size(p + ".part") === size && io.size(p + ".age") < 0) {
			io.rename(p + ".part", p + ".age");
		}
		if (io.size(p + ".age") === size) {
			whole++;
		} else if (answers.indexOf(hash + " 404") >= 0) {
			gone++;
		} else {
			missing++;
		}
	});
	io.say(whole + " envelopes are whole, " + missing + " are not, " + gone +
		" were erased at the gateway");
	if (missing > 0) {
		io.stop(1);
	}
}

function put(path) {
	var from = outbound + "/" + path, size = io.size(from), at = 0, piece, n = 0;
	if (size < 0) {
		fail(from + " is not there");
	}
	do {
		piece = from;
		if (size > PIECE) { // curl sends whole files only
			piece = "pieces/" + (++n);
			io.folder("pieces");
			io.slice(from, at, Math.min(PIECE, size - at), piece);
		}
		request("/v1/bundle/outbound", ["upload-file = \"" + piece + "\"",
			"header = \"Desk: " + desk + "\"", "header = \"Path: " + path +
			"\"", "header = \"Offset: " + at + "\"",
			"header = \"Expect:\"", "output = \"answer.txt\""]);
		at += PIECE;
	} while (at < size);
}

// Every file, the signature, the manifest, then apply
function deliver() {
	var names = io.list(outbound), weeks = io.list(outbound + "/epochs"), i;
	if (names.length === 0) {
		fail(outbound + " is not there");
	}
	for (i = 0; i < names.length; i++) {
		if (!/^[a-z.]{1,40}$/.test(names[i])) {
			fail("a strange file in " + outbound);
		}
		if (names[i].indexOf("outbound.json") !== 0) {
			put(names[i]);
		}
	}
	for (i = 0; i < weeks.length; i++) {
		if (!/^[0-9]{4}-W[0-9]{2}\.json$/.test(weeks[i])) {
			fail("a strange file in " + outbound + "/epochs");
		}
		put("epochs/" + weeks[i]);
	}
	put("outbound.json.minisig");
	put("outbound.json");
	post("/v1/bundle/apply", "applied.json");
}

switch (io.args()) {
case "begin":
	post("/v1/bundle/cut", "cut.json");
	save();
	break;
case "manifests":
case "envelopes":
	post("/v1/bundle/cut", "again.json"); // curl wants one request at least
	if (io.args() === "manifests") {
		manifests();
	} else {
		envelopes();
	}
	save();
	break;
case "end":
	end();
	break;
case "deliver":
	deliver();
	save();
	break;
default:
	fail("begin, manifests, envelopes, end or deliver");
}
