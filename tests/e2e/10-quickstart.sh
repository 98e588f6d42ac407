#!/bin/bash
# Goal: the main job from start to end by the command of the README: reports
# in, stick, two desks, answers back, read with the code, follow-up.
exec "$(dirname "$0")/../../packaging/quickstart" --once
