#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: a limit that the script has too is that of the programs, and one
# that a document names is that of the code: in each sentence
# below the expression between braces, worked out with the constants of the
# sources, is what stands there. A sentence that is gone, a constant that is
# gone and a number that is changed by one are each seen.
set -u
cd "$(dirname "$0")/../.." || exit 2
exec python3 - <<'PY'
import glob
import re
import sys

# document: sentences. A constant whose name others have with another value is
# FOLDER.NAME or FOLDER/FILE.NAME; the default of a setting is config.NAME.
# {x!} is written 71,866, {x:two} as a word.
SAID = {
    "keys/FORMAT.md": """
nesting at most {JSON_DEPTH}
(header of {ENVELOPE_HEADER} bytes)
{ENVELOPE_TEXT_SIZE!} for the smallest
coefficients below {MLKEM_Q}
uid, gid, mtime 0, no names of owners: 1 to {REPORT_ATTACHMENTS_MAX} attachments
(0001..{seal.PARTS_MAX}), each part at most {ENVELOPE_PART >> 20} MiB
as if report.json had {REPORT_JSON_MAX!} bytes and its signature {SIGN_TEXT_MAX}
report.json (at most {REPORT_JSON_MAX >> 10} KiB)
+ 1..{QUESTION_MAX} of `[a-z0-9_]`. At most {REPORT_ANSWERS_MAX}
language, 1..{REPORT_ASKED_MAX} bytes
`name` (1..{REPORT_NAME_MAX} bytes UTF-8), `media_type` (<= {MEDIA_TYPE_MAX})
desk number (6 low bits, 1..{CODE_DESK_MAX})
`upload.json` (at most {UPLOAD_JSON_MAX >> 10} KiB)
Slots of {SLOT_LEN} bytes
age file ({SLOT_LEN - SLOT_TAG}), one hybrid stanza, one chunk of {SLOT_PLAIN}
(n = 0..{SLOT_LIVE_MAX - 1})
a power of two >= {LANE_SLOTS_MIN}
Up to {LANE_SHARD_SLOTS} slots the lane is one shard
`/v1/board/N.json`, at most {LANE_MANIFEST_MAX >> 10} KiB
warns when `day` is over {reporter/check.OLD_DAYS} days old
array of at most {REPLY_RECEIPTS_MAX} message ids
At most {SLOT_LIVE_MAX} live slots a thread
keyset.json (at most {KEYSET_MAX >> 10} KiB)
At most {KEYSET_DESKS_MAX} desks, {KEYSET_PEOPLE_MAX} people, {KEYSET_REVOKED_MAX} revoked
names in {KEYSET_LANGUAGES} languages and {KEYSET_ROLES} roles; a name has at most {KEYSET_NAME - 1}
URL {KEYSET_URL - 1}. A desk has 2..{KEYSET_HOLDERS_MAX} holders
<= {decryptor/founding.KEYSET_MONTHS} months on
<= {decryptor/verb_keyset.KEYSET_MONTHS} months on
accepted until {EPOCH_GRACE_DAYS} days after its Sunday
{WEEKS_MADE} weeks are made ahead, {WEEKS_PUBLISHED} published
At most {seal/page.PAGE_MAX >> 10} KiB: `type` `meldluik-page`
`files` (at most {PAGE_FILES_MAX})
Card (at most {seal.CARD_MAX >> 10} KiB)
Receipt (signed note of a document of at most {seal.RECEIPT_MAX >> 10} KiB
2 GiB + {ENVELOPE_SIZE_MAX - ENVELOPE_CLASS_MAX!} bytes
Manifest (at most {INBOUND_MAX >> 20} MiB)
new since N-1, at most {INBOUND_ENVELOPES!}
closed by now, at most {CLOSED_MAX}]
call the {WEEKS_BEFORE} weeks before its first closed
outbound.json (at most {OUTBOUND_MAX >> 20} MiB)
every other file, at most {OUTBOUND_FILES}
plus a grace ({config.grace} days)
passphrase (scrypt, factor {AGE_SCRYPT_WRITE})
An upload is forgotten {SESSION_SECONDS // 3600} hours after
(1..{TOKEN_MAX} of `[A-Za-z0-9_-]`)
({SHARES_MIN} <= k <= n <= {SHARES_MAX};
in order, {SHARE_COMMIT} bytes each
""",
    "keys/DESK.md": """
`blocks.json` (at most {BLOCKS_FILE_MAX >> 20} MiB)
at most {BLOCKS_MAX}, one for each week
Request of a holder (at most {REQUEST_MAX >> 20} MiB)
`papers.json` (at most {PAPERS_MAX >> 10} KiB)
not yet)}]}], at most {PAPER_SETS_MAX}.
`ceremony.json` (at most {decryptor/ceremony_record.NOTE_MAX >> 10} KiB)
`step` (0..{CEREMONY_STAGES - 1})
Approval request (at most {REQUEST_DOC_MAX >> 10} KiB
adviser (at most {ADVISER_NOTE_MAX >> 10} KiB, a signed note)
chunks of {decryptor/attachment.PIECE!} (17 more when sealed)
tenure is more than {APPLIED_TENURES}, or whose serial more than 2^{APPLIED_SERIALS.bit_length() - 1}
Note of a deputy (at most {HEIR_MAX >> 10} KiB)
`desk`, `weeks` [at most {WEEKS_NOTED}]
Plan of a forwarding (at most {PLAN_MAX >> 10} KiB)
`name` (at most {NAME_MAX_BYTES} bytes), `until`
or ""; at most {REASON_MAX_BYTES} bytes), `reviewed`
`transfer.note` (at most {TRANSFER_MAX >> 10} KiB)
""",
    "gateway/DESIGN.md": """
Messages are {IPC_REQUEST_LEN} bytes
(at most {BATCH}, or {BATCH_BYTES >> 20} MiB)
one thread a core but one and at most {WORK_THREADS:three}
at most {PARTS_AHEAD} are ahead of the transaction. From {FLUSH_BYTES >> 20} MiB on
every {RECORDS_MS // 1000:two} seconds, when nothing came for {FLUSH_IDLE_MS / 1000} seconds
An upload ends {SESSION_DAYS_LATE:two} days after its week's grace
{SLOT_TEXTS} text slots of {SLOT_TEXT_LEN!} bytes and {SLOT_LARGES} large ones of {SLOT_LARGE_LEN >> 20} MiB
fed least recently, if that was {SESSION_UNDER_WAY} seconds ago
suspended for at most {http.WAIT_SECONDS} seconds, then 503
below the least rate for {http.SLOW_SECONDS} seconds
the one that is longest at it (over {http.HOARD_SECONDS})
there are {PLACES} places for them
has not read an answer for {http.HOARD_SECONDS} seconds
There are {MORE_BYTES >> 20} MiB of that for all
before {EXCHANGE_EARLY} bytes of a body have come
({http.POOL >> 10} of them the library's buffer)
the first multiple of {HOLD_MS} ms
fill the free room in {FLOOD_DAYS} days
each tries {config.circuit_texts} texts a minute
(half of {config.connections!}, by {config.connections // 2 // config.circuit_connections} circuits of {config.circuit_connections})
says that it lives every {ALIVE_SECONDS} seconds
silent for {SILENT_PERIODS:five} periods of the service manager's watchdog ({SILENT_SECONDS} seconds
last whole day, in {COUNT_STEP:tens}; room
when the day began, in {ROOM_STEP >> 20} MiB
are {SMALL_PAGE >> 10} KiB, with a text {TEXT_PAGE >> 10} KiB (or its doubles), with replies {REPLIES_PAGE >> 10} KiB
""",
    "gateway/THREATS.md": """
no chaff is larger than {CHAFF_CLASS_MAX // 2 * 7 // 4 >> 20} MiB
next multiple of {HOLD_MS} ms
above {LANE_SHARD_SLOTS} slots, for which part
held by {config.connections // 2 // config.circuit_connections} of them
""",
    "packaging/man/meldluik-gateway.8": """
Most bytes of attachments kept. {config.bulk >> 30}G.
messages without attachment may use. {config.reserve >> 30}G.
this much free disk. {config.floor >> 30}G.
so that deleting still works. {config.ballast >> 20}M.
confirmation and erasure. {config.grace}.
decoy envelopes a day; 0 is off. {config.chaff}. None is larger than {CHAFF_CLASS_MAX // 2 * 7 // 4 >> 20} MiB.
under way at once. {config.uploads}.
is cut after this. {config.header_seconds}.
without a next request. {config.idle_seconds}.
below which a body is cut. {config.body_rate}.
before the rate counts. {config.body_grace}.
Most connections at once, {config.connections}.
More are closed. {config.circuit_connections}.
more are answered 503. {config.circuit_requests}.
more are answered 503. {config.circuit_bytes >> 30}G.
however fast it sends. {config.circuit_texts}, which
free room in {FLOOD_DAYS} days, and at least 1
budget of an hour, and at least {FLOOD_BURST_MIN}
object of at most {ORGANISATION_MAX >> 10} KiB
Texts of at most {pages.WORDS_MAX} bytes
At most {QUESTIONS_MAX} objects
of a choice ({OPTIONS_MIN} to {OPTIONS_MAX} texts)
1 to {QUESTION_ID - 3} of a-z 0-9 _
""",
    "packaging/man/meldluik-decryptor.1": """
{WEEKS_MADE} weeks of keys
warns from {WEEKS_WARN} weeks left
until {WEEKS_AFTER_HOLIDAY:four} weeks after it
over for {WEEKS_OLD} weeks
first {LOST_HEX} characters of its hash
room for {CASEKEYS_MAX!} cases that are not destroyed; from {CASES_WARN!} less
itself after {UI_IDLE_MINUTES} minutes without work
first {FIELDS_SHOWN} fields and {FILES_SHOWN} files
""",
    "packaging/man/meldluik-courier.1": """
seconds at less than {TRANSFER_RATE} bytes a second before a request ends ({TRANSFER_STALL}); tries of one request ({TRANSFER_TRIES})
before the deputy gets the mail too ({COURIER_PATIENCE})
""",
}
# of the script and of the programs
SCRIPT = """
board.SLOT SLOT_LEN
board.TAG SLOT_TAG
board.LIVE_MAX SLOT_LIVE_MAX
board.MANIFEST_MAX LANE_MANIFEST_MAX
board.SLOTS_MIN LANE_SLOTS_MIN
board.SHARD_SLOTS LANE_SHARD_SLOTS
board.SHARDS_MAX LANE_SHARDS_MAX
board.REPLY_MAX SLOT_PLAIN
board.RECEIPTS_MAX REPLY_RECEIPTS_MAX
checkback.OLD_DAYS reporter/check.OLD_DAYS
code.DESK_MAX CODE_DESK_MAX
envelope.STANZAS ENVELOPE_STANZAS
envelope.FILES_MAX REPORT_ATTACHMENTS_MAX
envelope.SIGNATURE_MAX SIGN_TEXT_MAX
json.DEPTH JSON_DEPTH
keys.WEEKS_BACK WEEKS_BACK - 1
keyset.DOC_MAX KEYSET_MAX
keyset.DESKS_MAX KEYSET_DESKS_MAX
keyset.PEOPLE_MAX KEYSET_PEOPLE_MAX
keyset.HOLDERS_MAX KEYSET_HOLDERS_MAX
keyset.REVOKED_MAX KEYSET_REVOKED_MAX
keyset.GENERATION_MAX GENERATION_MAX
report.REPORT_MAX REPORT_JSON_MAX
report.NAME_MAX REPORT_NAME_MAX
report.TYPE_MAX MEDIA_TYPE_MAX
report.ASKED_MAX REPORT_ASKED_MAX
tar.CLASS_MIN ENVELOPE_CLASS_MIN
tar.CLASS_MAX ENVELOPE_CLASS_MAX
tar.HEADER ENVELOPE_HEADER
upload.WHOLE_MAX ENVELOPE_WHOLE_MAX
upload.PART ENVELOPE_PART
"""
WORDS = {2: "two", 3: "three", 4: "four", 5: "five", 10: "tens"}


