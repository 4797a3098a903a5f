#!/usr/bin/env bash
# The exported ClickHouse SQL in ClickHouse's own engine, against the program: random documents, parameters and lists, and
# the sample's raw logs; row by row and column by column, for single executions and for replays.
. tests/program/lib.sh
. tests/oracle/chdb.sh
check() { python3 tests/oracle/rare_as_check.py "$RARETRAIL" "$WORK" "clickhouse:$CHDB_MODULES" "$@" || fail "the program and ClickHouse differ"; }
check 100
run 0 sample ci-key --output "$WORK/sample"
asn=$WORK/sample/sample-asn.mmdb
run 0 events --exit-zero --format ndjson --asn-db "$asn" --output "$WORK/sample.ndjson" "$WORK/sample/AWSLogs"
check 1 "$WORK/sample.ndjson" --asn-db "$asn" "$WORK/sample/AWSLogs"
