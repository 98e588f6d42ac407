# SPDX-License-Identifier: EUPL-1.2
"""Vectors of strict JSON"""
from .folder import Folder


def make_json():
    out = Folder("json")

    def doc(middle):
        if isinstance(middle, str):
            middle = middle.encode()
        return b'{"type":"test","version":1,"a":' + middle + b'}'

    ok = {
        "ok-minimal": b'{"type":"test","version":1}',
        "ok-one-lf": b'{"type":"test","version":1}\n',
        "ok-x-key": b'{"type":"test","version":1,"x_note":[1,"a"]}',
        "ok-utf8": doc('"\u00e9\u4e2d\U0001f4a9"'),
        "ok-escapes": doc(r'"\u00e9\n\t\"\\\/\ud83d\udca9\u0001"'),
        "ok-int-greatest": doc("9007199254740991"),
        "ok-int-zero": doc("0"),
        "ok-minus-in-text": doc('"-1 [[[[[[[[[[ \\"-"'),
        "ok-depth-8": doc("[" * 7 + "]" * 7),
        "ok-inner-space": b'{ "type" : "test",\t"version" :\r\n1 }',
        "ok-true-false-null": doc("[true,false,null]"),
    }
    for name, data in ok.items():
        out.add(name + ".json", data, "OK")
    bad = {
        "empty": b"",
        "only-lf": b"\n",
        "space-before": b' {"type":"test","version":1}',
        "space-after": b'{"type":"test","version":1} ',
        "two-lf": b'{"type":"test","version":1}\n\n',
        "crlf": b'{"type":"test","version":1}\r\n',
        "byte-order-mark": b'\xef\xbb\xbf{"type":"test","version":1}',
        "utf16": '{"type":"test","version":1}'.encode("utf-16-le"),
        "array": b'["type","test"]',
        "text": b'"type"',
        "number": b"1",
        "second-object": b'{"type":"test","version":1}{}',
        "trailing-bracket": b'{"type":"test","version":1}}',
        "trailing-nul": b'{"type":"test","version":1}\0',
        "duplicate-key": doc('1,"a":2'),
        "duplicate-key-same-value": doc('1,"a":1'),
        "duplicate-key-escaped": doc(r'1,"\u0061":2'),
        "duplicate-key-deep": doc('{"b":1,"b":1}'),
        "duplicate-type": b'{"type":"test","version":1,"type":"test"}',
        "nul-raw": doc(b'"a\0b"'),
        "nul-escaped": doc(r'"a\u0000b"'),
        "nul-in-key": doc(r'{"b\u0000":1}'),
        "control-raw": doc(b'"a\x01b"'),
        "lf-raw-in-text": doc(b'"a\nb"'),
        "utf8-overlong": doc(b'"\xc0\x80"'),
        "utf8-overlong-three": doc(b'"\xe0\x80\xaf"'),
        "utf8-surrogate": doc(b'"\xed\xa0\x80"'),
        "utf8-above-10ffff": doc(b'"\xf4\x90\x80\x80"'),
        "utf8-cut": doc(b'"\xe2\x82"'),
        "utf8-continuation": doc(b'"\x80"'),
        "latin1": doc(b'"\xe9"'),
        "escape-surrogate-high": doc(r'"\ud83d"'),
        "escape-surrogate-low": doc(r'"\udca9"'),
        "escape-unknown": doc(r'"\x41"'),
        "escape-short": doc(r'"\u41"'),
        "real": doc("1.5"),
        "real-whole": doc("1.0"),
        "real-exponent": doc("1e3"),
        "real-deep": doc('[[{"b":0.1}]]'),
        "negative": doc("-1"),
        "minus-zero": doc("-0"),
        "int-too-great": doc("9007199254740992"),
        "int-over-64-bits": doc("18446744073709551616"),
        "int-leading-zero": doc("01"),
        "int-plus": doc("+1"),
        "int-hex": doc("0x10"),
        "nan": doc("NaN"),
        "infinity": doc("Infinity"),
        "word-true": doc("True"),
        "comment": doc("1/* */"),
        "trailing-comma": doc("[1,]"),
        "single-quotes": doc("'a'"),
        "bare-key": doc("{b:1}"),
        "no-value": doc(""),
        "unclosed-object": b'{"type":"test","version":1',
        "unclosed-text": b'{"type":"test","version":1,"a":"}',
        "unknown-key": b'{"type":"test","version":1,"c":1}',
        "unknown-key-case": b'{"type":"test","version":1,"A":1}',
        "unknown-key-x": b'{"type":"test","version":1,"x":1}',
        "unknown-key-empty": b'{"type":"test","version":1,"":1}',
        "type-missing": b'{"version":1}',
        "type-number": b'{"type":1,"version":1}',
        "version-missing": b'{"type":"test"}',
        "version-text": b'{"type":"test","version":"1"}',
        "version-null": b'{"type":"test","version":null}',
    }
    for name, data in bad.items():
        out.add(name + ".json", data, "ERR_FORMAT")
    other = {
        "type-other": (b'{"type":"tests","version":1}', "ERR_VERSION"),
        "version-2": (b'{"type":"test","version":2}', "ERR_VERSION"),
        "version-0": (b'{"type":"test","version":0}', "ERR_VERSION"),
        "depth-9": (doc("[" * 8 + "]" * 8), "ERR_LIMIT"),
        "depth-9-objects": (doc('{"b":' * 8 + "1" + "}" * 8),
                            "ERR_LIMIT"),
        "depth-1500": (doc("[" * 1500 + "]" * 1500), "ERR_LIMIT"),
        "over-limit": (doc('"' + "a" * 4096 + '"'), "ERR_LIMIT"),
    }
    for name, (data, code) in other.items():
        out.add(name + ".json", data, code)
    out.close()
