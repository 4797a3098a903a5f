#!/usr/bin/env bash
# From CSV ranges to networks on events: what `asn import` writes, the other commands find; bad rows are named and counted.
. tests/program/lib.sh
need python3

cat >"$WORK/a.csv" <<'CSV'
start,end,number,organisation
192.0.2.0,192.0.2.255,64500,"Quoted, ""Inc."""
198.51.100.0,198.51.100.255,64501,Loser
2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,64502,Six GmbH
203.0.113.0,203.0.113.255,64503,
CSV
printf 'network,autonomous_system_number,autonomous_system_organization\n198.51.100.0/25,64510,Winner\n' >"$WORK/b.csv"
run 0 asn import "$WORK/a.csv" "$WORK/b.csv" -o "$WORK/asn.mmdb"
says "5 rows, 0 rows skipped"

ips=(192.0.2.77 198.51.100.127 198.51.100.128 2001:db8:1::1 203.0.113.9 8.8.8.8 ::ffff:192.0.2.1)
for ip in "${ips[@]}"; do
	printf '{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","userName":"u"},"eventTime":"2026-05-07T10:00:00Z","eventSource":"s3.amazonaws.com","eventName":"ListBuckets","awsRegion":"eu-west-1","sourceIPAddress":"%s","eventID":"%s"}\n' "$ip" "$ip"
done >"$WORK/log.json"
run 0 events -q --asn-db "$WORK/asn.mmdb" "$WORK/log.json"
python3 - "$WORK/out" <<'PY' || fail "the networks are not those of the CSV files"
import json, sys
found = {}
for line in open(sys.argv[1], encoding="utf-8"):
    source = json.loads(line)["source"]
    network = source.get("as", {})
    found[source["address"]] = (network.get("number"), network.get("organization", {}).get("name"))
expected = {"192.0.2.77": (64500, 'Quoted, "Inc."'), "198.51.100.127": (64510, "Winner"), "198.51.100.128": (64501, "Loser"),
    "2001:db8:1::1": (64502, "Six GmbH"), "203.0.113.9": (64503, None), "8.8.8.8": (None, None),
    "::ffff:192.0.2.1": (64500, 'Quoted, "Inc."')}
assert found == expected, found
PY

# The same files give the same bytes whenever that is; the date is theirs, or the one that is asked for.
touch -d 2024-02-03T04:05:06Z "$WORK/a.csv"
touch -d 2023-01-01T00:00:00Z "$WORK/b.csv"
run 0 asn import "$WORK/a.csv" "$WORK/b.csv" -o "$WORK/first.mmdb"
run 0 asn import "$WORK/a.csv" "$WORK/b.csv" -o "$WORK/second.mmdb"
same_bytes "$WORK/first.mmdb" "$WORK/second.mmdb"
SOURCE_DATE_EPOCH=1706933106 run 0 asn import "$WORK/b.csv" "$WORK/a.csv" -o "$WORK/other.mmdb"
SOURCE_DATE_EPOCH=1706933106 run 0 asn import "$WORK/a.csv" "$WORK/b.csv" -o "$WORK/asked.mmdb"
same_bytes "$WORK/first.mmdb" "$WORK/asked.mmdb" # that is 2024-02-03T04:05:06Z
cmp -s "$WORK/first.mmdb" "$WORK/other.mmdb" && fail "the order of the files does not matter"
SOURCE_DATE_EPOCH=yesterday run 2 asn import "$WORK/a.csv" -o "$WORK/other.mmdb"
says "SOURCE_DATE_EPOCH"
SOURCE_DATE_EPOCH=0 run 0 asn import "$WORK/a.csv" -o "$WORK/zero.mmdb" # a date that readers would refuse
run 0 events -q --asn-db "$WORK/zero.mmdb" "$WORK/log.json"
prints '"number":64500'

# Rows that cannot be used: named by file and line, counted, the others kept, and the status tells.
printf '192.0.2.0,192.0.2.255,1,Good\n192.0.2.0,x,1,Bad\n' | "$RARETRAIL" asn import - -o "$WORK/partly.mmdb" 2>"$WORK/err"
equal "the status with bad rows" $? 3
says "<stdin>:2: the end is no IPv4 or IPv6 address"
says "1 rows skipped"

# Nothing usable, nothing written; an old database is not touched by a failure; the output is not a folder or a device.
cp "$WORK/asn.mmdb" "$WORK/old.mmdb"
echo nonsense >"$WORK/bad.csv"
run 2 asn import "$WORK/bad.csv" -o "$WORK/old.mmdb"
says "no usable row"
same_bytes "$WORK/asn.mmdb" "$WORK/old.mmdb"
run 2 asn import "$WORK" -o "$WORK/old.mmdb"
run 2 asn import "$WORK/missing.csv" -o "$WORK/old.mmdb"
run 2 asn import "$WORK/a.csv" -o "$WORK"
run 2 asn import "$WORK/a.csv" -o /dev/null
[ -c /dev/null ] || fail "/dev/null is no device any more"
same_bytes "$WORK/asn.mmdb" "$WORK/old.mmdb"
equal "files left behind" "$(find "$WORK" -name '*.tmp')" ""
