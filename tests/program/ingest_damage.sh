#!/usr/bin/env bash
# Hundreds of damaged files: no whole record is lost beside a hurt one, and none appears from nowhere.
. tests/program/lib.sh
need python3

for seed in 1 2; do
	mkdir -p "$WORK/$seed/files"
	python3 tests/oracle/damage.py make $seed 400 "$WORK/$seed/files" || fail "no files"
	"$RARETRAIL" events --quiet --exit-zero --format ndjson "$WORK/$seed/files" >"$WORK/documents" || fail "events ends with $?"
	"$RARETRAIL" detect --quiet --exit-zero --format json "$WORK/$seed/files" >"$WORK/report" || fail "detect ends with $?"
	python3 tests/oracle/damage.py check "$WORK/$seed/files" "$WORK/documents" "$WORK/report" || fail "seed $seed"
done
