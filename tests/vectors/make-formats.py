#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Makes the vectors json/, code/, report/ and tar/: one file, one failure,
named for it; expect.txt says what a reader must answer. Run it after a
change of keys/FORMAT.md and read the diff.

    tests/vectors/make-formats.py        writes the four folders
"""
from formats.of_code import make_code
from formats.of_json import make_json
from formats.of_report import make_report
from formats.of_tar import make_tar

make_json()
make_code()
make_report()
make_tar()
