# SPDX-License-Identifier: EUPL-1.2
"""What the desk shows of the reports in WANT (questions.mjs): question and
answer as they were asked, by the command line and on the page in Dutch and in
English: questions_desk.py DECRYPTOR HOME PASSFILE WANT"""
import datetime
import html
import json
import re
import subprocess
import sys

from uihttp import Ui

program, home, passfile, want = sys.argv[1:]
want = {w["text"]: w for w in json.load(open(want))}
FORM = {"nl": {"what": "Wat is er gebeurd?", "ongoing": "Gaat het nog door?"},
        "en": {"what": "What happened?", "ongoing": "Is it still going on?"}}
YES = {"nl": "Ja", "en": "Yes"}
NOTE = {"nl": "(zo vroeg de meldpagina het)",
        "en": "(as the reporting page asked it)"}


def desk(*args):
    return subprocess.run(
        [program, "--home", home, "--passphrase-file", passfile, *args],
        check=True, stdout=subprocess.PIPE, text=True).stdout


def rows(text):
    """Question, note and answer, in the order of the page"""
    return [tuple(html.unescape(part or "") for part in m) for m in re.findall(
        r"<h[34]><bdi>(.*?)</bdi>(?: <small[^>]*>(.*?)</small>)?</h[34]>"
        r'<p class="typed">(.*?)</p>', text, re.S)]


def expected(w, lang):
    if len(w["answers"]) == 1:
        return []  # the text alone stands without a question
    return [(w["questions"][k], NOTE[lang], a) if k in w["questions"] else
            (FORM[lang][k], "", YES[lang] if k == "ongoing" else a)
            for k, a in w["answers"].items()]


# the command line first: one program at a time has the desk
asked_of = {}
for case in json.loads(desk("--json", "list"))["cases"]:
    ref = case["ref"]
    got = json.loads(desk("--json", "show", ref))["in"][0]
    w = asked_of[ref] = want.pop(got["answers"]["what"])
    for key, theirs in (("answers", "answers"), ("relation", "relation"),
                        ("questions", "questions_of_the_page")):
        if got[theirs] != w[key]:
            sys.exit(f"{ref}: {key}: {got[theirs]}")
    if list(got["answers"]) != list(w["answers"]):
        sys.exit(f"{ref}: the order is {list(got['answers'])}")
    words = desk("show", ref)
    for k, asked in w["questions"].items():
        if f"its words, not signed): {asked}\n" not in words or \
                w["answers"][k].splitlines()[0] not in words:
            sys.exit(f"{ref}: {k} is not in what is printed:\n{words}")
if want:
    sys.exit(f"not at the desk: {list(want)}")
page = Ui(program, home, passfile, str(datetime.date.today()))
shown = 0
for ref, w in asked_of.items():
    for lang in ("nl", "en"):
        for what in ("", "/triage"):
            text = page.ask("GET", f"/{lang}/case/{ref}{what}")[2]
            if rows(text) != expected(w, lang):
                page.fail(f"{lang} {ref}{what}: {rows(text)}")
            page.want("the text", html.escape(w["text"], quote=False) in text)
            shown += 1
page.end()
print(f"{shown} pages of the desk and its command line show question and "
      "answer as asked")
