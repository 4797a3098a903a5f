#!/usr/bin/env bash
# A case beside the batch commands: its verdicts are shown and weigh drafts, it is rendered, and it is never written to.
# The case was made in the console on the sample incident: one alert marked true positive, one note.
. tests/program/lib.sh
need python3
"$RARETRAIL" sample ci-key -q -o "$WORK/ci" || fail "the sample cannot be written"
cp tests/program/expected/ci-key.case "$WORK/case"
chmod 444 "$WORK/case"
input=(--asn-db "$WORK/ci/sample-asn.mmdb" "$WORK/ci/AWSLogs")

run 1 detect -q --case "$WORK/case" "${input[@]}"
prints "[true positive] 10 of 2,999 events"
run 1 detect -q --case "$WORK/case" --format json "${input[@]}"
prints '"verdict": "true positive"'
run 1 detect -q --case "$WORK/case" --format csv "${input[@]}"
grep -q ',verdict.$' "$WORK/out" && grep -q ',true positive.$' "$WORK/out" || fail "no verdict in CSV"
run 1 detect -q --format json "${input[@]}"
grep -q '"verdict"' "$WORK/out" && fail "a verdict without a case"

run 1 tune -q --case "$WORK/case" --draft rare-as.max_rare_asn_ratio=0.001 "${input[@]}"
prints "this draft loses 1 alert marked true positive or suspicious"
run 1 tune -q --case "$WORK/case" --draft rare-as.max_rare_asn_ratio=0.001 --advise --format json "${input[@]}"
python3 - "$WORK/out" <<'PY' || fail "the verdict does not weigh the draft"
import json, sys
report = json.load(open(sys.argv[1]))
change, = report["diff"]["changes"]
assert change["verdict"] == "true positive" and change["fate"] == "lost"
assert report["diff"]["by_verdict"]["true positive"] == {"lost": 1, "gained": 0, "kept": 0}
assert report["advice"] == []
PY
run 2 tune -q --advise "${input[@]}"
says "--case FILE"

run 0 report "$WORK/case"
prints "verdict: **true positive**"
prints "a note here"
run 0 report --format json "$WORK/case"
python3 -c 'import json, sys; assert json.load(open(sys.argv[1]))["findings"][0]["verdict"] == "true positive"' "$WORK/out" ||
	fail "the case as JSON"
cp "$WORK/out" "$WORK/case.json"
run 0 report --format ndjson "$WORK/case"
cp "$WORK/out" "$WORK/case.ndjson"
run 0 report --format csv "$WORK/case"
python3 - "$WORK/case.json" "$WORK/case.ndjson" "$WORK/out" <<'PY' || fail "the findings as rows"
import csv, json, sys
findings = json.load(open(sys.argv[1]))["findings"]
assert [json.loads(line) for line in open(sys.argv[2])] == findings
row, = csv.DictReader(open(sys.argv[3], newline=""))
finding, = findings
for name, value in finding["alert"].items():
    assert row.pop(name) == (value or ""), name
assert row == {"verdict": "true positive", "title": "", "tags": "", "guide_steps_done": "", "notes": "a note here"}
PY
run 0 report --format html --output "$WORK/case.html" "$WORK/case"
grep -qF '<span class="bad">true positive</span>' "$WORK/case.html" || fail "the case as HTML"
rm "$WORK/case.json" "$WORK/case.ndjson" "$WORK/case.html"
run 2 report --format table "$WORK/case"
says "markdown|html|json|ndjson|csv"

run 2 report "$WORK/none"
says "none: No such file"
run 2 detect --case "$WORK/none" "${input[@]}"
same_bytes tests/program/expected/ci-key.case "$WORK/case"
equal "files beside the case" "$(find "$WORK" -maxdepth 1 -name 'case*' | wc -l)" 1

# Damage before the end is refused, a torn last line is passed over and said.
{ head -n 1 "$WORK/case"; sed -n '2s/true positive/benign/p;3p' "$WORK/case"; } >"$WORK/damaged"
run 2 report "$WORK/damaged"
says "damaged"
head -c -20 "$WORK/case" >"$WORK/torn"
run 0 report "$WORK/torn"
prints "true positive"
grep -q "a note here" "$WORK/out" && fail "a torn line was believed"
[ -s "$WORK/err" ] || fail "nothing is said of the torn line"
