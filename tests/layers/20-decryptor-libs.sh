#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Goal: the offline desk links no network library but libmicrohttpd, which
# its page uses on loopback; it names no network call, and starts a program
# in two files only: the scrubber in its sandbox, the browser of `ui`.
. "$(dirname "$0")/../decryptor/lib.sh"
ldd "$BIN" >"$T/ldd" || fail "ldd"
grep -q libmicrohttpd "$T/ldd" || fail "ldd shows no libmicrohttpd"
if grep -E 'libcurl|libnghttp|libssh|libldap' "$T/ldd"; then
	fail "a network library is linked"
fi
# libmicrohttpd brings GnuTLS with it; we never ask for TLS or for a name
objdump -p "$BIN" | awk '$1 == "NEEDED" {print $2}' >"$T/needed"
grep -q libmicrohttpd "$T/needed" || fail "objdump shows no libmicrohttpd"
grep -E 'libssl|libgnutls' "$T/needed" && fail "a TLS library is linked"
nm -D --undefined-only "$BIN" | awk '{print $NF}' | sed 's/@.*//' |
	grep -xE 'socket|connect|bind|listen|accept4?|getaddrinfo|gethostby.*|res_query|system|popen|posix_spawn.*|exec.*' \
	>"$T/calls"
[ "$(cat "$T/calls")" = execv ] || { cat "$T/calls"; fail "a network or shell call"; }
found=$(cd "$HERE/keys" && grep -rlE '\bf?exec[vl][ep]*[(]' --include='*.c' . | sort)
[ "$(echo $found)" = "./decryptor/scrub.c ./decryptor/ui/browser.c" ] || fail "another file starts programs: $found"
grep -q INADDR_LOOPBACK "$HERE/keys/decryptor/ui/serve.c" ||
	fail "the page does not name loopback"
grep -q libsodium "$T/ldd" || fail "ldd shows no libsodium: wrong program?"
echo "ok: no network library but loopback's, no network or shell call"
