#!/usr/bin/env bash
# rare-method against a plain reading in Python: random logs with odd starts, gaps, bursts, repeats and every kind of
# bucket span, each record with its probability and scores.
. tests/program/lib.sh
need python3
python3 tests/oracle/rare_method_check.py "$RARETRAIL" "$WORK" 8 || fail "the program and the oracle differ"
