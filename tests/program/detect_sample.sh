#!/usr/bin/env bash
# Both detections on the sample incidents: what they print, in every form, and the exit status that goes with it.
. tests/program/lib.sh
need python3
expected=tests/program/expected

"$RARETRAIL" sample ci-key -q -o "$WORK/ci" || fail "the sample cannot be written"
"$RARETRAIL" sample first-key -q -o "$WORK/fk" || fail "the sample cannot be written"
cd "$WORK" || exit 2
expected=$OLDPWD/$expected
compare() { # name of the expected output
	[ -z "${UPDATE_EXPECTED:-}" ] || cp out "$expected/$1"
	diff "$expected/$1" out || fail "$1 is not what is expected (UPDATE_EXPECTED=1 tests/run detect_sample takes it over)"
}

run 1 detect --asn-db ci/sample-asn.mmdb ci/AWSLogs
compare ci-key.table
says "left out 1: CloudTrail digest file"
says "skipped 1: truncated compression"
run 1 detect -q --format csv --asn-db ci/sample-asn.mmdb ci/AWSLogs
compare ci-key.csv
run 1 detect -q --format markdown --asn-db ci/sample-asn.mmdb ci/AWSLogs
compare ci-key.md
run 1 detect -q --format html --asn-db ci/sample-asn.mmdb ci/AWSLogs
python3 - out <<'PY' || fail "the HTML is not well-formed"
import html.parser, sys
class Check(html.parser.HTMLParser):
    stack = []
    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "br"): self.stack.append(tag)
        assert tag not in ("script", "img", "link", "iframe"), tag
    def handle_endtag(self, tag):
        assert self.stack.pop() == tag, tag
check = Check()
check.feed(open(sys.argv[1], encoding="utf-8").read())
assert not check.stack, check.stack
PY
run 1 detect -q --asn-db fk/sample-asn.mmdb --baseline fk/baseline fk/incident
compare first-key.table
run 1 detect -q --format ndjson --asn-db fk/sample-asn.mmdb --baseline fk/baseline fk/incident
compare first-key.ndjson

# --explain adds what is behind the alert, in words.
run 1 detect -q --format ndjson --explain --asn-db fk/sample-asn.mmdb --baseline fk/baseline fk/incident
prints '"explanation":["buckets with activity: '
prints "first time ever"

# Without the baseline the same three days cannot say anything, and the program says so.
run 0 detect --asn-db fk/sample-asn.mmdb fk/incident
prints "no alerts in"
says "rare-method: "
# A kept model is the baseline.
run 0 model save -q fk/baseline --output first-key.model
run 1 detect -q --format ndjson --asn-db fk/sample-asn.mmdb --model first-key.model fk/incident
compare first-key.ndjson
run 0 model save -q same.model fk/baseline
same_bytes first-key.model same.model
run 0 model save -q same.model fk/baseline
run 2 model save fk/README.txt fk/baseline
says "holds no model"
run 2 model save fk/baseline
says "nothing to learn from"
run 0 model load first-key.model
prints "users"
head -c 100 first-key.model >broken.model
run 2 detect --model broken.model fk/incident
says "broken.model"
run 2 detect --model first-key.model --set rare-method.bucket_span=15m fk/incident
says "bucket_span"

