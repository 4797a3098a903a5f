#!/usr/bin/env bash
# Over each folder of real logs: events in, duplicates and the ledger together are what Python's readers count there.
. tests/program/lib.sh
need python3
need_shared

# folder, events, duplicates, skips that lose something, then records whole and records inside broken JSON by Python
while read -r folder events duplicates lost whole broken; do
	counted=$(python3 tests/oracle/count_records.py "$RARETRAIL_SHARED/cloudtrail/$folder")
	[ "$counted" = "$whole $broken" ] || fail "$folder: Python counts $counted, written down is $whole $broken"
	[ $((events + duplicates)) -eq $((whole + broken)) ] || fail "$folder: the written numbers do not add up"
	"$RARETRAIL" detect --quiet --exit-zero --format json "$RARETRAIL_SHARED/cloudtrail/$folder" >"$WORK/out.json" ||
		fail "$folder: detect ends with $?"
	found=$(python3 -c '
import json, sys
report = json.load(open(sys.argv[1]))["input"]
print(report["events"], report["duplicates"], sum(s["count"] for s in report["skipped"] if s["incomplete"]))
' "$WORK/out.json")
	[ "$found" = "$events $duplicates $lost" ] || fail "$folder: events, duplicates, lost are $found, not $events $duplicates $lost"
done <<'END'
evthist_cloudgoat_gi11rl 157 0 0 157 0
flaws2_cloud 37 0 0 37 0
invictus_aws_dataset 2900 0 0 2900 0
opensearch_catalog_samples 891 0 1 51 840
otrf_mordor_s3_exfil 103 0 0 103 0
plaso_tests 6 0 0 6 0
stratus_red_team 310 0 0 310 0
traildiscover 314 1 0 315 0
trailscraper_tests 3 4 0 7 0
zmallen_sightings 15 0 1 12 3
END
