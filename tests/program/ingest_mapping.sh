#!/usr/bin/env bash
# Random records of every identity type, mapped by the program and by the reading of the mapping in tests/oracle.
. tests/program/lib.sh
need python3

for seed in 1 2 3; do
	python3 tests/oracle/ecs_mapping.py make $seed 2000 >"$WORK/records.jsonl" || fail "no records"
	for compat in 8.9 5.2; do
		"$RARETRAIL" events --quiet --exit-zero --format ndjson --ecs-compat $compat "$WORK/records.jsonl" \
			>"$WORK/documents.jsonl" || fail "events ends with $?"
		python3 tests/oracle/ecs_mapping.py check "$WORK/records.jsonl" "$WORK/documents.jsonl" $compat ||
			fail "seed $seed, class $compat"
	done
done

# What the program printed is ECS: read again, it is the same.
"$RARETRAIL" events --quiet --exit-zero --format ndjson "$WORK/documents.jsonl" >"$WORK/again.jsonl" || fail "events ends with $?"
cmp "$WORK/documents.jsonl" "$WORK/again.jsonl" || fail "documents change when they are read again"
