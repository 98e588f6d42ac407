/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * meldluik-decryptor: the coordinator's offline desk. The verb table and the
 * options before the verb; the only place that reads the clock. Never reads
 * a secret from arguments or environment.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "meldluik/json.h"
#include "meldluik/secret.h"
#include "terminal.h"
#include "verbs.h"
#include "weeks.h"

static const struct verb verbs[] = {
	{"init", verb_init, "init [--rehearsal] [--batch] "
	    "[--organisation NAME] [--card FILE] [--person ID] [--desks N]\n"
	    "         [--profile nl|eu] |\n"
	    "         --new-sheets [--share FILE ...]",
	    "The key ceremony, a dialogue: passphrase of drawn words, identity "
	    "key, your keyring with\n26 weeks of keys, the first keyset, an "
	    "empty casebook, poster, revocation, paper shares,\ntranscript. "
	    "Stop it at any question; `init` goes on there. When every sheet "
	    "was proven\nreadable, the identity key leaves this machine. "
	    "--rehearsal marks all paper as such.\n"
	    "--batch asks nothing and keeps the identity key in the keyring; "
	    "`init` without it puts\nthat key on paper later. Without --card "
	    "the gateway is added by `keyset --card FILE`.\n"
	    "--batch --desks N makes a REHEARSAL: N desks in HOME/desk-1 ... "
	    "HOME/desk-N, one passphrase,\none disk; repeat --person for each. "
	    "Never for real reports.\n"
	    "--profile eu: the rules of a competent authority's channel "
	    "(Directive 10-14), not those of a\nmunicipality; a "
	    "ceremony asks where it is not given.\n"
	    "--new-sheets, when a keeper leaves or a sheet is lost: the same "
	    "identity on new sheets, from\nk old ones, which are refused from "
	    "then on; a new backup key. Stopped, `init` goes on.\n"},
	{"holder", verb_holder, "holder request [--keyset FILE --desk N "
	    "--person ID [--approver]] --out REQUEST.json |\n         add FILE "
	    "| replace FILE | remove ID | rekey --to DIR [--all]",
	    "`request`, on a second machine: makes a home with its own keys "
	    "and a file with the public\nhalves. keyset.json.minisig must lie "
	    "beside the keyset. Without --keyset: a new request\nof a holder "
	    "who rotated. --approver: signs as second person, reads nothing "
	    "sealed.\n`add` takes a request in once its fingerprint was read "
	    "aloud; `replace` puts a new key in\nplace of the person's old "
	    "one, which is revoked; `remove` lets a person leave. All ask for "
	    "k\nsheets of the identity, or take --share FILE.\n`rekey` writes "
	    "this casebook under new keys to the new folder DIR; with --all "
	    "the signing\nkey and the weeks ahead are new too, and this week "
	    "goes on under another key (a stolen machine).\n"},
	{"desk", verb_desk, "desk show | add REQUEST.json | retire N "
	    "--successor M [--share FILE ...]",
	    "Desks and who works there. `add` takes in the request of a "
	    "holder, and with the first one\nthe desk. `retire` closes desk N: "
	    "its codes lead to desk M. Its people stay\nuntil `holder remove` "
	    "(after four weeks), so that they can hand over what still "
	    "reached it.\n"},
	{"keyset", verb_keyset, "keyset [show|fingerprint] [--renew] "
	    "[--add-holder FILE]\n"
	    "         [--card FILE [--request FILE]] [--share FILE ...] "
	    "[--page FILE]\n"
	    "         [--release FILE.pub|none] [--publish DIR] "
	    "[--accept DIR] [--fingerprint F] |\n         calendar",
	    "Shows the keyset. --card adds the gateway, or puts one made "
	    "anew in its place: two people\nsign for that, --request writes "
	    "what the second signs. --renew gives 13 more months;\n"
	    "--add-holder takes in a request, and adds the desk when this is "
	    "its first holder. These ask\nfor k paper shares of the identity, "
	    "or take them from --share (text of the QR code, or the\ntyped "
	    "lines). --page signs page.json for the next export. --release "
	    "asks from now on that the\nminisign key of who makes Meldluik "
	    "signed it too: page.json.minisig beside it. --publish\nwrites "
	    "keyset and blocks for another holder, who takes them in with "
	    "--accept; and for other holders\nof this desk the weeks that were "
	    "read, backed up and confirmed, whose keys --accept ends.\n"},
	{"rotate", verb_rotate, "rotate [--holiday DAY] | --destroy WEEK "
	    "[--request FILE]",
	    "Makes week keys up to 26 weeks ahead. Then export; who is not "
	    "the founder also brings\n`holder request --out FILE` to the "
	    "founder. Every verb warns from 8 weeks left. --holiday:\nkeys "
	    "reach 26 weeks beyond DAY, and exports publish them until 4 "
	    "weeks after it.\n--destroy ends the key of a week that is over "
	    "for 26 weeks and did not die by itself; two\npeople sign for it "
	    "(`approve`), and what is outstanding is named.\n"},
	{"recover", verb_recover, "recover --backup FILE | --keyset DIR "
	    "--desk N --person ID | --drill [--papers FILE]\n"
	    "         [--share FILE ...]",
	    "Back from paper, into a new folder. --backup: k sheets of the "
	    "desk's backup key open\nFILE.paper, hence FILE; choose a new "
	    "passphrase, then `rotate`. --keyset: k sheets of the\nidentity "
	    "put a new machine of a holder in place of the lost one; DIR holds "
	    "keyset.json and\n.minisig. --drill proves sheets one by one and "
	    "lays nothing together. A share is typed, or\na file with the "
	    "text of its QR code.\n"},
	{"revoke", verb_revoke, "revoke --stored | --note FILE | "
	    "--new-identity [--without-old] [--share FILE ...] |\n"
	    "         --print FILE [--language nl|en]",
	    "The identity key is stolen or lost. --stored or --note: the "
	    "revocation signed in advance;\nthe next export closes the "
	    "channel. Only a holder whom it names with the key of today can\n"
	    "deliver it. --new-identity: another key, vouched for by k sheets "
	    "of the old one; --without-old\nwhen they are lost. --print: the "
	    "newest revocation for the safe, as a page; do so after each\n"
	    "change of holders.\n"},
	{"import", verb_import, "import DIR|PARCEL | DIR --start N | DIR "
	    "--write-off HASH [--request FILE]",
	    "Reads an inbound bundle: verifies the chain of manifests, opens "
	    "what is for this desk,\nmatches follow-ups, notes what was "
	    "posted. Again or after a crash: reads what is left.\n"
	    "--start: the machine that read what was before manifest N is "
	    "gone, with its casebook. Two\npeople sign for it, unless this "
	    "home was made with the sheets and has read nothing yet.\n"
	    "--write-off: a body that did not come for a week is lost at the "
	    "gateway for good. Two people\nsign for it (`approve`), and "
	    "confirming goes on; if it ever comes while the\nkey of its "
	    "week lives, it is read.\n"},
	{"list", verb_list, "list", "Cases, with what is due.\n"},
	{"show", verb_show, "show ID",
	    "One case: messages, replies (drafted or posted), notes, and what "
	    "else was written: reasons,\nletters and talks, what a forwarding "
	    "rests on. Control characters are made visible.\n"},
	{"search", verb_search, "search [--file FILE]",
	    "Cases that hold a word in messages, names of attachments, "
	    "replies, notes or reasons; the word is the\nfirst line of --file or "
	    "standard input, never an argument. Names the cases that could "
	    "not be\nsearched whole. What was withdrawn is not searched.\n"},
	{"extract", verb_extract, "extract ID --to DIR [--scrub]",
	    "Writes messages and attachments under neutral names to DIR, named by content; message.txt\ntells names, hashes and metadata. --scrub adds copies without metadata (mat2, bubblewrap).\nDestroying the case removes what was written.\n"},
	{"classify", verb_classify, "classify ID [--about PERSON|nobody] "
	    "[--triage A,A,A,A] [--kind K] [--type T]\n"
	    "         [--origin O] [--wbk W] [--subject-role R] [--outcome O] "
	    "[--measures A+B] [--area A+B]\n"
	    "         [--investigation I] [--investigation-status S] "
	    "[--anonymous A] [--adviser A] [--topic T]",
	    "--about: the conflict check; people of the keyset whom the "
	    "report is about (repeat), or nobody.\nThey can neither handle "
	    "nor sign. --triage: the four questions of 'misstand', ja, nee "
	    "or\nonbekend; they set wbk. The others are codes of the "
	    "register; a wrong one prints the list.\nFrom wbk ja to another "
	    "answer takes two people (`approve --act wbk_downgrade --detail "
	    "nee`).\n"},
	{"step", verb_step, "step ID [STATE [--reason FILE|-]]",
	    "Takes a case to a state, through every guard; without STATE "
	    "lists the steps and what each lacks.\n"},
	{"term", verb_term, "term ID waived --why CODE|extended|meeting "
	    "[--on DAY] [--off] [--reason FILE]",
	    "Of an authority's channel only: the acknowledgement is left out "
	    "(--why: geweigerd, gevaar_identiteit),\nor the feedback may take "
	    "six months; that is recorded before the three are over. "
	    "meeting: the\nreporter asked for one, on --on (today); `clocks` "
	    "names it until --off, when it was held. --off\ntakes back what "
	    "was recorded. The reason, from --reason or standard input, is "
	    "a note of the case.\n"},
	{"assign", verb_assign, "assign ID PERSON",
	    "Another holder of this desk handles the case; never somebody it "
	    "is about.\n"},
	{"link", verb_link, "link ID ID", "Two cases belong together.\n"},
	{"enter", verb_enter, "enter report|advice|message|talk [--case ID] "
	    "[--received DAY] [--route R] [--language L]\n"
	    "         [--mailbox] [--file FILE]\n"
	    "  enter unmatched\n"
	    "  enter agreement --case ID --state offered|agreed|not_confirmed "
	    "[--file FILE]\n"
	    "  enter activity --kind WORDS [--received DAY] [--audience WORDS] "
	    "[--sessions N] [--invited N]\n"
	    "         [--attended N] [--file FILE]\n"
	    "  enter council-talk --participants griffier+burgemeester "
	    "[--received DAY]\n"
	    "  enter list | undo ROW",
	    "Takes in what came by phone, letter or talk; text from --file or "
	    "standard input. --mailbox makes\na code for the caller and shows "
	    "it once. A talk's record is offered for agreement; the hash of "
	    "the\nagreed text is kept, and silence is \"not confirmed\". "
	    "Activities and council talks go into the\nannual report; list shows "
	    "them, and undo takes back one that was entered by mistake. "
	    "`unmatched`: follow-ups whose first message is lost become a "
	    "case, which has no mailbox.\n"},
	{"adviser", verb_adviser, "adviser case --year Y --relations A+B "
	    "--kinds A+B [--talk HOURS] [--track HOURS]\n"
	    "         [--led-to-report|--no-report] [--case ID]\n"
	    "  adviser hours --year Y --activity A --hours N\n"
	    "  adviser signal --year Y [--file FILE]\n"
	    "  adviser list --year Y | undo ROW\n"
	    "  adviser export --year Y --out FILE\n"
	    "  adviser take FILE",
	    "The book of a confidential adviser, on the adviser's own "
	    "machine (`holder request --approver`):\ncases by number "
	    "without names, hours, signals. --case with an ID changes what "
	    "was kept of it;\nhours of an activity add up. undo takes back "
	    "a row of the list:\nhours, a signal, or the last change of a "
	    "case. A wrong code prints the lists. `export` writes the figures of a\nyear and "
	    "the signals as one signed file; no case leaves. The coordinator "
	    "takes the files of\nall advisers in with `take`: the register "
	    "and the annual report add them up, and a later file of\nthe "
	    "same person and year replaces the earlier.\n"},
	{"acknowledge", verb_acknowledge, "acknowledge ID [--show] "
	    "[--file FILE] [--language L]",
	    "Drafts the acknowledgement in Dutch where the report is, else in "
	    "English; --show only prints it, --file sends\nan edited one. "
	    "--language: of a text in another language than that, so that "
	    "the reporter's screen\nreader says it right.\n"},
	{"reply", verb_reply, "reply ID [--kind question|message|feedback|"
	    "closing] [--letter NAME] [--show]\n"
	    "         [--to WHERE] [--receiver CODE] [--reasoned] [--options] "
	    "[--forwarded] [--file FILE]\n         [--language L]\n"
	    "  reply ID --take-back DRAFT",
	    "Drafts a reply; text from --file or standard input. It is posted "
	    "when the gateway applied\nthe bundle that carries it. What the "
	    "text does: --reasoned gives reasons, --options names\nthe outside "
	    "channels, --forwarded tells of a forwarding. --letter starts from "
	    "a template (a wrong name lists\nthem), --show prints it; what is "
	    "in square brackets is filled in and sent with --file.\n"
	    "--language: of the text, where it is not the report's (a letter "
	    "that we do not have in\nthat one is English, and says so).\n"
	    "--take-back: what was drafted (`show` names it) goes out with no "
	    "bundle, as long as none was made with it.\n"},
	{"feedback", verb_feedback, "feedback ID [--by mailbox|letter|talk|"
	    "no-route] [--on DAY] [--acknowledgement]\n"
	    "         [--reasoned] [--options] [--forwarded --to WHERE "
	    "[--receiver CODE]] [--file FILE] [--language L]",
	    "What the reporter was told, and how. In the mailbox it counts "
	    "when posted; by letter or talk\non --on. no-route: there is no "
	    "way to reach the reporter; two people say so first\n(`approve "
	    "--act feedback_without_route`).\n"},
	{"close", verb_close, "close ID [--class RT3] [--from DAY]",
	    "Closes the case when acknowledgement, feedback and outcome are "
	    "there; --class starts its\nretention. Class RT4 counts from "
	    "--from, the day measures and appeals are final.\n"},
	{"reopen", verb_reopen, "reopen ID [--reason FILE]",
	    "Opens a closed case again; reason from --reason or standard "
	    "input.\n"},
	{"hold", verb_hold, "hold ID on|off [--reason FILE]",
	    "Legal hold: while it is on, the case cannot be destroyed.\n"},
	{"destroy", verb_destroy, "destroy ID --out DECLARATION.html",
	    "Destroys the keys and files of a case whose retention is over; "
	    "two people\n(`approve --act destroy`). Writes the declaration "
	    "of destruction; of a destroyed case, again.\nThe statistics "
	    "stay.\n"},
	{"approve", verb_approve, "approve [--case ID --act ACT [--detail D] "
	    "[--plan PLAN] [--summary FILE]\n         [--request FILE]]\n"
	    "         [--sign FILE [--out FILE]] [--take FILE]\n"
	    "         [REQUEST --keyring FILE [--second-passphrase-file F]] "
	    "[REQUEST --paper PERSON [--on DAY]]",
	    "Four eyes. --act asks, and signs for you; --request writes the "
	    "file to carry, which the other\nsigns on an own machine with "
	    "--sign (without --out it only shows what is asked) and you take "
	    "in with --take. Or the other signs here "
	    "with\n--keyring (an own keyring.age and passphrase), or on paper "
	    "that you keep. Without options:\nlists the requests. --detail: "
	    "desk number for recuse, code for wbk_downgrade, year for\n"
	    "year_closing. --plan: the plan of forward, unless the page keeps "
	    "one; the request says in words to\nwhom it goes, what goes and "
	    "what is left out.\n"},
	{"recuse", verb_recuse, "recuse ID --to DESK --out PARCEL "
	    "[--reason FILE] | --handed-over CODE",
	    "Seals the case to another desk and locks it here; two people "
	    "(`approve --act recuse --detail\nDESK`). The other desk takes "
	    "PARCEL in with `import` and reads a code to you; with "
	    "--handed-over\nthe keys are destroyed here. What comes to the "
	    "case after its parcel is not shown; `recuse` again\nwrites a "
	    "parcel with it for the same desk (after --handed-over: of that "
	    "alone).\n"},
	{"forward", verb_forward, "forward ID --to authority|investigator|"
	    "police [--receiver CODE]\n"
	    "         --make PLAN | --consent FILE|- [--withdrawn] | --duty "
	    "FILE|- [--withdrawn]\n"
	    "  forward ID --plan PLAN --show PAGE.html\n"
	    "  forward ID --plan PLAN --out FILE --recipient KEY | "
	    "--file-passphrase FILE | --print",
	    "Sends a case outside: record consent or duty, make a plan, "
	    "choose what it carries, look, have\ntwo people sign for it "
	    "(`approve --act forward --plan PLAN`), tell the reporter "
	    "(`reply --letter\nforwarding`), send. Each forwarding needs a "
	    "ground and a message of its own, for its receiver.\nOriginals "
	    "stay as they are.\n"},
	{"redact", verb_redact, "redact PLAN --field NAME [--message N] --word "
	    "WORD | --words-file FILE | --range FROM-TO",
	    "Leaves words or characters out of a field of the dossier. A word "
	    "that names somebody is better\ngiven in a file: arguments are "
	    "seen by who else works on this machine.\n"},
	{"handbook", verb_handbook, "handbook [--language nl|en]",
	    "The coordinator's handbook as one HTML file on standard output, "
	    "to print or to read\nwithout the page. Needs no --home.\n"},
	{"takeover", verb_takeover, "takeover BACKUP.deputy [--unsigned] "
	    "[--leave-own] |\n         --note FILE | --deputy FILE | --deny",
	    "The deputy goes on with the desk from the last backup; the other "
	    "machine turns read-only at\nits next import. Beforehand the "
	    "deputy writes a --note and the holder takes it in with "
	    "--deputy,\nagain when that key was replaced: then each backup "
	    "also writes FILE.deputy and\nFILE.deputy.note, which says by "
	    "whom it is.\n--unsigned: also "
	    "without that, if you know where it comes from.\n--leave-own: "
	    "what only the casebook of this machine holds, which gives way,\n"
	    "may go. --deny: the "
	    "gateway says that another machine took over, you asked the other "
	    "holders and none\ndid. This machine goes on, and the gateway's "
	    "word counts no more.\n"},
	{"clocks", verb_clocks, "clocks [--breach MOMENT] [--review DAY]",
	    "What is due, sorted by day: legal terms, drafts to carry, "
	    "signatures, destruction. --breach: until\nwhen a breach of "
	    "personal data, known since MOMENT (2026-11-30T09:00:00Z), is told "
	    "to the data\nprotection authority. --review: until when an "
	    "authority reviews its procedures, last reviewed\non DAY. Both are "
	    "of the organisation: they are counted, not kept.\n"},
	{"note", verb_note, "note ID [--file FILE]",
	    "Keeps a note with the case; nobody else reads it.\n"},
	{"register", verb_register, "register import DIR [--replace] | show | "
	    "export DIR\n"
	    "  register public --from DAY --to DAY --out FILE.csv\n"
	    "  register section --year Y --name HEADING [--file FILE]\n"
	    "  register close --year Y [--without-stick]",
	    "Rows of the register besides the cases of this desk: report.csv, "
	    "adviser_case.csv,\nadviser_hours.csv, contact.csv, advice.csv, "
	    "talk.csv, ledger.csv; those that lie in DIR.\nThe same rows "
	    "again change nothing; --replace makes them the only imported "
	    "rows. A row with\nthe reference of a case stands for that case, and so "
	    "with what was entered. `export` writes all\nrows, cases "
	    "included, to be completed and taken in again with --replace. `close` waits\nfor a "
	    "stick that the gateway filled after that year; --without-stick: "
	    "none will come.\n"},
	{"report", verb_report, "report --year Y [--as-of DATE] [--format "
	    "html|csv|json|md] [--suppress N] [--out FILE]",
	    "The annual report from register and cases, as known on --as-of "
	    "(today). Reports that are\nnot classified are not counted; the "
	    "number left out is said. html prints on A4. json also lists\n"
	    "the clocks of every case: not for publication. --suppress 5 "
	    "prints \"<5\" for smaller counts,\nand \"*\" for others from "
	    "which one would follow; not of hours.\n"},
	{"export", verb_export, "export DIR [--confirm-without-backup]",
	    "Writes the outbound bundle to DIR. What lay there is renamed, "
	    "never removed.\n--confirm-without-backup (rehearsal) confirms "
	    "what no backup holds; it is journalled.\n"},
	{"backup", verb_backup, "backup FILE",
	    "Writes casebook, case keys, attachments and your keyring without "
	    "week keys as one passphrase\nage file. On another medium it lets "
	    "the next export confirm. Names the deputies who can\ntake over "
	    "from it, and each holder who cannot.\n"},
	{"restore", verb_restore, "restore FILE",
	    "Rebuilds a home (a new folder) from a backup. Then `rotate`.\n"},
	{"ui", verb_ui, "ui [--port N] [--lock-after MINUTES] [--stick DIR]... "
	    "[--browser | --browser-program FILE]",
	    "The desk as a page on this machine. Where there is no desk yet, "
	    "or `init` was stopped, the key\nceremony, page by page; `init` "
	    "and `ui` go on where the other stopped. Prints an "
	    "address that works\nonce; ENTER prints another. The passphrase is asked on the "
	    "page, which locks after 10 minutes without work.\n--stick "
	    "names a folder the page may read and write besides /media, "
	    "/run/media and /mnt.\n--browser starts Firefox or Chromium with "
	    "an own profile in memory, removed at the end.\n"},
	{"verify", verb_verify, "verify [--head HEX]",
	    "Checks the whole journal, every record and every attachment: "
	    "changed, dropped, moved, added.\n--head: a head that it printed "
	    "earlier; says whether all until then is still there.\n"},
};
#define VERBS (sizeof verbs / sizeof *verbs)

