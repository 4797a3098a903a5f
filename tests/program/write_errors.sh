#!/usr/bin/env bash
# What cannot be written is an error with status 2, never a silent half; a file appears whole or not at all.
. tests/program/lib.sh

"$RARETRAIL" sample ci-key -q -o "$WORK/ci" || fail "the sample cannot be written"
logs=$WORK/ci/AWSLogs
if [ -w /dev/full ]; then
	for command in "detect" "detect --format json" "detect --format csv" "detect --format html" "events" "events --format table" \
		"profile ci-deploy" "networks" "tune --near-misses"; do
		# shellcheck disable=SC2086
		"$RARETRAIL" $command -q "$logs" >/dev/full 2>"$WORK/err"
		equal "status of $command to a full disk" $? 2
		says "standard output"
	done
	for command in "--help" "--version" "help --man options" "rule show" "rule export" "sample" "help detect"; do
		# shellcheck disable=SC2086
		"$RARETRAIL" $command >/dev/full 2>"$WORK/err"
		equal "status of $command to a full disk" $? 2
		says "standard output"
	done
	run 2 detect -q --output /dev/full "$logs"
	says "/dev/full"
fi

# A reader that leaves early is not worth a word.
"$RARETRAIL" events -q "$logs" 2>"$WORK/err" | head -n 1 >"$WORK/out"
equal "words about a reader that left" "$(cat "$WORK/err")" ""
equal "lines for a reader that left" "$(wc -l <"$WORK/out")" 1

# --output: whole, with usual permissions, replacing what was there; on failure what was there stays.
umask 022
run 0 rule show --format json --output "$WORK/rules.json"
equal "standard output beside --output" "$(cat "$WORK/out")" ""
equal "permissions" "$(stat -c %a "$WORK/rules.json")" 644
run 0 rule show --format json
same_bytes "$WORK/out" "$WORK/rules.json"
echo precious >"$WORK/kept"
run 2 rule export --format esql --rule rare-method --output "$WORK/kept"
equal "a file after a failed command" "$(cat "$WORK/kept")" precious
run 2 rule show --output "$WORK/none/rules.json"
says "cannot write"
ln -s rules.json "$WORK/link"
run 0 rule show --format ini --output "$WORK/link"
[ -L "$WORK/link" ] || fail "a link was replaced by a file"
grep -q '^\[rare-as\]' "$WORK/rules.json" || fail "the file behind the link was not written"
run 0 rule show --output -
prints "max_rare_asn_ratio"
equal "left over" "$(find "$WORK" -maxdepth 1 -name '*.??????' | grep -c 'rules\|kept')" 0

# What is read is not written over, by whatever name.
cp "$WORK/ci/sample-asn.mmdb" "$WORK/asn.mmdb"
cp tests/program/expected/ci-key.case "$WORK/case"
printf '{"eventTime":"2026-05-06T00:00:00Z","eventName":"ListBuckets","eventSource":"s3.amazonaws.com","eventID":"1"}\n' >"$WORK/log.json"
cp "$WORK/log.json" "$WORK/log"
ln -s log.json "$WORK/log-link"
run 2 events --output "$WORK/log.json" "$WORK/log.json"
says "would be lost"
run 2 events --output "$WORK/log-link" "$WORK/log.json"
run 2 report --output "$WORK/case" "$WORK/case"
run 2 detect --case "$WORK/case" --output "$WORK/case" "$WORK/log.json"
run 2 asn import --output "$WORK/log.json" "$WORK/log.json"
run 2 detect --asn-db "$WORK/asn.mmdb" --output "$WORK/asn.mmdb" "$WORK/log.json"
same_bytes "$WORK/log" "$WORK/log.json"
same_bytes tests/program/expected/ci-key.case "$WORK/case"
same_bytes "$WORK/ci/sample-asn.mmdb" "$WORK/asn.mmdb"
cp "$WORK/log.json" "$WORK/nobody"
run 0 profile -q --output "$WORK/nobody" "$WORK/nobody" "$WORK/log.json" # a user of that name

# A standard output that is closed.
"$RARETRAIL" rule show >&- 2>"$WORK/err"
equal "status with standard output closed" $? 2

# A closed stream stays closed: what is opened next is neither read as standard input nor written to as messages.
timeout 60 "$RARETRAIL" events - <&- >"$WORK/out" 2>"$WORK/err"
equal "status with standard input closed" $? 3
says "<stdin>: Bad file descriptor"
"$RARETRAIL" detect --format json --output "$WORK/quiet.json" "$logs" 2>&-
"$RARETRAIL" detect --format json --output "$WORK/told.json" "$logs" 2>/dev/null
same_bytes "$WORK/told.json" "$WORK/quiet.json"

# What is no text goes to no terminal; what has no end is not read for a model.
run 2 model save -q --output - "$logs"
says "name a file"
printf '192.0.2.0,192.0.2.255,64500,Example\n' >"$WORK/asn.csv"
run 2 asn import --output - "$WORK/asn.csv"
says "name a file"
if [ -r /dev/zero ]; then
	timeout 60 "$RARETRAIL" detect -q --model /dev/zero "$logs" 2>"$WORK/err"
	equal "status with an endless model" $? 2
	says "not a raretrail model"
fi
