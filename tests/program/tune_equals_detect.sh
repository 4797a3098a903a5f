#!/usr/bin/env bash
# What `tune --draft` claims equals two full runs of detect; what a sweep claims at a limit equals detect at that limit.
. tests/program/lib.sh
need python3

for sample in ci-key first-key; do
	"$RARETRAIL" sample "$sample" -q -o "$WORK/$sample" || fail "the sample $sample cannot be written"
done
python3 - "$RARETRAIL" "$WORK" <<'PY' || fail "tune and detect disagree"
import json, random, subprocess, sys
program, work = sys.argv[1:]
random.seed(20260507)

def run(*arguments):
    done = subprocess.run([program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode in (0, 1, 3), (arguments, done.stderr.decode())
    return json.loads(done.stdout)

def draft():
    choices = [
        lambda: ("rare-as.max_rare_asn_ratio", random.choice(["0", "0.001", "0.002", "0.0033", "0.005", "0.02", "0.1", "0.7", "1"])),
        lambda: ("rare-as.min_trusted_cloud_event_count", str(random.choice([0, 1, 10, 140, 1000, 2980, 5000]))),
        lambda: ("rare-as.min_unique_action_from_untrusted_asn", str(random.randint(0, 9))),
        lambda: ("rare-as.max_count_distinct_asns", str(random.randint(1, 7))),
        lambda: ("rare-as.max_age", random.choice(["1m", "30m", "1h", "1d", "7d"])),
        lambda: ("rare-as.window", random.choice(["1d", "3d", "7d", "30d"])),
        lambda: ("rare-as.trusted", random.choice(["Amazon*", "*", "Amazon*\nGoogle LLC\nVantreon*", ""])),
        lambda: ("rare-as.has_trusted_cloud_asn", random.choice(["true", "false"])),
        lambda: ("rare-as.ignored_users", random.choice(["", "ci-*", "*"])),
        lambda: ("rare-method.anomaly_threshold", str(random.choice([0, 20, 33.3, 50, 75, 90, 100]))),
        lambda: ("rare-method.max_alerts", str(random.choice([0, 1, 3, 100]))),
        lambda: ("rare-method.ignored_actions", random.choice(["", "Create*", "Delete*"])),
        lambda: ("rare-method.bucket_span", random.choice(["30m", "1h", "3h"])),
    ]
    return ["%s=%s" % choice() for choice in random.sample(choices, random.randint(1, 3))]

def inputs(sample):
    logs = {"ci-key": "AWSLogs", "first-key": "."}[sample]
    return ["--asn-db", "%s/%s/sample-asn.mmdb" % (work, sample), "%s/%s/%s" % (work, sample, logs)]

def ids(report):
    return sorted(alert["id"] for alert in report["alerts"])

for round in range(14):
    sample = random.choice(["ci-key", "first-key"])
    applied, wanted = draft(), draft()
    sets = [word for text in applied for word in ("--set", text)]
    before = run("detect", "-q", "--format", "json", *sets, *inputs(sample))
    after = run("detect", "-q", "--format", "json", *sets, *[word for text in wanted for word in ("--set", text)], *inputs(sample))
    said = run("tune", "-q", "--format", "json", *sets, *[word for text in wanted for word in ("--draft", text)], *inputs(sample))
    diff = said["diff"]
    where = (sample, applied, wanted)
    assert diff["before"] == len(before["alerts"]) and diff["after"] == len(after["alerts"]), where
    assert sorted(c["id"] for c in diff["changes"] if c["fate"] != "gained") == ids(before), where
    gained = [c["id"] for c in diff["changes"] if c["fate"] == "gained"]
    kept = [c["id_after"] for c in diff["changes"] if c["fate"] == "kept"]
    assert set(gained) | set(kept) <= set(ids(after)), where
    assert not set(gained) & set(kept), where
    assert said["draft"] == after["parameters"] and said["parameters"] == before["parameters"], where

for key in ["rare-as.max_rare_asn_ratio", "rare-as.min_unique_action_from_untrusted_asn", "rare-as.max_count_distinct_asns", "rare-as.max_age"]:
    sweep, = run("tune", "-q", "--format", "json", "--rule", "rare-as", "--sweep", key, *inputs("ci-key"))["sweeps"]
    assert sweep["exact"] and sweep["steps"][0]["limit"] == 0
    for step in random.sample(sweep["steps"], min(4, len(sweep["steps"]))):
        value = "%.0fms" % (step["limit"] * 1000) if key.endswith("max_age") else repr(step["limit"])
        found = run("detect", "-q", "--format", "json", "--rule", "rare-as", "--set", "%s=%s" % (key, value), *inputs("ci-key"))
        assert len(found["alerts"]) == step["alerts"], (key, step, len(found["alerts"]))
PY
