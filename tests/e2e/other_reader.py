# SPDX-License-Identifier: EUPL-1.2
# A reader made from keys/FORMAT.md and keys/DESK.md alone, with libsodium and
# liblmdb in place of ours:
#   other_reader.py public BUNDLE CODE      what a reporter's reader checks
#   other_reader.py shares KEYRING SHEET...  the key that sheets give back
#   other_reader.py home HOME KEYRING DIR   the casebook, files to DIR
# KEYRING: keyring.json. Prints what it found as one JSON object.
import base64
import ctypes
import glob
import hashlib
import hmac
import json
import os
import sys

na = ctypes.CDLL("libsodium.so.23")
na.sodium_init()
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def h(b):
    return hashlib.sha256(b).digest()


def read(*path):
    with open(os.path.join(*path), "rb") as f:
        return f.read()


# FORMAT.md 2, 4, 5, 6, 9
def crockford(b, n):
    pad = -len(b) * 8 % 5
    v = int.from_bytes(b, "big") << pad
    return "".join(LETTERS[v >> s & 31]
                   for s in range(len(b) * 8 + pad - 5, -1, -5))[:n]


def typed(text):
    t = "".join(c for c in text.upper() if c not in " -\n")
    return t.replace("O", "0").replace("I", "1").replace("L", "1")


def key(text):
    b = base64.b64decode(text, validate=True)
    assert len(b) == 42 and b[:2] == b"Ed" and b[2:10] == h(b[10:])[:8]
    return b


def verify(doc, sig, pk, purpose, org, desk):
    _, blob, comment, whole, end = sig.split(b"\n")
    blob, head = base64.b64decode(blob), b"trusted comment: "
    assert end == b"" and blob[:10] == b"ED" + pk[2:10]
    assert comment == b"%smeldluik %s org=%s desk=%d" % (
        head, purpose.encode(), org.encode(), desk)
    for s, m in ((blob[10:], hashlib.blake2b(doc).digest()),
                 (base64.b64decode(whole), blob[10:] + comment[len(head):])):
        assert na.crypto_sign_verify_detached(
            s, m, ctypes.c_ulonglong(len(m)), pk[10:]) == 0


def signed(folder, name, pk, purpose, org, desk):
    doc = read(folder, name)
    verify(doc, read(folder, name + ".minisig"), pk, purpose, org, desk)
    return json.loads(doc)


def hkdf(ikm, salt, info, n):
    prk = hmac.digest(salt, ikm, "sha256")
    return hmac.digest(prk, info + b"\1", "sha256")[:n]


def code_parse(text):
    t, v = typed(text), 0
    for c in t[:24]:
        v = v << 5 | LETTERS.index(c)
    b = v.to_bytes(15, "big")
    assert crockford(h(b"meldluik/v1/code-check" + b), 4) == t[24:]
    return b


def epoch(path, keyset, whole):
    e, org = json.loads(read(path)), keyset["org"]
    people = {(p["desk"], p["id"]): p for p in keyset["people"]}
    assert e["keyset"] == h(whole).hex()
    assert {(b["desk"], b["person"]) for b in e["blocks"]} == {
        k for k, p in people.items() if p["role"] == "holder"}
    for b in e["blocks"]:
        text = "meldluik epoch block\n%s\n%s\n%d %s\n%s\n" % (
            org, e["week"], b["desk"], b["person"], b["recipient"])
        verify(text.encode(), b["minisig"].encode(),
               key(people[b["desk"], b["person"]]["key"]), "epoch", org,
               b["desk"])


