# SPDX-License-Identifier: EUPL-1.2
"""Vectors of the code"""
import hashlib

from .folder import Folder

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def code_text(raw, check=None):
    h = hashlib.sha256(b"meldluik/v1/code-check" + raw).digest()
    n = int.from_bytes(raw, "big") << 20
    n |= int.from_bytes(h[:3], "big") >> 4
    text = "".join(LETTERS[n >> 5 * i & 31] for i in range(27, -1, -1))
    return "-".join(text[i:i + 4] for i in range(0, 28, 4))


def make_code():
    out = Folder("code")
    raw = bytes([5]) + bytes(range(0x10, 0xf0, 0x10))
    good = code_text(raw)
    plain = good.replace("-", "")
    out.add("ok.txt", good, "OK", raw.hex())
    out.add("ok-lower.txt", good.lower(), "OK", raw.hex())
    out.add("ok-no-hyphens.txt", plain, "OK", raw.hex())
    out.add("ok-spaces.txt", "  " + " ".join(plain) + " ", "OK", raw.hex())
    out.add("ok-lines.txt", plain[:9] + "\r\n" + plain[9:] + "\n", "OK",
            raw.hex())
    # 0 and 1 as people write them
    raw0 = bytes([1]) + bytes(7) + bytes.fromhex("08421084210842")
    text0 = code_text(raw0)
    out.add("ok-zero-one.txt", text0, "OK", raw0.hex())
    out.add("ok-letter-o.txt", text0.replace("0", "O"), "OK", raw0.hex())
    out.add("ok-small-o.txt", text0.replace("0", "o"), "OK", raw0.hex())
    out.add("ok-letter-i.txt", text0.replace("1", "I"), "OK", raw0.hex())
    out.add("ok-letter-l.txt", text0.replace("1", "l"), "OK", raw0.hex())
    out.add("ok-desk-63.txt", code_text(bytes([63]) + bytes(14)), "OK",
            (bytes([63]) + bytes(14)).hex())
    bad = {
        "empty": "",
        "only-hyphens": "----",
        "one-short": plain[:-1],
        "one-long": plain + "0",
        "letter-u": plain[:10] + "U" + plain[11:],
        "letter-u-small": plain[:10] + "u" + plain[11:],
        "dot": plain[:10] + "." + plain[11:],
        "tab": plain[:10] + "\t" + plain[10:],
        "nul": plain[:10] + "\0" + plain[11:],
        "nul-after": plain + "\0",
        "utf8": plain[:10] + "\u0410" + plain[11:],
        "no-break-space": plain[:10] + "\u00a0" + plain[10:],
        "over-256-bytes": " " * 230 + plain,
        "desk-0": code_text(bytes(1) + raw[1:]),
    }
    for name, data in bad.items():
        out.add(name + ".txt", data, "ERR_FORMAT")
    wrong = plain[:-1] + ("0" if plain[-1] != "0" else "1")
    out.add("check-wrong.txt", wrong, "ERR_CRYPT")
    out.add("typo.txt", plain[:7] + ("2" if plain[7] != "2" else "3") +
            plain[8:], "ERR_CRYPT")
    swapped = next(plain[:i] + plain[i + 1] + plain[i] + plain[i + 2:]
                   for i in range(5, 20) if plain[i] != plain[i + 1])
    out.add("swap.txt", swapped, "ERR_CRYPT")
    out.add("typo-in-version.txt", "Z" + plain[1:], "ERR_CRYPT")
    for v in (1, 2, 3):
        out.add(f"version-{v}.txt", code_text(bytes([v << 6 | 5]) +
                raw[1:]), "ERR_VERSION")
    out.close()
