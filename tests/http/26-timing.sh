#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: how long the page of replies takes without scripts does not tell a
# code with replies from a wrong, a mistyped and no code at all: Welch's t
# between them stays under 4.5, over all times and over the quickest nine in
# ten (as dudect does), the kinds in random turn, several readers at a time. It
# says from what difference on it would have told them apart, and a control
# that is twice as late is told. The same of the page that shows the replies
# again below a follow-up that was not taken, right against wrong. N requests a
# kind, READERS at a time: 200 and 8; with --full 34,000, which is 10^5 of
# right, wrong and no code, and 24 (half an hour: answers leave at fixed
# times), and a fortieth of the time is seen; of follow-ups a tenth of that.
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


def once(way, ask, code):
    began = time.perf_counter_ns()
    a = way(ask, code)
    took = time.perf_counter_ns() - began
    assert a.status == 200 and len(a.body) == 98304, (a.status, len(a.body))
    return took


def reader(way, order, times):
    ask = gw.Client(port, timeout=60)
    for _ in range(3):
        once(way, ask, right)
    while True:
        try:
            kind = order.pop()
        except IndexError:
            return
        times[kind].append(once(way, ask, kinds[kind]))


def welch(x, y):
    m, k = sum(x) / len(x), sum(y) / len(y)
    v = sum((a - m) ** 2 for a in x) / (len(x) - 1)
    w = sum((a - k) ** 2 for a in y) / (len(y) - 1)
    return (m - k) / math.sqrt(v / len(x) + w / len(y)), (m - k) / 1000


def quick(x, top):
    return [a for a in x if a <= top]


def measure(way, names, n):
    """Tells every two of ${names} apart, or does not: how many it did"""
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
    bad, worst = 0, 0.0
    for x, y in itertools.combinations(names, 2):
        t, d = welch(times[x], times[y])
        u, c = welch(quick(times[x], top), quick(times[y], top))
        worst = max(worst, abs(t), abs(u))
        bad += abs(t) >= 4.5 or abs(u) >= 4.5
        print(f"{x} and {y}: t {t:.2f} ({d:.1f} us), of the quickest {u:.2f} "
              f"({c:.1f} us)")
    # What the noise of this day leaves to be seen; on a busy machine less
    t, d = welch(quick(times["wrong"], top), quick(times["right"], top))
    seen = abs(d / t) * 4.5 * 1000
    late = [int(a + 2 * seen) for a in times["wrong"]]
    assert welch(quick(late, top + 2 * seen), quick(times["right"], top))[0] \
        > 4.5, "the test sees nothing"
    print(f"{way.__name__}: {n} of each kind, median "
          f"{pool[len(pool) // 2] / 1e6:.2f} ms: largest |t| {worst:.2f}; a "
          f"difference of {seen / 1e6:.2f} ms would have been told")
    assert n < 10000 or seen < 5e6, "too noisy for what is promised"
    return bad


bad = measure(replies, list(kinds), n)
bad += measure(follow_up, ["right", "wrong"], min(n, 3400))
sys.exit(bad > 0)
PY
echo "the time of a page of replies does not tell codes apart"
