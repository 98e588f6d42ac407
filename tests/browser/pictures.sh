#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Takes the README's pictures of the reporter's pages anew, from a running
# gateway: tests/browser/pictures.sh. Not a test.
. "$(dirname "$0")/lib.sh"
browsers_gateway '[site]' 'languages = nl en'
code=$(code_new)
gw_install --weeks 2 --desks 3 --code "$code" \
	--reply $'Thank you for your report.\n\nIn which month did you see this?'
browsers_run pictures.mjs "$URL" "$code" "$REPO/packaging/pictures" ||
	fail "pictures"