#define LINE_WIDTH 79u
#define LINE_INDENT 9u

/* To where a line may be broken: what stands in brackets stays together */
static size_t
word_len(const char *s)
{
	size_t n = 0, depth = 0;

	for (; s[n] != 0 && s[n] != '\n' && (depth > 0 || s[n] != ' '); n++) {
		depth += s[n] == '[';
		depth -= s[n] == ']' && depth > 0;
	}
	return n + LINE_INDENT < LINE_WIDTH ? n : strcspn(s, " \n");
}

/* No line is wider than a terminal. ${col}: where the first begins;
 * ${indent}: of what a line has too much. In prose (0) a line ends where a
 * sentence does. */
static void
print_wrapped(FILE *f, const char *s, size_t col, size_t indent)
{
	bool gap = false;

	while (*s != 0) {
		size_t n = word_len(s);
		if (col > indent && col + gap + n > LINE_WIDTH) {
			fprintf(f, "\n%*s", (int)indent, "");
			col = indent;
		} else if (gap) {
			fputc(' ', f);
			col++;
		}
		fprintf(f, "%.*s", (int)n, s);
		col += n;
		s += n;
		gap = *s == ' ' || (*s == '\n' && indent == 0 && n > 0 &&
		    strchr(".:", s[-1]) == NULL);
		if (*s == '\n' && !gap) {
			col = strspn(s + 1, " ");
			fprintf(f, "\n%*s", (int)col, "");
			s += col;
		}
		s += *s != 0;
	}
}

