#!/usr/bin/env bash
# `events` prints whole documents, and --filter keeps exactly those that an independent reading of the query keeps.
. tests/program/lib.sh
need python3

"$RARETRAIL" sample ci-key -q -o "$WORK/ci" || fail "the sample cannot be written"
logs=$WORK/ci/AWSLogs
export RARETRAIL_ASN_DB=$WORK/ci/sample-asn.mmdb
run 3 events -q --since 2026-05-07T12:00 "$logs"
cp "$WORK/out" "$WORK/all.ndjson"
run 3 events -q --since 2026-05-07T12:00 --format json "$logs"
python3 - "$WORK/all.ndjson" "$WORK/out" <<'PY' || fail "JSON and NDJSON differ"
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
assert lines == json.load(open(sys.argv[2], encoding="utf-8")) and len(lines) > 500
times = [line["@timestamp"] for line in lines]
assert times == sorted(times) and times[0] >= "2026-05-07T12:00"
PY

# --since and --until are instants, both included; a date is its first one.
for second in 06T23:59:59 07T00:00:00 07T00:00:01 08T00:00:00; do
	printf '{"eventTime":"2026-05-%sZ","eventName":"ListBuckets","eventSource":"s3.amazonaws.com","eventID":"%s"}\n' $second $second
done >"$WORK/instants.json"
times() {
	run 0 events -q "$@" "$WORK/instants.json"
	python3 -c 'import json, sys; print(*(json.loads(line)["@timestamp"][8:19] for line in sys.stdin))' <"$WORK/out"
}
equal "since and until one day" "$(times --since 2026-05-07 --until 2026-05-07)" 07T00:00:00
equal "all of a day" "$(times --since 2026-05-07 --until 2026-05-07T23:59:59.999)" "07T00:00:00 07T00:00:01"
equal "until the next day" "$(times --until 2026-05-08)" "06T23:59:59 07T00:00:00 07T00:00:01 08T00:00:00"

cat >"$WORK/check.py" <<'PY'
import fnmatch, ipaddress, json, subprocess, sys
program, logs, path = sys.argv[1:]
documents = [json.loads(line) for line in open(path, encoding="utf-8")]

def get(document, name):
    for part in name.split("."):
        document = document.get(part) if isinstance(document, dict) else None
    return document
def user(d): return get(d, "user.name") or ""
def inside(d, block):
    ip = get(d, "source.ip")
    return ip is not None and ipaddress.ip_address(ip) in ipaddress.ip_network(block)

queries = {
    "user.name: ci-deploy": lambda d: user(d) == "ci-deploy",
    "user: ci-* or user: *lindqvist": lambda d: fnmatch.fnmatchcase(user(d), "ci-*") or fnmatch.fnmatchcase(user(d), "*lindqvist"),
    "not user: *": lambda d: get(d, "user.name") is None,
    "org: (Google* or \"Vantreon Hosting B.V.\")": lambda d: (get(d, "source.as.organization.name") or "").startswith(("Google", "Vantreon")),
    "ip: 203.0.113.0/24": lambda d: inside(d, "203.0.113.0/24"),
    "ip: 198.18.0.0/15 and not ip: 198.18.12.0/24": lambda d: inside(d, "198.18.0.0/15") and not inside(d, "198.18.12.0/24"),
    "event.outcome: failure and error: *": lambda d: get(d, "event.outcome") == "failure" and get(d, "aws.cloudtrail.error_code") is not None,
    "error: AccessDenied or action: (CreateUser or CreateAccessKey)": lambda d: get(d, "aws.cloudtrail.error_code") == "AccessDenied" or get(d, "event.action") in ("CreateUser", "CreateAccessKey"),
    "source.as.number >= 16509": lambda d: (get(d, "source.as.number") or 0) >= 16509,
    "@timestamp >= 2026-05-07T22:30 and @timestamp < 2026-05-07T23:15": lambda d: "2026-05-07T22:30" <= d["@timestamp"] < "2026-05-07T23:15",
    "@timestamp: 2026-05-08": lambda d: d["@timestamp"].startswith("2026-05-08"),
    "key: AKIA*  and  region: (eu-west-1 or us-east-1)": lambda d: (get(d, "aws.cloudtrail.user_identity.access_key_id") or "").startswith("AKIA") and get(d, "cloud.region") in ("eu-west-1", "us-east-1"),
    "not (type: IAMUser or type: AssumedRole)": lambda d: get(d, "aws.cloudtrail.user_identity.type") not in ("IAMUser", "AssumedRole"),
    "address: *.amazonaws.com": lambda d: (get(d, "source.address") or "").endswith(".amazonaws.com"),
    "agent: *kali*": lambda d: "kali" in (get(d, "user_agent.original") or ""),
    "CreateAccessKey": None,
}
for query, wanted in queries.items():
    done = subprocess.run([program, "events", "-q", "--since", "2026-05-07T12:00", "--filter", query, logs], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert done.returncode == 3, query
    found = [json.loads(line)["event"]["id"] for line in done.stdout.splitlines()]
    expected = [d["event"]["id"] for d in documents if wanted(d)] if wanted else found
    assert found == expected, (query, len(found), len(expected))
    assert found or query.startswith("not (type"), query
PY
python3 "$WORK/check.py" "$RARETRAIL" "$logs" "$WORK/all.ndjson" || fail "the filter keeps something else"

# Detect sees only what the filter keeps, and says how much that is.
run 3 detect -q --rule rare-as --format json --filter 'user: ci-deploy and not org: Vantreon*' "$logs"
prints '"filter": "user: ci-deploy and not org: Vantreon*"'
python3 -c 'import json, sys
given = json.load(open(sys.argv[1]))["input"]
assert 0 < given["matched"] < given["events"], given' "$WORK/out" || fail "matched is not less than events"

# --since and --until leave out whole objects by the date in their name, and say so.
run 3 events --since 2026-05-07T12:00 "$logs"
says "outside --since/--until by file name"
