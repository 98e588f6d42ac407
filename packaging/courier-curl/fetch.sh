#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Run in the folder of these files on the stick, with Node.js and curl.
set -e
cd "$(dirname "$0")"
for step in begin manifests envelopes; do
	node courier.js $step
	# one envelope that does not come keeps no other away; end counts
	curl -q -K todo.curl >answers.txt || [ $step = envelopes ]
done
node courier.js end
