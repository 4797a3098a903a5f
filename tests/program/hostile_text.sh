#!/usr/bin/env bash
# Text from logs is hostile: nothing in it may move a cursor, hide, run as a formula or a script, or break a format.
. tests/program/lib.sh
need python3

python3 - "$WORK/logs.json" <<'PY'
import json, sys
user = "=cmd|' /C calc'!A0\x1b[2J\x1b]0;pwned\x07\u202egnp.exe\u200b<script>alert(1)</script>\u009b31m|`*_[x](y)\",'\n\ttail"
def event(i, organisation, action, **more):
    document = {"@timestamp": "2026-05-07T10:%02d:%02d.000Z" % (i // 60 % 60, i % 60), "event": {"id": "e%d" % i, "action": action, "outcome": "success",
        "dataset": "aws.cloudtrail", "provider": "s3.amazonaws.com"}, "user": {"name": user}, "aws": {"cloudtrail": {"user_identity": {"type": "IAM\x1bUser"}}},
        "source": {"address": "192.0.2.1", "ip": "192.0.2.1", "as": {"number": 1, "organization": {"name": organisation}}},
        "user_agent": {"original": "agent\x7f\u2066\U000e0041" + "e\u0301\u0301\u0301\u0301\u0301\u0301\u0301"}}
    document.update(more)
    return document
with open(sys.argv[1], "w", encoding="utf-8") as out:
    for i in range(300):
        out.write(json.dumps(event(i, "Amazon.com, Inc.", "Get\x1bThing"), ensure_ascii=i % 2 == 0) + "\n")
    out.write(json.dumps(event(300, "@SUM(1)\x1b[31m", "GetObject")) + "\n")
    out.write(json.dumps(event(301, "@SUM(1)\x1b[31m", "ListBuckets")) + "\n")
PY
cp "$WORK/logs.json" "$WORK/name"$'\x1b'"[2J.json"
printf 'broken {' >"$WORK/bad"$'\x1b'"[2J.json"

check() { # format, arguments: no active character in what was printed, on either stream
	local format=$1
	shift
	"$RARETRAIL" "$@" --format "$format" >"$WORK/out" 2>"$WORK/err"
	local status=$?
	[ $status -le 3 ] && [ $status -ne 2 ] || { cat "$WORK/err"; fail "$*: status $status"; }
	python3 - "$format" "$WORK/out" "$WORK/err" <<'PY' || fail "$* --format $format"
import csv, io, json, sys, unicodedata
form, out, err = sys.argv[1], open(sys.argv[2], "rb").read().decode("utf-8"), open(sys.argv[3], "rb").read().decode("utf-8")
for stream in out, err:
    for character in stream.replace("\r\n", "\n"):
        assert character == "\n" or unicodedata.category(character) not in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co"), hex(ord(character))
if form == "json":
    json.loads(out)
if form == "ndjson":
    assert [json.loads(line) for line in out.splitlines()]
if form == "csv":
    for row in csv.reader(io.StringIO(out, newline="")):
        for cell in row:
            assert cell.startswith("@timestamp") or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
if form == "html":
    assert "<script" not in out
PY
}
for format in table json ndjson csv markdown html; do
	check $format detect --rule rare-as "$WORK"/*.json
	check $format events "$WORK"/*.json
	check $format networks "$WORK"/*.json
	check $format profile "$(python3 -c 'import json, sys; print(json.loads(open(sys.argv[1]).readline())["user"]["name"], end="")' "$WORK/logs.json")" "$WORK"/*.json
done
for format in table json markdown html; do
	check $format tune --rule rare-as --near-misses --draft rare-as.max_rare_asn_ratio=0 "$WORK"/*.json
done
for format in ndjson csv; do
	check $format tune --rule rare-as --draft rare-as.max_rare_asn_ratio=0 "$WORK"/*.json
	prints "lost"
	check $format tune --rule rare-as --near-misses --set rare-as.max_rare_asn_ratio=0.001 "$WORK"/*.json
	prints "max_rare_asn_ratio"
	check $format tune --rule rare-method --horizon "$WORK"/*.json
	prints "pwned"
done

# A zero byte ends no text.
python3 - "$WORK/zero.ndjson" <<'PY'
import json, sys
with open(sys.argv[1], "w", encoding="utf-8") as out:
    for hour in range(200):
        last = hour == 199
        out.write(json.dumps({"@timestamp": "2026-05-%02dT%02d:00:00.000Z" % (1 + hour // 24, hour % 24), "event": {"id": "z%d" % hour,
            "action": "Rare" if last else "Usual", "outcome": "success", "dataset": "aws.cloudtrail"}, "user": {"name": "zero"},
            "aws": {"cloudtrail": {"user_identity": {"type": "a\0b", "arn": "arn\0x"}}},
            "source": {"ip": "192.0.2.1", "address": "c\0d", "as": {"number": 1, "organization": {"name": "e\0f"}}}}) + "\n")
PY
run 0 profile zero "$WORK/zero.ndjson"
prints "e<NUL>f (not trusted)"
prints "c<NUL>d"
run 1 detect --rule rare-method --set rare-method.anomaly_threshold=0 --format html "$WORK/zero.ndjson"
prints "arn&lt;NUL&gt;x ("

# JSON keeps the exact text all the same.
run 3 detect --format json --rule rare-as "$WORK"/logs.json "$WORK"/bad*.json --set rare-as.max_rare_asn_ratio=0
run 1 detect --format json --rule rare-as "$WORK"/logs.json
python3 - "$WORK/out" "$WORK/logs.json" <<'PY' || fail "JSON changed the text"
import json, sys
alert, = json.load(open(sys.argv[1], encoding="utf-8"))["alerts"]
event = json.loads(open(sys.argv[2], encoding="utf-8").readline())
assert alert["user.name"] == event["user"]["name"]
assert alert["Esql.user_agent_values"] == [event["user_agent"]["original"]]
assert "@SUM(1)\x1b[31m" in alert["Esql.src_asn_values"]
PY
# What was typed is shown as safely as what was logged.
run 2 detect --filter $'\x1b[2J:' "$WORK/logs.json"
says "<ESC>"
run 2 detect --set $'rare-as.\x1bx=1' "$WORK/logs.json"
says "<ESC>"
run 2 $'--\x1b' "$WORK/logs.json"
says "<ESC>"
run 2 detect $'/none\x1b[2J'
says "<ESC>"