static void
help(FILE *f)
{
	fprintf(f, "use: meldluik-decryptor --home DIR [--passphrase-file "
	    "FILE]\n         [--today YYYY-MM-DD] [--json] VERB ...\n"
	    "     meldluik-decryptor --help | --version\n\n"
	    "The offline desk of Meldluik. VERB --help says more.\n\n");
	for (size_t i = 0; i < VERBS; i++) {
		fputs("  ", f);
		print_wrapped(f, verbs[i].usage, 2, LINE_INDENT);
		fputc('\n', f);
	}
	fprintf(f, "\nExit: 0 done, 1 refused or failed, 2 wrong use.\n");
}

static bool
wants_help(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			return true;
		}
	}
	return false;
}

/* "--json" may stand before or behind the verb */
static int
json_take(int argc, char **argv, bool *json)
{
	int n = 0;

	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			*json = true;
		} else {
			argv[n++] = argv[i];
		}
	}
	return n;
}

static int
verb_run(struct desk *d, int argc, char **argv)
{
	for (size_t i = 0; i < VERBS; i++) {
		if (strcmp(verbs[i].name, argv[0]) != 0) {
			continue;
		}
		if (wants_help(argc, argv)) {
			int at = printf("use: meldluik-decryptor --home DIR ");
			print_wrapped(stdout, verbs[i].usage, (size_t)at,
			    LINE_INDENT);
			fputs("\n\n", stdout);
			print_wrapped(stdout, verbs[i].help, 0, 0);
			return EXIT_OK;
		}
		if (d->home == NULL && verbs[i].run != verb_handbook) {
			say_error("name the desk's folder with --home DIR");
			return EXIT_USAGE;
		}
		argc = json_take(argc, argv, &d->json);
		int rc = verbs[i].run(d, argc, argv);
		if (rc == EXIT_OK) {
			weeks_warn(d);
			room_warn(d);
		}
		return rc;
	}
	say_error("there is no verb of that name; see --help");
	return EXIT_USAGE;
}

