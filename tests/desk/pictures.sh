#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
# Takes the README's pictures of the desk's page anew, from a founded desk:
# tests/desk/pictures.sh. Not a test.
# shellcheck source=tests/desk/base.sh
. "$(dirname "$0")/base.sh"
cp "$HERE/tests/desk/shots.mjs" "$browser_work/run/"
browsers_run shots.mjs "$B" "$HERE/packaging/pictures" || exit 1
