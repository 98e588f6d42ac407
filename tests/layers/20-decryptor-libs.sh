#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the offline desk links no network library, and no file of it names a
# network call. One file may start one program: the scrubber in its sandbox.
. "$(dirname "$0")/../decryptor/lib.sh"
ldd "$BIN" >"$T/ldd" || fail "ldd"
if grep -E 'libcurl|libssl|libmicrohttpd|libnghttp|libssh|libldap' "$T/ldd"
then
	fail "a network library is linked"
fi
nm -D --undefined-only "$BIN" | awk '{print $NF}' | sed 's/@.*//' |
	grep -xE 'socket|connect|bind|listen|accept4?|getaddrinfo|gethostby.*|res_query|system|popen|exec.*' \
	>"$T/calls"
sed -i '/^execv$/d' "$T/calls"
grep -lE '\b(exec[lv][pe]*|fexecve|posix_spawnp?)[[:space:]]*\(' "$HERE"/keys/*/*.c |
	grep -v '/keys/decryptor/scrub\.c$' >>"$T/calls"
[ -s "$T/calls" ] && { cat "$T/calls"; fail "a network or shell call"; }
grep -q libsodium "$T/ldd" || fail "ldd shows no libsodium: wrong program?"
echo "ok: no network library, no network or shell call"
