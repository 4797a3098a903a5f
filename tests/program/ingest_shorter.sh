#!/usr/bin/env bash
# A file that holds less than its size said is told as such, and costs nothing of what stands beside it. The kernel's own
# small files are like that: each says it is a page long.
. tests/program/lib.sh
short=/sys/kernel/mm/transparent_hugepage/enabled
[ -r $short ] && [ "$(stat -c %s $short)" -gt "$(wc -c <$short)" ] || skip "no file here is shorter than it says"

printf '%s\n' '{"eventVersion":"1.08","eventTime":"2026-05-01T00:00:00Z","eventSource":"s3.amazonaws.com","eventName":"ListBuckets","eventID":"one"}' \
	>"$WORK/one.json"
run 0 events --exit-zero --format ndjson "$WORK/one.json" $short
says "cannot be read ($short: has become shorter while it was being loaded)"
prints ListBuckets
