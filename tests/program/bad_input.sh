#!/usr/bin/env bash
# Bad input: one clear line a reason, everything else is kept, counts and exit status show it.
. tests/program/lib.sh
need python3 gzip
logs=$WORK/logs
mkdir -p "$logs"
record() { # id user
	printf '{"eventVersion":"1.08","eventID":"%s","eventTime":"2026-05-07T10:00:00Z","eventName":"ListBuckets","eventSource":"s3.amazonaws.com","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.7","userAgent":"aws-cli","eventType":"AwsApiCall","userIdentity":{"type":"IAMUser","userName":"%s","principalId":"AIDA1","accountId":"111122223333"}}' "$1" "$2"
}
printf '{"Records":[%s,%s]}' "$(record a1 alice)" "$(record a2 bob)" >"$logs/good.json"

check() { # status events arguments...
	local status=$1 events=$2
	shift 2
	run "$status" detect --format json "$@"
	equal "events of $*" "$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["input"]["events"])' "$WORK/out")" "$events"
}
skipped() { # reason count
	equal "count of '$1'" "$(python3 -c 'import json, sys
print(sum(s["count"] for s in json.load(open(sys.argv[1]))["input"]["skipped"] if s["reason"] == sys.argv[2]))' "$WORK/out" "$1")" "$2"
}

check 0 2 "$logs"

# A missing file beside a good one; nothing but missing files is a slip of the fingers.
check 3 2 "$logs/good.json" "$logs/none.json"
says "skipped 1: cannot be read ($logs/none.json"
skipped "cannot be read" 1
run 2 detect "$logs/none.json"
says "none.json: no such file or folder"
equal "output of a fatal error" "$(cat "$WORK/out")" ""

# Empty files and folders without logs: silence is no clean bill.
: >"$WORK/empty.json"
check 0 2 "$logs" "$WORK/empty.json"
says "left out 1: empty file ($WORK/empty.json)"
check 3 0 "$WORK/empty.json"
says "no CloudTrail event was found"
mkdir "$WORK/nothing"
check 3 0 "$WORK/nothing"
says "no CloudTrail event was found"
echo "just text" >"$WORK/nothing/notes.txt"
check 3 0 "$WORK/nothing"
says "not a log file"

# Compression that ends early: what came before is kept.
python3 - "$WORK/many.json" <<'PY'
import json, sys
with open(sys.argv[1], "w") as out:
    for i in range(2000):
        out.write(json.dumps({"eventVersion": "1.08", "eventID": "m%d" % i, "eventTime": "2026-05-07T10:00:00Z", "eventName": "GetObject%d" % (i * 7919 % 97),
            "eventSource": "s3.amazonaws.com", "sourceIPAddress": "192.0.2.%d" % (i % 250), "userIdentity": {"type": "IAMUser", "userName": "u%d" % (i * 31 % 53)}}) + "\n")
PY
gzip -k "$WORK/many.json"
head -c 12000 "$WORK/many.json.gz" >"$WORK/cut.json.gz"
run 3 detect --format json "$WORK/cut.json.gz"
says "truncated compression ($WORK/cut.json.gz"
says "fetch the file again"
kept=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["input"]["events"])' "$WORK/out")
[ "$kept" -gt 100 ] && [ "$kept" -lt 2000 ] || fail "$kept events of a cut file"
head -c 5 "$WORK/many.json.gz" >"$WORK/header.json.gz"
check 3 2 "$logs" "$WORK/header.json.gz"

# Invalid JSON in the middle of a list and of lines.
printf '{"Records":[%s,{"eventID":"broken,%s]}' "$(record b1 alice)" "$(record b2 bob)" >"$WORK/middle.json"
run 3 detect --format json "$WORK/middle.json"
says "the records around it are kept"
printf '%s\n{"eventID": nonsense}\n%s\n' "$(record c1 alice)" "$(record c2 bob)" >"$WORK/lines.json"
check 3 2 "$WORK/lines.json"
skipped "invalid JSON" 1
says "skipped 1: invalid JSON ($WORK/lines.json at byte"

# A million bad lines stay one line.
{ record d1 alice; echo; yes '{"x": nonsense}' | head -n 20000; record d2 bob; } >"$WORK/flood.json"
check 3 2 "$WORK/flood.json"
skipped "invalid JSON" 20000
equal "lines on standard error" "$(grep -c "invalid JSON" "$WORK/err")" 1

# Records without a usable time, other JSON, a record that occurs twice, an id with two contents.
printf '%s\n{"eventVersion":"1.08","eventID":"t1","eventName":"X","eventTime":"soon"}\n' "$(record e1 alice)" >"$WORK/times.json"
check 3 1 "$WORK/times.json"
says "unparsable time"
echo '{"hello":"world"}' >"$WORK/other.json"
check 3 2 "$logs" "$WORK/other.json"
says "JSON, but not CloudTrail"
check 0 2 "$logs" "$logs/good.json"
equal "duplicates" "$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["input"]["duplicates"])' "$WORK/out")" 2
check 0 4 --no-dedupe "$logs" "$logs/good.json"
record a1 mallory >"$WORK/conflict.json"
check 0 3 "$logs" "$WORK/conflict.json"
says "events with the id of another one but other content: 1; all are kept (first: a1 in $WORK/"
python3 -c 'import json, sys
conflict, = json.load(open(sys.argv[1]))["input"]["conflicting"]
assert conflict["event.id"] == "a1" and conflict["offset"] >= 0, conflict' "$WORK/out" || fail "the conflict is not named"

# A broken database, a missing one, none at all.
echo "not a database" >"$WORK/broken.mmdb"
check 3 2 --asn-db "$WORK/broken.mmdb" "$logs"
says "broken.mmdb"
check 3 2 --asn-db "$WORK/none.mmdb" "$logs"
says "none.mmdb"
check 3 2 --city-db "$WORK/none.mmdb" "$logs"
XDG_DATA_HOME=$WORK/xdg check 0 2 "$logs"
says "no AS database found"

# A file that may not be read. Root can read everything, so root asks somebody else.
cp "$logs/good.json" "$WORK/secret.json" && chmod 0 "$WORK/secret.json"
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null 2>&1; then
	chmod -R go+rX "$WORK" && chmod 0 "$WORK/secret.json" && cp "$RARETRAIL" "$WORK/raretrail"
	printf '#!/bin/sh\nexec setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent XDG_CONFIG_HOME=/nonexistent XDG_DATA_HOME=/nonexistent %q "$@"\n' "$WORK/raretrail" >"$WORK/somebody"
	chmod 755 "$WORK/somebody" "$WORK/raretrail"
	root=$RARETRAIL RARETRAIL=$WORK/somebody
	check 3 2 "$logs" "$WORK/secret.json"
	RARETRAIL=$root
	says "cannot be read ($WORK/secret.json: Permission denied); check the path and its permissions"
elif [ "$(id -u)" -ne 0 ]; then
	check 3 2 "$logs" "$WORK/secret.json"
	says "cannot be read ($WORK/secret.json: Permission denied); check the path and its permissions"
fi

# Standard input, with a name of its own.
"$RARETRAIL" detect --format json - <"$WORK/lines.json" >"$WORK/out" 2>"$WORK/err"
equal "status of standard input" $? 3
says "<stdin>"

# --quiet: nothing on standard error, the same status and output.
run 3 detect --format json "$WORK/lines.json"
cp "$WORK/out" "$WORK/loud"
run 3 detect --quiet --format json "$WORK/lines.json"
same_bytes "$WORK/loud" "$WORK/out"
equal "words with --quiet" "$(cat "$WORK/err")" ""
