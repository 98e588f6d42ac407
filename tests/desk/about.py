# SPDX-License-Identifier: EUPL-1.2
"""Whom a report is about, on the triage page; see 22-about.sh.
about.py BIN HOME PASSFILE DAY CASE"""
import re
import sys

from uihttp import Ui

BIN, HOME, PASS, DAY, REF = sys.argv[1:]
TRIAGE = "/nl/case/%s/triage" % REF
ui = Ui(BIN, HOME, PASS, DAY)


def people():
    """The name of each box, and whether it is ticked"""
    page = ui.ask("GET", TRIAGE)[2]
    return {who: (name, bool(on)) for name, on, who in re.findall(
        r'name="(about_\d+)" value="1"( checked)?><span>([^<]*)<', page)}


def name(*who):
    form = {people()[w][0]: "1" for w in who}
    return ui.post(TRIAGE, do="keep", coi="no", **form)


def ticked():
    return sorted(w for w, (_, on) in people().items() if on)


try:
    ui.want("not nine people", len(people()) == 9)
    page = name("persoon-2", "persoon-9")
    ui.want("not kept", 'class="notice red"' not in page)
    ui.want("ticked: %s" % ticked(), ticked() == ["persoon-2", "persoon-9"])
    page = name(*people())
    ui.want("nine are not refused", "Zoveel personen" in page)
    ui.want("after it: %s" % ticked(),
            ticked() == ["persoon-2", "persoon-9"])
finally:
    ui.end()
