#!/usr/bin/env bash
# rare-as on real logs: the program reads the raw logs, the oracles the ECS documents of the same logs. In Python, and in
# DuckDB where it can be had.
. tests/program/lib.sh
need python3
need_shared
database=$RARETRAIL_SHARED/asn/GeoLite2-ASN.mmdb
engines=python
if (. tests/oracle/duckdb.sh) >/dev/null; then
	. tests/oracle/duckdb.sh
	engines="python duckdb:$DUCKDB_MODULES"
else
	echo "DuckDB is not there: Python alone is asked"
fi
for folder in flaws2_cloud stratus_red_team invictus_aws_dataset; do
	logs=$RARETRAIL_SHARED/cloudtrail/$folder
	run 0 events --quiet --asn-db "$database" "$logs"
	cp "$WORK/out" "$WORK/$folder.ndjson"
	for engine in $engines; do
		python3 tests/oracle/rare_as_check.py "$RARETRAIL" "$WORK" "$engine" 6 "$WORK/$folder.ndjson" \
			--asn-db "$database" "$logs" || fail "$folder: the program and ${engine%%:*} differ"
	done
done
