#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# As run.sh, and keeps what it was worth: keep.sh SECONDS [TARGET...]. What
# reaches something new goes to corpus/ (a small set, at most KEEP_KIB a
# target), and spent.csv adds up the processor time and inputs
# of all such runs, so that hours come together from many of them.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/given.sh"
seconds=${1:?seconds}
shift
OUT=${OUT:-$(mktemp -d)}
KEEP_KIB=${KEEP_KIB:-48}
export OUT
tree=${FUZZ_BUILD:-$OUT/build-fuzz}
"$here/run.sh" "$seconds" "$@"
status=$?

# What lies in the tree by a name stays; of the rest a small set that reaches
# every edge, counted once and not by how often
keep() {
	local name=$1 short=${1#fuzz_} set=$OUT/$1.set dir used=0 size file
	local first=() more=("$OUT/$1.new")
	dir=$here/corpus/$short
	rm -rf "$set"
	mkdir -p "$set" "$OUT/$name.named" "$dir"
	find "$dir" -type f -regextype posix-egrep \
		! -regex '.*/[0-9a-f]{40}' -exec cp {} "$OUT/$name.named" \;
	first+=("$OUT/$name.named")
	mapfile -t -O 1 first < <(given "$name")
	"$tree/bin/$name" -merge=1 -use_counters=0 -max_len=32768 "$set" \
		"${first[@]}" >/dev/null 2>&1 || return 1
	(cd "$set" && find . -type f -printf '%f\n') >"$OUT/$name.known"
	"$tree/bin/$name" -merge=1 -use_counters=0 -max_len=4096 "$set" \
		"${more[@]}" "$dir" >/dev/null 2>&1 || return 1
	find "$dir" -type f -regextype posix-egrep -regex '.*/[0-9a-f]{40}' \
		-delete
	while read -r size file; do
		grep -qx "$file" "$OUT/$name.known" && continue
		used=$((used + size))
		[ $used -le $((KEEP_KIB * 1024)) ] || break
		cp "$set/$file" "$dir/"
	done < <(cd "$set" && find . -type f -printf '%s %f\n' | sort -n)
	rmdir "$dir" 2>/dev/null
	return 0
}

for log in "$OUT"/fuzz_*.log; do
	name=$(basename "$log" .log)
	grep -q '^Done' "$log" || continue
	keep "$name" || status=1
done
python3 - "$here/spent.csv" "$OUT" <<'PY'
import csv, glob, os, re, sys
path, out = sys.argv[1:]
FIELDS = ["target", "processor_seconds", "inputs", "edges", "last_new_after"]
rows = {}
if os.path.exists(path):
    rows = {r["target"]: r for r in csv.DictReader(open(path))}
for log in sorted(glob.glob(out + "/fuzz_*.log")):
    name = os.path.basename(log)[:-4]
    text = open(log, errors="replace").read()
    done = re.search(r"^Done (\d+) runs in (\d+) second", text, re.M)
    if not done:
        continue
    r = rows.setdefault(name, dict.fromkeys(FIELDS, 0) | {"target": name})
    cpu = sum(map(float, open(out + f"/{name}.cpu").read().split()[-2:]))
    before = int(r["inputs"])
    new = re.findall(r"^#(\d+)\s+NEW.*cov: (\d+)", text, re.M)
    edges = re.findall(r"cov: (\d+)", text)
    seen = int(re.findall(r"^#(\d+)\s+INITED", text, re.M)[-1])
    grown = [int(n) for (n, c), (_, b) in zip(new[1:], new) if c != b]
    if grown:
        r["last_new_after"] = before + grown[-1] - seen
    r["processor_seconds"] = int(r["processor_seconds"]) + round(cpu)
    r["inputs"] = before + int(done[1])
    r["edges"] = max(int(r["edges"]), int(edges[-1]))
with open(path, "w", newline="") as f:
    w = csv.DictWriter(f, FIELDS, lineterminator="\n")
    w.writeheader()
    w.writerows(rows[n] for n in sorted(rows))
PY
exit "$status"