def constants():
    out = {}
    for path in sorted(p for top in ("include", "gateway", "keys", "policy")
                       for p in glob.glob(top + "/**/*.[ch]",
                                          recursive=True)):
        parts = path[:-2].split("/")
        text = open(path, encoding="utf-8").read()
        for name, value in re.findall(
                r"^#define[ \t]+([A-Z_0-9]+)[ \t]+(.*)$", text, re.M):
            value = re.sub(r"/\*.*|\(size_t\)|UINT64_C", "", value).strip()
            value = re.sub(r"\b(0x[0-9a-f]+|\d+)(?:u|ull|L)?\b", r"\1", value)
            if not re.fullmatch(r"[A-Z_0-9a-fx()+*/<>\-. ]+", value):
                continue
            for key in (name, parts[-2] + "." + name,
                        parts[-2] + "/" + parts[-1] + "." + name):
                out[key] = value if out.get(key, value) == value else \
                    "TWO_FILES_HAVE_" + name
    text = open("gateway/process/config.c", encoding="utf-8").read()
    for name, value in re.findall(r"^\tc\.(\w+) = ([^;]+);", text, re.M):
        out["config." + name] = value
    return out


def worked_out(expression, known, depth=0):
    if depth > 8:
        raise NameError(expression)
    whole = re.sub(
        r"(?:[\w/]+\.)?[A-Z][A-Z_0-9]+\b|config\.\w+",
        lambda m: "(" + str(worked_out(known[m[0]], known, depth + 1)) + ")"
        if m[0] in known else sys.exit("no constant " + m[0]), expression)
    return eval(whole)


