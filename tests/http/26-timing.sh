#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: how long the page of replies takes without scripts does not tell a
# code with replies from a wrong, a mistyped and no code at all: Welch's t
# between them stays under 4.5, over all times and over the quickest nine in
# ten (as dudect does), the kinds in random turn, several readers at a time. It
# says from what difference on it would have told them apart; over 20 ms (a
# tenth of what an answer is held for) this day is too noisy, and the test
# weaker. As a control the same is done with answers whose reader stops its
# clock three times that later: these must be told. The same of the page that
# shows the replies again below a follow-up that was not taken, right against
# wrong. N requests a kind, READERS at a time: 200 and 8; with --full 34,000,
# which is 10^5 of right, wrong and no code, and 24 (half an hour: answers
# leave at fixed times), and 5 ms must be seen; of follow-ups a tenth of that,
# of the control a quarter of the short form's number.
. "$(dirname "$0")/lib.sh"
[ -x "$BIN/codetool" ] || skip "codetool is not built"
N=${N:-${FULL:+34000}}
READERS=${READERS:-${FULL:+24}}
raw() { printf '01%s' "$(head -c 14 /dev/urandom | od -An -tx1 | tr -d ' \n')"; }
code() { "$BIN/codetool" "$1" 00000000000000000000000000000000 | head -1; }
right=$(code "$(raw)")
wrong=$(code "$(raw)")
gw_new
gw_start
gw_install --weeks 1 --desks 1 --code "$right" \
	--reply "Wij hebben uw melding en onderzoeken haar." \
	--reply "Weet u de maand nog?"
python3 - "$PORT" "$right" "$wrong" "${N:-200}" \
	"${READERS:-8}" <<'PY' || fail "timing"
import itertools
import math
import random
import re
import sys
import threading
import time
import urllib.parse
import gw
from pages import Browser, multipart
port, right, wrong = int(sys.argv[1]), *sys.argv[2:4]
n, at_a_time = map(int, sys.argv[4:6])
b = Browser(port).get("replies")
form = re.search(r'name="form" value="([0-9a-f]+)"', b.text)
BAR = 20 if n < 10000 else 5  # ms that must be seen
LATE = 3 * BAR
typo = right[:-1] + ("0" if right[-1] != "0" else "1")
kinds = {"right": right, "wrong": wrong, "mistyped": typo, "empty": ""}
head = {"Content-Type": "application/x-www-form-urlencoded"}

def replies(ask, code):
    fields = {"code": code}
    if form:
        fields["form"] = form.group(1)
    return ask.ask("POST", "/nl/replies", head,
                   urllib.parse.urlencode(fields).encode())


def follow_up(ask, code):
    """One without text: the replies stand below what is wrong with it"""
    boundary, body = multipart({"form": "0" * 32, "code": code, "last": "",
                                "what": ""}, [])
    return ask.ask("POST", "/nl/follow-up", {
        "Content-Type": f"multipart/form-data; boundary={boundary}"}, body)


def once(way, ask, kind):
    began = time.perf_counter_ns()
    a = way(ask, kinds.get(kind, wrong))
    if kind == "late":
        time.sleep(LATE / 1000)
    took = time.perf_counter_ns() - began
    assert a.status == 200 and len(a.body) == 98304, (a.status, len(a.body))
    return took


def reader(way, order, times):
    ask = gw.Client(port, timeout=60)
    for _ in range(3):
        once(way, ask, "right")
    while True:
        try:
            kind = order.pop()
        except IndexError:
            return
        times[kind].append(once(way, ask, kind))


def welch(x, y):
    """Their t, the difference in us, and in ms the least that is told"""
    m, k = sum(x) / len(x), sum(y) / len(y)
    v = sum((a - m) ** 2 for a in x) / (len(x) - 1)
    w = sum((a - k) ** 2 for a in y) / (len(y) - 1)
    error = math.sqrt(v / len(x) + w / len(y))
    return (m - k) / error, (m - k) / 1000, 4.5 * error / 1e6


def quick(x, top):
    return [a for a in x if a <= top]


def measure(way, names, n):
    """Tells every two of ${names} apart, or does not: how many it did, and
    from how many ms on it would have told any"""
    times = {k: [] for k in names}
    order = list(names) * n
    random.shuffle(order)
    readers = [threading.Thread(target=reader, args=(way, order, times))
               for _ in range(at_a_time)]
    for r in readers:
        r.start()
    for r in readers:
        r.join()
    assert all(len(x) == n for x in times.values()), "a reader failed"
    pool = sorted(itertools.chain(*times.values()))
    top = pool[len(pool) * 9 // 10]
    bad, worst, seen = 0, 0.0, 0.0
    for x, y in itertools.combinations(names, 2):
        t, d, all_seen = welch(times[x], times[y])
        u, c, quick_seen = welch(quick(times[x], top), quick(times[y], top))
        seen = max(seen, min(all_seen, quick_seen))
        worst = max(worst, abs(t), abs(u))
        bad += abs(t) >= 4.5 or abs(u) >= 4.5
        print(f"{x} and {y}: t {t:.2f} ({d:.1f} us), of the quickest {u:.2f} "
              f"({c:.1f} us)")
    print(f"{way.__name__}: {n} of each kind, median "
          f"{pool[len(pool) // 2] / 1e6:.2f} ms: largest |t| {worst:.2f}; a "
          f"difference of {seen:.2f} ms would have been told")
    return bad, seen


bad, first = measure(replies, list(kinds), n)
more, second = measure(follow_up, ["right", "wrong"], min(n, 3400))
told, control = measure(replies, ["wrong", "late"], max(50, min(n, 200) // 4))
assert told or control > LATE / 2, "late answers are not told"
assert n < 10000 or first < BAR, "too noisy for what is promised"
noise = max(first, second)
if not told or noise > BAR and n < 10000:
    print(f"weaker: too noisy, only {max(noise, control):.0f} ms would be seen")
sys.exit(bad + more > 0)
PY
echo "the time of a page of replies does not tell codes apart"
