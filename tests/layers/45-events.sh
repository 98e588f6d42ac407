#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: keys/DESK.md lists every event that a reader of the journal knows, no
# other one, and with each every field that is written to it or read from it.
# A field and an event that are planted are missed.
set -u
cd "$(dirname "$0")/../../keys" || exit 2
exec python3 - <<'PY'
import glob
import re
import sys

CALL = r"\b([a-z_0-9]+)\(((?:[^()]|\([^()]*\))*)\)"
READ = (r"\b(?:json_[a-z]+_field|json_object_get|event_(?:field|take)_[a-z]+|"
        r'word_or_none|day_or_none)\(\s*\w+,\s*"(\w+)"')
WRITE = (r"\b(?:json_object_set(?:_new)?|event_hex|event_day)"
         r'\(\s*\w+,\s*"(\w+)"')
NEW = r"\b((?:event_new|[a-z]+_event))\(([^;]*);"


def functions(text):
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return dict(re.findall(r"^(\w+)\([^;{]*\)\n\{\n(.*?)^\}", text,
                           re.M | re.S))


def reads(body, known, seen):
    """Fields that ${body} takes from the event o, with what it gives o to"""
    out = set(re.findall(READ, body))
    for name, given in re.findall(CALL, body):
        if name in known and name not in seen and re.search(
                r"(?:^|,)\s*o\s*(?:,|$)", given):
            seen.add(name)
            out |= reads(known[name], known, seen)
    return out


def writes(known, events):
    """(event, field) that a function sets, from where it makes the event
    until it makes another; what a maker of many sets is of each"""
    for body in known.values():
        starts = list(re.finditer(NEW, body)) + [None]
        for at, after in zip(starts, starts[1:]):
            names = set(re.findall(r'"(\w+)"', at[2])) & events
            part = body[at.start():after.start() if after else None]
            fields = set(re.findall(WRITE, part))
            for name, given in re.findall(CALL, part):
                if re.search(r"(?:^|,)\s*(?:o|event)\s*(?:,|$)", given):
                    fields |= set(re.findall(WRITE, known.get(name, "")))
            if at[1] != "event_new":
                fields |= set(re.findall(WRITE, known[at[1]]))
                fields |= {"case", "person"}
            for name in names:
                yield from ((name, f) for f in fields)


def listed(text):
    """event -> words of its entry"""
    part = text.split("\n## Events of the journal\n")[1].split("\n## ")[0]
    out = {}
    for entry in part.split("\n- ")[1:]:
        words = re.findall(r"`(\w+)`", entry)
        if words[0] in out:
            sys.exit(f"{words[0]} stands there twice")
        out[words[0]] = set(words[1:])
    return out


def lacking(entries, known, rules):
    wanted = {name: reads(known[on], known, {on}) for name, on in rules}
    n = 0
    for name, field in writes(known, set(wanted)):
        wanted[name].add(field)
    for name, fields in wanted.items():
        n += len(fields)
        yield from [f"event {name}"] if name not in entries else (
            f"`{f}` of event {name}"
            for f in sorted(fields - entries[name] - {"day"}))
    yield from (f"who reads event {name}" for name in set(entries) -
                set(wanted))
    if len(wanted) < 50 or n < 150:
        sys.exit(f"only {len(wanted)} events with {n} fields found")


known = {}
for path in glob.glob("decryptor/*.c"):
    known.update(functions(open(path, encoding="utf-8").read()))
rules = re.findall(r'\{"(\w+)", (on_\w+)\}',
                   open("decryptor/events.c", encoding="utf-8").read())
entries = listed(open("DESK.md", encoding="utf-8").read())
bad = list(lacking(entries, known, rules))
print(*bad, sep=" is not in keys/DESK.md\n", end=" is not in keys/DESK.md\n"
      if bad else "")
if bad:
    sys.exit(1)
planted = dict(known)
planted["on_planted"] = 'e = event_field_day(o, "planted", &day);'
planted["planted"] = ('o = act_event(d, "hold", k);\n'
                      'event_hex(o, "sown", id, sizeof id);')
missed = set(lacking(entries | {"planted": set()}, planted, rules + [
    ("planted", "on_planted"), ("grown", "on_planted")]))
if missed != {"`planted` of event planted", "`sown` of event hold",
              "event grown"}:
    sys.exit(f"what was planted: {missed}")
print(len(rules), "events stand in keys/DESK.md with their fields")
PY