# JSON: every column of both rules, nulls as null, the input section, the parameters.
run 1 detect --format json --asn-db ci/sample-asn.mmdb ci/AWSLogs
python3 - out <<'PY' || fail "the JSON object is not what it should be"
import json, sys
report = json.load(open(sys.argv[1], encoding="utf-8"))
assert report["raretrail"] and report["schema"] == 1
columns = """id rule rule_id rule_name severity risk_score first_fired last_fired times_fired user.name
aws.cloudtrail.user_identity.type Esql.total_events_all_asns Esql.count_distinct_asns Esql.src_asn_values Esql.user_agent_values
Esql.related_users Esql.source_ip_values Esql.has_trusted_cloud_asn Esql.trusted_cloud_event_count Esql.untrusted_event_count
Esql.untrusted_suspicious_count Esql.untrusted_suspicious_actions Esql.most_recent_low_asn_day Esql.rare_asn_ratio
Esql.unique_action_from_untrusted_asn why""".split()
alert, = report["alerts"]
assert list(alert) == columns, list(alert)
assert alert["Esql.related_users"] is None
assert alert["Esql.rare_asn_ratio"] == alert["Esql.untrusted_event_count"] / alert["Esql.total_events_all_asns"]
assert alert["Esql.total_events_all_asns"] == alert["Esql.trusted_cloud_event_count"] + alert["Esql.untrusted_event_count"]
assert len(alert["Esql.untrusted_suspicious_actions"]) == alert["Esql.unique_action_from_untrusted_asn"]
assert len(alert["Esql.src_asn_values"]) == alert["Esql.count_distinct_asns"]
for name in "Esql.src_asn_values", "Esql.user_agent_values", "Esql.source_ip_values":
    assert alert[name] == sorted(alert[name], key=lambda text: text.encode()) and len(set(alert[name])) == len(alert[name])
why = {condition["condition"]: condition for condition in alert["why"]}
assert set(why) == set("""has_trusted_cloud_asn min_untrusted_event_count min_trusted_cloud_event_count max_rare_asn_ratio
min_unique_action_from_untrusted_asn max_count_distinct_asns max_age""".split())
assert all(condition["holds"] for condition in why.values())
assert why["max_rare_asn_ratio"]["value"] == alert["Esql.rare_asn_ratio"] and why["max_rare_asn_ratio"]["limit"] == 0.01
assert not why["min_trusted_cloud_event_count"]["binds"] and why["min_trusted_cloud_event_count"]["is_dominated"]
given = report["input"]
assert set(given) == set("files events duplicates conflicts conflicting first last partial filter matched skipped".split())
assert given["events"] == given["matched"] > 30000 and given["partial"] is False
assert {skip["reason"] for skip in given["skipped"]} == {"CloudTrail digest file", "truncated compression"}
assert set(report["parameters"]) == {"rare-as", "rare-method"}
assert report["parameters"]["rare-as"]["max_rare_asn_ratio"] == 0.01
PY
run 1 detect -q --format ndjson --asn-db ci/sample-asn.mmdb ci/AWSLogs
python3 - out <<'PY' || fail "NDJSON is not one alert a line"
import json, sys
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
assert [json.loads(line)["user.name"] for line in lines] == ["ci-deploy"]
PY

# One rule, one instant, another filter, another status.
run 0 detect --exit-zero -q --asn-db ci/sample-asn.mmdb ci/AWSLogs
run 3 detect -q --rule rare-method --asn-db ci/sample-asn.mmdb ci/AWSLogs
run 1 detect -q --rule rare-as --now 2026-05-07T23:00:00Z --format ndjson --asn-db ci/sample-asn.mmdb ci/AWSLogs
prints '"times_fired":1'
run 3 detect -q --rule rare-as --now 2026-05-07T22:00:00Z --asn-db ci/sample-asn.mmdb ci/AWSLogs
run 3 detect -q --rule rare-as --now live --asn-db ci/sample-asn.mmdb ci/AWSLogs
run 3 detect -q --rule rare-as --filter 'not user: ci-deploy' --asn-db ci/sample-asn.mmdb ci/AWSLogs
run 3 detect -q --rule rare-as --set 'rare-as.trusted+=Vantreon*' --asn-db ci/sample-asn.mmdb ci/AWSLogs
run 3 detect -q --rule rare-as --set 'rare-as.ignored_users+=ci-*' --asn-db ci/sample-asn.mmdb ci/AWSLogs
run 3 detect -q --rule rare-as --set 'rare-as.trusted_cidr+=203.0.113.0/24' --asn-db ci/sample-asn.mmdb ci/AWSLogs
run 1 detect -q --rule rare-as --since 2026-05-01 --asn-db ci/sample-asn.mmdb ci/AWSLogs
run 0 detect -q --rule rare-as --until 2026-05-06 --asn-db ci/sample-asn.mmdb ci/AWSLogs
