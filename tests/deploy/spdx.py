# SPDX-License-Identifier: EUPL-1.2
"""Judges a parts list: spdx.py FILE [NAME...]; +NAME is a tool of the build,
with the hash of what ran. Strict SPDX 2.3 in JSON: the
members the specification has and no others, its words, its identifiers,
licence expressions whose names are on SPDX's list (as packaged by Debian) or
given with their text; and complete: every package with version, licence and
supplier, every one reached from the document, each NAME among them."""
import json
import re
import sys

IDS = set(json.load(open("/usr/share/nodejs/spdx-license-ids/index.json"))
          + json.load(open("/usr/share/nodejs/spdx-license-ids/"
                           "deprecated.json")))
DOCUMENT = {"spdxVersion", "dataLicense", "SPDXID", "name",
            "documentNamespace", "creationInfo", "packages", "relationships",
            "hasExtractedLicensingInfos"}
PACKAGE = {"SPDXID", "name", "versionInfo", "downloadLocation",
           "filesAnalyzed", "licenseConcluded", "licenseDeclared",
           "copyrightText", "supplier", "primaryPackagePurpose",
           "externalRefs"}
MAY = {"checksums", "licenseComments"}
PURPOSE = {"APPLICATION", "FRAMEWORK", "LIBRARY", "CONTAINER", "SOURCE",
           "OPERATING-SYSTEM", "DEVICE", "FIRMWARE", "ARCHIVE", "FILE",
           "INSTALL", "OTHER"}
RELATION = {"DESCRIBES", "CONTAINS", "DEPENDS_ON", "GENERATED_FROM",
            "BUILD_DEPENDENCY_OF", "BUILD_TOOL_OF"}
HASH = {"SHA1": 40, "SHA256": 64, "SHA384": 96, "SHA512": 128}


class Wrong(Exception):
    pass


def need(good, what):
    if not good:
        raise Wrong(what)


def members(o, must, may, what):
    need(isinstance(o, dict), f"{what} is no object")
    need(must <= set(o), f"{what} lacks {sorted(must - set(o))}")
    need(set(o) <= must | may, f"{what} has {sorted(set(o) - must - may)}")


def expression(text, refs, used):
    """A licence expression of SPDX annex D, by recursive descent."""
    words = re.findall(r"[()]|[^\s()]+", text)

    def term(at):
        need(at < len(words), f"{text!r} ends too early")
        if words[at] == "(":
            at = either(at + 1)
            need(at < len(words) and words[at] == ")", f"{text!r}: no )")
            return at + 1
        name = words[at].rstrip("+")
        if name.startswith("LicenseRef-"):
            need(name in refs, f"{name} is not explained")
            used.add(name)
        else:
            need(name in IDS, f"no licence {name!r} in {text!r}")
        return at + 1

    def both(at):
        at = term(at)
        while at < len(words) and words[at] == "AND":
            at = term(at + 1)
        return at

    def either(at):
        at = both(at)
        while at < len(words) and words[at] == "OR":
            at = both(at + 1)
        return at

    need(either(0) == len(words), f"{text!r} goes on after its end")


def judge_package(p, refs, used):
    members(p, PACKAGE, MAY, p.get("name", "a package"))
    name = p["name"]
    need(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", p["SPDXID"]),
         f"{name}: identifier {p['SPDXID']}")
    need(p["filesAnalyzed"] is False, f"{name}: no files are listed")
    need(p["versionInfo"], f"{name}: version")
    need(p["primaryPackagePurpose"] in PURPOSE, f"{name}: purpose")
    need(p["supplier"] == "NOASSERTION" or re.match(
        r"(Organization|Person): .+", p["supplier"]), f"{name}: supplier")
    need(p["licenseDeclared"] not in ("NOASSERTION", "NONE", ""),
         f"{name}: no licence")
    expression(p["licenseDeclared"], refs, used)
    if p["licenseConcluded"] != "NOASSERTION":
        expression(p["licenseConcluded"], refs, used)
    for c in p.get("checksums", []):
        members(c, {"algorithm", "checksumValue"}, set(), f"{name}: hash")
        need(re.fullmatch(r"[0-9a-f]{%d}" % HASH.get(c["algorithm"], 0),
                          c["checksumValue"]), f"{name}: hash")
    for r in p["externalRefs"]:
        members(r, {"referenceCategory", "referenceType",
                    "referenceLocator"}, set(), f"{name}: reference")
        need(r["referenceCategory"] == "PACKAGE-MANAGER" and
             r["referenceType"] == "purl" and re.fullmatch(
                 r"pkg:(deb|npm|generic)/[A-Za-z0-9%@/._+:~?=-]+",
                 r["referenceLocator"]), f"{name}: purl")


