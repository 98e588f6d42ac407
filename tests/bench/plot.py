# SPDX-License-Identifier: EUPL-1.2
"""Draws tests/out/bench.json: plot.py JSON SVG. A panel for each curve of
how cost grows (growth.sh), both axes logarithmic, and one with the figures
that are ratios, against the bar. Standard library only."""
import json
import math
import sys
from html import escape

WIDTH, HEIGHT, ACROSS = 330, 230, 3
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 34, 40
COLOURS = ("#17597a", "#b0561b", "#4d7a2f")
RATIOS = {  # figure that is a ratio: its bar, whether more is better
    "B1": (0.7, True, "intake / bare LMDB"),
    "B2": (0.9, True, "page / nginx"),
    "B3": (1.0, True, "upload / nginx"),
    "B7": (3.0, False, "import / bare opening"),
    "B8": (2.0, False, "bytes / those of 256 slots")}


def text(x, y, words, size=11, anchor="start", **more):
    rest = "".join(f' {k}="{v}"' for k, v in more.items())
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" '
            f'text-anchor="{anchor}"{rest}>{escape(str(words))}</text>')


def short(n):
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if n >= size:
            return f"{n / size:g}{unit}"
    return f"{n:g}"


class Axis:
    """Logarithmic, whole decades; zero has no place on it"""

    def __init__(self, values, begin, end):
        values = [v for v in values if v > 0] or [1]
        self.low = math.floor(math.log10(min(values)))
        self.high = max(math.ceil(math.log10(max(values))), self.low + 1)
        self.begin, self.end = begin, end

    def at(self, value):
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.begin + share * (self.end - self.begin)

    def marks(self):
        return [10 ** n for n in range(self.low, self.high + 1)]


def curve(title, c):
    """One panel; the second number of a row, and a third if it is a rival"""
    rows = [r for r in c["rows"] if r[0] > 0]
    series = [[(r[0], r[1]) for r in rows]]
    names = c.get("names", [])
    if len(names) > 1:
        series.append([(r[0], r[2]) for r in rows])
    x = Axis([p[0] for s in series for p in s], LEFT, WIDTH - RIGHT)
    y = Axis([p[1] for s in series for p in s], HEIGHT - BOTTOM, TOP)
    out = [text(LEFT, 18, title, 13, **{"font-weight": "600"})]
    for m in x.marks():
        out.append(f'<path d="M{x.at(m):.1f} {TOP}V{HEIGHT - BOTTOM}" '
                   'stroke="#ddd"/>')
        out.append(text(x.at(m), HEIGHT - BOTTOM + 14, short(m), 10,
                        "middle"))
    for m in y.marks():
        out.append(f'<path d="M{LEFT} {y.at(m):.1f}H{WIDTH - RIGHT}" '
                   'stroke="#ddd"/>')
        out.append(text(LEFT - 5, y.at(m) + 3, short(m), 10, "end"))
    out.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, c["x"], 10,
                    "middle"))
    out.append(text(12, (TOP + HEIGHT - BOTTOM) / 2, c["y"], 10, "middle",
                    transform=f"rotate(-90 12 {(TOP + HEIGHT - BOTTOM) / 2})"))
    for n, points in enumerate(series):
        path = " ".join(f"{x.at(a):.1f},{y.at(b):.1f}" for a, b in points
                        if b > 0)
        out.append(f'<polyline points="{path}" fill="none" stroke="'
                   f'{COLOURS[n]}" stroke-width="2"/>')
        for a, b in points:
            if b > 0:
                out.append(f'<circle cx="{x.at(a):.1f}" cy="{y.at(b):.1f}" '
                           f'r="3" fill="{COLOURS[n]}"/>')
        if names:
            out.append(text(LEFT + 6 + 110 * n, TOP + 12, names[n], 10,
                            fill=COLOURS[n]))
    return out


def ratios(results):
    """Figures as parts of their bar: right of the line is better"""
    out = [text(LEFT, 18, "Ratios, and their bar (line)", 13,
                **{"font-weight": "600"})]
    middle, y = WIDTH * 0.62, TOP + 14
    for name, (bar, more, what) in RATIOS.items():
        figure = results.get(name, {}).get("figure")
        if not isinstance(figure, (int, float)) or figure <= 0:
            continue
        share = figure / bar if more else bar / figure
        end = middle + max(-1, min(1, math.log2(share))) * WIDTH * 0.3
        out.append(f'<rect x="{min(middle, end):.1f}" y="{y - 9}" width="'
                   f'{abs(end - middle):.1f}" height="12" fill="'
                   f'{COLOURS[0] if share >= 1 else COLOURS[1]}"/>')
        out.append(text(8, y - 12, f"{name} {what}: {figure:g}, bar {bar:g}",
                        10))
        y += 38
    out.append(f'<path d="M{middle} {TOP}V{HEIGHT - BOTTOM}" '
               'stroke="#444" stroke-width="1.5"/>')
    out.append(text(middle, HEIGHT - 8, "half the bar … twice the bar", 10,
                    "middle"))
    return out


def panels(results):
    yield ratios(results)
    found = dict(results.get("growth", {}).get("curves", {}))
    if "clients" in found:
        found["clients"]["names"] = ["store", "bare LMDB"]
    fold = results.get("B7", {}).get("fold")
    if fold:
        found["events"] = {"x": "events in the journal",
                           "y": "seconds to fold it",
                           "rows": [[r["events"], r["wall"]] for r in fold]}
    board = results.get("B8", {}).get("rows")
    if board:
        desks = results["B8"]["desks"]
        found["checking back"] = {
            "x": "live replies there is room for", "y": "bytes over the wire",
            "rows": [[r[0] * desks, r[1]] for r in board]}
    for name, c in found.items():
        yield curve(name.capitalize(), c)


def main(source, target):
    with open(source) as f:
        results = {row["bench"]: row["result"] or {}
                   for row in json.load(f)["benches"]}
    drawn = list(panels(results))
    tall = HEIGHT * -(-len(drawn) // ACROSS)
    with open(target, "w") as f:
        f.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="'
                f'{WIDTH * ACROSS}" height="{tall}" font-family='
                f'"sans-serif"><rect width="100%" height="100%" '
                f'fill="#fff"/>\n')
        for n, panel in enumerate(drawn):
            f.write(f'<g transform="translate({n % ACROSS * WIDTH} '
                    f'{n // ACROSS * HEIGHT})">' + "\n".join(panel) +
                    "</g>\n")
        f.write("</svg>\n")
    print("drawn in %s: %d panels" % (target, len(drawn)))


if __name__ == "__main__":
    main(*sys.argv[1:])
