# SPDX-License-Identifier: EUPL-1.2
"""Vectors of report.json"""
import copy
import hashlib
import json
import os

from .folder import HERE, Folder


def bare_report():
    return {
        "type": "meldluik-report", "version": 1, "kind": "report",
        "org": "00112233445566778899aabbccddeeff",
        "keyset": "ab" * 32, "epoch": "2026-W48", "desk": 3,
        "message_id": "0f" * 16, "sealed_by": "cli", "language": "nl",
        "relation": "employee", "about": "",
        "answers": {"what": "Er klopt iets niet."}, "attachments": [],
    }


def attachment(data=b"hallo\n", name="brief.txt"):
    return {"name": name, "media_type": "text/plain", "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest()}


def text(o):
    return json.dumps(o, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass") + b"\n"


# A right recipient and signer (thread-keys.json: `envtool recipient` and
# `signtool pub` of the seed 00 01 .. 1f), which Python cannot make itself
with open(os.path.join(HERE, "thread-keys.json")) as f:
    KEYS = json.load(f)


def make_report():
    out = Folder("report")

    def case(name, code, change, *more):
        o = copy.deepcopy(bare_report())
        change(o)
        out.add(name + ".json", text(o), code, *more)

    def put(key, value):
        return lambda o: o.__setitem__(key, value)

    def answer(key, value):
        return lambda o: o["answers"].__setitem__(key, value)

    def att(**change):
        def f(o):
            a = attachment()
            a.update(change)
            o["attachments"].append(a)
        return f

    def without(key):
        return lambda o: o.pop(key)

    case("ok", "OK", lambda o: None)
    for kind in ("advice", "follow_up", "withdrawal"):
        case("ok-" + kind.replace("_", "-"), "OK", put("kind", kind))
    for s in ("browser", "server", "offline_page"):
        case("ok-sealed-by-" + s.replace("_", "-"), "OK",
             put("sealed_by", s))
    case("ok-attachment", "OK", att())
    case("ok-attachment-original", "OK", att(original="cd" * 32))
    case("ok-attachment-no-media-type", "OK", att(media_type=""))
    case("ok-attachment-hostile-name", "OK",
         att(name="../../\u202egnp.desktop\n"))
    case("ok-attachment-name-255", "OK", att(name="\u00e9" * 127 + "a"))
    case("ok-answers-empty", "OK", put("answers", {}))
    case("ok-answer-controls", "OK", answer("what", "\x01\t\r\n\x7f\u0085"))
    case("ok-question", "OK", answer("q_afdeling_2", "B"))
    case("ok-x-key", "OK", put("x_note", {"a": 1}))
    case("ok-about", "OK", put("about", "mayor"))
    case("ok-language-16", "OK", put("language", "nl-Latn-NL-x-abc"))
    case("ok-desk-63", "OK", put("desk", 63))
    case("ok-foreign-org", "OK", put("org", "f" * 32))
    case("ok-what-missing", "OK", put("answers", {"who": "x"}))

    for key in bare_report():
        if key not in ("type", "version"):
            case("missing-" + key.replace("_", "-"), "ERR_FORMAT",
                 without(key))
    case("type-other", "ERR_VERSION", put("type", "meldluik-reply"))
    case("version-2", "ERR_VERSION", put("version", 2))
    bad = {
        "kind-unknown": put("kind", "complaint"),
        "kind-case": put("kind", "Report"),
        "kind-number": put("kind", 0),
        "org-short": put("org", "00"),
        "org-capitals": put("org", "A" * 32),
        "keyset-short": put("keyset", "ab" * 31),
        "epoch-day": put("epoch", "2026-11-24"),
        "epoch-week-54": put("epoch", "2026-W54"),
        "epoch-small": put("epoch", "2026-w48"),
        "desk-0": put("desk", 0),
        "desk-64": put("desk", 64),
        "desk-text": put("desk", "3"),
        "message-id-long": put("message_id", "0f" * 17),
        "sealed-by-unknown": put("sealed_by", "tor"),
        "language-one": put("language", "n"),
        "language-17": put("language", "n" * 17),
        "language-letters": put("language", "nl_NL"),
        "relation-unknown": put("relation", "friend"),
        "relation-empty": put("relation", ""),
        "about-capital": put("about", "Mayor"),
        "about-33": put("about", "a" * 33),
        "about-space": put("about", "the mayor"),
        "answers-array": put("answers", []),
        "answer-unknown": answer("why", "x"),
        "answer-number": answer("what", 1),
        "answer-null": answer("what", None),
        "answer-question-no-name": answer("q_", "x"),
        "answer-question-33": answer("q_" + "a" * 33, "x"),
        "answer-question-capital": answer("q_A", "x"),
        "answer-nul": answer("what", "a\0b"),
        "answer-surrogate": answer("what", "a\ud800b"),
        "attachments-object": put("attachments", {}),
        "attachments-33": lambda o: [att()(o) for _ in range(33)],
        "attachment-text": put("attachments", ["a"]),
        "attachment-name-empty": att(name=""),
        "attachment-name-256": att(name="a" * 256),
        "attachment-name-nul": att(name="a\0.pdf"),
        "attachment-media-type-128": att(media_type="a" * 128),
        "attachment-size-text": att(size="6"),
        "attachment-size-over-32-bits": att(size=1 << 32),
        "attachment-sha256-short": att(sha256="ab"),
        "attachment-sha256-capitals": att(sha256="AB" * 32),
        "attachment-original-short": att(original="cd"),
        "attachment-original-zeros": att(original="00" * 32),
        "attachment-original-none": att(original=None),
        "attachment-unknown-key": att(path="/etc/passwd"),
        "attachment-size-missing":
            lambda o: (att()(o), o["attachments"][0].pop("size")),
        "unknown-key": put("ip", "192.0.2.1"),
    }
    for name, change in bad.items():
        case(name, "ERR_FORMAT", change)
    case("answers-65", "ERR_LIMIT", lambda o: [
        answer("q_%d" % i, "x")(o) for i in range(64)])
    case("over-48-kib", "ERR_LIMIT", answer("what", "a" * 49152))

    def exact(o):
        o["answers"]["what"] = ""
        o["answers"]["what"] = "a" * (49152 - len(text(o)))
    case("ok-48-kib", "OK", exact)

    def one_over(o):
        exact(o)
        o["answers"]["what"] += "a"
    case("one-over-48-kib", "ERR_LIMIT", one_over)
    # A malformed thread means no mailbox and nothing else
    first = dict(tag_key="ab" * 32, **KEYS)
    later = {"signer": KEYS["signer"], "last_reply": ""}
    r, k = KEYS["recipient"], KEYS["signer"]
    case("ok-thread-first", "OK", put("thread", first), "first")
    case("ok-thread-first-x-key", "OK",
         put("thread", dict(first, x_a=1)), "first")
    case("ok-thread-absent", "OK", lambda o: None, "none")
    threads = {
        "null": None, "number": 1, "array": [], "empty": {},
        "unknown-key": dict(first, y=1),
        "tag-key-missing": dict(KEYS),
        "tag-key-short": dict(first, tag_key="ab"),
        "tag-key-capitals": dict(first, tag_key="AB" * 32),
        "recipient-number": dict(first, recipient=1),
        "recipient-classical": dict(first, recipient="age1" + "q" * 58),
        "recipient-checksum": dict(first, recipient=r[:-1] +
                                   ("q" if r[-1] != "q" else "p")),
        "recipient-capitals": dict(first, recipient=r.upper()),
        "recipient-short": dict(first, recipient=r[:-1]),
        "recipient-long": dict(first, recipient=r + "q"),
        "signer-missing": {"tag_key": "ab" * 32, "recipient": r},
        "signer-short": dict(first, signer=k[:-1]),
        "signer-long": dict(first, signer=k + "A"),
        "signer-key-id": dict(first, signer=k[:4] +
                              ("A" if k[4] != "A" else "B") + k[5:]),
        "signer-algorithm": dict(first, signer="RUQ" + k[3:]),
        "later-in-first": later,
    }
    for name, t in threads.items():
        case("ok-thread-bad-" + name, "OK", put("thread", t), "bad")

    def follow(t, kind="follow_up"):
        return lambda o: o.update(kind=kind, thread=t)
    case("ok-thread-later", "OK", follow(later), "later")
    case("ok-thread-later-withdrawal", "OK", follow(later, "withdrawal"),
         "later")
    case("ok-thread-later-reply", "OK",
         follow(dict(later, last_reply="0e" * 16)), "later")
    for name, t in {
            "first-in-later": first,
            "last-reply-missing": {"signer": k},
            "last-reply-letters": dict(later, last_reply="zz" * 16),
            "last-reply-short": dict(later, last_reply="0e"),
            "last-reply-zeros": dict(later, last_reply="00" * 16),
            "signer": dict(later, signer=k[:-1])}.items():
        case("ok-later-thread-bad-" + name, "OK", follow(t), "bad")
    out.close()