def judge(d, names=()):
    members(d, DOCUMENT, set(), "the document")
    need(d["spdxVersion"] == "SPDX-2.3" and d["dataLicense"] == "CC0-1.0" and
         d["SPDXID"] == "SPDXRef-DOCUMENT" and d["name"], "the head")
    need(re.fullmatch(r"https?://[^\s#]+", d["documentNamespace"]),
         "the namespace")
    members(d["creationInfo"], {"created", "creators"}, set(), "creation")
    need(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
                      d["creationInfo"]["created"]), "the date")
    need(d["creationInfo"]["creators"] and all(re.match(
        r"(Tool|Organization|Person): .+", c)
        for c in d["creationInfo"]["creators"]), "the creators")
    refs, used = {}, set()
    for r in d["hasExtractedLicensingInfos"]:
        members(r, {"licenseId", "extractedText", "name"}, set(), "a licence")
        need(re.fullmatch(r"LicenseRef-[A-Za-z0-9.-]+", r["licenseId"]) and
             r["licenseId"] not in refs and r["extractedText"].strip(),
             f"licence {r['licenseId']}")
        refs[r["licenseId"]] = r
    ids = {"SPDXRef-DOCUMENT": None}
    for p in d["packages"]:
        judge_package(p, refs, used)
        need(p["SPDXID"] not in ids, f"{p['SPDXID']} twice")
        ids[p["SPDXID"]] = p
    need(used == set(refs), f"for nothing: {sorted(set(refs) - used)}")
    reached = {"SPDXRef-DOCUMENT"}
    pairs = []
    for r in d["relationships"]:
        members(r, {"spdxElementId", "relationshipType",
                    "relatedSpdxElement"}, set(), "a relationship")
        one, kind = r["spdxElementId"], r["relationshipType"]
        other = r["relatedSpdxElement"]
        need(kind in RELATION and one in ids and other in ids,
             f"{one} {kind} {other}")
        need((kind == "DESCRIBES") == (one == "SPDXRef-DOCUMENT"),
             f"{one} {kind}")
        pairs.append((other, one) if kind.endswith("_OF") else (one, other))
    before = 0
    while before != len(reached):
        before = len(reached)
        reached |= {b for a, b in pairs if a in reached}
    need(reached == set(ids), f"apart: {sorted(set(ids) - reached)}")
    missing = {n.lstrip("+") for n in names} - {
        p["name"] for p in d["packages"]}
    need(not missing, f"missing: {sorted(missing)}")
    tools = {ids[r["spdxElementId"]]["name"] for r in d["relationships"]
             if r["relationshipType"] == "BUILD_TOOL_OF"
             and ids[r["spdxElementId"]].get("checksums")}
    other = {n[1:] for n in names if n[0] == "+"} - tools
    need(not other, f"no tool of the build, or without a hash: "
         f"{sorted(other)}")
    return d


if __name__ == "__main__":
    try:
        d = judge(json.load(open(sys.argv[1])), sys.argv[2:])
    except Wrong as w:
        sys.exit(f"{sys.argv[1]}: {w}")
    print(f"{len(d['packages'])} packages, {len(d['relationships'])} "
          f"relationships, {len(d['hasExtractedLicensingInfos'])} licences "
          "by their text")