def public(bundle, code):
    whole = read(bundle, "keyset.json")
    org = json.loads(whole)["org"]
    identity = key(json.loads(whole)["identity"])
    keyset = signed(bundle, "keyset.json", identity, "keyset", org, 0)
    code = code_parse(read(code).decode())
    holder = key(keyset["people"][0]["key"])
    for path in glob.glob(bundle + "/epochs/*.json"):
        epoch(path, keyset, whole)
    out = signed(bundle, "outbound.json", holder, "outbound", org, code[0])
    for path, sha256 in out["files"].items():
        assert h(read(bundle, path)).hex() == sha256
    lane = signed(bundle, "lane.json", holder, "lane", org, code[0])
    bytes_ = read(bundle, "lane.bin")
    assert lane["shards"] == [h(bytes_).hex()]
    tag = hkdf(code, bytes.fromhex(org), b"meldluik/v1/tag", 32)
    ours = [hmac.digest(tag, b"meldluik/v1/slot" + bytes.fromhex(
        lane["nonce"]) + bytes([n]), "sha256")[:16] for n in range(8)]
    tags = [bytes_[i:i + 16] for i in range(0, len(bytes_), 8192)]
    assert tags == sorted(tags) and len(tags) == lane["slots"]
    return {"fingerprint": "-".join(
        crockford(h(identity[10:])[:20], 32)[i:i + 4]
        for i in range(0, 32, 4)),
        "replies": [ours.index(t) for t in tags if t in ours]}


# FORMAT.md 13
def share(path):
    text, body, line = typed(read(path).decode()), "", 0
    while text:
        part, text, line = text[:24], text[24:], line + 1
        body += part[:-4]
        assert part[-4:] == crockford(h(
            b"meldluik/v1/share-line" + bytes([line]) + body.encode()), 4)
    v, n = 0, len(body) * 5 // 8
    for c in body:
        v = v << 5 | LETTERS.index(c)
    rest = len(body) * 5 - 8 * n
    assert v & (1 << rest) - 1 == 0
    b = (v >> rest).to_bytes(n, "big")
    assert b[0] >> 4 == 1 and len(b) == 35 + 8 * (b[1] & 15)
    assert h(b"meldluik/v1/share" + b[:35])[:8] == \
        b[35 + 8 * (b[2] - 1):][:8]
    name = crockford(h(b"meldluik/v1/share-set" + b[:2] + b"\0" + b[35:])[:5],
                     8)
    return b[2], b[3:35], b[1] >> 4, name[:4] + "-" + name[4:]


def times(a, b):
    r = 0
    while b:
        r ^= a if b & 1 else 0
        a = a << 1 ^ (0x11d if a & 128 else 0)
        b >>= 1
    return r


def over(a, b):
    for _ in range(254):
        a = times(a, b)
    return a


def shares(ring, *sheets):
    s = [share(p) for p in sheets]
    assert len(s) >= s[0][2] and len({i[3] for i in s}) == 1
    out = bytearray(32)
    for x, data, *_ in s:
        part = 1
        for y, *_ in s:
            part = over(times(part, y), x ^ y) if y != x else part
        for n in range(32):
            out[n] ^= times(part, data[n])
    return {"set": s[0][3], "identity": base64.b64encode(out).decode() ==
            json.loads(read(ring))["identity"]}


# DESK.md, the casebook
class Val(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("data", ctypes.c_void_p)]


def tables(folder, *names):
    db, env, txn = ctypes.CDLL("liblmdb.so.0"), ctypes.c_void_p(), \
        ctypes.c_void_p()
    db.mdb_env_create(ctypes.byref(env))
    db.mdb_env_set_maxdbs(env, 4)
    # read only, without a lock
    assert db.mdb_env_open(env, folder.encode(), 0x20000 | 0x400000, 0) == 0
    assert db.mdb_txn_begin(env, None, 0x20000, ctypes.byref(txn)) == 0
    for name in names:
        dbi, cursor, k, v, out = ctypes.c_uint(), ctypes.c_void_p(), Val(), \
            Val(), {}
        assert db.mdb_dbi_open(txn, name.encode(), 0, ctypes.byref(dbi)) == 0
        db.mdb_cursor_open(txn, dbi, ctypes.byref(cursor))
        while db.mdb_cursor_get(cursor, ctypes.byref(k), ctypes.byref(v),
                                8) == 0:
            out[ctypes.string_at(k.data, k.size)] = ctypes.string_at(
                v.data, v.size)
        yield out


