#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Makes tests/vectors/organisation: one organisation.json per rule, and
expect.txt with what the gateway must say of it ("OK", or a part of the
complaint). Run in tests/vectors."""
import json
import os

os.makedirs("organisation", exist_ok=True)
expect = {}


def case(name, says, data):
    text = data if isinstance(data, bytes) else json.dumps(
        data, ensure_ascii=False, separators=(",", ":")).encode()
    with open(f"organisation/{name}.json", "wb") as f:
        f.write(text + b"\n")
    expect[name] = says


def top(**more):
    return {"type": "meldluik-organisation", "version": 1, **more}


def choice(**more):
    return {"id": "q_area", "kind": "choice", "ask": "Which?",
            "options": ["One", "Two"], **more}


def text(**more):
    return {"id": "q_more", "kind": "text", "ask": "What?", **more}


def asked(*questions):
    return top(questions=list(questions))


case("ok-empty", "OK", top())
case("ok-all", "OK", top(
    name={"nl": "Gemeente", "en": "Municipality"}, contact="de coördinator",
    phone="000 000", post="Postbus 0", adviser={"ar": "مستشار"}, dpo="fg",
    exit="https://www.example.nl/", x_note="kept for later",
    colour={"light": "#0c4a56", "dark": "#9ed6d8"},
    questions=[choice(on=["report", "advice"]),
               text(hint={"nl": "hint"},
                    shown_if={"question": "q_area", "option": 2}),
               {"id": "q_day", "kind": "date", "ask": "When?"}]))
case("ok-16-questions", "OK", asked(*[text(id=f"q_{i}")
                                     for i in range(16)]))
case("ok-words-400", "OK", top(post="p" * 400))
case("no-json", "no JSON object", b"{")
case("two-objects", "no JSON object", b'{"type":"meldluik-organisation",'
     b'"version":1}{}')
case("key-twice", "no JSON object", b'{"type":"meldluik-organisation",'
     b'"version":1,"phone":"1","phone":"2"}')
case("not-utf8", "no JSON object", b'{"type":"meldluik-organisation",'
     b'"version":1,"phone":"\xff"}')
case("other-type", "version: 1", {"type": "meldluik-keyset", "version": 1})
case("version-2", "version: 1", dict(top(), version=2))
case("unknown-key", "only type, version", top(logo="x"))
case("too-large", "more than 64 KiB", top(x_pad="p" * 66000))
case("words-number", "phone: a text", top(phone=112))
case("words-none", "phone: a text", top(phone={}))
case("words-empty", "phone: 1 to 400", top(phone=""))
case("words-401", "post: 1 to 400", top(post="p" * 401))
case("words-line", "post: 1 to 400", top(post="a\nb"))
case("words-language", "name: no language \"xx\"", top(name={"xx": "n"}))
case("words-list", "name.nl: a text", top(name={"nl": ["n"]}))
case("exit-http", "exit: an https", top(exit="http://example.nl/"))
case("exit-no-host", "exit: an https", top(exit="https://"))
case("exit-path", "exit: an https", top(exit={"nl": "https://e.nl/",
                                              "en": "https:///gone"}))
case("exit-script", "exit: an https", top(exit="javascript:alert(1)"))
case("exit-quote", "exit: an https", top(exit="https://e.nl/\"onclick=x"))
case("colour-one", "colour: {", top(colour={"light": "#0c4a56"}))
case("colour-name", "colour: {", top(colour={"light": "red",
                                            "dark": "#9ed6d8"}))
case("colour-capitals", "colour: {", top(colour={"light": "#0C4A56",
                                                "dark": "#9ed6d8"}))
case("colour-pale", "colour.light: contrast", top(
    colour={"light": "#7fb0b8", "dark": "#9ed6d8"}))
case("colour-dim", "colour.dark: contrast", top(
    colour={"light": "#0c4a56", "dark": "#3a5a60"}))
case("questions-object", "questions: a list", top(questions={}))
case("questions-17", "questions: a list", asked(*[text(id=f"q_{i}")
                                                 for i in range(17)]))
case("question-text", "questions[1]: an object", top(questions=["q"]))
case("question-required", "questions[1].required: a reporter may skip",
     asked(text(required=True)))
case("question-required-no", "questions[1].required", asked(
    text(required=False)))
case("question-unknown-key", "questions[1]: only id", asked(text(max=3)))
case("question-no-id", "questions[1].id", asked({"kind": "text",
                                                "ask": "x"}))
case("question-id-plain", "questions[1].id", asked(text(id="what")))
case("question-id-empty", "questions[1].id", asked(text(id="q_")))
case("question-id-31", "questions[1].id", asked(text(id="q_" + "a" * 31)))
case("question-id-capital", "questions[1].id", asked(text(id="q_A")))
case("question-id-twice", "questions[2].id: q_more stands", asked(
    text(), text()))
case("question-kind", "questions[1].kind", asked(text(kind="file")))
case("question-ask-none", "questions[1].ask: a text", asked(
    {"id": "q_x", "kind": "text"}))
case("question-ask-201", "questions[1].ask: 1 to 200", asked(
    text(ask="a" * 201)))
case("question-hint-201", "questions[1].hint: 1 to 200", asked(
    text(hint="a" * 201)))
case("options-of-text", "options: only for a choice", asked(
    text(options=["a", "b"])))
case("options-none", "options: 2 to 12", asked(choice(options=[])))
case("options-one", "options: 2 to 12", asked(choice(options=["a"])))
case("options-13", "options: 2 to 12", asked(choice(
    options=[str(i) for i in range(13)])))
case("option-number", "options[2]: a text", asked(choice(
    options=["a", 2])))
case("on-empty", "questions[1].on", asked(text(on=[])))
case("on-other", "questions[1].on", asked(text(on=["follow_up"])))
case("on-twice", "questions[1].on", asked(text(on=["report", "report"])))
case("shown-later", "shown_if: names no earlier choice", asked(
    text(shown_if={"question": "q_area", "option": 1}), choice()))
case("shown-text", "shown_if: names no earlier choice", asked(
    text(), text(id="q_b", shown_if={"question": "q_more", "option": 1})))
case("shown-chain", "shown_if: names no earlier choice", asked(
    choice(), choice(id="q_b", shown_if={"question": "q_area",
                                         "option": 1}),
    text(shown_if={"question": "q_b", "option": 1})))
case("shown-itself", "shown_if: names no earlier choice", asked(
    choice(shown_if={"question": "q_area", "option": 1})))
case("shown-option-3", "q_area has 2 options", asked(
    choice(), text(shown_if={"question": "q_area", "option": 3})))
case("shown-option-0", "questions[2].shown_if: {", asked(
    choice(), text(shown_if={"question": "q_area", "option": 0})))
case("shown-no-option", "questions[2].shown_if: {", asked(
    choice(), text(shown_if={"question": "q_area"})))
case("shown-more", "questions[2].shown_if: {", asked(
    choice(), text(shown_if={"question": "q_area", "option": 1, "x": 1})))
case("shown-no-question", "questions[2].shown_if: {", asked(
    choice(), text(shown_if={"option": 1})))
case("shown-only-advice", "q_area is not on that form", asked(
    choice(on=["advice"]), text(shown_if={"question": "q_area",
                                          "option": 1})))
case("colour-more", "colour: {", top(colour={
    "light": "#0c4a56", "dark": "#8fd0d8", "other": "#000000"}))
case("words-delete", "name: 1 to 400", top(name="a\x7fb"))
case("shown-other-form", "q_area is not on that form", asked(
    choice(), text(on=["advice"], shown_if={"question": "q_area",
                                            "option": 1})))
with open("organisation/expect.txt", "w") as f:
    for name in sorted(expect):
        f.write(f"{name}.json {expect[name]}\n")
