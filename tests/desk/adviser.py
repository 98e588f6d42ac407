# SPDX-License-Identifier: EUPL-1.2
"""The adviser's book on the page, then the coordinator's side of it.
adviser.py BIN HIS_HOME HER_HOME PASSFILE DAY STICK [damaged]"""
import re
import sys

from uihttp import Ui

BIN, HIS, HER, PASS, DAY, STICK = sys.argv[1:7]
AT = "/nl/adviser"
ui = Ui(BIN, HIS, PASS, DAY, STICK)


def put(what, **form):
    return ui.post(AT, year="2026", do=what, **form)


def refused(text, page):
    ui.want("not refused: " + text, 'class="notice red"' in page and
            text in page)


def kept(what, text, page):
    ui.want("%s: no '%s'" % (what, text), 'class="notice green"' in page and
            text in page)


if sys.argv[7:]:
    book = ui.ask("GET", AT + "?year=2026")[2]
    ui.want("what lacks", "worden gelezen (1 beschadigd)" in book)
    ui.want("the rest", "V-2026-01" in book and "Onrust" not in book)
    ui.end()
    sys.exit()
try:
    ui.want("from the report", 'href="/nl/adviser"' in
            ui.ask("GET", "/nl/report")[2])
    ui.want("empty", "Geen zaak in dit jaar" in ui.ask("GET", AT)[2])
    kept("case", "V-2026-01", put("case", r_leidinggevende="1",
                                  k_andere="1", talk="3"))
    kept("second", "V-2026-02", put("case", r_collega="1", r_externe="1",
                                    k_lekken="1", k_pesten="1", talk="2",
                                    track="4"))
    page = put("case", which="V-2026-01", talk="5", led="1")
    kept("changed", "V-2026-01", page)
    for text in ("collega, externe", "leidinggevende", "<td>5</td>",
                 "<td>Ja</td>"):
        ui.want("list: " + text, text in page)
    refused("waar de zaak over gaat", put("case", talk="1"))
    refused("zaak staat niet bij dat jaar",
            put("case", which="V-2026-09", talk="1"))
    refused("hours_talk", put("case", which="V-2026-01", talk="veel"))
    kept("hours", "6 uur", put("hours", activity="onboarding", hours="6"))
    page = put("hours", activity="overleg_verslag", hours="140")
    slip = re.search(r', 140<form.*?name="row" value="(\w+)"', page,
                     re.S)
    kept("undo", "telt niet meer mee", put("undo", row=slip.group(1)))
    ui.want("140 is still there", ", 140<" not in ui.ask("GET", AT)[2])
    refused("regel is er niet", put("undo", row=slip.group(1)))
    ui.want("led, by a wrong tick", "<td>Ja</td>" not in
            put("case", which="V-2026-01", led="0"))
    put("case", which="V-2026-01", led="1")
    refused("activity", put("hours", activity="onzin", hours="1"))
    refused("hours", put("hours", activity="onboarding", hours="-1"))
    kept("signal", "Onrust &lt;b&gt;", put("signal", text="Onrust <b>hier"))
    refused("te lang", put("signal", text="x" * 8193))
    refused("leeg", put("signal", text=""))
    refused("", put("export", place="/etc"))
    kept("export", "vertrouwenspersoon-vp1-2026-1.txt",
         put("export", place=STICK))
    ui.want("other year", "Geen zaak" in ui.ask("GET", AT + "?year=2025")[2])
    ui.want("English", "led to a report" in
            ui.ask("GET", "/en/adviser")[2].lower())
finally:
    ui.end()
name = STICK + "/vertrouwenspersoon-vp1-2026-1.txt"
forged = open(name).read().replace('"adviser.cases":2', '"adviser.cases":9')
open(STICK + "/forged.txt", "w").write(forged)
ui = Ui(BIN, HER, PASS, DAY, STICK)
try:
    refused("niet te lezen", put("take", file=STICK + "/none.txt"))
    refused("niet te lezen", put("take", file="/etc/passwd"))
    refused("veranderd", put("take", file=STICK + "/forged.txt"))
    page = put("take", file=name)
    kept("taken", "vp1 (2026)", page)
    ui.want("his signal", "Onrust &lt;b&gt;hier" in page)
    refused("eigen dossier", put("case", k_pesten="1"))
    for form in "html", "csv", "md", "json":
        kept("report", "jaarverslag-2026." + form, ui.post(
            "/nl/report", year="2026", format=form, place=STICK))
    page = ui.ask("GET", "/nl/report?year=2026")[2]
    ui.want("sections on the page", "Vooraf &lt;b&gt;" in page and
            "Dit jaar &lt;i&gt;" in page and "Lezing" in page)
finally:
    ui.end()
