# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=bash
# Sourced by run.sh and keep.sh, with $here this folder.
#   given TARGET   the folder beside corpus/ whose files it starts from, if any
given() {
	local folder=$here/../vectors/${1#fuzz_}
	case $1 in
	fuzz_envelope_open) folder=$here/../vectors/tar ;;
	fuzz_profile) folder=$here/../../policy/data ;;
	esac
	[ ! -d "$folder" ] || echo "$folder"
}
