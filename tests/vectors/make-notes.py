#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Makes vectors/approval, heir, deputy, weeks, papers, transfer, adviser and plan: one
good document of each kind (keys/DESK.md) and copies with one
fault each. The first
word of a name is the answer it must get; the rest names the fault. They are
signed when they are used (decryptor/notes.h).
make-notes.py FOLDER HEIR_RECIPIENT (an age1pq... key)"""
import copy
import json
import os
import sys

top, recipient = sys.argv[1:]
ORG, DROP = "00" * 16, object()


def text(doc):
    return json.dumps(doc, ensure_ascii=False, separators=(",", ":")) + "\n"


def write(kind, name, body):
    os.makedirs(os.path.join(top, kind), exist_ok=True)
    with open(os.path.join(top, kind, name + ".json"), "w") as f:
        f.write(body if isinstance(body, str) else text(body))


def make(kind, good, faults):
    write(kind, "good-whole", good)
    common = {"version-type": ("type", "meldluik-other"),
              "version-two": ("version", 2)}
    for name, (key, value) in {**common, **faults}.items():
        doc = copy.deepcopy(good)
        if value is DROP:
            del doc[key]
        else:
            doc[key] = value
        write(kind, name, doc)
    body = text(good)
    write(kind, "format-cut", body[:len(body) // 2])
    write(kind, "format-trailing", body + "{}")
    write(kind, "format-twice", '{"type":"x",' + body[1:])
    write(kind, "format-array", "[" + body.strip() + "]\n")


make("approval", {
    "type": "meldluik-approval-request", "version": 1, "org": ORG, "desk": 1,
    "by": "bo", "day": "2026-12-01", "case": "2026-7K3Q", "state": "triage",
    "act": "forward", "detail": "ab" * 32, "summary": "Wat er gevraagd wordt",
    "nonce": "11" * 16}, {
        "foreign-org": ("org", "01" * 16), "format-org-short": ("org", "00"),
        "format-desk-0": ("desk", 0), "format-desk-64": ("desk", 64),
        "signature-other-desk": ("desk", 2),
        "signature-by-another": ("by", "an"),
        "signature-by-nobody": ("by", "cor"),
        "format-by-empty": ("by", ""), "format-day-short": ("day", "2026"),
        "format-case-long": ("case", "2026-" + "7" * 40),
        "format-state-long": ("state", "x" * 33),
        "format-state-none": ("state", DROP),
        "format-act-empty": ("act", ""), "version-act": ("act", "shred"),
        "format-detail-none": ("detail", DROP),
        "format-summary-empty": ("summary", ""),
        "format-summary-long": ("summary", "x" * 4001),
        "format-summary-number": ("summary", 1)})
make("heir", {
    "type": "meldluik-heir", "version": 1, "org": ORG, "desk": 1,
    "person": "bo", "recipient": recipient}, {
        "foreign-org": ("org", "01" * 16), "foreign-desk": ("desk", 2),
        "foreign-person": ("person", "an"), "format-desk-0": ("desk", 0),
        "format-org-none": ("org", DROP),
        "format-person-empty": ("person", ""),
        "format-recipient-short": ("recipient", "age1pq1"),
        "format-recipient-letter": ("recipient", recipient[:-1] + (
            "q" if recipient[-1] != "q" else "p")),
        "format-recipient-upper": ("recipient", recipient[:50] +
                                   recipient[50:].upper())})
make("deputy", {
    "type": "meldluik-deputy-backup", "version": 1, "org": ORG, "desk": 1,
    "sha256": "a5" * 32}, {
        "foreign-org": ("org", "01" * 16), "foreign-desk": ("desk", 2),
        "format-desk-0": ("desk", 0), "format-desk-64": ("desk", 64),
        "format-desk-text": ("desk", "1"), "format-org-none": ("org", DROP),
        "format-sha256-none": ("sha256", DROP),
        "format-sha256-short": ("sha256", "a5" * 31),
        "format-sha256-upper": ("sha256", "A5" * 32)})
make("weeks", {
    "type": "meldluik-weeks", "version": 1, "org": ORG, "desk": 1,
    "weeks": ["2026-W45", "2026-W53"]}, {
        "good-none": ("weeks", []),
        "foreign-org": ("org", "01" * 16), "foreign-desk": ("desk", 2),
        "format-desk-0": ("desk", 0), "format-org-none": ("org", DROP),
        "format-extra": ("more", 1), "format-weeks-none": ("weeks", DROP),
        "format-weeks-text": ("weeks", "2026-W45"),
        "format-week-number": ("weeks", [202645]),
        "format-week-54": ("weeks", ["2026-W54"]),
        "format-week-53-none": ("weeks", ["2027-W53"]),
        "format-weeks-many": ("weeks", ["2026-W45"] * 513)})
SHEETS = [{"commitment": c * 16, "keeper": k} for c, k in
          (("a", "notaris"), ("b", ""), ("c", "Zoë, de kluis"))]
SET = {"kind": "backup", "k": 2, "n": 3, "day": "2026-11-02",
       "sheets": [{**SHEETS[0], "proven": "2026-11-03"}, *SHEETS[1:]]}


def sets(*more):
    return ("sets", [{**SET, **one} for one in more])


def sheet(**more):
    return sets({"sheets": [{**SHEETS[0], **more}, *SHEETS[1:]]})


make("papers", {
    "type": "meldluik-papers", "version": 1, "org": ORG,
    "backup": recipient, "sets": [{**SET, "kind": "identity"}, SET]}, {
        "good-none": ("sets", []), "good-no-backup": ("backup", DROP),
        "good-eight": sets(*[{}] * 8), "format-nine": sets(*[{}] * 9),
        "foreign-org": ("org", "01" * 16), "format-org-short": ("org", "00"),
        "format-key-more": ("extra", 1), "format-backup": ("backup", "age1"),
        "format-backup-upper": ("backup", recipient[:50] +
                                recipient[50:].upper()),
        "format-sets-text": ("sets", ""), "format-sets-number": ("sets", [1]),
        "format-kind": sets({"kind": "other"}),
        "format-kind-long": sets({"kind": "k" * 17}),
        "format-n-less": sets({"n": 2}), "format-n-more": sets({"n": 4}),
        "format-n-huge": sets({"n": 2 ** 32 + 3}),
        "format-k-more": sets({"k": 4}), "format-k-none": sets({"k": 0}),
        "format-day": sets({"day": "2026-02-30"}),
        "format-sheets": sets({"sheets": 3}),
        "format-commitment-short": sheet(commitment="a" * 14),
        "format-commitment-none": sheet(commitment=None),
        "format-keeper-long": sheet(keeper="k" * 65),
        "good-keeper-longest": sheet(keeper="k" * 64),
        "format-proven": sheet(proven="gisteren"),
        "format-sheet-more": sheet(place="x")})
OLDER = {
    "type": "meldluik-transfer", "version": 1, "org": ORG, "desk": 2, "to": 1,
    "day": "2026-12-01", "case": "2026-7K3Q", "received": "2026-11-02",
    "route": "mailbox", "oral": False, "kind": "OMG", "origin": "intern",
    "wbk": "ja", "files": ["11" * 32]}
write("transfer", "good-older", OLDER)
make("transfer", {
    **OLDER, "ack": "2026-11-05", "ack_by": "mailbox",
    "feedback": "2026-11-20", "withdrawn": True}, {
        "format-ack": ("ack", "2026-11-31"), "format-ack-none": ("ack", None),
        "format-ack-by": ("ack_by", "pigeon"),
        "format-ack-by-none": ("ack_by", DROP),
        "format-feedback": ("feedback", "gisteren"),
        "format-withdrawn": ("withdrawn", "yes"),
        "good-feedback-none": ("feedback", DROP),
        "foreign-org": ("org", "01" * 16), "foreign-to": ("to", 2),
        "foreign-from-us": ("desk", 1), "signature-from-third": ("desk", 3),
        "format-desk-0": ("desk", 0), "format-received": ("received",
                                                          "2026-02-30"),
        "format-case-none": ("case", DROP),
        "format-route-long": ("route", "r" * 100),
        "format-files-text": ("files", "11" * 32),
        "conflict-files-none": ("files", []),
        "conflict-files-two": ("files", ["11" * 32] * 2),
        "conflict-file-other": ("files", ["12" * 32]),
        "conflict-file-number": ("files", [1]),
        "conflict-file-no-hex": ("files", ["1g" + "11" * 31]),
        "format-org-short": ("org", "00"), "format-to-none": ("to", DROP),
        "format-received-none": ("received", DROP),
        "format-received-short": ("received", "2026")})
ADVISER = {
    "type": "meldluik-adviser-figures", "version": 1, "org": ORG, "desk": 1,
    "person": "bo", "year": 2026, "day": "2026-12-01",
    "figures": {"adviser.cases": 2, "adviser.kind.pesten": 1},
    "signals": ["Onrust op een afdeling"]}
make("adviser", ADVISER, {
    "signature-org": ("org", "01" * 16), "format-org-short": ("org", "00"),
    "format-desk-0": ("desk", 0), "signature-desk-2": ("desk", 2),
    "signature-by-another": ("person", "an"),
    "signature-by-nobody": ("person", "cor"),
    "format-person-empty": ("person", ""),
    "format-year-text": ("year", "2026"), "format-year-1969": ("year", 1969),
    "format-figures-none": ("figures", DROP),
    "format-figure-text": ("figures", {"adviser.cases": "2"}),
    "format-figure-minus": ("figures", {"adviser.cases": -1}),
    "format-figure-huge": ("figures", {"adviser.cases": 2 ** 62}),
    "format-figure-unknown": ("figures", {"adviser.secrets": 1}),
    "format-figure-via": ("figures", {"adviser.via": 1}),
    "format-figure-reports": ("figures", {"reports.total": 1}),
    "format-signals-text": ("signals", "x"),
    "format-signal-number": ("signals", [1]),
    "good-empty": ("figures", {})})
PLAN = {
    "type": "meldluik-forward-plan", "version": 1, "case": "2026-7K3Q",
    "to": "authority", "receiver": "IGJ", "name": "", "until": "",
    "agreement": False, "with_identity": False, "telling_endangers": "",
    "reviewed": True, "fields": [{
        "message": 1, "field": "what", "carry": True,
        "redact": ["jan", {"from": 8, "to": 13}]}],
    "files": [{"message": 1, "file": 1, "carry": False, "scrub": True}]}


def redact(value):
    return part("fields", "redact", value)


def part(which, key, value):
    one = {**PLAN[which][0], key: value}
    return (which, [{k: v for k, v in one.items() if v is not DROP}])


make("plan", PLAN, {
    "format-key-more": ("extra", 1), "format-case-other": ("case",
                                                           "2026-0000"),
    "policy-to-desk": ("to", "desk"), "format-to-else": ("to", "mail"),
    "format-receiver-unknown": ("receiver", "XYZ"),
    "format-name-long": ("name", "n" * 257), "format-until": ("until",
                                                              "2026-13-01"),
    "format-endangers-long": ("telling_endangers", "x" * 4001),
    "format-fields-none": ("fields", DROP), "format-files-text": ("files", ""),
    "unknown-word": redact(["piet"]), "format-word-number": redact([1]),
    "format-range-half": redact([{"from": 1}]),
    "unknown-range-outside": redact([{"from": 1, "to": 1000}]),
    "unknown-range-back": redact([{"from": 5, "to": 2}]),
    "good-no-words": redact([]), "good-no-parts": ("files", []),
    # what would go out whole, had nobody looked
    "format-words-text": redact("jan"), "format-words-none": redact(DROP),
    "format-words-misspelt": part("fields", "redakt", ["jan"]),
    "format-carry-text": part("fields", "carry", "no"),
    "format-field-number": part("fields", "field", 1),
    "format-message-text": part("fields", "message", "1"),
    "format-field-twice": ("fields", PLAN["fields"] + redact([])[1]),
    "format-field-word": ("fields", ["what"]),
    "format-scrub-none": part("files", "scrub", DROP),
    "format-scrub-text": part("files", "scrub", "true"),
    "format-file-text": part("files", "file", "1"),
    "format-file-twice": ("files", PLAN["files"] * 2),
    "format-identity-text": ("with_identity", "true"),
    "format-agreement-none": ("agreement", DROP),
    "format-reviewed-number": ("reviewed", 1),
    **{"format-%s-none" % key: (key, DROP) for key in (
        "case", "to", "receiver", "name", "until", "telling_endangers")}})
# what every reader here calls a version is a wrong document to these two
for kind in ("adviser", "plan"):
    for name in ("version-type", "version-two"):
        os.rename(os.path.join(top, kind, name + ".json"),
                  os.path.join(top, kind, name.replace("version", "format") +
                               ".json"))