static int
options(struct desk *d, int argc, char **argv, int *used)
{
	int i = 1;

	for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : NULL;
		if (strcmp(argv[i], "--json") == 0) {
			d->json = true;
			continue;
		}
		if (strcmp(argv[i], "--help") == 0) {
			help(stdout);
			return EXIT_OK;
		}
		if (strcmp(argv[i], "--version") == 0) {
			printf("meldluik-decryptor %s\n", MELDLUIK_VERSION);
			return EXIT_OK;
		}
		if (strcmp(argv[i], "--home") != 0 && strcmp(argv[i],
		    "--passphrase-file") != 0 && strcmp(argv[i],
		    "--today") != 0) {
			say_error("there is no option %s; see --help",
			    argv[i]);
			return EXIT_USAGE;
		}
		if (value == NULL) {
			say_error("%s needs a value", argv[i]);
			return EXIT_USAGE;
		}
		if (strcmp(argv[i], "--home") == 0) {
			d->home = value;
		} else if (strcmp(argv[i], "--passphrase-file") == 0) {
			d->passfile = value;
		} else if (day_parse(value, &d->today) != OK) {
			say_error("--today takes a day such as 2026-11-24");
			return EXIT_USAGE;
		} else {
			d->today_given = true;
		}
		i++;
	}
	*used = i;
	return -1;
}

int
main(int argc, char **argv)
{
	struct desk d = {.dir = -1, .public = -1, .attachments = -1,
		.lock = -1, .today = day_of_utc(time(NULL))};
	int used = 0, rc;

	umask(077);
	signal(SIGPIPE, SIG_IGN);
	if (secret_setup() != OK) {
		fputs("meldluik-decryptor: this system gives no memory for "
		    "secrets\n", stderr);
		return EXIT_REFUSED;
	}
	json_setup();
	rc = options(&d, argc, argv, &used);
	if (rc < 0 && used >= argc) {
		help(stderr);
		rc = EXIT_USAGE;
	}
	if (rc < 0) {
		rc = verb_run(&d, argc - used, argv + used);
	}
	desk_close(&d);
	/* a line that was lost on the way counts, too */
	if ((ferror(stdout) != 0 || fflush(stdout) != 0) && rc == EXIT_OK) {
		say_error("the answer could not be written");
		rc = EXIT_REFUSED;
	}
	return rc;
}
