#!/usr/bin/env bash
# rare-as against a plain reading in Python: 200 random data sets, default and random parameters (CIDR entries too),
# as of random instants and over the replay, every column.
. tests/program/lib.sh
need python3
python3 tests/oracle/rare_as_check.py "$RARETRAIL" "$WORK" python 200 || fail "the program and the oracle differ"