def opened(secret, ad, b):
    out = ctypes.create_string_buffer(len(b))
    assert na.crypto_aead_xchacha20poly1305_ietf_decrypt(
        out, None, None, b[24:], ctypes.c_ulonglong(len(b) - 24), ad,
        ctypes.c_ulonglong(len(ad)), b[:24], secret) == 0
    return out.raw[:len(b) - 40]


def journal(table, secret):
    before, events = bytes(32), []
    for n in range(1, len(table)):
        at = n.to_bytes(8, "big")
        events.append(json.loads(opened(secret, at + before, table[at])))
        before = h(b"meldluik/v1/journal-link" + at + before + table[at])
    assert opened(secret, b"meldluik/v1/journal-head\0", table[bytes(8)]) == \
        (len(table) - 1).to_bytes(8, "big") + before
    return events, before


def attachment(b, secret):
    state, out = ctypes.create_string_buffer(64), b""
    pull = na.crypto_secretstream_xchacha20poly1305_pull
    assert na.crypto_secretstream_xchacha20poly1305_init_pull(
        state, b[:24], secret) == 0
    for i in range(24, len(b), 65536 + 17):
        piece, tag = b[i:i + 65536 + 17], ctypes.c_ubyte()
        plain = ctypes.create_string_buffer(len(piece))
        assert pull(state, plain, None, ctypes.byref(tag), piece,
                    ctypes.c_ulonglong(len(piece)), None,
                    ctypes.c_ulonglong(0)) == 0
        out += plain.raw[:len(piece) - 17]
    assert tag.value == 3  # the last one, and nothing behind it
    return out


def message(b):
    """Answers of a message record, its files, report.json as it stood"""
    at = 0

    def take(n):
        nonlocal at
        at += n
        assert at <= len(b)
        return b[at - n:at]

    def text():
        return take(int.from_bytes(take(4), "big")).decode()

    assert take(1) == b"\1"
    take(4 + 16 + 32 + 16)
    for _ in range(4):
        text()
    take(32 + 1216 + 32 + 16)
    answers = {key: (said, asked) for key, said, asked in (
        (text(), text(), text()) for _ in range(take(1)[0]))}
    for _ in range(take(1)[0]):
        text()
        text()
        take(8 + 32 + 32)
    files = [(take(16), take(32)) for _ in range(take(1)[0])]
    report, signature = text(), text()
    assert at == len(b) and signature == ""
    return answers, files, report


def home(folder, ring, to):
    book = base64.b64decode(json.loads(read(ring))["casebook"])
    derived = {name: hashlib.blake2b(
        b"meldluik/v1/casebook/" + name.encode(), key=book,
        digest_size=32).digest() for name in ("journal", "records",
                                              "casekeys")}
    table, records = tables(folder + "/casebook", "journal", "records")
    b = opened(derived["casekeys"], b"meldluik casekeys 2\0",
               read(folder, "casekeys"))
    keys = {b[i:i + 16]: b[i + 16:i + 48] for i in range(0, len(b), 48)}
    keys[bytes(16)] = derived["records"]
    events, head = journal(table, derived["journal"])
    texts = []
    for e in events:
        if "record" not in e:
            continue
        name = bytes.fromhex(e["record"])
        value = records.pop(name)
        plain = opened(keys[value[:16]], name + value[:16], value[16:])
        if e["e"] == "message":
            answers, files, report = message(plain)
            texts.append(answers["what"][0])
            assert e["sha256"] == "" or json.loads(report)["answers"] == {
                key: said for key, (said, _) in answers.items()}
            for n, (ident, secret) in enumerate(files):
                with open("%s/%d" % (to, n + 1), "wb") as f:
                    f.write(attachment(read(
                        folder, "attachments", ident.hex() + ".bin"), secret))
        elif e["e"] in ("note", "reply"):
            texts.append(plain.decode())
    assert records == {}
    return {"events": [e["e"] for e in events], "head": head.hex(),
            "texts": texts}


print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))
