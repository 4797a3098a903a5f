#!/usr/bin/env bash
# The same bytes whatever the number of threads, the locale, the time zone, the environment; on both samples.
. tests/program/lib.sh

for sample in ci-key first-key; do
	"$RARETRAIL" sample "$sample" -q -o "$WORK/$sample" || fail "the sample $sample cannot be written"
done
compare() { # name command...
	local name=$1
	shift
	LC_ALL=C.UTF-8 TZ=UTC "$RARETRAIL" "$@" -j1 >"$WORK/one" 2>"$WORK/one.err"
	local status=$?
	LC_ALL=C.UTF-8 TZ=UTC "$RARETRAIL" "$@" -j8 >"$WORK/eight" 2>"$WORK/eight.err"
	equal "status of $name with -j8" $? "$status"
	same_bytes "$WORK/one" "$WORK/eight"
	same_bytes "$WORK/one.err" "$WORK/eight.err"
	LC_ALL=C TZ=Pacific/Chatham NO_COLOR=1 COLUMNS=20 TERM=vt100 "$RARETRAIL" "$@" -j3 >"$WORK/other" 2>"$WORK/other.err"
	same_bytes "$WORK/one" "$WORK/other"
	same_bytes "$WORK/one.err" "$WORK/other.err"
	# A locale with a decimal comma, where the system has one.
	local comma
	comma=$(locale -a 2>/dev/null | grep -m1 -i '^\(de_DE\|fr_FR\|sv_SE\|pl_PL\)')
	[ -z "$comma" ] || {
		LC_ALL=$comma "$RARETRAIL" "$@" >"$WORK/comma" 2>/dev/null
		same_bytes "$WORK/one" "$WORK/comma"
	}
}
for sample in ci-key first-key; do
	logs=$WORK/$sample
	database=$logs/sample-asn.mmdb
	for format in json ndjson csv table markdown html; do
		compare "detect --format $format on $sample" detect --format $format --asn-db "$database" "$logs"
	done
	compare "every record" detect --format ndjson --rule rare-method --set rare-method.anomaly_threshold=0 \
		--set rare-method.max_alerts=0 --asn-db "$database" "$logs"
	compare "networks" networks --format json --asn-db "$database" "$logs"
	compare "near misses" tune --near-misses --format json --asn-db "$database" "$logs"
done
compare "events" events --asn-db "$WORK/ci-key/sample-asn.mmdb" --since 2026-05-07 "$WORK/ci-key/AWSLogs"
compare "profile" profile ci-deploy --format json --asn-db "$WORK/ci-key/sample-asn.mmdb" "$WORK/ci-key/AWSLogs"

# The order in which files are named does not change what is found.
cd "$WORK/ci-key/AWSLogs" || exit 2
"$RARETRAIL" detect -q --format csv --asn-db ../sample-asn.mmdb 111122223333 444455556666 >"$WORK/forward"
"$RARETRAIL" detect -q --format csv --asn-db ../sample-asn.mmdb 444455556666 111122223333 >"$WORK/backward"
same_bytes "$WORK/forward" "$WORK/backward"
