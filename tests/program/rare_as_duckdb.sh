#!/usr/bin/env bash
# rare-as against a database engine: the rule as one SQL query in DuckDB over the same documents, 200 random data sets and
# the real logs, row by row and column by column.
. tests/program/lib.sh
. tests/oracle/duckdb.sh
python3 tests/oracle/rare_as_check.py "$RARETRAIL" "$WORK" "duckdb:$DUCKDB_MODULES" 200 ||
	fail "the program and DuckDB differ"
