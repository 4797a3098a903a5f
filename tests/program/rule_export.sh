#!/usr/bin/env bash
# The exported rules carry the current parameters and lists, well quoted, in each language.
. tests/program/lib.sh
need python3
python3 -c 'import tomllib' 2>/dev/null || skip "python3 has no tomllib"

check() { # rule, options: the TOML is well-formed and says what rule show says
	local rule=$1
	shift
	run 0 rule export --format toml --rule "$rule" "$@" --output "$WORK/rule.toml"
	run 0 rule export --format esql "$@" --output "$WORK/rule.esql"
	run 0 rule export --format clickhouse "$@" --output "$WORK/rule.sql"
	run 0 rule show --format json "$@" --output "$WORK/rule.json"
	python3 - "$rule" "$WORK" <<'PY' || fail "the export of $rule $*"
import json, sys, tomllib
name, work = sys.argv[1:]
parameters = json.load(open(work + "/rule.json"))["parameters"]
document = tomllib.load(open(work + "/rule.toml", "rb"))
rule = document["rule"]
assert rule["description"] and rule["author"]
esql, sql = open(work + "/rule.esql").read(), open(work + "/rule.sql").read()
if name == "rare-method":
    assert rule["type"] == "machine_learning" and rule["rule_id"] == "ac706eae-d5ec-4b14-b4fd-e8ba8086f0e1"
    assert rule["anomaly_threshold"] == parameters[name]["anomaly_threshold"]
    assert rule["machine_learning_job_id"] == ["rare_method_for_a_username"]
    assert [t["tactic"]["id"] for t in rule["threat"]] == ["TA0001", "TA0008", "TA0010"]
else:
    mine = parameters[name]
    assert rule["type"] == rule["language"] == "esql" and rule["rule_id"] == "d1b37c0b-4f8b-4cfb-9a1d-639bf8c028b7"
    assert rule["risk_score"] == 73 and rule["severity"] == "high" and rule["from"] == "now-" + mine["window"]
    assert rule["query"].strip() == esql.strip() and rule["timestamp_override"] == "event.ingested"
    quote = lambda text: '"%s"' % text.replace("\\", "\\\\").replace('"', '\\"')
    for text in mine["trusted"] + mine["sensitive_actions"] + mine["trusted_cidr"] + mine["ignored_users"]:
        assert quote(text) in esql, text
    assert "Esql.rare_asn_ratio <= %s" % json.dumps(mine["max_rare_asn_ratio"]).rstrip("0").rstrip(".") in esql
    assert "Esql.trusted_cloud_event_count >= %d" % mine["min_trusted_cloud_event_count"] in esql
    assert "`Esql.count_distinct_asns` <= %d" % mine["max_count_distinct_asns"] in sql
    assert esql.count("(") == esql.count(")") or any("(" in t or ")" in t for t in mine["trusted"])
PY
}
check rare-as
check rare-method
check rare-method --set rare-method.anomaly_threshold=62.5
check rare-as --set rare-as.max_rare_asn_ratio=0.5% --set rare-as.min_trusted_cloud_event_count=5 --set rare-as.window=30d \
	--set 'rare-as.trusted+=Say "hi" \* back\\slash' --set "rare-as.trusted+='''x" --set rare-as.trusted_cidr+=10.0.0.0/8 \
	--set 'rare-as.ignored_users+=ci-*' --set rare-as.sensitive_actions+=DeleteTrail

# LIKE of ES|QL becomes LIKE of SQL: wildcards change, what SQL would take for one is escaped.
run 0 rule export --format clickhouse --set 'rare-as.trusted=100%_sure*\*?'
prints "LIKE '100\\\\%\\\\_sure%*_'"
run 0 rule export --set rare-as.trusted= --set rare-as.sensitive_actions= --set rare-as.has_trusted_cloud_asn=false
grep -q 'Esql.has_trusted_cloud_asn$' "$WORK/out" && fail "a condition that is off is in the query"
run 0 rule export --set rare-as.max_age=90m
prints "now() - 90 minutes"
run 2 rule export --rule rare-method
says "only toml"
