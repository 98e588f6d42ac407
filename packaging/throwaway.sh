# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=bash
# A throw-away organisation, sourced by packaging/quickstart and by tests: a
# gateway on loopback and two offline desks, all in the folder $work.
#   throwaway_new [LINE...]  folder, configuration, card; more lines of the
#                            ini; sets work public door url
#   throwaway_open           starts the gateway, makes the desks, carries the
#                            first bundles: the gateway is open
#   gateway, desk N, courier N ...   the programs; desk_program and
#                            gateway_env, if set: another desk of bin, words
#                            for env(1) before the gateway
#   carry_in, carry_out [ARG...]     the stick, both desks
#   restart                  lanes go live a minute later
# The caller sets bin (the programs) and cleans up with throwaway_end.

steps=0
desk_program=${desk_program:-meldluik-decryptor}
monitor=
work=
say() {
	printf '\n== %s\n' "$*"
}
die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}
# try TEXT COMMAND...: one step that must hold; its output only if it fails
try() {
	local text=$1
	shift
	if "$@" >"$work/step.log" 2>&1; then
		steps=$((steps + 1))
		printf 'ok    %s\n' "$text"
	else
		cat "$work/step.log"
		die "failed: $text"
	fi
}
# same TEXT A B: two files are equal, byte for byte
same() {
	try "$1" cmp "$2" "$3"
}

throwaway_end() {
	if [ -n "$monitor" ]; then
		kill "$monitor" 2>/dev/null
		wait "$monitor" 2>/dev/null
		monitor=
	fi
	[ -z "$work" ] || rm -rf "$work"
}

free_port() {
	local port
	while :; do
		port=$((20000 + RANDOM % 10000))
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo $port
}
gateway() {
	"$bin/meldluik-gateway" "$@" --config "$work/gateway.ini"
}
desk() {
	local number=$1
	shift
	"$bin/$desk_program" --home "$work/org/desk-$number" \
		--passphrase-file "$work/passphrase" "$@"
}
courier() {
	local number=$1
	shift
	"$bin/meldluik-courier" --config "$work/courier-$number.ini" "$@"
}
up() {
	for _ in $(seq 200); do
		curl -sf -m 5 -o /dev/null "$url/healthz" && return 0
		sleep 0.05
	done
	return 1
}
carry_out() {
	local number
	for number in 1 2; do
		desk "$number" export "$work/stick" "$@" || return 1
		courier "$number" deliver "$work/stick" || return 1
	done
}
carry_in() {
	local number
	for number in 1 2; do
		courier "$number" fetch "$work/stick" || return 1
		desk "$number" import "$work/stick" || return 1
	done
}
start() {
	# not by gateway(): then $! would be a shell around it, and a kill would
	# leave the gateway running
	# shellcheck disable=SC2086 # words
	env ${gateway_env:-} "$bin/meldluik-gateway" --config \
		"$work/gateway.ini" >>"$work/gateway.log" 2>&1 &
	monitor=$!
	up
}
restart() { # lanes go live once a day, or a minute after the gateway starts
	kill "$monitor"
	wait "$monitor"
	start
}

throwaway_new() {
	work=$(mktemp -d) || exit 1
	public=$(free_port)
	door=$(free_port)
	url=http://127.0.0.1:$public
	mkdir -m 700 "$work/store" "$work/stick" "$work/away"
	head -c 24 /dev/urandom | base64 | tr -d '/+=\n' >"$work/token"
	{
		cat <<-END
			[store]
			path = $work/store
			bulk = 400000000
			reserve = 50000000
			floor = 1000000
			ballast = 1000000
			chaff = 2
			[listen]
			public = 127.0.0.1:$public
			courier = 127.0.0.1:$door
			[courier]
			credential_hash = $(sha256sum <"$work/token" |
				cut -c1-64)
		END
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"$work/gateway.ini"
	local number
	for number in 1 2; do
		cat >"$work/courier-$number.ini" <<-END
			[gateway]
			url = $url
			door = http://127.0.0.1:$door
			credential_file = $work/token
			desk = $number
		END
	done
	echo "juist paard batterij nietje" >"$work/passphrase"
}

throwaway_open() {
	say "The gateway makes its key, the desk makes its keys"
	gateway card >"$work/card.json" 2>"$work/card.err" ||
		die "no card: $(cat "$work/card.err")"
	start || die "the gateway does not answer"
	try "the gateway runs, not open yet" up
	try "two desks made their keys offline" \
		"$bin/$desk_program" --home "$work/org" \
		--passphrase-file "$work/passphrase" init --batch --desks 2 \
		--person coordinator --person secretaris \
		--organisation "Gemeente Voorbeeld" --card "$work/card.json"
	try "the first bundles went in: the gateway is open" carry_out
	open_for_reports() {
		for _ in $(seq 200); do
			curl -sf -o "$work/keyset.json" \
				"$url/v1/keyset.json" && return 0
			sleep 0.1
		done
		return 1
	}
	try "keyset, weeks and board are published" open_for_reports
}
