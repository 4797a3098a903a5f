#!/usr/bin/env bash
# profile and networks against a count of the documents that `events` prints: how often, how often in vain, first, last.
. tests/program/lib.sh
need python3
"$RARETRAIL" sample ci-key -q -o "$WORK/ci" || fail "the sample cannot be written"
export RARETRAIL_ASN_DB=$WORK/ci/sample-asn.mmdb
logs=$WORK/ci/AWSLogs
run 3 events -q "$logs" --output "$WORK/events.ndjson"
cat >"$WORK/check.py" <<'PY'
import csv, io, json, subprocess, sys
program, logs, path = sys.argv[1:]
documents = [json.loads(line) for line in open(path, encoding="utf-8")]
def run(*arguments):
    done = subprocess.run([program, *arguments, logs], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert done.returncode == 3, arguments
    return done.stdout.decode()
def get(document, name):
    for part in name.split("."):
        document = document.get(part) if isinstance(document, dict) else None
    return None if document is None else str(document)

sections = {"types": "aws.cloudtrail.user_identity.type", "accounts": "cloud.account.id", "networks": "source.as.organization.name",
    "addresses": "source.address", "countries": "source.geo.country_iso_code", "agents": "user_agent.original", "actions": "event.action",
    "errors": "aws.cloudtrail.error_code", "keys": "aws.cloudtrail.user_identity.access_key_id", "sessions": "aws.cloudtrail.session_name",
    "regions": "cloud.region"}
for user in "ci-deploy", "maria.lindqvist", "nobody":
    mine = [d for d in documents if get(d, "user.name") == user]
    profile = json.loads(run("profile", user, "-q", "--format", "json"))
    assert profile["user.name"] == user and profile["events"] == len(mine)
    failed = [d for d in mine if get(d, "event.outcome") == "failure"]
    assert profile["failures"] == len(failed)
    assert profile["first"] == min([d["@timestamp"] for d in mine], default=None)
    assert profile["last"] == max([d["@timestamp"] for d in mine], default=None)
    rows = 0
    for section, field in sections.items():
        values = {}
        for d in mine:
            if section == "errors" and get(d, field) is None:
                continue
            values.setdefault(get(d, field), []).append(d)
        expected = {value: (len(ds), sum(get(d, "event.outcome") == "failure" for d in ds), min(d["@timestamp"] for d in ds),
            max(d["@timestamp"] for d in ds)) for value, ds in values.items()}
        found = {row[field]: (row["events"], row["failures"], row["first"], row["last"]) for row in profile[section]}
        assert found == expected, (user, section)
        counts = [row["events"] for row in profile[section]]
        assert counts == sorted(counts, reverse=True), (user, section)
        rows += sum(value is not None for value in found)
    table = list(csv.DictReader(io.StringIO(run("profile", user, "-q", "--format", "csv"))))
    assert sum(row["value"] != "" for row in table) == rows, user

visible = [d for d in documents if get(d, "event.outcome") == "success" and get(d, "source.as.organization.name") and get(d, "user.name")]
networks = json.loads(run("networks", "-q", "--format", "json"))
assert sum(network["events"] for network in networks) == len(visible)
for network in networks:
    name = network["source.as.organization.name"]
    mine = [d for d in visible if get(d, "source.as.organization.name") == name]
    assert network["events"] == len(mine) and network["first"] == min(d["@timestamp"] for d in mine) and network["last"] == max(d["@timestamp"] for d in mine)
    identities = {(get(d, "user.name"), get(d, "aws.cloudtrail.user_identity.type")) for d in mine}
    assert network["identities"] == len(identities) == len(network["uses"])
    assert network["rare_for"] == sum(use["rare"] for use in network["uses"])
    for use in network["uses"]:
        who = (use["user.name"], use["aws.cloudtrail.user_identity.type"])
        both = lambda d: (get(d, "user.name"), get(d, "aws.cloudtrail.user_identity.type")) == who
        assert use["events"] == sum(map(both, mine)) and use["share"] == use["events"] / sum(map(both, visible)), (name, who)
        assert use["rare"] == (use["trusted"] < use["events"] and use["share"] <= 0.01), (name, who)
PY
python3 "$WORK/check.py" "$RARETRAIL" "$logs" "$WORK/events.ndjson" || fail "the figures differ"

run 3 profile ci-deplyo "$logs"
says "the nearest name is ci-deploy"
run 3 profile -q ci-deploy "$logs"
prints "9,202 events, 102 failed"
prints "Vantreon Hosting B.V. (not trusted)"
prints "more; --format csv lists them all"
