# SPDX-License-Identifier: EUPL-1.2
"""Reads Prometheus text format 0.0.4 strictly: what promtool check metrics
refuses, and more (https://prometheus.io/docs/instrumenting/exposition_formats).
"""
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(
    rf"({NAME})(\{{{LABEL}(?:,{LABEL})*\}})? (-?[0-9]+(?:\.[0-9]+)?)$")


def parse(data):
    """{name or name{labels}: value}; ValueError names the line"""
    text = data.decode("ascii")
    if not text.endswith("\n"):
        raise ValueError("the last line does not end")
    found, told, family = {}, {}, None
    for line in text[:-1].split("\n"):
        word = line.split(" ", 3)
        if line.startswith("#"):
            if len(word) < 4 or word[0] != "#" or not re.fullmatch(
                    NAME, word[2]):
                raise ValueError(line)
            if word[1] == "HELP":
                if word[2] in told or not word[3].strip():
                    raise ValueError("twice, or empty: " + line)
                told[word[2]], family = None, word[2]
            elif word[1] == "TYPE":
                if family != word[2] or told[family] is not None or \
                        word[3] not in ("gauge", "counter", "untyped"):
                    raise ValueError("not behind its HELP: " + line)
                told[family] = 0
            else:
                raise ValueError(line)
            continue
        m = SAMPLE.match(line)
        if not m:
            raise ValueError("no sample: " + line)
        if m.group(1) != family or told[family] is None:
            raise ValueError("out of its family: " + line)
        key = m.group(1) + (m.group(2) or "")
        if key in found:
            raise ValueError("twice: " + line)
        if family.endswith("_total"):
            raise ValueError("named as a counter: " + line)
        told[family] += 1
        found[key] = float(m.group(3))
    empty = [n for n, c in told.items() if not c]
    if empty:
        raise ValueError("without samples: " + " ".join(empty))
    return found
