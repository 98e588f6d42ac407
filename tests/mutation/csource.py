# SPDX-License-Identifier: EUPL-1.2
"""Just enough of C to find the checks of a source file: tokens, functions,
the conditions of `if`, of `return` and of `? ERR_X : OK`, what `&&` and `||`
give a variable or a call, and where each operand begins and ends. Directives
and comments are stepped over."""
import re
from collections import namedtuple

Token = namedtuple("Token", "text start end")
Check = namedtuple("Check", "function start end text forced branch")

TOKEN = re.compile(r"""
    (?P<skip>\s+|/\*.*?\*/|//[^\n]*)
  | (?P<directive>^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*)
  | (?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[A-Za-z_]\w*|\.?\d[\w.]*
    |->|\+\+|--|<<=|>>=|<<|>>|[-+*/%&|^!=<>]=|&&|\|\||\.\.\.|.)
""", re.X | re.S | re.M)
OPEN, SHUT = "([{", ")]}"


def tokens(source):
    """What is no white space, comment or directive; a directive is kept as
    one token '#', so that no condition reaches over it unseen."""
    out, at = [], 0
    while at < len(source):
        m = TOKEN.match(source, at)
        if m.lastgroup == "text":
            out.append(Token(m.group(), m.start(), m.end()))
        elif m.lastgroup == "directive":
            out.append(Token("#", m.start(), m.end()))
        at = m.end()
    return out


def matching(ts):
    """index of each bracket -> index of the bracket that closes it"""
    out, stack = {}, []
    for i, t in enumerate(ts):
        if t.text in OPEN:
            stack.append(i)
        elif t.text in SHUT:
            out[stack.pop()] = i
    return out


def split(ts, lo, hi, operator, pair):
    """[lo, hi) cut at ${operator} outside brackets"""
    parts, begin, i = [], lo, lo
    while i < hi:
        if ts[i].text == operator:
            parts.append((begin, i))
            begin = i + 1
        i = pair.get(i, i) + 1
    return parts + [(begin, hi)]


def operands(ts, lo, hi, pair, operator="||"):
    """The parts of a condition that refuse by themselves: those of ||; of
    `a && (b || c)` b and c; else the whole. With "&&": the parts of a
    condition that must all hold."""
    parts = split(ts, lo, hi, operator, pair)
    if len(parts) > 1:
        return [p for a, b in parts for p in operands(ts, a, b, pair,
                                                      operator)]
    if ts[lo].text == "(" and pair.get(lo) == hi - 1:
        return operands(ts, lo + 1, hi - 1, pair, operator)
    if operator == "||":
        inner = []
        for a, b in split(ts, lo, hi, "&&", pair):
            if ts[a].text == "(" and pair.get(a) == b - 1:
                found = operands(ts, a + 1, b - 1, pair)
                inner += found if len(found) > 1 else []
        if inner:
            return inner
    return [(lo, hi)]


def functions(ts, pair):
    """(name, whether it answers bool, first token, one past the last)"""
    i = 0
    while i < len(ts):
        if (ts[i].text == "(" and i > 0 and re.match(r"\w", ts[i - 1].text)
                and pair[i] + 1 < len(ts) and ts[pair[i] + 1].text == "{"):
            body = pair[i] + 1
            yield ts[i - 1].text, ts[i - 2].text == "bool", body, pair[body]
            i = pair[body] + 1
        elif ts[i].text in OPEN:
            i = pair[i] + 1
        else:
            i += 1


def branch_of(ts, at, pair):
    """[at, end) of the statement or block that begins at ${at}; a part of
    an initialiser ends at its comma or bracket"""
    if ts[at].text == "{":
        return at + 1, pair[at]
    end = at
    while ts[end].text not in ";,)]}":
        end = pair.get(end, end) + 1
    return at, end + 1


REFUSAL = re.compile(
    r"\b(return|goto|break|continue)\b[^;]*;$|"
    r"\b(abort|exit|_exit|die)\b ?\([^;]*;$|"
    r"(= ERR_\w+|= false|= NULL|(failed|bad|broken) = true|= -1) ;|"
    r"\b\w*(_error|_fail|_refuse|_deny)\w* \([^;]*;$")


