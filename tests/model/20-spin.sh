#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the protocol holds between machines that crash, backups, a take-over
# and one that is denied, a gateway made anew, a desk that begins again, two
# weeks and a courier who lies: every state of the model is visited, none
# breaks a property, and with any of twelve guards taken away one does. FULL=1
# visits a larger world (minutes, about 2 GB).
set -u
cd "$(dirname "$0")/../.." || exit 2
model=$PWD/tests/model/protocol.pml
work=${OUT:-$(mktemp -d)}
cd "$work" || exit 2

visit() { # WORDS FOR SPIN...: prints pan's verdict
	local verdict
	spin "$@" -a "$model" >spin.log 2>&1 || {
		cat spin.log
		return 1
	}
	cc -O2 -DMEMLIM="${MEMLIM:-8000}" -DSAFETY -DCOLLAPSE -o pan pan.c || return 1
	./pan -E -m5000 >pan.log 2>&1
	# pan says "errors: 0" of what it saw; one that met a mistake stops there
	verdict=$(grep -oE "errors: [0-9]+" pan.log)
	if grep -qE "max search depth too small|out of memory" pan.log ||
		{ [ "$verdict" = "errors: 0" ] && grep -q "not completed" pan.log; }; then
		echo "$cut"
		return 1
	fi
	echo "$verdict"
}
states() {
	grep -oE "[0-9.e+]+ states, stored" pan.log | cut -d' ' -f1
}
bad=0
cut="the search was cut short"
holds() { # NAME WORDS...
	local name=$1 verdict
	shift
	verdict=$(visit "$@")
	echo "$name: $verdict, $(states) states"
	[ "$verdict" = "errors: 0" ] || bad=1
}
breaks() { # NAME WORDS...
	local name=$1 what=$2 verdict
	shift 2
	verdict=$(visit "$@")
	echo "without $name: $verdict"
	# and it is the property meant, not another
	[ "$verdict" = "errors: 1" ] && grep -qF "violated $what" pan.log ||
		bad=1
}
if [ -n "${FULL:-}" ]; then
	erasure=2 reply=3
else
	erasure=1 reply=2
fi
# a search that its memory ends has shown nothing
if [ "$(MEMLIM=130 visit -DFOCUS=1 -DBUNDLES=1)" != "$cut" ]; then
	echo "an unfinished search is taken for proof"
	bad=1
fi
holds "kept until backed up, then erased" -DFOCUS=1 -DBUNDLES=$erasure
holds "all is erased once nobody lies" -DFOCUS=1 -DCALM -DBUNDLES=1
holds "a week's keys end when all was read" -DFOCUS=1 -DKEYS=1 -DCALM \
	-DBUNDLES=1
holds "each of two weeks ends when it was read" -DFOCUS=1 -DKEYS=1 \
	-DWEEKS=2 -DTAKEOVERS=0 -DCALM -DBUNDLES=1
holds "a take-over that was none ends no desk" -DFOCUS=1 -DDENY=1 -DCALM \
	-DBUNDLES=1
holds "a gateway made anew takes no word of before" -DFOCUS=1 -DANEW=1 \
	-DCALM -DBUNDLES=1
holds "a desk without its casebook goes on" -DFOCUS=1 -DSTART=1 -DCALM \
	-DBUNDLES=1
if [ -n "${FULL:-}" ]; then
	holds "kept beside a machine that works on, with keys" \
		-DFOCUS=1 -DKEYS=1 -DBUNDLES=1
	holds "and a take-over or a restore between two weeks" -DFOCUS=1 \
		-DKEYS=1 -DWEEKS=2 -DCALM -DBUNDLES=1
	holds "kept when a take-over is denied that was one" -DFOCUS=1 \
		-DDENY=1 -DBUNDLES=1
	holds "posted means in public, after a denial" -DFOCUS=2 -DDENY=1 \
		-DBUNDLES=2
	holds "posted means in public, at a gateway made anew" -DFOCUS=2 \
		-DANEW=1 -DBUNDLES=2
fi
holds "posted means in public" -DFOCUS=2 -DBUNDLES=$reply
kept="(((0>=1)||(ever_copied"
breaks "the word of every desk" "$kept" -DMUTANT=1 -DBUNDLES=1
breaks "order of bundles" "((sent[" -DMUTANT=2 -DBUNDLES=1
breaks "the hash of our own bundle" "sent[" -DMUTANT=3 -DFOCUS=2 -DBUNDLES=3
breaks "backup before confirmation" "$kept" -DMUTANT=4 -DBUNDLES=1
breaks "bodies before confirmation" "$kept" -DMUTANT=5 -DBUNDLES=1
breaks "a number above what is known" "((tenure[" -DMUTANT=6 -DFOCUS=1 \
	-DCALM -DBUNDLES=1
breaks "a backup before a key ends" "(( !((sealed_to" -DMUTANT=7 -DKEYS=1 \
	-DCALM -DBUNDLES=1
breaks "what no key opens stays unread" "$kept" -DMUTANT=8 -DKEYS=1 -DCALM \
	-DBUNDLES=1
breaks "a tenure above the one that was told" "((tenure[" -DMUTANT=9 \
	-DDENY=1 -DCALM -DBUNDLES=1
breaks "numbers above those of the gateway before" "$kept" -DMUTANT=10 \
	-DANEW=1 -DCALM -DBUNDLES=1
breaks "a look at where the fetch begins" "$kept" -DMUTANT=11 -DSTART=1 \
	-DCALM -DBUNDLES=1
breaks "each week on its own" "((0!=0)||(((stored" -DMUTANT=12 -DKEYS=1 \
	-DWEEKS=2 -DTAKEOVERS=0 -DCALM -DBUNDLES=1
[ $bad -eq 0 ] || exit 1
echo "the protocol model holds; each of 12 guards taken away breaks it"
