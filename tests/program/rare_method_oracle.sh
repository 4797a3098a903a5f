#!/usr/bin/env bash
# rare-method against a plain reading in Python: random logs with odd starts, gaps, bursts, repeats, thousands of actions
# and every kind of bucket span, by user.name or user.id, with and without a baseline and late events: each record with
# its probability and scores, and which of them alert when executions take only so many.
. tests/program/lib.sh
need python3
python3 tests/oracle/rare_method_check.py "$RARETRAIL" "$WORK" 8 || fail "the program and the oracle differ"