def refuses(words):
    """A branch that ends in a refusal; an early success is none"""
    last = words[:-1].rsplit(";", 1)[-1].strip()
    return bool(REFUSAL.search(words)) and last != "return OK"


def checks_of(source):
    """Every check of a file, in order. forced: what it is when removed."""
    ts = tokens(source)
    pair = matching(ts)
    for name, asks, lo, hi in functions(ts, pair):
        i = lo
        while i < hi:
            word, found = ts[i].text, []
            if word == "if" and ts[i + 1].text == "(":
                a, b = branch_of(ts, pair[i + 1] + 1, pair)
                branch = " ".join(t.text for t in ts[a:b])
                if refuses(branch):
                    found = [(operands(ts, i + 2, pair[i + 1], pair), 0,
                              branch)]
            elif word == "return":
                found = of_return(ts, i + 1, pair, asks)
            elif word == "=":
                _, end = branch_of(ts, i + 1, pair)
                found = of_value(ts, i + 1, end - 1, pair)
            elif word == "(" and calls(ts[i - 1].text):
                for a, b in split(ts, i + 1, pair[i], ",", pair):
                    found += of_value(ts, a, b, pair)
            for spans, forced, branch in found:
                for a, b in spans:
                    text = " ".join(t.text for t in ts[a:b])
                    if "#" not in text:
                        yield Check(name, ts[a].start, ts[b - 1].end, text,
                                    forced, branch)
            i += 1


def calls(word):
    """Whether a bracket behind ${word} holds what a call is given"""
    return re.match(r"[A-Za-z_]", word) and word not in (
        "if", "for", "while", "switch", "return", "sizeof", "assert")


def outside(ts, lo, hi, pair):
    """The indices of [lo, hi) outside brackets"""
    i = lo
    while i < hi:
        yield i
        i = pair.get(i, i) + 1


def of_value(ts, lo, hi, pair):
    """What a variable or a call is given: of `a && b` each part taken for
    granted, of `a || b` each left out; or a choice"""
    words = {ts[i].text for i in outside(ts, lo, hi, pair)}
    if "?" in words:
        return of_choice(ts, lo, hi, pair)
    if "||" in words:
        return [(operands(ts, lo, hi, pair), 0, "value")]
    if "&&" in words:
        return [(operands(ts, lo, hi, pair, "&&"), 1, "value")]
    return []


def of_choice(ts, lo, hi, pair):
    """The conditions of `... ? ERR_X : e`, of `... ? e : ERR_X` and of
    several of them in a row. Between two errors nothing is refused."""
    ask = next((i for i in outside(ts, lo, hi, pair) if ts[i].text == "?"),
               None)
    if ask is None:
        return []
    deep, colon = 0, None
    for i in outside(ts, ask + 1, hi, pair):
        if ts[i].text == "?":
            deep += 1
        elif ts[i].text == ":":
            if deep == 0:
                colon = i
                break
            deep -= 1
    if colon is None:
        return []
    yes = " ".join(t.text for t in ts[ask + 1:colon])
    no = " ".join(t.text for t in ts[colon + 1:hi])
    found, error = [], re.compile(r"ERR_\w+")
    if error.fullmatch(yes) and not error.fullmatch(no):
        found = [(operands(ts, lo, ask, pair), 0, yes)]
    elif error.fullmatch(no) and not error.fullmatch(yes):
        found = [(operands(ts, lo, ask, pair, "&&"), 1, no)]
    return found + of_choice(ts, colon + 1, hi, pair)


def of_return(ts, lo, pair, asks):
    """`return a && b;` of a question: each part taken for granted; of
    `return a || b;` each part left out"""
    _, hi = branch_of(ts, lo, pair)
    hi -= 1
    words = [t.text for t in ts[lo:hi]]
    if not asks:
        return of_choice(ts, lo, hi, pair)
    if "?" in words or len(words) < 2:
        return []
    if len(split(ts, lo, hi, "||", pair)) > 1:
        return [(operands(ts, lo, hi, pair), 0, "answer")]
    return [(operands(ts, lo, hi, pair, "&&"), 1, "answer")]
