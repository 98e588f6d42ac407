#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: what the gateway can write to its log stands in packaging/OPERATING.md
# with what to do, and no line that it cannot write. A line that is planted on
# either side is seen.
set -u
cd "$(dirname "$0")/../.." || exit 2
exec python3 - <<'PY'
import re
import sys


def lines(text):
    return re.findall(r"\[EVENT_\w+\] = \{(\"[^}]*?\"),\s*[01]\}", text)


def differ(events, table):
    """Lines that the table lacks, words in it that begin no line"""
    said = {w for row in table for w in re.findall(r"`([^`]+)`",
                                                   row.split("|")[1])}
    yield from (f"not in the table: {e}" for e in events
                if not any(e.startswith(w) for w in said))
    yield from (f"no such line: {w}" for w in said
                if not any(e.startswith(w) for e in events) and w != "dmesg")


events = ["".join(re.findall(r'"([^"]*)"', e)) for e in lines(
    open("gateway/process/events.c", encoding="utf-8").read())]
page = open("packaging/OPERATING.md", encoding="utf-8").read()
table = page.split("| line | do |\n|---|---|\n")[1].split("\n\n")[0]
table = table.split("\n")
bad = list(differ(events, table))
print(*bad, sep="\n", end="\n" if bad else "")
if bad or len(events) < 25:
    sys.exit(1)
planted = list(differ(events + ["a new one"], table + ["| `an old one` | - |"]))
if planted != ["not in the table: a new one", "no such line: an old one"]:
    sys.exit(f"planted: {planted}")
print(len(events), "lines of the log, each with what to do")
PY