def written(braces, known):
    m = re.fullmatch(r"(.*?)(!|:\w+)?", braces)
    n = worked_out(m[1], known)
    if m[2] == "!":
        return f"{n:,}"
    if m[2]:
        return WORDS.get(n, "no word for %s" % n)
    return f"{n:g}" if isinstance(n, float) else str(n)


def lacking(sentences, text, known):
    for line in filter(None, sentences.split("\n")):
        said = re.sub(r"\{([^}]+)\}", lambda m: written(m[1], known), line)
        if not re.search(r"(?<![\w,])" + re.escape(said) + r"(?![\d,]\d)",
                         text):
            yield said


def flat(path):
    text = open(path, encoding="utf-8").read()
    if path.endswith((".1", ".8")):
        text = re.sub(r"^\.(\\\".*|Cm |Ar |Em |Ic |Li |Pa |Pq |BR |Fl )", "",
                      text, flags=re.M)
        text = text.replace("\\-", "-").replace(" No and", " and")
    return re.sub(r"\s+", " ", text)


def script():
    for path in glob.glob("gateway/web/script/*.js"):
        for name, value in re.findall(
                r"^(?:export )?const ([A-Z_]+) = ([0-9* ]+);",
                open(path, encoding="utf-8").read(), re.M):
            yield path.split("/")[-1][:-3] + "." + name, eval(value)


def apart(there, known):
    for line in SCRIPT.strip().split("\n"):
        name, expression = line.split(" ", 1)
        if there.get(name) != worked_out(expression, known):
            yield line


known = constants()
there = dict(script())
n, bad = 0, 0
for line in apart(there, known):
    print(f"not the same in script and programs: {line}")
    bad += 1
for path, sentences in SAID.items():
    for said in lacking(sentences, flat(path), known):
        print(f"{path} does not say: {said}")
        bad += 1
    n += len(sentences.strip().split("\n"))
if bad:
    sys.exit(1)
planted = dict(known, SLOT_LEN=str(worked_out("SLOT_LEN", known) + 1))
if len(list(lacking(SAID["keys/FORMAT.md"], flat("keys/FORMAT.md"),
                    planted))) != 2:
    sys.exit("a changed constant is not seen")
if len(list(apart(there, planted))) != 1:
    sys.exit("a changed constant of the script is not seen")
print(n, "sentences name the limits of the code, the script has the same",
      len(SCRIPT.strip().split("\n")))
PY
